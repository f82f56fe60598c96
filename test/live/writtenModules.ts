/**
 * Modules that `moduleOf` has written: loaded, and compiled all together.
 *
 * A module is written to dist/written, transpiled and imported from there, where `query-ts` resolves to this package. `compileWritten` runs
 * tsc once over all modules of a process, with the options of this project.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import type { AnySchema } from '../../lib/Schema.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

/** A folder for the modules of a test file. */
export const writtenIn = (name: string) => {
  const folder = join(root, 'dist', 'written', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  let count = 0
  /** The exports of a module; `keep` adds it to those that are compiled. */
  const load = async (text: string, keep = true): Promise<{ readonly database: AnySchema; readonly [name: string]: unknown }> => {
    const file = join(folder, `m${(count += 1)}`)
    if (keep) writeFileSync(`${file}.ts`, text)
    const { outputText, diagnostics = [] } = ts.transpileModule(text, {
      reportDiagnostics: true,
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
    })
    if (diagnostics.length > 0) throw new Error(`${ts.flattenDiagnosticMessageText(diagnostics[0]?.messageText, '\n')}\n${text}`)
    writeFileSync(`${file}.mjs`, outputText)
    return import(pathToFileURL(`${file}.mjs`).href)
  }
  /** What tsc says about all kept modules; empty if they compile. */
  const compile = (): string => {
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../../tsconfig.json',
        compilerOptions: { rootDir: '.', noEmit: true, incremental: false, tsBuildInfoFile: null },
        include: ['*.ts'],
        exclude: [],
      }),
    )
    const tsc = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc')
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' })
    return `${stdout}${stderr}`
  }
  return { load, compile, folder }
}
