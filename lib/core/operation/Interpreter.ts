/**
 * Operations and interpreters: the algebra of effects.
 *
 * An operation is first-order data that describes an effect and its result type; an `Interpreter` is a natural transformation from operations to
 * `TaskEither<DbError, _>`, with a way to run a block as one transaction. Runners (`memory`, `sqlite`, `pglite`) are the leaves; a transformer is
 * a function from interpreter to interpreter, and must replace both `perform` and `transaction`, so that it sees the operations inside
 * transactions too.
 *
 * Law (homomorphism): `runner.perform(op)` yields what `memory.perform(op)` yields, for every op. This module performs nothing itself.
 */
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { SchemaImage } from '../schema/SchemaImage.js'
import type { Step } from '../schema/Step.js'
import type { AnyCommand, AnyQuery, Command, ExprType, Literal, Query } from '../syntax/Syntax.js'
import type { AnySchema } from '../table/Schema.js'
import type { DbError } from '../value/DbError.js'

/** An operation with a result of type `A`. */
export interface Operation<out A> {
  readonly _A?: () => A
  /** Cancels the operation when it is aborted; see `abortable`. */
  readonly signal?: AbortSignal
  /**
   * The longest wait for a lock that another session holds, in milliseconds; on MySQL and MariaDB rounded up to seconds. After that the
   * operation is `Locked`. Default: the setting of the connection. SQLite has one for the connection (`busyTimeout`).
   */
  readonly lockTimeout?: number
}

/** Reads all rows of a query, in an order that it admits. */
export interface All<out A> extends Operation<readonly A[]> {
  readonly tag: 'all'
  readonly query: AnyQuery
}

/** Opens a cursor over the rows of a query, `size` rows at a time. */
export interface OpenCursor<out A> extends Operation<Cursor<A>> {
  readonly tag: 'cursor'
  readonly query: AnyQuery
  readonly size: number
}

/** Runs a command. */
export interface Execute<out A> extends Operation<A> {
  readonly tag: 'execute'
  readonly command: AnyCommand
}

/** A part of what some steps do, which is performed by itself: its number among the batches of `sql/batches`, in one of two forms. */
export interface DdlBatch {
  readonly online: boolean
  readonly at: number
}

/**
 * Changes the schema by some steps, together: whole or not at all where the engine has transactional DDL. With `batch`, only one of the batches
 * that the steps are taken apart into; in memory there is one.
 */
export interface Ddl extends Operation<void> {
  readonly tag: 'ddl'
  readonly steps: readonly Step[]
  readonly batch?: DdlBatch
}

/** Runs raw SQL; `columns` are the types of its result columns, by position. */
export interface RawStatement<out A> extends Operation<readonly A[]> {
  readonly tag: 'raw'
  readonly text: readonly string[]
  readonly args: readonly Literal[]
  readonly columns: { readonly [name: string]: ExprType }
}

/** Acquires the advisory lock of a name, until the current transaction ends. */
export interface AdvisoryLock extends Operation<void> {
  readonly tag: 'advisoryLock'
  readonly name: string
  readonly wait: 'wait' | 'noWait'
}

/** Explains how the engine would run a query; with `analyze` it also runs it and reports row counts. */
export interface Explain extends Operation<Explained> {
  readonly tag: 'explain'
  readonly query: AnyQuery
  readonly analyze: boolean
}

/**
 * Reads the schema of the database: its tables and views in some database schemas (null is the default one). With `wanted`, also the image
 * that the engine would have of a described schema.
 */
export interface Introspect extends Operation<Introspected> {
  readonly tag: 'introspect'
  readonly schemas: readonly (string | null)[]
  readonly wanted: AnySchema | null
}

/** What a database consists of, and the image of the described schema in the same language; null without one. */
export interface Introspected {
  readonly live: SchemaImage
  readonly wanted: SchemaImage | null
}

/** The operations of SQL databases. */
export type SqlOp = All<any> | OpenCursor<any> | Execute<any> | Ddl | RawStatement<any> | AdvisoryLock | Explain | Introspect

/**
 * How rows of a table are found: `scan` reads the whole table, `index` a whole index, `range` a part of an index, and `lookup` the rows
 * with given values of a key.
 */
export type Access = 'scan' | 'index' | 'range' | 'lookup'

