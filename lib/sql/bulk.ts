/**
 * Many rows of plain values as INSERT, without an object for each value.
 *
 * Where the dialect has arrays, a column is one parameter, and the text is the same for any number of rows. Elsewhere rows are VALUES, in
 * statements of the same number of rows, which an engine prepares once; the last one may have fewer. The parameters of a statement
 * are made when it is sent, so that those of all statements are not in memory at once.
 */
import type { ExprType } from '../core/syntax/Syntax.js'
import type { PlainInsert } from '../plan/writePlan.js'
import { bytesOf, chunks, within } from './chunks.js'
import type { Dialect } from './Dialect.js'
import { flatten, text } from './Fragment.js'

/** A statement whose parameters are plain values, by position. */
export interface BulkStatement {
  readonly text: string
  readonly params: () => readonly unknown[]
}

/** `head` is the text up to the columns, `tail` what follows the rows. Null where the values have to be literals. */
export const bulkInsert = (
  dialect: Dialect,
  { table, fields, rows: { values } }: PlainInsert,
  head: string,
  tail: string,
): readonly BulkStatement[] | null => {
  const types = fields.map(f => (table.types[f] as ExprType).sql)
  const width = fields.length
  const rows = values.length / width
  const { arrays, rowsAtOnce, parameters, bytes } = dialect.writes
  const bytesOfRow = (row: number): number => {
    let sum = 0
    for (let i = row * width; i < (row + 1) * width; i += 1) sum += bytesOf(values[i])
    return sum
  }
  /** The first row of each statement, and the one after its last. */
  const bounds = (size: number): readonly (readonly [number, number])[] => {
    const all = Array.from({ length: rows }, (_, i) => i)
    return within(chunks(all, size), { most: bytes, bytes: bytesOfRow }).map(part => [part[0] as number, (part[0] as number) + part.length])
  }
  if (arrays !== null) {
    const columns = arrays(types)
    if (columns === null) return null
    const column = (i: number, from: number, to: number): readonly unknown[] =>
      Array.from({ length: to - from }, (_, row) => values[(from + row) * width + i])
    return bounds(rowsAtOnce).map(([from, to]) => ({
      text: `${head}${columns.source}${tail}`,
      params: () => types.map((_, i) => columns.write(i, column(i, from, to))),
    }))
  }
  const place = (i: number): string =>
    flatten(dialect.parameter(text('?'), types[i] as (typeof types)[number], 'stored'), () => '', false).text
  const row = `(${types.map((_, i) => place(i)).join(', ')})`
  const writers = types.map(dialect.writes.forColumns ?? dialect.write)
  const textOf = (n: number): string => `${head}VALUES ${Array.from({ length: n }, () => row).join(', ')}${tail}`
  const size = Math.max(1, Math.min(rowsAtOnce, Math.floor(parameters / width)))
  const texts = new Map<number, string>()
  const ofRows = (n: number): string => {
    const known = texts.get(n) ?? textOf(n)
    texts.set(n, known)
    return known
  }
  return bounds(size).map(([from, to]) => ({
    text: ofRows(to - from),
    params: () => {
      const start = from * width
      const params: unknown[] = values.slice(start, to * width)
      for (const [column, writer] of writers.entries()) {
        for (let i = column; i < params.length; i += width) if (params[i] !== null) params[i] = writer(params[i])
      }
      return params
    },
  }))
}
