/**
 * Events: what a run of migrations reports while it performs them.
 *
 * A run reports the beginning and the end of each unit of steps, in order, and notes about what a person should know: that it waits for a lock of
 * another session, that something of an interrupted run was removed or found done. A report changes nothing, and what it throws is ignored.
 */
import type { Direction } from './migrationTables.js'

/** What a run reports. */
export type MigrationEvent =
  | (UnitEvent & { readonly tag: 'begin' })
  | (UnitEvent & { readonly tag: 'end'; readonly milliseconds: number })
  | { readonly tag: 'note'; readonly migration: string; readonly text: string }

/** A unit of the steps of a migration. */
export interface UnitEvent {
  readonly migration: string
  readonly direction: Direction
  /** Its number among the units of the migration, from 0. */
  readonly step: number
  /** How many units the migration has. */
  readonly of: number
  /** A few words for what it does, and to what. */
  readonly what: string
}

/** Receives the events of a run. */
export type Report = (event: MigrationEvent) => void

/** A report whose exceptions end no run. */
export const quietly =
  (report: Report): Report =>
  event => {
    try {
      report(event)
    } catch {
      // a run does not depend on who watches it
    }
  }
