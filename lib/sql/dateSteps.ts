/**
 * Date arithmetic whose result is between the years 1 and 9999, or null.
 *
 * Beyond these years some engines fail, some return null and some an invalid year. So the value is compared first with the
 * last one from which a known step leads to a valid date; a computed step is compared with the time left on either side.
 * The expressions of each engine are in `Steps`.
 */
import { addMonths, DAY, FIRST, isoDate, LAST, type Unit, within } from '../core/value/calendar.js'
import { type Piece, piecesOf } from '../core/value/datePattern.js'
import type { SqlType } from '../core/value/SqlType.js'
import { FIRST_LOCAL, isShort, LAST_LOCAL } from '../core/value/timeZone.js'
import { type Args, atom, type CallPrinter, level } from './CallPrinter.js'
import { type Fragment, sql, text } from './Fragment.js'

/** The expressions of a dialect for date arithmetic. */
export interface Steps {
  /** An argument that is a date or instant, cast where the engine would not know its type. */
  readonly value: (args: Args, i: number, at?: number) => Fragment
  /** A date or instant in ISO as SQL. */
  readonly literal: (type: SqlType, iso: string) => string
  /** The months since the year 0, January being 1. */
  readonly months: (x: Fragment) => Fragment
  readonly epoch: (x: Fragment) => Fragment
  /** The days from one date to another. */
  readonly days: (from: Fragment, to: Fragment) => Fragment
  /** The step itself; `known` is its length where it is a literal. */
  readonly add: { readonly [fn in StepFn]: (x: Fragment, n: Fragment, known: bigint | null, type: SqlType) => Fragment }
}

/** The functions that move a date or instant. */
export type StepFn = 'addMonths' | 'addDays' | 'addMilliseconds'

/** A literal word: it was checked when the expression was built. */
export const wordOf = (args: Args, i: number): string => {
  const node = args.scalars[i]?.node
  return node?.tag === 'literal' ? String(node.value) : ''
}

/** The pattern of `formatDate`: it was checked when the expression was built. */
export const patternOf = (args: Args): readonly Piece[] => {
  const pieces = piecesOf(wordOf(args, 1))
  return typeof pieces === 'string' ? [] : pieces
}

/** The expressions of a dialect for local times. */
export interface Zones {
  /** The argument that is an instant. */
  readonly value: (args: Args, at?: number) => Fragment
  readonly literal: (iso: string) => string
  /** The local time of an instant in a zone (an SQL literal), as the instant in UTC with the same fields. */
  readonly local: (x: Fragment, zone: string) => Fragment
  readonly truncated: (unit: Unit, x: Fragment) => Fragment
  /** The instant at which a day or longer unit begins: the first of two where clocks are set back, the end of the gap where they skip it. */
  readonly start: (unit: Unit, x: Fragment, zone: string) => Fragment
  /** An instant moved by the time between two others. */
  readonly shifted: (x: Fragment, to: Fragment, from: Fragment) => Fragment
  /** A result that was computed from local times of an instant and of instants up to `days` before it: fails out of the known range. */
  readonly checked: (f: Fragment, x: Fragment, days: number) => Fragment
}

/** Local times, as `timeZone` computes them: see there for what a repeated or skipped hour does to the beginning of a day. */
export const inZones = (z: Zones): { readonly [fn in 'localTime' | 'startInZone']: CallPrinter } => {
  const between = (args: Args, days: number, f: (x: Fragment) => Fragment, otherwise: Fragment) => {
    const low = z.value(args, level.sum)
    const [first, last] = [FIRST_LOCAL, LAST_LOCAL].map(ms => z.literal(new Date(ms).toISOString()))
    return atom(sql`CASE WHEN ${low} BETWEEN ${first ?? ''} AND ${last ?? ''} THEN ${z.checked(f(low), low, days)} ELSE ${otherwise} END`)
  }
  return {
    localTime: args => between(args, 0, x => z.local(x, `'${wordOf(args, 1)}'`), z.value(args)),
    startInZone: args => {
      const [unit, zone] = [wordOf(args, 1) as Unit, `'${wordOf(args, 2)}'`]
      const begins = (x: Fragment): Fragment => {
        if (!isShort(unit)) return z.start(unit, x, zone)
        const local = z.local(x, zone)
        const start = z.truncated(unit, local)
        const near = z.shifted(x, start, local)
        return z.shifted(near, start, z.local(near, zone))
      }
      return between(args, 367, begins, z.truncated(unit, z.value(args)))
    },
  }
}

/** The last instant (for a step back, the first) from which a step leads to a valid one; null where there is none. */
const edgeOf = (fn: StepFn, n: bigint): number | null => {
  const edge = n < 0n ? FIRST : LAST
  if (fn !== 'addMonths') return within(edge - Number(n) * (fn === 'addDays' ? DAY : 1))
  const month = addMonths(n < 0n ? edge : Date.UTC(9999, 11, 1), -Number(n))
  return n < 0n || month === null ? month : (addMonths(month, 1) ?? LAST + 1) - 1
}

const step =
  (s: Steps, fn: StepFn): CallPrinter =>
  (args, { type: { sql: type } }) => {
    const amount = args.scalars[1]?.node
    const literal = amount?.tag === 'literal' && amount.value !== null ? BigInt(amount.value as number | bigint) : null
    const edge = literal === null ? null : edgeOf(fn, literal)
    const known = edge === null ? null : literal
    const [x, low] = [s.value(args, 0), s.value(args, 0, level.sum)]
    const first = s.literal(type, type.tag === 'date' ? isoDate(FIRST) : new Date(FIRST).toISOString())
    const last = s.literal(type, type.tag === 'date' ? isoDate(LAST) : new Date(LAST).toISOString())
    if (known !== null && edge !== null) {
      const iso = type.tag === 'date' ? isoDate(edge) : new Date(edge).toISOString()
      const value = s.add[fn](s.value(args, 0, level.sum), text(String(known)), known, type)
      return atom(sql`CASE WHEN ${low} ${known < 0n ? '>=' : '<='} ${s.literal(type, iso)} THEN ${value} END`)
    }
    const n = args.arg(1, level.unary)
    const within =
      fn === 'addMonths'
        ? sql`13 - ${s.months(x)} AND 120000 - ${s.months(x)}`
        : fn === 'addDays'
          ? sql`${s.days(x, text(first))} AND ${s.days(x, text(last))}`
          : sql`${String(FIRST)} - ${s.epoch(x)} AND ${String(LAST)} - ${s.epoch(x)}`
    return atom(sql`CASE WHEN ${args.arg(1, level.sum)} BETWEEN ${within} THEN ${s.add[fn](low, n, null, type)} END`)
  }

/** The printers of the functions that move a date or instant. */
export const steps = (s: Steps): { readonly [fn in StepFn]: CallPrinter } => ({
  addMonths: step(s, 'addMonths'),
  addDays: step(s, 'addDays'),
  addMilliseconds: step(s, 'addMilliseconds'),
})
