/**
 * `Q.explain` on every engine: which tables are read, by which access, and what is refused.
 *
 * The plan is up to the engine. The tests check what holds for all of them: a look-up by a key is no scan, a condition on a column
 * without an index is one, and parameters stay parameters.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as assert from 'uvu/assert'
import * as Agg from '../../lib/Agg.js'
import { generated, indexed, int, numeric, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { asc, between, eq, exists, gt, lit, lt, plus, raw } from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { schema } from '../../lib/Schema.js'
import { table, view } from '../../lib/Table.js'
import { abortable } from '../../lib/transform/abortable.js'
import { dryRun } from '../../lib/transform/dryRun.js'
import { type Logged, logged } from '../../lib/transform/logged.js'
import { restrictedTo } from '../../lib/transform/restrictedTo.js'
import { retrying } from '../../lib/transform/retrying.js'
import { suite } from '../suite.js'
import { engines, SECRET, using } from './eachEngine.js'

const artists = table('artist', { id: generated(int), name: text })
const albums = table('album', { id: generated(int), title: text, artistId: pipe(int, indexed), price: numeric(10, 2) })
const songs = view(
  'song',
  { id: int, title: text },
  pipe(
    Q.from(albums),
    Q.where(album => gt(album.id, 100)),
    Q.map(({ id, title }) => ({ id, title })),
  ),
)
const missing = table('missing', { id: int })

const byKey = pipe(
  Q.from(albums),
  Q.where(album => eq(album.id, 700)),
)
const byTitle = pipe(
  Q.from(albums),
  Q.where(album => eq(album.title, SECRET)),
)
const joined = pipe(
  Q.from(albums),
  Q.innerJoin('artist', artists, (album, artist) => eq(artist.id, album.artistId)),
  Q.where(({ artist }) => eq(artist.name, 'artist 3')),
  Q.orderBy(({ title }) => [asc(title)]),
)

/** Whether rows of a table are found by an access; tables go by their names in the statement. */
const reads = (e: Q.Explained, name: string, access: Q.Stage['access']): boolean =>
  Q.stages(e).some(s => s.table === name && s.access === access)

const wellFormed = (e: Q.Explained): void => {
  for (const s of Q.stages(e)) {
    assert.equal(Object.keys(s).sort(), ['access', 'actualRows', 'cost', 'detail', 'estimatedRows', 'index', 'inputs', 'label', 'table'])
    assert.ok(s.label.length > 0)
    assert.ok(s.access === null || ['scan', 'index', 'range', 'lookup'].includes(s.access))
    for (const n of [s.cost, s.actualRows, s.estimatedRows]) assert.ok(n === null || (typeof n === 'number' && n >= 0))
  }
}

