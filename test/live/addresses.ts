/**
 * The addresses of the servers that tests may use.
 *
 * `npm run services` starts the servers and writes their addresses; environment variables take precedence. A server without an address is
 * skipped, unless QUERY_TS_REQUIRE names it. QUERY_TS_SERVERS=none skips all of them.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const VARIABLES = { postgres: 'POSTGRES_URL', mysql: 'MYSQL_URL', mariadb: 'MARIADB_URL' } as const

export type ServerName = keyof typeof VARIABLES

const names = Object.keys(VARIABLES) as readonly ServerName[]
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const file = join(root, '.services', 'env')

/** The address of a server, or null. */
export const addressOf = (name: ServerName): string | null => {
  if (process.env['QUERY_TS_SERVERS'] === 'none') return null
  const written = existsSync(file) ? new RegExp(`^${VARIABLES[name]}=(.*)$`, 'm').exec(readFileSync(file, 'utf8'))?.[1] : undefined
  return process.env[VARIABLES[name]] ?? written ?? null
}

/** The path of the certificate that verifies the servers by TLS, or null where they have none of ours. */
export const authority = (): string | null => {
  const written = existsSync(file) ? /^SERVICES_CA='?(.*?)'?$/m.exec(readFileSync(file, 'utf8'))?.[1]?.replaceAll("'\\''", "'") : undefined
  return process.env['SERVICES_CA'] ?? written ?? null
}

/** The servers that are there. */
export const servers: readonly ServerName[] = names.filter(name => addressOf(name) !== null)

/** Whether better-sqlite3 is installed (`npm run native`), which the runner `sqlite3` needs. */
export const hasNative: boolean = existsSync(join(root, 'node_modules', 'better-sqlite3')) && process.env['QUERY_TS_SERVERS'] !== 'none'

const required = (process.env['QUERY_TS_REQUIRE'] ?? '').split(',').filter(name => name !== '')

/** The servers that are required and not available. */
export const missing: readonly string[] = required.filter(name => (name === 'sqlite3' ? !hasNative : !servers.includes(name as ServerName)))

/** Whether a test file is for an engine that is not there: `laws.mysql.test.js` is for MySQL. */
export const isLeftOut = (path: string): boolean =>
  names.some(name => path.includes(`.${name}.`) && !servers.includes(name)) ||
  (path.includes('.sqlite3.') && !hasNative) ||
  (/(?:faults|cuts|connections)\./.test(path) && servers.length === 0)
