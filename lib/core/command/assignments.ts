/**
 * The values that commands write, checked against their columns.
 *
 * `assignments` denotes a row of expressions, each with the type of its column; an invalid value becomes an expression that is refused, with the
 * table, row and column in the error. `inserting` makes the command that inserts rows, or one that is refused with the first error. Internal:
 * `Command` exports the public combinators.
 */
import { isExpr, isRecord } from '../syntax/guards.js'
import { asColumn, literalOf } from '../syntax/operand.js'
import type { AnyExpr, AnyTable, Assignments, Command, CommandNode, Conflict } from '../syntax/Syntax.js'
import { invalid, MADE } from '../syntax/Syntax.js'
import { fitsColumn, identityIn } from '../value/Canonical.js'
import { type DbError, numericOverflow, validationError } from '../value/DbError.js'
import { showSqlType } from '../value/SqlType.js'
import { plainRows } from './plainRows.js'

/** How many rows a command returns with `returning`. */
export type Cardinality = Command<unknown>['cardinality']

/** A command without a `returning`, which may be added. `S` is the row that `returning` sees. */
export interface Write<out S, out K extends Cardinality> extends Command<number> {
  readonly _S?: () => S
  readonly cardinality: K
}

/** A command from its node. */
export const write = <S, K extends Cardinality>(node: CommandNode, cardinality: K): Write<S, K> => ({
  [MADE]: true,
  kind: 'command',
  node,
  cardinality,
  returning: null,
})

/** A checked value for a column; an error has its path. */
const assigned = (table: AnyTable, field: string, value: unknown, path: readonly string[]): AnyExpr => {
  const column = Object.hasOwn(table.columns, field) ? table.columns[field] : undefined
  const bad = (reason: string): AnyExpr =>
    invalid(validationError([table.name, ...path, field], reason), { sql: { tag: 'text' }, nullable: false, refine: null })
  if (column === undefined) return bad(`there is no such column; the columns are ${Object.keys(table.columns).join(', ')}`)
  if (isExpr(value)) {
    const fitting = asColumn(value, column.type.sql)
    return fitting ?? bad(`an expression of ${showSqlType(value.type.sql)} does not fit ${showSqlType(column.type.sql)}: cast it`)
  }
  if (value === undefined) return bad('undefined is not a value: omit the column, or set it to null')
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

/** The values of a row to insert; an undefined value is omitted, so that the default applies. */
export const insertion = (table: AnyTable, row: object, path: readonly string[] = []): Assignments =>
  assignments(table, Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)), path)

/** The values that an update sets. Undefined is refused, because a mistyped name would silently set nothing. */
export const assignments = (table: AnyTable, row: object, path: readonly string[] = []): Assignments =>
  Object.fromEntries(Object.entries(row).map(([field, value]) => [field, assigned(table, field, value, path)]))

/** The first error in rows of values, or null. */
export const refusal = (rows: readonly Assignments[]): DbError | null => {
  for (const row of rows) {
    for (const e of Object.values(row)) {
      if (e.node.tag === 'invalid') return e.node.error
    }
  }
  return null
}

/** Whether an insert must give a value for a column. */
export const isRequired = (table: AnyTable, field: string): boolean => {
  const c = table.columns[field]
  return c !== undefined && !c.type.nullable && !c.generated && c.default === null && !c.filledByDatabase
}

const missing = (table: AnyTable, row: Assignments): string | undefined =>
  Object.keys(table.columns).find(f => !Object.hasOwn(row, f) && isRequired(table, f))

/** The command that inserts rows, or the error of the first invalid one. */
export const inserting = <S, K extends Cardinality>(
  table: AnyTable,
  rows: readonly object[],
  cardinality: K,
  conflict: Conflict | null,
): Write<S, K> => {
  const many = cardinality === 'many'
  const combinator = conflict === null ? 'insertMany' : 'upsertMany'
  const malformed = Array.isArray(rows) ? rows.findIndex(row => !isRecord(row)) : 0
  if (malformed >= 0) {
    const path = [table.name, ...(many && Array.isArray(rows) ? [String(malformed)] : [])]
    const expected = Array.isArray(rows) ? 'expected a row as a record of values' : `${combinator} takes a list of rows`
    return write({ tag: 'invalid', error: validationError(path, expected) }, cardinality)
  }
  const plain = conflict === null ? plainRows(table, rows) : null
  if (plain !== null && Object.keys(table.columns).every(f => plain.fields.includes(f) || !isRequired(table, f)))
    return write({ tag: 'insert', table, rows: plain, conflict }, cardinality)
  const checked = rows.map((row, i) => insertion(table, row, many ? [String(i)] : []))
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
      { tag: 'invalid', error: validationError([table.name], `${combinator} needs at least one row: there is nothing to insert`) },
      cardinality,
    )
  }
  return write({ tag: 'insert', table, rows: { tag: 'expressions', rows: checked }, conflict }, cardinality)
}

/** Why a command might write a row twice, because rows have equal values in a key; null if they don't. */
export const repeated = (
  table: AnyTable,
  target: readonly string[],
  rows: readonly Assignments[],
  verb: 'upserts' | 'updates',
): string | null => {
  const seen = new Map<string, number>()
  for (const [i, row] of rows.entries()) {
    const values = target.map(f => {
      const { node, type } = row[f] as AnyExpr
      if (node.tag !== 'literal') return undefined
      return node.value === null ? null : identityIn(table.types[f]?.sql ?? type.sql, node.value)
    })
    if (values.includes(undefined)) return `row ${i}: a command of several rows needs plain values for ${target.join(', ')}`
    if (values.includes(null)) continue
    const key = JSON.stringify(values)
    const before = seen.get(key)
    if (before !== undefined) return `rows ${before} and ${i} have the same ${target.join(', ')}: a command ${verb} each row at most once`
    seen.set(key, i)
  }
  return null
}
