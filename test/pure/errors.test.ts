/**
 * Errors of engines and their classification: the `classify` functions on texts recorded from the engines (SQLite by sql.js 1.16,
 * Postgres by PGlite 0.5 and by postgres.js from 18.6, MySQL 9.7 and MariaDB 10.11 by mysql2), for the tables below.
 *
 * Here are the cases that a live test can hardly cause; the common ones are in live/errors.test.ts too. Every result keeps its cause, has
 * a message, and never a value that was in the text of the engine.
 */
import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { char, check, int, nullable, text, unique, varchar } from '../../lib/Column.js'
import { referenceOf } from '../../lib/core/schema/references.js'
import { type DbError, isRetryable, show } from '../../lib/DbError.js'
import { gt } from '../../lib/Expr.js'
import type { Context } from '../../lib/run/Driver.js'
import { classifyMysql } from '../../lib/run/mysql/errors.js'
import { classifyPostgres, type PostgresError } from '../../lib/run/postgres/errors.js'
import { classifySqlite } from '../../lib/run/sqlite/errors.js'
import { fk, schema } from '../../lib/Schema.js'
import { asIs, table } from '../../lib/Table.js'
import { suite } from '../suite.js'

const team = table(
  'team',
  {
    id: int,
    teamName: unique(text),
    age: nullable({ ...int, check: self => gt(self, 0) }),
    code: nullable(varchar(5)),
    two: nullable(char(2)),
  },
  { primaryKey: ['id'], uniques: [['age', 'code']] },
)
const child = table('child', { id: int, teamId: nullable(int) }, { primaryKey: ['id'] })
const odd = table(
  'odd "t", x',
  { 'a, b': int, 'c"d': int, 'e.f': check(self => gt(self as never, 0))(text) },
  { uniques: [['a, b', 'c"d']], naming: asIs },
)
const foreignKeys = schema({ team, child }, t => ({ child: { team: fk(t.child.teamId, t.team.id) } })).foreignKeys.map(referenceOf)

const about = (t: Context['table'], sql = 'INSERT INTO somewhere', isRaw = false): Context =>
  ({ sql, table: t, isRaw, hasRaw: isRaw, foreignKeys }) as Context
const raw = (sql: string): Context => about(null, sql, true)

/** The fields of an error without its words. */
const fields = ({ message: _, cause: __, ...rest }: DbError): object => rest
const holds = (e: DbError, expected: object, cause: unknown): void => {
  assert.equal(fields(e), expected, show(e))
  assert.ok(e.message.length > (e._tag === 'DatabaseError' ? 5 : 15), show(e))
  assert.not(/hunter2/.test(show(e)), show(e))
  if (['TransactionAborted', 'Unsupported', 'ValidationError'].includes(e._tag)) return
  assert.instance(e.cause, Error)
  assert.is.not(e.cause, cause, 'the cause is a copy')
  assert.not(/hunter2/.test(inspect(e, { depth: Number.POSITIVE_INFINITY, showHidden: true })), 'no value is in the copy')
}

/** A conflict is about something that the statement names. */
const naming = (context: Context, expected: object): Context => {
  const { object } = expected as { readonly object?: string }
  return object === undefined ? context : { ...context, sql: `${context.sql} "${object.replaceAll('"', '""')}"` }
}

