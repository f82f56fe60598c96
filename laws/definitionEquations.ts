/**
 * The equations of WITH queries, recursion, full joins, distinctOn and grouping sets.
 *
 * In the names q and r are queries, f is a function from a row to the rows that follow it or from a row to keys and aggregates, k and l
 * are keys.
 */
import type { Equation, Parts, Rows } from './Equation.js'
import { Agg, Expr, type Fn, N, pipe, Q, Window } from './untyped.js'

/** Rows of a level and a value, and the two equal rows that follow each one below the second level. */
const climbing = (p: Parts): { readonly from: Rows; readonly f: Fn } => {
  const q = p.query('q')
  const k = p.expression('k', q)
  const one = (s: any) =>
    pipe(
      Q.of({ level: Expr.plus(s.level, 1), value: s.value }),
      Q.where(() => Expr.lt(s.level, 2)),
    )
  return {
    from: pipe(
      q,
      Q.map(s => ({ level: Expr.lit(0), value: k(s) })),
    ),
    f: s => pipe(one(s), Q.unionAll(one(s))),
  }
}

/** Two queries with a key each, of one kind, and whether a row of one matches a row of the other. */
const pair = (p: Parts) => {
  const [q, r] = [p.query('q'), p.query('r')]
  const k = p.expression('k', q)
  const l = p.expression('l', r, p.kindOf(k))
  return { q, r, k, l, matches: (s: any, t: any) => Expr.isNotDistinctFrom(k(s), l(t)) }
}

/** Groups by two keys, each with the number of its rows. */
const grouping = (p: Parts) => {
  const q = p.query('q')
  const [a, b] = [p.expression('k', q), p.expression('l', q)]
  return { q, a, b, f: (s: any) => ({ by: { a: a(s), b: b(s) }, of: { n: Agg.countAll } }) }
}

