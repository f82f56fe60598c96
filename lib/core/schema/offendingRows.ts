/**
 * Offending rows: the existing rows that keep a step from being performed, as a query.
 *
 * A step is refused where rows violate what it demands: a key that they share, a null, a check, a reference to no row, a value that its new
 * type does not hold. The error of the engine or of the model says what is violated; `offendingRows` is the query of those rows in the state
 * before the step. It is run only after the error, so a step that succeeds costs nothing more (ADR-45).
 *
 * A row is named by its primary key, or else by the columns that the constraint is about. Rows are in the order of their primary key; those
 * that share a key are next to each other, in the order of the key. No more than `MOST_NAMED` are named.
 *
 * Law: the rows of the query are the first of those without which the step would not have this error.
 */
import { countAll, key } from '../expr/Agg.js'
import { byteLength } from '../expr/bytes.js'
import { cast } from '../expr/casts.js'
import { and, asc, coalesce, eq, exists, gt, gte, isNotNull, isNull, length, lte, ne, not, or } from '../expr/Expr.js'
import { notIn } from '../expr/membership.js'
import { aggregate, bind, from, limit, map, orderBy, where } from '../query/Query.js'
import { literalOf } from '../syntax/operand.js'
import { type AnyColumn, type AnyExpr, type AnyQuery, type AnyTable, exprType, type Index } from '../syntax/Syntax.js'
import { indexCondition, indexKeys, namedColumns } from '../table/indexes.js'
import type { ForeignKey } from '../table/Schema.js'
import { columnName, uniqueKeys } from '../table/Table.js'
import { decimalOf } from '../value/Canonical.js'
import { attempting, type DbError } from '../value/DbError.js'
import { isInteger, isText, type SqlType } from '../value/SqlType.js'
import { type Change, changed, checksOver, isIndexOver, withNulls } from './Change.js'
import { converted } from './conversion.js'
import type { Step } from './Step.js'

/** The most rows that an error names. */
export const MOST_NAMED = 5

/** The most characters (bytes, of bytes) of a field as part of a key that a step adds; null where there is no such limit. */
export type KeyLengths = (t: AnyTable, field: string) => number | null

type Row = { readonly [field: string]: AnyExpr }

/** Some rows of a table: those that satisfy a condition, or those that share a key. */
interface Offence {
  readonly table: AnyTable
  /** The fields that name a row without a primary key. */
  readonly columns: readonly string[]
  readonly of:
    | { readonly tag: 'where'; readonly condition: (row: Row) => AnyExpr }
    /** Rows that satisfy the condition, if there is one, and have the values of `values` in common with another one. */
    | {
        readonly tag: 'shared'
        readonly values: (row: Row) => readonly AnyExpr[]
        readonly condition: ((row: Row) => AnyExpr | null) | null
      }
}

// --- Queries --------------------------------------------------------------------------------------

/** A value as it is stored, by whatever codec it is read. */
const plain = (e: AnyExpr): AnyExpr => ({ ...e, type: { ...e.type, refine: null } })

const queryOf = ({ table, columns, of }: Offence): AnyQuery | null => {
  const primary = table.primaryKey?.columns ?? []
  const named = primary.length > 0 ? primary : columns
  if (named.length === 0) return null
  const all = from(table as never) as any
  const name = (row: Row): Row => Object.fromEntries(named.map(f => [columnName(table, f), plain(row[f] as AnyExpr)]))
  const inOrder = (row: Row): any => named.map(f => asc(row[f] as never))
  const first = limit(MOST_NAMED + 1)
  if (of.tag === 'where') return map(name)(first(orderBy(inOrder)(where(of.condition as never)(all) as any) as any)) as AnyQuery
  const { values, condition } = of
  const chosen = (row: Row): AnyExpr => and(...[condition?.(row) ?? []].flat(), ...values(row).map(isNotNull))
  const groups = aggregate((row: any) => ({
    ...Object.fromEntries(values(row).map((e, i) => [`k${i}`, key(plain(e))])),
    n: countAll,
  }))(where(chosen as never)(all) as any) as any
  const keysOf = (group: any): any => Object.keys(group).flatMap(k => (k === 'n' ? [] : [asc(group[k])]))
  // the first groups have the first rows, since both are in the order of the key
  const some = limit(MOST_NAMED + 1)(orderBy(keysOf)(where((g: any) => gt(g.n, 1))(groups) as any) as any)
  const having = map((g: any) => ({ of: g }))(some as any)
  const same = (g: any, row: Row): AnyExpr => and(chosen(row), ...values(row).map((e, i) => eq(plain(e), g[`k${i}`])))
  const rows = bind('row', (s: any) => where(((row: Row) => same(s.of, row)) as never)(all) as any)(having as any) as any
  const sorted = orderBy((s: any) => [...keysOf(s.of), ...inOrder(s.row)])(rows as any)
  return map((s: any) => name(s.row))(first(sorted as any) as any) as AnyQuery
}

