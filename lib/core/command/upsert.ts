/**
 * Upserts: a row is inserted, or, if a row with the same values of a unique key exists, that row is updated.
 *
 * An upsert names that key, its *target*. The update of the existing row is given by names of columns (which get the offered values), by a
 * function of the old and the offered row, or is `nothing`; a condition over both rows may keep the old row unchanged. A conflict with any other
 * key is a `UniqueViolation`. The offered row must satisfy its checks in any case, and the key of the existing row never changes.
 *
 * Many rows are upserted in order, all or none; duplicate keys are refused before anything is sent.
 *
 * Laws: `upsertMany(t)(how)(rows)` leaves the same state as `rows.map(upsert(t)(how))`, one after the other; an update by names is the update
 * by `(_, offered) => pick(offered, names)`; without a row with that key an upsert is an insert.
 */
import { asFilter, isRecord } from '../syntax/guards.js'
import type { AnyTable, Assignments, Command, Conflict, Exprs, Pred, Table } from '../syntax/Syntax.js'
import { MADE } from '../syntax/Syntax.js'
import { asksQuery } from '../syntax/scope.js'
import { type InsertOf, isKeyOf, type UpdateOf, uniqueKeys } from '../table/Table.js'
import { refuse, unsupported, validationError } from '../value/DbError.js'
import { assignments, type Cardinality, inserting, repeated, type Write, write } from './assignments.js'
import { assignmentsOf } from './plainRows.js'

type Names<C> = readonly (keyof C & string)[]

/** A function of the existing row and the offered row. */
type OfBoth<C, A> = (old: Exprs<C>, offered: Exprs<C>) => A

/** An upsert that always writes its row. */
interface Always<C> {
  readonly target: Names<C>
  readonly update: Names<C> | OfBoth<C, UpdateOf<C>>
  readonly where?: undefined
}

/** An upsert that may leave the existing row unchanged. */
type Perhaps<C> =
  | { readonly target: Names<C>; readonly update: 'nothing'; readonly where?: undefined }
  | { readonly target: Names<C>; readonly update: Names<C> | OfBoth<C, UpdateOf<C>>; readonly where: OfBoth<C, Pred> }

interface Upserting<C> {
  (how: Always<C>): (row: InsertOf<C>) => Write<Exprs<C>, 'one'>
  (how: Perhaps<C>): (row: InsertOf<C>) => Write<Exprs<C>, 'option'>
}

/** The options, unchecked. */
interface How {
  readonly target?: unknown
  readonly update?: unknown
  readonly where?: unknown
}

const namesIn = (x: unknown): readonly string[] | null => (Array.isArray(x) && x.every(n => typeof n === 'string') ? x : null)

/** The values that an update by a function sets, checked at each application. */
const setBy =
  (table: AnyTable, target: readonly string[], f: OfBoth<any, unknown>, rows: number) =>
  (old: any, offered: any): Assignments => {
    const bad = (reason: string): never => refuse(validationError([table.name], reason))
    const values: unknown = f(old, offered)
    if (!isRecord(values)) return bad('the update of an upsert must return a record of values')
    const set = assignments(table, values)
    const names = Object.keys(set)
    if (names.length === 0) return bad('an upsert must update at least one column')
    const key = names.find(n => target.includes(n))
    if (key !== undefined) return bad(`an upsert can't set ${key}, which is part of its target`)
    return rows > 1 ? alone(set) : set
  }

/** Refuses queries in an upsert of several rows, because engines disagree on whether these see the rows written before. */
const alone = <A extends Assignments>(es: A): A =>
  Object.values(es).some(asksQuery)
    ? refuse(
        unsupported(
          'a query in an upsert of several rows',
          'query-ts',
          'upsert one row at a time, or run the query first and pass its values',
        ),
      )
    : es

