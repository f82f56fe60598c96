/**
 * Moves: steps of a schema that are chosen by numbers, from whatever the schema has at that point.
 *
 * A chain of steps can't be drawn at once, since what a step may do depends on those before it that were performed. So a move is numbers,
 * and `stepOf` makes a step of it over the schema as it is described now. Most steps can be performed; some name what is not there, use
 * what is in the way, or need rows that are not so, and are refused. The first kinds are the simplest, so a case shrinks towards them.
 */
import fc from 'fast-check'
import {
  bigint,
  boolean,
  char,
  date,
  enumOf,
  float,
  int,
  nullable,
  numeric,
  smallint,
  text,
  timestamp,
  timestampMicros,
  varchar,
} from '../../lib/Column.js'
import { type Change, isIndexOver } from '../../lib/core/schema/Change.js'
import type { Step } from '../../lib/core/schema/Step.js'
import { literalOf } from '../../lib/core/syntax/operand.js'
import type { AnyColumn, AnyExpr, AnyTable, Index } from '../../lib/core/syntax/Syntax.js'
import { uniqueKeys } from '../../lib/core/table/Table.js'
import { isText, type SqlType } from '../../lib/core/value/SqlType.js'
import type { AnySchema, ForeignKey } from '../../lib/Schema.js'
import { Expr } from '../untyped.js'
import { COLUMN_CHOICES, PARTS, tableOfShape } from './schemaShape.js'
import { smallValues } from './values.js'

/** A step to be: numbers that choose its kind and its parts. */
export type Move = readonly [kind: number, table: number, a: number, b: number, c: number]

const nat = fc.noBias(fc.nat(9_999))

/** Any move. */
export const move: fc.Arbitrary<Move> = fc.tuple(nat, nat, nat, nat, nat)

/** The kinds of steps, as often as they are listed. */
const KINDS = [
  'setComment',
  'setNullable',
  'setNotNull',
  'setDefault',
  'setDefault',
  'addColumn',
  'addColumn',
  'addColumn',
  'dropColumn',
  'dropColumn',
  'renameColumn',
  'renameColumn',
  'renameTable',
  'renameTable',
  'changeType',
  'changeType',
  'changeType',
  'changeType',
  'changeType',
  'addKey',
  'dropKey',
  'addCheck',
  'addCheck',
  'dropCheck',
  'renameConstraint',
  'createIndex',
  'createIndex',
  'dropIndex',
  'addForeignKey',
  'addForeignKey',
  'dropForeignKey',
  'createTable',
  'dropTable',
] as const

const TYPES = [
  int,
  text,
  bigint,
  varchar(20),
  smallint,
  numeric(8, 2),
  varchar(3),
  numeric(10, 3),
  numeric(6, 1),
  numeric(6, 0),
  enumOf('a', 'b'),
  enumOf('a'),
  char(2),
  boolean,
  date,
  timestamp,
  timestampMicros,
  float,
] as unknown as readonly AnyColumn[]

const NUMBERS = ['smallint', 'int', 'bigint', 'numeric', 'float']
const INTEGERS = ['smallint', 'int', 'bigint']

/** Types that values of a type can become by a cast. */
const nextTo = (t: SqlType): readonly AnyColumn[] => {
  if (isText(t)) return TYPES.filter(c => isText(c.type.sql))
  if (t.tag === 'numeric') return TYPES.filter(c => ['numeric', 'float', 'text'].includes(c.type.sql.tag))
  if (NUMBERS.includes(t.tag)) return TYPES.filter(c => NUMBERS.includes(c.type.sql.tag) || c.type.sql.tag === 'text')
  if (t.tag === 'timestamp' || t.tag === 'timestampMicros') return TYPES.filter(c => c.type.sql.tag.startsWith('timestamp'))
  return TYPES.filter(c => c.type.sql.tag === 'text' || (t.tag === 'boolean' && c.type.sql.tag === 'int'))
}

const pick = <A>(all: readonly A[], n: number): A | undefined => all[n % Math.max(1, all.length)]

/** A value of a type as an expression; null for a type that has none here. */
const literal = (column: AnyColumn, n: number): AnyExpr | null => {
  const plain = { ...column.type, nullable: false }
  // MySQL reads characters beyond U+FFFF in a default back as others
  const value = pick(
    smallValues(plain).filter(v => typeof v !== 'string' || !/[\u{10000}-\u{10FFFF}]/u.test(v)),
    n,
  )
  return value === undefined ? null : { ...literalOf(plain, value), type: plain }
}

