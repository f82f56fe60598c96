/**
 * The meaning of steps: from a state of the database to the next one, rows included.
 *
 * A list of steps happens as a whole or not at all. What it creates is validated first; then each step is applied to the state that the
 * one before has left. Of indexes only unique ones change what follows: they are constraints.
 *
 * Laws: those of `core/schema/Step`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { sameKey } from '../core/schema/foreignKeys.js'
import { MOST_NAMED, offendingRows } from '../core/schema/offendingRows.js'
import { runs, type Step, validateSteps } from '../core/schema/Step.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import { qualifiedName } from '../core/table/Table.js'
import { attempting, type DbError, namingRows, type OffendingRow, refuse, schemaConflict, stillReferred } from '../core/value/DbError.js'
import { altered } from './alterTable.js'
import { checkReferences, checkUnique } from './constraints.js'
import { type Database, type Stored, stored, withStored } from './Database.js'
import { evaluate } from './evaluate.js'
import { meaning } from './meaning.js'

const created = (table: AnyTable): Stored => ({
  table,
  rows: [],
  indexes: [],
  next: Object.fromEntries(Object.entries(table.columns).flatMap(([field, c]) => (c.generated ? [[field, 1n]] : []))),
})

/** Refuses to drop tables to which one that stays refers. */
const refuseReferred = (db: Database, run: readonly Step[]): void => {
  const dropped = new Set(run.flatMap(s => (s.tag === 'dropTable' ? [qualifiedName(s.table)] : [])))
  const held = db.foreignKeys.find(f => dropped.has(qualifiedName(f.target)) && !dropped.has(qualifiedName(f.table)))
  if (held !== undefined) refuse(stillReferred(qualifiedName(held.target), qualifiedName(held.table)))
}

/** The database after one step. */
const stepped = (db: Database, step: Step): Database => {
  switch (step.tag) {
    case 'createTable':
    case 'createView': {
      const table = step.tag === 'createTable' ? step.table : step.view
      const name = qualifiedName(table)
      if (db.tables.has(name)) refuse(schemaConflict(name, 'it exists already: drop it first, or leave it out of the schema'))
      const keys = step.tag === 'createTable' ? step.foreignKeys : []
      return { tables: new Map(db.tables).set(name, created(table)), foreignKeys: [...db.foreignKeys, ...keys] }
    }
    case 'dropTable':
    case 'dropView': {
      const name = qualifiedName(step.tag === 'dropTable' ? step.table : step.view)
      return {
        tables: new Map([...db.tables].filter(([other]) => other !== name)),
        foreignKeys: db.foreignKeys.filter(f => qualifiedName(f.table) !== name),
      }
    }
    case 'addForeignKey': {
      const { foreignKey: key } = step
      if (db.foreignKeys.some(sameKey(key)))
        refuse(schemaConflict(key.name, 'it exists already: drop it first, or leave it out of the schema'))
      const referring = stored(db, key.table).rows
      checkReferences(key, referring, stored(db, key.target).rows, new Set(referring))
      return { ...db, foreignKeys: [...db.foreignKeys, key] }
    }
    case 'dropForeignKey': {
      stored(db, step.foreignKey.table)
      const isIt = sameKey(step.foreignKey)
      if (!db.foreignKeys.some(isIt)) refuse(schemaConflict(step.foreignKey.name, 'there is no such foreign key'))
      return { ...db, foreignKeys: db.foreignKeys.filter(f => !isIt(f)) }
    }
    case 'createIndex': {
      const into = stored(db, step.table)
      if (into.indexes.some(i => i.name === step.index.name)) refuse(schemaConflict(step.index.name, 'it exists already: drop it first'))
      const after = { ...into, indexes: [...into.indexes, step.index] }
      checkUnique(meaning(db), after, new Set(into.rows))
      return withStored(db, after)
    }
    case 'alterTable':
      return altered(db, step)
    case 'dropIndex': {
      const from = stored(db, step.table)
      if (!from.indexes.some(i => i.name === step.index.name))
        refuse(schemaConflict(step.index.name, 'there is no such constraint or index'))
      return withStored(db, { ...from, indexes: from.indexes.filter(i => i.name !== step.index.name) })
    }
  }
}

/** The database after one step; an error names the rows that cause it. */
const steppedNaming = (db: Database, step: Step): Database => {
  const made = attempting('a function of the schema', () => stepped(db, step))
  if (E.isRight(made)) return made.right
  const query = offendingRows(step, made.left)
  const found = query === null ? E.right([]) : evaluate(db, query)
  return refuse(E.isLeft(found) ? made.left : namingRows(made.left, found.right as readonly OffendingRow[], MOST_NAMED))
}

/** The database after some steps; what they create is validated first. */
export const define = (db: Database, steps: readonly Step[]): E.Either<DbError, Database> =>
  E.flatMap(validateSteps(steps), () =>
    attempting('a function of the schema', () =>
      runs(steps).reduce((before, run) => {
        refuseReferred(before, run)
        return run.reduce(steppedNaming, before)
      }, db),
    ),
  )
