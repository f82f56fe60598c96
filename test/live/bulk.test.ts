/**
 * Inserts of many rows on every engine: texts that are syntax in an array literal, nulls, a column of each type, more rows than one
 * statement takes, their returned rows, and a violation in the last row.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { columnsOfEveryType } from '../../laws/arbitrary/everyType.js'
import { type Column, generated, int, nullable, numeric, text, unique } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, sameRows, using } from './eachEngine.js'

/** A nullable column of each type that Postgres takes as an array of parameters, which are all but arrays. */
const columns = Object.fromEntries(
  Object.entries<Column<any>>({ ...columnsOfEveryType, long: numeric(30, 10) }).flatMap(([name, column]) =>
    column.type.sql.tag === 'array' ? [] : [[name, nullable(column)]],
  ),
)

const everything = table('bulk_everything', { id: int, ...columns }, { primaryKey: ['id'] })

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

const nulls = Object.fromEntries(Object.keys(columns).map(name => [name, null]))

const rows = WORDS.flatMap((word, i) => [
  {
    id: 2 * i,
    small: i % 2 === 0 ? -32768 : 32767,
    whole: i % 2 === 0 ? -2147483648 : 2147483647,
    big: i % 2 === 0 ? -(2n ** 63n) : 2n ** 63n - 1n,
    ratio: [0, -1.5e-300, 1.7976931348623157e308, 0.1, 5e-324][i % 5],
    money: ['0.00', '-0.01', '99999999.99', '1.50', '-7.00'][i % 5],
    exact: '-123456789012.000001',
    plain: '99999',
    words: word,
    code: word,
    pair: 'ab',
    kind: i % 2 === 0 ? 'one' : "th'ree",
    tag: '00000000-0000-4000-8000-0000000000ff',
    flag: i % 2 === 0,
    at: [new Date('0001-01-01T00:00:00.000Z'), new Date('9999-12-31T23:59:59.999Z'), new Date(-1), new Date(0)][i % 4],
    precise: '2020-02-29T23:59:59.000001Z',
    day: '2024-02-29',
    hour: '23:59:59.999',
    data: Uint8Array.of(0, 92, 34, 255, i),
    document: { [`k${word}`]: [word, null, 1.5, { a: word }] },
    long: '12345678901234567890.0000000001',
  },
  { id: 2 * i + 1, ...nulls },
])

const numbered = table('bulk_numbered', { id: generated(int), n: unique(int), note: nullable(text) })

const MANY = 7_003

for (const engine of engines) {
  const test = suite(`many rows on ${engine.name}`)
  const s = using(engine, test)
  test('values of every type are read as they were inserted', async () => {
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
