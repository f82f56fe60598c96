/**
 * Upserts: a row is inserted, or, where a row with the same values of a unique key is there, that row is updated.
 *
 * An upsert names the key that it goes by, its *target*. What it does to the row that is there is said by names of columns
 * (they get the offered values), by a function of the old and the offered row, or is nothing; a condition over both rows
 * may keep the old one as it is. A conflict with any other key is a `UniqueViolation`. The offered row is held against
 * its checks in any case, and the key of the row that is there stays what it is.
 *
 * Many rows are upserted in their order, all or none; the same key twice is refused before anything is sent.
 *
 * Laws: `upsertMany(t)(how)(rows)` leaves what `rows.map(upsert(t)(how))` leave, one after the other; an update by names is
 * the one by `(_, offered) => pick(offered, names)`; without a row of that key an upsert is an insert.
 */
import { asFilter, isRecord } from '../syntax/guards.js'
import type { AnyTable, Assignments, Command, Conflict, Exprs, Pred, Table } from '../syntax/Syntax.js'
import { MADE } from '../syntax/Syntax.js'
import { asksQuery } from '../syntax/scope.js'
import { type InsertOf, isKeyOf, type UpdateOf, uniqueKeys } from '../table/Table.js'
import { refuse, unsupported, validationError } from '../value/DbError.js'
import { assignments, type Cardinality, inserting, repeated, type Write, write } from './assignments.js'

type Names<C> = readonly (keyof C & string)[]

/** The row that is there and the row that was offered: what an update and its condition see. */
type OfBoth<C, A> = (old: Exprs<C>, offered: Exprs<C>) => A

/** An upsert that always writes its row. */
interface Always<C> {
  readonly target: Names<C>
  readonly update: Names<C> | OfBoth<C, UpdateOf<C>>
  readonly where?: undefined
}

/** An upsert that may leave the row that is there as it is. */
type Perhaps<C> =
  | { readonly target: Names<C>; readonly update: 'nothing'; readonly where?: undefined }
  | { readonly target: Names<C>; readonly update: Names<C> | OfBoth<C, UpdateOf<C>>; readonly where: OfBoth<C, Pred> }

interface Upserting<C> {
  (how: Always<C>): (row: InsertOf<C>) => Write<Exprs<C>, 'one'>
  (how: Perhaps<C>): (row: InsertOf<C>) => Write<Exprs<C>, 'option'>
}

/** How, as an untyped caller may give it. */
interface How {
  readonly target?: unknown
  readonly update?: unknown
  readonly where?: unknown
}

const namesIn = (x: unknown): readonly string[] | null => (Array.isArray(x) && x.every(n => typeof n === 'string') ? x : null)

/** What an update by a function sets, looked at each time that the function is applied. */
const setBy =
  (table: AnyTable, target: readonly string[], f: OfBoth<any, unknown>, rows: number) =>
  (old: any, offered: any): Assignments => {
    const bad = (reason: string): never => refuse(validationError([table.name], reason))
    const values: unknown = f(old, offered)
    if (!isRecord(values)) return bad('an upsert updates by a record of values')
    const set = assignments(table, values)
    const names = Object.keys(set)
    if (names.length === 0) return bad('an upsert must update at least one column')
    const key = names.find(n => target.includes(n))
    if (key !== undefined) return bad(`an upsert does not set ${key}, by which it finds the row`)
    return rows > 1 ? alone(set) : set
  }

/** Engines disagree on what a query sees of the rows that the same command wrote before. */
const alone = <A extends Assignments>(es: A): A =>
  Object.values(es).some(asksQuery)
    ? refuse(unsupported('an upsert of several rows that asks a query', 'query-ts', 'upsert one row, or ask before and give the values'))
    : es

/** What happens in a conflict; or why that can't be meant. */
const conflictOf = (table: AnyTable, how: How, rows: number): Conflict | string => {
  const target = namesIn(how.target)
  const { update, where } = how
  if (target === null) return 'the target of an upsert is a list of columns'
  if (!uniqueKeys(table).some(k => isKeyOf(k, target))) return `(${target.join(', ')}) is no unique key`
  if (where !== undefined && typeof where !== 'function') return 'the condition of an upsert is a function of the old and the offered row'
  if (update === 'nothing') return where === undefined ? { target, set: null, where: null } : 'an upsert that does nothing has no condition'
  const condition = (old: any, offered: any): Pred => {
    const holds = asFilter((where as OfBoth<any, unknown>)(old, offered), 'the condition of an upsert')
    return rows > 1 ? (alone({ holds }).holds as Pred) : holds
  }
  const conflict = { target, where: where === undefined ? null : condition }
  if (typeof update === 'function') return { ...conflict, set: setBy(table, target, update as OfBoth<any, unknown>, rows) }
  const names = namesIn(update)
  if (names === null) return "an upsert updates by a list of columns, a function of the old and the offered row, or 'nothing'"
  if (names.length === 0) return 'an upsert must update at least one column'
  return { ...conflict, set: (_, offered) => Object.fromEntries(names.map(n => [n, offered[n]])) }
}

/** The columns of which the offered rows have a value before an engine is asked: all but a key that is left to be generated. */
export const offeredFields = (table: AnyTable, rows: readonly Assignments[]): readonly string[] =>
  Object.keys(table.columns).filter(f => table.columns[f]?.generated !== true || rows.every(r => r[f] !== undefined))

const upserting = (table: AnyTable, how: How, rows: readonly object[], cardinality: Cardinality): Write<any, any> => {
  const bad = (reason: string): Write<any, any> => write({ tag: 'invalid', error: validationError([table.name], reason) }, cardinality)
  if (!isRecord(how)) return bad('an upsert is told its target and what to update')
  const conflict = conflictOf(table, how, Array.isArray(rows) ? rows.length : 1)
  if (typeof conflict === 'string') return bad(conflict)
  const needed = [...conflict.target, ...(namesIn(how.update) ?? [])]
  for (const row of Array.isArray(rows) ? rows : []) {
    if (!isRecord(row)) return bad('a row is a record of values')
    const unset = needed.find(f => row[f] === undefined)
    if (unset !== undefined) return bad(`an upsert needs a value for ${unset}, which its target or update names`)
  }
  const command = inserting<any, any>(table, rows, cardinality, conflict)
  const twice = command.node.tag === 'insert' && rows.length > 1 ? repeated(table, conflict.target, command.node.rows, 'upserts') : null
  return twice === null ? command : bad(twice)
}

/**
 * Inserts a row, or, where a row with the same `target` key exists, updates that row: the named columns to the new values,
 * or what a function of the old and the offered row says; with `where` only if that holds; or `nothing`. Answers the number of
 * rows written. An upsert that may write nothing answers an option with `returning`. A conflict with any other key is a
 * `UniqueViolation`.
 */
export const upsert = <C>(table: Table<C>): Upserting<C> =>
  ((how: How) => (row: object) =>
    upserting(table, how, [row], isRecord(how) && (how.update === 'nothing' || how.where !== undefined) ? 'option' : 'one')) as Upserting<C>

/**
 * Upserts rows, in order, all or none. An empty list is refused, and so are two rows with the same target key. With `returning` it
 * answers the rows that were written.
 */
export const upsertMany =
  <C>(table: Table<C>) =>
  (how: Always<C> | Perhaps<C>) =>
  (rows: readonly InsertOf<C>[]): Write<Exprs<C>, 'many'> =>
    upserting(table, how, rows, 'many')

/** What an upsert did with its row. */
export type Outcome = 'inserted' | 'updated' | 'unchanged'

/** Whether an upsert inserted its row, updated the one that was there, or left that as it was. */
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