/** What new values may be: the same for all rows, or another for each. */
const fillOf = (t: AnyTable, column: AnyColumn, n: number): ((row: any) => AnyExpr) | null => {
  if (column.type.sql.tag === 'int' && t.types['id']?.sql.tag === 'int' && n % 3 > 0) return row => Expr.plus(row.id, Expr.lit(n % 5))
  const value = literal(column, n)
  return value === null ? null : () => value
}

const tagOf = (t: AnyTable, f: string): string => t.types[f]?.sql.tag ?? ''

const predicateOf = (t: AnyTable, field: string, n: number): ((row: any) => any) => {
  const tag = tagOf(t, field)
  if (tag === 'int' || tag === 'smallint') return row => Expr.gte(row[field], Expr.lit(n % 3))
  const column = t.columns[field] as AnyColumn
  const value = ['varchar', 'enum', 'text', 'boolean', 'date', 'bigint'].includes(tag) ? literal(column, n) : null
  // that a column is not null means nothing while it can't be
  if (!column.type.nullable && value === null && tagOf(t, 'parentId') === 'int') return row => Expr.lt(row.parentId, Expr.lit(n % 7))
  if ((column.type.nullable && n % 4 === 0) || value === null) return row => Expr.isNotNull(row[field])
  return n % 4 === 1 ? row => Expr.or(Expr.ne(row[field], value), Expr.isNull(row[field])) : row => Expr.ne(row[field], value)
}

/** Types that every engine takes in a key. */
const isBounded = (type: SqlType | undefined): boolean =>
  [...INTEGERS, 'varchar', 'enum', 'boolean', 'date', 'timestamp', 'numeric'].includes(type?.tag ?? '')

const isKeyed = (t: AnyTable, f: string): boolean => isBounded(t.types[f]?.sql)

const inKey = (t: AnyTable, f: string): boolean =>
  uniqueKeys(t).some(k => k.columns.includes(f)) || t.indexes.some(i => isIndexOver(t, f, i))

const inForeignKey = (s: AnySchema, t: AnyTable, field: string): boolean =>
  s.foreignKeys.some(f => (f.table === t && f.columns.includes(field)) || (f.target === t && f.targetColumns.includes(field)))

const indexOf = (t: AnyTable, name: string, field: string, n: number): Index => {
  const plain: Index = { name, columns: [field], on: null, unique: false, where: null, method: null }
  const integer = Object.keys(t.types).find(f => INTEGERS.includes(tagOf(t, f)))
  switch (n % 9) {
    case 0:
    case 1:
      return { ...plain, unique: true }
    case 2:
      return { ...plain, columns: [...new Set([field, integer ?? field])], unique: n % 2 === 0 }
    case 3:
      return { ...plain, columns: [], on: row => [Expr.desc(row[field])] }
    case 4:
      return integer === undefined ? plain : { ...plain, columns: [], on: row => [Expr.abs(row[integer])], unique: true }
    case 5:
      // MySQL and MariaDB have none of some rows: few chains may be refused for it
      return Math.floor(n / 9) % 3 === 0 ? { ...plain, where: row => Expr.isNotNull(row[field]) } : plain
    default:
      return plain
  }
}

/** The columns that nothing needs. */
const unusedFields = (t: AnyTable, s: AnySchema): readonly string[] => {
  const used = new Set([
    'id',
    ...uniqueKeys(t).flatMap(k => k.columns),
    ...t.indexes.flatMap(i => i.columns),
    ...s.foreignKeys.flatMap(f => (f.table === t ? f.columns : [])),
  ])
  return Object.keys(t.columns).filter(f => !used.has(f))
}

