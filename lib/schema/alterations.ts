/**
 * Steps of migrations in few words.
 *
 * `alter(table, ...alterations)` has the steps that alter a table: the first step carries the given description of the table, the next ones what
 * the steps before them make of it. `create` and `drop` have the steps of tables of a schema, with their indexes and foreign keys. Names of
 * constraints and indexes are those that `table` and `schema` give them.
 *
 * Law: the steps of `alter(t, a, b)` are those of `alter(t, a)` and then those of `alter(t', b)`, where t' is the table after the first ones.
 * What is wrong with an alteration (an unknown column, a name that is taken) is thrown as a typed refusal, as everywhere in descriptions.
 */
import { type Change, changed } from '../core/schema/Change.js'
import { createSteps, dropSteps, type Step } from '../core/schema/Step.js'
import { isExpr } from '../core/syntax/guards.js'
import { literalOf } from '../core/syntax/operand.js'
import type { AnyColumn, AnyExpr, AnyTable, Column, Expr, Exprs, Pred, Table } from '../core/syntax/Syntax.js'
import { type AnySchema, type ForeignKey, partOf, type Schema } from '../core/table/Schema.js'
import {
  type CheckOptions,
  checkOf,
  columnCheck,
  type IndexOptions,
  indexOf,
  type KeyOptions,
  namedCheck,
  primaryKeyOf,
  qualifiedName,
  snakeCase,
  uniqueKeyOf,
} from '../core/table/Table.js'
import { refuse, schemaConflict } from '../core/value/DbError.js'

/** What is done to a table with columns `C`: steps that depend on its description. */
export interface Alteration<in C> {
  readonly _C?: (columns: C) => void
  readonly stepsFor: (t: AnyTable) => readonly Step[]
}

const change = (of: (t: AnyTable) => readonly Change[]): Alteration<unknown> => ({
  stepsFor: t => of(t).map((c): Step => ({ tag: 'alterTable', table: t, change: c })),
})

/** The description of a table after a step about it. */
const afterStep = (t: AnyTable, step: Step): AnyTable => {
  if (step.tag === 'alterTable') return changed(t, step.change)
  if (step.tag === 'createIndex') return { ...t, indexes: [...t.indexes, step.index] }
  if (step.tag === 'dropIndex') return { ...t, indexes: t.indexes.filter(i => i.name !== step.index.name) }
  return t
}

const withTable = (step: Step, table: AnyTable): Step => ('table' in step ? { ...step, table } : step)

/** The steps that alter a table, in order. */
export const alter = <C>(table: Table<C>, ...alterations: readonly Alteration<C>[]): readonly Step[] => {
  const steps: Step[] = []
  let now: AnyTable = table
  for (const { stepsFor } of alterations)
    for (const step of stepsFor(now)) {
      const own = withTable(step, now)
      steps.push(own)
      now = afterStep(now, own)
    }
  return steps
}

const no = (t: AnyTable, what: string): never =>
  refuse(schemaConflict(`${qualifiedName(t)}.${what}`, 'there is no such constraint or index'))

type Of<C> = keyof C & string
type RowOf<C> = Exprs<C>

/** Renames the table. */
export const renameTable = (name: string): Alteration<unknown> => change(() => [{ tag: 'renameTable', name }])

/**
 * Adds a column, with the key, check and index that it declares. Rows that are there get `fill`, a value or an expression over their row; without it
 * the default of the column, or null.
 */
export const addColumn = <C, A, I>(
  field: string,
  column: Column<A, I>,
  { fill }: { readonly fill?: A | ((row: RowOf<C>) => Expr<A>) } = {},
): Alteration<C> => ({
  stepsFor: t => {
    const name = column.name ?? snakeCase(field)
    const value = fill === undefined ? null : typeof fill === 'function' ? (fill as () => AnyExpr) : () => literalOf(column.type, fill)
    const add: Change = { tag: 'addColumn', field, name, column: column as AnyColumn, fill: value }
    const after = changed(t, add)
    const step = (c: Change): Step => ({ tag: 'alterTable', table: t, change: c })
    return [
      step(add),
      ...(column.unique ? [step({ tag: 'addKey', key: uniqueKeyOf(after, [field]), primary: false })] : []),
      ...(column.check === null ? [] : [step({ tag: 'addCheck', check: columnCheck(after, field, column.check) })]),
      ...(column.indexed ? [{ tag: 'createIndex', table: t, index: indexOf(after, [field]) } as const] : []),
    ]
  },
})

/** Drops a column with its values. Refused while a key, an index, a check or a foreign key uses it. */
export const dropColumn = <F extends string>(field: F): Alteration<{ readonly [K in F]: unknown }> =>
  change(() => [{ tag: 'dropColumn', field }])

/** Renames a column in the database. */
export const renameColumn = <F extends string>(field: F, name: string): Alteration<{ readonly [K in F]: unknown }> =>
  change(() => [{ tag: 'renameColumn', field, name }])

/** Gives a column the type of another one. Its values are cast, or become `using`. Whether it may be null stays. */
export const changeType = <C, A>(
  field: string,
  to: Column<A, any>,
  { using }: { readonly using?: (row: RowOf<C>) => Expr<A> } = {},
): Alteration<C> =>
  change(() => [{ tag: 'changeType', field, type: to.type.sql, using: (using as ((row: any) => AnyExpr) | undefined) ?? null }])

/** Allows null in a column. */
export const setNullable = <F extends string>(field: F): Alteration<{ readonly [K in F]: unknown }> =>
  change(() => [{ tag: 'setNullable', field }])

