/**
 * The text of raw statements: the lexer against the engines.
 *
 * Each fact is a text that an engine accepts: the lexer counts as many columns in it as the engine returns. A statement that is not
 * refused leaves the transaction open; refused ones are sent by the driver, to check that there is a reason. Random texts are compared
 * with the engines in both ways, and texts with planted keywords and semicolons with what was planted.
 */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { DialectName } from '../../lib/core/value/DialectName.js'
import { dialects } from '../../lib/sql/dialects.js'
import { statementProblem, tokensOf } from '../../lib/sql/statementText.js'
import { amount } from '../amount.js'
import { note, suite } from '../suite.js'
import { type Raw, rawEngines } from './rawConnections.js'

const seed = Number(process.env['LAWS_SEED'] ?? 20_261_127)

/** The columns of a SELECT as the lexer sees them; null where it does not know. */
const columnsIn = (dialect: DialectName, text: string): number | null => {
  const tokens = tokensOf(dialects[dialect].lexis, text)
  if (tokens === null) return null
  let depth = 0
  let n = 1
  for (const { tag, text: t } of tokens) {
    if (tag !== 'symbol') continue
    if (t === '(') depth += 1
    else if (t === ')') depth -= 1
    else if (t === ',' && depth === 0) n += 1
  }
  return n
}

// --- Facts --------------------------------------------------------------------------------------

