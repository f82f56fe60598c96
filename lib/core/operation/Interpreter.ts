/**
 * Operations and interpreters: the one algebra of effects.
 *
 * An operation is first-order data that promises an answer; an `Interpreter` is a natural
 * transformation from operations to `TaskEither<DbError, _>`, with a way to run a block as one
 * transaction. Runners (`memory`, `sqlite`, `pglite`) are the leaves; a transformer is a function
 * from interpreter to interpreter, and must rewrite both fields, so that it sees the operations
 * inside transactions too.
 *
 * Law (homomorphism): `runner.perform(op)` answers what `memory.perform(op)` answers, for every op.
 * This module performs nothing itself.
 */
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Step } from '../schema/Step.js'
import type { AnyCommand, AnyQuery, Command, ExprType, Literal, Query } from '../syntax/Syntax.js'
import type { DbError } from '../value/DbError.js'

/** What promises an `A`. */
export interface Operation<out A> {
  readonly _A?: () => A
  /** Gives the operation up when it is aborted: see `abortable`. */
  readonly signal?: AbortSignal
}

/** All rows of a query, in an order that it admits. */
export interface All<out A> extends Operation<readonly A[]> {
  readonly tag: 'all'
  readonly query: AnyQuery
}

/** A cursor over the rows of a query, `size` at a time. */
export interface OpenCursor<out A> extends Operation<Cursor<A>> {
  readonly tag: 'cursor'
  readonly query: AnyQuery
  readonly size: number
}

/** The effect and the answer of a command. */
export interface Execute<out A> extends Operation<A> {
  readonly tag: 'execute'
  readonly command: AnyCommand
}

/** Changes the schema by some steps, together: whole or not at all where the engine has transactional DDL. */
export interface Ddl extends Operation<void> {
  readonly tag: 'ddl'
  readonly steps: readonly Step[]
}

/** A statement of the caller's own: its columns, by position, are read as `columns` says. */
export interface RawStatement<out A> extends Operation<readonly A[]> {
  readonly tag: 'raw'
  readonly text: readonly string[]
  readonly args: readonly Literal[]
  readonly columns: { readonly [name: string]: ExprType }
}

/** Takes the lock of a name, until the transaction ends in which it is performed. */
export interface AdvisoryLock extends Operation<void> {
  readonly tag: 'advisoryLock'
  readonly name: string
  readonly wait: 'wait' | 'noWait'
}

/** How the engine would run a query; with `analyze` it runs it, and says what happened. */
export interface Explain extends Operation<Explained> {
  readonly tag: 'explain'
  readonly query: AnyQuery
  readonly analyze: boolean
}

export type SqlOp = All<any> | OpenCursor<any> | Execute<any> | Ddl | RawStatement<any> | AdvisoryLock | Explain

/**
 * How rows of a table are found: `scan` reads all of them, `index` a whole index, `range` a part of one, and `lookup` those
 * of some values of a key.
 */
export type Access = 'scan' | 'index' | 'range' | 'lookup'

/** One thing that an engine does for a query, of the rows of its inputs. What the engine does not tell is null. */
export interface Stage {
  /** What it is, in the engine's words. */
  readonly label: string
  /** The table that it reads, by its name in the statement. */
  readonly table: string | null
  readonly index: string | null
  /** Null where no table is read. */
  readonly access: Access | null
  /** Rows that it is expected to answer, each time that it is run. */
  readonly estimatedRows: number | null
  /** Rows that it answered, each time that it was run; only with `analyze`. */
  readonly actualRows: number | null
  /** In units of the engine. */
  readonly cost: number | null
  /** Conditions, keys and the like, in the engine's words. */
  readonly detail: string | null
  readonly inputs: readonly Stage[]
}

/** A stage of which nothing is told but what it is and what it reads from. */
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

/** What an engine says of how it runs a query. */
export interface Explained {
  /** Its dialect, or `memory`. */
  readonly engine: string
  /** The statement that is explained, with placeholders, and what would be bound to them. Null in memory, which has no SQL. */
  readonly sql: string | null
  readonly params: readonly unknown[]
  readonly root: Stage
  /** The engine's own document: JSON of Postgres, MySQL and MariaDB, rows of SQLite. */
  readonly raw: unknown
}

/** Rows in chunks. An empty chunk is the end; closing twice, or after the end, is fine. */
export interface Cursor<out A> {
  readonly next: TaskEither<DbError, readonly A[]>
  readonly close: TaskEither<DbError, void>
}

export type Isolation = 'readUncommitted' | 'readCommitted' | 'repeatableRead' | 'serializable'

/** What a transaction asks for; each is a minimum. */
export interface TxOptions {
  readonly isolation?: Isolation
  readonly readOnly?: boolean
  /** How often the whole body is run again after a serialization failure or a deadlock; never unless told. */
  readonly retry?: number
  /** On Postgres, with `serializable` and `readOnly`: waits until the transaction can't fail. Elsewhere it changes nothing. */
  readonly deferrable?: boolean
}

/** What an engine does by itself, what is emulated with the same meaning, and what is refused. */
export interface Capabilities {
  readonly engine: string
  readonly returning: 'native' | 'emulated'
  readonly lateral: 'native' | 'emulated' | 'refused'
  readonly transactionalDdl: boolean
  /** Whether foreign keys and checks hold when a statement is done, or are looked at row by row (docs/decisions/0010). */
  readonly constraints: 'statement' | 'row'
  readonly isolation: readonly Isolation[]
  /** What may be answered with `Unsupported`, by how its `capability` begins. What the library refuses on every engine is not among it. */
  readonly refuses: readonly string[]
}

export interface Interpreter<in Op> {
  readonly perform: <A>(op: Op & Operation<A>) => TaskEither<DbError, A>
  readonly transaction: <E, A>(options: TxOptions, use: (tx: Interpreter<Op>) => TaskEither<E, A>) => TaskEither<E | DbError, A>
  readonly capabilities: Capabilities
}

/** A leaf interpreter that holds something open. Closing waits for what is under way; later operations are `Closed`. */
export interface Runner extends Interpreter<SqlOp> {
  readonly close: TaskEither<DbError, void>
}

/** What a program needs that talks to a database. */
export interface Db {
  readonly db: Interpreter<SqlOp>
}

/** A program: what it needs, how it fails, what it answers. */
export type Program<R, E, A> = ReaderTaskEither<R, E, A>

/** The program of one operation. */
export const perform =
  <A>(op: SqlOp & Operation<A>): Program<Db, DbError, A> =>
  ({ db }) =>
    db.perform(op)

/** All rows of a query as an operation. */
export const all = <S, A>(query: Query<S, A>): All<A> => ({ tag: 'all', query })

/** A command as an operation. */
export const execute = <A>(command: Command<A>): Execute<A> => ({ tag: 'execute', command: command as AnyCommand })