const sqliteSays: readonly (readonly [string, Context, object])[] = [
  ['UNIQUE constraint failed: team.id', about(team), { _tag: 'UniqueViolation', table: 'team', constraint: 'team_pkey', columns: ['id'] }],
  [
    'UNIQUE constraint failed: team.team_name',
    about(team),
    { _tag: 'UniqueViolation', table: 'team', constraint: 'team_team_name_key', columns: ['team_name'] },
  ],
  [
    'UNIQUE constraint failed: team.age, team.code',
    about(team),
    { _tag: 'UniqueViolation', table: 'team', constraint: 'team_age_code_key', columns: ['age', 'code'] },
  ],
  [
    'UNIQUE constraint failed: team.age, team.code',
    raw('UPDATE'),
    { _tag: 'UniqueViolation', table: 'team', constraint: null, columns: ['age', 'code'] },
  ],
  [
    "UNIQUE constraint failed: index 'expr_idx'",
    about(team),
    { _tag: 'UniqueViolation', table: 'team', constraint: 'expr_idx', columns: [] },
  ],
  [
    'UNIQUE constraint failed: odd "t", x.a, b, odd "t", x.c"d',
    about(odd),
    { _tag: 'UniqueViolation', table: 'odd "t", x', constraint: 'odd "t", x_a, b_c"d_key', columns: ['a, b', 'c"d'] },
  ],
  ['NOT NULL constraint failed: team.team_name', about(team), { _tag: 'NotNullViolation', table: 'team', column: 'team_name' }],
  ['NOT NULL constraint failed: team.team_name', raw('UPDATE'), { _tag: 'NotNullViolation', table: 'team', column: 'team_name' }],
  ['NOT NULL constraint failed: odd "t", x.e.f', about(odd), { _tag: 'NotNullViolation', table: 'odd "t", x', column: 'e.f' }],
  ['CHECK constraint failed: team_age_check', about(team), { _tag: 'CheckViolation', table: 'team', constraint: 'team_age_check' }],
  ['CHECK constraint failed: line\nbreak', about(team), { _tag: 'CheckViolation', table: 'team', constraint: 'line\nbreak' }],
  ['FOREIGN KEY constraint failed', about(child), { _tag: 'ForeignKeyViolation', table: null, constraint: null, columns: [] }],
  ['cannot store REAL value in INTEGER column team.age', about(team), { _tag: 'NumericOverflow', where: 'team.age' }],
  ['integer overflow', about(team), { _tag: 'NumericOverflow', where: null }],
  ['string or blob too big', about(team), { _tag: 'ValueTooLong', column: null }],
  ['no such table: nowhere', about(null), { _tag: 'SchemaConflict', object: 'nowhere' }],
  ['no such table: music.nowhere', about(null), { _tag: 'SchemaConflict', object: 'music.nowhere' }],
  ['no such table: UNIQUE constraint failed: a.b', about(null), { _tag: 'SchemaConflict', object: 'UNIQUE constraint failed: a.b' }],
  ['no such table: datatype mismatch', about(null), { _tag: 'SchemaConflict', object: 'datatype mismatch' }],
  ['no such table: near "x": syntax error', about(null), { _tag: 'SchemaConflict', object: 'near "x": syntax error' }],
  ['no such column: nope', about(team), { _tag: 'SchemaConflict', object: 'nope' }],
  ['table team has no column named nope', about(team), { _tag: 'SchemaConflict', object: 'nope' }],
  ['table team already exists', about(null), { _tag: 'SchemaConflict', object: 'team' }],
  ['index expr_idx already exists', about(null), { _tag: 'SchemaConflict', object: 'expr_idx' }],
  ['table "odd ""t"", x" already exists', about(null), { _tag: 'SchemaConflict', object: 'odd "t", x' }],
  ['duplicate column name: A', about(null), { _tag: 'SchemaConflict', object: 'A' }],
  ['object name reserved for internal use: sqlite_x', about(null), { _tag: 'SchemaConflict', object: 'sqlite_x' }],
  ['unknown database music', about(null), { _tag: 'SchemaConflict', object: 'music' }],
  ['table sqlite_master may not be modified', about(null), { _tag: 'SchemaConflict', object: 'sqlite_master' }],
  [
    'at most 64 tables in a join',
    about(null),
    { _tag: 'Unsupported', capability: 'a statement this large (at most 64 tables in a join)', engine: 'sqlite' },
  ],
  [
    'Expression tree is too large (maximum depth 1000)',
    about(null),
    { _tag: 'Unsupported', capability: 'a statement this large (Expression tree is too large)', engine: 'sqlite' },
  ],
  [
    'LIKE or GLOB pattern too complex',
    about(null),
    { _tag: 'Unsupported', capability: 'a statement this large (pattern too complex)', engine: 'sqlite' },
  ],
  ['file is not a database', about(null), { _tag: 'ConnectionError', target: 'music.db' }],
  ['database disk image is malformed', about(null), { _tag: 'ConnectionError', target: 'music.db' }],
  [
    'attempt to write a readonly database',
    about(team),
    { _tag: 'ValidationError', path: [], reason: 'writes are not allowed in a read-only transaction' },
  ],
  ['near "SELEC": syntax error', raw('SELEC 1'), { _tag: 'SyntaxError', sql: 'SELEC 1', position: 1 }],
  ['near "WHEN": syntax error', raw('SELECT 1 WHEN 2'), { _tag: 'SyntaxError', sql: 'SELECT 1 WHEN 2', position: 10 }],
  ['near "x": syntax error', raw('SELECT x x x'), { _tag: 'SyntaxError', sql: 'SELECT x x x', position: null }],
  [
    'near "malformed": syntax error',
    raw('SELECT 1 malformed malformed'),
    { _tag: 'SyntaxError', sql: 'SELECT 1 malformed malformed', position: null },
  ],
  ['no such function: malformed', raw('SELECT malformed(1)'), { _tag: 'SyntaxError', sql: 'SELECT malformed(1)', position: null }],
  ['incomplete input', raw('SELECT (1'), { _tag: 'SyntaxError', sql: 'SELECT (1', position: null }],
  ['unrecognized token: "\'open"', raw("SELECT 'open"), { _tag: 'SyntaxError', sql: "SELECT 'open", position: null }],
  ['no such column: nope', raw('SELECT nope'), { _tag: 'SyntaxError', sql: 'SELECT nope', position: 8 }],
  ['no such column: nope.x', raw('SELECT nope.x'), { _tag: 'SyntaxError', sql: 'SELECT nope.x', position: 8 }],
  ['table team has no column named nope', raw('INSERT'), { _tag: 'SyntaxError', sql: 'INSERT', position: null }],
  ['ambiguous column name: id', raw('SELECT'), { _tag: 'SyntaxError', sql: 'SELECT', position: null }],
  ['wrong number of arguments to function lower()', raw('SELECT'), { _tag: 'SyntaxError', sql: 'SELECT', position: null }],
  ['misuse of aggregate function count()', raw('SELECT'), { _tag: 'SyntaxError', sql: 'SELECT', position: null }],
  ['table team has 4 columns but 2 values were supplied', raw('INSERT'), { _tag: 'SyntaxError', sql: 'INSERT', position: null }],
  [
    'SELECTs to the left and right of UNION do not have the same number of result columns',
    raw('SELECT'),
    { _tag: 'SyntaxError', sql: 'SELECT', position: null },
  ],
  ['variable number must be between ?1 and ?32766', raw('SELECT ?40000'), { _tag: 'SyntaxError', sql: 'SELECT ?40000', position: null }],
  ['datatype mismatch', raw("UPDATE team SET id = 'hunter2'"), { _tag: 'DatabaseError', code: null }],
  ['malformed JSON', raw('SELECT json(?1)'), { _tag: 'DatabaseError', code: null }],
  ['something that nobody has seen yet', about(team), { _tag: 'DatabaseError', code: null }],
]

