/**
 * Errors of Postgres, classified by SQLSTATE: for PGlite and for every Postgres driver.
 *
 * The fields are those of the protocol's ErrorResponse; drivers name some of them differently, so a
 * runner converts them to the names used here. Columns of a unique key come from the table that the
 * statement was about, else from the error's detail.
 */

import { keyNamed } from '../../core/schema/references.js'
import { columnName, madeByType, uniqueConstraints } from '../../core/table/Table.js'
import {
  checkViolation,
  connectionError,
  type DbError,
  type DriverError,
  databaseError,
  deadlock,
  foreignKeyViolation,
  lockTimeout,
  notNullViolation,
  numericOverflow,
  schemaConflict,
  serializationFailure,
  stillReferred,
  syntaxError,
  timeout,
  transactionAborted,
  uniqueViolation,
  unsupported,
  validationError,
  valueTooLong,
} from '../../core/value/DbError.js'
import type { Context } from '../Driver.js'
import { driverError, isRaised } from '../driverError.js'
import { createdIndex, refusedIndex } from '../indexErrors.js'
import { nameIn, shownSql } from '../withoutValues.js'

/** The fields of an error that are classified. */
export interface PostgresError {
  readonly code?: string | undefined
  readonly message: string
  readonly detail?: string | undefined
  readonly table?: string | undefined
  readonly column?: string | undefined
  readonly constraint?: string | undefined
  readonly position?: string | undefined
  /** The function of the server that failed. */
  readonly routine?: string | undefined
}

/** The fields of an error of postgres.js. */
export const postgresErrorOf = (thrown: unknown): PostgresError => {
  if (!(thrown instanceof Error)) return { message: String(thrown) }
  const e = thrown as Error & { readonly [field: string]: string | undefined }
  return {
    code: e['code'],
    message: e.message,
    detail: e['detail'],
    table: e['table_name'],
    column: e['column_name'],
    constraint: e['constraint_name'],
    position: e['position'],
    routine: e['routine'],
  }
}

/** The columns in `Key (a, b)=(...)`. */
const keyIn = (detail: string | undefined): readonly string[] => {
  const list = /^Key \((.*?)\)=/.exec(detail ?? '')?.[1]
  return list === undefined
    ? []
    : (list.match(/"(?:[^"]|"")*"|[^,]+(?=, |$)/g) ?? [])
        .map(c => c.trim())
        .map(c => (c.startsWith('"') ? c.slice(1, -1).replaceAll('""', '"') : c))
}

const unique = (e: PostgresError, { table }: Context, cause: DriverError): DbError => {
  const keys = table === null ? [] : uniqueConstraints(table)
  const key = keys.find(k => k.name === e.constraint)
  const columns = table === null || key === undefined ? keyIn(e.detail) : key.columns.map(f => columnName(table, f))
  return uniqueViolation(e.table ?? table?.name ?? '', e.constraint ?? null, columns, cause)
}

/** The referring columns: named by the error on an insert, by the constraint's own name on a delete. */
const foreignKey = (e: PostgresError, { foreignKeys }: Context, cause: DriverError): DbError => {
  const [name, own] = [e.constraint ?? null, keyIn(e.detail)]
  const known = keyNamed(foreignKeys, e.table, name)
  const referring = e.detail?.includes('is not present') === true
  const fault = referring ? 'written' : e.detail?.includes('is still referenced') === true ? 'gone' : 'unknown'
  if (known !== undefined) return foreignKeyViolation(known.table.name, name, known.columns, cause, fault)
  const middle =
    name?.startsWith(`${e.table}_`) && name.endsWith('_fkey') ? name.slice((e.table?.length ?? 0) + 1, -'_fkey'.length) : undefined
  const columns = referring ? own : middle !== undefined && own.length === 1 ? [middle] : []
  return foreignKeyViolation(e.table ?? null, name, columns, cause, fault)
}

