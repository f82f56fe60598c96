/** What expressions mean: the decisions on null, truth, numbers, text and casts, on the model alone. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { bigint, boolean, date, enumOf, float, int, numeric, smallint, text, timestamp, uuid } from '../../lib/core/Column.js'
import type { DbError } from '../../lib/core/DbError.js'
import * as X from '../../lib/core/Expr.js'
import * as Q from '../../lib/core/Query.js'
import type { AnyExpr, Expr } from '../../lib/core/Syntax.js'
import { empty } from '../../lib/model/Database.js'
import { evaluate } from '../../lib/model/evaluate.js'
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

truth('decision 8: and, or, not are the tables of Kleene', () => {
  const pairs = values.flatMap(([a]) => values.map(([b]) => [a, b] as const))
  pairs.forEach(([a, b], i) => {
    is(X.and(a, b), AND[i])
    is(X.or(a, b), OR[i])
  })
  is(X.not(T), false)
  is(X.not(F), true)
  is(X.not(noBoolean), null)
})

truth('decision 8: three operands', () => {
  is(X.and(T, noBoolean, F), false)
  is(X.and(T, noBoolean, T), null)
  is(X.or(F, noBoolean, T), true)
  is(X.or(F, noBoolean, F), null)
})

truth('decision 11: and() is true, or() is false, and of one is that one', () => {
  is(X.and(), true)
  is(X.or(), false)
  is(X.and(noBoolean), null)
})

truth('decision 8: where keeps a row only when its predicate is true', () => {
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

truth('decision 9: a comparison with a null operand is null', () => {
  for (const f of [X.eq, X.ne, X.lt, X.lte, X.gt, X.gte]) {
    is(f(noInt, n(1)), null)
    is(f(X.coalesce(n(1), 2) as Expr<number | null>, noInt), null)
    is(f(noInt, noInt), null)
  }
})

truth('decision 9: same is null-safe and never null', () => {
  is(X.same(noInt, noInt), true)
  is(X.same(noInt, n(1)), false)
  is(X.same(n(1), n(1)), true)
  is(X.same(n(1), n(2)), false)
})

truth('decision 9: inList and notIn', () => {
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

numbers('decision 12: integers have 64 bits', () => {
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

numbers('decision 12: 32-bit operands are widened; a result of int is checked against the safe range of number', () => {
  is(X.plus(n(2147483647), 1), 2147483648)
  is(X.plus(X.litOf(smallint)(32767), 1), 32768)
  fails(X.times(n(2147483647), 2147483647), 'NumericOverflow')
  is(X.quot(X.times(n(2147483647), 2147483647), n(2147483647)), 2147483647)
  is(X.cast(bigint)(X.times(n(2147483647), 2147483647)), 4611686014132420609n)
  is(X.gt(X.times(n(2147483647), 2147483647), X.cast(int)(big(2n ** 53n))), true)
})

numbers('decision 13: quot truncates toward zero and rem has the sign of the dividend', () => {
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

numbers('decision 13: division by zero is null', () => {
  is(X.quot(n(1), 0), null)
  is(X.rem(n(1), 0), null)
  is(X.div(n(1), 0), null)
  is(X.div(X.lit(1.5), 0), null)
  is(X.quot(big(1n), 0n), null)
})

numbers('decision 13: div is float division', () => {
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

numbers('decision 16: a float result that is not finite is an overflow, and -0 is 0', () => {
  fails(X.times(X.litOf(float)(1e200), 1e200), 'NumericOverflow')
  fails(X.div(X.litOf(float)(1e200), X.litOf(float)(1e-200)), 'NumericOverflow')
  fails(X.lit(Number.NaN), 'NumericOverflow')
  const zero = answer(X.times(X.litOf(float)(-1), X.litOf(float)(0)))
  assert.ok(E.isRight(zero) && Object.is(zero.right, 0))
  const negative = answer(X.neg(X.litOf(float)(0)))
  assert.ok(E.isRight(negative) && Object.is(negative.right, 0))
})

numbers('decision 14: numerics are exact, at the larger scale for sums and the sum of scales for products', () => {
  is(X.plus(money('0.10'), '0.2'), '0.30')
  is(X.plus(money('1.00'), X.litOf(numeric(10, 3))('0.001')), '1.001')
  is(X.minus(money('0.10'), '0.2'), '-0.10')
  is(X.times(money('1.50'), money('1.50')), '2.2500')
  is(X.neg(money('1.50')), '-1.50')
  is(X.eq(money('1.50'), '1.5'), true)
  is(X.lt(money('9.99'), '10'), true)
  is(X.lt(money('-1.00'), '-0.99'), true)
})

numbers('decision 14: up to 18 digits a numeric has 64 bits, beyond that any number', () => {
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
  fails(X.cast(int)(money('1.50')), 'Unsupported')
})

numbers.run()

const texts = suite('model: text')

const ASTRAL = '\u{1F600}'
const t = X.lit

texts('decision 17: text compares by code point, not by UTF-16 unit', () => {
  is(X.lt(t('\uFFFD'), ASTRAL), true)
  is(X.lt(t('a\uFFFDz'), `a${ASTRAL}a`), true)
  is(X.lt(t(ASTRAL), '\u{1F601}'), true)
  is(X.lt(t('a'), 'ab'), true)
  is(X.lt(t('Z'), 'a'), true)
  is(X.lt(t(''), 'a'), true)
})

texts('decision 17: trailing spaces count, and the empty text is not null', () => {
  is(X.eq(t('a'), 'a '), false)
  is(X.isNull(t('')), false)
  is(X.eq(t('é'), 'e\u0301'), false)
})

texts('decision 19: lower and upper map one code point to one', () => {
  is(X.lower(t('ÄÉΣΩЖ')), 'äéσωж')
  is(X.upper(t('äéσςωж')), 'ÄÉΣΣΩЖ')
  is(X.upper(t('straße')), 'STRAßE')
  is(X.lower(t('ΟΔΟΣ')), 'οδοσ')
  is(X.lower(t('\u{10400}')), '\u{10428}')
  is(X.lower(noText), null)
})

texts('decision 20: length, substring and position count code points from 1', () => {
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

texts('decision 20: concat with a null is null', () => {
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

texts('decision 19: ilike has no regard to case', () => {
  is(X.ilike(t('Ärger ΣΟΣ'), 'äRGER%'), true)
  is(X.ilike(t('ΣΟΣ'), 'σος'), false)
  is(X.ilike(t('ΣΟΣ'), 'σοσ'), true)
  is(X.ilike(t('STRASSE'), 'straße'), false)
  is(X.ilike(noText, '%'), null)
})

texts('decision 20: contains, startsWith and endsWith take wildcards as they are', () => {
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

texts.run()

const others = suite('model: other types')

others('decision 28: false is before true', () => {
  is(X.lt(F, T), true)
  is(X.gte(F, T), false)
})

others('decision 28: bytes compare unsigned, byte by byte', () => {
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
