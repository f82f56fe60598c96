/**
 * Makes sure that the database has the tables of a schema, as they are described.
 *
 * `ensureSchema(s)` reads the database once and compares it with `s` by `diff`: types, nulls, defaults, keys, checks, indexes, foreign keys,
 * comments and views. What is missing is created. Any other difference is a `SchemaConflict` that lists all of them, and then nothing is changed;
 * so is what can't be compared. Only tables that `recreate` names are dropped and created again, without their rows.
 *
 * Any number of callers may run it at once: each table is created by one of them, and all succeed. Nothing is locked for that: a caller whose step
 * is refused looks again, and where each step commits it completes the tables that it has created and waits for those of others. A
 * difference is raised when it was seen twice. Callers that may create tables again do it under the lock of migrations
 * (`query_ts_migration_lock`), so none drops what another one has just created.
 *
 * Laws: after `ensureSchema(s)`, `difference(s)` is empty; a table that differs and is not named keeps its rows, and the program fails.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Db, Program } from '../core/operation/Interpreter.js'
import type { Step } from '../core/schema/Step.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import { type AnySchema, validate } from '../core/table/Schema.js'
import { qualifiedName } from '../core/table/Table.js'
import { attempting, type DbError, schemaDiffers, validationError } from '../core/value/DbError.js'
import { nearestHint } from '../core/value/nearest.js'
import { compared, meantPart } from './compared.js'
import { define } from './createAll.js'
import { type EnsurePlan, type EnsureScope, ensurePlan } from './ensurePlan.js'
import type { NameFilter } from './introspection.js'
import { keeping, withLock } from './migrationLock.js'
import { ensureTables, isPassing } from './migrationTables.js'
import { stepWords } from './stepWords.js'

/** Which tables are looked after (`only`, `ignore`), and which may lose their rows. */
export interface EnsuringOptions extends NameFilter {
  /**
   * Tables, by their field in the schema or their SQL name, that are dropped with their rows and created again where they differ. Others
   * that refer to one have to be named too. Default: none.
   */
  readonly recreate?: readonly string[]
}

type Answer<A> = Promise<E.Either<DbError, A>>

/** The longest pause between two looks, in milliseconds. */
const PAUSE = 150
/** How often a step may be refused, or another creation be half made, while the database looks the same. */
const ROUNDS = 20
/** How often a problem may come that is seldom one of concurrent creations, and a difference before it is raised. */
const FEW = 3
const TWICE = 2
const SELDOM: readonly DbError['_tag'][] = ['DatabaseError', 'Timeout', 'Locked']

const INSTEAD =
  'change the database by these steps (a migration, or `define` with the steps of `difference`), or change the schema; `ignore` leaves a table out, and `recreate` creates it again without its rows'

const AGAIN = 'these steps were done, and are needed again: see whether another program changes the same tables'

const pause = (): Promise<void> => new Promise(resolve => setTimeout(resolve, PAUSE * (0.3 + 0.7 * Math.random())))

/** The tables and views that `recreate` names. */
const namedTables = (wanted: AnySchema, names: readonly string[]): E.Either<DbError, ReadonlySet<AnyTable>> => {
  const known = Object.entries(wanted.tables).flatMap(([field, t]) => [field, t.name, qualifiedName(t)].map(name => [name, t] as const))
  const unknown = names.find(name => !known.some(([k]) => k === name))
  if (unknown !== undefined) {
    const hint = nearestHint(unknown, new Set(known.map(([k]) => k)))
    return E.left(validationError(['recreate'], `the schema has no table "${unknown}" that is looked after: ${hint}`))
  }
  return E.right(new Set(known.flatMap(([name, t]) => (names.includes(name) ? [t] : []))))
}

const look = async (env: Db, schema: AnySchema, scope: EnsureScope): Answer<EnsurePlan> => {
  const found = await compared(schema, scope.filter)(env)()
  return E.isLeft(found) ? found : attempting('a function of the schema', () => ensurePlan(found.right, scope))
}

/**
 * Performs the steps of a creation one by one, where each commits. A table or view that another caller has created meanwhile is completed by
 * that one; this is reported by the error, so that the database is looked at again.
 */
