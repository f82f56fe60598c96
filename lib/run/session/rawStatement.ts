/**
 * Raw statements: SQL text of the program, with parameters in its gaps and typed columns for its rows.
 *
 * The text must be one statement that the session can stand; what the dialect's lexer can tell (several statements, transaction control)
 * is refused before anything is sent.
 */
import * as E from 'fp-ts/lib/Either.js'
import { lit } from '../../core/expr/Expr.js'
import type { SqlOp } from '../../core/operation/Interpreter.js'
import type { ExprType } from '../../core/syntax/Syntax.js'
import { attempting, validationError } from '../../core/value/DbError.js'
import type { RowPlan } from '../../plan/Rel.js'
import { type Fragment, flatten, join, slot, text } from '../../sql/Fragment.js'
import { statementProblem } from '../../sql/statementText.js'
import { durably } from './atomically.js'
import { decodeRows, sendStatement, slotOf, statementOf } from './sendStatement.js'
import type { Answer, SessionContext } from './sessionContext.js'

/** Runs a raw statement and returns its rows. */
export const runRaw = async (session: SessionContext, op: SqlOp & { readonly tag: 'raw' }): Answer<readonly unknown[]> => {
  const { dialect } = session.engine
  const names = Object.keys(op.columns)
  const types = Object.values(op.columns)
  const ready = attempting('a parameter', () => {
    const args = op.args.map(a => slotOf(lit(a)))
    const parts = op.text.flatMap((t, i): readonly Fragment[] => (args[i] === undefined ? [text(t)] : [text(t), slot(args[i])]))
    return statementOf(
      session,
      flatten(join(parts, ''), dialect.placeholder, dialect.reusesPlaceholders),
      types.map(type => ({ type, computed: true })),
      null,
      'raw',
      op.signal,
    )
  })
  if (E.isLeft(ready)) return ready
  const problem = statementProblem(dialect.lexis, ready.right.text)
  if (problem !== null) return E.left(validationError(['raw'], problem))
  const fields = names.map((name, index): readonly [string, RowPlan] => [
    name,
    { tag: 'cell', index, path: [name], type: types[index] as ExprType },
  ])
  return durably(session, async () => {
    const rows = await sendStatement(session, ready.right, null)
    return E.isLeft(rows) ? rows : decodeRows(session, { tag: 'record', fields }, names.length === 0 ? [] : rows.right.rows)
  })
}
