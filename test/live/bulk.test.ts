/**
 * Many rows in one command on every engine: texts that an array literal would take for something else, nulls, every kind of
 * column, rows beyond one statement, what they return, and a violation in the last of them.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import {
  anyJson,
  bigint,
  boolean,
  bytes,
  char,
  date,
  enumOf,
  float,
  generated,
  int,
  nullable,
  numeric,
  smallint,
  text,
  time,
  timestamp,
  timestampMicros,
  unique,
  uuid,
  varchar,
} from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, sameRows, using } from './eachEngine.js'

const everything = table(
  'bulk_everything',
  {
    id: int,
    small: nullable(smallint),
    long: nullable(bigint),
    ratio: nullable(float),
    price: nullable(numeric(10, 2)),
    exact: nullable(numeric(30, 10)),
    word: nullable(text),
    short: nullable(varchar(12)),
    code: nullable(char(2)),
    color: nullable(enumOf('red', 'it\'s "blue"')),
    flag: nullable(boolean),
    at: nullable(timestamp),
    precisely: nullable(timestampMicros),
    day: nullable(date),
    hour: nullable(time),
    key: nullable(uuid),
    data: nullable(bytes),
    json: nullable(anyJson),
  },
  { primaryKey: ['id'] },
)

const WORDS = [
  '',
  'NULL',
  'null',
  '{}',
  '{a,b}',
  '"',
  '\\',
  '\\"',
  "it's",
  'a,b',
  ' ',
  ' a ',
  '\n\t',
  '\\N',
  '\u{1F600}é',
  '()',
  '?',
  '$1',
  ':x',
  '%s',
]

const nothing = Object.fromEntries(
  Object.keys(everything.columns)
    .filter(f => f !== 'id')
    .map(f => [f, null]),
) as { readonly [f: string]: null }

const rows = WORDS.flatMap((word, i) => [
  {
    id: 2 * i,
    small: i % 2 === 0 ? -32768 : 32767,
    long: i % 2 === 0 ? -(2n ** 63n) : 2n ** 63n - 1n,
    ratio: [0, -1.5e-300, 1.7976931348623157e308, 0.1, 5e-324][i % 5] as number,
    price: (['0.00', '-0.01', '99999999.99', '1.50', '-7.00'] as const)[i % 5] as '0.00',
    exact: '12345678901234567890.0000000001' as const,
    word,
    short: word,
    code: 'ab',
    color: i % 2 === 0 ? ('red' as const) : ('it\'s "blue"' as const),
    flag: i % 2 === 0,
    at: [new Date('0001-01-01T00:00:00.000Z'), new Date('9999-12-31T23:59:59.999Z'), new Date(-1), new Date(0)][i % 4] as Date,
    precisely: '2020-02-29T23:59:59.000001Z',
    day: '2024-02-29',
    hour: '23:59:59.999',
    key: '00000000-0000-4000-8000-0000000000ff',
    data: Uint8Array.of(0, 92, 34, 255, i),
    json: { [`k${word}`]: [word, null, 1.5, { a: word }] },
  },
  { id: 2 * i + 1, ...nothing },
])

const numbered = table('bulk_numbered', { id: generated(int), n: unique(int), note: nullable(text) })

const MANY = 7_003

for (const engine of engines) {
  const test = suite(`many rows on ${engine.name}`)
  const s = using(engine, test)
  test('values of every kind are read as they were inserted', async () => {
    await s.create(everything)
    assert.is(await s.right(C.run(C.insertMany(everything)(rows as never))), rows.length)
    sameRows(await s.rows(everything), rows)
    await s.drop(everything)
  })
  test('more rows than a statement takes are one command, in order', async () => {
    await s.create(numbered)
    const given = Array.from({ length: MANY }, (_, i) => ({ n: MANY - i, note: i % 3 === 0 ? null : `${i}` }))
    const insert = C.insertMany(numbered)(given)
    const answered = await s.right(
      C.run(
        pipe(
          insert,
          C.returning(r => ({ n: r.n, note: r.note })),
        ),
      ),
    )
    assert.equal(answered, given)
    const ordered = pipe(
      Q.from(numbered),
      Q.orderBy(r => [X.asc(r.id)]),
      Q.map(r => ({ n: r.n, note: r.note })),
    )
    assert.equal(await s.right(Q.all(ordered)), given)
  })
  test('a violation in the last row undoes all', async () => {
    const given = Array.from({ length: MANY }, (_, i) => ({ n: MANY + 1 + i }))
    const e = await s.unchanged([numbered], 'UniqueViolation', C.run(C.insertMany(numbered)([...given, { n: 1 }])))
    assert.is(e.table, 'bulk_numbered')
    const bad = [...given, { n: 2 ** 31 }]
    assert.match((await s.unchanged([numbered], 'NumericOverflow', C.run(C.insertMany(numbered)(bad)))).message, /n/)
    const worse = [...given, { n: 'x' as never }]
    assert.match((await s.unchanged([numbered], 'ValidationError', C.run(C.insertMany(numbered)(worse)))).message, new RegExp(`${MANY}.n`))
  })
  test('rows are what they were when the command was built', async () => {
    const row = { n: 1_000_000, note: 'before' }
    const command = C.insertMany(numbered)([row, { n: 1_000_001, note: 'other' }])
    row.note = 'after'
    await s.right(C.run(command))
    const found = pipe(
      Q.from(numbered),
      Q.where(r => X.eq(r.n, 1_000_000)),
      Q.map(r => r.note),
    )
    assert.equal(await s.right(Q.all(found)), ['before'])
    await s.drop(numbered)
  })
  test.run()
}