/** A change of a table. `own` is its name in the schema, of which names of constraints are made: some engines share these between tables. */
const changeOf = (s: AnySchema, own: string, t: AnyTable, kind: string, a: number, b: number, c: number): Change => {
  const isWild = c % 14 === 13
  const fields = Object.keys(t.columns)
  // types of numbers have most in common, and most to lose
  const numbers = kind === 'changeType' && c % 3 === 1 ? fields.filter(f => tagOf(t, f) === 'numeric') : []
  const field = pick(numbers, a) ?? pick(isWild ? fields : fields.filter(f => f !== 'id'), a) ?? 'id'
  const column = t.columns[field] as AnyColumn
  const constraints = (all: readonly { readonly name: string }[]): string => (isWild ? undefined : pick(all, a)?.name) ?? 'law_none'
  switch (kind) {
    case 'setNullable':
      return { tag: 'setNullable', field: pick(isWild ? fields : fields.filter(f => !t.types[f]?.nullable && f !== 'id'), a) ?? field }
    case 'setNotNull': {
      const nullables = fields.filter(f => t.types[f]?.nullable)
      const of = pick(nullables, a) ?? 'id'
      const column = t.columns[of]
      if (column === undefined) return { tag: 'setComment', field: null, comment: 'none' }
      return { tag: 'setNotNull', field: of, fill: c % 3 === 0 ? null : fillOf(t, column, b) }
    }
    case 'setDefault':
      return { tag: 'setDefault', field, default: c % 4 === 0 ? null : literal(column, b) }
    case 'addColumn': {
      const type = pick(TYPES, b) as AnyColumn
      const name = isWild
        ? (pick(fields, b) as string)
        : (['extra', 'more', 'Größe', 'select', 'note'].filter(f => !fields.includes(f))[a % 5] ?? 'extra')
      const fill = c % 2 === 0 ? fillOf(t, type, c >> 1) : null
      if (c % 6 === 1) return { tag: 'addColumn', field: name, name, column: nullable(type as never) as unknown as AnyColumn, fill }
      const isFilled = fill !== null || c % 6 === 5
      return { tag: 'addColumn', field: name, name, column: isFilled ? type : { ...type, default: literal(type, c >> 2) }, fill }
    }
    case 'dropColumn':
      return { tag: 'dropColumn', field: (isWild ? undefined : pick(unusedFields(t, s), a)) ?? field }
    case 'renameColumn': {
      const of = c % 5 === 0 ? 'id' : field
      return { tag: 'renameColumn', field: of, name: isWild ? 'id' : (['other', 'Name "x"', 'order', field][b % 4] as string) }
    }
    case 'renameTable':
      return { tag: 'renameTable', name: ['law_d', 'law_Größe', 'law_order', 'law_b', `law_${own}`][b % 5] as string }
    case 'changeType': {
      const isInKey = inKey(t, field)
      const among = (isInKey || c % 7 !== 6 ? nextTo(column.type.sql) : TYPES).filter(k => !isInKey || isBounded(k.type.sql))
      const to = (pick(among, b) ?? column).type.sql
      if (c % 5 === 0 && !isInKey) return { tag: 'changeType', field, type: { tag: 'text' }, using: row => castOf(t, row, field) }
      return {
        tag: 'changeType',
        field,
        type: to,
        using: c % 11 === 1 ? fillOf(t, { ...column, type: { ...column.type, sql: to } }, b) : null,
      }
    }
    case 'addKey': {
      const keyed =
        pick(
          fields.filter(f => isKeyed(t, f)),
          a,
        ) ?? 'id'
      const columns = c % 3 === 0 && keyed !== 'id' && fields.includes('id') ? [keyed, 'id'] : [keyed]
      // which of two keys of the same columns a foreign key needs is the engine's matter
      if (uniqueKeys(t).some(k => k.columns.join() === columns.join())) return { tag: 'setComment', field: keyed, comment: 'a key' }
      const primary = c % 5 === 4 && columns.every(f => t.types[f]?.nullable === false)
      return { tag: 'addKey', key: { name: `law_${own}_key${b % 2}`, columns }, primary }
    }
    case 'dropKey':
      return {
        tag: 'dropKey',
        name: constraints(uniqueKeys(t).filter(k => !inForeignKey(s, t, k.columns[0] ?? ''))),
      }
    case 'addCheck':
      return { tag: 'addCheck', check: { name: `law_${own}_check${b % 3}`, predicate: predicateOf(t, field, c) } }
    case 'dropCheck':
      return { tag: 'dropCheck', name: constraints(t.checks) }
    case 'renameConstraint':
      return { tag: 'renameConstraint', from: constraints([...t.checks, ...uniqueKeys(t)]), to: `law_${own}_other${b % 2}` }
    default: {
      const comment = ['why', null, "it's */ `odd`", ''][b % 4] as string | null
      const commented = fields.filter(f => t.columns[f]?.comment != null)
      return { tag: 'setComment', field: c % 2 === 0 ? null : (pick(commented, a) ?? field), comment }
    }
  }
}

const castOf = (t: AnyTable, row: any, field: string): any =>
  [...INTEGERS, 'text', 'varchar', 'date'].includes(tagOf(t, field))
    ? Expr.concat(Expr.lit('<'), Expr.cast(text)(row[field]))
    : Expr.lit('new')

