/**
 * Where a Postgres runner connects to: from its options, an address, an existing client, or the PG* variables, in this order.
 *
 * Parameters of an address mean what they mean in libpq (Postgres documentation, "Database Connection Control Functions"). Those that
 * this runner can't honour are refused; one that libpq does not have is sent to the server as a run-time parameter, as in
 * `?search_path=shop`, and the server refuses unknown ones. Parameters that would change how values are written on the
 * wire (TimeZone, DateStyle and the like) are refused, because the library relies on them.
 */
import { userInfo } from 'node:os'
import type { ConnectionOptions } from 'node:tls'
import { connectionError, refuse } from '../../core/value/DbError.js'
import {
  type Address,
  noAddress,
  type Only,
  type Parameters,
  readAddress,
  refuseOthers,
  secondsIn,
  type Tls,
  tlsOf,
  verification,
} from '../address/address.js'
import type { Endpoint } from '../address/socket.js'

/** Which of several servers is wanted: `target_session_attrs` of libpq. */
type TargetSession = 'any' | 'read-write' | 'read-only' | 'primary' | 'standby' | 'prefer-standby'

/** Where to connect to, and how. */
export interface PostgresAddress {
  /** Tried in this order. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]]
  readonly user: string
  readonly password: string | (() => string | Promise<string>)
  readonly database: string
  readonly tls: Tls | null
  readonly target: TargetSession
  /** Milliseconds for one host; undefined if not given. */
  readonly connectTimeout: number | undefined
  /** Run-time parameters of the session. */
  readonly session: { readonly [name: string]: string }
}

/** The options of a runner that determine where it connects to. */
export interface PostgresWhere {
  /**
   * `postgres://user:password@host:port/database`, with libpq's parameters (`?sslmode=verify-full`). Default: POSTGRES_URL or
   * DATABASE_URL, else the PG* variables.
   */
  readonly url?: string
  /** A name, an IPv4 or IPv6 address, or the folder of a unix socket. */
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly user?: string
  readonly password?: string
  /** TLS, by libpq's names; `true` is `verify-full`; an object contains options of `tls.connect`. */
  readonly ssl?: 'require' | 'allow' | 'prefer' | 'verify-ca' | 'verify-full' | boolean | object
  /** The name that the server shows for the application. Default: `query-ts`. */
  readonly applicationName?: string
}

/** The options of a client, as postgres.js keeps them. */
export interface ClientOptions {
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly database: string
  readonly user: string
  readonly pass?: unknown
  readonly ssl?: unknown
  readonly path?: unknown
}

const SCHEME = {
  engine: 'postgres',
  schemes: ['postgres', 'postgresql'],
  others: { mysql: 'mysql', mariadb: 'mysql', file: 'sqlite', sqlite: 'sqlite' },
} as const

/** PG* variable -> parameter. */
const VARIABLES: { readonly [variable: string]: string } = {
  PGHOST: 'host',
  PGPORT: 'port',
  PGDATABASE: 'dbname',
  PGUSER: 'user',
  PGPASSWORD: 'password',
  PGAPPNAME: 'application_name',
  PGOPTIONS: 'options',
  PGSSLMODE: 'sslmode',
  PGSSLROOTCERT: 'sslrootcert',
  PGSSLCERT: 'sslcert',
  PGSSLKEY: 'sslkey',
  PGCONNECT_TIMEOUT: 'connect_timeout',
  PGTARGETSESSIONATTRS: 'target_session_attrs',
}

const TARGETS: readonly string[] = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby']

const ONLY: Only = {
  channel_binding: [['prefer', 'disable'], 'the driver does not support channel binding'],
  gssencmode: [['prefer', 'disable'], 'the driver does not support GSSAPI'],
  sslnegotiation: [['postgres'], 'TLS is negotiated as before Postgres 17'],
  sslcompression: [['0'], 'TLS compression is not supported'],
  sslsni: [['1'], 'the host name is always sent'],
  client_encoding: [['utf8', 'utf-8', 'auto'], 'it is always UTF-8'],
  keepalives: [['1'], 'connections are always kept alive'],
  replication: [['false', 'off', 'no', '0'], 'replication is not supported'],
}

