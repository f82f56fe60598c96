/**
 * Regular expressions as engines read them: as parameters.
 *
 * Postgres takes `$` for the end of the whole text by itself, where MySQL (ICU) and MariaDB (PCRE) take it for the end but for a
 * line's end. A `.` of Postgres is any character, that of MariaDB when it is told; that of MySQL takes `\r\n` for one. SQLite has a function that the runner brings.
 */
import { parsed, type Words, written } from '../core/value/regex.js'
import type { Scalar } from '../plan/Rel.js'
import { type Args, atom, type CallPrinter, level, named } from './CallPrinter.js'
import { wordOf } from './dateSteps.js'
import { type Fragment, slot, sql } from './Fragment.js'

/** Patterns as an engine writes them, each the same parameter wherever it stands: so engines know a group key again. */
const patterns = (words: Words, before = ''): ((args: Args) => Fragment) => {
  const known = new WeakMap<Scalar, Fragment>()
  return args => {
    const given = args.scalars[1] as Scalar
    const made = known.get(given) ?? slot({ tag: 'value', value: before + written(parsed(wordOf(args, 1)), words), type: given.type })
    known.set(given, made)
    return made
  }
}

const ofPostgres = patterns({ end: '$', any: '.' })
const ofMysql = patterns({ end: '\\z', any: '[\\s\\S]' })
const ofMariadb = patterns({ end: '\\z', any: '.' }, '(?s-i)')

export const postgresMatches: CallPrinter = args => ({
  level: level.comparison,
  fragment: sql`${args.arg(0, level.sum)} ~ ${ofPostgres(args)}`,
})

/** What is made of nulls only is of no character set, which the engine refuses. */
export const mysqlMatches: CallPrinter = args => atom(sql`regexp_like(CONVERT(${args.arg(0)} USING utf8mb4), ${ofMysql(args)}, 'c')`)

export const mariadbMatches: CallPrinter = args => ({
  level: level.comparison,
  fragment: sql`${args.arg(0, level.sum)} REGEXP ${ofMariadb(args)}`,
})

export const sqliteMatches: CallPrinter = named('text_matches')
