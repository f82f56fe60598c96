/**
 * The laws of migrations: `down` undoes `up`, a second `up` finds nothing to do, and what commutes may come in either order.
 *
 * A case is a chain of steps that memory performs, cut into migrations. Schemas are compared by the image that the interpreter has of its
 * tables, without the order of columns, and rows by that image too, so no description of the case is involved. The history of migrations
 * in the database is emptied before each case. An interpreter may refuse steps as `Unsupported`; then there is nothing to compare.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as C from '../lib/Command.js'
import type { Step } from '../lib/core/schema/Step.js'
import type { AnyTable, ExprType, Table } from '../lib/core/syntax/Syntax.js'
import type { DbError } from '../lib/DbError.js'
import type { Interpreter, Runner, SqlOp } from '../lib/Interpreter.js'
import * as Migrate from '../lib/Migrate.js'
import { memory } from '../lib/run/memory.js'
import type { AnySchema } from '../lib/Schema.js'
import { history, journal, lock } from '../lib/schema/migrationTables.js'
import type { AnyDatabase } from './arbitrary/database.js'
import { schemaChain } from './arbitrary/schemaChain.js'
import { type Move, move, stepOf } from './arbitrary/schemaMove.js'
import { smallValues } from './arbitrary/values.js'
import { type Cover, type Coverage, type Law, law } from './Law.js'
import { coverCompared } from './refused.js'
import { caseText, contentsIn, createWithRows, describedAfter, dropLeftovers, performSteps, type SchemaSubject } from './schemaState.js'
import { kindOf } from './schemaSteps.js'

type Db = Interpreter<SqlOp>
type Answer<A> = Promise<E.Either<DbError, A>>

/** Every step of a law may run, whatever its hazards. */
const ALLOWED = { allow: ['losesData', 'blocksWrites', 'blocksReads'] } as const

/** Applies migrations. */
const up = (list: readonly Migrate.Migration[], db: Db): Answer<readonly string[]> => Migrate.up(list, ALLOWED)({ db })()

/** Undoes all migrations. */
const downAll = (list: readonly Migrate.Migration[], db: Db): Answer<readonly string[]> =>
  Migrate.down(list, { ...ALLOWED, to: null })({ db })()

/** Forgets all migrations that the database remembers, where it remembers some. */
const forget = async (db: Db): Promise<void> => {
  for (const t of [history, journal]) await C.run(C.delete(t as Table<any>)(C.everywhere))({ db })()
  await C.run(C.update(lock)({ holder: null, token: null } as never, C.everywhere))({ db })()
}

/** The steps of a chain that memory performs, and the schema after them. */
const performable = async (
  schema: AnySchema,
  rows: AnyDatabase,
  moves: readonly Move[],
  isMeant: (step: Step) => boolean,
): Promise<{ readonly steps: readonly Step[]; readonly after: AnySchema }> => {
  const model = memory()
  await createWithRows(model, schema, rows)
  const steps: Step[] = []
  let described = schema
  for (const m of moves) {
    const { step, own } = stepOf(described, m)
    if (!isMeant(step) || E.isLeft(await performSteps(model, [step]))) continue
    steps.push(step)
    described = describedAfter(described, step, own)
  }
  return { steps, after: described }
}

/** Steps as migrations of at most so many steps, each after the one before. */
const inMigrations = (steps: readonly Step[], size: number): readonly Migrate.Migration[] =>
  Array.from({ length: Math.ceil(steps.length / size) }, (_, i) =>
    Migrate.migration({ name: `law_${i}`, from: i === 0 ? null : `law_${i - 1}`, up: steps.slice(i * size, (i + 1) * size) }),
  )

/** The same migrations, performed step by step. */
const stepByStep = (list: readonly Migrate.Migration[]): readonly Migrate.Migration[] => list.map(m => ({ ...m, isTransactional: false }))

const isUnsupported = (e: DbError): boolean => (e._tag === 'MigrationError' ? isUnsupported(e.cause as DbError) : e?._tag === 'Unsupported')

const differing = (what: string, before: string, after: string): string | null => {
  if (before === after) return null
  const [a, b] = [before.split('\n'), after.split('\n')]
  const lines = (x: readonly string[], y: readonly string[]): string => x.filter(line => !y.includes(line)).join('\n')
  return `${what} are others: before\n${lines(a, b)}\nafterwards\n${lines(b, a)}`
}

const mayFail = (e: DbError): boolean => e._tag === 'MigrationError' && e.problem === 'failed'

const demand = (coverage: Coverage, cases: number): string | null =>
  cases < 40 || (coverage.get('undone') ?? 0) * 4 >= cases ? null : `of ${cases} chains only ${coverage.get('undone') ?? 0} were undone`

interface Applied {
  readonly problem: string | null
  /** What there was before; null if nothing was applied. */
  readonly before: Awaited<ReturnType<typeof contentsIn>> | null
  readonly list: readonly Migrate.Migration[]
}

