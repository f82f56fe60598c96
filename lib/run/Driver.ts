/**
 * What a session needs from a driver, and what it knows about an engine.
 *
 * A `Driver` is one connection: it sends statements and throws what the package throws. A `SqlEngine` defines the
 * dialect, how values are encoded, and what an error means. `sqlSession` makes a session of the two. This module contains
 * types and a few constants.
 */

import type { TxOptions } from '../core/operation/Interpreter.js'
import type { ReferenceImage, References } from '../core/schema/ReferenceImage.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import { type DbError, databaseError } from '../core/value/DbError.js'
import type { Plan } from '../plan/Rel.js'
import type { ResultColumn } from '../sql/compile.js'
import type { Dialect } from '../sql/Dialect.js'
import type { Values } from '../sql/Values.js'
import type { SingleOptions } from './session/sessionInterpreter.js'

/** The result of a statement. */
export interface Rows {
  readonly rows: readonly (readonly unknown[])[]
  /** The number of rows that a write changed. */
  readonly affected: number
}

/** An open cursor of a driver. */
export interface DriverCursor {
  /** The next rows; an empty list at the end. */
  readonly next: () => Promise<readonly (readonly unknown[])[]>
  readonly close: () => Promise<void>
}

/** A statement for a driver. `columns` are the columns of its rows. */
export interface Statement {
  readonly text: string
  readonly params: readonly unknown[]
  readonly columns: readonly ResultColumn[]
  /** `raw` is text of the program: one statement of any kind. */
  readonly kind: 'read' | 'write' | 'raw'
  /** Whether the parameters are plain values in the order of the placeholders, which the columns convert to their types. */
  readonly isBulk?: true
  /** Aborted when the caller gives up: a driver that can cancels the statement, which then fails like one that took too long. */
  readonly signal?: AbortSignal | undefined
}

/** One connection of a driver. Its methods throw what the driver throws. */
export interface Driver {
  readonly query: (statement: Statement) => Promise<Rows>
  readonly cursor: (statement: Statement, size: number) => Promise<DriverCursor>
  /** Runs a statement without parameters and rows: transaction control, definitions. */
  readonly script: (sql: string) => Promise<void>
  /** Resolves when the last commit is durable; called after each. */
  readonly committed: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Where an error came from. */
export interface Context {
  readonly sql: string
  /** The parameters of the statement: their values are removed from messages. */
  readonly params?: readonly unknown[]
  readonly table: AnyTable | null
  /** The foreign keys that the session knows: an engine may name only the constraint. */
  readonly foreignKeys: readonly ReferenceImage[]
  /** Whether the statement is raw text: otherwise the tables and columns in it are from a schema. */
  readonly isRaw: boolean
  /** Whether the statement contains raw text: all of it, or fragments. */
  readonly hasRaw: boolean
}

/** For errors without a statement. */
export const NO_CONTEXT: Context = { sql: '', table: null, foreignKeys: [], isRaw: false, hasRaw: false }

/** Options of every runner that speaks SQL. */
export interface SqlOptions extends SingleOptions {
  /** Applied to a plan before it is printed, in place of `normalize`: the laws compare each rewrite with none. */
  readonly rewrite?: (plan: Plan) => Plan
}

/** What a session knows about an engine. */
export interface SqlEngine {
  readonly dialect: Dialect
  readonly values: Values
  readonly begin: (options: TxOptions) => string
  /** The statements that make the session refuse and accept writes, where BEGIN has no READ ONLY. */
  readonly readOnly: { readonly on: string; readonly off: string } | null
  /** The statements that limit the wait for locks for one operation; null where the connection alone has a limit. */
  readonly lockTimeout: ((milliseconds: number, inTransaction: boolean) => { readonly on: string; readonly off: string }) | null
  readonly classify: (thrown: unknown, context: Context) => DbError
  /** Whether a statement may have been carried out although its reply did not arrive, because the connection was lost. */
  readonly isUncertain: (thrown: unknown) => boolean
  /** Adds details to an error of a statement that the driver's error lacks. */
  readonly diagnose: (error: DbError, statement: Statement, driver: Driver) => Promise<DbError>
}

/** What the sessions of one runner share. */
export interface Known {
  /** The foreign keys of the database, as its catalog listed them at the last version of the schema; null if not yet read. */
  references: References | null
  /** The number of operations that may have changed the schema. */
  schemaVersion: number
  /** The foreign keys that were created through it, for errors after which the catalog can't be read. */
  created: readonly ReferenceImage[]
}

/** What the sessions of a new runner share. */
export const nothingKnown = (): Known => ({ references: null, schemaVersion: 0, created: [] })

/** A raw statement has ended its transaction in a way that its text does not show: by CALL, EXECUTE IMMEDIATE and the like. */
export const TRANSACTION_ENDED: DbError = databaseError(
  null,
  'a raw statement ended the transaction in which it ran; its earlier writes may have been committed: use Program.transaction and Program.attempt instead',
)
