/**
 * The equations of named queries, recursions, full joins, first rows, grouping sets and locks.
 *
 * In them q and r are queries, f is a function from a row to the rows that follow it, k and l are keys, p is a condition.
 */
import { apply, type Code, list, piped, pure, record } from './arbitrary/Code.js'
import { call } from './arbitrary/combinators.js'
import type { Equation, Parts, Rows } from './Equation.js'
import { countAll, fun, N, name, named, number, Q, q, v, win, x } from './sides.js'

/** Rows of a level and a value, and the two rows that follow one below the third level. */
const climbing = (p: Parts): { readonly from: Code<any>; readonly f: Code<any> } => {
  const s = p.query('q')
  const k = p.expression('k', s.row)
  const row = (level: Code<unknown>, value: Code<unknown>): Code<any> =>
    record([
      ['level', level],
      ['value', value],
    ])
  const below = x('lt', named(0, 'level'), number(2))
  const one = piped(q('of', row(x('plus', named(0, 'level'), number(1)), named(0, 'value'))), q('where', fun(1, below, 1)))
  return {
    from: piped(s.code, q('map', fun(1, row(x('lit', number(0)), apply(k.code, v(0)))))),
    f: fun(1, piped(one, q('unionAll', one))),
  }
}

const isSome = (side: string): Code<any> => q('where', fun(1, x('isSome', named(0, side))))

/** The values of both sides of a full or left join, each null where its side is missing. */
const bothSides = (left: Code<unknown>, right: Code<unknown>): Code<any> =>
  q(
    'map',
    fun(
      1,
      record([
        ['a', left],
        ['b', right],
      ]),
    ),
  )

const maybe = (side: string, k: Code<any>): Code<any> => x('maybe', named(0, side), k)

/** Two queries with a key each, and whether a row of one agrees with a row of the other. */
const pair = (p: Parts) => {
  const [s, r] = [p.query('q'), p.query('r')]
  const k = p.expression('k', s.row)
  const l = p.expression('l', r.row, k.kind)
  const agree = (left: Code<unknown>, right: Code<unknown>): Code<any> => x('same', apply(k.code, left), apply(l.code, right))
  return { s, r, k: k.code, l: l.code, agree }
}

const keyed = (of: Rows, k: Code<any>): Code<any> => piped(of.code, q('map', fun(1, record([['k', apply(k, v(0))]]))))

const grouping = (p: Parts) => {
  const s = p.query('q')
  const [a, b] = [p.expression('k', s.row), p.expression('l', s.row)]
  const f = fun(
    1,
    record([
      [
        'by',
        record([
          ['a', apply(a.code, v(0))],
          ['b', apply(b.code, v(0))],
        ]),
      ],
      ['of', record([['n', countAll]])],
    ]),
  )
  const sets = (...some: readonly (readonly string[])[]): Code<any> => apply(q('groupingSets', pure(JSON.stringify(some), some)), f)
  return { s, a, b, f, sets }
}

