/**
 * Queries in a WITH clause, used once or twice, and recursive queries.
 *
 * A recursion carries its level and ends after one or two; its other columns are of any type. A closure of few rows would end by itself,
 * but texts and sums grow, so it carries a level too.
 */

import { append, FORGOTTEN, freshName, isRecord, onRows, rowVariable, totally, within } from './assemble.js'
import { type Code, lambda, piped, pure, record } from './Code.js'
import { call } from './combinators.js'
import { expression, predicate, someKind } from './expression.js'
import { alike } from './otherSide.js'
import { ownColumns, variableName } from './scopeCode.js'
import { valueCode } from './values.js'
import type { QueryCode, Writer } from './Writer.js'

const NAMES = ['named', 'b1', 'Order'] as const

const named = (w: Writer): Code<any> => {
  const name = valueCode(w.choices.pick(NAMES))
  const options = w.choices.pick([null, 'true', 'false'] as const)
  return options === null ? call('Q', 'cte', name) : call('Q', 'cte', name, record([['materialized', pure(options, options === 'true')]]))
}

/** The query in a WITH clause, used once, or twice as a join with itself. */
export const cte = (w: Writer, q: QueryCode): QueryCode => {
  const once = append(w, q, named(w))
  if (q.row === null || !isRecord(q.row) || w.choices.below(2) === 0 || q.text.length > 1500) return once
  const shared = { name: variableName(w.vars), scope: {} }
  const at = w.vars.length
  const use: Code<any> = { text: shared.name, build: env => env[at], uses: q.uses.filter(u => u.startsWith('t.')) }
  const outer = within(w, shared)
  const own = rowVariable(outer, q.row)
  const other = rowVariable(within(outer, own), q.row)
  const some = lambda([other], predicate(within(outer, own, other), 0))
  const name = freshName(own.scope, 'o')
  const joined = call('Q', 'bind', valueCode(name), lambda([own], piped(use, call('Q', 'where', some))))
  const body = lambda([shared], piped(use, joined))
  return append(w, once, body, FORGOTTEN)
}

const tablesIn = (q: QueryCode): number => q.uses.filter(u => u.startsWith('t.')).length

/** A recursion over a level and some columns; each row is followed by the few rows of a correlated query, up to a level. */
export const recursion =
  (name: 'recursive' | 'closure') =>
  (w: Writer, q: QueryCode): QueryCode => {
    if (q.row === null || q.uses.includes('Q.recursive') || q.uses.includes('Q.closure')) return q
    const fields = w.choices.pick([1, 2, 0])
    const first = onRows(w, q.row, inner =>
      record([
        ['level', call('Expr', 'lit', pure('0', 0))],
        ...Array.from({ length: fields }, (_, i) => {
          const own = ownColumns(inner.vars)
          const made = own.length > 0 && inner.choices.below(2) === 0 ? inner.choices.pick(own) : expression(inner, someKind(inner), 0)
          return [`r${i + 1}`, made] as const
        }),
      ]),
    )
    const based = first === null ? q : append(w, q, call('Q', 'map', first), { unique: null })
    if (based === q || based.row === null) return q
    const own = rowVariable(w, based.row)
    const inner = within(w, own)
    const made = inner.query()
    const most = w.choices.pick([1, 2])
    const isFew = most === 1 && tablesIn(made) === 1 && inner.choices.below(2) === 0
    const ordered = isFew ? made : totally(inner, made)
    if (ordered === null || ordered.row === null) return q
    const next = isFew ? ordered : append(inner, ordered, call('Q', 'limit', valueCode(most)))
    if (next.row === null) return q
    const level: Code<any> = { text: `${own.name}.level`, build: env => (env[w.vars.length] as any).level, uses: [] }
    const ends = call('Expr', 'lt', level, pure(String(most), most))
    const mapped = onRows(inner, next.row, deep => {
      const rest = alike(deep, Object.fromEntries(Object.entries(based.row as object).filter(([field]) => field !== 'level')) as never)
      if (rest === null) return null
      const values = rest as Code<any>
      const plus = call('Expr', 'plus', level, pure('1', 1))
      return {
        text: `{ level: ${plus.text}, ...${values.text} }`,
        build: env => ({ level: plus.build(env), ...values.build(env) }),
        uses: [...plus.uses, ...values.uses],
      }
    })
    if (mapped === null) return q
    const limited = append(inner, next, call('Q', 'where', onRows(inner, next.row, () => ends) as Code<unknown>))
    const step = append(inner, limited, call('Q', 'map', mapped), { unique: null })
    return step === limited ? q : append(w, based, call('Q', name, lambda([own], step)), FORGOTTEN)
  }
