/**
 * Cursors over MySQL: the rows of a statement, read from the connection as they arrive.
 *
 * The protocol has no other statement until all rows are read, so the driver drains the cursor into memory before it sends one. Closing
 * a cursor early leaves rows on the wire: outside a transaction the connection is cut; inside one they are
 * skipped, and after 100 milliseconds the server gets a request to stop.
 */
import type { DriverCursor, Statement } from '../Driver.js'
import { cancelling } from '../pool/cancelling.js'
import { absorbCancel, type Channel, cancellation, drainCursors, refuseWrongValues, sendable } from './mysqlChannel.js'
import { type Row, sendPrepared } from './mysqlLink.js'
import { countWarnings } from './packets.js'

/** Milliseconds of skipping rows before the request to stop. */
const SKIP = 100

/** Opens a cursor; `size` is the number of rows of a chunk. */
export const mysqlCursor = async (channel: Channel, statement: Statement, size: number): Promise<DriverCursor> => {
  const { connection, watch, cursors, state } = channel
  await drainCursors(channel)
  const { text, params, signal, isKept } = sendable(channel, statement)
  const command = sendPrepared(connection, text, params)
  const warnings = countWarnings(command)
  const stream = command.stream({ highWaterMark: size })
  const rows = stream[Symbol.asyncIterator]() as AsyncIterator<Row>
  let ahead: readonly Row[] = []
  let ended = false
  const finish = (): void => {
    ended = true
    cursors.delete(self)
    if (!isKept) connection.unprepare(text)
  }
  const next = async (): Promise<Row | null> => {
    const answer = await watch.reply(() => rows.next())
    if (answer.done !== true) return answer.value
    finish()
    return null
  }
  const read = async (count: number): Promise<readonly Row[]> => {
    const found: Row[] = []
    while (!ended && found.length < count) {
      const row = await next()
      if (row !== null) found.push(row)
    }
    if (ended) await refuseWrongValues(channel, { warnings: warnings() })
    return found
  }
  const chunk = (): Promise<readonly Row[]> =>
    signal === undefined ? read(size) : cancelling(cancellation(channel, signal), () => read(size))
  const self = {
    drain: async () => {
      ahead = [...ahead, ...(await read(Number.POSITIVE_INFINITY))]
    },
  }
  /** Skips the rest. A request to stop ends it with an error, but not the transaction. */
  const skip = async (): Promise<void> => {
    const patience = performance.now() + SKIP
    while (!ended && performance.now() < patience) await next()
    if (ended) return
    await channel.stop().catch(() => watch.lose())
    while (!ended) await next()
  }
  cursors.add(self)
  try {
    // the first rows are read here, so that an error of the statement is an error of opening the cursor
    ahead = await chunk()
  } catch (thrown) {
    finish()
    throw thrown
  }
  return {
    next: async () => {
      const found = ahead.slice(0, size)
      ahead = ahead.slice(size)
      return found.length > 0 ? found : chunk()
    },
    close: async () => {
      ahead = []
      if (ended || watch.isLost()) return
      if (state.inTransaction)
        await skip()
          .catch(() => undefined)
          .then(() => absorbCancel(channel))
      else watch.lose()
      finish()
    },
  }
}