const BLANKS = ['\t', '\n', '\f', '\r', ' '].map(c => `${c}SELECT${c}1${c},${c}2${c}`)
const EVERYWHERE = [
  "SELECT 'a''b, 3', 2",
  'SELECT 1 /* , 3 */ , 2',
  'SELECT 1 /*/ , 3 */ , 2',
  'SELECT 1 /**/ , 2',
  'SELECT 1 -- , 3\n , 2',
  "SELECT 1 -- '\n , 2",
]
const MYSQLS = [
  ...BLANKS,
  ...EVERYWHERE,
  '\vSELECT\v1, 2',
  "SELECT 'a\\', 3 -- '\n , 2",
  "SELECT 'a\\'', 2",
  'SELECT "a\\", 3 -- "\n, 2',
  'SELECT "a"", 3", 2',
  'SELECT 1 AS `a\\`, 2 -- `\n',
  'SELECT 1 AS `a``, 3`, 2',
  "SELECT N'a\\', 3', 2",
  "SELECT _utf8mb4'a\\', 3', 2",
  "SELECT 'a' 'b, 3', 2",
  "SELECT @'a , 3' , 2",
  'SELECT 5--2, 3',
  'SELECT 5 --\t2\n,3',
  'SELECT 5 --\u00012\n,3',
  'SELECT 5 --\u007f2\n,3',
  'SELECT 5 --',
  'SELECT 5 # , 3\n, 2',
  'SELECT 5 # , 3\r, 2',
  'SELECT 5 -- x\r, 2',
  'SELECT 1 /* a /* b */ , 2',
  'SELECT 1 /*! , 2 */',
  'SELECT 1 /*!50000 , 2 */',
  'SELECT 1 /*!50000, 2 */',
  'SELECT 1 /*!*/ , 2',
  'SELECT 1 /*!00000 , 2 */',
  'SELECT 1 /*!050699 , 2 */',
  "SELECT 1 /*! , '*/ , 3' */ , 2",
  'SELECT 1 /*! /* , 3 */ , 2 */ , 4',
  'SELECT 1 /*! -- */ , 2\n , 3 */',
  'SELECT 1 /*!50000# */, 3\n, 2 */',
  'SELECT 1 /* ! , 2 */',
  'SELECT 1 /*m! , 2 */',
  'SELECT 1 AS a$$, 2 AS b$$',
  'SELECT 1 AS é, 2',
]
const SQLITES = [
  ...BLANKS,
  ...EVERYWHERE,
  '\ufeffSELECT 1 \ufeff, 2',
  "SELECT 'a\\', 2",
  'SELECT 1 AS "a\\", 2',
  'SELECT 1 AS "a"", 3", 2',
  'SELECT 1 AS `a``, 3`, 2',
  'SELECT 1 AS [a, "3], 2',
  'SELECT 5--2, 3',
  'SELECT 1 --x\r, 2',
  'SELECT 1 -- x\u2028, 2',
  'SELECT 1 /* a /* b */ , 2',
  'SELECT 1 /* , 3',
  'SELECT 1 /*! , 2 */',
  "SELECT X'41', 2",
]
/** Parameters without values, also as Tcl writes them: better-sqlite3 wants values, and is built without Tcl's brackets. */
const UNBOUND = ['SELECT ?1, 2', "SELECT $a('), 2", 'SELECT :a(,), 2', "SELECT $a::b(x'), 2", "SELECT @é('), 2"]
const POSTGRESES = [
  ...BLANKS,
  ...EVERYWHERE,
  '\vSELECT\v1, 2',
  'SELECT 1 --x\r, 2',
  'SELECT 1 --x\u0085, 2',
  'SELECT 1 --x\u2028, 2',
  'SELECT 5--2, 3',
  'SELECT 1 /* a /* b */ , 2 /* c */ */',
  'SELECT 1 /*! , 2 */',
  "SELECT 'a\\', 2",
  "SELECT N'a\\', 2",
  "SELECT U&'a\\0041', 2",
  "SELECT B'1', X'1', 2",
  "SELECT E'a\\', 3 -- ', 2",
  "SELECT e'a\\'', 2",
  "SELECT E'a''', 2",
  "SELECT 'a'\n'b, 3', 2",
  "SELECT E'a'\n'b\\', 3', 2",
  "SELECT E'a' --c\n 'b\\', 3', 2",
  "SELECT E'a'\r'\\', 3', 2",
  "SELECT E'a' \f\n\v -- '\n '\\', 3', 2",
  "SELECT 'a'\n'b\\', 2 --'\n",
  'SELECT 1 AS "a\\", 2',
  'SELECT 1 AS "a"", 3", 2',
  'SELECT 1 AS U&"a"", 3", 2',
  "SELECT $$a', 3$$, 2",
  'SELECT $tag$a $$ , 3$tag$, 2',
  'SELECT $Tag$a $tag$ , 3 $Tag$, 2',
  'SELECT $é$ , 3 $é$, 2',
  'SELECT $a1_$ , 3 $a1_$, 2',
  'SELECT $a$b$ , 3 $a$, 2',
  'SELECT $$ , 3 $ $$, 2',
  'SELECT -$$1$$::int, 2',
  'SELECT 1 AS a$b$, 2 AS c$b$',
  'SELECT $$ \\$$, 2',
]
const facts: { readonly [dialect in DialectName]: readonly string[] } = {
  postgres: POSTGRESES,
  sqlite: SQLITES,
  mysql: [
    ...MYSQLS,
    'SELECT 1 /*!80400 , 2 */',
    'SELECT 1 /*!080400 , 2 */',
    'SELECT 1 /*!50701 /* x */ , 2 */ , 3',
    'SELECT 1 /*M! , 3 */ , 2',
  ],
  mariadb: [
    ...MYSQLS,
    'SELECT 1 /*!50699 , 2 */',
    'SELECT 1 /*!50700 , 3 */ , 2',
    'SELECT 1 /*!80400 , 3 */ , 2',
    'SELECT 1 /*!99999 , 3 */ , 2',
    'SELECT 1 /*!99999 /* x */ , 3 */, 2',
    'SELECT 1 /*!100100 , 2 */',
    'SELECT 1 /*!101100 , 2 */',
    'SELECT 1 /*M! , 2 */',
    'SELECT 1 /*M!100100 , 2 */',
    'SELECT 1 /*M!50701 , 2 */',
  ],
}

// --- Statements ---------------------------------------------------------------------------------

/** Refused, and what an engine does with it inside of a transaction: changes the transaction, or nothing that is seen there. */
interface Statements {
  readonly changing: readonly string[]
  readonly refused: readonly string[]
  readonly allowed: readonly string[]
}

