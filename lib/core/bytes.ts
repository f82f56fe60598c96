/**
 * Functions of bytes: parts of `Expr`, which exports them.
 *
 * Where a text is taken for bytes it is its UTF-8, whatever character set a column is stored in. A function of a null is null.
 *
 * Laws: `unhex(hex(e)) = e`; `length(hex(e)) = times(byteLength(e), 2)`; `byteLength(concat(a, b))` is the sum of both.
 */
import { doubled, INT, strict, TEXT, taken } from './operand.js'
import { isText, type SqlType } from './SqlType.js'
import type { AnyExpr, Expr, ScalarFn } from './Syntax.js'

const BYTES: SqlType = { tag: 'bytes' }

const isBytes = (t: SqlType): boolean => t.tag === 'bytes'

const either = (fn: ScalarFn, x: unknown): AnyExpr => taken(fn, x, t => isBytes(t) || isText(t), 'it is for bytes and texts')

/** The number of bytes; of a text, that of its UTF-8. */
export const byteLength = <A extends Uint8Array | string | null>(e: Expr<A>): Expr<number | Extract<A, null>> =>
  strict('byteLength', [either('byteLength', e)], INT)

/** The bytes as text: two hexadecimal digits each, in lower case. */
export const hex = <A extends Uint8Array | null>(e: Expr<A>): Expr<string | Extract<A, null>> =>
  doubled(strict('hex', [taken('hex', e, isBytes, 'it is for bytes')], TEXT))

/** The bytes that a text of pairs of hexadecimal digits means, in either case; null of any other text. */
export const unhex = <A extends string | null>(e: Expr<A>): Expr<Uint8Array | null> =>
  doubled(strict('unhex', [taken('unhex', e, isText, 'it is for texts')], BYTES, true))

/** The 32 bytes of SHA-256 of bytes, or of the UTF-8 of a text: `hex(sha256(e))` is what most tools show. Not for passwords. */
export const sha256 = <A extends Uint8Array | string | null>(e: Expr<A>): Expr<Uint8Array | Extract<A, null>> =>
  strict('sha256', [either('sha256', e)], BYTES)
