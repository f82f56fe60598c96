/**
 * Optimistic updates: updates of rows with a version column, which succeed only if the row has not changed since it was read.
 *
 * `updateVersioned` denotes an update of the row with a given key *and* version, which also increments the version. If there is no such row it
 * fails with `StaleRow`, and nothing has changed. No lock is held between reading and writing: if several callers have read the same version,
 * one succeeds and the others fail. It yields the new version.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { assignments, write } from '../core/command/assignments.js'
import { and, eq, exists, plus } from '../core/expr/Expr.js'
import { type Db, execute, type Program } from '../core/operation/Interpreter.js'
import * as Q from '../core/query/Query.js'
import { isRecord } from '../core/syntax/guards.js'
import { literalOf } from '../core/syntax/operand.js'
import type { AnyExpr, AnyTable, Assignments, Exprs, Out, Pred, Table } from '../core/syntax/Syntax.js'
import type { UpdateOf } from '../core/table/Table.js'
import { attempting, type DbError, refuse, staleRow, validationError } from '../core/value/DbError.js'
import { isInteger } from '../core/value/SqlType.js'
import { all } from './fetch.js'
import { transaction } from './Program.js'

/** The row that was read, of which the primary key and the version are used. */
type Seen<C> = { readonly [K in keyof C]?: Out<C[K]> }

/** The conditions that a row has this key, and that it has this key and version. Refuses invalid rows. */
const conditions = (table: AnyTable, version: string, seen: unknown): readonly [found: (row: any) => Pred, current: (row: any) => Pred] => {
  const bad = (reason: string, ...path: readonly string[]): never => refuse(validationError([table.name, ...path], reason))
  const type = Object.hasOwn(table.types, version) ? table.types[version] : undefined
  if (type === undefined || !isInteger(type.sql) || type.nullable || table.columns[version]?.generated === true)
    return bad('the version must be an integer column that is neither nullable nor generated', version)
  const key = table.primaryKey?.columns ?? bad('updateVersioned needs a table with a primary key')
  if (!isRecord(seen)) return bad('expected the row that was read, as a record of values')
  const value = (field: string): AnyExpr => {
    const given = Object.hasOwn(seen, field) ? seen[field] : undefined
    if (given === undefined || given === null) return bad('a value is required: pass the row that was read', field)
    const e = literalOf(table.types[field] as NonNullable<typeof type>, given)
    return e.node.tag === 'invalid' ? bad(e.node.error.message, field) : e
  }
  const values = [...key, version].map(f => [f, value(f)] as const)
  const same = (of: typeof values) => (row: any) => and(...of.map(([f, e]) => eq(row[f], e)))
  return [same(values.slice(0, -1)), same(values)]
}

/**
 * Updates the row with the primary key and the version of a row that was read, and increments its version. Fails with `StaleRow`
 * if the row was modified or deleted since. Yields the new version.
 */
export const updateVersioned =
  <C>(table: Table<C>) =>
  <V extends keyof C & string>({ version }: { readonly version: V }) =>
  (seen: Seen<C>, set: UpdateOf<C> | ((row: Exprs<C>) => UpdateOf<C>)): Program<Db, DbError, Out<C[V]>> => {
    const checked = attempting('a row', () => conditions(table, version, seen))
    if (E.isLeft(checked)) return () => async () => checked
    const [found, current] = checked.right
    const values = (row: Exprs<C>): Assignments => {
      const given: unknown = typeof set === 'function' ? set(row) : set
      if (!isRecord(given)) return refuse(validationError([table.name], 'update expects a record of values'))
      if (given[version] !== undefined) return refuse(validationError([table.name, version], 'the version is incremented automatically'))
      const own = (row as { readonly [field: string]: AnyExpr })[version] as AnyExpr
      return { ...assignments(table, given), [version]: plus(own, own.type.sql.tag === 'bigint' ? 1n : 1) }
    }
    const update = write<Exprs<C>, 'many'>({ tag: 'update', table, set: values, where: current }, 'many')
    const there = Q.of({ there: exists(pipe(Q.from(table), Q.where(found))) })
    const once: Program<Db, DbError, Out<C[V]>> = env => async () => {
      const written = await env.db.perform(execute(update))()
      if (E.isLeft(written)) return written
      const before = seen[version] as unknown as number | bigint
      if (written.right > 0) return E.right((typeof before === 'bigint' ? before + 1n : before + 1) as Out<C[V]>)
      const isThere = await all(there)(env)()
      return E.isLeft(isThere) ? isThere : E.left(staleRow(table.name, version, isThere.right[0]?.there !== true))
    }
    return transaction()(once)
  }