const NOTHING = ['', ' ', ';', ' ; ;', '/* only */', '-- only']
const MYSQL_STATEMENTS: Statements = {
  changing: [
    ...['COMMIT', 'commit;', 'Commit Work', 'COMMIT AND CHAIN', 'ROLLBACK', 'BEGIN', 'BEGIN WORK', 'START TRANSACTION'],
    ...['START TRANSACTION WITH CONSISTENT SNAPSHOT', 'RELEASE SAVEPOINT keep', '/* a */ -- b\n # c\n COMMIT'],
    ...['/*! COMMIT */', '/*!COMMIT*/', '/*!50000 COMMIT */', '/*!*/COMMIT', '/*!50000 /* x */ COMMIT*/', '/* /* */ COMMIT'],
    ...['SET autocommit=0', 'SET @@autocommit = 0', 'SET `autocommit`=0', 'SET @@`autocommit`=0', 'SET @@session . autocommit = 0'],
    ...[
      'SET @@local.`autocommit` := 0',
      'SET SESSION autocommit=0',
      'SET LOCAL AutoCommit=OFF',
      'SET @a=1, autocommit=0',
      'SET/**/autocommit/**/=0',
    ],
    ...['SET completion_type=1', 'SET SESSION TRANSACTION READ ONLY', 'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE'],

    ...['LOCK TABLES held READ', 'LOCK TABLE held WRITE'],
  ],
  refused: [
    ...["XA START 'x'", 'XA RECOVER', 'SAVEPOINT s', 'ROLLBACK TO keep', 'UNLOCK TABLES', 'LOCK INSTANCE FOR BACKUP', 'HANDLER held OPEN'],
    ...[
      'FLUSH TABLES WITH READ LOCK',
      'FLUSH LOCAL TABLES held WITH READ LOCK',
      'FLUSH TABLES held FOR EXPORT',
      'SET TRANSACTION READ ONLY',
    ],
    ...['SET @@persist.autocommit=0', 'SET GLOBAL autocommit=0', 'SET GLOBAL TRANSACTION READ ONLY'],
    ...['SELECT 1; COMMIT', 'SELECT 1;;SELECT 2', "SELECT 'a\\''; COMMIT", '; COMMIT', 'SELECT 1 /*!50000 ; COMMIT */'],
    ...['SELECT 1 /*!999999 , 2 */', 'CREATE TABLE t (a int); SELECT 1', ...NOTHING, '# only', '/*! */'],
  ],
  allowed: [
    ...[
      'SELECT 1',
      'SELECT 1;',
      'SELECT 1 ; -- x',
      'SELECT 1 ; /* ; */ # ;',
      "SELECT ';COMMIT'",
      'SELECT ";" AS a',
      'SELECT 1 AS `;`',
      "SELECT 'a\\';COMMIT'",
    ],
    ...['SET @autocommit = 1', 'SET @a = @@autocommit', 'SET @commit = 1', 'DO 1', '(SELECT 1)', 'WITH c AS (SELECT 1) SELECT * FROM c'],
    ...['EXPLAIN SELECT 1', '/* COMMIT */ SELECT 1', 'SELECT 1 AS `commit`', '`COMMIT`', '(COMMIT)', 'EXPLAIN COMMIT', 'CO/**/MMIT'],
    ...[
      '\u00a0COMMIT',
      'ANALYZE COMMIT',
      'EXPLAIN ANALYZE COMMIT',
      'WITH x AS (SELECT 1) COMMIT',
      'SELECT 1 INTO @@autocommit',
      "SET @@'autocommit'=0",
    ],
  ],
}
const PROCEDURE = 'CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END'
const statements: { readonly [dialect in DialectName]: Statements } = {
  postgres: {
    changing: [
      ...['COMMIT', ';;COMMIT;', 'commit work', 'COMMIT AND CHAIN', 'END', 'ABORT', 'ROLLBACK', 'RELEASE keep', "PREPARE TRANSACTION 'x'"],
      ...['/* /* */ */ -- b\rCOMMIT', '-- \u2028\n\vCOMMIT', 'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY'],
      ...['SET default_transaction_read_only = on', 'SET "default_transaction_isolation" TO serializable'],
    ],
    refused: [
      ...['BEGIN', 'START TRANSACTION', 'SAVEPOINT s', 'ROLLBACK TO keep', "COMMIT PREPARED 'x'", "ROLLBACK PREPARED 'x'"],
      ...['SET TRANSACTION READ WRITE', 'SET LOCAL transaction_read_only = off', 'SET SESSION default_transaction_deferrable TO on'],
      ...[
        'SELECT 1; COMMIT',
        "SELECT '\\'; COMMIT",
        "SELECT E'\\\\'; COMMIT",
        'SELECT $a$ $b$ $a$; COMMIT',
        'SELECT a$$ ; COMMIT',
        ...NOTHING,
      ],
    ],
    allowed: [
      ...[
        'SELECT 1',
        'SELECT 1;',
        'SELECT 1 ; -- x',
        "SELECT ';COMMIT'",
        "SELECT E'\\';COMMIT'",
        'SELECT $$ ; COMMIT $$',
        'SELECT 1 AS ";"',
      ],
      ...[
        'PREPARE q AS SELECT 1',
        'SET search_path TO public',
        'LOCK TABLE held',
        'SELECT 1 AS "commit"',
        '"COMMIT"',
        '(COMMIT)',
        '\u00a0COMMIT',
      ],
      ...[
        '\ufeffCOMMIT',
        'EXPLAIN COMMIT',
        'EXPLAIN ANALYZE COMMIT',
        'PREPARE q AS COMMIT',
        'WITH x AS (SELECT 1) COMMIT',
        'CO/**/MMIT',
        'DISCARD ALL',
      ],
      ...['CREATE RULE r AS ON DELETE TO held DO (SELECT 1; SELECT 2)'],
      ...['CREATE OR REPLACE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END'],
    ],
  },
  mysql: {
    ...MYSQL_STATEMENTS,
    changing: [
      ...MYSQL_STATEMENTS.changing,
      '/*!80400 COMMIT */',
      "SET transaction_isolation = 'SERIALIZABLE'",
      'SET SESSION transaction_read_only = 1',
    ],
    allowed: [...MYSQL_STATEMENTS.allowed, 'SET STATEMENT max_statement_time=5 FOR SELECT 1'],
  },
  mariadb: {
    changing: [
      ...MYSQL_STATEMENTS.changing,
      ...["SET tx_isolation = 'SERIALIZABLE'", 'SET SESSION tx_read_only = 1'],
      ...['/*M! COMMIT */', '/*M!100100 COMMIT */', '/*!100100 COMMIT */', '/*!99999 /* x */ SELECT 1 */ COMMIT'],
      ...[
        'SET STATEMENT max_statement_time=5 FOR COMMIT',
        'SET STATEMENT max_statement_time=5 FOR SET STATEMENT max_statement_time=4 FOR BEGIN',
      ],
      ...[
        'BEGIN NOT ATOMIC COMMIT; END',
        'IF 1 THEN COMMIT; END IF',
        'CASE 1 WHEN 1 THEN COMMIT; END CASE',
        'REPEAT COMMIT; UNTIL 1 END REPEAT',
      ],
      ...['FOR i IN 1..1 DO COMMIT; END FOR'],
    ],
    refused: [...MYSQL_STATEMENTS.refused, 'BACKUP STAGE START', 'BACKUP LOCK held', 'SET STATEMENT autocommit=0 FOR SELECT 1'],
    allowed: [...MYSQL_STATEMENTS.allowed, 'SET STATEMENT max_statement_time=5 FOR SELECT 1', '/*!80400 COMMIT */ SELECT 1'],
  },
  sqlite: {
    changing: [
      'COMMIT',
      '; COMMIT',
      ';;COMMIT',
      '\ufeffCOMMIT',
      '\ufeff;\ufeffCOMMIT',
      'END',
      'END TRANSACTION',
      'ROLLBACK',
      'RELEASE keep',
      '-- a\nCOMMIT',
      '/*! x */COMMIT',
    ],
    refused: [
      ...[
        'BEGIN',
        'BEGIN IMMEDIATE',
        'SAVEPOINT s',
        'ROLLBACK TO keep',
        'RELEASE SAVEPOINT nowhere',
        ...NOTHING,
        '/* open',
        '-- a\rCOMMIT',
      ],
      ...[
        'PRAGMA locking_mode=exclusive',
        'PRAGMA main."locking_mode" ( exclusive )',
        'SELECT 1; COMMIT',
        "SELECT '\\'; COMMIT",
        'SELECT [;]; COMMIT',
      ],
    ],
    allowed: [
      ...[
        'SELECT 1',
        'SELECT 1;',
        "SELECT ';COMMIT'",
        'SELECT 1 AS [;]',
        'SELECT $a(;)',
        'SELECT 1 AS `;`',
        '/* COMMIT */ SELECT 1',
        'PRAGMA locking_mode',
      ],
      ...[
        'EXPLAIN COMMIT',
        'EXPLAIN QUERY PLAN ROLLBACK',
        '(COMMIT)',
        '\u00a0COMMIT',
        '"COMMIT"',
        'WITH x AS (SELECT 1) COMMIT',
        'CO/**/MMIT',
        '\vCOMMIT',
      ],
      ...['CREATE TEMP TRIGGER t AFTER INSERT ON held BEGIN SELECT 1; SELECT 2; END'],
    ],
  },
}

