/**
 * Steps of a migration as TypeScript: the items of its `up`.
 *
 * Steps are written by the builders of `Migrate`. Tables that are created, and keys, indexes and views after them, are one `Migrate.create` where
 * that has exactly these steps, and so is `Migrate.drop`; other orders are written one by one, and a step that no builder has as the record
 * that it is. A command is what `show` writes of it.
 *
 * Law: the steps of the written items are the given ones, by their checksums.
 */
import { isRight } from 'fp-ts/lib/Either.js'
import { createSteps, dropSteps, type Step } from '../../core/schema/Step.js'
import type { AnyTable } from '../../core/syntax/Syntax.js'
import { type AnySchema, type ForeignKey, partOf } from '../../core/table/Schema.js'
import { below, type Doc, joined, lines, stacked, text } from '../../show/pretty.js'
import { expressionDoc } from '../../show/show.js'
import { commandDoc } from '../../show/showCommand.js'
import { call, list } from '../../show/showExpr.js'
import { recordDoc } from '../../show/showValue.js'
import { checksumOfUnit } from '../checksum.js'
import type { MigrationStep, SqlTexts } from '../MigrationStep.js'
import { type Altering, alterDoc, inverseRemark } from './alterationText.js'
import { quotedDoc, schemaDoc } from './tableText.js'
import type { Writing } from './Writing.js'

/** The text of the first of some steps, and of how many of them. */
interface Written {
  readonly doc: Doc
  readonly count: number
  /** Whether it is a list of steps. */
  readonly isList?: boolean
}

const tag = <T extends MigrationStep['tag']>(
  step: MigrationStep | undefined,
  ...tags: readonly T[]
): step is Extract<MigrationStep, { readonly tag: T }> => step !== undefined && (tags as readonly string[]).includes(step.tag)

/** The first steps of some kinds. */
const leading = <T extends MigrationStep['tag']>(
  steps: readonly MigrationStep[],
  ...tags: readonly T[]
): readonly Extract<MigrationStep, { readonly tag: T }>[] => {
  const found: Extract<MigrationStep, { readonly tag: T }>[] = []
  for (const step of steps) {
    if (!tag(step, ...tags)) break
    found.push(step)
  }
  return found
}

const sameSteps = (made: readonly Step[], given: readonly MigrationStep[]): boolean =>
  made.length <= given.length &&
  made.every((step, i) => {
    const [own, other] = [checksumOfUnit([step]), checksumOfUnit([given[i] as MigrationStep])]
    return isRight(own) && isRight(other) && own.right === other.right
  })

// --- Tables that are created and dropped -------------------------------------------------------

/** A foreign key between the tables that have the constants. */
const keyOf = (f: ForeignKey, w: Writing): ForeignKey => ({ ...f, table: w.first(f.table), target: w.first(f.target) })

/** A schema of some tables, those that their keys refer to included. */
const schemaOf = (own: readonly AnyTable[], keys: readonly ForeignKey[], w: Writing): AnySchema => {
  const all = [...own, ...keys.flatMap(f => [f.table, f.target])].map(w.first)
  return { kind: 'schema', tables: Object.fromEntries(all.map(t => [w.tableOf(t), t])), foreignKeys: keys.map(f => keyOf(f, w)) }
}

/** A schema in the text: its call where it has tables only, or a constant. */
const schemaName = (schema: AnySchema, name: string, w: Writing): Doc => {
  const doc = schemaDoc(Object.values(schema.tables), schema.foreignKeys, w)
  return schema.foreignKeys.length === 0 ? doc : text(w.constantOf(name, '', doc))
}

/** What creates or drops tables of a schema if these are the given steps; null if not. */
const wholeDoc = (
  which: 'create' | 'drop',
  own: readonly AnyTable[],
  keys: readonly ForeignKey[],
  given: readonly MigrationStep[],
  w: Writing,
): Written | null => {
  const names = [...new Set(own.map(w.tableOf))]
  const schema = schemaOf(own, keys, w)
  const isWhole = Object.keys(schema.tables).length === names.length
  const made = (which === 'create' ? createSteps : dropSteps)(isWhole ? schema : partOf(schema, (_, name) => names.includes(name)))
  if (names.length !== own.length || made.length === 0 || !sameSteps(made, given)) return null
  const only = isWhole ? [] : [list(names.map(quotedDoc))]
  return {
    doc: call(`Migrate.${which}`, schemaName(schema, which === 'create' ? 'created' : 'dropped', w), ...only),
    count: made.length,
    isList: true,
  }
}

/** A step that creates or drops a table as the record that it is: its keys are those of a schema. */
const recordOf = (step: Extract<Step, { readonly tag: 'createTable' | 'dropTable' }>, w: Writing): Written => {
  const schema = schemaOf([step.table], step.foreignKeys, w)
  const keys = step.foreignKeys.length === 0 ? list([]) : joined(schemaName(schema, 'keys', w), text('.foreignKeys'))
  const doc = recordDoc([
    ['tag', quotedDoc(step.tag)],
    ['table', text(w.tableOf(step.table))],
    ['foreignKeys', keys],
  ])
  return { doc, count: 1 }
}

