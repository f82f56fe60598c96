/** The laws on Postgres, by PGlite. */
import { pglite } from '../../lib/run/pglite.js'
import { lawful } from './lawful.js'

await lawful({ engine: 'pglite', open: () => pglite()(), openWith: rewrite => pglite({ rewrite }), cases: 25, queries: 5000 })
