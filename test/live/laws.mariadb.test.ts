/** The laws on a real mariadb server. */
import { lawful } from './lawful.js'
import { onServer } from './servers.js'

await lawful({
  engine: 'mariadb',
  open: onServer('mariadb'),
  openWith: rewrite => onServer('mariadb', { rewrite }),
  cases: 20,
  queries: 5000,
})
