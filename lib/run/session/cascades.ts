/**
 * Tables whose cascades lead back to the table itself.
 *
 * When such a table is deleted from, one row may take other rows of the same delete along, and the engine does not count those. The
 * foreign keys are read from the database once per session and again after a definition or raw text, which may change them.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { AnyTable } from '../../core/syntax/Syntax.js'
import { sendInternal, TEXT } from './sendStatement.js'
import type { Answer, SessionContext } from './sessionContext.js'

/** The tables on a cycle, in lower case, given all pairs of a referring and a referred table. */
const cyclicTables = (pairs: readonly (readonly [string, string])[]): ReadonlySet<string> => {
  const referringTo = new Map<string, Set<string>>()
  for (const [referring, referred] of pairs.map(pair => pair.map(name => name.toLowerCase()) as [string, string]))
    referringTo.set(referred, (referringTo.get(referred) ?? new Set()).add(referring))
  const reachable = (from: string): ReadonlySet<string> => {
    const seen = new Set<string>()
    const next = [from]
    for (let name = next.pop(); name !== undefined; name = next.pop()) {
      for (const other of referringTo.get(name) ?? []) {
        if (!seen.has(other)) next.push(other)
        seen.add(other)
      }
    }
    return seen
  }
  return new Set([...referringTo.keys()].filter(name => reachable(name).has(name)))
}

/** Whether a delete from the table may delete further rows of it by cascades that the engine does not count. */
export const cascadesToItself = async (session: SessionContext, table: AnyTable): Answer<boolean> => {
  const { engine, state } = session
  const { cascades } = engine.dialect.ddl
  if (cascades === null) return E.right(false)
  if (state.cyclicTables === null) {
    const found = await sendInternal(session, { text: cascades, params: [], columns: [TEXT, TEXT], kind: 'read' })
    if (E.isLeft(found)) return found
    state.cyclicTables = cyclicTables(found.right.rows.map(([referring, referred]) => [String(referring), String(referred)]))
  }
  return E.right(state.cyclicTables.has(table.name.toLowerCase()))
}
