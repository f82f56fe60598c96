/**
 * Schemas of a few tables, and pairs of schemas that have most of their parts in common.
 *
 * A shape is plain data: which of the listed columns a table has, which keys, indexes, checks and comments, and which foreign key leads
 * where. So schemas shrink well, and two of them differ in as little as one number. All tables and views have names that begin with
 * `law_`. Types that an engine has only with an extension are not among the columns.
 */
import fc from 'fast-check'
import {
  anyJson,
  arrayOf,
  bigint,
  boolean,
  bytes,
  char,
  comment,
  date,
  enumOf,
  float,
  generated,
  int,
  nullable,
  numeric,
  smallint,
  text,
  time,
  timestamp,
  timestampMicros,
  uuid,
  varchar,
  withDefault,
} from '../../lib/Column.js'
import type { AnyColumn, AnyTable } from '../../lib/core/syntax/Syntax.js'
import { type AnySchema, schema } from '../../lib/core/table/Schema.js'
import { uniqueKeys } from '../../lib/core/table/Table.js'
import { now } from '../../lib/Expr.js'
import { fk } from '../../lib/Schema.js'
import { table, view } from '../../lib/Table.js'
import { Expr, type Fn, pipe, Q } from '../untyped.js'

const any = (c: unknown): AnyColumn => c as AnyColumn

/** Columns by field: a table has one of each list, or none. Neighbours differ in little. */
export const COLUMN_CHOICES: { readonly [field: string]: readonly AnyColumn[] } = {
  title: [
    text,
    nullable(text),
    varchar(20),
    varchar(30),
    nullable(varchar(30)),
    char(4),
    enumOf('a', 'b', "c'"),
    enumOf('a', 'b'),
    withDefault('b')(enumOf('a', 'b')),
    withDefault("it's")(text),
    pipe(text, comment('a */ comment') as Fn),
  ].map(any),
  amount: [
    int,
    bigint,
    smallint,
    nullable(int),
    float,
    numeric(30, 5),
    numeric(9, 2),
    numeric(8, 2),
    numeric(8, 3),
    withDefault('1.50')(numeric(8, 2)),
    withDefault(4)(int),
    withDefault(3)(int),
    pipe(int, comment('how many') as Fn),
  ].map(any),
  madeAt: [timestamp, timestampMicros, date, time, nullable(timestamp), withDefault(now)(timestamp)].map(any),
  rest: [boolean, withDefault(true)(boolean), nullable(boolean), uuid].map(any),
  document: [anyJson, nullable(anyJson), arrayOf(int), arrayOf(nullable(int)), arrayOf(text)].map(any),
  data: [bytes, nullable(bytes)].map(any),
}

/** One table of a schema. */
export interface TableShape {
  /** The place in the list of `COLUMN_CHOICES`; -1 for no such column. */
  readonly columns: { readonly [field: string]: number }
  readonly primary: number
  readonly uniques: number
  readonly index: number
  readonly check: number
  readonly comment: number
}

/** How many choices each part of a table has, except for its columns. */
export const PARTS = { primary: 3, uniques: 4, index: 10, check: 5, comment: 3 } as const

const part = (n: number): fc.Arbitrary<number> => fc.noBias(fc.nat(n - 1))

/** Shapes of a table. */
export const tableShape: fc.Arbitrary<TableShape> = fc.record({
  columns: fc.record(
    Object.fromEntries(Object.entries(COLUMN_CHOICES).map(([f, all]) => [f, fc.noBias(fc.integer({ min: -1, max: all.length - 1 }))])),
  ),
  primary: part(PARTS.primary),
  uniques: part(PARTS.uniques),
  // some engines have no index of some rows: the last ones are rare
  index: fc.noBias(fc.nat(79)).map(n => (n < PARTS.index ? n : n % 8)),
  check: part(PARTS.check),
  comment: part(PARTS.comment),
})

const indexesOf = (name: string, isNumber: boolean): readonly unknown[] => [
  null,
  ['parentId'],
  isNumber ? ['amount', 'parentId'] : null,
  { name: `${name}_some`, on: (r: any) => [Expr.plus(r.parentId, r.rank)] },
  { name: `${name}_some`, on: (r: any) => [Expr.desc(r.parentId), Expr.asc(r.id)], unique: true },
  { name: `${name}_some`, on: ['parentId', 'id'], unique: true },
  { name: `${name}_some`, on: ['parentId', 'id'] },
  { name: `${name}_some`, on: ['parentId'] },
  { name: `${name}_some`, on: ['parentId'], where: (r: any) => Expr.gt(r.id, 2) },
  { name: `${name}_some`, on: ['parentId'], where: (r: any) => Expr.gt(r.id, 3) },
]

// engines have no checks over keys that they generate, or that a foreign key sets
const checksOf = (isNumber: boolean): readonly { readonly [n: string]: Fn }[] => [
  {},
  { positive: r => Expr.gt(r.rank, -9) },
  { positive: r => Expr.or(Expr.gt(r.rank, 1), Expr.and(Expr.lt(r.rank, 5), Expr.isNotNull(r.rank))) },
  isNumber ? { amounts: r => Expr.lte(r.amount, Expr.lit(100)) } : { positive: r => Expr.gt(r.rank, -8) },
  { positive: r => Expr.gt(r.rank, -9), other: r => Expr.lt(r.rank, 1000) },
]

