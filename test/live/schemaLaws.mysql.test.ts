/** The laws of schema changes on a real mysql server. */
import { lawfulSchemas } from './lawfulSchemas.js'
import { onServer } from './servers.js'

await lawfulSchemas({ engine: 'mysql', chains: 60, open: onServer('mysql') })
