/**
 * How migrations are performed, and whether they may be: by their hazards on the tables that are there.
 *
 * A table of many rows is changed by the batches of `online`, a small one by its plain statements. What still loses data or blocks others runs
 * only when its hazard is allowed, by the run or by the migration itself. A table that does not exist yet has no rows that could be lost, and no
 * one waits for it.
 *
 * Law: what is refused here is refused before anything is performed.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { countAll } from '../core/expr/Agg.js'
import { lit } from '../core/expr/Expr.js'
import type { Db } from '../core/operation/Interpreter.js'
import * as Q from '../core/query/Query.js'
import { idOf, type QualifiedName } from '../core/schema/SchemaImage.js'
import type { Step } from '../core/schema/Step.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import { table } from '../core/table/Table.js'
import { type DbError, migrationError } from '../core/value/DbError.js'
import { engineNamed } from '../core/value/DialectName.js'
import { all } from '../program/fetch.js'
import { type HazardKind, hazards, needsAllowance, SMALL_TABLE, tableOfStep } from './hazards.js'
import type { Migration } from './Migration.js'
import { definitions, describeUnit } from './MigrationStep.js'
import type { Direction } from './migrationTables.js'
import { unitsFor } from './performMigration.js'

type Answer<A> = Promise<E.Either<DbError, A>>

/** The units of each migration that are performed by the batches of `online`. */
export type Forms = ReadonlyMap<Migration, ReadonlySet<number>>

/** The number of rows of a table, counted up to one more than a small table has; 0 if there is no such table. */
const rowsOf = async (env: Db, { schema, name }: QualifiedName): Answer<number> => {
  const of = table(name, {}, schema === null ? {} : { schema })
  const some = pipe(
    Q.from(of),
    Q.map(() => ({ one: lit(1) })),
    Q.limit(SMALL_TABLE + 1),
    Q.aggregate(() => ({ rows: countAll })),
  )
  const found = await all(some)(env)()
  if (E.isLeft(found)) return found.left._tag === 'SchemaConflict' ? E.right(0) : found
  return E.right(Number(found.right[0]?.rows ?? 0))
}

/** The names that tables of the database have at a point of the run; a table of the run itself has none. */
const afterNames = (origins: ReadonlyMap<string, QualifiedName | null>, step: Step): ReadonlyMap<string, QualifiedName | null> => {
  const now = new Map(origins)
  if (step.tag === 'createTable') now.set(idOf(step.table), null)
  if (step.tag === 'alterTable' && step.change.tag === 'renameTable') {
    const { schema } = step.table
    now.set(idOf({ schema, name: step.change.name }), origins.get(idOf(step.table)) ?? step.table)
  }
  return now
}

const originOf = (origins: ReadonlyMap<string, QualifiedName | null>, t: AnyTable): QualifiedName | null =>
  origins.has(idOf(t)) ? (origins.get(idOf(t)) ?? null) : t

/** Whether others may read or write the table that a step changes. */
const isUsed = (step: Step): boolean => step.tag !== 'createTable' && step.tag !== 'createView' && step.tag !== 'dropView'

/** The forms in which migrations are performed; the hazards that are not allowed, as an error. */
export const formsOf = async (
  env: Db,
  migrations: readonly Migration[],
  direction: Direction,
  allow: readonly HazardKind[],
): Answer<Forms> => {
  const engine = engineNamed(env.db.capabilities.engine)
  const counted = new Map<string, number>()
  let origins: ReadonlyMap<string, QualifiedName | null> = new Map()
  const rows = async (t: AnyTable): Answer<number> => {
    const origin = originOf(origins, t)
    if (origin === null) return E.right(0)
    const known = counted.get(idOf(origin))
    if (known !== undefined) return E.right(known)
    const found = await rowsOf(env, origin)
    if (E.isRight(found)) counted.set(idOf(origin), found.right)
    return found
  }
  const forms = new Map<Migration, ReadonlySet<number>>()
  const refused: { readonly migration: Migration; readonly step: number; readonly text: string }[] = []
  for (const migration of migrations) {
    const online = new Set<number>()
    for (const [at, unit] of unitsFor({ migration, direction }).entries())
      for (const step of definitions(unit)) {
        const found = isUsed(step) ? await rows(tableOfStep(step)) : E.right(0)
        if (E.isLeft(found)) return found
        const isOnline = found.right > SMALL_TABLE && migration.isTransactional !== true && step.tag !== 'dropTable'
        if (isOnline) online.add(at)
        for (const h of hazards(step, engine, { rows: found.right, online: isOnline }))
          if (needsAllowance(h) && !allow.includes(h.kind) && !migration.allows.includes(h.kind)) {
            const safer = h.safer === null ? '' : ` (or ${h.safer})`
            const text = `migration "${migration.name}", step ${at + 1} (${describeUnit(unit)}): ${h.kind}: ${h.message}${safer}`
            refused.push({ migration, step: at, text })
          }
        origins = afterNames(origins, step)
      }
    forms.set(migration, online)
  }
  const [first] = refused
  if (first === undefined) return E.right(forms)
  const names = [...new Set(refused.map(r => r.migration.name))]
  return E.left(migrationError('notAllowed', names, refused.map(r => r.text).join('; '), first.step))
}
