/**
 * Tables created by others: each value is read exactly, or ends in an error that names row and column.
 *
 * The columns of one wide table have the types, collations and odd values of an engine that query-ts would not create: case-insensitive
 * text with another character set, microseconds, unsigned integers, days that do not exist, padded text, doubles of 17 digits, bits,
 * years. Each is read by itself, and as part of a nested collection.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { countAll, key } from '../../lib/Agg.js'
import * as K from '../../lib/Column.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { sqlite } from '../../lib/run/sqlite.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { servers } from './addresses.js'
import { pgliteForTests } from './pgliteCopy.js'
import { statement } from './rawText.js'
import { onServer } from './servers.js'

type Kind = 'postgres' | 'mysql' | 'mariadb' | 'sqlite'
interface Fails {
  readonly fails: DbError['_tag']
}
const DECODE: Fails = { fails: 'DecodeError' }
const OVERFLOW: Fails = { fails: 'NumericOverflow' }

/** A type of the engine, a value of it in SQL, and what it is read as by some columns. */
type Case = readonly [type: string, sql: string, ...reads: (readonly [K.Column<any, any>, unknown])[]]

const at = (text: string): Date => new Date(text)
const bytes = (...n: readonly number[]): Uint8Array => Uint8Array.from(n)
const Email = t.refinement(t.string, s => s.includes('@'), 'Email')

