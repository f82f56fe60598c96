/**
 * Writes as SQL: INSERT, UPDATE and DELETE, each as one statement, with its RETURNING clause.
 *
 * Scalars are printed over the columns of the table's own name; what differs between engines is in the dialect's record of writes. How
 * a command becomes several statements is not decided here (`commandSteps`).
 */
import { columnName, uniqueKeys } from '../core/table/Table.js'
import { columnsOf, hasQuery } from '../plan/mentions.js'
import type { Scalar } from '../plan/Rel.js'
import type { OnConflict, PlainInsert, PrintedWrite, Write } from '../plan/writePlan.js'
import { type BulkStatement, bulkInsert } from './bulk.js'
import type { Dialect } from './Dialect.js'
import { type Fragment, flatten, list, sql, text } from './Fragment.js'
import { isRisky, target } from './identifier.js'
import { renderer } from './render.js'
import { refuseNullKey } from './returning/insertSteps.js'
import { isUpsert, readsTable } from './updateThenInsert.js'
import type { DeleteParts, Naming } from './Writes.js'

/** The statements of plain rows; null where RETURNING has parameters, or their values have to be literals. */
export const bulkStatements = (dialect: Dialect, write: PlainInsert): readonly BulkStatement[] | null => {
  const out = renderer(dialect)
  out.alias(write.table.name)
  const tail = flatten(
    returned(dialect, write, x => out.scalar(x, reading(dialect, write))),
    dialect.placeholder,
    dialect.reusesPlaceholders,
  )
  if (tail.slots.length > 0) return null
  const columns = write.fields.map(f => dialect.quote(columnName(write.table, f)))
  const head = `INSERT INTO ${target(dialect, write.table)} (${columns.join(', ')}) `
  return bulkInsert(dialect, write, head, tail.text)
}

/** Parts of an update or delete for the dialect. */
const parts = (
  dialect: Dialect,
  write: Write & { readonly tag: 'update' | 'updateFrom' | 'delete' },
  value: (s: Scalar) => Fragment,
  name: Naming,
): DeleteParts => {
  const { table, where } = write
  const scalars = [...(write.tag === 'delete' ? [] : write.set.map(([, s]) => s)), ...(where === null ? [] : [where])]
  return {
    table: target(dialect, table),
    alias: dialect.quote(table.name),
    key: (table.primaryKey?.columns ?? []).map(f => dialect.quote(columnName(table, f))),
    where: where === null ? null : value(where),
    readsTable: scalars.some(s => readsTable(s, table)),
    mayCascade: where !== null && (hasQuery(where) || readsNullable(write, where)),
    name,
  }
}

/** Whether a condition reads a column of the table that a foreign key may set to null. */
const readsNullable = ({ columns }: Write, where: Scalar): boolean => {
  const read = columnsOf(where)
  return columns.some(c => c.type.nullable && read.has(c.id))
}

/** Reads a column of the row that is written. */
const reading = ({ quote }: Dialect, { table, columns }: Write): ((id: number) => Fragment) => {
  const fields = new Map(columns.map(c => [c.id, c.name]))
  return id => text(`${quote(table.name)}.${quote(columnName(table, fields.get(id) ?? ''))}`)
}

