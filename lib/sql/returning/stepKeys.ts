/**
 * Keys of rows in steps: which columns identify a row, and the condition that a row has one of some keys.
 *
 * A row is identified by its primary key, or by a unique key without nullable columns; a table without either is refused.
 * A value that is not known yet, in steps that are only shown, is a parameter.
 */
import type { AnyTable } from '../../core/syntax/Syntax.js'
import { uniqueKeys } from '../../core/table/Table.js'
import { refuse, unsupported } from '../../core/value/DbError.js'
import { boolean, column } from '../../plan/conditions.js'
import type { Named, Scalar } from '../../plan/Rel.js'
import type { Write } from '../../plan/writePlan.js'
import type { Dialect } from '../Dialect.js'

/** The fields that identify a row: those of the primary key, or of a unique key without nullable columns. */
export const keyIn = (table: AnyTable): readonly string[] | undefined =>
  uniqueKeys(table).find(k => k.columns.every(f => table.types[f]?.nullable === false))?.columns

/** The columns that identify a row; refuses a table without any. */
export const keyOf = (dialect: Dialect, { table, columns }: Write): readonly Named[] => {
  const key = keyIn(table)
  if (key !== undefined) return named(columns, key)
  return refuse(unsupported('returning from a table without a primary key', dialect.name, 'give the table a primary key'))
}

/** The columns of some fields. */
export const named = (columns: readonly Named[], fields: readonly string[]): readonly Named[] =>
  fields.map(f => columns.find(c => c.name === f) as Named)

/** A value that was found; undefined stands for one that is not known yet. */
export const literal = ({ type }: Pick<Scalar, 'type'>, value: unknown): Scalar => ({
  node: value === undefined ? { tag: 'param', name: 'found' } : { tag: 'literal', value },
  type: { ...type, nullable: value === null, refine: null },
})

const call = (fn: 'eq' | 'and' | 'or', args: readonly Scalar[]): Scalar => ({ node: { tag: 'call', fn, args }, type: boolean(true).type })

/** The condition that a row has one of these keys. */
export const hasKey = (key: readonly Named[], keys: readonly (readonly Scalar[])[]): Scalar => {
  const [first, ...more] = key.map(c => column(c.id, c.type)) as [Scalar, ...Scalar[]]
  if (keys.length === 0) return boolean(false)
  if (more.length === 0 && keys.length > 1)
    return { node: { tag: 'in', operand: first, list: keys.map(k => k[0] as Scalar) }, type: boolean(true).type }
  const same = keys.map(k => [first, ...more].map((c, i) => call('eq', [c, k[i] as Scalar])))
  const all = same.map(s => (s.length === 1 ? (s[0] as Scalar) : call('and', s)))
  return all.length === 1 ? (all[0] as Scalar) : call('or', all)
}

/** The values of a key. */
export const literals = (key: readonly Named[], values: readonly unknown[]): readonly Scalar[] => key.map((c, i) => literal(c, values[i]))
