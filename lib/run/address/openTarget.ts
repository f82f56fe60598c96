/**
 * What to open: the address of a database as text, or an engine with the options of its runner.
 *
 * `readTarget` reads either into an engine and options that its runner takes. The scheme of an address chooses the engine; addresses of servers
 * are passed on whole, and their runners read them. The address of a file is `sqlite:file.db` or `sqlite:/folder/file.db`, percent-encoded,
 * without parameters; `//` after the scheme is refused, because other tools read what follows it in different ways.
 *
 * An option that the runner does not have, or of another type, is refused by name. No error repeats any part of an address or the value of an
 * option. The types name no driver, so that a program compiles with one driver installed.
 */
import { connectionError, refuse, validationError } from '../../core/value/DbError.js'
import { similar } from '../../core/value/nearest.js'
import type { SqlOptions } from '../Driver.js'
import type { MysqlWhere } from '../mysql/address.js'
import type { PoolOptions } from '../pool/PoolOptions.js'
import type { PostgresWhere } from '../postgres/address.js'
import type { SingleOptions } from '../session/sessionInterpreter.js'
import { noAddress } from './address.js'

interface FileOptions extends SqlOptions {
  /** The database file. Default: a database in memory, which ends with the runner. */
  readonly file?: string
}

interface NativeFileOptions extends FileOptions {
  /** Milliseconds that a statement waits, blocking this thread, while another process writes. Default: 5,000. */
  readonly busyTimeout?: number
}

interface FolderOptions extends SqlOptions {
  /** The folder of the database. Default: in memory, ends with the runner. */
  readonly dataDir?: string
  /** A database to start from: the result of PGlite's `dumpDataDir`. */
  readonly loadDataDir?: Blob
  /** PGlite extensions, for example `{ vector }` of `@electric-sql/pglite-pgvector`. */
  readonly extensions?: { readonly [name: string]: URL | { readonly name: string; readonly setup: (...args: never[]) => unknown } }
}

/** The options of each engine. MySQL and MariaDB have the same runner: the version of the server decides which of them it is. */
export interface OptionsOf {
  readonly postgres: PostgresWhere & PoolOptions
  readonly mysql: MysqlWhere & PoolOptions
  readonly mariadb: MysqlWhere & PoolOptions
  readonly sqlite: FileOptions
  readonly sqlite3: NativeFileOptions
  readonly pglite: FolderOptions
  readonly memory: SingleOptions
}

/** An engine that can be opened by name. */
export type Engine = keyof OptionsOf

/** An engine with its options: `{ engine: 'postgres', host: 'db.example', database: 'shop', max: 20 }`. */
export type EngineTarget = { readonly [E in Engine]: { readonly engine: E } & OptionsOf[E] }[Engine]

/** The address of a database, or an engine with its options. */
export type Target = string | EngineTarget

/** Options of the runner that an address leads to. */
export type TargetOptions = OptionsOf[Engine]

/** A target that was read. */
export type OpenTarget = { readonly [E in Engine]: { readonly engine: E; readonly options: OptionsOf[E] } }[Engine]

/** What the value of an option must be; a list: one of these words. `other` is checked by the runner. */
type Kind = 'text' | 'number' | 'port' | 'boolean' | 'function' | 'object' | 'other' | readonly string[]

/** Options by name. The type requires each of them, so that a new option of a runner can't be forgotten here. */
type Kinds<Options> = { readonly [name in keyof Required<Options>]: Kind }

const single: Kinds<SingleOptions> = { acquireTimeout: 'number' }
const sql: Kinds<SqlOptions> = { ...single, rewrite: 'function' }
const pool: Kinds<PoolOptions> = {
  ...sql,
  max: 'number',
  prePing: 'boolean',
  recycle: 'number',
  idleTimeout: 'number',
  statementTimeout: 'number',
  lookAfter: 'number',
  transactionGuard: ['rollback', 'raise', 'ignore', 'discard'],
}
const where: Kinds<MysqlWhere> = {
  url: 'text',
  host: 'text',
  port: 'port',
  database: 'text',
  user: 'text',
  password: 'text',
  ssl: 'other',
}

