/**
 * Changes of a table in SQLite: in place where ALTER TABLE means the same, otherwise by creating the table again (`rebuild`).
 *
 * In place are RENAME TO and RENAME COLUMN, which also change what refers to the table, and ADD COLUMN where old rows get null or a literal.
 * A change of the text alone is done the same way, since only CREATE TABLE checks it. Values are expressions over the old rows, printed by the
 * dialect, in the statement that copies the rows.
 *
 * What the model refuses is refused: to drop what a key, check, index, foreign key, trigger or computed column uses, and whatever breaks a
 * view. A use is found in the texts of the database, by name, so that uses that no description has are found too.
 */

import type { Change, OfRow } from '../../core/schema/Change.js'
import { converted, filled, isRetyped } from '../../core/schema/conversion.js'
import { readComment, writeComment } from '../../core/schema/typeNote.js'
import type { AnyExpr, AnyTable } from '../../core/syntax/Syntax.js'
import type { ForeignKey } from '../../core/table/Schema.js'
import { columnName, qualifiedName } from '../../core/table/Table.js'
import { refuse, schemaConflict, unsupported } from '../../core/value/DbError.js'
import type { SqlType } from '../../core/value/SqlType.js'
import { type AlterParts, definitionOf, type TypeCheckText } from '../AlterParts.js'
import type { Rebuild } from '../Dialect.js'
import type { Work } from '../Work.js'
import { folded, tokensIn, writeBlockComment } from './createTokens.js'
import {
  adding,
  addingColumn,
  columnNamed,
  commenting,
  constraintNamed,
  constraintsWith,
  type Edit,
  inserting,
  mentions,
  type PlacedText,
  removing,
} from './editText.js'
import { quote } from './names.js'
import { keepingViews, type LiveTable, type Rebuilding, rebuilt } from './rebuild.js'
import type { ColumnPlace, ConstraintPlace } from './TablePlaces.js'

const full = (t: AnyTable): string => `${quote(t.schema ?? 'main')}.${quote(t.name)}`

const sql = (text: string, table: AnyTable): Work => ({ tag: 'sql', sql: text, table })

const absent = (t: AnyTable, name: string): never => refuse(schemaConflict(`${qualifiedName(t)}.${name}`, 'there is no such column'))
const noConstraint = (name: string): never => refuse(schemaConflict(name, 'there is no such constraint or index'))
const used = (what: string, by: string): never => refuse(schemaConflict(what, `${by} uses it: drop that first`))

const columnOf = (live: LiveTable, t: AnyTable, name: string): ColumnPlace => columnNamed(live, name) ?? absent(t, name)

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every(x => b.some(y => folded(x) === folded(y)))

/** A name in quotes as it was before. */
const plain = (name: string): string => name.slice(1, -1).replaceAll('""', '"')

const constraint = ({ name, condition }: TypeCheckText): string => `CONSTRAINT ${name} CHECK (${condition})`

const checksNamed = (live: PlacedText, checks: readonly TypeCheckText[]): readonly ConstraintPlace[] =>
  checks.flatMap(c => constraintNamed(live, plain(c.name), 'check') ?? [])

// --- Uses ---------------------------------------------------------------------------------------

/** The columns to which the foreign keys of other tables refer, one list for each key. */
const referredColumns = ({ referrers, key }: LiveTable): readonly (readonly string[])[] => {
  const groups = new Map<string, string[]>()
  for (const { table, id, to } of referrers) {
    const group = `${id} ${table}`
    groups.set(group, [...(groups.get(group) ?? []), ...(to === null ? key : [to])])
  }
  return [...groups.values()]
}

