/**
 * On which side of a step a database is, after a run that died in the middle of it.
 *
 * Only engines that commit each definition need this. `sideOf(unit)` looks at the database by `introspect`: `before`, where performing the unit is
 * right, `after`, where it is done, or `unknown`. A unit that may be performed twice is `before`. A change that takes several statements
 * (a column that is filled, a type that is converted in a new column) is `after` only if the whole column is as described, and `unknown` between.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Db } from '../core/operation/Interpreter.js'
import { type Change, changed, fieldNamed } from '../core/schema/Change.js'
import type { ColumnImage, SchemaImage, TableImage } from '../core/schema/SchemaImage.js'
import type { Step } from '../core/schema/Step.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import { columnName } from '../core/table/Table.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import type { MigrationStep, Unit } from './MigrationStep.js'
import { sameType } from './tableDiff.js'

/** The side of a step: whether it is still to be done, done, or can't be told. */
export type Side = 'before' | 'after' | 'unknown'

type Answer<A> = Promise<E.Either<DbError, A>>

/** The live image of a table under a name, and the images that the engine would have of a description. */
interface Look {
  readonly live: SchemaImage
  readonly wanted: TableImage | null
}

const look = async (env: Db, of: AnyTable): Answer<Look> => {
  const wanted = of.query === null ? ({ kind: 'schema', tables: { of }, foreignKeys: [] } as const) : null
  const found = await env.db.perform({ tag: 'introspect', schemas: [of.schema], wanted })()
  return E.map(({ live, wanted: image }: { readonly live: SchemaImage; readonly wanted: SchemaImage | null }) => ({
    live,
    wanted: image?.tables[0] ?? null,
  }))(found as never)
}

const tableIn = ({ live }: Look, t: AnyTable): TableImage | undefined => live.tables.find(i => i.schema === t.schema && i.name === t.name)

const columnIn = (t: TableImage | null | undefined, name: string): ColumnImage | undefined => t?.columns.find(c => c.name === name)

