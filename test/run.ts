/**
 * The test runner: worker processes that take file after file, results over IPC, several at a time.
 *
 *   node dist/test/run.js [--jobs=N] [--timeout=SECONDS] [--suffix=.test.js] [--without=PART] [part of a file name ...]
 *
 * The last line is `N passed, N failed`, with `, N skipped` when there are any. The exit code is 0 only if something
 * ran and nothing failed. When CI is set a skip counts as a failure of the run: what was skipped was not shown.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isLeftOut, missing } from './live/addresses.js'
import { prepareCopy } from './live/pgliteCopy.js'
import type { Judged, Verdict } from './runner/worker.js'

const here = dirname(fileURLToPath(import.meta.url))
const args = process.argv.slice(2)
const option = (name: string, fallback: string): string => args.find(a => a.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback
const filters = args.filter(a => !a.startsWith('--'))
const suffix = option('suffix', '.test.js')
const without = option('without', '')
const timeoutSeconds = Number(option('timeout', '600'))
/** One more than there are cores: some tests wait for a time to pass, or for a process of theirs. */
const jobs = Number(option('jobs', String(availableParallelism() + 1)))

/**
 * Files that run long, by the beginning of their names, with seconds as a run of CI measured them. They start first, the longest before
 * the others, so that none is still running when the rest are done. What is not here takes less than 20 s and starts after these, in
 * alphabetical order; a file named `*.slow.test.ts` counts as 60 s.
 */
const SECONDS: { readonly [name: string]: number } = {
  'live/migrateProcesses': 300,
  'live/ensureSchema': 200,
  'live/laws.pglite': 160,
  'live/offendingRows': 150,
  'live/migrate.test': 110,
  'live/cliStory': 80,
  'live/cliEngines': 80,
  'live/migrateKilled': 150,
  'live/transformers': 145,
  'live/laws.mariadb': 135,
  'live/laws.mysql': 130,
  'live/decisions': 95,
  'live/laws.postgres': 90,
  'live/schemaLaws.m': 90,
  'live/schemaLaws.p': 80,
  'live/schemaLaws.sqlite': 45,
  'live/laws.sqlite3': 85,
  'live/online': 100,
  'live/large': 85,
  'live/fileLocks': 80,
  'live/manyBytes': 75,
  'live/laws.sqlite.': 70,
  'live/hostile': 65,
  'live/moduleOf': 60,
  'live/codecs': 65,
  'live/cursors': 60,
  'live/connections': 60,
  'live/examples': 55,
  'live/streams': 50,
  'live/rowChanges': 45,
  'live/pool': 45,
  'live/jsonContains': 40,
  'live/secrets': 40,
  'live/dateFunctions': 40,
  'live/laws.memory': 40,
  'live/returning': 35,
  'live/chinook': 35,
  'live/careless': 35,
  'live/longLists': 35,
  'live/statementText': 35,
  'runner.test': 35,
  'live/json.': 30,
  'live/together': 25,
  'live/afterEnd': 25,
  'live/badValues': 25,
  'live/files': 20,
  'pure/show': 20,
  'pure/deep': 20,
  'live/getOrCreate': 20,
  'live/matrix': 20,
}
const secondsOf = (file: string): number => {
  const name = file.replaceAll('\\', '/')
  const measured = Object.entries(SECONDS).flatMap(([start, seconds]) => (name.startsWith(start) ? [seconds] : []))
  return Math.max(0, name.includes('.slow.') ? 60 : 0, ...measured)
}
const isAlone = (file: string): boolean => file.includes('.alone.')
const found = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter(
  file => file.endsWith(suffix) && (without === '' || !file.includes(without)),
)
const files = found
  .filter(file => !isLeftOut(file) && (filters.length === 0 || filters.some(part => file.includes(part))))
  .sort((a, b) => secondsOf(b) - secondsOf(a) || a.localeCompare(b))

interface Outcome {
  readonly verdict: Verdict
  readonly output: string
  readonly seconds: number
}

const lost = (error: string): Verdict => ({ passed: 0, failures: [{ name: '(whole file)', error }], skipped: [], notes: [] })

