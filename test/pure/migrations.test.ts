/**
 * Migrations as data: checksums, inverses, and which of them commute; all in memory.
 *
 * The laws are those of `lib/schema/checksum`, `invert` and `commutes`: a step and its inverse leave the image, and the rows where nothing is
 * said to be lost; migrations that commute end in the same state in either order.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { bigint, int, nullable, text, withDefault } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { Change } from '../../lib/core/schema/Change.js'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import { concat, desc, eq, gt, lit, plus } from '../../lib/Expr.js'
import * as Migrate from '../../lib/Migrate.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { schema } from '../../lib/Schema.js'
import { define } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'

const test = suite('migrations as data')

const index = (name: string, columns: readonly string[]) => ({ name, columns, on: null, unique: false, where: null, method: null })
const plain = (name: string, n: number, fallback = 1) =>
  table(
    name,
    { id: int, a: int, b: nullable(text), c: withDefault(fallback)(int) },
    { primaryKey: ['id'], uniques: [['a']], checks: { positive: r => gt(r.a, n) }, indexes: [{ name: `${name}_b`, on: ['b'] }] },
  )
const t = plain('pure_t', 0)
const u = plain('pure_u', 0)
const uniqueName = (x: AnyTable): string => x.uniques[0]?.name ?? ''

const alter = (change: Change, of: AnyTable = t): Migrate.MigrationStep => ({ tag: 'alterTable', table: of, change })
const changes = (x: AnyTable): readonly Change[] => [
  { tag: 'renameTable', name: `${x.name}_2` },
  { tag: 'addColumn', field: 'd', name: 'd', column: nullable(text) as never, fill: null },
  { tag: 'addColumn', field: 'd', name: 'd', column: int as never, fill: r => plus(r.id, 1) as never },
  { tag: 'addColumn', field: 'e', name: 'e', column: withDefault(4)(int) as never, fill: null },
  { tag: 'dropColumn', field: 'c' },
  { tag: 'renameColumn', field: 'c', name: 'cc' },
  { tag: 'changeType', field: 'c', type: bigint.type.sql, using: null },
  { tag: 'setNullable', field: 'c' },
  { tag: 'setNullable', field: 'b' },
  { tag: 'setNotNull', field: 'b', fill: null },
  { tag: 'setNotNull', field: 'c', fill: null },
  { tag: 'setNotNull', field: 'b', fill: () => lit('none') as never },
  { tag: 'setDefault', field: 'c', default: lit(9) as never },
  { tag: 'setDefault', field: 'c', default: null },
  { tag: 'setComment', field: 'c', comment: 'why' },
  { tag: 'setComment', field: null, comment: 'what' },
  { tag: 'addKey', key: { name: `${x.name}_key`, columns: ['c'] }, primary: false },
  { tag: 'dropKey', name: uniqueName(x) },
  { tag: 'addCheck', check: { name: `${x.name}_check`, predicate: r => gt(r.c, -1) } },
  { tag: 'dropCheck', name: `${x.name}_positive` },
  { tag: 'renameConstraint', from: uniqueName(x), to: `${x.name}_other` },
]
const indexB = t.indexes[0] as never
const steps: readonly Migrate.MigrationStep[] = [
  ...changes(t).map(c => alter(c)),
  { tag: 'createIndex', table: t, index: index('pure_c', ['c']) },
  { tag: 'dropIndex', table: t, index: indexB },
  { tag: 'createTable', table: u, foreignKeys: [] },
  { tag: 'dropTable', table: t, foreignKeys: [] },
  Migrate.data(C.insert(t)({ id: 1, a: 1 })),
  Migrate.data(C.insert(t)({ id: 1, a: 2 })),
  Migrate.data(C.update(t)({ b: 'x' }, r => eq(r.id, 1))),
  Migrate.data(C.update(t)({ b: 'x' }, r => eq(r.id, 2))),
  Migrate.sql({ postgres: 'SELECT 1' }),
  Migrate.sql({ postgres: 'SELECT 2' }),
]

const sum = (up: readonly Migrate.MigrationStep[], name = 'm', from: string | null = null): string => {
  const made = Migrate.checksum(Migrate.migration({ name, from, up, down: [] }))
  assert.ok(E.isRight(made))
  return (made as E.Right<string>).right
}

test('a checksum tells every step, name, parent and order apart, and nothing else', () => {
  const all = steps.map(s => sum([s]))
  assert.is(new Set(all).size, all.length)
  const [x, y] = [steps[0], steps[1]] as [Migrate.MigrationStep, Migrate.MigrationStep]
  assert.is.not(sum([x, y]), sum([y, x]))
  assert.is.not(sum([x]), sum([x], 'n'))
  assert.is.not(sum([x]), sum([x], 'm', 'before'))
  const create = (of: AnyTable) => sum([{ tag: 'createTable', table: of, foreignKeys: [] }])
  assert.is(create(t), create(plain('pure_t', 0)))
  for (const other of [plain('pure_t', 1), plain('pure_t', 0, 2), plain('pure_t2', 0)]) assert.is.not(create(t), create(other))
  const using = (f: (r: any) => unknown) => sum([alter({ tag: 'changeType', field: 'b', type: text.type.sql, using: f as never })])
  assert.is(
    using(r => concat(r.b, 'x')),
    using(row => concat(row.b, 'x')),
  )
  assert.is.not(
    using(r => concat(r.b, 'x')),
    using(r => concat(r.b, 'y')),
  )
  // the same in any process
  assert.is(
    sum([Migrate.sql({ postgres: 'SELECT 1' })]),
    sum([Migrate.sql({ postgres: 'SELECT 1' }, { undo: { postgres: 'SELECT 0' } })]),
    'what undoes it is not part of it',
  )
})

test('a long list of rows is hashed to its end', () => {
  const rows = (last: number) => Array.from({ length: 5000 }, (_, i) => ({ id: i, a: i === 4999 ? last : i, b: 'x', c: 1 }))
  assert.is.not(sum([Migrate.data(C.insertMany(t)(rows(1)))]), sum([Migrate.data(C.insertMany(t)(rows(2)))]))
})

/** A database with t and its rows. */
const filled = async () => {
  const db = memory()
  const run = async (program: (env: { readonly db: typeof db }) => () => Promise<E.Either<any, unknown>>) => program({ db })()
  await run(
    define([
      { tag: 'createTable', table: t, foreignKeys: [] },
      { tag: 'createIndex', table: t, index: indexB },
    ]),
  )
  await run(
    C.run(
      C.insertMany(t)([
        { id: 1, a: 1, b: 'x', c: 5 },
        { id: 2, a: 2, b: 'y', c: 6 },
      ]),
    ),
  )
  return { db, run }
}

