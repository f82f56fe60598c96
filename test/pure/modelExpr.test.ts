/** The meaning of expressions: the decisions on null, truth, numbers, text and casts, on the model alone. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import {
  anyJson,
  arrayOf,
  bigint,
  boolean,
  date,
  enumOf,
  float,
  int,
  type Json,
  nullable,
  numeric,
  smallint,
  text,
  time,
  timestamp,
  uuid,
} from '../../lib/Column.js'
import type { AnyExpr, Expr } from '../../lib/core/syntax/Syntax.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import { empty } from '../../lib/model/Database.js'
import { evaluate } from '../../lib/model/evaluate.js'
import * as Q from '../../lib/Query.js'
import { suite } from '../suite.js'

const answer = (e: AnyExpr): E.Either<DbError, unknown> =>
  pipe(
    evaluate(empty, Q.of({ v: e })),
    E.map(rows => (rows[0] as { readonly v: unknown }).v),
  )

const is = (e: AnyExpr, expected: unknown): void => assert.equal(answer(e), E.right(expected))

const fails = (e: AnyExpr, tag: DbError['_tag']): void => {
  const a = answer(e)
  assert.is(E.isLeft(a) ? a.left._tag : a, tag)
}

const n = (value: number): Expr<number> => X.litOf(int)(value)
const big = (value: bigint): Expr<bigint> => X.lit(value)
const money = X.litOf(numeric(10, 2))
const noInt = X.nullOf(int)
const noText = X.nullOf(text)
const noBigint = X.nullOf(bigint)
const noBoolean = X.nullOf(boolean)
const MAX = 2n ** 63n - 1n
const MIN = -(2n ** 63n)

const truth = suite('model: null and truth')

const T = X.litOf(boolean)(true)
const F = X.litOf(boolean)(false)
const values = [
  [T, true],
  [F, false],
  [noBoolean, null],
] as const

/** Kleene's tables, row by row: for true, false, null against true, false, null. */
const AND = [true, false, null, false, false, false, null, false, null]
const OR = [true, true, true, true, false, null, true, null, null]

truth('S8: and, or, not are the tables of Kleene', () => {
  const pairs = values.flatMap(([a]) => values.map(([b]) => [a, b] as const))
  pairs.forEach(([a, b], i) => {
    is(X.and(a, b), AND[i])
    is(X.or(a, b), OR[i])
  })
  is(X.not(T), false)
  is(X.not(F), true)
  is(X.not(noBoolean), null)
})

truth('S8: three operands', () => {
  is(X.and(T, noBoolean, F), false)
  is(X.and(T, noBoolean, T), null)
  is(X.or(F, noBoolean, T), true)
  is(X.or(F, noBoolean, F), null)
})

truth('S11: and() is true, or() is false, and of one is that one', () => {
  is(X.and(), true)
  is(X.or(), false)
  is(X.and(noBoolean), null)
})

truth('S8: where keeps a row only when its predicate is true', () => {
  const q = pipe(
    Q.values({ a: text, p: { ...boolean, type: { ...boolean.type, nullable: true } } })([
      { a: 'true', p: true },
      { a: 'false', p: false },
      { a: 'null', p: null as never },
    ]),
    Q.where(r => r.p),
    Q.map(r => r.a),
  )
  assert.equal(evaluate(empty, q), E.right(['true']))
})

truth('S9: a comparison with a null operand is null', () => {
  for (const f of [X.eq, X.ne, X.lt, X.lte, X.gt, X.gte]) {
    is(f(noInt, n(1)), null)
    is(f(X.coalesce(n(1), 2) as Expr<number | null>, noInt), null)
    is(f(noInt, noInt), null)
  }
})

truth('S9: isNotDistinctFrom is null-safe and never null', () => {
  is(X.isNotDistinctFrom(noInt, noInt), true)
  is(X.isNotDistinctFrom(noInt, n(1)), false)
  is(X.isNotDistinctFrom(n(1), n(1)), true)
  is(X.isNotDistinctFrom(n(1), n(2)), false)
})

truth('S9: inList and notIn', () => {
  is(X.inList(n(1), []), false)
  is(X.notIn(n(1), []), true)
  is(X.inList(noInt, []), false)
  is(X.inList(n(2), [1, 2]), true)
  is(X.inList(n(3), [1, 2]), false)
  is(X.inList(noInt, [1, 2]), null)
  is(X.notIn(n(3), [1, 2]), true)
  is(X.notIn(noInt, [1, 2]), null)
  is(X.inList(money('1.50'), ['1.5', '2']), true)
})

truth('between is two comparisons', () => {
  is(X.between(n(2), 1, 3), true)
  is(X.between(n(1), 1, 3), true)
  is(X.between(n(3), 1, 3), true)
  is(X.between(n(4), 1, 3), false)
  is(X.between(noInt, 1, 3), null)
  is(X.between(n(2), noInt, 3), null)
  is(X.between(n(4), noInt, 3), false)
  is(X.between(n(0), 1, noInt), false)
})

truth('isNull and isNotNull are never null', () => {
  is(X.isNull(noInt), true)
  is(X.isNull(n(1)), false)
  is(X.isNotNull(noInt), false)
})

truth('case takes the first branch that is true, not the first that is not false', () => {
  const choose = (a: X.Pred, b: X.Pred) =>
    X.caseWhen(
      [
        [a, X.lit('first')],
        [b, X.lit('second')],
      ],
      X.lit('otherwise'),
    )
  is(choose(T, T), 'first')
  is(choose(noBoolean, T), 'second')
  is(choose(F, noBoolean), 'otherwise')
  is(X.caseWhen([[F, n(1)]], noInt), null)
})

