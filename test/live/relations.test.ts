/**
 * Relations on every engine: an include has the rows of the nested loop over the tables, and a condition over a path is that of the loop.
 *
 * The schema has a key that may be null, a relation to at most one row, a table that refers to itself, two keys between the same tables, and a link
 * table. The rows are random; the loops are plain functions over lists of rows.
 */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import { int, nullable, text, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { asc, desc, eq, gt, like } from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import * as Relations from '../../lib/Relations.js'
import { fk, schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { amount } from '../amount.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const people = table('rel_person', { id: int, name: text, bossId: nullable(int) }, { primaryKey: ['id'] })
const badges = table('rel_badge', { id: int, personId: int, code: varchar(10) }, { primaryKey: ['id'], uniques: [['personId']] })
const letters = table('rel_letter', { id: int, fromId: int, toId: nullable(int), weight: nullable(int) }, { primaryKey: ['id'] })
const tags = table('rel_tag', { id: int, word: text }, { primaryKey: ['id'] })
const tagged = table('rel_tagged', { letterId: int, tagId: int }, { primaryKey: ['letterId', 'tagId'] })

const post = schema({ people, badges, letters, tags, tagged }, t => ({
  people: { boss: fk(t.people.bossId, t.people.id, { back: 'team' }) },
  badges: { person: fk(t.badges.personId, t.people.id, { back: 'badge', one: true }) },
  letters: {
    sender: fk(t.letters.fromId, t.people.id, { back: 'sent' }),
    receiver: fk(t.letters.toId, t.people.id, { back: 'received' }),
  },
  tagged: { letter: fk(t.tagged.letterId, t.letters.id, { back: 'tags' }), tag: fk(t.tagged.tagId, t.tags.id, { back: 'uses' }) },
}))
const r = Relations.of(post)

interface Rows {
  readonly people: readonly { readonly id: number; readonly name: string; readonly bossId: number | null }[]
  readonly badges: readonly { readonly id: number; readonly personId: number; readonly code: string }[]
  readonly letters: readonly {
    readonly id: number
    readonly fromId: number
    readonly toId: number | null
    readonly weight: number | null
  }[]
  readonly tags: readonly { readonly id: number; readonly word: string }[]
  readonly tagged: readonly { readonly letterId: number; readonly tagId: number }[]
}

const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1)
const maybeOf = (n: number): fc.Arbitrary<number | null> => (n === 0 ? fc.constant(null) : fc.option(fc.integer({ min: 1, max: n })))

const database: fc.Arbitrary<Rows> = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 3 }))
  .chain(([p, l, g]) =>
    fc.record({
      people: fc.tuple(
        ...upTo(p).map(id => fc.record({ id: fc.constant(id), name: fc.constantFrom('Ada', 'Bob', 'ada'), bossId: maybeOf(p) })),
      ),
      badges: fc.subarray([...upTo(p)]).map(ids => ids.map(id => ({ id: id * 10, personId: id, code: `B${id % 2}` }))),
      letters: fc.tuple(
        ...upTo(l).map(id =>
          fc.record({
            id: fc.constant(id),
            fromId: fc.integer({ min: 1, max: p }),
            toId: maybeOf(p),
            weight: fc.option(fc.integer({ min: 0, max: 3 })),
          }),
        ),
      ),
      tags: fc.constant(upTo(g).map(id => ({ id, word: `w${id}` }))),
      tagged: fc.subarray(upTo(l).flatMap(letterId => upTo(g).map(tagId => ({ letterId, tagId })))),
    }),
  ) as fc.Arbitrary<Rows>

const find = <A extends { readonly id: number }>(rows: readonly A[], id: number | null): O.Option<A> =>
  O.fromNullable(rows.find(a => a.id === id))

/** Plain objects: rows of engines and of loops have the same fields. */
const plain = (a: unknown): unknown => JSON.parse(JSON.stringify(a))