const allow: readonly Migrate.HazardKind[] = ['losesData', 'blocksWrites', 'blocksReads']

const byName = (columns: readonly { readonly name: string }[]) => [...columns].sort((x, y) => (x.name < y.name ? -1 : 1))

/** The image, without the order of columns. */
const imageIn = async (db: ReturnType<typeof memory>): Promise<unknown> => {
  const found = await db.perform({ tag: 'introspect', schemas: [null], wanted: null })()
  return E.isLeft(found)
    ? found.left
    : (found.right as any).live.tables
        .filter((x: any) => !x.name.startsWith('query_ts_'))
        .map((x: any) => ({ ...x, columns: byName(x.columns) }))
}

test('a step and its inverse leave the schema, and the rows where nothing is lost', async () => {
  let inverted = 0
  for (const step of steps) {
    const { db, run } = await filled()
    const [image, rows] = [await imageIn(db), await Q.all(Q.from(t))({ db })()]
    const inverse = Migrate.invert(step)
    if (E.isLeft(inverse)) {
      assert.ok(step.tag === 'data' || step.tag === 'sql', inverse.left)
      continue
    }
    const there = await run(Migrate.up([Migrate.migration({ name: 'm', from: null, up: [step] })], { allow }))
    assert.ok(E.isRight(there), `${JSON.stringify(step)}: ${E.isLeft(there) ? there.left.message : ''}`)
    if (inverse.right.length > 0) assert.not.equal(await imageIn(db), image)
    const back = await run(Migrate.down([Migrate.migration({ name: 'm', from: null, up: [step] })], { allow }))
    assert.ok(E.isRight(back), `${JSON.stringify(step)}: ${E.isLeft(back) ? back.left.message : ''}`)
    assert.equal(await imageIn(db), image, JSON.stringify(step))
    if (Migrate.losses(step) === null) assert.equal(await Q.all(Q.from(t))({ db })(), rows)
    inverted += 1
  }
  assert.ok(inverted > 20, `${inverted}`)
})

