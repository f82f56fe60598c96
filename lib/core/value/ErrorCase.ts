/**
 * The cases of `DbError`: what each error holds.
 *
 * A case is a record with a `_tag` by which programs tell it apart, a `message` for people, and the fields that a program needs to act on
 * it. Tables, columns and constraints are given by their SQL names. No field holds a value of a parameter or of a row, a password or a
 * part of a certificate, except `rows`, which is not enumerable: no copy, log or JSON of an error has it. `cause` is a copy of the driver's error without these (`DriverError`); only `CallbackFailed` keeps what a
 * function of the program threw unchanged.
 */

declare const isSafe: unique symbol

/**
 * A copy of an error of a driver, a socket or TLS, without values, passwords and parts of certificates.
 * Only runners make one.
 */
export interface DriverError extends Error {
  readonly [isSafe]: true
  /** The code of Node or the driver, or the SQLSTATE. */
  readonly code?: string
  readonly errno?: number
  readonly sqlState?: string
  readonly severity?: string
  /** The function in the server's source code that reported it. */
  readonly routine?: string
  readonly schema?: string
  readonly table?: string
  readonly column?: string
  readonly constraint?: string
  /** The character of the statement, counted from 1. */
  readonly position?: number
  readonly syscall?: string
  readonly address?: string
  readonly port?: number
  /** One error for each address that was tried. */
  readonly errors?: readonly DriverError[]
  readonly cause?: DriverError
}

interface ErrorCase<T extends string> {
  readonly _tag: T
  readonly message: string
  readonly cause?: DriverError
}

/** A row as an error of a step names it: canonical values by SQL names of columns. */
export interface OffendingRow {
  readonly [column: string]: unknown
}

/** An error of rows. */
interface OfRows<T extends string> extends ErrorCase<T> {
  /**
   * Of a step of a schema: the existing rows that keep it from being performed, up to five, by their primary key, or else by the columns
   * that the constraint is about. Not enumerable, because it has values; absent where the rows are not known.
   */
  readonly rows?: readonly OffendingRow[]
}

/** A unique or primary key would have the same value twice. */
export interface UniqueViolation extends OfRows<'UniqueViolation'> {
  readonly table: string
  readonly constraint: string | null
  readonly columns: readonly string[]
}
/** A written row references a missing row, or a removed row is still referenced. `table` is the referencing table. */
export interface ForeignKeyViolation extends OfRows<'ForeignKeyViolation'> {
  readonly table: string | null
  readonly constraint: string | null
  readonly columns: readonly string[]
}
/** A column that is not nullable would be null. */
export interface NotNullViolation extends OfRows<'NotNullViolation'> {
  readonly table: string
  readonly column: string
}
/** A row violates a check constraint. */
export interface CheckViolation extends OfRows<'CheckViolation'> {
  readonly table: string | null
  readonly constraint: string | null
}
/** One mismatch between a value and its io-ts type: the path and the expected type. Keys of dictionaries are data, so they are `*`. */
export interface Mismatch {
  readonly path: readonly string[]
  readonly expected: string
}
/** A row of the result does not have the type of its query. `row` counts from 0; `column` is the path in the result. */
export interface DecodeError extends ErrorCase<'DecodeError'> {
  readonly row: number
  readonly column: string
  readonly expected: string
  readonly got: string
  readonly errors: readonly Mismatch[]
}
/** A value or a query is invalid; nothing was sent. */
export interface ValidationError extends ErrorCase<'ValidationError'> {
  readonly path: readonly string[]
  readonly reason: string
}
/** A number is out of range for its type: more than 64 bits, outside a column's range, NaN or infinite. */
export interface NumericOverflow extends OfRows<'NumericOverflow'> {
  readonly where: string | null
}
/** A text is too long for its column. */
export interface ValueTooLong extends OfRows<'ValueTooLong'> {
  readonly column: string | null
}
/** The database can't parse a statement. Only `raw` should cause this. */
export interface SyntaxError extends ErrorCase<'SyntaxError'> {
  readonly sql: string
  readonly position: number | null
}
/** The engine or dialect can't do this with the same meaning, so nothing was sent. */
export interface Unsupported extends ErrorCase<'Unsupported'> {
  readonly capability: string
  readonly engine: string
}
/** The database differs from the schema: a table is missing, already exists, or is not as it is described. */
export interface SchemaConflict extends ErrorCase<'SchemaConflict'> {
  readonly object: string
  /** All that differs, where the whole schema was compared (`ensuringSchema`): each object, and the step that is needed or why there is none. */
  readonly differences?: readonly { readonly object: string; readonly reason: string }[]
}
/** `one` found no row. */
export interface NoRow extends ErrorCase<'NoRow'> {}
/** `one` or `option` found more than one row. */
export interface TooManyRows extends ErrorCase<'TooManyRows'> {}
/** A row was modified or deleted since it was read. `column` is the column of its version. */
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
/** Waiting for a connection, a lock or a reply took longer than allowed. */
export interface Timeout extends ErrorCase<'Timeout'> {
  readonly what: string
  readonly milliseconds: number
}
/** The database can't be reached, opened or written. */
export interface ConnectionError extends ErrorCase<'ConnectionError'> {
  readonly target: string
}
/** Another process, or another runner of this process, has the database file open or locked. */
export interface Locked extends ErrorCase<'Locked'> {
  readonly target: string
  readonly holder: string | null
}
/** The transaction conflicts with a concurrent one and was rolled back. */
export interface SerializationFailure extends ErrorCase<'SerializationFailure'> {}
/** The transaction was rolled back to resolve a deadlock. */
export interface Deadlock extends ErrorCase<'Deadlock'> {}
/** The signal of `abortable` was aborted; the running statement was cancelled on the server. */
export interface Cancelled extends ErrorCase<'Cancelled'> {}
/** It is unknown whether the transaction or write was applied, or is durable: the reply was lost, or the disk failed. Never retried automatically. */
export interface OutcomeUnknown extends ErrorCase<'OutcomeUnknown'> {}
/** What is wrong with a migration; see `MigrationError`. */
type MigrationProblem =
  /** An applied migration is no longer what was applied. */
  | 'edited'
  /** A name that no migration has. */
  | 'unknown'
  /** Two migrations have the same name, or depend on each other. */
  | 'malformed'
  /** Two migrations that no other one builds on, and that do not commute. */
  | 'heads'
  /** The database has migrations that the code does not have. */
  | 'ahead'
  /** The migrations do not lead to the schema. */
  | 'differs'
  /** Another runner has taken over the lock of this one. */
  | 'lost'
  /** A step was begun, and it can't be told whether it was done. */
  | 'halfDone'
  /** A step failed; `cause` is its error. */
  | 'failed'
  /** A migration that can't be undone. */
  | 'irreversible'
  /** A step that the options do not allow. */
  | 'notAllowed'
/** Migrations can't be applied or undone. `names` are the migrations that it is about; `step` is the index of a step of the first one. */
export interface MigrationError {
  readonly _tag: 'MigrationError'
  readonly message: string
  readonly problem: MigrationProblem
  readonly names: readonly string[]
  readonly step: number | null
  readonly cause?: unknown
}
/** Any other error of the database; `message` is the database's message without values. */
export interface DatabaseError extends ErrorCase<'DatabaseError'> {
  readonly code: string | null
}
/** A user callback (of `mapRow`, a step of a fold, the body of a transaction) threw or rejected. */
export interface CallbackFailed {
  readonly _tag: 'CallbackFailed'
  readonly message: string
  readonly callback: string
  /** What the callback threw, unchanged. */
  readonly cause?: unknown
}
