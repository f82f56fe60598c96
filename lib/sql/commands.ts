/**
 * Commands as SQL: INSERT, UPDATE and DELETE, with what they return.
 *
 * A large insert is several statements, each under the dialect's limit of parameters; the interpreter
 * runs them in one transaction, so that the command is atomic.
 */
import type { AnyTable } from '../core/syntax/Syntax.js'
import { columnName, uniqueKeys } from '../core/table/Table.js'
import { columnsOf, hasQuery } from '../plan/mentions.js'
import { normalize, normalizeCondition, normalizeScalar } from '../plan/normalize/normalize.js'
import type { RowPlan, Scalar } from '../plan/Rel.js'
import type { OnConflict, PrintedWrite, Write } from '../plan/writePlan.js'
import { type BulkStatement, bulkInsert, literalRows } from './bulk.js'
import { type ImageOptions, imageSteps } from './changes/imageSteps.js'
import { rowsIn } from './chunks.js'
import type { Dialect } from './Dialect.js'
import { type Flat, type Fragment, flatten, list, sql, text } from './Fragment.js'
import { isRisky } from './identifier.js'
import { renderer } from './render.js'
import { refuseNullKey } from './returning/insertSteps.js'
import type { Steps } from './returning/Steps.js'
import { returningSteps } from './returningSteps.js'
import { isUpsert, readsTable, rowThere, upsertSteps } from './upsertSteps.js'
import type { DeleteParts, Naming } from './Writes.js'

/** The statements of a command, in order, and how a returned row is read. */
export interface CompiledWrite {
  readonly statements: readonly (Flat | BulkStatement)[]
  /** Statements after the others, which move sequences behind keys that were given. */
  readonly after: readonly Flat[]
  readonly row: RowPlan | null
  /** The number of rows that are written, where it is known: drivers count an upsert differently. */
  readonly count: number | null
  /** A query that has a row if a row would be updated twice: that is TooManyRows, before anything is written. */
  readonly twice: Flat | null
  /** How the outcome of an upsert is known, where it is requested. */
  readonly outcome: OutcomeBy | null
  /** The steps in place of statements, where the engine's own command can't return rows. */
  readonly steps: Steps | null
}

/**
 * `row`: the returned row tells whether it was inserted. `query`: a query before tells whether the row exists. `step`: the step that
 * wrote something tells.
 */
export type OutcomeBy = { readonly tag: 'row' } | { readonly tag: 'query'; readonly query: Flat } | { readonly tag: 'step' }

const target = (dialect: Dialect, table: AnyTable): string =>
  table.schema === null ? dialect.quote(table.name) : `${dialect.quote(table.schema)}.${dialect.quote(table.name)}`

/** A write whose queries are in normal form. */
const normalized = (write: Write): Write => {
  if (write.tag === 'insertPlain') return write
  if (write.tag === 'insert') return isUpsert(write) ? { ...write, conflict: normalizedConflict(write.conflict) } : write
  if (write.tag === 'insertFrom') return { ...write, plan: normalize(write.plan) }
  const where = write.where === null ? null : normalizeCondition(write.where)
  if (write.tag === 'updateFrom') {
    return { ...write, source: normalize(write.source), where, set: write.set.map(([f, s]) => [f, normalizeScalar(s)]) }
  }
  return write.tag === 'delete' ? { ...write, where } : { ...write, where, set: write.set.map(([f, s]) => [f, normalizeScalar(s)]) }
}

const normalizedConflict = (conflict: OnConflict): OnConflict => ({
  ...conflict,
  set: conflict.set === null ? null : conflict.set.map(([f, s]) => [f, normalizeScalar(s)]),
  where: conflict.where === null ? null : normalizeCondition(conflict.where),
})

/** A write that returns whether its row was inserted. */
const tellingOutcome = (write: Write, wasInserted: string): Write => {
  const type: Scalar['type'] = { sql: { tag: 'boolean' }, nullable: false, refine: null }
  const scalar: Scalar = { node: { tag: 'raw', text: [wasInserted], args: [] }, type }
  return { ...write, returning: { outputs: [{ path: [], scalar }], row: { tag: 'cell', index: 0, path: [], type } } }
}

/**
 * The statements of a command, or its steps. `images` is for a command that returns its changes. Refuses what the dialect can not express;
 * call inside `attempting`.
 */
