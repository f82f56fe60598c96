/**
 * The `Driver` of one Postgres connection: prepared statements, server-side cursors, and the transaction's status.
 *
 * Statements are sent without waiting for the replies to those before them. A statement whose plan has become stale is prepared again
 * under another text, because the driver keeps what it has prepared. A cursor outside a transaction opens a read-only one.
 * A raw statement that has ended its transaction is an error, and the connection is cut.
 */
import { refuse, transactionAborted } from '../../core/value/DbError.js'
import { type Driver, type Rows, TRANSACTION_ENDED } from '../Driver.js'
import { cancelling } from '../pool/cancelling.js'
import type { ConnectionWatch } from '../pool/connectionWatch.js'
import { isStalePlan } from './errors.js'
import type { Link } from './postgresLink.js'
import { hideStalePlans, readingStatus, type TransactionStatus } from './transactionStatus.js'

/** Prepared statements take memory on the server: further ones are sent without being kept. */
const MAX_PREPARED = 500

/** A driver that also knows whether a transaction is open. */
export interface PostgresDriver extends Driver {
  /** The status after the last raw statement. */
  readonly status: () => TransactionStatus
}

/** The driver of an open connection; `cancel` requests to cancel its statement. */
export const postgresDriver = ({ sql, stream }: Link, watch: ConnectionWatch, cancel: () => Promise<void>): PostgresDriver => {
  const prepared = new Set<string>()
  /** The text under which a statement with a stale plan was prepared again. */
  const renewed = new Map<string, string>()
  let cursors = 0
  let inTransaction = false
  let status: TransactionStatus = 'I'
  hideStalePlans(stream)

  const isKept = (text: string): boolean => {
    if (prepared.has(text)) return true
    if (prepared.size >= MAX_PREPARED) return false
    prepared.add(text)
    return true
  }
  /** A late request to cancel hits this statement, or is dropped by the server before it. */
  const absorb = async (): Promise<void> => {
    if (!inTransaction) await watch.reply(() => sql.unsafe('SELECT 1').simple()).catch(() => undefined)
  }
  const send = async (text: string, params: readonly unknown[], signal?: AbortSignal): Promise<Rows> => {
    const sent = () => watch.reply(() => sql.unsafe(text, params as never[], { prepare: isKept(text), simple: false } as never).values())
    const answer = signal === undefined ? await sent() : await cancelling({ signal, cancel, absorb, lose: watch.lose }, sent)
    return { rows: answer as unknown as Rows['rows'], affected: answer.count ?? 0 }
  }
  const currentText = (text: string): string => renewed.get(text) ?? text
  const query = async (text: string, params: readonly unknown[], signal?: AbortSignal): Promise<Rows> => {
    const current = currentText(text)
    try {
      return await send(current, params, signal)
    } catch (thrown) {
      if (!isStalePlan(thrown)) throw thrown
      if (currentText(text) === current) renewed.set(text, `${current} `)
      // the error has aborted the transaction
      if (inTransaction) throw thrown
      return send(currentText(text), params, signal)
    }
  }
  /** The text of a raw statement does not tell whether it ends the transaction; the server's status does. */
  const queryRaw = async (text: string, params: readonly unknown[], signal?: AbortSignal): Promise<Rows> => {
    const answer = await readingStatus(
      stream,
      () => query(text, params, signal),
      found => {
        status = found
      },
    )
    if (inTransaction && status === 'I') {
      watch.lose()
      refuse(TRANSACTION_ENDED)
    }
    return answer
  }
  const script = async (text: string): Promise<void> => {
    const done = await watch.reply(() => sql.unsafe(text).simple())
    if (text.startsWith('BEGIN')) inTransaction = true
    if (text === 'COMMIT' || text === 'ROLLBACK') inTransaction = false
    // COMMIT of a failed transaction succeeds, and rolls it back
    if (text === 'COMMIT' && done.command !== 'COMMIT') refuse(transactionAborted)
  }
  return {
    query: ({ text, params, kind, signal }) => (kind === 'raw' ? queryRaw : query)(text, params, signal),
    cursor: async ({ text, params, signal }, size) => {
      const name = `query_ts_${(cursors += 1)}`
      const ownTransaction = !inTransaction
      if (ownTransaction) await script('BEGIN READ ONLY')
      try {
        await watch.reply(() => sql.unsafe(`DECLARE ${name} NO SCROLL CURSOR FOR ${text}`, params as never[], { prepare: false }))
      } catch (thrown) {
        if (ownTransaction && !watch.isLost()) await script('ROLLBACK')
        throw thrown
      }
      return {
        next: async () => (await query(`FETCH ${size} FROM ${name}`, [], signal)).rows,
        close: async () => {
          if (!watch.isLost()) await script(ownTransaction ? 'ROLLBACK' : `CLOSE ${name}`)
        },
      }
    },
    script,
    committed: async () => undefined,
    close: async () => undefined,
    status: () => status,
  }
}
