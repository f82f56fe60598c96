/**
 * Regular expressions in the syntax of each engine, as parameters.
 *
 * In Postgres `$` is the end of the whole text; in MySQL (ICU) and MariaDB (PCRE) it matches before a final line break, too. A `.` is any
 * character in Postgres, and with a flag in MariaDB; in MySQL `\r\n` counts as one. On SQLite the runner registers a function.
 */
import { parsed, type Words, written } from '../core/value/regex.js'
import type { Scalar } from '../plan/Rel.js'
import { type Args, atom, type CallPrinter, level, named } from './CallPrinter.js'
import { wordOf } from './dateSteps.js'
import { type Fragment, slot, sql } from './Fragment.js'

/** Patterns in an engine's syntax. A pattern is the same parameter wherever it occurs, so that engines recognize a group key. */
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

/** `matches` on Postgres. */
export const postgresMatches: CallPrinter = args => ({
  level: level.comparison,
  fragment: sql`${args.arg(0, level.sum)} ~ ${ofPostgres(args)}`,
})

/** An expression of nulls only has no character set, which the engine refuses. */
export const mysqlMatches: CallPrinter = args => atom(sql`regexp_like(CONVERT(${args.arg(0)} USING utf8mb4), ${ofMysql(args)}, 'c')`)

/** `matches` on MariaDB. */
export const mariadbMatches: CallPrinter = args => ({
  level: level.comparison,
  fragment: sql`${args.arg(0, level.sum)} REGEXP ${ofMariadb(args)}`,
})

/** `matches` on SQLite, by a function of the runner. */
export const sqliteMatches: CallPrinter = named('text_matches')