/** Applies a chain by `up`: step by step where the interpreter refuses some step inside a transaction. */
const applied = async (
  runner: Runner,
  schema: AnySchema,
  rows: AnyDatabase,
  steps: readonly Step[],
  list: readonly Migrate.Migration[],
  cover: Cover,
): Promise<Applied> => {
  await forget(runner)
  const created = await createWithRows(runner, schema, rows)
  if (E.isLeft(created)) {
    coverCompared(cover, created.left._tag !== 'Unsupported')
    return { list, before: null, problem: created.left._tag === 'Unsupported' ? null : created.left.message }
  }
  const before = await contentsIn(runner)
  const done = await up(list, runner)
  const isRefused = E.isLeft(done) && isUnsupported(done.left)
  if (isRefused && list.some(m => m.isTransactional !== false) && runner.capabilities.transactionalDdl) {
    await dropLeftovers(runner)
    return applied(runner, schema, rows, steps, stepByStep(list), cover)
  }
  coverCompared(cover, !isRefused)
  if (E.isRight(done)) {
    for (const step of steps) cover(kindOf(step))
    return {
      list,
      before,
      problem: done.right.length === list.length ? null : `up applied ${done.right.length} of ${list.length} migrations`,
    }
  }
  return { list, before: null, problem: isRefused ? null : `memory performs the steps, but up fails: ${done.left.message}` }
}

/** `down` after `up` is the identity. */
const downAfterUp = ({ runner }: SchemaSubject): Law =>
  law(
    'down({ to: null }) after up(list) leaves the schema as it was, and the rows where nothing is lost',
    'Undoing all migrations restores the schema but for the order of columns, and the rows where no step has losses.',
    fc.tuple(schemaChain({ moves: 8 }), fc.integer({ min: 1, max: 4 })),
    async ([{ schema, rows, moves }, size], cover) => {
      const isInvertible = (step: Step): boolean => E.isRight(Migrate.invert(step))
      const { steps } = await performable(schema, rows, moves, isInvertible)
      const { problem, before, list } = await applied(runner, schema, rows, steps, inMigrations(steps, size), cover)
      const check = async (): Promise<string | null> => {
        if (before === null) return problem
        const undone = await downAll(list, runner)
        const isLossless = steps.every(step => Migrate.losses(step) === null)
        // what was lost may be what a constraint needs
        if (E.isLeft(undone)) return !isLossless && mayFail(undone.left) ? null : `down fails: ${undone.left.message}`
        cover('undone')
        if (isLossless) cover('undone with rows')
        const now = await contentsIn(runner)
        return (
          differing('the tables', before.image, now.image) ?? (isLossless ? differing('the rows', before.rows, now.rows) : null) ?? problem
        )
      }
      const why = await check()
      const dropped = await dropLeftovers(runner)
      await forget(runner)
      const wrong = why ?? (E.isLeft(dropped) ? dropped.left.message : null)
      return wrong === null ? null : `${wrong}\n\nin migrations of ${size} steps\n${caseText(schema, rows, steps)}`
    },
    { share: 1 / 12, demand },
  )

/** A second `up` does nothing. */
const upTwice = ({ runner }: SchemaSubject): Law =>
  law(
    'up(list) after up(list) yields no names and changes nothing',
    'Migrations are applied once: a second run finds nothing to do.',
    fc.tuple(schemaChain(), fc.integer({ min: 1, max: 3 })),
    async ([{ schema, rows, moves }, size], cover) => {
      const { steps, after } = await performable(schema, rows, moves, () => true)
      const key = Object.values(after.tables)[0]
      const insert = key === undefined ? [] : [Migrate.data(C.insert(key as Table<any>)(rowFor(key) as any))]
      const list = inMigrations(steps, size)
      const last = Migrate.migration({ name: 'law_rows', from: list.at(-1)?.name ?? null, up: insert })
      const isInserted = insert.length > 0 && (await isPerformed(schema, rows, steps, insert))
      const { problem, before, list: all } = await applied(runner, schema, rows, steps, isInserted ? [...list, last] : list, cover)
      const check = async (): Promise<string | null> => {
        if (before === null || problem !== null) return problem
        const first = await contentsIn(runner)
        const again = await up(all, runner)
        if (E.isLeft(again)) return `the second run fails: ${again.left.message}`
        if (again.right.length > 0) return `the second run applies ${again.right.join(', ')}`
        const second = await contentsIn(runner)
        return differing('the tables', first.image, second.image) ?? differing('the rows', first.rows, second.rows)
      }
      const why = await check()
      const dropped = await dropLeftovers(runner)
      await forget(runner)
      const wrong = why ?? (E.isLeft(dropped) ? dropped.left.message : null)
      return wrong === null ? null : `${wrong}\n\nin migrations of ${size} steps\n${caseText(schema, rows, steps)}`
    },
    { share: 1 / 20 },
  )

