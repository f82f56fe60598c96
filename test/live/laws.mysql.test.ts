/** The laws on a real mysql server. */
import { lawful } from './lawful.js'
import { onServer } from './servers.js'

await lawful({ engine: 'mysql', open: onServer('mysql'), openWith: rewrite => onServer('mysql', { rewrite }), cases: 20, queries: 5000 })