/** Refuses to drop a column that something needs; `ownChecks` go with it. */
const refuseUsedColumn = (live: LiveTable, t: AnyTable, name: string, ownChecks: readonly ConstraintPlace[]): void => {
  const what = `${qualifiedName(t)}.${name}`
  const is = (other: string): boolean => folded(other) === folded(name)
  const slice = (c: ConstraintPlace): string => live.sql.slice(c.nameAt?.end ?? c.start, c.end)
  for (const c of live.places.constraints) {
    if (c.kind === 'default' || c.kind === 'notNull' || ownChecks.includes(c)) continue
    const isOwn = c.column !== null && is(c.column)
    if (
      c.kind === 'computed'
        ? !isOwn && mentions(slice(c), name)
        : isOwn || c.columns.some(is) || (c.kind === 'check' && mentions(slice(c), name))
    )
      used(what, c.name ?? `a constraint (${c.kind})`)
  }
  for (const index of live.indexes) {
    const keys = tokensIn(index.sql).tokens.findIndex(token => token.tag === 'symbol' && token.text === '(')
    if (mentions(index.sql, name, keys)) used(what, index.name)
  }
  for (const trigger of live.triggers) {
    const isOn = folded(trigger.on) === folded(live.name)
    if ((isOn || mentions(trigger.sql, live.name)) && mentions(trigger.sql, name)) used(what, `the trigger ${trigger.name}`)
  }
  if (referredColumns(live).some(columns => columns.some(is))) used(what, `a foreign key of ${live.referrers[0]?.table}`)
}

// --- Edits --------------------------------------------------------------------------------------

const written = (comment: string | null): string | null => (comment === null ? null : ` ${writeBlockComment(comment)}`)

/** Whether a column stores its values as before: a number of another scale is stored as another integer. */
const isStoredAlike = (before: AnyTable, { field, type }: Change & { readonly tag: 'changeType' }): boolean => {
  const from = before.types[field]?.sql
  return from?.tag === type.tag && from.tag !== 'numeric'
}

/** Refuses another type for a column that a foreign key has. */
const refuseReferring = (live: LiveTable, t: AnyTable, name: string): void => {
  const is = (other: string): boolean => folded(other) === folded(name)
  const own = live.places.constraints.find(c => c.kind === 'foreignKey' && (c.columns.some(is) || (c.column !== null && is(c.column))))
  const other = referredColumns(live).some(columns => columns.some(is)) ? `of ${live.referrers[0]?.table}` : null
  const key = own === undefined ? other : (own.name ?? `of ${qualifiedName(t)}`)
  if (key !== null)
    refuse(schemaConflict(`${qualifiedName(t)}.${name}`, `the foreign key ${key} has it: drop that first, and add it afterwards`))
}

/** A column of another type: its type, its note, its checks and its default. */
const retyped = (live: LiveTable, change: Change & { readonly tag: 'changeType' }, parts: AlterParts): readonly Edit[] => {
  const { before } = parts
  const column = columnOf(live, before, columnName(before, change.field))
  if (isRetyped(before, change)) refuseReferring(live, before, column.name)
  // a default of another scale is stored as another integer
  const { comment, type, default: byDefault } = parts.parts(change.field)
  const user = readComment(column.comment?.text ?? null).comment
  const next = writeComment(user, readComment(comment).type)
  const isKey = before.columns[change.field]?.generated === true
  const places = constraintsWith(live, column.name, 'default')
  // a check compares stored values
  const checks = isStoredAlike(before, change) ? [] : parts.checksOver(change.field)
  return [
    ...(isKey ? [] : [{ ...column.type, text: ` ${type}` }]),
    ...(byDefault === null ? [] : places.map(({ start, end }) => ({ start, end, text: `DEFAULT ${byDefault}` }))),
    ...commenting(column, written(next)),
    ...checks.flatMap(name => {
      const place = constraintNamed(live, name, 'check')
      return place === undefined
        ? []
        : [{ start: place.start, end: place.end, text: `CONSTRAINT ${quote(name)} CHECK (${parts.check(name)})` }]
    }),
    ...removing(live, [], checksNamed(live, parts.typeChecks(change.field))),
    ...adding(live, parts.typeChecksAfter(change.field).map(constraint)),
  ]
}