const sqlite = suite('what SQLite says')
for (const [message, context, expected] of sqliteSays) {
  sqlite(`${message}${context.table === null ? '' : `, of ${context.table.name}`}${context.isRaw ? ', by raw' : ''}`, () => {
    const thrown = new Error(message)
    holds(classifySqlite(thrown, naming(context, expected), { target: 'music.db', mayWrite: () => false }), expected, thrown)
  })
}
for (const [code, message, expected] of [
  ['SQLITE_BUSY', 'database is locked', 'Locked'],
  ['SQLITE_BUSY_RECOVERY', 'database is locked', 'Locked'],
  ['SQLITE_BUSY_SNAPSHOT', 'database is locked', 'Locked'],
  ['SQLITE_BUSY_TIMEOUT', 'database is locked', 'Locked'],
  ['SQLITE_LOCKED', 'database table is locked', 'Locked'],
  ['SQLITE_LOCKED_SHAREDCACHE', 'database table is locked: team', 'Locked'],
  ['SQLITE_READONLY_DBMOVED', 'attempt to write a readonly database', 'ConnectionError'],
  ['SQLITE_READONLY_DIRECTORY', 'attempt to write a readonly database', 'ConnectionError'],
  ['SQLITE_READONLY_CANTINIT', 'attempt to write a readonly database', 'ConnectionError'],
  ['SQLITE_READONLY', 'attempt to write a readonly database', 'ConnectionError'],
  ['SQLITE_CANTOPEN_ISDIR', 'unable to open database file', 'ConnectionError'],
  ['SQLITE_IOERR_FSYNC', 'disk I/O error', 'ConnectionError'],
  ['SQLITE_FULL', 'database or disk is full', 'ConnectionError'],
  ['SQLITE_CORRUPT_VTAB', 'database disk image is malformed', 'ConnectionError'],
  ['SQLITE_NOTADB', 'file is not a database', 'ConnectionError'],
] as const) {
  sqlite(`${code}: it is about the file`, () => {
    const thrown = Object.assign(new Error(message), { code })
    const e = classifySqlite(thrown, about(team), { target: 'music.db', mayWrite: () => true })
    holds(e, { _tag: expected, target: 'music.db', ...(expected === 'Locked' ? { holder: null } : {}) }, thrown)
    assert.is(isRetryable(e), expected === 'Locked')
    assert.ok(e.message.startsWith('music.db'))
  })
}
sqlite('SQLITE_READONLY of a session that refuses writes is about the transaction', () => {
  const thrown = Object.assign(new Error('attempt to write a readonly database'), { code: 'SQLITE_READONLY' })
  assert.is(classifySqlite(thrown, about(team), { target: 'music.db', mayWrite: () => false })._tag, 'ValidationError')
})
sqlite('a thrown value that is no Error', () => {
  for (const thrown of ['a text', undefined, null, { message: 'x' }, Object.create(null)]) {
    const e = classifySqlite(thrown, about(team), { target: 'music.db', mayWrite: () => false })
    assert.is(e._tag, 'DatabaseError')
    assert.type(e.message, 'string')
  }
})
sqlite.run()

