/**
 * The runner in memory: it defines what every operation means.
 *
 * A session has the current state of a database, an immutable value; operations are the functions
 * of `lib/model`. To begin a transaction or a savepoint is to remember the state, to roll back
 * is to restore it, and an operation that fails leaves the state unchanged.
 *
 * It is for tests and small data: a join is a nested loop. The results of other runners are compared
 * with those of this one. It has no SQL: `raw` is `Unsupported`.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Capabilities, Cursor, Runner, SqlOp } from '../core/operation/Interpreter.js'
import type { AnyQuery } from '../core/syntax/Syntax.js'
import { attempting, closed, type DbError, unsupported } from '../core/value/DbError.js'
import { type Database, empty, schemaOf } from '../model/Database.js'
import { define } from '../model/define.js'
import { evaluate } from '../model/evaluate.js'
import { execute } from '../model/execute.js'
import { explain } from '../model/explain.js'
import { validateQuery } from '../model/validate.js'
import { imageOf } from '../show/imageOf.js'
import { LEVELS } from './session/isolation.js'
import { type Session, type SingleOptions, singleSession } from './session/sessionInterpreter.js'

const CAPABILITIES: Capabilities = {
  engine: 'memory',
  returning: 'native',
  lateral: 'native',
  transactionalDdl: true,
  constraints: 'statement',
  isolation: LEVELS,
  refuses: ['raw SQL'],
}

/** A cursor over the rows at the time of its opening. */
const cursor = (db: Database, query: AnyQuery, size: number): E.Either<DbError, Cursor<unknown>> => {
  const rows = evaluate(db, query)
  if (E.isLeft(rows)) return rows
  let at = 0
  return E.right({
    next: async () => {
      const chunk = rows.right.slice(at, at + size)
      at += size
      return E.right(chunk)
    },
    close: async () => {
      at = rows.right.length
      return E.right(undefined)
    },
  })
}

const session = (): Session => {
  let now: Database = empty
  let isClosed = false
  let begun: Database = empty
  let savepoints: readonly { readonly name: string; readonly db: Database }[] = []

  const done = E.right<DbError, void>(undefined)

  const perform = (op: SqlOp): E.Either<DbError, unknown> => {
    switch (op.tag) {
      case 'all':
        return evaluate(now, op.query)
      case 'cursor':
        return cursor(now, op.query, op.size)
      case 'execute': {
        const executed = execute(now, op.command)
        if (E.isLeft(executed)) return executed
        now = executed.right.db
        return E.right(executed.right.result)
      }
      case 'ddl': {
        const defined = define(now, op.steps)
        if (E.isLeft(defined)) return defined
        const { right: after } = defined
        const views = op.steps.flatMap(s => (s.tag === 'createView' ? [s.view] : []))
        const checked = attempting('the query of a view', () => {
          for (const v of views) validateQuery(after, v.query as AnyQuery)
        })
        if (E.isLeft(checked)) return checked
        now = after
        return done
      }
      case 'raw':
        return E.left(unsupported('raw SQL', 'memory'))
      case 'advisoryLock':
        return done
      case 'explain':
        return explain(now, op.query, op.analyze)
      case 'introspect':
        return attempting('a function of the schema', () => ({
          live: imageOf(schemaOf(now)),
          wanted: op.wanted === null ? null : imageOf(op.wanted),
        }))
    }
  }

  /** Removes a savepoint and those set after it; returns the state that it remembered. */
  const forget = (name: string): Database => {
    const at = savepoints.findLastIndex(s => s.name === name)
    const found = savepoints[at]?.db ?? now
    savepoints = savepoints.slice(0, Math.max(at, 0))
    return found
  }

  return {
    perform: async op => (isClosed ? E.left(closed('interpreter')) : perform(op)),
    begin: async () => {
      begun = now
      savepoints = []
      return done
    },
    commit: async () => done,
    rollback: async () => {
      now = begun
      return done
    },
    savepoint: async name => {
      savepoints = [...savepoints, { name, db: now }]
      return done
    },
    release: async name => {
      forget(name)
      return done
    },
    rollbackTo: async name => {
      now = forget(name)
      return done
    },
    close: async () => {
      isClosed = true
      now = empty
      return done
    },
  }
}

/** A database in memory, empty at first, that ends with its runner. */
export const memory = (options: SingleOptions = {}): Runner => singleSession(session(), CAPABILITIES, options)
