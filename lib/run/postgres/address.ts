/**
 * Where a Postgres runner connects to: options, an address, a client of the caller's, or the PG* variables, in this order.
 *
 * Parameters of an address mean what libpq says (Postgres documentation, "Database Connection Control Functions"). Those that
 * this runner can't honour are refused; one that is none of libpq's goes to the server as a run-time parameter, as in
 * `?search_path=shop`, and the server refuses what it does not know. Parameters that would change how values are written on the
 * wire (TimeZone, DateStyle and the like) are refused: a session has one meaning here.
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

export interface PostgresAddress {
  /** Tried in this order. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]]
  readonly user: string
  readonly password: string | (() => string | Promise<string>)
  readonly database: string
  readonly tls: Tls | null
  readonly target: TargetSession
  /** Milliseconds for one host, where the address says so. */
  readonly connectTimeout: number | undefined
  /** Run-time parameters of the session. */
  readonly session: { readonly [name: string]: string }
}

/** What of a runner's options says where to connect to. */
export interface PostgresWhere {
  /**
   * `postgres://user:password@host:port/database`, with libpq's parameters (`?sslmode=verify-full`); left out, POSTGRES_URL or
   * DATABASE_URL, else the PG* variables.
   */
  readonly url?: string
  /** A name, an IPv4 or IPv6 address, or the folder of a unix socket. */
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly user?: string
  readonly password?: string
  /** TLS, in libpq's words; `true` is `verify-full`; an object is options of `tls.connect`. */
  readonly ssl?: 'require' | 'allow' | 'prefer' | 'verify-ca' | 'verify-full' | boolean | object
  /** What the server shows as the name of the application. */
  readonly applicationName?: string
}

/** What postgres.js keeps of the options that a client was made with. */
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
  channel_binding: [['prefer', 'disable'], 'the driver has no channel binding'],
  gssencmode: [['prefer', 'disable'], 'the driver has no GSSAPI'],
  sslnegotiation: [['postgres'], 'TLS is negotiated here as before Postgres 17'],
  sslcompression: [['0'], 'TLS is not compressed'],
  sslsni: [['1'], 'the name of the host is sent'],
  client_encoding: [['utf8', 'utf-8', 'auto'], 'texts are UTF-8 here'],
  keepalives: [['1'], 'connections are kept alive'],
  replication: [['false', 'off', 'no', '0'], 'this is no replication client'],
}

const REFUSED: { readonly [name: string]: string } = {
  require_auth: 'the server chooses the method',
  passfile: 'give the password in the address or as an option',
  service: 'files of services are not read',
  servicefile: 'files of services are not read',
  hostaddr: 'give the address as host',
  fallback_application_name: 'give application_name',
  keepalives_idle: 'it is 30 seconds',
  keepalives_interval: 'Node has no such setting',
  keepalives_count: 'Node has no such setting',
  tcp_user_timeout: 'Node has no such setting; see lookAfter',
  sslcrl: 'lists of revoked certificates are not read',
  sslcrldir: 'lists of revoked certificates are not read',
  sslcertmode: 'a certificate is sent when there is one',
  requirepeer: 'Node has no such setting',
  krbsrvname: 'the driver has no GSSAPI',
  gsslib: 'the driver has no GSSAPI',
  gssdelegation: 'the driver has no GSSAPI',
  max: 'give it as an option of the runner',
  connection_limit: 'give max as an option of the runner',
  pool_timeout: 'give acquireTimeout as an option of the runner',
  idle_timeout: 'give idleTimeout as an option of the runner',
  max_lifetime: 'give recycle as an option of the runner',
  schema: 'give search_path',
  pgbouncer: 'there is nothing to set for it here',
  timezone: 'a session is in UTC here',
  datestyle: 'a session has ISO dates here',
  intervalstyle: 'a session has one way to write values here',
  bytea_output: 'a session has one way to write values here',
  extra_float_digits: 'a session has one way to write values here',
  standard_conforming_strings: 'a session has one way to write values here',
  client_min_messages: 'notices are not shown here',
}

const isRandomOrder = (p: Parameters): boolean => {
  const how = p.take('load_balance_hosts') ?? 'disable'
  return how === 'random' || (how !== 'disable' && p.refuse('load_balance_hosts', 'it is random or disable'))
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
        connectionError('postgres', "ssl is 'prefer', 'require', 'verify-ca', 'verify-full', true, false, or options of tls.connect"),
      )
  }
}

const endpoint = (host: string, port: number): Endpoint => (host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port })

const PORT = 5432

/** Hosts and ports of a list each, as libpq pairs them. */
const listed = (hosts: string | undefined, ports: string | undefined, p: Parameters): readonly Endpoint[] => {
  const named = (hosts ?? 'localhost').split(',')
  const numbers = (ports ?? '')
    .split(',')
    .map(port => (port === '' ? PORT : /^\d{1,5}$/.test(port) ? Number(port) : p.refuse('port', 'it is a number')))
  if (numbers.length !== 1 && numbers.length !== named.length) p.refuse('port', 'there are not as many ports as hosts')
  return named.map((host, i) => endpoint(host === '' ? 'localhost' : host, (numbers[i] ?? numbers[0]) as number))
}

/** Refuses what can't be read; call inside `attempting`. */
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
    : listed(hostsIn, portsIn ?? read.hosts[0]?.port?.toString(), p)
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
  if (!TARGETS.includes(target)) p.refuse('target_session_attrs', `it is one of ${TARGETS.join(', ')}`)
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

const portOf = ([first]: readonly Endpoint[]): number => (first !== undefined && 'port' in first ? first.port : PORT)

const systemUser = (): string => {
  try {
    return userInfo().username
  } catch {
    return 'postgres'
  }
}
