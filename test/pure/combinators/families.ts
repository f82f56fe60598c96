/**
 * The families of expressions, for the list at the top of docs/combinators.md.
 *
 * A family is the file of `lib/core/expr` that defines a combinator, or its section in `Expr.ts`, where a line `// --- Title ---` begins
 * one. A combinator that is added to a file is therefore in its family; a file without a title here has no family, and a test says so.
 */
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../../../../lib/core/expr/', import.meta.url)

/** The families in the order of the page, with the files and sections that are in each. */
const FAMILIES: { readonly [family: string]: readonly string[] } = {
  Conditions: ['Expr/Comparisons', 'Expr/Logic', 'membership'],
  'Literals and choice': ['Expr/Literals', 'Expr/Choice'],
  Numbers: ['Expr/Numbers', 'numbers'],
  Text: ['Expr/Text', 'texts', 'regexMatch'],
  'Dates and times': ['dates'],
  JSON: ['jsonBuild', 'jsonContains', 'jsonPath'],
  Arrays: ['arrays'],
  'Bytes and digests': ['bytes'],
  'Casts and raw SQL': ['Expr/Types', 'casts'],
  'Left joins': ['Expr/Left joins'],
  'Queries inside expressions': ['Expr/Queries inside expressions'],
  'Sort keys': ['Expr/Order'],
}

/** Combinators whose family is another than that of their file. */
const APART: { readonly [name: string]: string } = {
  round: 'Numbers',
  split: 'Text',
  now: 'Dates and times',
  random: 'Numbers',
  randomUuid: 'Literals and choice',
}

/** The file or section of each exported name of the folder. */
const places = (): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const file of readdirSync(folder).filter(name => name.endsWith('.ts'))) {
    let place = file.slice(0, -3)
    for (const line of readFileSync(new URL(file, folder), 'utf8').split('\n')) {
      const section = file === 'Expr.ts' ? /^\/\/ --- (.*?) -+$/.exec(line)?.[1] : undefined
      if (section !== undefined) place = `Expr/${section}`
      const name = /^export const (\w+)/.exec(line)?.[1]
      if (name !== undefined && !found.has(name)) found.set(name, place)
    }
  }
  return found
}

/** The names of each family that has some, in the order of the page; those without a family come last, under null. */
export const familiesOf = (names: readonly string[]): readonly (readonly [family: string | null, names: readonly string[]])[] => {
  const at = places()
  const familyOf = (name: string): string | null =>
    APART[name] ?? Object.keys(FAMILIES).find(family => FAMILIES[family]?.includes(at.get(name) ?? '')) ?? null
  return [...Object.keys(FAMILIES), null]
    .map(family => [family, names.filter(name => familyOf(name) === family)] as const)
    .filter(([, some]) => some.length > 0)
}
