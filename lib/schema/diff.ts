/**
 * Differences of schemas, as the steps from one to the other.
 *
 * `diff(live, wanted, image)` compares the image of a database with a described schema; `image` is that of the schema in the same language.
 * The steps are minimal and in an order that works: what stands in the way goes first, tables come before what refers to them, views come
 * last. A table or column is renamed only where its description says so (`renamedFrom`), never by a guess.
 *
 * Nothing is dropped that the description does not cover: other tables and views are listed in `ignored`, and what a table leaves to the
 * database (`unmanaged`, `filledByDatabase`) is not compared. Texts that can't be compared, and differences for which there is no step, are
 * listed in `undecided`, so an empty difference means equal.
 *
 * Laws: `diff(i, s, i)` is empty for the image i of s. The steps of a difference, applied, leave an empty one.
 */
import { type Change, changed, fieldNamed } from '../core/schema/Change.js'
import {
  type ForeignKeyImage,
  idOf,
  type QualifiedName,
  type SchemaImage,
  type TableImage,
  type ViewImage,
} from '../core/schema/SchemaImage.js'
import { createSteps, type Step } from '../core/schema/Step.js'
import type { AnyTable, Index } from '../core/syntax/Syntax.js'
import type { AnySchema, ForeignKey } from '../core/table/Schema.js'
import { columnName } from '../core/table/Table.js'
import { columnChanges, constraintChanges, type Finding, indexSteps, sameList, sameText } from './tableDiff.js'
import { tableOfImage } from './tableOfImage.js'
import { managed } from './unmanaged.js'

/** A difference. */
export interface Difference {
  readonly steps: readonly Step[]
  /** What differs, or may, and has no step; each names the object and says what to do. */
  readonly undecided: readonly Finding[]
  /** Tables and views that the schema does not describe. They are left alone. */
  readonly ignored: readonly QualifiedName[]
}

/** A described table with its image, and what the database has of it. */
interface Pair {
  readonly table: AnyTable
  readonly image: TableImage
  readonly live: TableImage | null
}

const byId = <A extends QualifiedName>(all: readonly A[]): ReadonlyMap<string, A> => new Map(all.map(a => [idOf(a), a]))

const pairsOf = (live: SchemaImage, wanted: AnySchema, image: SchemaImage): readonly Pair[] => {
  const [there, here] = [byId(live.tables), byId(image.tables)]
  return Object.values(wanted.tables).flatMap(table => {
    const own = here.get(idOf(table))
    if (own === undefined) return []
    const before = table.renamedFrom === null ? undefined : there.get(idOf({ schema: table.schema, name: table.renamedFrom }))
    const found = there.get(idOf(table)) ?? before ?? null
    const part = found === null ? { own, live: null } : managed(found, own, table, live.language)
    return [{ table, image: part.own, live: part.live }]
  })
}

const foreignKeyOf = (f: ForeignKeyImage, table: AnyTable, target: AnyTable): ForeignKey => {
  const fields = (t: AnyTable, names: readonly string[]): readonly string[] => names.map(n => fieldNamed(t, n) ?? n)
  return {
    name: f.name ?? '',
    relation: '',
    back: null,
    one: false,
    table,
    columns: fields(table, f.columns),
    target,
    targetColumns: fields(target, f.targetColumns),
    onDelete: f.onDelete === 'setDefault' ? 'noAction' : f.onDelete,
    onUpdate: f.onUpdate === 'setDefault' ? 'noAction' : f.onUpdate,
  }
}

const sameForeignKey = (a: ForeignKeyImage, b: ForeignKeyImage): boolean =>
  (a.name === null || a.name === b.name) &&
  sameList(a.columns, b.columns) &&
  idOf(a.target) === idOf(b.target) &&
  sameList(a.targetColumns, b.targetColumns) &&
  a.onDelete === b.onDelete &&
  a.onUpdate === b.onUpdate &&
  a.valid &&
  !a.deferrable

