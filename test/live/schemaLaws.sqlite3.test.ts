/** The laws of schema changes on native SQLite. */
import { sqlite3 } from '../../lib/run/sqlite3.js'
import { lawfulSchemas } from './lawfulSchemas.js'

await lawfulSchemas({ engine: 'sqlite3', chains: 800, open: () => sqlite3()() })
