/**
 * Bytes, and texts of hexadecimal digits.
 *
 * Laws: those of `core/expr/bytes`.
 */
import type { Value } from './value.js'

/** Bytes unchanged, or the UTF-8 bytes of a text. */
export const bytesOf = (value: Value): Uint8Array => (value instanceof Uint8Array ? value : new TextEncoder().encode(value as string))

/** The lowercase hexadecimal digits of bytes. */
export const hexDigits = (value: Value): string => Array.from(value as Uint8Array, b => b.toString(16).padStart(2, '0')).join('')

/** The bytes of hexadecimal digits; null where the text is not made of pairs of them. */
export const fromDigits = (text: string): Value =>
  /^(?:[0-9a-f]{2})*$/i.test(text) ? Uint8Array.from(text.match(/../g) ?? [], pair => Number.parseInt(pair, 16)) : null
