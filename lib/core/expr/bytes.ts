/**
 * Functions of bytes: parts of `Expr`, which exports them.
 *
 * Where a text is taken for bytes it is its UTF-8, whatever character set a column is stored in. A function of a null is null.
 *
 * Laws: `unhex(hex(e)) = e`; `length(hex(e)) = times(byteLength(e), 2)`; `byteLength(concat(a, b))` is the sum of both.
 */
import { call, withExtraDepth } from '../syntax/operand.js'
import type { Expr } from '../syntax/Syntax.js'

/** The number of bytes; of a text, that of its UTF-8. */
export const byteLength = <A extends Uint8Array | string | null>(e: Expr<A>): Expr<number | Extract<A, null>> => call('byteLength', [e])

/** The bytes as text: two hexadecimal digits each, in lower case. */
export const hex = <A extends Uint8Array | null>(e: Expr<A>): Expr<string | Extract<A, null>> => withExtraDepth(call('hex', [e]))

/** The bytes that a text of pairs of hexadecimal digits means, in either case; null of any other text. */
export const unhex = <A extends string | null>(e: Expr<A>): Expr<Uint8Array | null> => withExtraDepth(call('unhex', [e]))

/** The 32 bytes of SHA-256 of bytes, or of the UTF-8 of a text: `hex(sha256(e))` is what most tools show. Not for passwords. */
export const sha256 = <A extends Uint8Array | string | null>(e: Expr<A>): Expr<Uint8Array | Extract<A, null>> => call('sha256', [e])
