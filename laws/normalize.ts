/**
 * The law of normalize: no rewrite of a plan changes a result, alone or together with the others.
 *
 * The runner is opened with a function in place of `normalize`, which a law can set to the identity, one rewrite, all of them, or
 * `normalize`. The plain plan is the reference, so no second interpreter is needed, and errors that a model would share are found too.
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

const identity: Rewriting = plan => plan

/** A rewrite that calls `fits` when it applies. */
const watched = (r: Rewrite, fits: () => void): Rewrite => ({
  ...r,
  apply: rel => {
    const simpler = r.apply(rel)
    if (simpler !== null) fits()
    return simpler
  },
})

/** What is compared with the plain plan, by name. */
const rewritings: readonly (readonly [string, (fits: () => void) => Rewriting])[] = [
  ...rewrites.map(r => [r.name, (fits: () => void) => rewriteWith([watched(r, fits)])] as const),
  ['dropPresence', () => dropPresence],
  ['all rewrites', fits => rewriteWith(rewrites.map(r => watched(r, fits)))],
  ['normalize', () => normalize],
]

/** A rewrite must apply to at least one in 200 cases. */
const demand: Law['demand'] = (coverage, cases) =>
  cases >= 1000 && (coverage.get('fits') ?? 0) < cases / 200 ? `it applies to ${coverage.get('fits') ?? 0} of ${cases} cases` : null

/** A runner whose rewriting can be changed between queries. */
export interface Switchable {
  readonly runner: Runner
  readonly use: (rewriting: Rewriting) => void
}

/** Opens a runner for the laws of normalize. Close it when they are done. */
export const switchable = async <X extends DbError>(open: OpenWith<X>): Promise<E.Either<X, Switchable>> => {
  let now: Rewriting = identity
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

/** A law for each rewrite, one for all together, one for `normalize`. */
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
      'A rewrite of a plan changes no result.',
      fc.tuple(batch(query(schema), BATCH), database(schema, databases)),
      async ([queries, db], cover) => {
        const loaded = await load(schema, db)({ db: runner })()
        if (E.isLeft(loaded)) return `the rows are refused: ${loaded.left.message}\n\nconst rows = ${databaseText(db)}`
        for (const q of queries) {
          let fitted = false
          use(identity)
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