/** A row that is unlike generated ones. */
const rowFor = (t: AnyTable): { readonly [field: string]: unknown } =>
  Object.fromEntries(
    Object.keys(t.columns).map(f => {
      const type = t.types[f] as ExprType
      const { tag } = type.sql
      const values = smallValues({ ...type, nullable: false })
      return [f, type.nullable ? null : tag === 'int' || tag === 'smallint' ? 77 : tag === 'bigint' ? 77n : values.at(-1)]
    }),
  )

/** Whether memory performs steps and commands one after the other. */
const isPerformed = async (
  schema: AnySchema,
  rows: AnyDatabase,
  steps: readonly Step[],
  more: readonly Migrate.MigrationStep[],
): Promise<boolean> => {
  const model = memory()
  await createWithRows(model, schema, rows)
  if (E.isLeft(await performSteps(model, steps))) return false
  return E.isRight(await performed(model, more))
}

/** Performs the steps of a migration without its history. */
const performed = async (db: Db, steps: readonly Migrate.MigrationStep[]): Answer<unknown> => {
  for (const step of steps) {
    if (step.tag === 'sql') continue
    const done = step.tag === 'data' ? await C.run(step.command as C.Command<unknown>)({ db })() : await performSteps(db, [step])
    if (E.isLeft(done)) return done
  }
  return E.right(undefined)
}

const commuting = (coverage: Coverage, cases: number): string | null =>
  cases < 40 || (coverage.get('commute') ?? 0) * 10 >= cases ? null : `of ${cases} pairs only ${coverage.get('commute') ?? 0} commute`

/** Migrations that commute have one result. */
const eitherOrder = ({ runner }: SchemaSubject): Law => {
  const part = fc.tuple(move, fc.noBias(fc.nat(7)))
  return law(
    'commutes(m, n): m then n = n then m, rows included',
    'Two migrations that commute leave the same tables and rows in either order, and one that fails fails in both.',
    fc.tuple(schemaChain({ moves: 1 }), part, part, fc.boolean()),
    async ([{ schema, rows }, one, free, isAlike], cover) => {
      // steps of one kind, of one table, have names in common
      const other: typeof free = isAlike ? [[one[0][0], one[0][1], free[0][2], free[0][3], free[0][4]], free[1]] : free
      const made = ([m, n]: readonly [Move, number], name: string): Migrate.Migration => {
        const { step } = stepOf(schema, m)
        const t = step.tag === 'alterTable' ? step.table : undefined
        const command = n === 0 && t !== undefined ? Migrate.data(C.insert(t as Table<any>)(rowFor(t) as any)) : step
        return Migrate.migration({ name, from: null, up: [command] })
      }
      const [m, n] = [made(one, 'm'), made(other, 'n')]
      const is = Migrate.commutes(m, n)
      if (is !== Migrate.commutes(n, m)) return `commutes is not symmetric\n\n${pairText(schema, rows, m, n)}`
      cover(is ? 'commute' : 'do not commute')
      if (!is) return null
      const ends: { readonly done: string; readonly contents: Awaited<ReturnType<typeof contentsIn>> }[] = []
      for (const order of [
        [m, n],
        [n, m],
      ]) {
        const created = await createWithRows(runner, schema, rows)
        coverCompared(cover, E.isRight(created) || created.left._tag !== 'Unsupported')
        if (E.isLeft(created)) return created.left._tag === 'Unsupported' ? null : created.left.message
        const tags = new Map<string, string>()
        for (const each of order) {
          const done = await performed(runner, each.up)
          tags.set(each.name, E.isLeft(done) ? done.left._tag : 'done')
        }
        ends.push({ done: `m: ${tags.get('m')}, n: ${tags.get('n')}`, contents: await contentsIn(runner) })
        await dropLeftovers(runner)
      }
      const [a, b] = ends as [(typeof ends)[0], (typeof ends)[0]]
      if (a.done.includes('Unsupported')) return null
      const isPartial = !runner.capabilities.transactionalDdl && a.done !== 'm: done, n: done'
      const why =
        differing('what is done', a.done, b.done) ??
        (isPartial
          ? null
          : (differing('the tables', a.contents.image, b.contents.image) ?? differing('the rows', a.contents.rows, b.contents.rows)))
      return why === null ? null : `${why}\n\n${pairText(schema, rows, m, n)}`
    },
    { share: 1 / 8, demand: commuting },
  )
}

const pairText = (s: AnySchema, rows: AnyDatabase, ...all: readonly Migrate.Migration[]): string =>
  `${caseText(
    s,
    rows,
    all.flatMap(m => m.up.filter((step): step is Step => step.tag !== 'data' && step.tag !== 'sql')),
  )}${all.some(m => m.up.some(step => step.tag === 'data')) ? '\nand an insert of a row' : ''}`

/** The laws of migrations. */
export const migrationLaws = (subject: SchemaSubject): readonly Law[] => [downAfterUp(subject), upTwice(subject), eitherOrder(subject)]
