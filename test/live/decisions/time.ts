/**
 * S22 to S24: instants, days, times of day.
 *
 * The instants are at both ends of the calendar, before 1970, on leap days and one millisecond from the next day, so that a time zone, a
 * rounding or a two-digit year would show.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as Agg from '../../../lib/Agg.js'
import * as C from '../../../lib/Column.js'
import * as Command from '../../../lib/Command.js'
import * as Ex from '../../../lib/Expr.js'
import * as P from '../../../lib/Program.js'
import * as Q from '../../../lib/Query.js'
import { table } from '../../../lib/Table.js'
import { ask, type Clause, check, create, equal, refuses } from './check.js'
import { computes, decides, sources } from './compute.js'

const INSTANTS = [
  '0001-01-01T00:00:00.000Z',
  '0099-12-31T23:59:59.999Z',
  '1582-10-10T12:00:00.000Z',
  '1883-11-18T17:00:00.001Z',
  '1969-12-31T23:59:59.999Z',
  '1970-01-01T00:00:00.000Z',
  '2000-02-29T23:59:59.999Z',
  '2021-03-28T01:30:00.500Z',
  '2021-10-31T01:30:00.010Z',
  '2038-01-19T03:14:08.000Z',
  '9999-12-31T23:59:59.999Z',
].map(iso => new Date(iso))

const DAYS = ['0001-01-01', '0400-02-29', '1582-10-10', '1900-02-28', '1969-12-31', '1970-01-01', '2000-02-29', '2024-12-31', '9999-12-31']

const TIMES = ['00:00:00.000', '00:00:00.001', '09:05:07.080', '12:00:00.000', '23:59:59.999']

const MICROS = [
  '0001-01-01T00:00:00.000000Z',
  '1969-12-31T23:59:59.999999Z',
  '1970-01-01T00:00:00.000001Z',
  '2024-02-29T12:34:56.123456Z',
  '2024-02-29T12:34:56.120000Z',
  '9999-12-31T23:59:59.999999Z',
]

const itself = <A>(list: readonly A[]): readonly (readonly [A, A])[] => list.map(x => [x, x])

/** Every pair of an ascending list, with whether the first is less. */
const less = <A>(list: readonly A[]): readonly (readonly [A, A, boolean])[] =>
  list.flatMap((a, i) => list.map((b, j) => [a, b, i < j] as const))