const postgresSays: readonly (readonly [PostgresError, Context, object])[] = [
  [
    {
      code: '23505',
      message: 'duplicate key value violates unique constraint "team_pkey"',
      detail: 'Key (id)=(1) already exists.',
      table: 'team',
      constraint: 'team_pkey',
    },
    about(team),
    { _tag: 'UniqueViolation', table: 'team', constraint: 'team_pkey', columns: ['id'] },
  ],
  [
    {
      code: '23505',
      message: 'duplicate key value violates unique constraint "team_age_code_key"',
      detail: 'Key (age, code)=(1, hunter2) already exists.',
      table: 'team',
      constraint: 'team_age_code_key',
    },
    raw('INSERT'),
    { _tag: 'UniqueViolation', table: 'team', constraint: 'team_age_code_key', columns: ['age', 'code'] },
  ],
  [
    {
      code: '23505',
      message: 'duplicate key value violates unique constraint "expr_idx"',
      detail: 'Key (lower(team_name))=(hunter2) already exists.',
      table: 'team',
      constraint: 'expr_idx',
    },
    about(team),
    { _tag: 'UniqueViolation', table: 'team', constraint: 'expr_idx', columns: ['lower(team_name)'] },
  ],
  [
    {
      code: '23505',
      message: 'duplicate key value violates unique constraint "odd key"',
      detail: 'Key ("a, b", "c""d")=(1, 1) already exists.',
      table: 'odd "t", x',
      constraint: 'odd key',
    },
    raw('INSERT'),
    { _tag: 'UniqueViolation', table: 'odd "t", x', constraint: 'odd key', columns: ['a, b', 'c"d'] },
  ],
  [
    {
      code: '23502',
      message: 'null value in column "team_name" of relation "team" violates not-null constraint',
      detail: 'Failing row contains (4, null, hunter2, null).',
      table: 'team',
      column: 'team_name',
    },
    about(team),
    { _tag: 'NotNullViolation', table: 'team', column: 'team_name' },
  ],
  [
    {
      code: '23514',
      message: 'new row for relation "team" violates check constraint "team_age_check"',
      detail: 'Failing row contains (5, hunter2, -1, null).',
      table: 'team',
      constraint: 'team_age_check',
    },
    about(team),
    { _tag: 'CheckViolation', table: 'team', constraint: 'team_age_check' },
  ],
  [
    {
      code: '23503',
      message: 'insert or update on table "child" violates foreign key constraint "child_team_id_fkey"',
      detail: 'Key (team_id)=(9) is not present in table "team".',
      table: 'child',
      constraint: 'child_team_id_fkey',
    },
    about(child),
    { _tag: 'ForeignKeyViolation', table: 'child', constraint: 'child_team_id_fkey', columns: ['team_id'] },
  ],
  [
    {
      code: '23503',
      message: 'update or delete on table "team" violates foreign key constraint "child_team_id_fkey" on table "child"',
      detail: 'Key (id)=(1) is still referenced from table "child".',
      table: 'child',
      constraint: 'child_team_id_fkey',
    },
    about(team),
    { _tag: 'ForeignKeyViolation', table: 'child', constraint: 'child_team_id_fkey', columns: ['team_id'] },
  ],
  [
    {
      code: '23001',
      message: 'update or delete on table "team" violates RESTRICT setting of foreign key constraint "child_team_id_fkey" on table "child"',
      detail: 'Key (id)=(50) is referenced from table "child".',
      table: 'child',
      constraint: 'child_team_id_fkey',
    },
    raw('DELETE FROM team'),
    { _tag: 'ForeignKeyViolation', table: 'child', constraint: 'child_team_id_fkey', columns: ['team_id'] },
  ],
  [
    {
      code: '2BP01',
      message: 'cannot drop table team because other objects depend on it',
      detail: 'constraint child_team_id_fkey on table child depends on table team\nconstraint r_id_fkey on table r depends on table team',
    },
    about(null, 'DROP TABLE "team"'),
    { _tag: 'SchemaConflict', object: 'team' },
  ],
  [
    {
      code: '23P01',
      message: 'conflicting key value violates exclusion constraint "ex_r_excl"',
      detail: 'Key (r)=([2,3)) conflicts with existing key (r)=([1,5)).',
      table: 'ex',
      constraint: 'ex_r_excl',
    },
    raw('INSERT'),
    { _tag: 'DatabaseError', code: '23P01' },
  ],
  [{ code: '22001', message: 'value too long for type character varying(5)' }, about(team), { _tag: 'ValueTooLong', column: 'code' }],
  [{ code: '22001', message: 'value too long for type character varying(9)' }, about(team), { _tag: 'ValueTooLong', column: null }],
  [{ code: '22003', message: 'integer out of range' }, about(team), { _tag: 'NumericOverflow', where: 'integer' }],
  [
    { code: '2200H', message: 'nextval: reached maximum value of sequence "team_id_seq" (2147483647)' },
    about(team),
    { _tag: 'NumericOverflow', where: 'a sequence has reached its last value' },
  ],
  [
    {
      code: '22003',
      message: 'numeric field overflow',
      detail: 'A field with precision 4, scale 2 must round to an absolute value less than 10^2.',
    },
    about(team),
    { _tag: 'NumericOverflow', where: 'numeric' },
  ],
  [
    { code: '22003', message: 'value "hunter2999999999999999999999" is out of range for type bigint' },
    raw('SELECT'),
    { _tag: 'NumericOverflow', where: 'bigint' },
  ],
  [{ code: '22P02', message: 'invalid input syntax for type integer: "hunter2"' }, raw('SELECT'), { _tag: 'DatabaseError', code: '22P02' }],
  [
    { code: '22P02', message: 'invalid input syntax for type integer: "hunter2 "with" quotes: "' },
    raw('SELECT'),
    { _tag: 'DatabaseError', code: '22P02' },
  ],
  [
    { code: '22007', message: 'invalid value "hunter2" for "YYYY"', detail: 'Value must be an integer.' },
    raw('SELECT'),
    { _tag: 'DatabaseError', code: '22007' },
  ],
  [{ code: '22008', message: 'date/time field value out of range: "hunter2"' }, raw('SELECT'), { _tag: 'DatabaseError', code: '22008' }],
  [
    { code: '22P02', message: 'invalid input syntax for type json', detail: 'Token "hunter2" is invalid.' },
    raw('SELECT'),
    { _tag: 'DatabaseError', code: '22P02' },
  ],
  [{ code: '22012', message: 'division by zero' }, raw('SELECT 1/0'), { _tag: 'DatabaseError', code: '22012' }],
  [
    { code: '42P01', message: 'relation "nowhere" does not exist', position: '15' },
    about(null),
    { _tag: 'SchemaConflict', object: 'nowhere' },
  ],
  [
    { code: '42P01', message: 'relation "music.nowhere" does not exist', position: '15' },
    about(null),
    { _tag: 'SchemaConflict', object: 'music.nowhere' },
  ],
  [{ code: '42P01', message: 'table "nowhere" does not exist' }, about(null), { _tag: 'SchemaConflict', object: 'nowhere' }],
  [
    { code: '42P01', message: 'missing FROM-clause entry for table "nope"', position: '8' },
    raw('SELECT nope.x FROM team'),
    { _tag: 'SyntaxError', sql: 'SELECT nope.x FROM team', position: 8 },
  ],
  [
    { code: '42703', message: 'column "nope" does not exist', position: '8' },
    raw('SELECT nope FROM team'),
    { _tag: 'SyntaxError', sql: 'SELECT nope FROM team', position: 8 },
  ],
  [
    { code: '42703', message: 'column "nope" of relation "team" does not exist', position: '17' },
    about(team),
    { _tag: 'SchemaConflict', object: 'nope' },
  ],
  [{ code: '3F000', message: 'schema "music" does not exist', position: '14' }, about(null), { _tag: 'SchemaConflict', object: 'music' }],
  [{ code: '42P07', message: 'relation "team" already exists' }, about(null), { _tag: 'SchemaConflict', object: 'team' }],
  [
    { code: '42710', message: 'constraint "team_age_check" for relation "team" already exists' },
    about(null),
    { _tag: 'SchemaConflict', object: 'team_age_check' },
  ],
  [{ code: '42701', message: 'column "a" specified more than once' }, about(null), { _tag: 'SchemaConflict', object: 'a' }],
  [
    { code: '42701', message: 'column name "ctid" conflicts with a system column name' },
    about(null),
    { _tag: 'SchemaConflict', object: 'ctid' },
  ],
  [
    { code: '55006', message: 'cannot DROP TABLE "child" because it is being used by active queries in this session' },
    about(null),
    { _tag: 'SchemaConflict', object: 'child' },
  ],
  [
    { code: '42601', message: 'syntax error at or near "SELEC"', position: '1' },
    raw('SELEC 1'),
    { _tag: 'SyntaxError', sql: 'SELEC 1', position: 1 },
  ],
  [
    { code: '42601', message: 'syntax error at end of input', position: '10' },
    raw('SELECT (1'),
    { _tag: 'SyntaxError', sql: 'SELECT (1', position: 10 },
  ],
  [
    { code: '42601', message: 'cannot insert multiple commands into a prepared statement' },
    raw('A; B'),
    { _tag: 'SyntaxError', sql: 'A; B', position: null },
  ],
  [
    { code: '42883', message: 'function nope(integer) does not exist', position: '8' },
    raw('SELECT nope(1)'),
    { _tag: 'SyntaxError', sql: 'SELECT nope(1)', position: 8 },
  ],
  [
    { code: '42702', message: 'column reference "id" is ambiguous', position: '8' },
    raw('SELECT id'),
    { _tag: 'SyntaxError', sql: 'SELECT id', position: 8 },
  ],
  [
    { code: '42804', message: 'argument of WHERE must be type boolean, not type integer', position: '16' },
    raw('SELECT'),
    { _tag: 'SyntaxError', sql: 'SELECT', position: 16 },
  ],
  [{ code: '42501', message: 'permission denied for table team' }, about(team), { _tag: 'DatabaseError', code: '42501' }],
  [
    { code: '54011', message: 'tables can have at most 1600 columns' },
    about(null),
    { _tag: 'Unsupported', capability: 'a statement this large (tables can have at most 1600 columns)', engine: 'postgres' },
  ],
  [{ code: '54000', message: 'index row requires 16016 bytes, maximum size is 8191' }, about(team), { _tag: 'ValueTooLong', column: null }],
  [
    { code: '25006', message: 'cannot execute DELETE in a read-only transaction' },
    raw('DELETE'),
    { _tag: 'ValidationError', path: [], reason: 'writes are not allowed in a read-only transaction' },
  ],
  [
    { code: '25P02', message: 'current transaction is aborted, commands ignored until end of transaction block' },
    about(team),
    { _tag: 'TransactionAborted' },
  ],
  [{ code: '40001', message: 'could not serialize access due to concurrent update' }, about(team), { _tag: 'SerializationFailure' }],
  [{ code: '40P01', message: 'deadlock detected' }, about(team), { _tag: 'Deadlock' }],
  [
    { code: '57P01', message: 'terminating connection due to administrator command' },
    about(null),
    { _tag: 'ConnectionError', target: 'postgres' },
  ],
  [{ code: '08006', message: 'connection failure' }, about(null), { _tag: 'ConnectionError', target: 'postgres' }],
  [{ code: '53300', message: 'sorry, too many clients already' }, about(null), { _tag: 'ConnectionError', target: 'postgres' }],
  [{ code: 'P0001', message: 'custom' }, raw('DO'), { _tag: 'DatabaseError', code: 'P0001' }],
  [{ message: 'something without a code' }, about(team), { _tag: 'DatabaseError', code: null }],
]