const sameColumn = (a: ColumnImage | undefined, b: ColumnImage | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.nullable === b.nullable &&
  (a.default === null) === (b.default === null) &&
  sameType(a.type, b.type)

const isIn = (there: boolean): Side => (there ? 'after' : 'before')
const isGone = (there: boolean): Side => (there ? 'before' : 'after')

const hasKey = (t: TableImage | undefined, of: AnyTable, name: string): boolean =>
  of.primaryKey?.name === name ? t?.primaryKey != null : t?.uniques.some(u => u.name === name) === true

const constraintNames = (t: TableImage): readonly string[] => [...t.uniques, ...t.checks].map(c => `${c.name}`)

/** The side of a rename of a table: the checks that are named after it may be renamed by a second statement. */
const sideOfRename = async (env: Db, before: AnyTable, after: AnyTable): Answer<Side> => {
  const found = await look(env, after)
  if (E.isLeft(found)) return found
  const [old, renamed] = [tableIn(found.right, before), tableIn(found.right, after)]
  if (old !== undefined) return E.right(renamed === undefined ? 'before' : 'unknown')
  const names = found.right.wanted?.checks.map(c => c.name) ?? []
  return E.right(renamed !== undefined && names.every(n => renamed.checks.some(c => c.name === n)) ? 'after' : 'unknown')
}

const sideOfColumn = async (
  env: Db,
  before: AnyTable,
  after: AnyTable,
  change: Change & { readonly tag: 'addColumn' | 'changeType' },
): Answer<Side> => {
  const [now, then] = [await look(env, before), await look(env, after)]
  if (E.isLeft(now)) return now
  if (E.isLeft(then)) return then
  const name = change.tag === 'addColumn' ? change.name : columnName(before, change.field)
  const live = tableIn(now.right, before)
  const own = columnIn(live, name)
  const wanted = columnIn(then.right.wanted, name)
  if (change.tag === 'addColumn') {
    if (own === undefined) return E.right('before')
    const { column, fill } = change
    const isOne = fill === null && (column.default === null || column.default.node.tag === 'literal')
    // between: added without a value, not yet filled
    const isLast = isOne || !column.type.nullable || column.default !== null
    return E.right(isLast && sameColumn(own, wanted) ? 'after' : 'unknown')
  }
  const old = columnIn(now.right.wanted, name)
  if (columnIn(live, `${name}__new`) !== undefined) return E.right('unknown')
  if (sameColumn(old, wanted)) return E.right(change.using === null ? 'before' : 'unknown')
  return E.right(sameColumn(own, wanted) ? 'after' : sameColumn(own, old) ? 'before' : 'unknown')
}

const sideOfChange = async (env: Db, before: AnyTable, change: Change): Answer<Side> => {
  const after = attempting('a function of the schema', () => changed(before, change))
  if (E.isLeft(after)) return E.right('before')
  if (change.tag === 'renameTable') return sideOfRename(env, before, after.right)
  if (change.tag === 'addColumn' || change.tag === 'changeType') return sideOfColumn(env, before, after.right, change)
  const found = await look(env, before)
  if (E.isLeft(found)) return found
  const live = tableIn(found.right, before)
  if (live === undefined) return E.right('unknown')
  const column = (field: string): ColumnImage | undefined => columnIn(live, columnName(before, field))
  switch (change.tag) {
    case 'dropColumn':
      return E.right(isGone(column(change.field) !== undefined))
    case 'renameColumn': {
      if (fieldNamed(before, change.name) === change.field) return E.right('before')
      const [old, renamed] = [column(change.field), columnIn(live, change.name)]
      return E.right(old === undefined ? isIn(renamed !== undefined) : renamed === undefined ? 'before' : 'unknown')
    }
    case 'addKey':
      return E.right(isIn(change.primary ? live.primaryKey !== null : live.uniques.some(u => u.name === change.key.name)))
    case 'dropKey':
      return E.right(isGone(hasKey(live, before, change.name)))
    case 'addCheck':
      return E.right(isIn(live.checks.some(c => c.name === change.check.name)))
    case 'dropCheck':
      return E.right(isGone(live.checks.some(c => c.name === change.name)))
    case 'renameConstraint': {
      const names = constraintNames(live)
      if (before.primaryKey?.name === change.from) return E.right('before')
      return E.right(names.includes(change.from) ? 'before' : isIn(names.includes(change.to)))
    }
    default:
      // may be performed twice: nulls, defaults, comments
      return E.right('before')
  }
}

const sideOfStep = async (env: Db, step: Step): Answer<Side> => {
  switch (step.tag) {
    case 'createTable': {
      const found = await look(env, step.table)
      if (E.isLeft(found)) return found
      const there = tableIn(found.right, step.table)
      if (there === undefined) return E.right('before')
      const wanted = found.right.wanted?.columns ?? []
      const isWhole =
        there.columns.length === wanted.length &&
        wanted.every(c => sameColumn(columnIn(there, c.name), c)) &&
        step.foreignKeys.every(f => there.foreignKeys.some(k => k.name === f.name))
      return E.right(isWhole ? 'after' : 'unknown')
    }
    case 'createView': {
      const found = await look(env, step.view)
      return E.map(({ live }: Look) => isIn(live.views.some(v => v.schema === step.view.schema && v.name === step.view.name)))(found)
    }
    case 'createIndex':
    case 'dropIndex': {
      const found = await look(env, step.table)
      if (E.isLeft(found)) return found
      const there = tableIn(found.right, step.table)
      // a unique index is a key of the table in the images of MySQL and MariaDB
      const names = [...(there?.indexes ?? []), ...(there?.uniques ?? [])].map(i => i.name)
      return E.right((step.tag === 'createIndex' ? isIn : isGone)(names.includes(step.index.name)))
    }
    case 'addForeignKey':
    case 'dropForeignKey': {
      const { foreignKey: key } = step
      const found = await look(env, key.table)
      if (E.isLeft(found)) return found
      const isThere = tableIn(found.right, key.table)?.foreignKeys.some(f => f.name === key.name) === true
      return E.right((step.tag === 'addForeignKey' ? isIn : isGone)(isThere))
    }
    case 'alterTable':
      return sideOfChange(env, step.table, step.change)
    case 'dropTable':
    case 'dropView':
      // what is not there is not dropped
      return E.right('before')
  }
}

/** The side of a unit on which the database is. */
export const sideOf = async (env: Db, unit: Unit): Answer<Side> => {
  const [first] = unit as readonly MigrationStep[]
  if (first === undefined) return E.right('before')
  return first.tag === 'data' || first.tag === 'sql' ? E.right('unknown') : sideOfStep(env, first)
}
