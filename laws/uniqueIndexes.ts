/**
 * The law of unique indexes: over columns and expressions, of all rows or some.
 *
 * A unique index is a constraint: of the rows that satisfy its condition, no two have the same values in all keys, where a null equals no
 * other. Which rows violate it is decided here from the values of the keys and the condition alone, not by an interpreter. So an index is
 * created exactly if the rows satisfy it, and a row is inserted exactly if it violates neither the index nor another constraint of its table.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as C from '../lib/Command.js'
import type { Step } from '../lib/core/schema/Step.js'
import { literalOf } from '../lib/core/syntax/operand.js'
import type { AnyExpr, AnyTable, Index, Table } from '../lib/core/syntax/Syntax.js'
import { indexFields, namedColumns } from '../lib/core/table/indexes.js'
import { columnName, uniqueKeys } from '../lib/core/table/Table.js'
import { uniqueViolation } from '../lib/DbError.js'
import type { Db } from '../lib/Interpreter.js'
import { empty } from '../lib/model/Database.js'
import { meaning } from '../lib/model/meaning.js'
import { define } from '../lib/schema/createAll.js'
import { type AnyDatabase, database, databaseText } from './arbitrary/database.js'
import { load } from './arbitrary/load.js'
import { type AnyRow, row } from './arbitrary/row.js'
import { uniqueIndex } from './arbitrary/uniqueIndex.js'
import { valueText } from './arbitrary/values.js'
import { type Law, law } from './Law.js'
import { isRefused, undeclared } from './refused.js'
import { outcome, type ViolationSubject, violated } from './violations.js'

const NAME = 'law_unique_index'
const ROWS = 8

const { value } = meaning(empty)

/** What a row has in an index as one text; null where it has no entry that another row could equal. */
const entryOf =
  (t: AnyTable, { on, where }: Index) =>
  (of: AnyRow): string | null => {
    const scope = Object.fromEntries(Object.entries(t.types).map(([f, type]) => [f, literalOf(type, of[f] ?? null)]))
    if (where !== null && value(where(scope)) !== true) return null
    const values = (on?.(scope) ?? []).map(key => value('expr' in key ? key.expr : (key as AnyExpr)))
    return values.includes(null) ? null : values.map(valueText).join('|')
  }

/** Whether MySQL and MariaDB would use the index for a foreign key in place of their own, and could not drop it. */
const servesForeignKey = ({ foreignKeys }: ViolationSubject['schema'], t: AnyTable, index: Index): boolean => {
  const fields = indexFields(t, index)
  return foreignKeys.some(f => f.table === t && f.columns.every((c, i) => c === fields[i]))
}

/** Whether SQLite could not tell the index from another key, because it has the same columns: then its error has no name. */
const isAmbiguous = (t: AnyTable, index: Index): boolean => {
  const columns = namedColumns(t, index)
  return uniqueKeys(t).some(k => k.columns.join() === columns.join())
}

export const uniqueIndexLaw = (subject: ViolationSubject): Law => {
  const { runner, schema, databases = {} } = subject
  const names = Object.keys(schema.tables).filter(n => uniqueIndex(schema.tables[n] as AnyTable, NAME) !== null)
  const target = fc.constantFrom(...names).chain(name => {
    const t = schema.tables[name] as AnyTable
    const fresh = row(t, { small: true, columns: databases.columns?.[name] ?? {} })
    const rows = fc.array(fc.record({ fresh, from: fc.nat(99), copied: fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }) }), {
      minLength: ROWS,
      maxLength: ROWS,
    })
    return fc.record({ name: fc.constant(name), made: uniqueIndex(t, NAME) as NonNullable<ReturnType<typeof uniqueIndex>>, rows })
  })
  const env: Db = { db: runner }
  return law(
    'insert(t)(row), with a unique index of t, fails exactly when another row of the index has its keys',
    'Of the rows that a unique index is about, no two have the same keys; a null equals no other.',
    fc.tuple(database(schema, databases), target),
    async ([db, { name, made, rows }], cover) => {
      const { index } = made
      const declared = schema.tables[name] as AnyTable
      if (isAmbiguous(declared, index) || servesForeignKey(schema, declared, index)) return null
      const t: AnyTable = { ...declared, indexes: [...declared.indexes, index] }
      const entry = entryOf(t, index)
      const text = `const index = ${made.text} // of ${name}\n\nconst rows = ${databaseText(db)}`
      const loaded = await load(schema, db)(env)()
      if (E.isLeft(loaded)) return `the rows are refused: ${loaded.left.message}`
      const create: readonly Step[] = [{ tag: 'createIndex', table: t, index }]
      const drop: readonly Step[] = [{ tag: 'dropIndex', table: t, index }]
      const created = await define(create)(env)()
      if (isRefused(cover, created)) {
        const why = undeclared(runner, created.left)
        return why === null ? null : `${why}\n\n${text}`
      }
      const entries = (db[name] ?? []).map(entry).filter(e => e !== null)
      const isViolated = new Set(entries).size < entries.length
      cover(isViolated ? 'not created' : 'created')
      if (E.isLeft(created)) {
        const isRight = isViolated && created.left._tag === 'UniqueViolation' && created.left.constraint === NAME
        return isRight ? null : `the index fails with ${created.left._tag}: ${created.left.message}\n\n${text}`
      }
      for (const use of made.uses) cover(use)
      const problem = isViolated
        ? `the index is created over rows that violate it\n\n${text}`
        : await insertEach(subject, { name, t, index, text }, rows, db, cover)
      const dropped = await define(drop)(env)()
      return problem ?? (E.isLeft(dropped) ? `the index can't be dropped: ${dropped.left.message}\n\n${text}` : null)
    },
    { share: 1 / 5 },
  )
}

/** Inserts rows one by one; each is like one that is stored, in some columns. */
const insertEach = async (
  subject: ViolationSubject,
  { name, t, index, text }: { readonly name: string; readonly t: AnyTable; readonly index: Index; readonly text: string },
  rows: readonly { readonly fresh: AnyRow; readonly from: number; readonly copied: readonly boolean[] }[],
  before: AnyDatabase,
  cover: Parameters<Law['property']>[0],
): Promise<string | null> => {
  const entry = entryOf(t, index)
  const wrong = uniqueViolation(
    t.name,
    index.name,
    namedColumns(t, index).map(f => columnName(t, f)),
  )
  let db = before
  let number = 1_000
  for (const { fresh, from, copied } of rows) {
    const there = db[name] ?? []
    const stored = there[from % Math.max(there.length, 1)]
    const key = t.primaryKey?.columns ?? []
    const own = Object.fromEntries(
      Object.keys(t.columns).map((f, i) => {
        if (t.columns[f]?.generated) return [f, (number += 1)]
        return [f, stored !== undefined && copied[i % copied.length] && !key.includes(f) ? stored[f] : fresh[f]]
      }),
    )
    const mine = entry(own)
    const isViolated = mine !== null && there.some(r => entry(r) === mine)
    const expected = [...(isViolated ? [wrong] : []), ...violated(subject.schema, db, name, own)]
    const got = await C.run(C.insert(t as Table<any>)(own))({ db: subject.runner })()
    const problem = await outcome(subject, db, expected, got, cover)
    if (problem !== null)
      return `${problem}\n\nC.insert(t.${name})(${valueText(own)})\n\n${text}\n\nconst inserted = ${databaseText(db, [name])}`
    if (expected.length === 0) db = { ...db, [name]: [...there, own] }
  }
  return null
}
