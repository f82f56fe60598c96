/**
 * Databases: rows for every table of a schema that satisfy all its constraints.
 *
 * Rows are generated freely and then repaired: of two rows with the same key the second is dropped; a dangling foreign key is redirected
 * to an existing row, set to null or, if it can't be null, its row is dropped; rows that fail a check are dropped. So every list of free
 * rows gives a database, and shrinking can't break it. `load` puts a database into an interpreter.
 */
import fc from 'fast-check'
import { literalOf } from '../../lib/core/syntax/operand.js'
import type { AnyTable, ExprType } from '../../lib/core/syntax/Syntax.js'
import { checksOf, uniqueKeys } from '../../lib/core/table/Table.js'
import { canonical } from '../../lib/core/value/Canonical.js'
import { empty } from '../../lib/model/Database.js'
import { meaning } from '../../lib/model/meaning.js'
import type { AnySchema, ForeignKey } from '../../lib/Schema.js'
import { type AnyRow, row } from './row.js'
import { valueText } from './values.js'

/** Rows by the name that the schema gives the table. */
export interface AnyDatabase {
  readonly [table: string]: readonly AnyRow[]
}

export interface DatabaseOptions {
  /** The maximum number of rows of a table. Default: 6. */
  readonly rows?: number
  /** Arbitraries for single columns, by table and field. */
  readonly columns?: { readonly [table: string]: { readonly [field: string]: fc.Arbitrary<unknown> } }
  /** Whether values are from the whole domain of a type, instead of a few. Default: false. */
  readonly extremes?: boolean
}

/** The values of a row in some columns as one text; null if one of them is null. */
export const identity = (table: AnyTable, fields: readonly string[], of: AnyRow): string | null => {
  const values = fields.map(f => {
    const checked = of[f] === null || of[f] === undefined ? null : canonical((table.types[f] as ExprType).sql, of[f])
    return checked === null ? null : valueText(checked.ok ? checked.value : of[f])
  })
  return values.includes(null) ? null : values.join('|')
}

const withoutDuplicates = (table: AnyTable, rows: readonly AnyRow[]): readonly AnyRow[] =>
  uniqueKeys(table).reduce<readonly AnyRow[]>((kept, key) => {
    const seen = new Set<string>()
    return kept.filter(r => {
      const id = identity(table, key.columns, r)
      if (id === null) return true
      if (seen.has(id)) return false
      seen.add(id)
      return true
    })
  }, rows)

const { value } = meaning(empty)

/** The checks that a row fails, by name. */
export const failedChecks = (table: AnyTable, of: AnyRow): readonly string[] =>
  checksOf(table, Object.fromEntries(Object.entries(table.types).map(([f, type]) => [f, literalOf(type, of[f])]))).flatMap(([name, p]) =>
    value(p) === false ? [name] : [],
  )

const passesChecks = (table: AnyTable, of: AnyRow): boolean => failedChecks(table, of).length === 0

/** One pass over a foreign key: a dangling reference is redirected (`choose`) or set to null, or its row is dropped. */
const repairReferences = (f: ForeignKey, rows: readonly AnyRow[], targets: readonly AnyRow[], choose: boolean): readonly AnyRow[] => {
  const there = new Set(targets.map(t => identity(f.target, f.targetColumns, t)))
  return rows.flatMap((r, i) => {
    const id = identity(f.table, f.columns, r)
    if (id === null || there.has(id)) return [r]
    const target = choose ? targets[i % Math.max(targets.length, 1)] : undefined
    const to = target !== undefined && f.targetColumns.every(c => target[c] !== null) ? target : undefined
    if (to !== undefined) return [{ ...r, ...Object.fromEntries(f.columns.map((c, k) => [c, to[f.targetColumns[k] as string]])) }]
    const free = f.columns.find(c => f.table.types[c]?.nullable)
    return free === undefined ? [] : [{ ...r, [free]: null }]
  })
}

const repaired = (schema: AnySchema, free: AnyDatabase): AnyDatabase => {
  const nameOf = (t: AnyTable): string => Object.keys(schema.tables).find(n => schema.tables[n] === t) as string
  const db: { [table: string]: readonly AnyRow[] } = Object.fromEntries(
    Object.entries(schema.tables).map(([name, t]) => [name, withoutDuplicates(t, free[name] ?? []).filter(r => passesChecks(t, r))]),
  )
  const size = (): number => Object.values(db).reduce((n, rows) => n + rows.length, 0)
  for (let pass = 0, before = -1; before !== size() || pass < 3; pass += 1) {
    before = size()
    for (const f of schema.foreignKeys) {
      const name = nameOf(f.table)
      const rows = repairReferences(f, db[name] as readonly AnyRow[], db[nameOf(f.target)] as readonly AnyRow[], pass === 0)
      db[name] = withoutDuplicates(f.table, rows).filter(r => passesChecks(f.table, r))
    }
  }
  return db
}

/** Up to `most` rows, rarely none. */
const rowsOf = (one: fc.Arbitrary<AnyRow>, most: number): fc.Arbitrary<AnyRow[]> =>
  fc.noBias(
    fc.oneof(
      { withCrossShrink: true },
      { weight: 1, arbitrary: fc.constant<AnyRow[]>([]) },
      { weight: 11, arbitrary: fc.array(one, { minLength: Math.min(1, most), maxLength: most, size: 'max' }) },
    ),
  )

/** Rows for all tables of a schema that satisfy its keys, foreign keys and checks. */
export const database = (
  schema: AnySchema,
  { rows = 6, columns = {}, extremes = false }: DatabaseOptions = {},
): fc.Arbitrary<AnyDatabase> =>
  fc
    .record(
      Object.fromEntries(
        Object.entries(schema.tables).map(([name, t]) => [name, rowsOf(row(t, { small: !extremes, columns: columns[name] ?? {} }), rows)]),
      ),
    )
    .map(free => repaired(schema, free))

/** The rows of the named tables as TypeScript. Default: all tables. */
export const databaseText = (db: AnyDatabase, tables: readonly string[] = Object.keys(db)): string =>
  `{\n${tables.map(name => `  ${name}: [${(db[name] ?? []).map(r => `\n    ${valueText(r)},`).join('')}${(db[name] ?? []).length > 0 ? '\n  ' : ''}],\n`).join('')}}`