const KINDS: { readonly [E in Engine]: Kinds<OptionsOf[E]> } = {
  postgres: { ...where, ...pool, applicationName: 'text' },
  mysql: { ...where, ...pool },
  mariadb: { ...where, ...pool },
  sqlite: { ...sql, file: 'text' },
  sqlite3: { ...sql, file: 'text', busyTimeout: 'number' },
  pglite: { ...sql, dataDir: 'text', loadDataDir: 'object', extensions: 'object' },
  memory: single,
}

const ENGINES = Object.keys(KINDS) as readonly Engine[]

const SCHEMES: { readonly [scheme: string]: Engine } = {
  postgres: 'postgres',
  postgresql: 'postgres',
  mysql: 'mysql',
  mariadb: 'mariadb',
  sqlite: 'sqlite',
  sqlite3: 'sqlite3',
  pglite: 'pglite',
  memory: 'memory',
}

const FORMS =
  'postgres://, postgresql://, mysql://, mariadb://, sqlite:file.db, sqlite::memory:, sqlite3:file.db, sqlite3::memory:, pglite:folder, pglite: and memory:'

const own = <A>(record: { readonly [name: string]: A }, name: string): A | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

const isOf = (kind: Kind, value: unknown): boolean => {
  switch (kind) {
    case 'number':
      return typeof value === 'number' && value >= 0
    case 'port':
      return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535
    case 'text':
      return typeof value === 'string'
    case 'boolean':
    case 'function':
      return typeof value === kind
    case 'object':
      return typeof value === 'object' && value !== null
    case 'other':
      return true
    default:
      return typeof value === 'string' && kind.includes(value)
  }
}

const expected = (kind: Kind): string => {
  switch (kind) {
    case 'number':
      return 'a number that is not negative'
    case 'port':
      return 'a whole number from 1 to 65535'
    case 'boolean':
      return 'true or false'
    default:
      return typeof kind === 'string' ? `a value of type ${kind}` : `one of ${kind.join(', ')}`
  }
}

/** Refuses an option that is not among the known ones. */
export const refuseUnknown = (
  what: string,
  options: object,
  known: readonly string[],
  reasons: { readonly [name: string]: string } = {},
): void => {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const near = similar(name, known)
    const hint = own(reasons, name) ?? (near === null ? `the options are ${known.join(', ')}` : `did you mean ${near}?`)
    refuse(validationError([name], `${what} has no such option: ${hint}`))
  }
}

/** Why an option of another engine, or of a runner opened by its function, is none here. */
const reasonsFor = (engine: Engine): { readonly [name: string]: string } => ({
  ...Object.fromEntries(
    ENGINES.flatMap(other => Object.keys(KINDS[other])).map(name => {
      const having = ENGINES.filter(other => Object.hasOwn(KINDS[other], name))
      return [name, `it is an option of ${having.join(', ')}; those of ${engine} are ${Object.keys(KINDS[engine]).join(', ')}`]
    }),
  ),
  client: 'give a client to the runner itself, as in postgres({ client }) of query-ts/postgres',
})

/** Options that decide which database is opened: leaving one out by mistake would open another one, or one in memory. */
const DECIDING: readonly string[] = ['url', 'host', 'database', 'file', 'dataDir']

/** The options of an engine, checked; those that are undefined are left out. */
const checked = (engine: Engine, options: object): object => {
  const kinds: { readonly [name: string]: Kind } = KINDS[engine]
  refuseUnknown(engine, options, Object.keys(kinds), reasonsFor(engine))
  const given = Object.entries(options)
  for (const [name, value] of given) {
    const kind = kinds[name] as Kind
    if (value === undefined) {
      if (DECIDING.includes(name)) refuse(validationError([name], 'it is undefined: give a text, or leave it out'))
    } else if (!isOf(kind, value)) refuse(validationError([name], `it must be ${expected(kind)}`))
  }
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}

const unreadable = (why: string): never => refuse(connectionError('open', `the address can't be read: ${why}`))

