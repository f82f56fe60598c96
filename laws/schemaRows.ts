/**
 * The laws of hazards: what a step loses, or fails on, is named before it runs.
 *
 * The rows before and after a step are the judge, not the code of hazards: a value is lost if the row that had it is gone, or has no such
 * column, or another value there. How a value is written is no part of it: 1.50 and 1.5 are one number, and 5 is the text '5'. A null that
 * becomes a value is no loss.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Step } from '../lib/core/schema/Step.js'
import type { EngineName } from '../lib/core/value/DialectName.js'
import type { Interpreter, SqlOp } from '../lib/Interpreter.js'
import { memory } from '../lib/run/memory.js'
import type { AnySchema } from '../lib/Schema.js'
import { type HazardKind, hazards } from '../lib/schema/hazards.js'
import type { AnyRow } from './arbitrary/row.js'
import { schemaChain } from './arbitrary/schemaChain.js'
import { stepOf } from './arbitrary/schemaMove.js'
import { valueText } from './arbitrary/values.js'
import { type Coverage, type Law, law } from './Law.js'
import { coverCompared } from './refused.js'
import {
  caseText,
  createSchema,
  createWithRows,
  describedAfter,
  dropSchema,
  performSteps,
  rowsIn,
  type SchemaSubject,
} from './schemaState.js'
import { kindOf } from './schemaSteps.js'

type Db = Interpreter<SqlOp>

/** The rows of each table by its name in the schema, which renames do not change. */
type State = ReadonlyMap<string, readonly AnyRow[]>

const stateOf = async (db: Db, s: AnySchema): Promise<State> => {
  const state = new Map<string, readonly AnyRow[]>()
  for (const [name, t] of Object.entries(s.tables)) {
    const rows = await rowsIn(db, t)
    if (E.isLeft(rows)) throw new Error(rows.left.message)
    state.set(name, rows.right)
  }
  return state
}

/** A value without its notation. */
const plainly = (v: unknown): string => {
  if (v instanceof Date) return v.toISOString().replace(/(\.\d+?)0*Z$/, '$1Z')
  if (typeof v === 'object') return valueText(v)
  const s = typeof v === 'boolean' ? String(Number(v)) : String(v)
  if (s === 'true' || s === 'false') return s === 'true' ? '1' : '0'
  if (/^-?\d+(\.\d+)?$/.test(s)) return s.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
  return /^\d{4}-\d\d-\d\dT/.test(s) ? s.replace(/(\.\d+?)0*Z$/, '$1Z') : s
}

/** Whether a row still has all values of an older one. */
const keeps = (old: AnyRow, now: AnyRow): boolean =>
  Object.keys(old).every(f => old[f] === null || (Object.hasOwn(now, f) && plainly(old[f]) === plainly(now[f])))

/** What is lost between two states, as text; null if nothing is. */
const lossBetween = (before: State, after: State): string | null => {
  for (const [name, rows] of before) {
    const rest = [...(after.get(name) ?? [])]
    for (const old of rows) {
      const at = rest.findIndex(now => keeps(old, now))
      if (at < 0) return `${name} has no more ${valueText(old)}, it has\n${(after.get(name) ?? []).map(valueText).join('\n')}`
      rest.splice(at, 1)
    }
  }
  return null
}

/** The name of an engine as hazards have it. */
const engineOf = ({ capabilities }: Db): EngineName =>
  (({ sqlite3: 'sqlite', pglite: 'postgres' }) as { readonly [name: string]: EngineName })[capabilities.engine] ??
  (capabilities.engine as EngineName)

const has = (kind: HazardKind, step: Step, engine: EngineName): boolean => hazards(step, engine).some(h => h.kind === kind)

