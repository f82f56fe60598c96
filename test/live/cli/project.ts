/**
 * Projects in temporary folders, for tests of the command line: files, a link to this package, and `query-ts` in them.
 *
 * `cli` runs a command line in this process, `cliProcess` in one of its own. There is no terminal, so nothing is coloured and nothing is asked. `cli` yields its exit code and what it wrote; `json` parses stdout of a
 * command with `--json`, which must be one document.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { runCommand } from '../../../lib/cli/runCommand.js'
import type { World } from '../../../lib/cli/World.js'
import { temporaryFolder } from '../eachEngine.js'

/** The root of this repository, which `dist` is in. */
const root = fileURLToPath(new URL('../../../../', import.meta.url))

export const main = fileURLToPath(new URL('../../../lib/cli/main.js', import.meta.url))

export interface Files {
  readonly [path: string]: string
}

/** Writes files into a folder. */
export const write = (folder: string, files: Files): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** A folder with files, in which `query-ts` and `fp-ts` can be imported. */
export const project = (files: Files = {}): string => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'query-ts'), 'dir')
  symlinkSync(join(root, 'node_modules', 'fp-ts'), join(folder, 'node_modules', 'fp-ts'), 'dir')
  write(folder, { 'package.json': '{ "type": "module" }', ...files })
  return folder
}

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const plain = (text: string): string => text

/** A world without a terminal, in a folder. */
const worldIn = (folder: string, lines: string[], more: Partial<World>): World => ({
  cwd: folder,
  now: () => new Date(),
  say: line => void lines.push(line),
  progress: () => undefined,
  ask: null,
  signal: new AbortController().signal,
  paint: { bold: plain, dim: plain, red: plain, green: plain, yellow: plain },
  who: 'a test',
  ...more,
})

/** Runs \`query-ts\` in a folder, in this process. */
export const cli = async (folder: string, args: readonly string[], more: Partial<World> = {}): Promise<Ended> => {
  const lines: string[] = []
  const { code, stdout } = await runCommand(args, worldIn(folder, lines, more))
  return { code, stdout, stderr: lines.map(line => `${line}\n`).join('') }
}

/** Runs \`query-ts\` in a folder, as a process of its own. */
export const cliProcess = (folder: string, ...args: readonly string[]): Promise<Ended> =>
  new Promise(resolve => {
    const env = { ...process.env, NO_COLOR: '1' }
    execFile(process.execPath, [main, ...args], { cwd: folder, env, timeout: 120_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, stdout, stderr })
    })
  })

/** Runs a command that must end with a code, and yields what it wrote. */
export const must = async (code: number, folder: string, ...args: readonly string[]): Promise<Ended> => {
  const ended = await cli(folder, args)
  assert.is(ended.code, code, `query-ts ${args.join(' ')}\n${ended.stdout}${ended.stderr}`)
  return ended
}

/** The JSON document of a command that must end with a code. */
export const json = async (code: number, folder: string, ...args: readonly string[]): Promise<any> =>
  JSON.parse((await must(code, folder, ...args, '--json')).stdout)
