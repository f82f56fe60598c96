/** The laws on native SQLite, where better-sqlite3 is installed. */
import { sqlite3 } from '../../lib/run/sqlite3.js'
import { lawful } from './lawful.js'

await lawful({ engine: 'sqlite3', open: () => sqlite3()(), openWith: rewrite => sqlite3({ rewrite }), cases: 20, queries: 5000 })
