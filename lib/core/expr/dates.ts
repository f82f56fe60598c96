/**
 * Functions of dates and instants; parts of `Expr`, which exports them.
 *
 * A `timestamp` is an instant in UTC, a `date` a day, a `time` a time of day. Parts, units and days are those of UTC, or of the time zone that
 * the function is given (`timeZone`), whatever the time zone of the server or of this process. The years are 1 to 9999; a result outside of
 * them is null. A function of null is null.
 *
 * MySQL and MariaDB know time zones from 1970 to 2037, if their tables are loaded; for other instants they are `Unsupported`.
 *
 * Laws: `dateTrunc(dateTrunc(e, u), u) = dateTrunc(e, u)`; `daysBetween(e, dateAdd(e, { days: n })) = n`, unless the years are exceeded;
 * `dateAdd(e, { months: n })` is the same day of another month, or its last day (31 January plus a month is the end of February).
 */

import { argOfType, call, INT, literalOf, node, operand, TEXT, withExtraDepth, withOperand } from '../syntax/operand.js'
import { type AnyExpr, type Expr, exprType, invalid, type ScalarFn } from '../syntax/Syntax.js'
import { kindOf } from '../value/Canonical.js'
import { DAY, FIRST, LAST, monthsOf, PARTS, type Part, TRUNCATIONS, type Unit } from '../value/calendar.js'
import { validationError } from '../value/DbError.js'
import { FIELDS, piecesOf } from '../value/datePattern.js'
import { type SqlType, showSqlType } from '../value/SqlType.js'
import { zoneProblem } from '../value/timeZone.js'
import { DAYS as DAY_TYPES, INSTANTS, INTEGERS, TIMES } from '../value/typeSets.js'

/** Parts of a day. */
type DayPart = 'year' | 'quarter' | 'month' | 'day' | 'dayOfWeek' | 'dayOfYear'
/** Parts of a time of day. */
type TimePart = 'hour' | 'minute' | 'second' | 'millisecond'
type DayUnit = 'year' | 'quarter' | 'month' | 'week' | 'day'

/** Chooses by whether an expression is of instants; dates and times are texts. */
type IfInstant<A, Yes, No> = [Extract<A, Date>] extends [never] ? No : Yes

type Temporal = Date | string | null

/** The type without its codec. */
type Plain<A> = A extends Date ? Date : A extends string ? string : A

const DAY_PARTS: readonly string[] = ['year', 'quarter', 'month', 'day', 'dayOfWeek', 'dayOfYear']
const TIME_PARTS: readonly string[] = ['hour', 'minute', 'second', 'millisecond']
const DAY_UNITS: readonly string[] = ['year', 'quarter', 'month', 'week', 'day']

/** An instant that a function reads in a time zone; refused if it is none, or the zone does not exist. */
const zoned = (fn: string, e: AnyExpr, zone: unknown): AnyExpr => {
  const value = argOfType(`${fn} in a time zone`, e, INSTANTS)
  if (value.node.tag === 'invalid') return value
  const problem = zoneProblem(zone)
  return problem === null ? value : invalid(validationError([fn, 'timeZone'], problem), e.type)
}

/** The local time of an instant in a zone; without a zone the unchanged expression. */
const inZone = (fn: string, e: AnyExpr, zone: unknown): AnyExpr => {
  if (zone === undefined) return e
  const value = zoned(fn, e, zone)
  return value.node.tag === 'invalid' ? value : call('localTime', [value, literalOf(exprType(TEXT), zone)])
}

const hasPart = ({ tag }: SqlType, part: string): boolean => tag === 'timestamp' || (tag === 'date' ? DAY_PARTS : TIME_PARTS).includes(part)

/** A call with a keyword argument, such as a date part; one that is unknown or invalid for the type is refused. */
const keywordArg = (fn: ScalarFn, e: AnyExpr, word: unknown, known: object, fits: boolean): AnyExpr => {
  if (e.node.tag === 'invalid') return e
  if (typeof word !== 'string' || !Object.hasOwn(known, word)) {
    const got = typeof word === 'string' ? 'another word' : kindOf(word)
    return invalid(validationError([fn], `expected one of ${Object.keys(known).join(', ')}, got ${got}`), e.type)
  }
  if (!fits) return invalid(validationError([fn], `${showSqlType(e.type.sql)} has no ${word}`), e.type)
  return call(fn, [e, literalOf(exprType(TEXT), word)])
}

/**
 * A part of an instant, date or time of day, as an integer: `year`, `quarter` (1 to 4), `month` (1 to 12), `day` (of the
 * month, from 1), `dayOfWeek` (Monday is 1, Sunday 7), `dayOfYear` (from 1), `hour`, `minute`, `second`, `millisecond`. For an
 * instant also `epochMilliseconds`, the milliseconds since 1970 as in `Date.getTime`. A part that the type does not have is a
 * `ValidationError`. With the IANA name of a time zone (`Europe/Berlin`) it is a part of the local time there.
 */