const createdDoc = (steps: readonly MigrationStep[], w: Writing): Written => {
  const tables = leading(steps, 'createTable')
  const [first] = tables
  for (const own of tables.length === 1 ? [tables] : [tables, tables.slice(0, 1)]) {
    const rest = steps.slice(own.length)
    const late = leading(rest, 'addForeignKey').map(s => s.foreignKey)
    const indexes = leading(rest.slice(late.length), 'createIndex').length
    const views = leading(rest.slice(late.length + indexes), 'createView').map(s => s.view)
    const keys = own.flatMap(s => s.foreignKeys)
    for (const more of late.length === 0 ? [[]] : [late, []])
      for (const seen of views.length === 0 ? [[]] : [views, []]) {
        const made = wholeDoc('create', [...own.map(s => s.table), ...seen], [...keys, ...more], steps, w)
        if (made !== null) return made
      }
  }
  return recordOf(first as Extract<Step, { readonly tag: 'createTable' }>, w)
}

const droppedDoc = (steps: readonly MigrationStep[], w: Writing): Written => {
  const views = leading(steps, 'dropView').map(s => s.view)
  const tables = leading(steps.slice(views.length), 'dropTable')
  const keys = tables.flatMap(s => s.foreignKeys)
  const all = tables.length + views.length < 2 ? null : wholeDoc('drop', [...views, ...tables.map(s => s.table).reverse()], keys, steps, w)
  if (all !== null) return all
  const [view] = views
  if (view !== undefined) return { doc: call('Migrate.dropView', text(w.tableOf(view))), count: 1 }
  const first = tables[0] as Extract<Step, { readonly tag: 'dropTable' }>
  return wholeDoc('drop', [first.table], first.foreignKeys, steps, w) ?? recordOf(first, w)
}

// --- Other steps ------------------------------------------------------------------------------

const keyStepDoc = (step: Extract<Step, { readonly tag: 'addForeignKey' | 'dropForeignKey' }>, w: Writing): Written => {
  const schema = schemaOf([], [step.foreignKey], w)
  return { doc: call(`Migrate.${step.tag}`, schemaName(schema, 'keys', w), quotedDoc(step.foreignKey.name)), count: 1 }
}

/** A text of several lines as a template, where nothing in it would be read otherwise. */
const sqlDoc = (s: string): Doc =>
  s.includes('\n') && !/[\p{Cc}\u2028\u2029\ufeff\ud800-\udfff]/u.test(s.replace(/[\n\t]/g, ''))
    ? lines(`\`${s.replace(/[\\`]|\$\{/g, c => `\\${c}`)}\``)
    : quotedDoc(s)

const textsDoc = (texts: SqlTexts): Doc => recordDoc(Object.entries(texts).map(([engine, s]) => [engine, sqlDoc(s)]))

const first = (steps: readonly MigrationStep[], w: Writing): Written => {
  const step = steps[0] as MigrationStep
  switch (step.tag) {
    case 'createTable':
      return createdDoc(steps, w)
    case 'dropTable':
    case 'dropView':
      return droppedDoc(steps, w)
    case 'createView':
      return { doc: call('Migrate.createView', text(w.tableOf(step.view))), count: 1 }
    case 'addForeignKey':
    case 'dropForeignKey':
      return keyStepDoc(step, w)
    case 'data': {
      const doc = call(
        'Migrate.data',
        expressionDoc(w.style, context => commandDoc(step.command, context)),
      )
      return { doc: below(inverseRemark(step), doc), count: 1 }
    }
    case 'sql': {
      const { text: texts, undo, steps: described } = step
      const options = [
        ...(undo === null ? [] : [['undo', textsDoc(undo)] as const]),
        ...(described.length === 0 ? [] : [['steps', itemsDoc(described, w, true)] as const]),
      ]
      const doc = call('Migrate.sql', textsDoc(texts), ...(options.length === 0 ? [] : [recordDoc(options)]))
      return { doc: below(inverseRemark(step), doc), count: 1 }
    }
    case 'alterTable':
    case 'createIndex':
    case 'dropIndex': {
      const altering: Altering[] = []
      for (const next of leading(steps, 'alterTable', 'createIndex', 'dropIndex')) altering.push(next)
      return { ...alterDoc(altering, w), isList: true }
    }
  }
}

/** Steps as a list of items, each on a line of its own; `isFlat` for a list of single steps. */
const itemsDoc = (steps: readonly MigrationStep[], w: Writing, isFlat: boolean): Doc => {
  const docs: Doc[] = []
  for (let at = 0; at < steps.length; ) {
    const { doc, count, isList = false } = first(steps.slice(at), w)
    docs.push(isFlat && isList ? joined(text('...'), doc) : doc)
    at += count
  }
  return stacked('[', docs, ']')
}

/** The steps of a migration as a list of items. */
export const stepsDoc = (steps: readonly MigrationStep[], w: Writing): Doc => itemsDoc(steps, w, false)
