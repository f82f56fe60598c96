/**
 * The `Driver` of one MySQL or MariaDB connection: statements are prepared, so that values travel apart from the text.
 *
 * Two checks follow a statement. It fails if it has a warning about a wrong value; a write of MariaDB that may have to be
 * undone for that runs in its own transaction. A raw statement in a transaction runs between SAVEPOINT and RELEASE, which fails if
 * the statement has ended the transaction.
 */
import { refuse } from '../../core/value/DbError.js'
import { type Driver, type Rows, type Statement, TRANSACTION_ENDED } from '../Driver.js'
import { cancelling } from '../pool/cancelling.js'
import { ask, type Channel, cancellation, drainCursors, refuseWrongValues, type Sendable, sendable } from './mysqlChannel.js'
import { mysqlCursor } from './mysqlCursor.js'
import { statementsOf } from './mysqlEngine.js'
import { type Row, sendPrepared } from './mysqlLink.js'
import { countWarnings, REGEXP_IN_TEXT } from './packets.js'
import { closesConnection, isMysqlReply } from './replies.js'

/** Statements that neither begin nor end a transaction, whatever they call: functions and triggers cannot. */
const KEEPS_TRANSACTION = /^\s*(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|SHOW|EXPLAIN)\b/i

const execute = (
  { connection, watch }: Channel,
  { text, params, isKept }: Pick<Sendable, 'text' | 'params' | 'isKept'>,
): Promise<Rows & { readonly warnings: number }> =>
  new Promise((resolve, reject) => {
    const command = sendPrepared(connection, text, params, (thrown, answer) => {
      if (!isKept) connection.unprepare(text)
      if (thrown !== null) {
        reject(thrown)
        if (closesConnection(thrown)) watch.lose(thrown)
      } else if (Array.isArray(answer)) resolve({ rows: answer as Row[], affected: answer.length, warnings: warnings() })
      else {
        const { affectedRows, warningStatus } = answer as { readonly affectedRows: number; readonly warningStatus: number }
        resolve({ rows: [], affected: affectedRows, warnings: REGEXP_IN_TEXT.test(text) ? warningStatus : 0 })
      }
    })
    const warnings = countWarnings(command)
  })

/** Runs a write in a transaction of its own, so that it can be undone. */
const undoable = async <A>(channel: Channel, write: () => Promise<A>): Promise<A> => {
  await ask(channel, 'START TRANSACTION')
  try {
    const done = await write()
    await ask(channel, 'COMMIT')
    return done
  } catch (thrown) {
    if (!channel.watch.isLost()) await ask(channel, 'ROLLBACK')
    throw thrown
  }
}

const querySimple = async (channel: Channel, statement: Statement): Promise<Rows> => {
  const { kind, watch, state, statementTimeout } = channel
  const { kind: use, signal, ...sent } = sendable(channel, statement)
  const mayHaveToUndo = use === 'write' && !state.inTransaction && kind.mayHaveToUndo(sent.text)
  const after = use === 'read' || kind.limitsWrites ? undefined : statementTimeout
  const checked = (): Promise<Rows> => watch.reply(() => execute(channel, sent)).then(rows => refuseWrongValues(channel, rows))
  const send = mayHaveToUndo ? () => undoable(channel, checked) : checked
  return signal === undefined && after === undefined ? send() : cancelling(cancellation(channel, signal, after), send)
}

/** A savepoint does not outlive its transaction: if it is gone, the statement has ended that, and perhaps begun another. */
const queryInTransaction = async (channel: Channel, statement: Statement): Promise<Rows> => {
  await ask(channel, 'SAVEPOINT query_ts_raw')
  const rows = await querySimple(channel, statement)
  const isOpen = await ask(channel, 'RELEASE SAVEPOINT query_ts_raw').then(
    () => true,
    thrown => (isMysqlReply(thrown) ? false : Promise.reject(thrown)),
  )
  if (isOpen) return rows
  channel.watch.lose()
  return refuse(TRANSACTION_ENDED)
}

/** The driver of an open connection. */
export const mysqlDriver = (channel: Channel): Driver => ({
  query: async statement => {
    await drainCursors(channel)
    const mayEnd = statement.kind === 'raw' && channel.state.inTransaction && !KEEPS_TRANSACTION.test(statement.text)
    return mayEnd ? queryInTransaction(channel, statement) : querySimple(channel, statement)
  },
  cursor: (statement, size) => mysqlCursor(channel, statement, size),
  script: async sql => {
    await drainCursors(channel)
    for (const statement of statementsOf(sql)) {
      await ask(channel, statement)
      if (statement.startsWith('START TRANSACTION')) channel.state.inTransaction = true
    }
    if (sql === 'COMMIT' || sql === 'ROLLBACK') channel.state.inTransaction = false
  },
  committed: async () => undefined,
  close: async () => undefined,
})
