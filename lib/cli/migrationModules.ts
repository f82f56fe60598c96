/**
 * Loads modules of a folder that import nothing but each other, query-ts, packages, and built-in modules of Node.
 *
 * A migration describes its tables as they are at that point of the history. If it imported the application's, its meaning would change with them. So
 * each import of a file of the folder (static, dynamic, `require`, in TypeScript or JavaScript) passes through `open` here, which resolves it to a real
 * path and refuses files outside the folder that are not below a `node_modules` folder. A link from a package to the application is refused as well.
 *
 * Modules of query-ts are those of the running copy, packages are imported by Node. `node:module` is refused, since it hands out other loaders. The
 * modules of one loader are evaluated once; a loader lasts for one reading of the folder.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, extname, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { type DbError, migrationError, refuse, refusedWith, textOf } from '../core/value/DbError.js'
import { manifest, resolveFrom, transpile } from './typescript.js'

interface Loaded {
  readonly exports: any
}

/** What an import of a file leads to. */
type Target = { readonly tag: 'own'; readonly file: string } | { readonly tag: 'other'; readonly id: string }

/** Imports a module of the folder; rejects with what `loadingError` turns into an error. */
export type ImportOwn = (file: string) => Promise<any>

/** Whether a file is in a folder, or in one of its folders. */
export const isBelow = (folder: string, file: string): boolean => {
  const path = relative(folder, file)
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !/^(?:[A-Za-z]:|[\\/])/.test(path)
}

/** An error about a file of the folder. */
export const fileError = (folder: string, file: string, line: number | null, reason: string): DbError => {
  const name = isBelow(folder, file) ? relative(folder, file) : file
  return migrationError('malformed', [name], `${name}${line === null ? '' : `:${line}`}: ${reason}`)
}

/** The line of a file in the stack of an exception. */
const lineIn = (file: string, stack: unknown): number | null => {
  const at = String(stack).indexOf(`${file}:`)
  const found = at < 0 ? null : /^\d+/.exec(String(stack).slice(at + file.length + 1))
  return found === null ? null : Number(found[0])
}

/** The line on which a source mentions a specifier in quotes. */
const lineOf = (source: string, specifier: string): number | null => {
  const at = ["'", '"', '`'].map(q => source.indexOf(`${q}${specifier}${q}`)).filter(i => i >= 0)
  return at.length === 0 ? null : source.slice(0, Math.min(...at)).split('\n').length
}

/** The error of an exception that left a module of the folder. */
export const loadingError = (folder: string, file: string, thrown: unknown): DbError => {
  const refused = refusedWith(thrown)
  // an import that is refused has its own file and line
  if (refused?._tag === 'MigrationError') return refused
  const line = thrown instanceof Error ? lineIn(file, thrown.stack) : null
  return fileError(folder, file, line, refused === null ? `it throws: ${textOf(thrown)}` : refused.message)
}

const REFUSED = `a migration imports nothing of the application, which changes later: describe the tables in the migration, or move what it needs into its folder`

const BUILT_IN = 'it would import past the check of what migrations import: import the file of the folder itself'

const targetOf = (folder: string, file: string, source: string, specifier: string): Target => {
  const no = (reason: string): never => {
    return refuse(fileError(folder, file, lineOf(source, specifier), reason))
  }
  if (isBuiltin(specifier))
    return /^(?:node:)?module$/.test(specifier) ? no(`imports "${specifier}": ${BUILT_IN}`) : { tag: 'other', id: specifier }
  const { root, modules } = manifest()
  const own = modules.get(specifier)
  if (own !== undefined) return { tag: 'other', id: pathToFileURL(own).href }
  if (/^query-ts(?:\/|$)/.test(specifier)) return no(`imports "${specifier}", which query-ts does not have`)
  const found = resolveFrom(file, specifier)
  if (found === undefined || !existsSync(found))
    return no(`imports "${specifier}", and there is no such module: correct the path, or install the package`)
  const real = realpathSync(found)
  if (isBelow(folder, real)) return { tag: 'own', file: real }
  if (real.split(sep).includes('node_modules') || isBelow(`${root}${sep}dist`, real)) return { tag: 'other', id: pathToFileURL(real).href }
  return no(`imports "${specifier}" (${relative(folder, real)}): ${REFUSED}`)
}

