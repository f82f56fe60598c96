/**
 * Steps in words: what has to be done to an object, for errors that list differences.
 *
 * `stepWords` is the object of a step and an instruction about it, such as `book.title` and `change its type from text to varchar(20)`. The
 * words have names and types, and no value: a default that differs is only said to differ. They are for a person who has not written
 * the steps.
 */
import type { Change } from '../core/schema/Change.js'
import type { Step } from '../core/schema/Step.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import { columnName, qualifiedName } from '../core/table/Table.js'
import { showSqlType } from '../core/value/SqlType.js'
import { objectOf } from './hazards.js'

const listed = (t: AnyTable, fields: readonly string[]): string => fields.map(f => columnName(t, f)).join(', ')

const changeWords = (t: AnyTable, change: Change): string => {
  switch (change.tag) {
    case 'renameTable':
      return `rename the table to ${change.name}`
    case 'addColumn':
      return `add the column (${showSqlType(change.column.type.sql)})`
    case 'dropColumn':
      return 'drop the column'
    case 'renameColumn':
      return `rename the column to ${change.name}`
    case 'changeType': {
      const now = t.types[change.field]?.sql
      return `change its type${now === undefined ? '' : ` from ${showSqlType(now)}`} to ${showSqlType(change.type)}`
    }
    case 'setNullable':
      return 'make it nullable'
    case 'setNotNull':
      return 'make it not null'
    case 'setDefault':
      return change.default === null ? 'drop its default' : 'set its default'
    case 'setComment':
      return change.comment === null ? 'drop its comment' : 'set its comment'
    case 'addKey':
      return `add the ${change.primary ? 'primary' : 'unique'} key (${listed(t, change.key.columns)})`
    case 'dropKey':
      return 'drop the key'
    case 'addCheck':
      return 'add the check'
    case 'dropCheck':
      return 'drop the check'
    case 'renameConstraint':
      return `rename it to ${change.to}`
  }
}

const words = (step: Step): string => {
  switch (step.tag) {
    case 'createTable':
      return 'create the table'
    case 'dropTable':
      return 'drop the table'
    case 'createView':
      return 'create the view'
    case 'dropView':
      return 'drop the view'
    case 'createIndex':
      return `create the ${step.index.unique ? 'unique index' : 'index'}`
    case 'dropIndex':
      return 'drop the index'
    case 'addForeignKey': {
      const { table, columns, target, targetColumns, onDelete, onUpdate } = step.foreignKey
      const to = `${qualifiedName(target)} (${listed(target, targetColumns)})`
      return `add the foreign key (${listed(table, columns)}) to ${to}, on delete ${onDelete}, on update ${onUpdate}`
    }
    case 'dropForeignKey':
      return 'drop the foreign key'
    case 'alterTable':
      return changeWords(step.table, step.change)
  }
}

/** What a step is about, and what it does there. */
export const stepWords = (step: Step): { readonly object: string; readonly reason: string } => ({
  object: objectOf(step),
  reason: words(step),
})