/** A foreign key under the names that tables and columns have after renames. */
const renamedKey = (f: ForeignKeyImage, pair: Pair, pairs: readonly Pair[]): ForeignKeyImage => {
  const target = pairs.find(p => p.live !== null && idOf(p.live) === idOf(f.target))
  const names = (p: Pair | undefined, columns: readonly string[]): readonly string[] =>
    columns.map(c => (p?.live == null ? c : nameAfter(p, c)))
  return {
    ...f,
    columns: names(pair, f.columns),
    target: target === undefined ? f.target : { schema: target.table.schema, name: target.table.name },
    targetColumns: names(target, f.targetColumns),
  }
}

/** The name that a column of the database has after renames. */
const nameAfter = ({ table, live }: Pair, name: string): string => {
  const field = Object.keys(table.columns).find(
    f => table.columns[f]?.renamedFrom === name && !live?.columns.some(c => c.name === columnName(table, f)),
  )
  return field === undefined ? name : columnName(table, field)
}

/** The field of a column of the database; one of its own where the description has another column under a field of that name. */
const fieldOf = (pair: Pair, name: string): string | undefined =>
  fieldNamed(pair.table, nameAfter(pair, name)) ?? (pair.table.columns[name] === undefined ? undefined : `${name} (of the database)`)

const viewSteps = (
  live: SchemaImage,
  wanted: AnySchema,
  image: SchemaImage,
  altered: boolean,
  undecided: Finding[],
): readonly [Step[], Step[]] => {
  const there = byId(live.views)
  const drops: Step[] = []
  const creates: Step[] = []
  const same = (a: ViewImage, b: ViewImage): boolean =>
    sameList(
      a.columns.map(c => c.name),
      b.columns.map(c => c.name),
    ) && !a.materialized
  for (const own of image.views) {
    const view = Object.values(wanted.tables).find(t => idOf(t) === idOf(own)) as AnyTable
    const before = there.get(idOf(own))
    const text = before === undefined ? 'different' : sameText(before.text, own.text)
    if (text === 'unknown')
      undecided.push({ object: own.name, reason: 'the text of the view can not be compared: drop and create it where it has changed' })
    if (before !== undefined && same(before, own) && text !== 'different' && !altered) continue
    if (before !== undefined) drops.push({ tag: 'dropView', view })
    creates.push({ tag: 'createView', view })
  }
  return [drops.reverse(), creates]
}

const dropsCheck = (drop: readonly Change[], name: string): boolean => drop.some(c => c.tag === 'dropCheck' && c.name === name)

/** The columns, by name, whose type checks come or go with a change. */
const namesTouched = (table: AnyTable, change: Change): readonly string[] => {
  switch (change.tag) {
    case 'addColumn':
    case 'renameColumn':
      return [change.name]
    case 'changeType':
    case 'dropColumn':
      return [columnName(table, change.field)]
    default:
      return []
  }
}

const columnId = (t: AnyTable, field: string): string => JSON.stringify([idOf(t), columnName(t, field)])

/** The columns that get another type: a foreign key that has one is dropped before, and added afterwards. */
const retypedColumns = (steps: readonly Step[]): ReadonlySet<string> =>
  new Set(steps.flatMap(s => (s.tag === 'alterTable' && s.change.tag === 'changeType' ? [columnId(s.table, s.change.field)] : [])))