/** The statement of a write. Refuses what the dialect can not express. */
export const printWrite = (dialect: Dialect, write: PrintedWrite): Fragment => {
  const { table } = write
  const { quote } = dialect
  const out = renderer(dialect)
  out.alias(table.name)
  const fields = new Map(write.columns.map(c => [c.id, c.name]))
  const read = reading(dialect, write)
  const value = (s: Scalar): Fragment => out.scalar(s, read)
  const column = (f: string): string => quote(columnName(table, f))
  const name = target(dialect, table)
  const alias: Naming = hint => quote(out.alias(hint))
  const reads = (s: Scalar): ReadonlySet<string> =>
    new Set([...columnsOf(s)].flatMap(id => (fields.has(id) ? [column(fields.get(id) as string)] : [])))
  const conflictClause = (conflict: OnConflict): Fragment => {
    const { clause, read: offered } = dialect.writes.offered(alias)
    const names = new Map(conflict.offered.map(c => [c.id, column(c.name)]))
    const both = (id: number): Fragment => {
      const given = names.get(id)
      return given === undefined ? read(id) : text(offered(given))
    }
    const parts = {
      target: conflict.target.map(column),
      set: conflict.set?.map(([f, s]) => ({ column: column(f), value: out.stored(s, both), reads: reads(s) })) ?? null,
      where: conflict.where === null ? null : out.scalar(conflict.where, both),
    }
    return sql`${clause}${dialect.writes.upsert(parts)}`
  }
  switch (write.tag) {
    case 'insert': {
      const columns = write.fields.map(column)
      const rows = write.rows.rows.map(
        row => sql`(${list(row.map(s => (s === null ? text(dialect.writes.defaultWord) : out.stored(s, read))))})`,
      )
      const given = columns.length === 0 ? text(dialect.writes.allDefaults) : sql`(${columns.join(', ')}) VALUES ${list(rows)}`
      const conflict = isUpsert(write) ? conflictClause(write.conflict) : text('')
      return sql`INSERT INTO ${name} ${given}${conflict}${returned(dialect, write, value)}`
    }
    case 'insertFrom': {
      refuseNullKey(dialect, write)
      const columns = write.fields.map(column)
      return sql`INSERT INTO ${name} (${columns.join(', ')}) ${out.inserted(write.plan)}${returned(dialect, write, value)}`
    }
    case 'update': {
      const set = write.set.map(([f, s]) => ({ column: column(f), value: out.stored(s, read), reads: reads(s) }))
      const keys = uniqueKeys(table).flatMap(k => k.columns)
      // a new key value changes foreign keys in other tables, which the query may read
      const setsKey = write.set.some(([f]) => keys.includes(f))
      const setSeesWrites = write.set.some(([, s]) => readsTable(s, table) || (setsKey && hasQuery(s)))
      return sql`${dialect.writes.update({ ...parts(dialect, write, value, alias), set, setSeesWrites })}${returned(dialect, write, value)}`
    }
    case 'updateFrom': {
      const by = alias('matched')
      const names = new Map(write.matched.map(c => [c.id, `${by}.${quote(c.name)}`]))
      const both = (id: number): Fragment => {
        const own = names.get(id)
        return own === undefined ? read(id) : text(own)
      }
      const set = write.set.map(([f, s]) => ({ column: column(f), value: out.stored(s, both), reads: reads(s) }))
      const source = sql`(${out.inserted(write.source)}) AS ${by}`
      const printed = dialect.writes.updateFrom(
        { ...parts(dialect, write, s => out.scalar(s, both), alias), set, setSeesWrites: false },
        source,
      )
      return sql`${printed}${returned(dialect, write, value)}`
    }
    case 'delete':
      return sql`${dialect.writes.delete(parts(dialect, write, value, alias))}${returned(dialect, write, value)}`
  }
}

const returned = (dialect: Dialect, write: Write, value: (s: Scalar) => Fragment): Fragment => {
  if (write.returning === null) return text('')
  const { outputs } = write.returning
  const output = ({ scalar }: (typeof outputs)[number]): Fragment => {
    if (scalar.node.tag === 'nested') return value(scalar)
    const printed = dialect.output(value(scalar), scalar.type.sql)
    const { node } = scalar
    const own = node.tag === 'column' ? write.columns.find(c => c.id === node.id) : undefined
    return own !== undefined && isRisky(columnName(write.table, own.name)) ? sql`${printed} AS ${dialect.quote('value')}` : printed
  }
  return sql` RETURNING ${outputs.length === 0 ? text('1') : list(outputs.map(output))}`
}
