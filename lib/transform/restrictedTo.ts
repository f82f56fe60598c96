/**
 * An interpreter restricted to the tables of one schema.
 *
 * An operation that touches another table, at any depth, is refused before anything is sent: in sub-queries and recursions, in
 * the queries of views, in the defaults, checks and indexes of written tables, as the target of a foreign key. A table belongs to the schema if
 * it has the same name and the same columns; a view must also have the same query. Raw text may read anything, so every raw statement, every
 * `Expr.raw` and every type name of `sqlType` that no column of the schema has is refused, unless its text is allowed by name.
 *
 * Law: on programs over these tables without raw text it changes nothing. It does not see what the database does by itself
 * (triggers, cascades), and it assumes that the functions of a query are pure. `advisoryLock` touches no table and is allowed; `introspect`
 * shows the tables of the schema only.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Introspected, SqlOp } from '../core/operation/Interpreter.js'
import { idOf } from '../core/schema/SchemaImage.js'
import { createSteps } from '../core/schema/Step.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import type { AnySchema } from '../core/table/Schema.js'
import { columnName, qualifiedName } from '../core/table/Table.js'
import { type DbError, unsupported, validationError } from '../core/value/DbError.js'
import { type Contents, contentsOfCommand, contentsOfQuery, contentsOfSteps, rawName, rawOfType } from '../plan/contents.js'
import { around, type Transformer } from './around.js'

/** What is allowed in addition to the tables. */
export interface RestrictedOptions {
  /**
   * Raw texts that are allowed, each by its exact text with `?` for its arguments: ``raw`lower(${x})` `` is `'lower(?)'`. The
   * fragment is then allowed anywhere, and so is a raw statement of this text. The arguments of an allowed fragment are still checked.
   */
  readonly raw?: readonly string[]
}

/** Refuses operations on tables outside the schema, and raw text that is not allowed by name. */
export const restrictedTo = ({ tables }: AnySchema, options: RestrictedOptions = {}): Transformer => {
  const own = new Map(Object.values(tables).map(t => [idOf(t), t]))
  const names = Object.values(tables).map(qualifiedName).join(', ')
  const types = Object.values(tables).flatMap(t => Object.values(t.types).flatMap(type => rawOfType(type.sql)))
  const allowed = new Set([...(options.raw ?? []), ...types])

  const tableProblem = (t: AnyTable): DbError | null => {
    const known = own.get(idOf(t))
    if (known === undefined) {
      return validationError([qualifiedName(t)], `this interpreter is restricted to the tables ${names}`)
    }
    return isSame(t, known)
      ? null
      : validationError(
          [qualifiedName(t)],
          `this interpreter is restricted to another table of this name: ${t.query === null && known.query === null ? 'the columns differ' : 'the columns or the queries of the views differ'}. Use the table of the schema passed to restrictedTo`,
        )
  }
  const rawProblem = (name: string, at: readonly string[]): DbError | null =>
    allowed.has(name)
      ? null
      : unsupported(
          `the raw text ${quoted(name)}${at.length === 0 ? '' : ` (in ${at.join('.')})`}`,
          'an interpreter that is restricted to some tables',
          'use combinators, or allow exactly this text by restrictedTo(schema, { raw: [...] })',
        )
  const problem = (op: SqlOp): DbError | null => {
    if (op.tag === 'advisoryLock') return null
    if (op.tag === 'raw') return rawProblem(rawName(op.text), [])
    const found = contentsOf(op)
    if (E.isLeft(found)) return found.left
    for (const t of found.right.tables) {
      const wrong = tableProblem(t)
      if (wrong !== null) return wrong
    }
    for (const { name, at } of found.right.raw) {
      const refused = rawProblem(name, at)
      if (refused !== null) return refused
    }
    return null
  }
  /** What is in the database apart from the tables is not shown. */
  const seen = (found: Introspected): Introspected => {
    const isOwn = (t: Pick<AnyTable, 'schema' | 'name'>): boolean => own.has(idOf(t))
    return { ...found, live: { ...found.live, tables: found.live.tables.filter(isOwn), views: found.live.views.filter(isOwn) } }
  }
  return around((op, next) => async () => {
    const refused = problem(op)
    if (refused !== null) return E.left(refused)
    const answer = await next()
    return op.tag === 'introspect' ? (E.map(found => seen(found as Introspected))(answer) as typeof answer) : answer
  })
}

const contentsOf = (op: Exclude<SqlOp, { readonly tag: 'raw' | 'advisoryLock' }>): E.Either<DbError, Contents> => {
  switch (op.tag) {
    case 'ddl':
      return contentsOfSteps(op.steps)
    case 'introspect':
      return contentsOfSteps(op.wanted === null ? [] : createSteps(op.wanted))
    case 'execute':
      return contentsOfCommand(op.command)
    case 'all':
    case 'cursor':
    case 'explain':
      return contentsOfQuery(op.query)
  }
}

const isSame = (t: AnyTable, known: AnyTable): boolean =>
  t === known || (t.query === known.query && JSON.stringify(columnsOf(t)) === JSON.stringify(columnsOf(known)))

const columnsOf = (t: AnyTable): readonly unknown[] =>
  Object.keys(t.types)
    .sort()
    .map(field => [field, columnName(t, field), t.types[field]?.sql, t.types[field]?.nullable])

/** A text as one line; of a long one the middle is omitted. */
const quoted = (text: string): string =>
  JSON.stringify(text.length <= 400 ? text : `${text.slice(0, 300)} [${text.length - 400} characters omitted] ${text.slice(-100)}`)
