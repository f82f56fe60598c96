/**
 * What engines say, and what is made of it: `classifySqlite` and `classifyPostgres` on texts that were taken down from
 * the engines (SQLite by sql.js 1.16, Postgres by PGlite 0.5), for the same tables as stand below.
 *
 * Here are the cases that a live test can hardly cause; the common ones are in live/errors.test.ts too. Every result
 * keeps its cause, has words, and never a value that was in the engine's text.
 */
import * as assert from 'uvu/assert'
import { char, check, int, nullable, text, unique, varchar } from '../../lib/core/Column.js'
import { type DbError, isRetryable, show } from '../../lib/core/DbError.js'
import { gt } from '../../lib/core/Expr.js'
import { fk, schema } from '../../lib/core/Schema.js'
import { asIs, table } from '../../lib/core/Table.js'
import { classifyPostgres, type PostgresError } from '../../lib/run/postgresErrors.js'
import { classifySqlite } from '../../lib/run/sqliteErrors.js'
import type { Context } from '../../lib/run/sqlSession.js'
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
const { foreignKeys } = schema({ team, child }, t => ({ child: { team: fk(t.child.teamId, t.team.id) } }))

const about = (t: Context['table'], sql = 'INSERT INTO somewhere', isRaw = false): Context =>
  ({ sql, table: t, isRaw, foreignKeys }) as Context
const raw = (sql: string): Context => about(null, sql, true)

/** The fields of an error without its words. */
const fields = ({ message: _, cause: __, ...rest }: DbError): object => rest
const holds = (e: DbError, expected: object, cause: unknown): void => {
  assert.equal(fields(e), expected, show(e))
  assert.ok(e.message.length > (e._tag === 'DatabaseError' ? 5 : 15), show(e))
  assert.not(/hunter2/.test(show(e)), show(e))
  if (!['TransactionAborted', 'Unsupported', 'ValidationError'].includes(e._tag)) assert.is(e.cause, cause, 'the cause is kept')
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
    { _tag: 'Unsupported', capability: 'so large a statement (at most 64 tables in a join)', engine: 'sqlite' },
  ],
  [
    'Expression tree is too large (maximum depth 1000)',
    about(null),
    { _tag: 'Unsupported', capability: 'so large a statement (Expression tree is too large)', engine: 'sqlite' },
  ],
  [
    'LIKE or GLOB pattern too complex',
    about(null),
    { _tag: 'Unsupported', capability: 'so large a statement (pattern too complex)', engine: 'sqlite' },
  ],
  ['file is not a database', about(null), { _tag: 'ConnectionError', target: 'the SQLite file' }],
  ['database disk image is malformed', about(null), { _tag: 'ConnectionError', target: 'the SQLite file' }],
  [
    'attempt to write a readonly database',
    about(team),
    { _tag: 'ValidationError', path: [], reason: 'a read-only transaction takes no writes' },
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
    holds(classifySqlite(thrown, context), expected, thrown)
  })
}
sqlite('a thrown value that is no Error', () => {
  for (const thrown of ['a text', undefined, null, { message: 'x' }, Object.create(null)]) {
    const e = classifySqlite(thrown, about(team))
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
  [{ code: '22003', message: 'integer out of range' }, about(team), { _tag: 'NumericOverflow', where: 'integer out of range' }],
  [
    {
      code: '22003',
      message: 'numeric field overflow',
      detail: 'A field with precision 4, scale 2 must round to an absolute value less than 10^2.',
    },
    about(team),
    { _tag: 'NumericOverflow', where: 'numeric field overflow' },
  ],
  [
    { code: '22003', message: 'value "hunter2999999999999999999999" is out of range for type bigint' },
    raw('SELECT'),
    { _tag: 'NumericOverflow', where: 'value (a value) is out of range for type bigint' },
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
    { _tag: 'Unsupported', capability: 'so large a statement (tables can have at most 1600 columns)', engine: 'postgres' },
  ],
  [{ code: '54000', message: 'index row requires 16016 bytes, maximum size is 8191' }, about(team), { _tag: 'ValueTooLong', column: null }],
  [
    { code: '25006', message: 'cannot execute DELETE in a read-only transaction' },
    raw('DELETE'),
    { _tag: 'ValidationError', path: [], reason: 'a read-only transaction takes no writes' },
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
    const cause = new Error(says.message)
    holds(classifyPostgres(says, context, cause), expected, cause)
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
