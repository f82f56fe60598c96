/**
 * Databases of servers: created and dropped through a connection to another database, or to none.
 *
 * Postgres is reached by its database `postgres`, or `template1` where that is missing or forbidden; MySQL and MariaDB without a database. A
 * new database has the encoding that the dialect requires: UTF-8 on Postgres, utf8mb4 with the binary collation on MySQL and MariaDB.
 *
 * Statements are sent at once, without a look before: the engine's error tells that the database exists, does not exist or is in use, so that
 * of two callers at the same time one gets that error. System databases are never dropped.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { int } from '../../core/expr/Column.js'
import type { Runner } from '../../core/operation/Interpreter.js'
import {
  attempting,
  type DbError,
  type DriverError,
  databaseError,
  locked,
  refuse,
  schemaConflict,
  unsupported,
  validationError,
} from '../../core/value/DbError.js'
import { raw } from '../../program/Program.js'
import { dialects } from '../../sql/dialects.js'
import type { OpenTarget } from '../address/openTarget.js'
import { mysqlDatabase } from '../mysql/address.js'
import { openRunner } from '../openRunner.js'
import { postgresDatabase } from '../postgres/address.js'

/** A target on a server. */
export type ServerTarget = Extract<OpenTarget, { readonly engine: 'postgres' | 'mysql' | 'mariadb' }>

type Answer<A> = Promise<E.Either<DbError, A>>

/** What an error of CREATE DATABASE or DROP DATABASE means. */
type Meaning = 'exists' | 'missing' | 'denied' | 'inUse' | 'encoding'

interface Server {
  /** The databases to connect to, in this order; an empty name is none. */
  readonly maintenance: readonly [string, ...string[]]
  /** Databases that belong to the server. */
  readonly system: readonly string[]
  /** Run before the statement. */
  readonly prepare: (runner: Runner) => TaskEither<DbError, unknown>
  /** By SQLSTATE or error number. */
  readonly meanings: { readonly [code: string]: Meaning }
  /** Whether ending the connections to a database is a part of dropping it. */
  readonly forces: boolean
  readonly connections: (runner: Runner, name: string) => TaskEither<DbError, readonly { readonly n: number }[]>
}

const count = raw({ n: int })

const nothing: Server['prepare'] = () => async () => E.right(undefined)

const postgres: Server = {
  maintenance: ['postgres', 'template1'],
  system: ['postgres', 'template0', 'template1'],
  prepare: nothing,
  // 23505: another session creates it at this moment
  meanings: { '42P04': 'exists', '23505': 'exists', '3D000': 'missing', '42501': 'denied', '55006': 'inUse', '22023': 'encoding' },
  forces: true,
  connections: (db, name) =>
    count`SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = ${name}`({ db }),
}

const family = {
  maintenance: [''],
  system: ['mysql', 'information_schema', 'performance_schema', 'sys'],
  // the default of the servers is a day or a year
  prepare: db => raw({})`SET SESSION lock_wait_timeout = 10`({ db }),
  meanings: { 1007: 'exists', 1008: 'missing', 1044: 'denied', 1227: 'denied', 1205: 'inUse' },
  forces: false,
} as const satisfies Partial<Server>

const SERVERS: { readonly [E in ServerTarget['engine']]: Server } = {
  postgres,
  mysql: { ...family, connections: (db, name) => count`SELECT count(*) FROM performance_schema.processlist WHERE db = ${name}`({ db }) },
  mariadb: { ...family, connections: (db, name) => count`SELECT count(*) FROM information_schema.processlist WHERE db = ${name}`({ db }) },
}

const namedIn = ({ engine, options }: ServerTarget): string | null =>
  engine === 'postgres' ? postgresDatabase(options) : mysqlDatabase(options)

/** The name of the database of a target; refuses one that is left to a default. */
const nameOf = (target: ServerTarget): string => {
  const name = namedIn(target)
  if (name !== null && name !== '') return name
  return refuse(
    validationError(['database'], 'the target names no database: give it in the address, as in //host/database, or as the option database'),
  )
}

const codesOf = (error: DbError): readonly string[] => {
  const { errno, sqlState } = ((error as { readonly cause?: unknown }).cause ?? {}) as Partial<DriverError>
  return [...(errno === undefined ? [] : [String(errno)]), ...(sqlState === undefined ? [] : [sqlState])]
}

const meaningOf = ({ meanings }: Server, error: DbError): Meaning | undefined =>
  // waiting for a lock has no cause
  error._tag === 'Timeout'
    ? 'inUse'
    : codesOf(error)
        .map(code => meanings[code])
        .find(meaning => meaning !== undefined)

const causeIn = (error: DbError): DriverError | undefined =>
  error._tag === 'CallbackFailed' || error._tag === 'MigrationError' ? undefined : error.cause

