/**
 * Row changes: what a command changed, as plain data.
 *
 * A `RowChange` is a row before and after the command, null where it did not exist or exists no more. Rows are records of canonical values
 * by SQL names: a reader of changes need not know the declaration of this program, whose fields and codecs are its own matter, and another
 * database has the same names. A row whose columns all keep their values has not changed and is in no list of changes.
 *
 * `key` is the primary key by which the row is found in the state before, or, where there was no such row, in the state after. An update of
 * the primary key is one change; its new key is in `after`.
 *
 * Law: the changes of a command, applied to the rows before, give the rows after (`applied`).
 */
import type { SqlType } from '../value/SqlType.js'
import type { QualifiedName } from './SchemaImage.js'

/** Canonical values by SQL names of columns. */
export interface RowImage {
  readonly [column: string]: unknown
}

/** A row before and after a command. */
export interface RowChange {
  readonly table: QualifiedName
  readonly key: RowImage
  readonly before: RowImage | null
  readonly after: RowImage | null
}

/** A text that is the same for equal canonical values; members of JSON objects have no order. */
const plainText = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) => {
    if (typeof v === 'bigint') return `${v}n`
    if (v === null || typeof v !== 'object' || Array.isArray(v)) return v
    return Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
  })

/** A text that identifies a canonical value among those of its type; equal for equal integers, and equal decimals, of any types. */
export const valueIdentity = (type: SqlType, value: unknown): string => {
  if (value === null) return 'null'
  if (typeof value === 'bigint') return String(value)
  if (type.tag === 'numeric') return String(value).replace(/(\.\d*?)0+$/, '$1')
  if (value instanceof Uint8Array) return `x${Array.from(value, byte => byte.toString(16).padStart(2, '0')).join('')}`
  if (type.tag === 'json' && type.read === 'text' && typeof value === 'string') return value
  return plainText(value) ?? String(value)
}

/** A text that identifies some values of a row; null if one of them is null. */
export const keyIdentity = (types: readonly SqlType[], values: readonly unknown[]): string | null =>
  values.some(v => v === null) ? null : JSON.stringify(values.map((v, i) => valueIdentity(types[i] as SqlType, v)))
