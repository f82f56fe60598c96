/**
 * The equations of queries: the restricted monad, the monoid, set operations, joins, windows, order, slices, nested collections.
 *
 * They are S6 and the promises in the comments of `core/query/Query`, one equation each. In the names, q, r and t are queries, f and
 * g functions from rows to queries, h and k functions from rows to rows or keys, p a condition, and `.` is composition.
 */
import * as O from 'fp-ts/lib/Option.js'
import { arrays } from './arrayEquations.js'
import { definitions } from './definitionEquations.js'
import type { Equation, Parts, Rows } from './Equation.js'
import { Agg, Expr, type Fn, N, pipe, Q, Window } from './untyped.js'

const monad: readonly Equation[] = [
  {
    name: 'pipe(of(s), flatMap(f)) = f(s)',
    statement: 'Left identity: the query of a single row is that query.',
    sides: p => {
      const q = p.query('q')
      const h = p.shape('h', q)
      const f = p.kleisli('f', h)
      return [
        pipe(
          q,
          Q.flatMap(s => pipe(Q.of(h(s)), Q.flatMap(f))),
        ),
        pipe(
          q,
          Q.flatMap(s => f(h(s))),
        ),
      ]
    },
  },
  {
    name: 'flatMap(of) = identity',
    statement: 'Right identity: one row for each row gives the same rows.',
    sides: p => {
      const q = p.query('q')
      return [pipe(q, Q.flatMap(Q.of)), q]
    },
  },
  {
    name: 'flatMap(g) . flatMap(f) = flatMap(s => pipe(f(s), flatMap(g)))',
    statement: 'Associativity of flatMap.',
    sides: p => {
      const q = p.query('q')
      const f = p.kleisli('f', q)
      const g = p.kleisli('g', f)
      return [
        pipe(q, Q.flatMap(f), Q.flatMap(g)),
        pipe(
          q,
          Q.flatMap(s => pipe(f(s), Q.flatMap(g))),
        ),
      ]
    },
  },
  {
    name: 'where(p) = flatMap(s => pipe(of(s), where(() => p(s))))',
    statement: 'where is the guard of the monad.',
    sides: p => {
      const q = p.query('q')
      const holds = p.predicate('p', q)
      return [
        pipe(q, Q.where(holds)),
        pipe(
          q,
          Q.flatMap(s =>
            pipe(
              Q.of(s),
              Q.where(() => holds(s)),
            ),
          ),
        ),
      ]
    },
  },
  {
    name: 'map(h) = flatMap(s => of(h(s)))',
    statement: 'map is defined by flatMap and of.',
    sides: p => {
      const q = p.query('q')
      const h = p.shape('h', q)
      return [
        pipe(q, Q.map(h)),
        pipe(
          q,
          Q.flatMap(s => Q.of(h(s))),
        ),
      ]
    },
  },
  {
    name: 'flatMap(f) . unionAll(r) = unionAll(flatMap(f)(r)) . flatMap(f)',
    statement: 'flatMap distributes over unionAll.',
    sides: p => {
      const q = p.query('q')
      const r = p.alike('r', q)
      const f = p.kleisli('f', q)
      return [pipe(q, Q.unionAll(r), Q.flatMap(f)), pipe(q, Q.flatMap(f), Q.unionAll(pipe(r, Q.flatMap(f))))]
    },
  },
  {
    name: 'flatMap(f)(zero) = zero',
    statement: 'zero absorbs from the left.',
    sides: p => [pipe(Q.zero, Q.flatMap(p.kleisli('f', p.query('q')))), Q.zero],
  },
  {
    name: 'flatMap(() => zero) = zero',
    statement: 'zero absorbs from the right.',
    sides: p => [
      pipe(
        p.query('q'),
        Q.flatMap(() => Q.zero),
      ),
      Q.zero,
    ],
  },
]