/** CommonJS exports as a module with a default export. */
const asModule = (exports: any): any => {
  if (exports?.__esModule === true || Object.prototype.toString.call(exports) === '[object Module]') return exports
  return { ...(typeof exports === 'object' ? exports : {}), default: exports }
}

const PARAMETERS = 'exports, require, module, __filename, __dirname, jitiImport, jitiESMResolve'

/** A loader for a folder, whose path is a real one. */
export const moduleLoader = (folder: string): ImportOwn => {
  const loaded = new Map<string, Loaded>()
  const pending = new Map<string, Promise<unknown>>()

  const compiled = (file: string, source: string, isAsync: boolean): ((...args: readonly unknown[]) => unknown) => {
    const script = transpile(file, source, isAsync)
    if (!script.ok) return refuse(fileError(folder, file, script.problem.line, `it can't be parsed: ${script.problem.message}`))
    try {
      const text = `(${isAsync ? 'async ' : ''}function (${PARAMETERS}) { ${script.code}\n})`
      return new Script(text, { filename: file }).runInThisContext() as (...args: readonly unknown[]) => unknown
    } catch (thrown) {
      const line = thrown instanceof Error ? lineIn(file, thrown.stack) : null
      return refuse(fileError(folder, file, line, `it can't be parsed: ${textOf(thrown)}`))
    }
  }

  const argumentsOf = (file: string, source: string, module: { exports: any }): readonly unknown[] => [
    module.exports,
    (specifier: string) => {
      const target = targetOf(folder, file, source, specifier)
      if (target.tag === 'own') return required(target.file)
      return createRequire(file)(target.id.startsWith('file:') ? fileURLToPath(target.id) : target.id)
    },
    module,
    file,
    dirname(file),
    async (specifier: string) => {
      const target = targetOf(folder, file, source, `${specifier}`)
      return target.tag === 'own' ? imported(target.file, file) : import(target.id)
    },
    (specifier: string) => {
      const target = targetOf(folder, file, source, specifier)
      return target.tag === 'own' ? pathToFileURL(target.file).href : target.id
    },
  ]

  const json = (file: string, source: string): Loaded => {
    try {
      return { exports: JSON.parse(source) }
    } catch (thrown) {
      return refuse(fileError(folder, file, null, `it is no JSON: ${textOf(thrown)}`))
    }
  }

  /** By `require`: at once. A module that is being loaded is given as far as it is. */
  const required = (file: string): any => {
    const known = loaded.get(file)
    if (known !== undefined) return known.exports
    const source = readFileSync(file, 'utf8')
    const module: { exports: any } = extname(file) === '.json' ? json(file, source) : { exports: {} }
    loaded.set(file, module)
    try {
      if (extname(file) !== '.json') compiled(file, source, false)(...argumentsOf(file, source, module))
    } catch (thrown) {
      loaded.delete(file)
      throw thrown
    }
    return module.exports
  }

  /** The files that each file that is being loaded waits for. */
  const waits = new Map<string, Set<string>>()
  const waitsFor = (file: string, other: string, seen: Set<string> = new Set()): boolean => {
    if (file === other) return true
    if (seen.has(file)) return false
    seen.add(file)
    return [...(waits.get(file) ?? [])].some(next => waitsFor(next, other, seen))
  }

  const evaluate = async (file: string): Promise<void> => {
    const source = readFileSync(file, 'utf8')
    const module: { exports: any } = extname(file) === '.json' ? json(file, source) : { exports: {} }
    loaded.set(file, module)
    if (extname(file) !== '.json') await compiled(file, source, true)(...argumentsOf(file, source, module))
  }

  const imported = async (file: string, by: string | null): Promise<any> => {
    const running = pending.get(file) ?? (loaded.has(file) ? Promise.resolve() : evaluate(file))
    if (!pending.has(file)) pending.set(file, running)
    // modules that import each other: the second one sees the first as far as it is
    if (by === null || !waitsFor(file, by)) {
      if (by !== null) waits.set(by, (waits.get(by) ?? new Set()).add(file))
      try {
        await running
      } finally {
        if (by !== null) waits.get(by)?.delete(file)
      }
    }
    return asModule(loaded.get(file)?.exports)
  }

  return file => imported(file, null)
}