/** The steps from a database to a described schema. */
export const diff = (live: SchemaImage, wanted: AnySchema, image: SchemaImage): Difference => {
  const pairs = pairsOf(live, wanted, image)
  const undecided: Finding[] = []
  const [dropKeys, drops, changes, additions, addKeys]: Step[][] = [[], [], [], [], []]
  const created: AnyTable[] = []
  const kept: { readonly drop: ForeignKey; readonly add: ForeignKey }[] = []
  let isAltered = false

  for (const pair of pairs) {
    const { table, image: own } = pair
    const keys = wanted.foreignKeys.filter(f => f.table === table)
    const keyNamed = (name: string | null): ForeignKey | undefined => keys.find(f => f.name === name)
    if (pair.live === null) {
      created.push(table)
      continue
    }
    let now = tableOfImage(pair.live, name => fieldOf(pair, name))
    const start = now
    const alter = (into: Step[] | undefined, some: readonly Change[]): void => {
      for (const change of some) {
        into?.push({ tag: 'alterTable', table: now, change })
        now = changed(now, change)
      }
    }
    const oldKeys = pair.live.foreignKeys.map(f => ({ f, renamed: renamedKey(f, pair, pairs) }))
    for (const { f, renamed } of oldKeys) {
      const target = pairs.find(p => p.live !== null && idOf(p.live) === idOf(f.target))?.live ?? { ...pair.live, ...f.target }
      const drop = foreignKeyOf(f, start, tableOfImage(target))
      const same = own.foreignKeys.find(g => sameForeignKey(renamed, g))
      const add = same === undefined ? undefined : keyNamed(same.name)
      if (same === undefined) dropKeys?.push({ tag: 'dropForeignKey', foreignKey: drop })
      else if (add !== undefined) kept.push({ drop, add })
    }
    for (const g of own.foreignKeys) {
      const key = keyNamed(g.name)
      if (key !== undefined && !oldKeys.some(({ renamed }) => sameForeignKey(renamed, g)))
        addKeys?.push({ tag: 'addForeignKey', foreignKey: key })
    }
    const after = (name: string): string => nameAfter(pair, name)
    const indexes = indexSteps(pair.live, own, table, after, undecided)
    drops?.push(...indexes.drop.map((index): Step => ({ tag: 'dropIndex', table: start, index })))
    const columns = columnChanges(pair.live, own, table, now, after, undecided)
    const touched = new Set(pair.live.name === table.name ? columns.flatMap(c => namesTouched(table, c)) : own.columns.map(c => c.name))
    const constraints = constraintChanges(pair.live, own, table, after, touched, undecided)
    // where unique indexes are keys, a key may become an index by another name
    const isRenamed = (index: Index): boolean => constraints.add.some(c => c.tag === 'renameConstraint' && c.to === index.name)
    const toCreate = indexes.create.filter(index => !isRenamed(index))
    additions?.push(...toCreate.map((index): Step => ({ tag: 'createIndex', table, index })))
    const renames: readonly Change[] = pair.live.name === table.name ? [] : [{ tag: 'renameTable', name: table.name }]
    isAltered ||= renames.length > 0 || columns.some(c => ['dropColumn', 'renameColumn', 'changeType'].includes(c.tag))
    now = {
      ...now,
      indexes: table.indexes.filter(i => pair.live?.indexes.some(l => l.name === i.name) && !indexes.create.includes(i)),
      checks: now.checks.map(c => table.checks.find(k => k.name === c.name && !dropsCheck(constraints.drop, c.name)) ?? c),
    }
    alter(changes, [...constraints.drop, ...renames, ...columns, ...constraints.add])
  }

  const retyped = retypedColumns(changes ?? [])
  for (const { drop, add } of kept) {
    const has = (t: AnyTable, fields: readonly string[]): boolean => fields.some(f => retyped.has(columnId(t, f)))
    if (!has(add.table, add.columns) && !has(add.target, add.targetColumns)) continue
    dropKeys?.push({ tag: 'dropForeignKey', foreignKey: drop })
    addKeys?.push({ tag: 'addForeignKey', foreignKey: add })
  }
  const [dropViews, createViews] = viewSteps(live, wanted, image, isAltered, undecided)
  // with the foreign keys to tables that are there by then
  const creates = createSteps({
    kind: 'schema',
    tables: Object.fromEntries(created.map((t, i) => [`${i}`, t])),
    foreignKeys: wanted.foreignKeys.filter(f => created.includes(f.table)),
  })
  const known = new Set([...pairs.flatMap(p => (p.live === null ? [] : [idOf(p.live)])), ...image.views.map(idOf)])
  return {
    steps: [dropViews, dropKeys, drops, changes, creates, additions, addKeys, createViews].flatMap(s => s ?? []),
    undecided,
    ignored: [...live.tables, ...live.views].filter(t => !known.has(idOf(t))).map(({ schema, name }) => ({ schema, name })),
  }
}