export const datePart = <A extends Temporal>(
  e: Expr<A>,
  part: IfInstant<A, Part, DayPart | TimePart>,
  timeZone?: IfInstant<A, string, never>,
): Expr<number | Extract<A, null>> => {
  const given = argOfType('datePart', e, TIMES)
  const value = part === 'epochMilliseconds' && zoneProblem(timeZone) === null ? given : inZone('datePart', given, timeZone)
  return keywordArg('datePart', value, part, PARTS, hasPart(value.type.sql, part))
}

/**
 * The start of the year, quarter, month, week (Monday) or day, for an instant also of the hour, minute or second. A date stays a date.
 * With the IANA name of a time zone (`Europe/Berlin`) it is the instant at which the unit starts there; a day then has 23, 24 or 25 hours.
 */
export const dateTrunc = <A extends Temporal>(
  e: Expr<A>,
  unit: IfInstant<A, Unit, DayUnit>,
  timeZone?: IfInstant<A, string, never>,
): Expr<Plain<A>> => {
  const value = argOfType('dateTrunc', e, DAY_TYPES)
  const start = keywordArg('dateTrunc', value, unit, TRUNCATIONS, value.type.sql.tag === 'timestamp' || DAY_UNITS.includes(unit))
  if (timeZone === undefined || start.node.tag === 'invalid') return start
  const instant = zoned('dateTrunc', value, timeZone)
  if (instant.node.tag === 'invalid') return instant
  return withExtraDepth(call('startInZone', [instant, literalOf(exprType(TEXT), unit), literalOf(exprType(TEXT), timeZone)]))
}

/** The date of an instant in a time zone, given by its IANA name. */
export const localDate = <A extends Date | null>(e: Expr<A>, timeZone: string): Expr<string | Extract<A, null>> => {
  const local = inZone('localDate', argOfType('localDate', e, INSTANTS), timeZone)
  return node({ tag: 'cast', operand: local }, { ...local.type, sql: { tag: 'date' }, refine: null }, [local])
}

/**
 * Formats an instant, date or time of day. The pattern has the fields of Unicode: `yyyy`, `MM`, `M`, `dd`, `d`, `HH` (00 to 23), `H`, `mm`,
 * `m`, `ss`, `s`, `SSS` (milliseconds), `DDD` (day of the year, 001 to 366), `Q` (quarter), `e` (day of the week, Monday is 1). Letters of
 * literal text are in single quotes (`yyyy'W'`), a quote is doubled; all other characters are literal. An unknown field, or one that the type
 * does not have, is a `ValidationError`. For the time zone see `datePart`.
 */
export const formatDate = <A extends Temporal>(
  e: Expr<A>,
  pattern: string,
  timeZone?: IfInstant<A, string, never>,
): Expr<string | Extract<A, null>> => {
  const given = argOfType('formatDate', e, TIMES)
  const value = inZone('formatDate', given, timeZone)
  const wrong = (reason: string): AnyExpr => invalid(validationError(['formatDate', 'pattern'], reason), exprType(TEXT))
  if (typeof pattern !== 'string') return wrong(`expected a text, got ${kindOf(pattern)}`)
  const pieces = piecesOf(pattern)
  if (typeof pieces === 'string') return wrong(pieces)
  for (const p of pieces) {
    if ('field' in p && !hasPart(value.type.sql, FIELDS[p.field][0]))
      return wrong(`${showSqlType(value.type.sql)} has no ${FIELDS[p.field][0]}`)
  }
  return call('formatDate', [value, literalOf(exprType(TEXT), pattern)])
}

// --- Arithmetic -------------------------------------------------------------------------------

type Amount = number | Expr<number | null>

/** A duration in whole days, for dates. */
export interface Days {
  readonly years?: Amount
  readonly months?: Amount
  readonly weeks?: Amount
  readonly days?: Amount
}

/** A duration: integers, which may be negative, or expressions of integers. */
export interface Duration extends Days {
  readonly hours?: Amount
  readonly minutes?: Amount
  readonly seconds?: Amount
  readonly milliseconds?: Amount
}

const MONTHS: { readonly [unit: string]: number } = { years: 12, months: 1 }
const DAYS: { readonly [unit: string]: number } = { weeks: 7, days: 1 }
const MILLISECONDS: { readonly [unit: string]: number } = {
  weeks: 604_800_000,
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
  milliseconds: 1,
}

const whole = (unit: string, x: unknown): AnyExpr => {
  if (typeof x === 'number') {
    return Number.isSafeInteger(x)
      ? literalOf(exprType(INT), x)
      : invalid(validationError(['dateAdd', unit], 'expected an integer'), exprType(INT))
  }
  return argOfType(`dateAdd.${unit}`, operand(exprType(INT), x), INTEGERS)
}

