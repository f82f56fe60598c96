/**
 * SHA-256 (FIPS 180-4) of bytes, in plain JavaScript.
 *
 * The model and SQLite need it, because the platform's implementation is asynchronous in browsers. Words are 32-bit integers; the constants are
 * fractional parts of roots of primes, as the standard defines. Tests compare it with known results and with the servers' functions.
 */

const isPrime = (n: number): boolean => {
  for (let d = 2; d * d <= n; d += 1) if (n % d === 0) return false
  return n > 1
}

const PRIMES = Array.from({ length: 312 }, (_, n) => n).filter(isPrime)

/** The first 32 bits of a fraction. */
const fraction = (x: number): number => ((x - Math.floor(x)) * 2 ** 32) | 0

const START = PRIMES.slice(0, 8).map(p => fraction(Math.sqrt(p)))
const ROUNDS = PRIMES.slice(0, 64).map(p => fraction(Math.cbrt(p)))

const turned = (x: number, by: number): number => (x >>> by) | (x << (32 - by))

/** The padded message: a bit, zeros, and its length in bits. */
const padded = (bytes: Uint8Array): DataView => {
  const whole = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64)
  whole.set(bytes)
  whole[bytes.length] = 0x80
  const view = new DataView(whole.buffer)
  view.setBigUint64(whole.length - 8, BigInt(bytes.length) * 8n)
  return view
}

/** The message schedule of a block of 64 bytes. */
const schedule = (message: DataView, at: number, w: Int32Array): void => {
  for (let i = 0; i < 16; i += 1) w[i] = message.getInt32(at + i * 4)
  for (let i = 16; i < 64; i += 1) {
    const [x, y] = [w[i - 15] as number, w[i - 2] as number]
    const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3)
    const s1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10)
    w[i] = (w[i - 16] as number) + s0 + (w[i - 7] as number) + s1
  }
}

/** The 32 bytes of the digest. */
export const sha256 = (bytes: Uint8Array): Uint8Array => {
  const message = padded(bytes)
  const state = Int32Array.from(START)
  const w = new Int32Array(64)
  for (let at = 0; at < message.byteLength; at += 64) {
    schedule(message, at, w)
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
    for (let i = 0; i < 64; i += 1) {
      const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
      const one = (h + s1 + ((e & f) ^ (~e & g)) + (ROUNDS[i] as number) + (w[i] as number)) | 0
      const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + one) | 0
      d = c
      c = b
      b = a
      a = (one + two) | 0
    }
    for (const [i, x] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] as number) + x
  }
  const digest = new DataView(new ArrayBuffer(32))
  for (const [i, word] of state.entries()) digest.setInt32(i * 4, word)
  return new Uint8Array(digest.buffer)
}

/** The SHA-256 of a text in UTF-8, as 64 hexadecimal digits. */
export const sha256Hex = (text: string): string =>
  Array.from(sha256(new TextEncoder().encode(text)), b => b.toString(16).padStart(2, '0')).join('')