const functor: readonly Equation[] = [
  {
    name: 'map(s => s) = identity',
    statement: 'Mapping each row to itself changes nothing.',
    ordered: true,
    sides: p => {
      const q = p.ordered('q')
      return [
        pipe(
          q,
          Q.map(s => s),
        ),
        q,
      ]
    },
  },
  {
    name: 'map(k) . map(h) = map(s => k(h(s)))',
    statement: 'map composes, and keeps the order.',
    ordered: true,
    sides: p => {
      const q = p.ordered('q')
      const h = p.shape('h', q)
      const k = p.shape('k', h)
      return [
        pipe(q, Q.map(h), Q.map(k)),
        pipe(
          q,
          Q.map(s => k(h(s))),
        ),
      ]
    },
  },
  {
    name: 'mapRow(identity) = identity',
    statement: 'mapRow is a functor on the decoded row: identity.',
    ordered: true,
    sides: p => {
      const q = p.ordered('q')
      return [
        pipe(
          q,
          Q.mapRow(row => row),
        ),
        q,
        q,
      ]
    },
  },
  {
    name: 'mapRow(b) . mapRow(a) = mapRow(r => b(a(r)))',
    statement: 'mapRow is a functor on the decoded row: composition, here of a = r => ({ it: r }) and b = r => r.it.',
    ordered: true,
    sides: p => {
      const q = p.ordered('q')
      const a = (row: any) => ({ it: row })
      const b = (row: any) => row.it
      return [
        pipe(q, Q.mapRow(a), Q.mapRow(b)),
        pipe(
          q,
          Q.mapRow(row => b(a(row))),
        ),
        q,
      ]
    },
  },
]

const bag: readonly Equation[] = [
  {
    name: 'unionAll(zero) = identity',
    statement: 'zero is the unit of unionAll.',
    sides: p => {
      const q = p.query('q')
      return [pipe(q, Q.unionAll(Q.zero)), q]
    },
  },
  {
    name: 'unionAll(q)(zero) = q',
    statement: 'zero is the unit of unionAll on the other side too.',
    sides: p => {
      const q = p.query('q')
      return [pipe(Q.zero, Q.unionAll(q)), q]
    },
  },
  {
    name: 'unionAll(t) . unionAll(r) = unionAll(unionAll(t)(r))',
    statement: 'unionAll is associative.',
    sides: p => {
      const q = p.query('q')
      const r = p.alike('r', q)
      const t = p.alike('t', q)
      return [pipe(q, Q.unionAll(r), Q.unionAll(t)), pipe(q, Q.unionAll(pipe(r, Q.unionAll(t))))]
    },
  },
  {
    name: 'unionAll(r)(q) = unionAll(q)(r)',
    statement: 'unionAll is the sum of bags: it commutes.',
    sides: p => {
      const q = p.query('q')
      const r = p.alike('r', q)
      return [pipe(q, Q.unionAll(r)), pipe(r, Q.unionAll(q))]
    },
  },
  {
    name: 'union(r) = distinct . unionAll(r)',
    statement: 'A union is the distinct rows of both.',
    sides: p => {
      const q = p.query('q')
      const r = p.alike('r', q)
      return [pipe(q, Q.union(r)), pipe(q, Q.unionAll(r), Q.distinct)]
    },
  },
  {
    name: 'intersect(r)(q) = except(except(r)(q))(q)',
    statement: 'The rows in both are those of q that are not in q alone.',
    sides: p => {
      const q = p.query('q')
      const r = p.alike('r', q)
      return [pipe(q, Q.intersect(r)), pipe(q, Q.except(pipe(q, Q.except(r))))]
    },
  },
  {
    name: 'except(q)(q) = zero',
    statement: 'A query without its own rows is empty, also where rows have nulls.',
    sides: p => {
      const q = p.query('q')
      return [pipe(q, Q.except(q)), Q.zero]
    },
  },
  {
    name: 'union(q)(q) = distinct(q)',
    statement: 'union is idempotent on sets.',
    sides: p => {
      const q = p.query('q')
      return [pipe(q, Q.union(q)), pipe(q, Q.distinct)]
    },
  },
  {
    name: 'distinct . distinct = distinct',
    statement: 'distinct is idempotent.',
    sides: p => {
      const q = p.query('q')
      return [pipe(q, Q.distinct, Q.distinct), pipe(q, Q.distinct)]
    },
  },
  {
    name: 'where(p) . distinct = distinct . where(p)',
    statement: 'Equal rows satisfy a condition together.',
    sides: p => {
      const q = p.query('q')
      const holds = p.predicate('p', q)
      return [pipe(q, Q.distinct, Q.where(holds)), pipe(q, Q.where(holds), Q.distinct)]
    },
  },
]

