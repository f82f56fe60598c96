/**
 * The rows that foreign keys change after a write, as steps.
 *
 * `lockFollowing` finds and locks them before the write: those that refer to a row which is deleted or whose referenced columns are set,
 * those that refer to these, and so on until no further row is found. It may lock rows that the write turns out not to change.
 * `readFollowing` computes from the written rows the keys that the others have now, and reads them back by these: what the rows
 * contain, and whether they still exist, is read and never computed. MySQL (9.7.4) leaves some rows as they were that a second path of
 * cascades leads to, or a circle, so that they reference rows that are gone; such rows have not changed.
 *
 * While the referred rows are locked no other transaction can add a row that refers to them, so that all rows that follow are found.
 */
import { type FollowedKey, type Following, isActing } from '../../core/schema/following.js'
import type { References } from '../../core/schema/ReferenceImage.js'
import { refuse, unsupported } from '../../core/value/DbError.js'
import type { Named } from '../../plan/Rel.js'
import type { Dialect } from '../Dialect.js'
import { rowsLost } from '../returning/readSteps.js'
import type { Steps } from '../returning/Steps.js'
import { type Cells, type CellsChange, type Imaged, identityAt, lockRowsWith, placesOf, rowIdentity, valuesAt } from './Imaged.js'

/** A key between two tables, by the places of its columns. */
interface Link {
  readonly key: FollowedKey
  readonly child: Imaged
  readonly from: readonly number[]
  readonly parent: Imaged
  readonly to: readonly number[]
}

/** The tables that a command may change, and the keys between them. */
export interface Scope {
  readonly own: Imaged
  readonly links: readonly Link[]
  /** All foreign keys of the database. */
  readonly references: References
}

/** The scope of a command. `own` is its table with the columns of its plan; the others get columns of their own. */
export const scopeOf = (
  { own: id, tables, keys }: Following,
  references: References,
  own: Imaged,
  of: (id: string, table: Imaged['table']) => Imaged,
): Scope => {
  const all = new Map([...tables].map(([other, table]) => [other, other === id ? own : of(other, table)]))
  return {
    own,
    references,
    links: keys.map(key => {
      const [child, parent] = [all.get(key.child) as Imaged, all.get(key.parent) as Imaged]
      return { key, child, from: placesOf(child, key.childFields), parent, to: placesOf(parent, key.parentFields) }
    }),
  }
}

/** A row that may change, as it is before the write. */
export interface Found {
  readonly at: Imaged
  readonly cells: Cells
}

/** Rows of a table that the write, or a key, deletes, or else sets some columns of. */
export interface Written {
  readonly at: Imaged
  readonly rows: readonly Cells[]
  readonly deletes: boolean
  readonly sets: readonly string[]
}

/** How a key acts on rows that refer to written ones: it deletes them or sets its columns; null if it does neither. */
const actionOn = ({ key }: Link, { deletes, sets }: Written): Pick<Written, 'deletes' | 'sets'> | null => {
  if (deletes && key.onDelete === 'cascade') return { deletes: true, sets: [] }
  const isActed = deletes ? isActing(key.onDelete) : isActing(key.onUpdate) && key.parentFields.some(f => sets.includes(f))
  return isActed ? { deletes: false, sets: key.childFields } : null
}

/** Distinct values of rows at some places, without null. */
const distinct = (at: Imaged, rows: readonly Cells[], places: readonly number[]): readonly Cells[] => [
  ...new Map(
    rows.flatMap(cells => {
      const id = identityAt(at, cells, places)
      return id === null ? [] : [[id, valuesAt(cells, places)] as const]
    }),
  ).values(),
]

/** Locks the rows that may change because of written ones, and continues with them, each once, in the order in which they are reached. */
export const lockFollowing = (dialect: Dialect, { links }: Scope, first: Written, next: (found: readonly Found[]) => Steps): Steps => {
  type State = { readonly found: readonly Found[]; readonly rows: ReadonlySet<string>; readonly seen: ReadonlySet<string> }
  const step = (queue: readonly Written[], i: number, state: State): Steps => {
    const [written, ...rest] = queue
    if (written === undefined) return next(state.found)
    const link = links[i]
    if (link === undefined) return step(rest, 0, state)
    const action = link.parent.id === written.at.id ? actionOn(link, written) : null
    const values = action === null ? [] : distinct(written.at, written.rows, link.to)
    if (action === null || values.length === 0) return step(queue, i + 1, state)
    const types = link.to.map(j => (link.parent.columns[j] as Named).type)
    return lockRowsWith(dialect, link.child, link.from, values, types, cells => {
      const named = cells.map(c => [rowIdentity(link.child, c), c] as const)
      const effect = (id: string): string => JSON.stringify([id, action.deletes, action.sets])
      const unseen = named.filter(([id]) => !state.seen.has(effect(id)))
      const added = named.filter(([id]) => !state.rows.has(id))
      const more: Written = { at: link.child, rows: unseen.map(([, c]) => c), ...action }
      return step(unseen.length === 0 ? queue : [...queue, more], i + 1, {
        found: [...state.found, ...added.map(([, c]): Found => ({ at: link.child, cells: c }))],
        rows: new Set([...state.rows, ...added.map(([id]) => id)]),
        seen: new Set([...state.seen, ...unseen.map(([id]) => effect(id))]),
      })
    })
  }
  return step([first], 0, { found: [], rows: new Set(), seen: new Set() })
}

