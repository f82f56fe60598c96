/**
 * Schemas: tables and the foreign keys between them.
 *
 * A foreign key is a relation with a name on each side: `users.group` and, in reverse, `groups.members`. Keys are declared for the whole schema,
 * because only there can cycles and self-references be typed. A `Schema` denotes the set of database states in which every foreign key
 * references an existing row.
 *
 *     schema({ groups, users }, t => ({
 *       users: { group: fk(t.users.groupId, t.groups.id, { back: 'members', onDelete: 'setNull' }) },
 *       groups: { owner: fk(t.groups.ownerId, t.users.id, { back: 'owned' }) },
 *     }))
 */
import * as E from 'fp-ts/lib/Either.js'
import type { AnyTable, Out, Table } from '../syntax/Syntax.js'
import { changes, symbolsOf } from '../syntax/scope.js'
import { isElement, textProblem } from '../value/Canonical.js'
import { attempting, type DbError, unsupported, type ValidationError, validationError } from '../value/DbError.js'
import { type SqlType, showSqlType } from '../value/SqlType.js'
import { indexProblem } from './indexes.js'
import { checksOf, columnName, nameProblem, qualifiedName, shortName, uniqueKeys } from './Table.js'
import { queryOfView } from './views.js'

/** What happens to referencing rows. */
export type ReferentialAction = 'noAction' | 'restrict' | 'cascade' | 'setNull'

/** A column of a table in a schema; `N` is the schema's name for the table. */
export interface Field<out A, out N = string> {
  readonly _A?: () => A
  readonly table: N
  readonly field: string
}

interface ForeignKeyOptions<Back, One> {
  /** The name of the relation in the referenced table. */
  readonly back?: Back
  /** Whether that relation has at most one row: the columns of the key are unique. Default: false. */
  readonly one?: One
  readonly onDelete?: ReferentialAction
  readonly onUpdate?: ReferentialAction
  /** The SQL name of the constraint. Default: one of the names of its table and columns. */
  readonly name?: string
}

/** A declared foreign key, before its tables are known. */
export interface AnyReference {
  readonly from: readonly Field<unknown>[]
  readonly to: readonly Field<unknown>[]
  readonly options: ForeignKeyOptions<string, boolean>
}

/**
 * A declared foreign key with what is known of it, as the type `R`: the name of the table that it references (`to`), whether it may reference none
 * (`nullable`), its relation in that table (`back`), and whether that has at most one row (`one`).
 */
export interface Reference<out R> extends AnyReference {
  /** For the compiler alone: there is no such value. */
  readonly _R: R
}

/** A foreign key between two tables, by fields. */
export interface ForeignKey {
  /** The SQL name of the constraint. */
  readonly name: string
  /** The name of the relation in the referencing table. */
  readonly relation: string
  readonly back: string | null
  /** Whether at most one row references a row. */
  readonly one: boolean
  readonly table: AnyTable
  readonly columns: readonly string[]
  readonly target: AnyTable
  readonly targetColumns: readonly string[]
  readonly onDelete: ReferentialAction
  readonly onUpdate: ReferentialAction
}

type Tables = { readonly [name: string]: Table<any> }

/** A schema with any tables. */
export interface AnySchema {
  readonly kind: 'schema'
  readonly tables: { readonly [name: string]: AnyTable }
  readonly foreignKeys: readonly ForeignKey[]
}

/** A schema with statically known tables, and with the references of each by the names of their relations. */
export interface Schema<out T, out K = any> extends AnySchema {
  readonly _K?: () => K
  readonly tables: T & AnySchema['tables']
}

type Fields<T> = {
  readonly [N in keyof T]: T[N] extends Table<infer C> ? { readonly [K in keyof C]: Field<Out<C[K]>, N> } : never
}

type HasNull<A> = null extends A ? true : false