truth('coalesce and nullIf', () => {
  is(X.coalesce(noInt, 7), 7)
  is(X.coalesce(n(1), 7), 1)
  is(X.coalesce(X.plus(noInt, 1), X.plus(n(0), 0)), 0)
  is(X.coalesce(n(0), 7), 0)
  is(X.coalesce(X.and(F, noBoolean), true), false)
  is(X.coalesce(X.concat('', ''), 'x'), '')
  is(X.coalesce(noInt, noInt), null)
  is(X.coalesce(noInt, 1.5), 1.5)
  is(X.coalesce(n(1), 1.5), 1)
  is(X.nullIf(n(1), 1), null)
  is(X.nullIf(n(1), 2), 1)
  is(X.nullIf(n(1), noInt), 1)
  is(X.nullIf(noInt, 1), null)
})

truth('operands that do not decide are not looked at', () => {
  const overflowing = X.eq(X.plus(big(MAX), 1n), 1n)
  is(X.and(F, overflowing), false)
  is(X.or(T, overflowing), true)
  is(X.caseWhen([[T, n(1)]], X.cast(int)(X.plus(big(MAX), 1n))), 1)
  fails(X.and(T, overflowing), 'NumericOverflow')
})

truth.run()

const numbers = suite('model: numbers')

numbers('S12: integers have 64 bits', () => {
  is(X.plus(big(MAX - 1n), 1n), MAX)
  fails(X.plus(big(MAX), 1n), 'NumericOverflow')
  is(X.minus(big(MIN + 1n), 1n), MIN)
  fails(X.minus(big(MIN), 1n), 'NumericOverflow')
  fails(X.times(big(2n ** 62n), 2n), 'NumericOverflow')
  is(X.times(big(2n ** 62n), -2n), MIN)
  fails(X.neg(big(MIN)), 'NumericOverflow')
  fails(X.quot(big(MIN), -1n), 'NumericOverflow')
  is(X.rem(big(MIN), -1n), 0n)
})

numbers('S12: 32-bit operands are widened; a result of int is checked against the safe range of number', () => {
  is(X.plus(n(2147483647), 1), 2147483648)
  is(X.plus(X.litOf(smallint)(32767), 1), 32768)
  fails(X.times(n(2147483647), 2147483647), 'NumericOverflow')
  is(X.quot(X.times(n(2147483647), 2147483647), n(2147483647)), 2147483647)
  is(X.cast(bigint)(X.times(n(2147483647), 2147483647)), 4611686014132420609n)
  is(X.gt(X.times(n(2147483647), 2147483647), X.cast(int)(big(2n ** 53n))), true)
})

numbers('S13: quot truncates toward zero and rem has the sign of the dividend', () => {
  const cases = [
    [7, 2, 3, 1],
    [-7, 2, -3, -1],
    [7, -2, -3, 1],
    [-7, -2, 3, -1],
  ] as const
  for (const [a, b, q, r] of cases) {
    is(X.quot(n(a), b), q)
    is(X.rem(n(a), b), r)
  }
})

numbers('S13: division by zero is null', () => {
  is(X.quot(n(1), 0), null)
  is(X.rem(n(1), 0), null)
  is(X.div(n(1), 0), null)
  is(X.div(X.lit(1.5), 0), null)
  is(X.quot(big(1n), 0n), null)
})

numbers('S13: div is float division', () => {
  is(X.div(n(1), 2), 0.5)
  is(X.div(n(-7), 2), -3.5)
})

numbers('arithmetic with null is null', () => {
  for (const f of [X.plus, X.minus, X.times]) {
    is(f(noInt, 1), null)
    is(f(n(1), noInt), null)
  }
  is(X.neg(noInt), null)
  is(X.plus(noBigint, 1n), null)
})

numbers('integers and floats mix: sums are floats, comparisons are exact', () => {
  is(X.plus(n(1), 0.5), 1.5)
  is(X.lt(n(1), 1.5), true)
  is(X.eq(n(1), X.cast(float)(n(1))), true)
  is(X.eq(X.cast(int)(big(2n ** 53n + 1n)), X.litOf(float)(2 ** 53)), false)
})

numbers('S16: a float result that is not finite is an overflow, and -0 is 0', () => {
  fails(X.times(X.litOf(float)(1e200), 1e200), 'NumericOverflow')
  fails(X.div(X.litOf(float)(1e200), X.litOf(float)(1e-200)), 'NumericOverflow')
  fails(X.lit(Number.NaN), 'NumericOverflow')
  const zero = answer(X.times(X.litOf(float)(-1), X.litOf(float)(0)))
  assert.ok(E.isRight(zero) && Object.is(zero.right, 0))
  const negative = answer(X.neg(X.litOf(float)(0)))
  assert.ok(E.isRight(negative) && Object.is(negative.right, 0))
})

numbers('S14: numerics are exact, at the larger scale for sums and the sum of scales for products', () => {
  is(X.plus(money('0.10'), '0.2'), '0.30')
  is(X.plus(money('1.00'), X.litOf(numeric(10, 3))('0.001')), '1.001')
  is(X.minus(money('0.10'), '0.2'), '-0.10')
  is(X.times(money('1.50'), money('1.50')), '2.2500')
  is(X.neg(money('1.50')), '-1.50')
  is(X.eq(money('1.50'), '1.5'), true)
  is(X.lt(money('9.99'), '10'), true)
  is(X.lt(money('-1.00'), '-0.99'), true)
})

