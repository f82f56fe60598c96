/**
 * Steps on Postgres while others use the tables: what they lock, and the forms that lock less.
 *
 * Indexes are built concurrently, outside of transactions; constraints are added NOT VALID and validated by a transaction of their own; a
 * column becomes NOT NULL by a checked constraint; a key is made of an index that was built concurrently. What was not finished is found in
 * the catalog and removed before the next attempt. Measured on Postgres 17 (test/live/online.test.ts): which changes write the table again.
 *
 * An ALTER TABLE waits for the transactions that use the table and others wait for it; that moment is bounded by a lock time-out, not here.
 */
import { columnName } from '../../core/table/Table.js'
import type { SqlType } from '../../core/value/SqlType.js'
import { quoting } from '../identifier.js'
import { type Effect, HARMLESS, type Online, type Part, type Remains, type WorkBatch } from '../OnlineSteps.js'
import type { Work } from '../Work.js'

const quote = quoting('postgres', '"', 63)
const quoted = (s: string): string => `'${s.replaceAll("'", "''")}'`

const WRITES: Effect = { rewrites: false, blocks: 'writes' }
const READS: Effect = { rewrites: false, blocks: 'reads' }
const REWRITTEN: Effect = { rewrites: true, blocks: 'reads' }

/** Texts of these types are stored alike, and a longer one takes every shorter text. */
const longest = (t: SqlType): number | null => {
  if (t.tag === 'text' || t.tag === 'enum') return Number.POSITIVE_INFINITY
  return t.tag === 'varchar' || t.tag === 'char' ? t.length : null
}

/** Whether a column gets another type without its rows being written again. */
const isKept = (from: SqlType, to: SqlType): boolean => {
  if (from.tag === 'numeric' && to.tag === 'numeric') return from.scale === to.scale && from.precision <= to.precision
  const [old, now] = [longest(from), longest(to)]
  if (old === null || now === null) return from.tag === to.tag && from.tag !== 'custom' && from.tag !== 'array' && from.tag !== 'vector'
  return old <= now
}

type Changed = Part & { readonly tag: 'change' }

const ofChange = ({ change, parts }: Changed, online: boolean): Effect => {
  switch (change.tag) {
    case 'addColumn':
      if (change.column.generated) return REWRITTEN
      return online || parts.typeChecksAfter(change.field).length === 0 ? HARMLESS : READS
    case 'changeType': {
      const [from, to] = [parts.before.types[change.field], parts.after.types[change.field]]
      if (change.using !== null || from === undefined || to === undefined || !isKept(from.sql, to.sql)) return REWRITTEN
      return online || parts.typeChecksAfter(change.field).length === 0 ? HARMLESS : READS
    }
    case 'setNotNull':
    case 'addKey':
    case 'addCheck':
      return online ? HARMLESS : READS
    default:
      return HARMLESS
  }
}

const effect: Online['effect'] = (part, online) => {
  switch (part.tag) {
    case 'command':
      return { rewrites: true, blocks: 'writes' }
    case 'change':
      return ofChange(part, online)
    case 'step':
      if (online) return HARMLESS
      if (part.step.tag === 'dropIndex') return READS
      return part.step.tag === 'createIndex' || part.step.tag === 'addForeignKey' ? WRITES : HARMLESS
    default:
      return HARMLESS
  }
}

const sqlWork = (statements: readonly string[]): readonly Work[] => statements.map(sql => ({ tag: 'sql', sql }))
const batch = (...statements: readonly string[]): WorkBatch => ({
  work: sqlWork(statements),
  transactional: true,
  remains: null,
  again: null,
})
const alone = (statement: string, { remains = null, again = null }: Partial<Pick<WorkBatch, 'remains' | 'again'>>): WorkBatch => ({
  work: sqlWork([statement]),
  transactional: false,
  remains,
  again,
})

/** An index that a concurrent build left behind. `table` and `drop` are quoted, `name` is not. */
const invalidIndex = (name: string, table: string, drop: string): Remains => ({
  find: `SELECT 1 FROM pg_index WHERE NOT indisvalid AND indrelid = to_regclass(${quoted(table)}) AND indexrelid IN (SELECT oid FROM pg_class WHERE relname = ${quoted(name)})`,
  remove: drop,
  message: `The index "${name}" of ${table} was left invalid by an interrupted build: it is dropped and built again.`,
})

/** A constraint that was added and not validated. */
const invalidConstraint = (name: string, table: string): Remains => ({
  find: `SELECT 1 FROM pg_constraint WHERE NOT convalidated AND conrelid = to_regclass(${quoted(table)}) AND conname = ${quoted(name)}`,
  remove: `ALTER TABLE ${table} DROP CONSTRAINT ${quote(name)}`,
  message: `The constraint "${name}" of ${table} was left without validation by an interrupted run: it is dropped and added again.`,
})

