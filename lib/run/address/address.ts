/**
 * Addresses of servers: `scheme://user:password@host:port/database?parameter=value`, read strictly.
 *
 * The grammar is RFC 3986's, with several hosts separated by commas, as libpq has it. Whatever could be read in two ways is
 * refused, since the wrong way would connect elsewhere or print a part of a password: an `@`, `/`, `?` or `#` in a password
 * has to be written as %40, %2F, %3F, %23. (An `@` before the last one of the authority is read as part of the password.)
 * No refusal repeats any part of the address. Every parameter is honoured or refused by name, never ignored: a reader takes
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

export interface Address {
  readonly user: string | undefined
  readonly password: string | undefined
  readonly hosts: readonly Host[]
  readonly database: string | undefined
  readonly parameters: Parameters
}

/** How an engine's addresses begin; the first is the one that messages show. */
export interface Scheme {
  readonly engine: string
  readonly schemes: readonly [string, ...string[]]
  /** The scheme of another engine -> what opens it. */
  readonly others: { readonly [scheme: string]: string }
}

const unreadable = ({ engine, schemes: [scheme] }: Scheme, why: string): never =>
  refuse(
    connectionError(
      engine,
      `the address can't be read: ${why}; write ${scheme}://user:password@host:port/database, with % codes for special characters in it`,
    ),
  )

/** Readers take parameters one by one; what is left is refused. Names are compared without case, `-` and `_`. */
export interface Parameters {
  /** The value of a parameter, under any of its names. Empty values count as absent. */
  readonly take: (...names: readonly string[]) => string | undefined
  /** What nobody has taken, under the names that the address has. */
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

/** Parameters that have one value here -> the values that mean it, and why another is refused. */
export type Only = { readonly [name: string]: readonly [values: readonly string[], why: string] }

/** Refuses parameters that can't be honoured: another value than the only one, and those that are refused whatever they say. */
export const refuseOthers = (p: Parameters, only: Only, refused: { readonly [name: string]: string }): void => {
  for (const [name, [values, why]] of Object.entries(only)) {
    const value = p.take(name)
    if (value !== undefined && !values.includes(value.toLowerCase())) p.refuse(name, why)
  }
  for (const [name, why] of Object.entries(refused)) if (p.take(name) !== undefined) p.refuse(name, why)
}

/** An address that says nothing but parameters. */
export const noAddress = (engine: string, pairs: readonly (readonly [string, string])[]): Address => ({
  user: undefined,
  password: undefined,
  hosts: [],
  database: undefined,
  parameters: parametersOf(engine, pairs),
})

const NAME = /^[A-Za-z][\w.-]*$/

export const readAddress = (scheme: Scheme, text: string): Address => {
  const no = (why: string): never => unreadable(scheme, why)
  const decoded = (part: string): string => {
    try {
      return decodeURIComponent(part)
    } catch {
      return no('a % in it does not begin a code of two hexadecimal digits')
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
          ? `this address is not one of ${scheme.engine}: it begins with ${scheme.schemes[0]}://`
          : `this is an address of ${name}: open it with ${other}`,
      ),
    )
  }
  if (after.includes('#')) no('it has a #, which is %23 in a password')
  const question = after.indexOf('?')
  const [before, query] = question < 0 ? [after, ''] : [after.slice(0, question), after.slice(question + 1)]
  const slash = before.indexOf('/')
  const [authority, path] = slash < 0 ? [before, ''] : [before.slice(0, slash), before.slice(slash + 1)]
  if (path.includes('@') || query.includes('@'))
    no('it has an @ behind the host: a / in a password is %2F, a ? is %3F, an @ elsewhere is %40')
  if (path.includes('/')) no('the name of the database has a /, which is %2F')
  const at = authority.lastIndexOf('@')
  const [who, where] = at < 0 ? [null, authority] : [authority.slice(0, at), authority.slice(at + 1)]
  const colon = who?.indexOf(':') ?? -1
  const user = who === null ? undefined : decoded(colon < 0 ? who : who.slice(0, colon))
  const password = who === null || colon < 0 ? undefined : decoded(who.slice(colon + 1))
  const hosts = where.split(',').map((one): Host => {
    const [, v6, named, digits] =
      /^(?:\[([0-9a-fA-F:.]+(?:%25[\w.~-]+)?)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(one) ??
      no('a host or port in it is none; an IPv6 address stands in brackets')
    const port = digits === undefined ? undefined : Number(digits)
    if (port !== undefined && (port < 1 || port > 65_535)) no('a port is a number from 1 to 65535')
    return { host: decoded(v6 ?? named ?? ''), port }
  })
  const pairs = query
    .split('&')
    .filter(pair => pair !== '')
    .map((pair): readonly [string, string] => {
      const equals = pair.indexOf('=')
      const key = decoded(equals < 0 ? pair : pair.slice(0, equals))
      if (equals < 0 || !NAME.test(key)) no('behind the ? it has something other than name=value')
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

/** How a connection is encrypted, in libpq's words. `prefer`: where the server offers it. Only the last two verify anything. */
type TlsMode = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'

/** `null` sends everything in plain text. */
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

/** Reads the parameters about TLS, under the names of libpq, of the mysql client and of JDBC. Undefined where there are none. */
export const tlsOf = (parameters: Parameters): Tls | null | undefined => {
  const { take } = parameters
  const word = take('sslmode', 'ssl-mode')
  const switched = take('ssl')
  if (word !== undefined && switched !== undefined) parameters.refuse('ssl', 'it stands beside sslmode: give one of them')
  const said = word ?? switched
  const file = (name: string, path: string | undefined): Buffer | undefined => {
    try {
      return path === undefined ? undefined : readFileSync(path)
    } catch (thrown) {
      return parameters.refuse(name, `its file can't be read (${(thrown as NodeJS.ErrnoException).code})`)
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
  if (said === undefined && root === undefined && cert === undefined && key === undefined) {
    if (passphrase !== undefined || minVersion !== undefined || maxVersion !== undefined)
      parameters.refuse('sslmode', 'it is missing beside other parameters of TLS: give sslmode=verify-full')
    return undefined
  }
  const mode = said === undefined ? (root === undefined ? 'require' : 'verify-full') : MODES[plain(said)]
  if (mode === undefined) return parameters.refuse('sslmode', 'it is disable, prefer, require, verify-ca or verify-full')
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
  return parameters.refuse(name, `it is one of ${VERSIONS.join(', ')}`)
}

/** A number of seconds in a parameter, as milliseconds. */
export const secondsIn = (parameters: Parameters, ...names: readonly [string, ...string[]]): number | undefined => {
  const value = parameters.take(...names)
  if (value === undefined) return undefined
  return /^\d{1,7}$/.test(value) ? Number(value) * 1000 : parameters.refuse(names[0], 'it is a whole number of seconds')
}