numbers('S14: up to 18 digits a numeric has 64 bits, beyond that any number', () => {
  const small = X.litOf(numeric(18, 0))
  const large = X.litOf(numeric(38, 0))
  fails(X.times(small('999999999999999999'), small('10')), 'NumericOverflow')
  is(X.times(large('999999999999999999'), large('999999999999999999')), '999999999999999998000000000000000001')
})

numbers('casts between numbers', () => {
  is(X.cast(text)(n(-12)), '-12')
  is(X.cast(text)(big(MIN)), '-9223372036854775808')
  is(X.cast(float)(money('0.10')), 0.1)
  is(X.cast(numeric(12, 4))(money('1.50')), '1.5000')
  is(X.cast(numeric(12, 2))(n(3)), '3.00')
  is(X.cast(bigint)(n(3)), 3n)
  is(X.cast(int)(big(3n)), 3)
  fails(X.cast(int)(big(2n ** 53n)), 'NumericOverflow')
  fails(X.cast(numeric(18, 18))(big(10n)), 'NumericOverflow')
  is(X.cast(text)(noInt), null)
  is(X.cast(int)(money('1.50')), 2)
  fails(X.cast(date)(money('1.50')), 'ValidationError')
})

numbers('abs and sign', () => {
  is(X.abs(n(-3)), 3)
  is(X.abs(X.litOf(smallint)(-32768)), 32768)
  is(X.abs(X.lit(-1.5)), 1.5)
  is(X.abs(money('-1.50')), '1.50')
  is(X.abs(big(-MAX)), MAX)
  fails(X.abs(big(MIN)), 'NumericOverflow')
  is(X.abs(noBigint), null)
  for (const [value, expected] of [
    [-2.5, -1],
    [0, 0],
    [0.1, 1],
  ] as const)
    is(X.sign(X.litOf(float)(value)), expected)
  is(X.sign(big(MIN)), -1)
  is(X.sign(money('-0.01')), -1)
  is(X.sign(money('0.00')), 0)
  is(X.sign(noInt), null)
})

numbers('floor, ceil and round: halves go away from zero', () => {
  const cases = [
    [2.5, 2, 3, 3],
    [-2.5, -3, -2, -3],
    [1.5, 1, 2, 2],
    [0.5, 0, 1, 1],
    [-0.5, -1, 0, -1],
    [0.49999999999999994, 0, 1, 0],
    [1.4999999999999998, 1, 2, 1],
    [2.4999999999999996, 2, 3, 2],
    [3, 3, 3, 3],
    [4503599627370497, 4503599627370497, 4503599627370497, 4503599627370497],
    [2251799813685248.5, 2251799813685248, 2251799813685249, 2251799813685249],
    [1e300, 1e300, 1e300, 1e300],
  ] as const
  for (const [value, down, up, nearest] of cases) {
    is(X.floor(X.litOf(float)(value)), down)
    is(X.ceil(X.litOf(float)(value)), up)
    is(X.round(X.litOf(float)(value)), nearest)
  }
  const decimals = [
    ['2.50', '2.00', '3.00', '3.00'],
    ['-2.50', '-3.00', '-2.00', '-3.00'],
    ['-0.49', '-1.00', '0.00', '0.00'],
    ['7.00', '7.00', '7.00', '7.00'],
    ['0.01', '0.00', '1.00', '0.00'],
  ] as const
  for (const [value, down, up, nearest] of decimals) {
    is(X.floor(money(value)), down)
    is(X.ceil(money(value)), up)
    is(X.round(money(value)), nearest)
  }
  is(X.round(X.litOf(numeric(4, 0))('7')), '7')
  for (const f of [X.floor, X.ceil, X.round]) {
    is(f(n(-7)), -7)
    is(f(noInt), null)
    is(f(X.nullOf(float)), null)
  }
  const negative = answer(X.ceil(X.lit(-0.5)))
  assert.ok(E.isRight(negative) && Object.is(negative.right, 0))
  fails(X.floor(X.lit('1') as never), 'ValidationError')
})

numbers('power and sqrt are null where there is no such number', () => {
  is(X.power(n(2), 10), 1024)
  is(X.power(X.lit(0.5), -1), 2)
  is(X.power(n(0), 0), 1)
  is(X.power(n(0), -1), null)
  is(X.power(n(-8), 3), -512)
  is(X.power(n(-8), 0.5), null)
  is(X.power(n(4), 0.5), 2)
  is(X.power(noInt, 0), null)
  is(X.power(n(1), noInt), null)
  fails(X.power(X.lit(1e200), 2), 'NumericOverflow')
  fails(X.power(money('1.50') as never, 2), 'ValidationError')
  is(X.sqrt(n(9)), 3)
  is(X.sqrt(X.lit(-0.25)), null)
  is(X.sqrt(noInt), null)
})

numbers('atan2 is an angle, of the origin too; a zero has no sign', () => {
  is(X.atan2(n(0), 1), 0)
  is(X.atan2(n(0), -1), Math.PI)
  is(X.atan2(X.neg(X.lit(0.5)), X.lit(0)), -Math.PI / 2)
  is(X.atan2(n(0), 0), 0)
  const minusZero = X.ceil(X.lit(-0.5))
  is(X.atan2(minusZero, -1), Math.PI)
  is(X.atan2(n(0), minusZero), 0)
  is(X.atan2(X.lit(5e-324), 1e300), 0)
  is(X.atan2(X.lit(1), 1), Math.PI / 4)
  is(X.atan2(noInt, 1), null)
  is(X.atan2(n(1), noInt), null)
  fails(X.atan2(money('1.50') as never, 2), 'ValidationError')
})

