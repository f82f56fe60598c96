/**
 * Conversions: `cast`, and `round` to a number of digits; parts of `Expr`, which exports them.
 *
 * A cast denotes the equal value of the other type, or else the nearest one, with halves rounded away from zero; a text that is not the form of
 * a value is null. No cast fails for a row, since engines evaluate casts also in rows that a condition excludes; only a number out of range is
 * `NumericOverflow`, as everywhere.
 *
 * Laws: `cast(t)(cast(text)(e)) = e` for e of integers, decimals, uuids, days, times, instants and truth values of type t;
 * `cast(numeric(p, s))(cast(numeric(p, r))(e)) = e` for e of scale s and r of at least s.
 */

import { argOfType, argument, call, coerce, FLOAT, literalOf, node, withExtraDepth } from '../syntax/operand.js'
import { type AnyExpr, type Column, type Expr, type ExprType, exprType, invalid } from '../syntax/Syntax.js'
import { refusal } from '../syntax/volatile.js'
import { decimalOf } from '../value/Canonical.js'
import { validationError } from '../value/DbError.js'
import { decimalText, digitsAt } from '../value/decimals.js'
import { type Decimal, isInteger, isText, type SqlType, showSqlType } from '../value/SqlType.js'
import { NUMBERS } from '../value/typeSets.js'

type Tag = SqlType['tag']

/** The types to which each type can be cast, except itself. */
const CASTS: { readonly [from in Tag]?: readonly Tag[] } = {
  smallint: ['int', 'bigint', 'float', 'numeric', 'text'],
  int: ['bigint', 'float', 'numeric', 'text'],
  bigint: ['int', 'float', 'numeric', 'text'],
  float: ['int', 'bigint', 'numeric', 'text'],
  numeric: ['int', 'bigint', 'float', 'numeric', 'text'],
  boolean: ['int', 'text'],
  uuid: ['text'],
  date: ['text', 'timestamp'],
  time: ['text'],
  timestamp: ['text', 'date', 'time'],
  timestampMicros: ['text'],
  enum: ['text', 'enum'],
}

const OF_TEXTS: readonly Tag[] = [
  'text',
  'varchar',
  'char',
  'enum',
  'int',
  'bigint',
  'float',
  'numeric',
  'boolean',
  'uuid',
  'date',
  'time',
  'timestamp',
  'timestampMicros',
]

const castsOf = (t: SqlType): readonly Tag[] => (isText(t) && t.tag !== 'enum' ? OF_TEXTS : (CASTS[t.tag] ?? []))

/** Whether every text of one type is a value of another. */
const holds = (to: SqlType, from: SqlType): boolean =>
  to.tag === 'text' || (to.tag === 'varchar' && (from.tag === 'varchar' || from.tag === 'char') && from.length <= to.length)

/** Whether the SQL of a cast repeats its operand, on some engine. */
const repeats = (from: SqlType, to: SqlType): boolean => (from.tag === 'float' && to.tag !== 'float') || (isText(from) && to.tag !== 'text')

/** The type of the result of a cast: smallint exists only as a column type, integers in expressions have 64 bits. */
const plain = (t: SqlType): SqlType => (t.tag === 'smallint' ? { tag: 'int' } : t)

const castTo = (given: AnyExpr, to: ExprType): AnyExpr => {
  const e = argument(given)
  if (e.node.tag === 'invalid') return e
  const [from, sql] = [e.type.sql, plain(to.sql)]
  const type: ExprType = { ...to, sql, nullable: e.type.nullable }
  const isSame = from.tag === sql.tag && from.tag !== 'numeric' && from.tag !== 'enum' && from.tag !== 'varchar' && from.tag !== 'char'
  if (isSame || showSqlType(from) === showSqlType(sql)) return { ...e, type: { ...type, sql: from } } as AnyExpr
  if (!castsOf(from).includes(sql.tag)) {
    const casts = castsOf(from)
    const instead = casts.length === 0 ? 'it can not be cast to any type' : `it can be cast to ${casts.join(', ')}`
    return invalid(validationError(['cast'], `there is no cast from ${showSqlType(from)} to ${showSqlType(sql)}: ${instead}`), type)
  }
  const isRepeated = repeats(from, sql)
  if (e.volatile && isRepeated) return invalid(refusal(`a cast to ${sql.tag}`), type)
  const isPartial = isText(from) && !holds(sql, from)
  const made = node({ tag: 'cast', operand: e }, isPartial ? { ...type, nullable: true } : type, [e])
  return isRepeated ? withExtraDepth(made) : made
}

