/**
 * Advisory locks: locks of names, taken in a transaction and held until its end.
 *
 * On some engines such a lock outlives the transaction: the session remembers those and releases them at its end. Where there is only one
 * transaction at a time, a lock is always granted. A lock that is not granted in time is `Timeout`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { lit } from '../../core/expr/Expr.js'
import type { SqlOp } from '../../core/operation/Interpreter.js'
import { lockTimeout } from '../../core/value/DbError.js'
import { type Fragment, slot } from '../../sql/Fragment.js'
import { scalarStatement, sendInternal, slotOf } from './sendStatement.js'
import type { Answer, SessionContext } from './sessionContext.js'

/** Takes a lock until the end of the transaction. */
export const takeAdvisoryLock = async (
  session: SessionContext,
  { name, wait, signal }: SqlOp & { readonly tag: 'advisoryLock' },
): Answer<void> => {
  const { engine, state } = session
  const { advisory } = engine.dialect
  if (advisory === null) return E.right(undefined)
  const statement = { ...scalarStatement(session, advisory.take(slot(slotOf(lit(name))), wait)), signal }
  const taken = await sendInternal(session, statement)
  if (E.isLeft(taken)) return taken
  if (Number(taken.right.rows[0]?.[0]) !== 1) return E.left(lockTimeout)
  if (advisory.giveBack !== null) state.lockNames = [...state.lockNames, name]
  return E.right(undefined)
}

/** Releases the locks that outlive the transaction, which has just ended. */
export const releaseAdvisoryLocks = async (session: SessionContext): Promise<void> => {
  const { engine, state } = session
  const names = state.lockNames
  state.lockNames = []
  const release = engine.dialect.advisory?.giveBack as (name: Fragment) => Fragment
  for (const name of names) await sendInternal(session, scalarStatement(session, release(slot(slotOf(lit(name))))))
}
