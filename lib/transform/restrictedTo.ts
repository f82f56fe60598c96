/**
 * An interpreter that knows some tables only.
 *
 * An operation that reads or writes another table, at any depth, is refused before anything is sent, and so is text of
 * the caller's own, of which nobody knows what it reads. Law: on programs over these tables it changes nothing.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type DbError, unsupported, validationError } from '../core/DbError.js'
import type { SqlOp } from '../core/Interpreter.js'
import type { AnySchema } from '../core/Schema.js'
import type { AnyTable } from '../core/Syntax.js'
import { qualifiedName } from '../core/Table.js'
import { tablesOfCommand, tablesOfQuery } from '../plan/tables.js'
import { around, type Transformer } from './around.js'

export const restrictedTo = ({ tables }: AnySchema): Transformer => {
  const known = new Set(Object.values(tables).map(qualifiedName))
  const unknown = (used: Iterable<AnyTable>): DbError | null => {
    for (const t of used) {
      if (!known.has(qualifiedName(t))) {
        return validationError([qualifiedName(t)], `this interpreter is restricted to the tables ${[...known].join(', ')}`)
      }
    }
    return null
  }
  const problem = (op: SqlOp): DbError | null => {
    switch (op.tag) {
      case 'raw':
        return unsupported('raw SQL', 'an interpreter that is restricted to some tables', 'use queries and commands')
      case 'advisoryLock':
        return null
      case 'ddl':
        return unknown(Object.values(op.schema.tables))
      case 'execute': {
        const used = tablesOfCommand(op.command)
        return E.isLeft(used) ? used.left : unknown(used.right)
      }
      default: {
        const used = tablesOfQuery(op.query)
        return E.isLeft(used) ? used.left : unknown(used.right)
      }
    }
  }
  return around((op, next) => async () => {
    const refused = problem(op)
    return refused === null ? next() : E.left(refused)
  })
}
