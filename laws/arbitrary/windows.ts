/**
 * Window functions, written by choices: numbers, ranks, values of other rows, aggregates of frames.
 *
 * Their orders end with a key of the rows, or with every column, so that rows that are alike are equal and any of the admitted answers is
 * the same bag. Where rows have parts without an order, only functions are written that ties do not matter to.
 */
import { hasEquality } from '../../lib/core/value/SqlType.js'
import { frameAggregate } from './aggregate.js'
import { apply, type Code, list, pure, record, statically } from './Code.js'
import { call } from './combinators.js'
import { expression, someKind } from './expression.js'
import { someKeys, totalKeys } from './order.js'
import { ownColumns } from './scopeCode.js'
import type { UniqueKey, Writer } from './Writer.js'

const FRAMES = ['{ from: -1, to: 1 }', '{ to: 0 }', '{ from: 0 }', '{}', '{ from: 1, to: 2 }', '{ from: -3, to: -1 }'] as const

const frame = (w: Writer): Code<unknown> => {
  const text = w.choices.pick(FRAMES)
  return pure(text, JSON.parse(text.replace(/(from|to)/g, '"$1"')))
}

const number = (n: number): Code<number> => pure(String(n), n)

type Field = readonly [string, Code<unknown>]

const partition = (w: Writer): readonly Field[] => {
  const comparable = ownColumns(w.vars).filter(c => hasEquality(c.type.sql))
  const count = comparable.length === 0 ? 0 : w.choices.pick([1, 0, 2])
  return count === 0 ? [] : [['partitionBy', list(Array.from({ length: count }, () => w.choices.pick(comparable)))]]
}

const value = (w: Writer): Code<unknown> => {
  const own = ownColumns(w.vars)
  return own.length > 0 && w.choices.below(3) < 2 ? w.choices.pick(own) : expression(w, someKind(w, true), w.choices.below(2))
}

/** What ties do not matter to. */
const ofPeers = (w: Writer, by: readonly Field[], keys: readonly Code<unknown>[]): Code<any> => {
  const ordered = record([...by, ['orderBy', list(keys)]])
  const name = w.choices.pick(['rank', 'denseRank', 'over', 'over', 'over', 'percentRank', 'cumeDist'])
  if (name !== 'over' && keys.length > 0) return call('Window', name, ordered)
  return apply(call('Window', 'over', keys.length > 0 && w.choices.below(2) === 0 ? ordered : record(by)), frameAggregate(w))
}

/** What has one answer in a total order only. */
const ofRows = (w: Writer, by: readonly Field[], keys: readonly Code<unknown>[]): Code<any> => {
  const orderBy: Field = ['orderBy', list(keys)]
  const ordered = record([...by, orderBy])
  const framed = w.choices.below(2) === 0 ? record([...by, orderBy, ['rows', frame(w)]]) : ordered
  switch (w.choices.pick(['rowNumber', 'over', 'lag', 'lead', 'firstValue', 'lastValue', 'nthValue', 'ntile'])) {
    case 'over':
      return apply(call('Window', 'over', record([...by, orderBy, ['rows', frame(w)]])), frameAggregate(w))
    case 'lag':
      return call('Window', 'lag', value(w), ordered)
    case 'lead':
      return call('Window', 'lead', value(w), record([...by, orderBy, ['by', number(w.choices.pick([1, 2, 0]))]]))
    case 'firstValue':
      return call('Window', 'firstValue', value(w), framed)
    case 'lastValue':
      return call('Window', 'lastValue', value(w), framed)
    case 'nthValue':
      return call('Window', 'nthValue', value(w), number(w.choices.pick([1, 2, 3])), framed)
    case 'ntile':
      return call('Window', 'ntile', number(w.choices.pick([2, 3, 1, 100])), ordered)
    default:
      return call('Window', 'rowNumber', ordered)
  }
}

const one = (w: Writer, unique: UniqueKey): Code<any> => {
  const by = partition(w)
  const keys = someKeys(w)
  const total = w.choices.below(3) === 0 ? null : totalKeys(w, unique)
  const made = total === null || total.length === 0 ? ofPeers(w, by, keys) : ofRows(w, by, [...keys, ...total])
  return statically(w.vars, made).node.tag === 'invalid' ? apply(call('Window', 'over', record([])), frameAggregate(w)) : made
}

/** A record of window functions of the rows of a query; `unique` is a key of theirs, `name` makes the names. */
export const windows = (w: Writer, unique: UniqueKey, name: (n: number) => string): Code<any> =>
  record(Array.from({ length: 1 + w.choices.below(2) }, (_, i) => [name(i), one(w, unique)] as const))