// --- Conditions -----------------------------------------------------------------------------------

const text = (e: AnyExpr): AnyExpr =>
  e.type.sql.tag === 'enum' ? cast({ kind: 'column', type: exprType({ tag: 'text' }) } as never)(e) : e

/** A number, by its digits and their scale, as a literal next to a value of some type of numbers. */
const literal = ({ type: { sql } }: AnyExpr, digits: bigint, scale: number): AnyExpr => {
  if (sql.tag === 'float') return literalOf(exprType({ tag: 'float' }), Number(decimalOf(digits, scale)))
  if (scale === 0) return literalOf(exprType({ tag: 'bigint' }), digits)
  const precision = String(digits).replace('-', '').length
  return literalOf(exprType({ tag: 'numeric', precision: Math.max(precision, scale + 1), scale }), decimalOf(digits, scale))
}

/** Whether a number is at or beyond one of two bounds. */
const beyond = (e: AnyExpr, low: bigint, high: bigint, scale: number): AnyExpr =>
  or(gte(e as any, literal(e, high, scale)), lte(e as any, literal(e, low, scale)))

const BITS: { readonly [tag in SqlType['tag']]?: bigint } = { smallint: 15n, int: 31n, bigint: 63n }

/** Whether a number is out of the range of a type; halves are rounded away from zero. Null if it can't be. */
const overflow = (e: AnyExpr, type: SqlType): AnyExpr | null => {
  const from = e.type.sql
  const isRounded = from.tag === 'numeric' || from.tag === 'float'
  const bits = BITS[type.tag]
  if (bits !== undefined && isInteger(from) && bits < (BITS[from.tag] ?? 63n)) return beyond(e, -(2n ** bits) - 1n, 2n ** bits, 0)
  if (bits !== undefined && isRounded) return beyond(e, -(2n ** bits) * 10n - 5n, 2n ** bits * 10n - 5n, 1)
  if (type.tag !== 'numeric') return null
  const whole = 10n ** BigInt(type.precision - type.scale)
  if (isInteger(from)) return beyond(e, -whole, whole, 0)
  const most = 10n ** BigInt(type.precision + 1) - 5n
  return isRounded ? beyond(e, -most, most, type.scale + 1) : null
}

/** Whether a value is not among those of a type; null if it is, or if a query can't tell. */
const misfit = (e: AnyExpr, type: SqlType): AnyExpr | null => {
  if (!isText(e.type.sql)) return overflow(e, type)
  if (type.tag === 'varchar') return gt(length(text(e) as never) as any, type.length)
  if (type.tag === 'char') return ne(length(text(e) as never) as any, type.length)
  return type.tag === 'enum' ? notIn(text(e) as any, type.values as never) : null
}

/** The value of a column after a change, over the row before it; without the cast between numbers, which would fail itself. */
const valueAfter = (t: AnyTable, change: Change, row: Row): AnyExpr | null => {
  switch (change.tag) {
    case 'addColumn': {
      const { fill, column } = change
      return fill === null ? column.default : fill(row)
    }
    case 'setNotNull':
      return change.fill === null ? (row[change.field] as AnyExpr) : coalesce(row[change.field] as any, change.fill(row) as never)
    case 'changeType': {
      const old = row[change.field] as AnyExpr
      const isNumber = overflow(old, change.type) !== null
      return change.using === null && isNumber ? old : converted(t, change, row)
    }
    default:
      return null
  }
}

/** The rows that violate a change of a column. */
const ofColumn = (
  t: AnyTable,
  change: Change & { readonly tag: 'addColumn' | 'setNotNull' | 'changeType' },
  tag: DbError['_tag'],
): Offence | null => {
  const { field } = change
  const after = changed(t, change)
  const own = Object.hasOwn(t.columns, field) ? [field] : Object.keys(t.columns)
  const value = (row: Row): AnyExpr | null => valueAfter(t, change, row)
  const next = (row: Row): Row => ({ ...row, [field]: value(row) as AnyExpr })
  const satisfying = (condition: (row: Row) => AnyExpr): Offence => ({ table: t, columns: own, of: { tag: 'where', condition } })
  switch (tag) {
    case 'NotNullViolation':
      return satisfying(row => {
        const e = value(row)
        return e === null ? and() : isNull(e)
      })
    case 'UniqueViolation': {
      const k = uniqueKeys(after).find(u => u.columns.includes(field))
      if (k !== undefined)
        return {
          table: t,
          columns: own,
          of: { tag: 'shared', values: row => k.columns.map(f => next(row)[f] as AnyExpr), condition: null },
        }
      const index = after.indexes.find(i => i.unique && isIndexOver(after, field, i))
      return index === undefined ? null : ofIndex(t, index, next)
    }
    case 'CheckViolation':
    case 'ValueTooLong':
    case 'NumericOverflow': {
      const { sql } = (after.columns[field] as AnyColumn).type
      return satisfying(row => {
        const e = value(row)
        const wrong = e === null ? null : misfit(e, sql)
        const checks = tag === 'CheckViolation' ? checksOver(after, field).map(c => not(c.predicate(next(row)))) : []
        return or(...(wrong === null ? [] : [wrong]), ...checks)
      })
    }
    default:
      return null
  }
}

