/**
 * Migrations, as data.
 *
 * A migration has a name, the names of the migrations that it builds on, and the steps that take the schema and its rows from their result to its
 * own. A step is a step of the schema, a command of the algebra, or SQL text for each dialect. Migrations form a graph without cycles: `from` is
 * one name as a rule, several for a merge, and empty for the first one.
 *
 * Steps carry the tables that they are about, as these are at that point of the history. Describe those tables in the migration: the tables of
 * the application change later, and the meaning of the migration must not.
 *
 * `down` is the inverse of `up`, by default made by `invert`. Nothing is performed here; see `runMigrations`.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { HazardKind } from './hazards.js'
import { invertAll } from './invert.js'
import type { MigrationStep } from './MigrationStep.js'

/** Why a migration has no inverse. */
export interface Irreversible {
  readonly tag: 'cannot'
  readonly reason: string
}

/** A migration. */
export interface Migration {
  readonly name: string
  /** The names of the migrations that it builds on. */
  readonly parents: readonly string[]
  readonly up: readonly MigrationStep[]
  readonly down: readonly MigrationStep[] | Irreversible
  /**
   * Whether it is applied in one transaction, on engines with transactional definitions; null leaves that to the run: it is, unless a step
   * is done with less harm outside of transactions.
   */
  readonly isTransactional: boolean | null
  /** The hazards that its steps may have: what is lost or blocked was decided with the migration. */
  readonly allows: readonly HazardKind[]
  /** The names of the migrations that it is in place of. */
  readonly replaces: readonly string[]
}

/** Steps, and lists of steps, in order. */
export type StepLists = readonly (MigrationStep | readonly MigrationStep[])[]

/** What `migration` makes a migration of. */
export interface MigrationOptions {
  /** Sorts after the names of older migrations, such as `20261127T1200_add_price`. At most 200 characters. */
  readonly name: string
  /** The migrations that this one builds on; null for the first. */
  readonly from: string | readonly string[] | null
  /** The steps, or lists of them, such as those of `alter`. */
  readonly up: StepLists
  /** Default: the inverse of `up`, or why there is none. */
  readonly down?: StepLists | Irreversible
  /** False for steps that an engine refuses inside a transaction, true for all or nothing. Default: as its steps need it. */
  readonly transactional?: boolean
  /** Hazards of its steps that are accepted: `losesData`, `blocksWrites`, `blocksReads`. Default: none. */
  readonly allows?: readonly HazardKind[]
  /**
   * The migrations that this one is in place of: it does on an empty database what they do one after the other. Where all of them are
   * applied it counts as applied. Default: none.
   */
  readonly replaces?: readonly string[]
}

/** A migration without an inverse, for this reason. */
export const cannot = (reason: string): Irreversible => ({ tag: 'cannot', reason })

/** A migration. Its list of steps, its name and its place in the graph are checked when it is applied. */
export const migration = ({ name, from, up, down, transactional, allows = [], replaces = [] }: MigrationOptions): Migration => {
  const steps = up.flat()
  const inverse = invertAll(steps)
  return {
    name,
    parents: from === null ? [] : typeof from === 'string' ? [from] : from,
    up: steps,
    down: down === undefined ? (E.isLeft(inverse) ? cannot(inverse.left) : inverse.right) : 'tag' in down ? down : down.flat(),
    isTransactional: transactional ?? null,
    allows,
    replaces,
  }
}
