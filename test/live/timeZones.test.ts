/**
 * Local times on every engine, near every transition of some zones, against the model.
 *
 * The zones: regular summer time, a day that begins at one o'clock or twice (Havana, Azores), half an hour of summer time (Lord Howe),
 * offsets of minutes (Kathmandu), a missing day (Apia, 30 December 2011), no transitions (UTC). test/pure/timeZone.test.ts compares the
 * model with almanacs.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { int, nullable, timestamp } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { Expr } from '../../lib/core/syntax/Syntax.js'
import { localTime } from '../../lib/core/value/timeZone.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, sameRows, using } from './eachEngine.js'

const moments = table('zone_moment', { id: int, at: nullable(timestamp) }, { primaryKey: ['id'] })
const all = schema({ moments })

const ZONES = [
  'Europe/Berlin',
  'America/Havana',
  'Atlantic/Azores',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'UTC',
] as const
const UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'] as const
const HOUR = 3_600_000

/** The hours before and in which an offset of a zone changes, of these years. */
const changes = (zone: string, from: number, to: number): readonly number[] => {
  const found: number[] = []
  const offset = (ms: number): number => localTime(ms, zone) - ms
  for (let ms = Date.UTC(from); ms < Date.UTC(to); ms += HOUR) if (offset(ms) !== offset(ms + HOUR)) found.push(ms)
  return found
}

const values: readonly (Date | null)[] = [
  null,
  ...[
    ...ZONES.flatMap(zone => [...changes(zone, 2011, 2012), ...changes(zone, 2031, 2032)]).flatMap(ms =>
      [-25 * HOUR, -HOUR, -1, 0, HOUR / 2, HOUR, HOUR + 1234, 2 * HOUR, 12 * HOUR, 24 * HOUR, 26 * HOUR].map(d => ms + d),
    ),
    Date.UTC(1971, 1, 3),
    Date.UTC(2000, 1, 29, 23, 59, 59, 999),
    Date.UTC(2037, 11, 1),
  ].map(ms => new Date(ms)),
]

/** Everything that is computed of an instant in a zone. */
const asked = (zone: string) => (m: { readonly id: Expr<number>; readonly at: Expr<Date | null> }) => ({
  id: m.id,
  hour: X.datePart(m.at, 'hour', zone),
  weekday: X.datePart(m.at, 'dayOfWeek', zone),
  since: X.datePart(m.at, 'epochMilliseconds', zone),
  day: X.localDate(m.at, zone),
  text: X.formatDate(m.at, "yyyy-MM-dd'T'HH:mm:ss.SSS", zone),
  ...Object.fromEntries(UNITS.map(unit => [unit, X.dateTrunc(m.at, unit, zone)])),
})

const inOrder = pipe(
  Q.from(moments),
  Q.orderBy(m => [X.asc(m.id)]),
)

for (const engine of engines) {
  if (engine.name === 'memory') continue
  const test = suite(`time zones on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  const filled = pipe(C.insertMany(moments)(values.map((at, id) => ({ id, at }))), C.run)
  test.before(async () => {
    await s.create(moments)
    await s.right(filled)
    await createAll(all)({ db: model })()
    await filled({ db: model })()
  })
  const same = async (name: string, query: Q.Query<any, unknown>): Promise<void> => {
    const expected = await Q.all(query)({ db: model })()
    assert.ok(E.isRight(expected), name)
    sameRows(await s.right(Q.all(query)), expected.right, name)
  }

  test('parts, beginnings, days and texts around every change of the clocks', async () => {
    for (const zone of ZONES) await same(zone, pipe(inOrder, Q.map(asked(zone))))
  })

  test('a day of a zone as the key of groups, as a condition, and of a parameter', async () => {
    const zone = 'America/Havana'
    await same(
      'groups',
      pipe(
        Q.from(moments),
        Q.aggregate(m => ({ day: A.key(X.dateTrunc(m.at, 'day', zone)), hours: A.count(m.id) })),
        Q.orderBy(g => [X.asc(g.day)]),
      ),
    )
    await same(
      'a condition',
      pipe(
        inOrder,
        Q.where(m => X.eq(X.localDate(m.at, zone), '2011-11-13')),
      ),
    )
    const [, first] = values
    await same('a parameter', Q.of(asked(zone)({ id: X.lit(1), at: X.lit(first as Date) })))
    await same(
      'in a nested collection',
      Q.of({
        days: Q.many(
          pipe(
            inOrder,
            Q.map(m => ({ day: X.dateTrunc(m.at, 'day', zone) })),
          ),
        ),
      }),
    )
  })

  test('the years of which some engines know no zones are right or refused, and a zone that a server does not have', async () => {
    const hourOf = (at: Date, zone: string) => Q.of({ hour: X.datePart(X.lit(at), 'hour', zone) })
    for (const [at, zone, hour] of [
      [new Date('1950-07-01T12:00:00Z'), 'America/New_York', 8],
      [new Date('2060-07-01T12:00:00Z'), 'Europe/Berlin', 14],
      [new Date('2020-07-01T12:00:00Z'), 'US/Eastern', 8],
    ] as const) {
      const answer = await s.run(Q.all(hourOf(at, zone)))
      if (E.isRight(answer)) assert.equal(answer.right, [{ hour }], `${zone} at ${at.toISOString()}`)
      else assert.is(answer.left._tag, 'Unsupported', `${zone} at ${at.toISOString()}`)
    }
    await same('the ends of time are in UTC', Q.of({ hour: X.datePart(X.lit(new Date('0001-01-01T05:00:00Z')), 'hour', 'Asia/Kathmandu') }))
  })

  test('in an update, with null where there is no instant', async () => {
    const day = C.update(moments)(
      m => ({ at: X.dateTrunc(m.at, 'day', 'Europe/Berlin') }),
      m => X.lt(m.id, 60),
    )
    await s.right(C.run(day))
    await C.run(day)({ db: model })()
    await same('after it', inOrder)
    await s.drop(moments)
  })
  test.run()
}
