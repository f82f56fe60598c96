/**
 * Commands: changes of a database, as values.
 *
 * A `Command<A>` denotes a function from a database state to a new state and an answer, or to a
 * `DbError` and the state as it was: a command happens whole or not at all. Without `returning` the
 * answer is the number of rows; with it, the rows: one for `insert` and `upsert`, a list for the rest,
 * for `insertMany` in input order.
 *
 * An update or delete of every row has to say `everywhere`. Values are checked against their columns
 * when the command is built; a bad one makes a command that is refused before anything is sent.
 */
import { isExpr, isRecord } from './answered.js'
import { fitsColumn } from './Canonical.js'
import { type DbError, numericOverflow, refuse, validationError } from './DbError.js'
import { type Db, execute, type Program, perform } from './Interpreter.js'
import { asColumn, literalOf } from './operand.js'
import { showSqlType } from './SqlType.js'
import type {
  AnyExpr,
  AnyQuery,
  AnyTable,
  Assignments,
  Command,
  CommandNode,
  Conflict,
  Expr,
  Exprs,
  In,
  Out,
  Pred,
  Query,
  Result,
  Shape,
  Table,
} from './Syntax.js'
import { invalid, MADE } from './Syntax.js'
import type { InsertOf, UpdateOf } from './Table.js'

export type { Command } from './Syntax.js'

/** A command that can still say what it returns. `S` is the row as `returning` sees it. */
export interface Write<out S, out K extends 'one' | 'many'> extends Command<number> {
  readonly _S?: () => S
  readonly cardinality: K
}

const write = <S, K extends 'one' | 'many'>(node: CommandNode, cardinality: K): Write<S, K> => ({
  [MADE]: true,
  kind: 'command',
  node,
  cardinality,
  returning: null,
})

/** In place of a condition: every row. */
export const everywhere: unique symbol = Symbol('everywhere')

/** A value for a column: checked, with its path in an error. Undefined is left to the default. */
const assigned = (table: AnyTable, field: string, value: unknown, path: readonly string[]): AnyExpr => {
  const column = Object.hasOwn(table.columns, field) ? table.columns[field] : undefined
  const bad = (reason: string): AnyExpr =>
    invalid(validationError([table.name, ...path, field], reason), { sql: { tag: 'text' }, nullable: false, refine: null })
  if (column === undefined) return bad(`there is no such column; the columns are ${Object.keys(table.columns).join(', ')}`)
  if (isExpr(value)) {
    const fitting = asColumn(value, column.type.sql)
    return fitting ?? bad(`an expression of ${showSqlType(value.type.sql)} does not fit ${showSqlType(column.type.sql)}: cast it`)
  }
  const e = literalOf(column.type, value)
  if (e.node.tag === 'invalid') {
    const { error } = e.node
    return error._tag === 'ValidationError' ? bad(error.reason) : e
  }
  if (e.node.tag === 'literal' && e.node.value !== null && !fitsColumn(column.type.sql, e.node.value)) {
    return invalid(numericOverflow(`${table.name}.${field}`), column.type)
  }
  return e
}

const assignments = (table: AnyTable, row: object, path: readonly string[] = []): Assignments =>
  Object.fromEntries(
    Object.entries(row).flatMap(([field, value]) => (value === undefined ? [] : [[field, assigned(table, field, value, path)]])),
  )

const refusal = (rows: readonly Assignments[]): DbError | null => {
  for (const row of rows) {
    for (const e of Object.values(row)) {
      if (e.node.tag === 'invalid') return e.node.error
    }
  }
  return null
}

/** Whether an insert has to give a value for a column. */
export const isRequired = (table: AnyTable, field: string): boolean => {
  const c = table.columns[field]
  return c !== undefined && !c.type.nullable && !c.generated && c.default === null
}

const missing = (table: AnyTable, row: Assignments): string | undefined =>
  Object.keys(table.columns).find(f => !Object.hasOwn(row, f) && isRequired(table, f))

const inserting = <S, K extends 'one' | 'many'>(
  table: AnyTable,
  rows: readonly object[],
  cardinality: K,
  conflict: Conflict | null,
): Write<S, K> => {
  const many = cardinality === 'many'
  const malformed = Array.isArray(rows) ? rows.findIndex(row => !isRecord(row)) : 0
  if (malformed >= 0) {
    const path = [table.name, ...(many && Array.isArray(rows) ? [String(malformed)] : [])]
    const expected = Array.isArray(rows) ? 'a row is a record of values' : 'insertMany takes a list of rows'
    return write({ tag: 'invalid', error: validationError(path, expected) }, cardinality)
  }
  const checked = rows.map((row, i) => assignments(table, row, many ? [String(i)] : []))
  const refused = refusal(checked)
  if (refused !== null) return write({ tag: 'invalid', error: refused }, cardinality)
  const incomplete = checked.findIndex(row => missing(table, row) !== undefined)
  if (incomplete >= 0) {
    const field = missing(table, checked[incomplete] as Assignments) as string
    const path = [table.name, ...(many ? [String(incomplete)] : []), field]
    return write({ tag: 'invalid', error: validationError(path, 'a value is required') }, cardinality)
  }
  if (rows.length === 0) {
    return write(
      { tag: 'invalid', error: validationError([table.name], 'insertMany needs at least one row: there is nothing to insert') },
      cardinality,
    )
  }
  return write({ tag: 'insert', table, rows: checked, conflict }, cardinality)
}

