/** The laws on SQLite, by sql.js. */
import { sqlite } from '../../lib/run/sqlite.js'
import { lawful } from './lawful.js'

await lawful({ engine: 'sqlite', open: () => sqlite()(), openWith: rewrite => sqlite({ rewrite }), cases: 20, queries: 5000 })
