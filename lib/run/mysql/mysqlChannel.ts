/**
 * What the statements and cursors of one MySQL connection share.
 *
 * One statement at a time is on its way: before it is sent, open cursors read the rest of their rows into memory (`drainCursors`). A
 * `Channel` is the connection with its watch, the limits of a statement, and the state that both parts change.
 */
import type { Statement } from '../Driver.js'
import type { Cancelling } from '../pool/cancelling.js'
import type { ConnectionWatch } from '../pool/connectionWatch.js'
import { type Link, type Row, sendText } from './mysqlLink.js'
import { byteLength, PACKET_ROOM, TooLarge, WRONG_VALUE } from './packets.js'
import type { ServerKind } from './serverKind.js'
import { withParameters } from './textProtocol.js'

/** A connection with its watch, limits and state. */
export interface Channel {
  readonly connection: Link['connection']
  readonly kind: ServerKind
  readonly watch: ConnectionWatch
  /** Asks the server, on another connection, to cancel what this one is working on. */
  readonly cancel: () => Promise<void>
  /** The same, with more time for it. */
  readonly stop: () => Promise<void>
  readonly statementTimeout: number | undefined
  /** The maximum number of bytes of a statement and its values. */
  readonly maxBytes: number
  /** Open cursors: `drain` reads the rest of one. */
  readonly cursors: Set<{ readonly drain: () => Promise<void> }>
  readonly state: { inTransaction: boolean }
}

/** Reads the rest of all open cursors into memory. */
export const drainCursors = async ({ cursors }: Channel): Promise<void> => {
  for (const cursor of cursors) await cursor.drain()
}

/** Sends a text and waits for the reply. */
export const ask = ({ connection, watch }: Channel, sql: string): Promise<unknown> => watch.reply(() => sendText(connection, sql))

/** A late request to cancel hits the next statement, which is this one. It does not end a transaction. */
export const absorbCancel = async (channel: Channel): Promise<void> => {
  await ask(channel, 'DO 0').catch(() => undefined)
}

/** How a statement of this connection is cancelled: by its signal, or after some milliseconds. */
export const cancellation = (channel: Channel, signal: AbortSignal | undefined, after?: number): Cancelling => ({
  signal,
  after,
  cancel: channel.cancel,
  absorb: () => absorbCancel(channel),
  lose: channel.watch.lose,
})

/** A statement in the form in which it is sent. */
export interface Sendable extends Statement {
  /** Whether it stays prepared. */
  readonly isKept: boolean
}

/** A statement in the form in which it is sent; throws `TooLarge` if it is larger than one packet. */
export const sendable = ({ kind, maxBytes }: Channel, statement: Statement): Sendable => {
  const sent = withParameters(statement)
  const isSame = sent.text === statement.text
  if (byteLength(isSame ? sent.params : [sent.text]) > maxBytes) throw new TooLarge(maxBytes + PACKET_ROOM)
  return { ...statement, ...sent, isKept: isSame && kind.isReusable(sent.text) }
}

/** Returns its argument, or throws its first warning about a wrong value as an error. */
export const refuseWrongValues = async <A>(channel: Channel, answer: A & { readonly warnings: number }): Promise<A> => {
  if (answer.warnings === 0) return answer
  const warnings = (await ask(channel, 'SHOW WARNINGS')) as readonly Row[]
  const wrong = warnings.find(([, code]) => WRONG_VALUE.includes(code))
  return wrong === undefined ? answer : Promise.reject(Object.assign(new Error(String(wrong[2])), { errno: wrong[1] }))
}
