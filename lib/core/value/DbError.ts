/**
 * Everything that can go wrong, as one union of tagged values.
 *
 * A `DbError` says what happened, where, and what the caller can do: its fields are what a program
 * needs to act on, its `message` is what a person needs to read. No field holds a value of a parameter or a row, a
 * password or a part of a certificate; what a function of the program threw is its own, and kept as it is.
 * Tables, columns and constraints go by their SQL names. `cause` is a copy of what the driver threw (`DriverError`).
 *
 * The library never throws one of these across its public edge: programs answer them in `Left`.
 * `show` renders an error for a log, `isRetryable` says whether the same program may be run again.
 */
import type { ValidationError as IoError, Errors as IoErrors } from 'io-ts'
import type {
  CallbackFailed,
  Cancelled,
  CheckViolation,
  Closed,
  ConnectionError,
  DatabaseError,
  Deadlock,
  DecodeError,
  DriverError,
  ForeignKeyViolation,
  Locked,
  Mismatch,
  NoRow,
  NotNullViolation,
  NumericOverflow,
  OutcomeUnknown,
  SchemaConflict,
  SerializationFailure,
  StaleRow,
  SyntaxError,
  Timeout,
  TooManyRows,
  TransactionAborted,
  UniqueViolation,
  Unsupported,
  ValidationError,
  ValueTooLong,
} from './ErrorCase.js'

export type * from './ErrorCase.js'

export type DbError =
  | UniqueViolation
  | ForeignKeyViolation
  | NotNullViolation
  | CheckViolation
  | DecodeError
  | ValidationError
  | NumericOverflow
  | ValueTooLong
  | SyntaxError
  | Unsupported
  | SchemaConflict
  | NoRow
  | TooManyRows
  | StaleRow
  | Closed
  | TransactionAborted
  | Timeout
  | ConnectionError
  | Locked
  | SerializationFailure
  | Deadlock
  | Cancelled
  | OutcomeUnknown
  | DatabaseError
  | CallbackFailed

// Constructors: each writes the message, so that what, where and what to do are said in one place.

const because = (cause: DriverError | undefined): { readonly cause?: DriverError } => (cause === undefined ? {} : { cause })
const named = (constraint: string | null): string => (constraint === null ? '' : ` "${constraint}"`)

export const uniqueViolation = (
  table: string,
  constraint: string | null,
  columns: readonly string[],
  cause?: DriverError,
): UniqueViolation => ({
  _tag: 'UniqueViolation',
  table,
  constraint,
  columns,
  message: `a row of "${table}" with the same ${columns.join(', ') || 'key'} exists already (unique constraint${named(constraint)}): change the value, or use upsert`,
  ...because(cause),
})

/** Which row is at fault: one that was written and refers to none, or one that is gone, or has another key, and is still referred to. */
const FAULTS = {
  written: 'would refer to no row: insert the referred row first',
  gone: 'still refers to a row that would be gone: delete or change the referring rows first',
  unknown: 'would refer to no row: insert the referred row first, or delete the referring rows first',
}

export const foreignKeyViolation = (
  table: string | null,
  constraint: string | null,
  columns: readonly string[],
  cause?: DriverError,
  fault: keyof typeof FAULTS = 'unknown',
): ForeignKeyViolation => ({
  _tag: 'ForeignKeyViolation',
  table,
  constraint,
  columns,
  message: `foreign key${named(constraint)}${table === null ? '' : ` of "${table}"`}${columns.length === 0 ? '' : ` (${columns.join(', ')})`} ${FAULTS[fault]}`,
  ...because(cause),
})

export const notNullViolation = (table: string, column: string, cause?: DriverError): NotNullViolation => ({
  _tag: 'NotNullViolation',
  table,
  column,
  message: `"${table}"."${column}" can't be null: give a value, or declare the column nullable`,
  ...because(cause),
})

export const checkViolation = (table: string | null, constraint: string | null, cause?: DriverError): CheckViolation => ({
  _tag: 'CheckViolation',
  table,
  constraint,
  message: `a row${table === null ? '' : ` of "${table}"`} fails the check constraint${named(constraint)}: give values that it admits`,
  ...because(cause),
})

