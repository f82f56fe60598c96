/**
 * Snapshot cases: bytes, their digits and digests.
 */
import { pipe } from 'fp-ts/lib/function.js'
import { byteLength, eq, hex, lit, sha256, unhex } from '../../../lib/core/Expr.js'
import * as Q from '../../../lib/core/Query.js'
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
}
