/**
 * Consecutive changes of one table as one `Migrate.alter`.
 *
 * The changes of a group are typed by the table before the first of them. So a group ends where a change names a column that the group has added,
 * or where a function reads one that it has added or changed: the next group begins with the table as it is then. The key, the check and the
 * index that `addColumn` makes of `unique`, `check` and `indexed` are written as these.
 *
 * Law: `alter` of the written group has the steps of the group.
 */

import { isLeft } from 'fp-ts/lib/Either.js'
import { type Change, changed, readsField } from '../../core/schema/Change.js'
import type { Step } from '../../core/schema/Step.js'
import { type AnyExpr, type AnyTable, type ExprType, type Index, symbol } from '../../core/syntax/Syntax.js'
import { symbolsOf } from '../../core/syntax/scope.js'
import { columnCheck, indexOf, snakeCase, uniqueKeyOf } from '../../core/table/Table.js'
import { below, type Doc, hugging, joined, text } from '../../show/pretty.js'
import { expressionDoc } from '../../show/show.js'
import { call, exprDoc, lambda } from '../../show/showExpr.js'
import { withColumns, within } from '../../show/showScope.js'
import { recordDoc } from '../../show/showValue.js'
import { invert } from '../invert.js'
import { comment } from '../module/names.js'
import {
  checkName,
  columnText,
  exprLambda,
  indexDoc,
  isAssignable,
  type Modifiers,
  ownName,
  plainDoc,
  primaryKeyDoc,
  quotedDoc,
  typeDoc,
  uniqueKeyDoc,
} from './tableText.js'
import type { Writing } from './Writing.js'

/** A step that `alter` can have. */
export type Altering = Extract<Step, { readonly tag: 'alterTable' | 'createIndex' | 'dropIndex' }>

/** The table after a step. */
const after = (step: Altering): AnyTable => {
  const { table } = step
  switch (step.tag) {
    case 'alterTable':
      return changed(table, step.change)
    case 'createIndex':
      return { ...table, indexes: [...table.indexes, step.index] }
    case 'dropIndex':
      return { ...table, indexes: table.indexes.filter(i => i.name !== step.index.name) }
  }
}

/** Why a step can't be undone, as a comment above it. */
export const inverseRemark = (step: Parameters<typeof invert>[0]): readonly string[] => {
  const inverse = invert(step)
  return isLeft(inverse) ? [comment(`No way back: ${inverse.left}.`)] : []
}

// --- What a change uses -----------------------------------------------------------------------

const functionsIn = (step: Altering): readonly ((row: any) => unknown)[] => {
  if (step.tag === 'dropIndex') return []
  const found =
    step.tag === 'createIndex'
      ? [step.index.on, step.index.where]
      : step.change.tag === 'addCheck'
        ? [step.change.check.predicate]
        : step.change.tag === 'addColumn' || step.change.tag === 'setNotNull'
          ? [step.change.fill]
          : step.change.tag === 'changeType'
            ? [step.change.using]
            : []
  return found.flatMap(f => f ?? [])
}

const namedBy = (step: Altering): readonly string[] => {
  if (step.tag === 'createIndex') return step.index.columns
  if (step.tag === 'dropIndex') return []
  const { change } = step
  if (change.tag === 'addKey') return change.key.columns
  return 'field' in change && change.field !== null && change.tag !== 'addColumn' ? [change.field] : []
}

/** What the steps of a group have done to columns. */
interface Touched {
  readonly added: ReadonlySet<string>
  readonly changed: ReadonlySet<string>
}

const isTyped = (step: Altering, { added, changed: others }: Touched): boolean =>
  !namedBy(step).some(f => added.has(f)) &&
  functionsIn(step).every(f => [...added, ...others].every(field => !readsField(step.table, field, f)))