/** A foreign key from one or more columns to the same number of columns of the same types. */
export function fk<A, N, const B extends string = never, const One extends boolean = false>(
  from: Field<A>,
  to: Field<NonNullable<A>, N>,
  options?: ForeignKeyOptions<B, One>,
): Reference<{ to: N; nullable: HasNull<A>; back: B; one: One }>
export function fk<A extends readonly Field<unknown>[], N, const B extends string = never, const One extends boolean = false>(
  from: A,
  to: { readonly [I in keyof A]: Field<unknown, N> },
  options?: ForeignKeyOptions<B, One>,
): Reference<{ to: N; nullable: HasNull<A[number] extends Field<infer X> ? X : never>; back: B; one: One }>
export function fk(
  from: Field<unknown> | readonly Field<unknown>[],
  to: Field<unknown> | readonly Field<unknown>[],
  options: ForeignKeyOptions<string, boolean> = {},
): Reference<any> {
  const list = (x: Field<unknown> | readonly Field<unknown>[]): readonly Field<unknown>[] => (Array.isArray(x) ? x : [x as Field<unknown>])
  return { from: list(from), to: list(to), options } as AnyReference as Reference<never>
}

/** A schema: tables with the foreign keys between them. */
export const schema = <
  const T extends Tables,
  const K extends { readonly [N in keyof T]?: { readonly [relation: string]: AnyReference } } = {},
>(
  tables: T,
  keys: (t: Fields<T>) => K = () => ({}) as K,
): Schema<T, K> => {
  const fields = Object.fromEntries(
    Object.entries(tables).map(([name, t]) => [
      name,
      Object.fromEntries(Object.keys(t.columns).map(field => [field, { table: name, field }])),
    ]),
  )
  const named = new Set<ForeignKey>()
  const foreignKeys = Object.entries(keys(fields as Fields<T>)).flatMap(([name, references]) =>
    Object.entries((references ?? {}) as { readonly [relation: string]: AnyReference }).map(
      ([relation, { from, to, options }]): ForeignKey => {
        const own = tables[name] as AnyTable
        const columns = from.map(f => f.field)
        const derived = foreignKeyName(
          own.name,
          columns.map(f => columnName(own, f)),
        )
        const made: ForeignKey = {
          name: options.name ?? derived,
          relation,
          back: options.back ?? null,
          one: options.one ?? false,
          table: own,
          columns,
          target: tables[to[0]?.table ?? ''] as AnyTable,
          targetColumns: to.map(f => f.field),
          onDelete: options.onDelete ?? 'noAction',
          onUpdate: options.onUpdate ?? 'noAction',
        }
        if (options.name !== undefined) named.add(made)
        return made
      },
    ),
  )
  return { kind: 'schema', tables, foreignKeys: withUniqueNames(foreignKeys, named) }
}

/** The part of a schema with some of its tables, by their descriptions and its names for them, and with the foreign keys of these. */
export const partOf = (schema: AnySchema, isIn: (t: AnyTable, name: string) => boolean): AnySchema => {
  const tables = Object.fromEntries(Object.entries(schema.tables).filter(([name, t]) => isIn(t, name)))
  const own = new Set(Object.values(tables))
  return { ...schema, tables, foreignKeys: schema.foreignKeys.filter(f => own.has(f.table)) }
}

/** Distinguishes foreign keys of the same columns of a table by what they reference. Names that are `given` stay. */
const withUniqueNames = (keys: readonly ForeignKey[], given: ReadonlySet<ForeignKey>): readonly ForeignKey[] =>
  keys.map((key, i) => {
    const isTaken = !given.has(key) && keys.slice(0, i).some(k => k.table === key.table && k.name === key.name)
    const columns = key.columns.map(f => columnName(key.table, f))
    return isTaken ? { ...key, name: foreignKeyName(key.table.name, [...columns, key.target.name, key.relation]) } : key
  })

/** The name of a foreign key's constraint, from SQL names. */
export const foreignKeyName = (table: string, columns: readonly string[]): string => shortName(`${table}_${columns.join('_')}_fkey`)

/** Why a column can't have this type; null if it can. */
const typeProblem = (t: SqlType): string | null => {
  if (t.tag === 'array' && !isElement(t.element)) return `an array of ${showSqlType(t.element)} is not the same on every engine: use json`
  if (t.tag !== 'enum') return null
  if (t.values.length === 0 || new Set(t.values).size < t.values.length) return 'an enum must have at least one value, and no duplicates'
  return t.values.map(textProblem).find(p => p !== null) ?? null
}

const sameColumns = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every(x => b.includes(x))

