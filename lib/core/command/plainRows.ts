/**
 * Plain rows: many rows of values that all set the same columns, checked and kept as values.
 *
 * A row of expressions needs an object for each value, but most inserted rows consist of plain values. `plainRows` denotes the same rows as
 * canonical values, row after row. It returns null for everything else and for every error: then the rows are checked one by one, and the
 * error names the row and column. `assignmentsOf` converts back; it has the rows of any insert as expressions.
 */

import { type AnyExpr, type AnyTable, type Assignments, type ExprType, expr, type InsertedRows, isMade } from '../syntax/Syntax.js'
import { canonical, fitsColumn, isWritten, textProblem } from '../value/Canonical.js'
import type { SqlType } from '../value/SqlType.js'

/** The columns, and their canonical values row after row. */
type PlainRows = InsertedRows & { readonly tag: 'plain' }

const REFUSED: unique symbol = Symbol('refused')

/** A check without allocation for the most common types, which accepts only values in canonical form. */
const quick = (sql: SqlType): ((value: unknown) => boolean) => {
  switch (sql.tag) {
    case 'text':
      return value => typeof value === 'string' && textProblem(value) === null
    case 'numeric':
      return value => typeof value === 'string' && isWritten(value, sql.precision, sql.scale)
    case 'int':
      return value => typeof value === 'number' && (value | 0) === value && !Object.is(value, -0)
    case 'boolean':
      return value => typeof value === 'boolean'
    default:
      return () => false
  }
}

/** Returns the canonical value for a column, or `REFUSED`. */
const checker = ({ sql, nullable, refine }: ExprType): ((value: unknown) => unknown) => {
  const bounded = sql.tag === 'int' || sql.tag === 'smallint' || sql.tag === 'array'
  const isCanonical = refine === null ? quick(sql) : () => false
  return value => {
    if (isCanonical(value)) return value
    if (value === null) return nullable ? null : REFUSED
    if (refine !== null && !refine.is(value)) return REFUSED
    const checked = canonical(sql, refine === null ? value : refine.encode(value))
    if (!checked.ok || (bounded && !fitsColumn(sql, checked.value))) return REFUSED
    return checked.value
  }
}

/** The rows as values, or null if they are not plain rows that set the same columns. */
export const plainRows = (table: AnyTable, rows: readonly object[]): PlainRows | null => {
  const [first] = rows
  if (first === undefined || rows.length < 2) return null
  const fields = Object.keys(first).filter(f => (first as { readonly [f: string]: unknown })[f] !== undefined)
  if (fields.length === 0 || !fields.every(f => Object.hasOwn(table.columns, f))) return null
  const width = fields.length
  const checks = fields.map(f => checker(table.types[f] as ExprType))
  const values: unknown[] = new Array(rows.length * width)
  let at = 0
  for (const row of rows) {
    const given = row as { readonly [f: string]: unknown }
    if (Object.keys(row).length !== width && Object.keys(row).some(f => given[f] !== undefined && !fields.includes(f))) return null
    for (let i = 0; i < width; i += 1) {
      const field = fields[i] as string
      const value = given[field]
      if (value === undefined || isMade(value) || !Object.hasOwn(row, field)) return null
      const kept = (checks[i] as (value: unknown) => unknown)(value)
      if (kept === REFUSED) return null
      values[at] = kept
      at += 1
    }
  }
  return { tag: 'plain', fields, values }
}

/** The rows of an insert as rows of expressions. */
export const assignmentsOf = (table: AnyTable, rows: InsertedRows): readonly Assignments[] => {
  if (rows.tag === 'expressions') return rows.rows
  const { fields, values } = rows
  const types = fields.map(f => table.types[f] as ExprType)
  const literal = (value: unknown, type: ExprType): AnyExpr =>
    expr({ tag: 'literal', value }, value === null ? type : { ...type, nullable: false })
  return Array.from({ length: values.length / fields.length }, (_, row) =>
    Object.fromEntries(fields.map((f, i) => [f, literal(values[row * fields.length + i], types[i] as ExprType)])),
  )
}
