/**
 * Differences of one table: its columns, keys, checks and indexes.
 *
 * Columns correspond by their SQL names after renames, constraints and indexes by their names. A constraint of another name over the same
 * columns is renamed; one of the same name and another content is dropped and added. Comparison is of images, so of SQL names, canonical types and
 * texts of one language.
 */
import { type Change, fieldNamed } from '../core/schema/Change.js'
import { converted } from '../core/schema/conversion.js'
import type { ColumnImage, ExprText, IndexImage, KeyImage, TableImage } from '../core/schema/SchemaImage.js'
import { typeText } from '../core/schema/typeNote.js'
import type { AnyColumn, AnyTable, Index, Key } from '../core/syntax/Syntax.js'
import { symbolsOf } from '../core/syntax/scope.js'
import { columnName, typeConstraint, uniqueKeys } from '../core/table/Table.js'
import { attempting } from '../core/value/DbError.js'
import type { SqlType } from '../core/value/SqlType.js'
import { indexOfImage, tableOfImage } from './tableOfImage.js'

/** Something that differs, or may, and for which there is no step. */
export interface Finding {
  readonly object: string
  readonly reason: string
}

type After = (name: string) => string

/** Whether two lists of names are equal. */
export const sameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((x, i) => x === b[i])

/** Whether two texts are equal; unknown if one of them is not known. */
export const sameText = (a: ExprText, b: ExprText): 'same' | 'different' | 'unknown' =>
  a === null || b === null ? 'unknown' : a === b ? 'same' : 'different'

const sameOptional = (a: { readonly text: ExprText } | null, b: { readonly text: ExprText } | null): 'same' | 'different' | 'unknown' =>
  a === null || b === null ? (a === b ? 'same' : 'different') : sameText(a.text, b.text)

const custom = (t: SqlType & { readonly tag: 'custom' }): string => Object.values(t.names).join('|').toLowerCase().replace(/\s+/g, ' ')

/** A type without the way in which its values are read, which is no part of a database. */
const stored = (t: SqlType): SqlType => (t.tag === 'json' ? { tag: 'json' } : t)

/** Whether two types of columns are the same. How a numeric is stored in SQLite is no difference elsewhere. */
const sameType = (a: SqlType, b: SqlType): boolean =>
  a.tag === 'custom' || b.tag === 'custom'
    ? a.tag === 'custom' && b.tag === 'custom' && custom(a) === custom(b)
    : typeText(stored(a)) === typeText(stored(b))

const unknownText = (object: string): Finding => ({
  object,
  reason: 'its text can not be compared with the one of the database: drop and create it where it has changed',
})

/** The changes of columns of `now`, the table as it is, in order: renames, new columns, other types, then nulls, defaults and comments, then columns that go. */
export const columnChanges = (
  live: TableImage,
  own: TableImage,
  table: AnyTable,
  now: AnyTable,
  after: After,
  undecided: Finding[],
): readonly Change[] => {
  const there = new Map(live.columns.map(c => [after(c.name), c]))
  const fieldOf = (name: string): string => fieldNamed(table, name) ?? name
  const renames = live.columns.flatMap((c): readonly Change[] =>
    after(c.name) === c.name ? [] : [{ tag: 'renameColumn', field: fieldOf(after(c.name)), name: after(c.name) }],
  )
  const [added, changes]: [Change[], Change[]] = [[], []]
  for (const c of own.columns) {
    const field = fieldOf(c.name)
    const column = table.columns[field] as AnyColumn
    const before = there.get(c.name)
    if (before === undefined) added.push({ tag: 'addColumn', field, name: c.name, column, fill: null })
    else changes.push(...changesOfColumn(`${own.name}.${c.name}`, before, c, field, column, now, undecided))
  }
  const gone = live.columns.filter(c => !own.columns.some(o => o.name === after(c.name)))
  return [...renames, ...added, ...changes, ...gone.map((c): Change => ({ tag: 'dropColumn', field: fieldNamed(now, c.name) ?? c.name }))]
}