/** Checks a schema: yields it, or why it can't be created, such as a key over unknown columns or a reference to a key that is not unique. */
export const validate = (s: AnySchema): E.Either<DbError, AnySchema> => {
  const bad = (path: readonly string[], reason: string): E.Either<ValidationError, never> => E.left(validationError(path, reason))
  const tables = Object.values(s.tables)
  const names = tables.map(qualifiedName)
  const twice = names.find((n, i) => names.indexOf(n) !== i)
  if (twice !== undefined) return bad([twice], 'two tables of the schema have this name')
  for (const t of tables) {
    const sqlNames = Object.values(t.names)
    if (sqlNames.length === 0) return bad([t.name], 'a table needs at least one column')
    const duplicate = sqlNames.find((n, i) => sqlNames.indexOf(n) !== i)
    if (duplicate !== undefined) return bad([t.name, duplicate], 'two fields have this SQL name')
    for (const key of uniqueKeys(t)) {
      const unknown = key.columns.find(c => t.columns[c] === undefined)
      if (unknown !== undefined) return bad([t.name, key.name], `there is no column ${unknown}`)
    }
    const unnamable = nameProblem(t)
    if (unnamable !== null) return bad([t.name, 'name'], unnamable)
    for (const [field, { sql }] of Object.entries(t.types)) {
      const problem = typeProblem(sql)
      if (problem !== null) return bad([t.name, field], problem)
    }
    const view = attempting(`the query of the view ${t.name}`, () => queryOfView(t))
    if (E.isLeft(view)) return view
    const row = symbolsOf(t.types)
    const checks = checksOf(t, row)
    const changing = checks.find(([, predicate]) => changes(predicate))
    if (changing !== undefined)
      return E.left(unsupported(`now or random in a check (${changing[0]})`, 'query-ts', 'a valid row could become invalid'))
    const constraints = [...Object.values(t.columns).map(c => c.default), ...checks.map(([, predicate]) => predicate)]
    for (const e of constraints) if (e?.node.tag === 'invalid') return E.left(e.node.error)
    const named = [...t.checks, ...t.uniques, ...t.indexes, ...(t.primaryKey ? [t.primaryKey] : [])].map(c => c.name)
    const same = named.find((n, i) => named.indexOf(n) !== i)
    if (same !== undefined) return bad([t.name, same], 'two constraints or indexes have this name')
    for (const index of t.indexes) {
      const problem = indexProblem(t, index)
      if (problem !== null) return E.left(problem)
    }
    const nullableKey = t.primaryKey?.columns.find(c => t.columns[c]?.type.nullable)
    if (nullableKey !== undefined) return bad([t.name, nullableKey], 'a column of the primary key can not be nullable')
  }
  const indexes = tables.flatMap(t => t.indexes.map(i => ({ in: t.schema, name: i.name })))
  const shared = indexes.find((i, at) => indexes.findIndex(other => other.in === i.in && other.name === i.name) !== at)
  if (shared !== undefined) return bad([shared.name], 'two indexes of the schema have this name')
  for (const f of s.foreignKeys) {
    if (f.target === undefined || f.columns.length !== f.targetColumns.length)
      return bad([f.table.name, f.relation], 'a foreign key must reference as many columns as it has')
    if (f.one && !uniqueKeys(f.table).some(k => k.columns.every(c => f.columns.includes(c))))
      return bad([f.table.name, f.relation], `"${f.back}" has more than one row unless (${f.columns.join(', ')}) is a unique key`)
    if (!uniqueKeys(f.target).some(k => sameColumns(k.columns, f.targetColumns))) {
      return bad([f.table.name, f.relation], `${f.target.name} (${f.targetColumns.join(', ')}) is not a unique key`)
    }
  }
  return E.right(s)
}

/** The tables, each after the tables that it references where possible, and the foreign keys that close a cycle. */
export const creationOrder = (s: AnySchema): { readonly tables: readonly AnyTable[]; readonly late: readonly ForeignKey[] } => {
  const done = new Set<AnyTable>()
  const order: AnyTable[] = []
  const rest = new Set(Object.values(s.tables))
  const all = new Set(rest)
  // a table that is not in the schema is there already
  const needs = (t: AnyTable): boolean =>
    s.foreignKeys.some(f => f.table === t && f.target !== t && all.has(f.target) && !done.has(f.target))
  while (rest.size > 0) {
    const next = [...rest].find(t => !needs(t)) ?? ([...rest][0] as AnyTable)
    rest.delete(next)
    done.add(next)
    order.push(next)
  }
  const at = (t: AnyTable): number => order.indexOf(t)
  return { tables: order, late: s.foreignKeys.filter(f => at(f.target) > at(f.table)) }
}
