/**
 * The equations of arrays: their elements as rows, and conditions on all of them.
 *
 * In the names xs is an array of values of one kind, which may include nulls, s a row of any query, a and b expressions over it, t and u
 * texts.
 */
import type { Column as ColumnOf } from '../lib/Column.js'
import { columnOf } from './arbitrary/combinators.js'
import { type Kind, typeOfKind } from './arbitrary/Kind.js'
import { smallValues } from './arbitrary/values.js'
import type { Equation, Parts, Rows } from './Equation.js'
import { Agg, Column, Expr, type Fn, N, pipe, Q } from './untyped.js'

const KINDS: readonly Kind[] = ['text', 'int', 'bigint', 'numeric', 'float', 'boolean', 'bytes', 'timestamp', 'date', 'time', 'uuid']

const someKind = (p: Parts): Kind => KINDS[p.below(KINDS.length)] as Kind

/** The column of a kind. */
const column = (kind: Kind, nullable = false): ColumnOf<any> => columnOf({ ...typeOfKind(kind), nullable })?.build([])

const someValue = (p: Parts, kind: Kind): any => {
  const values = smallValues(typeOfKind(kind))
  return values[p.below(values.length)]
}

/** An array of `least` to `least + 3` values of a kind, with nulls among them where they are allowed. */
const someArray = (p: Parts, kind: Kind, nullable: boolean, least = 0): any => {
  const values = Array.from({ length: least + p.below(4) }, () => (nullable && p.below(4) === 0 ? null : someValue(p, kind)))
  return Expr.litOf(Column.arrayOf(column(kind, nullable)))(values)
}

/** The rows of a query, each with one column. */
const eachWith = (q: Rows, e: Fn): Rows =>
  pipe(
    q,
    Q.map(s => ({ x: e(s) })),
  )

/** An aggregate of the elements of an array, as an expression. */
const aggregated = (xs: any, aggregate: Fn): any =>
  Expr.scalar(
    pipe(
      Q.unnest(xs),
      Q.aggregate(element => ({ [N]: aggregate(element) })),
      Q.map(g => g[N]),
    ),
  )

