/**
 * Commands as SQL: INSERT, UPDATE and DELETE, with what they return.
 *
 * A large insert is several statements, each under the dialect's limit of parameters; the interpreter
 * runs them in one transaction, so that the command still happens whole or not at all.
 */
import { refuse, unsupported } from '../core/DbError.js'
import { columnName } from '../core/Table.js'
import type { AnyTable } from '../core/Syntax.js'
import { normalize } from '../plan/normalize/normalize.js'
import type { RowPlan, Scalar } from '../plan/Rel.js'
import type { Write } from '../plan/write.js'
import type { Dialect } from './Dialect.js'
import { type Flat, type Fragment, flatten, list, sql, text } from './Fragment.js'
import { renderer } from './render.js'

/** The statements of a command, in order, and how a returned row is read. */
export interface CompiledWrite {
  readonly statements: readonly Flat[]
  /** What has to follow: generated keys go on after those that were given. */
  readonly after: readonly Flat[]
  readonly row: RowPlan | null
}

const target = (dialect: Dialect, table: AnyTable): string =>
  table.schema === null ? dialect.quote(table.name) : `${dialect.quote(table.schema)}.${dialect.quote(table.name)}`

export const printWrite = (dialect: Dialect, write: Write): CompiledWrite => {
  const flat = (f: Fragment): Flat => flatten(f, dialect.placeholder, dialect.numbered)
  const row = write.returning?.row ?? null
  const after = keysGiven(write).map(f => flat(text(dialect.writes.afterGivenKey(target(dialect, write.table), columnName(write.table, f)))))
  if (write.tag === 'insert') {
    const size = Math.max(1, Math.floor(dialect.writes.parameters / Math.max(1, write.fields.length)))
    const chunks = Array.from({ length: Math.ceil(write.rows.length / size) }, (_, i) => write.rows.slice(i * size, i * size + size))
    return { statements: chunks.map(rows => flat(statement(dialect, { ...write, rows }))), after: dialect.writes.keysFollow ? [] : after, row }
  }
  return { statements: [flat(statement(dialect, write))], after: dialect.writes.keysFollow ? [] : after, row }
}

/** The generated columns that a write gives values for. */
const keysGiven = (write: Write): readonly string[] => {
  const fields = write.tag === 'delete' ? [] : write.tag === 'update' ? write.set.map(([f]) => f) : write.fields
  return fields.filter(f => write.table.columns[f]?.generated === true)
}

const statement = (dialect: Dialect, write: Write): Fragment => {
  const { table } = write
  const { quote } = dialect
  const out = renderer(dialect)
  out.alias(table.name)
  const fields = new Map(write.columns.map(c => [c.id, c.name]))
  const read = (id: number): Fragment => text(`${quote(table.name)}.${quote(columnName(table, fields.get(id) ?? ''))}`)
  const value = (s: Scalar): Fragment => out.scalar(s, read)
  const where = (s: Scalar | null): Fragment => (s === null ? text('') : sql` WHERE ${value(s)}`)
  const name = target(dialect, table)
  switch (write.tag) {
    case 'insert': {
      const columns = write.fields.map(f => quote(columnName(table, f)))
      const rows = write.rows.map(row => sql`(${list(row.map(s => (s === null ? text(dialect.writes.missing) : value(s))))})`)
      const given = columns.length === 0 ? text(dialect.writes.allDefaults) : sql`(${columns.join(', ')}) VALUES ${list(rows)}`
      const conflict = write.conflict === null ? text('') : dialect.writes.upsert(write.conflict, f => quote(columnName(table, f)))
      return sql`INSERT INTO ${name} ${given}${conflict}${returned(dialect, write, value)}`
    }
    case 'insertFrom': {
      const numbered = write.plan.outputs.find((o, i) => table.columns[write.fields[i] ?? '']?.generated === true && o.scalar.type.nullable)
      if (dialect.writes.nullMakesKey && numbered !== undefined) {
        refuse(unsupported(`a generated key from a value that may be null (${numbered.path.join('.')})`, dialect.name, 'keep nulls out with where and coalesce'))
      }
      const columns = write.fields.map(f => quote(columnName(table, f)))
      return sql`INSERT INTO ${name} (${columns.join(', ')}) ${out.select(normalize(write.plan))}${returned(dialect, write, value)}`
    }
    case 'update': {
      const set = list(write.set.map(([f, s]) => sql`${quote(columnName(table, f))} = ${value(s)}`))
      return sql`UPDATE ${name} SET ${set}${where(write.where)}${returned(dialect, write, value)}`
    }
    case 'delete':
      return sql`DELETE FROM ${name}${where(write.where)}${returned(dialect, write, value)}`
  }
}

const returned = (dialect: Dialect, write: Write, value: (s: Scalar) => Fragment): Fragment => {
  if (write.returning === null) return text('')
  if (!dialect.writes.returning) return refuse(unsupported('returning', dialect.name, 'read the rows back by their key'))
  const { outputs } = write.returning
  return sql` RETURNING ${outputs.length === 0 ? text('1') : list(outputs.map(o => (o.scalar.node.tag === 'nested' ? value(o.scalar) : dialect.output(value(o.scalar), o.scalar.type.sql))))}`
}
