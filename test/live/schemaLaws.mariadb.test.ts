/** The laws of schema changes on a real mariadb server. */
import { lawfulSchemas } from './lawfulSchemas.js'
import { onServer } from './servers.js'

await lawfulSchemas({ engine: 'mariadb', chains: 150, open: onServer('mariadb') })
