/**
 * The laws against a runner that refuses: one that returns `Unsupported` for every query keeps none of those about queries and expressions,
 * whether its capabilities declare it or not.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import * as Laws from '../../laws/index.js'
import { unsupported } from '../../lib/DbError.js'
import type { Runner } from '../../lib/Interpreter.js'
import { memory } from '../../lib/run/memory.js'
import { createAll } from '../../lib/schema/createAll.js'
import { suite } from '../suite.js'

const { sample } = Laws.Arbitrary
const test = suite('laws against a runner that refuses')

/** Memory that refuses queries from a given number of them on, counted from the first. */
const refusing = async (refuses: readonly string[], answers: (n: number) => boolean = () => false): Promise<Runner> => {
  const runner = memory()
  const made = await createAll(sample)({ db: runner })()
  assert.ok(E.isRight(made))
  let n = 0
  const perform: Runner['perform'] = op => {
    if (op.tag !== 'all' || answers((n += 1))) return runner.perform(op)
    return async () => E.left(unsupported('queries', 'refusing'))
  }
  return { ...runner, perform, capabilities: { ...runner.capabilities, engine: 'refusing', refuses } }
}

/** The laws that pass, of all or of every `nth`. */
const passed = async (runner: Runner, nth = 1): Promise<readonly string[]> => {
  const reference = memory()
  await createAll(sample)({ db: reference })()
  const subject = { runner, reference, schema: sample }
  const laws = [
    ...Laws.lawsOf(Laws.queries(subject), Laws.expressions(subject)),
    ...Laws.interpreter(subject).laws.filter(l => l.name.startsWith('runner.perform(all')),
  ]
  const reports = await Laws.run(
    laws.filter((_, i) => i % nth === 0),
    { seed: 1, numRuns: 1, shrinkTime: 0 },
  )
  return reports.filter(r => r.outcome === 'passed').map(r => r.law)
}

test('what is not declared fails every law of queries', async () => {
  assert.equal(await passed(await refusing([]), 3), [])
})

test('what is declared fails them as well: nothing was compared', async () => {
  assert.equal(await passed(await refusing(['queries'])), [])
})

test('one query of three that is refused is too much', async () => {
  assert.ok((await passed(await refusing(['queries'], n => n % 3 !== 0), 3)).length < 5)
})

test.run()