const stepByStep = async (env: Db, steps: readonly Step[], made: Set<AnyTable>): Answer<void> => {
  let clash: DbError | null = null
  for (const step of steps) {
    if ((step.tag === 'createIndex' && !made.has(step.table)) || (step.tag === 'addForeignKey' && !made.has(step.foreignKey.table)))
      continue
    const done = await define([step])(env)()
    if (E.isRight(done)) {
      if (step.tag === 'createTable') made.add(step.table)
    } else if (done.left._tag === 'SchemaConflict' && (step.tag === 'createTable' || step.tag === 'createView')) clash = done.left
    else return done
  }
  return clash === null ? E.right(undefined) : E.left(clash)
}

/**
 * Drops and creates under the lock, by a look that is taken under it: another caller may have done it before. Where each step commits, callers that
 * may drop tables also create under the lock, so that none takes a table that is half made for one that differs.
 */
const underLock = async (env: Db, schema: AnySchema, scope: EnsureScope, made: Set<AnyTable>): Answer<void> => {
  const ready = await ensureTables(env)()
  if (E.isLeft(ready)) return ready
  return withLock(env, {}, holder =>
    keeping(env, holder, async () => {
      const plan = await look(env, schema, scope)
      if (E.isLeft(plan)) return plan
      const { drops, creates, differences } = plan.right
      if (differences.length > 0 || drops.length + creates.length === 0) return E.right(undefined)
      if (env.db.capabilities.transactionalDdl) return define([...drops, ...creates])(env)()
      const dropped = drops.length === 0 ? E.right(undefined) : await define(drops)(env)()
      return E.isLeft(dropped) ? dropped : stepByStep(env, creates, made)
    }),
  )
}

/** What a round has come to: done, or a problem with what was seen, and how often it may come before it is a lasting one. */
type Round = 'done' | { readonly problem: DbError; readonly seen: string; readonly most: number }

/** What a plan is about, to tell whether two rounds have seen the same. */
const seenIn = ({ drops, creates, differences }: EnsurePlan): string =>
  JSON.stringify([differences, ...[drops, creates].map(steps => steps.map(stepWords))])

/** Looks at the database, and does what has to be done. */
const round = async (env: Db, schema: AnySchema, scope: EnsureScope, made: Set<AnyTable>): Promise<Round> => {
  const plan = await look(env, schema, scope)
  if (E.isLeft(plan)) return { problem: plan.left, seen: plan.left._tag, most: FEW }
  const { drops, creates, differences, isHalfMade } = plan.right
  const seen = seenIn(plan.right)
  const { transactionalDdl } = env.db.capabilities
  if (differences.length > 0)
    return { problem: schemaDiffers(differences, INSTEAD), seen, most: isHalfMade && !transactionalDdl ? ROUNDS : TWICE }
  if (drops.length + creates.length === 0) return 'done'
  const isLocked = drops.length > 0 || (scope.named.size > 0 && !transactionalDdl)
  const done = isLocked
    ? await underLock(env, schema, scope, made)
    : transactionalDdl
      ? await define(creates)(env)()
      : await stepByStep(env, creates, made)
  if (E.isLeft(done)) return { problem: done.left, seen, most: SELDOM.includes(done.left._tag) ? FEW : ROUNDS }
  return isLocked ? { problem: schemaDiffers([...drops, ...creates].map(stepWords), AGAIN), seen, most: ROUNDS } : 'done'
}

/** Creates what is missing of a schema; fails with `SchemaConflict` if the database differs otherwise. */
export const ensureSchema =
  (schema: AnySchema, options: EnsuringOptions = {}): Program<Db, DbError, void> =>
  env =>
  async () => {
    const wanted = meantPart(schema, options)
    const valid = validate(wanted)
    if (E.isLeft(valid)) return valid
    const named = namedTables(wanted, options.recreate ?? [])
    if (E.isLeft(named)) return named
    const made = new Set<AnyTable>()
    let [seen, times] = ['', 0]
    for (;;) {
      const result = await round(env, schema, { filter: options, named: named.right, made }, made)
      if (result === 'done') return E.right(undefined)
      times = result.seen === seen ? times + 1 : 1
      seen = result.seen
      if (times >= result.most || !isPassing(result.problem)) return E.left(result.problem)
      await pause()
    }
  }
