/**
 * Changes of a table in MySQL and MariaDB: ALTER TABLE, one statement for each change.
 *
 * A column is changed by its whole definition (MODIFY), so that what is not mentioned is not lost. Checks can't be renamed: one whose name
 * follows a table or column is dropped and added. Each statement commits.
 */
import type { Change } from '../../core/schema/Change.js'
import { uniqueKeys } from '../../core/table/Table.js'
import { type AlterParts, definitionOf } from '../AlterParts.js'

/** Checks that a type needs, under their names after a change. */
const renamedChecks = (parts: AlterParts, fields: readonly string[]): readonly string[] =>
  fields.flatMap(field => {
    const next = parts.typeChecksAfter(field)
    return parts.typeChecks(field).flatMap(({ name }, i) => {
      const to = next[i]
      return to === undefined || to.name === name ? [] : [`DROP CONSTRAINT ${name}`, `ADD CONSTRAINT ${to.name} CHECK (${to.condition})`]
    })
  })

/** The statements of a change. `setDefault` is done by the whole definition where the engine takes no expression after SET DEFAULT. */
export const alter = (change: Change, parts: AlterParts): readonly string[] => {
  const { target, targetAfter, quote, column, columnAfter, columns } = parts
  const table = (...clauses: readonly string[]): readonly string[] =>
    clauses.length === 0 ? [] : [`ALTER TABLE ${target} ${clauses.join(', ')}`]
  const modified = (field: string): string => `MODIFY COLUMN ${column(field)} ${definitionOf(parts.parts(field), parts.comment)}`
  const adding = (field: string): readonly string[] =>
    parts.typeChecksAfter(field).map(({ name, condition }) => `ADD CONSTRAINT ${name} CHECK (${condition})`)
  switch (change.tag) {
    case 'renameTable': {
      const checks = renamedChecks(parts, Object.keys(parts.before.columns))
      return [...table(`RENAME TO ${targetAfter}`), ...(checks.length === 0 ? [] : [`ALTER TABLE ${targetAfter} ${checks.join(', ')}`])]
    }
    case 'addColumn': {
      const { field } = change
      return table(`ADD COLUMN ${columnAfter(field)} ${definitionOf(parts.parts(field), parts.comment)}`, ...adding(field))
    }
    case 'dropColumn':
      return table(...parts.typeChecks(change.field).map(c => `DROP CONSTRAINT ${c.name}`), `DROP COLUMN ${column(change.field)}`)
    case 'renameColumn': {
      const { field } = change
      if (column(field) === columnAfter(field)) return []
      // MySQL (9.7) refuses to rename a column that a check reads (3959), unless the same statement drops the check
      const checks = parts.checksOver(field)
      return table(
        ...[...parts.typeChecks(field).map(c => c.name), ...checks.map(quote)].map(name => `DROP CONSTRAINT ${name}`),
        `RENAME COLUMN ${column(field)} TO ${columnAfter(field)}`,
        ...adding(field),
        ...checks.map(name => `ADD CONSTRAINT ${quote(name)} CHECK (${parts.check(name)})`),
      )
    }
    case 'changeType': {
      const { field } = change
      return table(...parts.typeChecks(field).map(c => `DROP CONSTRAINT ${c.name}`), modified(field), ...adding(field))
    }
    case 'setNullable':
    case 'setNotNull':
    case 'setDefault':
      return table(modified(change.field))
    case 'setComment':
      return table(
        change.field === null ? `COMMENT=${parts.comment(change.comment ?? '').replace(/^ COMMENT /, '')}` : modified(change.field),
      )
    case 'addKey':
      return table(
        ...parts.keyed,
        `ADD ${change.primary ? 'PRIMARY KEY' : `CONSTRAINT ${quote(change.key.name)} UNIQUE`} (${columns(change.key.columns)})`,
      )
    case 'dropKey':
      return table(parts.before.primaryKey?.name === change.name ? 'DROP PRIMARY KEY' : `DROP INDEX ${quote(change.name)}`)
    case 'dropCheck':
      return table(`DROP CONSTRAINT ${quote(change.name)}`)
    case 'addCheck':
      return table(`ADD CONSTRAINT ${quote(change.check.name)} CHECK (${parts.check(change.check.name)})`)
    case 'renameConstraint': {
      const { from, to } = change
      // a primary key has no name
      if (parts.before.primaryKey?.name === from) return []
      if (uniqueKeys(parts.before).some(k => k.name === from)) return table(`RENAME INDEX ${quote(from)} TO ${quote(to)}`)
      return table(`DROP CONSTRAINT ${quote(from)}`, `ADD CONSTRAINT ${quote(to)} CHECK (${parts.check(to)})`)
    }
  }
}