/** A chain without `losesData` keeps every row and value. */
const nothingLost = ({ runner }: SchemaSubject): Law =>
  law(
    'a chain of steps without losesData keeps every row and every value',
    'The rows after steps that lose no data have all values of the rows before.',
    schemaChain({ moves: 8 }),
    async ({ schema, rows, moves }, cover) => {
      const created = await createWithRows(runner, schema, rows)
      coverCompared(cover, E.isRight(created))
      if (E.isLeft(created)) return created.left._tag === 'Unsupported' ? null : created.left.message
      const before = await stateOf(runner, schema)
      const done: Step[] = []
      let described = schema
      for (const m of moves) {
        const { step, own } = stepOf(described, m)
        if (has('losesData', step, 'memory') || step.tag === 'createTable') continue
        const got = await performSteps(runner, [step])
        if (E.isLeft(got) && !runner.capabilities.transactionalDdl && got.left._tag !== 'ValidationError') break
        if (E.isLeft(got)) continue
        done.push(step)
        cover(kindOf(step))
        described = describedAfter(described, step, own)
      }
      const readable = await stateOf(runner, described).catch(() => null)
      const loss = readable === null ? null : lossBetween(before, readable)
      const dropped = await dropSchema(runner, described)
      const problem = loss ?? (E.isLeft(dropped) ? `the tables can't be dropped: ${dropped.left.message}` : null)
      return problem === null ? null : `${problem}\n\n${caseText(schema, rows, done)}`
    },
    { share: 1 / 8 },
  )

/** Whether memory does a step where the tables have no rows. */
const isDoneWithoutRows = async (s: AnySchema, step: Step): Promise<boolean> => {
  const model = memory()
  await createSchema(model, s)
  return E.isRight(await performSteps(model, [step]))
}

const demand = (coverage: Coverage, cases: number): string | null =>
  cases < 100 || ((coverage.get('lost') ?? 0) > 1 && (coverage.get('refused because of rows') ?? 0) > 1)
    ? null
    : `of ${cases} steps too few lost a value or were refused because of rows`

/** A step that loses a value has `losesData`; one that rows make fail has `mayFailOnData`. */
const hazardsAreNamed = ({ runner }: SchemaSubject): Law =>
  law(
    'hazards(step) has losesData where a value is lost, and mayFailOnData where rows make the step fail',
    'A step that loses a value has the hazard losesData; one that is refused because of rows, and only then, has mayFailOnData.',
    schemaChain({ moves: 3 }),
    async ({ schema, rows, moves }, cover) => {
      const engine = engineOf(runner)
      const created = await createWithRows(runner, schema, rows)
      coverCompared(cover, E.isRight(created))
      if (E.isLeft(created)) return created.left._tag === 'Unsupported' ? null : created.left.message
      let described = schema
      let problem: string | null = null
      const tried: Step[] = []
      for (const m of moves) {
        const { step, own } = stepOf(described, m)
        if (step.tag === 'createTable') continue
        const before = await stateOf(runner, described)
        const got = await performSteps(runner, [step])
        tried.push(step)
        if (E.isRight(got)) {
          described = describedAfter(described, step, own)
          const loss = lossBetween(before, await stateOf(runner, described))
          if (loss !== null) cover('lost')
          if (loss !== null && !has('losesData', step, engine)) problem = `the last step has no hazard losesData, but ${loss}`
        } else if (got.left._tag !== 'Unsupported' && (await isDoneWithoutRows(described, step))) {
          cover('refused because of rows')
          if (!has('mayFailOnData', step, engine))
            problem = `the last step has no hazard mayFailOnData, but fails with ${got.left._tag}: ${got.left.message}`
        }
        if (problem !== null || (E.isLeft(got) && !runner.capabilities.transactionalDdl)) break
      }
      const dropped = await dropSchema(runner, described)
      const why = problem ?? (E.isLeft(dropped) ? `the tables can't be dropped: ${dropped.left.message}` : null)
      return why === null ? null : `${why}\n\n${caseText(schema, rows, tried)}`
    },
    { share: 1 / 5, demand },
  )

/** The laws of hazards. */
export const hazardLaws = (subject: SchemaSubject): readonly Law[] => [nothingLost(subject), hazardsAreNamed(subject)]
