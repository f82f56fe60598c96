/**
 * `suite` and `test` of uvu, with a record of what happened.
 *
 * uvu 0.5.6 reports success if `run()` is missing, a hook throws, a non-Error is thrown or a `.only` is left over. Its loop is fine; its
 * bookkeeping is not. So every test file takes `suite` from here: each test and hook is wrapped to write into `book`, and the runner
 * (runner/worker.ts) judges by the book, never by the counts of uvu. Assertions come from `uvu/assert` directly.
 */
import { inspect } from 'node:util'
import fc from 'fast-check'
import * as uvu from 'uvu'

// One seed for every property, so that runs are reproducible; LAWS_SEED selects another.
fc.configureGlobal({ seed: Number(process.env['LAWS_SEED'] ?? 20_261_121) })

export interface Failure {
  readonly name: string
  readonly error: string
}

interface SuiteEntry {
  readonly name: string
  /** Declared with `only` or without, and not yet handed to uvu by `run()`. */
  pending: number
  scheduled: number
  finished: number
}

export const book = {
  suites: [] as Array<SuiteEntry>,
  runs: 0,
  passed: 0,
  failures: [] as Array<Failure>,
  skipped: [] as Array<string>,
  onlys: [] as Array<string>,
  notes: [] as Array<string>,
}

/** A line for the reader of the test output (coverage, sizes, seeds): shown also when everything passes. */
export const note = (line: string): void => {
  book.notes.push(line)
}

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return `a value that is not an Error was thrown: ${inspect(error, { depth: 4 })}`
  const details = 'details' in error && typeof error.details === 'string' ? `\n${error.details}` : ''
  const stack = (error.stack ?? '').split('\n').filter(line => /^\s+at /.test(line) && !/node:internal|node_modules/.test(line))
  const cause = error.cause === undefined ? '' : `\ncaused by ${inspect(error.cause, { depth: 4 })}`
  return `${error.message}${details}${cause}\n${stack.slice(0, 12).join('\n')}`
}

/** uvu's formatter fails on anything but an Error. */
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(inspect(error)))

export const suite = <T = Record<string, unknown>>(title = '', context?: T): uvu.Test<T> => {
  const inner = uvu.suite<T>(title, context)
  const entry: SuiteEntry = { name: title, pending: 0, scheduled: 0, finished: 0 }
  book.suites.push(entry)
  const fullName = (name: string): string => (title === '' ? name : `${title} > ${name}`)

  const recorded = (name: string, handler: uvu.Callback<T>): uvu.Callback<T> => {
    entry.pending += 1
    return async context => {
      try {
        await handler(context)
        book.passed += 1
      } catch (error) {
        book.failures.push({ name: fullName(name), error: describe(error) })
        throw asError(error)
      } finally {
        entry.finished += 1
      }
    }
  }

  const hook =
    (name: string, rethrow: boolean, handler: uvu.Callback<T>): uvu.Callback<T> =>
    async context => {
      try {
        await handler(context)
      } catch (error) {
        book.failures.push({ name: fullName(`(${name} hook)`), error: describe(error) })
        if (rethrow) throw asError(error)
      }
    }

  const before = (handler: uvu.Callback<T>): void => inner.before(hook('before', true, handler))
  before.each = (handler: uvu.Callback<T>): void => inner.before.each(hook('before.each', true, handler))
  const after = (handler: uvu.Callback<T>): void => inner.after(hook('after', false, handler))
  // Not rethrown: uvu would call the hook a second time and then drop the tests that remain.
  after.each = (handler: uvu.Callback<T>): void => inner.after.each(hook('after.each', false, handler))

  const test = (name: string, handler: uvu.Callback<T>): void => inner(name, recorded(name, handler))
  test.only = (name: string, handler: uvu.Callback<T>): void => {
    book.onlys.push(fullName(name))
    inner.only(name, recorded(name, handler))
  }
  test.skip = (name = '(unnamed)'): void => {
    book.skipped.push(fullName(name))
    inner.skip()
  }
  test.before = before
  test.after = after
  test.run = (): void => {
    entry.scheduled += entry.pending
    entry.pending = 0
    book.runs += 1
    inner.run()
  }
  return test
}

export const test: uvu.Test = suite()

const shared = book.suites.slice()

/** Begins an empty book, for the next test file of a worker. `test` stays: all files share it. */
export const newBook = (): void => {
  for (const entry of shared) Object.assign(entry, { pending: 0, scheduled: 0, finished: 0 })
  Object.assign(book, { suites: shared.slice(), runs: 0, passed: 0, failures: [], skipped: [], onlys: [], notes: [] })
}
