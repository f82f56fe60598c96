/** The laws of schema changes on a real postgres server. */
import { lawfulSchemas } from './lawfulSchemas.js'
import { onServer } from './servers.js'

await lawfulSchemas({ engine: 'postgres', chains: 300, open: onServer('postgres') })