numbers('greatest and least are null when one is', () => {
  is(X.greatest(n(1), 3, n(2)), 3)
  is(X.least(n(1), 3, n(2)), 1)
  is(X.greatest(n(1), 1.5), 1.5)
  is(X.greatest(n(1), noInt), null)
  is(X.least(noInt, 1), null)
  is(X.greatest(money('1.50'), '1.505'), '1.505')
  is(X.least(money('1.50'), '10'), '1.50')
  is(X.greatest(X.lit('a'), 'B', '\uFFFD', '\u{1F600}'), '\u{1F600}')
  is(X.least(X.lit('a'), 'B'), 'B')
  is(X.greatest(n(7)), 7)
  is(X.greatest(noInt), null)
  is(
    [4, 9, 2].reduce((e: Expr<number>, x) => X.greatest(e, x), n(1)),
    9,
  )
  is(
    Array.from({ length: 400 }).reduce((e: Expr<number>, _, i) => X.least(e, -i), n(1)),
    -399,
  )
  fails(X.greatest(X.litOf(boolean)(true) as never, true as never), 'ValidationError')
})

numbers.run()

const texts = suite('model: text')

const ASTRAL = '\u{1F600}'
const t = X.lit

texts('S17: text compares by code point, not by UTF-16 unit', () => {
  is(X.lt(t('\uFFFD'), ASTRAL), true)
  is(X.lt(t('a\uFFFDz'), `a${ASTRAL}a`), true)
  is(X.lt(t(ASTRAL), '\u{1F601}'), true)
  is(X.lt(t('a'), 'ab'), true)
  is(X.lt(t('Z'), 'a'), true)
  is(X.lt(t(''), 'a'), true)
})

texts('S17: trailing spaces count, and the empty text is not null', () => {
  is(X.eq(t('a'), 'a '), false)
  is(X.isNull(t('')), false)
  is(X.eq(t('é'), 'e\u0301'), false)
})

texts('S19: lower and upper map one code point to one', () => {
  is(X.lower(t('ÄÉΣΩЖ')), 'äéσωж')
  is(X.upper(t('äéσςωж')), 'ÄÉΣΣΩЖ')
  is(X.upper(t('straße')), 'STRAßE')
  is(X.lower(t('ΟΔΟΣ')), 'οδοσ')
  is(X.lower(t('\u{10400}')), '\u{10428}')
  is(X.lower(noText), null)
})

texts('S20: length, substring and position count code points from 1', () => {
  is(X.length(t(`a${ASTRAL}b`)), 3)
  is(X.substring(t(`a${ASTRAL}b`), 2, 1), ASTRAL)
  is(X.substring(t(`a${ASTRAL}b`), 2), `${ASTRAL}b`)
  is(X.substring(t('abc'), 4), '')
  is(X.substring(t('abc'), 2, 0), '')
  is(X.substring(t('abc'), 2, 99), 'bc')
  is(X.position(t(`a${ASTRAL}b`), 'b'), 3)
  is(X.position(t('abc'), 'x'), 0)
  is(X.position(t('abc'), ''), 1)
  is(X.position(t(''), ''), 1)
  is(X.position(t('abcabc'), 'bc'), 2)
  is(X.position(t('abc'), noText), null)
})

texts('S20: concat with a null is null', () => {
  is(X.concat('a', t('b'), 'c'), 'abc')
  is(X.concat('a', noText), null)
  is(X.concat(), '')
})

texts('like: any text, any code point, and the escape', () => {
  const cases = [
    ['abc', 'abc', true],
    ['abc', 'ab', false],
    ['abc', 'a%', true],
    ['abc', '%c', true],
    ['abc', '%b%', true],
    ['abc', '%', true],
    ['', '%', true],
    ['', '_', false],
    ['abc', 'a_c', true],
    ['abc', '____', false],
    [`a${ASTRAL}c`, 'a_c', true],
    [ASTRAL, '__', false],
    ['a\nb', 'a_b', true],
    ['a\nb', 'a%', true],
    ['50%', '50!%', true],
    ['505', '50!%', false],
    ['a_b', 'a!_b', true],
    ['axb', 'a!_b', false],
    ['a!b', 'a!!b', true],
    ['abab', '%ab', true],
    ['aab', '%a%b', true],
    ['ba', '%a%b', false],
    ['a.c', 'a.c', true],
    ['abc', 'a.c', false],
    ['ABC', 'abc', false],
  ] as const
  for (const [s, p, expected] of cases) assert.equal([s, p, answer(X.like(t(s), p))], [s, p, E.right(expected)])
  is(X.like(noText, '%'), null)
  fails(X.like(t('a'), 'a!'), 'ValidationError')
})

texts('S19: ilike has no regard to case', () => {
  is(X.ilike(t('Ärger ΣΟΣ'), 'äRGER%'), true)
  is(X.ilike(t('ΣΟΣ'), 'σος'), false)
  is(X.ilike(t('ΣΟΣ'), 'σοσ'), true)
  is(X.ilike(t('STRASSE'), 'straße'), false)
  is(X.ilike(noText, '%'), null)
})