const touch = (step: Altering, { added, changed: others }: Touched): Touched => {
  if (step.tag !== 'alterTable') return { added, changed: others }
  const { change } = step
  if (change.tag === 'addColumn') return { added: new Set([...added, change.field]), changed: others }
  return ['changeType', 'setNullable', 'setNotNull'].includes(change.tag) && 'field' in change
    ? { added, changed: new Set([...others, `${change.field}`]) }
    : { added, changed: others }
}

// --- Alterations ------------------------------------------------------------------------------

type AddColumn = Extract<Change, { readonly tag: 'addColumn' }>

const isPlain = (i: Index): boolean => i.on === null && i.where === null && i.method === null && !i.unique

/** What a step is of the column that the step before it has added: what its modifiers make. */
const modifierOf = (step: Altering, { field, name }: AddColumn): keyof Modifiers | null => {
  const { table } = step
  if (step.tag === 'createIndex') {
    const derived = indexOf(table, [field])
    return isPlain(step.index) && step.index.name === derived.name && step.index.columns.join() === field ? 'indexed' : null
  }
  if (step.tag !== 'alterTable') return null
  const { change } = step
  if (change.tag === 'addKey')
    return !change.primary &&
      change.key.columns.length === 1 &&
      change.key.columns[0] === field &&
      change.key.name === uniqueKeyOf(table, [field]).name
      ? 'unique'
      : null
  if (change.tag !== 'addCheck') return null
  const { check } = change
  const isOwn = check.name === columnCheck({ ...table, names: { [field]: name } }, field, check.predicate as never).name
  return isOwn && Object.keys(table.types).every(f => f === field || !readsField(table, f, check.predicate)) ? 'check' : null
}

const ORDER: readonly (keyof Modifiers)[] = ['unique', 'check', 'indexed']

/** A check of one column as a function of its value. */
const selfCheck = (t: AnyTable, field: string, predicate: (row: any) => AnyExpr, w: Writing): Doc =>
  expressionDoc(w.style, context => {
    const self = symbol(t.types[field] as ExprType)
    const named = withColumns(context, new Map([[self.node, 'self']]))
    const doc = exprDoc(predicate({ [field]: self }), within(named, 'self'))
    return lambda(named, named.progress.uses === 0 ? [] : ['self'], doc)
  })

/** The column that is added, and how many of the next steps its modifiers make. */
const addColumnDoc = (steps: readonly Altering[], change: AddColumn, w: Writing): { readonly doc: Doc; readonly count: number } => {
  const { table } = steps[0] as Altering
  const { field, name, column, fill } = change
  let own: Modifiers = {}
  let count = 1
  let at = 0
  for (const next of steps.slice(1)) {
    const found = modifierOf(next, change)
    const place = found === null ? -1 : ORDER.indexOf(found)
    if (found === null || place < at || !w.isSame(next.table, after(steps[count - 1] as Altering))) break
    own = {
      ...own,
      [found]:
        found === 'check' && next.tag === 'alterTable' && next.change.tag === 'addCheck'
          ? selfCheck(next.table, field, next.change.check.predicate, w)
          : true,
    }
    at = place + 1
    count += 1
  }
  const options = fill === null ? [] : [recordDoc([['fill', fillDoc(table, column.type, fill, w)]])]
  return {
    doc: hugging('Migrate.addColumn(', [quotedDoc(field), columnText(column, snakeCase(field), name, w, own), ...options], ')'),
    count,
  }
}

/** What rows get: a plain value where it makes the same expression, or a function of the row. */
const fillDoc = (t: AnyTable, type: AnyTable['types'][string], fill: (row: any) => AnyExpr, w: Writing, typed?: string): Doc => {
  const made = fill(symbolsOf(t.types))
  const plain = plainDoc(type, made)
  if (plain !== null) return plain
  const doc = exprLambda(t, w, fill, typed)
  return typed !== undefined || isAssignable(made.type, { ...type, nullable: true }) ? doc : joined(text('('), doc, text(') as never'))
}