type Step = 'addMonths' | 'addDays' | 'addMilliseconds'

/** The maximal amount that can be added within the years 1 to 9999. */
const MOST: { readonly [fn in Step]: number } = {
  addMonths: monthsOf(LAST) - monthsOf(FIRST),
  addDays: (LAST + 1 - FIRST) / DAY - 1,
  addMilliseconds: LAST - FIRST,
}

/** The sum of the amounts in these units, as one number if all are literals; null if there are none. */
const total = (fn: Step, amounts: { readonly [unit: string]: unknown }, units: { readonly [unit: string]: number }): AnyExpr | null => {
  const given = Object.entries(amounts).flatMap(([unit, x]) => {
    const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
    return x === undefined || factor === undefined ? [] : [{ unit, x, factor }]
  })
  if (given.length === 0) return null
  if (given.every(({ x }) => Number.isSafeInteger(x))) {
    const sum = given.reduce((n, { x, factor }) => n + (x as number) * factor, 0)
    if (Math.abs(sum) <= MOST[fn]) return literalOf(exprType(INT), sum)
    return invalid(validationError(['dateAdd'], 'the duration exceeds the years 1 to 9999'), exprType(INT))
  }
  return given
    .map(({ unit, x, factor }) => (factor === 1 ? whole(unit, x) : call('times', [whole(unit, x), literalOf(exprType(INT), factor)], INT)))
    .reduce((a, b) => call('plus', [a, b], INT))
}

/** A step of `dateAdd`. Its SQL checks the bounds and so repeats the value, which counts as extra depth. */
const stepped = (fn: Step, e: AnyExpr, amount: AnyExpr | null): AnyExpr => {
  const n = amount?.node
  if (amount === null || (n?.tag === 'literal' && (n.value === 0 || n.value === 0n))) return e
  const added = call(fn, [e, amount])
  return withExtraDepth(added, n?.tag === 'literal' ? 14 : 29)
}

/**
 * Adds a duration to an instant or date: first its years and months, to the same day of that month or its last day, then
 * its weeks, days and hours; a day has 24 hours. A date takes no units below days. Null if a step leaves the years 1 to 9999.
 */
export const dateAdd = <A extends Temporal>(e: Expr<A>, duration: IfInstant<A, Duration, Days>): Expr<Plain<A> | null> => {
  const value = argOfType('dateAdd', e, DAY_TYPES)
  if (value.node.tag === 'invalid') return value
  const type = exprType(value.type.sql, true)
  if (typeof duration !== 'object' || duration === null) {
    return invalid(validationError(['dateAdd'], `expected a duration like { days: 1 }, got ${kindOf(duration)}`), type)
  }
  const amounts = duration as { readonly [unit: string]: unknown }
  const units = value.type.sql.tag === 'date' ? DAYS : MILLISECONDS
  const unknown = Object.keys(amounts).find(unit => !Object.hasOwn(MONTHS, unit) && !Object.hasOwn(units, unit))
  if (unknown !== undefined) {
    return Object.hasOwn(MILLISECONDS, unknown)
      ? invalid(validationError(['dateAdd', unknown], 'a date has no time of day: cast it to timestamp'), type)
      : invalid(validationError(['dateAdd', unknown], `expected ${[...Object.keys(MONTHS), ...Object.keys(units)].join(', ')}`), type)
  }
  const moved = stepped('addMonths', value, total('addMonths', amounts, MONTHS))
  const fn = units === DAYS ? 'addDays' : 'addMilliseconds'
  const end = stepped(fn, moved, total(fn, amounts, units))
  return { ...end, type }
}

/** The number of days from one date to another; negative if the second is before the first. */
export const daysBetween = <A extends string | null, B extends string | null = never>(
  from: Expr<A>,
  to: Expr<B> | NonNullable<NoInfer<A>>,
): Expr<number | Extract<A | NoInfer<B>, null>> => {
  return call('daysBetween', withOperand(from, to))
}

/** The milliseconds from one instant to another; negative if the second is before the first. */
export const millisecondsBetween = <A extends Date | null, B extends Date | null = never>(
  from: Expr<A>,
  to: Expr<B> | NonNullable<NoInfer<A>>,
): Expr<number | Extract<A | NoInfer<B>, null>> => {
  const [start, end] = withOperand(from, to).map(e => argOfType('millisecondsBetween', e, INSTANTS)) as [AnyExpr, AnyExpr]
  const since = (e: AnyExpr): AnyExpr => keywordArg('datePart', e, 'epochMilliseconds', PARTS, true)
  return call('minus', [since(end), since(start)])
}