export const printWrite = (dialect: Dialect, given: Write, images: ImageOptions | null = null): CompiledWrite => {
  const { wasInserted } = dialect.writes
  const asRow = given.outcome && wasInserted !== null
  const write = asRow ? tellingOutcome(normalized(given), wasInserted) : normalized(given)
  const flat = (f: Fragment): Flat => flatten(f, dialect.placeholder, dialect.reusesPlaceholders)
  const compiled = (writes: readonly PrintedWrite[], count: number | null): CompiledWrite => ({
    statements: writes.map(w => flat(statement(dialect, w))),
    after: dialect.writes.keysFollow
      ? []
      : keysGiven(write).map(f => flat(text(dialect.writes.afterGivenKey(target(dialect, write.table), columnName(write.table, f))))),
    row: write.returning?.row ?? null,
    count,
    twice: null,
    outcome: asRow ? { tag: 'row' } : null,
    steps: null,
  })
  const chunked = (w: ByQuery): readonly ByQuery[] => inChunks(dialect, w)
  const steps = images === null ? returningSteps(dialect, write, chunked) : imageSteps(dialect, write, images, chunked)
  if (steps !== null) {
    const twice = write.tag !== 'updateFrom' || write.twice === null ? null : flat(renderer(dialect).select(normalize(write.twice)))
    return { ...compiled([], null), ...(images === null ? { after: [] } : {}), twice, steps }
  }
  if (write.tag === 'updateFrom') {
    const twice = write.twice === null ? null : flat(renderer(dialect).select(normalize(write.twice)))
    return { ...compiled(inChunks(dialect, write), null), twice }
  }
  if (write.tag === 'insertPlain') {
    const rows = write.values.length / write.fields.length
    const bulk = bulkStatements(dialect, write)
    return bulk === null
      ? printWrite(dialect, { ...write, tag: 'insert', rows: literalRows(write), conflict: null })
      : { ...compiled([], rows), statements: bulk }
  }
  if (write.tag !== 'insert') return compiled([write], null)
  const { rows, fields } = write
  const isSure = !isUpsert(write) || (write.conflict.set !== null && write.conflict.where === null)
  const count = isSure ? rows.length : null
  const several = dialect.writes.conflictOnTarget || !isUpsert(write) ? null : upsertSteps(write)
  if (several !== null) return { ...compiled(several, count), outcome: write.outcome ? { tag: 'step' } : null }
  // the clause for a row without any value takes one row only
  const size = fields.length === 0 ? 1 : Math.max(1, Math.floor(dialect.writes.parameters / fields.length))
  const printed = compiled(
    rowsIn(dialect, rows, size).map(some => ({ ...write, rows: some })),
    count,
  )
  if (!isUpsert(write) || !write.outcome || asRow) return printed
  return { ...printed, outcome: { tag: 'query', query: flat(renderer(dialect).select(normalize(rowThere(write, rows[0] ?? [])))) } }
}

/** The statement of a step. */
export const printStep = (dialect: Dialect, step: Exclude<Steps, { readonly tag: 'rows' }>): Flat =>
  flatten(
    step.tag === 'read' ? renderer(dialect).select(normalize(step.plan)) : statement(dialect, normalized(step.write) as PrintedWrite),
    dialect.placeholder,
    dialect.reusesPlaceholders,
  )

/** The statements of a command, to be shown: those of steps as if each query found its sample rows. */
export const shown = (dialect: Dialect, { statements, after, steps }: CompiledWrite): readonly (Flat | BulkStatement)[] => {
  if (steps === null) return [...statements, ...after]
  const found: Flat[] = []
  for (let next = steps; next.tag !== 'rows'; next = next.tag === 'write' ? next.then(1) : next.then(next.sample)) {
    found.push(printStep(dialect, next))
  }
  return [...found, ...after]
}

/** The statements of plain rows; null where RETURNING has parameters. */
const bulkStatements = (dialect: Dialect, write: Write & { readonly tag: 'insertPlain' }): readonly BulkStatement[] | null => {
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

/** The most given rows of one statement that updates by them. */
const MOST_GIVEN = 1_000

/** An update by given rows, in as many statements as the limits require. */
const inChunks = (dialect: Dialect, write: ByQuery): readonly ByQuery[] => {
  const { rel } = write.source
  // where a row may match twice, or `where` may read what is set, one statement has to see all rows
  if (rel.tag !== 'values' || write.twice !== null) return [write]
  const size = Math.max(1, Math.min(MOST_GIVEN, Math.floor(dialect.writes.parameters / rel.columns.length)))
  return rowsIn(dialect, rel.rows, size).map(rows => ({
    ...write,
    source: { ...write.source, rel: { ...rel, rows } },
  }))
}

/** The generated columns that a write gives values for. */
const keysGiven = (write: Write): readonly string[] => {
  const fields =
    write.tag === 'delete' ? [] : write.tag === 'update' || write.tag === 'updateFrom' ? write.set.map(([f]) => f) : write.fields
  return fields.filter(f => write.table.columns[f]?.generated === true)
}

type ByQuery = Write & { readonly tag: 'updateFrom' }

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

const statement = (dialect: Dialect, write: PrintedWrite): Fragment => {
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
      const rows = write.rows.map(
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
