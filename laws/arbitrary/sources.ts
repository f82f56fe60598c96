/**
 * The sources of generated queries: a table, given rows, one row, none, a prepared query, the elements of an array.
 *
 * Expressions of `of` may mention the enclosing variables, so that a query inside another one can start with the outer row.
 */
import { expr, type exprType } from '../../lib/core/syntax/Syntax.js'
import { begin, within } from './assemble.js'
import { apply, type Code, lambda, list, record, type Variable } from './Code.js'
import { call, columnOf, combinator, tableCode } from './combinators.js'
import { arrayOfExpressions, expression, someKind } from './expression.js'
import { type Kind, typeOfKind } from './Kind.js'
import { columnsIn, variableName } from './scopeCode.js'
import { smallValues, valueCode } from './values.js'
import type { QueryCode, Writer } from './Writer.js'

type Source = (w: Writer) => QueryCode | null

const from: Source = w => {
  const name = w.choices.pick(Object.keys(w.schema.tables))
  const table = w.schema.tables[name]
  if (table === undefined) return null
  return begin(w.vars, call('Q', 'from', tableCode(name, table)), { unique: table.primaryKey?.columns.map(c => [c]) ?? null })
}

const of: Source = w => {
  const fields = Array.from(
    { length: w.choices.pick([1, 2, 3]) },
    (_, i) => [`v${i + 1}`, expression(w, someKind(w), w.choices.pick([0, 0, 1]))] as const,
  )
  return begin(w.vars, call('Q', 'of', record(fields)), { unique: [] })
}

const COLUMN_KINDS: readonly Kind[] = ['int', 'text', 'numeric', 'boolean', 'float', 'date', 'bigint', 'timestamp', 'uuid', 'time', 'bytes']

interface Given {
  readonly name: string
  readonly column: Code<any>
  readonly value: () => Code<any>
}

/** Columns of some kinds, with generators of their values. */
const columns = (w: Writer, count: number, stem: string): readonly Given[] =>
  Array.from({ length: count }, (_, i) => {
    const type = { ...typeOfKind(w.choices.pick(COLUMN_KINDS)), nullable: w.choices.below(3) === 2 }
    const values = smallValues(type)
    return {
      name: `${stem}${i + 1}`,
      column: columnOf(type) as Code<any>,
      value: () => (type.nullable && w.choices.below(4) === 3 ? valueCode(null) : valueCode(w.choices.pick(values))),
    }
  })

const values: Source = w => {
  const given = columns(w, w.choices.pick([1, 2, 3]), 'v')
  const rows = Array.from({ length: w.choices.pick([2, 1, 3, 0]) }, () => record(given.map(g => [g.name, g.value()])))
  return begin(w.vars, apply(call('Q', 'values', record(given.map(g => [g.name, g.column]))), list(rows)))
}

const prepare: Source = w => {
  const given = columns(w, w.choices.pick([1, 2]), 'p')
  const types = record(given.map(g => [g.name, g.column])).build([]) as {
    readonly [name: string]: { readonly type: ReturnType<typeof exprType> }
  }
  const scope = Object.fromEntries(Object.entries(types).map(([name, c]) => [name, expr({ tag: 'param', name }, c.type)]))
  const params: Variable = { name: variableName(w.vars), scope }
  const inner = within(w, params).query()
  const prepared = call('Q', 'prepare', record(given.map(g => [g.name, g.column])), lambda([params], inner))
  return begin(w.vars, apply(prepared, record(given.map(g => [g.name, g.value()]))), { unique: inner.unique, total: inner.total })
}

/** The elements of an array: of an outer row, or of a literal. */
const unnest: Source = w => {
  const there = columnsIn(w.vars).filter(c => c.type.sql.tag === 'array' && c.type.refine === null)
  return begin(w.vars, call('Q', 'unnest', there.length > 0 && w.choices.below(4) < 3 ? w.choices.pick(there) : someArray(w)), {
    unique: [['position']],
  })
}

const someArray = (w: Writer): Code<unknown> => {
  const kind = w.choices.pick(COLUMN_KINDS)
  if (w.choices.below(2) === 0) return arrayOfExpressions(w, kind)
  const type = { ...typeOfKind(kind), nullable: w.choices.below(3) === 2 }
  const elements = Array.from({ length: w.choices.pick([2, 1, 3, 0]) }, () =>
    type.nullable && w.choices.below(4) === 3 ? valueCode(null) : valueCode(w.choices.pick(smallValues(type))),
  )
  return apply(call('Expr', 'litOf', call('Column', 'arrayOf', columnOf(type) as Code<unknown>)), list(elements))
}

/** The sources by name in a recipe. */
export const sources: { readonly [op: string]: Source | undefined } = {
  from,
  of,
  Do: w => begin(w.vars, combinator('Q', 'Do'), { unique: [] }),
  zero: w => begin(w.vars, combinator('Q', 'zero')),
  values,
  prepare,
  unnest,
}
