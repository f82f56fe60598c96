/**
 * Rows of a table, for any table of any schema.
 *
 * A row has a value for every column. A column refined by a codec gets the values that the codec decodes from plain ones; for a codec that
 * decodes none of those, and for columns of custom types, pass arbitraries in `columns`. Generated keys are small, so that later keys fit.
 */
import fc from 'fast-check'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import { anyValue, smallValue } from './values.js'

/** Field to value: what `insert` takes. */
export interface AnyRow {
  readonly [field: string]: unknown
}

export interface RowOptions {
  /** Arbitraries for single columns, by field. */
  readonly columns?: { readonly [field: string]: fc.Arbitrary<unknown> }
  /** Whether values are from small domains, so that joins match. Default: false. */
  readonly small?: boolean
}

/** Rows with any values of the types of the columns, extremes more often. Keys and checks are ignored. */
export const row = (table: AnyTable, { columns = {}, small = false }: RowOptions = {}): fc.Arbitrary<AnyRow> =>
  fc.record(
    Object.fromEntries(
      Object.entries(table.types).map(([field, type]) => [
        field,
        columns[field] ?? (small || table.columns[field]?.generated ? smallValue(type) : anyValue(type)),
      ]),
    ),
  )
