/** Snapshot cases: bytes, their digits and digests; texts that match a regular expression. */
import { pipe } from 'fp-ts/lib/function.js'
import { byteLength, eq, hex, lit, matches, not, sha256, unhex } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from './print.js'
import { everything } from './tables.js'

export const byteCases: Cases = {
  'bytes, digits and digests': () =>
    pipe(
      Q.from(everything),
      Q.where(row => eq(sha256(row.data), unhex(row.label))),
      Q.map(row => ({
        size: byteLength(row.data),
        sizeOfText: byteLength(row.label),
        digits: hex(row.data),
        digest: hex(sha256(row.label)),
        known: hex(sha256(lit('a'))),
      })),
    ),

  'texts that match': () =>
    pipe(
      Q.from(everything),
      Q.where(row => not(matches(row.label, '^it.s \\d{2,}$'))),
      Q.map(row => ({ words: matches(row.code, '[^a-z_]|\\.') })),
    ),

  'a pattern that engines differ on': () =>
    pipe(
      Q.from(everything),
      Q.where(row => matches(row.label, '(a+)+')),
    ),
}