const REFUSED: { readonly [name: string]: string } = {
  require_auth: 'the server chooses the method',
  passfile: 'give the password in the address or as an option',
  service: 'service files are not read',
  servicefile: 'service files are not read',
  hostaddr: 'give the address as host',
  fallback_application_name: 'give application_name',
  keepalives_idle: 'it is always 30 seconds',
  keepalives_interval: 'Node has no such setting',
  keepalives_count: 'Node has no such setting',
  tcp_user_timeout: 'Node has no such setting; see lookAfter',
  sslcrl: 'certificate revocation lists are not read',
  sslcrldir: 'certificate revocation lists are not read',
  sslcertmode: 'a certificate is sent if there is one',
  requirepeer: 'Node has no such setting',
  krbsrvname: 'the driver does not support GSSAPI',
  gsslib: 'the driver does not support GSSAPI',
  gssdelegation: 'the driver does not support GSSAPI',
  max: 'give it as an option of the runner',
  connection_limit: 'give max as an option of the runner',
  pool_timeout: 'give acquireTimeout as an option of the runner',
  idle_timeout: 'give idleTimeout as an option of the runner',
  max_lifetime: 'give recycle as an option of the runner',
  schema: 'give search_path',
  pgbouncer: 'no setting is needed for it',
  timezone: 'a session is always in UTC',
  datestyle: 'a session always has ISO dates',
  intervalstyle: 'the library relies on the default format of values',
  bytea_output: 'the library relies on the default format of values',
  extra_float_digits: 'the library relies on the default format of values',
  standard_conforming_strings: 'the library relies on the default format of values',
  client_min_messages: 'notices are not shown',
}

const isRandomOrder = (p: Parameters): boolean => {
  const how = p.take('load_balance_hosts') ?? 'disable'
  return how === 'random' || (how !== 'disable' && p.refuse('load_balance_hosts', 'it must be random or disable'))
}

const shuffled = <A>(list: readonly A[]): readonly A[] =>
  list
    .map(a => [Math.random(), a] as const)
    .sort(([a], [b]) => a - b)
    .map(([, a]) => a)

/** The option `ssl`: a mode, or options of `tls.connect`. */
const tlsOption = (ssl: unknown): Tls | null | undefined => {
  switch (ssl) {
    case undefined:
      return undefined
    case null:
    case false:
    case 'disable':
      return null
    case true:
      return { mode: 'verify-full', options: {} }
    case 'allow':
    case 'prefer':
      return { mode: 'prefer', options: verification('prefer') }
    case 'require':
    case 'verify-ca':
    case 'verify-full':
      return { mode: ssl, options: verification(ssl) }
    default:
      if (typeof ssl === 'object') return { mode: 'verify-full', options: ssl as ConnectionOptions }
      return refuse(
        connectionError('postgres', "ssl must be 'prefer', 'require', 'verify-ca', 'verify-full', true, false, or options of tls.connect"),
      )
  }
}

const endpoint = (host: string, port: number): Endpoint => (host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port })

const PORT = 5432

/** Pairs a list of hosts with a list of ports, as libpq does. */
const endpointsOf = (hosts: string | undefined, ports: string | undefined, p: Parameters): readonly Endpoint[] => {
  const named = (hosts ?? 'localhost').split(',')
  const numbers = (ports ?? '')
    .split(',')
    .map(port => (port === '' ? PORT : /^\d{1,5}$/.test(port) ? Number(port) : p.refuse('port', 'it must be a number')))
  if (numbers.length !== 1 && numbers.length !== named.length) p.refuse('port', 'there must be one port, or as many ports as hosts')
  return named.map((host, i) => endpoint(host === '' ? 'localhost' : host, (numbers[i] ?? numbers[0]) as number))
}

