/**
 * Functions of bytes; parts of `Expr`, which exports them.
 *
 * A text in place of bytes stands for its UTF-8 encoding, whatever character set its column has. A function of null is null.
 *
 * Laws: `unhex(hex(e)) = e`; `length(hex(e)) = times(byteLength(e), 2)`; `byteLength(concat(a, b))` is the sum of both lengths.
 */
import { call, withExtraDepth } from '../syntax/operand.js'
import type { Expr } from '../syntax/Syntax.js'

/** The number of bytes; for a text, of its UTF-8 encoding. */
export const byteLength = <A extends Uint8Array | string | null>(e: Expr<A>): Expr<number | Extract<A, null>> => call('byteLength', [e])

/** The bytes in hexadecimal: two lower-case digits each. */
export const hex = <A extends Uint8Array | null>(e: Expr<A>): Expr<string | Extract<A, null>> => withExtraDepth(call('hex', [e]))

/** The bytes of a text of pairs of hexadecimal digits, in either case; null for any other text. */
export const unhex = <A extends string | null>(e: Expr<A>): Expr<Uint8Array | null> => withExtraDepth(call('unhex', [e]))

/** The SHA-256 hash (32 bytes) of bytes, or of the UTF-8 encoding of a text: `hex(sha256(e))` is what most tools show. Not for passwords. */
export const sha256 = <A extends Uint8Array | string | null>(e: Expr<A>): Expr<Uint8Array | Extract<A, null>> => call('sha256', [e])