test('changes may drop a column that an index over expressions does not read', async () => {
  const on = (r: any) => [desc(r.a)]
  const wide = table('pure_wide', { id: int, a: int, b: nullable(text) }, { primaryKey: ['id'], indexes: [{ name: 'pure_wide_by_a', on }] })
  const narrow = table('pure_wide', { id: int, a: int }, { primaryKey: ['id'], indexes: [{ name: 'pure_wide_by_a', on }] })
  const first = Migrate.migration({ name: '1', from: null, up: [Migrate.create(schema({ wide }))] })
  const found = Migrate.changes([first], schema({ narrow }))
  if (E.isLeft(found)) throw new Error(found.left.message)
  const second = Migrate.migration({ name: '2', from: '1', up: found.right.steps })
  assert.equal(await Migrate.up([first, second])({ db: memory() })(), E.right(['1', '2']))
  assert.equal(Migrate.check([first, second], schema({ narrow })), E.right(undefined))
})

test('what an inverse does not restore is named', () => {
  const lost = (change: Change): string => `${Migrate.losses(alter(change))}`
  assert.match(lost({ tag: 'setNotNull', field: 'b', fill: () => lit('none') as never }), 'were null')
  assert.is(lost({ tag: 'setNotNull', field: 'b', fill: null }), 'null')
  assert.match(lost({ tag: 'dropColumn', field: 'c' }), '"pure_t"."c"')
})

test('what has no inverse says why', () => {
  const reason = (s: Migrate.MigrationStep): string => {
    const inverse = Migrate.invert(s)
    return E.isLeft(inverse) ? inverse.left : 'has one'
  }
  assert.match(reason(alter({ tag: 'dropColumn', field: 'a' })), 'rows would have no value for pure_t.a')
  assert.match(reason(alter({ tag: 'changeType', field: 'a', type: text.type.sql, using: r => r.b })), "can't be computed")
  assert.match(reason({ tag: 'dropIndex', table: t, index: { name: 'other' } }), 'does not describe')
  assert.match(reason(Migrate.sql({ sqlite: 'SELECT 1' })), 'SQL text has no inverse')
})

test('migrations that commute have one result in either order', async () => {
  const pool: readonly Migrate.MigrationStep[] = [
    ...steps.filter(s => s.tag !== 'sql' && !(s.tag === 'data' && s.command.node.tag === 'insert')),
    { tag: 'createIndex', table: t, index: index('pure_d', ['b', 'a']) },
    alter({ tag: 'addCheck', check: { name: 'pure_more', predicate: r => gt(r.c, 0) } }),
    Migrate.data(C.insert(t)({ id: 7, a: 7, b: 'z', c: 7 })),
  ]
  let commuting = 0
  await fc.assert(
    fc.asyncProperty(fc.nat(pool.length - 1), fc.nat(pool.length - 1), async (i, j) => {
      const [x, y] = [pool[i], pool[j]] as [Migrate.MigrationStep, Migrate.MigrationStep]
      const [m, n] = [Migrate.migration({ name: 'm', from: null, up: [x] }), Migrate.migration({ name: 'n', from: null, up: [y] })]
      assert.is(Migrate.commutes(m, n), Migrate.commutes(n, m))
      if (!Migrate.commutes(m, n)) return
      commuting += 1
      const ends: unknown[] = []
      for (const order of [
        [m, n],
        [n, m],
      ] as const) {
        const { db, run } = await filled()
        for (const [k, one] of order.entries()) {
          const done = await run(
            Migrate.up(
              order.slice(0, k + 1).map((o, at) => ({ ...o, name: `${at}`, parents: [] })),
              { allow },
            ),
          )
          assert.ok(E.isRight(done), `${JSON.stringify([x, y, one.name])}: ${E.isLeft(done) ? done.left.message : ''}`)
        }
        ends.push([await imageIn(db), await Q.all(Q.from(t))({ db })()])
      }
      assert.equal(ends[0], ends[1], JSON.stringify([x, y]))
    }),
    { numRuns: 400 },
  )
  assert.ok(commuting > 100, `${commuting}`)
})

test.run()
