/**
 * Hexadecimal text: bytes as two lower-case digits each, and back.
 *
 * Bytes have this form in JSON and in statements; both directions are fast for mebibytes.
 * Law: `fromHex(toHex(b)) = b`. The prefixes of dialects are not added here.
 */
const PAIRS = Array.from({ length: 256 }, (_, b) => b.toString(16).padStart(2, '0'))

/** Bytes as lower-case hexadecimal digits. */
export const toHex = (bytes: Uint8Array): string => {
  let text = ''
  for (const b of bytes) text += PAIRS[b]
  return text
}

/** The value of a hexadecimal digit by its character code; -1 for any other character. */
const digit = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

/** The bytes of a text; null if it does not consist of pairs of hexadecimal digits. */
export const fromHex = (text: string): Uint8Array | null => {
  if (text.length % 2 !== 0) return null
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i += 1) {
    const [high, low] = [digit(text.charCodeAt(2 * i)), digit(text.charCodeAt(2 * i + 1))]
    if (high < 0 || low < 0) return null
    bytes[i] = high * 16 + low
  }
  return bytes
}