const postgres = suite('what Postgres says')
for (const [says, context, expected] of postgresSays) {
  postgres(`${says.code}: ${says.message}${context.isRaw ? ', by raw' : ''}`, () => {
    const cause = Object.assign(new Error(says.message), says)
    holds(classifyPostgres(says, naming(context, expected), cause), expected, cause)
  })
}
postgres('a cancelled statement is a Timeout', () => {
  const e = classifyPostgres({ code: '57014', message: 'canceling statement due to statement timeout' }, about(team), null)
  assert.is(e._tag, 'Timeout')
})
postgres('what may be run again as it is', () => {
  const retryable = ['40001', '40P01', '57014'].map(code => isRetryable(classifyPostgres({ code, message: 'x' }, about(team), null)))
  assert.equal(retryable, [true, true, true])
  const others = ['23505', '42601', '22003', '08006', '25P02'].map(code =>
    isRetryable(classifyPostgres({ code, message: 'x' }, about(team), null)),
  )
  assert.equal(others, [false, false, false, false, false])
})
postgres.run()

const syntaxOf = (server: string, near: string): string =>
  `You have an error in your SQL syntax; check the manual that corresponds to your ${server} server version for the right syntax to use near '${near}' at line 1`
const FOREIGN_KEY =
  'a foreign key constraint fails (`music`.`child`, CONSTRAINT `child_team_id_fkey` FOREIGN KEY (`team_id`) REFERENCES `team` (`id`))'
const ofChild = { _tag: 'ForeignKeyViolation', table: 'child', constraint: 'child_team_id_fkey', columns: ['team_id'] }
const uniqueOf = (constraint: string, ...columns: readonly string[]): object => ({
  _tag: 'UniqueViolation',
  table: 'team',
  constraint,
  columns,
})