const check = (e: PostgresError, { table }: Context, cause: DriverError): DbError => {
  const long = table === null || e.constraint === undefined ? null : madeByType(table, e.constraint, 'length')
  return long === null ? checkViolation(e.table ?? null, e.constraint ?? null, cause) : valueTooLong(long, cause)
}

/** Postgres reports only the length of the column: if the table has one column of that length, it is that one. */
const tooLong = (e: PostgresError, { table }: Context, cause: DriverError): DbError => {
  const length = Number(/character varying\((\d+)\)/.exec(e.message)?.[1])
  const fields = Object.entries(table?.types ?? {}).flatMap(([f, { sql }]) =>
    (sql.tag === 'varchar' || sql.tag === 'char') && sql.length === length ? [f] : [],
  )
  return valueTooLong(table !== null && fields.length === 1 ? columnName(table, fields[0] as string) : null, cause)
}

/** The type that is out of range, or the kind of overflow, if the message tells: words of a list, since the message may contain the number. */
const overflowIn = (message: string): string | null =>
  (/^(smallint|integer|bigint|real|double precision|oid) out of range$/.exec(message) ??
    /out of range for type (smallint|integer|bigint|real|double precision|oid)$/.exec(message) ??
    /^value out of range: (overflow|underflow)$/.exec(message) ??
    /^(?:value overflows )?(numeric) /.exec(message))?.[1] ?? null

