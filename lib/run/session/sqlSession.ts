/**
 * A session over an SQL driver: what performing an operation means on every engine that speaks SQL.
 *
 * An operation is compiled by the dialect, its parameters are encoded and its rows decoded by the engine's `Values`, and what the
 * driver throws is classified by a pure function of the engine. A command that returns rows, or takes several statements, runs in
 * a savepoint, so that it happens completely or not at all, even if its rows do not decode. The kinds of operations have
 * a module each; this one puts them together and ends transactions.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { SqlOp } from '../../core/operation/Interpreter.js'
import { type DbError, locked, lockTimeout } from '../../core/value/DbError.js'
import { type Driver, type Known, nothingKnown, type SqlEngine, type SqlOptions } from '../Driver.js'
import { releaseAdvisoryLocks, takeAdvisoryLock } from './advisoryLocks.js'
import { sendControl } from './atomically.js'
import { defineSchema } from './defineSchema.js'
import { executeCommand } from './executeCommand.js'
import { introspect } from './introspect.js'
import { runRaw } from './rawStatement.js'
import { explainQuery, openCursor, readAll } from './readQuery.js'
import { beganTransaction, changedSchema, endedTransaction } from './references.js'
import { type Answer, guarded, type SessionContext, sessionContext, startTransactionLog } from './sessionContext.js'
import type { Session } from './sessionInterpreter.js'

/** Lets the engine accept writes again after a read-only transaction. */
const allowWrites = async (session: SessionContext): Promise<void> => {
  const { engine, state } = session
  if (state.refusesWrites && engine.readOnly !== null) await sendControl(session, engine.readOnly.off)
  state.refusesWrites = false
}

const rollback = async (session: SessionContext): Answer<void> => {
  session.state.inTransaction = false
  await allowWrites(session)
  const done = await sendControl(session, 'ROLLBACK')
  endedTransaction(session)
  await releaseAdvisoryLocks(session)
  return done
}

const waitedFor = (milliseconds: number): DbError =>
  locked('what this operation has to lock', 'another transaction', `it was not free within ${milliseconds} ms: retry, or wait longer`)

/** Performs an operation that waits for locks no longer than it says; then it is `Locked`. */
const limited = async <A>(session: SessionContext, milliseconds: number | undefined, perform: () => Answer<A>): Answer<A> => {
  const { engine, state } = session
  if (milliseconds === undefined || engine.lockTimeout === null) return perform()
  const { on, off } = engine.lockTimeout(milliseconds, state.inTransaction)
  const set = await sendControl(session, on)
  if (E.isLeft(set)) return set
  try {
    return E.mapLeft((e: DbError) => (e === lockTimeout ? waitedFor(milliseconds) : e))(await perform())
  } finally {
    // fails in a transaction that has failed, where it has no effect any more
    await sendControl(session, off)
  }
}

/** An operation that may change the schema. */
const changing = async <A>(session: SessionContext, answer: Answer<A>): Answer<A> => {
  const done = await answer
  changedSchema(session)
  return done
}

/** The session of a connection. `known` is shared by the sessions of a runner. */
export const sqlSession = (engine: SqlEngine, driver: Driver, options: SqlOptions = {}, known: Known = nothingKnown()): Session => {
  const session = sessionContext(engine, driver, options, known)
  const { state } = session
  const perform = (op: SqlOp): Answer<any> => {
    switch (op.tag) {
      case 'all':
        return readAll(session, op)
      case 'cursor':
        return openCursor(session, op)
      case 'execute':
        return executeCommand(session, op)
      case 'ddl':
        return changing(session, defineSchema(session, op))
      case 'raw':
        return changing(session, runRaw(session, op))
      case 'advisoryLock':
        return takeAdvisoryLock(session, op)
      case 'explain':
        return explainQuery(session, op)
      case 'introspect':
        return introspect(session, op)
    }
  }
  return {
    perform: op => limited(session, op.lockTimeout, () => perform(op)),
    begin: async txOptions => {
      startTransactionLog(session)
      beganTransaction(session)
      const begun = await sendControl(session, engine.begin(txOptions))
      state.inTransaction = E.isRight(begun)
      if (E.isLeft(begun) || txOptions.readOnly !== true || engine.readOnly === null) return begun
      state.refusesWrites = true
      return sendControl(session, engine.readOnly.on)
    },
    commit: async () => {
      await allowWrites(session)
      const committed = await sendControl(session, 'COMMIT')
      if (E.isLeft(committed)) return committed
      state.inTransaction = false
      endedTransaction(session)
      await releaseAdvisoryLocks(session)
      return guarded(session, { sql: 'COMMIT', table: null }, driver.committed)
    },
    rollback: () => (state.inTransaction ? rollback(session) : Promise.resolve(E.right(undefined))),
    savepoint: name => sendControl(session, `SAVEPOINT ${name}`),
    release: name => sendControl(session, `RELEASE SAVEPOINT ${name}`),
    rollbackTo: async name => {
      const back = await sendControl(session, `ROLLBACK TO SAVEPOINT ${name}`)
      state.references = null
      return E.isLeft(back) ? back : sendControl(session, `RELEASE SAVEPOINT ${name}`)
    },
    close: async () => {
      const done = await guarded(session, { sql: '', table: null }, driver.close)
      state.isClosed = true
      return done
    },
  }
}
