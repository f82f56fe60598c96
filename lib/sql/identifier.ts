/**
 * Identifiers: always quoted, and refused where an engine would truncate or misread them.
 *
 * Postgres silently truncates names at 63 bytes, and two long names may become the same; a name with
 * NUL or half a surrogate pair is not a text. Names of tables and columns belong to the user, so such
 * names are refused; names that only label a result are changed.
 */

import type { QualifiedName } from '../core/schema/SchemaImage.js'
import { bytesIn, shortName } from '../core/table/Table.js'
import { textProblem } from '../core/value/Canonical.js'
import { refuse, validationError } from '../core/value/DbError.js'
import type { DialectName } from '../core/value/DialectName.js'
import type { Output } from '../plan/Rel.js'

/** Quotes a name by a mark, which is doubled inside; refuses one of more than `most` bytes. */
export const quoting =
  (dialect: DialectName, mark: '"' | '`', most: number) =>
  (name: string): string => {
    const problem = name === '' ? 'a name must not be empty' : (textProblem(name)?.replace('a text', 'a name') ?? null)
    if (problem !== null) return refuse(validationError([name === '' ? '(identifier)' : 'identifier'], problem))
    if (bytesIn(name) > most)
      return refuse(validationError(['identifier', `${name.slice(0, 20)}...`], `${dialect} allows names of at most ${most} bytes`))
    return `${mark}${name.replaceAll(mark, mark + mark)}${mark}`
  }

/** The quoted full name of a table. */
export const target = ({ quote }: { readonly quote: (name: string) => string }, { schema, name }: QualifiedName): string =>
  schema === null ? quote(name) : `${quote(schema)}.${quote(name)}`

/** Whether every dialect takes a name without changes. */
export const isPlainName = (word: string): boolean => /^[A-Za-z]\w{0,49}$/.test(word)

/** Labels on which mysql2 closes the connection. */
const RISKY = /^__(proto|(define|lookup)[GS]etter)__$/

/** Whether a driver fails on a label. */
export const isRisky = (label: string): boolean => RISKY.test(label)

/** MySQL and MariaDB remove leading blanks and control characters from a label, and then do not find it by its name. */
const trimmed = (label: string): string => label.replace(/^[\p{Cc} ]+|[\t-\r ]+$/gu, '')

/** Replaces what an engine does not take in a label. */
export type Labelling = (label: string) => string

/** Returns each name once, and then variants numbered from 2. Names that differ by case only count as equal, since some engines ignore case. */
export const freeNames = () => {
  const used = new Set<string>()
  /** The first number by which a name may be free. */
  const from = new Map<string, number>()
  return (preferred: string, numbered: (n: number) => string): string => {
    let n = from.get(preferred) ?? 1
    const named = (): string => (n === 1 ? preferred : numbered(n))
    while (used.has(named().toLowerCase())) n += 1
    from.set(preferred, n)
    used.add(named().toLowerCase())
    return named()
  }
}

/** Labels that can be quoted and are distinct, also for engines that ignore case. */
export const distinctLabels = (names: readonly string[], label: Labelling): readonly string[] => {
  const free = freeNames()
  return names.map(name => {
    const plain = label(trimmed(name))
    const preferred = plain === '' || textProblem(plain) !== null || isRisky(plain) ? 'value' : shortName(plain, 50)
    return free(preferred, n => `${preferred}_${n}`)
  })
}

/** Labels of outputs: the last field of the path where that is distinct, else the whole path. */
export const labelsOf = (outputs: readonly Output[], label: Labelling): readonly string[] => {
  const steps = (o: Output): readonly string[] => o.path.map(step => (step === '?' ? 'present' : step))
  const last = outputs.map(o => steps(o).at(-1) ?? 'value')
  const seen = new Set<string>()
  const twice = new Set(last.filter(n => seen.has(n) || !seen.add(n)))
  return distinctLabels(
    outputs.map((o, i) => (twice.has(last[i] as string) ? steps(o).join('_') || 'value' : (last[i] as string))),
    label,
  )
}