/** Forbids null in a column. Rows in which it is null get `fill`; without it they are refused. */
export const setNotNull = <C>(field: string, { fill }: { readonly fill?: unknown } = {}): Alteration<C> =>
  change(t => {
    const type = t.types[field]
    const value =
      fill === undefined || type === undefined ? null : typeof fill === 'function' ? (fill as () => AnyExpr) : () => literalOf(type, fill)
    return [{ tag: 'setNotNull', field, fill: value }]
  })

/** Gives a column a default, a value or an expression; null takes it away. Rows that are there stay. */
export const setDefault = <F extends string>(field: F, value: unknown): Alteration<{ readonly [K in F]: unknown }> =>
  change(t => {
    const type = t.types[field]
    const made = value === null || type === undefined ? null : isExpr(value) ? value : literalOf(type, value)
    return [{ tag: 'setDefault', field, default: made }]
  })

/** Gives the table, or a column of it, a comment; null takes it away. */
export const setComment = (field: string | null, comment: string | null): Alteration<unknown> =>
  change(() => [{ tag: 'setComment', field, comment }])

/** Adds a primary key. */
export const addPrimaryKey = <F extends string>(
  of: readonly F[] | KeyOptions<{ readonly [K in F]: unknown }>,
): Alteration<{ readonly [K in F]: unknown }> => change(t => [{ tag: 'addKey', key: primaryKeyOf(t, of), primary: true }])

/** Adds a unique key. */
export const addUnique = <F extends string>(
  of: readonly F[] | KeyOptions<{ readonly [K in F]: unknown }>,
): Alteration<{ readonly [K in F]: unknown }> => change(t => [{ tag: 'addKey', key: uniqueKeyOf(t, of), primary: false }])

/** Drops a primary or unique key, by its name or its fields. */
export const dropKey = (of: string | readonly string[]): Alteration<unknown> =>
  change(t => {
    if (typeof of === 'string') return [{ tag: 'dropKey', name: of }]
    const keys = t.primaryKey === null ? t.uniques : [t.primaryKey, ...t.uniques]
    const found = keys.find(k => k.columns.length === of.length && k.columns.every((c, i) => c === of[i]))
    return [{ tag: 'dropKey', name: found?.name ?? no(t, of.join('_')) }]
  })

/** Adds a check, with the name that the option `checks` of `table` would give it, or with a name of its own. */
export const addCheck = <C>(of: string | Pick<CheckOptions<C>, 'name'>, predicate: (row: RowOf<C>) => Pred): Alteration<C> =>
  change(t => [{ tag: 'addCheck', check: typeof of === 'string' ? checkOf(t, of, predicate) : checkOf(t, '', { ...of, predicate }) }])

/** Drops a check, by its name in the database or in the options of `table`. */
export const dropCheck = (name: string): Alteration<unknown> =>
  change(t => [{ tag: 'dropCheck', name: t.checks.some(c => c.name === name) ? name : namedCheck(t, name, () => undefined as never).name }])

/** Renames a key or a check, by names in the database. */
export const renameConstraint = (from: string, to: string): Alteration<unknown> => change(() => [{ tag: 'renameConstraint', from, to }])

/** Creates an index. */
export const createIndex = <C>(of: readonly Of<C>[] | IndexOptions<C>): Alteration<C> => ({
  stepsFor: t => [{ tag: 'createIndex', table: t, index: indexOf(t, of) }],
})

/** Drops an index, by its name or its fields. */
export const dropIndex = (of: string | readonly string[]): Alteration<unknown> => ({
  stepsFor: t => [{ tag: 'dropIndex', table: t, index: { name: typeof of === 'string' ? of : indexOf(t, of).name } }],
})

/** The tables of a schema that its own names choose; all of them without names. */
const chosen = (schema: AnySchema, only?: readonly string[]): AnySchema =>
  only === undefined ? schema : partOf(schema, (_, name) => only.includes(name))

/**
 * The steps that create tables of a schema, by its names for them, and their foreign keys, indexes and views. Default: all of them. Tables that
 * they refer to and that are not among them must be there.
 */
export const create = <T>(schema: Schema<T>, only?: readonly (keyof T & string)[]): readonly Step[] => createSteps(chosen(schema, only))

/** The steps that drop tables and views of a schema, by its names for them. Default: all of them. */
export const drop = <T>(schema: Schema<T>, only?: readonly (keyof T & string)[]): readonly Step[] => dropSteps(chosen(schema, only))

const keyNamed = (schema: AnySchema, name: string): ForeignKey =>
  schema.foreignKeys.find(f => f.name === name) ??
  schema.foreignKeys.find(f => Object.keys(schema.tables).some(t => schema.tables[t] === f.table && `${t}.${f.relation}` === name)) ??
  refuse(schemaConflict(name, 'the schema has no foreign key of this name: name the constraint, or table.relation'))

/** Adds a foreign key of a schema to its table, by the name of the constraint, or as `orders.customer`. */
export const addForeignKey = (schema: AnySchema, name: string): Step => ({ tag: 'addForeignKey', foreignKey: keyNamed(schema, name) })

/** Drops a foreign key of a schema from its table, by the name of the constraint, or as `orders.customer`. */
export const dropForeignKey = (schema: AnySchema, name: string): Step => ({ tag: 'dropForeignKey', foreignKey: keyNamed(schema, name) })

/** Creates a view. */
export const createView = (view: Table<any>): Step => ({ tag: 'createView', view })

/** Drops a view. */
export const dropView = (view: Table<any>): Step => ({ tag: 'dropView', view })
