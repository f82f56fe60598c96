/**
 * Printer: what the parts of the SELECT printer share while one statement is printed.
 *
 * `renderer` makes one record for a statement. The parts are functions in modules of their own; queries contain scalars and scalars
 * contain queries, so a part that is printed by a later module is called through the record. Imports stay one-way:
 * operands <- aggregates <- scalars, operands <- withClause <- sources <- clauses <- collections, selectBlock <- setOperations <- render.
 *
 * An `Env` is a place in the statement: a block, the names of its sources, and the enclosing blocks.
 */
import type { Operand, Plan, Rel, Scalar } from '../../plan/Rel.js'
import type { Block, From } from '../Block.js'
import type { Printed } from '../CallPrinter.js'
import type { Dialect, Lateral } from '../Dialect.js'
import type { Fragment, Slot } from '../Fragment.js'

/** What the parts of the SELECT printer share. */
export interface Printer {
  readonly dialect: Dialect
  /** A name for a source that no other source of the statement has, made from a hint. */
  readonly alias: (hint: string) => string
  /** The slot of each parameter: a scalar that is printed twice is one parameter. */
  readonly slots: Map<Scalar, Slot>
  readonly ctes: Ctes
  readonly scalar: (env: Env, s: Scalar) => Printed
  /** A SELECT with the definitions that it and the queries inside it use. */
  readonly select: (env: Env, plan: Plan, use: Use) => Fragment
  /** One side of a set operation or recursion. */
  readonly operand: (env: Env, operand: Operand, labels: readonly string[], use: Use) => Fragment
  /** The SELECT in a derived table: these columns of a source, under these names. */
  readonly derivedTable: (env: Env, from: Derived, ids: readonly number[], names: readonly string[]) => Fragment
  /** A nested collection, as one JSON array of arrays. */
  readonly collection: (env: Env, plan: Plan) => Fragment
  /** The columns of a source, and then others that it needs, as one JSON array of arrays. */
  readonly sourceArray: (env: Env, from: Derived, ids: readonly number[], lateral: LateralArray) => Fragment
}

/** A source that is printed as a query. */
export type Derived = From & { readonly tag: 'block' | 'set' | 'cte' }

/** A dialect without LATERAL that carries rows as a JSON array. */
export type LateralArray = Lateral & { readonly tag: 'array' }

/** How the columns of a source are read inside its block. */
export interface Placed {
  readonly name: string
  readonly read: (id: number) => Fragment
}

/** A source as an item of FROM. */
export interface Item extends Placed {
  readonly item: Fragment
  readonly lateral: boolean
}

/** Where a column id is looked up: in this block, then in the enclosing blocks, then outside the statement. */
export interface Env {
  readonly printer: Printer
  readonly block: Block | null
  readonly sources: Map<From, Placed>
  readonly parent: Env | null
  readonly outside: ((id: number) => Fragment) | null
  /** The definitions in the WITH clause of this block's SELECT; null where it can have none. */
  readonly definitions: Fragment[] | null
  /** Whether this is printed inside an aggregate, that of a collection included. */
  readonly inAggregate: boolean
}

/**
 * What reads the columns of a SELECT. `result`: the caller. `plain`: an enclosing query; `members`: its IN; `operand`: a set operation;
 * `recursive`: a recursion; `viewed`: readers of a view.
 */
export type Use = 'result' | 'plain' | 'members' | 'operand' | 'recursive' | 'viewed'

/** The name of a definition, and those of its columns. */
export interface CteName {
  readonly name: string
  readonly labels: readonly string[]
}

/** The state of the WITH clauses of a statement. */
export interface Ctes {
  /** Names by key: of definitions as they were printed last, and of those in the WITH clause of the whole statement. */
  readonly known: Map<number, CteName>
  readonly atTop: Map<number, CteName>
  /** The whole statement that is being printed. */
  whole: WholeStatement | null
}

/** A whole statement while it is printed. */
export interface WholeStatement {
  readonly plan: Plan
  readonly definitions: Fragment[]
  isRecursive: boolean
  /** Whether its own SELECT is still to come. */
  isOpen: boolean
}

/** A named query or recursion. */
export type Cte = Rel & { readonly tag: 'cte' }

/** The place outside all blocks; `outside` reads the columns of a command. */
export const topOf = (printer: Printer, outside: Env['outside'] = null): Env => ({
  printer,
  block: null,
  sources: new Map(),
  parent: null,
  outside,
  definitions: null,
  inAggregate: false,
})

/** The place inside a block whose enclosing one is `parent`. Its sources are named when its FROM is printed. */
export const inBlock = (block: Block, parent: Env, definitions: Fragment[] | null = null): Env => ({
  ...parent,
  block,
  sources: new Map(),
  parent,
  definitions,
})
