/**
 * The cases of `DbError`: what each error holds.
 *
 * A case is a record with a `_tag` by which programs tell it apart, a `message` for people, and the fields that a program needs to act on
 * it. Tables, columns and constraints are given by their SQL names. No field holds a value of a parameter or of a row, a password or a
 * part of a certificate. `cause` is a copy of the driver's error without these (`DriverError`); only `CallbackFailed` keeps what a
 * function of the program threw unchanged.
 */

declare const isSafe: unique symbol

/**
 * What a driver, a socket or TLS threw, as a copy that holds no value, no password and nothing of a certificate.
 * Only a runner makes one.
 */
export interface DriverError extends Error {
  readonly [isSafe]: true
  /** What kind of error it is: a code of Node, of the driver, or the SQLSTATE. */
  readonly code?: string
  readonly errno?: number
  readonly sqlState?: string
  readonly severity?: string
  /** The function of the server's source that reported it. */
  readonly routine?: string
  readonly schema?: string
  readonly table?: string
  readonly column?: string
  readonly constraint?: string
  /** Where in the statement, counted from 1. */
  readonly position?: number
  readonly syscall?: string
  readonly address?: string
  readonly port?: number
  /** One for each address that was tried. */
  readonly errors?: readonly DriverError[]
  readonly cause?: DriverError
}

interface ErrorCase<T extends string> {
  readonly _tag: T
  readonly message: string
  readonly cause?: DriverError
}

/** A unique or primary key would hold the same value twice. */
export interface UniqueViolation extends ErrorCase<'UniqueViolation'> {
  readonly table: string
  readonly constraint: string | null
  readonly columns: readonly string[]
}
/** A row refers to nothing, or a row that is referred to would go. `table` is the referring one. */
export interface ForeignKeyViolation extends ErrorCase<'ForeignKeyViolation'> {
  readonly table: string | null
  readonly constraint: string | null
  readonly columns: readonly string[]
}
export interface NotNullViolation extends ErrorCase<'NotNullViolation'> {
  readonly table: string
  readonly column: string
}
export interface CheckViolation extends ErrorCase<'CheckViolation'> {
  readonly table: string | null
  readonly constraint: string | null
}
/** One thing that an io-ts type did not find in a value: where, and what it expected. Keys of dictionaries are data, and are `*`. */
export interface Mismatch {
  readonly path: readonly string[]
  readonly expected: string
}
/** A row came back that is not what its query promises. `row` counts from 0; `column` is the path in the result. */
export interface DecodeError extends ErrorCase<'DecodeError'> {
  readonly row: number
  readonly column: string
  readonly expected: string
  readonly got: string
  readonly errors: readonly Mismatch[]
}
/** A value or a query that is refused before anything is sent. */
export interface ValidationError extends ErrorCase<'ValidationError'> {
  readonly path: readonly string[]
  readonly reason: string
}
/** A value does not fit its number type: over 64 bits, out of a column's range, NaN or infinite. */
export interface NumericOverflow extends ErrorCase<'NumericOverflow'> {
  readonly where: string | null
}
/** A text does not fit its column. */
export interface ValueTooLong extends ErrorCase<'ValueTooLong'> {
  readonly column: string | null
}
/** The database does not understand a statement: only `raw` should be able to cause this. */
export interface SyntaxError extends ErrorCase<'SyntaxError'> {
  readonly sql: string
  readonly position: number | null
}
/** The engine or dialect can't do this with the same meaning, so nothing was sent. */
export interface Unsupported extends ErrorCase<'Unsupported'> {
  readonly capability: string
  readonly engine: string
}
/** The database holds something else than the schema says: a missing table, or one that is already there. */
export interface SchemaConflict extends ErrorCase<'SchemaConflict'> {
  readonly object: string
}
/** `one` found no row. */
export interface NoRow extends ErrorCase<'NoRow'> {}
/** `one` or `option` found more than one row. */
export interface TooManyRows extends ErrorCase<'TooManyRows'> {}
/** A row that was read has another version by now, or is gone: somebody else has written it. `column` is that of the version. */
export interface StaleRow extends ErrorCase<'StaleRow'> {
  readonly table: string
  readonly column: string
  readonly isGone: boolean
}
/** The interpreter was closed, or a transaction or cursor was used after its end. */
export interface Closed extends ErrorCase<'Closed'> {
  readonly what: 'interpreter' | 'transaction' | 'cursor'
}
/** An earlier statement of this transaction failed: only a rollback is possible. */
export interface TransactionAborted extends ErrorCase<'TransactionAborted'> {}
/** Nothing came free, or nothing was answered, in the time allowed. */
export interface Timeout extends ErrorCase<'Timeout'> {
  readonly what: string
  readonly milliseconds: number
}
/** The database can't be reached, opened or written. */
export interface ConnectionError extends ErrorCase<'ConnectionError'> {
  readonly target: string
}
/** Another process, or another runner of this one, has the database file open or locked. */
export interface Locked extends ErrorCase<'Locked'> {
  readonly target: string
  readonly holder: string | null
}
export interface SerializationFailure extends ErrorCase<'SerializationFailure'> {}
export interface Deadlock extends ErrorCase<'Deadlock'> {}
/** The caller gave up: the signal of `abortable` was aborted, and what was under way was cancelled on the server. */
export interface Cancelled extends ErrorCase<'Cancelled'> {}
/** Whether the transaction or write happened, or will last, can't be known: the reply was lost, or the disk failed. Never retried automatically. */
export interface OutcomeUnknown extends ErrorCase<'OutcomeUnknown'> {}
/** The database said something that no case above describes; its own words, without values, are in `message`. */
export interface DatabaseError extends ErrorCase<'DatabaseError'> {
  readonly code: string | null
}
/** A function handed to query-ts (a `mapRow`, a fold's step, a transaction's body) threw or rejected. */
export interface CallbackFailed {
  readonly _tag: 'CallbackFailed'
  readonly message: string
  readonly callback: string
  /** What the function threw, as it is: it is the program's own. */
  readonly cause?: unknown
}
