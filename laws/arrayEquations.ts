/**
 * The equations of arrays: their elements as rows, and what is asked of all of them.
 *
 * In them xs is an array of some values of one kind, perhaps with nulls, s a row of any query, a and b expressions of it.
 */
import type { AnyQuery } from '../lib/core/syntax/Syntax.js'
import { apply, type Code, list, piped, record } from './arbitrary/Code.js'
import { call, columnOf } from './arbitrary/combinators.js'
import { type Kind, typeOfKind } from './arbitrary/Kind.js'
import { smallValues, valueCode } from './arbitrary/values.js'
import type { Equation, Parts } from './Equation.js'
import { countAll, fun, N, named, number, q, v, x } from './sides.js'

const KINDS: readonly Kind[] = ['text', 'int', 'bigint', 'numeric', 'float', 'boolean', 'bytes', 'timestamp', 'date', 'time', 'uuid']

/** An array of values of a kind, which may be null where it is told so. */
const arrayOfSome = (p: Parts, kind: Kind, isNullable: boolean, least = 0): Code<any> => {
  const values = smallValues(typeOfKind(kind))
  const some = Array.from({ length: least + p.below(4) }, () =>
    valueCode(isNullable && p.below(4) === 0 ? null : values[p.below(values.length)]),
  )
  const column = call('Column', 'arrayOf', columnOf({ ...typeOfKind(kind), nullable: isNullable }) as Code<unknown>)
  return apply(call('Expr', 'litOf', column), list(some))
}

const someKind = (p: Parts): Kind => KINDS[p.below(KINDS.length)] as Kind

const agg = (name: string, ...args: readonly Code<unknown>[]): Code<any> => call('Agg', name, ...args)

/** The rows of a query, each with one column. */
const eachWith = (rows: Code<AnyQuery>, e: Code<unknown>): Code<any> => piped(rows, q('map', fun(1, record([['x', e]]))))

/** One value of the elements of an array, below one variable. */
const ofAll = (array: Code<unknown>, aggregate: Code<unknown>): Code<any> =>
  x('scalar', piped(q('unnest', array), q('aggregate', fun(1, record([[N, aggregate]]), 1)), q('map', fun(1, named(1, N), 1))))

const values = (index: number): Code<any> => named(index, 'value')