const conditions: readonly Equation[] = [
  {
    name: 'where(b) . where(a) = where(s => and(a(s), b(s)))',
    statement: 'Two conditions are their conjunction.',
    ordered: true,
    sides: p => {
      const q = p.ordered('q')
      const [a, b] = [p.predicate('a', q), p.predicate('b', q)]
      return [
        pipe(q, Q.where(a), Q.where(b)),
        pipe(
          q,
          Q.where(s => Expr.and(a(s), b(s))),
        ),
      ]
    },
  },
  {
    name: 'q = where(p)(q) + where(not p)(q) + where(isNull p)(q)',
    statement: 'Ternary partitioning: for each row a condition is true, false or null.',
    sides: p => {
      const q = p.query('q')
      const holds = p.predicate('p', q)
      const fails = pipe(
        q,
        Q.where(s => Expr.not(holds(s))),
      )
      const unknown = pipe(
        q,
        Q.where(s => Expr.isNull(holds(s))),
      )
      return [q, pipe(q, Q.where(holds), Q.unionAll(fails), Q.unionAll(unknown))]
    },
  },
  {
    name: 'when(true, f) = f; when(false, f) = identity',
    statement: 'when takes a step or leaves it out.',
    sides: p => {
      const q = p.query('q')
      const step = Q.where(p.predicate('p', q))
      const yes = p.below(2) === 0
      return [pipe(q, Q.when(yes, step)), yes ? step(q) : q]
    },
  },
]

const isSome = Q.where(s => Expr.isSome(s[N]))
const isNone = Q.where(s => Expr.not(Expr.isSome(s[N])))

const joins: readonly Equation[] = [
  {
    name: 'bind(n, f) = flatMap(s => pipe(f(s), map(t => ({ ...s, [n]: t }))))',
    statement: 'bind is flatMap that keeps the row.',
    sides: p => {
      const q = p.query('q')
      const f = p.kleisli('f', q)
      return [
        pipe(q, Q.bind(N, f)),
        pipe(
          q,
          Q.flatMap(s =>
            pipe(
              f(s),
              Q.map(t => ({ ...s, [N]: t })),
            ),
          ),
        ),
      ]
    },
  },
  {
    name: 'let(n, h) = map(s => ({ ...s, [n]: h(s) }))',
    statement: 'let adds a computed field.',
    ordered: true,
    sides: p => {
      const q = p.ordered('q')
      const h = p.shape('h', q)
      return [
        pipe(q, Q.let(N, h)),
        pipe(
          q,
          Q.map(s => ({ ...s, [N]: h(s) })),
        ),
      ]
    },
  },
  {
    name: 'where(isSome(n)) . bindLeft(n, f), each side counted = bind(n, f), each side counted',
    statement: 'The rows of a left join that have both sides are those of the inner join.',
    sides: p => {
      const q = p.query('q')
      const f = p.kleisli('f', q)
      const outer = Q.map(p.shape('h', q))
      return [pipe(q, Q.bindLeft(N, f), isSome, outer), pipe(q, Q.bind(N, f), outer)]
    },
  },
  {
    name: 'where(not isSome(n)) . bindLeft(n, f), without n = where(s => not exists(f(s)))',
    statement: 'The rows of a left join whose other side is missing are those for which the query has no row.',
    sides: p => {
      const q = p.query('q')
      const f = p.kleisli('f', q)
      const outer = Q.map(p.shape('h', q))
      return [
        pipe(q, Q.bindLeft(N, f), isNone, outer),
        pipe(
          q,
          Q.where(s => Expr.not(Expr.exists(f(s)))),
          outer,
        ),
      ]
    },
  },
]

/** A key that is never null: an integer, with 0 in place of null. */
const keyOf = (p: Parts, q: Rows): Fn => {
  const k = p.expression('k', q, 'int')
  return s => Expr.coalesce(k(s), 0)
}

/** The number of rows of a query that satisfy a condition. */
const countWhere = (q: Rows, condition: Fn): any =>
  Expr.coalesce(
    Expr.scalar(
      pipe(
        q,
        Q.where(condition),
        Q.aggregate(() => ({ n: Agg.countAll })),
        Q.map(g => g.n),
      ),
    ),
    0,
  )

