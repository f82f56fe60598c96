/**
 * What the parts of an SQL session share: the engine, the connection, and the session's mutable state.
 *
 * The functions of a session (reading, executing commands, defining, raw text, locks) are functions over one
 * `SessionContext`. A session does one thing at a time, so the state needs no lock. `guarded` is the only place
 * where an exception of a driver becomes a `DbError`: every call of a driver goes through it.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { ReferenceImage, References } from '../../core/schema/ReferenceImage.js'
import type { AnyQuery } from '../../core/syntax/Syntax.js'
import { cancelled, closed, type DbError, outcomeUnknown, refusedWith } from '../../core/value/DbError.js'
import { mayRunRawText } from '../../plan/contents.js'
import type { Context, Driver, Known, SqlEngine, SqlOptions } from '../Driver.js'
import { driverError } from '../driverError.js'
import { causeOf } from '../pool/connectionWatch.js'

/** The result of an operation. */
export type Answer<A> = Promise<E.Either<DbError, A>>

interface SessionState {
  inTransaction: boolean
  /** Whether the steps of one operation are running in a transaction of their own. */
  isAtomic: boolean
  /** Whether a write was sent since the transaction began. */
  hasWritten: boolean
  /** The queries sent since the transaction began, up to `MAX_REMEMBERED`: they may contain raw text that writes. */
  queries: AnyQuery[]
  isClosed: boolean
  /** Whether the engine was set to refuse writes for this transaction. */
  refusesWrites: boolean
  /** The foreign keys as the current transaction sees them, where they may differ from those that the runner keeps. */
  references: References | null
  /** Whether the current transaction may have changed the schema. */
  hasDefined: boolean
  /** The version of the schema (`Known`) when the current transaction began. */
  schemaVersion: number
  /** Advisory locks that outlive their transaction unless they are released. */
  lockNames: readonly string[]
}

/** What the functions of a session share. */
export interface SessionContext {
  readonly engine: SqlEngine
  readonly driver: Driver
  readonly options: SqlOptions
  readonly known: Known
  readonly state: SessionState
}

/** The context of a new session. */
export const sessionContext = (engine: SqlEngine, driver: Driver, options: SqlOptions, known: Known): SessionContext => ({
  engine,
  driver,
  options,
  known,
  state: {
    inTransaction: false,
    isAtomic: false,
    hasWritten: false,
    queries: [],
    isClosed: false,
    refusesWrites: false,
    references: null,
    hasDefined: false,
    schemaVersion: 0,
    lockNames: [],
  },
})

/** Of a longer transaction it is assumed that one of its queries may have written. */
const MAX_REMEMBERED = 100

/** Whether a statement is committed as soon as it is done: there is no transaction. */
export const autocommits = ({ state }: SessionContext): boolean => !state.inTransaction && !state.isAtomic

/** Forgets what the previous transaction has sent. */
export const startTransactionLog = ({ state }: SessionContext): void => {
  state.hasWritten = false
  state.queries = []
}

/** Records a query that is sent in a transaction. */
export const rememberQuery = ({ state }: SessionContext, query: AnyQuery): void => {
  if (state.inTransaction && state.queries.length < MAX_REMEMBERED) state.queries.push(query)
}

/** If nothing was written it does not matter whether the transaction was committed. */
export const mayHaveWritten = ({ state }: SessionContext): boolean =>
  state.hasWritten || state.queries.length >= MAX_REMEMBERED || state.queries.some(mayRunRawText)

/** The foreign keys that are kept; null if the catalog has to be read. */
export const keptReferences = ({ known, state }: SessionContext): References | null =>
  state.references ?? (state.hasDefined ? null : known.references)

/** A statement as `guarded` reports its errors. */
export type GuardContext = Pick<Context, 'sql' | 'table'> &
  Partial<Context> & {
    /** Whether its effect is committed as soon as it is done: a lost reply then leaves open whether it was done. */
    readonly commits?: boolean | (() => boolean)
    /** Whether the statement contains raw text: evaluated only when it fails. */
    readonly containsRaw?: () => boolean
    readonly signal?: AbortSignal | undefined
  }

/** Calls the driver and classifies what it throws. */
export const guarded = async <A>(
  session: SessionContext,
  { sql, params = [], table, isRaw = false, containsRaw = () => isRaw, commits = false, signal }: GuardContext,
  f: () => Promise<A>,
): Answer<A> => {
  const { engine, known, state } = session
  if (state.isClosed) return E.left(closed('interpreter'))
  try {
    return E.right(await f())
  } catch (thrown) {
    if (engine.isUncertain(thrown) && (typeof commits === 'function' ? commits() : commits))
      return E.left(outcomeUnknown(driverError(causeOf(thrown), { sql, params })))
    const foreignKeys: readonly ReferenceImage[] = keptReferences(session)?.keys ?? known.created
    const error = refusedWith(thrown) ?? engine.classify(thrown, { sql, params, table, foreignKeys, isRaw, hasRaw: containsRaw() })
    // a statement is cancelled by a request, or with its connection
    const isCancelled = signal?.aborted === true && (error._tag === 'Timeout' || error._tag === 'ConnectionError')
    return E.left(isCancelled ? cancelled : error)
  }
}
