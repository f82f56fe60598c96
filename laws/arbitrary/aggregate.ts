/**
 * Aggregates, written by choices: with and without keys, with filters, with orders of their own.
 *
 * `arrayAgg` and `stringAgg` end their order with the value itself, so that ties are between equal
 * values and the answer is determined.
 */
import { hasEquality } from '../../lib/core/value/SqlType.js'
import { apply, type Code, list, record, statically } from './Code.js'
import { call, combinator } from './combinators.js'
import { expression, predicate, someKind } from './expression.js'
import { hasExtremes, isNumber, type Kind, numberKinds } from './Kind.js'
import { someKeys } from './order.js'
import { columnsIn, type ExprCode, ownColumns } from './scopeCode.js'
import { valueCode } from './values.js'
import type { Writer } from './Writer.js'

const fuelOf = (w: Writer): number => w.choices.pick([0, 0, 1])

const anyColumn = (w: Writer): ExprCode => {
  const own = ownColumns(w.vars)
  return own.length > 0 && w.choices.below(3) < 2 ? w.choices.pick(own) : expression(w, someKind(w, true), fuelOf(w))
}

const numeric = (w: Writer): ExprCode => {
  const there = ownColumns(w.vars).filter(c => isNumber(c.kind))
  const kinds = there.length === 0 ? numberKinds : [...new Set(there.map(c => c.kind as Kind))]
  return expression(w, w.choices.pick(kinds), fuelOf(w))
}

const extreme = (w: Writer): ExprCode => {
  const kind = someKind(w, true)
  return expression(w, hasExtremes(kind) ? kind : 'int', fuelOf(w))
}

const ordered = (w: Writer, e: Code<unknown>): Code<unknown> =>
  record([['orderBy', list([...someKeys(w), call('Expr', w.choices.pick(['asc', 'desc']), e)])]])

type AggMaker = (w: Writer) => Code<any>

const makers: readonly (readonly [number, AggMaker])[] = [
  [2, () => combinator('Agg', 'countAll')],
  [3, w => call('Agg', 'sum', numeric(w))],
  [2, w => call('Agg', 'count', anyColumn(w))],
  [2, w => call('Agg', 'countDistinct', anyColumn(w))],
  [2, w => call('Agg', 'avg', numeric(w))],
  [2, w => call('Agg', 'min', extreme(w))],
  [2, w => call('Agg', 'max', extreme(w))],
  [
    1,
    w =>
      call('Agg', w.choices.pick(['boolAnd', 'boolOr']), w.choices.below(2) === 0 ? predicate(w, fuelOf(w)) : expression(w, 'boolean', 0)),
  ],
  [
    2,
    w => {
      const e = expression(w, 'text', fuelOf(w))
      return call('Agg', 'stringAgg', e, valueCode(w.choices.pick([',', '', '😀'])), ordered(w, e))
    },
  ],
  [
    1,
    w =>
      call('Agg', 'stringAgg', expression(w, 'text', fuelOf(w)), valueCode(w.choices.pick([',', '', '😀'])), valueCode({ distinct: true })),
  ],
  [1, w => call('Agg', 'mode', extreme(w))],
  [
    1,
    w =>
      w.choices.below(2) === 0
        ? call('Agg', 'median', numeric(w))
        : call('Agg', 'percentileCont', numeric(w), valueCode(w.choices.pick([0.5, 0, 1, 0.9]))),
  ],
  [
    1,
    w => {
      const e = expression(w, someKind(w, true), fuelOf(w))
      return call('Agg', 'arrayAgg', e, ordered(w, e))
    },
  ],
]

const one = (w: Writer, some: typeof makers = makers): Code<any> => {
  const made = w.choices.weighted(some)(w)
  const agg = statically(w.vars, made).node.tag === 'invalid' ? call('Agg', 'count', expression(w, 'int', 0)) : made
  return w.choices.below(5) === 4 ? apply(call('Agg', 'filter', predicate(w, 1)), agg) : agg
}

/** Those that a window may compute. */
const framed = makers.filter((_, i) => i < 8 && i !== 3)

/** An aggregate for the frame of a window. */
export const frameAggregate = (w: Writer): Code<any> => one(w, framed)

/** A record of aggregates. `keys` are the names of the group keys. */
export const aggregates = (w: Writer): { readonly code: Code<any>; readonly keys: readonly string[] } => {
  const comparable = columnsIn(w.vars).some(c => hasEquality(c.type.sql))
  const count = w.choices.pick(comparable ? [1, 0, 2] : [0])
  const keys = Array.from({ length: count }, (_, i) => [`k${i}`, call('Agg', 'key', expression(w, someKind(w, true), fuelOf(w)))] as const)
  const aggs = Array.from({ length: 1 + w.choices.below(3) }, (_, i) => [`a${i}`, one(w)] as const)
  return { code: record([...keys, ...aggs]), keys: keys.map(([name]) => name) }
}

/** Keys and aggregates for groups by some sets of the keys, and such sets. */
export const groupingOf = (w: Writer): { readonly code: Code<any>; readonly sets: readonly (readonly string[])[] } => {
  const count = w.choices.pick([1, 2])
  const keys = Array.from({ length: count }, (_, i) => [`k${i}`, expression(w, someKind(w, true), fuelOf(w))] as const)
  const aggs = Array.from({ length: w.choices.pick([1, 2]) }, (_, i) => [`a${i}`, one(w)] as const)
  const code = record([
    ['by', record(keys)],
    ['of', record(aggs)],
  ])
  return { code, sets: w.choices.pick([[[], ['k0']], [[]], [['k0'], ['k0']], [keys.map(([name]) => name), []]]) }
}
