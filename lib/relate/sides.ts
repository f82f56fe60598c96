/**
 * The relations of a schema at run time: each foreign key as seen from its two ends.
 *
 * A table has a relation for each foreign key of its own, and one for each key of another table that names its way back. A name that two relations
 * of a table have, or that is a column of it, is refused when the relations of that table are first used, with the name of both.
 */
import { and, eq } from '../core/expr/Expr.js'
import * as Q from '../core/query/Query.js'
import type { AnyTable, Pred, Query } from '../core/syntax/Syntax.js'
import type { AnySchema, ForeignKey } from '../core/table/Schema.js'
import { refuse, validationError } from '../core/value/DbError.js'

/** Rows of any table, untyped. */
export type Rows = Query<any, any>

/** The scope of a row of any table. */
export interface AnyRow {
  readonly [field: string]: any
}

/** A relation of a table: the key, and the end of it that is the table. */
export interface Side {
  readonly key: ForeignKey
  readonly isBack: boolean
  readonly to: AnyTable
  readonly cardinality: 'one' | 'maybe' | 'many'
}

/** The names that `include` has for itself. */
export const OPTIONS: readonly string[] = ['where', 'orderBy', 'limit', 'offset', 'select']

/** The relations of a table, by name. Refuses a name that two of them have, or that is an option of `include`. */
const sidesOf = (schema: AnySchema, t: AnyTable): ReadonlyMap<string, Side> => {
  const sides = new Map<string, Side>()
  const add = (name: string, side: Side): void => {
    const problem = OPTIONS.includes(name)
      ? 'is an option of include'
      : Object.hasOwn(t.columns, name)
        ? 'is a column of the table'
        : sides.has(name)
          ? 'is another relation of the table'
          : null
    if (problem !== null) refuse(validationError([t.name, name], `the name of a relation ${problem}: choose another one in fk(...)`))
    sides.set(name, side)
  }
  for (const key of schema.foreignKeys) {
    const isNullable = key.columns.some(c => key.table.types[c]?.nullable)
    if (key.table === t) add(key.relation, { key, isBack: false, to: key.target, cardinality: isNullable ? 'maybe' : 'one' })
    if (key.target === t && key.back !== null) add(key.back, { key, isBack: true, to: key.table, cardinality: key.one ? 'maybe' : 'many' })
  }
  return sides
}

/** Whether a row of the other end belongs to a row of this one. */
const joins = ({ key, isBack }: Side, own: AnyRow, other: AnyRow): Pred => {
  const [here, there] = isBack ? [key.targetColumns, key.columns] : [key.columns, key.targetColumns]
  return and(...here.map((c, i) => eq(own[c], other[there[i] as string])))
}

/** The relations of a schema at run time: those of each table are looked up once. */
export const directory = (schema: AnySchema): ((t: AnyTable) => ReadonlyMap<string, Side>) => {
  const known = new Map<AnyTable, ReadonlyMap<string, Side>>()
  return t => {
    const found = known.get(t) ?? sidesOf(schema, t)
    known.set(t, found)
    return found
  }
}

/** Looks up the relations of a table. */
export type Look = ReturnType<typeof directory>

/** The rows of a table. */
export const rowsOf = (t: AnyTable): Rows => Q.from(t as never)

/** The rows of the other end of a relation, for a row of this one. */
export const related = (side: Side, own: AnyRow): Rows => Q.where((other: AnyRow) => joins(side, own, other))(rowsOf(side.to)) as Rows