for (const engine of engines) {
  const test = suite(`explain on ${engine.name}`)
  const s = using(engine, test)
  const isMemory = engine.name === 'memory'
  const canAnalyze = !engine.name.startsWith('sqlite')

  test.before(async () => {
    await s.create(artists, albums, songs)
    await s.right(C.run(C.insertMany(artists)(Array.from({ length: 200 }, (_, i) => ({ name: `artist ${i}` })))))
    const rows = Array.from({ length: 2000 }, (_, i) => ({ title: `album ${i}`, artistId: (i % 200) + 1, price: '1.00' as const }))
    await s.right(C.run(C.insertMany(albums)(rows)))
  })

  const explained = async (q: Q.Query<any, any>, options: Q.ExplainOptions = {}): Promise<Q.Explained> => {
    const e = await s.right(Q.explain(options)(q))
    wellFormed(e)
    return e
  }

  test('a look-up by the primary key is no scan, a condition on a column without an index is one', async () => {
    const key = await explained(byKey)
    if (!isMemory) assert.ok(Q.stages(key).some(x => x.access === 'lookup') && !reads(key, 'album', 'scan'), JSON.stringify(key.root))
    assert.ok(reads(await explained(byTitle), 'album', 'scan'))
  })

  test('a join reads both tables, and nothing else', async () => {
    const e = await explained(joined)
    const tables = new Set(Q.stages(e).flatMap(x => (x.table === null ? [] : [x.table])))
    assert.equal([...tables].sort(), ['album', 'artist'])
  })

  test('an index is named, and a part of one is a range', async () => {
    if (isMemory) return
    const e = await explained(
      pipe(
        Q.from(albums),
        Q.where(album => eq(album.artistId, 3)),
        Q.map(album => album.artistId),
      ),
    )
    assert.ok(
      Q.stages(e).some(x => x.access === 'lookup' && x.index === 'album_artist_id_idx'),
      JSON.stringify(e.root),
    )
    const part = await explained(
      pipe(
        Q.from(albums),
        Q.where(album => between(album.id, 5, 7)),
        Q.orderBy(album => [asc(album.id)]),
      ),
    )
    assert.ok(
      Q.stages(part).some(x => x.access === 'range'),
      JSON.stringify(part.root),
    )
  })

  test('values are bound and stand in no statement', async () => {
    const e = await explained(byTitle)
    if (isMemory) {
      assert.equal([e.engine, e.sql, e.params, e.raw], ['memory', null, [], null])
      return
    }
    assert.not(String(e.sql).includes(SECRET))
    assert.match(String(e.sql), /^SELECT/)
    assert.equal(e.params, [SECRET])
    assert.ok(e.raw !== null && typeof e.raw === 'object')
  })

  test('nested, grouped, united, windowed and prepared queries, and those of no table', async () => {
    const prepared = Q.prepare({ least: int, n: int }, p =>
      pipe(
        Q.from(albums),
        Q.where(album => gt(album.id, p.least)),
        Q.orderBy(album => [asc(album.id)]),
        Q.limit(p.n),
      ),
    )
    const nested = pipe(
      Q.from(artists),
      Q.map(artist => ({
        name: artist.name,
        albums: Q.many(
          pipe(
            Q.from(albums),
            Q.where(album => eq(album.artistId, artist.id)),
            Q.orderBy(album => [asc(album.title)]),
          ),
        ),
      })),
    )
    const grouped = pipe(
      Q.from(albums),
      Q.aggregate(album => ({ artist: Agg.key(album.artistId), n: Agg.countAll })),
      Q.bindLeft('artist', x =>
        pipe(
          Q.from(artists),
          Q.where(a => eq(a.id, x.artist)),
        ),
      ),
    )
    const asked = pipe(
      Q.from(artists),
      Q.where(artist =>
        exists(
          pipe(
            Q.from(albums),
            Q.where(album => eq(album.artistId, artist.id)),
          ),
        ),
      ),
    )
    const united = pipe(Q.from(artists), Q.union(Q.from(artists)), Q.distinct)
    for (const q of [
      prepared({ least: 5, n: 3 }),
      nested,
      grouped,
      asked,
      united,
      Q.Do,
      Q.zero,
      Q.of({ n: raw(int)`1` }),
      Q.values({ a: int })([{ a: 1 }]),
    ] as Q.Query<any, any>[]) {
      const isRaw = isMemory && q.node.tag === 'of' && 'n' in q.node.shape
      if (isRaw) await s.left('Unsupported', Q.explain()(q))
      else await explained(q)
    }
    assert.equal((await explained(prepared({ least: 5, n: 3 }))).params.length, isMemory ? 0 : 2)
  })

  test('a view is read as its query', async () => {
    const e = await explained(
      pipe(
        Q.from(songs),
        Q.where(song => eq(song.title, 'album 150')),
      ),
    )
    assert.ok(
      Q.stages(e).some(x => x.access !== null && x.table !== null && /album|song/.test(x.table)),
      JSON.stringify(e.root),
    )
  })

  test('queries with a name, and those that go on from their own rows', async () => {
    const some = pipe(Q.from(albums), Q.cte('some'))
    const next = pipe(
      Q.of({ n: lit(1) }),
      Q.recursive(row =>
        pipe(
          Q.of({ n: plus(row.n, 1) }),
          Q.where(x => lt(x.n, 5)),
        ),
      ),
    )
    const paired = pipe(
      some,
      Q.bind('other', album =>
        pipe(
          some,
          Q.where(other => eq(other.artistId, album.artistId)),
        ),
      ),
    )
    const full = pipe(
      Q.from(artists),
      Q.fullJoin(Q.from(albums), (artist, album) => eq(album.artistId, artist.id)),
    )
    for (const q of [next, paired, full, pipe(byKey, Q.forUpdate())] as Q.Query<any, any>[]) await explained(q)
  })

  test('with analyze it says how many rows there were', async () => {
    if (!canAnalyze) {
      const e = await s.left('Unsupported', Q.explain({ analyze: true })(byTitle))
      assert.match(e.message, /leave analyze out/)
      return
    }
    const e = await explained(byTitle, { analyze: true })
    assert.ok(
      Q.stages(e).some(x => x.actualRows !== null),
      JSON.stringify(e.root),
    )
    const all = await explained(Q.from(albums), { analyze: true })
    assert.ok(
      Q.stages(all).some(x => x.actualRows === 2000),
      JSON.stringify(all.root),
    )
    assert.ok(Q.stages(await explained(byTitle)).every(x => x.actualRows === null))
  })

  test('inside transactions, also those that only read, and after a write of theirs', async () => {
    const program = pipe(
      C.run(C.insert(artists)({ name: 'new' })),
      RTE.flatMap(() => Q.explain()(byKey)),
    )
    await s.right(Program.withRollback(program))
    const e = await s.right(Program.transaction({ readOnly: true })(Q.explain({ analyze: canAnalyze })(byTitle)))
    assert.ok(reads(e, 'album', 'scan'))
    assert.is(await s.right(Q.count(Q.from(artists))), 200)
  })

  test('what can not be run fails with the error of running it', async () => {
    const bad: readonly Q.Query<any, any>[] = [
      Q.from(missing),
      pipe(
        Q.from(albums),
        Q.where(album => eq(album.title, 'a\0')),
      ),
      pipe(
        Q.from(albums),
        Q.where((() => {
          throw new Error('no')
        }) as never),
      ),
      pipe(Q.from(albums), Q.limit(-1)),
      null as never,
    ]
    for (const q of bad) {
      const [run, explain] = [await s.run(Q.all(q)), await s.run(Q.explain()(q))]
      assert.ok(run._tag === 'Left' && explain._tag === 'Left')
      assert.equal([explain.left._tag, explain.left.message], [run.left._tag, run.left.message])
    }
    if (engine.sql) await s.left('SyntaxError', Q.explain()(Q.of({ n: raw(int)`1 +` })))
  })

  test('transformers know it', async () => {
    const entries: Logged[] = []
    const { signal } = new AbortController()
    const db = [logged(entry => entries.push(entry)), restrictedTo(schema({ albums })), dryRun, retrying(), abortable(signal)].reduce(
      (inner, transformer) => transformer(inner),
      s.db as Parameters<typeof dryRun>[0],
    )
    const e = await Q.explain()(byKey)({ db })()
    assert.is(e._tag, 'Right', e._tag === 'Left' ? e.left.message : '')
    assert.is(entries[0]?.operation, 'explain')
    assert.not(JSON.stringify(entries).includes(SECRET))
    if (engine.sql) assert.match(String(entries[0]?.sql), /^EXPLAIN .*SELECT/)
    const other = await Q.explain()(joined)({ db })()
    assert.is(other._tag === 'Left' ? other.left._tag : 'Right', 'ValidationError')
    assert.is(entries.length, 1, 'nothing was sent')
  })

  test.run()
}
