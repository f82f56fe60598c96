/** The laws of schema changes on Postgres, by PGlite. */
import { lawfulSchemas } from './lawfulSchemas.js'
import { pgliteForTests } from './pgliteCopy.js'

await lawfulSchemas({ engine: 'pglite', chains: 200, open: () => pgliteForTests()() })
