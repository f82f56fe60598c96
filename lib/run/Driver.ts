/**
 * What a session needs of a driver, and what it knows of an engine.
 *
 * A `Driver` is one connection: it sends statements and throws what the package throws. A `SqlEngine` says how that is
 * read: the dialect, the way values travel, what an error means. `sqlSession` makes a session of the two. This module holds
 * types, and the few values that go with them; it does nothing.
 */

import type { TxOptions } from '../core/operation/Interpreter.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import type { ForeignKey } from '../core/table/Schema.js'
import { type DbError, databaseError } from '../core/value/DbError.js'
import type { Plan } from '../plan/Rel.js'
import type { ResultColumn } from '../sql/compile.js'
import type { Dialect } from '../sql/Dialect.js'
import type { Values } from '../sql/Values.js'
import type { SingleOptions } from './session/sessionInterpreter.js'

/** What a statement answers. */
export interface Rows {
  readonly rows: readonly (readonly unknown[])[]
  /** Rows that a write changed. */
  readonly affected: number
}

export interface DriverCursor {
  /** The next rows; none at the end. */
  readonly next: () => Promise<readonly (readonly unknown[])[]>
  readonly close: () => Promise<void>
}

/** A statement on its way to a driver. `columns` are the types of what it answers. */
export interface Statement {
  readonly text: string
  readonly params: readonly unknown[]
  readonly columns: readonly ResultColumn[]
  /** `raw` is text of the caller's own: it may be anything, and has to be one statement. */
  readonly kind: 'read' | 'write' | 'raw'
  /** Whether the parameters are plain values in the order of their places, for columns that make of them what they hold. */
  readonly isBulk?: true
  /** Aborted when the caller gives up: a driver that can then cancels the statement, which fails as one that took too long. */
  readonly signal?: AbortSignal | undefined
}

/** One connection of a driver. Its methods throw what the driver throws. */
export interface Driver {
  readonly query: (statement: Statement) => Promise<Rows>
  readonly cursor: (statement: Statement, size: number) => Promise<DriverCursor>
  /** A statement without parameters and answer: BEGIN and its kin, definitions. */
  readonly script: (sql: string) => Promise<void>
  /** What must be lasting before a commit is answered. */
  readonly committed: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Where an error came from. */
export interface Context {
  readonly sql: string
  /** The parameters of the statement: what an error says of them is left out. */
  readonly params?: readonly unknown[]
  readonly table: AnyTable | null
  /** The foreign keys that this session has created: an engine may name only the constraint. */
  readonly foreignKeys: readonly ForeignKey[]
  /** Whether the text was the caller's own: otherwise what it mentions is what a schema promised. */
  readonly isRaw: boolean
  /** Whether it holds text of the caller's own: all of it, or fragments. */
  readonly hasRaw: boolean
}

/** Of an error before there is a statement. */
export const NO_CONTEXT: Context = { sql: '', table: null, foreignKeys: [], isRaw: false, hasRaw: false }

/** Options of every runner that speaks SQL. */
export interface SqlOptions extends SingleOptions {
  /** What is done to a plan before it is printed, in place of `normalize`: the laws hold the rewrites one by one against none. */
  readonly rewrite?: (plan: Plan) => Plan
}

export interface SqlEngine {
  readonly dialect: Dialect
  readonly values: Values
  readonly begin: (options: TxOptions) => string
  /** What makes the session refuse writes, and what ends that, where BEGIN itself can't say it. */
  readonly readOnly: { readonly on: string; readonly off: string } | null
  readonly classify: (thrown: unknown, context: Context) => DbError
  /** Whether a statement may have been carried out although its answer did not arrive: the connection was lost meanwhile. */
  readonly isUncertain: (thrown: unknown) => boolean
  /** Finds out more about an error of a statement, where the driver's own says too little. */
  readonly diagnose: (error: DbError, statement: Statement, driver: Driver) => Promise<DbError>
}

/** What the sessions of one runner know together. */
export interface Known {
  /** The foreign keys that were created through it. */
  foreignKeys: readonly ForeignKey[]
}

/** A raw statement has ended the transaction in which it ran, as no text can tell: by CALL, EXECUTE IMMEDIATE and the like. */
export const TRANSACTION_ENDED: DbError = databaseError(
  null,
  'a raw statement ended the transaction in which it ran; what the transaction had written before may be committed: use Program.transaction and Program.attempt instead',
)
