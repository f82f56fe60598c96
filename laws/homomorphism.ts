/**
 * The law of interpreters: `runner.perform(op) = memory.perform(op)` for every query.
 *
 * Both interpreters get the same rows and run the same queries. Their results are the same bags, or the same lists if the order is total;
 * or both fail with the same error. The runner may refuse with `Unsupported` what its capabilities declare, and at most a fifth of the
 * queries.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { DbError } from '../lib/DbError.js'
import type { Runner } from '../lib/Interpreter.js'
import * as Q from '../lib/Query.js'
import type { AnySchema } from '../lib/Schema.js'
import { formOf, sameAnswer, show } from './answer.js'
import { batch } from './arbitrary/batch.js'
import { type AnyDatabase, type DatabaseOptions, database, databaseText } from './arbitrary/database.js'
import { load } from './arbitrary/load.js'
import { type GeneratedQuery, query } from './arbitrary/query.js'
import { queryVocabulary } from './arbitrary/vocabulary.js'
import { type Cover, type Coverage, type Law, law } from './Law.js'
import { isRefused, undeclared } from './refused.js'

export type Answer = E.Either<DbError, readonly unknown[]>

/** A query and its rows as TypeScript that can be run. */
export const caseText = (q: GeneratedQuery, db: AnyDatabase): string => {
  const tables = [...q.uses].filter(u => u.startsWith('t.')).map(u => u.slice(2))
  return `const query = ${q.text}\n\nconst rows = ${databaseText(db, tables)}`
}

export const answerText = (q: GeneratedQuery, answer: Answer): string =>
  E.isLeft(answer) ? `${answer.left._tag}: ${answer.left.message}` : show(formOf(q.query, q.ordered), answer.right)

/** Counts the labels of one result. */
const coverAnswer = (cover: Cover, q: GeneratedQuery, answer: Answer): void => {
  for (const use of q.uses) cover(use)
  if (E.isLeft(answer)) {
    cover(`refused: ${answer.left._tag}`)
    return
  }
  const n = answer.right.length
  cover(n === 0 ? 'rows: 0' : n === 1 ? 'rows: 1' : n < 10 ? 'rows: 2 to 9' : 'rows: 10 and more')
  cover(q.ordered ? 'order: total' : 'order: open')
}

/** How the results of two interpreters for one query differ; null if they agree. */
export const disagreement = (q: GeneratedQuery, expected: Answer, got: Answer): string | null => {
  if (E.isLeft(expected) && E.isLeft(got)) return expected.left._tag === got.left._tag ? null : 'the errors differ'
  if (E.isLeft(expected) || E.isLeft(got)) return 'one of them is an error'
  return sameAnswer(formOf(q.query, q.ordered), expected.right, got.right) ? null : 'the results differ'
}

/** At most `mostlyEmpty` percent of the results are empty and, from a number of cases on, each of the labels has occurred. */
export const demandOf =
  (labels: readonly string[], from: number, mostlyEmpty = 60) =>
  (coverage: Coverage, cases: number): string | null => {
    const empty = ((coverage.get('rows: 0') ?? 0) / cases) * 100
    if (cases >= 200 && empty > mostlyEmpty) return `${empty.toFixed(0)} % of the results are empty`
    const missing = labels.filter(l => !coverage.has(l))
    return cases < from || missing.length === 0 ? null : `never used in ${cases} cases: ${missing.join(', ')}`
  }

export interface Subject {
  readonly runner: Runner
  readonly reference: Runner
  readonly schema: AnySchema
  readonly databases?: DatabaseOptions
}

export const sameAnswers = ({ runner, reference, schema, databases = {} }: Subject): Law =>
  law(
    'runner.perform(all(q)) = memory.perform(all(q))',
    'A runner returns the rows that the model computes for every query.',
    fc.tuple(batch(query(schema), BATCH), database(schema, databases)),
    async ([queries, db], cover) => {
      for (const r of [runner, reference]) {
        const loaded = await load(schema, db)({ db: r })()
        if (E.isLeft(loaded)) return `${r.capabilities.engine} rejects the rows: ${loaded.left.message}\n\nconst rows = ${databaseText(db)}`
      }
      for (const q of queries) {
        const [got, expected] = [await Q.all(q.query)({ db: runner })(), await Q.all(q.query)({ db: reference })()] as [Answer, Answer]
        coverAnswer(cover, q, got)
        const why = isRefused(cover, got) ? undeclared(runner, got.left) : disagreement(q, expected, got)
        if (why !== null) {
          const line = (r: Runner, a: Answer): string => `${r.capabilities.engine}: ${answerText(q, a)}`
          return `${why}\n\n${caseText(q, db)}\n\n${line(reference, expected)}\n${line(runner, got)}`
        }
      }
      return null
    },
    { batch: BATCH, demand: demandOf(queryVocabulary, 5000) },
  )

const BATCH = 50