const defaulted = (live: LiveTable, field: string, parts: AlterParts): readonly Edit[] => {
  const column = columnOf(live, parts.before, columnName(parts.before, field))
  const { default: byDefault } = parts.parts(field)
  const [place] = constraintsWith(live, column.name, 'default')
  if (byDefault === null) return place === undefined ? [] : removing(live, [], [place])
  const text = `DEFAULT ${byDefault}`
  return [place === undefined ? inserting(column.type.end, ` ${text}`) : { start: place.start, end: place.end, text }]
}

const commented = (live: LiveTable, { field, comment }: Change & { readonly tag: 'setComment' }, parts: AlterParts): readonly Edit[] => {
  if (field !== null) return commenting(columnOf(live, parts.before, columnName(parts.before, field)), written(parts.parts(field).comment))
  const { name, comment: place } = live.places
  if (place !== null) return [{ start: place.start, end: place.end, text: written(comment)?.trimStart() ?? '' }]
  return comment === null ? [] : [inserting(name.end, `${written(comment)}`)]
}

/** The place of a key, which the database may have without its name. */
const keyPlace = (live: LiveTable, t: AnyTable, name: string): ConstraintPlace => {
  const isPrimary = t.primaryKey?.name === name
  const key = isPrimary ? t.primaryKey : t.uniques.find(u => u.name === name)
  const columns = (key?.columns ?? []).map(f => columnName(t, f))
  const kind = isPrimary ? 'primaryKey' : 'unique'
  return (
    constraintNamed(live, name, kind) ??
    live.places.constraints.find(c => c.kind === kind && (isPrimary || (c.name === null && same(c.columns, columns)))) ??
    noConstraint(name)
  )
}

const keyDropped = (live: LiveTable, name: string, t: AnyTable): readonly Edit[] => {
  const place = keyPlace(live, t, name)
  if (referredColumns(live).some(columns => same(columns, place.columns)))
    refuse(schemaConflict(name, `a foreign key of ${live.referrers[0]?.table} needs it: drop that first`))
  if (place.kind === 'primaryKey' && !live.hasHiddenRowid)
    refuse(
      unsupported(`dropping the primary key of ${qualifiedName(t)}, by which SQLite stores its rows`, 'sqlite', 'create another table'),
    )
  return removing(live, [], [place])
}

const keyAdded = (live: LiveTable, { key, primary }: Change & { readonly tag: 'addKey' }, parts: AlterParts): readonly Edit[] => {
  const t = parts.before
  if (primary && live.places.constraints.some(c => c.kind === 'primaryKey'))
    refuse(schemaConflict(qualifiedName(t), 'it has a primary key already: drop that first'))
  if (constraintNamed(live, key.name) !== undefined)
    refuse(schemaConflict(key.name, 'it exists already: drop it first, or choose another name'))
  // a primary key of type INTEGER would be the rowid
  const types = primary ? key.columns.map(f => ({ ...columnOf(live, t, columnName(t, f)).type, text: ` ${parts.parts(f).type}` })) : []
  return [
    ...types,
    ...adding(live, [`CONSTRAINT ${quote(key.name)} ${primary ? 'PRIMARY KEY' : 'UNIQUE'} (${parts.columns(key.columns)})`]),
  ]
}

const constraintRenamed = (live: LiveTable, { from, to }: Change & { readonly tag: 'renameConstraint' }, t: AnyTable): readonly Edit[] => {
  const isCheck = t.checks.some(c => c.name === from)
  const place = isCheck ? (constraintNamed(live, from, 'check') ?? noConstraint(from)) : keyPlace(live, t, from)
  if (from !== to && constraintNamed(live, to) !== undefined)
    refuse(schemaConflict(to, 'it exists already: drop it first, or choose another name'))
  if (place.nameAt !== null) return [{ ...place.nameAt, text: quote(to) }]
  // a generated key has no name
  return place.kind === 'primaryKey' && place.column !== null ? [] : [inserting(place.start, `CONSTRAINT ${quote(to)} `)]
}

