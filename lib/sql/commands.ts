/**
 * Commands as steps: which statements a command is on an engine, and how its result follows from theirs.
 *
 * A large insert is several statements, each under the dialect's limits of rows, parameters and bytes; an upsert is two where the
 * engine's takes no target; a command that returns rows is a chain of queries and writes where the engine's own can't (`returning/`).
 * The session runs several statements in one transaction, so that the command is atomic.
 */
import { columnName } from '../core/table/Table.js'
import { tooManyRows } from '../core/value/DbError.js'
import { normalizeWrite } from '../plan/normalizeWrite.js'
import type { Scalar } from '../plan/Rel.js'
import { type By, expressionRows, type PrintedWrite, type Write, withExpressions } from '../plan/writePlan.js'
import { type ImageOptions, imageSteps } from './changes/imageSteps.js'
import { rowsIn } from './chunks.js'
import type { Dialect } from './Dialect.js'
import { target } from './identifier.js'
import { bulkStatements } from './printWrite.js'
import { returningSteps } from './returning/returningSteps.js'
import type { BatchResults, BatchStatement, BatchStep, End, Steps } from './returning/Steps.js'
import { isUpsert, rowThere, updateThenInsert } from './updateThenInsert.js'

/** A write that returns whether its row was inserted. */
const tellingOutcome = (write: Write, wasInserted: string): Write => {
  const type: Scalar['type'] = { sql: { tag: 'boolean' }, nullable: false, refine: null }
  const scalar: Scalar = { node: { tag: 'printed', text: [wasInserted], args: [] }, type }
  return { ...write, returning: { outputs: [{ path: [], scalar }], row: { tag: 'cell', index: 0, path: [], type } } }
}

/**
 * The steps of a command. `images` is for a command that returns its changes. Refuses what the dialect can not express; call inside
 * `attempting`.
 */
export const commandSteps = (dialect: Dialect, given: Write, images: ImageOptions | null = null): Steps => {
  const { wasInserted } = dialect.writes
  const normal = normalizeWrite(given)
  const write = given.outcome && wasInserted !== null ? tellingOutcome(normal, wasInserted) : normal
  const chunked = (w: By<'updateFrom'>): readonly By<'updateFrom'>[] => inChunks(dialect, w)
  const plain = { chunked, batch: (w: Write): BatchStep => batchOf(dialect, w), after: sequences(dialect, write) }
  const steps =
    images === null ? (returningSteps(dialect, write, chunked) ?? batchOf(dialect, write)) : imageSteps(dialect, write, images, plain)
  return write.tag === 'updateFrom' && write.twice !== null ? { tag: 'check', plan: write.twice, error: tooManyRows, next: steps } : steps
}

/** The rows that the statements have returned, if the command returns some, or else the number of rows that they have written. */
const rowsOrCount =
  ({ returning }: Write, total: (written: readonly number[]) => number): BatchStep['end'] =>
  ({ written, rows }) =>
    returning === null ? { tag: 'count', count: total(written) } : { tag: 'rows', rows }

const sum = (written: readonly number[]): number => written.reduce((a, b) => a + b, 0)

const outcome = (outcome: (End & { readonly tag: 'outcome' })['outcome']): End => ({ tag: 'outcome', outcome })

const wroteNothing = ({ written }: BatchResults): boolean => written.every(n => n === 0)

/** What an upsert did with its row, where the row that it returns is whether it was inserted. */
const outcomeByRow = ({ rows }: BatchResults): End => outcome(rows.length === 0 ? 'unchanged' : rows[0] === true ? 'inserted' : 'updated')

/** The same, where a query before has found the row, if it was there. */
const outcomeByQuery = (results: BatchResults): End =>
  outcome(wroteNothing(results) ? 'unchanged' : results.found === 0 ? 'inserted' : 'updated')

/** The same, where the last statement inserts, and one before it updates. */
const outcomeByStatement = (results: BatchResults): End =>
  outcome(wroteNothing(results) ? 'unchanged' : results.written.at(-1) === 0 ? 'updated' : 'inserted')

/** The statements that move sequences behind given keys. */
const sequences = (dialect: Dialect, write: Write): readonly BatchStatement[] => {
  const { keysFollow, afterGivenKey } = dialect.writes
  const moved = keysFollow ? [] : keysGiven(write)
  return moved.map(f => ({ tag: 'sequence', text: afterGivenKey(target(dialect, write.table), columnName(write.table, f)) }))
}

/** The statements of a command that are known beforehand, and those that move sequences after them. */
const batch = (dialect: Dialect, write: Write, statements: readonly BatchStatement[], end: BatchStep['end']): BatchStep => ({
  tag: 'batch',
  statements: [...statements, ...sequences(dialect, write)],
  returning: write.returning,
  end,
})

const writes = (all: readonly PrintedWrite[]): readonly BatchStatement[] => all.map(write => ({ tag: 'write', write }))

/** A command whose statements are known beforehand. */
const batchOf = (dialect: Dialect, write: Write): BatchStep => {
  if (write.tag === 'insert') return insertBatch(dialect, write)
  return batch(dialect, write, writes(write.tag === 'updateFrom' ? inChunks(dialect, write) : [write]), rowsOrCount(write, sum))
}

const insertBatch = (dialect: Dialect, given: By<'insert'>): BatchStep => {
  if (given.rows.tag === 'plain') {
    const { values } = given.rows
    const bulk = bulkStatements(dialect, { ...given, rows: given.rows })
    const all = bulk?.map((s): BatchStatement => ({ tag: 'bulk', ...s }))
    if (all !== undefined) {
      return batch(
        dialect,
        given,
        all,
        rowsOrCount(given, () => values.length / given.fields.length),
      )
    }
  }
  const write = withExpressions(given)
  const {
    rows: { rows },
    fields,
  } = write
  // drivers count an upsert differently: where all rows are written, their number is known
  const isSure = !isUpsert(write) || (write.conflict.set !== null && write.conflict.where === null)
  const result = rowsOrCount(write, isSure ? () => rows.length : sum)
  const several = dialect.writes.conflictOnTarget || !isUpsert(write) ? null : updateThenInsert(write)
  if (several !== null) return batch(dialect, write, writes(several), write.outcome ? outcomeByStatement : result)
  // the clause for a row without any value takes one row only
  const size = fields.length === 0 ? 1 : Math.max(1, Math.floor(dialect.writes.parameters / fields.length))
  const inserts = writes(rowsIn(dialect, rows, size).map(some => ({ ...write, rows: expressionRows(some) })))
  if (!isUpsert(write) || !write.outcome) return batch(dialect, write, inserts, result)
  if (write.returning !== null) return batch(dialect, write, inserts, outcomeByRow)
  return batch(dialect, write, [{ tag: 'query', plan: rowThere(write, rows[0] ?? []) }, ...inserts], outcomeByQuery)
}

/** The most given rows of one statement that updates by them. */
const MOST_GIVEN = 1_000

/** An update by given rows, in as many statements as the limits require. */
const inChunks = (dialect: Dialect, write: By<'updateFrom'>): readonly By<'updateFrom'>[] => {
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
