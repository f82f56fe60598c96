/**
 * Inverses of steps.
 *
 * `invert(step)` has the steps that undo a step, or the reason why nothing does. An inverse restores the schema; `losses(step)` says which rows or
 * values it does not restore, null if it restores them too. A command has no inverse that could be derived.
 *
 * Laws: the image of a schema after a step and its inverse is the one before, except for the order of columns; where `losses` is null, rows
 * are too, as long as nothing else has written them.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Change, changed } from '../core/schema/Change.js'
import type { AnyColumn, AnyTable } from '../core/syntax/Syntax.js'
import { columnName, qualifiedName } from '../core/table/Table.js'
import { attempting } from '../core/value/DbError.js'
import { isStep, type MigrationStep } from './MigrationStep.js'

type Inverse = E.Either<string, readonly MigrationStep[]>

const one = (step: MigrationStep): Inverse => E.right([step])

const inverseChange = (t: AnyTable, change: Change): E.Either<string, Change> => {
  const column = (field: string): AnyColumn | undefined => t.columns[field]
  const name = (field: string): string => `${qualifiedName(t)}.${columnName(t, field)}`
  switch (change.tag) {
    case 'renameTable':
      return E.right({ tag: 'renameTable', name: t.name })
    case 'addColumn':
      return E.right({ tag: 'dropColumn', field: change.field })
    case 'dropColumn': {
      const c = column(change.field)
      if (c === undefined) return E.left(`there is no column ${name(change.field)}`)
      if (!c.type.nullable && c.default === null)
        return E.left(`rows would have no value for ${name(change.field)}: give the column a default, or write down how it is filled`)
      return E.right({ tag: 'addColumn', field: change.field, name: columnName(t, change.field), column: c, fill: null })
    }
    case 'renameColumn':
      return E.right({ tag: 'renameColumn', field: change.field, name: columnName(t, change.field) })
    case 'changeType': {
      const c = column(change.field)
      if (c === undefined) return E.left(`there is no column ${name(change.field)}`)
      return change.using !== null
        ? E.left(`the old values of ${name(change.field)} can't be computed from the new ones: write down how`)
        : E.right({ tag: 'changeType', field: change.field, type: c.type.sql, using: null })
    }
    case 'setNullable':
      return E.right({ tag: 'setNotNull', field: change.field, fill: null })
    case 'setNotNull':
      return E.right({ tag: 'setNullable', field: change.field })
    case 'setDefault':
      return E.right({ tag: 'setDefault', field: change.field, default: column(change.field)?.default ?? null })
    case 'setComment': {
      const { field } = change
      return E.right({ tag: 'setComment', field, comment: (field === null ? t.comment : column(field)?.comment) ?? null })
    }
    case 'addKey':
      return E.right({ tag: 'dropKey', name: change.key.name })
    case 'dropKey': {
      if (t.primaryKey?.name === change.name) return E.right({ tag: 'addKey', key: t.primaryKey, primary: true })
      const key = t.uniques.find(u => u.name === change.name)
      return key === undefined
        ? E.left(`the step does not describe the key "${change.name}"`)
        : E.right({ tag: 'addKey', key, primary: false })
    }
    case 'addCheck':
      return E.right({ tag: 'dropCheck', name: change.check.name })
    case 'dropCheck': {
      const check = t.checks.find(c => c.name === change.name)
      return check === undefined ? E.left(`the step does not describe the check "${change.name}"`) : E.right({ tag: 'addCheck', check })
    }
    case 'renameConstraint':
      return E.right({ tag: 'renameConstraint', from: change.to, to: change.from })
  }
}

/** Nothing to undo: a null that was allowed before, or forbidden before. */
const isVacuous = (t: AnyTable, change: Change): boolean =>
  (change.tag === 'setNullable' && t.columns[change.field]?.type.nullable === true) ||
  (change.tag === 'setNotNull' && t.columns[change.field]?.type.nullable === false)

/** The steps that undo a step, or why there are none. */
export const invert = (step: MigrationStep): Inverse => {
  switch (step.tag) {
    case 'createTable':
      return one({ ...step, tag: 'dropTable' })
    case 'dropTable': {
      const { table } = step
      return E.right([
        { ...step, tag: 'createTable' },
        ...table.indexes.map((index): MigrationStep => ({ tag: 'createIndex', table, index })),
      ])
    }
    case 'createView':
      return one({ ...step, tag: 'dropView' })
    case 'dropView':
      return one({ ...step, tag: 'createView' })
    case 'createIndex':
      return one({ tag: 'dropIndex', table: step.table, index: step.index })
    case 'dropIndex': {
      const index = step.table.indexes.find(i => i.name === step.index.name)
      return index === undefined
        ? E.left(`the step does not describe the index "${step.index.name}"`)
        : one({ tag: 'createIndex', table: step.table, index })
    }
    case 'addForeignKey':
      return one({ ...step, tag: 'dropForeignKey' })
    case 'dropForeignKey':
      return one({ ...step, tag: 'addForeignKey' })
    case 'alterTable': {
      const { table, change } = step
      if (isVacuous(table, change)) return E.right([])
      const after = attempting('a function of the schema', () => changed(table, change))
      if (E.isLeft(after)) return E.left(after.left.message)
      return E.map((inverse: Change): readonly MigrationStep[] => [{ tag: 'alterTable', table: after.right, change: inverse }])(
        inverseChange(table, change),
      )
    }
    case 'data':
      return E.left('a command that changes rows has no inverse: write down the steps that undo it, or that there is nothing to undo')
    case 'sql': {
      if (step.undo === null) return E.left('SQL text has no inverse: give the text that undoes it')
      const { undo, text } = step
      return E.map((steps: readonly MigrationStep[]): readonly MigrationStep[] => [
        { tag: 'sql', text: undo, undo: text, steps: steps.filter(isStep) },
      ])(invertAll(step.steps))
    }
  }
}

const INVENTED: readonly Change['tag'][] = ['addColumn', 'dropColumn', 'changeType']

/** What a step and its inverse do not restore; null if they restore rows too. */
export const losses = (step: MigrationStep): string | null => {
  if (step.tag === 'createTable') return `rows that were written to "${qualifiedName(step.table)}" since`
  if (step.tag === 'dropTable') return `the rows of "${qualifiedName(step.table)}"`
  if (step.tag === 'data' || step.tag === 'sql') return 'rows, unless its own inverse restores them'
  if (step.tag !== 'alterTable') return null
  const { table, change } = step
  if (change.tag === 'setNotNull')
    return change.fill === null ? null : `which values of "${qualifiedName(table)}"."${columnName(table, change.field)}" were null`
  return INVENTED.includes(change.tag) && 'field' in change
    ? `values of "${qualifiedName(table)}"."${change.tag === 'addColumn' ? change.name : columnName(table, `${change.field}`)}"`
    : null
}

/** The steps that undo a list of steps, last first, or why one of them can't be undone. */
export const invertAll = (steps: readonly MigrationStep[]): Inverse => {
  const undone: MigrationStep[] = []
  for (const step of [...steps].reverse()) {
    const inverse = invert(step)
    if (E.isLeft(inverse)) return inverse
    undone.push(...inverse.right)
  }
  return E.right(undone)
}
