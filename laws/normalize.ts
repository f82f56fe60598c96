/**
 * The law of normalize: no rewrite of a plan changes an answer, alone or with the others.
 *
 * The runner is opened with a function in place of `normalize`, and that function does what the law
 * wants at the moment: nothing, one rewrite, all of them, or `normalize`. A query as it was reified is
 * the measure; it needs no other interpreter, so that the law also finds what a model shares with it.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { DbError } from '../lib/DbError.js'
import type { Runner } from '../lib/Interpreter.js'
import { dropPresence } from '../lib/plan/normalize/dropPresence.js'
import { normalize, rewrites, rewriteWith } from '../lib/plan/normalize/normalize.js'
import type { Rewrite } from '../lib/plan/normalize/Rewrite.js'
import type { Plan } from '../lib/plan/Rel.js'
import * as Q from '../lib/Query.js'
import type { AnySchema } from '../lib/Schema.js'
import { batch } from './arbitrary/batch.js'
import { type DatabaseOptions, database, databaseText } from './arbitrary/database.js'
import { load } from './arbitrary/load.js'
import { query } from './arbitrary/query.js'
import { type Answer, answerText, caseText, disagreement } from './homomorphism.js'
import { type Law, law } from './Law.js'

type Rewriting = (plan: Plan) => Plan

/** Opens a runner that uses a function in place of `normalize`: `rewrite => sqlite({ rewrite })`. */
export type OpenWith<X> = (rewrite: Rewriting) => () => Promise<E.Either<X, Runner>>

const nothing: Rewriting = plan => plan

/** A rewrite that tells when it fits. */
const watched = (r: Rewrite, fits: () => void): Rewrite => ({
  ...r,
  apply: rel => {
    const simpler = r.apply(rel)
    if (simpler !== null) fits()
    return simpler
  },
})

/** What stands to be compared with nothing, by name. */
const rewritings: readonly (readonly [string, (fits: () => void) => Rewriting])[] = [
  ...rewrites.map(r => [r.name, (fits: () => void) => rewriteWith([watched(r, fits)])] as const),
  ['dropPresence', () => dropPresence],
  ['all rewrites', fits => rewriteWith(rewrites.map(r => watched(r, fits)))],
  ['normalize', () => normalize],
]

/** Rewrites that have to be seen at work. */
const demand: Law['demand'] = (coverage, cases) =>
  cases >= 1000 && (coverage.get('fits') ?? 0) < cases / 200 ? `it fits in ${coverage.get('fits') ?? 0} of ${cases} cases` : null

/** A runner whose rewriting can be changed between two queries. */
export interface Switchable {
  readonly runner: Runner
  readonly use: (rewriting: Rewriting) => void
}

/** A runner for the laws of normalize. Close it when they are done. */
export const switchable = async <X extends DbError>(open: OpenWith<X>): Promise<E.Either<X, Switchable>> => {
  let now: Rewriting = nothing
  const opened = await open(plan => now(plan))()
  if (E.isLeft(opened)) return opened
  return E.right({
    runner: opened.right,
    use: rewriting => {
      now = rewriting
    },
  })
}

const BATCH = 20

/** One law a rewrite, one for all together, one for `normalize`. */
export const normalizeLaws = ({
  switchable: { runner, use },
  schema,
  databases = {},
}: {
  readonly switchable: Switchable
  readonly schema: AnySchema
  readonly databases?: DatabaseOptions
}): readonly Law[] =>
  rewritings.map(([name, rewritingOf]) =>
    law(
      `run(${name}(plan(q))) = run(plan(q))`,
      'A rewrite of a plan changes no answer.',
      fc.tuple(batch(query(schema), BATCH), database(schema, databases)),
      async ([queries, db], cover) => {
        const loaded = await load(schema, db)({ db: runner })()
        if (E.isLeft(loaded)) return `the rows are refused: ${loaded.left.message}\n\nconst rows = ${databaseText(db)}`
        for (const q of queries) {
          let fitted = false
          use(nothing)
          const plain = (await Q.all(q.query)({ db: runner })()) as Answer
          use(
            rewritingOf(() => {
              fitted = true
            }),
          )
          const rewritten = (await Q.all(q.query)({ db: runner })()) as Answer
          if (fitted) cover('fits')
          const why = disagreement(q, plain, rewritten)
          if (why !== null) return `${why}\n\n${caseText(q, db)}\n\nplain: ${answerText(q, plain)}\n${name}: ${answerText(q, rewritten)}`
        }
        return null
      },
      name === 'dropPresence' || name === 'normalize' ? { batch: BATCH, share: 1 / 5 } : { batch: BATCH, share: 1 / 5, demand },
    ),
  )