const changesOfColumn = (
  object: string,
  before: ColumnImage,
  c: ColumnImage,
  field: string,
  column: AnyColumn,
  now: AnyTable,
  undecided: Finding[],
): readonly Change[] => {
  const changes: Change[] = []
  if (before.generated !== c.generated) {
    undecided.push({
      object,
      reason: `the database ${before.generated ? 'numbers' : 'does not number'} this column, and the schema says otherwise: create the table again`,
    })
  }
  if (before.computed !== null) undecided.push({ object, reason: 'the database computes this column, and the schema does not' })
  const byDefault = sameOptional(before.default, c.default)
  const isOtherType = !sameType(before.type, c.type)
  if (byDefault === 'unknown') undecided.push(unknownText(`the default of ${object}`))
  const setDefault: readonly Change[] = byDefault === 'different' ? [{ tag: 'setDefault', field, default: column.default }] : []
  // a default of the old type may have no value in the new one
  if (isOtherType && before.default !== null) changes.push({ tag: 'setDefault', field, default: null })
  if (isOtherType) {
    const change = { tag: 'changeType', field, type: column.type.sql, using: null } as const
    const refused = attempting('a change of type', () => converted(now, change, symbolsOf(now.types)))
    if (refused._tag === 'Left') undecided.push({ object, reason: refused.left.message })
    else changes.push(change)
  }
  if (before.nullable && !c.nullable) changes.push({ tag: 'setNotNull', field, fill: null })
  if (!before.nullable && c.nullable) changes.push({ tag: 'setNullable', field })
  if (isOtherType && before.default !== null)
    changes.push(...(column.default === null ? [] : [{ tag: 'setDefault', field, default: column.default } as const]))
  else changes.push(...setDefault)
  if (before.comment !== c.comment) changes.push({ tag: 'setComment', field, comment: c.comment })
  return changes
}

const keysOf = (t: TableImage): readonly { readonly key: KeyImage; readonly primary: boolean }[] => [
  ...(t.primaryKey === null ? [] : [{ key: t.primaryKey, primary: true }]),
  ...t.uniques.map(key => ({ key, primary: false })),
]

const KINDS = ['range', 'length', 'values'] as const

/** The checks that types of columns need, before and after: from their names to the column that a change of it carries along. */
const typeCheckNames = (live: TableImage, own: TableImage, table: AnyTable, after: After): ReadonlyMap<string, string> => {
  const old = tableOfImage(live)
  return new Map([
    ...live.columns.flatMap(c => KINDS.map(kind => [typeConstraint(old, c.name, kind), after(c.name)] as const)),
    ...own.columns.flatMap(c => KINDS.map(kind => [typeConstraint(table, fieldNamed(table, c.name) ?? c.name, kind), c.name] as const)),
  ])
}

