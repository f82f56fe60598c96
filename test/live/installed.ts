/**
 * A project with this package and chosen drivers in its node_modules, as a user would have it: what is not installed can't be found, since no
 * folder above the project has a node_modules either.
 *
 * The package is a copy of its build (`dist/lib` with package.json), since packages are looked up from the place of the importing file; its
 * dependencies and the drivers are links.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const modules = join(root, 'node_modules')

/** Whether packages are found above a folder. */
const findsPackages = (folder: string): boolean =>
  existsSync(join(folder, 'node_modules')) || (dirname(folder) !== folder && findsPackages(dirname(folder)))

/** A new folder, which is gone when the process is. */
const secluded = (): string => {
  const base = [tmpdir(), '/var/tmp', '/dev/shm', homedir()].find(path => existsSync(path) && !findsPackages(realpathSync(path)))
  if (base === undefined) throw new Error(`a node_modules is above ${tmpdir()}: set TMPDIR to a folder without one`)
  const folder = mkdtempSync(join(realpathSync(base), 'query-ts-installed-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A folder with a package.json, this package, its dependencies, and the given packages. */
export const installed = (packages: readonly string[]): string => {
  const folder = secluded()
  const own = join(folder, 'node_modules', 'query-ts')
  mkdirSync(join(own, 'dist'), { recursive: true })
  cpSync(join(root, 'package.json'), join(own, 'package.json'))
  cpSync(join(root, 'dist', 'lib'), join(own, 'dist', 'lib'), { recursive: true, filter: source => !source.endsWith('.map') })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }))
  for (const name of ['fp-ts', 'io-ts', 'tarn', ...packages]) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    if (!existsSync(link)) symlinkSync(join(modules, name), link, 'junction')
  }
  return folder
}

/** What a program prints that runs in such a project. */
export const printed = (folder: string, program: string): string => {
  const file = join(folder, 'program.mjs')
  writeFileSync(file, program)
  const done = spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8', timeout: 60_000 })
  if (done.status !== 0) throw new Error(`the program ended with ${done.status}: ${done.stderr}`)
  return done.stdout
}

/** What the compiler complains about in a module of such a project, the declarations of packages included. */
export const complaints = (folder: string, module: string): string => {
  writeFileSync(join(folder, 'module.ts'), module)
  const compiler = join(modules, '@typescript', 'native', 'bin', 'tsc')
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--lib',
    'es2023',
    '--types',
    'node',
    '--pretty',
    'false',
  ]
  const done = spawnSync(process.execPath, [compiler, ...options, 'module.ts'], { cwd: folder, encoding: 'utf8', timeout: 120_000 })
  return `${done.stdout}${done.stderr}`
}