/** Throws a refusal if options or address can't be read: call it inside `attempting`. */
export const postgresAddress = (options: PostgresWhere, client: ClientOptions | undefined, env: NodeJS.ProcessEnv): PostgresAddress => {
  const isNamed = options.host !== undefined || client !== undefined
  const url = options.url ?? (isNamed ? undefined : (env['POSTGRES_URL'] ?? env['DATABASE_URL']))
  const read: Address =
    url !== undefined
      ? readAddress(SCHEME, url)
      : noAddress(
          'postgres',
          isNamed
            ? []
            : Object.entries(VARIABLES).flatMap(([variable, name]) => (env[variable] ? [[name, env[variable] as string] as const] : [])),
        )
  const p = read.parameters
  const tls = tlsOption(options.ssl) ?? tlsOf(p) ?? tlsOption(client?.ssl) ?? null
  const isRandom = isRandomOrder(p)
  const [hostsIn, portsIn] = [p.take('host'), p.take('port')]
  const fromUrl = read.hosts.some(h => h.host !== '')
    ? read.hosts.map(h => endpoint(h.host === '' ? 'localhost' : h.host, h.port ?? PORT))
    : endpointsOf(hostsIn, portsIn ?? read.hosts[0]?.port?.toString(), p)
  if (read.hosts.some(h => h.host !== '') && (hostsIn !== undefined || portsIn !== undefined))
    p.refuse('host', 'the address has a host already')
  const fromClient =
    client === undefined
      ? []
      : typeof client.path === 'string'
        ? [{ path: client.path }]
        : client.host.map((h, i) => endpoint(h, client.port[i] ?? PORT))
  const found = url !== undefined || fromClient.length === 0 ? fromUrl : fromClient
  const named = options.host === undefined ? found : [endpoint(options.host, portOf(found))]
  const endpoints = named.map(e => ('path' in e ? e : { ...e, port: options.port ?? e.port }))
  const target = p.take('target_session_attrs') ?? 'any'
  if (!TARGETS.includes(target)) p.refuse('target_session_attrs', `it must be one of ${TARGETS.join(', ')}`)
  const connectTimeout = secondsIn(p, 'connect_timeout')
  const userIn = p.take('user') ?? read.user
  const passwordIn = p.take('password') ?? read.password
  const databaseIn = p.take('dbname') ?? read.database
  const applicationName = p.take('application_name')
  refuseOthers(p, ONLY, REFUSED)
  const user = options.user ?? userIn ?? client?.user ?? systemUser()
  const clientPassword =
    typeof client?.pass === 'string' || typeof client?.pass === 'function' ? (client.pass as PostgresAddress['password']) : undefined
  return {
    endpoints: (isRandom ? shuffled(endpoints) : endpoints) as readonly [Endpoint, ...Endpoint[]],
    user,
    password: options.password ?? passwordIn ?? clientPassword ?? '',
    database: options.database ?? databaseIn ?? client?.database ?? user,
    tls,
    target: target as TargetSession,
    connectTimeout: connectTimeout === 0 ? undefined : connectTimeout,
    session: { ...Object.fromEntries(p.rest()), application_name: options.applicationName ?? applicationName ?? 'query-ts' },
  }
}

/** The database that options or an address name; null if it is left to a default. Throws a refusal like `postgresAddress`. */
export const postgresDatabase = ({ url, database }: PostgresWhere): string | null => {
  if (database !== undefined || url === undefined) return database ?? null
  const read = readAddress(SCHEME, url)
  return read.parameters.take('dbname') ?? read.database ?? null
}

const portOf = ([first]: readonly Endpoint[]): number => (first !== undefined && 'port' in first ? first.port : PORT)

const systemUser = (): string => {
  try {
    return userInfo().username
  } catch {
    return 'postgres'
  }
}
