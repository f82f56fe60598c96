/**
 * Where a MySQL or MariaDB runner connects to: options, an address, or a client of the caller's, in this order.
 *
 * Parameters of an address are those of MySQL's "Connecting Using URI-Like Strings" (`ssl-mode`, `ssl-ca`, ...), also in libpq's
 * spelling (`sslmode=verify-full`). A parameter that this runner can't honour is refused by name: one that asks for TLS and is
 * passed over would send everything in plain text.
 */
import { connectionError, refuse } from '../../core/value/DbError.js'
import { type Address, noAddress, type Only, readAddress, refuseOthers, secondsIn, type Tls, tlsOf } from '../address/address.js'
import type { Endpoint } from '../address/socket.js'

/** The options of TLS that mysql2 takes. */
interface MysqlTls {
  readonly ca?: unknown
  readonly cert?: unknown
  readonly key?: unknown
  readonly passphrase?: string
  readonly ciphers?: string
  readonly minVersion?: string
  readonly maxVersion?: string
  /** Whether the certificate has to be signed by an authority that is trusted. Default: true. */
  readonly rejectUnauthorized?: boolean
  /** Whether the certificate has to be for this host. Default: true, where `rejectUnauthorized` is. */
  readonly verifyIdentity?: boolean
}

export interface MysqlAddress {
  readonly endpoint: Endpoint
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: string | undefined
  /** `isOptional`: where the server has no TLS, the connection is in plain text. */
  readonly tls: { readonly isOptional: boolean; readonly options: MysqlTls } | null
  readonly connectTimeout: number | undefined
}

/** What of a runner's options says where to connect to. */
export interface MysqlWhere {
  /** `mysql://user:password@host:port/database`, or `mariadb:`, with `?ssl-mode=VERIFY_IDENTITY`; left out, MYSQL_URL or MARIADB_URL. */
  readonly url?: string
  /** A name, or an IPv4 or IPv6 address. */
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly user?: string
  readonly password?: string
  /** TLS: options of mysql2, for example `{ ca }`. The certificate has to be for the host, unless `rejectUnauthorized: false`. */
  readonly ssl?: MysqlTls
}

/** What mysql2 keeps of the options that a connection was made with. */
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

/** TLS options of the caller's, checked: mysql2 passes over those that it does not know. */
const tlsOption = (ssl: unknown): MysqlAddress['tls'] => {
  if (ssl === undefined || ssl === null || ssl === false) return null
  if (ssl === true) return { isOptional: false, options: { verifyIdentity: true } }
  if (typeof ssl !== 'object') return refuse(connectionError('mysql', 'ssl is true, false, or an object of options for TLS'))
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
  charset: [['utf8mb4', 'utf8'], 'texts are utf8mb4 here'],
  timezone: [['z', 'utc', '+00:00'], 'a session is in UTC here'],
  compression: [['disabled', 'false', '0'], 'the driver does not compress here'],
  compress: [['disabled', 'false', '0'], 'the driver does not compress here'],
  multipleStatements: [['false', '0'], 'a statement is one statement here'],
  allowPublicKeyRetrieval: [['true', '1'], 'a public key is asked for where the server wants it'],
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

/** Refuses what can't be read; call inside `attempting`. */
export const mysqlAddress = (options: MysqlWhere, client: ClientConfig | undefined, env: NodeJS.ProcessEnv): MysqlAddress => {
  const isNamed = options.host !== undefined || client !== undefined
  const url = options.url ?? (isNamed ? undefined : (env['MYSQL_URL'] ?? env['MARIADB_URL']))
  const read: Address = url === undefined ? noAddress('mysql', []) : readAddress(SCHEME, url)
  const p = read.parameters
  if (read.hosts.length > 1) p.refuse('host', 'there is one host in an address here')
  const [host] = read.hosts
  const path = p.take('socket', 'socketPath')
  const tls = options.ssl === undefined ? (tlsOfAddress(tlsOf(p)) ?? tlsOption(client?.ssl)) : tlsOption(options.ssl)
  const connectTimeout = secondsIn(p, 'connect-timeout')
  refuseOthers(p, ONLY, REFUSED)
  const [other] = p.rest()
  if (other !== undefined) p.refuse(other[0], 'it is not known here; options of the runner have names of their own')
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
