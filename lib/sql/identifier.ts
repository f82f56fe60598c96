/**
 * Identifiers: always quoted, and refused where an engine would cut or misread them.
 *
 * Postgres cuts names at 63 bytes without a word, and two long names may then be one; a name with NUL
 * or half a surrogate pair is no text at all. Names of tables and columns are the user's, so they are
 * refused; names that only label a result are ours to change.
 */

import { bytesIn, shortName } from '../core/table/Table.js'
import { textProblem } from '../core/value/Canonical.js'
import { refuse, validationError } from '../core/value/DbError.js'
import type { DialectName } from '../core/value/DialectName.js'
import type { Output } from '../plan/Rel.js'

/** How a dialect quotes a name: the mark doubled inside, at most so many bytes. */
export const quoting =
  (dialect: DialectName, mark: '"' | '`', most: number) =>
  (name: string): string => {
    const problem = name === '' ? 'a name can not be empty' : (textProblem(name)?.replace('a text', 'a name') ?? null)
    if (problem !== null) return refuse(validationError([name === '' ? '(identifier)' : 'identifier'], problem))
    if (bytesIn(name) > most)
      return refuse(validationError(['identifier', `${name.slice(0, 20)}...`], `a name has at most ${most} bytes on ${dialect}`))
    return `${mark}${name.replaceAll(mark, mark + mark)}${mark}`
  }

/** Whether a word is a name that every dialect quotes as it is. */
export const isPlainName = (word: string): boolean => /^[A-Za-z]\w{0,49}$/.test(word)

/** Names with which mysql2 closes the connection, where a column of a result has one. */
const RISKY = /^__(proto|(define|lookup)[GS]etter)__$/

export const isRisky = (label: string): boolean => RISKY.test(label)

/** MySQL and MariaDB take blanks and control characters away from the front of a label, and do not find it again by its name. */
const trimmed = (label: string): string => label.replace(/^[\p{Cc} ]+|[\t-\r ]+$/gu, '')

/** How an engine changes what it can't have in a label. */
export type Labelling = (label: string) => string

/** Gives each name that is wished for once, and then others, numbered from 2; also for engines that ignore case. */
export const freeNames = () => {
  const used = new Set<string>()
  /** From which number on a name may be free. */
  const from = new Map<string, number>()
  return (wished: string, numbered: (n: number) => string): string => {
    let n = from.get(wished) ?? 1
    const named = (): string => (n === 1 ? wished : numbered(n))
    while (used.has(named().toLowerCase())) n += 1
    from.set(wished, n)
    used.add(named().toLowerCase())
    return named()
  }
}

/** Labels made fit to quote and different from each other, also for engines that ignore case. */
export const distinctLabels = (names: readonly string[], label: Labelling): readonly string[] => {
  const free = freeNames()
  return names.map(name => {
    const plain = label(trimmed(name))
    const wished = plain === '' || textProblem(plain) !== null || isRisky(plain) ? 'value' : shortName(plain, 50)
    return free(wished, n => `${wished}_${n}`)
  })
}

/** Names for outputs: the last field where that is enough to tell them apart, else the whole path. */
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
