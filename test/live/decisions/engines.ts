/**
 * The engines on which the decisions are checked, with a count of the calls to their drivers.
 *
 * `refused` means that nothing was sent. An operation that returns `Unsupported` after a call to its driver fails with an error of its
 * own, and no check accepts that as a refusal. A new engine is one line in `engines`, and a column in docs/semantics.md. The servers that
 * have an address are held to the same clauses; the page does not depend on whether they are available.
 */
import { Socket } from 'node:net'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import initSqlJs from 'sql.js'
import { type DbError, databaseError, show } from '../../../lib/DbError.js'
import type { Interpreter, Runner, SqlOp } from '../../../lib/Interpreter.js'
import { memory } from '../../../lib/run/memory.js'
import { sqlite } from '../../../lib/run/sqlite.js'
import { type ServerName, servers } from '../addresses.js'
import { pgliteForTests } from '../pgliteCopy.js'
import { onServer } from '../servers.js'
import { counting, sent } from './sent.js'

export interface Engine {
  /** The head of its column. */
  readonly name: string
  readonly open: TE.TaskEither<DbError, Runner>
  /** Whether it has a column: what every machine can run does. */
  readonly inPage: boolean
  /** Clauses that the engine can't be made to hold, and why: they are seen to differ. */
  readonly differs: { readonly [clause: string]: string }
  /** Kinds of columns whose values the engine can't hold, and why: they are seen to be refused. */
  readonly refuses: { readonly [kind: string]: string }
}

const ROW_BY_ROW = 'InnoDB checks foreign keys row by row, and has no other way'

const serverDiffers: { readonly [name in ServerName]: Engine['differs'] } = {
  postgres: {},
  mysql: {
    'a foreign key is checked for the state after the statement, not row by row': ROW_BY_ROW,
    'bigint arithmetic is exact up to its edges': 'a product of just -2^63 is NumericOverflow, unless a factor is 1',
  },
  mariadb: { 'a foreign key is checked for the state after the statement, not row by row': ROW_BY_ROW },
}

const serverRefuses: { readonly [name in ServerName]: Engine['refuses'] } = {
  postgres: {},
  mysql: {},
  mariadb: { 'json of 60 levels': 'its JSON has 31 levels at most' },
}

export const engines: readonly Engine[] = [
  { name: 'memory', open: () => TE.right(memory())(), inPage: true, differs: {}, refuses: {} },
  { name: 'sqlite', open: sqlite(), inPage: true, differs: {}, refuses: {} },
  { name: 'pglite (postgres)', open: pgliteForTests({ extensions: { vector } }), inPage: true, differs: {}, refuses: {} },
  // no time ends an idle connection, and none is opened during a check: everything written to a socket then belongs to the check
  ...servers.map(
    (name): Engine => ({
      name,
      open: onServer(name, { idleTimeout: 600_000 }),
      inPage: false,
      differs: serverDiffers[name],
      refuses: serverRefuses[name],
    }),
  ),
]

let counted: Promise<void> | undefined

const countDrivers = async (): Promise<void> => {
  counting((await initSqlJs()).Database.prototype, ['prepare', 'run', 'exec'])
  counting(PGlite.prototype, ['query', 'exec'])
  counting(Socket.prototype, ['write'])
}

const watched = (db: Interpreter<SqlOp>): Interpreter<SqlOp> => ({
  capabilities: db.capabilities,
  perform: op => async () => {
    const before = sent()
    const answer = await db.perform(op)()
    if (E.isLeft(answer) && answer.left._tag === 'Unsupported' && sent() > before) {
      return E.left(databaseError(null, `refused only after something was sent: ${show(answer.left)}`))
    }
    return answer
  },
  transaction: (options, use) => db.transaction(options, tx => use(watched(tx))),
})

/** Opens an engine under watch. */
export const open = async (engine: Engine): Promise<Runner> => {
  counted ??= countDrivers()
  await counted
  const runner = await engine.open()
  if (E.isLeft(runner)) throw new Error(show(runner.left))
  return { ...watched(runner.right), close: runner.right.close }
}
