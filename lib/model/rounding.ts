/**
 * Numbers made whole, roots and powers, and the largest and smallest of values.
 *
 * A numeric is the bigint of its digits at a scale and is rounded exactly; a float by what it is as a number, so that
 * 0.49999999999999994 rounds to 0. Halves go away from zero. Where there is no real number for an answer it is null;
 * one beyond the floats is an overflow.
 *
 * Laws: `floor(x) <= x <= ceil(x)`, both whole; `round(-x) = -round(x)`.
 */
import type { SqlType } from '../core/value/SqlType.js'
import { compare, finite, inType, scaleOf, type Value } from './value.js'

/** A way to make a number whole: of a float, and of digits where so many are one. */
interface Rounding {
  readonly float: (x: number) => number
  readonly digits: (digits: bigint, one: bigint) => bigint
}

const down = (digits: bigint, one: bigint): bigint => {
  const rest = digits % one
  return digits - (rest < 0n ? rest + one : rest)
}

export const floor: Rounding = { float: Math.floor, digits: down }

export const ceil: Rounding = { float: Math.ceil, digits: (digits, one) => -down(-digits, one) }

const halfUp = (x: number): number => (x - Math.floor(x) >= 0.5 ? Math.ceil(x) : Math.floor(x))

export const round: Rounding = {
  float: x => (x < 0 ? -halfUp(-x) : halfUp(x)),
  digits: (digits, one) => (digits < 0n ? -down(-digits + one / 2n, one) : down(digits + one / 2n, one)),
}

/** A number made whole, in its own type. */
export const rounded = (how: Rounding, value: Value, type: SqlType): Value =>
  typeof value === 'bigint' ? inType(type, how.digits(value, 10n ** BigInt(scaleOf(type)))) : inType(type, how.float(value as number))

/** A power of a float, null where it is no real number. */
export const power = (base: number, exponent: number): Value => {
  const none = base === 0 ? exponent < 0 : base < 0 && !Number.isInteger(exponent)
  return none ? null : finite(base ** exponent)
}

export const squareRoot = (x: number): Value => (x < 0 ? null : finite(Math.sqrt(x)))

/** Of values of one type the one that is farthest in the direction that `isFarther` says of two. */
export const extreme = (values: readonly Value[], type: SqlType, isFarther: (order: number) => boolean): Value =>
  values.reduce((a, b) => (isFarther(compare(b, type, a, type)) ? b : a))
