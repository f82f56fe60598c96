/**
 * Errors of a statement that creates an index.
 *
 * An engine that can't have an index says why, and often not which: the statement has one index, whose name is read from it. Every such
 * error is `Unsupported` with that name and what to do. An index is also how an engine reports that the existing rows are not unique.
 *
 * Only statements that the library prints are read: their first names are those of the table and the index, in quotes.
 */
import { type DbError, unsupported } from '../core/value/DbError.js'
import type { Context } from './Driver.js'

const NAME = '(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`)'
const CREATED = new RegExp(`^CREATE (?:UNIQUE )?INDEX (?:${NAME}\\.)?(${NAME}) ON (?:${NAME}\\.)?(${NAME})`)
const ADDED = new RegExp(`^ALTER TABLE (?:${NAME}\\.)?(${NAME}) (?:ADD|MODIFY) COLUMN [\\s\\S]*, ADD (?:UNIQUE )?INDEX (${NAME}) \\(`)

const plain = (quoted: string | undefined): string => {
  const quote = quoted?.[0] ?? ''
  return quoted?.slice(1, -1).replaceAll(quote + quote, quote) ?? ''
}

/** The index that a statement creates, and its table; null if it creates none. */
export const createdIndex = ({ sql, isRaw }: Pick<Context, 'sql' | 'isRaw'>): { readonly index: string; readonly table: string } | null => {
  if (isRaw) return null
  const [, index, table] = CREATED.exec(sql) ?? []
  if (index !== undefined) return { index: plain(index), table: plain(table) }
  const [, altered, added] = ADDED.exec(sql) ?? []
  return added === undefined ? null : { index: plain(added), table: plain(altered) }
}

const PROBLEMS = {
  changing: [
    'an index over an expression whose value may change',
    'compute the value into a column when the row is written, and index that',
  ],
  long: ['an index over a text or document without a limit', 'index a varchar, or a cast to one'],
  type: ['an index over a value of this type', 'index a part of it, or name an access method that has it'],
  generated: ['an index over an expression of a generated key', 'leave the key out of the expression'],
  method: ['an index with this access method', 'use one that the engine has, with the keys that it takes'],
  kind: ['an index of this kind', 'leave it out of the schema for this engine'],
} as const

/** The error of an index that the engine can't have; `detail` is the engine's message. */
export const refusedIndex = (
  engine: string,
  { index, table }: { readonly index: string; readonly table: string },
  problem: keyof typeof PROBLEMS,
  detail: string,
): DbError => {
  const [what, instead] = PROBLEMS[problem]
  return unsupported(`${what} (${index} of ${table})`, engine, `${instead} (${detail})`)
}
