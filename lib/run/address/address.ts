/**
 * Addresses of servers: `scheme://user:password@host:port/database?parameter=value`, read strictly.
 *
 * The grammar is RFC 3986's, with several hosts separated by commas, as in libpq. Ambiguous addresses are
 * refused, since a wrong reading would connect elsewhere or print a part of a password: an `@`, `/`, `?` or `#` in a password
 * must be written as %40, %2F, %3F, %23. (An `@` before the last one of the authority is read as part of the password.)
 * No error repeats any part of the address. Every parameter is honoured or refused by name, never ignored: a reader takes
 * those that it knows from `parameters`, and refuses the rest.
 */
import { readFileSync } from 'node:fs'
import type { ConnectionOptions, SecureVersion } from 'node:tls'
import { connectionError, refuse } from '../../core/value/DbError.js'

interface Host {
  /** Empty where the address has none. */
  readonly host: string
  readonly port: number | undefined
}

/** A parsed address. */
export interface Address {
  readonly user: string | undefined
  readonly password: string | undefined
  readonly hosts: readonly Host[]
  readonly database: string | undefined
  readonly parameters: Parameters
}

/** How an engine's addresses begin; messages show the first scheme. */
export interface Scheme {
  readonly engine: string
  readonly schemes: readonly [string, ...string[]]
  /** The scheme of another engine -> the runner that opens it. */
  readonly others: { readonly [scheme: string]: string }
}

const unreadable = ({ engine, schemes: [scheme] }: Scheme, why: string): never =>
  refuse(
    connectionError(
      engine,
      `the address can't be read: ${why}; write ${scheme}://user:password@host:port/database, and percent-encode special characters`,
    ),
  )

/** The parameters of an address. Readers take those they know one by one. Names are compared without case, `-` and `_`. */
export interface Parameters {
  /** The value of a parameter, under any of its names. Empty values count as absent. */
  readonly take: (...names: readonly string[]) => string | undefined
  /** The parameters that were not taken, with their names as written. */
  readonly rest: () => readonly (readonly [name: string, value: string])[]
  readonly refuse: (name: string, why: string) => never
}

const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, '')

const parametersOf = (engine: string, pairs: readonly (readonly [string, string])[]): Parameters => {
  const left = new Map(pairs.map(([name, value]) => [plain(name), [name, value] as const]))
  return {
    take: (...names) => {
      const found = names.map(plain).find(name => left.has(name))
      if (found === undefined) return undefined
      const value = left.get(found)?.[1]
      left.delete(found)
      return value === '' ? undefined : value
    },
    rest: () => [...left.values()],
    refuse: (name, why) => refuse(connectionError(engine, `the parameter ${name} of the address: ${why}`)),
  }
}

/** Parameters for which one value is supported -> the ways to write it, and why others are refused. */
export type Only = { readonly [name: string]: readonly [values: readonly string[], why: string] }

/** Refuses parameters that can't be honoured: unsupported values of those in `only`, and any value of those in `refused`. */
export const refuseOthers = (p: Parameters, only: Only, refused: { readonly [name: string]: string }): void => {
  for (const [name, [values, why]] of Object.entries(only)) {
    const value = p.take(name)
    if (value !== undefined && !values.includes(value.toLowerCase())) p.refuse(name, why)
  }
  for (const [name, why] of Object.entries(refused)) if (p.take(name) !== undefined) p.refuse(name, why)
}

/** An address of parameters only. */
export const noAddress = (engine: string, pairs: readonly (readonly [string, string])[]): Address => ({
  user: undefined,
  password: undefined,
  hosts: [],
  database: undefined,
  parameters: parametersOf(engine, pairs),
})

const NAME = /^[A-Za-z][\w.-]*$/

