/**
 * Time zones of the model, compared with published facts.
 *
 * The transitions are those of the IANA database, 2025: Berlin (EU rule), Havana (0:00 to 1:00 and 1:00 to 0:00), the Azores (1:00 to
 * 0:00), Lord Howe (half an hour), Apia (no 30 December 2011). test/live/timeZones.test.ts compares engines with the model.
 */
import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { date, time } from '../../lib/Column.js'
import { localTime, startInZone, zoneProblem } from '../../lib/core/value/timeZone.js'
import * as X from '../../lib/Expr.js'
import { suite } from '../suite.js'

const test = suite('time zones of the model')

const local = (iso: string, zone: string): string => new Date(localTime(Date.parse(iso), zone)).toISOString()
const start = (iso: string, unit: Parameters<typeof startInZone>[1], zone: string): string =>
  new Date(startInZone(Date.parse(iso), unit, zone)).toISOString()

test('the local time of an instant', () => {
  assert.is(local('2024-03-31T00:59:59.999Z', 'Europe/Berlin'), '2024-03-31T01:59:59.999Z')
  assert.is(local('2024-03-31T01:00:00Z', 'Europe/Berlin'), '2024-03-31T03:00:00.000Z')
  assert.is(local('2024-01-01T00:00:00Z', 'Asia/Kathmandu'), '2024-01-01T05:45:00.000Z')
  assert.is(local('2024-07-01T00:00:00Z', 'Australia/Lord_Howe'), '2024-07-01T10:30:00.000Z')
  assert.is(local('2011-12-30T10:00:00Z', 'Pacific/Apia'), '2011-12-31T00:00:00.000Z')
  assert.is(local('1890-01-01T00:00:00Z', 'Europe/Berlin'), '1890-01-01T00:53:28.000Z')
  assert.is(local('2024-01-01T00:00:00Z', 'UTC'), '2024-01-01T00:00:00.000Z')
})

test('the beginning of a day that is longer or shorter than others', () => {
  assert.is(start('2024-03-31T20:00:00Z', 'day', 'Europe/Berlin'), '2024-03-30T23:00:00.000Z')
  assert.is(start('2024-10-27T20:00:00Z', 'day', 'Europe/Berlin'), '2024-10-26T22:00:00.000Z')
  // 0:00 is skipped: the day begins at 1:00
  assert.is(start('2024-03-10T20:00:00Z', 'day', 'America/Havana'), '2024-03-10T05:00:00.000Z')
  // 0:00 is met twice: the day begins with the first
  assert.is(start('2024-11-03T20:00:00Z', 'day', 'America/Havana'), '2024-11-03T04:00:00.000Z')
  assert.is(start('2024-11-03T04:30:00Z', 'day', 'America/Havana'), '2024-11-03T04:00:00.000Z')
  assert.is(start('2024-10-27T01:30:00Z', 'day', 'Atlantic/Azores'), '2024-10-27T00:00:00.000Z')
  assert.is(start('2011-12-31T05:00:00Z', 'day', 'Pacific/Apia'), '2011-12-30T10:00:00.000Z')
  assert.is(start('2011-12-31T05:00:00Z', 'month', 'Pacific/Apia'), '2011-12-01T10:00:00.000Z')
  assert.is(start('2024-07-15T05:00:00Z', 'year', 'Europe/Berlin'), '2023-12-31T23:00:00.000Z')
})

test('an hour keeps the offset of its instant', () => {
  assert.is(start('2024-10-27T00:30:00Z', 'hour', 'Europe/Berlin'), '2024-10-27T00:00:00.000Z')
  assert.is(start('2024-10-27T01:30:00Z', 'hour', 'Europe/Berlin'), '2024-10-27T01:00:00.000Z')
  assert.is(start('2024-01-01T00:20:00Z', 'hour', 'Asia/Kathmandu'), '2024-01-01T00:15:00.000Z')
})

test('law: a beginning is not after its instant, is its own beginning, and is a whole unit of local time', () => {
  const zones = ['Europe/Berlin', 'America/Havana', 'Atlantic/Azores', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Sao_Paulo', 'UTC']
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(1971) / 900_000, max: Date.UTC(2037) / 900_000 }),
      fc.constantFrom(...zones),
      fc.constantFrom('year', 'month', 'week', 'day', 'hour', 'minute'),
      (quarters, zone, unit) => {
        const ms = quarters * 900_000
        const first = startInZone(ms, unit, zone)
        assert.ok(first <= ms, 'it is after it')
        assert.is(startInZone(first, unit, zone), first, 'it has another beginning')
      },
    ),
    { numRuns: 2000 },
  )
})

test('names that are no zones are refused, and short ones that engines take for abbreviations', () => {
  for (const zone of ['Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'UTC']) assert.is(zoneProblem(zone), null, zone)
  for (const zone of ['CET', 'EST', '+01:00', '', 'Europe/Atlantis', "Europe/Berlin' --", 'Europe/Berlin\n', 1, null, undefined])
    assert.type(zoneProblem(zone), 'string', String(zone))
})

const problem = (e: X.Expr<any>): string => (e.node.tag === 'invalid' ? e.node.error.message : 'it was built')
const at = X.lit(new Date('2024-03-31T00:59:59.999Z'))

test('what has no zone, and patterns that are none, are refused when they are built', () => {
  const day = X.litOf(date)('2024-01-01')
  assert.match(problem(X.datePart(day, 'year', 'UTC' as never)), /time zone/)
  assert.match(problem(X.dateTrunc(day, 'year', 'UTC' as never)), /time zone/)
  assert.match(problem(X.dateTrunc(at, 'day', 'Europe/Atlantis')), /unknown time zone/)
  assert.match(problem(X.datePart(at, 'epochMilliseconds', 'Europe/Atlantis')), /unknown time zone/)
  assert.match(problem(X.localDate(at, 'CET')), /region/)
  assert.match(problem(X.formatDate(at, 'YYYY-MM-DD')), /no field YYYY/)
  assert.match(problem(X.formatDate(at, "'abc")), /quote has no end/)
  assert.match(problem(X.formatDate(at, '')), /no field/)
  assert.match(problem(X.formatDate(at, "'only text'")), /no field/)
  assert.match(problem(X.formatDate(X.litOf(time)('10:00:00.000'), 'dd')), /has no day/)
  assert.match(problem(X.formatDate(at, 'yyyy', 'Nowhere')), /region/)
})

test.run()
