/**
 * Checksums of migrations: by them an edited history is found.
 *
 * A checksum is the SHA-256 of the steps as data. Steps contain functions, so what is hashed is what `show` and `imageOf` make of them: SQL names,
 * types, and expressions as TypeScript. It is the same in every process and on every engine. It covers the name, the parents and `up`; not `down`,
 * which has not been performed and may be corrected later.
 *
 * Law: equal descriptions have equal checksums; a change of any name, type, default, key, condition, value or order is another checksum.
 */
import type * as E from 'fp-ts/lib/Either.js'
import { assignmentsOf } from '../core/command/plainRows.js'
import type { Change } from '../core/schema/Change.js'
import { changed } from '../core/schema/Change.js'
import type { AnyCommand, AnyExpr, AnyTable } from '../core/syntax/Syntax.js'
import type { ForeignKey } from '../core/table/Schema.js'
import { qualifiedName } from '../core/table/Table.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import { sha256Hex } from '../core/value/sha256.js'
import { commandText, imageOf, textOver } from '../show/imageOf.js'
import type { Migration } from './Migration.js'
import type { MigrationStep, Unit } from './MigrationStep.js'

/** JSON with sorted fields, and with integers of any size. */
const canonical = (value: unknown): string => {
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value).filter(([, v]) => v !== undefined)
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`)
    .join(',')}}`
}

const tableForm = (t: AnyTable): unknown => imageOf({ kind: 'schema', tables: { t }, foreignKeys: [] })

const keyForm = (f: ForeignKey): unknown => imageOf({ kind: 'schema', tables: { from: f.table, to: f.target }, foreignKeys: [f] })

const ofRow = (t: AnyTable, f: ((row: any) => AnyExpr) | null): unknown => (f === null ? null : textOver(t, f))

const changeForm = (t: AnyTable, change: Change): unknown => {
  switch (change.tag) {
    case 'addColumn':
      return { ...change, field: null, column: tableForm(changed(t, change)), fill: ofRow(t, change.fill) }
    case 'changeType':
      return { ...change, using: ofRow(t, change.using) }
    case 'setNotNull':
      return { ...change, fill: ofRow(t, change.fill) }
    case 'setDefault':
      return { tag: change.tag, after: tableForm(changed(t, change)) }
    case 'addCheck':
      return { tag: change.tag, name: change.check.name, text: ofRow(t, change.check.predicate) }
    default:
      return change
  }
}

/** How many rows are written at once. */
const ROWS = 100

const commandForm = (command: AnyCommand): unknown => {
  const { node } = command
  if (node.tag !== 'insert') return commandText(command)
  const rows = assignmentsOf(node.table, node.rows)
  const slices: unknown[] = []
  for (let i = 0; i < rows.length; i += ROWS)
    slices.push(commandText({ ...command, node: { ...node, rows: { tag: 'expressions', rows: rows.slice(i, i + ROWS) } } } as AnyCommand))
  return [qualifiedName(node.table), slices]
}

const stepForm = (step: MigrationStep): unknown => {
  switch (step.tag) {
    case 'createTable':
    case 'dropTable':
      return { tag: step.tag, table: tableForm(step.table), foreignKeys: step.foreignKeys.map(keyForm) }
    case 'createView':
    case 'dropView':
      return { tag: step.tag, view: tableForm(step.view) }
    case 'createIndex':
      return { tag: step.tag, table: tableForm({ ...step.table, indexes: [step.index] }) }
    case 'dropIndex':
      return { tag: step.tag, table: qualifiedName(step.table), name: step.index.name }
    case 'addForeignKey':
    case 'dropForeignKey':
      return { tag: step.tag, key: keyForm(step.foreignKey) }
    case 'alterTable':
      return { tag: step.tag, table: tableForm(step.table), change: changeForm(step.table, step.change) }
    case 'data':
      return { tag: step.tag, command: commandForm(step.command) }
    case 'sql':
      return { tag: step.tag, text: step.text }
  }
}

const hash = (form: () => unknown): E.Either<DbError, string> => attempting('a function of a migration', () => sha256Hex(canonical(form())))

/** The checksum of a migration: 64 hexadecimal digits. Fails if one of its functions does. */
export const checksum = ({ name, parents, up }: Migration): E.Either<DbError, string> =>
  hash(() => ({ name, parents: [...parents].sort(), up: up.map(stepForm) }))

/** The checksum of a unit of steps. */
export const checksumOfUnit = (unit: Unit): E.Either<DbError, string> => hash(() => unit.map(stepForm))
