/**
 * The laws of errors: every violation of a constraint is the same typed error on every interpreter.
 *
 * The constraints that a row violates are derived from the schema and the stored rows, not from an interpreter: unique keys, foreign
 * keys, checks, nulls. A write fails exactly when it violates a constraint, with an error that names one of the violated constraints, its
 * table and its columns as the schema does (S31), and leaves all rows unchanged.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as C from '../lib/Command.js'
import { type AnyTable, type ExprType, expr, type Table } from '../lib/core/syntax/Syntax.js'
import { columnName, uniqueKeys } from '../lib/core/table/Table.js'
import { checkViolation, type DbError, foreignKeyViolation, notNullViolation, uniqueViolation } from '../lib/DbError.js'
import * as Expr from '../lib/Expr.js'
import type { Runner } from '../lib/Interpreter.js'
import type { AnySchema, ForeignKey } from '../lib/Schema.js'
import { type AnyDatabase, type DatabaseOptions, database, databaseText, failedChecks, identity } from './arbitrary/database.js'
import { contents, load } from './arbitrary/load.js'
import { type AnyRow, row } from './arbitrary/row.js'
import { valueText } from './arbitrary/values.js'
import { differentContents } from './commands.js'
import { type Cover, type Law, law } from './Law.js'

export interface ViolationSubject {
  readonly runner: Runner
  readonly schema: AnySchema
  readonly databases?: DatabaseOptions
}

const columns = (t: AnyTable, fields: readonly string[]): readonly string[] => fields.map(f => columnName(t, f))

const refersToNothing = (f: ForeignKey, of: AnyRow, targets: readonly AnyRow[]): boolean => {
  const id = identity(f.table, f.columns, of)
  return id !== null && !targets.some(t => identity(f.target, f.targetColumns, t) === id)
}

const nameOf = (schema: AnySchema, t: AnyTable): string => Object.keys(schema.tables).find(n => schema.tables[n] === t) as string

const lost = (f: ForeignKey): DbError => foreignKeyViolation(f.table.name, f.name, columns(f.table, f.columns))

/** Every constraint that a new row violates. */
export const violated = (schema: AnySchema, db: AnyDatabase, name: string, of: AnyRow): readonly DbError[] => {
  const table = schema.tables[name] as AnyTable
  const there = db[name] ?? []
  const unique = uniqueKeys(table).flatMap(key => {
    const id = identity(table, key.columns, of)
    return id !== null && there.some(r => identity(table, key.columns, r) === id)
      ? [uniqueViolation(table.name, key.name, columns(table, key.columns))]
      : []
  })
  const checks = failedChecks(table, of).map(check => checkViolation(table.name, check))
  const foreign = schema.foreignKeys.flatMap(f => {
    if (f.table !== table) return []
    const targets = [...(db[nameOf(schema, f.target)] ?? []), ...(f.target === table ? [of] : [])]
    return refersToNothing(f, of, targets) ? [lost(f)] : []
  })
  return [...unique, ...checks, ...foreign]
}

/** The part of an error that is compared: all but the message and the driver's error. */
const facts = (e: DbError): string => {
  const { message: _, cause: __, ...rest } = e
  return JSON.stringify(rest)
}

/** A complaint about the result of a write that should fail with one of the expected errors, or succeed if there are none. */
export const outcome = async (
  { runner, schema }: ViolationSubject,
  before: AnyDatabase,
  expected: readonly DbError[],
  got: E.Either<DbError, unknown>,
  cover: Cover,
): Promise<string | null> => {
  for (const e of expected) cover(expected.length === 1 ? e._tag : `${e._tag} among others`)
  if (expected.length === 0) {
    cover('no violation')
    return E.isRight(got) ? null : `no constraint is violated, but it fails with ${facts(got.left)}: ${got.left.message}`
  }
  if (E.isRight(got)) return `it succeeds, but violates ${expected.map(facts).join(' and ')}`
  if (!expected.map(facts).includes(facts(got.left)))
    return `it violates ${expected.map(facts).join(' and ')}, but fails with ${facts(got.left)}: ${got.left.message}`
  const after = await contents(schema)({ db: runner })()
  if (E.isLeft(after)) return `afterwards: ${after.left.message}`
  const difference = differentContents(schema, before, after.right, false)
  return difference === null ? null : `it failed and changed ${difference}`
}

const untyped = (t: AnyTable): Table<any> => t as Table<any>

const loaded = async ({ runner, schema }: ViolationSubject, db: AnyDatabase): Promise<string | null> => {
  const done = await load(schema, db)({ db: runner })()
  return E.isLeft(done) ? `the rows are refused: ${done.left.message}` : null
}

