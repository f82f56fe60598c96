/**
 * Everything that can go wrong, as one union of tagged values.
 *
 * A `DbError` describes what happened, where, and what to do: programs act on its `_tag` and fields (`ErrorCase`), people read its `message`.
 * This module has the constructors, which write the messages, `show` and `isRetryable`, and `refuse` with `attempting`, by which pure code
 * leaves a walk with an error.
 *
 * The library never throws a `DbError` across its public interface: programs return it in `Left`.
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
  MigrationError,
  Mismatch,
  NoRow,
  NotNullViolation,
  NumericOverflow,
  OffendingRow,
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

/** Every way in which an operation can fail. */
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
  | MigrationError
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

// Constructors: each message names what happened, where, and what to do.

const because = (cause: DriverError | undefined): { readonly cause?: DriverError } => (cause === undefined ? {} : { cause })
const named = (constraint: string | null): string => (constraint === null ? '' : ` "${constraint}"`)

/** A row has the values of a unique key that another row has. */
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
  message: `a row of "${table}" with the same ${columns.join(', ') || 'key'} already exists (unique constraint${named(constraint)}): change the value, or use upsert`,
  ...because(cause),
})

/** Which side violates a foreign key: a written row without a referenced row, or a deleted or re-keyed row that is still referenced. */
const FAULTS = {
  written: 'would reference a missing row: insert the referenced row first',
  gone: 'still references a row that would be removed: delete or change the referencing rows first',
  unknown: 'would reference a missing row: insert the referenced row first, or delete the referencing rows first',
}

/** A row references a row that does not exist: the written row, or one whose referenced row is gone. */
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

/** A column without null was given null. */
export const notNullViolation = (table: string, column: string, cause?: DriverError): NotNullViolation => ({
  _tag: 'NotNullViolation',
  table,
  column,
  message: `"${table}"."${column}" can't be null: give a value, or declare the column nullable`,
  ...because(cause),
})

/** A row violates a check. */
export const checkViolation = (table: string | null, constraint: string | null, cause?: DriverError): CheckViolation => ({
  _tag: 'CheckViolation',
  table,
  constraint,
  message: `a row${table === null ? '' : ` of "${table}"`} violates the check constraint${named(constraint)}: give values that satisfy it`,
  ...because(cause),
})

/** An error of io-ts, without the values. */
const mismatch = ({ context }: IoError): Mismatch => ({
  path: context.slice(1).map(({ key }, i) => (/Dictionary/.test(tagOf(context[i]?.type)) ? '*' : key)),
  expected: context.at(-1)?.type.name ?? 'another value',
})
const tagOf = (type: unknown): string => String((type as { readonly _tag?: unknown } | undefined)?._tag)

/** A cell does not decode to the type of its column or codec. */
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

/** A value, expression or schema is invalid; refused before anything is sent. */
export const validationError = (path: readonly string[], reason: string): ValidationError => ({
  _tag: 'ValidationError',
  path,
  reason,
  message: path.length === 0 ? reason : `${path.join('.')}: ${reason}`,
})

/** A number is out of the range of its type. */
export const numericOverflow = (where: string | null, cause?: DriverError): NumericOverflow => ({
  _tag: 'NumericOverflow',
  where,
  message: `a number is out of range for its type${where === null ? '' : ` (${where})`}: integers have 64 bits, a column has the range of its type, NaN and infinities are refused; use a wider type or cast earlier`,
  ...because(cause),
})

/** A value is longer than its column or a limit of the engine allows. */
export const valueTooLong = (column: string | null, cause?: DriverError): ValueTooLong => ({
  _tag: 'ValueTooLong',
  column,
  message: `a text is too long for its column${column === null ? '' : ` "${column}"`}: shorten it, or declare a longer column`,
  ...because(cause),
})

/** A packet or result is larger than the server allows. `limit` is the server's name of the setting. */
export const beyondLimit = (what: string, limit: string, cause?: DriverError): ValueTooLong => ({
  _tag: 'ValueTooLong',
  column: null,
  message: `${what} is larger than the server allows (${limit}): raise that limit, or write or read less at a time`,
  ...because(cause),
})

/** `hasRaw`: whether the statement contains raw SQL of the program. */
export const syntaxError = (reason: string, sql: string, position: number | null, hasRaw: boolean, cause?: DriverError): SyntaxError => ({
  _tag: 'SyntaxError',
  sql,
  position,
  message: `the database can't parse the statement (${reason})${position === null ? '' : ` at character ${position}`}: ${hasRaw ? 'check its raw SQL' : 'check that the version of the database is supported and that its tables match the schema'}`,
  ...because(cause),
})

