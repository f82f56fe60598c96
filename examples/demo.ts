/**
 * `npm run demo`: the reports of a music store, on an engine of your choice.
 *
 *     npm run demo                                   every report, on SQLite in memory
 *     npm run demo -- --report best-sellers          one of them
 *     npm run demo -- --url pglite:                  on Postgres; or memory:, sqlite::memory:, sqlite:FILE
 *     npm run demo -- --sql mysql                    the SQL of each report; or postgres, mariadb, sqlite
 *     npm run demo -- --all                          on every available engine, with the results compared
 *
 * Exit code 0: success; 1: a report failed, or engines differ; 2: the command line is invalid.
 */
import { inspect, isDeepStrictEqual } from 'node:util'
import { command, flag, option, optional, runSafely, type Type } from 'cmd-ts'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { dropAll } from 'query-ts/createAll'
import { type DbError, show } from 'query-ts/DbError'
import type { DialectName, Runner } from 'query-ts/Interpreter'
import * as Q from 'query-ts/Query'
import { toSql } from 'query-ts/sql'
import { load } from './chinook/load.js'
import { type Report, reports } from './chinook/reports.js'
import { chinook } from './chinook/schema.js'
import { showpieces } from './chinook/showpieces.js'
import { available, type Engine, engineOf, onSqlite, withEngine } from './engines.js'
import { layout } from './layout.js'
import { table } from './table.js'

// --- Arguments --------------------------------------------------------------------------------

/** A command line argument that is one of some names. */
const oneOf = <A>(displayName: string, values: { readonly [name: string]: A }): Type<string, A> => ({
  displayName,
  from: async name => {
    if (Object.hasOwn(values, name)) return values[name] as A
    throw new Error(`there is no ${displayName} "${name}". Choose one of: ${Object.keys(values).join(', ')}`)
  },
})

const dialects: { readonly [name in DialectName]: DialectName } = {
  postgres: 'postgres',
  mysql: 'mysql',
  mariadb: 'mariadb',
  sqlite: 'sqlite',
}

const everything = [...reports, ...showpieces]

const byName = Object.fromEntries(everything.map(report => [report.name, report]))

const rowCount: Type<string, number> = {
  displayName: 'n',
  from: async text => {
    if (/^[1-9]\d*$/.test(text)) return Number(text)
    throw new Error(`"${text}" is not a number of rows`)
  },
}

const url: Type<string, Engine> = {
  displayName: 'url',
  from: async text => {
    const engine = engineOf(text)
    if (engine !== undefined) return engine
    throw new Error(
      `there is no engine for "${text}". Choose one of: memory:, sqlite::memory:, sqlite:FILE, sqlite3:FILE, pglite:, postgres://..., mysql://..., mariadb://...`,
    )
  },
}

// --- Running reports --------------------------------------------------------------------------

type Answer = E.Either<DbError, readonly unknown[]>

interface Timed<A> {
  readonly answer: A
  readonly milliseconds: number
}

const timed = async <A>(task: () => Promise<A>): Promise<Timed<A>> => {
  const started = performance.now()
  const answer = await task()
  return { answer, milliseconds: performance.now() - started }
}

const ms = (milliseconds: number): string => `${milliseconds.toFixed(1)} ms`

const runReport = (db: Runner, report: Report): Promise<Timed<Answer>> => timed(Q.all(report.query)({ db }))

/** Loads the store, unless the database holds it already, and prints which. */
const loadInto =
  (engine: Engine, db: Runner): TE.TaskEither<DbError, void> =>
  async () => {
    const { answer, milliseconds } = await timed(load({ db }))
    if (E.isRight(answer)) console.log(`${engine.name}: ${answer.right} rows loaded in ${ms(milliseconds)}`)
    else if (answer.left._tag === 'SchemaConflict') console.log(`${engine.name}: the store is there already`)
    else return answer
    return E.right(undefined)
  }

/** Opens an engine, loads the store and continues; a failure before that is printed. */
const withStore = async (engine: Engine, use: (db: Runner) => Promise<boolean>): Promise<boolean> => {
  const done = await withEngine(engine)(db =>
    pipe(
      loadInto(engine, db),
      TE.flatMap(() => TE.fromTask(() => use(db))),
    ),
  )()
  if (E.isLeft(done)) console.log(`${engine.name}: ${show(done.left)}`)
  return E.isRight(done) && done.right
}

/** Each report as a table; returns whether all succeeded. */
const showReports = (engine: Engine, chosen: readonly Report[], rows: number): Promise<boolean> =>
  withStore(engine, async db => {
    let good = true
    for (const report of chosen) {
      const { answer, milliseconds } = await runReport(db, report)
      console.log(`\n${report.title} [${report.name}]\n`)
      if (E.isRight(answer))
        console.log(
          `${table(answer.right, rows)}\n\n${answer.right.length} ${answer.right.length === 1 ? 'row' : 'rows'}, ${ms(milliseconds)}`,
        )
      else console.log(show(answer.left))
      good &&= E.isRight(answer)
    }
    return good
  })

