/**
 * Describes an operation for logs and traces: its kind, the table that it writes, and its SQL.
 *
 * A description never contains a value: the statement has placeholders, and raw text is shown with `?` for its arguments.
 * Nothing is sent, and nothing fails: an operation that can't be printed has no SQL.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { SqlOp } from '../core/operation/Interpreter.js'
import type { AnyCommand } from '../core/syntax/Syntax.js'
import { attempting } from '../core/value/DbError.js'
import { type DialectName, dialectOf } from '../core/value/DialectName.js'
import { reifyWrite } from '../plan/writePlan.js'
import { commandSteps } from '../sql/commands.js'
import { compile, explaining } from '../sql/compile.js'
import { dialects } from '../sql/dialects.js'
import { printedSteps } from '../sql/printSteps.js'

/** The description of an operation. */
export interface Described {
  /** `select`, `insert`, `update`, `delete`, `createAll`, `dropAll`, `raw`, `explain` or `advisoryLock`. */
  readonly operation: string
  /** The table that is written, or null. */
  readonly table: string | null
  /** The statement, with placeholders; null if there is none (memory), or the operation is refused. */
  readonly sql: string | null
}

/** Describes an operation for the engine of this name, as `describe` does those of SQL. */
export type Describe<Op> = (op: Op, engine: string) => Described

const tableOf = ({ node }: AnyCommand): string | null => (node.tag === 'invalid' ? null : node.table.name)

const verbOf = ({ node }: AnyCommand): string => {
  if (node.tag === 'invalid') return 'command'
  if (node.tag === 'updateFrom') return 'update'
  return node.tag === 'insertFrom' ? 'insert' : node.tag
}

const sqlOfCommand = (dialect: DialectName | null, command: AnyCommand): string | null => {
  if (dialect === null) return null
  const record = dialects[dialect]
  const printed = attempting('a function of the command', () => printedSteps(record, commandSteps(record, reifyWrite(command, record))))
  if (E.isLeft(printed)) return null
  return printed.right.flatMap(s => (s.purpose === 'command' ? [s.statement.text] : [])).join('; ')
}

/** Describes an operation in the dialect of `engine`, as in `Capabilities.engine`. */
export const describe = (op: SqlOp, engine: string): Described => {
  const dialect = dialectOf(engine)
  switch (op.tag) {
    case 'all':
    case 'cursor': {
      const compiled = dialect === null ? null : compile(dialects[dialect], op.query)
      return { operation: 'select', table: null, sql: compiled === null || E.isLeft(compiled) ? null : compiled.right.text }
    }
    case 'explain': {
      const { sql } = describe({ tag: 'all', query: op.query }, engine)
      const explained =
        dialect === null || sql === null ? null : attempting('an explanation', () => explaining(dialects[dialect], sql, op.analyze))
      return { operation: 'explain', table: null, sql: explained === null || E.isLeft(explained) ? null : explained.right }
    }
    case 'execute':
      return { operation: verbOf(op.command), table: tableOf(op.command), sql: sqlOfCommand(dialect, op.command) }
    case 'ddl':
      return { operation: op.steps.every(s => s.tag.startsWith('drop')) ? 'drop' : 'define', table: null, sql: null }
    case 'advisoryLock':
    case 'introspect':
      return { operation: op.tag, table: null, sql: null }
    case 'raw':
      return { operation: 'raw', table: null, sql: op.text.join('?') }
  }
}
