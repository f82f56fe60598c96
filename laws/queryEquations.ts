/**
 * The equations of queries: the restricted monad, the monoid, set operations, joins, order, slices.
 *
 * They are decision 11.6 and what the comments of `core/Query` promise, one equation each. In them q
 * and r are queries, f and g functions from rows to queries, h from rows to rows, p a condition.
 */
import * as O from 'fp-ts/lib/Option.js'
import type { RowShape } from '../lib/core/syntax/Syntax.js'
import { apply, type Code, list, piped, pure, record, spread } from './arbitrary/Code.js'
import { call, combinator } from './arbitrary/combinators.js'
import { arrays } from './arrayEquations.js'
import { definitions } from './definitionEquations.js'
import type { Equation, Parts, Rows } from './Equation.js'
import { countAll, fun, N, name, named, number, over, Q, q, v, win, x } from './sides.js'

const monad: readonly Equation[] = [
  {
    name: 'pipe(of(s), flatMap(f)) = f(s)',
    statement: 'Left identity: the queries of one row are the query of that row.',
    sides: p => {
      const s = p.query('q')
      const h = p.shape('h', s.row)
      const f = p.kleisli('f', h.row)
      const one = apply(h.code, v(0))
      return [
        piped(s.code, q('flatMap', fun(1, piped(q('of', one), q('flatMap', f.code))))),
        piped(s.code, q('flatMap', fun(1, apply(f.code, one)))),
      ]
    },
  },
  {
    name: 'flatMap(of) = identity',
    statement: 'Right identity: one row for each row is the same rows.',
    sides: p => {
      const s = p.query('q')
      return [piped(s.code, q('flatMap', Q('of'))), s.code]
    },
  },
  {
    name: 'flatMap(g) . flatMap(f) = flatMap(s => pipe(f(s), flatMap(g)))',
    statement: 'Associativity of flatMap.',
    sides: p => {
      const s = p.query('q')
      const f = p.kleisli('f', s.row)
      const g = p.kleisli('g', f.row)
      return [
        piped(s.code, q('flatMap', f.code), q('flatMap', g.code)),
        piped(s.code, q('flatMap', fun(1, piped(apply(f.code, v(0)), q('flatMap', g.code))))),
      ]
    },
  },
  {
    name: 'where(p) = flatMap(s => pipe(of(s), where(() => p(s))))',
    statement: 'where is the guard of the monad.',
    sides: p => {
      const s = p.query('q')
      const c = p.predicate('p', s.row)
      return [
        piped(s.code, q('where', c.code)),
        piped(s.code, q('flatMap', fun(1, piped(q('of', v(0)), q('where', fun(1, apply(c.code, v(0)), 1)))))),
      ]
    },
  },
  {
    name: 'map(h) = flatMap(s => of(h(s)))',
    statement: 'map is what the monad says it is.',
    sides: p => {
      const s = p.query('q')
      const h = p.shape('h', s.row)
      return [piped(s.code, q('map', h.code)), piped(s.code, q('flatMap', fun(1, q('of', apply(h.code, v(0))))))]
    },
  },
  {
    name: 'flatMap(f) . unionAll(r) = unionAll(flatMap(f)(r)) . flatMap(f)',
    statement: 'flatMap distributes over unionAll.',
    sides: p => {
      const s = p.query('q')
      const r = p.alike('r', s)
      const f = p.kleisli('f', s.row)
      return [
        piped(s.code, q('unionAll', r.code), q('flatMap', f.code)),
        piped(s.code, q('flatMap', f.code), q('unionAll', piped(r.code, q('flatMap', f.code)))),
      ]
    },
  },
  {
    name: 'flatMap(f)(zero) = zero',
    statement: 'No rows have no queries: zero absorbs from the left.',
    sides: p => [piped(Q('zero'), q('flatMap', p.kleisli('f', p.query('q').row).code)), Q('zero')],
  },
  {
    name: 'flatMap(() => zero) = zero',
    statement: 'zero absorbs from the right.',
    sides: p => [piped(p.query('q').code, q('flatMap', fun(1, Q('zero')))), Q('zero')],
  },
]

