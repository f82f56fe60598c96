/**
 * Indexes in the catalog of Postgres.
 *
 * An image has words for the keys of an index, their order, its condition and its access method. All else is in the definition that
 * `pg_get_indexdef` prints: operator classes and collations after a key, and INCLUDE, NULLS NOT DISTINCT, WITH after the keys. It is cut
 * from the definition, whose keys and condition are known from other columns of the query, so that no expression is parsed.
 *
 * The options of an index are what follows its keys. If a key has an operator class or a collation of its own, the options begin with all
 * keys, in brackets: `(lower(name) text_pattern_ops) INCLUDE (id)`. So `CREATE INDEX ... USING method` and the options define it again.
 */
import type { IndexImage, IndexKeyImage } from '../../core/schema/SchemaImage.js'

/** A key: the column or null, its text, and the bits of `indoption`. */
type Key = readonly [column: string | null, text: string, option: number]

const DESC = 1
const NULLS_FIRST = 2

const keyImage = ([column, text, option]: Key): IndexKeyImage => {
  const direction = option & DESC ? 'desc' : 'asc'
  const nulls = option & NULLS_FIRST ? 'first' : 'last'
  return {
    of: column === null ? { tag: 'expression', text } : { tag: 'column', name: column },
    direction,
    nulls: nulls === (direction === 'desc' ? 'first' : 'last') ? null : nulls,
  }
}

/** Up to the first bracket that is not in a quoted name. */
const BEFORE_KEYS = /^(?:[^"(]|"[^"]*")*\(/

/** What follows a key, up to the next comma or bracket: names, texts, and the arguments of an operator class. */
const AFTER_KEY = /(?:[^"'(),]|"[^"]*"|'[^']*'|\((?:[^"'()]|"[^"]*"|'[^']*')*\))*/y

/** The options, or null if the definition has another form than Postgres 18 and earlier print. */
const optionsIn = (definition: string, keys: readonly Key[], where: string | null): string | null => {
  const start = BEFORE_KEYS.exec(definition)?.[0].length
  if (start === undefined) return null
  let at = start
  let isPlain = true
  for (const [i, [, text]] of keys.entries()) {
    if (!definition.startsWith(text, at)) return null
    AFTER_KEY.lastIndex = at + text.length
    const after = AFTER_KEY.exec(definition)?.[0] ?? ''
    if (after.replace(/(?: DESC)?(?: NULLS (?:FIRST|LAST))?$/, '') !== '') isPlain = false
    at = AFTER_KEY.lastIndex
    const end = i === keys.length - 1 ? ')' : ', '
    if (!definition.startsWith(end, at)) return null
    at += end.length
  }
  const condition = where === null ? '' : ` WHERE ${where}`
  if (!definition.endsWith(condition)) return null
  return definition.slice(isPlain ? at : start - 1, definition.length - condition.length).trim()
}

/** The index of a row of the query of indexes, after the oid of the table. */
export const readIndex = ([name, unique, valid, method, keyList, where = null, definition, tablespace = null]: readonly (
  | string
  | null
)[]): IndexImage => {
  const keys = JSON.parse(keyList ?? '[]') as readonly Key[]
  const options = optionsIn(definition ?? '', keys, where) ?? (definition ?? '').replace(/^.* USING /s, '')
  return {
    name: name ?? '',
    keys: keys.map(keyImage),
    unique: unique === 'true',
    where: where === null ? null : { text: where },
    method: method === 'btree' ? null : (method ?? null),
    options: [options, ...(tablespace === null ? [] : [`TABLESPACE ${tablespace}`])].filter(o => o !== '').join(' '),
    valid: valid === 'true',
  }
}