/** Runs files one after the other, each in the process of the one before unless that has ended. */
const lane = (): ((file: string) => Promise<Outcome>) & { readonly end: () => void } => {
  let idle: ChildProcess | null = null
  const started = (): ChildProcess => fork(join(here, 'runner', 'worker.js'), [], { silent: true, execArgv: ['--enable-source-maps'] })

  const runFile = (file: string): Promise<Outcome> =>
    new Promise(resolve => {
      const start = performance.now()
      const worker = idle ?? started()
      idle = null
      let output = ''
      let verdict: Verdict | undefined
      let timedOut = false
      const collect = (chunk: string): void => {
        output += chunk
      }
      const answer = (judged: Verdict): void => {
        clearTimeout(timer)
        worker.removeAllListeners()
        for (const stream of [worker.stdout, worker.stderr]) stream?.removeListener('data', collect)
        resolve({ verdict: judged, output, seconds: (performance.now() - start) / 1000 })
      }
      for (const stream of [worker.stdout, worker.stderr]) stream?.setEncoding('utf8').on('data', collect)
      const timer = setTimeout(() => {
        timedOut = true
        worker.kill('SIGKILL')
      }, timeoutSeconds * 1000)
      worker.on('message', message => {
        const judged = message as Judged
        verdict = judged.verdict
        if (!judged.next) return
        idle = worker
        answer(verdict)
      })
      // `close` comes after `exit`, when the last of the output has been read.
      worker.on('close', (code, signal) => {
        answer(
          timedOut
            ? lost(`still running after ${timeoutSeconds} s: killed`)
            : verdict === undefined
              ? lost(`the worker ended before its tests did (${signal ?? `exit code ${code}`})`)
              : code !== 0
                ? { ...verdict, failures: [...verdict.failures, ...lost(`the worker ended with exit code ${code}`).failures] }
                : verdict,
        )
      })
      worker.send(join(here, file))
    })
  return Object.assign(runFile, { end: () => idle?.kill() })
}

const indent = (text: string, by: string): string => text.replace(/^(?=.)/gm, by)

const report = (file: string, { verdict, output, seconds }: Outcome): void => {
  const mark = verdict.failures.length > 0 ? 'FAIL' : verdict.skipped.length > 0 ? 'SKIP' : 'ok  '
  const lines = [`${mark} ${relative('.', join('test', file)).replace(/\.js$/, '.ts')}  ${verdict.passed} passed  ${seconds.toFixed(1)} s`]
  for (const name of verdict.skipped) lines.push(`  SKIPPED ${name}`)
  for (const text of verdict.notes) lines.push(indent(text, '  '))
  if (verdict.failures.length > 0 && output.trim() !== '') lines.push(indent(output.trimEnd(), '  | '))
  for (const failure of verdict.failures) lines.push(`\n  ✗ ${failure.name}`, indent(failure.error, '    '), '')
  console.log(lines.join('\n'))
}

if (files.some(file => file.startsWith('live'))) await prepareCopy()

const outcomes: Array<Outcome> = []
const waiting = files.filter(file => !isAlone(file))
/** Tests that stop servers, or measure, run when all others have ended, one by one. */
const alone = files.filter(isAlone)
const work = async (): Promise<void> => {
  const run = lane()
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const outcome = await run(file)
    outcomes.push(outcome)
    report(file, outcome)
  }
  run.end()
}
await Promise.all(Array.from({ length: jobs }, work))
waiting.push(...alone)
await work()

const sum = (count: (v: Verdict) => number): number => outcomes.reduce((total, o) => total + count(o.verdict), 0)
const passed = sum(v => v.passed)
const failed = sum(v => v.failures.length)
const skipped = sum(v => v.skipped.length)

const leftOut = found.filter(isLeftOut)
if (leftOut.length > 0) console.log(`left out, because there is no such server (npm run services): ${leftOut.join(', ')}`)
if (missing.length > 0) console.log(`required, and not there: ${missing.join(', ')}`)
if (files.length === 0) console.log(`no test file matches ${filters.join(', ') || suffix}`)
else if (passed + failed === 0) console.log('no test ran')
const skipFails = skipped > 0 && (process.env.CI ?? '') !== ''
if (skipFails) console.log('CI is set: a skipped test fails the run')
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 || passed === 0 || skipFails || missing.length > 0 ? 1 : 0
