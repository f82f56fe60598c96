/**
 * Chains: a schema with rows, and the moves that change it.
 *
 * The rows satisfy the constraints of the schema, and are of small domains, so that later keys, checks and types sometimes fit and sometimes
 * do not. Shrinking a chain takes moves away first, then rows and parts of the tables.
 */
import fc from 'fast-check'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import { indexFields } from '../../lib/core/table/indexes.js'
import type { AnySchema } from '../../lib/Schema.js'
import { type AnyDatabase, database } from './database.js'
import { type Move, move } from './schemaMove.js'
import { schemaOfShape, schemaShape } from './schemaShape.js'

/** A generated chain. */
export interface SchemaChain {
  readonly schema: AnySchema
  readonly rows: AnyDatabase
  readonly moves: readonly Move[]
}

/** How long a chain is, and how many rows its tables have. */
export interface ChainOptions {
  /** The most moves. Default: 6. */
  readonly moves?: number
  /** The most rows of a table. Default: 3. */
  readonly rows?: number
}

/** The schema with its unique indexes as keys, which generated rows satisfy. */
const withKeys = (s: AnySchema): AnySchema => {
  const keyed = (t: AnyTable): AnyTable => {
    const keys = t.indexes.flatMap(i => {
      const fields = indexFields(t, i)
      return i.unique ? [{ name: i.name, columns: fields.flatMap(f => f ?? []) }] : []
    })
    return { ...t, uniques: [...t.uniques, ...keys] }
  }
  const tables = Object.fromEntries(Object.entries(s.tables).map(([n, t]) => [n, keyed(t)]))
  const of = (t: AnyTable): AnyTable => Object.values(tables).find(other => other.name === t.name) ?? t
  return { ...s, tables, foreignKeys: s.foreignKeys.map(f => ({ ...f, table: of(f.table), target: of(f.target) })) }
}

/** Chains of at most so many moves. */
export const schemaChain = ({ moves = 6, rows = 3 }: ChainOptions = {}): fc.Arbitrary<SchemaChain> =>
  schemaShape
    .map(shape => schemaOfShape({ ...shape, view: false }))
    .chain(schema =>
      fc.record({
        schema: fc.constant(schema),
        rows: database(withKeys(schema), { rows }),
        moves: fc.array(move, { minLength: 1, maxLength: moves, size: 'max' }),
      }),
    )
