/**
 * Loads generated rows into a database, and reads all rows back.
 *
 * `load` replaces the rows of every table of a schema. Foreign keys that close a cycle, and those from a table to itself, are null at
 * first and set when all rows are inserted. `contents` returns the rows of every table.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as C from '../../lib/Command.js'
import type { AnyTable, Table } from '../../lib/core/syntax/Syntax.js'
import { creationOrder } from '../../lib/core/table/Schema.js'
import type { DbError } from '../../lib/DbError.js'
import * as Expr from '../../lib/Expr.js'
import type { Db, Program } from '../../lib/Interpreter.js'
import * as Q from '../../lib/Query.js'
import type { AnySchema, ForeignKey } from '../../lib/Schema.js'
import type { AnyDatabase } from './database.js'
import type { AnyRow } from './row.js'

const inSequence =
  (programs: readonly Program<Db, DbError, unknown>[]): Program<Db, DbError, void> =>
  env =>
  async () => {
    for (const program of programs) {
      const done = await program(env)()
      if (E.isLeft(done)) return done
    }
    return E.right(undefined)
  }

const untyped = (t: AnyTable): Table<any> => t as Table<any>

/** Nullable fields of foreign keys that can't be satisfied while rows are inserted table by table. */
const lateFields = (schema: AnySchema, table: AnyTable): readonly string[] => {
  const late: readonly ForeignKey[] = [...creationOrder(schema).late, ...schema.foreignKeys.filter(f => f.table === f.target)]
  return late.filter(f => f.table === table).flatMap(f => f.columns.filter(c => table.types[c]?.nullable))
}

const nulls = (fields: readonly string[]): AnyRow => Object.fromEntries(fields.map(f => [f, null]))

/** Deletes all rows. */
export const clear = (schema: AnySchema): Program<Db, DbError, void> => {
  const { tables } = creationOrder(schema)
  const cut = tables.flatMap(t => {
    const late = lateFields(schema, t)
    return late.length === 0 ? [] : [C.run(C.update(untyped(t))(nulls(late), C.everywhere))]
  })
  return inSequence([...cut, ...[...tables].reverse().map(t => C.run(C.delete(untyped(t))(C.everywhere)))])
}

const insertAll = (schema: AnySchema, db: AnyDatabase): readonly Program<Db, DbError, unknown>[] => {
  const rowsOf = (t: AnyTable): readonly AnyRow[] => db[Object.keys(schema.tables).find(n => schema.tables[n] === t) as string] ?? []
  const { tables } = creationOrder(schema)
  const inserts = tables.flatMap(t => {
    const late = nulls(lateFields(schema, t))
    const rows = rowsOf(t)
    return rows.length === 0 ? [] : [C.run(C.insertMany(untyped(t))(rows.map(r => ({ ...r, ...late }))))]
  })
  const closing = tables.flatMap(t => {
    const late = lateFields(schema, t)
    const key = t.primaryKey?.columns ?? t.uniques[0]?.columns ?? []
    return rowsOf(t).flatMap(r => {
      const set = Object.fromEntries(late.flatMap(f => (r[f] == null ? [] : [[f, r[f]]])))
      if (Object.keys(set).length === 0) return []
      return [C.run(C.update(untyped(t))(set, row => Expr.and(...key.map(k => Expr.eq(row[k] as Expr.Expr<unknown>, r[k] as {})))))]
    })
  })
  return [...inserts, ...closing]
}

/** Inserts rows into tables that are empty. */
export const fill = (schema: AnySchema, db: AnyDatabase): Program<Db, DbError, void> => inSequence(insertAll(schema, db))

/** Replaces the rows of every table. */
export const load = (schema: AnySchema, db: AnyDatabase): Program<Db, DbError, void> =>
  inSequence([clear(schema), ...insertAll(schema, db)])

/** The rows of every table, by its name in the schema. */
export const contents =
  (schema: AnySchema): Program<Db, DbError, AnyDatabase> =>
  env =>
  async () => {
    const found: { [table: string]: readonly AnyRow[] } = {}
    for (const [name, t] of Object.entries(schema.tables)) {
      const rows = await Q.all(Q.from(untyped(t)))(env)()
      if (E.isLeft(rows)) return rows
      found[name] = rows.right as readonly AnyRow[]
    }
    return E.right(found)
  }