texts('S20: contains, startsWith and endsWith take wildcards as they are', () => {
  is(X.contains(t('100%'), '0%'), true)
  is(X.contains(t('1000'), '0%'), false)
  is(X.contains(t('a!b'), '!'), true)
  is(X.startsWith(t('_a'), '_'), true)
  is(X.startsWith(t('ba'), '_'), false)
  is(X.endsWith(t('a%'), '%'), true)
  is(X.contains(t('a%b'), t('%b')), true)
  is(X.contains(t('axb'), t('%b')), false)
  is(X.startsWith(t('abc'), t('ab')), true)
  is(X.endsWith(t('abc'), t('bc')), true)
  is(X.endsWith(t('abc'), noText), null)
  is(X.contains(t(''), t('')), true)
})

texts('trim takes the space U+0020 only', () => {
  is(X.trim(t('  a b\t ')), 'a b\t')
  is(X.trimStart(t('  a ')), 'a ')
  is(X.trimEnd(t('  a ')), '  a')
  is(X.trim(t('   ')), '')
  is(X.trim(t('\u00a0a\n')), '\u00a0a\n')
  is(X.trim(noText), null)
  fails(X.trim(X.litOf(uuid)('00000000-0000-0000-0000-00000000000A')), 'ValidationError')
})

texts('replace changes every occurrence, and nothing for an empty text', () => {
  is(X.replace(t('abcabc'), 'bc', 'x'), 'axax')
  is(X.replace(t('aaa'), 'aa', 'b'), 'ba')
  is(X.replace(t('abc'), '', 'x'), 'abc')
  is(X.replace(t('aAa'), 'A', '$&'), 'a$&a')
  is(X.replace(t('abc'), 'b', ''), 'ac')
  is(X.replace(t('abc'), 'b', noText), null)
  is(X.replace(t('abc'), '', noText), null)
  is(X.replace(noText, 'b', ''), null)
})

texts('left, right, reverse and repeat count code points', () => {
  is(X.left(t(`a${ASTRAL}b`), 2), `a${ASTRAL}`)
  is(X.right(t(`a${ASTRAL}b`), 2), `${ASTRAL}b`)
  is(X.left(t('abc'), 0), '')
  is(X.right(t('abc'), 0), '')
  is(X.left(t('abc'), 9_007_199_254_740_991), 'abc')
  is(X.right(t('abc'), 9_007_199_254_740_991), 'abc')
  is(X.reverse(t(`a${ASTRAL}b`)), `b${ASTRAL}a`)
  is(X.repeat(t(`a${ASTRAL}`), 2), `a${ASTRAL}a${ASTRAL}`)
  is(X.repeat(t('a'), 0), '')
  for (const f of [X.left, X.right, X.repeat]) {
    is(f(noText, 0), null)
    for (const count of [-1, 0.5, Number.NaN, '1' as never]) fails(f(t('a'), count), 'ValidationError')
  }
  fails(X.repeat(t('a'), 1_000_001), 'ValidationError')
  is(X.reverse(noText), null)
})

texts('padStart and padEnd fill up, and cut nothing', () => {
  is(X.padStart(t('a'), 4, 'xy'), 'xyxa')
  is(X.padEnd(t('a'), 4, 'xy'), 'axyx')
  is(X.padStart(t(ASTRAL), 3, ASTRAL), ASTRAL.repeat(3))
  is(X.padStart(t('abc'), 2), 'abc')
  is(X.padEnd(t('abc'), 0), 'abc')
  is(X.padEnd(t('a'), 3), 'a  ')
  is(X.padStart(noText, 3), null)
  fails(X.padStart(t('a'), 3, ''), 'ValidationError')
  fails(X.padEnd(t('a'), -1), 'ValidationError')
  fails(X.padEnd(t('a'), 1_000_001), 'ValidationError')
})

texts.run()

const times = suite('model: dates')

const day = (s: string): Expr<string> => X.litOf(date)(s)
const at = (s: string): Expr<Date> => X.lit(new Date(s))

times('parts of days and instants, in UTC', () => {
  const parts = { year: 2024, quarter: 4, month: 12, day: 29, dayOfWeek: 7, dayOfYear: 364 } as const
  for (const [part, n] of Object.entries(parts)) is(X.datePart(day('2024-12-29'), part as 'year'), n)
  const clock = { hour: 23, minute: 59, second: 58, millisecond: 7, epochMilliseconds: -1_993 } as const
  for (const [part, n] of Object.entries(clock)) is(X.datePart(at('1969-12-31T23:59:58.007Z'), part as 'hour'), n)
  is(X.datePart(X.litOf(time)('23:59:58.007'), 'millisecond'), 7)
  is(X.datePart(day('0001-01-01'), 'dayOfWeek'), 1)
  is(X.datePart(day('2023-12-31'), 'dayOfYear'), 365)
  is(X.datePart(X.nullOf(date), 'year'), null)
})

times('the beginning of what a day or an instant lies in', () => {
  is(X.dateTrunc(day('2024-12-29'), 'week'), '2024-12-23')
  is(X.dateTrunc(day('2024-12-29'), 'quarter'), '2024-10-01')
  is(X.dateTrunc(day('0001-01-03'), 'week'), '0001-01-01')
  is(X.dateTrunc(at('1969-12-31T23:59:58.007Z'), 'minute'), new Date('1969-12-31T23:59:00Z'))
  is(X.dateTrunc(at('0099-12-31T23:59:58.007Z'), 'year'), new Date('0099-01-01T00:00:00Z'))
})

