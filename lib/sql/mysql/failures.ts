/**
 * Numbers that make an expression fail in MySQL and MariaDB, which have no function for that.
 *
 * Each is the largest unsigned integer, or one less: adding a year to it is error 1690, whose message contains the expression and
 * so the number, from which the error is classified. The year is that of a column or parameter, so that nothing is computed, and nothing
 * fails, unless the branch of the CASE is reached.
 */

/** The servers have no time zone of this name. */
export const NO_ZONE = 2n ** 64n - 1n
/** An instant is outside the years of which the servers know time zones. */
export const NO_YEAR = 2n ** 64n - 2n

const FAILURE = new RegExp(`\\b(${NO_ZONE}|${NO_YEAR}) \\+ year\\(`)

/** The number in the message of error 1690; null for other expressions. */
export const failureIn = (message: string): bigint | null => {
  const [, digits] = FAILURE.exec(message) ?? []
  return digits === undefined ? null : BigInt(digits)
}
