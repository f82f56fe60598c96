/**
 * Numbers by which an expression fails in MySQL and MariaDB, which have no function that does.
 *
 * Each is the largest unsigned integer, or one less: adding a year to it is error 1690, whose message has the expression and thereby
 * the number. The reader of errors takes it from there. The year is of a column or parameter, so that nothing is computed, and nothing
 * fails, before the branch of a CASE is reached that it stands in.
 */

/** The servers have no time zone of this name. */
export const NO_ZONE = 2n ** 64n - 1n
/** An instant is out of the years of which the servers know time zones. */
export const NO_YEAR = 2n ** 64n - 2n

/** What the message of error 1690 has of such an expression. */
export const failureIn = (message: string): bigint | null => {
  const [, digits] = /\b(1844674407370955161[45]) \+ year\(/.exec(message) ?? []
  return digits === undefined ? null : BigInt(digits)
}