/** The table of a shape. It has `id`, `parentId`, `rank` and the chosen columns. */
export const tableOfShape = (name: string, s: TableShape): AnyTable => {
  const columns: { readonly [field: string]: AnyColumn } = {
    id: any(s.primary === 2 ? generated(int) : int),
    parentId: any(nullable(int)),
    rank: any(nullable(int)),
    ...Object.fromEntries(Object.entries(s.columns).flatMap(([f, i]) => (i < 0 ? [] : [[f, COLUMN_CHOICES[f]?.[i] as AnyColumn]]))),
  }
  const tag = (f: string): string => columns[f]?.type.sql.tag ?? ''
  const isShort = ['varchar', 'enum', 'char'].includes(tag('title'))
  const isNumber = ['int', 'bigint', 'smallint'].includes(tag('amount'))
  const index = indexesOf(name, isNumber)[s.index] ?? null
  const uniques = [[], [['parentId', 'id']], isShort ? [['title']] : [], [['parentId']]][s.uniques] ?? []
  return table(name, columns, {
    ...(s.primary === 0 ? {} : { primaryKey: ['id'] }),
    uniques,
    indexes: index === null ? [] : [index as never],
    checks: (checksOf(isNumber)[s.check] ?? {}) as never,
    ...(s.comment === 0 ? {} : { comment: ['', `about ${name}`, "it's /* odd */"][s.comment] as string }),
  }) as AnyTable
}

/** A schema of one or two tables and a view, as data. */
export interface SchemaShape {
  readonly a: TableShape
  readonly b: TableShape | null
  /** The foreign key: 0 for none, then its actions. It is of `b` where there is one, and of `a` otherwise. */
  readonly key: number
  readonly view: boolean
}

/** The actions of foreign keys. */
const ACTIONS = [
  {},
  { onDelete: 'cascade' },
  { onDelete: 'setNull' },
  { onDelete: 'setNull', onUpdate: 'cascade' },
  { onDelete: 'restrict' },
  { onUpdate: 'setNull' },
] as const

/** Shapes of a schema. */
export const schemaShape: fc.Arbitrary<SchemaShape> = fc.record({
  a: tableShape,
  b: fc.option(tableShape, { freq: 5 }),
  key: part(ACTIONS.length + 1),
  view: fc.boolean(),
})

/** The schema of a shape. */
export const schemaOfShape = ({ a, b, key, view: hasView }: SchemaShape): AnySchema => {
  const target = tableOfShape('law_a', a)
  const tables: { [n: string]: AnyTable } = { a: target, ...(b === null ? {} : { b: tableOfShape('law_b', b) }) }
  if (hasView) {
    tables['v'] = view(
      'law_v',
      { id: int, twice: nullable(int) },
      pipe(
        Q.from(target),
        Q.where((r: any) => Expr.gt(r.id, 2)),
        Q.map((r: any) => ({ id: r.id, twice: Expr.times(r.parentId, Expr.lit(2)) })),
      ),
    ) as AnyTable
  }
  const isKey = uniqueKeys(target).some(k => k.columns.length === 1 && k.columns[0] === 'id')
  if (!isKey || key === 0) return schema(tables as never)
  const from = b === null ? 'a' : 'b'
  const keys = (t: any) => ({ [from]: { parent: fk(t[from].parentId, t.a.id, ACTIONS[key - 1] ?? {}) } })
  return schema(tables as any, keys as any)
}

/** Two shapes that have most of their parts in common. */
export const schemaPair: fc.Arbitrary<readonly [SchemaShape, SchemaShape]> = fc
  .tuple(schemaShape, schemaShape, fc.array(fc.nat(3), { minLength: 24, maxLength: 24 }))
  .map(([one, other, choices]) => {
    let at = 0
    const mixed = (a: any, b: any): any => {
      if (a !== null && b !== null && typeof a === 'object' && typeof b === 'object')
        return Object.fromEntries(Object.keys(a).map(k => [k, mixed(a[k], b[k])]))
      at += 1
      return choices[at % choices.length] === 0 ? b : a
    }
    return [one, mixed(one, other)]
  })

/** Each part of a schema with each of its choices. */
const CHOICES: readonly (readonly [part: string, choice: number, of: number])[] = [
  ...Object.entries(COLUMN_CHOICES).map(([field, all]) => [field, all.length] as const),
  ...Object.entries(PARTS),
  ['key', ACTIONS.length + 1] as const,
].flatMap(([part, of]) => Array.from({ length: of }, (_, i) => [part, i, of] as const))

/** The shape with another choice for a part. A foreign key needs a primary key that it can refer to. */
const withChoice = (s: SchemaShape, name: string, choice: number): SchemaShape => {
  if (name === 'key') return { ...s, key: choice, a: { ...s.a, primary: 1 } }
  if (Object.hasOwn(PARTS, name)) return { ...s, a: { ...s.a, [name]: choice } }
  return { ...s, a: { ...s.a, columns: { ...s.a.columns, [name]: choice } } }
}

/** Two shapes that differ in one part: it has one of its choices, and the next. The name of the part is the third. */
export const twistedPair: fc.Arbitrary<readonly [SchemaShape, SchemaShape, string]> = fc
  .tuple(schemaShape, part(CHOICES.length), fc.boolean())
  .map(([s, n, isForward]) => {
    const [name, choice, of] = CHOICES[n] as (typeof CHOICES)[number]
    const [one, next] = [withChoice(s, name, choice), withChoice(s, name, (choice + 1) % of)]
    return isForward ? [one, next, name] : [next, one, name]
  })