/** An engine lacks a capability; `instead` is what to do. */
export const unsupported = (capability: string, engine: string, instead?: string): Unsupported => ({
  _tag: 'Unsupported',
  capability,
  engine,
  message: `${engine} does not support ${capability}${instead === undefined ? '' : `: ${instead}`}`,
})

/** An object of the database is not what its declaration says. */
export const schemaConflict = (object: string, reason: string, cause?: DriverError): SchemaConflict => ({
  _tag: 'SchemaConflict',
  object,
  message: `"${object}": ${reason}`,
  ...because(cause),
})

/** The most differences that a message lists; the error has all of them. */
const MOST_SHOWN = 20

/** The database differs from a schema; `instead` is what to do. */
export const schemaDiffers = (differences: NonNullable<SchemaConflict['differences']>, instead: string): SchemaConflict => {
  const shown = differences.slice(0, MOST_SHOWN).map(d => `${d.object}: ${d.reason}`)
  const more = differences.length - shown.length
  return {
    _tag: 'SchemaConflict',
    object: differences[0]?.object ?? '',
    differences,
    message: `the database differs from the schema (${[...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')}): ${instead}`,
  }
}

/** A table can't be dropped because a table that stays references it. */
export const stillReferred = (table: string, by: string, cause?: DriverError): SchemaConflict =>
  schemaConflict(table, `it is referenced by ${by}: drop that table first, or both together`, cause)

/** `one` found no row. */
export const noRow: NoRow = { _tag: 'NoRow', message: 'expected exactly one row, got none: use Q.option if zero rows is valid' }
/** `one`, `option` or an update by matching rows found more than one row. */
export const tooManyRows: TooManyRows = {
  _tag: 'TooManyRows',
  message: 'expected at most one row, got more: add a condition, or use Q.head for the first row',
}

/** The row of an optimistic update has another version, or is gone. */
export const staleRow = (table: string, column: string, isGone: boolean): StaleRow => ({
  _tag: 'StaleRow',
  table,
  column,
  isGone,
  message: `the row of "${table}" was ${isGone ? 'deleted' : `modified concurrently (its ${column} differs)`}: read it again and retry`,
})

/** Migrations can't be applied or undone; `reason` says why, and what to do. `cause` is the error of a step. */
export const migrationError = (
  problem: MigrationError['problem'],
  names: readonly string[],
  reason: string,
  step: number | null = null,
  cause?: DbError,
): MigrationError => ({
  _tag: 'MigrationError',
  problem,
  names,
  step,
  message: reason,
  ...(cause === undefined ? {} : { cause }),
})

/** The interpreter, transaction, cursor or pool is closed. */
export const closed = (what: Closed['what']): Closed => ({
  _tag: 'Closed',
  what,
  message:
    what === 'transaction'
      ? 'this transaction has ended: run the operation inside its body, or on the interpreter outside it'
      : `this ${what} is closed: open a new one`,
})

/** An earlier operation of the transaction has failed. */
export const transactionAborted: TransactionAborted = {
  _tag: 'TransactionAborted',
  message:
    'an earlier statement of this transaction failed: wrap the part that may fail in Program.attempt, or let the transaction roll back',
}

/** A time limit has passed; `milliseconds` is the limit. */
export const timeout = (what: string, milliseconds: number, instead: string): Timeout => ({
  _tag: 'Timeout',
  what,
  milliseconds,
  message: `${what} took longer than ${milliseconds} ms: ${instead}`,
})

/** Another transaction holds a lock, and waiting for it has ended. */
export const lockTimeout: Timeout = timeout('waiting for a lock', 0, 'another transaction holds it: retry, or keep transactions short')

/** A lock of a name was requested outside a transaction. */
export const lockOutside: ValidationError = validationError(
  ['advisoryLock'],
  'an advisory lock is held until its transaction ends: acquire it inside Program.transaction',
)

/** A server can not be reached, or refuses the connection. */
export const connectionError = (target: string, reason: string, cause?: DriverError): ConnectionError => ({
  _tag: 'ConnectionError',
  target,
  message: `${target}: ${reason}`,
  ...because(cause),
})

/** Another transaction holds a lock, and the operation does not wait. */
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

/** The transaction conflicts with a concurrent one and was rolled back; it can be retried. */
export const serializationFailure = (cause?: DriverError): SerializationFailure => ({
  _tag: 'SerializationFailure',
  message: 'the transaction conflicts with a concurrent one: retry it',
  ...because(cause),
})

