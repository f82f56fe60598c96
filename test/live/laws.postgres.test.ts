/** The laws on a real postgres server. */
import { lawful } from './lawful.js'
import { onServer } from './servers.js'

await lawful({
  engine: 'postgres',
  open: onServer('postgres'),
  openWith: rewrite => onServer('postgres', { rewrite }),
  cases: 20,
  queries: 5000,
})
