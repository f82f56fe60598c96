/**
 * Edge cases of the functions of dates and instants, on every engine against the model.
 *
 * Each runs on the values of a column and on each value as a parameter, which engines type differently. The values are the ends of years,
 * months, leap years and of the calendar, Mondays and Sundays, instants before 1970 and at a millisecond.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { bigint, check, date, int, nullable, text, time, timestamp } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyColumn, AnyExpr } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

type Functions = { readonly [name: string]: (e: any, n: any) => AnyExpr }

const parts = (names: string): Functions =>
  Object.fromEntries(names.split(' ').map(p => [`${p} of it`, (e: any) => X.datePart(e, p as never)]))
const units = (names: string): Functions =>
  Object.fromEntries(names.split(' ').map(u => [`begin of ${u}`, (e: any) => X.dateTrunc(e, u as never)]))

const patterns = (...all: readonly string[]): Functions => Object.fromEntries(all.map(p => [`as ${p}`, (e: any) => X.formatDate(e, p)]))

const moves = (unit: string, amounts: readonly number[]): Functions => ({
  ...Object.fromEntries(amounts.map(n => [`${n} ${unit}`, (e: any) => X.dateAdd(e, { [unit]: n })])),
  [`computed ${unit}`]: (e, n) => X.dateAdd(e, { [unit]: n }),
  [`as many ${unit} as none`]: e => X.dateAdd(e, { [unit]: X.nullOf(int) }),
})

const ofDays: Functions = {
  ...parts('year quarter month day dayOfWeek dayOfYear'),
  ...units('year quarter month week day'),
  ...moves('months', [0, 1, -1, 13, 119_987, -119_987, -56_400]),
  ...moves('years', [1, -4]),
  ...moves('days', [1, -1, 366, 3_652_058, -3_652_058]),
  ...moves('weeks', [1]),
  'a month and a day back': (e, n) => X.dateAdd(e, { months: 1, days: X.neg(n) }),
  'there and back': e => X.dateAdd(X.dateAdd(e, { months: 1 }), { months: -1 }),
}

const domains: readonly {
  readonly name: string
  readonly column: AnyColumn
  readonly values: readonly unknown[]
  readonly functions: Functions
}[] = [
  {
    name: 'dates',
    column: date,
    values: [
      '0001-01-01',
      '0001-01-31',
      '0004-02-29',
      '0100-12-31',
      '1582-10-10',
      '1900-02-28',
      '1969-12-31',
      '2000-02-29',
      '2020-01-31',
      '2021-01-03',
      '2024-12-30',
      '9999-11-30',
      '9999-12-31',
    ],
    functions: {
      ...ofDays,
      ...patterns('yyyy-MM-dd', 'M/d/yyyy', "'Q'Q, e, DDD", "'''\\\"%a?$1'd"),
      'days between': e => X.daysBetween(e, '2000-02-29'),
      'days to the first': e => X.daysBetween(e, X.dateTrunc(e, 'year')),
      'as instant': e => X.cast(timestamp)(e),
      ordered: e => X.lt(X.dateAdd(e, { days: 1 }), X.dateTrunc(e, 'month')),
    },
  },
  {
    name: 'instants',
    column: timestamp,
    values: [
      '0001-01-01T00:00:00.000Z',
      '0001-01-31T23:59:59.999Z',
      '0099-12-31T23:00:00.001Z',
      '1969-12-31T23:59:59.999Z',
      '1970-01-01T00:00:00.000Z',
      '2000-02-29T12:34:56.789Z',
      '2021-01-03T23:59:59.999Z',
      '2024-03-31T01:30:00.500Z',
      '9999-12-31T23:59:59.999Z',
    ].map(t => new Date(t)),
    functions: {
      ...ofDays,
      ...parts('hour minute second millisecond epochMilliseconds'),
      ...units('hour minute second'),
      ...moves('hours', [25, -25]),
      ...moves('minutes', [90]),
      ...moves('seconds', [-1]),
      ...moves('milliseconds', [1, -1, 315_537_897_599_999, -315_537_897_599_999]),
      ...patterns('yyyyMMdd HH:mm:ss.SSS', 'H-m-s', "HH'h'mm'µ😀'"),
      'many at once': (e, n) => X.dateAdd(e, { years: n, months: -1, days: n, hours: 1, milliseconds: n }),
      'milliseconds between': e => X.millisecondsBetween(e, new Date('2000-02-29T12:34:56.788Z')),
      'hours of today': e => X.quot(X.millisecondsBetween(X.dateTrunc(e, 'day'), e), 3_600_000),
      'as date': e => X.cast(date)(X.dateAdd(e, { hours: 12 })),
      'as time': e => X.cast(time)(e),
      'hour of its time': e => X.datePart(X.cast(time)(e), 'hour'),
      'as text': e => X.cast(text)(X.dateTrunc(e, 'minute')),
    },
  },
  {
    name: 'times',
    column: time,
    values: ['00:00:00.000', '00:00:00.001', '12:34:56.789', '23:59:59.999'],
    functions: { ...parts('hour minute second millisecond'), ...patterns('HH:mm:ss.SSS', 'H m s') },
  },
]

const visits = table(
  'date_functions',
  { id: int, day: check((self: X.Expr<string>) => X.ne(X.datePart(self, 'dayOfWeek'), 7))(date), at: nullable(timestamp) },
  { primaryKey: ['id'] },
)

for (const engine of engines) {
  if (engine.name === 'memory' || engine.name === 'sqlite in a file') continue
  const test = suite(`functions of dates on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  const same = async (name: string, q: Q.Query<any, unknown>): Promise<void> => {
    const [got, expected] = [await s.run(Q.all(q)), await Q.all(q)({ db: model })()]
    if (E.isLeft(expected)) assert.is(E.isLeft(got) && got.left._tag, expected.left._tag, name)
    else assert.equal(got, expected, name)
  }
  for (const { name, column, values, functions } of domains) {
    const amounts = [
      0,
      1,
      -1,
      12,
      -12,
      400,
      -400,
      119_987,
      -119_987,
      1_000_000,
      2_147_483_648,
      315_537_897_599_999,
      -315_537_897_599_999,
      Number.MAX_SAFE_INTEGER,
    ]
    const rows = Q.values({ i: int, v: column, n: bigint })(
      values.flatMap((v, i) => amounts.map((n, j) => ({ i: i * 100 + j, v, n: BigInt(n) }))) as never,
    )
    test(`${name} of a column`, async () => {
      for (const [f, of] of Object.entries(functions)) {
        await same(
          f,
          pipe(
            rows,
            Q.orderBy((r: any) => [X.asc(r.i)]),
            Q.map((r: any) => ({ i: r.i, v: of(r.v, r.n) })),
          ) as never,
        )
      }
    })
    test(`${name} as parameters`, async () => {
      for (const [f, of] of Object.entries(functions)) {
        await same(f, Q.of(Object.fromEntries(values.map((v, i) => [`v${i}`, of(X.litOf(column)(v as never), X.lit(3))]))))
        await same(
          `${f}, beside a column`,
          pipe(
            Q.values({ n: int })([{ n: 1 }, { n: -5 }]),
            Q.orderBy(r => [X.asc(r.n)]),
            Q.map(r => ({ v: of(X.litOf(column)(values[2] as never), r.n) })),
          ) as never,
        )
      }
      for (const [f, of] of Object.entries(functions)) await same(`${f} of null`, Q.of({ v: of(X.nullOf(column), X.lit(1)) }))
    })
    test(`${name} as keys of groups and orders`, async () => {
      for (const [f, of] of Object.entries(functions)) {
        const keyed = pipe(
          rows,
          Q.map((r: any) => ({ k: of(r.v, r.n) })),
          Q.distinct,
          Q.orderBy((r: any) => [X.desc(r.k)]),
        )
        await same(f, keyed as never)
      }
    })
  }
  test('a sum of days that leaves 64 bits is an overflow, as everywhere', async () => {
    const far = Q.values({ d: date, n: int })([{ d: '2020-01-01', n: 2_000_000_000 }])
    await same(
      'weeks',
      pipe(
        far,
        Q.map(r => ({ v: X.dateAdd(r.d, { weeks: r.n }) })),
      ),
    )
    const at = Q.values({ at: timestamp, n: bigint })([{ at: new Date(0), n: 2n ** 62n }])
    await s.left(
      'NumericOverflow',
      Q.all(
        pipe(
          at,
          Q.map(r => ({ v: X.dateAdd(r.at, { days: r.n as never }) })),
        ),
      ),
    )
  })
  test('prepared, with values of one kind after those of another', async () => {
    const prepared = Q.prepare({ day: date, at: timestamp, n: int }, p =>
      Q.of({
        moved: X.dateAdd(p.day, { months: p.n, days: 1 }),
        later: X.dateAdd(p.at, { days: p.n, months: 1 }),
        month: X.dateTrunc(p.day, 'month'),
        hour: X.datePart(p.at, 'hour'),
        days: X.daysBetween(p.day, X.cast(date)(p.at)),
      }),
    )
    for (const values of [
      { day: '2024-01-31', at: new Date('2020-02-29T10:11:12.131Z'), n: 1 },
      { day: '9999-12-31', at: new Date('0001-02-28T00:00:00.000Z'), n: -70_000 },
      { day: '0001-01-01', at: new Date('9999-12-31T23:59:59.999Z'), n: 0 },
    ])
      await same(JSON.stringify(values), prepared(values))
  })
  test('a column that is null for how far to go', async () => {
    const far = Q.values({ n: nullable(int), day: date })([
      { n: null, day: '2024-01-31' },
      { n: 0, day: '2024-01-31' },
    ])
    await same(
      'null',
      pipe(
        far,
        Q.orderBy(r => [X.asc(r.n)]),
        Q.map(r => ({
          days: X.dateAdd(r.day, { days: r.n }),
          months: X.dateAdd(r.day, { months: r.n }),
          at: X.dateAdd(X.cast(timestamp)(r.day), { hours: r.n }),
        })),
      ),
    )
  })
  test('steps of steps, as deep as they are taken', async () => {
    const deep = (e: X.Expr<string | null>, n: number): X.Expr<string | null> =>
      n === 0 ? e : X.dateAdd(deep(e, n - 1), { days: n % 2 === 0 ? 3 : -1 })
    const days = Q.values({ day: date })([{ day: '2024-02-27' }, { day: '0001-01-01' }])
    await same(
      'nine',
      pipe(
        days,
        Q.orderBy(r => [X.asc(r.day)]),
        Q.map(r => ({ v: deep(r.day, 9) })),
      ),
    )
    await s.left(
      'Unsupported',
      Q.all(
        pipe(
          days,
          Q.map(r => ({ v: deep(r.day, 20) })),
        ),
      ),
    )
  })
  test('in checks, updates and collections', async () => {
    await s.create(visits)
    await s.right(
      C.run(
        C.insertMany(visits)([
          { id: 1, day: '2020-01-31', at: new Date('9999-12-31T00:00:00Z') },
          { id: 2, day: '2024-02-29', at: null },
        ]),
      ),
    )
    await s.unchanged([visits], 'CheckViolation', C.run(C.insert(visits)({ id: 3, day: '2024-03-03', at: null })))
    await s.right(
      C.run(
        C.update(visits)(
          r => ({ at: X.dateAdd(r.at, { days: r.id }), day: X.coalesce(X.dateAdd(r.day, { months: r.id }), r.day) }),
          C.everywhere,
        ),
      ),
    )
    assert.equal(await s.rows(visits), [
      { id: 1, day: '2020-02-29', at: null },
      { id: 2, day: '2024-04-29', at: null },
    ])
    const nested = pipe(
      Q.from(visits),
      Q.orderBy(v => [X.asc(v.id)]),
      Q.map(v => ({
        others: Q.many(
          pipe(
            Q.from(visits),
            Q.where(o => X.gte(X.daysBetween(v.day, o.day), 0)),
            Q.orderBy(o => [X.asc(o.id)]),
            Q.map(o => ({
              first: X.dateTrunc(o.day, 'month'),
              at: X.cast(timestamp)(X.dateAdd(o.day, { days: 1 })),
              in: X.daysBetween(v.day, o.day),
            })),
          ),
        ),
      })),
    )
    const first = { first: '2020-02-01', at: new Date('2020-03-01T00:00:00Z'), in: 0 }
    const second = { first: '2024-04-01', at: new Date('2024-04-30T00:00:00Z') }
    assert.equal(await s.right(Q.all(nested)), [{ others: [first, { ...second, in: 1521 }] }, { others: [{ ...second, in: 0 }] }])
    await s.drop(visits)
  })
  test.run()
}