const windows: readonly Equation[] = [
  {
    name: 'map(s => h(s)) . window(w) = map(h)',
    statement: 'A window adds fields, and changes neither the rows nor their order.',
    ordered: true,
    sides: p => {
      const q = p.ordered('q')
      const h = p.shape('h', q)
      return [
        pipe(
          q,
          Q.window(() => ({ [N]: Window.over({})(Agg.countAll) })),
          Q.map(h),
        ),
        pipe(q, Q.map(h)),
      ]
    },
  },
  {
    name: 'window(over({ partitionBy: [k] })(countAll)) = let(count of the rows with the same k)',
    statement: 'An aggregate over a partition without an order is that of the rows with the same key.',
    sides: p => {
      const q = p.query('q')
      const k = p.expression('k', q)
      return [
        pipe(
          q,
          Q.window(s => ({ [N]: Window.over({ partitionBy: [k(s)] })(Agg.countAll) })),
        ),
        pipe(
          q,
          Q.let(N, s => countWhere(q, t => Expr.isNotDistinctFrom(k(t), k(s)))),
        ),
      ]
    },
  },
  {
    name: 'window(rank({ orderBy: [asc(k)] })) = let(1 + count of the rows with a smaller k)',
    statement: 'The rank is one more than the number of rows before.',
    sides: p => {
      const q = p.query('q')
      const k = keyOf(p, q)
      return [
        pipe(
          q,
          Q.window(s => ({ [N]: Window.rank({ orderBy: [Expr.asc(k(s))] }) })),
        ),
        pipe(
          q,
          Q.let(N, s =>
            Expr.plus(
              countWhere(q, t => Expr.lt(k(t), k(s))),
              1,
            ),
          ),
        ),
      ]
    },
  },
  {
    name: 'window(over({ orderBy: [asc(k)] })(countAll)) = let(count of the rows with a k that is not larger)',
    statement: 'With an order the frame ends with the peers of the row.',
    sides: p => {
      const q = p.query('q')
      const k = keyOf(p, q)
      return [
        pipe(
          q,
          Q.window(s => ({ [N]: Window.over({ orderBy: [Expr.asc(k(s))] })(Agg.countAll) })),
        ),
        pipe(
          q,
          Q.let(N, s => countWhere(q, t => Expr.lte(k(t), k(s)))),
        ),
      ]
    },
  },
  {
    name: 'firstValue(k, { orderBy: [asc(k)] }) = over({})(min(k)), lastValue(k, { orderBy: [asc(k)], rows: {} }) = over({})(max(k))',
    statement: 'The first value in ascending order is the least, the last one the greatest.',
    sides: p => {
      const q = p.query('q')
      const k = keyOf(p, q)
      const orderBy = (s: any) => [Expr.asc(k(s))]
      return [
        pipe(
          q,
          Q.window(s => ({
            [N]: Window.firstValue(k(s), { orderBy: orderBy(s) }),
            last: Window.lastValue(k(s), { orderBy: orderBy(s), rows: {} }),
          })),
        ),
        pipe(
          q,
          Q.window(s => ({ [N]: Window.over({})(Agg.min(k(s))), last: Window.over({})(Agg.max(k(s))) })),
        ),
      ]
    },
  },
  {
    name: 'map(k) . where(n <= m) . window(n = rowNumber({ orderBy: [asc(k)] })) = map(k) . limit(m) . orderBy(asc(k))',
    statement: 'The rows with the first numbers are the first rows in the same order, compared by their keys because of ties.',
    sides: p => {
      const q = p.query('q')
      const k = keyOf(p, q)
      const m = p.below(5)
      const orderBy = (s: any) => [Expr.asc(k(s))]
      const keys = Q.map(s => ({ k: k(s) }))
      return [
        pipe(
          q,
          Q.window(s => ({ [N]: Window.rowNumber({ orderBy: orderBy(s) }) })),
          Q.where(s => Expr.lte(s[N], m)),
          keys,
        ),
        pipe(q, Q.orderBy(orderBy), Q.limit(m), keys),
      ]
    },
  },
]

