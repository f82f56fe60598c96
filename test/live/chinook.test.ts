/**
 * The music store of examples/chinook on every engine: facts that were computed once from the same rows by other means, and the same
 * result of every report on all engines.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as assert from 'uvu/assert'
import { load } from '../../examples/chinook/load.js'
import * as R from '../../examples/chinook/reports.js'
import { chinook, customers, genres, invoices, playlists, playlistTracks, tracks } from '../../examples/chinook/schema.js'
import * as S from '../../examples/chinook/showpieces.js'
import * as A from '../../lib/Agg.js'
import * as C from '../../lib/Command.js'
import { type DbError, show } from '../../lib/DbError.js'
import { asc, eq, exists, isNull, not } from '../../lib/Expr.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { note, suite } from '../suite.js'
import { engines } from './eachEngine.js'

/** The results of each report on each engine, compared with each other at the end. */
const answers = new Map<string, Map<string, readonly unknown[]>>()

/** SQLite in a file is SQLite. */
const tried = engines.filter(engine => engine.name !== 'sqlite in a file')

for (const engine of tried) {
  const test = suite(`chinook on ${engine.name}`)
  let db: Runner | undefined
  let loaded = 0

  const run = async <A>(program: Program.Program<Program.Db, DbError, A>): Promise<A> => {
    if (db === undefined) throw new Error(`${engine.name} is not open`)
    const answer = await program({ db })()
    if (E.isLeft(answer)) throw new Error(show(answer.left), { cause: answer.left })
    return answer.right
  }
  const own = new Map<string, readonly unknown[]>()
  answers.set(engine.name, own)
  /** The result of a report, which runs once. */
  const answer = async <A>(report: R.Report<A>): Promise<readonly A[]> => {
    const given = own.get(report.name) ?? (await run(Q.all(report.query)))
    own.set(report.name, given)
    return given as readonly A[]
  }

  test.before(async () => {
    const opened = await engine.open({})()
    if (E.isLeft(opened)) throw new Error(show(opened.left), { cause: opened.left })
    db = opened.right
    const started = performance.now()
    loaded = await run(load)
    note(`${engine.name}: loaded in ${(performance.now() - started).toFixed(0)} ms`)
  })

  test.after(async () => {
    await db?.close()
  })

  test('all tables have 15607 rows', async () => {
    let counted = 0
    for (const table of Object.values(chinook.tables)) counted += await run(Q.count(Q.from(table)))
    assert.is(counted, 15607)
    assert.is(loaded, 15607)
  })

  test('977 tracks have no composer', async () => {
    const anonymous = pipe(
      Q.from(tracks),
      Q.where(track => isNull(track.composer)),
    )
    assert.is(await run(Q.count(anonymous)), 977)
  })

  test('the total of all invoices is exact', async () => {
    const total = pipe(
      Q.from(invoices),
      Q.aggregate(invoice => ({ total: A.sum(invoice.total) })),
    )
    assert.equal(await run(Q.one(total)), { total: '2328.60' })
  })

  test('five best-selling artists', async () => {
    assert.equal(await answer(R.bestSellers), [
      { artist: 'Iron Maiden', revenue: '138.60' },
      { artist: 'U2', revenue: '105.93' },
      { artist: 'Metallica', revenue: '90.09' },
      { artist: 'Led Zeppelin', revenue: '86.13' },
      { artist: 'Lost', revenue: '81.59' },
    ])
  })

  test('71 artists have no album', async () => {
    const rows = await answer(R.artistsWithoutAlbums)
    assert.is(rows.length, 71)
    assert.equal(rows[0], { id: 43, artist: 'A Cor Do Som' })
  })

  test('revenue by country', async () => {
    const rows = await answer(R.revenueByCountry)
    assert.is(rows.length, 24)
    assert.equal(rows.slice(0, 3), [
      { country: 'USA', customers: 13, invoices: 91, revenue: '523.06' },
      { country: 'Canada', customers: 8, invoices: 56, revenue: '303.96' },
      { country: 'France', customers: 5, invoices: 35, revenue: '195.10' },
    ])
  })

  test('revenue by month', async () => {
    const rows = await answer(R.revenueByMonth)
    assert.is(rows.length, 60)
    assert.equal(rows.slice(0, 2), [
      { month: '2021-01', invoices: 6, revenue: '35.64' },
      { month: '2021-02', invoices: 7, revenue: '37.62' },
    ])
  })

  test('customers of each support rep', async () => {
    const counts = pipe(
      Q.from(customers),
      Q.aggregate(customer => ({ rep: A.key(customer.supportRepId), customers: A.countAll })),
      Q.orderBy(group => [asc(group.rep)]),
    )
    assert.equal(await run(Q.all(counts)), [
      { rep: 3, customers: 21 },
      { rep: 4, customers: 20 },
      { rep: 5, customers: 18 },
    ])
    assert.equal(await answer(R.salesByRep), [
      { id: 3, rep: 'Jane Peacock', customers: 21, revenue: '833.04' },
      { id: 4, rep: 'Margaret Park', customers: 20, revenue: '775.40' },
      { id: 5, rep: 'Steve Johnson', customers: 18, revenue: '720.16' },
    ])
  })

  test('customers with their support rep and manager', async () => {
    const rows = await answer(R.customerContacts)
    assert.is(rows.length, 59)
    assert.equal(rows[0], { customer: 'Roberto Almeida', country: 'Brazil', rep: 'Jane Peacock', manager: 'Nancy Edwards' })
  })

  test('employees and their managers, the one without first', async () => {
    const rows = await answer(R.managers)
    assert.equal(
      rows.map(row => [row.employee, row.manager]),
      [
        ['Adams', null],
        ['Edwards', 'Adams'],
        ['Mitchell', 'Adams'],
        ['Johnson', 'Edwards'],
        ['Park', 'Edwards'],
        ['Peacock', 'Edwards'],
        ['Callahan', 'Mitchell'],
        ['King', 'Mitchell'],
      ],
    )
  })

  test('the longest track of each genre', async () => {
    const rows = await answer(R.longestTracks)
    assert.is(rows.length, 25)
    assert.equal(rows.slice(0, 3), [
      { genre: 'Rock', longest: O.some({ track: 'Dazed And Confused', milliseconds: 1612329 }) },
      { genre: 'Jazz', longest: O.some({ track: 'My Funny Valentine (Live)', milliseconds: 907520 }) },
      { genre: 'Metal', longest: O.some({ track: 'Rime of the Ancient Mariner', milliseconds: 816509 }) },
    ])
  })

  test('playlists without tracks', async () => {
    const empty = pipe(
      Q.from(playlists),
      Q.where(playlist => {
        const entries = pipe(
          Q.from(playlistTracks),
          Q.where(entry => eq(entry.playlistId, playlist.id)),
        )
        return not(exists(entries))
      }),
      Q.orderBy(playlist => [asc(playlist.id)]),
      Q.map(playlist => playlist.name),
    )
    assert.equal(await run(Q.all(empty)), ['Movies', 'Audiobooks', 'Audiobooks', 'Movies'])
  })

  test('playlists with their tracks', async () => {
    const rows = await answer(R.playlistPages)
    assert.equal(
      rows.map(row => row.tracks.length),
      [1477, 0, 0, 39, 75, 25, 25, 25, 15, 26, 0, 0, 3290, 3290, 1, 1, 213, 213],
    )
    assert.equal(rows[14], { playlist: 'Music Videos', tracks: ['Band Members Discuss Tracks from "Revelations"'] })
  })

  test('tracks of a playlist on average, empty ones counted', async () => {
    const rows = await answer(R.playlistLength)
    assert.is(rows.length, 1)
    assert.equal({ ...rows[0], average: rows[0]?.average?.toFixed(6) }, { playlists: 18, average: '484.166667', longest: 3290 })
  })

  test('tracks that were never sold', async () => {
    const rows = await answer(R.neverSold)
    assert.is(rows.length, 1519)
    assert.equal(rows[0], { artist: 'AC/DC', album: 'For Those About To Rock We Salute You', track: "Let's Get It Up" })
  })

  test('invoices with their lines and totals', async () => {
    const rows = await answer(R.latestInvoices)
    assert.equal(
      rows.map(row => [row.invoice, row.date.toISOString().slice(0, 10), row.lines.length, row.total]),
      [
        [412, '2025-12-22', 1, '1.99'],
        [411, '2025-12-14', 14, '13.86'],
        [410, '2025-12-09', 9, '8.91'],
        [409, '2025-12-06', 6, '5.94'],
        [408, '2025-12-05', 4, '3.96'],
        [407, '2025-12-04', 2, '1.98'],
        [406, '2025-12-04', 2, '1.98'],
        [405, '2025-11-21', 1, '0.99'],
        [404, '2025-11-13', 14, '25.86'],
        [403, '2025-11-08', 9, '8.91'],
      ],
    )
    for (const row of rows) assert.is(row.sumOfLines, row.total)
  })

  test('five best-selling genres with their share', async () => {
    const rows = await answer(R.genreShares)
    assert.equal(
      rows.map(row => [row.genre, row.sold, row.revenue, row.share?.toFixed(12)]),
      [
        ['Rock', 835, '826.65', '0.354998711672'],
        ['Latin', 386, '382.14', '0.164107188869'],
        ['Metal', 264, '261.36', '0.112239113631'],
        ['Alternative & Punk', 244, '241.56', '0.103736150477'],
        ['TV Shows', 47, '93.53', '0.040165764837'],
      ],
    )
  })

  test('the artists with the most albums', async () => {
    const rows = await answer(R.artistPages)
    assert.equal(
      rows.map(row => [row.artist, row.albums.length]),
      [
        ['Iron Maiden', 21],
        ['Led Zeppelin', 14],
        ['Deep Purple', 11],
        ['Metallica', 10],
        ['U2', 10],
      ],
    )
    assert.is(rows[0]?.albums.flatMap(album => album.tracks).length, 213)
  })

  test('a transaction that fails leaves the store as it was', async () => {
    const failing = Program.transaction()(
      pipe(
        C.run(C.delete(playlistTracks)(C.everywhere)),
        RTE.flatMap(() => C.run(C.insert(genres)({ id: 1, name: 'Rock, again' }))),
      ),
    )
    const failed = await run(
      pipe(
        failing,
        RTE.match(
          error => error._tag,
          () => 'no error',
        ),
        RTE.rightReaderTask,
      ),
    )
    assert.is(failed, 'UniqueViolation')
    assert.is(await run(Q.count(Q.from(playlistTracks))), 8715)
  })

  test('a new row gets a new key, although the keys so far were given', async () => {
    const insert = pipe(
      C.insert(genres)({ name: 'Chiptune' }),
      C.returning(genre => genre.id),
    )
    const added = await run(Program.withRollback(C.run(insert)))
    assert.ok(added > 25)
    assert.is(await run(Q.count(Q.from(genres))), 25)
  })
  test('the running total ends with the total, the quartiles and the pivot add up to it', async () => {
    assert.is((await answer(S.runningTotal)).at(-1)?.soFar, '2328.60')
    const cents = (amount: string | null): number => Math.round(Number(amount) * 100)
    const quartiles = await answer(S.quartiles)
    assert.is(
      quartiles.reduce((sum, q) => sum + cents(q.together), 0),
      232_860,
    )
    assert.equal(
      quartiles.map(q => q.customers),
      [15, 15, 15, 14],
    )
    for (const c of await answer(S.pivot)) {
      assert.is(
        [c.in2021, c.in2022, c.in2023, c.in2024, c.in2025].map(cents).reduce((a, b) => a + b),
        cents(c.all),
        c.country,
      )
    }
  })

  test('medians and percentiles are those of sorted lists', async () => {
    const rows = await run(Q.all(Q.from(invoices)))
    for (const { country, median, invoices: count } of await answer(S.medians)) {
      const sorted = rows
        .filter(i => i.billingCountry === country)
        .map(i => Number(i.total))
        .sort((a, b) => a - b)
      const middle = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]] as [number, number]
      assert.is(count, sorted.length)
      assert.ok(Math.abs((median ?? 0) - (middle[0] + middle[1]) / 2) < 1e-9, country)
    }
    const all = await run(Q.all(Q.from(tracks)))
    const [medium] = (await answer(S.percentiles)).filter(p => p.medium === 'MPEG audio file')
    const lengths = all
      .filter(t => t.mediaTypeId === 1)
      .map(t => t.milliseconds)
      .sort((a, b) => a - b)
    assert.is(medium?.milliseconds, lengths[Math.ceil(lengths.length * 0.9) - 1])
  })

  test('streaks and gaps are those of the months themselves', async () => {
    const rows = await run(Q.all(Q.from(invoices)))
    const monthOf = (d: Date): number => d.getUTCFullYear() * 12 + d.getUTCMonth()
    const months = (country: string): readonly number[] =>
      [...new Set(rows.filter(i => i.billingCountry === country).map(i => monthOf(i.invoiceDate)))].sort((a, b) => a - b)
    const [best] = await answer(S.streaks)
    const longest = (country: string): number => {
      let [most, now] = [0, 0]
      for (const [i, m] of months(country).entries()) {
        now = i > 0 && months(country)[i - 1] === m - 1 ? now + 1 : 1
        most = Math.max(most, now)
      }
      return most
    }
    const countries = [...new Set(rows.map(i => i.billingCountry))]
    assert.is(best?.months, Math.max(...countries.map(longest)))
    const widest = (country: string): number =>
      Math.max(0, ...months(country).map((m, i, all) => (i === 0 ? 0 : m - (all[i - 1] as number) - 1)))
    assert.is((await answer(S.gaps))[0]?.months, Math.max(...countries.map(widest)))
  })

  test('every report has an answer', async () => {
    for (const report of [...R.reports, ...S.showpieces]) assert.ok((await answer(report)).length > 0, report.name)
  })

  test.run()
}

const agreement = suite('chinook on all engines')

for (const report of [...R.reports, ...S.showpieces]) {
  agreement(`${report.name}: one answer`, () => {
    const [first, ...others] = tried.map(engine => answers.get(engine.name)?.get(report.name))
    assert.ok(first !== undefined && first.length > 0)
    for (const other of others) assert.equal(other, first)
  })
}

agreement.run()
