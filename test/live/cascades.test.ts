/**
 * Referential actions of foreign keys during a write: the condition is evaluated on the rows before the write, each row that satisfies it
 * is counted, and that an engine works row by row is never visible.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { int, nullable } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import type * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { fk, schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const tree = (name: string) => table(name, { id: int, parent: nullable(int) }, { primaryKey: ['id'] })
const cut = tree('casc_cut')
const gone = tree('casc_gone')
const owners = table('casc_owner', { id: int, v: int }, { primaryKey: ['id'] })
const owned = table('casc_owned', { id: int, owner: nullable(int), other: int }, { primaryKey: ['id'] })

const all = schema({ cut, gone, owners, owned }, t => ({
  cut: { parent: fk(t.cut.parent, t.cut.id, { onDelete: 'setNull' }) },
  gone: { parent: fk(t.gone.parent, t.gone.id, { onDelete: 'cascade' }) },
  owned: { owner: fk(t.owned.owner, t.owners.id, { onDelete: 'cascade', onUpdate: 'cascade' }) },
}))

const TREE = [
  [1, null],
  [2, 1],
  [3, 2],
  [4, 3],
  [5, null],
  [6, 5],
  [7, 4],
].map(([id, parent]) => ({ id, parent }))
const OWNERS = [1, 2, 3, 4, 5, 6].map(id => ({ id, v: id }))
const OWNED = [
  [1, 1, 2],
  [2, 2, 3],
  [3, 3, 4],
  [4, 5, 5],
  [5, null, 1],
].map(([id, owner, other]) => ({ id, owner, other }))

type Row = { readonly [name: string]: any }
const ownedBy = (f: (o: Row) => X.Pred) => pipe(Q.from(owned), Q.where(f as never))
const asked = (x: Row) => ownedBy(o => X.eq(o['other'], x['id']))

/** A delete: of which table, what it counts, and the ids that are left. */
const DELETES: readonly (readonly [string, typeof cut | typeof owners, (x: any) => X.Pred, number, readonly number[]])[] = [
  ['roots, by null', cut, x => X.isNull(x.parent), 2, [2, 3, 4, 6, 7]],
  ['all but roots', cut, x => X.isNotNull(x.parent), 5, [1, 5]],
  ['by null or a value', cut, x => X.or(X.isNull(x.parent), X.eq(x.parent, 1)), 3, [3, 4, 6, 7]],
  ['by isNotDistinctFrom', cut, x => X.isNotDistinctFrom(x.parent, X.nullOf(nullable(int)) as never), 2, [2, 3, 4, 6, 7]],
  ['a chain from its root', gone, x => X.eq(x.id, 1), 1, [5, 6]],
  ['a chain, all of it', gone, x => X.lte(x.id, 4), 4, [5, 6]],
  ['rows that others take along', gone, x => X.inList(x.id, [1, 2, 7, 6]), 4, [5]],
  ['children', gone, x => X.isNotNull(x.parent), 5, [1, 5]],
  ['by exists', owners, x => X.exists(asked(x)), 5, [6]],
  ['by not exists', owners, x => X.not(X.exists(asked(x))), 1, [1, 2, 3, 4, 5]],
  ['by exists beside another', owners, x => X.or(X.eq(x.v, 99), X.exists(asked(x))), 5, [6]],
  ['by inQuery', owners, x => X.inQuery(x.id, Q.map((o: any) => o.other)(Q.from(owned)) as never), 5, [6]],
  ['by a number of rows', owners, x => X.gt(X.countOf(asked(x)), 0), 5, [6]],
  [
    'by an aggregate',
    owners,
    x => X.eq(X.scalar(Q.map((g: any) => g.n)(Q.aggregate((o: any) => ({ n: A.max(o.other) }))(asked(x)))), x.id),
    5,
    [6],
  ],
]

