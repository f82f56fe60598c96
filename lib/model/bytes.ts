/**
 * Bytes: of texts, as hexadecimal digits and back.
 *
 * Laws: those of `core/bytes`.
 */
import type { Value } from './value.js'

/** The bytes themselves, or those of a text in UTF-8. */
export const bytesOf = (value: Value): Uint8Array => (value instanceof Uint8Array ? value : new TextEncoder().encode(value as string))

export const hexDigits = (value: Value): string => Array.from(value as Uint8Array, b => b.toString(16).padStart(2, '0')).join('')

export const fromDigits = (text: string): Value =>
  /^(?:[0-9a-f]{2})*$/i.test(text) ? Uint8Array.from(text.match(/../g) ?? [], pair => Number.parseInt(pair, 16)) : null