/** The checks of types under their names after a change. */
const checksRenamed = (live: PlacedText, pairs: readonly (readonly [string, string])[]): readonly Edit[] =>
  pairs.flatMap(([from, to]) => {
    const at = constraintNamed(live, plain(from), 'check')?.nameAt
    return at == null ? [] : [{ ...at, text: to }]
  })

const editsOf = (change: Change, parts: AlterParts, live: LiveTable): readonly Edit[] => {
  const { before } = parts
  switch (change.tag) {
    // done in place; only names of checks are left
    case 'renameTable':
    case 'renameColumn':
      return []
    case 'addColumn': {
      const definition = definitionOf(parts.parts(change.field), parts.comment)
      return [
        ...addingColumn(live, `${parts.columnAfter(change.field)} ${definition}`),
        ...adding(live, parts.typeChecksAfter(change.field).map(constraint)),
      ]
    }
    case 'dropColumn': {
      const column = columnOf(live, before, columnName(before, change.field))
      const checks = checksNamed(live, parts.typeChecks(change.field))
      refuseUsedColumn(live, before, column.name, checks)
      if (live.places.columns.length === 1) refuse(schemaConflict(qualifiedName(before), 'a table has at least one column: drop the table'))
      return removing(live, [column], checks)
    }
    case 'changeType':
      return retyped(live, change, parts)
    case 'setNullable': {
      const column = columnOf(live, before, columnName(before, change.field))
      return removing(live, [], constraintsWith(live, column.name, 'notNull'))
    }
    case 'setNotNull': {
      const column = columnOf(live, before, columnName(before, change.field))
      return constraintsWith(live, column.name, 'notNull').length > 0 ? [] : [inserting(column.type.end, ' NOT NULL')]
    }
    case 'setDefault':
      return defaulted(live, change.field, parts)
    case 'setComment':
      return commented(live, change, parts)
    case 'addKey':
      return keyAdded(live, change, parts)
    case 'dropKey':
      return keyDropped(live, change.name, before)
    case 'addCheck': {
      const { name } = change.check
      if (constraintNamed(live, name) !== undefined)
        refuse(schemaConflict(name, 'it exists already: drop it first, or choose another name'))
      return adding(live, [`CONSTRAINT ${quote(name)} CHECK (${parts.check(name)})`])
    }
    case 'dropCheck':
      return removing(live, [], [constraintNamed(live, change.name, 'check') ?? noConstraint(change.name)])
    case 'renameConstraint':
      return constraintRenamed(live, change, before)
  }
}

// --- Values -------------------------------------------------------------------------------------

/** The new values of columns, over the row before. */
const valuesOf = (change: Change, { before, after, oldValue }: AlterParts): Rebuilding['values'] => {
  const fill = (field: string, type: SqlType, f: OfRow): string => oldValue(row => filled(after, field, type, f, row))
  switch (change.tag) {
    case 'addColumn': {
      const { field, name, column } = change
      const byDefault = column.default
      if (change.fill !== null) return { [name]: fill(field, column.type.sql, change.fill) }
      return { [name]: byDefault === null ? 'NULL' : oldValue(() => byDefault) }
    }
    case 'changeType':
      return { [columnName(before, change.field)]: oldValue(row => converted(before, change, row)) }
    case 'setNotNull': {
      const { field } = change
      const type = before.types[field]?.sql
      if (change.fill === null || type === undefined) return {}
      const old = oldValue(row => row[field] as AnyExpr)
      return { [columnName(before, field)]: `coalesce(${old}, ${fill(field, type, change.fill)})` }
    }
    default:
      return {}
  }
}

// --- Work ---------------------------------------------------------------------------------------

const rebuiltFor = (change: Change, parts: AlterParts): readonly Work[] =>
  rebuilt({
    table: parts.before,
    after: parts.after,
    edits: live => editsOf(change, parts, live),
    values: valuesOf(change, parts),
    // an index over an expression compares stored values, as a check does
    indexes: change.tag === 'changeType' && !isStoredAlike(parts.before, change) ? parts.indexesOver(change.field) : [],
    foreignKey: null,
  })