for (const engine of engines) {
  const test = suite(`cascades on ${engine.name}`)
  const s = using(engine, test)

  const fill = async (): Promise<void> => {
    for (const t of [owned, owners, cut, gone]) await s.right(C.run(C.delete(t as typeof cut)(C.everywhere)))
    for (const t of [cut, gone]) await s.right(C.run(C.insertMany(t)(TREE as never)))
    await s.right(C.run(C.insertMany(owners)(OWNERS)))
    await s.right(C.run(C.insertMany(owned)(OWNED as never)))
  }
  const idsOf = (t: typeof cut | typeof owners) =>
    s.right(
      Q.all(
        pipe(
          Q.from(t as typeof owners),
          Q.orderBy(r => [X.asc(r.id)]),
          Q.map(r => r.id),
        ),
      ),
    )

  test.before(() => s.right(createAll(all)))

  for (const [name, t, where, count, left] of DELETES) {
    test(`a delete of ${name}`, async () => {
      await fill()
      assert.is(await s.right(C.run(C.delete(t as typeof owners)(where))), count)
      assert.equal(await idsOf(t), left)
      await fill()
      const answering = C.returning((r: any) => r.id)(C.delete(t as typeof owners)(where))
      assert.is((await s.right(C.run(answering))).length, count)
      assert.equal(await idsOf(t), left)
    })
  }

  test('all rows of a tree are counted, and deleteUsing counts what it matched', async () => {
    await fill()
    assert.is(await s.right(C.run(C.deleteUsing(owners)(Q.from(owned), (x, o) => X.eq(x.id, o.other)))), 5)
    assert.is(await s.right(C.run(C.delete(gone)(C.everywhere))), 7)
    assert.equal([await idsOf(gone), await idsOf(owners)], [[], [6]])
  })

  test('an update of a key that others follow reads them as they were', async () => {
    await fill()
    const first = (x: Row) => X.scalar(Q.map((o: any) => o.owner)(Q.limit(1)(Q.orderBy((o: any) => [X.asc(o.id)])(asked(x)))))
    const update = C.update(owners)((x: any) => ({ id: X.plus(x.id, 100), v: X.coalesce(first(x) as never, -1) }) as never, C.everywhere)
    assert.is(await s.right(C.run(update)), 6)
    const left = await s.right(Q.all(Q.orderBy((r: any) => [X.asc(r.id)])(Q.from(owners))))
    assert.equal(
      left.map(r => [r.id, r.v]),
      [
        [101, -1],
        [102, 1],
        [103, 2],
        [104, 3],
        [105, 5],
        [106, -1],
      ],
    )
  })

  test('two keys of one column to two tables are two constraints', async () => {
    const of = (name: string) => tree(name)
    const [one, other, both] = [of('casc_one'), of('casc_other'), of('casc_both')]
    const two = schema({ one, other, both }, t => ({
      both: { first: fk(t.both.parent, t.one.id), second: fk(t.both.parent, t.other.id) },
    }))
    await s.right(createAll(two))
    await s.right(C.run(C.insert(one)({ id: 1, parent: null })))
    await s.left('ForeignKeyViolation', C.run(C.insert(both)({ id: 1, parent: 1 })))
    await s.right(C.run(C.insert(other)({ id: 1, parent: null })))
    await s.right(C.run(C.insert(both)({ id: 1, parent: 1 })))
    await s.right(dropAll(two))
  })

  test('a chain of 30 goes with its first row, or is refused by name', async () => {
    await s.right(C.run(C.delete(gone)(C.everywhere)))
    await s.right(C.run(C.insertMany(gone)(Array.from({ length: 30 }, (_, i) => ({ id: i + 1, parent: i === 0 ? null : i })))))
    const answer = await s.run(C.run(C.delete(gone)(x => X.eq(x.id, 1))) as Program.Program<Program.Db, DbError, number>)
    if (E.isRight(answer)) assert.equal([answer.right, await idsOf(gone)], [1, []])
    else {
      assert.is(answer.left._tag, 'Unsupported')
      assert.match(answer.left.message, /cascades this deep: delete the referring rows first/)
      assert.match(engine.name, /mysql|mariadb/)
      assert.is((await idsOf(gone)).length, 30)
    }
    await s.right(dropAll(all))
  })
  test.run()
}
