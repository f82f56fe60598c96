/**
 * The rules on the size and the documentation of the modules of lib, each a function from files to complaints.
 *
 * What is measured, and the limits, stand in scripts/sizes.mjs, which prints the same counts: `node scripts/sizes.mjs`. Unlike the rules
 * next to this file they parse what they read. Each is tried on planted offenders in architecture.test.ts.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Rule, SourceFile } from './rules.js'

type Files = ReadonlyArray<SourceFile>

interface Sized {
  readonly path: string
  readonly lines: number
}

/** The exports of scripts/sizes.mjs. */
interface Sizes {
  readonly linesOf: (text: string) => number
  readonly limits: Readonly<Record<'median' | 'percentile90' | 'longest' | 'function' | 'twins', number>>
  readonly quantiles: (files: Files) => {
    readonly median: Sized
    readonly percentile90: Sized
    readonly longest: Sized
    readonly total: number
  }
  readonly longFunctions: (file: SourceFile) => ReadonlyArray<{ readonly name: string; readonly line: number; readonly lines: number }>
  readonly twinsOf: (files: Files) => ReadonlyArray<readonly [name: string, paths: ReadonlyArray<string>]>
  readonly undocumented: (file: SourceFile) => ReadonlyArray<{ readonly line: number; readonly names: ReadonlyArray<string> }>
}

const script = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'scripts', 'sizes.mjs')
const sizes: Sizes = await import(pathToFileURL(script).href)
const { limits, linesOf, longFunctions, twinsOf, undocumented } = sizes

/** The median, the 90th percentile and the maximum of the lengths of files, and their sum. */
export const { quantiles } = sizes

const above = (lines: number, limit: number): ReadonlyArray<string> => (lines > limit ? [`${lines} lines`] : [])

/** A rule on a quantile of the lengths. */
const quantile = (name: string, of: 'median' | 'percentile90'): Rule => ({
  name: `${name} at most ${limits[of]} lines`,
  check: files => above(quantiles(files)[of].lines, limits[of]),
})

export const sizeRules: ReadonlyArray<Rule> = [
  quantile('the median of the files of lib is', 'median'),

  quantile('the 90th percentile of the files of lib is', 'percentile90'),

  {
    name: `a file has at most ${limits.longest} lines`,
    check: files => files.flatMap(f => above(linesOf(f.text), limits.longest).map(complaint => `${f.path}: ${complaint}`)),
  },

  {
    name: `a function has at most ${limits.function} lines, with all the functions inside it`,
    check: files => files.flatMap(f => longFunctions(f).map(({ name, line, lines }) => `${f.path}:${line}: ${name}: ${lines} lines`)),
  },

  {
    name: `at most ${limits.twins} names of files exist twice, except those of dialects and public faces`,
    check: files => {
      const twins = twinsOf(files)
      return twins.length > limits.twins ? twins.map(([name, paths]) => `${name}: ${paths.join(', ')}`) : []
    },
  },

  {
    name: 'every exported declaration of lib has a doc comment',
    check: files => files.flatMap(f => undocumented(f).map(({ line, names }) => `${f.path}:${line}: ${names.join(', ')}`)),
  },
]
