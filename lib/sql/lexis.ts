/**
 * The lexical rules of each engine, and the raw statements that would escape a session's control.
 *
 * Each fact was tested on the engines (Postgres 18, MySQL 9.7, MariaDB 10.11, SQLite 3.49); `test/live/statementText.test.ts` repeats
 * it: the lexer and the engine see the same columns in a text, and a text that is not refused does not change the transaction.
 *
 * The session settings matter: ANSI_QUOTES and NO_BACKSLASH_ESCAPES are off on MySQL and MariaDB (`mysqlSession`), and
 * standard_conforming_strings is on in Postgres.
 */
import { type Executes, type Lexis, lexemes, type Refused } from './statementText.js'

const all = (why: Refused['why'], ...statements: readonly string[]): readonly Refused[] =>
  statements.map(s => ({ words: s.split(' '), why }))

const STRING = { end: "'", backslash: false, isName: false }
const NAME = { end: '"', backslash: false, isName: true }

/** The lexical rules of Postgres. */
export const postgresLexis: Lexis = {
  lexeme: lexemes({
    skip: [/[ \t\n\v\f\r]+/, /--[^\n\r]*/],
    special: [
      // E'...', which continues in a string after a line break
      /[eE]'(?:[^'\\]+|''|\\[\s\S]?|'[ \t\f\v]*(?:--[^\n\r]*)?[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*')*(?:'|$)/,
      /\$(?<tag>(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[\s\S]*?(?:\$\k<tag>\$|$)/,
    ],
    word: /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/,
    number: /\$?\d[\w.]*/,
  }),
  blockComment: { begin: /\/\*/y, nests: true },
  executable: null,
  quotes: { "'": STRING, '"': NAME },
  refused: [
    ...all('transaction', 'BEGIN', 'START TRANSACTION', 'COMMIT', 'END', 'ROLLBACK', 'ABORT', 'SAVEPOINT', 'RELEASE'),
    ...all('transaction', 'PREPARE TRANSACTION', 'SET TRANSACTION', 'SET LOCAL TRANSACTION', 'SET SESSION TRANSACTION'),
    ...all('transaction', 'SET SESSION CHARACTERISTICS'),
  ],
  settings: new Set(['ISOLATION', 'READ_ONLY', 'DEFERRABLE'].flatMap(name => [`TRANSACTION_${name}`, `DEFAULT_TRANSACTION_${name}`])),
  assignment: ['=', 'TO'],
  bodies: new Set(['FUNCTION', 'PROCEDURE']),
}

const mysqlRefused: readonly Refused[] = [
  ...all('transaction', 'BEGIN', 'START TRANSACTION', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'RELEASE SAVEPOINT', 'XA'),
  ...all('transaction', 'SET TRANSACTION', 'SET SESSION TRANSACTION', 'SET LOCAL TRANSACTION', 'SET GLOBAL TRANSACTION'),
  ...all('lock', 'LOCK', 'UNLOCK', 'HANDLER', 'FLUSH ... WITH READ LOCK', 'FLUSH ... FOR EXPORT'),
]

/** The oldest supported versions: later ones execute the same comments. */
const MYSQL = 80400
const MARIADB = 101100

/** Versions have five or six digits; of six without a blank after them, MySQL takes five. */
const mysqlExecutes = (_: string, version: string): Executes =>
  version === '' || (version.length < 7 && Number(version) <= MYSQL) ? 'always' : 'unsure'

/** MariaDB skips comments for MySQL 5.7 and later. */
const mariadbExecutes = (mark: string, version: string): Executes => {
  const n = Number(version)
  if (version.length > 6) return 'unsure'
  if (mark !== 'M' && n >= 50700 && n <= 99999) return 'never'
  return n <= MARIADB ? 'always' : 'unsure'
}

/** The lexical rules of MySQL. */
export const mysqlLexis: Lexis = {
  lexeme: lexemes({
    // two dashes are a comment before a blank, a control character or the end
    skip: [/[ \t\n\v\f\r]+/, /(?:#|--(?![!-~\u0080-\uffff]))[^\n]*/],
    special: [],
    word: /[\w$\u0080-\uffff]+/,
    number: /\d+/,
  }),
  blockComment: { begin: /\/\*/y, nests: false },
  executable: { begin: /\/\*()!((?:\d{5,})?)/y, executes: mysqlExecutes },
  quotes: {
    "'": { ...STRING, backslash: true },
    '"': { end: '"', backslash: true, isName: false },
    '`': { end: '`', backslash: false, isName: true },
  },
  refused: mysqlRefused,
  settings: new Set(['AUTOCOMMIT', 'COMPLETION_TYPE', 'TRANSACTION_ISOLATION', 'TX_ISOLATION', 'TRANSACTION_READ_ONLY', 'TX_READ_ONLY']),
  assignment: ['=', ':'],
  bodies: new Set(['PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT']),
}

/** The lexical rules of MariaDB. */
export const mariadbLexis: Lexis = {
  ...mysqlLexis,
  executable: { begin: /\/\*(M?)!((?:\d{5,})?)/y, executes: mariadbExecutes },
  // the others have a body with semicolons
  refused: [...mysqlRefused, ...all('lock', 'BACKUP')],
  bodies: new Set([...mysqlLexis.bodies, 'PACKAGE']),
}

/** The lexical rules of SQLite. */
export const sqliteLexis: Lexis = {
  lexeme: lexemes({
    // a byte order mark is a blank between tokens
    skip: [/[ \t\n\f\r\ufeff]+/, /--[^\n]*/],
    // a Tcl variable may have brackets, with anything but blanks inside
    special: [/[$@#:][\w$\u0080-\uffff]+(?:::[\w$\u0080-\uffff]*)*\([^\s)]*\)/],
    word: /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/,
    number: /\d[\w.]*/,
  }),
  blockComment: { begin: /\/\*(?=[\s\S])/y, nests: false },
  executable: null,
  quotes: { "'": STRING, '"': NAME, '`': { ...NAME, end: '`' }, '[': { ...NAME, end: ']' } },
  refused: all('transaction', 'BEGIN', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT', 'RELEASE'),
  // it sets the lock of a file
  settings: new Set(['LOCKING_MODE']),
  assignment: ['=', '('],
  bodies: new Set(['TRIGGER']),
}
