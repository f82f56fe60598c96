/**
 * The imports of a written module: found by the names that its text uses.
 *
 * `scan(code)` reads TypeScript as `show` and the writers of modules print it: names, strings, templates, numbers, comments. A name is free where
 * it is no property, no key of a record and no part of a string. `importLines` has an import for each free name that a public module exports.
 *
 * Laws: no text inside a string or comment is read as a name; a remark of `show` (`undefined`, with the reason as a comment) is always found.
 */
import * as Column from '../../core/expr/Column.js'
import { combinators } from '../../show/combinators.js'

/** What a text uses. */
export interface Scanned {
  readonly names: ReadonlySet<string>
  /** Where each of them is. */
  readonly places: readonly { readonly name: string; readonly at: number }[]
  /** The comments between its code that `show` has written, where something has no text. */
  readonly remarks: readonly string[]
}

const NAME = /[\p{L}_$][\p{L}\p{Nd}_$]*/uy
const NUMBER = /[0-9][0-9A-Za-z_.]*/y
const STRING = /'(?:[^'\\]|\\[\s\S])*'/y
const LINE = /\/\/[^\n]*/y
const REMARK = /\/\*([\s\S]*?)\*\//y
const KEY = /\s*:/y

/** The free names and the remarks of a text. */
export const scan = (code: string): Scanned => {
  const places: { readonly name: string; readonly at: number }[] = []
  const remarks: string[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(code)
    if (found !== null) at += found[0].length
    return found
  }
  const followedByColon = (): boolean => {
    KEY.lastIndex = at
    return KEY.test(code)
  }
  /** A letter is the variable of a row, but for `t` of io-ts, of which only the type of any value is used. */
  const isVariable = (name: string): boolean => name === 't' && !code.startsWith('.unknown', at)
  const template = (): void => {
    at += 1
    while (at < code.length && code[at] !== '`') {
      if (code.startsWith('${', at)) {
        at += 2
        part('}')
      }
      at += code[at] === '\\' ? 2 : 1
    }
    at += 1
  }
  /** Code up to a closing brace of its own, or up to the end. */
  const part = (end: string): void => {
    let depth = 0
    let before = ''
    while (at < code.length) {
      const c = code[at] as string
      if (c === end && depth === 0) return
      const remark = take(REMARK)
      if (remark !== null) {
        remarks.push((remark[1] ?? '').trim())
        continue
      }
      if (take(LINE) !== null) continue
      const start = at
      const name = take(NAME)?.[0]
      if (name !== undefined) {
        const isSpread = before.endsWith('...')
        if (!(before.endsWith('.') && !isSpread) && !followedByColon() && !isVariable(name)) places.push({ name, at: start })
        before = ''
        continue
      }
      if (take(STRING) !== null || take(NUMBER) !== null) {
        before = ''
        continue
      }
      if (c === '`') {
        template()
        before = ''
        continue
      }
      if (c === '{') depth += 1
      if (c === '}') depth -= 1
      if (!/\s/.test(c)) before += c
      at += 1
    }
  }
  part('\0')
  return { names: new Set(places.map(p => p.name)), places, remarks }
}

const FROM: { readonly [module: string]: readonly string[] } = {
  Column: Object.keys(Column),
  Expr: Object.keys(combinators),
  Schema: ['fk', 'schema'],
  Table: ['asIs', 'table', 'view'],
}

/** Modules that are imported by one name. */
const WHOLE: { readonly [name: string]: string } = {
  Agg: 'Agg',
  C: 'Command',
  K: 'Column',
  Migrate: 'Migrate',
  Q: 'Query',
  Window: 'Window',
}

/** Whether a name is one that a module imports. */
export const isImported = (name: string): boolean =>
  name === 'pipe' || name === 't' || Object.hasOwn(WHOLE, name) || Object.values(FROM).some(all => all.includes(name))

/** The import lines of the names that a text uses; `packageName` has to be quoted by `quote`. */
export const importLines = (used: ReadonlySet<string>, packageName: string, quote: (s: string) => string): readonly string[] => {
  const path = (module: string): string => quote(`${packageName}/${module}`)
  const whole = Object.entries(WHOLE).flatMap(([name, module]) =>
    used.has(name) ? [[module, `import * as ${name} from ${path(module)}`] as const] : [],
  )
  const some = Object.entries(FROM).flatMap(([module, all]) => {
    const wanted = all.filter(name => used.has(name)).sort()
    return wanted.length === 0 ? [] : [[module, importOf(wanted, path(module))] as const]
  })
  return [
    ...(used.has('pipe') ? [`import { pipe } from 'fp-ts/lib/function.js'`] : []),
    ...(used.has('t') ? [`import * as t from 'io-ts'`] : []),
    ...[...whole, ...some].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line),
  ]
}

const WIDTH = 100

const importOf = (names: readonly string[], from: string): string => {
  const line = `import { ${names.join(', ')} } from ${from}`
  return line.length <= WIDTH ? line : `import {\n${names.map(name => `  ${name},\n`).join('')}} from ${from}`
}