/** The column `text`, which the compiler distinguishes from other columns of strings. */
type IsText = { readonly type: { readonly sql: { readonly tag: 'text' } } }

/** The null in the result: a string may not be a value of the other type; decimals are strings that always are numbers. */
type CastNull<C, B> = C extends IsText
  ? Extract<B, null>
  : [NonNullable<B>] extends [string]
    ? [NonNullable<B>] extends [Decimal]
      ? Extract<B, null>
      : null
    : Extract<B, null>

type ValueIn<C> = C extends Column<infer A, any> ? NonNullable<A> : never

/**
 * Converts a value to another type.
 *
 * - Between numbers: exact if the type can represent it, or else the nearest, halves away from zero. A float stands for the shortest
 *   decimal that reads back as it.
 * - To `text`: the canonical form. Numbers without an exponent, a numeric with all its fraction digits, days and instants in ISO
 *   (as `toISOString` writes them), true and false.
 * - From text: the value with this text form, or else null: `cast(int)` of `'12abc'`, `''`, `'1_000'` or `'0x1f'` is null, as is
 *   `cast(date)` of `'2021-02-30'`. A sign, leading zeros and fraction digits beyond the scale are accepted.
 * - Instants to their date and time of day in UTC, dates to the instant at which they begin; true and false to 1 and 0.
 *
 * Any other cast is a `ValidationError`.
 */
export const cast =
  <C extends Column<any, any>>(to: C) =>
  <B>(given: Expr<B>): Expr<ValueIn<C> | CastNull<C, B>> =>
    castTo(given, to.type)

const MAX_DIGITS = 15

/** Floats at least this far from zero have no fraction digits that a cast would change. */
const whole = (digits: number): number => 10 ** (16 - digits)

type Numeric = number | bigint | Decimal

/**
 * The nearest number with this many digits after the point, halves away from zero: `round(e, 2)` of 1.005 is 1.01. Without
 * digits, the nearest integer: 2.5 to 3, -2.5 to -3. A float stays a float; a numeric becomes a numeric of the given scale, or
 * without digits keeps its scale.
 */
export const round = <A extends Numeric | null>(e: Expr<A>, digits?: number): Expr<A> => {
  const value = argOfType('round', e, NUMBERS)
  const { sql } = value.type
  if (value.node.tag === 'invalid' || isInteger(sql)) return value
  if (digits === undefined) return withExtraDepth(call('round', [value]))
  if (!Number.isInteger(digits) || digits < 0 || digits > MAX_DIGITS)
    return invalid(validationError(['round'], `expected 0 to ${MAX_DIGITS} digits after the point`), value.type)
  const { node: n } = value
  if (sql.tag === 'float' && n.tag === 'literal' && n.value !== null) {
    const near = decimalOf(digitsAt(decimalText(n.value as number), digits), digits)
    return { ...value, node: { tag: 'literal', value: Number(near) + 0 } } as AnyExpr
  }
  if (sql.tag === 'numeric') return digits >= sql.scale ? value : castTo(value, { ...value.type, sql: { ...sql, scale: digits } })
  const near = coerce(castTo(value, exprType({ tag: 'numeric', precision: 18, scale: digits })), FLOAT)
  const isNear = call('lt', [call('abs', [value]), literalOf(exprType(FLOAT), whole(digits))])
  return node({ tag: 'case', branches: [[isNear, near]], otherwise: value }, { ...value.type, refine: null }, [isNear, near, value])
}