/** Statements that are not run: they would lock a whole server, or stay in its schema. */
const NEVER_SENT = /^(?:FLUSH TABLES WITH|BACKUP STAGE|LOCK INSTANCE|SET GLOBAL|SET @@persist)/

const bodies: { readonly [dialect in DialectName]: readonly string[] } = {
  postgres: [
    'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END',
    'CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT 1; END',
  ],
  mysql: [
    PROCEDURE,
    PROCEDURE.replace('CREATE', 'CREATE DEFINER=`a`@`%`'),
    'CREATE DEFINER=CURRENT_USER() TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN SET @a=1; END',
    'ALTER EVENT e DO BEGIN SELECT 1; END',
  ],
  mariadb: [
    PROCEDURE,
    PROCEDURE.replace('CREATE', 'CREATE OR REPLACE DEFINER = a@localhost'),
    'CREATE AGGREGATE FUNCTION f() RETURNS INT BEGIN RETURN 1; END',
    'CREATE PACKAGE BODY p AS a INT; b INT; END',
  ],
  sqlite: [
    'CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; SELECT 2; END',
    'CREATE TEMPORARY TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END;',
  ],
}

// --- What a text does to a transaction ------------------------------------------------------------

const IS_MYSQL = { postgres: false, sqlite: false, mysql: true, mariadb: true } as const