const functor: readonly Equation[] = [
  {
    name: 'map(s => s) = identity',
    statement: 'Mapping rows to themselves changes nothing.',
    ordered: true,
    sides: p => {
      const s = p.ordered('q')
      return [piped(s.code, q('map', fun(1, v(0)))), s.code]
    },
  },
  {
    name: 'map(k) . map(h) = map(s => k(h(s)))',
    statement: 'map composes, and keeps the order.',
    ordered: true,
    sides: p => {
      const s = p.ordered('q')
      const h = p.shape('h', s.row)
      const k = p.shape('k', h.row)
      return [piped(s.code, q('map', h.code), q('map', k.code)), piped(s.code, q('map', fun(1, apply(k.code, apply(h.code, v(0))))))]
    },
  },
  {
    name: 'mapRow(identity) = identity',
    statement: 'mapRow is a functor on the decoded row: identity.',
    ordered: true,
    sides: p => {
      const s = p.ordered('q')
      return [
        piped(
          s.code,
          q(
            'mapRow',
            pure('r => r', (r: unknown) => r),
          ),
        ),
        s.code,
        s.code,
      ]
    },
  },
  {
    name: 'mapRow(b) . mapRow(a) = mapRow(r => b(a(r)))',
    statement: 'mapRow is a functor on the decoded row: composition.',
    ordered: true,
    sides: p => {
      const s = p.ordered('q')
      const a = pure('r => ({ it: r })', (r: unknown) => ({ it: r }))
      const b = pure('r => r.it', (r: any) => r.it)
      const ba = pure('r => ({ it: r }).it', (r: unknown) => r)
      return [piped(s.code, q('mapRow', a), q('mapRow', b)), piped(s.code, q('mapRow', ba)), s.code]
    },
  },
]

const bag: readonly Equation[] = [
  {
    name: 'unionAll(zero) = identity',
    statement: 'zero is the unit of unionAll.',
    sides: p => {
      const s = p.query('q')
      return [piped(s.code, q('unionAll', Q('zero'))), s.code]
    },
  },
  {
    name: 'unionAll(q)(zero) = q',
    statement: 'zero is the unit of unionAll, on the other side too.',
    sides: p => {
      const s = p.query('q')
      return [piped(Q('zero'), q('unionAll', s.code)), s.code]
    },
  },
  {
    name: 'unionAll(t) . unionAll(r) = unionAll(unionAll(t)(r))',
    statement: 'unionAll is associative.',
    sides: p => {
      const s = p.query('q')
      const r = p.alike('r', s)
      const t = p.alike('t', s)
      return [
        piped(s.code, q('unionAll', r.code), q('unionAll', t.code)),
        piped(s.code, q('unionAll', piped(r.code, q('unionAll', t.code)))),
      ]
    },
  },
  {
    name: 'unionAll(r)(q) = unionAll(q)(r)',
    statement: 'unionAll is the sum of bags: it commutes.',
    sides: p => {
      const s = p.query('q')
      const r = p.alike('r', s)
      return [piped(s.code, q('unionAll', r.code)), piped(r.code, q('unionAll', s.code))]
    },
  },
  {
    name: 'union(r) = distinct . unionAll(r)',
    statement: 'A union is the different rows of both.',
    sides: p => {
      const s = p.query('q')
      const r = p.alike('r', s)
      return [piped(s.code, q('union', r.code)), piped(s.code, q('unionAll', r.code), Q('distinct'))]
    },
  },
  {
    name: 'intersect(r)(q) = except(except(r)(q))(q)',
    statement: 'What is in both is what is not in only one.',
    sides: p => {
      const s = p.query('q')
      const r = p.alike('r', s)
      return [piped(s.code, q('intersect', r.code)), piped(s.code, q('except', piped(s.code, q('except', r.code))))]
    },
  },
  {
    name: 'except(q)(q) = zero',
    statement: 'Nothing is left of a query without itself, rows with nulls too.',
    sides: p => {
      const s = p.query('q')
      return [piped(s.code, q('except', s.code)), Q('zero')]
    },
  },
  {
    name: 'union(q)(q) = distinct(q)',
    statement: 'union is idempotent on sets.',
    sides: p => {
      const s = p.query('q')
      return [piped(s.code, q('union', s.code)), piped(s.code, Q('distinct'))]
    },
  },
  {
    name: 'distinct . distinct = distinct',
    statement: 'distinct is idempotent.',
    sides: p => {
      const s = p.query('q')
      return [piped(s.code, Q('distinct'), Q('distinct')), piped(s.code, Q('distinct'))]
    },
  },
  {
    name: 'where(p) . distinct = distinct . where(p)',
    statement: 'Equal rows satisfy a condition together.',
    sides: p => {
      const s = p.query('q')
      const c = p.predicate('p', s.row)
      return [piped(s.code, Q('distinct'), q('where', c.code)), piped(s.code, q('where', c.code), Q('distinct'))]
    },
  },
]