/** Gives the checks of types their names after the table or a column has another one. */
const renamingChecks = ({ before, after, typeChecks, typeChecksAfter }: AlterParts, fields: readonly string[]): readonly Work[] => {
  const pairs = fields.flatMap(field => {
    const next = typeChecksAfter(field)
    return typeChecks(field).flatMap(({ name }, i): readonly (readonly [string, string])[] => {
      const to = next[i]?.name ?? name
      return to === name ? [] : [[name, to]]
    })
  })
  if (pairs.length === 0) return []
  return rebuilt({
    table: { ...after, columns: before.columns },
    after,
    edits: live => checksRenamed(live, pairs),
    values: {},
    foreignKey: null,
  })
}

/** RENAME TO, in two steps where only the case of letters changes. */
const renaming = (before: AnyTable, after: AnyTable): readonly Work[] => {
  if (before.name === after.name) return []
  const over = folded(before.name) === folded(after.name) ? [`query_ts_old_${after.name}`, after.name] : [after.name]
  const names = [before.name, ...over]
  return over.map((to, i) => sql(`ALTER TABLE ${full({ ...before, name: names[i] ?? '' })} RENAME TO ${quote(to)}`, before))
}

/** Whether ADD COLUMN gives old rows the values of the change. A check of the type would fail without its name. */
export const addsInPlace = (change: Change & { readonly tag: 'addColumn' }, parts: AlterParts): boolean => {
  const { column, fill, field } = change
  if (fill !== null || column.generated) return false
  return column.default === null ? column.type.nullable : column.default.node.tag === 'literal' && parts.typeChecksAfter(field).length === 0
}

const work = (change: Change, parts: AlterParts): readonly Work[] => {
  const { before, after } = parts
  switch (change.tag) {
    case 'renameTable':
      return [...keepingViews(before, renaming(before, after)), ...renamingChecks(parts, Object.keys(before.columns))]
    case 'renameColumn': {
      const { field } = change
      if (columnName(before, field) === columnName(after, field)) return []
      const rename = `ALTER TABLE ${full(before)} RENAME COLUMN ${parts.column(field)} TO ${parts.columnAfter(field)}`
      return [...keepingViews(before, [sql(rename, before)]), ...renamingChecks(parts, [field])]
    }
    case 'addColumn': {
      if (!addsInPlace(change, parts)) return rebuiltFor(change, parts)
      const definition = definitionOf(parts.parts(change.field), parts.comment)
      const checks = parts.typeChecksAfter(change.field).map(c => ` ${constraint(c)}`)
      return [sql(`ALTER TABLE ${full(before)} ADD COLUMN ${parts.columnAfter(change.field)} ${definition}${checks.join('')}`, after)]
    }
    default:
      return rebuiltFor(change, parts)
  }
}

/** The place of a foreign key, which the database may have without its name. */
const foreignKeyPlace = (live: LiveTable, f: ForeignKey): ConstraintPlace | undefined => {
  const columns = f.columns.map(c => columnName(f.table, c))
  return (
    constraintNamed(live, f.name, 'foreignKey') ??
    live.places.constraints.find(
      c => c.kind === 'foreignKey' && c.name === null && same(c.columns, columns) && folded(c.target ?? '') === folded(f.target.name),
    )
  )
}

/** How tables of SQLite are changed. */
export const rebuild: Rebuild = {
  change: work,
  addForeignKey: (f, text) =>
    rebuilt({
      table: f.table,
      after: f.table,
      edits: live =>
        constraintNamed(live, f.name, 'foreignKey') === undefined
          ? adding(live, [text])
          : refuse(schemaConflict(f.name, 'it exists already: drop it first, or leave it out of the schema')),
      values: {},
      foreignKey: f,
    }),
  dropForeignKey: f =>
    rebuilt({
      table: f.table,
      after: f.table,
      edits: live => removing(live, [], [foreignKeyPlace(live, f) ?? refuse(schemaConflict(f.name, 'there is no such foreign key'))]),
      values: {},
      foreignKey: null,
    }),
}