/** The transaction was rolled back to resolve a deadlock; it can be retried. */
export const deadlock = (cause?: DriverError): Deadlock => ({
  _tag: 'Deadlock',
  message: 'the transaction was rolled back to resolve a deadlock: retry it',
  ...because(cause),
})

/** The signal of the operation was aborted. */
export const cancelled: Cancelled = {
  _tag: 'Cancelled',
  message: 'the operation was cancelled: its signal was aborted before the reply arrived',
}

/** The connection was lost before the reply, so the write may have been committed. */
export const outcomeUnknown = (cause?: DriverError, reason = 'the connection was lost before the reply arrived'): OutcomeUnknown => ({
  _tag: 'OutcomeUnknown',
  message: `${reason}: the transaction or write may have been applied; check whether it was before retrying`,
  ...because(cause),
})

/** An error of the engine without a case of its own; `code` is the engine's. */
export const databaseError = (code: string | null, reason: string, cause?: DriverError): DatabaseError => ({
  _tag: 'DatabaseError',
  code,
  message: code === null ? reason : `${reason} (${code})`,
  ...because(cause),
})

/** The message of an exception. Anything can be thrown. */
export const textOf = (thrown: unknown): string => {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown)
  } catch {
    return 'a value without a text form'
  }
}

const threw = (callback: string): string => `${callback} threw`

/** A callback of the program threw. */
export const callbackFailed = (callback: string, cause: unknown): CallbackFailed => ({
  _tag: 'CallbackFailed',
  callback,
  message: `${threw(callback)}: ${textOf(cause)}`,
  cause,
})

const OF_ROWS: readonly DbError['_tag'][] = [
  'UniqueViolation',
  'ForeignKeyViolation',
  'NotNullViolation',
  'CheckViolation',
  'NumericOverflow',
  'ValueTooLong',
]

/** Whether an error is one of rows, which may be named. */
export const isOfRows = (e: DbError): boolean => OF_ROWS.includes(e._tag) && !('rows' in e)

/**
 * The error of a step with the existing rows that cause it, in their order; no more than `most` are named. The field is not enumerable, so
 * that values get into no log. Without rows the error is unchanged.
 */
export const namingRows = (e: DbError, found: readonly OffendingRow[], most: number): DbError => {
  if (found.length === 0 || !isOfRows(e)) return e
  const rows = found.slice(0, most)
  const count =
    found.length > most ? `more than ${most} existing rows` : found.length === 1 ? 'one existing row' : `${found.length} existing rows`
  const which = found.length > most ? `the first ${most} of them` : found.length === 1 ? 'it' : 'them'
  const message = `${e.message} (because of ${count}: the field "rows" of this error names ${which})`
  return Object.defineProperty({ ...e, message }, 'rows', { value: rows, enumerable: false }) as DbError
}

// Eliminators

/** An error for a log: without its cause, and without the message that a callback threw. */
export const withoutCause = (e: DbError): DbError => {
  const { cause: _, ...rest } = e
  return rest._tag === 'CallbackFailed' ? { ...rest, message: threw(rest.callback) } : rest
}

/** One line for a log: the tag and the message. It has no value of a parameter or row; it has the message that a callback threw. */
export const show = (e: DbError): string => `${e._tag}: ${e.message}`

/** Whether the same program may succeed when it is run again. `OutcomeUnknown` is not retryable, because the write may have been applied. */
export const isRetryable = (e: DbError): boolean =>
  e._tag === 'SerializationFailure' || e._tag === 'Deadlock' || e._tag === 'Timeout' || e._tag === 'Locked'

// Pure code leaves a walk of a tree with `refuse`; `attempting` at its entry turns that into `Left`.

class Refusal {
  constructor(readonly error: DbError) {}
}

/** Leaves the enclosing `attempting` with this error. Only for pure walks whose entry is wrapped in `attempting`. */
export const refuse = (error: DbError): never => {
  throw new Refusal(error)
}

/** The error of an exception that `refuse` has thrown; null for any other. */
export const refusedWith = (thrown: unknown): DbError | null => (thrown instanceof Refusal ? thrown.error : null)

/** Runs a pure walk: its value, or the error of `refuse`. Any other exception comes from a callback and is `CallbackFailed`. */
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
      left: tooDeep ? unsupported('a query this deep or large', 'query-ts', 'split it') : callbackFailed(callback, thrown),
    }
  }
}