type Said = readonly (readonly [number | undefined, string, Context, object])[]

/** Messages that both engines have. */
const bothSay: Said = [
  [1048, "Column 'team_name' cannot be null", about(team), { _tag: 'NotNullViolation', table: 'team', column: 'team_name' }],
  [1048, "Column 'team_name' cannot be null", raw('UPDATE'), { _tag: 'NotNullViolation', table: '', column: 'team_name' }],
  [1364, "Field 'team_name' doesn't have a default value", about(team), { _tag: 'NotNullViolation', table: 'team', column: 'team_name' }],
  [1265, "Data truncated for column 'team_name' at row 1", about(team), { _tag: 'NotNullViolation', table: 'team', column: 'team_name' }],
  [1265, "Data truncated for column 'age' at row 1", about(team), { _tag: 'DatabaseError', code: '1265' }],
  [1265, "Data truncated for column 'team_name' at row 1", raw('UPDATE'), { _tag: 'DatabaseError', code: '1265' }],
  [1452, `Cannot add or update a child row: ${FOREIGN_KEY}`, about(child), ofChild],
  [1451, `Cannot delete or update a parent row: ${FOREIGN_KEY}`, about(team), ofChild],
  [1451, `Cannot delete or update a parent row: ${FOREIGN_KEY}`, raw('DELETE FROM team'), ofChild],
  [
    1452,
    'Cannot add or update a child row: a foreign key constraint fails (`a``b`.`t``u`, CONSTRAINT `odd``key` FOREIGN KEY (`a, b`, `c``d`) REFERENCES `p` (`x`, `y`))',
    raw('INSERT'),
    { _tag: 'ForeignKeyViolation', table: 't`u', constraint: 'odd`key', columns: ['a, b', 'c`d'] },
  ],
  [1406, "Data too long for column 'code' at row 1", about(team), { _tag: 'ValueTooLong', column: 'code' }],
  [1264, "Out of range value for column 'age' at row 1", about(team), { _tag: 'NumericOverflow', where: 'age' }],
  [1690, "BIGINT value is out of range in '(9223372036854775807 + 1)'", raw('SELECT'), { _tag: 'NumericOverflow', where: null }],
  [1048, "Column 'it's' cannot be null", about(team), { _tag: 'NotNullViolation', table: 'team', column: "it's" }],
  [1146, "Table 'music.'' doesn't exist", about(null), { _tag: 'SchemaConflict', object: "'" }],
  [1050, "Table 'a'.b' already exists", about(null), { _tag: 'SchemaConflict', object: "a'.b" }],
  [1146, "Table 'music.nowhere' doesn't exist", about(null), { _tag: 'SchemaConflict', object: 'nowhere' }],
  [1051, "Unknown table 'music.nowhere'", about(null), { _tag: 'SchemaConflict', object: 'nowhere' }],
  [1049, "Unknown database 'music'", about(null), { _tag: 'SchemaConflict', object: 'music' }],
  [1050, "Table 'team' already exists", about(null), { _tag: 'SchemaConflict', object: 'team' }],
  [1061, "Duplicate key name 'team_team_name_key'", about(null), { _tag: 'SchemaConflict', object: 'team_team_name_key' }],
  [1060, "Duplicate column name 'A'", about(null), { _tag: 'SchemaConflict', object: 'A' }],
  [1103, "Incorrect table name 'a '", about(null), { _tag: 'SchemaConflict', object: 'a ' }],
  [1166, "Incorrect column name 'a '", about(null), { _tag: 'SchemaConflict', object: 'a ' }],
  [
    1044,
    "Access denied for user 'query'@'%' to database 'information_schema'",
    about(null),
    { _tag: 'SchemaConflict', object: 'information_schema' },
  ],
  [1044, "Access denied for user 'query'@'%' to database 'music'", about(null), { _tag: 'DatabaseError', code: '1044' }],
  [
    1222,
    'The used SELECT statements have a different number of columns',
    raw('SELECT'),
    { _tag: 'SyntaxError', sql: 'SELECT', position: null },
  ],
  [1136, "Column count doesn't match value count at row 1", raw('INSERT'), { _tag: 'SyntaxError', sql: 'INSERT', position: null }],
  [1305, 'FUNCTION music.nope does not exist', raw('SELECT nope(1)'), { _tag: 'SyntaxError', sql: 'SELECT nope(1)', position: null }],
  [1066, "Not unique table/alias: 'team'", raw('SELECT'), { _tag: 'SyntaxError', sql: 'SELECT', position: null }],
  [1241, 'Operand should contain 1 column(s)', raw('SELECT'), { _tag: 'SyntaxError', sql: 'SELECT', position: null }],
  [1242, 'Subquery returns more than 1 row', raw('SELECT'), { _tag: 'DatabaseError', code: '1242' }],
  [1153, "Got a packet bigger than 'max_allowed_packet' bytes", about(null), { _tag: 'ValueTooLong', column: null }],
  [
    1205,
    'Lock wait timeout exceeded; try restarting transaction',
    about(team),
    { _tag: 'Timeout', what: 'waiting for a lock', milliseconds: 0 },
  ],
  [1213, 'Deadlock found when trying to get lock; try restarting transaction', about(team), { _tag: 'Deadlock' }],
  [1467, 'Failed to read auto-increment value from storage engine', about(team), { _tag: 'Deadlock' }],
  [1296, "Got error 1 'x' from InnoDB", about(team), { _tag: 'DatabaseError', code: '1296' }],
  [1210, 'Incorrect arguments to LEAST', about(team), { _tag: 'DatabaseError', code: '1210' }],
  [167, "Out of range value for column 'id' at row 1", about(team), { _tag: 'NumericOverflow', where: 'id' }],
  [
    1792,
    'Cannot execute statement in a READ ONLY transaction',
    raw('DELETE'),
    { _tag: 'ValidationError', path: [], reason: 'writes are not allowed in a read-only transaction' },
  ],
  [1142, "DELETE command denied to user 'query'@'localhost' for table 'team'", about(team), { _tag: 'DatabaseError', code: '1142' }],
  [9999, 'something that nobody has seen yet', about(team), { _tag: 'DatabaseError', code: '9999' }],
]

