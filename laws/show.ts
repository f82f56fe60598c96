/**
 * The laws of `show`: the text of a query builds the same query.
 *
 * The text is TypeScript without types, so it can be evaluated: with the functions of the library and the tables in scope, and the
 * identity for the functions of `mapRow`, it builds a query that prints the same SQL in every dialect. The caller provides the
 * evaluation, because nothing in this library runs text as code.
 *
 * A query that is built twice has the same text.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as C from '../lib/Command.js'
import type { AnyCommand, AnyQuery } from '../lib/core/syntax/Syntax.js'
import type { DialectName } from '../lib/core/value/DialectName.js'
import type { DbError } from '../lib/DbError.js'
import * as Q from '../lib/Query.js'
import type { AnySchema } from '../lib/Schema.js'
import { commandToSql, toSql } from '../lib/sql/index.js'
import { command } from './arbitrary/command.js'
import { elaborate, query } from './arbitrary/query.js'
import { type Law, law } from './Law.js'

/** Evaluates a text with `pipe`, the modules of the library, their functions, and the tables in scope. */
export type Evaluate = (text: string) => unknown

const dialects: readonly DialectName[] = ['postgres', 'mysql', 'mariadb', 'sqlite']

const printed = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v instanceof Error ? v.message : v)) ?? 'undefined'

/** A report on the first dialect in which two values print different SQL, or null. */
const difference = (
  text: string,
  evaluate: Evaluate,
  given: unknown,
  print: (d: DialectName, x: any) => E.Either<DbError, unknown>,
): string | null => {
  let again: unknown
  try {
    again = evaluate(text)
  } catch (thrown) {
    return `the text is not a query: ${thrown}\n\n${text}`
  }
  for (const d of dialects) {
    const [was, is] = [print(d, given), print(d, again)]
    // a part that is refused is shown as a comment, so the whole is refused too, with another message
    if (E.isLeft(was) && E.isLeft(is)) continue
    const [before, after] = [printed(was), printed(is)]
    if (before !== after) return `${d} prints another statement\n\n${text}\n\nof the query: ${before}\nof the text:  ${after}`
  }
  return null
}

const queryLaw = (schema: AnySchema, evaluate: Evaluate): Law =>
  law(
    'toSql(evaluate(show(q))) = toSql(q)',
    'The text of a query builds the same query, and is the same each time the query is built.',
    query(schema),
    q => {
      const text = Q.show(q.query, { tables: schema.tables })
      if (Q.show(elaborate(schema, q.recipe, []).build([]), { tables: schema.tables }) !== text)
        return `a second build has another text: ${q.text}`
      const problem = difference(text, evaluate, q.query, (d, x: AnyQuery) => toSql(d)(x))
      return problem === null ? null : `${problem}\n\nwritten as: ${q.text}`
    },
  )

const commandLaw = (schema: AnySchema, evaluate: Evaluate): Law =>
  law(
    'commandToSql(evaluate(show(c))) = commandToSql(c)',
    'The text of a command builds the same command.',
    fc.oneof({ weight: 4, arbitrary: command(schema) }, { weight: 1, arbitrary: command(schema, { changes: true }) }),
    c => {
      // a command that is refused when it is built is shown as a comment
      if (c.command.node.tag === 'invalid') return null
      const text = C.show(c.command, { tables: schema.tables })
      const problem = difference(text, evaluate, c.command, (d, x: AnyCommand) => commandToSql(d)(x))
      return problem === null ? null : `${problem}\n\nwritten as: ${c.text}`
    },
  )

export const showLaws = (schema: AnySchema, evaluate: Evaluate): readonly Law[] => [
  queryLaw(schema, evaluate),
  commandLaw(schema, evaluate),
]
