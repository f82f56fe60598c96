/**
 * Steps as texts for people and as JSON: what each one does, its SQL and its hazards on an engine, and whether it can be undone.
 *
 * Everything here is pure. The SQL is that which `define` would send for the step; on memory there is none. A step that the engine refuses has the
 * reason in place of its SQL.
 *
 * `planText` is a column of lines for each step; `planJson` is the same as data.
 */
import * as E from 'fp-ts/lib/Either.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import { type DialectName, dialectOf, type EngineName } from '../core/value/DialectName.js'
import { type Hazard, hazards, needsAllowance } from '../schema/hazards.js'
import { invert, losses } from '../schema/invert.js'
import { describeUnit, type MigrationStep } from '../schema/MigrationStep.js'
import { ddlWork, statementsOfWork } from '../sql/ddl.js'
import { dialects } from '../sql/dialects.js'
import type { Paint } from './World.js'

/** A step on an engine. */
interface OnEngine {
  readonly engine: EngineName
  /** Its statements, or why the engine refuses it. */
  readonly sql: readonly string[]
  readonly refused: string | null
  readonly hazards: readonly Hazard[]
}

/** A step with all that is shown of it. */
export interface ShownStep {
  readonly what: string
  readonly engines: readonly OnEngine[]
  /** Why it can't be undone; null if it can. */
  readonly irreversible: string | null
  /** What undoing it does not restore; null if it restores rows too. */
  readonly loses: string | null
}

const sqlOf = (step: MigrationStep, dialect: DialectName): E.Either<DbError, readonly string[]> => {
  if (step.tag === 'sql') return E.right([step.text[dialect] ?? '-- this step has no text for this engine'])
  const record = dialects[dialect]
  return attempting('a function of the schema', () =>
    statementsOfWork(record, step.tag === 'data' ? [{ tag: 'command', command: step.command }] : ddlWork(record, [step])),
  )
}

const onEngine = (step: MigrationStep, engine: EngineName): OnEngine => {
  const dialect = dialectOf(engine)
  const sql = dialect === null ? E.right([]) : sqlOf(step, dialect)
  return {
    engine,
    sql: E.isLeft(sql) ? [] : sql.right,
    refused: E.isLeft(sql) ? sql.left.message : null,
    hazards: step.tag === 'data' || step.tag === 'sql' ? [] : hazards(step, engine),
  }
}

/** A step as it is on some engines. */
export const shownStep = (step: MigrationStep, engines: readonly EngineName[]): ShownStep => {
  const inverse = invert(step)
  return {
    what: describeUnit([step]),
    engines: engines.map(engine => onEngine(step, engine)),
    irreversible: E.isLeft(inverse) ? inverse.left : null,
    loses: losses(step),
  }
}

const indented = (text: string, by: string): string =>
  text
    .split('\n')
    .map(line => `${by}${line}`)
    .join('\n')

/** A statement with its semicolon. */
export const statementLine = (sql: string): string => (/;\s*$/.test(sql) ? sql : `${sql};`)

/** One line for a hazard. */
const hazardLine = ({ kind, message, safer }: Hazard, paint: Paint): string => {
  const mark = needsAllowance({ kind }) ? paint.red(kind) : paint.yellow(kind)
  return `${mark}: ${message}${safer === null ? '' : ` Safer: ${safer}.`}`
}

const engineLines = (on: OnEngine, paint: Paint, isAlone: boolean): readonly string[] => [
  ...(isAlone ? [] : [`   ${paint.bold(on.engine)}`]),
  ...(on.refused === null ? [] : [`   ${paint.red('refused')}: ${on.refused}`]),
  ...on.sql.map(sql => paint.dim(indented(statementLine(sql), '   '))),
  ...on.hazards.map(h => `   ${hazardLine(h, paint)}`),
]

/** The lines of a step. */
const stepLines = (step: ShownStep, at: number, paint: Paint): readonly string[] => [
  `${at + 1}. ${step.what}`,
  ...step.engines.flatMap(on => engineLines(on, paint, step.engines.length === 1)),
  ...(step.irreversible === null ? [] : [`   ${paint.yellow("can't be undone")}: ${step.irreversible}`]),
]

/** The lines of a list of steps. */
export const planLines = (steps: readonly ShownStep[], paint: Paint): readonly string[] => steps.flatMap((s, i) => stepLines(s, i, paint))

/** A step as JSON. */
export const stepJson = ({ what, engines, irreversible, loses }: ShownStep): unknown => ({
  what,
  engines: Object.fromEntries(engines.map(({ engine, sql, refused, hazards: found }) => [engine, { sql, refused, hazards: found }])),
  undoable: irreversible === null,
  irreversible,
  loses,
})
