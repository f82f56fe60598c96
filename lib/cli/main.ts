#!/usr/bin/env node
/**
 * `query-ts`: the process of the command line.
 *
 * The only reader of the arguments, the environment and the clock, and the only writer of the streams. The first Ctrl-C cancels what is being done and
 * lets the run release its lock, a second one ends the process. The exit code is set and the process is left to end by itself, so that
 * what was written arrives in a pipe.
 *
 * What commands do is in the other files of this folder; `query-ts --help` lists them.
 */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { runCommand } from './runCommand.js'
import { paintFor, progressOn } from './terminal.js'
import type { World } from './World.js'

const { argv, env, stdin, stdout, stderr } = process

const interrupt = new AbortController()

const ask = async (question: string): Promise<string> => {
  const lines = createInterface({ input: stdin, output: stderr })
  // while a line is read, the terminal reports Ctrl-C to the reader only
  lines.on('SIGINT', () => process.emit('SIGINT'))
  try {
    return await lines.question(question, { signal: interrupt.signal })
  } catch {
    return ''
  } finally {
    lines.close()
  }
}

process.on('SIGINT', () => {
  if (interrupt.signal.aborted) process.exit(130)
  interrupt.abort()
  stderr.write('\ninterrupted: waiting until the database has cancelled the statement; press Ctrl-C again to end at once\n')
})
// a reader of stdout that has ended, such as head, ends this process quietly
stdout.on('error', () => process.exit(1))

const world: World = {
  cwd: process.cwd(),
  now: () => new Date(),
  say: line => void stderr.write(`${line}\n`),
  progress: progressOn(stderr),
  ask: stdin.isTTY === true && stderr.isTTY === true ? ask : null,
  signal: interrupt.signal,
  paint: paintFor(stdout.isTTY === true && stderr.isTTY === true, env['NO_COLOR']),
  who: `query-ts, process ${process.pid} on ${hostname()}, ${randomUUID().slice(0, 8)}`.slice(0, 200),
}

const { code, stdout: text } = await runCommand(argv.slice(2), world)
process.exitCode = code
stdout.write(text)
