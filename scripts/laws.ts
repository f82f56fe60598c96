/**
 * `npm run laws`: the laws on an engine, as long as you like, and the replay of a failure.
 *
 *     npm run laws -- --runs 20000 --engine sqlite --seed 7
 *     npm run laws -- --engine pglite --seed 7 --path 12:3:0 --law 'normalize'
 *
 * Without an engine it runs on every embedded one. The exit code is 0 only when every law held.
 */
import { array, command, multioption, number, option, optional, run, string } from 'cmd-ts'
import * as E from 'fp-ts/lib/Either.js'
import * as Laws from '../laws/index.js'
import type { Runner } from '../lib/core/Interpreter.js'
import { memory } from '../lib/run/memory.js'
import { pglite } from '../lib/run/pglite.js'
import { sqlite } from '../lib/run/sqlite.js'
import { createAll } from '../lib/schema/createAll.js'

const { sample } = Laws.Arbitrary

const opened = async <X>(task: () => Promise<E.Either<X, Runner>>): Promise<Runner> => {
  const answer = await task()
  if (E.isLeft(answer)) throw new Error(`the engine can't be opened: ${JSON.stringify(answer.left)}`)
  return answer.right
}

const engines: { readonly [name: string]: () => Promise<Runner> } = {
  memory: async () => memory(),
  sqlite: () => opened(sqlite()),
  pglite: () => opened(pglite()),
}

const withTables = async (runner: Runner): Promise<Runner> => {
  const created = await createAll(sample)({ db: runner })()
  if (E.isLeft(created)) throw new Error(created.left.message)
  return runner
}

const app = command({
  name: 'laws',
  args: {
    runs: option({ type: number, long: 'runs', defaultValue: () => 1000, description: 'cases of each law' }),
    engines: multioption({
      type: array(string),
      long: 'engine',
      description: `one of ${Object.keys(engines).join(', ')}; every one unless told`,
    }),
    seed: option({ type: optional(number), long: 'seed', description: 'a number that names the run' }),
    path: option({ type: optional(string), long: 'path', description: 'the place of a failure, as its report gives it' }),
    law: option({ type: optional(string), long: 'law', description: 'only laws whose name contains this' }),
    labels: option({ type: number, long: 'labels', defaultValue: () => 12, description: 'how many coverage labels to show' }),
  },
  handler: async args => {
    const seed = args.seed ?? Math.floor(Math.random() * 2 ** 31)
    let failed = 0
    for (const name of args.engines.length === 0 ? Object.keys(engines) : args.engines) {
      const open = engines[name]
      if (open === undefined) throw new Error(`there is no engine ${name}: take one of ${Object.keys(engines).join(', ')}`)
      const runner = await withTables(await open())
      const reference = await withTables(memory())
      const laws = [Laws.sameAnswers({ runner, reference, schema: sample })].filter(l => l.name.includes(args.law ?? ''))
      for (const report of await Laws.run(laws, { seed, numRuns: args.runs, ...(args.path === undefined ? {} : { path: args.path }) })) {
        console.log(`${name}: ${Laws.reportText(report)}`)
        if (report.outcome === 'failed') {
          failed += 1
          if (report.path !== null)
            console.log(`\nnpm run laws -- --engine ${name} --seed ${seed} --path ${report.path} --runs ${args.runs} --law '${report.law}'`)
        }
        const labels = [...report.coverage].sort((a, b) => b[1] - a[1]).slice(0, args.labels)
        for (const [label, count] of labels) console.log(`  ${((count / report.cases) * 100).toFixed(1).padStart(5)} %  ${label}`)
      }
      await runner.close()
    }
    process.exitCode = failed > 0 ? 1 : 0
  },
})

await run(app, process.argv.slice(2))
