/**
 * The steps of generated queries, one function for each combinator.
 *
 * Each adds a step to a query, or returns the query unchanged if the step does not apply: `bind` on a row that is not a record, an order
 * of rows that have collections, anything on `zero`.
 */

import { type RowShape, type Shape, symbol } from '../../lib/core/syntax/Syntax.js'
import { mapsRows, scopeOf } from '../../lib/core/syntax/scope.js'
import { hasEquality } from '../../lib/core/value/SqlType.js'
import { aggregates, groupingOf } from './aggregate.js'
import { append, FORGOTTEN, freshName, isRecord, onRows, rowVariable, totally, within } from './assemble.js'
import { type AnyFunction, apply, type Code, lambda, list, pure } from './Code.js'
import { call, combinator, tableCode } from './combinators.js'
import { predicate } from './expression.js'
import { someKeys, totalKeys } from './order.js'
import { otherSide } from './otherSide.js'
import { cte, recursion } from './recursion.js'
import { ownColumns } from './scopeCode.js'
import { field, shape } from './shape.js'
import { valueCode } from './values.js'
import type { QueryCode, UniqueKey, Writer } from './Writer.js'
import { windows } from './windows.js'

type StepMaker = (w: Writer, q: QueryCode) => QueryCode

/** A step for queries with rows of any shape. */
const onAny =
  (f: (w: Writer, q: QueryCode, row: RowShape) => QueryCode): StepMaker =>
  (w, q) =>
    q.row === null ? q : f(w, q, q.row)

/** A step that adds a field. */
const onRecord = (f: (w: Writer, q: QueryCode, row: RowShape) => QueryCode): StepMaker =>
  onAny((w, q, row) => (isRecord(row) ? f(w, q, row) : q))

const condition = (w: Writer, row: RowShape): Code<AnyFunction> =>
  call('Q', 'where', onRows(w, row, inner => predicate(inner, inner.choices.pick([1, 2, 0, 3]))) as Code<unknown>)

const where = onAny((w, q, row) => append(w, q, condition(w, row)))

const when = onAny((w, q, row) =>
  append(w, q, call('Q', 'when', w.choices.pick([pure('true', true), pure('false', false)]), condition(w, row))),
)

const whereNotNull = onRecord((w, q, row) => {
  const names = mapsRows(row)
    ? []
    : Object.entries(scopeOf(row)).flatMap(([name, leaf]) => ((leaf as { readonly kind?: unknown }).kind === 'expr' ? [name] : []))
  return names.length === 0 ? q : append(w, q, call('Q', 'whereNotNull', valueCode(w.choices.pick(names))))
})

const map = onAny((w, q, row) => append(w, q, call('Q', 'map', onRows(w, row, shape) as Code<unknown>), { unique: null }))

const let_ = onRecord((w, q, row) => {
  const own = rowVariable(w, row)
  return append(w, q, call('Q', 'let', valueCode(freshName(own.scope, 'l')), lambda([own], field(within(w, own)))))
})

const MAPPERS: readonly Code<AnyFunction>[] = [
  pure('r => ({ it: r })', (r: unknown) => ({ it: r })),
  pure('r => ({ it: r, again: r })', (r: unknown) => ({ it: r, again: r })),
]

const mapRow = onAny((w, q) => append(w, q, call('Q', 'mapRow', w.choices.pick(MAPPERS))))

const joinedKey = (left: UniqueKey, name: string, right: UniqueKey): UniqueKey =>
  left === null || right === null ? null : [...left, ...right.map(path => [name, ...path])]

const flatMap = onAny((w, q, row) => {
  const own = rowVariable(w, row)
  return append(w, q, call('Q', 'flatMap', lambda([own], within(w, own).query())), FORGOTTEN)
})

const bind = (combinatorName: 'bind' | 'bindLeft'): StepMaker =>
  onRecord((w, q, row) => {
    const own = rowVariable(w, row)
    const inner = within(w, own).query()
    const name = freshName(own.scope, 'b')
    // whether the other side is missing is part of the key: a side without columns has nothing else
    const key = combinatorName === 'bind' ? inner.unique : inner.unique === null ? null : [['?'], ...inner.unique]
    return append(w, q, call('Q', combinatorName, valueCode(name), lambda([own], inner)), {
      total: false,
      unique: joinedKey(q.unique, name, key),
    })
  })

const join = (combinatorName: 'innerJoin' | 'leftJoin'): StepMaker =>
  onRecord((w, q, row) => {
    const own = rowVariable(w, row)
    const table = w.choices.pick(Object.keys(w.schema.tables))
    const code = tableCode(table, w.schema.tables[table] as never)
    const joined = { name: `s${w.vars.length + 1}`, scope: Object.fromEntries(Object.entries(symbols(w, table))) as Shape }
    const on = lambda([own, joined], predicate(within(w, own, joined), w.choices.pick([0, 0, 1])))
    const name = freshName(own.scope, 'j')
    const key = w.schema.tables[table]?.primaryKey?.columns.map(c => [c]) ?? null
    return append(w, q, call('Q', combinatorName, valueCode(name), code, on), { total: false, unique: joinedKey(q.unique, name, key) })
  })