export const definitions: readonly Equation[] = [
  {
    name: 'cte(n) = identity',
    statement: 'A query in a WITH clause is the same query, in the same order.',
    ordered: true,
    sides: p => {
      const q = p.ordered('q')
      return [pipe(q, Q.cte('named')), q]
    },
  },
  {
    name: 'recursive(f)(q) = unionAll(recursive(f)(flatMap(f)(q)))(q)',
    statement: 'A recursion is its first rows, and the recursion from those that follow.',
    sides: p => {
      const { from, f } = climbing(p)
      return [pipe(from, Q.recursive(f)), pipe(from, Q.unionAll(pipe(from, Q.flatMap(f), Q.recursive(f))))]
    },
  },
  {
    name: 'recursive(() => zero) = identity',
    statement: 'If no rows follow, a recursion is its first rows.',
    sides: p => {
      const { from } = climbing(p)
      return [
        pipe(
          from,
          Q.recursive(() => Q.zero),
        ),
        from,
      ]
    },
  },
  {
    name: 'closure(f) = distinct . recursive(f)',
    statement: 'A closure is the distinct rows of a recursion that ends.',
    sides: p => {
      const { from, f } = climbing(p)
      return [pipe(from, Q.closure(f)), pipe(from, Q.recursive(f), Q.distinct)]
    },
  },
  {
    name: 'closure(s => of(s)) = distinct',
    statement: 'A closure visits each distinct row once, so a cycle ends.',
    sides: p => {
      const { from } = climbing(p)
      return [
        pipe(
          from,
          Q.closure(s => Q.of(s)),
        ),
        pipe(from, Q.distinct),
      ]
    },
  },
  {
    name: 'where(isSome(left)) . fullJoin(r, on) = bindLeft(n, s => where(on)(r)), each side by its key',
    statement: 'The rows of a full join that have a left side are those of the left join.',
    sides: p => {
      const { q, r, k, l, matches } = pair(p)
      return [
        pipe(
          q,
          Q.fullJoin(r, matches),
          Q.where(s => Expr.isSome(s.left)),
          Q.map(s => ({ a: Expr.maybe(s.left, k), b: Expr.maybe(s.right, l) })),
        ),
        pipe(
          q,
          Q.bindLeft(N, s =>
            pipe(
              r,
              Q.where(t => matches(s, t)),
            ),
          ),
          Q.map(s => ({ a: k(s), b: Expr.maybe(s[N], l) })),
        ),
      ]
    },
  },
  {
    name: 'fullJoin(r, on)(q) = fullJoin(q, on)(r), each side by its key',
    statement: 'A full join is symmetric.',
    sides: p => {
      const { q, r, k, l, matches } = pair(p)
      return [
        pipe(
          q,
          Q.fullJoin(r, matches),
          Q.map(s => ({ a: Expr.maybe(s.left, k), b: Expr.maybe(s.right, l) })),
        ),
        pipe(
          r,
          Q.fullJoin(q, (t, s) => matches(s, t)),
          Q.map(s => ({ a: Expr.maybe(s.right, k), b: Expr.maybe(s.left, l) })),
        ),
      ]
    },
  },
  {
    name: 'distinctOn(s => [k(s)]), by k = distinct, of k',
    statement: 'There is one first row for each distinct key.',
    sides: p => {
      const q = p.query('q')
      const k = p.expression('k', q)
      const keys = Q.map(s => ({ k: k(s) }))
      return [
        pipe(
          q,
          Q.distinctOn(s => [k(s)]),
          keys,
        ),
        pipe(q, keys, Q.distinct),
      ]
    },
  },
  {
    name: 'distinctOn(s => [k(s)]) . orderBy(asc(l)) = where(n = 1) . window(n = rowNumber by k, in the order of l), by k and l',
    statement: 'The first row of a key is the one that sorts first.',
    sides: p => {
      const q = p.query('q')
      const [k, l] = [p.expression('k', q), p.expression('l', q)]
      const keys = Q.map(s => ({ a: k(s), b: l(s) }))
      return [
        pipe(
          q,
          Q.orderBy(s => [Expr.asc(l(s))]),
          Q.distinctOn(s => [k(s)]),
          keys,
        ),
        pipe(
          q,
          Q.window(s => ({ [N]: Window.rowNumber({ partitionBy: [k(s)], orderBy: [Expr.asc(l(s))] }) })),
          Q.where(s => Expr.eq(s[N], 1)),
          keys,
        ),
      ]
    },
  },
  {
    name: 'rollup(f) = groupingSets([[a, b], [a], []])(f)',
    statement: 'A rollup groups by every prefix of its keys.',
    sides: p => {
      const { q, f } = grouping(p)
      return [pipe(q, Q.rollup(f)), pipe(q, Q.groupingSets([['a', 'b'], ['a'], []])(f))]
    },
  },
  {
    name: 'cube(f) = groupingSets([[a, b], [a], [b], []])(f)',
    statement: 'A cube groups by every subset of its keys.',
    sides: p => {
      const { q, f } = grouping(p)
      return [pipe(q, Q.cube(f)), pipe(q, Q.groupingSets([['a', 'b'], ['a'], ['b'], []])(f))]
    },
  },
  {
    name: 'groupingSets([a, b])(f)(q) = unionAll(groupingSets([b])(f)(q))(groupingSets([a])(f)(q))',
    statement: 'Grouping by several sets is grouping by each of them.',
    sides: p => {
      const { q, f } = grouping(p)
      const by = (...sets: readonly (readonly string[])[]) => pipe(q, Q.groupingSets(sets)(f))
      return [by(['b'], ['a', 'b'], []), pipe(by(['b']), Q.unionAll(by(['a', 'b'], [])))]
    },
  },
  {
    name: 'groupingSets([[a, b]])(f) = aggregate of the same keys',
    statement: 'A single set of all keys is an aggregate; no key is missing in it.',
    sides: p => {
      const { q, a, b, f } = grouping(p)
      const counts = Q.map(g => ({ n: g.n }))
      return [
        pipe(q, Q.groupingSets([['a', 'b']])(f), counts),
        pipe(
          q,
          Q.aggregate(s => ({ a: Agg.key(a(s)), b: Agg.key(b(s)), n: Agg.countAll })),
          counts,
        ),
      ]
    },
  },
]
