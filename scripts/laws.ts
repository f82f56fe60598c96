/**
 * `npm run laws`: applies the laws to an engine, for as many runs as you like, and replays a failure.
 *
 *     npm run laws -- --runs 20000 --engine sqlite --seed 7
 *     npm run laws -- --runs 200 --engine pglite --law 'flatMap'
 *     npm run laws -- --runs 20000 --law 'define(steps)'
 *     npm run laws -- --engine pglite --seed 7 --path 12:3:0 --law 'runner.perform(all(q)) = memory.perform(all(q))'
 *
 * Without `--engine` it runs on every available engine: servers are available if the environment has their addresses (`npm run services`). A failing law prints its case and the line that
 * replays it. The exit code is 0 only if every law holds.
 */
import { array, command, flag, multioption, number, option, optional, run, string } from 'cmd-ts'
import * as E from 'fp-ts/lib/Either.js'
import * as Laws from '../laws/index.js'
import type { DbError } from '../lib/DbError.js'
import type { Runner } from '../lib/Interpreter.js'
import { memory } from '../lib/run/memory.js'
import { pglite } from '../lib/run/pglite.js'
import { sqlite } from '../lib/run/sqlite.js'
import type { AnySchema } from '../lib/Schema.js'
import { createAll } from '../lib/schema/createAll.js'
import { hasNative, type ServerName, servers } from '../test/live/addresses.js'
import { onServer } from '../test/live/servers.js'

const { sample, everyType } = Laws.Arbitrary

interface Engine {
  readonly open: () => Promise<E.Either<DbError, Runner>>
  /** Opens it with rewrites supplied by the laws, if it has plans. */
  readonly openWith: Laws.OpenWith<DbError> | null
}

/** Native SQLite, where its driver is installed. */
const native = async (): Promise<Engine> => {
  const { sqlite3 } = await import('../lib/run/sqlite3.js')
  return { open: () => sqlite3()(), openWith: rewrite => sqlite3({ rewrite }) }
}

/** A server, in a database of its own. */
const server = (name: ServerName): Engine => ({ open: onServer(name), openWith: rewrite => onServer(name, { rewrite }) })

const engines: { readonly [name: string]: Engine } = {
  memory: { open: async () => E.right(memory()), openWith: null },
  sqlite: { open: () => sqlite()(), openWith: rewrite => sqlite({ rewrite }) },
  pglite: { open: () => pglite()(), openWith: rewrite => pglite({ rewrite }) },
  ...(hasNative ? { sqlite3: await native() } : {}),
  ...Object.fromEntries(servers.map(name => [name, server(name)])),
}

const need = <A>(answer: E.Either<DbError, A>): A => {
  if (E.isLeft(answer)) throw new Error(`${answer.left._tag}: ${answer.left.message}`)
  return answer.right
}

const withTables = async (runner: Runner, ...schemas: readonly AnySchema[]): Promise<Runner> => {
  for (const schema of schemas) need(await createAll(schema)({ db: runner })())
  return runner
}

/** Every law of an engine, and a function that closes what they opened. */
const lawsOf = async ({ open, openWith }: Engine): Promise<{ readonly laws: readonly Laws.Law[]; readonly close: () => Promise<void> }> => {
  const runner = await withTables(need(await open()), sample, everyType)
  const reference = await withTables(memory(), sample)
  // the laws of schema changes read the whole catalog again and again
  const changing = need(await open())
  const laws = [
    ...Laws.lawsOf(Laws.interpreter({ runner, reference, schema: sample })),
    ...Laws.lawsOf(Laws.codecs({ runner, schema: everyType })).map(l => ({ ...l, name: `${l.name}, for every type` })),
    ...Laws.lawsOf(Laws.schemas({ runner: changing })),
  ]
  const closeBoth = async (): Promise<void> => {
    await runner.close()
    await changing.close()
  }
  if (openWith === null) return { laws, close: closeBoth }
  const rewriting = need(await Laws.switchable(openWith))
  await withTables(rewriting.runner, sample)
  return {
    laws: [...laws, ...Laws.normalize({ switchable: rewriting, schema: sample })],
    close: async () => {
      await closeBoth()
      await rewriting.runner.close()
    },
  }
}

const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const app = command({
  name: 'laws',
  args: {
    runs: option({ type: number, long: 'runs', defaultValue: () => 1000, description: 'cases of each law; default: 1000' }),
    engine: multioption({
      type: array(string),
      long: 'engine',
      description: `one of ${Object.keys(engines).join(', ')}; default: all`,
    }),
    seed: option({ type: optional(number), long: 'seed', description: 'a number that names the run' }),
    path: option({ type: optional(string), long: 'path', description: 'the place of a failure, as its report gives it' }),
    law: option({ type: string, long: 'law', defaultValue: () => '', description: 'only laws whose name contains this' }),
    labels: flag({ long: 'labels', description: 'shows how often each label was covered' }),
  },
  handler: async args => {
    const seed = args.seed ?? Math.floor(Math.random() * 2 ** 31)
    const named = args.engine.length === 0 ? Object.keys(engines) : args.engine
    let failed = 0
    for (const name of named) {
      const engine = engines[name]
      if (engine === undefined) throw new Error(`there is no engine ${name}: choose one of ${Object.keys(engines).join(', ')}`)
      const { laws, close } = await lawsOf(engine)
      for (const l of laws.filter(({ name: n }) => n.includes(args.law))) {
        const [report] = await Laws.run([l], { seed, numRuns: args.runs, ...(args.path === undefined ? {} : { path: args.path }) })
        if (report === undefined) continue
        console.log(`${name}: ${Laws.reportText(report)}`)
        if (report.outcome === 'failed') failed += 1
        if (report.path !== null) {
          console.log(
            `\nnpm run laws -- --engine ${name} --seed ${seed} --path ${report.path} --runs ${args.runs} --law ${shell(l.name)}\n`,
          )
        }
        const labels = args.labels ? [...report.coverage].sort((a, b) => b[1] - a[1]) : []
        for (const [label, count] of labels) console.log(`  ${((count / report.cases) * 100).toFixed(1).padStart(5)} %  ${label}`)
      }
      await close()
    }
    process.exitCode = failed > 0 ? 1 : 0
  },
})

await run(app, process.argv.slice(2))