/** The settings of a session that decide about its transactions. */
const SETTINGS: { readonly [dialect in DialectName]: string } = {
  postgres: "SELECT current_setting('default_transaction_isolation'), current_setting('default_transaction_read_only')",
  mysql: 'SELECT @@autocommit, @@completion_type, @@transaction_isolation, @@transaction_read_only',
  mariadb: 'SELECT @@autocommit, @@completion_type, @@tx_isolation, @@tx_read_only',
  sqlite: 'SELECT 1',
}
const RESTORE: { readonly [dialect in DialectName]: readonly string[] } = {
  postgres: ['ROLLBACK', 'RESET ALL', 'DEALLOCATE ALL'],
  mysql: [
    'UNLOCK TABLES',
    'HANDLER held CLOSE',
    'SET SESSION transaction_read_only = 0',
    'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
    'SET completion_type = 0',
    'ROLLBACK',
    'SET autocommit = 1',
  ],
  mariadb: [
    'UNLOCK TABLES',
    'HANDLER held CLOSE',
    'SET SESSION TRANSACTION READ WRITE',
    'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
    'SET completion_type = 0',
    'ROLLBACK',
    'SET autocommit = 1',
  ],
  sqlite: ['ROLLBACK'],
}

/** Whether a text that is sent inside of a transaction ends it, or changes how the session's transactions are. */
const changes = async (raw: Raw, dialect: DialectName, text: string): Promise<boolean> => {
  const quietly = (sql: string): Promise<boolean> =>
    raw.control(sql).then(
      () => true,
      () => false,
    )
  for (const sql of RESTORE[dialect]) await quietly(sql)
  const before = await raw.control(SETTINGS[dialect])
  await raw.control('DELETE FROM held')
  await raw.control(IS_MYSQL[dialect] ? 'START TRANSACTION' : 'BEGIN')
  await raw.control('INSERT INTO held VALUES (1)')
  await raw.control('SAVEPOINT keep')
  await raw.send(text).then(
    () => true,
    () => false,
  )
  // a transaction that has failed returns nothing
  const after = await raw.control(SETTINGS[dialect]).catch(() => before)
  const isOpen = await quietly('ROLLBACK TO SAVEPOINT keep')
  await quietly('ROLLBACK')
  for (const sql of RESTORE[dialect]) await quietly(sql)
  const left = await raw.control('SELECT count(*) FROM held')
  return !isOpen || Number(left[0]?.[0]) > 0 || JSON.stringify(after) !== JSON.stringify(before)
}

