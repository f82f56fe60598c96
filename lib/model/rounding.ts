/**
 * Rounding, roots and powers, greatest and least.
 *
 * A numeric is the bigint of its digits at a scale and is rounded exactly; a float is rounded by its exact value, so that
 * 0.49999999999999994 rounds to 0. Halves are rounded away from zero. A result that is not a real number is null; one beyond the range of
 * floats is an overflow.
 *
 * Laws: `floor(x) <= x <= ceil(x)`, both whole; `round(-x) = -round(x)`.
 */
import type { SqlType } from '../core/value/SqlType.js'
import { compare, finite, inType, scaleOf, type Value } from './value.js'

/** A way of rounding: of a float, and of digits of which `one` make up the number 1. */
interface Rounding {
  readonly float: (x: number) => number
  readonly digits: (digits: bigint, one: bigint) => bigint
}

const down = (digits: bigint, one: bigint): bigint => {
  const rest = digits % one
  return digits - (rest < 0n ? rest + one : rest)
}

/** Rounds down. */
export const floor: Rounding = { float: Math.floor, digits: down }

/** Rounds up. */
export const ceil: Rounding = { float: Math.ceil, digits: (digits, one) => -down(-digits, one) }

const halfUp = (x: number): number => (x - Math.floor(x) >= 0.5 ? Math.ceil(x) : Math.floor(x))

/** Rounds to the nearest integer, halves away from zero. */
export const round: Rounding = {
  float: x => (x < 0 ? -halfUp(-x) : halfUp(x)),
  digits: (digits, one) => (digits < 0n ? -down(-digits + one / 2n, one) : down(digits + one / 2n, one)),
}

/** A number rounded to an integer, in its own type. */
export const rounded = (how: Rounding, value: Value, type: SqlType): Value =>
  typeof value === 'bigint' ? inType(type, how.digits(value, 10n ** BigInt(scaleOf(type)))) : inType(type, how.float(value as number))

/** A power of a float; null where it is not a real number. */
export const power = (base: number, exponent: number): Value => {
  const none = base === 0 ? exponent < 0 : base < 0 && !Number.isInteger(exponent)
  return none ? null : finite(base ** exponent)
}

/** A square root; null for negative numbers. */
export const squareRoot = (x: number): Value => (x < 0 ? null : finite(Math.sqrt(x)))

/** The greatest or least of values of one type: `isFarther` tests the order of a value and the best one so far. */
export const extreme = (values: readonly Value[], type: SqlType, isFarther: (order: number) => boolean): Value =>
  values.reduce((a, b) => (isFarther(compare(b, type, a, type)) ? b : a))