const postgresCases: readonly Case[] = [
  [
    'timestamptz(6)',
    "'2024-02-29 23:59:59.999999+02'",
    [K.timestampMicros, '2024-02-29T21:59:59.999999Z'],
    [K.timestamp, at('2024-02-29T21:59:59.999Z')],
  ],
  [
    'timestamp',
    "'1969-12-31 23:59:59.000001'",
    [K.timestampMicros, '1969-12-31T23:59:59.000001Z'],
    [K.timestamp, at('1969-12-31T23:59:59.000Z')],
  ],
  ['timestamptz', "'infinity'", [K.timestamp, DECODE], [K.timestampMicros, DECODE]],
  ['timestamptz', "'0044-03-15 12:00:00+00 BC'", [K.timestamp, DECODE], [K.timestampMicros, DECODE]],
  ['timestamptz', "'12024-01-01 00:00:00+00'", [K.timestamp, DECODE], [K.timestampMicros, DECODE]],
  ['date', "'infinity'", [K.date, DECODE]],
  ['date', "'0044-03-15 BC'", [K.date, DECODE]],
  ['date', "'2024-02-29'", [K.date, '2024-02-29'], [K.timestamp, DECODE]],
  ['time', "'24:00:00'", [K.time, DECODE]],
  ['time(3)', "'12:34:56.789'", [K.time, '12:34:56.789']],
  ['interval', "'1 day'", [K.time, DECODE], [K.text, '1 day']],
  ['bigint', '9223372036854775807', [K.bigint, 9223372036854775807n], [K.int, OVERFLOW]],
  ['bigint', '-9223372036854775808', [K.bigint, -9223372036854775808n]],
  ['bigint', '9007199254740991', [K.int, 9007199254740991]],
  ['numeric(20,0)', '18446744073709551615', [K.bigint, OVERFLOW], [K.numeric(20, 0), '18446744073709551615'], [K.int, OVERFLOW]],
  ['numeric', "'NaN'", [K.numeric(10, 2), DECODE], [K.float, OVERFLOW], [K.int, DECODE]],
  ['numeric', "'Infinity'", [K.numeric(10, 2), DECODE], [K.float, OVERFLOW]],
  ['numeric(12,4)', '1.5000', [K.numeric(10, 2), '1.50'], [K.numeric(12, 4), '1.5000'], [K.numeric(14, 6), '1.500000']],
  ['numeric(12,4)', '1.2345', [K.numeric(10, 2), DECODE], [K.numeric(12, 4), '1.2345'], [K.int, OVERFLOW]],
  ['numeric', '1e30', [K.numeric(40, 2), `1${'0'.repeat(30)}.00`], [K.numeric(10, 2), OVERFLOW]],
  ['double precision', '0.1::float8 + 0.2::float8', [K.float, 0.1 + 0.2]],
  ['double precision', '1.7976931348623157e308', [K.float, Number.MAX_VALUE]],
  ['double precision', '5e-324', [K.float, 5e-324]],
  ['double precision', "'NaN'", [K.float, OVERFLOW]],
  ['double precision', "'-Infinity'", [K.float, OVERFLOW]],
  ['double precision', '1.5', [K.int, { fails: 'DecodeError' }]],
  ['real', '1.1', [K.float, 1.1]],
  ['char(5)', "'ab'", [K.char(5), 'ab   '], [K.text, 'ab   ']],
  ['foreign_mood', "'so-so'", [K.text, 'so-so'], [K.enumOf('bad', 'so-so', 'good'), 'so-so'], [K.codec(Email)(K.text), DECODE]],
  ['boolean', 'true', [K.boolean, true], [K.int, DECODE]],
  ['smallint', '1', [K.smallint, 1]],
  ['bit(1)', "B'1'", [K.boolean, DECODE]],
  ['bit(8)', "B'00000101'", [K.text, '00000101']],
  ['uuid', "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", [K.uuid, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']],
  ['text', "'no uuid'", [K.uuid, DECODE], [K.bytes, DECODE], [K.timestamp, DECODE], [K.bigint, DECODE], [K.anyJson, DECODE]],
  ['json', `'{"b": 1,  "a": [1.5, null]}'`, [K.anyJson, { b: 1, a: [1.5, null] }], [K.json(t.type({ b: t.string })), DECODE]],
  ['jsonb', `'[1e2, "\\u00e9", {}]'`, [K.anyJson, [100, 'é', {}]]],
  ['bytea', "'\\x00ff10'", [K.bytes, bytes(0, 255, 16)]],
  ['jsonb', "'null'", [K.anyJson, DECODE], [K.nullable(K.anyJson), null]],
  ['text', "'other'", [K.enumOf('one', 'two'), DECODE]],
  ['int[]', "'{1,NULL,3}'", [K.arrayOf(K.nullable(K.int)), [1, null, 3]]],
  ['text', 'NULL', [K.text, DECODE], [K.nullable(K.text), null]],
]

const common: readonly Case[] = [
  [
    'datetime(6)',
    "'2024-02-29 21:59:59.999999'",
    [K.timestampMicros, '2024-02-29T21:59:59.999999Z'],
    [K.timestamp, at('2024-02-29T21:59:59.999Z')],
  ],
  [
    'timestamp(6) NULL',
    "'1970-01-02 00:00:00.000001'",
    [K.timestampMicros, '1970-01-02T00:00:00.000001Z'],
    [K.timestamp, at('1970-01-02T00:00:00Z')],
  ],
  ['datetime', "'0000-00-00 00:00:00'", [K.timestamp, DECODE], [K.timestampMicros, DECODE]],
  ['datetime', "'2024-00-10 00:00:00'", [K.timestamp, DECODE], [K.timestampMicros, DECODE]],
  ['datetime', "'2024-02-31 00:00:00'", [K.timestamp, DECODE], [K.timestampMicros, DECODE]],
  ['timestamp NULL', "'0000-00-00 00:00:00'", [K.timestamp, DECODE]],
  ['date', "'0000-00-00'", [K.date, DECODE]],
  ['date', "'2024-02-31'", [K.date, DECODE]],
  ['date', "'2024-02-29'", [K.date, '2024-02-29'], [K.timestamp, DECODE]],
  ['time', "'-838:59:59'", [K.time, DECODE]],
  ['time', "'24:00:00'", [K.time, DECODE]],
  ['time(3)', "'12:34:56.789'", [K.time, '12:34:56.789']],
  ['time(6)', "'12:34:56.789999'", [K.time, '12:34:56.789']],
  ['year', '2024', [K.int, 2024], [K.smallint, 2024]],
  ['year', '0', [K.int, 0]],
  ['int unsigned', '4294967295', [K.int, 4294967295], [K.bigint, 4294967295n]],
  ['bigint unsigned', '18446744073709551615', [K.bigint, OVERFLOW], [K.int, OVERFLOW], [K.numeric(20, 0), '18446744073709551615']],
  ['bigint unsigned', '9223372036854775808', [K.bigint, OVERFLOW], [K.int, OVERFLOW]],
  ['bigint unsigned', '9223372036854775807', [K.bigint, 9223372036854775807n]],
  ['bigint', '-9223372036854775808', [K.bigint, -9223372036854775808n]],
  ['bigint', '9007199254740993', [K.bigint, 9007199254740993n], [K.int, OVERFLOW]],
  ['int(5) unsigned zerofill', '42', [K.int, 42]],
  ['tinyint(1)', '1', [K.boolean, true], [K.int, 1]],
  ['tinyint(1)', '0', [K.boolean, false]],
  ['tinyint(1)', '2', [K.boolean, DECODE], [K.smallint, 2]],
  ['tinyint unsigned', '255', [K.smallint, 255]],
  ['decimal(20,0)', '18446744073709551615', [K.bigint, OVERFLOW], [K.numeric(20, 0), '18446744073709551615']],
  ['decimal(12,4)', '1.5000', [K.numeric(10, 2), '1.50'], [K.numeric(14, 6), '1.500000']],
  ['decimal(12,4)', '1.2345', [K.numeric(10, 2), DECODE], [K.numeric(12, 4), '1.2345']],
  ['double', '0.30000000000000004e0', [K.float, 0.1 + 0.2]],
  ['double', '1.7976931348623157e308', [K.float, Number.MAX_VALUE]],
  ['double', '1.5', [K.int, DECODE]],
  ['char(5)', "'ab'", [K.char(5), 'ab'], [K.text, 'ab']],
  [
    "enum('bad', 'so-so', 'good')",
    "'so-so'",
    [K.text, 'so-so'],
    [K.enumOf('bad', 'so-so', 'good'), 'so-so'],
    [K.codec(Email)(K.text), DECODE],
  ],
  ["set('a', 'b')", "'b,a'", [K.text, 'a,b']],
  ['varchar(9) CHARACTER SET latin1', "'Äé'", [K.text, 'Äé'], [K.varchar(9), 'Äé']],
  ['text CHARACTER SET utf8mb3', "'Äé'", [K.text, 'Äé']],
  ['char(36)', "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", [K.uuid, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']],
  ['text', "'no uuid'", [K.uuid, DECODE], [K.timestamp, DECODE], [K.bigint, DECODE], [K.anyJson, DECODE]],
  ['json', `'{"b": 1,  "a": [1.5, null]}'`, [K.anyJson, { b: 1, a: [1.5, null] }], [K.json(t.type({ b: t.string })), DECODE]],
  ['varbinary(9)', "x'00ff10'", [K.bytes, bytes(0, 255, 16)]],
  ['binary(4)', "x'01'", [K.bytes, bytes(1, 0, 0, 0)]],
  ['blob', "x'00ff10'", [K.bytes, bytes(0, 255, 16)], [K.text, DECODE]],
  ['bit(1)', "b'1'", [K.boolean, DECODE]],
  ['text', 'NULL', [K.text, DECODE], [K.nullable(K.text), null]],
  ['blob', "'ok é'", [K.text, 'ok é']],
  ['text CHARACTER SET ucs2', "'é日'", [K.text, 'é日']],
  ['text', "'00ff'", [K.bytes, bytes(48, 48, 102, 102)]],
  ['text', "'other'", [K.enumOf('one', 'two'), DECODE]],
  ['float', '16777217', [K.float, 16777216]],
  ['float', '123456.789', [K.float, 123456.7890625]],
  ['json', "'null'", [K.anyJson, DECODE], [K.nullable(K.anyJson), null]],
]

const sqliteCases: readonly Case[] = [
  ['INTEGER', '9223372036854775807', [K.bigint, 9223372036854775807n], [K.int, OVERFLOW]],
  ['INTEGER', "'x'", [K.int, DECODE], [K.bigint, DECODE], [K.boolean, DECODE]],
  ['INTEGER', '2', [K.boolean, DECODE], [K.int, 2]],
  ['REAL', '9e999', [K.float, OVERFLOW]],
  ['REAL', '0.1 + 0.2', [K.float, 0.1 + 0.2], [K.int, DECODE]],
  ['TEXT COLLATE NOCASE', "'x'", [K.text, 'x'], [K.timestamp, DECODE], [K.date, DECODE]],
  ['DATE', "'0000-00-00'", [K.date, DECODE]],
  ['BLOB', "x'00ff'", [K.bytes, bytes(0, 255)], [K.text, DECODE]],
  ['TEXT', "'2024-02-31'", [K.date, DECODE]],
  ['TEXT', "'00ff'", [K.bytes, bytes(48, 48, 102, 102)]],
  ['TEXT', "'other'", [K.enumOf('one', 'two'), DECODE]],
  ['TEXT', "'null'", [K.anyJson, DECODE], [K.nullable(K.anyJson), null]],
  ['JSON', "'9007199254740993'", [K.anyJson, DECODE]],
  ['TEXT', 'NULL', [K.text, DECODE], [K.nullable(K.text), null]],
]

const casesOf = (kind: Kind): readonly Case[] => (kind === 'postgres' ? postgresCases : kind === 'sqlite' ? sqliteCases : common)

/**
 * What does not hold, and where (docs/decisions/0012-texts-of-others.md). Each of these is run, and has to fail: what holds has
 * no place here.
 */
const EXCEPTIONS: { readonly [title: string]: readonly string[] } = {
  "bit(1) b'1' read as boolean in a collection": ['mariadb'],
  "blob x'00ff10' read as text in a collection": ['mariadb'],
  'int(5) unsigned zerofill 42 read as int in a collection': ['mariadb'],
  "text 'no uuid' read as json in a collection": ['mariadb', 'mysql', 'pglite', 'postgres'],
  'text CHARACTER SET utf8mb3: texts are compared by code point all the same': ['mariadb', 'mysql'],
  'text: texts are compared by code point all the same': ['mariadb', 'mysql', 'postgres'],
  'varchar(20) CHARACTER SET latin1: texts are compared by code point all the same': ['mariadb', 'mysql'],
  'varchar(20) COLLATE utf8mb4_general_ci: texts are compared by code point all the same': ['mariadb', 'mysql'],
  'varchar(20): texts are compared by code point all the same': ['mariadb', 'mysql', 'postgres'],
  'year 0 read as int in a collection': ['mariadb'],
  'numeric(12,4) 1.2345 read as int in a collection': ['pglite', 'postgres'],
  "text 'no uuid' read as bytes in a collection": ['pglite', 'postgres'],
  'text COLLATE "en-US-x-icu": texts are compared by code point all the same': ['postgres'],
  'text COLLATE foreign_nocase: texts are compared by code point all the same': ['postgres'],
  "BLOB x'00ff' read as text in a collection": ['sqlite'],
  'TEXT COLLATE NOCASE: texts are compared by code point all the same': ['sqlite'],
  'TEXT COLLATE RTRIM: texts are compared by code point all the same': ['sqlite'],
}

const foreign = (name: string, kind: Kind, open: () => Promise<E.Either<DbError, Runner>>): void => {
  const all = suite(`tables of others on ${name}`)
  const test = (title: string, f: () => Promise<void>): void => {
    if (EXCEPTIONS[title]?.includes(name) !== true) all(title, f)
    else {
      all(`${title}: an exception`, async () => {
        const holds = await f().then(
          () => true,
          () => false,
        )
        assert.not(holds, 'it holds now: take it off the list')
      })
    }
  }
  const cases = casesOf(kind)
  let db: Runner
  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const sql of statements) {
      const done = await statement(sql)({ db })()
      assert.ok(E.isRight(done), `${sql}: ${E.isLeft(done) ? done.left.message : ''}`)
    }
  }
  const right = async <A>(program: Program.Program<Program.Db, DbError, A>): Promise<A> => {
    const answer = await program({ db })()
    assert.ok(E.isRight(answer), E.isLeft(answer) ? answer.left.message : '')
    return (answer as E.Right<A>).right
  }
  all.before(async () => {
    const opened = await open()
    assert.ok(E.isRight(opened), JSON.stringify(opened))
    db = (opened as E.Right<Runner>).right
    if (kind === 'postgres') await run("CREATE TYPE foreign_mood AS ENUM ('bad', 'so-so', 'good')")
    await run(`CREATE TABLE of_others (id int PRIMARY KEY, ${cases.map(([type], i) => `c${i} ${type}`).join(', ')})`)
    // what a server would refuse to write today is in tables of yesterday
    const lenient = kind === 'mysql' || kind === 'mariadb'
    const values = cases.map(([, sql]) => sql).join(', ')
    if (!lenient) await run(`INSERT INTO of_others VALUES (1, ${values})`, `INSERT INTO of_others VALUES (2, ${values})`)
    else {
      const written = await Program.transaction()<Program.Db, DbError, unknown>(tx => async () => {
        const run = (sql: string) => statement(sql)(tx)()
        await run("SET SESSION sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO'")
        const one = await run(`INSERT INTO of_others VALUES (1, ${values})`)
        if (E.isLeft(one)) return one
        return run(`INSERT INTO of_others VALUES (2, ${values})`)
      })({ db })()
      assert.ok(E.isRight(written), JSON.stringify(written))
      await run(`SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'`)
    }
  })
  all.after(async () => {
    await db?.close()
  })

  for (const [i, [type, sql, ...reads]] of cases.entries()) {
    for (const [column, expected] of reads) {
      const sqlType = column.type.sql.tag
      const others = table('of_others', { id: K.int, [`c${i}`]: column } as { id: typeof K.int; c0: K.Column<any, any> }, {
        primaryKey: ['id'],
        naming: field => field,
      })
      const one = (x: any) => x[`c${i}`]
      const judge = (
        answer: E.Either<DbError, readonly unknown[]>,
        where: readonly [row: number, column: string],
        whole: unknown,
      ): void => {
        const fails = (expected as Partial<Fails> | null)?.fails
        if (fails === undefined) {
          assert.ok(E.isRight(answer), E.isLeft(answer) ? `${answer.left._tag}: ${answer.left.message}` : '')
          assert.equal(answer.right, whole)
          return
        }
        assert.ok(E.isLeft(answer), `read as ${JSON.stringify(answer, (_, v) => (typeof v === 'bigint' ? `${v}n` : v))}`)
        const error = (answer as E.Left<DbError>).left
        assert.is(error._tag, fails, error.message)
        if (error._tag === 'DecodeError') assert.equal([error.row, error.column], [where[0], where[1]], error.message)
        assert.match(error.message, new RegExp(`row ${where[0]}, column "?${where[1]}`))
      }
      test(`${type} ${sql.slice(0, 40)} read as ${sqlType}`, async () => {
        const flat = pipe(
          Q.from(others),
          Q.where(x => X.eq(x.id, 1)),
          Q.map(x => ({ c: one(x) })),
        )
        judge(await Q.all(flat)({ db })(), [0, 'c'], [{ c: expected }])
      })
      test(`${type} ${sql.slice(0, 40)} read as ${sqlType} in a collection`, async () => {
        const inner = pipe(
          Q.from(others),
          Q.where(x => X.eq(x.id, 1)),
          Q.map(x => ({ c: one(x) })),
        )
        const nested = Q.of({ all: Q.many(inner) })
        judge(await Q.all(nested)({ db })(), [0, 'all.c'], [{ all: [{ c: expected }] }])
      })
    }
  }
  const WORDS = ['b', 'A', 'a', 'B', 'é', 'z', 'Z', 'É', 'a ', 'ä']
  const sorted = [...WORDS].sort((a, b) => (a < b ? -1 : 1))
  const collated: readonly string[] =
    kind === 'sqlite'
      ? ['TEXT', 'TEXT COLLATE NOCASE', 'TEXT COLLATE RTRIM']
      : kind === 'postgres'
        ? ['text', 'varchar(20)', ...(name === 'pglite' ? [] : ['text COLLATE "en-US-x-icu"', 'text COLLATE foreign_nocase'])]
        : [
            'text',
            'varchar(20)',
            'varchar(20) COLLATE utf8mb4_general_ci',
            'varchar(20) CHARACTER SET latin1',
            'text CHARACTER SET utf8mb3',
          ]
  for (const [i, type] of collated.entries()) {
    test(`${type}: texts are compared by code point all the same`, async () => {
      if (type.includes('foreign_nocase')) {
        await run("CREATE COLLATION foreign_nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
      }
      await run(`CREATE TABLE words_${i} (id int PRIMARY KEY, w ${type})`)
      const words = table(`words_${i}`, { id: K.int, w: K.text }, { primaryKey: ['id'] })
      await run(`INSERT INTO words_${i} VALUES ${WORDS.map((w, n) => `(${n}, '${w}')`).join(', ')}`)
      const of = pipe(
        Q.from(words),
        Q.map(x => x.w),
      )
      const where = (f: (w: X.Expr<string>) => X.Pred): Promise<readonly string[]> =>
        right(
          Q.all(
            pipe(
              Q.from(words),
              Q.where(x => f(x.w)),
              Q.orderBy(x => [X.asc(x.w)]),
              Q.map(x => x.w),
            ),
          ),
        )
      assert.equal(await where(() => X.and()), sorted, 'order')
      assert.equal(await where(w => X.eq(w, 'a')), ['a'], 'eq')
      assert.equal(await where(w => X.inList(w, ['é', 'Z'])), ['Z', 'é'], 'inList')
      assert.equal(
        await where(w => X.gt(w, 'Z')),
        sorted.filter(w => w > 'Z'),
        'gt',
      )
      assert.equal(await where(w => X.startsWith(w, 'a')), ['a', 'a '], 'startsWith')
      assert.equal(await where(w => X.like(w, 'a%')), ['a', 'a '], 'like')
      assert.is((await right(Q.all(Q.distinct(of)))).length, WORDS.length, 'distinct')
      assert.is((await right(Q.all(Q.union(of)(of)))).length, WORDS.length, 'union')
      const groups = pipe(
        Q.from(words),
        Q.aggregate(x => ({ w: key(x.w), n: countAll })),
      )
      assert.is((await right(Q.all(groups))).length, WORDS.length, 'groups')
      const pairs = pipe(
        Q.from(words),
        Q.innerJoin('other', words, (x, y) => X.eq(x.w, y.w)),
      )
      assert.is(await right(Q.count(pairs)), WORDS.length, 'join')
    })
  }
  all.run()
}

foreign('sqlite', 'sqlite', sqlite())
foreign('pglite', 'postgres', pgliteForTests())
for (const name of servers) foreign(name, name, onServer(name, { max: 1 }))