/** What io-ts says, without the values. */
const mismatch = ({ context }: IoError): Mismatch => ({
  path: context.slice(1).map(({ key }, i) => (/Dictionary/.test(tagOf(context[i]?.type)) ? '*' : key)),
  expected: context.at(-1)?.type.name ?? 'another value',
})
const tagOf = (type: unknown): string => String((type as { readonly _tag?: unknown } | undefined)?._tag)

export const decodeError = (
  row: number,
  column: string,
  expected: string,
  got: string,
  errors: IoErrors = [],
  hint = "make the column's codec agree with what the database holds",
): DecodeError => ({
  _tag: 'DecodeError',
  row,
  column,
  expected,
  got,
  errors: errors.map(mismatch),
  message: `row ${row}, column "${column}": expected ${expected}, got ${got}: ${hint}`,
})

export const validationError = (path: readonly string[], reason: string): ValidationError => ({
  _tag: 'ValidationError',
  path,
  reason,
  message: path.length === 0 ? reason : `${path.join('.')}: ${reason}`,
})

export const numericOverflow = (where: string | null, cause?: DriverError): NumericOverflow => ({
  _tag: 'NumericOverflow',
  where,
  message: `a number does not fit its type${where === null ? '' : ` (${where})`}: integers have 64 bits, a column has its own range, NaN and infinities are refused; use a wider type or cast earlier`,
  ...because(cause),
})

export const valueTooLong = (column: string | null, cause?: DriverError): ValueTooLong => ({
  _tag: 'ValueTooLong',
  column,
  message: `a text is too long for its column${column === null ? '' : ` "${column}"`}: shorten it, or declare a longer column`,
  ...because(cause),
})

/** What is larger than a server sends or takes at once. `limit` is the server's own name of it. */
export const beyondLimit = (what: string, limit: string, cause?: DriverError): ValueTooLong => ({
  _tag: 'ValueTooLong',
  column: null,
  message: `${what} is larger than the server allows (${limit}): raise that limit, or write or read less at a time`,
  ...because(cause),
})

/** `hasRaw` says that the statement holds text of the program's own. */
export const syntaxError = (reason: string, sql: string, position: number | null, hasRaw: boolean, cause?: DriverError): SyntaxError => ({
  _tag: 'SyntaxError',
  sql,
  position,
  message: `the database does not understand the statement (${reason})${position === null ? '' : ` at character ${position}`}: ${hasRaw ? 'check the raw text in it' : 'check that the database has a supported version, and the tables that the schema says'}`,
  ...because(cause),
})

export const unsupported = (capability: string, engine: string, instead?: string): Unsupported => ({
  _tag: 'Unsupported',
  capability,
  engine,
  message: `${engine} does not support ${capability}${instead === undefined ? '' : `: ${instead}`}`,
})

export const schemaConflict = (object: string, reason: string, cause?: DriverError): SchemaConflict => ({
  _tag: 'SchemaConflict',
  object,
  message: `"${object}": ${reason}`,
  ...because(cause),
})

/** A table that is to be dropped, and a table that stays and refers to it. */
export const stillReferred = (table: string, by: string, cause?: DriverError): SchemaConflict =>
  schemaConflict(table, `${by} refers to it: drop that first, or with it`, cause)

export const noRow: NoRow = { _tag: 'NoRow', message: 'the query found no row where one was required: use option if none is fine' }
export const tooManyRows: TooManyRows = {
  _tag: 'TooManyRows',
  message: 'the query found more than one row where at most one was allowed: add a condition, or use head for the first',
}

export const staleRow = (table: string, column: string, isGone: boolean): StaleRow => ({
  _tag: 'StaleRow',
  table,
  column,
  isGone,
  message: `the row of "${table}" ${isGone ? 'is gone' : `has another ${column} by now`}: somebody else has written it; read it again and decide anew`,
})

export const closed = (what: Closed['what']): Closed => ({
  _tag: 'Closed',
  what,
  message:
    what === 'transaction'
      ? 'this transaction has ended: run the operation inside its body, or on the interpreter outside'
      : `this ${what} is closed: open a new one`,
})

export const transactionAborted: TransactionAborted = {
  _tag: 'TransactionAborted',
  message:
    'an earlier statement of this transaction failed: put the part that may fail into Program.attempt, or let the transaction roll back',
}

export const timeout = (what: string, milliseconds: number, instead: string): Timeout => ({
  _tag: 'Timeout',
  what,
  milliseconds,
  message: `${what} took longer than ${milliseconds} ms: ${instead}`,
})