const included = pipe(
  r.people.include({
    boss: { boss: true, badge: true },
    badge: true,
    team: { orderBy: p => [desc(p.id)], select: p => ({ id: p.id, letters: p.sent.count() }) },
    sent: {
      where: l => gt(l.id, 1),
      orderBy: l => [asc(l.id)],
      offset: 1,
      limit: 2,
      receiver: true,
      sender: { badge: true },
      tags: { orderBy: t => [asc(t.tagId)], tag: true },
    },
  }),
  Q.orderBy(p => [asc(p.id)]),
)

const loop = (d: Rows): unknown => {
  const badge = (id: number) => O.fromNullable(d.badges.find(b => b.personId === id))
  return d.people.map(p => ({
    ...p,
    boss: O.map((b: Rows['people'][number]) => ({ ...b, boss: find(d.people, b.bossId), badge: badge(b.id) }))(find(d.people, p.bossId)),
    badge: badge(p.id),
    team: d.people
      .filter(q => q.bossId === p.id)
      .reverse()
      .map(q => ({ id: q.id, letters: d.letters.filter(l => l.fromId === q.id).length })),
    sent: d.letters
      .filter(l => l.fromId === p.id && l.id > 1)
      .slice(1, 3)
      .map(l => ({
        ...l,
        receiver: find(d.people, l.toId),
        sender: { ...d.people.find(q => q.id === l.fromId), badge: badge(l.fromId) },
        tags: d.tagged
          .filter(t => t.letterId === l.id)
          .sort((a, b) => a.tagId - b.tagId)
          .map(t => ({ ...t, tag: d.tags.find(g => g.id === t.tagId) })),
      })),
  }))
}

type Letter = Rows['letters'][number]
type Condition = readonly [name: string, query: Q.Query<any, { readonly id: number }>, loop: (d: Rows, l: Letter) => boolean]

const where = (f: Parameters<typeof r.letters.by<any>>[0]) =>
  pipe(
    Q.from(letters),
    Q.where(r.letters.by(f) as any),
    Q.orderBy(l => [asc(l.id)]),
  )
const whose = (d: Rows, id: number | null) => d.people.find(p => p.id === id)

const conditions: readonly Condition[] = [
  ['one key', where(l => eq(l.sender.name, 'Ada')), (d, l) => whose(d, l.fromId)?.name === 'Ada'],
  ['a key that may be null', where(l => like(l.receiver.name, 'A%')), (d, l) => whose(d, l.toId)?.name.startsWith('A') === true],
  ['two keys', where(l => eq(l.sender.boss.name, 'Bob')), (d, l) => whose(d, whose(d, l.fromId)?.bossId ?? null)?.name === 'Bob'],
  ['at most one row', where(l => eq(l.sender.badge.code, 'B1')), (d, l) => d.badges.some(b => b.personId === l.fromId && b.code === 'B1')],
  ['some', where(l => l.tags.some(t => eq(t.tag.word, 'w1'))), (d, l) => d.tagged.some(t => t.letterId === l.id && t.tagId === 1)],
  ['none', where(l => l.tags.none()), (d, l) => !d.tagged.some(t => t.letterId === l.id)],
  [
    'every, and null is not true',
    where(l => l.sender.received.every(x => gt(x.weight, 0))),
    (d, l) => d.letters.filter(x => x.toId === l.fromId).every(x => x.weight !== null && x.weight > 0),
  ],
  [
    'every of the rows of a missing row',
    where(l => l.receiver.sent.every(x => gt(x.weight, 0))),
    (d, l) => d.letters.filter(x => x.fromId === l.toId).every(x => x.weight !== null && x.weight > 0),
  ],
  [
    'count',
    where(l =>
      gt(
        l.sender.sent.count(x => gt(x.weight, 0)),
        1,
      ),
    ),
    (d, l) => d.letters.filter(x => x.fromId === l.fromId && (x.weight ?? 0) > 0).length > 1,
  ],
  [
    'sum',
    where(l =>
      gt(
        l.sender.sent.sum(x => x.weight),
        2,
      ),
    ),
    (d, l) => d.letters.reduce((n, x) => n + (x.fromId === l.fromId ? (x.weight ?? 0) : 0), 0) > 2,
  ],
]

