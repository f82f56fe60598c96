/**
 * Regular expressions as engines read them: as parameters.
 *
 * Postgres takes `$` for the end of the whole text by itself, where MySQL (ICU) and MariaDB (PCRE) take it for the end but for a
 * line's end. A `.` of Postgres is any character, that of MariaDB when it is told; that of MySQL takes `\r\n` for one. SQLite has a function that the runner brings.
 */
import { parsed, type Words, written } from '../core/regex.js'
import { type Args, atom, type CallPrinter, level, named } from './Dialect.js'
import { wordOf } from './dates.js'
import { type Fragment, slot, sql } from './Fragment.js'

const pattern = (args: Args, words: Words, before = ''): Fragment =>
  slot({
    tag: 'value',
    value: before + written(parsed(wordOf(args, 1)), words),
    type: { sql: { tag: 'text' }, nullable: false, refine: null },
  })

export const postgresMatches: CallPrinter = args => ({
  level: level.comparison,
  fragment: sql`${args.arg(0, level.sum)} ~ ${pattern(args, { end: '$', any: '.' })}`,
})

/** What is made of nulls only is of no character set, which the engine refuses. */
export const mysqlMatches: CallPrinter = args =>
  atom(sql`regexp_like(CONVERT(${args.arg(0)} USING utf8mb4), ${pattern(args, { end: '\\z', any: '[\\s\\S]' })}, 'c')`)

export const mariadbMatches: CallPrinter = args => ({
  level: level.comparison,
  fragment: sql`${args.arg(0, level.sum)} REGEXP ${pattern(args, { end: '\\z', any: '.' }, '(?s-i)')}`,
})

export const sqliteMatches: CallPrinter = named('text_matches')