export const lockTimeout: Timeout = timeout(
  'waiting for a lock',
  0,
  'another transaction holds it: run it again, or keep transactions short',
)

export const lockOutside: ValidationError = validationError(
  ['advisoryLock'],
  'an advisory lock is held until a transaction ends: take it inside of Program.transaction',
)

export const connectionError = (target: string, reason: string, cause?: DriverError): ConnectionError => ({
  _tag: 'ConnectionError',
  target,
  message: `${target}: ${reason}`,
  ...because(cause),
})

export const locked = (
  target: string,
  holder: string | null,
  advice = 'it has one owner at a time; close it there first',
  cause?: DriverError,
): Locked => ({
  _tag: 'Locked',
  target,
  holder,
  message: `${target} is in use${holder === null ? '' : ` by ${holder}`}: ${advice}`,
  ...because(cause),
})

export const serializationFailure = (cause?: DriverError): SerializationFailure => ({
  _tag: 'SerializationFailure',
  message: 'the transaction conflicts with a concurrent one: run it again',
  ...because(cause),
})

export const deadlock = (cause?: DriverError): Deadlock => ({
  _tag: 'Deadlock',
  message: 'the transaction was chosen to end a deadlock: run it again',
  ...because(cause),
})

export const cancelled: Cancelled = { _tag: 'Cancelled', message: 'the caller gave up: its signal was aborted before the answer came' }

export const outcomeUnknown = (cause?: DriverError, reason = 'the connection was lost before the answer came'): OutcomeUnknown => ({
  _tag: 'OutcomeUnknown',
  message: `${reason}: look whether the transaction or write happened before running it again`,
  ...because(cause),
})

export const databaseError = (code: string | null, reason: string, cause?: DriverError): DatabaseError => ({
  _tag: 'DatabaseError',
  code,
  message: code === null ? reason : `${reason} (${code})`,
  ...because(cause),
})

/** What was thrown, in words; anything can be thrown. */
export const textOf = (thrown: unknown): string => {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown)
  } catch {
    return 'a value that has no text'
  }
}

const threw = (callback: string): string => `${callback} threw`

export const callbackFailed = (callback: string, cause: unknown): CallbackFailed => ({
  _tag: 'CallbackFailed',
  callback,
  message: `${threw(callback)}: ${textOf(cause)}`,
  cause,
})

// Eliminators

/** An error for a log: without a cause, and without the text that a function of the program threw. */
export const withoutCause = (e: DbError): DbError => {
  const { cause: _, ...rest } = e
  return rest._tag === 'CallbackFailed' ? { ...rest, message: threw(rest.callback) } : rest
}

/** One line for a log: the case and its message. No value of a parameter or row, but what a function of the program threw. */
export const show = (e: DbError): string => `${e._tag}: ${e.message}`

/** Whether the same program may succeed when it is run again as it is. `OutcomeUnknown` is not: it may have happened. */
export const isRetryable = (e: DbError): boolean =>
  e._tag === 'SerializationFailure' || e._tag === 'Deadlock' || e._tag === 'Timeout' || e._tag === 'Locked'

// Pure code that walks a tree leaves it with `refuse`; `attempting` at the edge of that walk turns it into `Left`.

class Refusal {
  constructor(readonly error: DbError) {}
}

/** Leaves the surrounding `attempting` with this error. Only for pure walks whose entry is wrapped in `attempting`. */
export const refuse = (error: DbError): never => {
  throw new Refusal(error)
}

/** The error with which something was left by `refuse`, if it was. */
export const refusedWith = (thrown: unknown): DbError | null => (thrown instanceof Refusal ? thrown.error : null)

/** Runs a pure walk: its value, or the error it was left with. What a caller's function throws is `CallbackFailed`. */
export const attempting = <A>(
  callback: string,
  walk: () => A,
): { readonly _tag: 'Left'; readonly left: DbError } | { readonly _tag: 'Right'; readonly right: A } => {
  try {
    return { _tag: 'Right', right: walk() }
  } catch (thrown) {
    const refused = refusedWith(thrown)
    if (refused !== null) return { _tag: 'Left', left: refused }
    const tooDeep = thrown instanceof RangeError && /call stack/.test(thrown.message)
    return {
      _tag: 'Left',
      left: tooDeep ? unsupported('so deep or large a query', 'query-ts', 'split it') : callbackFailed(callback, thrown),
    }
  }
}
