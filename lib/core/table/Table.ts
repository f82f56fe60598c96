/**
 * Tables: a relation schema as plain data.
 *
 * A `Table<C>` denotes a set of named columns and the constraints that every state of the table satisfies: its primary key, unique keys, checks.
 * Field names become SQL names by a naming strategy (default: camelCase to snake_case); keys and indexes get deterministic names, so that a
 * violation reported by any engine can be traced back to fields.
 *
 * Foreign keys are not part of a table: they are declared for a whole `Schema`, where cycles type-check.
 */

import type {
  AnyQuery,
  AnyTable,
  Check,
  Column,
  Columns,
  Expr,
  Exprs,
  In,
  Index,
  Key,
  Order,
  Out,
  Pred,
  Query,
  Row as RowOfColumns,
  Table,
} from '../syntax/Syntax.js'
import { exprType, invalid } from '../syntax/Syntax.js'
import { textProblem } from '../value/Canonical.js'
import { callbackFailed, refusedWith } from '../value/DbError.js'
import { namedColumns } from './indexes.js'

/** The row of a table: `type Track = Row<typeof tracks>`. */
export type Row<T> = T extends Table<infer C> ? RowOfColumns<C> : never

/** The scope of a query of a table, to type conditions and steps that several queries share. */
export type Scope<T> = T extends Table<infer C> ? Exprs<C> : never

type MayBeLeftOut<C> = { [K in keyof C]: undefined extends In<C[K]> ? K : never }[keyof C]

/** The row that an insert takes; columns that are nullable, generated or have a default may be omitted. */
export type InsertOf<C> = { readonly [K in Exclude<keyof C, MayBeLeftOut<C>>]: In<C[K]> } & { readonly [K in MayBeLeftOut<C>]?: In<C[K]> }

/** The values that an update sets: plain values, or expressions over the old row. */
export type UpdateOf<C> = { readonly [K in keyof C]?: Out<C[K]> | Expr<Out<C[K]>> }

/** The row that an insert into a table takes: `type NewTrack = Insert<typeof tracks>`. */
export type Insert<T> = T extends Table<infer C> ? InsertOf<C> : never
/** The values that an update of a table sets. */
export type Update<T> = T extends Table<infer C> ? UpdateOf<C> : never

/** A naming strategy: from field name to SQL name. */
export type Naming = (field: string) => string

/** The default naming strategy: `unitPrice` to `unit_price`, `HTMLText` to `html_text`. */
export const snakeCase: Naming = field =>
  field
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()

/** The naming strategy that keeps field names unchanged. */
export const asIs: Naming = field => field

/**
 * An index with a name. `on` are fields, or expressions and sort keys over a row; `where` limits it to some rows; with `unique` no two of those
 * have the same values, where none is null; `using` is the access method of the engine (`gin`, `hash`).
 */
export interface IndexOptions<C> {
  readonly name: string
  readonly on: readonly (keyof C & string)[] | ((row: Exprs<C>) => readonly (Expr<unknown> | Order)[])
  readonly unique?: boolean
  readonly where?: (row: Exprs<C>) => Pred
  readonly using?: string
}

/** A primary or unique key with a name of its own, such as one that a database has. A name has at most 63 bytes. */
export interface KeyOptions<C> {
  readonly name: string
  readonly on: readonly (keyof C & string)[]
}

/** A check with a name of its own, such as one that a database has. A name has at most 63 bytes. */
export interface CheckOptions<C> {
  readonly name: string
  readonly predicate: (row: Exprs<C>) => Pred
}

/** The options of `table`: keys, indexes, checks, names. */
export interface TableOptions<C> {
  /** The fields of the primary key. Default: the generated column, if there is exactly one. */
  readonly primaryKey?: readonly (keyof C & string)[] | KeyOptions<C>
  readonly uniques?: readonly (readonly (keyof C & string)[] | KeyOptions<C>)[]
  /** Indexes: the fields that one sorts by, or an index with a name of its own. */
  readonly indexes?: readonly (readonly (keyof C & string)[] | IndexOptions<C>)[]
  /** Check constraints by name: predicates that are true or null for every row. */
  readonly checks?: { readonly [name: string]: ((row: Exprs<C>) => Pred) | CheckOptions<C> }
  /** The database schema (on MySQL the database) of the table. */
  readonly schema?: string
  readonly naming?: Naming
  /** A comment, which the database keeps for readers of its schema. */
  readonly comment?: string
  /** The SQL name that the table had before: `diff` renames that table, and does not drop it and create a new one. */
  readonly renamedFrom?: string
  /**
   * Constraints and indexes that the database has and the description does not: `diff` neither compares nor drops them. What has no name there
   * is named by `unmanagedName`: `CHECK (text)`, `UNIQUE (a, b)`, `FOREIGN KEY (a)`, `PRIMARY KEY`.
   */
  readonly unmanaged?: readonly string[]
}