const foreignKeyOf = (s: AnySchema, own: string, table: AnyTable, a: number, b: number, c: number): ForeignKey | null => {
  // of two keys of one column with different actions, either may act first
  const free = Object.keys(table.columns).filter(f => !s.foreignKeys.some(k => k.table === table && k.columns.includes(f)))
  const field = pick(
    free.filter(f => tagOf(table, f) === 'int' && f !== 'id'),
    a,
  )
  const target = pick(Object.values(s.tables), b) as AnyTable
  const isKey = (f: string): boolean => uniqueKeys(target).some(k => k.columns.length === 1 && k.columns[0] === f)
  const to = Object.keys(target.columns).find(f => tagOf(target, f) === 'int' && isKey(f))
  if (field === undefined || to === undefined || (target === table && field === to)) return null
  const setNull = table.types[field]?.nullable ? 'setNull' : 'restrict'
  const onDelete = (['noAction', 'cascade', setNull, 'restrict'] as const)[c % 4] ?? 'noAction'
  const onUpdate = (['noAction', 'cascade', 'noAction'] as const)[c % 3] ?? 'noAction'
  const name = `law_${own}_fk${a % 2}`
  return { name, relation: name, back: null, one: false, table, columns: [field], target, targetColumns: [to], onDelete, onUpdate }
}

/** The names that tables have in the schema of a chain. */
const OWN_NAMES = ['a', 'b', 'c']

/** A table that a chain creates. */
const newTable = (own: string, a: number, b: number, c: number): AnyTable => {
  const columns = Object.fromEntries(Object.entries(COLUMN_CHOICES).map(([f, all], i) => [f, ((a >> (2 * i)) % (all.length + 1)) - 1]))
  const part = (name: keyof typeof PARTS, n: number): number => n % PARTS[name]
  const made = tableOfShape(`law_${own}`, {
    columns,
    primary: part('primary', b + 1),
    uniques: part('uniques', c),
    index: part('index', b >> 2),
    check: part('check', c >> 2),
    comment: part('comment', a),
  })
  // indexes are created by steps of their own
  return { ...made, indexes: [] }
}

/** A step and, if it creates a table, the name of that in the schema. */
export interface Moved {
  readonly step: Step
  readonly own: string
}

/** The step of a move over a schema. */
export const stepOf = (s: AnySchema, [k, which, a, b, c]: Move): Moved => {
  const missing = OWN_NAMES.filter(n => s.tables[n] === undefined)
  const own = pick(Object.keys(s.tables), which)
  const kind = KINDS[k % KINDS.length] as (typeof KINDS)[number]
  if (own === undefined || (kind === 'createTable' && (missing.length > 0 || c % 3 === 0))) {
    const free = c % 9 === 8 ? undefined : pick(missing, which)
    if (free !== undefined || own === undefined) {
      const name = free ?? 'a'
      return { own: name, step: { tag: 'createTable', table: newTable(name, a, b, c), foreignKeys: [] } }
    }
    // there is one of the name
    const table = { ...newTable(own, a, b, c), name: (s.tables[own] as AnyTable).name }
    return { own, step: { tag: 'createTable', table, foreignKeys: [] } }
  }
  const table = s.tables[own] as AnyTable
  const keys = s.foreignKeys.filter(f => f.table === table)
  const altered = (of: string): Moved => ({ own, step: { tag: 'alterTable', table, change: changeOf(s, own, table, of, a, b, c) } })
  switch (kind) {
    case 'dropTable':
      return c % 3 === 0 ? { own, step: { tag: 'dropTable', table, foreignKeys: keys } } : altered('renameColumn')
    case 'createIndex': {
      const fields = Object.keys(table.columns).filter(f => isKeyed(table, f))
      return { own, step: { tag: 'createIndex', table, index: indexOf(table, `law_${own}_index${b % 3}`, pick(fields, a) ?? 'id', c) } }
    }
    case 'dropIndex': {
      const index = pick(table.indexes, a)
      return index === undefined ? altered('addColumn') : { own, step: { tag: 'dropIndex', table, index } }
    }
    case 'addForeignKey': {
      const foreignKey = foreignKeyOf(s, own, table, a, b, c)
      return foreignKey === null ? altered('setNotNull') : { own, step: { tag: 'addForeignKey', foreignKey } }
    }
    case 'dropForeignKey': {
      const foreignKey = pick(s.foreignKeys, a)
      return foreignKey === undefined ? altered('changeType') : { own, step: { tag: 'dropForeignKey', foreignKey } }
    }
    case 'createTable':
      return altered('addColumn')
    default:
      return altered(kind)
  }
}
