/**
 * Projects in temporary folders, for tests of the command line: files, a link to this package, and a process of `query-ts` in them.
 *
 * A process has no terminal, so nothing is coloured and nothing is asked. `cli` yields its exit code and what it wrote; `json` parses stdout of a
 * command with `--json`, which must be one document.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
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

/** Runs `query-ts` in a folder. */
export const cli = (folder: string, ...args: readonly string[]): Promise<Ended> =>
  new Promise(resolve => {
    const env = { ...process.env, NO_COLOR: '1' }
    execFile(process.execPath, [main, ...args], { cwd: folder, env, timeout: 120_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, stdout, stderr })
    })
  })

/** Runs a command that must end with a code, and yields what it wrote. */
export const must = async (code: number, folder: string, ...args: readonly string[]): Promise<Ended> => {
  const ended = await cli(folder, ...args)
  assert.is(ended.code, code, `query-ts ${args.join(' ')}\n${ended.stdout}${ended.stderr}`)
  return ended
}

/** The JSON document of a command that must end with a code. */
export const json = async (code: number, folder: string, ...args: readonly string[]): Promise<any> =>
  JSON.parse((await must(code, folder, ...args, '--json')).stdout)