const conditions: readonly Equation[] = [
  {
    name: 'where(b) . where(a) = where(s => and(a(s), b(s)))',
    statement: 'Two conditions are their conjunction.',
    ordered: true,
    sides: p => {
      const s = p.ordered('q')
      const [a, b] = [p.predicate('a', s.row), p.predicate('b', s.row)]
      return [
        piped(s.code, q('where', a.code), q('where', b.code)),
        piped(s.code, q('where', fun(1, x('and', apply(a.code, v(0)), apply(b.code, v(0)))))),
      ]
    },
  },
  {
    name: 'q = where(p)(q) + where(not p)(q) + where(isNull p)(q)',
    statement: 'Ternary partitioning: each row makes a condition true, false or null.',
    sides: p => {
      const s = p.query('q')
      const c = p.predicate('p', s.row)
      const of = (f: string): Code<any> => piped(s.code, q('where', fun(1, x(f, apply(c.code, v(0))))))
      return [s.code, piped(s.code, q('where', c.code), q('unionAll', of('not')), q('unionAll', of('isNull')))]
    },
  },
  {
    name: 'when(true, f) = f; when(false, f) = identity',
    statement: 'when takes a step or does not.',
    sides: p => {
      const s = p.query('q')
      const step = q('where', p.predicate('p', s.row).code)
      const yes = p.below(2) === 0
      return [piped(s.code, q('when', pure(String(yes), yes), step)), yes ? piped(s.code, step) : s.code]
    },
  },
]

const joins: readonly Equation[] = [
  {
    name: 'bind(n, f) = flatMap(s => pipe(f(s), map(t => ({ ...s, [n]: t }))))',
    statement: 'bind is flatMap that keeps the row.',
    sides: p => {
      const s = p.query('q')
      const f = p.kleisli('f', s.row)
      return [
        piped(s.code, q('bind', name(N), f.code)),
        piped(s.code, q('flatMap', fun(1, piped(apply(f.code, v(0)), q('map', fun(1, spread(v(0), N, v(1)), 1)))))),
      ]
    },
  },
  {
    name: 'let(n, h) = map(s => ({ ...s, [n]: h(s) }))',
    statement: 'let adds a computed field.',
    ordered: true,
    sides: p => {
      const s = p.ordered('q')
      const h = p.shape('h', s.row)
      return [piped(s.code, q('let', name(N), h.code)), piped(s.code, q('map', fun(1, spread(v(0), N, apply(h.code, v(0))))))]
    },
  },
  {
    name: 'where(isSome(n)) . bindLeft(n, f), each side counted = bind(n, f), each side counted',
    statement: 'The rows of a left join that have both sides are those of the inner join.',
    sides: p => {
      const s = p.query('q')
      const f = p.kleisli('f', s.row)
      const h = p.shape('h', s.row)
      const there = q('where', fun(1, x('isSome', { ...v(0), text: `s0.${N}`, build: env => (env[0] as any)[N] })))
      const outer = q('map', h.code)
      return [piped(s.code, q('bindLeft', name(N), f.code), there, outer), piped(s.code, q('bind', name(N), f.code), outer)]
    },
  },
  {
    name: 'where(not isSome(n)) . bindLeft(n, f), without n = where(s => not exists(f(s)))',
    statement: 'The rows of a left join whose other side is missing are those for which the query has no row.',
    sides: p => {
      const s = p.query('q')
      const f = p.kleisli('f', s.row)
      const h = p.shape('h', s.row)
      const missing = q('where', fun(1, x('not', x('isSome', { ...v(0), text: `s0.${N}`, build: env => (env[0] as any)[N] }))))
      return [
        piped(s.code, q('bindLeft', name(N), f.code), missing, q('map', h.code)),
        piped(s.code, q('where', fun(1, x('not', x('exists', apply(f.code, v(0)))))), q('map', h.code)),
      ]
    },
  },
]

/** A key of rows that is never null: a whole number, and 0 in the place of null. */
const keyOf = (p: Parts, of: RowShape): ((row: Code<unknown>) => Code<any>) => {
  const k = p.expression('k', of, 'int')
  return row => x('coalesce', apply(k.code, row), number(0))
}

/** For each row of a query the number of its rows for which a condition on both holds. */
const counted = (s: Rows, condition: Code<unknown>): Code<any> => {
  const count = piped(
    s.code,
    q('where', fun(1, condition, 1)),
    q('aggregate', fun(1, record([['n', countAll]]), 1)),
    q('map', fun(1, named(1, 'n'), 1)),
  )
  return x('coalesce', x('scalar', count), number(0))
}