const refusedBy = (engine: string): Said => {
  const refused = (capability: string) => ({ _tag: 'Unsupported', capability, engine }) as const
  return [
    [
      3008,
      'Foreign key cascade delete/update exceeds max depth of 15.',
      about(team),
      refused('a delete or update that cascades this deep'),
    ],
    [1296, "Got error 193 '`d`.`t`, CONSTRAINT `c`' from InnoDB", about(team), refused('a delete or update that cascades this deep')],
    [3699, 'Timeout exceeded in regular expression match.', about(team), refused('a pattern that takes this many steps on a text')],
    [1139, "Regex error 'match limit exceeded'", about(team), refused('a pattern that takes this many steps on a text')],
    [1210, 'Incorrect arguments to JSON_TABLE', about(team), refused('the elements of an array of an outer query, nested this deeply')],
  ]
}

const mysqlSays: Said = [
  ...bothSay,
  ...refusedBy('mysql'),
  [1062, "Duplicate entry 'hunter2' for key 'team.team_team_name_key'", about(team), uniqueOf('team_team_name_key', 'team_name')],
  [1062, "Duplicate entry '5-hunter2' for key 'team.team_age_code_key'", about(team), uniqueOf('team_age_code_key', 'age', 'code')],
  [1062, "Duplicate entry '1' for key 'team.PRIMARY'", about(team), uniqueOf('team_pkey', 'id')],
  [1062, "Duplicate entry 'x' for key 'a' for key 'team.PRIMARY'", about(team), uniqueOf('team_pkey', 'id')],
  [1062, "Duplicate entry 'red' for key 'team.team_team_name_key'", raw('INSERT'), uniqueOf('team_team_name_key')],
  [1062, "Duplicate entry '1' for key 'team.PRIMARY'", about(child), uniqueOf('PRIMARY')],
  [
    3819,
    "Check constraint 'team_age_check' is violated.",
    about(team),
    { _tag: 'CheckViolation', table: 'team', constraint: 'team_age_check' },
  ],
  [
    3819,
    "Check constraint 'team_age_check' is violated.",
    raw('UPDATE'),
    { _tag: 'CheckViolation', table: null, constraint: 'team_age_check' },
  ],
  [3819, "Check constraint 'a``b' is violated.", raw('UPDATE'), { _tag: 'CheckViolation', table: null, constraint: 'a``b' }],
  [
    3730,
    "Cannot drop table 'team' referenced by a foreign key constraint 'child_team_id_fkey' on table 'child'.",
    about(null),
    { _tag: 'SchemaConflict', object: 'team' },
  ],
  [1366, "Incorrect integer value: 'hunter2' for column 'id' at row 1", raw('UPDATE'), { _tag: 'DatabaseError', code: '1366' }],
  [1292, "Incorrect datetime value: 'hunter2' for column 'dt' at row 1", raw('UPDATE'), { _tag: 'DatabaseError', code: '1292' }],
  [1054, "Unknown column 'nope' in 'field list'", about(team), { _tag: 'SchemaConflict', object: 'nope' }],
  [1054, "Unknown column 'nope' in 'field list'", raw('SELECT nope'), { _tag: 'SyntaxError', sql: 'SELECT nope', position: null }],
  [1064, syntaxOf('MySQL', 'SELEC ? FROM team'), raw('SELEC ? FROM team'), { _tag: 'SyntaxError', sql: 'SELEC ? FROM team', position: 1 }],
  [1064, syntaxOf('MySQL', 'WHEN id'), raw('SELECT 1 WHERE WHEN id'), { _tag: 'SyntaxError', sql: 'SELECT 1 WHERE WHEN id', position: 16 }],
  [1064, syntaxOf('MySQL', ''), raw('SELECT (1'), { _tag: 'SyntaxError', sql: 'SELECT (1', position: null }],
  [1064, syntaxOf('MySQL', 'no no'), raw('SELECT no no, no no, 1'), { _tag: 'SyntaxError', sql: 'SELECT no no, no no, 1', position: null }],
  [
    1826,
    "Duplicate foreign key constraint name 'child_team_id_fkey'",
    about(null),
    { _tag: 'SchemaConflict', object: 'child_team_id_fkey' },
  ],
  [3822, "Duplicate check constraint name 'team_age_check'.", about(null), { _tag: 'SchemaConflict', object: 'team_age_check' }],
  [1824, "Failed to open the referenced table 'nowhere'", about(null), { _tag: 'SchemaConflict', object: 'nowhere' }],
  [
    6125,
    "Failed to add the foreign key constraint. Missing unique key for constraint 'f1' in the referenced table 'team'",
    about(null),
    { _tag: 'SchemaConflict', object: 'team' },
  ],
  [
    3780,
    "Referencing column 'a' and referenced column 'id' in foreign key constraint 'f1' are incompatible.",
    about(null),
    { _tag: 'SchemaConflict', object: 'f1' },
  ],
  [1117, 'Too many columns', about(null), { _tag: 'Unsupported', capability: 'this (Too many columns)', engine: 'mysql' }],
  [
    3157,
    'The JSON document exceeds the maximum depth.',
    about(null),
    { _tag: 'Unsupported', capability: 'this (The JSON document exceeds the maximum depth.)', engine: 'mysql' },
  ],
  [3950, 'Out of memory', about(null), { _tag: 'Unsupported', capability: 'this (Out of memory)', engine: 'mysql' }],
  [undefined, "Can't add new command when connection is in closed state", about(team), { _tag: 'ConnectionError', target: 'mysql' }],
  [undefined, 'something without a number', about(team), { _tag: 'DatabaseError', code: null }],
]

