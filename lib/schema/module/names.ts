/**
 * Names of SQL in TypeScript: identifiers, fields, literals and comments that are safe for any name that a database may have.
 *
 * `fieldsOf` chooses a field for each column: the camelCase name from which the naming strategy makes the SQL name, or another one that needs
 * `named`. `chooser` hands out each name once. A text becomes a literal by `quoted` or the end of a line by `comment`, and nothing else.
 *
 * Laws: what `quoted` returns evaluates to its argument; `comment` has no line terminator; the names of one chooser are different and are
 * no reserved words.
 */
import { asIs, snakeCase } from '../../core/table/Table.js'

/** Words that can't name a constant of a module, and the names that a written module imports or declares. */
const RESERVED = new Set(
  (
    'abstract any arguments as async await boolean break case catch class const continue debugger declare default delete do else enum eval export ' +
    'extends false finally for from function get if implements import in infer instanceof interface is keyof let module namespace never new null ' +
    'number object of package private protected public readonly require return set static string super switch symbol this throw true try type ' +
    'typeof undefined unique unknown var void while with yield Infinity NaN globalThis K t pipe table schema fk asIs asc desc nullsFirst nullsLast ' +
    'row tables integer bigInteger float bytes Uint8Array BigInt Number String Symbol Object'
  ).split(' '),
)

/** Letters of the basic plane, which every compiler knows, digits, `_` and `$`. */
const IDENTIFIER = /^[\p{L}_$][\p{L}\p{Nd}_$]*$/u
const isBasic = (s: string): boolean => !/[\u{10000}-\u{10ffff}]/u.test(s)

/** Whether a name can be written as a property without quotes. */
const isIdentifier = (s: string): boolean => IDENTIFIER.test(s) && isBasic(s)

/** A string literal. */
export const quoted = (s: string): string => {
  const inner = JSON.stringify(s).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner.replace(/[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`
}

/** A text as a comment to the end of the line. */
export const comment = (s: string): string => `// ${s.replace(/[\p{C}\u2028\u2029]+/gu, ' ').trim()}`

/** A property in an object literal. `__proto__` would set the prototype. */
export const property = (s: string): string => (s === '__proto__' ? "['__proto__']" : isIdentifier(s) ? s : quoted(s))

/** The property of an expression. */
export const member = (of: string, s: string): string => (isIdentifier(s) ? `${of}.${s}` : `${of}[${quoted(s)}]`)

/** A name in camelCase, of its letters and digits; `otherwise` where it has none. */
export const camelCase = (s: string, otherwise: string): string => {
  const parts = (isBasic(s) ? s : '').split(/[^\p{L}\p{Nd}]+/u).filter(w => w !== '')
  const [first = otherwise, ...rest] = parts.map(w => (w === w.toUpperCase() ? w.toLowerCase() : w))
  const joined = `${first.slice(0, 1).toLowerCase()}${first.slice(1)}${rest.map(w => `${w.slice(0, 1).toUpperCase()}${w.slice(1)}`).join('')}`
  return isIdentifier(joined) ? joined : isIdentifier(`_${joined}`) ? `_${joined}` : otherwise
}

/** A function that returns the name, or the name with a number where it has returned it before or where it is one of `taken`. */
export const chooser = (taken: Iterable<string> = []): ((name: string) => string) => {
  const used = new Set(taken)
  return name => {
    let chosen = name
    for (let n = 2; used.has(chosen); n += 1) chosen = `${name}${n}`
    used.add(chosen)
    return chosen
  }
}

/** A chooser of constants: of names that are no reserved words. */
export const constants = (): ((name: string) => string) => chooser(RESERVED)

/** The fields of a table, by the SQL names of its columns. */
export interface Fields {
  readonly naming: 'snakeCase' | 'asIs'
  readonly of: ReadonlyMap<string, string>
}

const isSafe = (field: string): boolean => isIdentifier(field) && field !== '__proto__'

/** The field from which `snakeCase` makes this name; undefined if there is none. */
const inverse = (name: string): string | undefined =>
  [name.replace(/(?<=[a-z0-9])_([a-z])/g, (_, c: string) => c.toUpperCase()), name].find(f => isSafe(f) && snakeCase(f) === name)

const fieldsBy = (names: readonly string[], exact: (name: string) => string | undefined): ReadonlyMap<string, string> => {
  const found = new Map(names.flatMap((n): [string, string][] => [exact(n)].flatMap(f => (f === undefined ? [] : [[n, f]]))))
  const choose = chooser(found.values())
  return new Map(names.map(n => [n, found.get(n) ?? choose(camelCase(n, 'column'))]))
}

/** The fields of columns whose expressions are code: their names. */
export const sameFields = (names: readonly string[]): Fields => ({
  naming: names.every(n => snakeCase(n) === n) ? 'snakeCase' : 'asIs',
  of: new Map(names.map(n => [n, n])),
})

/** The fields of the columns with these names: those of `asIs` where no SQL name is in snake_case and fewer columns then need `named`. */
export const fieldsOf = (names: readonly string[]): Fields => {
  const needs = (of: ReadonlyMap<string, string>, naming: (f: string) => string): number =>
    names.filter(n => naming(of.get(n) ?? '') !== n).length
  const snake = fieldsBy(names, inverse)
  const same = fieldsBy(names, n => (isSafe(n) ? n : undefined))
  const isSnake = names.some(n => (inverse(n) ?? n) !== n)
  return !isSnake && needs(same, asIs) < needs(snake, snakeCase) ? { naming: 'asIs', of: same } : { naming: 'snakeCase', of: snake }
}
