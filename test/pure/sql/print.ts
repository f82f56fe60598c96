/**
 * What a case of the snapshot would send to each engine: statements with their parameters, or the message of a refusal.
 *
 * A case is a query, a command or a program. A program runs against an interpreter that only records the operations.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Command } from '../../../lib/Command.js'
import { validateSteps } from '../../../lib/core/schema/Step.js'
import { exprType } from '../../../lib/core/syntax/Syntax.js'
import { attempting } from '../../../lib/core/value/DbError.js'
import type { DialectName } from '../../../lib/core/value/DialectName.js'
import { type DbError, show } from '../../../lib/DbError.js'
import { lit } from '../../../lib/Expr.js'
import { all, type Db, execute, type Interpreter, type Program, type SqlOp } from '../../../lib/Interpreter.js'
import type { Query } from '../../../lib/Query.js'
import { explaining, parameters } from '../../../lib/sql/compile.js'
import { ddlWork, statementsOfWork } from '../../../lib/sql/ddl.js'
import { dialects } from '../../../lib/sql/dialects.js'
import { type Fragment, flatten, interleaved, join, slot } from '../../../lib/sql/Fragment.js'
import { commandToSql, toSql } from '../../../lib/sql/index.js'

export type Case = Query<any, any> | Command<any> | Program<Db, any, any>

/** Cases by name. */
export interface Cases {
  readonly [name: string]: () => Case
}

export const names: readonly DialectName[] = ['postgres', 'mysql', 'mariadb', 'sqlite']

export interface Printed {
  readonly sql: string
  readonly params: readonly unknown[]
}

const plain = (sql: string): Printed => ({ sql, params: [] })

const statements = (dialect: DialectName, op: SqlOp): E.Either<DbError, readonly Printed[]> => {
  const record = dialects[dialect]
  switch (op.tag) {
    case 'all':
    case 'cursor':
      return E.map((printed: Printed) => [printed])(toSql(dialect)(op.query))
    case 'explain':
      return E.flatMap(toSql(dialect)(op.query), ({ sql, params }) =>
        attempting('an explanation', () => [{ sql: explaining(record, sql, op.analyze), params }]),
      )
    case 'execute':
      return commandToSql(dialect)(op.command)
    case 'ddl':
      return E.flatMap(validateSteps(op.steps), steps =>
        attempting('a schema', () => statementsOfWork(record, ddlWork(record, steps)).map(plain)),
      )
    case 'introspect':
      return E.right(record.catalog.queries({ schemas: op.schemas, temporary: false }).map(q => plain(q.text)))
    case 'advisoryLock': {
      const { advisory } = record
      if (advisory === null) return E.right([])
      const name = slot({ tag: 'value', value: op.name, type: exprType({ tag: 'text' }) })
      const printed = [advisory.take(name, op.wait), ...(advisory.giveBack === null ? [] : [advisory.giveBack(name)])]
      return E.right(printed.map(f => ({ sql: flatten(f, record.placeholder, record.reusesPlaceholders).text, params: [op.name] })))
    }
    case 'raw':
      return attempting('a parameter', () => {
        const args = op.args.map((a): Fragment => {
          const { node, type } = lit(a)
          return slot({ tag: 'value', value: node.tag === 'literal' ? node.value : null, type })
        })
        const { text, slots } = flatten(join(interleaved(op.text, args), ''), record.placeholder, record.reusesPlaceholders)
        return [{ sql: text, params: parameters(record, slots, null) }]
      })
  }
}

/** The operation that a case asks for. */
const operationOf = async (c: Case): Promise<SqlOp> => {
  if (typeof c !== 'function') return c.kind === 'query' ? all(c) : execute(c)
  const asked: SqlOp[] = []
  const answer: unknown = { next: async () => E.right([]), close: async () => E.right(undefined) }
  const db: Interpreter<SqlOp> = {
    perform: op => async () => {
      asked.push(op)
      return E.right((op.tag === 'cursor' ? answer : []) as never)
    },
    transaction: () => {
      throw new Error('a case is one operation')
    },
    capabilities: {
      engine: 'none',
      returning: 'native',
      lateral: 'native',
      transactionalDdl: true,
      constraints: 'statement',
      isolation: [],
      refuses: [],
    },
  }
  await c({ db })()
  if (asked.length !== 1) throw new Error(`a case is one operation, not ${asked.length}`)
  return asked[0] as SqlOp
}

/** The text of a case in a dialect. */
export const printed = async (dialect: DialectName, c: Case): Promise<E.Either<string, readonly Printed[]>> =>
  E.mapLeft(show)(statements(dialect, await operationOf(c)))
