/**
 * Steps of migrations: steps of the schema, commands, and SQL text.
 *
 * A list of steps is performed in units. A unit is one step, or several tables that are dropped one after the other, which are dropped
 * together (`runs`). The journal of a migration counts units, and so do errors. SQL text means whatever the engine makes of it: it has no
 * meaning in memory, is not inverted, and commutes with nothing.
 */
import { runs, type Step } from '../core/schema/Step.js'
import type { AnyCommand } from '../core/syntax/Syntax.js'
import { qualifiedName } from '../core/table/Table.js'
import { stepWords } from './stepWords.js'

/** SQL text for each engine, by the name in its capabilities. A migration with text for some engines fails on others. */
export interface SqlTexts {
  readonly [engine: string]: string
}

/** A step of a migration. */
export type MigrationStep =
  | Step
  /** Changes rows. */
  | { readonly tag: 'data'; readonly command: AnyCommand }
  /** Runs SQL text; `undo` undoes it, null where it can't be undone. `steps` are what it does to the schema. */
  | { readonly tag: 'sql'; readonly text: SqlTexts; readonly undo: SqlTexts | null; readonly steps: readonly Step[] }

/** A step that runs a command. */
export const data = (command: unknown): MigrationStep => ({ tag: 'data', command: command as AnyCommand })

/** The options of `sql`. */
export interface SqlOptions {
  /** The texts that undo it. Default: it can't be undone. */
  readonly undo?: SqlTexts
  /** The steps that do to the schema what the text does: they are not performed, and tell later migrations which tables there are. Default: none. */
  readonly steps?: readonly Step[]
}

/** A step that runs SQL text, by the name of the engine. */
export const sql = (text: SqlTexts, { undo, steps = [] }: SqlOptions = {}): MigrationStep => ({
  tag: 'sql',
  text,
  undo: undo ?? null,
  steps,
})

/** What is performed as one: a step, or tables that are dropped together. */
export type Unit = readonly MigrationStep[]

/** Whether a step of a migration is one of the schema. */
export const isStep = (s: MigrationStep): s is Step => s.tag !== 'data' && s.tag !== 'sql'

/** The steps of a unit that change the schema. */
export const definitions = (unit: Unit): readonly Step[] => unit.filter(isStep)

/** The units of a list of steps, in order. */
export const unitsOf = (steps: readonly MigrationStep[]): readonly Unit[] => {
  const result: Unit[] = []
  let pending: Step[] = []
  const flush = (): void => {
    result.push(...runs(pending))
    pending = []
  }
  for (const s of steps) {
    if (isStep(s)) pending.push(s)
    else {
      flush()
      result.push([s])
    }
  }
  flush()
  return result
}

const words = (step: MigrationStep): string => {
  if (step.tag === 'sql') return 'run SQL text'
  if (step.tag === 'data') {
    const { node } = step.command
    return node.tag === 'invalid' ? 'run an invalid command' : `${qualifiedName(node.table)}: ${node.tag} rows`
  }
  const { object, reason } = stepWords(step)
  return `${object}: ${reason}`
}

/** A few words for a unit: what its first step is about, and what it does there. */
export const describeUnit = ([first, ...rest]: Unit): string =>
  first === undefined ? 'no step' : `${words(first)}${rest.length === 0 ? '' : ` and ${rest.length} more`}`