/** One stage of an engine's plan, over the rows of its inputs. A property that the engine does not report is null. */
export interface Stage {
  /** The kind of the stage, as the engine names it. */
  readonly label: string
  /** The table that it reads, by its name or alias in the statement. */
  readonly table: string | null
  readonly index: string | null
  /** Null if it reads no table. */
  readonly access: Access | null
  /** The estimated number of rows per execution of the stage. */
  readonly estimatedRows: number | null
  /** The actual number of rows per execution of the stage; only with `analyze`. */
  readonly actualRows: number | null
  /** The cost in units of the engine. */
  readonly cost: number | null
  /** Conditions, keys and other details, as the engine prints them. */
  readonly detail: string | null
  readonly inputs: readonly Stage[]
}

/** A stage with a label and inputs; the other properties are null by default. */
export const stage = (label: string, inputs: readonly Stage[], more: Partial<Stage> = {}): Stage => ({
  label,
  table: null,
  index: null,
  access: null,
  estimatedRows: null,
  actualRows: null,
  cost: null,
  detail: null,
  inputs,
  ...more,
})

/** An engine's explanation of a query. */
export interface Explained {
  /** The dialect, or `memory`. */
  readonly engine: string
  /** The explained statement, with placeholders for `params`. Null in memory, which has no SQL. */
  readonly sql: string | null
  readonly params: readonly unknown[]
  readonly root: Stage
  /** The engine's original output: JSON of Postgres, MySQL and MariaDB, rows of SQLite. */
  readonly raw: unknown
}

/** Rows in chunks. An empty chunk marks the end; closing repeatedly, or after the end, is allowed. */
export interface Cursor<out A> {
  readonly next: TaskEither<DbError, readonly A[]>
  readonly close: TaskEither<DbError, void>
}

/** The isolation levels of SQL. */
export type Isolation = 'readUncommitted' | 'readCommitted' | 'repeatableRead' | 'serializable'

/** The options of a transaction; `isolation` is a minimum. */
export interface TxOptions {
  readonly isolation?: Isolation
  readonly readOnly?: boolean
  /** How often the whole body is retried after a serialization failure or a deadlock. Default: 0. */
  readonly retry?: number
  /** On Postgres, with `serializable` and `readOnly`: waits until the transaction can't fail. Other engines ignore it. */
  readonly deferrable?: boolean
}

/** What every interpreter states about its engine: its name, for logs and traces. */
export interface AnyCapabilities {
  readonly engine: string
}

/** What an engine of SQL supports natively, what is emulated with the same meaning, and what is refused. */
export interface Capabilities extends AnyCapabilities {
  readonly returning: 'native' | 'emulated'
  readonly lateral: 'native' | 'emulated' | 'refused'
  readonly transactionalDdl: boolean
  /** Whether foreign keys and checks are checked at the end of a statement, or row by row (docs/decisions/0010). */
  readonly constraints: 'statement' | 'row'
  readonly isolation: readonly Isolation[]
  /** What may fail with `Unsupported`, as prefixes of its `capability`, without what the library refuses on every engine. */
  readonly refuses: readonly string[]
}

/** Performs operations: those of SQL, or of another algebra, with the capabilities of its engines. */
export interface Interpreter<in Op, out C extends AnyCapabilities = Capabilities> {
  readonly perform: <A>(op: Op & Operation<A>) => TaskEither<DbError, A>
  readonly transaction: <E, A>(options: TxOptions, use: (tx: Interpreter<Op, C>) => TaskEither<E, A>) => TaskEither<E | DbError, A>
  readonly capabilities: C
}

/** An interpreter that holds connections or files. Closing waits for running operations; later operations fail with `Closed`. */
export interface Runner<in Op = SqlOp, out C extends AnyCapabilities = Capabilities> extends Interpreter<Op, C> {
  readonly close: TaskEither<DbError, void>
}

/** The environment of a program: an interpreter. */
export interface Db {
  readonly db: Interpreter<SqlOp>
}

/** A program: its environment, its errors, its result. */
export type Program<R, E, A> = ReaderTaskEither<R, E, A>

/** The program that performs one operation. */
export const perform =
  <A>(op: SqlOp & Operation<A>): Program<Db, DbError, A> =>
  ({ db }) =>
    db.perform(op)

/** The operation that reads all rows of a query. */
export const all = <S, A>(query: Query<S, A>): All<A> => ({ tag: 'all', query })

/** The operation that runs a command. */
export const execute = <A>(command: Command<A>): Execute<A> => ({ tag: 'execute', command: command as AnyCommand })