/** A constraint that is added without looking at the rows, then validated. */
const constrained = (table: string, name: string, statement: string): readonly WorkBatch[] => [
  { ...batch(`${statement} NOT VALID`), remains: invalidConstraint(name, table) },
  batch(`ALTER TABLE ${table} VALIDATE CONSTRAINT ${quote(name)}`),
]

/** NOT NULL that is known from a valid check, which is dropped afterwards. */
const notNull = ({ change, parts }: Changed, statement: string): readonly WorkBatch[] => {
  if (change.tag !== 'setNotNull') return []
  const name = quote(`${columnName(parts.before, change.field).slice(0, 20)}__not_null`)
  const alter = `ALTER TABLE ${parts.target}`
  return [
    batch(`${alter} DROP CONSTRAINT IF EXISTS ${name}, ADD CONSTRAINT ${name} CHECK (${parts.column(change.field)} IS NOT NULL) NOT VALID`),
    batch(`${alter} VALIDATE CONSTRAINT ${name}`),
    batch(statement, `${alter} DROP CONSTRAINT ${name}`),
  ]
}

/** The schema of a table as a prefix, as an index that lies in it is named. */
const schemaOf = (schema: string | null): string => (schema === null ? '' : `${quote(schema)}.`)

/** A key over an index that is built first. */
const keyed = ({ change, parts }: Changed): readonly WorkBatch[] => {
  if (change.tag !== 'addKey') return []
  const name = quote(change.key.name)
  const drop = `DROP INDEX CONCURRENTLY IF EXISTS ${schemaOf(parts.before.schema)}${name}`
  return [
    alone(`CREATE UNIQUE INDEX CONCURRENTLY ${name} ON ${parts.target} (${parts.columns(change.key.columns)})`, {
      remains: invalidIndex(change.key.name, parts.target, drop),
    }),
    batch(`ALTER TABLE ${parts.target} ADD CONSTRAINT ${name} ${change.primary ? 'PRIMARY KEY' : 'UNIQUE'} USING INDEX ${name}`),
  ]
}

/** Statements whose checks of a type are added without looking at the rows, then validated. */
const checked = ({ change, parts }: Changed, statements: readonly string[]): readonly WorkBatch[] | null => {
  const checks = change.tag === 'addColumn' || change.tag === 'changeType' ? parts.typeChecksAfter(change.field) : []
  if (checks.length === 0) return null
  const unchecked = checks.reduce(
    (all, { name, condition }) => all.map(s => s.replace(`ADD CONSTRAINT ${name} CHECK (${condition})`, added => `${added} NOT VALID`)),
    statements,
  )
  return [batch(...unchecked), ...checks.map(c => batch(`ALTER TABLE ${parts.target} VALIDATE CONSTRAINT ${c.name}`))]
}

const batchesOfChange = (part: Changed, statements: readonly string[]): readonly WorkBatch[] | null => {
  const { change, parts } = part
  switch (change.tag) {
    case 'setNotNull':
      return notNull(part, statements.join('; '))
    case 'addKey':
      return keyed(part)
    case 'addCheck':
      return constrained(parts.target, change.check.name, statements.join('; '))
    case 'addColumn':
    case 'changeType':
      return checked(part, statements)
    default:
      return null
  }
}

const batchesOfStep = ({ step }: Part & { readonly tag: 'step' }, statements: readonly string[]): readonly WorkBatch[] | null => {
  const [statement = ''] = statements
  switch (step.tag) {
    case 'createIndex': {
      const { table, index } = step
      const target = `${schemaOf(table.schema)}${quote(table.name)}`
      const drop = `DROP INDEX CONCURRENTLY IF EXISTS ${schemaOf(table.schema)}${quote(index.name)}`
      return [alone(statement.replace(/^CREATE (UNIQUE )?INDEX /, '$&CONCURRENTLY '), { remains: invalidIndex(index.name, target, drop) })]
    }
    case 'dropIndex':
      return [
        alone(statement.replace(/^DROP INDEX /, '$&CONCURRENTLY '), {
          again: statement.replace(/^DROP INDEX /, '$&CONCURRENTLY IF EXISTS '),
        }),
      ]
    case 'addForeignKey': {
      const { table, name } = step.foreignKey
      return statements.length === 0 ? null : constrained(`${schemaOf(table.schema)}${quote(table.name)}`, name, statement)
    }
    default:
      return null
  }
}

/** Postgres. */
export const online: Online = {
  effect,
  batches: (part, statements) => {
    if (part.tag === 'change') return batchesOfChange(part, statements)
    return part.tag === 'step' ? batchesOfStep(part, statements) : null
  },
}
