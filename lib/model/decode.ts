/**
 * decode: from rows of closed expressions to results.
 *
 * Every expression is evaluated to the canonical value of its type, then decoded by the io-ts type that the expression carries, if any. A
 * nested collection is the rows of its query, which is closed over its row; an optional side is an `Option`; the functions of `mapRow`
 * are applied last, from the inside out. A value that does not fit its type is a `DecodeError` that names the row (of the outermost
 * query) and the column (its path in the result).
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { AnyExpr, RowShape } from '../core/syntax/Syntax.js'
import { type AnyLeaf, type Path, visit } from '../core/syntax/scope.js'
import { kindOf } from '../core/value/Canonical.js'
import { decodeError, refuse } from '../core/value/DbError.js'
import { inexactNumber } from '../core/value/jsonNumbers.js'
import { showSqlType } from '../core/value/SqlType.js'
import type { Meaning } from './Evaluation.js'
import { canonicalOf } from './value.js'

const named = (path: Path): string => path.join('.') || '(value)'

/** The results of rows under a meaning. `row` is the number of the outermost row. Refuses; call inside `attempting`. */
export const decoder = ({ value, holds, rows }: Meaning): ((shape: RowShape, row: number) => unknown) => {
  const result = (shape: RowShape, row: number, path: Path): unknown => {
    const v = visit(shape)
    switch (v.tag) {
      case 'leaf':
        return leaf(v.leaf, row, path)
      case 'maybe':
        return holds(v.maybe.present) ? O.some(result(v.maybe.row, row, path)) : O.none
      case 'mapped':
        return v.f(result(v.row, row, path))
      case 'extended':
        return { ...(result(v.row, row, path) as object), ...record(v.fields, row, path) }
      case 'record':
        return record(v.fields, row, path)
    }
  }

  const record = (fields: { readonly [name: string]: RowShape }, row: number, path: Path): { readonly [name: string]: unknown } =>
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, result(field, row, [...path, name])]))

  const leaf = (l: AnyLeaf, row: number, path: Path): unknown => {
    if (l.kind === 'expr') return cell(l, row, path)
    const inner = rows(l.query)
    if (l.cardinality === 'many') return inner.map(shape => result(shape, row, path))
    const [first] = inner
    return first === undefined ? O.none : O.some(result(first, row, path))
  }

  const cell = (e: AnyExpr, row: number, path: Path): unknown => {
    const { sql, nullable, refine } = e.type
    const expected = refine?.name ?? showSqlType(sql)
    const canonical = canonicalOf(sql, value(e), `row ${row}, column ${named(path)}`)
    if (canonical === null) return nullable ? null : refuse(decodeError(row, named(path), expected, 'null'))
    const inexact = sql.tag === 'json' ? inexactNumber(canonical, row, path) : null
    if (inexact !== null) return refuse(inexact)
    if (refine === null) return canonical
    const decoded = refine.decode(canonical)
    return E.isRight(decoded) ? decoded.right : refuse(decodeError(row, named(path), expected, kindOf(canonical), decoded.left))
  }

  return (shape, row) => result(shape, row, [])
}
