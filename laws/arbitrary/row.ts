/**
 * Rows of a table, for any table of any schema.
 *
 * A row has a value for every column. Columns refined by a codec get the values that the codec
 * decodes from the plain ones; for a codec that decodes none of those, and for columns of a type of
 * your own, give arbitraries in `columns`. Generated keys are small, so that there is room for those that follow.
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
  /** Values of small domains only, so that joins hit. */
  readonly small?: boolean
}

/** Rows with any values that the columns' types admit, extremes more often than the rest. Keys and checks are not looked at. */
export const row = (table: AnyTable, { columns = {}, small = false }: RowOptions = {}): fc.Arbitrary<AnyRow> =>
  fc.record(
    Object.fromEntries(
      Object.entries(table.types).map(([field, type]) => [
        field,
        columns[field] ?? (small || table.columns[field]?.generated ? smallValue(type) : anyValue(type)),
      ]),
    ),
  )