times('S24: adding months clamps to the end of the month', () => {
  is(X.dateAdd(day('2024-01-31'), { months: 1 }), '2024-02-29')
  is(X.dateAdd(day('2024-02-29'), { years: 1 }), '2025-02-28')
  is(X.dateAdd(day('2024-03-31'), { months: -1, days: 1 }), '2024-03-01')
  is(X.dateAdd(X.dateAdd(day('2024-01-31'), { months: 1 }), { months: -1 }), '2024-01-29')
  is(X.dateAdd(at('2023-12-31T12:00:00.001Z'), { months: 2, hours: 12 }), new Date('2024-03-01T00:00:00.001Z'))
  is(X.dateAdd(day('2024-01-31'), {}), '2024-01-31')
  is(X.dateAdd(day('2024-01-31'), { days: noInt }), null)
  is(X.dateAdd(day('2024-01-31'), { months: noInt, days: 1 }), null)
})

times('there are the years 1 to 9999, and nothing beyond', () => {
  is(X.dateAdd(day('0001-01-31'), { months: -1 }), null)
  is(X.dateAdd(day('9999-12-31'), { days: 1 }), null)
  is(X.dateAdd(at('9999-12-31T23:59:59.999Z'), { milliseconds: 1 }), null)
  is(X.dateAdd(day('9999-12-31'), { months: 1, days: -31 }), null)
  is(X.dateAdd(day('2024-01-31'), { days: X.lit(Number.MAX_SAFE_INTEGER) }), null)
  is(X.daysBetween(day('9999-12-31'), '0001-01-01'), -3_652_058)
  is(X.millisecondsBetween(at('1970-01-01T00:00:00.000Z'), new Date(-1)), -1)
})

times('what is no part, unit or duration is refused', () => {
  fails(X.datePart(day('2024-01-31'), 'hour'), 'ValidationError')
  fails(X.datePart(X.litOf(time)('00:00:00'), 'day'), 'ValidationError')
  fails(X.datePart(day('2024-01-31'), 'toString' as never), 'ValidationError')
  fails(X.datePart(X.lit('2024-01-31'), 'year'), 'ValidationError')
  fails(X.dateTrunc(X.litOf(time)('00:00:00'), 'day'), 'ValidationError')
  fails(X.dateTrunc(day('2024-01-31'), 'hour' as never), 'ValidationError')
  fails(X.dateAdd(day('2024-01-31'), { hours: 1 } as never), 'ValidationError')
  for (const bad of [null, 1, { day: 1 }, { days: '1' }, { days: 0.5 }, { days: Number.NaN }, { days: 4_000_000 }, { days: null }])
    fails(X.dateAdd(day('2024-01-31'), bad as never), 'ValidationError')
  fails(X.dateAdd(day('2024-01-31'), { days: X.lit(0.5) }), 'ValidationError')
  fails(X.daysBetween(day('2024-01-31'), X.lit('2024-01-31')), 'ValidationError')
})

times.run()

type Part = Exclude<Json, null>

const documents = suite('model: json documents')

const doc = X.litOf(anyJson)({ a: [{ b: 'x', n: 1.5, whole: 2, yes: false, none: null }], __proto__x: 1, 0: 'field' })

documents('a path leads to a value of the type, or to null', () => {
  is(X.jsonAt(text)(doc, 'a', 0, 'b'), 'x')
  is(X.jsonAt(float)(doc, 'a', 0, 'n'), 1.5)
  is(X.jsonAt(int)(doc, 'a', 0, 'n'), null)
  is(X.jsonAt(int)(doc, 'a', 0, 'whole'), 2)
  is(X.jsonAt(boolean)(doc, 'a', 0, 'yes'), false)
  is(X.jsonAt(anyJson)(doc, 'a', 0, 'none'), null)
  is(X.jsonAt(anyJson)(doc, 'a', 0), { b: 'x', n: 1.5, whole: 2, yes: false, none: null })
  is(X.jsonAt(text)(doc, 'a', 0, 'n'), null)
  is(X.jsonAt(text)(doc, 'a', '0'), null)
  is(X.jsonAt(text)(doc, 0), null)
  is(X.jsonAt(text)(doc, '0'), 'field')
  is(X.jsonAt(text)(doc, 'constructor'), null)
  is(X.jsonAt(int)(doc, 'a', 'length'), null)
  is(X.jsonAt(int)(X.litOf(anyJson)([2 ** 53]), 0), null)
  is(X.jsonAt(text)(X.nullOf(anyJson), 'a'), null)
})

documents('a document is made of the values of expressions', () => {
  is(X.jsonObject({}), {})
  is(X.jsonArray([]), [])
  is(X.jsonObject({ a: X.lit('x'), b: X.nullOf(text), c: X.lit(true), d: doc, e: X.litOf(float)(0.5) }), {
    a: 'x',
    b: null,
    c: true,
    d: { a: [{ b: 'x', n: 1.5, whole: 2, yes: false, none: null }], __proto__x: 1, 0: 'field' },
    e: 0.5,
  })
  is(X.jsonArray([X.lit(2 ** 53 - 1), X.jsonArray([X.jsonObject({ '': X.lit('') })])]), [2 ** 53 - 1, [{ '': '' }]])
  const beyond = X.jsonArray([X.plus(X.lit(2 ** 53 - 1), 2)])
  fails(beyond, 'DecodeError')
  is(X.jsonText(beyond), '[9007199254740993]')
  is(X.jsonAt(bigint)(beyond, 0), 2n ** 53n + 1n)
  is(X.jsonType(X.jsonAt(anyJson)(beyond, 0)), 'number')
  is(X.jsonContains(beyond, [{}]), false)
  is(X.jsonAt(text)(beyond, 0, 'digits'), null)
  is(X.jsonAt(int)(X.jsonArray([X.plus(X.lit(2 ** 53 - 1), 2)]), 0), null)
  is(X.jsonAt(text)(X.jsonObject({ ['__proto__']: X.lit('own') }), '__proto__'), 'own')
})