// --- Random texts -------------------------------------------------------------------------------

const SOUP = [
  ...[
    "'",
    "''",
    '"',
    '`',
    '[',
    ']',
    '\\',
    '\\\\',
    "E'",
    "N'",
    '$$',
    '$a$',
    '$',
    '@',
    '#',
    ':',
    '(',
    ')',
    '--',
    '-- ',
    '---',
    '/*',
    '*/',
    '/**/',
    '*',
  ],
  ...[
    '/*!',
    '/*!50000 ',
    '/*!50701 ',
    '/*M!',
    '/*!80400 ',
    '/',
    '\n',
    '\r',
    '\t',
    ' ',
    ' ',
    '\u00a0',
    '\ufeff',
    '\v',
    ';',
    ', 2',
    ', 2',
    ', 3 ',
    ' AS a',
    'é',
  ],
  ...['COMMIT', 'ROLLBACK', 'SELECT 1', ' END', "'a'", '"b"', "\\'"],
] as const

/** Noise that means nothing, closed in itself, by the rules of the dialect. */
const NOISE: { readonly [dialect in DialectName]: readonly string[] } = {
  postgres: [' ', '\n', '\v', '-- COMMIT;\r', "-- '\n", '/* ; /* COMMIT */ " */', '/*! COMMIT */', "/* ' */", '/* $$ */'],
  sqlite: [' ', '\n', '-- COMMIT;\r ROLLBACK\n', "-- '\n", '/* ; /* COMMIT " */', '/*! COMMIT */', '/*/ [ */', "/* ' */"],
  mysql: [
    ' ',
    '\n',
    '\v',
    '-- COMMIT;\r ROLLBACK\n',
    "# '\n",
    '--\t"\n',
    '/* ; /* COMMIT " */',
    '/*M! COMMIT */',
    "/* ' */",
    '/*!*/',
    '/*! /* ; */ -- */ ;\n */',
  ],
  mariadb: [
    ' ',
    '\n',
    '\v',
    '-- COMMIT;\r ROLLBACK\n',
    "# '\n",
    '--\t"\n',
    '/* ; /* COMMIT " */',
    '/*!50701 COMMIT /* x */ ; */',
    "/* ' */",
    '/*M!100100 */',
    '/*! # */ ;\n */',
  ],
}
/** Columns that are closed in themselves and hold what is none of theirs. */
const COLUMNS: { readonly [dialect in DialectName]: readonly string[] } = {
  postgres: [
    ", ';COMMIT'",
    ", '\\'",
    ", E'\\';'",
    ', $$;COMMIT$$',
    ", $a$'$$;$a$",
    ', 1 AS ";--"',
    ", 'it''s;'",
    ", E'a'\n';\\''",
    ', 1 AS a$a$',
    ', (2)',
  ],
  sqlite: [", ';COMMIT'", ", '\\'", ', 1 AS [;"]', ', 1 AS `;--`', ', 1 AS ";/*"', ", 'it''s;'", ", $a(;')", ', (2)'],
  mysql: [", ';COMMIT'", ", '\\';'", ', "\\";--"', ', 1 AS `;\\`', ", 'it''s;'", ', "a""; "', ', 5--2', ', 1 AS a$$', ', (2)'],
  mariadb: [", ';COMMIT'", ", '\\';'", ', "\\";--"', ', 1 AS `;\\`', ", 'it''s;'", ', "a""; "', ', 5--2', ', 1 AS a$$', ', (2)'],
}
const HEADS: { readonly [dialect in DialectName]: readonly string[] } = {
  postgres: ['COMMIT', 'rollback', 'End', 'ABORT'],
  sqlite: ['COMMIT', 'rollback', 'End'],
  mysql: ['COMMIT', 'rollback', 'BEGIN', '/*!50000COMMIT*/', '/*!START*/ TRANSACTION'],
  mariadb: ['COMMIT', 'rollback', 'BEGIN', '/*M!COMMIT*/', '/*!START*/ TRANSACTION', 'SET STATEMENT max_statement_time=9 FOR COMMIT'],
}

