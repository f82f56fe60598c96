/**
 * The laws of schema changes applied to an engine: each `schemaLaws.<engine>.test.ts` is an instance.
 *
 * In CI up to 1,000 chains of steps are held against memory, and the other laws run their share of these cases; elsewhere a fifth (`amount`). A
 * definition of a server takes its time, so servers run fewer. `npm run laws` runs any number. The interpreter has a database of its own. The seed is fixed, LAWS_SEED selects other cases, and a
 * failure prints its case and the line that replays it.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import * as Laws from '../../laws/index.js'
import type { DbError } from '../../lib/DbError.js'
import type { Runner } from '../../lib/Interpreter.js'
import { amount } from '../amount.js'
import { note, suite } from '../suite.js'

export interface Opened {
  readonly engine: string
  /** The chains of steps that are held against memory in CI: as many as the engine performs in about a minute. */
  readonly chains: number
  readonly open: () => Promise<E.Either<DbError, Runner>>
}

/** Applies every law of schema changes; each is a test. */
export const lawfulSchemas = async ({ engine, chains, open }: Opened): Promise<void> => {
  const seed = Number(process.env['LAWS_SEED'] ?? 20_261_128)
  const laws = suite(`laws of schema changes on ${engine}`)
  const opened = await open()
  if (E.isLeft(opened)) throw new Error(opened.left.message)
  const runner = opened.right
  for (const l of Laws.lawsOf(Laws.schemas({ runner }))) {
    laws(l.name, async () => {
      const numRuns = Math.max(40, amount(chains))
      const [report] = await Laws.run([l], { seed, numRuns })
      assert.ok(report)
      if (l.name === Laws.CHAINS) note(`${engine}: ${report?.cases} chains of steps held against memory, seed ${seed}`)
      const replay =
        report?.path == null
          ? ''
          : `\nnpm run laws -- --engine ${engine} --runs ${numRuns} --seed ${seed} --path ${report.path} --law '${l.name}'`
      assert.is(report?.outcome === 'failed' ? `${Laws.reportText(report)}${replay}` : '', '')
    })
  }
  laws.after(async () => {
    await runner.close()
  })
  laws.run()
}
