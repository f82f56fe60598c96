/**
 * The keys of an index, and why an index is none that an engine could have.
 *
 * An index is declared by fields, or by a function from a row to expressions and sort keys; both are read here as keys. A key that is a
 * column unchanged is known by its field, because engines name it by that, limit its length, and need no expression for it.
 *
 * Law: `indexProblem(t, i)` is null exactly where every key and the condition are expressions over one row of `t` whose values depend on
 * nothing else. What an engine can't index is not decided here: the dialects refuse it.
 */
import { asCondition, asExpr, isExpr, isOrder } from '../syntax/guards.js'
import type { AnyExpr, AnyTable, Index, Order } from '../syntax/Syntax.js'
import { asksQuery, changes, hasParameter, symbolsOf } from '../syntax/scope.js'
import { attempting, type DbError, refuse, unsupported, validationError } from '../value/DbError.js'

/** A key of an index: what it sorts by, and how. `field` is the column that it is; null for an expression. */
export interface IndexKey extends Order {
  readonly field: string | null
}

type Row = { readonly [field: string]: AnyExpr }

/** The keys of an index over a row. Refuses what is no list of keys; call inside `attempting`. */
export const indexKeys = ({ name, on, columns }: Index, row: Row): readonly IndexKey[] => {
  if (on === null) return columns.map(field => ({ field, expr: row[field] as AnyExpr, direction: 'asc', nulls: null }))
  const given: unknown = on(row)
  if (!Array.isArray(given)) return refuse(validationError([name], 'expected a list of expressions and of asc(...) and desc(...)'))
  return given.map((key: unknown): IndexKey => {
    const { expr, direction, nulls }: Order =
      isOrder(key) && !isExpr(key) ? key : { expr: asExpr(key, name), direction: 'asc', nulls: null }
    const checked = asExpr(expr, name)
    return { field: Object.keys(row).find(f => row[f] === checked) ?? null, expr: checked, direction, nulls }
  })
}

/** The rows of an index as a condition over a row; null for all of them. Refuses what is no condition. */
export const indexCondition = ({ name, where }: Index, row: Row): AnyExpr | null => (where === null ? null : asCondition(where(row), name))

/** The fields that are keys of an index, in order; null in place of an expression. Empty for an index that is refused. */
export const indexFields = (t: Pick<AnyTable, 'types'>, index: Index): readonly (string | null)[] => {
  const keys = attempting(`the index ${index.name}`, () => indexKeys(index, symbolsOf(t.types)).map(k => k.field))
  return keys._tag === 'Left' ? [] : keys.right
}

/** The columns by which an index is known in errors: its fields, or none where it has an expression. */
export const namedColumns = (t: Pick<AnyTable, 'types'>, index: Index): readonly string[] => {
  const fields = indexFields(t, index).flatMap(f => f ?? [])
  return fields.length === indexFields(t, index).length ? fields : []
}

/** Why an index can't be one of a table; null if it can. */
export const indexProblem = (t: AnyTable, index: Index): DbError | null => {
  const { name } = index
  const bad = (reason: string): DbError => validationError([t.name, name], reason)
  const found = attempting(`the index ${name} of ${t.name}`, () => {
    const row = symbolsOf(t.types)
    const unknown = index.columns.find(f => row[f] === undefined)
    if (unknown !== undefined) return bad(`there is no column ${unknown}`)
    const keys = indexKeys(index, row)
    if (keys.length === 0) return bad('an index needs at least one key')
    const fields = keys.flatMap(k => k.field ?? [])
    const twice = fields.find((f, i) => fields.indexOf(f) !== i)
    if (twice !== undefined) return bad(`it has the column ${twice} twice`)
    const where = indexCondition(index, row)
    for (const e of [...keys.map(k => k.expr), ...(where === null ? [] : [where])]) {
      if (e.node.tag === 'invalid') return e.node.error
      if (changes(e)) return unsupported(`now or random in an index (${name})`, 'query-ts', 'its entries would not change with the value')
      if (asksQuery(e)) return unsupported(`a query in an index (${name})`, 'query-ts', 'an index is over the columns of one row')
      if (hasParameter(e)) return unsupported(`a parameter in an index (${name})`, 'query-ts', 'write the value')
    }
    return null
  })
  return found._tag === 'Left' ? found.left : found.right
}
