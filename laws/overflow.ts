/**
 * The law of bounds: results at the edge of their type are exact, and beyond it the error is `NumericOverflow`.
 *
 * Arithmetic on extremes is computed by both interpreters as a column. Conditions are left out, because SQLite uses floats inside them
 * (S12). Either both return the same number or both fail: no number is rounded or wrapped.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as Column from '../lib/Column.js'
import type { AnyExpr } from '../lib/core/syntax/Syntax.js'
import type { DbError } from '../lib/DbError.js'
import * as Expr from '../lib/Expr.js'
import type { Runner } from '../lib/Interpreter.js'
import * as Q from '../lib/Query.js'
import { sameAnswer } from './answer.js'
import { valueText } from './arbitrary/values.js'
import { type Law, law } from './Law.js'

/** An expression with its text. */
interface Sum {
  readonly text: string
  readonly expr: AnyExpr
}

const OPERATIONS: readonly (readonly [string, (a: AnyExpr, b: AnyExpr) => AnyExpr])[] = [
  ['plus', Expr.plus as never],
  ['minus', Expr.minus as never],
  ['times', Expr.times as never],
]

/** The divisors are literals other than zero: on SQLite an overflow divided by zero is null. */
const DIVISIONS: readonly (readonly [string, (a: AnyExpr, b: AnyExpr) => AnyExpr])[] = [
  ['quot', Expr.quot as never],
  ['rem', Expr.rem as never],
]

interface Numbers {
  readonly column: AnyColumnCode
  readonly values: readonly unknown[]
  readonly divisions: typeof DIVISIONS
}

type AnyColumnCode = { readonly text: string; readonly column: Column.Column<any> }

const MAX = 2n ** 63n - 1n

const KINDS: readonly Numbers[] = [
  {
    column: { text: 'Column.bigint', column: Column.bigint },
    values: [0n, 1n, -1n, 2n, MAX, -MAX - 1n, MAX - 1n, 2n ** 53n + 1n, 2n ** 32n, -(2n ** 32n), 3037000500n],
    divisions: DIVISIONS,
  },
  {
    column: { text: 'Column.int', column: Column.int },
    values: [0, 1, -1, 2147483647, -2147483648, 65536, 2 ** 53 - 1, -(2 ** 53 - 1), 94906267],
    divisions: DIVISIONS,
  },
  {
    column: { text: 'Column.numeric(10, 2)', column: Column.numeric(10, 2) },
    values: ['0.00', '0.01', '-0.01', '99999999.99', '-99999999.99', '1.50'],
    divisions: [],
  },
  {
    column: { text: 'Column.float', column: Column.float },
    values: [0, 1, -1, 0.1, Number.MAX_VALUE, -Number.MAX_VALUE, 1e200, 2 ** 53],
    divisions: [],
  },
]

const sums = (numbers: Numbers, depth: number): fc.Arbitrary<Sum> => {
  const { column, values, divisions } = numbers
  const literal = (v: unknown): Sum => ({
    text: `Expr.litOf(${column.text})(${valueText(v)})`,
    expr: Expr.litOf(column.column)(v as never) as AnyExpr,
  })
  const leaf = fc.constantFrom(...values).map(literal)
  if (depth === 0) return leaf
  const inner = sums(numbers, depth - 1)
  const made = ([[name, f], a, b]: readonly [(typeof OPERATIONS)[number], Sum, Sum]): Sum => ({
    text: `Expr.${name}(${a.text}, ${b.text})`,
    expr: f(a.expr, b.expr),
  })
  const divisor = fc.constantFrom(...values.filter(v => v !== 0 && v !== 0n)).map(literal)
  const negated = inner.map(a => ({ text: `Expr.neg(${a.text})`, expr: Expr.neg(a.expr) as AnyExpr }))
  return fc.oneof(
    { weight: 2, arbitrary: leaf },
    { weight: 5, arbitrary: fc.tuple(fc.constantFrom(...OPERATIONS), inner, inner).map(made) },
    { weight: divisions.length, arbitrary: fc.tuple(fc.constantFrom(...divisions, ...OPERATIONS.slice(0, 1)), inner, divisor).map(made) },
    { weight: 1, arbitrary: negated },
  )
}

const resultText = (a: E.Either<DbError, readonly unknown[]>): string =>
  E.isLeft(a) ? `${a.left._tag}: ${a.left.message}` : valueText(a.right)

export const overflowLaw = ({ runner, reference }: { readonly runner: Runner; readonly reference: Runner }): Law =>
  law(
    'arithmetic is exact or NumericOverflow',
    'A number that fits its type is exact, one that does not is an error; it is never rounded or wrapped.',
    // SQLite turns an intermediate NaN into null, and numerics of Postgres have no bound: floats and numerics get one operation
    fc.oneof(...KINDS.map(k => sums(k, k.divisions.length === 0 ? 1 : 2))),
    async ({ text, expr }, cover) => {
      const q = Q.of({ x: expr as Expr.Expr<unknown> })
      const [got, expected] = [await Q.all(q)({ db: runner })(), await Q.all(q)({ db: reference })()]
      cover(E.isLeft(expected) ? expected.left._tag : 'exact')
      const same =
        E.isRight(got) && E.isRight(expected)
          ? sameAnswer({ tag: 'cell' }, got.right[0]?.x, expected.right[0]?.x)
          : E.isLeft(got) && E.isLeft(expected) && got.left._tag === expected.left._tag
      // MySQL computes a quotient of absolute values first, and overflows on the smallest integer
      const isLeast = text.includes('quot') && text.includes(String(-MAX - 1n)) && E.isLeft(got) && got.left._tag === 'NumericOverflow'
      return same || isLeast
        ? null
        : `${text}\n\n${reference.capabilities.engine}: ${resultText(expected)}\n${runner.capabilities.engine}: ${resultText(got)}`
    },
  )
