/**
 * The law of steps: a chain of steps means on an interpreter what it means in memory.
 *
 * Each step is performed by the interpreter and in memory. Both refuse it with an error of the same tag, or both perform it; then the rows
 * are the same, and at the end so are the constraints: the described schema does not differ from the database, the same rows can be inserted,
 * with the same defaults, and deleting a row has the same consequences. A step that the interpreter refuses as `Unsupported` is left out.
 * Where definitions commit by themselves, a step that fails may have done a part: there it ends the chain.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as C from '../lib/Command.js'
import { checksOver, isIndexOver } from '../lib/core/schema/Change.js'
import type { Step } from '../lib/core/schema/Step.js'
import type { AnyTable, ExprType, Table } from '../lib/core/syntax/Syntax.js'
import type { DbError } from '../lib/DbError.js'
import type { Interpreter, SqlOp } from '../lib/Interpreter.js'
import { memory } from '../lib/run/memory.js'
import type { AnySchema } from '../lib/Schema.js'
import { difference } from '../lib/schema/difference.js'
import type { AnyRow } from './arbitrary/row.js'
import { type SchemaChain, schemaChain } from './arbitrary/schemaChain.js'
import { type Move, stepOf } from './arbitrary/schemaMove.js'
import { smallValues, valueText } from './arbitrary/values.js'
import { type Cover, type Coverage, type Law, law } from './Law.js'
import { coverCompared } from './refused.js'
import {
  caseText,
  createWithRows,
  describedAfter,
  differentRows,
  dropSchema,
  LAW_NAMES,
  performSteps,
  rowsIn,
  type SchemaSubject,
  stepText,
} from './schemaState.js'
import { Expr } from './untyped.js'

type Db = Interpreter<SqlOp>

/** The kind of a step, that of its change included. */
export const kindOf = (step: Step): string => (step.tag === 'alterTable' ? step.change.tag : step.tag)

const outcomeOf = (e: E.Either<DbError, unknown>): string => (E.isLeft(e) ? e.left._tag : 'done')

/** Errors of a value that a changed column does not take: which of the checks of a type an engine finds first is its own matter. */
const UNFIT = ['CheckViolation', 'ValueTooLong', 'NumericOverflow', 'ArithmeticError', 'DatabaseError']

/** Whether both did a step, or refused it for the same reason. */
const sameOutcome = (step: Step, got: E.Either<DbError, unknown>, expected: E.Either<DbError, unknown>): boolean => {
  const [a, b] = [outcomeOf(got), outcomeOf(expected)]
  return a === b || (kindOf(step) === 'changeType' && UNFIT.includes(a) && UNFIT.includes(b))
}

const explained = (e: E.Either<DbError, unknown>): string => (E.isLeft(e) ? `${e.left._tag}: ${e.left.message}` : 'done')

/** A row for a table, chosen by a number: some are like stored ones, some violate a constraint. */
const rowOf = (t: AnyTable, n: number): AnyRow =>
  Object.fromEntries(
    Object.keys(t.columns).flatMap((f, i) => {
      const { generated, default: fallback } = t.columns[f] as AnyTable['columns'][string]
      const type = t.types[f] as ExprType
      if (fallback !== null && !generated && (n + i) % 2 === 0) return []
      const values = smallValues({ ...type, nullable: false })
      const value = f === 'id' ? values[n % values.length] : values[(n >> (i % 8)) % Math.max(1, values.length)]
      return [[f, value === undefined || (type.nullable && (n + i) % 4 === 0) ? null : value]]
    }),
  )

/** Performs a command on both, unless the engine has no statement for it. */
const both = async (db: Db, model: Db, command: C.Command<unknown>): Promise<string | null> => {
  const got = await C.run(command)({ db })()
  if (E.isLeft(got) && got.left._tag === 'Unsupported') return null
  const expected = await C.run(command)({ db: model })()
  return E.isLeft(got) === E.isLeft(expected) ? null : `${explained(got)} in place of ${explained(expected)}`
}

/** Whether the default of a column has another value each time. */
const isVolatile = (t: AnyTable): boolean => Object.values(t.columns).some(c => c.default !== null && c.default.node.tag !== 'literal')

/** Inserts rows and deletes some: what the constraints of the changed tables let happen. */
const probed = async (db: Db, model: Db, s: AnySchema, moves: readonly Move[]): Promise<string | null> => {
  for (const t of Object.values(s.tables)) {
    if (isVolatile(t)) continue
    for (const n of [moves[0]?.[3] ?? 0, moves[0]?.[4] ?? 1]) {
      const row = rowOf(t, n)
      const problem = await both(db, model, C.insert(t as Table<any>)(row as any))
      if (problem !== null) return `C.insert(${t.name})(${valueText(row)}): ${problem}`
    }
  }
  // of several keys, an engine may follow any first; one that checks each row by itself may refuse rows that refer to each other
  const [key, ...others] = s.foreignKeys
  const isClear = others.length === 0 && !(key?.table === key?.target && db.capabilities.constraints === 'row')
  for (const f of isClear ? s.foreignKeys : []) {
    const [field] = f.targetColumns as [string]
    const there = await rowsIn(model, f.target)
    const value = E.isRight(there) ? there.right[0]?.[field] : undefined
    if (value === undefined || value === null) continue
    const problem = await both(
      db,
      model,
      C.delete(f.target as Table<any>)((r: any) => Expr.eq(r[field], value as number)),
    )
    if (problem !== null) return `deleting from ${f.target.name} where ${field} = ${valueText(value)}: ${problem}`
  }
  return null
}