/** Inserts a row. Columns that are left out get their default, a generated key, or null. */
export const insert =
  <C>(table: Table<C>) =>
  (row: InsertOf<C>): Write<Exprs<C>, 'one'> =>
    inserting(table, [row], 'one', null)

/** Inserts rows, in order, all or none. An empty list is refused. */
export const insertMany =
  <C>(table: Table<C>) =>
  (rows: readonly InsertOf<C>[]): Write<Exprs<C>, 'many'> =>
    inserting(table, rows, 'many', null)

type InsertExprs<C> = { readonly [K in keyof C as undefined extends In<C[K]> ? never : K]: Expr<Out<C[K]>> } & {
  readonly [K in keyof C as undefined extends In<C[K]> ? K : never]?: Expr<Out<C[K]>>
}

/** Inserts the rows of a query; its fields are the columns. */
export const insertFrom =
  <C>(table: Table<C>) =>
  (q: Query<InsertExprs<C>, unknown>): Write<Exprs<C>, 'many'> =>
    write({ tag: 'insertFrom', table, query: q as AnyQuery }, 'many')

/** The rows that a write is about: those for which a predicate is true, or `everywhere`. */
export type Where<C> = ((row: Exprs<C>) => Pred) | typeof everywhere

const NOWHERE = validationError([], 'an update or delete needs a condition: give one, or say everywhere')

/** Sets columns of the rows that satisfy a condition, to values or to expressions over the old row. */
export const update =
  <C>(table: Table<C>) =>
  (set: UpdateOf<C> | ((row: Exprs<C>) => UpdateOf<C>), where: Where<C>): Write<Exprs<C>, 'many'> => {
    if (typeof where !== 'function' && where !== everywhere) return write({ tag: 'invalid', error: NOWHERE }, 'many')
    if (typeof set !== 'function' && !isRecord(set)) {
      return write(
        { tag: 'invalid', error: validationError([table.name], 'an update sets a record of values, or a function of the row') },
        'many',
      )
    }
    const updating = (f: (row: Exprs<C>) => Assignments): Write<Exprs<C>, 'many'> =>
      write({ tag: 'update', table, set: f, where: where === everywhere ? null : where }, 'many')
    if (typeof set === 'function') {
      return updating(row => {
        const values: unknown = set(row)
        return isRecord(values) ? assignments(table, values) : refuse(validationError([table.name], 'an update sets a record of values'))
      })
    }
    const checked = assignments(table, set)
    const refused = refusal([checked])
    if (refused !== null) return write({ tag: 'invalid', error: refused }, 'many')
    if (Object.keys(checked).length === 0) {
      return write({ tag: 'invalid', error: validationError([table.name], 'an update must set at least one column') }, 'many')
    }
    return updating(() => checked)
  }

const delete_ =
  <C>(table: Table<C>) =>
  (where: Where<C>): Write<Exprs<C>, 'many'> =>
    typeof where !== 'function' && where !== everywhere
      ? write({ tag: 'invalid', error: NOWHERE }, 'many')
      : write({ tag: 'delete', table, where: where === everywhere ? null : where }, 'many')

/** Deletes the rows that satisfy a condition, with what cascades from them. */
export { delete_ as delete }

/**
 * Inserts a row, or, where a row with the same `target` key exists, updates the named columns of that
 * row to the new values. A conflict with any other key is a `UniqueViolation`.
 */
export const upsert =
  <C>(table: Table<C>) =>
  (conflict: { readonly target: readonly (keyof C & string)[]; readonly update: readonly (keyof C & string)[] }) =>
  (row: InsertOf<C>): Write<Exprs<C>, 'one'> => {
    const bad = (reason: string): Write<Exprs<C>, 'one'> => write({ tag: 'invalid', error: validationError([table.name], reason) }, 'one')
    const keys = [...(table.primaryKey === null ? [] : [table.primaryKey]), ...table.uniques]
    const isKey = keys.some(
      k => k.columns.length === conflict.target.length && k.columns.every(c => conflict.target.includes(c as keyof C & string)),
    )
    if (!isKey) return bad(`(${conflict.target.join(', ')}) is no unique key`)
    if (conflict.update.length === 0) return bad('an upsert must update at least one column')
    if (!isRecord(row)) return bad('a row is a record of values')
    const unset = [...conflict.target, ...conflict.update].find(f => (row as { readonly [f: string]: unknown })[f] === undefined)
    if (unset !== undefined) return bad(`an upsert needs a value for ${unset}, which its target or update names`)
    return inserting(table, [row], 'one', conflict)
  }

/** What a write answers in place of the number of rows: a shape over each written row (as it was, for a delete). */
export const returning =
  <S, B extends Shape>(f: (row: S) => B) =>
  <K extends 'one' | 'many'>(c: Write<S, K>): Command<K extends 'one' ? Result<B> : readonly Result<B>[]> => ({
    [MADE]: true,
    kind: 'command',
    node: c.node,
    cardinality: c.cardinality,
    returning: f,
  })

/** Runs a command. */
export const run = <A>(command: Command<A>): Program<Db, DbError, A> => perform(execute(command))

/** A command as the TypeScript that makes it. */
export { showCommand as show } from './show.js'
