/** The laws on Postgres, by PGlite. */
import { lawful } from './lawful.js'
import { pgliteForTests } from './pgliteCopy.js'

await lawful({
  engine: 'pglite',
  open: () => pgliteForTests()(),
  openWith: rewrite => pgliteForTests({ rewrite }),
  cases: 20,
  queries: 5000,
})