const differentTables = async (db: Db, model: Db, s: AnySchema, only: readonly string[] | null): Promise<string | null> => {
  for (const t of Object.values(s.tables)) {
    if (only !== null && !only.includes(t.name)) continue
    const problem = await differentRows(db, model, t)
    if (problem !== null) return problem
  }
  return null
}

/** The names of checks and indexes over a column that gets another type: engines may keep another text of them, with the same meaning. */
const textsOver = (step: Step): readonly string[] => {
  if (step.tag !== 'alterTable' || step.change.tag !== 'changeType') return []
  const { table, change } = step
  return [...checksOver(table, change.field), ...table.indexes.filter(i => isIndexOver(table, change.field, i))].map(x => x.name)
}

const nameIn = (step: Step): string => {
  if (step.tag === 'createIndex' || step.tag === 'dropIndex') return step.index.name
  if (step.tag !== 'alterTable') return ''
  return step.change.tag === 'dropCheck' ? step.change.name : step.change.tag === 'addCheck' ? step.change.check.name : ''
}

/** The steps by which the database differs from its description after some steps, as text; null if there are none. */
const undescribed = async (db: Db, s: AnySchema, done: readonly Step[]): Promise<string | null> => {
  const found = await difference(s, { only: [LAW_NAMES] })({ db })()
  if (E.isLeft(found)) return found.left.message
  const excepted = new Set(done.flatMap(textsOver))
  const steps = found.right.steps.filter(step => !excepted.has(nameIn(step)))
  const { ignored } = found.right
  if (steps.length === 0 && ignored.length === 0) return null
  return `the database differs from what the steps mean:\n${[...steps.map(stepText), ...ignored.map(i => `${i.name} is left`)].join('\n')}`
}

/** What a chain has come to. */
interface Outcome {
  readonly described: AnySchema
  readonly done: readonly Step[]
  /** Those that the interpreter has no statement for. */
  readonly refused: readonly Step[]
  /** Whether every step was performed whole or not at all. */
  readonly isWhole: boolean
  readonly problem: string | null
}

/** Performs the moves of a chain on both, until they differ. */
const walked = async (db: Db, model: Db, { schema, moves }: SchemaChain, cover: Cover): Promise<Outcome> => {
  let described = schema
  const [done, refused]: [Step[], Step[]] = [[], []]
  for (const m of moves) {
    const { step, own } = stepOf(described, m)
    const got = await performSteps(db, [step])
    const isRefused = E.isLeft(got) && got.left._tag === 'Unsupported'
    coverCompared(cover, !isRefused)
    if (isRefused) {
      cover(`Unsupported: ${kindOf(step)}`)
      refused.push(step)
      continue
    }
    const expected = await performSteps(model, [step])
    done.push(step)
    if (!sameOutcome(step, got, expected))
      return { described, done, refused, isWhole: false, problem: `the last step: ${explained(got)}\nin memory: ${explained(expected)}` }
    cover(`${E.isLeft(got) ? got.left._tag : 'done'}: ${kindOf(step)}`)
    if (E.isLeft(got)) {
      if (!db.capabilities.transactionalDdl && got.left._tag !== 'ValidationError')
        return { described, done, refused, isWhole: false, problem: null }
      continue
    }
    described = describedAfter(described, step, own)
    const problem = await differentTables(db, model, described, step.tag === 'alterTable' ? [(described.tables[own] as AnyTable).name] : [])
    if (problem !== null) return { described, done, refused, isWhole: false, problem }
  }
  return { described, done, refused, isWhole: true, problem: null }
}

/** Every kind of change and step, in a large run. */
const DEMANDED = [
  'renameTable addColumn dropColumn renameColumn changeType setNullable setNotNull setDefault setComment addKey dropKey addCheck dropCheck',
  'renameConstraint createIndex dropIndex addForeignKey dropForeignKey createTable dropTable',
].flatMap(s => s.split(' '))

const ENOUGH = 150

const demand = (coverage: Coverage, cases: number): string | null => {
  const lacking = DEMANDED.filter(kind => !coverage.has(`done: ${kind}`))
  return cases < ENOUGH || lacking.length === 0 ? null : `no chain has performed ${lacking.join(', ')}`
}

/** The name of the law, by which its number of cases is chosen. */
export const CHAINS = 'define(steps) on the runner = define(steps) in memory'

/** Chains of steps leave the tables, rows and constraints that they leave in memory. */
export const sameSteps = ({ runner }: SchemaSubject): Law =>
  law(
    CHAINS,
    'A chain of steps leaves the tables, rows and constraints that it leaves in memory, and is refused where it is refused there.',
    schemaChain(),
    async (chain, cover) => {
      const { schema, rows, moves } = chain
      const created = await createWithRows(runner, schema, rows)
      coverCompared(cover, E.isRight(created) || created.left._tag !== 'Unsupported')
      if (E.isLeft(created)) return created.left._tag === 'Unsupported' ? null : `${explained(created)}\n\n${caseText(schema, rows, [])}`
      const model = memory()
      await createWithRows(model, schema, rows)
      const { described, done, refused, isWhole, problem } = await walked(runner, model, chain, cover)
      const wrong = isWhole
        ? ((await undescribed(runner, described, done)) ??
          (await probed(runner, model, described, moves)) ??
          (await differentTables(runner, model, described, null)))
        : problem
      const dropped = await dropSchema(runner, described)
      const why = wrong ?? (E.isLeft(dropped) ? `the tables can't be dropped: ${dropped.left.message}` : null)
      return why === null
        ? null
        : `${why}\n\n${caseText(schema, rows, done)}${refused.map(step => `\nUnsupported: ${stepText(step)}`).join('')}`
    },
    { demand },
  )
