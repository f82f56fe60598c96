/**
 * Whole rows in steps: how the rows of a table are read, locked, identified and returned as images.
 *
 * An `Imaged` is a table whose changes a command returns: its columns as a plan has them, and the places of its primary key. Its rows are
 * lists of canonical values in the order of the columns (`Cells`). Rows are read with a lock, so that they stay what they are until the
 * transaction ends; a locking read also sees the current rows where a plain one would see those of an older snapshot.
 */
import { keyIdentity, type RowChange, type RowImage, valueIdentity } from '../../core/schema/RowChange.js'
import { nameOf } from '../../core/schema/references.js'
import type { AnyTable, ExprType } from '../../core/syntax/Syntax.js'
import { columnName } from '../../core/table/Table.js'
import type { Named, Rel, Scalar } from '../../plan/Rel.js'
import type { Write } from '../../plan/writePlan.js'
import { chunks } from '../chunks.js'
import type { Dialect } from '../Dialect.js'
import { filtered, readStep, refs, unknown } from '../returning/readSteps.js'
import { type FoundRow, rowsPerStatement, type Steps } from '../returning/Steps.js'
import { hasKey, literal } from '../returning/stepKeys.js'

/** A table whose changes are returned. */
export interface Imaged {
  /** The identity of the table among all of the database. */
  readonly id: string
  readonly table: AnyTable
  readonly columns: readonly Named[]
  /** The places of the columns of the primary key. */
  readonly key: readonly number[]
}

/** A row: canonical values in the order of the columns. */
export type Cells = readonly unknown[]

/** A row before and after the command. */
export interface CellsChange {
  readonly at: Imaged
  readonly before: Cells | null
  readonly after: Cells | null
}

/** The places of some fields. */
export const placesOf = ({ columns }: Pick<Imaged, 'columns'>, fields: readonly string[]): readonly number[] =>
  fields.map(f => columns.findIndex(c => c.name === f))

/** A table with columns of these ids, by default new ones: those of a plan about this table alone. */
export const imaged = (id: string, table: AnyTable, columns?: readonly Named[]): Imaged => {
  const own = columns ?? Object.entries(table.types).map(([name, type], i): Named => ({ id: i + 1, name, type }))
  return { id, table, columns: own, key: placesOf({ columns: own }, table.primaryKey?.columns ?? []) }
}

/** The values at some places. */
export const valuesAt = (cells: Cells, places: readonly number[]): Cells => places.map(i => cells[i])

/** A text that identifies a row by some of its columns; null if one of them is null. */
export const identityAt = ({ columns }: Imaged, cells: Cells, places: readonly number[]): string | null =>
  keyIdentity(
    places.map(i => (columns[i] as Named).type.sql),
    valuesAt(cells, places),
  )

/** A text that identifies a row among those of all tables. */
export const rowIdentity = (at: Imaged, cells: Cells): string => JSON.stringify([at.id, identityAt(at, cells, at.key)])

const bare = (type: ExprType): ExprType => ({ ...type, refine: null })

/** The columns of a row, and how it is decoded: by fields, as `returning` of a write. */
export const wholeRow = ({ columns }: Imaged): NonNullable<Write['returning']> => ({
  outputs: columns.map(c => ({ path: [c.name], scalar: { node: { tag: 'column', id: c.id }, type: bare(c.type) } })),
  row: {
    tag: 'record',
    fields: columns.map((c, index) => [c.name, { tag: 'cell', index, path: [c.name], type: bare(c.type) }] as const),
  },
})

/** The cells of a row that `wholeRow` has decoded; a row that is not known yet, in steps that are only shown, has no values. */
export const cellsOf = ({ columns }: Imaged, row: unknown): Cells => columns.map(c => (row as RowImage | undefined)?.[c.name])

/** The table as a relation. */
export const scanOf = ({ table, columns }: Imaged): Rel => ({ tag: 'scan', table, columns })

/** Reads and locks whole rows of a relation that has the table in it. `more` are further outputs. */
export const lockRows = (
  at: Imaged,
  rel: Rel,
  more: readonly Scalar[],
  next: (found: readonly { readonly cells: Cells; readonly more: Cells }[]) => Steps,
): Steps => {
  const n = at.columns.length
  return readStep(rel, null, [...refs(at.columns), ...more], {
    of: (at.columns[0] as Named).id,
    sample: [unknown([...at.columns, ...more])],
    isExact: false,
    then: (found: readonly FoundRow[]) => next(found.map(({ values }) => ({ cells: values.slice(0, n), more: values.slice(n) }))),
  })
}

/**
 * Reads and locks the rows that have given values in some columns. `types` are those of the values: of columns that a foreign key refers
 * to, for example.
 */
export const lockRowsWith = (
  dialect: Dialect,
  at: Imaged,
  places: readonly number[],
  values: readonly Cells[],
  types: readonly ExprType[],
  next: (found: readonly Cells[]) => Steps,
): Steps => {
  const by = places.map(i => at.columns[i] as Named)
  const parts = chunks(values, rowsPerStatement(dialect, places.length))
  const part = (i: number, before: readonly Cells[]): Steps => {
    const some = parts[i]
    if (some === undefined) return next(before)
    const keys = some.map(v => v.map((value, j) => literal({ type: types[j] as ExprType }, value)))
    return lockRows(at, filtered(scanOf(at), hasKey(by, keys)), [], found => part(i + 1, [...before, ...found.map(f => f.cells)]))
  }
  return part(0, [])
}

/** Whether two rows have the same values. */
const isSame = ({ columns }: Imaged, a: Cells, b: Cells): boolean =>
  columns.every(({ type }, i) => valueIdentity(type.sql, a[i]) === valueIdentity(type.sql, b[i]))

const imageIn = ({ table, columns }: Imaged, cells: Cells, places: readonly number[]): RowImage =>
  Object.fromEntries(places.map(i => [columnName(table, (columns[i] as Named).name), cells[i]]))

/** Changes as the command returns them; rows that have not changed are left out. */
export const rowChanges = (all: readonly CellsChange[]): readonly RowChange[] =>
  all.flatMap(({ at, before, after }): readonly RowChange[] => {
    const found = before ?? after
    if (found === null || (before !== null && after !== null && isSame(at, before, after))) return []
    const every = at.columns.map((_, i) => i)
    const image = (cells: Cells | null): RowImage | null => (cells === null ? null : imageIn(at, cells, every))
    return [{ table: nameOf(at.table), key: imageIn(at, found, at.key), before: image(before), after: image(after) }]
  })