export const arrays: readonly Equation[] = [
  {
    name: 'flatMap(s => values of unnest(array([a(s), b(s)]))) = flatMap(s => unionAll(of(b(s)))(of(a(s))))',
    statement: 'The elements of an array of expressions are those expressions.',
    sides: p => {
      const q = p.query('q')
      const a = p.expression('a', q)
      const b = p.expression('b', q, p.kindOf(a))
      return [
        pipe(
          q,
          Q.flatMap(s =>
            pipe(
              Q.unnest(Expr.array([a(s), b(s)])),
              Q.map(element => ({ x: element.value })),
            ),
          ),
        ),
        pipe(
          q,
          Q.flatMap(s => pipe(Q.of({ x: a(s) }), Q.unionAll(Q.of({ x: b(s) })))),
        ),
      ]
    },
  },
  {
    name: 'arrayJoin(split(a, t), t) = a',
    statement: 'The parts of a text, joined again, are the text.',
    sides: p => {
      const q = p.query('q')
      const a = p.expression('a', q, 'text')
      const t = [',', 'a', '~^', '"', '\\', 'é', '😀', ' '][p.below(8)] as string
      return [eachWith(q, s => Expr.arrayJoin(Expr.split(a(s), t), t)), eachWith(q, a)]
    },
  },
  {
    name: 'arrayJoin(split(a, t), u) = replace(a, t, u)',
    statement: 'Joining by another separator replaces the separator.',
    sides: p => {
      const q = p.query('q')
      const a = p.expression('a', q, 'text')
      const [t, u] = [[',', 'a', '~', '"', 'aa'][p.below(5)] as string, ['', '-', 'é~'][p.below(3)] as string]
      return [eachWith(q, s => Expr.arrayJoin(Expr.split(a(s), t), u)), eachWith(q, s => Expr.replace(a(s), t, u))]
    },
  },
  {
    name: 'gt(arrayLength(split(a, t)), 1) = contains(a, t)',
    statement: 'A text that contains the separator has at least two parts.',
    sides: p => {
      const q = p.query('q')
      const a = p.expression('a', q, 'text')
      const t = [',', 'a', '~', '"', '\\'][p.below(5)] as string
      return [eachWith(q, s => Expr.gt(Expr.arrayLength(Expr.split(a(s), t)), 1)), eachWith(q, s => Expr.contains(a(s), t))]
    },
  },
  {
    name: 'arrayAgg(value, by position) of unnest(xs) = xs, where it has elements',
    statement: 'The elements of an array, collected in their order, are the array.',
    sides: p => {
      const q = p.query('q')
      const xs = someArray(p, someKind(p), true, 1)
      const again = aggregated(xs, element => Agg.arrayAgg(element.value, { orderBy: [Expr.asc(element.position)] }))
      return [eachWith(q, () => again), eachWith(q, () => xs)]
    },
  },
  {
    name: 'count of unnest(xs) = arrayLength(xs)',
    statement: 'unnest has a row for each element.',
    sides: p => {
      const q = p.query('q')
      const xs = someArray(p, someKind(p), true)
      return [eachWith(q, () => aggregated(xs, () => Agg.countAll)), eachWith(q, () => Expr.arrayLength(xs))]
    },
  },
  {
    name: 'arrayAny(xs, v => eq(v, a)) = coalesce(arrayContains(xs, a), false)',
    statement: 'An array contains a value if some element is equal to it.',
    sides: p => {
      const q = p.query('q')
      const kind = p.below(2) === 0 ? 'text' : 'int'
      const xs = someArray(p, kind, true)
      const a = p.expression('a', q, kind)
      return [
        eachWith(q, s => Expr.arrayAny(xs, v => Expr.eq(v, a(s)))),
        eachWith(q, s => Expr.coalesce(Expr.arrayContains(xs, a(s)), false)),
      ]
    },
  },
  {
    name: 'arrayAny(xs, v => eq(v, a)) = coalesce(inQuery(a, values of unnest(xs)), false)',
    statement: 'Some element is equal to a value if the value is among the rows of unnest, for every kind.',
    sides: p => {
      const q = p.query('q')
      const kind = someKind(p)
      const xs = someArray(p, kind, true)
      const a = p.expression('a', q, kind)
      const elements = pipe(
        Q.unnest(xs),
        Q.map(element => element.value),
      )
      return [
        eachWith(q, s => Expr.arrayAny(xs, v => Expr.eq(v, a(s)))),
        eachWith(q, s => Expr.coalesce(Expr.inQuery(a(s), elements), false)),
      ]
    },
  },
  {
    name: 'arrayEvery(xs, v => lte(v, a)) = not(arrayAny(xs, v => not(coalesce(lte(v, a), false))))',
    statement: 'A condition is true of every element if there is none of which it is not.',
    sides: p => {
      const q = p.query('q')
      const kind = someKind(p)
      const xs = someArray(p, kind, true)
      const a = p.expression('a', q, kind)
      return [
        eachWith(q, s => Expr.arrayEvery(xs, v => Expr.lte(v, a(s)))),
        eachWith(q, s => Expr.not(Expr.arrayAny(xs, v => Expr.not(Expr.coalesce(Expr.lte(v, a(s)), false))))),
      ]
    },
  },
  {
    name: 'where(inList(a, xs)) = where(exists(unnest(xs) with value = a)), where no element is null',
    statement: 'inList looks for an equal row among those of unnest.',
    sides: p => {
      const q = p.query('q')
      const kind = someKind(p)
      const a = p.expression('a', q, kind)
      const values = Array.from({ length: p.below(4) }, () => someValue(p, kind))
      const elements = Q.unnest(Expr.litOf(Column.arrayOf(column(kind)))(values))
      return [
        pipe(
          q,
          Q.where(s => Expr.inList(a(s), values)),
        ),
        pipe(
          q,
          Q.where(s =>
            Expr.exists(
              pipe(
                elements,
                Q.where(element => Expr.eq(element.value, a(s))),
              ),
            ),
          ),
        ),
      ]
    },
  },
  {
    name: 'bind(x, () => unnest(xs)) . where(x.position <= n) = bind(x, () => limit(n)(orderBy(position)(unnest(xs))))',
    statement: 'The first elements are those with the first positions.',
    sides: p => {
      const q = p.query('q')
      const xs = someArray(p, someKind(p), true)
      const n = p.below(4)
      return [
        pipe(
          q,
          Q.bind(N, () => Q.unnest(xs)),
          Q.where(s => Expr.lte(s[N].position, n)),
        ),
        pipe(
          q,
          Q.bind(N, () =>
            pipe(
              Q.unnest(xs),
              Q.orderBy(element => [Expr.asc(element.position)]),
              Q.limit(n),
            ),
          ),
        ),
      ]
    },
  },
]
