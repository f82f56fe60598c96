/**
 * Rows as a table of text with aligned columns.
 *
 * A cell is one line: a nested list is summarised by its length and its beginning, a nested record by its values, null and
 * a missing Option by a dash; longer cells are cut at 44 characters. Numbers, decimals and milliseconds are right-aligned.
 */
const widest = 44

const isRecord = (value: unknown): value is { readonly [field: string]: unknown } => typeof value === 'object' && value !== null

/** A value on one line. */
const cell = (value: unknown): string => {
  if (value === null || value === undefined) return '-'
  if (value instanceof Date) return value.toISOString().replace(/T00:00:00\.000Z$/, '')
  if (Array.isArray(value)) return value.length === 0 ? 'none' : `${value.length}: ${value.map(cell).join(', ')}`
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(4)
  if (!isRecord(value)) return String(value)
  if (value._tag === 'None') return '-'
  if (value._tag === 'Some') return cell(value.value)
  const [first, ...rest] = Object.values(value).map(cell)
  return rest.length === 0 ? String(first) : `${first} (${rest.join(', ')})`
}

/** The number of characters: code points. */
const width = (text: string): number => [...text].length

const cut = (text: string): string => (width(text) <= widest ? text : `${[...text].slice(0, widest - 1).join('')}…`)

const isNumeric = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d+\.\d+( ms.*)?$/.test(value))

/** A heading, a rule and the rows, of which the first `limit` are shown. A row that is not a record has one column. */
export const table = (rows: readonly unknown[], limit = 10): string => {
  if (rows.length === 0) return '(no rows)'
  const records = rows.slice(0, limit).map(row => (isRecord(row) ? row : { value: row }))
  const columns = Object.keys(records[0] ?? {}).map(name => {
    const values = records.map(record => record[name])
    const cells = [name, ...values.map(value => cut(cell(value)))]
    const size = Math.max(...cells.map(width))
    const onTheRight = values.every(value => value === null || isNumeric(value))
    return cells.map(text => {
      const padding = ' '.repeat(size - width(text))
      return onTheRight ? padding + text : text + padding
    })
  })
  const line = (i: number): string =>
    columns
      .map(column => column[i] ?? '')
      .join('  ')
      .trimEnd()
  const rule = columns.map(column => '-'.repeat(width(column[0] ?? ''))).join('  ')
  const more = rows.length > records.length ? [`... and ${rows.length - records.length} more`] : []
  return [line(0), rule, ...records.map((_, i) => line(i + 1)), ...more].join('\n')
}
