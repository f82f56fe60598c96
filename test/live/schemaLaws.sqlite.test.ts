/** The laws of schema changes on SQLite, by sql.js. */
import { sqlite } from '../../lib/run/sqlite.js'
import { lawfulSchemas } from './lawfulSchemas.js'

await lawfulSchemas({ engine: 'sqlite', chains: 400, open: () => sqlite()() })