documents('the kind of a document', () => {
  for (const [d, kind] of [
    [{}, 'object'],
    [[], 'array'],
    ['', 'string'],
    [0, 'number'],
    [false, 'boolean'],
  ] as const)
    is(X.jsonType(X.litOf(anyJson)(d as Part)), kind)
  is(X.jsonType(X.nullOf(anyJson)), null)
  is(X.jsonType(X.jsonAt(anyJson)(X.litOf(anyJson)([null]), 0)), null)
  fails(X.jsonType(X.lit('{}')), 'ValidationError')
})

documents('a document contains a part by structure', () => {
  const has = (whole: Part, part: Part, expected: boolean) => is(X.jsonContains(X.litOf(anyJson)(whole), part), expected)
  has(1, 1, true)
  has(1, '1', false)
  has(0, false, false)
  has([1, 2], 1, false)
  has([1, 2], [2, 1, 1], true)
  has([[1, 2]], [1], false)
  has([[1, 2]], [[2]], true)
  has([], [], true)
  has([[]], [[]], true)
  has([], [[]], false)
  has({}, [], false)
  has([], {}, false)
  has({ a: 1 }, {}, true)
  has({ a: [1] }, { a: 1 }, false)
  has({ a: null }, { a: null }, true)
  has({}, { a: null }, false)
  has({}, { constructor: {} }, false)
  has({}, JSON.parse('{"__proto__":{}}'), false)
  has([{ a: 1 }, { b: 2 }], [{ a: 1, b: 2 }], false)
  has([{ a: 1, b: 2, c: 3 }], [{ a: 1 }, { b: 2 }], true)
  is(X.jsonContains(X.nullOf(anyJson), {}), null)
  is(X.jsonContains(X.litOf(anyJson)([1]), X.jsonArray([X.lit(1)])), true)
  is(X.jsonContains(X.litOf(anyJson)([1]), X.nullOf(anyJson)), null)
})

const PARTS: readonly Part[] = [
  [],
  {},
  [1],
  [[1]],
  [1, [1]],
  { a: 1 },
  { a: [1] },
  { a: [1, { b: 2 }] },
  [{ a: 1 }],
  [{ a: 1, b: 2 }, 1],
  1,
  [[], {}],
]

documents('containment is reflexive and transitive', () => {
  const has = (whole: Part, part: Part): boolean =>
    JSON.stringify(answer(X.jsonContains(X.litOf(anyJson)(whole), part))) === JSON.stringify(E.right(true))
  for (const a of PARTS) {
    assert.ok(has(a, a))
    for (const b of PARTS) for (const c of PARTS) if (has(a, b) && has(b, c)) assert.ok(has(a, c), JSON.stringify([a, b, c]))
  }
})

documents('what is no part is refused', () => {
  fails(X.jsonContains(doc, null as never), 'ValidationError')
  fails(X.jsonContains(doc, new Date() as never), 'ValidationError')
  fails(X.jsonContains(X.lit('{}'), {}), 'ValidationError')
  fails(X.jsonContains(doc, X.lit('{}')), 'ValidationError')
})

documents('what is no document is refused', () => {
  fails(X.jsonObject({ n: X.lit(1n) }), 'ValidationError')
  fails(X.jsonObject({ n: X.lit(new Date()) }), 'ValidationError')
  fails(X.jsonObject({ n: 1 } as never), 'ValidationError')
  fails(X.jsonObject([X.lit(1)] as never), 'ValidationError')
  fails(X.jsonObject(X.lit(1) as never), 'ValidationError')
  fails(X.jsonArray({ 0: X.lit(1) } as never), 'ValidationError')
  fails(X.jsonObject({ '\ud800': X.lit(1) }), 'ValidationError')
  fails(X.jsonArray(Array.from({ length: 201 }, () => X.lit(1))), 'Unsupported')
})

documents('the length of an array, and of nothing else', () => {
  is(X.jsonLength(X.litOf(anyJson)([1, [2, 3]])), 2)
  is(X.jsonLength(doc), null)
  is(X.jsonLength(X.litOf(anyJson)('abc')), null)
  is(X.jsonLength(X.nullOf(anyJson)), null)
})

documents.run()

const patterns = suite('model: regular expressions')

patterns('match some part of a text, by code point', () => {
  is(X.matches(t('a\nb'), '^a.b$'), true)
  is(X.matches(t('a\n'), 'a$'), false)
  is(X.matches(t(`a${ASTRAL}`), '^..$'), true)
  is(X.matches(t('A'), '[a-z]'), false)
  is(X.matches(t('\u0663'), '\\d'), false)
  is(X.matches(t('aab'), '^(a|ab){2,3}$'), true)
  is(X.matches(t('x'.repeat(10_000)), '^x*y'), false)
  is(X.matches(noText, 'a'), null)
  for (const bad of ['(', '(a+)+', 'a*?', '\\b', '(?=a)', '[[:alpha:]]', '']) fails(X.matches(t('a'), bad), 'ValidationError')
})

patterns.run()

const lists = suite('model: arrays')