/** A law about one row of one table: `picks` choose a stored row and columns. */
const aboutRows = (
  subject: ViolationSubject,
  name: string,
  statement: string,
  write: (
    name: string,
    table: AnyTable,
    fresh: AnyRow,
    there: AnyRow | undefined,
    picks: readonly number[],
    db: AnyDatabase,
  ) => readonly [text: string, command: C.Command<unknown> | null, expected: readonly DbError[]],
): Law => {
  const { schema, databases = {} } = subject
  const names = Object.keys(schema.tables)
  const target = fc
    .constantFrom(...names)
    .chain(n => fc.tuple(fc.constant(n), row(schema.tables[n] as AnyTable, { small: true, columns: databases.columns?.[n] ?? {} })))
  const picks = fc.array(fc.nat(999), { minLength: 4, maxLength: 4 })
  return law(
    name,
    statement,
    fc.tuple(database(schema, databases), target, picks),
    async ([db, [n, fresh], p], cover) => {
      const problem = await loaded(subject, db)
      if (problem !== null) return problem
      const rows = db[n] ?? []
      const [text, command, expected] = write(n, schema.tables[n] as AnyTable, fresh, rows[(p[0] ?? 0) % Math.max(rows.length, 1)], p, db)
      if (command === null) return null
      const wrong = await outcome(subject, db, expected, await C.run(command)({ db: subject.runner })(), cover)
      return wrong === null ? null : `${wrong}\n\n${text}\n\nconst rows = ${databaseText(db)}`
    },
    { share: 1 / 10 },
  )
}

const generatedFields = (t: AnyTable): readonly string[] => Object.keys(t.columns).filter(f => t.columns[f]?.generated)

export const violationLaws = (subject: ViolationSubject): readonly Law[] => {
  const { schema } = subject
  return [
    aboutRows(
      subject,
      'insert(t)(row) fails exactly when row violates a constraint of t, and names it',
      'An insert fails with the typed error of a constraint that its row violates, with table, constraint and columns.',
      (name, table, fresh, there, picks, db) => {
        const [, a = 0, b = 0, c = 0] = picks
        const fields = Object.keys(table.columns)
        // the row has values in common with a stored one, so that keys collide one at a time
        const key = uniqueKeys(table)[a % Math.max(uniqueKeys(table).length, 1)]
        const copied =
          there === undefined ? [] : b % 3 === 0 ? (key?.columns ?? []) : b % 3 === 1 ? fields.filter((_, i) => (i + c) % 2 === 0) : fields
        const own = { ...fresh, ...Object.fromEntries(copied.map(f => [f, there?.[f]])) }
        const text = `C.insert(t.${name})(${valueText(own)})`
        return [text, C.insert(untyped(table))(own), violated(schema, db, name, own)]
      },
    ),
    aboutRows(
      subject,
      'update(t)({ c: null }) of a column that is not nullable is a NotNullViolation of t and c',
      'A null for a column that is not nullable is an error that names the column.',
      (name, table, _fresh, there, picks) => {
        const fields = Object.keys(table.columns).filter(f => !table.types[f]?.nullable && !generatedFields(table).includes(f))
        const f = fields[(picks[1] ?? 0) % Math.max(fields.length, 1)]
        const type = f === undefined ? undefined : table.types[f]
        if (there === undefined || f === undefined || type === undefined) return ['', null, []]
        const nothing = expr<never>({ tag: 'literal', value: null }, { ...type, nullable: true } satisfies ExprType)
        const text = `C.update(t.${name})({ ${f}: nullOf(${f}) }, C.everywhere)`
        return [text, C.update(untyped(table))({ [f]: nothing }, C.everywhere), [notNullViolation(table.name, columnName(table, f))]]
      },
    ),
    aboutRows(
      subject,
      'delete(t)(row) fails exactly when a row references it by a foreign key without an action',
      'A delete fails with the foreign key of a row that would be left without its target.',
      (name, table, _fresh, there, _picks, db) => {
        const key = table.primaryKey?.columns
        if (there === undefined || key === undefined) return ['', null, []]
        const id = identity(table, key, there)
        const rest = (db[name] ?? []).filter(r => identity(table, key, r) !== id)
        const referring = schema.foreignKeys.flatMap(f => {
          if (f.target !== table) return []
          const rows = f.table === table ? rest : (db[nameOf(schema, f.table)] ?? [])
          return rows.some(r => identity(f.table, f.columns, r) !== null && refersToNothing(f, r, rest)) ? [f] : []
        })
        const refersToItself = schema.foreignKeys.some(
          f => f.table === table && f.target === table && identity(table, f.columns, there) === identity(table, f.targetColumns, there),
        )
        if (refersToItself && subject.runner.capabilities.constraints === 'row') return ['', null, []]
        // an action may lead to other violations, which the law of commands covers
        if (referring.some(f => f.onDelete === 'cascade' || f.onDelete === 'setNull')) return ['', null, []]
        const where = (r: any): Expr.Pred => Expr.and(...key.map(k => Expr.eq(r[k], there[k] as {})))
        const text = `C.delete(t.${name})(row => ${key.map(k => `Expr.eq(row.${k}, ${valueText(there[k])})`).join(' and ')})`
        return [text, C.delete(untyped(table))(where), referring.map(lost)]
      },
    ),
  ]
}