export const arrays: readonly Equation[] = [
  {
    name: 'flatMap(s => values of unnest(array([a(s), b(s)]))) = flatMap(s => unionAll(of(b(s)))(of(a(s))))',
    statement: 'The elements of an array of expressions are those expressions.',
    sides: p => {
      const s = p.query('q')
      const a = p.expression('a', s.row)
      const b = p.expression('b', s.row, a.kind)
      const [one, other] = [apply(a.code, v(0)), apply(b.code, v(0))]
      const of = (e: Code<unknown>): Code<any> => q('of', record([['x', e]]))
      return [
        piped(
          s.code,
          q('flatMap', fun(1, piped(q('unnest', x('array', list([one, other]))), q('map', fun(1, record([['x', values(1)]]), 1))))),
        ),
        piped(s.code, q('flatMap', fun(1, piped(of(one), q('unionAll', of(other)))))),
      ]
    },
  },
  {
    name: 'arrayJoin(split(a, t), t) = a',
    statement: 'The parts of a text, joined again, are the text.',
    sides: p => {
      const s = p.query('q')
      const a = apply(p.expression('a', s.row, 'text').code, v(0))
      const t = valueCode([',', 'a', '~^', '"', '\\', 'é', '😀', ' '][p.below(8)])
      return [eachWith(s.code, x('arrayJoin', x('split', a, t), t)), eachWith(s.code, a)]
    },
  },
  {
    name: 'arrayJoin(split(a, t), u) = replace(a, t, u)',
    statement: 'Another separator is a replacement.',
    sides: p => {
      const s = p.query('q')
      const a = apply(p.expression('a', s.row, 'text').code, v(0))
      const [t, u] = [valueCode([',', 'a', '~', '"', 'aa'][p.below(5)]), valueCode(['', '-', 'é~'][p.below(3)])]
      return [eachWith(s.code, x('arrayJoin', x('split', a, t), u)), eachWith(s.code, x('replace', a, t, u))]
    },
  },
  {
    name: 'gt(arrayLength(split(a, t)), 1) = contains(a, t)',
    statement: 'A text with a separator has two parts at least.',
    sides: p => {
      const s = p.query('q')
      const a = apply(p.expression('a', s.row, 'text').code, v(0))
      const t = valueCode([',', 'a', '~', '"', '\\'][p.below(5)])
      return [eachWith(s.code, x('gt', x('arrayLength', x('split', a, t)), number(1))), eachWith(s.code, x('contains', a, t))]
    },
  },
  {
    name: 'arrayAgg(value, by position) of unnest(xs) = xs, where it has elements',
    statement: 'The elements of an array, collected in their order, are the array.',
    sides: p => {
      const rows = p.query('q').code
      const xs = arrayOfSome(p, someKind(p), true, 1)
      const order = record([['orderBy', list([x('asc', named(1, 'position'))])]])
      return [eachWith(rows, ofAll(xs, agg('arrayAgg', values(1), order))), eachWith(rows, xs)]
    },
  },
  {
    name: 'count of unnest(xs) = arrayLength(xs)',
    statement: 'An array has as many rows as elements.',
    sides: p => {
      const rows = p.query('q').code
      const xs = arrayOfSome(p, someKind(p), true)
      return [eachWith(rows, ofAll(xs, countAll)), eachWith(rows, x('arrayLength', xs))]
    },
  },
  {
    name: 'arrayAny(xs, v => eq(v, a)) = coalesce(arrayContains(xs, a), false)',
    statement: 'An element that is equal is contained.',
    sides: p => {
      const s = p.query('q')
      const kind = p.below(2) === 0 ? 'text' : 'int'
      const xs = arrayOfSome(p, kind, true)
      const a = apply(p.expression('a', s.row, kind).code, v(0))
      return [
        eachWith(s.code, x('arrayAny', xs, fun(1, x('eq', v(1), a), 1))),
        eachWith(s.code, x('coalesce', x('arrayContains', xs, a), valueCode(false))),
      ]
    },
  },
  {
    name: 'arrayAny(xs, v => eq(v, a)) = coalesce(inQuery(a, values of unnest(xs)), false)',
    statement: 'An element that is equal is a row that is equal, of any kind.',
    sides: p => {
      const s = p.query('q')
      const kind = someKind(p)
      const xs = arrayOfSome(p, kind, true)
      const a = apply(p.expression('a', s.row, kind).code, v(0))
      return [
        eachWith(s.code, x('arrayAny', xs, fun(1, x('eq', v(1), a), 1))),
        eachWith(s.code, x('coalesce', x('inQuery', a, piped(q('unnest', xs), q('map', fun(1, values(1), 1)))), valueCode(false))),
      ]
    },
  },
  {
    name: 'arrayEvery(xs, v => lte(v, a)) = not(arrayAny(xs, v => not(coalesce(lte(v, a), false))))',
    statement: 'What is true of each element is untrue of none.',
    sides: p => {
      const s = p.query('q')
      const kind = someKind(p)
      const xs = arrayOfSome(p, kind, true)
      const a = apply(p.expression('a', s.row, kind).code, v(0))
      const holds = x('lte', v(1), a)
      return [
        eachWith(s.code, x('arrayEvery', xs, fun(1, holds, 1))),
        eachWith(s.code, x('not', x('arrayAny', xs, fun(1, x('not', x('coalesce', holds, valueCode(false))), 1)))),
      ]
    },
  },
  {
    name: 'where(inList(a, xs)) = where(exists(unnest(xs) with value = a)), where no element is null',
    statement: 'A list of values is an array of them.',
    sides: p => {
      const s = p.query('q')
      const kind = someKind(p)
      const a = apply(p.expression('a', s.row, kind).code, v(0))
      const domain = smallValues(typeOfKind(kind))
      const some = list(Array.from({ length: p.below(4) }, () => valueCode(domain[p.below(domain.length)])))
      const xs = apply(call('Expr', 'litOf', call('Column', 'arrayOf', columnOf(typeOfKind(kind)) as Code<unknown>)), some)
      const found = x('exists', piped(q('unnest', xs), q('where', fun(1, x('eq', values(1), a), 1))))
      return [piped(s.code, q('where', fun(1, x('inList', a, some)))), piped(s.code, q('where', fun(1, found)))]
    },
  },
  {
    name: 'bind(x, () => unnest(xs)) . where(x.position <= n) = bind(x, () => limit(n)(orderBy(position)(unnest(xs))))',
    statement: 'The first elements are those with the first positions.',
    sides: p => {
      const s = p.query('q')
      const xs = arrayOfSome(p, someKind(p), true)
      const n = number(p.below(4))
      const at = { ...named(0, N), text: `s0.${N}.position`, build: (env: readonly any[]) => env[0][N].position }
      return [
        piped(s.code, q('bind', valueCode(N), fun(1, q('unnest', xs))), q('where', fun(1, x('lte', at, n)))),
        piped(
          s.code,
          q(
            'bind',
            valueCode(N),
            fun(1, piped(q('unnest', xs), q('orderBy', fun(1, list([x('asc', named(1, 'position'))]), 1)), q('limit', n))),
          ),
        ),
      ]
    },
  },
]