export const definitions: readonly Equation[] = [
  {
    name: 'cte(n) = identity',
    statement: 'A query under a name is the same query, in the same order.',
    ordered: true,
    sides: p => {
      const s = p.ordered('q')
      return [piped(s.code, q('cte', name('named'))), s.code]
    },
  },
  {
    name: 'recursive(f)(q) = unionAll(recursive(f)(flatMap(f)(q)))(q)',
    statement: 'A recursion is its first rows, and the recursion from those that follow.',
    sides: p => {
      const { from, f } = climbing(p)
      return [piped(from, q('recursive', f)), piped(from, q('unionAll', piped(from, q('flatMap', f), q('recursive', f))))]
    },
  },
  {
    name: 'recursive(() => zero) = identity',
    statement: 'Where nothing follows, a recursion is its first rows.',
    sides: p => {
      const { from } = climbing(p)
      return [piped(from, q('recursive', fun(1, Q('zero')))), from]
    },
  },
  {
    name: 'closure(f) = distinct . recursive(f)',
    statement: 'A closure is the different rows of a recursion that ends.',
    sides: p => {
      const { from, f } = climbing(p)
      return [piped(from, q('closure', f)), piped(from, q('recursive', f), Q('distinct'))]
    },
  },
  {
    name: 'closure(s => of(s)) = distinct',
    statement: 'A closure goes on from each different row once: a circle ends.',
    sides: p => {
      const { from } = climbing(p)
      return [piped(from, q('closure', fun(1, q('of', v(0))))), piped(from, Q('distinct'))]
    },
  },
  {
    name: 'where(isSome(left)) . fullJoin(r, on) = bindLeft(n, s => where(on)(r)), each side by its key',
    statement: 'The rows of a full join that have a left side are those of the left join.',
    sides: p => {
      const { s, r, k, l, agree } = pair(p)
      const joined = q('bindLeft', name(N), fun(1, piped(r.code, q('where', fun(1, agree(v(0), v(1)), 1)))))
      return [
        piped(s.code, q('fullJoin', r.code, fun(2, agree(v(0), v(1)))), isSome('left'), bothSides(maybe('left', k), maybe('right', l))),
        piped(s.code, joined, bothSides(apply(k, v(0)), maybe(N, l))),
      ]
    },
  },
  {
    name: 'fullJoin(r, on)(q) = fullJoin(q, on)(r), each side by its key',
    statement: 'A full join has no side that matters more.',
    sides: p => {
      const { s, r, k, l, agree } = pair(p)
      return [
        piped(s.code, q('fullJoin', r.code, fun(2, agree(v(0), v(1)))), bothSides(maybe('left', k), maybe('right', l))),
        piped(r.code, q('fullJoin', s.code, fun(2, agree(v(1), v(0)))), bothSides(maybe('right', k), maybe('left', l))),
      ]
    },
  },
  {
    name: 'distinctOn(s => [k(s)]), by k = distinct, of k',
    statement: 'There is one first row for each different key.',
    sides: p => {
      const s = p.query('q')
      const k = p.expression('k', s.row)
      const by = fun(1, list([apply(k.code, v(0))]))
      const rows: Rows = { ...s, code: piped(s.code, q('distinctOn', by)) }
      return [keyed(rows, k.code), piped(keyed(s, k.code), Q('distinct'))]
    },
  },
  {
    name: 'distinctOn(s => [k(s)]) . orderBy(asc(l)) = where(n = 1) . window(n = rowNumber by k, in the order of l), by k and l',
    statement: 'The first row of a key is the one that the order puts first.',
    sides: p => {
      const s = p.query('q')
      const [k, l] = [p.expression('k', s.row), p.expression('l', s.row)]
      const [of, order] = [list([apply(k.code, v(0))]), list([x('asc', apply(l.code, v(0)))])]
      const numbered = q(
        'window',
        fun(
          1,
          record([
            [
              N,
              win(
                'rowNumber',
                record([
                  ['partitionBy', of],
                  ['orderBy', order],
                ]),
              ),
            ],
          ]),
        ),
      )
      const values = bothSides(apply(k.code, v(0)), apply(l.code, v(0)))
      return [
        piped(s.code, q('orderBy', fun(1, order)), q('distinctOn', fun(1, of)), values),
        piped(s.code, numbered, q('where', fun(1, x('eq', named(0, N), number(1)))), values),
      ]
    },
  },
  {
    name: 'rollup(f) = groupingSets([[a, b], [a], []])(f)',
    statement: 'A rollup groups by every prefix of its keys.',
    sides: p => {
      const { s, f, sets } = grouping(p)
      return [piped(s.code, q('rollup', f)), piped(s.code, sets(['a', 'b'], ['a'], []))]
    },
  },
  {
    name: 'cube(f) = groupingSets([[a, b], [a], [b], []])(f)',
    statement: 'A cube groups by every choice of its keys.',
    sides: p => {
      const { s, f, sets } = grouping(p)
      return [piped(s.code, q('cube', f)), piped(s.code, sets(['a', 'b'], ['a'], ['b'], []))]
    },
  },
  {
    name: 'groupingSets([a, b])(f)(q) = unionAll(groupingSets([b])(f)(q))(groupingSets([a])(f)(q))',
    statement: 'Grouping by several sets is grouping by each of them.',
    sides: p => {
      const { s, sets } = grouping(p)
      return [piped(s.code, sets(['b'], ['a', 'b'], [])), piped(s.code, sets(['b']), q('unionAll', piped(s.code, sets(['a', 'b'], []))))]
    },
  },
  {
    name: 'groupingSets([[a, b]])(f) = aggregate of the same keys',
    statement: 'One set of all keys is an aggregate; no key is missing in it.',
    sides: p => {
      const { s, a, b, sets } = grouping(p)
      return [
        piped(s.code, sets(['a', 'b']), q('map', fun(1, record([['n', named(0, 'n')]])))),
        piped(
          s.code,
          q(
            'aggregate',
            fun(
              1,
              record([
                ['a', call('Agg', 'key', apply(a.code, v(0)))],
                ['b', call('Agg', 'key', apply(b.code, v(0)))],
                ['n', countAll],
              ]),
            ),
          ),
          q('map', fun(1, record([['n', named(0, 'n')]]))),
        ),
      ]
    },
  },
]
