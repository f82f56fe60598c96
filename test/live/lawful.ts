/**
 * The laws applied to an engine: each `laws.<engine>.test.ts` is an instance.
 *
 * In CI the homomorphism with the model runs on 5,000 random queries, the other laws on fewer, elsewhere all on a fifth (`amount`); `npm
 * run laws` runs any number. The seed is fixed, so that runs are reproducible; LAWS_SEED selects other cases. A failure prints its case
 * and the line that replays it.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import * as Laws from '../../laws/index.js'
import type { DbError } from '../../lib/DbError.js'
import type { Runner } from '../../lib/Interpreter.js'
import { memory } from '../../lib/run/memory.js'
import type { AnySchema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { amount } from '../amount.js'
import { note, suite } from '../suite.js'

const { sample, everyType } = Laws.Arbitrary

const QUERIES = 'runner.perform(all(q)) = memory.perform(all(q))'

export interface Tried {
  readonly engine: string
  readonly open: () => Promise<E.Either<DbError, Runner>>
  /** Opens it with rewrites of the laws' own, if it has plans. */
  readonly openWith: Laws.OpenWith<DbError> | null
  /** Cases of each law, and random queries held against the model. */
  readonly cases: number
  readonly queries: number
}

const need = <A>(answer: E.Either<DbError, A>): A => {
  if (E.isLeft(answer)) throw new Error(`${answer.left._tag}: ${answer.left.message}`)
  return answer.right
}

const withTables = async (runner: Runner, ...schemas: readonly AnySchema[]): Promise<Runner> => {
  for (const schema of schemas) need(await createAll(schema)({ db: runner })())
  return runner
}

/** Applies every law; each is a test. */
export const lawful = async ({ engine, open, openWith, cases, queries }: Tried): Promise<void> => {
  const seed = Number(process.env['LAWS_SEED'] ?? 20_261_121)
  const laws = suite(`laws of ${engine}`)
  const runner = await withTables(need(await open()), sample, everyType)
  const reference = await withTables(memory(), sample)
  const rewriting = openWith === null ? null : need(await Laws.switchable(openWith))
  if (rewriting !== null) await withTables(rewriting.runner, sample)
  const all = [
    ...Laws.lawsOf(Laws.interpreter({ runner, reference, schema: sample })),
    ...Laws.lawsOf(Laws.codecs({ runner, schema: everyType })).map(l => ({ ...l, name: `${l.name}, for every type` })),
    ...(rewriting === null ? [] : Laws.normalize({ switchable: rewriting, schema: sample })),
  ]
  for (const l of all) {
    laws(l.name, async () => {
      const [report] = await Laws.run([l], { seed, numRuns: amount(l.name === QUERIES ? queries : cases) })
      assert.ok(report)
      if (l.name === QUERIES) note(`${engine}: ${report?.cases} random queries held against the model, seed ${seed}`)
      const replay =
        report?.path == null ? '' : `\nnpm run laws -- --engine ${engine} --seed ${seed} --path ${report.path} --law '${l.name}'`
      assert.is(report?.outcome === 'failed' ? `${Laws.reportText(report)}${replay}` : '', '')
    })
  }
  laws.after(async () => {
    await runner.close()
    await rewriting?.runner.close()
  })
  laws.run()
}