/** The rows that share a key of a unique index; `next` is the row after the step. */
const ofIndex = (table: AnyTable, index: Index, next: (row: Row) => Row = row => row): Offence => ({
  table,
  columns: index.on === null ? index.columns : namedColumns(table, index),
  of: {
    tag: 'shared',
    values: row => indexKeys(index, next(row)).map(k => k.expr),
    condition: index.where === null ? null : row => indexCondition(index, next(row)),
  },
})

/** The rows with a null in a key that is to be primary. The description says that there are none, which may be out of date. */
const ofNulls = (t: AnyTable, columns: readonly string[]): Offence => ({
  table: withNulls(t, columns),
  columns,
  of: { tag: 'where', condition: row => or(...columns.map(f => isNull(row[f] as AnyExpr))) },
})

/** The rows with a value that is longer than a key allows. */
const tooLong = (table: AnyTable, columns: readonly string[], lengths: KeyLengths): Offence => ({
  table,
  columns,
  of: {
    tag: 'where',
    condition: row =>
      or(
        ...columns.flatMap(field => {
          const most = lengths(table, field)
          const e = row[field] as AnyExpr
          if (most === null) return []
          return [gt((e.type.sql.tag === 'bytes' ? byteLength(e as never) : length(text(e) as never)) as any, most)]
        }),
      ),
  },
})

const ofForeignKey = ({ table, columns, target, targetColumns }: ForeignKey): Offence => ({
  table,
  columns,
  of: {
    tag: 'where',
    condition: row => {
      const there = where(((other: Row) =>
        and(...columns.map((f, i) => eq(other[targetColumns[i] as string] as any, row[f] as any)))) as never)(from(target as never) as any)
      return and(...columns.map(f => isNotNull(row[f] as AnyExpr)), not(exists(there as never)))
    },
  },
})

const ofChange = (t: AnyTable, change: Change, tag: DbError['_tag'], lengths: KeyLengths): Offence | null => {
  switch (change.tag) {
    case 'addColumn':
    case 'setNotNull':
    case 'changeType':
      return ofColumn(t, change, tag)
    case 'addKey': {
      const { columns } = change.key
      if (tag === 'ValueTooLong') return tooLong(t, columns, lengths)
      if (tag === 'NotNullViolation') return ofNulls(t, columns)
      if (tag !== 'UniqueViolation') return null
      return { table: t, columns, of: { tag: 'shared', values: row => columns.map(f => row[f] as AnyExpr), condition: null } }
    }
    case 'addCheck': {
      const { predicate } = change.check
      const fields = Object.keys(t.columns).filter(f => checksOver({ ...t, checks: [change.check] }, f).length > 0)
      return tag === 'CheckViolation' ? { table: t, columns: fields, of: { tag: 'where', condition: row => not(predicate(row)) } } : null
    }
    default:
      return null
  }
}

const offenceOf = (step: Step, tag: DbError['_tag'], lengths: KeyLengths): Offence | null => {
  switch (step.tag) {
    case 'alterTable':
      return ofChange(step.table, step.change, tag, lengths)
    case 'createIndex': {
      const { table, index } = step
      if (tag === 'ValueTooLong') return tooLong(table, namedColumns(table, index), lengths)
      return tag === 'UniqueViolation' && index.unique ? ofIndex(table, index) : null
    }
    case 'addForeignKey':
      if (tag === 'ValueTooLong') return tooLong(step.foreignKey.table, step.foreignKey.columns, lengths)
      return tag === 'ForeignKeyViolation' ? ofForeignKey(step.foreignKey) : null
    default:
      return null
  }
}

/** Whether rows may keep a step from being performed. */
export const mayOffend = (step: Step): boolean =>
  step.tag === 'addForeignKey' ||
  (step.tag === 'createIndex' && step.index.unique) ||
  (step.tag === 'alterTable' && ['addColumn', 'changeType', 'setNotNull', 'addKey', 'addCheck'].includes(step.change.tag))

/** The query of the rows that cause an error of a step, in the state before it; null where no rows do, or no query tells them. */
export const offendingRows = (step: Step, error: DbError, lengths: KeyLengths = () => null): AnyQuery | null => {
  const made = attempting('a function of the schema', () => {
    const offence = offenceOf(step, error._tag, lengths)
    return offence === null ? null : queryOf(offence)
  })
  return made._tag === 'Left' ? null : made.right
}
