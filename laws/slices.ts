/**
 * The law of slices under ties (S4): limit and offset may return any rows that the order admits, and no others.
 *
 * A query is sorted by keys that leave ties, and cut. Which of several equal rows are returned depends on the engine, but the keys of the
 * slice are those of its place in the whole sorted list, and its rows are rows of the query, none more often than there.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as Query from '../lib/Query.js'
import { type Form, formOf, sameAnswer, show } from './answer.js'
import { aboutParts, type EquationSubject, type Rows } from './Equation.js'
import type { Law } from './Law.js'
import { refusalAmong } from './refused.js'
import { Expr, pipe, Q } from './untyped.js'

/** Whether a bag contains another one: each of its elements, at least as often. */
const contains = (form: Form, all: readonly unknown[], some: readonly unknown[]): boolean => {
  const rest = [...all]
  return some.every(x => {
    const at = rest.findIndex(y => sameAnswer(form, x, y))
    if (at >= 0) rest.splice(at, 1)
    return at >= 0
  })
}

interface Keyed {
  readonly a: unknown
  readonly b: unknown
}

export const sliceLaw = (subject: EquationSubject): Law =>
  aboutParts(
    subject,
    'limit(n) . offset(m) . orderBy(keys): a slice that the order admits',
    'Under ties a slice is any that the order admits: its keys are those of its place, and its rows are rows of the query.',
    async (p, cover) => {
      const q = p.query('q')
      const [a, b] = [p.expression('a', q), p.expression('b', q)]
      const [n, m] = [p.below(5), p.below(3)]
      const sorted = pipe(
        q,
        Q.orderBy(s => [Expr.asc(a(s)), Expr.desc(b(s))]),
      )
      const withKeys = Q.map(s => ({ a: a(s), b: b(s), row: s }))
      const all = pipe(sorted, withKeys)
      const slice = pipe(sorted, Q.offset(m), Q.limit(n), withKeys)
      const run = (of: Rows) => Query.all<unknown, Keyed>(of)({ db: subject.runner })()
      const [whole, some] = [await run(all), await run(slice)]
      const problem = refusalAmong(subject.runner, cover, whole, some)
      if (E.isLeft(whole) && E.isLeft(some)) return problem
      const { row } = formOf(all, false)
      const result = (x: typeof whole): string =>
        E.isLeft(x) ? `${x.left._tag}: ${x.left.message}` : show({ tag: 'rows', ordered: true, row }, x.right)
      const keysOf = (rows: readonly Keyed[]): readonly unknown[] => rows.map(r => [r.a, r.b])
      const right =
        E.isRight(whole) &&
        E.isRight(some) &&
        sameAnswer({ tag: 'cell' }, keysOf(some.right), keysOf(whole.right.slice(m, m + n))) &&
        contains(row, whole.right, some.right)
      cover(E.isRight(some) && some.right.length > 0 ? 'rows: some' : 'rows: 0')
      if (right) return null
      return `const slice = ${Query.show(slice, subject.schema)}\n\nall sorted: ${result(whole)}\nslice: ${result(some)}`
    },
    1 / 10,
  )