lists('lengths, and elements that are no null', () => {
  const list = X.litOf(arrayOf(nullable(text)))(['a', null])
  is(X.arrayLength(list), 2)
  is(X.arrayContains(list, 'a'), true)
  is(X.arrayContains(list, 'A'), false)
  is(X.arrayContains(list, noText), null)
  is(X.arrayContains(X.litOf(arrayOf(int))([1, 2]), n(2)), true)
  is(X.arrayContains(X.litOf(arrayOf(int))([]), n(2)), false)
  is(X.arrayContains(X.nullOf(arrayOf(int)), n(2)), null)
  fails(X.arrayContains(X.litOf(arrayOf(float))([1]), 1), 'ValidationError')
})

lists('parts of texts, and arrays of expressions', () => {
  is(X.split(t('a,,b'), ','), ['a', '', 'b'])
  is(X.split(t(''), ','), [''])
  is(X.split(t('aaa'), 'aa'), ['', 'a'])
  is(X.split(noText, ','), null)
  is(X.arrayJoin(X.litOf(arrayOf(nullable(text)))(['a', null, '']), '-'), 'a-')
  is(X.arrayJoin(X.litOf(arrayOf(text))([]), '-'), '')
  is(X.arrayJoin(X.nullOf(arrayOf(text)), '-'), null)
  is(X.array([n(1), X.plus(n(1), 1)]), [1, 2])
  is(X.array([t('a'), noText]), ['a', null])
  is(X.array([X.litOf(numeric(5, 1))('1.5'), X.litOf(numeric(5, 2))('2.25')]), ['1.50', '2.25'])
  is(X.array<number>([n(1), X.lit(0.5)]), [1, 0.5])
  for (const bad of [[], Array.from({ length: 101 }, () => n(1)), null, n(1), [1], [n(1), t('a')], [t('a'), X.lit(true)]])
    fails(X.array(bad as never), 'ValidationError')
  fails(X.array([X.litOf(anyJson)({}) as never]), 'ValidationError')
  fails(X.array([X.litOf(arrayOf(int))([1]) as never]), 'ValidationError')
})

lists('a condition on some or each element', () => {
  const list = X.litOf(arrayOf(nullable(int)))([1, null, 3])
  const none = X.nullOf(arrayOf(int))
  const empty = X.litOf(arrayOf(int))([])
  is(
    X.arrayAny(list, v => X.gt(v, 2)),
    true,
  )
  is(
    X.arrayAny(list, v => X.gt(v, 3)),
    false,
  )
  is(
    X.arrayEvery(list, v => X.gt(v, 0)),
    false,
  )
  is(
    X.arrayEvery(list, v => X.or(X.isNull(v), X.gt(v, 0))),
    true,
  )
  for (const array of [none, empty]) {
    is(
      X.arrayAny(array, () => X.lit(true)),
      false,
    )
    is(
      X.arrayEvery(array, () => X.lit(false)),
      true,
    )
  }
  fails(
    X.arrayAny(t('[]') as never, () => X.lit(true)),
    'ValidationError',
  )
})

lists.run()

const bytesOf = suite('model: bytes')

bytesOf('digits, lengths and digests', () => {
  is(X.hex(X.lit(Uint8Array.of(0, 171, 255))), '00abff')
  is(X.unhex(t('00aBfF')), Uint8Array.of(0, 171, 255))
  is(X.unhex(t('')), new Uint8Array())
  for (const bad of ['0', '0g', ' 00', '00\n', '0x00']) is(X.unhex(t(bad)), null)
  is(X.byteLength(t('é😀')), 6)
  is(X.byteLength(X.lit(new Uint8Array())), 0)
  is(X.hex(X.sha256(t('abc'))), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  is(X.sha256(noText), null)
})

bytesOf.run()

const others = suite('model: other types')

others('S28: false is before true', () => {
  is(X.lt(F, T), true)
  is(X.gte(F, T), false)
})

others('S28: bytes compare unsigned, byte by byte', () => {
  const b = (...bytes: readonly number[]) => X.lit(Uint8Array.from(bytes))
  is(X.lt(b(0x7f), b(0x80)), true)
  is(X.lt(b(1), b(1, 0)), true)
  is(X.gt(b(1, 0), b(1)), true)
  is(X.gt(b(1, 0), b()), true)
  is(X.lt(b(1, 255), b(2)), true)
  is(X.eq(b(1, 2), b(1, 2)), true)
  is(X.lt(b(), b(0)), true)
})

others('instants compare as instants, whichever Date holds them', () => {
  const at = (s: string) => X.lit(new Date(s))
  is(X.eq(at('2020-01-01T00:00:00Z'), at('2020-01-01T01:00:00+01:00')), true)
  is(X.lt(at('2019-12-31T23:59:59.999Z'), at('2020-01-01T00:00:00Z')), true)
  is(at('2020-01-01T00:00:00.123Z'), new Date('2020-01-01T00:00:00.123Z'))
})

others('casts to text and date', () => {
  const instant = X.litOf(timestamp)(new Date('2020-02-29T23:59:59.007Z'))
  is(X.cast(text)(instant), '2020-02-29T23:59:59.007Z')
  is(X.cast(date)(instant), '2020-02-29')
  is(X.cast(text)(X.litOf(date)('2020-02-29')), '2020-02-29')
  is(X.cast(text)(X.litOf(enumOf('a', 'b'))('b')), 'b')
  is(X.cast(text)(X.litOf(uuid)('00000000-0000-0000-0000-00000000000A')), '00000000-0000-0000-0000-00000000000a')
})

others('raw SQL is unsupported, wherever it stands', () => {
  const raw = X.raw(int)`1`
  fails(raw, 'Unsupported')
  fails(X.plus(n(1), raw), 'Unsupported')
  fails(X.caseWhen([[T, n(1)]], raw), 'Unsupported')
})

others.run()
