/**
 * Where a MySQL or MariaDB runner connects to: from its options, an address, or an existing client, in this order.
 *
 * Parameters of an address are those of MySQL's "Connecting Using URI-Like Strings" (`ssl-mode`, `ssl-ca`, ...), also by libpq's
 * names (`sslmode=verify-full`). A parameter that this runner can't honour is refused by name: an ignored parameter for TLS
 * would send everything in plain text.
 */
import { connectionError, refuse } from '../../core/value/DbError.js'
import { type Address, noAddress, type Only, readAddress, refuseOthers, secondsIn, type Tls, tlsOf } from '../address/address.js'
import type { Endpoint } from '../address/socket.js'

/** The TLS options of mysql2. */
interface MysqlTls {
  readonly ca?: unknown
  readonly cert?: unknown
  readonly key?: unknown
  readonly passphrase?: string
  readonly ciphers?: string
  readonly minVersion?: string
  readonly maxVersion?: string
  /** Whether the certificate must be signed by a trusted authority. Default: true. */
  readonly rejectUnauthorized?: boolean
  /** Whether the certificate must be for this host. Default: the value of `rejectUnauthorized`. */
  readonly verifyIdentity?: boolean
}

/** Where to connect to, and how. */
export interface MysqlAddress {
  readonly endpoint: Endpoint
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: string | undefined
  /** `isOptional`: if the server has no TLS, the connection is in plain text. */
  readonly tls: { readonly isOptional: boolean; readonly options: MysqlTls } | null
  readonly connectTimeout: number | undefined
}

/** The options of a runner that determine where it connects to. */
export interface MysqlWhere {
  /** `mysql://user:password@host:port/database`, or `mariadb:`, with `?ssl-mode=VERIFY_IDENTITY`. Default: MYSQL_URL or MARIADB_URL. */
  readonly url?: string
  /** A name, or an IPv4 or IPv6 address. */
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly user?: string
  readonly password?: string
  /** TLS: options of mysql2, for example `{ ca }`. The certificate must be for the host, unless `rejectUnauthorized: false`. */
  readonly ssl?: MysqlTls
}

/** The options of a connection, as mysql2 keeps them. */
export interface ClientConfig {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly socketPath?: string | undefined
  readonly database?: string | undefined
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly ssl?: unknown
}

const SCHEME = {
  engine: 'mysql',
  schemes: ['mysql', 'mariadb'],
  others: { postgres: 'postgres', postgresql: 'postgres', file: 'sqlite', sqlite: 'sqlite' },
} as const

const KEYS: readonly string[] = [
  'ca',
  'cert',
  'key',
  'passphrase',
  'ciphers',
  'minVersion',
  'maxVersion',
  'rejectUnauthorized',
  'verifyIdentity',
]

/** The option `ssl`, checked: mysql2 ignores names that it does not know. */
const tlsOption = (ssl: unknown): MysqlAddress['tls'] => {
  if (ssl === undefined || ssl === null || ssl === false) return null
  if (ssl === true) return { isOptional: false, options: { verifyIdentity: true } }
  if (typeof ssl !== 'object') return refuse(connectionError('mysql', 'ssl must be true, false, or an object of TLS options'))
  const other = Object.keys(ssl).find(key => !KEYS.includes(key))
  if (other !== undefined)
    refuse(connectionError('mysql', `the option ssl.${other}: the driver has no such setting; it has ${KEYS.join(', ')}`))
  const options = ssl as MysqlTls
  return { isOptional: false, options: { ...options, verifyIdentity: options.verifyIdentity ?? options.rejectUnauthorized !== false } }
}

const tlsOfAddress = (tls: Tls | null | undefined): MysqlAddress['tls'] | undefined => {
  if (tls === null || tls === undefined) return tls
  const { checkServerIdentity, ...options } = tls.options
  return {
    isOptional: tls.mode === 'prefer',
    options: { ...(options as MysqlTls), verifyIdentity: tls.mode === 'verify-full' },
  }
}

const ONLY: Only = {
  charset: [['utf8mb4', 'utf8'], 'it is always utf8mb4'],
  timezone: [['z', 'utc', '+00:00'], 'a session is always in UTC'],
  compression: [['disabled', 'false', '0'], 'compression is not supported'],
  compress: [['disabled', 'false', '0'], 'compression is not supported'],
  multipleStatements: [['false', '0'], 'only one statement at a time is sent'],
  allowPublicKeyRetrieval: [['true', '1'], 'the public key is retrieved if the server requires it'],
}

const REFUSED: { readonly [name: string]: string } = {
  connectionLimit: 'give max as an option of the runner',
  connection_limit: 'give max as an option of the runner',
  pool_timeout: 'give acquireTimeout as an option of the runner',
  sslaccept: 'give ssl-mode',
  useSSL: 'give ssl-mode',
  requireSSL: 'give ssl-mode=REQUIRED',
  verifyServerCertificate: 'give ssl-mode=VERIFY_CA',
}

/** Throws a refusal if options or address can't be read: call it inside `attempting`. */
export const mysqlAddress = (options: MysqlWhere, client: ClientConfig | undefined, env: NodeJS.ProcessEnv): MysqlAddress => {
  const isNamed = options.host !== undefined || client !== undefined
  const url = options.url ?? (isNamed ? undefined : (env['MYSQL_URL'] ?? env['MARIADB_URL']))
  const read: Address = url === undefined ? noAddress('mysql', []) : readAddress(SCHEME, url)
  const p = read.parameters
  if (read.hosts.length > 1) p.refuse('host', 'only one host is supported')
  const [host] = read.hosts
  const path = p.take('socket', 'socketPath')
  const tls = options.ssl === undefined ? (tlsOfAddress(tlsOf(p)) ?? tlsOption(client?.ssl)) : tlsOption(options.ssl)
  const connectTimeout = secondsIn(p, 'connect-timeout')
  refuseOthers(p, ONLY, REFUSED)
  const [other] = p.rest()
  if (other !== undefined) p.refuse(other[0], 'it is unknown; see the options of the runner')
  const named = options.host ?? (host === undefined || host.host === '' ? undefined : host.host)
  const socket = named === undefined ? (path ?? client?.socketPath) : path
  if (socket !== undefined && named !== undefined && named !== 'localhost') p.refuse('socket', 'the address has a host already')
  return {
    endpoint:
      socket === undefined
        ? { host: named ?? client?.host ?? 'localhost', port: options.port ?? host?.port ?? client?.port ?? 3306 }
        : { path: socket },
    user: options.user ?? read.user ?? client?.user,
    password: options.password ?? read.password ?? client?.password,
    database: options.database ?? read.database ?? client?.database,
    tls,
    connectTimeout: connectTimeout === 0 ? undefined : connectTimeout,
  }
}

/** The database that options or an address name; null if there is none. Throws a refusal like `mysqlAddress`. */
export const mysqlDatabase = ({ url, database }: MysqlWhere): string | null =>
  database ?? (url === undefined ? null : (readAddress(SCHEME, url).database ?? null))