/** A runner of one connection to the server, but not to the database of the target. */
const connected = async (target: ServerTarget, server: Server): Answer<Runner> => {
  let first: E.Either<DbError, Runner> | undefined
  for (const database of server.maintenance) {
    const opened = await openRunner({ ...target, options: { ...target.options, database, max: 1 } } as ServerTarget)()
    if (E.isRight(opened)) return opened
    first ??= opened
    const meaning = meaningOf(server, opened.left)
    if (meaning !== 'missing' && meaning !== 'denied') break
  }
  return first as E.Either<DbError, Runner>
}

/** Runs one statement on a server; `explain` turns its error into an answer. */
const onServer = async (
  target: ServerTarget,
  statementFor: (name: string, runner: Runner) => string,
  explain: (meaning: Meaning | undefined, error: DbError, name: string, runner: Runner) => Answer<void>,
  check: (name: string, server: Server) => void = () => undefined,
): Answer<void> => {
  const server = SERVERS[target.engine]
  const named = attempting('the target', () => {
    const name = nameOf(target)
    dialects[target.engine].quote(name)
    check(name, server)
    return name
  })
  if (E.isLeft(named)) return named
  const name = named.right
  const opened = await connected(target, server)
  if (E.isLeft(opened)) return opened
  const runner = opened.right
  try {
    const prepared = await server.prepare(runner)()
    if (E.isLeft(prepared)) return prepared
    const done = await runner.perform({ tag: 'raw', text: [statementFor(name, runner)], args: [], columns: {} })()
    return E.isRight(done) ? E.right(undefined) : await explain(meaningOf(server, done.left), done.left, name, runner)
  } finally {
    await runner.close()
  }
}

/** The error of the engine with its reason: what it means in other statements does not apply. */
const unexplained = (error: DbError): DbError => {
  const cause = causeIn(error)
  const recast = error._tag === 'SyntaxError' || error._tag === 'SchemaConflict' || error._tag === 'UniqueViolation'
  return recast && cause !== undefined ? databaseError(codesOf(error)[0] ?? null, cause.message, cause) : error
}

const denied = (what: string, name: string, error: DbError): DbError => {
  const cause = causeIn(error)
  return databaseError(codesOf(error)[0] ?? null, `this user may not ${what} the database "${name}" (${cause?.message})`, cause)
}

/** The dialect of the server that a runner has found: an address of MySQL may lead to MariaDB. */
const dialectOf = (runner: Runner) => dialects[runner.capabilities.engine as keyof typeof dialects]

/** Creates the database of a target. */
export const createOnServer = (target: ServerTarget, ifNotExists: boolean): Answer<void> =>
  onServer(
    target,
    (name, runner) => {
      const { quote, ddl } = dialectOf(runner)
      return `CREATE DATABASE ${quote(name)}${ddl.databaseSuffix}`
    },
    async (meaning, error, name) => {
      switch (meaning) {
        case 'exists':
          return ifNotExists
            ? E.right(undefined)
            : E.left(schemaConflict(name, 'a database of this name exists already: drop it first, or pass ifNotExists', causeIn(error)))
        case 'denied':
          return E.left(denied('create', name, error))
        case 'inUse':
          return E.left(
            locked(
              'the template of new databases',
              null,
              'the server copies it only while no other connection uses it: try again',
              causeIn(error),
            ),
          )
        case 'encoding':
          return E.left(
            unsupported(
              'a new database in UTF-8 on this server',
              target.engine,
              "template1, which it copies, has another encoding: run CREATE DATABASE with TEMPLATE template0 ENCODING 'UTF8' and a locale of UTF-8",
            ),
          )
        default:
          return E.left(unexplained(error))
      }
    },
  )

/** Drops the database of a target; with `force` the server first ends the connections to it. */
export const dropOnServer = (target: ServerTarget, ifExists: boolean, force: boolean): Answer<void> =>
  onServer(
    target,
    (name, runner) => `DROP DATABASE ${dialectOf(runner).quote(name)}${force ? ' WITH (FORCE)' : ''}`,
    async (meaning, error, name, runner) => {
      switch (meaning) {
        case 'missing':
          return ifExists
            ? E.right(undefined)
            : E.left(schemaConflict(name, 'there is no such database: check the name, or pass ifExists', causeIn(error)))
        case 'denied':
          return E.left(denied('drop', name, error))
        case 'inUse': {
          const server = SERVERS[target.engine]
          const counted = await server.connections(runner, name)()
          const n = E.isRight(counted) ? (counted.right[0]?.n ?? 0) : 0
          const holder = n === 0 ? null : n === 1 ? '1 connection' : `${n} connections`
          const advice = n === 0 ? (causeIn(error)?.message ?? 'try again later') : `close ${n === 1 ? 'it' : 'them'} first`
          const more = n > 0 && server.forces ? ', or pass force to have the server end them' : ''
          return E.left(locked(`the database "${name}"`, holder, `${advice}${more}`, causeIn(error)))
        }
        default:
          return E.left(unexplained(error))
      }
    },
    (name, { system, forces }) => {
      if (system.includes(name.toLowerCase()))
        refuse(validationError(['database'], `"${name}" belongs to the server: it can't be dropped here`))
      if (force && !forces) refuse(validationError(['force'], `${target.engine} drops a database without ending connections: leave it out`))
    },
  )