const changeDoc = (table: AnyTable, change: Exclude<Change, AddColumn>, w: Writing): Doc => {
  const to = (name: string, ...args: readonly Doc[]): Doc => hugging(`Migrate.${name}(`, args, ')')
  switch (change.tag) {
    case 'renameTable':
      return to('renameTable', quotedDoc(change.name))
    case 'dropColumn':
    case 'setNullable':
      return to(change.tag, quotedDoc(change.field))
    case 'renameColumn':
      return to('renameColumn', quotedDoc(change.field), quotedDoc(change.name))
    case 'changeType': {
      const { field, type, using } = change
      if (using === null) return to('changeType', quotedDoc(field), typeDoc(type))
      const doc = exprLambda(table, w, using)
      const isValid = isAssignable(using(symbolsOf(table.types)).type, { sql: type, nullable: true, refine: null })
      return to(
        'changeType',
        quotedDoc(field),
        typeDoc(type),
        recordDoc([['using', isValid ? doc : joined(text('('), doc, text(') as never'))]]),
      )
    }
    case 'setNotNull': {
      const { field, fill } = change
      const type = table.types[field]
      if (fill === null || type === undefined) return to('setNotNull', quotedDoc(field))
      return to('setNotNull', quotedDoc(field), recordDoc([['fill', fillDoc(table, type, fill, w, 'row: any')]]))
    }
    case 'setDefault': {
      const { field, default: value } = change
      if (value === null) return to('setDefault', quotedDoc(field), text('null'))
      const plain = plainDoc(table.types[field] ?? value.type, value)
      return to('setDefault', quotedDoc(field), plain ?? expressionDoc(w.style, context => exprDoc(value, context)))
    }
    case 'setComment': {
      const { field, comment: value } = change
      return to('setComment', ...[field, value].map(s => (s === null ? text('null') : quotedDoc(s))))
    }
    case 'addKey':
      return change.primary ? to('addPrimaryKey', primaryKeyDoc(table, change.key)) : to('addUnique', uniqueKeyDoc(table, change.key))
    case 'dropKey':
    case 'dropCheck':
      return to(change.tag, quotedDoc(change.name))
    case 'addCheck': {
      const { name, predicate } = change.check
      const short = checkName(table, name)
      return to('addCheck', short === null ? recordDoc([['name', ownName(name)]]) : quotedDoc(short), exprLambda(table, w, predicate))
    }
    case 'renameConstraint':
      return to('renameConstraint', quotedDoc(change.from), quotedDoc(change.to))
  }
}

const alterationDoc = (steps: readonly Altering[], w: Writing): { readonly doc: Doc; readonly count: number } => {
  const step = steps[0] as Altering
  switch (step.tag) {
    case 'alterTable':
      return step.change.tag === 'addColumn'
        ? addColumnDoc(steps, step.change, w)
        : { doc: changeDoc(step.table, step.change, w), count: 1 }
    case 'createIndex':
      return { doc: call('Migrate.createIndex', indexDoc(step.table, step.index, w)), count: 1 }
    case 'dropIndex':
      return { doc: call('Migrate.dropIndex', quotedDoc(step.index.name)), count: 1 }
  }
}

/** The first steps as one `Migrate.alter`, and how many they are. */
export const alterDoc = (steps: readonly Altering[], w: Writing): { readonly doc: Doc; readonly count: number } => {
  const table = (steps[0] as Altering).table
  const name = w.tableOf(table)
  const docs: Doc[] = []
  let touched: Touched = { added: new Set(), changed: new Set() }
  let count = 0
  while (count < steps.length) {
    const step = steps[count] as Altering
    const before = steps[count - 1]
    if (before !== undefined && !(w.isSame(step.table, after(before)) && isTyped(step, touched))) break
    const made = alterationDoc(steps.slice(count), w)
    docs.push(below(inverseRemark(step), made.doc))
    touched = touch(step, touched)
    count += made.count
  }
  return { doc: call('Migrate.alter', text(name), ...docs), count }
}