/** What the address of a file names, decoded. */
const nameIn = (engine: Engine, rest: string): string => {
  if (rest.startsWith('//')) unreadable(`a ${engine} address has no // after the scheme: write ${engine}:name or ${engine}:/folder/name`)
  if (rest.includes('#')) unreadable('it contains a #: write %23')
  const [path = '', ...queries] = rest.split('?')
  const names = queries
    .join('?')
    .split('&')
    .filter(pair => pair !== '')
  for (const pair of names) {
    const [, name] =
      /^([A-Za-z][\w.-]*)=/.exec(pair) ?? unreadable('what follows the ? must have the form name=value; in a file name write %3F')
    const option = Object.keys(KINDS[engine]).find(o => o.toLowerCase() === name?.toLowerCase().replace(/[-_]/g, ''))
    noAddress(engine, []).parameters.refuse(
      name as string,
      option === undefined ? 'the address of a file has no parameters; in a file name write %3F for ?' : `give ${option} as an option`,
    )
  }
  try {
    return decodeURIComponent(path)
  } catch {
    return unreadable('a % is not followed by two hexadecimal digits: in a file name write %25')
  }
}

/** The option by which a runner gets what an address names. */
const placeOf = (engine: Engine, text: string, rest: string): { readonly [option: string]: string } => {
  switch (engine) {
    case 'sqlite':
    case 'sqlite3': {
      const file = nameIn(engine, rest)
      if (file === '') unreadable(`it names no file: write ${engine}:file.db, or ${engine}::memory: for a database in memory`)
      return file === ':memory:' ? {} : { file }
    }
    case 'pglite': {
      const dataDir = nameIn(engine, rest)
      return dataDir === '' || dataDir === ':memory:' ? {} : { dataDir }
    }
    case 'memory':
      if (rest.startsWith('//') || nameIn(engine, rest) !== '') unreadable('a database in memory has no name: write memory:')
      return {}
    default:
      return { url: text }
  }
}

/** The engine of a scheme, and what follows it. */
const split = (text: string): readonly [Engine, string] => {
  const [, scheme = '', rest = ''] =
    /^([a-z][a-z0-9+.-]*):([\s\S]*)$/i.exec(text) ?? unreadable(`it does not begin with a scheme; addresses are ${FORMS}`)
  const engine = own(SCHEMES, scheme.toLowerCase())
  if (engine !== undefined) return [engine, rest]
  // the scheme itself is not repeated: without one, what is before the first colon may be a user
  const near = scheme.length === 1 || scheme === 'file' ? 'sqlite' : similar(scheme.replace(/\+.*$/s, ''), Object.keys(SCHEMES))
  return unreadable(`its scheme is unknown${near === null ? '' : `, did you mean ${near}:?`}; addresses are ${FORMS}`)
}

const ofText = (text: string, options: object): OpenTarget => {
  const [engine, rest] = split(text)
  const place = placeOf(engine, text, rest)
  for (const name of ['url', 'file', 'dataDir', 'engine'])
    if (Object.hasOwn(options, name)) refuse(validationError([name], 'the address determines it already: leave it out'))
  return { engine, options: { ...checked(engine, options), ...place } } as OpenTarget
}

const ofObject = (target: object, more: object): OpenTarget => {
  const { engine, ...options } = target as { readonly engine?: unknown }
  if (typeof engine !== 'string' || !Object.hasOwn(KINDS, engine)) {
    const near = typeof engine === 'string' ? similar(engine, ENGINES) : null
    const hint = near === null ? 'give one of' : `did you mean ${near}? It is one of`
    return refuse(validationError(['engine'], `there is no such engine: ${hint} ${ENGINES.join(', ')}`))
  }
  return { engine, options: checked(engine as Engine, { ...options, ...more }) } as OpenTarget
}

/** Reads a target; options override those of the target. Throws a refusal if they can't be read: call it inside `attempting`. */
export const readTarget = (target: Target, options: TargetOptions = {}): OpenTarget => {
  if (typeof options !== 'object' || options === null) refuse(validationError(['options'], 'options must be an object'))
  if (typeof target === 'string') return ofText(target, options)
  if (typeof target === 'object' && target !== null) return ofObject(target, options)
  return refuse(
    validationError(['target'], 'it must be the address of a database or an object with its engine; is the variable that holds it set?'),
  )
}