/** Parses an address; throws a refusal if it can't be read. */
export const readAddress = (scheme: Scheme, text: string): Address => {
  const no = (why: string): never => unreadable(scheme, why)
  const decoded = (part: string): string => {
    try {
      return decodeURIComponent(part)
    } catch {
      return no('a % is not followed by two hexadecimal digits')
    }
  }
  const [, found = '', after = ''] = /^([a-z][a-z0-9+.-]*):\/\/([\s\S]*)$/i.exec(text) ?? no('it does not begin with a scheme')
  const name = found.toLowerCase()
  if (!scheme.schemes.includes(name)) {
    const other = scheme.others[name]
    refuse(
      connectionError(
        scheme.engine,
        other === undefined
          ? `the address is not one of ${scheme.engine}: such addresses begin with ${scheme.schemes[0]}://`
          : `this is an address of ${name}: open it with ${other}`,
      ),
    )
  }
  if (after.includes('#')) no('it contains a #; in a password write %23')
  const question = after.indexOf('?')
  const [before, query] = question < 0 ? [after, ''] : [after.slice(0, question), after.slice(question + 1)]
  const slash = before.indexOf('/')
  const [authority, path] = slash < 0 ? [before, ''] : [before.slice(0, slash), before.slice(slash + 1)]
  if (path.includes('@') || query.includes('@')) no('it has an @ after the host: in a password write %2F for /, %3F for ? and %40 for @')
  if (path.includes('/')) no('the database name contains a /; write %2F')
  const at = authority.lastIndexOf('@')
  const [login, where] = at < 0 ? [null, authority] : [authority.slice(0, at), authority.slice(at + 1)]
  const colon = login?.indexOf(':') ?? -1
  const user = login === null ? undefined : decoded(colon < 0 ? login : login.slice(0, colon))
  const password = login === null || colon < 0 ? undefined : decoded(login.slice(colon + 1))
  const hosts = where.split(',').map((one): Host => {
    const [, v6, named, digits] =
      /^(?:\[([0-9a-fA-F:.]+(?:%25[\w.~-]+)?)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(one) ??
      no('a host or port is invalid; an IPv6 address must be in brackets')
    const port = digits === undefined ? undefined : Number(digits)
    if (port !== undefined && (port < 1 || port > 65_535)) no('a port must be a number from 1 to 65535')
    return { host: decoded(v6 ?? named ?? ''), port }
  })
  const pairs = query
    .split('&')
    .filter(pair => pair !== '')
    .map((pair): readonly [string, string] => {
      const equals = pair.indexOf('=')
      const key = decoded(equals < 0 ? pair : pair.slice(0, equals))
      if (equals < 0 || !NAME.test(key)) no('what follows the ? must have the form name=value')
      return [key, decoded(pair.slice(equals + 1))]
    })
  const names = pairs.map(([key]) => plain(key))
  const twice = names.findIndex((key, i) => names.indexOf(key) !== i)
  if (twice >= 0) no(`it has the parameter ${pairs[twice]?.[0]} twice`)
  const database = decoded(path)
  return {
    user: user === '' ? undefined : user,
    password,
    hosts,
    database: database === '' ? undefined : database,
    parameters: parametersOf(scheme.engine, pairs),
  }
}

/** How a connection is encrypted, by libpq's names. `prefer`: if the server offers it. Only the last two verify the certificate. */
type TlsMode = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'

/** How to encrypt; where it is `null`, everything is sent in plain text. */
export interface Tls {
  readonly mode: Exclude<TlsMode, 'disable'>
  readonly options: ConnectionOptions
}

const MODES: { readonly [word: string]: TlsMode } = {
  disable: 'disable',
  disabled: 'disable',
  false: 'disable',
  '0': 'disable',
  allow: 'prefer',
  prefer: 'prefer',
  preferred: 'prefer',
  require: 'require',
  required: 'require',
  verifyca: 'verify-ca',
  verifyfull: 'verify-full',
  verifyidentity: 'verify-full',
  true: 'verify-full',
  '1': 'verify-full',
}

/** Reads the TLS parameters, by the names of libpq, of the mysql client and of JDBC; undefined if there are none. */
export const tlsOf = (parameters: Parameters): Tls | null | undefined => {
  const { take } = parameters
  const word = take('sslmode', 'ssl-mode')
  const switched = take('ssl')
  if (word !== undefined && switched !== undefined) parameters.refuse('ssl', 'sslmode is given as well: give one of them')
  const written = word ?? switched
  const file = (name: string, path: string | undefined): Buffer | undefined => {
    try {
      return path === undefined ? undefined : readFileSync(path)
    } catch (thrown) {
      return parameters.refuse(name, `the file can't be read (${(thrown as NodeJS.ErrnoException).code})`)
    }
  }
  const root = take('sslrootcert', 'ssl-ca')
  const systems = root === 'system'
  const ca = systems ? undefined : file('sslrootcert', root)
  const cert = file('sslcert', take('sslcert'))
  const key = file('sslkey', take('sslkey'))
  const passphrase = take('sslpassword')
  const minVersion = version(parameters, 'ssl_min_protocol_version')
  const maxVersion = version(parameters, 'ssl_max_protocol_version')
  if (written === undefined && root === undefined && cert === undefined && key === undefined) {
    if (passphrase !== undefined || minVersion !== undefined || maxVersion !== undefined)
      parameters.refuse('sslmode', 'it is required with other TLS parameters: give sslmode=verify-full')
    return undefined
  }
  const mode = written === undefined ? (root === undefined ? 'require' : 'verify-full') : MODES[plain(written)]
  if (mode === undefined) return parameters.refuse('sslmode', 'it must be disable, prefer, require, verify-ca or verify-full')
  if (mode === 'disable') return null
  // libpq: with a root certificate `require` verifies as well
  const verified = mode === 'require' && ca !== undefined ? 'verify-ca' : systems ? 'verify-full' : mode
  return {
    mode: verified,
    options: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(minVersion === undefined ? {} : { minVersion }),
      ...(maxVersion === undefined ? {} : { maxVersion }),
      ...verification(verified),
    },
  }
}

/** What a mode verifies, as options of `tls.connect`. */
export const verification = (mode: Tls['mode']): ConnectionOptions =>
  mode === 'verify-full' ? {} : mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : { rejectUnauthorized: false }

const VERSIONS: readonly string[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

const version = (parameters: Parameters, name: string): SecureVersion | undefined => {
  const value = parameters.take(name)
  if (value === undefined || VERSIONS.includes(value)) return value as SecureVersion | undefined
  return parameters.refuse(name, `it must be one of ${VERSIONS.join(', ')}`)
}

/** A number of seconds in a parameter, as milliseconds. */
export const secondsIn = (parameters: Parameters, ...names: readonly [string, ...string[]]): number | undefined => {
  const value = parameters.take(...names)
  if (value === undefined) return undefined
  return /^\d{1,7}$/.test(value) ? Number(value) * 1000 : parameters.refuse(names[0], 'it must be a whole number of seconds')
}