const symbols = (w: Writer, table: string): { readonly [field: string]: unknown } =>
  Object.fromEntries(Object.entries(w.schema.tables[table]?.types ?? {}).map(([name, type]) => [name, symbol(type)]))

const aggregate = onAny((w, q, row) => {
  const own = rowVariable(w, row)
  const made = aggregates(within(w, own))
  return append(w, q, call('Q', 'aggregate', lambda([own], made.code)), { total: false, unique: made.keys.map(k => [k]) })
})

const groups = (name: 'rollup' | 'cube' | 'groupingSets'): StepMaker =>
  onAny((w, q, row) => {
    const own = rowVariable(w, row)
    const made = groupingOf(within(w, own))
    const step =
      name === 'groupingSets'
        ? apply(call('Q', name, list(made.sets.map(set => list(set.map(k => valueCode(k)))))), lambda([own], made.code))
        : call('Q', name, lambda([own], made.code))
    return append(w, q, step, FORGOTTEN)
  })

const fullJoin = onAny((w, q, row) => {
  const other = w.query()
  if (other.row === null) return q
  const own = rowVariable(w, row)
  const joined = rowVariable(within(w, own), other.row)
  const on = lambda([own, joined], predicate(within(w, own, joined), w.choices.pick([0, 0, 1])))
  return append(w, q, call('Q', 'fullJoin', other, on), FORGOTTEN)
})

const distinctOn = onAny((w, q) => {
  const ordered = totally(w, q, inner => (w.choices.below(2) === 0 ? [] : someKeys(inner)))
  if (ordered === null || ordered.row === null) return q
  const by = onRows(w, ordered.row, inner => {
    const comparable = ownColumns(inner.vars).filter(c => hasEquality(c.type.sql))
    return list(comparable.length === 0 ? [] : [w.choices.pick(comparable)])
  })
  return append(w, ordered, by && call('Q', 'distinctOn', by))
})

const window = onRecord((w, q, row) => {
  const own = rowVariable(w, row)
  const name = freshName(own.scope, 'w')
  const made = windows(within(w, own), q.unique, n => (n === 0 ? name : `${name}_${n + 1}`))
  // a window function may distinguish rows that were equal, and whose order was therefore open
  return append(w, q, call('Q', 'window', lambda([own], made)), { total: q.total && q.unique !== null })
})

const distinct: StepMaker = (w, q) => append(w, q, combinator('Q', 'distinct'), FORGOTTEN)

const setOperation =
  (name: 'unionAll' | 'union' | 'intersect' | 'except'): StepMaker =>
  (w, q) => {
    const right = otherSide(w, q)
    return right === null ? q : append(w, q, call('Q', name, right), FORGOTTEN)
  }

const orderBy = onAny((w, q, row) => {
  if (w.choices.below(2) === 0) return totally(w, { ...q, total: false }, someKeys) ?? q
  const step = onRows(w, row, inner => {
    const keys = someKeys(inner)
    return list(keys.length > 0 || ownColumns(inner.vars).length === 0 ? keys : (totalKeys(inner, null) ?? []))
  })
  return append(w, q, call('Q', 'orderBy', step as Code<unknown>), { total: q.total })
})

const slice =
  (name: 'limit' | 'offset', counts: readonly number[]): StepMaker =>
  (w, q) => {
    const count = valueCode(w.choices.pick(counts))
    const ordered = totally(w, q, inner => (w.choices.below(2) === 0 ? [] : someKeys(inner)))
    return ordered === null ? q : append(w, ordered, call('Q', name, count))
  }

/** The steps by name in a recipe. */
export const steps: { readonly [op: string]: StepMaker | undefined } = {
  where,
  whereNotNull,
  when,
  map,
  let: let_,
  mapRow,
  flatMap,
  bind: bind('bind'),
  bindLeft: bind('bindLeft'),
  innerJoin: join('innerJoin'),
  leftJoin: join('leftJoin'),
  aggregate,
  window,
  rollup: groups('rollup'),
  cube: groups('cube'),
  groupingSets: groups('groupingSets'),
  fullJoin,
  distinctOn,
  cte: onAny(cte),
  recursive: onAny(recursion('recursive')),
  closure: onAny(recursion('closure')),
  distinct,
  unionAll: setOperation('unionAll'),
  union: setOperation('union'),
  intersect: setOperation('intersect'),
  except: setOperation('except'),
  orderBy,
  limit: slice('limit', [2, 1, 3, 0, 5]),
  offset: slice('offset', [1, 2, 0]),
}