/** The bytes of a text in UTF-8. */
export const bytesIn = (s: string): number => {
  let n = 0
  for (const c of s) {
    const code = c.codePointAt(0) as number
    n += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return n
}

/** A name of at most `most` bytes, as every engine takes it; a longer one ends in a hash of the whole. */
export const shortName = (name: string, most = 60): string => {
  if (bytesIn(name) <= most) return name
  let hash = 0
  for (const c of name) hash = (Math.imul(hash, 31) + (c.codePointAt(0) ?? 0)) | 0
  let head = [...name].slice(0, most - 8)
  while (bytesIn(head.join('')) > most - 8) head = head.slice(0, -1)
  return `${head.join('')}_${(hash >>> 0).toString(36)}`
}

/** The most bytes of a name that every engine keeps. */
const LONGEST_NAME = 63

/** A table with this SQL name and these columns. */
export const table = <C extends Columns>(name: string, columns: C, options: TableOptions<C> = {}): Table<C> => {
  const naming = options.naming ?? snakeCase
  const fields = Object.keys(columns)
  const names = Object.fromEntries(fields.map(f => [f, columns[f]?.name ?? naming(f)]))
  const of = { name, names }
  const generated = fields.filter(f => columns[f]?.generated)
  const given = options.primaryKey ?? (generated.length === 1 ? generated : [])
  const primary = primaryKeyOf(of, given)
  const own: Check[] = fields.flatMap(f => {
    const check = columns[f]?.check
    return check == null ? [] : [columnCheck(of, f, check)]
  })
  return {
    kind: 'table',
    name,
    schema: options.schema ?? null,
    columns,
    names,
    types: Object.fromEntries(fields.map(f => [f, (columns[f] as Columns[string]).type])),
    primaryKey: primary.columns.length === 0 ? null : primary,
    uniques: [...fields.filter(f => columns[f]?.unique).map(f => [f]), ...(options.uniques ?? [])].map(u => uniqueKeyOf(of, u)),
    indexes: [...fields.filter(f => columns[f]?.indexed).map(f => [f]), ...(options.indexes ?? [])].map(i => indexOf(of, i)),
    query: null,
    comment: options.comment ?? null,
    renamedFrom: options.renamedFrom ?? null,
    unmanaged: options.unmanaged ?? [],
    checks: [...own, ...Object.entries(options.checks ?? {}).map(([n, check]) => checkOf(of, n, check))],
  }
}

/** A table as far as its constraints and indexes are named after it. */
type Named = Pick<AnyTable, 'name' | 'names'>

const derivedKey = (t: Named, suffix: string, columns: readonly string[]): Key => ({
  name: shortName(`${t.name}_${columns.map(f => t.names[f] ?? f).join('_')}_${suffix}`),
  columns,
})

const ownKey = <C>({ name, on }: KeyOptions<C>): Key => ({ name: shortName(name, LONGEST_NAME), columns: on })

/** A unique key of a table as data. */
export const uniqueKeyOf = <C>(t: Named, of: readonly string[] | KeyOptions<C>): Key => ('on' in of ? ownKey(of) : derivedKey(t, 'key', of))

/** A primary key of a table as data. */
export const primaryKeyOf = <C>(t: Named, of: readonly string[] | KeyOptions<C>): Key =>
  'on' in of ? ownKey(of) : { name: shortName(`${t.name}_pkey`), columns: of }

/** A check of a table as data, by the name that its options give it. */
export const namedCheck = (t: Named, name: string, predicate: Check['predicate']): Check => ({
  name: shortName(`${t.name}_${name}`),
  predicate,
})

/** A check of a table as data, by the name that its options give it, or by a name of its own. */
export const checkOf = <C>(t: Named, name: string, of: ((row: Exprs<C>) => Pred) | CheckOptions<C>): Check =>
  typeof of === 'function'
    ? namedCheck(t, name, of as Check['predicate'])
    : { name: shortName(of.name, LONGEST_NAME), predicate: of.predicate as Check['predicate'] }

/** The check that a column declares. */
export const columnCheck = (t: Named, field: string, check: NonNullable<Column<any>['check']>): Check =>
  namedCheck(t, `${t.names[field]}_check`, row => check(row[field]))

/** An index of a table as data. */
export const indexOf = <C>(t: Named, of: readonly string[] | IndexOptions<C>): Index => {
  if (!('on' in of)) return { ...derivedKey(t, 'idx', of), on: null, unique: false, where: null, method: null }
  const { name, on, unique = false, where, using } = of
  return {
    name: shortName(name, LONGEST_NAME),
    columns: typeof on === 'function' ? [] : on,
    on: typeof on === 'function' ? on : null,
    unique,
    where: where ?? null,
    method: using ?? null,
  }
}

type Rows<C> = { readonly [K in keyof C]: Expr<Out<C[K]>> }

/** The options of `view`. */
export interface ViewOptions {
  readonly schema?: string
  readonly naming?: Naming
}

/** The columns of a view, which can't be written. */
type Read<C> = { readonly [K in keyof C]: Column<Out<C[K]>, never> }

/**
 * A view with this SQL name: a table whose rows are those of a query, without an order. It is created after the tables of its schema, and
 * is read-only. `from(view(name, columns, q)) = q`
 */
export const view = <C extends Columns>(
  name: string,
  columns: C,
  query: Query<Rows<C>, unknown>,
  options: ViewOptions = {},
): Table<Read<C>> => ({ ...(table(name, columns, { ...options, primaryKey: [] }) as unknown as Table<Read<C>>), query: query as AnyQuery })

/** The qualified name of a table: `music.track` or `track`. */
export const qualifiedName = (t: AnyTable): string => (t.schema === null ? t.name : `${t.schema}.${t.name}`)

/** Why the names of a table are invalid, or null. */
export const nameProblem = (t: AnyTable): string | null => {
  for (const name of [
    t.name,
    ...(t.schema === null ? [] : [t.schema]),
    ...Object.values(t.names),
    ...[...t.checks, ...t.indexes].map(c => c.name),
  ]) {
    const problem = name === '' ? 'a name can not be empty' : textProblem(name)
    if (problem !== null) return problem
  }
  return null
}

/** The SQL name of a field. */
export const columnName = (t: AnyTable, field: string): string => t.names[field] ?? field

/** The name of the constraint that a column's type implies: `person_age__range`. Two underscores distinguish it from user-defined names. */
export const typeConstraint = (t: AnyTable, field: string, kind: 'range' | 'length' | 'values'): string =>
  shortName(`${t.name}_${columnName(t, field)}__${kind}`)

/** The column whose type implies the constraint with this name; null if there is none. */
export const madeByType = (t: AnyTable, name: string, suffix: 'range' | 'length'): string | null => {
  const field = Object.keys(t.columns).find(f => typeConstraint(t, f, suffix) === name)
  return field === undefined ? null : columnName(t, field)
}

/** The primary key and the unique keys. */
export const uniqueKeys = (t: AnyTable): readonly Key[] => [...(t.primaryKey === null ? [] : [t.primaryKey]), ...t.uniques]

/** What an engine may name when a row is not unique: the unique keys, and unique indexes; one over expressions has no columns. */
export const uniqueConstraints = (t: AnyTable): readonly Key[] => [
  ...uniqueKeys(t),
  ...t.indexes.filter(i => i.unique).map(i => ({ name: i.name, columns: namedColumns(t, i) })),
]

/** Whether a key consists of these columns, in any order. */
export const isKeyOf = (k: Key, columns: readonly string[]): boolean =>
  k.columns.length === columns.length && k.columns.every(c => columns.includes(c))

/** The checks of a table applied to a row of expressions. */
export const checksOf = (t: AnyTable, row: { readonly [field: string]: Expr<unknown> }): readonly (readonly [string, Pred])[] =>
  t.checks.map(c => {
    try {
      return [c.name, c.predicate(row)] as const
    } catch (thrown) {
      const type = exprType({ tag: 'boolean' })
      return [c.name, invalid(refusedWith(thrown) ?? callbackFailed(`the check ${c.name} of ${t.name}`, thrown), type)] as const
    }
  })
