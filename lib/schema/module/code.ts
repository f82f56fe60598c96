/**
 * Texts of an image in the form of `show`, as code of the module that is written from it.
 *
 * Such a text is TypeScript over the names that `imageOf` uses: combinators, columns, tables, and `row`. `codeOf` returns it with the constants
 * that the tables have in the module. A text with a name that the module does not have, or with a remark of `show`, is no code: null.
 *
 * A text in the language of an engine is never code. One in the form of `show` is: it is as trusted as the image that has it.
 */
import { idOf, type QualifiedName } from '../../core/schema/SchemaImage.js'
import { isConstant, member } from '../../show/showValue.js'
import { isImported, scan } from '../written/imports.js'

/** Whether the text of an image names a table by its own name. Otherwise it is a member of `tables`. */
export const hasOwnName = ({ schema, name }: QualifiedName): boolean => schema === null && isConstant(name)

const referenceTo = (name: QualifiedName): string => member('tables', name.schema === null ? name.name : `${name.schema}.${name.name}`)

/** Words of the language, and what the text of a value uses. */
const WORDS: ReadonlySet<string> = new Set('const return true false null new Date Uint8Array NaN row'.split(' '))

/** The constants of tables and views, by `idOf` their names. */
export interface Constants {
  readonly of: ReadonlyMap<string, string>
  readonly tables: readonly QualifiedName[]
}

/** A text as code of the module, with the constants that it uses; null if it is none. */
export const codeOf = (
  text: string | null,
  { of, tables }: Constants,
): { readonly code: string; readonly uses: ReadonlySet<string> } | null => {
  if (text === null) return null
  const { names, places, remarks } = scan(text)
  if (remarks.length > 0) return null
  const uses = new Set<string>()
  const own = new Map(tables.filter(hasOwnName).map(t => [t.name, of.get(idOf(t)) ?? t.name]))
  const defined = new Set([...text.matchAll(/\bconst ([\w$]+) = /g)].map(([, name]) => name ?? ''))
  for (const name of names) {
    const constant = own.get(name)
    if (constant !== undefined && !defined.has(name)) uses.add(constant)
    else if (name !== 'tables' && !defined.has(name) && !WORDS.has(name) && !isImported(name) && !/^[a-z]\d*$/.test(name)) return null
  }
  let code = text
  for (const { at } of places.filter(p => p.name === 'tables').reverse()) {
    const target = tables.find(t => !hasOwnName(t) && isAt(code, at, referenceTo(t)))
    const constant = target === undefined ? undefined : of.get(idOf(target))
    if (target === undefined || constant === undefined) return null
    uses.add(constant)
    code = `${code.slice(0, at)}${constant}${code.slice(at + referenceTo(target).length)}`
  }
  return { code, uses }
}

const isAt = (code: string, at: number, reference: string): boolean =>
  code.startsWith(reference, at) && !/[\w$]/.test(reference.endsWith(']') ? '' : (code[at + reference.length] ?? ''))

/** The code with its lines after the first moved to the right, if none of them is part of a template. */
export const indented = (code: string, by: string): string => (code.includes('`') ? code : code.replaceAll('\n', `\n${by}`))