/** Each report as SQL. */
const showSql = (dialect: DialectName, chosen: readonly Report[]): boolean => {
  const printed = chosen.map(report => ({ report, statement: toSql(dialect)(report.query) }))
  for (const { report, statement } of printed) {
    console.log(`-- ${report.title} [${report.name}]`)
    if (E.isLeft(statement)) console.log(`-- ${show(statement.left)}\n`)
    else {
      const { sql, params } = statement.right
      const values = params.length === 0 ? '' : `-- parameters: ${params.map(param => inspect(param)).join(', ')}\n`
      console.log(`${values}${layout(sql)};\n`)
    }
  }
  return printed.every(({ statement }) => E.isRight(statement))
}

// --- Every engine -----------------------------------------------------------------------------

/** The first difference between two results, if any. */
const difference = (expected: Answer | undefined, given: Answer | undefined): string | undefined => {
  if (given === undefined) return 'no answer'
  if (E.isLeft(given)) return show(given.left)
  if (expected === undefined || E.isLeft(expected)) return 'nothing to compare with'
  const [a, b] = [expected.right, given.right]
  if (a.length !== b.length) return `${b.length} rows in place of ${a.length}`
  const at = a.findIndex((row, i) => !isDeepStrictEqual(row, b[i]))
  return at < 0 ? undefined : `row ${at} is ${inspect(b[at], { depth: 6 })} in place of ${inspect(a[at], { depth: 6 })}`
}

/** Each report on each engine, compared with the results of the first engine. */
const compare = async (engines: readonly Engine[], chosen: readonly Report[]): Promise<boolean> => {
  const answers = new Map<string, Timed<Answer>>()
  const at = (report: Report, engine: Engine | undefined): string => `${report.name} ${engine?.name}`
  for (const engine of engines) {
    await withStore(engine, async db => {
      for (const report of chosen) answers.set(at(report, engine), await runReport(db, report))
      // nothing is left behind on a server
      return !engine.lasts || E.isRight(await dropAll(chinook)({ db })())
    })
  }

  const differences: string[] = []
  const lines = chosen.map(report => {
    const cells = engines.map(engine => {
      const given = answers.get(at(report, engine))
      const problem = difference(answers.get(at(report, engines[0]))?.answer, given?.answer)
      if (problem !== undefined) differences.push(`${report.name} on ${engine.name}: ${problem}`)
      return [engine.name, `${ms(given?.milliseconds ?? 0)} ${problem === undefined ? '=' : '≠'}`]
    })
    return { report: report.name, ...Object.fromEntries(cells) }
  })
  const count = `${chosen.length} ${chosen.length === 1 ? 'report' : 'reports'} on ${engines.map(engine => engine.name).join(', ')}`
  console.log(`\n${table(lines, lines.length)}\n`)
  console.log(differences.length === 0 ? `${count}: all answers are the same` : `${count}: ${differences.length} differences`)
  for (const line of differences) console.log(line)
  return differences.length === 0
}

// --- The command line -------------------------------------------------------------------------

const demo = command({
  name: 'demo',
  description: 'The reports of a music store, on an engine of your choice.',
  args: {
    url: option({
      type: optional(url),
      long: 'url',
      description: 'memory:, sqlite::memory: (the default), sqlite:FILE, sqlite3:FILE, pglite:, or the address of a server',
    }),
    report: option({ type: optional(oneOf('report', byName)), long: 'report', description: 'one report only, by its name' }),
    rows: option({
      type: rowCount,
      long: 'rows',
      defaultValue: () => 10,
      defaultValueIsSerializable: true,
      description: 'how many rows to show',
    }),
    sql: option({
      type: optional(oneOf('dialect', dialects)),
      long: 'sql',
      description: 'print the SQL: postgres, mysql, mariadb or sqlite',
    }),
    all: flag({
      long: 'all',
      description: 'run on every engine that is there (embedded ones, and servers by POSTGRES_URL, MYSQL_URL, MARIADB_URL) and compare',
    }),
  },
  handler: async ({ url, report, rows, sql, all }): Promise<number> => {
    if ([url !== undefined, sql !== undefined, all].filter(Boolean).length > 1) {
      console.error('demo: --url, --sql and --all exclude each other')
      return 2
    }
    const chosen = report === undefined ? everything : [report]
    if (sql !== undefined) return showSql(sql, chosen) ? 0 : 1
    if (all) return (await compare(available(), chosen)) ? 0 : 1
    return (await showReports(url ?? onSqlite(), chosen, rows)) ? 0 : 1
  },
})

// A closed pipe (`| head`) is no failure.
process.stdout.on('error', () => process.exit())

const outcome = await runSafely(demo, process.argv.slice(2))
if (outcome._tag === 'ok') process.exitCode = await outcome.value
else {
  const { exitCode, message } = outcome.error.config
  console[exitCode === 0 ? 'log' : 'error'](message)
  process.exitCode = exitCode === 0 ? 0 : 2
}
