/**
 * Tests the runner on fixtures, each of which is a way to be green, or to look green, without reason.
 * The fixtures end in .fixture.ts, so the ordinary run does not include them.
 */
import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from './suite.js'

interface Run {
  readonly code: number
  readonly output: string
  readonly lastLine: string
}

const runner = join(dirname(fileURLToPath(import.meta.url)), 'run.js')

const run = (args: ReadonlyArray<string>, env: Record<string, string> = {}): Promise<Run> =>
  new Promise(resolve => {
    const child = execFile(
      process.execPath,
      [runner, '--suffix=.fixture.js', ...args],
      { env: { ...process.env, CI: '', ...env } },
      (_, stdout) => resolve({ code: child.exitCode ?? -1, output: stdout, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '' }),
    )
  })

const fixture = (name: string): string => `/${name}.fixture.js`

const runs = suite('runner')

runs('is green, and says what passed, when all is well', async () => {
  const { code, output, lastLine } = await run([fixture('passes')])
  assert.is(code, 0)
  assert.is(lastLine, '2 passed, 0 failed')
  assert.match(output, 'a line for the reader')
})

runs('does not wait for a timer that a test left behind', async () => {
  const { code, lastLine } = await run([fixture('leaves-a-timer'), '--timeout=30'])
  assert.is(code, 0)
  assert.is(lastLine, '1 passed, 0 failed')
})

runs('counts a skip, and fails on it in CI', async () => {
  const local = await run([fixture('skips')])
  assert.is(local.code, 0)
  assert.is(local.lastLine, '1 passed, 0 failed, 1 skipped')
  assert.match(local.output, 'SKIPPED needs a server: SERVER_URL is not set')
  const ci = await run([fixture('skips')], { CI: 'true' })
  assert.is(ci.code, 1)
  assert.is(ci.lastLine, '1 passed, 0 failed, 1 skipped')
})

runs('fails when a filter matches no file', async () => {
  const { code, output, lastLine } = await run(['no-such-file'])
  assert.is(code, 1)
  assert.is(lastLine, '0 passed, 0 failed')
  assert.match(output, 'no test file matches no-such-file')
})

runs('adds up several files', async () => {
  const { code, lastLine } = await run([fixture('passes'), fixture('fails')])
  assert.is(code, 1)
  assert.is(lastLine, '4 passed, 1 failed')
})

/** fixture -> last line, and a text that the report must contain */
const falseGreens: ReadonlyArray<readonly [string, string, string]> = [
  ['fails', '2 passed, 1 failed', 'does not hold'],
  ['empty', '0 passed, 1 failed', 'no test ran'],
  ['no-run', '1 passed, 1 failed', 'suite "forgotten": 1 declared after, or without, its run()'],
  ['after-run', '1 passed, 1 failed', 'test: 1 declared after, or without, its run()'],
  ['hook-before', '0 passed, 2 failed', '(before hook)'],
  ['hook-after', '2 passed, 1 failed', '(after hook)'],
  ['hook-before-each', '0 passed, 3 failed', '(before.each hook)'],
  ['hook-after-each', '2 passed, 2 failed', '(after.each hook)'],
  ['non-error', '1 passed, 2 failed', "a value that is not an Error was thrown: 'just a string'"],
  ['only', '1 passed, 1 failed', 'a stray .only is left on "the only one"'],
  ['crashes', '0 passed, 1 failed', 'the worker ended before its tests did (SIGKILL)'],
  ['leaks-listeners', '1 passed, 1 failed', 'a leak of listeners'],
  ['rejects-later', '0 passed, 1 failed', 'nobody waits for this'],
  ['exits-early', '0 passed, 1 failed', 'the worker ended before its tests did (exit code 0)'],
  ['never-settles', '0 passed, 1 failed', 'the worker ended before its tests did (exit code 13)'],
  ['hangs', '0 passed, 1 failed', 'still running after 1 s: killed'],
  ['exit-code', '1 passed, 1 failed', 'the worker ended with exit code 3'],
  ['throws-on-load', '0 passed, 1 failed', 'broken while loading'],
  ['plain-uvu', '0 passed, 1 failed', 'import `suite` or `test` from test/suite.js'],
]

for (const [name, lastLine, text] of falseGreens) {
  runs(`is red on ${name}`, async () => {
    const result = await run([fixture(name), ...(name === 'hangs' ? ['--timeout=1'] : [])])
    assert.is(result.code, 1)
    assert.is(result.lastLine, lastLine)
    assert.match(result.output, text)
  })
}

runs.run()
