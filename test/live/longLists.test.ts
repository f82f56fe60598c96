/**
 * `inList` with long lists: a value of every type is found among thousands, by a query and by a write, in little time.
 *
 * Postgres and SQLite receive one array; MySQL and MariaDB receive more values in the text than they accept as parameters. A long list
 * finds the same rows as a short one.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as Column from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const day = (i: number): string => new Date(Date.UTC(2000, 0, 1 + i)).toISOString().slice(0, 10)
const time = (i: number): string => new Date(i * 1_000 + (i % 1_000)).toISOString().slice(11, -1)
const uuid = (i: number): string => `00000000-0000-4000-8000-${i.toString(16).padStart(12, '0')}`

/** A column of each type, and different values of it. */
const types = {
  small: [Column.smallint, (i: number) => i - 500],
  big: [Column.bigint, (i: number) => 9_007_199_254_740_993n + BigInt(i)],
  money: [Column.numeric(18, 4), (i: number) => `${i}.2500`],
  ratio: [Column.float, (i: number) => i / 7],
  name: [Column.varchar(100), (i: number) => ['it\'s "a" `b` ? \\', '-- /* ? */ #', '🐟é', '%_', ''][i % 5] + (i < 5 ? '' : String(i))],
  day: [Column.date, day],
  time: [Column.time, time],
  at: [Column.timestamp, (i: number) => new Date(1_700_000_000_000 + i * 1_001)],
  key: [Column.uuid, uuid],
  data: [Column.bytes, (i: number) => Uint8Array.from([i % 256, i >> 8, 39, 92])],
} as const

const many = table(
  'long_lists',
  {
    id: Column.int,
    empty: Column.nullable(Column.text),
    ...(Object.fromEntries(Object.entries(types).map(([name, [column]]) => [name, column])) as {
      readonly [name in keyof typeof types]: (typeof types)[name][0]
    }),
  },
  { primaryKey: ['id'] },
)

const ROWS = 20
/** Every other value is that of a row. */
const LONG = 1_200
for (const engine of engines) {
  const test = suite(`long lists on ${engine.name}`)
  const s = using(engine, test)
  const ids = (where: (r: any) => X.Expr<boolean | null>) =>
    s.right(
      Q.all(
        pipe(
          Q.from(many),
          Q.where(where),
          Q.orderBy(r => [X.asc(r.id)]),
          Q.map(r => r.id),
        ),
      ),
    )
  // more than MySQL and MariaDB take as parameters of a statement; others have no limit of their own
  const longer = engine.name === 'mysql' || engine.name === 'mariadb' ? 66_000 : 5_000
  const all = Array.from({ length: ROWS }, (_, i) => i)
  const even = all.filter(i => i % 2 === 0)
  const odd = all.filter(i => i % 2 === 1)
  const list = (length: number): readonly number[] => Array.from({ length }, (_, i) => i * 2)
  const texts = list(longer).map(i => types.name[1](i))

  test.before(async () => {
    await s.create(many)
    const rows = all.map(id => ({ id, empty: null, ...Object.fromEntries(Object.entries(types).map(([name, [, of]]) => [name, of(id)])) }))
    await s.right(C.run(C.insertMany(many)(rows as never)))
  })

  test('values of each type are found', async () => {
    for (const [name, [, of]] of Object.entries(types)) {
      const values = list(LONG).map(i => of(i))
      assert.equal(await ids(r => X.inList(r[name], values as never)), even, name)
      assert.equal(await ids(r => X.notIn(r[name], values as never)), odd, name)
    }
  })

  test('values of each type are found beside a longer list', async () => {
    const ofEach = (r: any) => Object.entries(types).map(([name, [, of]]) => X.inList(r[name], list(ROWS).map(i => of(i)) as never))
    const [first, others] = [list(longer), list(longer).map(i => i + 1)]
    assert.equal(await ids(r => X.and(X.inList(r.id, first), ...ofEach(r), X.ne(r.small, -500))), even.slice(1))
    assert.equal(await ids(r => X.or(X.inList(r.id, others), ...ofEach(r))), all)
  })

  test('many texts in conditions, computed values and null', async () => {
    assert.equal(await ids(r => X.inList(r.name, texts)), even)
    assert.equal(await ids(r => X.notIn(r.name, texts)), odd)
    assert.equal(await ids(r => X.or(X.eq(r.id, 1), X.inList(X.concat(r.name, ''), texts))), [0, 1, ...even.slice(1)])
    assert.equal(await ids(r => X.isNull(X.inList(r.empty, texts))), all)
    const asked = Q.map((r: any) => ({ is: X.inList(r.name, texts) }))(Q.limit(2)(Q.orderBy((r: any) => [X.asc(r.id)])(Q.from(many))))
    assert.equal(await s.right(Q.all(asked)), [{ is: true }, { is: false }])
  })

  test('decimals of several scales, and integers beside floats', async () => {
    const decimals = list(LONG).map(i => (i % 4 === 0 ? `${i}.25` : `${i}.2500000`))
    assert.equal(await ids(r => X.inList(r.money, decimals)), even)
    const floats = list(LONG).map(i => (i % 4 === 0 ? i : i + 0.5))
    assert.equal(
      await ids(r => X.inList(r.id, floats as never)),
      all.filter(i => i % 4 === 0),
    )
    const grown = [...list(LONG)]
    assert.equal(await ids(r => X.inList(r.id, grown)), even)
    grown[0] = 1
    assert.equal(await ids(r => X.inList(r.id, grown)), [1, ...even.slice(1)])
  })

  test('a write of the rows in a list', async () => {
    assert.is(await s.right(C.run(C.update(many)({ empty: 'x' }, r => X.inList(r.name, texts)))), even.length)
    assert.equal(await ids(r => X.eq(r.empty, 'x')), even)
    assert.is(await s.right(C.run(C.delete(many)(r => X.notIn(r.name, texts)))), odd.length)
    assert.equal(await ids(() => X.lit(true)), even)
    await s.drop(many)
  })
  test.run()
}