const orders: readonly Equation[] = [
  {
    name: 'orderBy(b) . orderBy(a) = orderBy(s => [...b(s), ...a(s)])',
    statement: 'Sorting is stable: the new keys lead, the old ones break ties.',
    ordered: true,
    sides: p => {
      const q = p.ordered('q')
      const [a, b] = [p.keys('a', q), p.keys('b', q)]
      return [
        pipe(q, Q.orderBy(a), Q.orderBy(b)),
        pipe(
          q,
          Q.orderBy(s => [...b(s), ...a(s)]),
        ),
      ]
    },
  },
  {
    name: 'orderBy(keys) = identity, as bags',
    statement: 'An order changes no rows.',
    sides: p => {
      const q = p.query('q')
      return [pipe(q, Q.orderBy(p.keys('keys', q))), q]
    },
  },
  {
    name: 'limit(n) . limit(m) = limit(min(m, n))',
    statement: 'The first rows of the first rows are first rows.',
    ordered: true,
    sides: p => {
      const q = p.ordered('q')
      const [m, n] = [p.below(5), p.below(5)]
      return [pipe(q, Q.limit(m), Q.limit(n)), pipe(q, Q.limit(Math.min(m, n)))]
    },
  },
  {
    name: 'offset(n) . offset(m) = offset(m + n)',
    statement: 'Skipping twice skips the sum.',
    ordered: true,
    sides: p => {
      const q = p.ordered('q')
      const [m, n] = [p.below(4), p.below(4)]
      return [pipe(q, Q.offset(m), Q.offset(n)), pipe(q, Q.offset(m + n))]
    },
  },
  {
    name: 'unionAll(offset(n)(q))(limit(n)(q)) = q',
    statement: 'The first n rows and the rest are all rows.',
    sides: p => {
      const q = p.ordered('q')
      const n = p.below(5)
      return [pipe(q, Q.limit(n), Q.unionAll(pipe(q, Q.offset(n)))), q]
    },
  },
  {
    name: 'limit(0) = zero',
    statement: 'A limit of 0 leaves no rows.',
    sides: p => [pipe(p.ordered('q'), Q.limit(0)), Q.zero],
  },
]

const nested: readonly Equation[] = [
  {
    name: 'first(f(s)) = head(many(f(s)))',
    statement: 'The first row of a query is the head of all its rows.',
    sides: p => {
      const q = p.query('q')
      const f = p.kleisli('f', q, true)
      return [
        pipe(
          q,
          Q.map(s => ({ x: Q.first(f(s)) })),
        ),
        pipe(
          q,
          Q.map(s => ({ x: Q.many(f(s)) })),
          Q.mapRow(row => ({ x: O.fromNullable(row.x[0]) })),
        ),
      ]
    },
  },
  {
    name: 'many(where(() => p(s))(f(s))) = p(s) is true ? many(f(s)) : []',
    statement: 'A condition on the outer row alone keeps or drops a whole collection.',
    sides: p => {
      const q = p.query('q')
      const f = p.kleisli('f', q)
      const holds = p.predicate('p', q)
      return [
        pipe(
          q,
          Q.map(s => ({
            x: Q.many(
              pipe(
                f(s),
                Q.where(() => holds(s)),
              ),
            ),
          })),
        ),
        pipe(
          q,
          Q.map(s => ({ x: Q.many(f(s)), p: holds(s) })),
          Q.mapRow(row => ({ x: row.p === true ? row.x : [] })),
        ),
      ]
    },
  },
  {
    name: 'exists(f(s)) = gt(scalar(count of f(s)), 0)',
    statement: 'A query has a row exactly when it has more than zero.',
    sides: p => {
      const q = p.query('q')
      const f = p.kleisli('f', q)
      const count = (s: any) =>
        pipe(
          f(s),
          Q.aggregate(() => ({ n: Agg.countAll })),
          Q.map(g => g.n),
        )
      return [
        pipe(
          q,
          Q.where(s => Expr.exists(f(s))),
        ),
        pipe(
          q,
          Q.where(s => Expr.gt(Expr.scalar(count(s)), 0)),
        ),
      ]
    },
  },
]

export const queryEquations: readonly Equation[] = [
  ...monad,
  ...functor,
  ...bag,
  ...conditions,
  ...joins,
  ...windows,
  ...orders,
  ...nested,
  ...definitions,
  ...arrays,
]
