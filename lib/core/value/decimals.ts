/**
 * Floats as decimals, and decimals of fewer digits.
 *
 * A float stands for the shortest decimal that reads back as the same float, which is what `String` writes: 1.005 is 1.005 here,
 * and not the binary fraction slightly below it. Halves are rounded away from zero.
 */

const WRITTEN = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/

/** The shortest decimal of a float, without an exponent: `decimalText(1e-7)` is `'0.0000001'`. */
export const decimalText = (x: number): string => {
  const written = String(x)
  const [, sign = '', whole = '', fraction = '', exponent] = WRITTEN.exec(written) ?? []
  if (exponent === undefined) return written
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** Converts digits from one scale to another. */
export const atScale = (digits: bigint, from: number, to: number): bigint => {
  if (to >= from) return digits * 10n ** BigInt(to - from)
  const unit = 10n ** BigInt(from - to)
  const magnitude = ((digits < 0n ? -digits : digits) + unit / 2n) / unit
  return digits < 0n ? -magnitude : magnitude
}

/** The digits of a decimal text at a scale: `digitsAt('1.005', 2)` is `101n`. The text is a result of `decimalText`, or has a sign or no integer part. */
export const digitsAt = (text: string, scale: number): bigint => {
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.')
  const magnitude = atScale(BigInt(`${whole}${fraction}` || '0'), fraction.length, scale)
  return text.startsWith('-') ? -magnitude : magnitude
}
