/**
 * Reads the bytes of the Postgres protocol that postgres.js does not report, or handles wrongly.
 *
 * `readingStatus` finds the transaction status in the ReadyForQuery message that ends each reply. `hideStalePlans` changes one kind of error
 * reply on its way to the driver. Source: Postgres documentation, "Message Formats".
 */
import type { Link } from './postgresLink.js'

/** `I`: no transaction is open; `T`: one is; `E`: one is, and has failed; `?`: unknown. */
export type TransactionStatus = 'I' | 'T' | 'E' | '?'

/** Runs something, and reports the status after it: from the last bytes that the server sends meanwhile. */
export const readingStatus = async <A>(
  stream: Link['stream'],
  run: () => Promise<A>,
  report: (status: TransactionStatus) => void,
): Promise<A> => {
  let tail = Buffer.alloc(0)
  const read = (chunk: Buffer): void => {
    tail = Buffer.concat([tail, chunk.subarray(-6)]).subarray(-6)
  }
  stream.on('data', read)
  try {
    return await run()
  } finally {
    stream.removeListener('data', read)
    const isReady = tail.length === 6 && tail.readUInt32BE(1) === 5 && tail[0] === 0x5a
    report(isReady ? (String.fromCharCode(tail[5] as number) as TransactionStatus) : '?')
  }
}

/** The field of an error reply by which the plan of a prepared statement is stale. */
const STALE = Buffer.from('\0RRevalidateCachedQuery\0', 'latin1')

/**
 * Makes the driver treat such an error like any other, by changing a letter of it: it would prepare the statement again, and mixes up several
 * statements of one connection that it prepares at the same time (postgres 3.4). Rows of the text protocol contain no NUL before this word.
 */
export const hideStalePlans = (stream: Link['stream']): void => {
  stream.prependListener('data', (chunk: Buffer) => {
    for (let at = chunk.indexOf(STALE); at >= 0; at = chunk.indexOf(STALE, at + 1)) chunk[at + 2] = 0x72
  })
}