const windows: readonly Equation[] = [
  {
    name: 'map(s => h(s)) . window(w) = map(h)',
    statement: 'A window adds fields, and changes neither the rows nor their order.',
    ordered: true,
    sides: p => {
      const s = p.ordered('q')
      const h = p.shape('h', s.row)
      return [
        piped(s.code, q('window', fun(1, record([[N, over(record([]), countAll)]]))), q('map', h.code)),
        piped(s.code, q('map', h.code)),
      ]
    },
  },
  {
    name: 'window(over({ partitionBy: [k] })(countAll)) = let(count of the rows with the same k)',
    statement: 'Over a partition without an order an aggregate is that of the rows with the same key.',
    sides: p => {
      const s = p.query('q')
      const k = p.expression('k', s.row)
      const by = record([['partitionBy', list([apply(k.code, v(0))])]])
      const same = x('same', apply(k.code, v(1)), apply(k.code, v(0)))
      return [
        piped(s.code, q('window', fun(1, record([[N, over(by, countAll)]])))),
        piped(s.code, q('let', name(N), fun(1, counted(s, same)))),
      ]
    },
  },
  {
    name: 'window(rank({ orderBy: [asc(k)] })) = let(1 + count of the rows with a smaller k)',
    statement: 'The rank is one more than the number of rows before.',
    sides: p => {
      const s = p.query('q')
      const k = keyOf(p, s.row)
      const by = record([['orderBy', list([x('asc', k(v(0)))])]])
      const less = x('lt', k(v(1)), k(v(0)))
      return [
        piped(s.code, q('window', fun(1, record([[N, win('rank', by)]])))),
        piped(s.code, q('let', name(N), fun(1, x('plus', counted(s, less), number(1))))),
      ]
    },
  },
  {
    name: 'window(over({ orderBy: [asc(k)] })(countAll)) = let(count of the rows with a k that is not larger)',
    statement: 'With an order the frame ends with the rows that are alike.',
    sides: p => {
      const s = p.query('q')
      const k = keyOf(p, s.row)
      const by = record([['orderBy', list([x('asc', k(v(0)))])]])
      const upTo = x('lte', k(v(1)), k(v(0)))
      return [
        piped(s.code, q('window', fun(1, record([[N, over(by, countAll)]])))),
        piped(s.code, q('let', name(N), fun(1, counted(s, upTo)))),
      ]
    },
  },
  {
    name: 'firstValue(k, { orderBy: [asc(k)] }) = over({})(min(k)), lastValue(k, { orderBy: [asc(k)], rows: {} }) = over({})(max(k))',
    statement: 'The first value in ascending order is the least, the last one the greatest.',
    sides: p => {
      const s = p.query('q')
      const k = keyOf(p, s.row)
      const by: readonly [string, Code<unknown>] = ['orderBy', list([x('asc', k(v(0)))])]
      const all = record([])
      const extremes = [
        [N, win('firstValue', k(v(0)), record([by]))],
        ['last', win('lastValue', k(v(0)), record([by, ['rows', all]]))],
      ] as const
      const aggregates = [
        [N, over(all, call('Agg', 'min', k(v(0))))],
        ['last', over(all, call('Agg', 'max', k(v(0))))],
      ] as const
      return [piped(s.code, q('window', fun(1, record(extremes)))), piped(s.code, q('window', fun(1, record(aggregates))))]
    },
  },
  {
    name: 'map(k) . where(n <= m) . window(n = rowNumber({ orderBy: [asc(k)] })) = map(k) . limit(m) . orderBy(asc(k))',
    statement: 'The rows with the first numbers are the first rows in the same order, as far as ties let them be told apart.',
    sides: p => {
      const s = p.query('q')
      const k = keyOf(p, s.row)
      const m = number(p.below(5))
      const by = list([x('asc', k(v(0)))])
      const keys = q('map', fun(1, record([['k', k(v(0))]])))
      return [
        piped(
          s.code,
          q('window', fun(1, record([[N, win('rowNumber', record([['orderBy', by]]))]]))),
          q('where', fun(1, x('lte', named(0, N), m))),
          keys,
        ),
        piped(s.code, q('orderBy', fun(1, by)), q('limit', m), keys),
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
      const s = p.ordered('q')
      const [a, b] = [p.keys('a', s.row), p.keys('b', s.row)]
      const both: Code<any> = {
        text: '[...b(s0), ...a(s0)]',
        build: env => [...b.code.build([])(env[0]), ...a.code.build([])(env[0])],
        uses: [...a.code.uses, ...b.code.uses],
      }
      return [piped(s.code, q('orderBy', a.code), q('orderBy', b.code)), piped(s.code, q('orderBy', fun(1, both)))]
    },
  },
  {
    name: 'orderBy(keys) = identity, as bags',
    statement: 'An order changes no rows.',
    sides: p => {
      const s = p.query('q')
      return [piped(s.code, q('orderBy', p.keys('keys', s.row).code)), s.code]
    },
  },
  {
    name: 'limit(n) . limit(m) = limit(min(m, n))',
    statement: 'The first of the first are the first.',
    ordered: true,
    sides: p => {
      const s = p.ordered('q')
      const [m, n] = [p.below(5), p.below(5)]
      return [piped(s.code, q('limit', number(m)), q('limit', number(n))), piped(s.code, q('limit', number(Math.min(m, n))))]
    },
  },
  {
    name: 'offset(n) . offset(m) = offset(m + n)',
    statement: 'Skipping twice skips the sum.',
    ordered: true,
    sides: p => {
      const s = p.ordered('q')
      const [m, n] = [p.below(4), p.below(4)]
      return [piped(s.code, q('offset', number(m)), q('offset', number(n))), piped(s.code, q('offset', number(m + n)))]
    },
  },
  {
    name: 'unionAll(offset(n)(q))(limit(n)(q)) = q',
    statement: 'The first n rows and the rest are all rows.',
    sides: p => {
      const s = p.ordered('q')
      const n = number(p.below(5))
      return [piped(s.code, q('limit', n), q('unionAll', piped(s.code, q('offset', n)))), s.code]
    },
  },
  {
    name: 'limit(0) = zero',
    statement: 'No rows are no rows.',
    sides: p => [piped(p.ordered('q').code, q('limit', number(0))), Q('zero')],
  },
]

const nested: readonly Equation[] = [
  {
    name: 'first(f(s)) = head(many(f(s)))',
    statement: 'The first row of a query is the head of all its rows.',
    sides: p => {
      const s = p.query('q')
      const f = p.kleisli('f', s.row, true)
      const rows = apply(f.code, v(0))
      const heads = pure('r => ({ x: O.fromNullable(r.x[0]) })', (r: { readonly x: readonly {}[] }) => ({ x: O.fromNullable(r.x[0]) }))
      const of = (how: string): Code<any> => q('map', fun(1, record([['x', q(how, rows)]])))
      return [piped(s.code, of('first')), piped(s.code, of('many'), q('mapRow', heads))]
    },
  },
  {
    name: 'many(where(() => p(s))(f(s))) = p(s) is true ? many(f(s)) : []',
    statement: 'A condition on the outer row alone keeps or drops a whole collection.',
    sides: p => {
      const s = p.query('q')
      const f = p.kleisli('f', s.row)
      const c = p.predicate('p', s.row)
      const within = record([['x', q('many', piped(apply(f.code, v(0)), q('where', fun(1, apply(c.code, v(0)), 1))))]])
      const outside = record([
        ['x', q('many', apply(f.code, v(0)))],
        ['p', apply(c.code, v(0))],
      ])
      const kept = pure('r => ({ x: r.p === true ? r.x : [] })', (r: any) => ({ x: r.p === true ? r.x : [] }))
      return [piped(s.code, q('map', fun(1, within))), piped(s.code, q('map', fun(1, outside)), q('mapRow', kept))]
    },
  },
  {
    name: 'exists(f(s)) = gt(scalar(count of f(s)), 0)',
    statement: 'A query has a row exactly when it has more than none.',
    sides: p => {
      const s = p.query('q')
      const f = p.kleisli('f', s.row)
      const count = x('scalar', piped(apply(f.code, v(0)), q('aggregate', fun(1, agg(), 1)), q('map', fun(1, a0(1), 1))))
      return [
        piped(s.code, q('where', fun(1, x('exists', apply(f.code, v(0)))))),
        piped(s.code, q('where', fun(1, x('gt', count, number(0))))),
      ]
    },
  },
]

const agg = (): Code<any> => ({
  text: '({ n: Agg.countAll })',
  build: () => ({ n: combinator('Agg', 'countAll').build([]) }),
  uses: ['Agg.countAll'],
})
const a0 = (index: number): Code<any> => ({ text: `s${index}.n`, build: env => (env[index] as any).n, uses: [] })

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
