/**
 * What `map` and `let` answer, written by choices: columns, records of them, collections nested by
 * `many` and `first`, and parts of the row kept as they are.
 */
import { totally } from './assemble.js'
import { type Code, record } from './Code.js'
import { call } from './combinators.js'
import { document, expression, someKind } from './expression.js'
import { ownColumns, ownParts } from './scopeCode.js'
import type { Writer } from './Writer.js'

/** A column: more often one of the row as it is. */
const single = (w: Writer): Code<unknown> => {
  const own = ownColumns(w.vars)
  return own.length > 0 && w.choices.below(5) < 2 ? w.choices.pick(own) : expression(w, someKind(w, true), w.choices.pick([1, 2]))
}

/** A query inside the row, if the recipe has one. */
const nested = (w: Writer): Code<unknown> => {
  const q = w.rows()
  if (q === null) return single(w)
  const ordered = w.choices.below(3) === 0 ? q : totally(w, q)
  const first = w.choices.below(3) === 2 ? totally(w, q) : null
  return first !== null ? call('Q', 'first', first) : call('Q', 'many', ordered ?? q)
}

const part = (w: Writer): Code<unknown> => {
  const parts = ownParts(w.vars)
  return parts.length === 0 ? single(w) : w.choices.pick(parts)
}

/** One field of a row. */
export const field = (w: Writer): Code<unknown> => {
  switch (
    w.choices.weighted([
      [8, 'single'],
      [5, 'nested'],
      [2, 'part'],
      [1, 'record'],
      [1, 'document'],
    ] as const)
  ) {
    case 'single':
      return single(w)
    case 'nested':
      return nested(w)
    case 'part':
      return part(w)
    case 'document':
      return w.choices.below(4) === 3 ? call('Expr', 'jsonText', document(w, 1)) : document(w, 2)
    case 'record':
      return record([
        ['x', single(w)],
        ['y', single(w)],
      ])
  }
}

/** A row: mostly a record. */
export const shape = (w: Writer): Code<unknown> => {
  if (
    w.choices.weighted([
      [12, 'record'],
      [1, 'field'],
    ] as const) === 'field'
  )
    return field(w)
  return record(Array.from({ length: w.choices.pick([1, 2, 3, 4]) }, (_, i) => [`c${i + 1}`, field(w)] as const))
}