/** What a column contains that a key sets to its default. */
const UNKNOWN: unique symbol = Symbol('unknown')

/** A referring row after its referred row was deleted or changed; null if it is deleted. */
const consequence = ({ key, child, from, to }: Link, cells: Cells, target: Cells | null): Cells | null => {
  const action = target === null ? key.onDelete : key.onUpdate
  const set = (value: (i: number, at: number) => unknown): Cells =>
    cells.map((cell, at) => {
      const i = from.indexOf(at)
      return i < 0 ? cell : value(i, at)
    })
  switch (action) {
    case 'cascade':
      return target === null ? null : set(i => target[to[i] as number])
    case 'setNull':
      // a key may set only those of its columns to null that can be
      return set((_, at) => ((child.columns[at] as Named).type.nullable ? null : cells[at]))
    case 'setDefault':
      return set(() => UNKNOWN)
    default:
      return cells
  }
}

/** More changes than a cascade that ends can make: each changes or deletes one of the rows that were found. */
const limitOf = (scope: Scope, found: readonly Found[]): number => (found.length + 1) * (scope.links.length + 1) + 1

/** What foreign keys make of the found rows after the write, by their identity; null for a deleted row. */
const followed = (scope: Scope, written: readonly CellsChange[], found: readonly Found[]): ReadonlyMap<string, Cells | null> => {
  const now = new Map<string, Cells | null>(found.map(({ at, cells }) => [rowIdentity(at, cells), cells]))
  const pending: { readonly at: Imaged; readonly changes: readonly CellsChange[] }[] = [{ at: scope.own, changes: written }]
  for (let steps = 0; steps < pending.length; steps += 1) {
    if (steps > limitOf(scope, found)) refuse(unsupported('an update that cascades without end', 'query-ts'))
    const { at: parent, changes } = pending[steps] as (typeof pending)[number]
    for (const link of scope.links.filter(l => l.parent.id === parent.id)) {
      const lost = new Map<string, Cells | null>()
      for (const { before, after } of changes) {
        const id = before === null ? null : identityAt(parent, before, link.to)
        if (id !== null && (after === null || identityAt(parent, after, link.to) !== id)) lost.set(id, after)
      }
      if (lost.size === 0) continue
      const more: CellsChange[] = []
      for (const { at, cells } of found) {
        if (at.id !== link.child.id) continue
        const name = rowIdentity(at, cells)
        const before = now.get(name) ?? null
        const id = before === null ? null : identityAt(at, before, link.from)
        const target = id === null ? undefined : lost.get(id)
        if (before === null || target === undefined) continue
        const after = consequence(link, before, target)
        if (after === before) continue
        now.set(name, after)
        more.push({ at, before, after })
      }
      if (more.length > 0) pending.push({ at: link.child, changes: more })
    }
  }
  return now
}

/** Reads the rows back that were found before, except for the written ones, and continues with their changes. */
export const readFollowing = (
  dialect: Dialect,
  scope: Scope,
  written: readonly CellsChange[],
  all: readonly Found[],
  next: (changes: readonly CellsChange[]) => Steps,
): Steps => {
  const own = new Set(written.flatMap(({ at, before }) => (before === null ? [] : [rowIdentity(at, before)])))
  const found = all.filter(({ at, cells }) => !own.has(rowIdentity(at, cells)))
  const now = followed(scope, written, found)
  const tables = [...new Map(found.map(({ at }) => [at.id, at])).values()]
  const afterOf = ({ at, cells }: Found): Cells | null => now.get(rowIdentity(at, cells)) ?? null
  const table = (i: number, read: ReadonlyMap<string, Cells>): Steps => {
    const at = tables[i]
    if (at === undefined) {
      const changes = found.map((f): CellsChange => {
        const expected = afterOf(f) ?? f.cells
        const after = read.get(rowIdentity(f.at, expected)) ?? null
        // a row whose key was changed is somewhere else; one that has its key is there, or was deleted
        if (after === null && rowIdentity(f.at, expected) !== rowIdentity(f.at, f.cells)) rowsLost(dialect)
        return { at: f.at, before: f.cells, after }
      })
      return next(changes)
    }
    const keys = found.flatMap(f => (f.at.id === at.id ? [valuesAt(afterOf(f) ?? f.cells, at.key)] : []))
    if (keys.some(key => key.includes(UNKNOWN)))
      refuse(unsupported('the changes of a primary key that a foreign key sets to its default', 'query-ts', 'set it by an update before'))
    const types = at.key.map(j => (at.columns[j] as Named).type)
    return lockRowsWith(dialect, at, at.key, keys, types, rows =>
      table(i + 1, new Map([...read, ...rows.map(cells => [rowIdentity(at, cells), cells] as const)])),
    )
  }
  return table(0, new Map())
}