interface Planted {
  readonly text: string
  readonly head: boolean
  readonly several: boolean
  readonly columns: number
}

const planted = (dialect: DialectName): fc.Arbitrary<Planted> => {
  const noise = fc.array(fc.constantFrom(...NOISE[dialect]), { maxLength: 4 }).map(parts => parts.join(''))
  const columns = fc.array(fc.tuple(fc.constantFrom(...COLUMNS[dialect]), noise), { maxLength: 4 })
  const ended = fc.constantFrom('', ';', '; SELECT 2', ';;COMMIT')
  return fc
    .record({ before: noise, head: fc.option(fc.constantFrom(...HEADS[dialect])), between: noise, columns, ended, after: noise })
    .map(p => ({
      text: `${p.before}${p.head === null ? `SELECT ${p.between} 1 ${p.columns.map(([c, n]) => `${c} ${n}`).join(' ')}` : p.head} ${p.ended} ${p.after}`,
      head: p.head !== null,
      several: p.ended.length > 1,
      columns: p.columns.length + 1,
    }))
}

// --- The tests ----------------------------------------------------------------------------------

for (const dialect of Object.keys(dialects) as DialectName[]) {
  const { lexis } = dialects[dialect]
  const test = suite(`the text of statements in ${dialect}`)
  test('refused are transactions, locks, several statements, and none', () => {
    for (const text of [...statements[dialect].changing, ...statements[dialect].refused]) {
      assert.match(statementProblem(lexis, text) ?? 'allowed', /^raw text (?:can not|has)/, JSON.stringify(text))
    }
    for (const text of [...statements[dialect].allowed, ...bodies[dialect]])
      assert.is(statementProblem(lexis, text), null, JSON.stringify(text))
  })
  test('exactly what was planted is found', () => {
    fc.assert(
      fc.property(planted(dialect), p => {
        const problem = statementProblem(lexis, p.text)
        if (p.head) assert.match(problem ?? 'allowed', /transaction/)
        else if (p.several) assert.match(problem ?? 'allowed', /one statement/)
        else {
          assert.is(problem, null)
          assert.is(columnsIn(dialect, p.text), p.columns)
        }
      }),
      { seed, numRuns: amount(5_000) },
    )
  })
  test('any text has tokens, in time that grows with its length', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(fc.constantFrom(...SOUP)).map(s => s.join('')),
        ),
        text => {
          assert.ok(statementProblem(lexis, text) === null || /^raw text/.test(statementProblem(lexis, text) as string))
        },
      ),
      { seed, numRuns: amount(2_000) },
    )
    for (const part of ["E'a' --", "'\\", '$a$', '/*', '[a ', '/*!50701 /', 'FLUSH WITH ', ';(', '-- '])
      statementProblem(lexis, part.repeat(20_000))
  })
  test.run()
}