const named = (message: string): string =>
  (/"(.*?)"(?: (?:of|for) relation "| does not| already| specified| conflicts|$)/s.exec(message) ?? /"(.*)"/s.exec(message))?.[1] ?? message

const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name)

/** `constraint f on table child depends on table parent`, or `view v depends on table parent`. */
const stillInUse = (e: PostgresError, context: Context, cause: DriverError): DbError => {
  const [, by, referred] =
    /^(?:constraint .* on )?(?:table|view|materialized view) (.*?) depends on table (.*)$/m.exec(e.detail ?? '') ?? []
  return stillReferred(
    nameIn(context, unquoted(referred ?? named(e.message))),
    by === undefined ? 'another object' : nameIn(context, unquoted(by)),
    cause,
  )
}

/** Why Postgres can't have the index of a statement; null for other errors. */
const indexProblem = (e: PostgresError, context: Context, cause: DriverError): DbError | null => {
  const created = createdIndex(context)
  if (created === null) return null
  switch (e.code) {
    case '42P17':
      return refusedIndex('postgres', created, 'changing', cause.message)
    case '42704':
      return refusedIndex('postgres', created, e.message.startsWith('access method ') ? 'method' : 'type', cause.message)
    case '0A000':
      return refusedIndex('postgres', created, e.message.startsWith('access method ') ? 'method' : 'kind', cause.message)
    default:
      return null
  }
}

/** `thrown` is what the driver threw, `error` its fields. */
export const classifyPostgres = (error: PostgresError, context: Context, thrown: unknown): DbError => {
  const cause = driverError(thrown, context)
  // a function may RAISE an error with any text as a name
  const e = isRaised(thrown) ? { code: error.code, message: error.message, position: error.position } : error
  const object = nameIn(context, named(e.message))
  const ofIndex = indexProblem(e, context, cause)
  if (ofIndex !== null) return ofIndex
  switch (e.code) {
    case '23505':
      return unique(e, context, cause)
    case '23503':
    case '23001':
      return foreignKey(e, context, cause)
    case '23502':
      return notNullViolation(e.table ?? context.table?.name ?? '', e.column ?? '', cause)
    case '23514':
      return check(e, context, cause)
    case '22001':
      return tooLong(e, context, cause)
    case '22003':
      return numericOverflow(overflowIn(e.message), cause)
    case '22023':
      return !context.hasRaw && e.message.startsWith('time zone ') ? unsupported(cause.message, 'postgres') : byClass(e, context, cause)
    case '2200H':
      return numericOverflow('a sequence has reached its last value', cause)
    case '42P01':
      if (e.message.startsWith('missing FROM'))
        return syntaxError(cause.message, shownSql(context), e.position === undefined ? null : Number(e.position), context.hasRaw, cause)
      return schemaConflict(object, 'there is no such table: create it with createAll', cause)
    case '42704':
      return context.hasRaw || !/^(constraint|index) /.test(e.message)
        ? byClass(e, context, cause)
        : schemaConflict(object, 'there is no such constraint or index', cause)
    case '42703':
      return context.isRaw
        ? syntaxError(cause.message, shownSql(context), e.position === undefined ? null : Number(e.position), context.hasRaw, cause)
        : schemaConflict(object, 'there is no such column: the table in the database differs from its definition here', cause)
    case '42804':
    case '42883':
      if (context.hasRaw || !/^operator does not exist|^column .* is of type/.test(e.message)) return byClass(e, context, cause)
      return schemaConflict(
        object,
        `a column has a different type in the database (${cause.message}): change its definition here, or the column`,
        cause,
      )
    case '0A000':
      if (!isStalePlan(e)) return byClass(e, context, cause)
      return { ...serializationFailure(cause), message: 'a table was changed after the statement was prepared: run the transaction again' }
    case '42501':
      return databaseError(e.code, cause.message, cause)
    case '3F000':
      return schemaConflict(object, 'there is no such schema: create it first', cause)
    case '55006':
      return schemaConflict(object, 'it is in use by an open cursor: end the fold or stream first', cause)
    case '2BP01':
      return stillInUse(e, context, cause)
    case '42P07':
    case '42710':
    case '42701':
      return schemaConflict(object, 'it exists already: drop it first, or leave it out of the schema', cause)
    case '40001':
      return serializationFailure(cause)
    case '40P01':
      return deadlock(cause)
    case '25P02':
      return transactionAborted
    case '25006':
      return validationError([], 'writes are not allowed in a read-only transaction')
    case '55P03':
      return lockTimeout
    case '57014':
      return timeout('a statement', 0, 'it was cancelled; make it smaller, or allow it more time')
    default:
      return byClass(e, context, cause)
  }
}

/** Whether the plan of a prepared statement is stale, because its tables have changed. */
export const isStalePlan = (thrown: unknown): boolean =>
  /^RevalidateCachedQuery$/i.test(String((thrown as { readonly routine?: unknown } | null)?.routine))

/** The class of a code is its first two characters. */
const byClass = (e: PostgresError, context: Context, cause: DriverError): DbError => {
  const position = e.position === undefined ? null : Number(e.position)
  switch (e.code?.slice(0, 2)) {
    case '42':
      return syntaxError(cause.message, shownSql(context), position, context.hasRaw, cause)
    case '54':
      if (/index row/.test(e.message)) return valueTooLong(null, cause)
      return unsupported(`a statement this large (${cause.message})`, 'postgres', 'split it')
    case '0A':
      return unsupported(cause.message, 'postgres')
    case '08':
    case '53':
    case '57':
      return connectionError('postgres', cause.message, cause)
    default:
      return databaseError(e.code ?? null, cause.message, cause)
  }
}

/**
 * Codes by which the server, or a pooler in front of it, ends the session; they tell nothing about the statement. Class 08, an
 * unknown completion, shutdowns (57P01 to 57P05), and what poolers send when their server is gone (58000).
 */
const ENDS_SESSION = /^(?:08...|40003|57P0[1-5]|58000)$/

/** Whether a driver's error is a reply: the statement failed, and the session goes on. */
export const isPostgresReply = (thrown: unknown): boolean => {
  const { name, code, severity, severity_local } = (thrown ?? {}) as { readonly [field: string]: unknown }
  const isFatal = [severity, severity_local].some(s => s === 'FATAL' || s === 'PANIC')
  return name === 'PostgresError' && typeof code === 'string' && !ENDS_SESSION.test(code) && !isFatal
}