/** The changes of keys and checks: what is dropped before, and what is renamed or added after the changes of columns. */
export const constraintChanges = (
  live: TableImage,
  own: TableImage,
  table: AnyTable,
  after: After,
  changedColumns: ReadonlySet<string>,
  undecided: Finding[],
): { readonly drop: readonly Change[]; readonly add: readonly Change[] } => {
  const ofType = typeCheckNames(live, own, table, after)
  const [drop, add]: [Change[], Change[]] = [[], []]
  const matched = new Set<KeyImage>()
  const names = new Set(keysOf(live).map(k => k.key.name))
  for (const { key, primary } of keysOf(live)) {
    const columns = key.columns.map(after)
    const candidates = keysOf(own).filter(k => k.primary === primary && sameList(k.key.columns, columns) && !matched.has(k.key))
    // one that the database has under its own name is not another one renamed
    const same = candidates.find(k => k.key.name === key.name) ?? candidates.find(k => k.key.name === null || !names.has(k.key.name))
    if (same === undefined) {
      drop.push({ tag: 'dropKey', name: key.name ?? `${live.name}_${primary ? 'pkey' : `${key.columns.join('_')}_key`}` })
      continue
    }
    matched.add(same.key)
    if (key.name !== null && same.key.name !== null && key.name !== same.key.name)
      add.push({ tag: 'renameConstraint', from: key.name, to: same.key.name })
  }
  for (const { key, primary } of keysOf(own)) {
    if (matched.has(key)) continue
    const names = (k: Key): readonly string[] => k.columns.map(f => columnName(table, f))
    // a unique index that the engine takes for a key is created as an index
    const isIt = (k: Key): boolean => (primary ? k === table.primaryKey : k !== table.primaryKey && (key.name ?? k.name) === k.name)
    const of = uniqueKeys(table).find(k => sameList(names(k), key.columns) && isIt(k))
    if (of !== undefined) add.push({ tag: 'addKey', key: of, primary })
  }
  for (const c of live.checks) {
    const column = ofType.get(c.name ?? '')
    if (column !== undefined && changedColumns.has(column)) continue
    const same = own.checks.find(o => o.name === c.name)
    const text = same === undefined ? 'different' : sameText(c.text, same.text)
    if (text === 'unknown') undecided.push(unknownText(`the check ${c.name} of ${own.name}`))
    else if ((text === 'different' || !c.valid) && c.name === null)
      undecided.push({ object: `a check of ${own.name}`, reason: `it has no name, and no step drops it: ${c.text}` })
    else if (text === 'different' || !c.valid) drop.push({ tag: 'dropCheck', name: c.name ?? '' })
  }
  for (const c of own.checks) {
    const column = ofType.get(c.name ?? '')
    if (column !== undefined && changedColumns.has(column)) continue
    const before = live.checks.find(o => o.name === c.name)
    if (before !== undefined && sameText(before.text, c.text) !== 'different' && before.valid) continue
    const check = table.checks.find(k => k.name === c.name)
    if (check === undefined)
      undecided.push({ object: `the check ${c.name} of ${own.name}`, reason: 'its type needs it: change the type of the column' })
    else add.push({ tag: 'addCheck', check })
  }
  if (live.comment !== own.comment) add.push({ tag: 'setComment', field: null, comment: own.comment })
  return { drop, add }
}

const sameIndex = (a: IndexImage, b: IndexImage, after: After): 'same' | 'different' | 'unknown' => {
  if (a.unique !== b.unique || a.method !== b.method || a.options !== b.options || a.keys.length !== b.keys.length || !a.valid)
    return 'different'
  const where = sameOptional(a.where, b.where)
  const keys = a.keys.map((k, i) => {
    const other = b.keys[i] as IndexImage['keys'][number]
    if (k.direction !== other.direction || k.nulls !== other.nulls || k.of.tag !== other.of.tag) return 'different'
    if (k.of.tag === 'column' || other.of.tag === 'column')
      return k.of.tag === 'column' && other.of.tag === 'column' && after(k.of.name) === other.of.name ? 'same' : 'different'
    return sameText(k.of.text, other.of.text)
  })
  const all = [where, ...keys]
  return all.includes('different') ? 'different' : all.includes('unknown') ? 'unknown' : 'same'
}

/** The indexes that go, and those that come. */
export const indexSteps = (
  live: TableImage,
  own: TableImage,
  table: AnyTable,
  after: After,
  undecided: Finding[],
): { readonly drop: readonly Index[]; readonly create: readonly Index[] } => {
  const drop: Index[] = []
  const kept = new Set<string>()
  for (const i of live.indexes) {
    const same = own.indexes.find(o => o.name === i.name)
    const is = same === undefined ? 'different' : sameIndex(i, same, after)
    if (is === 'unknown') undecided.push(unknownText(`the index ${i.name} of ${own.name}`))
    if (is === 'different') drop.push(indexOfImage(i, name => fieldNamed(table, after(name)) ?? name))
    else kept.add(i.name)
  }
  // an engine for which a unique index is a unique key reports it as one
  const asKeys = own.uniques.filter(u => live.uniques.some(v => v.name === u.name && sameList(v.columns.map(after), u.columns)))
  return { drop, create: table.indexes.filter(i => !kept.has(i.name) && !asKeys.some(u => u.name === i.name)) }
}