for (const engine of rawEngines) {
  const { dialect } = engine
  const { lexis } = dialects[dialect]
  const test = suite(`the text of statements on ${engine.name}`)
  let raw: Raw
  test.before(async () => {
    raw = await engine.open()
    await raw.control(`CREATE ${dialect === 'sqlite' ? '' : dialect === 'postgres' ? 'TEMP ' : 'TEMPORARY '}TABLE held (id int)`)
  })
  test.after(async () => {
    await raw.close()
  })
  test('facts: the engine answers as many columns as the lexer sees', async () => {
    const all = [...facts[dialect], ...(engine.name === 'sqlite' ? UNBOUND : [])]
    for (const text of all) assert.is(await raw.send(text), columnsIn(dialect, text), JSON.stringify(text))
  })
  test('what is allowed leaves a transaction as it was; what is refused would not', async () => {
    for (const text of statements[dialect].allowed) assert.not(await changes(raw, dialect, text), JSON.stringify(text))
    for (const text of statements[dialect].changing) assert.ok(await changes(raw, dialect, text), JSON.stringify(text))
    for (const text of statements[dialect].refused) if (!NEVER_SENT.test(text)) await changes(raw, dialect, text)
  })
  test('several statements in one text are never run', async () => {
    for (const text of [...statements[dialect].allowed, ...bodies[dialect]]) {
      await raw.control('DELETE FROM held')
      await raw.send(`${text} ; INSERT INTO held VALUES (1)`).catch(() => undefined)
      assert.equal(Number((await raw.control('SELECT count(*) FROM held'))[0]?.[0]), 0, text)
    }
  })
  test('random texts: the engine and the lexer agree', async () => {
    const soup = fc.array(fc.constantFrom(...SOUP), { maxLength: 8 }).map(s => s.join(''))
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(soup, soup, async (before, after) => {
        const text = `SELECT 1 ${before}${after}`
        if (columnsIn(dialect, text) === null) return
        const answered = await raw.send(text).catch(() => null)
        if (answered === null) return
        accepted += 1
        // SQLite's driver runs the first statement of several: the runner refuses these by itself
        if (statementProblem(lexis, text) === null) assert.is(answered, columnsIn(dialect, text), JSON.stringify(text))
      }),
      { seed, numRuns: amount(1_000) },
    )
    note(`${engine.name}: ${accepted} random texts accepted`)
    assert.ok(accepted > amount(1_000) / 100, String(accepted))
  })
  test('random texts: what is not refused leaves a transaction as it was', async () => {
    const soup = fc.array(fc.constantFrom(...SOUP), { maxLength: 6 }).map(s => s.join(''))
    const text = fc.oneof(
      soup,
      fc.tuple(soup, fc.constantFrom('COMMIT', 'ROLLBACK'), soup).map(parts => parts.join('')),
      planted(dialect).map(p => p.text),
    )
    let isRefused = 0
    await fc.assert(
      fc.asyncProperty(text, async t => {
        if (statementProblem(lexis, t) === null) assert.not(await changes(raw, dialect, t), JSON.stringify(t))
        else isRefused += 1
      }),
      { seed, numRuns: amount(300) },
    )
    assert.ok(isRefused > 0)
  })
  test('what was planted at the beginning is what the engine runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        planted(dialect).filter(p => !p.several),
        async p => {
          assert.is(await changes(raw, dialect, p.text), p.head, JSON.stringify(p.text))
        },
      ),
      { seed, numRuns: amount(100) },
    )
  })
  test.run()
}
