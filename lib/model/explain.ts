/**
 * explain: how the model evaluates a query, as a tree of its steps.
 *
 * There are no alternatives: a table is always read completely, and a join is a nested loop. So the tree is that of the query, with the
 * number of rows of each table. Queries inside expressions and rows are not part of it.
 *
 * Law: what `evaluate` refuses before it reads rows is refused here with the same error.
 */
import type * as E from 'fp-ts/lib/Either.js'
import { type Explained, type Stage, stage } from '../core/operation/Interpreter.js'
import { unlocked } from '../core/query/locking.js'
import type { AnyQuery } from '../core/syntax/Syntax.js'
import { rowOf, scopeOf } from '../core/syntax/scope.js'
import { queryOfView } from '../core/table/views.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import { type Database, stored } from './Database.js'
import { meaning } from './meaning.js'
import { validateQuery } from './validate.js'

const stageOf = (db: Database, query: AnyQuery): Stage => {
  const { node } = query
  const inside = (q: AnyQuery): Stage => stageOf(db, q)
  switch (node.tag) {
    case 'from': {
      const { rows, table } = stored(db, node.table)
      const view = queryOfView(table)
      if (view !== null) return stage('view', [inside(view)], { detail: table.name })
      return stage('from', [], { table: table.name, access: 'scan', estimatedRows: rows.length })
    }
    case 'flatMap':
    case 'bind':
    case 'bindLeft': {
      const row = rowOf(node.input)
      return stage(node.tag, [inside(node.input), ...(row === null ? [] : [inside(node.f(scopeOf(row)))])])
    }
    case 'recursive': {
      const row = rowOf(query)
      return stage('recursive', [inside(node.input), ...(row === null ? [] : [inside(node.f(scopeOf(row)))])])
    }
    case 'fullJoin':
      return stage('fullJoin', [inside(node.left), inside(node.right)])
    case 'set':
      return stage(node.operator, [inside(node.left), inside(node.right)])
    case 'prepared':
      return stage('prepared', [inside(node.prepared.template)])
    default:
      return stage(node.tag, 'input' in node ? [inside(node.input)] : [])
  }
}

/** The steps of a query; with `analyze` it is evaluated to count its rows. */
export const explain = (db: Database, query: AnyQuery, analyze: boolean): E.Either<DbError, Explained> =>
  attempting('a function of the query', () => {
    const { query: bare } = unlocked(query)
    validateQuery(db, bare)
    const root = stageOf(db, query)
    const actualRows = analyze ? meaning(db).rows(bare).length : null
    return { engine: 'memory', sql: null, params: [], root: { ...root, actualRows }, raw: null }
  })
