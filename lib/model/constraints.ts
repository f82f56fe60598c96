/**
 * The constraints that every state of a database satisfies, and the errors of their violation.
 *
 * A row is checked by itself (ranges, lengths, nulls, checks), then against the rows of its table (unique keys), then against the rows
 * that it references (foreign keys). Constraints hold at the end of a statement: rows may swap a unique value, and one insert may have
 * a child before its parent.
 *
 * Decision 31: of several violations one is reported; here, the first in the order above. Errors name columns by their SQL names. A
 * key with a null equals no other key and references nothing.
 */

import type { AnyTable, Index, Key } from '../core/syntax/Syntax.js'
import { indexCondition, indexKeys, namedColumns } from '../core/table/indexes.js'
import type { ForeignKey } from '../core/table/Schema.js'
import { checksOf, columnName, typeConstraint, uniqueKeys } from '../core/table/Table.js'
import { codePointLength, fitsColumn, unscaled } from '../core/value/Canonical.js'
import {
  checkViolation,
  type DbError,
  foreignKeyViolation,
  notNullViolation,
  numericOverflow,
  refuse,
  uniqueViolation,
  valueTooLong,
} from '../core/value/DbError.js'
import type { SqlType } from '../core/value/SqlType.js'
import type { Stored, StoredRow } from './Database.js'
import type { Meaning } from './Evaluation.js'
import { literals } from './literals.js'
import { identities, identity } from './value.js'

/** The error of storing a canonical value that is not null in a column; null where it fits. */
const misfit = (table: AnyTable, field: string, type: SqlType, value: unknown): DbError | null => {
  if (!fitsColumn(type, value)) return numericOverflow(`${table.name}.${field}`)
  switch (type.tag) {
    case 'numeric': {
      const bound = 10n ** BigInt(type.precision)
      const digits = unscaled(value as string, type.scale) as bigint
      return digits <= -bound || digits >= bound ? numericOverflow(`${table.name}.${field}`) : null
    }
    case 'varchar':
      return codePointLength(value as string) > type.length ? valueTooLong(columnName(table, field)) : null
    case 'char':
      return codePointLength(value as string) === type.length ? null : valueTooLong(columnName(table, field))
    case 'enum':
      return type.values.includes(value as string) ? null : checkViolation(table.name, typeConstraint(table, field, 'values'))
    default:
      return null
  }
}

/** Refuses a row that violates a constraint of its own: ranges, lengths, nulls, checks. */
export const checkRow = ({ value }: Meaning, table: AnyTable, row: StoredRow): void => {
  const columns = Object.entries(table.columns)
  for (const [field, { type }] of columns) {
    const problem = row[field] === null ? null : misfit(table, field, type.sql, row[field])
    if (problem !== null) refuse(problem)
  }
  for (const [field, { type }] of columns) {
    if (row[field] === null && !type.nullable) refuse(notNullViolation(table.name, columnName(table, field)))
  }
  if (table.checks.length === 0) return
  for (const [name, predicate] of checksOf(table, literals(table.types, row))) {
    if (value(predicate) === false) refuse(checkViolation(table.name, name))
  }
}

/** The key of a row in some columns, a primitive that is the same for equal values; null where one of them is null. */
export const keyOf = (table: AnyTable, fields: readonly string[]): ((row: StoredRow) => string | number | bigint | boolean | null) => {
  const types = fields.map(f => table.types[f]?.sql as SqlType)
  const [field, type] = [fields[0] as string, types[0] as SqlType]
  if (fields.length === 1) return row => identity(type, row[field])
  return row => (fields.some(f => row[f] === null) ? null : identities(fields.map((f, i) => [types[i] as SqlType, row[f]])))
}

/** What no two rows of a table may share, and the key of a row in it; null for a row that it does not concern. */
interface UniqueKey {
  readonly key: Key
  readonly id: (row: StoredRow) => string | number | bigint | boolean | null
}

/** The key of a row in a unique index: null where it is not among the rows of the index, or a value is null. */
const indexKeyOf = ({ value }: Meaning, table: AnyTable, index: Index): UniqueKey['id'] => {
  const { on, where } = index
  if (on === null && where === null) return keyOf(table, index.columns)
  const plain = keyOf(table, index.columns)
  return row => {
    const scope = literals(table.types, row)
    const condition = indexCondition(index, scope)
    if (condition !== null && value(condition) !== true) return null
    if (on === null) return plain(row)
    const values = indexKeys(index, scope).map(({ expr }) => [expr.type.sql, value(expr)] as const)
    return values.some(([, v]) => v === null) ? null : identities(values)
  }
}

const uniqueKeysOf = (meaning: Meaning, { table, indexes }: Pick<Stored, 'table' | 'indexes'>): readonly UniqueKey[] => [
  ...uniqueKeys(table).map(key => ({ key, id: keyOf(table, key.columns) })),
  ...indexes
    .filter(i => i.unique)
    .map(i => ({ key: { name: i.name, columns: namedColumns(table, i) }, id: indexKeyOf(meaning, table, i) })),
]

const refuseDuplicate = (table: AnyTable, key: Key): never =>
  refuse(
    uniqueViolation(
      table.name,
      key.name,
      key.columns.map(f => columnName(table, f)),
    ),
  )

/** Refuses changes, applied one by one, after any of which two rows share a unique key. */
export const checkUniqueAfterEach = (
  meaning: Meaning,
  into: Stored,
  changes: readonly { readonly before: StoredRow | null; readonly after: StoredRow | null }[],
): void => {
  const { table, rows } = into
  const keys = uniqueKeysOf(meaning, into).map(({ key, id }) => ({ key, id, held: new Set(rows.map(id)) }))
  for (const { before, after } of changes) {
    for (const { key, id, held } of keys) {
      if (before !== null) held.delete(id(before))
      const own = after === null ? null : id(after)
      if (own === null) continue
      if (held.has(own)) refuseDuplicate(table, key)
      held.add(own)
    }
  }
}

/** Refuses written rows that share a unique key with each other or with another row of the table. */
export const checkUnique = (meaning: Meaning, into: Stored, written: ReadonlySet<StoredRow>): void => {
  const { table, rows } = into
  for (const { key, id } of uniqueKeysOf(meaning, into)) {
    const violated = (): never => refuseDuplicate(table, key)
    const ids = new Set<unknown>()
    for (const row of written) {
      const own = id(row)
      if (own === null) continue
      if (ids.has(own)) violated()
      ids.add(own)
    }
    for (const row of rows) if (ids.has(id(row)) && !written.has(row)) violated()
  }
}

/** Refuses referencing rows without a referenced row. */
export const checkReferences = (
  key: ForeignKey,
  referencing: Iterable<StoredRow>,
  targets: readonly StoredRow[],
  written: ReadonlySet<StoredRow>,
): void => {
  const [from, to] = [keyOf(key.table, key.columns), keyOf(key.target, key.targetColumns)]
  const needed = new Map<unknown, StoredRow>()
  for (const row of referencing) {
    const id = from(row)
    if (id !== null) needed.set(id, row)
  }
  if (needed.size === 0) return
  for (const row of targets) needed.delete(to(row))
  const [lost] = needed.values()
  if (lost === undefined) return
  const columns = key.columns.map(f => columnName(key.table, f))
  refuse(foreignKeyViolation(key.table.name, key.name, columns, undefined, written.has(lost) ? 'written' : 'gone'))
}
