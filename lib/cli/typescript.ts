/**
 * TypeScript files at run time, by jiti.
 *
 * `importModule(file)` imports a configuration or a module of the application with all that it imports, whatever mixture of TypeScript, ES modules and
 * CommonJS that is; aliases of the nearest tsconfig.json hold. `transpile(file, source)` turns one module into a script whose imports are calls, on the
 * same lines, for a loader that decides itself what may be imported (`migrationModules`).
 *
 * Modules of this package are those of the running copy: a second copy would plan and print the same queries, and pass on no refusals. Nothing is
 * cached on the disk. This is the only file that knows jiti.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createJiti } from 'jiti'

/** The root of this package, published or in its repository. */
const packageRoot = (from: string): string => {
  const manifest = join(from, 'package.json')
  try {
    if ((JSON.parse(readFileSync(manifest, 'utf8')) as { readonly name?: unknown }).name === 'query-ts') return from
  } catch {
    // no package.json here: look further up
  }
  const parent = dirname(from)
  if (parent === from) throw new Error('the package.json of query-ts is missing: install the package again')
  return packageRoot(parent)
}

/** What package.json has about this package. */
export interface Manifest {
  readonly root: string
  readonly version: string
  /** Specifier -> the file of the module. */
  readonly modules: ReadonlyMap<string, string>
}

/** A value that is made when it is needed first. */
const lazily = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** The modules of the running copy of this package, by their specifiers. */
export const manifest = lazily((): Manifest => {
  const root = packageRoot(dirname(fileURLToPath(import.meta.url)))
  const { version, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string
    readonly exports: { readonly [subpath: string]: string | { readonly default: string } }
  }
  const modules = new Map(
    Object.entries(exports).map(([subpath, target]) => [
      `query-ts${subpath.slice(1)}`,
      join(root, typeof target === 'string' ? target : target.default),
    ]),
  )
  return { root, version, modules }
})

const jitiFrom = (file: string) =>
  createJiti(pathToFileURL(file).href, {
    fsCache: false,
    // a run sees the files as they are now; within one import each module is evaluated once
    moduleCache: false,
    interopDefault: false,
    tsconfigPaths: true,
    alias: Object.fromEntries(manifest().modules),
  })

/** Imports a module by the path of its file. Rejects with what the module, or one that it imports, throws. */
export const importModule = (file: string): Promise<unknown> => jitiFrom(file).import(file)

/** One without options of a file, to resolve and transpile. */
const plainJiti = lazily(() => createJiti(import.meta.url, { fsCache: false }))

/** The file that a specifier in a file means, by the rules of Node for `import`; undefined if there is none. */
export const resolveFrom = (file: string, specifier: string): string | undefined => {
  const found = plainJiti().esmResolve(specifier, { try: true, parentURL: pathToFileURL(file).href })
  return found === undefined ? undefined : found.startsWith('file:') ? fileURLToPath(found) : found
}

/** Why a module can't be parsed, and where; the line counts from 1. */
interface ParseProblem {
  readonly line: number
  readonly message: string
}

/** A module as the body of a function with the parameters `exports`, `require`, `module`, `jitiImport` and `jitiESMResolve`. */
export type Transpiled = { readonly ok: true; readonly code: string } | { readonly ok: false; readonly problem: ParseProblem }

const FAILED = 'exports.__JITI_ERROR__ = '

/** Transpiles a module. With `isAsync` its imports are awaited, otherwise required. */
export const transpile = (file: string, source: string, isAsync: boolean): Transpiled => {
  const code = plainJiti().transform({
    source,
    filename: file,
    ts: /\.[cm]?ts$/.test(file),
    async: isAsync,
    retainLines: true,
    interopDefault: false,
  })
  if (!code.startsWith(FAILED)) return { ok: true, code }
  const { line = 1, message = '' } = JSON.parse(code.slice(FAILED.length)) as Partial<ParseProblem>
  return { ok: false, problem: { line, message: message.trim() } }
}