/** What to do in a conflict, or why the options are invalid. */
const conflictOf = (table: AnyTable, how: How, rows: number): Conflict | string => {
  const target = namesIn(how.target)
  const { update, where } = how
  if (target === null) return 'the target of an upsert must be a list of columns'
  if (!uniqueKeys(table).some(k => isKeyOf(k, target))) return `(${target.join(', ')}) is not a unique key`
  if (where !== undefined && typeof where !== 'function')
    return 'the condition of an upsert must be a function of the old and the offered row'
  if (update === 'nothing')
    return where === undefined ? { target, set: null, where: null } : "an upsert with update: 'nothing' takes no condition"
  const condition = (old: any, offered: any): Pred => {
    const holds = asFilter((where as OfBoth<any, unknown>)(old, offered), 'the condition of an upsert')
    return rows > 1 ? (alone({ holds }).holds as Pred) : holds
  }
  const conflict = { target, where: where === undefined ? null : condition }
  if (typeof update === 'function') return { ...conflict, set: setBy(table, target, update as OfBoth<any, unknown>, rows) }
  const names = namesIn(update)
  if (names === null) return "the update of an upsert must be a list of columns, a function of the old and the offered row, or 'nothing'"
  if (names.length === 0) return 'an upsert must update at least one column'
  return { ...conflict, set: (_, offered) => Object.fromEntries(names.map(n => [n, offered[n]])) }
}

/** The columns whose values are known before the statement is sent: all except a generated key. */
export const offeredFields = (table: AnyTable, rows: readonly Assignments[]): readonly string[] =>
  Object.keys(table.columns).filter(f => table.columns[f]?.generated !== true || rows.every(r => r[f] !== undefined))

const upserting = (table: AnyTable, how: How, rows: readonly object[], cardinality: Cardinality): Write<any, any> => {
  const bad = (reason: string): Write<any, any> => write({ tag: 'invalid', error: validationError([table.name], reason) }, cardinality)
  if (!isRecord(how)) return bad('upsert expects { target, update }')
  const conflict = conflictOf(table, how, Array.isArray(rows) ? rows.length : 1)
  if (typeof conflict === 'string') return bad(conflict)
  const needed = [...conflict.target, ...(namesIn(how.update) ?? [])]
  for (const row of Array.isArray(rows) ? rows : []) {
    if (!isRecord(row)) return bad('expected a row as a record of values')
    const unset = needed.find(f => row[f] === undefined)
    if (unset !== undefined) return bad(`an upsert needs a value for ${unset}, which its target or update names`)
  }
  const command = inserting<any, any>(table, rows, cardinality, conflict)
  const { node } = command
  const twice =
    node.tag === 'insert' && rows.length > 1 ? repeated(table, conflict.target, assignmentsOf(table, node.rows), 'upserts') : null
  return twice === null ? command : bad(twice)
}

/**
 * Inserts a row, or, if a row with the same `target` key exists, updates that row: sets the named columns to the offered values, or those
 * that a function of the old and the offered row returns, or `nothing`; with `where`, only if that is true. Returns the number of
 * rows written. An upsert that may write nothing returns an option with `returning`. A conflict with any other key is a
 * `UniqueViolation`.
 */
export const upsert = <C>(table: Table<C>): Upserting<C> =>
  ((how: How) => (row: object) =>
    upserting(table, how, [row], isRecord(how) && (how.update === 'nothing' || how.where !== undefined) ? 'option' : 'one')) as Upserting<C>

/**
 * Upserts rows, in order, all or none. An empty list is refused, and so are two rows with the same target key. With `returning` it
 * returns the rows that were written.
 */
export const upsertMany =
  <C>(table: Table<C>) =>
  (how: Always<C> | Perhaps<C>) =>
  (rows: readonly InsertOf<C>[]): Write<Exprs<C>, 'many'> =>
    upserting(table, how, rows, 'many')

/** What an upsert did with its row. */
export type Outcome = 'inserted' | 'updated' | 'unchanged'

/** Returns whether an upsert inserted its row, updated the existing row, or left that unchanged. */
export const outcome = <S>(command: Write<S, 'one' | 'option'>): Command<Outcome> => ({
  [MADE]: true,
  kind: 'command',
  node:
    command.node.tag === 'invalid' || (command.node.tag === 'insert' && command.node.conflict !== null)
      ? command.node
      : { tag: 'invalid', error: validationError([], 'only an upsert has an outcome') },
  cardinality: 'one',
  returning: 'outcome',
})
