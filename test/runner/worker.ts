/**
 * Runs the test files that test/run.ts names, one after the other, and sends the verdict of each.
 *
 * uvu defers (`UVU_DEFER`), so `run()` only queues; the queue is run and awaited here. The verdict is sent only after that: a worker that
 * dies or exits before has sent none, and the parent counts that as a failure. A worker takes the next file only if nothing failed and
 * nothing is left open; otherwise it ends, and the next file has a new process.
 */
import { pathToFileURL } from 'node:url'
import type { Failure } from '../suite.js'

export interface Verdict {
  readonly passed: number
  readonly failures: ReadonlyArray<Failure>
  readonly skipped: ReadonlyArray<string>
  readonly notes: ReadonlyArray<string>
}

/** The message for a file: the verdict, and whether the worker takes another one. */
export interface Judged {
  readonly verdict: Verdict
  readonly next: boolean
}

const MOST_MEMORY = 2 ** 30

const queue: Array<() => Promise<unknown>> = []
// uvu reads these when it is loaded, so they come before the import of the module that loads it.
Object.assign(globalThis, { UVU_DEFER: 1, UVU_INDEX: 0, UVU_QUEUE: [queue] })
const { book, newBook } = await import('../suite.js')

/** Resources that may stay open: the pipes to the parent, and timers, of which the PGlite that the next file takes over has one. */
const STAYS = ['PipeWrap', 'CloseReq', 'Timeout']

/** Whether a file left something open: a socket, a child process. */
const isClean = (): boolean => process.getActiveResourcesInfo().every(resource => STAYS.includes(resource))

/** Warnings of Node that tell of a fault: what listens is never removed. */
const leaks: string[] = []
process.on('warning', warning => {
  if (warning.name === 'MaxListenersExceededWarning') leaks.push(warning.stack ?? warning.message)
})

const judge = async (file: string): Promise<Verdict> => {
  newBook()
  leaks.length = 0
  queue.length = 0
  await import(pathToFileURL(file).href)
  for (const run of queue) await run()
  // Lets an unhandled rejection surface (and kill the worker) before the verdict is given.
  await new Promise(resolve => setImmediate(resolve))

  const problems: Array<Failure> = []
  const problem = (error: string): void => {
    problems.push({ name: '(whole file)', error })
  }
  if (queue.length !== book.runs) problem('a suite comes from `uvu` directly: import `suite` or `test` from test/suite.js')
  for (const entry of book.suites) {
    const label = entry.name === '' ? 'test' : `suite "${entry.name}"`
    if (entry.pending > 0) problem(`${label}: ${entry.pending} declared after, or without, its run()`)
    // With a stray `.only` the rest is left out on purpose; that is reported below.
    else if (entry.finished < entry.scheduled && book.onlys.length === 0)
      problem(`${label}: ${entry.scheduled - entry.finished} of ${entry.scheduled} did not run, because a hook failed`)
  }
  for (const leak of leaks) problem(`a leak of listeners: ${leak}`)
  for (const name of book.onlys) problem(`a stray .only is left on "${name}"`)
  if (book.passed + book.failures.length + book.skipped.length + problems.length === 0) problem('no test ran')
  return { passed: book.passed, failures: [...book.failures, ...problems], skipped: book.skipped, notes: book.notes }
}

/** The line to the parent keeps the worker alive only while it waits here: what never settles ends it. */
const named = (): Promise<string> => new Promise(resolve => process.once('message', file => resolve(file as string)))

const send = (judged: Judged): Promise<void> => new Promise(resolve => process.send?.(judged, () => resolve()))

if (process.send === undefined) throw new Error('worker.js is started by test/run.js only')
for (let next = true; next; ) {
  const file = await named()
  const verdict = await judge(file)
  next = verdict.failures.length === 0 && (process.exitCode ?? 0) === 0 && isClean() && process.memoryUsage.rss() < MOST_MEMORY
  await send({ verdict, next })
}
// A test that leaves a server or timer behind does not keep the worker alive; a non-zero exitCode set by a test stands.
process.exit()