export const times: readonly Clause[] = [
  check(22, 'a timestamp is an instant with milliseconds, from the year 1 to 9999', db =>
    computes(db, { a: C.timestamp }, itself(INSTANTS), r => r.a),
  ),
  check(22, 'timestamps are compared and ordered as instants', async db => {
    await decides(db, { a: C.timestamp, b: C.timestamp }, less(INSTANTS), r => Ex.lt(r.a, r.b))
    await decides(
      db,
      { a: C.timestamp },
      INSTANTS.map((t, i) => [t, i === 4]),
      r => Ex.eq(r.a, new Date(-1)),
    )
    const { stored } = await sources(
      db,
      { a: C.timestamp },
      [...INSTANTS].reverse().map(t => [t]),
    )
    const column = pipe(
      stored,
      Q.orderBy(r => [Ex.asc(r.a)]),
      Q.map(r => r.a),
    )
    equal(await ask(db, Q.all(column)), INSTANTS)
    const ends = pipe(
      stored,
      Q.aggregate(r => ({ min: Agg.min(r.a), max: Agg.max(r.a), all: Agg.arrayAgg(r.a, { orderBy: [Ex.asc(r.a)] }) })),
    )
    equal(await ask(db, Q.one(ends)), { min: INSTANTS[0], max: INSTANTS.at(-1), all: INSTANTS })
  }),
  check(22, 'its text is that of toISOString, its date that in UTC', async db => {
    await computes(
      db,
      { a: C.timestamp },
      INSTANTS.map(t => [t, t.toISOString()]),
      r => Ex.cast(C.text)(r.a),
    )
    await computes(
      db,
      { a: C.timestamp },
      INSTANTS.map(t => [t, t.toISOString().slice(0, 10)]),
      r => Ex.cast(C.date)(r.a),
    )
  }),
  check(22, 'the session of an engine with time zones runs in UTC', async db => {
    if (db.capabilities.engine !== 'pglite') return
    equal(await ask(db, P.raw({ zone: C.text })`SELECT current_setting('TimeZone')`), [{ zone: 'UTC' }])
  }),
  check(22, 'a timestamp outside of the years 1 to 9999, or an invalid Date, is refused before anything is sent', async db => {
    const t = table('instants', { at: C.timestamp })
    await create(db, t)
    for (const iso of ['-000001-12-31T23:59:59.999Z', '0000-01-01T00:00:00.000Z', '+010000-01-01T00:00:00.000Z', 'no date at all']) {
      await refuses(db, 'ValidationError', Command.run(Command.insert(t)({ at: new Date(iso) })))
      await refuses(db, 'ValidationError', Q.all(Q.of({ at: Ex.lit(new Date(iso)) })))
    }
    equal(await ask(db, Q.all(Q.from(t))), [])
  }),
  check(22, 'timestampMicros reads as ISO text with six fraction digits', async db => {
    await computes(db, { a: C.timestampMicros }, itself(MICROS), r => r.a)
    await computes(
      db,
      { a: C.timestampMicros },
      [
        ['2024-02-29 12:34:56', '2024-02-29T12:34:56.000000Z'],
        ['2024-02-29T12:34:56.5', '2024-02-29T12:34:56.500000Z'],
        ['2024-02-29T12:34:56.123Z', '2024-02-29T12:34:56.123000Z'],
      ],
      r => r.a,
    )
    await decides(db, { a: C.timestampMicros, b: C.timestampMicros }, less([MICROS[1], MICROS[2], MICROS[4], MICROS[3]]), r =>
      Ex.lt(r.a, r.b),
    )
  }),
  check(22, 'reading a more precise value as timestamp truncates, never rounds', async db => {
    const fine = table('fine_instants', { id: C.int, at: C.timestampMicros }, { primaryKey: ['id'] })
    await create(db, fine)
    const rows = [
      ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999Z'],
      ['1970-01-01T00:00:00.000999Z', '1970-01-01T00:00:00.000Z'],
      ['2024-02-29T12:34:56.123500Z', '2024-02-29T12:34:56.123Z'],
      ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999Z'],
    ] as const
    await ask(db, Command.run(Command.insertMany(fine)(rows.map(([at], id) => ({ id, at })))))
    const coarse = pipe(
      Q.from(fine),
      Q.orderBy(r => [Ex.asc(r.id)]),
      Q.map(r => Ex.raw(C.timestamp)`${r.at}`),
    )
    const expected = rows.map(([, ms]) => new Date(ms))
    equal(await ask(db, Q.all(coarse)), expected)
    equal((await ask(db, Q.one(Q.of({ it: Q.many(coarse) })))).it, expected)
  }),
  check(23, 'now is the start of the statement, truncated to milliseconds', async db => {
    const rows = Q.values({ n: C.int })([{ n: 1 }, { n: 2 }])
    const asked = pipe(
      rows,
      Q.map(() => ({ now: Ex.now, same: Ex.eq(Ex.now, Ex.now) })),
    )
    const [a, b] = await ask(db, Q.all(asked))
    equal(a, b)
    equal(a?.same, true)
    const later = await ask(db, Q.one(Q.of({ gone: Ex.gte(Ex.now, a?.now ?? new Date()) })))
    equal(later.gone, true)
  }),
  check(23, "a date is 'YYYY-MM-DD'", async db => {
    await computes(db, { a: C.date }, itself(DAYS), r => r.a)
    await computes(db, { a: C.date }, itself(DAYS), r => Ex.cast(C.text)(r.a))
    await decides(db, { a: C.date, b: C.date }, less(DAYS), r => Ex.lt(r.a, r.b))
    await decides(
      db,
      { a: C.date },
      DAYS.map(d => [d, d === '2000-02-29']),
      r => Ex.eq(r.a, '2000-02-29'),
    )
  }),
  check(23, "a time is 'HH:MM:SS.mmm'", async db => {
    await computes(db, { a: C.time }, itself(TIMES), r => r.a)
    await computes(
      db,
      { a: C.time },
      [
        ['12:34:56', '12:34:56.000'],
        ['12:34:56.5', '12:34:56.500'],
      ],
      r => r.a,
    )
    await decides(db, { a: C.time, b: C.time }, less(TIMES), r => Ex.lt(r.a, r.b))
    await decides(
      db,
      { a: C.time },
      TIMES.map(t => [t, t === '12:00:00.000']),
      r => Ex.eq(r.a, '12:00:00'),
    )
  }),
  check(23, 'zero dates, days that do not exist and other texts are refused before anything is sent', async db => {
    const t = table('days', { day: C.nullable(C.date), at: C.nullable(C.time), fine: C.nullable(C.timestampMicros) })
    await create(db, t)
    const days = [
      '0000-00-00',
      '0000-01-01',
      '2021-00-10',
      '2021-01-00',
      '2021-02-29',
      '1900-02-29',
      '2021-13-01',
      '2021-04-31',
      '10000-01-01',
      '-001-01-01',
      '21-01-01',
      '2021-1-1',
      'infinity',
      '',
    ]
    for (const day of days) {
      await refuses(db, 'ValidationError', Command.run(Command.insert(t)({ day })))
      await refuses(db, 'ValidationError', Command.run(Command.insert(t)({ fine: `${day}T00:00:00.000000Z` })))
    }
    for (const at of ['24:00:00', '12:60:00', '12:00:60', '12:00', '12:00:00.0001', '-01:00:00', '']) {
      await refuses(db, 'ValidationError', Command.run(Command.insert(t)({ at })))
    }
    for (const fine of ['2021-01-01T00:00:00.0000001Z', '2021-01-01T00:00:00+01:00', '2021-01-01T24:00:00Z', '2021-01-01']) {
      await refuses(db, 'ValidationError', Command.run(Command.insert(t)({ fine })))
    }
    equal(await ask(db, Q.all(Q.from(t))), [])
  }),
  check(24, 'adding months clamps to the end of the month', async db => {
    const cases = [
      ['2024-01-31', 1, '2024-02-29'],
      ['2023-01-31', 1, '2023-02-28'],
      ['2024-02-29', 12, '2025-02-28'],
      ['2024-02-29', -48, '2020-02-29'],
      ['2024-05-31', -3, '2024-02-29'],
      ['2024-12-31', 2, '2025-02-28'],
      ['2024-02-28', 1, '2024-03-28'],
      ['0001-01-31', 1, '0001-02-28'],
      ['9999-10-31', 1, '9999-11-30'],
    ] as const
    await computes(
      db,
      { a: C.date, b: C.int },
      cases.map(([a, b, c]) => [a, b, c]),
      r => Ex.dateAdd(r.a, { months: r.b }),
    )
    for (const [day, months, expected] of cases) {
      const at = new Date(`${day}T12:34:56.789Z`)
      const later = Ex.dateAdd(Ex.lit(at), { months })
      equal(await ask(db, Q.one(Q.of({ v: later }))), { v: new Date(`${expected}T12:34:56.789Z`) })
    }
  }),
  check(24, 'a step that leaves the years 1 to 9999 is null', async db => {
    await computes(
      db,
      { a: C.date, b: C.int },
      [
        ['9999-12-31', 1, null],
        ['0001-01-01', -1, null],
        ['2024-02-29', 100_000, null],
        ['2024-02-29', -2_147_483_648, null],
      ],
      r => Ex.dateAdd(r.a, { months: r.b }),
    )
    await computes(
      db,
      { a: C.timestamp, b: C.int },
      [
        [new Date('9999-12-31T23:59:59.999Z'), 1, null],
        [new Date('0001-01-01T00:00:00.000Z'), -1, null],
        [new Date('0001-01-01T00:00:00.001Z'), -1, new Date('0001-01-01T00:00:00.000Z')],
      ],
      r => Ex.dateAdd(r.a, { milliseconds: r.b }),
    )
  }),
]
