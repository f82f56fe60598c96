/**
 * The law of slices under ties (decision 4): any answer that the order admits, and no other.
 *
 * A query is sorted by keys that leave ties open, and cut. Which of equal rows come is the engine's
 * business; but the keys of what comes are those of that place in the whole sorted list, and the rows
 * are rows of the query, none more often than it is there.
 */

import * as E from 'fp-ts/lib/Either.js'
import type { AnyQuery } from '../lib/core/syntax/Syntax.js'
import * as Q from '../lib/Query.js'
import { type Form, formOf, sameAnswer, show } from './answer.js'
import { apply, type Code, lambda, list, piped, pure, record, type Variable } from './arbitrary/Code.js'
import { call } from './arbitrary/combinators.js'
import { aboutParts, type EquationSubject } from './Equation.js'
import type { Law } from './Law.js'
import { refusalAmong } from './refused.js'

const ROW: Variable = { name: 's0', scope: {} }
const S: Code<any> = { text: 's0', build: env => env[0], uses: [] }

/** Whether one bag has all elements of another, each at least as often. */
const holds = (form: Form, all: readonly unknown[], some: readonly unknown[]): boolean => {
  const rest = [...all]
  return some.every(x => {
    const at = rest.findIndex(y => sameAnswer(form, x, y))
    if (at >= 0) rest.splice(at, 1)
    return at >= 0
  })
}

export const sliceLaw = (subject: EquationSubject): Law =>
  aboutParts(
    subject,
    'limit(n) . offset(m) . orderBy(keys): a slice that the order admits',
    'Under ties a slice is any that the order admits: the keys of its place, and rows that are there.',
    async (p, cover) => {
      const q = p.query('q')
      const [a, b] = [p.expression('a', q.row), p.expression('b', q.row)]
      const [n, m] = [p.below(5), p.below(3)]
      const keys = list([call('Expr', 'asc', apply(a.code, S)), call('Expr', 'desc', apply(b.code, S))])
      const sorted = call('Q', 'orderBy', lambda([ROW], keys))
      const marked = call(
        'Q',
        'map',
        lambda(
          [ROW],
          record([
            ['a', apply(a.code, S)],
            ['b', apply(b.code, S)],
            ['row', S],
          ]),
        ),
      )
      const number = (x: number): Code<number> => pure(String(x), x)
      const all = piped(q.code, sorted, marked)
      const slice = piped(q.code, sorted, call('Q', 'offset', number(m)), call('Q', 'limit', number(n)), marked)
      const ask = (c: Code<AnyQuery>) => Q.all<unknown, { readonly a: unknown; readonly b: unknown }>(c.build([]))({ db: subject.runner })()
      const [whole, some] = [await ask(all), await ask(slice)]
      const problem = refusalAmong(subject.runner, cover, whole, some)
      if (E.isLeft(whole) && E.isLeft(some)) return problem
      const { row } = formOf(all.build([]), false)
      const said = (x: typeof whole): string =>
        E.isLeft(x) ? `${x.left._tag}: ${x.left.message}` : show({ tag: 'rows', ordered: true, row }, x.right)
      const keysOf = (rows: readonly { readonly a: unknown; readonly b: unknown }[]): readonly unknown[] => rows.map(r => [r.a, r.b])
      const right =
        E.isRight(whole) &&
        E.isRight(some) &&
        sameAnswer({ tag: 'cell' }, keysOf(some.right), keysOf(whole.right.slice(m, m + n))) &&
        holds(row, whole.right, some.right)
      cover(E.isRight(some) && some.right.length > 0 ? 'rows: some' : 'rows: 0')
      if (right) return null
      return `const slice = ${slice.text}\n\nall sorted: ${said(whole)}\nslice: ${said(some)}`
    },
    1 / 10,
  )