const mariadbSays: Said = [
  ...bothSay,
  ...refusedBy('mariadb'),
  [1062, "Duplicate entry 'hunter2' for key 'team_team_name_key'", about(team), uniqueOf('team_team_name_key', 'team_name')],
  [1062, "Duplicate entry '1' for key 'PRIMARY'", about(team), uniqueOf('team_pkey', 'id')],
  [
    1062,
    "Duplicate entry 'red' for key 'team_team_name_key'",
    raw('INSERT'),
    { _tag: 'UniqueViolation', table: '', constraint: 'team_team_name_key', columns: [] },
  ],
  [1048, "Column 'a\\001Bb' cannot be null", about(team), { _tag: 'NotNullViolation', table: 'team', column: 'a\u001bb' }],
  [
    4025,
    'CONSTRAINT `team_age_check` failed for `music`.`team`',
    about(team),
    { _tag: 'CheckViolation', table: 'team', constraint: 'team_age_check' },
  ],
  [
    4025,
    'CONSTRAINT `team_age_check` failed for `music`.`team`',
    raw('UPDATE'),
    { _tag: 'CheckViolation', table: 'team', constraint: 'team_age_check' },
  ],
  [
    4025,
    'CONSTRAINT `child.n` failed for `music`.`child`',
    raw('UPDATE'),
    { _tag: 'CheckViolation', table: 'child', constraint: 'child.n' },
  ],
  [
    1451,
    'Cannot delete or update a parent row: a foreign key constraint fails',
    about(null, 'DROP TABLE `team`'),
    { _tag: 'SchemaConflict', object: 'team' },
  ],
  [
    1451,
    'Cannot delete or update a parent row: a foreign key constraint fails',
    about(team),
    { _tag: 'ForeignKeyViolation', table: null, constraint: null, columns: [] },
  ],
  [
    1366,
    "Incorrect integer value: 'hunter2' for column `music`.`team`.`id` at row 1",
    raw('UPDATE'),
    { _tag: 'DatabaseError', code: '1366' },
  ],
  [1054, "Unknown column 'nope' in 'INSERT INTO'", raw('INSERT'), { _tag: 'SyntaxError', sql: 'INSERT', position: null }],
  [
    1064,
    syntaxOf('MariaDB', 'SELEC ? FROM team'),
    raw('SELEC ? FROM team'),
    { _tag: 'SyntaxError', sql: 'SELEC ? FROM team', position: 1 },
  ],
  [
    1064,
    "memory exhausted near '((((...' at line 1",
    about(null),
    { _tag: 'Unsupported', capability: 'a statement nested this deeply', engine: 'mariadb' },
  ],
  [
    1005,
    'Can\'t create table `music`.`dup` (errno: 121 "Duplicate key on write or update")',
    about(null),
    { _tag: 'SchemaConflict', object: 'dup' },
  ],
  [
    1005,
    'Can\'t create table `music`.`dup` (errno: 150 "Foreign key constraint is incorrectly formed")',
    about(null),
    { _tag: 'SchemaConflict', object: 'dup' },
  ],
  [
    1005,
    'Can\'t create table `music`.`wide` (errno: 185 "Too many columns")',
    about(null),
    { _tag: 'Unsupported', capability: 'this many columns in a table', engine: 'mariadb' },
  ],
  [1005, 'Can\'t create table `music`.`x` (errno: 28 "No space left on device")', about(null), { _tag: 'DatabaseError', code: '1005' }],
  [1020, "Record has changed since last read in table 'team'", about(team), { _tag: 'SerializationFailure' }],
  [1927, 'Connection was killed', about(team), { _tag: 'ConnectionError', target: 'mariadb' }],
]

for (const [name, says] of [
  ['mysql', mysqlSays],
  ['mariadb', mariadbSays],
] as const) {
  const server = suite(`what ${name} says`)
  for (const [errno, message, context, expected] of says) {
    server(`${errno}: ${message}${context.table === null ? '' : `, of ${context.table.name}`}${context.isRaw ? ', by raw' : ''}`, () => {
      const cause = Object.assign(new Error(message), { errno, sqlMessage: message, sql: context.sql })
      const e = classifyMysql(name, { errno, message }, naming(context, expected), cause)
      if (e._tag === 'Timeout') assert.equal(fields(e), expected)
      else holds(e, expected, cause)
    })
  }
  server('what may be run again as it is', () => {
    const ofNumber = (errno: number): DbError => classifyMysql(name, { errno, message: 'x' }, about(team), null)
    assert.ok([1213, 1205, 1020, 1317].map(ofNumber).every(isRetryable))
    assert.not([1062, 1064, 1264, 1927, 1452].map(ofNumber).some(isRetryable))
  })
  server.run()
}