for (const engine of engines) {
  const test = suite(`relations on ${engine.name}`)
  const s = using(engine, test)

  const load = async (d: Rows): Promise<void> => {
    await s.right(dropAll(post))
    await s.right(createAll(post))
    // a person may be the boss of one with a smaller number
    await s.right(C.run(C.insertMany(people)(d.people.map(p => ({ ...p, bossId: null })))))
    for (const p of d.people) if (p.bossId !== null) await s.right(C.run(C.update(people)({ bossId: p.bossId }, q => eq(q.id, p.id))))
    for (const [of, rows] of [
      [badges, d.badges],
      [letters, d.letters],
      [tags, d.tags],
      [tagged, d.tagged],
    ] as const)
      if (rows.length > 0) await s.right(C.run(C.insertMany(of as any)(rows as any)))
  }

  test('an include is the nested loop, and a condition over a path is that of the loop', () =>
    fc.assert(
      fc.asyncProperty(database, async d => {
        await load(d)
        const [got, wanted] = [plain(await s.right(Q.all(included))), plain(loop(d))]
        assert.equal(got, wanted, JSON.stringify([d, got, wanted]))
        for (const [name, query, holds] of conditions) {
          const ids = (await s.right(Q.all(query))).map(l => l.id)
          assert.equal(
            ids,
            d.letters.filter(l => holds(d, l)).map(l => l.id),
            name,
          )
        }
      }),
      { numRuns: amount(40), seed: 20261128 },
    ))

  test('what is included composes with other steps', async () => {
    await load({ people: [1, 2, 3].map(id => ({ id, name: `p${id}`, bossId: null })), badges: [], letters: [], tags: [], tagged: [] })
    const page = pipe(
      r.people.include({ sent: true }),
      Q.where(p => gt(p.id, 1)),
      Q.orderBy(p => [desc(p.id)]),
      Q.limit(1),
    )
    assert.equal(await s.right(Q.all(page)), [{ id: 3, name: 'p3', bossId: null, sent: [] }])
    assert.is(await s.right(Q.count(r.people.include({ boss: true }))), 3)
    const by = Q.prepare({ id: int }, p =>
      pipe(
        r.people.include({ sent: true }),
        Q.where(q => eq(q.id, p.id)),
      ),
    )
    assert.equal((await s.right(Q.one(by({ id: 2 })))).name, 'p2')
    await s.right(dropAll(post))
  })

  if (engine.name === 'memory')
    test('an unknown relation, and a name that is taken, are refused with what there is', () => {
      const refusal = (f: () => unknown): string => {
        try {
          f()
          return 'nothing refused'
        } catch (thrown) {
          return (thrown as any).error.message
        }
      }
      assert.match(
        refusal(() => (r.people.include as any)({ snet: true })),
        'did you mean "sent"?',
      )
      assert.match(
        refusal(() => (r.people.include as any)({ sent: 3 })),
        'true',
      )
      const taken = schema({ people, letters }, t => ({
        letters: { sender: fk(t.letters.fromId, t.people.id, { back: 'name' }), receiver: fk(t.letters.toId, t.people.id, { back: 'x' }) },
      }))
      assert.match(
        refusal(() => Relations.of(taken).people.include({ x: true } as any)),
        'is a column of the table',
      )
      const twice = schema({ people, letters }, t => ({
        letters: { sender: fk(t.letters.fromId, t.people.id, { back: 'x' }), receiver: fk(t.letters.toId, t.people.id, { back: 'x' }) },
      }))
      assert.match(
        refusal(() => Relations.of(twice).people.include({ x: true } as any)),
        'is another relation of the table',
      )
    })

  test.run()
}
