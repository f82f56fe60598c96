/**
 * decode: from rows of cells to results.
 *
 * `decoder` turns a row plan into one function, once for each query: it reads, checks and builds in one
 * pass over the cells, without intermediate objects. A cell that is not of its type is a `DecodeError`
 * that names row, column, the expected type and the kind of the actual value; a number that does not fit is
 * `NumericOverflow`. io-ts refinements run on the canonical value.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { ExprType } from '../core/syntax/Syntax.js'
import { kindOf } from '../core/value/Canonical.js'
import { decodeError, numericOverflow, refuse } from '../core/value/DbError.js'
import { ExactNumber, inexactNumber, parseExact } from '../core/value/jsonNumbers.js'
import { showSqlType } from '../core/value/SqlType.js'
import type { RowPlan } from '../plan/Rel.js'
import { INEXACT, MISMATCH, OVERFLOW, type Reader, type Values } from './Values.js'

type Cells = readonly unknown[]

/** The result of one row; `row` is its number, for errors. Refuses; call inside `attempting`. */
export type Decoder = (cells: Cells, row: number) => unknown

const named = (path: readonly string[]): string => path.join('.') || '(value)'

/** The value of a cell: checked, and refined where its type has a refinement. */
const leaf = (read: Reader, type: ExprType, path: readonly string[], index: number): Decoder => {
  const expected = type.refine?.name ?? showSqlType(type.sql)
  const { refine, nullable } = type
  const refused = (cell: unknown, value: unknown, row: number): never => {
    if (value === OVERFLOW) return refuse(numericOverflow(`row ${row}, column ${named(path)}`))
    const inexact = value === INEXACT ? inexactNumber(typeof cell === 'string' ? parseExact(cell) : cell, row, path) : null
    return refuse(inexact ?? decodeError(row, named(path), expected, kindOf(cell)))
  }
  const plain: Decoder = (cells, row) => {
    const cell = cells[index]
    if (cell === null || cell === undefined) return nullable ? null : refuse(decodeError(row, named(path), expected, 'null'))
    const value = read(cell)
    // the JSON null
    if (value === null) return nullable ? null : refuse(decodeError(row, named(path), expected, 'null'))
    return value === MISMATCH || value === OVERFLOW || value === INEXACT ? refused(cell, value, row) : value
  }
  if (refine === null) return plain
  return (cells, row) => {
    const value = plain(cells, row)
    if (cells[index] === null || cells[index] === undefined) return value
    const decoded = refine.decode(value)
    return E.isRight(decoded) ? decoded.right : refuse(decodeError(row, named(path), expected, kindOf(value), decoded.left))
  }
}

const BOOLEAN: ExprType = { sql: { tag: 'boolean' }, nullable: false, refine: null }

const jsonRows = (cell: unknown, path: readonly string[], row: number, parse: (text: string) => unknown): readonly Cells[] => {
  if (Array.isArray(cell)) return cell
  try {
    const rows: unknown = parse(cell as string)
    if (Array.isArray(rows)) return rows
  } catch {
    // reported below
  }
  return refuse(decodeError(row, named(path), 'a nested collection', kindOf(cell)))
}

const known = new WeakMap<Values, WeakMap<RowPlan, Decoder>>()

/** The decoder of a row, cached by its plan. `values.read` reads the driver's cells, `readJson` those inside collections. */
export const decoder = (plan: RowPlan, values: Values): Decoder => {
  const own = known.get(values) ?? new WeakMap<RowPlan, Decoder>()
  known.set(values, own)
  const before = own.get(plan)
  if (before !== undefined) return before
  const made = build(plan, values.read, values)
  own.set(plan, made)
  return made
}

/** Whether a row contains a document, whose numbers are checked one by one. */
const holdsDocuments = (plan: RowPlan): boolean => {
  switch (plan.tag) {
    case 'cell':
      return plan.type.sql.tag === 'json'
    case 'record':
      return plan.fields.some(([, field]) => holdsDocuments(field))
    case 'extended':
      return holdsDocuments(plan.row) || plan.fields.some(([, field]) => holdsDocuments(field))
    default:
      return holdsDocuments(plan.row)
  }
}

/** The cells of a collection, with plain numbers outside documents. */
const doublesOf =
  (read: Values['readJson']): Values['readJson'] =>
  type => {
    const reader = read(type)
    return type.tag === 'json' ? reader : cell => reader(cell instanceof ExactNumber ? Number(cell.digits) : cell)
  }

const build = (plan: RowPlan, read: Values['read'], values: Values): Decoder => {
  switch (plan.tag) {
    case 'cell':
      return leaf(read(plan.type.sql), plan.type, plan.path, plan.index)
    case 'nested': {
      const { index, path, cardinality } = plan
      const exact = holdsDocuments(plan.row)
      const inner = build(plan.row, exact ? doublesOf(values.readJson) : values.readJson, values)
      const parse = exact ? parseExact : JSON.parse
      if (cardinality === 'many') return (cells, row) => jsonRows(cells[index], path, row, parse).map(item => inner(item, row))
      return (cells, row) => {
        const [first] = jsonRows(cells[index], path, row, parse)
        return first === undefined ? O.none : O.some(inner(first, row))
      }
    }
    case 'maybe': {
      const present = leaf(read(BOOLEAN.sql), BOOLEAN, ['?'], plan.index)
      const inner = build(plan.row, read, values)
      return (cells, row) => (present(cells, row) === true ? O.some(inner(cells, row)) : O.none)
    }
    case 'mapped': {
      const { f } = plan
      const inner = build(plan.row, read, values)
      return (cells, row) => f(inner(cells, row))
    }
    case 'extended': {
      const inner = build(plan.row, read, values)
      const added = record(plan.fields, read, values)
      return (cells, row) => ({ ...(inner(cells, row) as object), ...(added(cells, row) as object) })
    }
    case 'record':
      return record(plan.fields, read, values)
  }
}

const record = (fields: readonly (readonly [string, RowPlan])[], read: Values['read'], values: Values): Decoder => {
  const names = fields.map(([name]) => name)
  const decoders = fields.map(([, field]) => build(field, read, values))
  // the one name whose assignment would set the prototype
  if (names.includes('__proto__'))
    return (cells, row) => Object.fromEntries(names.map((name, i) => [name, (decoders[i] as Decoder)(cells, row)]))
  let generated: Decoder | null = null
  let rows = 0
  return (cells, row) => {
    if (generated !== null) return generated(cells, row)
    rows += 1
    if (rows === WORTH_IT) generated = literal(names, decoders)
    const result: { [name: string]: unknown } = {}
    for (let i = 0; i < names.length; i += 1) result[names[i] as string] = (decoders[i] as Decoder)(cells, row)
    return result
  }
}

/** Compiling a function takes as long as some hundred rows: a query that is built for each call never has so many. */
const WORTH_IT = 300

/** A compiled object literal, which builds a record several times faster; null where code generation is forbidden. */
const literal = (names: readonly string[], decoders: readonly Decoder[]): Decoder | null => {
  const fields = names.map((name, i) => `${JSON.stringify(name)}: d${i}(cells, row)`)
  try {
    const make = new Function(...decoders.map((_, i) => `d${i}`), `return (cells, row) => ({ ${fields.join(', ')} })`)
    return make(...decoders) as Decoder
  } catch {
    return null
  }
}
