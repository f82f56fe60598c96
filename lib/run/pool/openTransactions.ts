/**
 * Transactions that a raw statement left open: found and ended before the connection is released.
 *
 * The library begins transactions itself and ends them; a raw statement (or a procedure that it calls) can begin one of which the
 * session does not know. What then happens is `PoolOptions.transactionGuard`. Only raw operations are checked.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type DbError, databaseError } from '../../core/value/DbError.js'
import type { Connection } from './Connection.js'
import type { PoolLimits } from './PoolOptions.js'

/** The result of a raw operation, after the connection was checked. */
export const endOpenTransaction = async <A>(
  guard: PoolLimits['transactionGuard'],
  connection: Connection,
  answer: E.Either<DbError, A>,
): Promise<E.Either<DbError, A>> => {
  const isRefused = E.isLeft(answer) && (answer.left._tag === 'ValidationError' || answer.left._tag === 'Unsupported')
  if (guard === 'ignore' || isRefused || connection.isLost()) return answer
  try {
    if (!(await connection.isOpen())) return answer
    if (guard === 'discard') await connection.destroy()
    else await connection.undo()
  } catch {
    // the connection was lost meanwhile, or the server does not end the transaction
    await connection.destroy()
  }
  if (guard === 'raise' && E.isRight(answer)) {
    return E.left(databaseError(null, 'a raw statement left a transaction open, which was rolled back: use Program.transaction'))
  }
  return answer
}
