/**
 * Performing the steps of a schema one by one, so that an error of rows names them.
 *
 * What a step that succeeds costs does not change. After an error, the rows that cause it are queried in the state before the step: where
 * definitions are transactional and the step is the first one, that is the state after the rollback of all of them; a later step is
 * performed in a savepoint of its own. Elsewhere a refused statement has changed nothing.
 *
 * A query that fails names no rows: then the error stays what it is.
 */
import * as E from 'fp-ts/lib/Either.js'
import { MOST_NAMED, mayOffend, offendingRows } from '../../core/schema/offendingRows.js'
import type { Step } from '../../core/schema/Step.js'
import { type DbError, isOfRows, namingRows, type OffendingRow } from '../../core/value/DbError.js'
import type { StepWork } from '../../sql/ddl.js'
import { keyLengths } from '../../sql/definitions.js'
import type { Work } from '../../sql/Work.js'
import { sendControl } from './atomically.js'
import { readAll } from './readQuery.js'
import type { Answer, SessionContext } from './sessionContext.js'

/** An error of a step with the rows that cause it, as far as they can be found in the current state. */
const withRows = async (session: SessionContext, step: Step, error: DbError): Promise<DbError> => {
  if (!isOfRows(error)) return error
  const query = offendingRows(step, error, keyLengths(session.engine.dialect, step))
  const found = query === null ? E.right([]) : await readAll(session, { tag: 'all', query })
  return E.isLeft(found) ? error : namingRows(error, found.right as readonly OffendingRow[], MOST_NAMED)
}

/** Performs a step in a savepoint, to which an error of rows goes back. */
const inSavepoint = async (session: SessionContext, step: Step, f: () => Answer<void>): Answer<void> => {
  const begun = await sendControl(session, 'SAVEPOINT query_ts_step')
  if (E.isLeft(begun)) return begun
  const done = await f()
  if (E.isRight(done)) return sendControl(session, 'RELEASE SAVEPOINT query_ts_step')
  const undone = await sendControl(session, 'ROLLBACK TO SAVEPOINT query_ts_step')
  return E.isLeft(undone) ? done : E.left(await withRows(session, step, done.left))
}

/**
 * Performs the work of steps by `perform`. `surround` runs all of it, in one transaction where it is `transactional`; what is found after it
 * is in the state before the first step, or before the statement that was refused.
 */
export const namingSteps = async (
  session: SessionContext,
  steps: readonly StepWork[],
  transactional: boolean,
  perform: (work: readonly Work[]) => Answer<void>,
  surround: (run: () => Answer<void>) => Answer<void>,
): Answer<void> => {
  let refused: Step | null = null
  const answer = await surround(async () => {
    let isFirst = true
    for (const { step, work } of steps) {
      const later = transactional && !isFirst && step !== null && mayOffend(step)
      const done = later ? await inSavepoint(session, step, () => perform(work)) : await perform(work)
      if (E.isLeft(done)) {
        refused = later ? null : step
        return done
      }
      if (step !== null) isFirst = false
    }
    return E.right(undefined)
  })
  return E.isLeft(answer) && refused !== null ? E.left(await withRows(session, refused, answer.left)) : answer
}
