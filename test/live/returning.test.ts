/**
 * The rows that a command returns, on every engine against the model, where engines without RETURNING are likely to go wrong.
 *
 * A list of commands runs in memory and on the engine; both return the same rows, and leave the same. On servers many connections write
 * the same tables at once: each gets the rows it wrote, and all of them together are the rows of the table.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import {
  anyJson,
  bigint,
  boolean,
  bytes,
  char,
  date,
  enumOf,
  float,
  generated,
  int,
  nullable,
  numeric,
  smallint,
  text,
  time,
  timestamp,
  timestampMicros,
  unique,
  uuid,
  varchar,
  withDefault,
} from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { type AnySchema, fk, schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { type Table, table } from '../../lib/Table.js'
import { abortable } from '../../lib/transform/abortable.js'
import { suite } from '../suite.js'
import { type Engine, engines, SECRET, type Session, sameRows, using } from './eachEngine.js'

const GRIN = '\u{1F600}'

type Written = C.Command<unknown>
type Write = Program.Program<Program.Db, DbError, unknown>

/** The whole row. */
const rows = C.returning((row: any) => row) as (c: any) => Written

/** A row without its generated columns, whose values differ between engines. */
const knownOf = (t: Table<any>, row: object): unknown =>
  Object.fromEntries(Object.entries(row).filter(([field]) => t.columns[field]?.generated !== true))

/** Runs commands in memory and on the engine: the results and the rows afterwards are the same, in the same order if there is one. */
const agrees = async (s: Session, tables: AnySchema, commands: readonly Written[], isOrdered = false): Promise<void> => {
  const model = memory()
  await createAll(tables)({ db: model })()
  await s.right(createAll(tables))
  for (const [i, command] of commands.entries()) {
    const expected = await C.run(command)({ db: model })()
    if (E.isLeft(expected)) {
      assert.is((await s.left(expected.left._tag, C.run(command)))._tag, expected.left._tag)
      continue
    }
    const got = await s.right(C.run(command))
    if (isOrdered || !Array.isArray(got)) assert.equal(got, expected.right, `command ${i}`)
    else sameRows(got, expected.right as readonly unknown[], `command ${i}`)
  }
  for (const t of Object.values(tables.tables)) {
    const left = (await Q.all(Q.from(t as Table<any>))({ db: model })()) as E.Right<readonly unknown[]>
    const known = (found: readonly unknown[]): readonly unknown[] => found.map(row => knownOf(t as Table<any>, row as object))
    sameRows(known(await s.rows(t as Table<any>)), known(left.right), `the rows of ${t.name}`)
  }
  await s.right(dropAll(tables))
}

const values = table(
  'returned_value',
  {
    id: int,
    json: nullable(anyJson),
    raw: nullable(bytes),
    at: nullable(timestamp),
    day: nullable(date),
    hour: nullable(time),
    price: nullable(numeric(12, 3)),
    ratio: nullable(float),
    name: nullable(text),
    yes: nullable(boolean),
    big: nullable(bigint),
  },
  { primaryKey: ['id'] },
)

const full = (id: number) => ({
  id,
  json: { a: [1, null, 'é'], b: { c: GRIN } },
  raw: new Uint8Array([0, 255, id]),
  at: new Date(Date.UTC(2024, 1, 29, 23, 59, 59, 999)),
  day: '2024-02-29',
  hour: '23:59:59.999',
  price: '-123456.789' as const,
  ratio: 0.1 + id,
  name: `a ${GRIN} '\\ `,
  yes: id % 2 === 0,
  big: 9_223_372_036_854_775_807n,
})

const nulls = (id: number) => ({ id })

/** Something is computed of the row, and null comes through. */
const computed = C.returning((r: any) => ({
  id: X.plus(r.id, 1),
  json: r.json,
  raw: r.raw,
  bytes: X.byteLength(r.raw),
  at: X.dateAdd(r.at, { days: 1 } as never),
  day: r.day,
  hour: r.hour,
  price: X.times(r.price, '2.0'),
  ratio: X.neg(r.ratio),
  name: X.concat(r.name, '!'),
  isNull: X.isNull(r.name),
  yes: X.not(r.yes),
  big: r.big,
  constant: X.lit('k'),
  nested: { inner: { name: X.coalesce(r.name, 'none') } },
})) as (c: any) => Written

/** A table of each type that a key may have, with two keys of it. */
const keys: readonly (readonly [string, any, unknown, unknown])[] = [
  ['smallint', smallint, -32768, 32767],
  ['bigint', bigint, -(2n ** 63n), 2n ** 63n - 1n],
  ['text', text, `A b${GRIN}`, 'a b '],
  ['varchar', varchar(20), '', ' '],
  ['char', char(3), 'a  ', 'A  '],
  ['enum', enumOf('one', "t'wo"), 'one', "t'wo"],
  ['uuid', uuid, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '00000000-0000-4000-8000-000000000000'],
  ['boolean', boolean, true, false],
  ['timestamp', timestamp, new Date(Date.UTC(2024, 1, 29, 1, 2, 3, 4)), new Date(-1)],
  ['timestampMicros', timestampMicros, '2024-02-29T01:02:03.000004Z', '2024-02-29T01:02:03.000005Z'],
  ['date', date, '2024-02-29', '0001-01-01'],
  ['time', time, '00:00:00.001', '23:59:59.999'],
  ['bytes', bytes, new Uint8Array([0, 255]), new Uint8Array([0])],
  ['numeric', numeric(10, 2), '1.5', '-1.50'],
  ['float', float, 0.1, -1e300],
]

const numbered = table('returned_numbered', { id: generated(int), n: int, name: nullable(text) })

const pairs = table('returned_pair', { a: int, b: text, n: int }, { primaryKey: ['a', 'b'] })

const tree = table('returned_tree', { id: int, parent: nullable(int), n: int }, { primaryKey: ['id'] })

const own = table(
  'returned_upsert',
  { id: generated(int), sku: unique(text), code: unique(nullable(text)), n: int, note: nullable(text) },
  {},
)

const noKey = table('returned_bare', { n: int, name: nullable(text) })

const onEngine = (engine: Engine): void => {
  const test = suite(`returning on ${engine.name}`)
  const s = using(engine, test, { max: 8 })

  test('values of every kind, of the row that is written and of what is computed of it', () =>
    agrees(s, schema({ values }), [
      rows(C.insert(values)(full(1) as never)),
      computed(C.insert(values)(nulls(2))),
      computed(C.insertMany(values)([full(3), nulls(4), full(5)] as never)),
      computed(
        C.update(values)(
          v => ({ name: X.concat(v.name, v.name), yes: null, json: { x: 1 } }),
          v => X.gt(v.id, 2),
        ),
      ),
      rows(C.update(values)({ raw: new Uint8Array([7]), day: '1999-12-31' }, C.everywhere)),
      rows(C.insertFrom(values)(Q.map((v: any) => ({ ...v, id: X.plus(v.id, 100) }))(Q.from(values) as never) as never)),
      rows(
        C.insertFrom(values)(
          Q.of({
            id: X.lit(200),
            yes: X.gt(X.lit(2), 1),
            ratio: X.lit(2.5),
            at: X.lit(new Date(5)),
            big: X.plus(X.lit(2n ** 62n), 1n),
            price: X.nullOf(numeric(12, 3)),
          }) as never,
        ),
      ),
      computed(C.delete(values)(v => X.isNull(v.price))),
      rows(C.delete(values)(C.everywhere)),
    ]))

  test('what an update sets is what its condition reads, and what others of its values read', () =>
    agrees(s, schema({ pairs }), [
      rows(C.insertMany(pairs)([1, 2, 3, 4].map(a => ({ a, b: 'x', n: a })))),
      rows(C.update(pairs)({ n: 10 }, p => X.lt(p.n, 3))),
      rows(
        C.update(pairs)(
          p => ({ n: p.a, b: X.concat(p.b, 'y') }),
          p => X.eq(p.n, 10),
        ),
      ),
      rows(
        C.update(pairs)(
          p => ({ a: X.plus(p.a, 100), n: p.a }),
          p => X.eq(p.b, 'x'),
        ),
      ),
      rows(C.update(pairs)({ n: 5 }, p => X.eq(p.n, 6))),
      rows(
        C.update(pairs)({ n: 0 }, p =>
          X.inQuery(
            p.n,
            pipe(
              Q.from(pairs),
              Q.aggregate(q => ({ m: A.max(q.n) })),
              Q.map(q => X.coalesce(q.m, 0)),
            ),
          ),
        ),
      ),
      rows(
        C.update(pairs)(
          p => ({
            n: X.coalesce(
              X.scalar(
                pipe(
                  Q.from(pairs),
                  Q.where(q => X.eq(q.a, p.n)),
                  Q.aggregate(q => ({ m: A.sum(q.n) })),
                  Q.map(q => X.plus(X.coalesce(q.m, 0), 0)),
                ),
              ),
              0,
            ),
          }),
          C.everywhere,
        ),
      ),
      rows(
        C.delete(pairs)(p =>
          X.lt(
            p.n,
            X.coalesce(
              X.scalar(
                pipe(
                  Q.from(pairs),
                  Q.aggregate(q => ({ m: A.max(q.n) })),
                  Q.map(q => q.m),
                ),
              ),
              0,
            ),
          ),
        ),
      ),
      rows(C.delete(pairs)(() => X.lit(false))),
      rows(C.update(pairs)({ n: 1 }, () => X.lit(false))),
      rows(C.delete(pairs)(C.everywhere)),
    ]))

  for (const [name, column, one, other] of keys) {
    test(`a key of ${name}`, () => {
      const t: Table<any> = table(`returned_${name.toLowerCase()}`, { key: column, n: int }, { primaryKey: ['key'] })
      const has = (key: unknown) => (r: any) => X.eq(r.key, key as never)
      return agrees(
        s,
        schema({ t }),
        [
          rows(
            C.insertMany(t)([
              { key: one, n: 1 },
              { key: other, n: 2 },
            ]),
          ),
          rows(C.update(t)({ n: 3 }, has(one))),
          rows(C.upsert(t)({ target: ['key'], update: ['n'] })({ key: other, n: 4 })),
          rows(C.updateMany(t)(['key'])([{ key: one, n: 6 }])),
          rows(C.delete(t)(has(other))),
          rows(C.update(t)({ key: other }, C.everywhere)),
          rows(C.insert(t)({ key: one, n: 8 })),
        ],
        true,
      )
    })
  }

  test('keys that are generated, given, both in one command, computed, and left to a default', () => {
    const made = table('returned_made', { id: pipe(int, withDefault(X.plus(X.lit(40), 2))), n: int }, { primaryKey: ['id'] })
    const mixed = C.returning((r: any) => ({ n: r.n, name: r.name })) as (c: any) => Written
    const given = (id: number, n: number) => ({ id, n })
    return agrees(
      s,
      schema({ numbered, made }),
      [
        rows(C.insert(numbered)({ n: 1 })),
        rows(C.insertMany(numbered)([{ n: 2 }, { n: 3, name: 'c' }])),
        rows(C.insert(numbered)({ id: X.plus(X.lit(30), 3) as never, n: 10 })),
        rows(C.insert(numbered)({ n: 11 })),
        rows(C.insertMany(numbered)([given(7, 1), given(5, 5)])),
        mixed(C.insertMany(numbered)([given(1000, 4), given(500, 5), { n: 6 }, { n: 7 }, given(2000, 8), { n: 9 }])),
        mixed(C.insertMany(numbered)([{ n: 6 }, given(3000, 5)])),
        rows(C.insert(made)({ n: 1 })),
        rows(
          C.insertMany(made)([
            { id: 9, n: 2 },
            { id: 1, n: 3 },
          ]),
        ),
        rows(C.insertMany(made)([{ n: 2 }, { id: 1, n: 3 }])),
      ],
      true,
    )
  })

  test('a key of which one column is generated', async () => {
    const two = table('returned_two', { tenant: text, id: generated(int), n: int }, { primaryKey: ['id', 'tenant'] })
    const created = await s.run(createAll(schema({ two })))
    if (E.isLeft(created)) {
      assert.is(created.left._tag, 'Unsupported')
      return
    }
    await s.drop(two)
    const three = ['b', 'a', 'b'].map((tenant, n) => ({ tenant, n }))
    await agrees(s, schema({ two }), [
      rows(C.insertMany(two)(three)),
      rows(C.update(two)(r => ({ tenant: X.concat(r.tenant, r.tenant) }), C.everywhere)),
      rows(C.delete(two)(r => X.eq(r.tenant, 'bb'))),
    ])
  })

  test('a key that makes itself', async () => {
    const t = table('returned_random', { id: pipe(uuid, withDefault(X.randomUuid)), n: int }, { primaryKey: ['id'] })
    await s.create(t)
    const one = (await s.right(C.run(rows(C.insert(t)({ n: 0 }))))) as { readonly id: string }
    const many = (await s.right(C.run(rows(C.insertMany(t)([1, 2, 3].map(n => ({ n }))))))) as readonly {
      readonly id: string
      readonly n: number
    }[]
    assert.equal(
      many.map(r => r.n),
      [1, 2, 3],
    )
    sameRows(await s.rows(t), [one, ...many])
    await s.drop(t)
  })

  test('rows of a query: of other tables, of the same, with keys and without', () =>
    agrees(
      s,
      schema({ numbered, pairs }),
      [
        rows(C.insertMany(numbered)([5, 3, 4].map(n => ({ n })))),
        rows(
          C.insertFrom(numbered)(
            pipe(
              Q.from(numbered),
              Q.orderBy(r => [X.asc(r.n)]),
              Q.map(r => ({ n: X.times(r.n, 10), name: X.lit('copy') })),
            ) as never,
          ),
        ),
        rows(
          C.insertFrom(numbered)(
            pipe(
              Q.from(numbered),
              Q.orderBy(r => [X.desc(r.id)]),
              Q.limit(2),
              Q.map(r => ({ id: X.plus(r.id, 100), n: r.n })),
            ) as never,
          ),
        ),
        rows(
          C.insertFrom(pairs)(
            pipe(
              Q.from(numbered),
              Q.orderBy(r => [X.asc(r.id)]),
              Q.map(r => ({ a: r.id, b: X.coalesce(r.name, 'none'), n: r.n })),
            ) as never,
          ),
        ),
        rows(
          C.insertFrom(pairs)(
            pipe(
              Q.from(pairs),
              Q.where(() => X.lit(false)),
            ) as never,
          ),
        ),
        rows(C.insertFrom(pairs)(Q.from(pairs) as never)),
      ],
      true,
    ))

  test('a table that refers to itself', async () => {
    const set = (onDelete: 'cascade' | 'setNull' | 'noAction') =>
      schema({ tree }, t => ({ tree: { up: fk(t.tree.parent, t.tree.id, { onDelete }) } }))
    const put = rows(
      C.insertMany(tree)([
        { id: 1, n: 1 },
        { id: 2, parent: 1, n: 2 },
        { id: 3, parent: 1, n: 3 },
        { id: 4, parent: 3, n: 4 },
      ]),
    )
    const leaf = rows(C.delete(tree)(r => X.eq(r.id, 4)))
    await agrees(s, set('noAction'), [
      put,
      leaf,
      rows(C.delete(tree)(r => X.eq(r.id, 1))),
      rows(C.update(tree)({ parent: 9 }, r => X.eq(r.id, 2))),
    ])
    await agrees(s, set('setNull'), [put, leaf, rows(C.delete(tree)(r => X.inList(r.id, [1, 2])))])
    await agrees(s, set('cascade'), [put, rows(C.delete(tree)(r => X.inList(r.id, [3, 4])))])
    await agrees(s, set('cascade'), [put, rows(C.delete(tree)(r => X.eq(r.id, 3)))])
  })

  test('upserts: the rows that were written', () => {
    const put = C.upsert(own)
    const putMany = C.upsertMany(own)
    const larger = { target: ['sku'], update: ['n'], where: (old: any, offered: any) => X.gt(offered.n, old.n) } as never
    const added = {
      target: ['sku'],
      update: (old: any, offered: any) => ({ n: X.plus(old.n, offered.n), note: X.concat('was ', old.sku) }),
    } as never
    const byCode = { target: ['code'], update: ['n'] } as never
    const some = C.returning((r: any) => ({ sku: r.sku, code: r.code, n: r.n, note: r.note })) as (c: any) => Written
    return agrees(
      s,
      schema({ own }),
      [
        some(
          putMany({ target: ['sku'], update: ['n'] })([
            { sku: 'b', n: 1 },
            { sku: 'a', n: 2 },
            { sku: 'c', n: 3, note: 'x' },
          ]),
        ),
        some(
          putMany({ target: ['sku'], update: ['n'] })([
            { sku: 'c', n: 4 },
            { sku: 'd', n: 2 },
            { sku: 'b', n: 1 },
          ]),
        ),
        some(put({ target: ['sku'], update: 'nothing' })({ sku: 'a', n: 9 })),
        some(put({ target: ['sku'], update: 'nothing' })({ sku: 'e', n: 9 })),
        some(
          putMany({ target: ['sku'], update: 'nothing' })([
            { sku: 'g', n: 9 },
            { sku: 'e', n: 9 },
            { sku: 'f', n: 9 },
          ]),
        ),
        some(put(larger)({ sku: 'a', n: 1 })),
        some(put(larger)({ sku: 'a', n: 3 })),
        some(
          putMany(larger)([
            { sku: 'a', n: 3 },
            { sku: 'b', n: 7 },
            { sku: 'new', n: 0 },
          ]),
        ),
        some(
          putMany(added)([
            { sku: 'a', n: 10, code: 'A' },
            { sku: 'z', n: 1, code: 'Z' },
          ]),
        ),
        some(
          C.upsertMany(own)(byCode)([
            { sku: 'n1', code: null, n: 1 },
            { sku: 'x', code: 'Z', n: 50 },
            { sku: 'n2', code: null, n: 2 },
            { sku: 'y', code: 'Y', n: 3 },
          ] as never),
        ),
        some(put({ target: ['sku'], update: ['n'] })({ sku: X.concat('a', '') as never, n: 70 })),
        some(put({ target: ['sku'], update: ['n'] })({ sku: 'other', code: 'Y', n: 70 })),
        some(
          putMany(larger)([
            { sku: 'h', n: 3 },
            { sku: 'i', n: 7, code: 'Y' },
          ]),
        ),
        some(
          putMany({ target: ['sku'], update: ['n'] })([
            { sku: 'p', n: 1 },
            { sku: 'q', n: 2, code: 'Q' },
            { sku: 'a', n: 3 },
          ]),
        ),
        some(put({ target: ['id'], update: ['n'] })({ id: 1, sku: 'b', n: 71 })),
      ],
      true,
    )
  })

  test('updates by rows, deletes by a query', () => {
    const source = pipe(
      Q.from(numbered),
      Q.map(r => ({ key: r.id, by: r.n })),
    )
    return agrees(s, schema({ numbered, pairs }), [
      rows(C.insertMany(numbered)([1, 2, 3].map(n => ({ n })))),
      rows(C.insertMany(pairs)([1, 2, 3, 4].map(a => ({ a, b: 'x', n: a })))),
      rows(
        C.updateMany(pairs)(['a', 'b'])([
          { a: 4, b: 'x', n: 40 },
          { a: 9, b: 'x', n: 9 },
          { a: 1, b: 'x', n: 1 },
        ]),
      ),
      rows(
        C.updateFrom(pairs)(
          source,
          (p, r) => X.eq(p.a, r.key),
          (p, r) => ({ n: X.plus(p.n, r.by) }),
        ),
      ),
      rows(
        C.updateFrom(pairs)(
          pipe(
            Q.from(pairs),
            Q.aggregate(p => ({ most: A.max(p.n) })),
          ),
          (p, r) => X.eq(p.n, r.most as never),
          (_, r) => ({ n: X.coalesce(r.most as never, 0) as never }),
        ),
      ),
      rows(
        C.updateFrom(pairs)(
          source,
          (p, r) => X.lt(p.a, r.key),
          (_, r) => ({ n: r.by }),
        ),
      ),
      rows(
        C.updateFrom(pairs)(
          source,
          (p, r) => X.eq(p.a, X.times(r.key, 100)),
          (_, r) => ({ n: r.by }),
        ),
      ),
      rows(C.deleteUsing(pairs)(source, (p, r) => X.eq(p.a, r.key))),
      rows(C.deleteUsing(pairs)(source, (p, r) => X.eq(p.a, r.key))),
    ])
  })

  test('a table without a primary key: rows, or Unsupported with what to do', async () => {
    await s.create(noKey)
    const commands: readonly Written[] = [
      rows(C.insert(noKey)({ n: 1 })),
      rows(C.update(noKey)({ n: 2 }, C.everywhere)),
      rows(C.delete(noKey)(C.everywhere)),
    ]
    for (const command of commands) {
      const answer = await s.run(C.run(command))
      if (E.isRight(answer)) continue
      assert.is(answer.left._tag, 'Unsupported')
      assert.match(answer.left.message, /give the table a primary key/)
      assert.is(s.db.capabilities.returning, 'emulated')
    }
    await s.drop(noKey)
    const byUnique = table('returned_unique', { name: unique(text), n: int })
    await agrees(s, schema({ byUnique }), [
      rows(
        C.insertMany(byUnique)([
          { name: 'b', n: 1 },
          { name: 'a', n: 2 },
        ]),
      ),
      rows(C.update(byUnique)(r => ({ name: X.concat(r.name, '1') }), C.everywhere)),
      rows(C.delete(byUnique)(r => X.eq(r.name, 'a1'))),
    ])
  })

  test('a key that is set to another value each time: rows, or Unsupported with what to do', async () => {
    const t = table('returned_fresh', { id: uuid, n: int }, { primaryKey: ['id'] })
    await s.create(t)
    await s.right(C.run(C.insert(t)({ id: '00000000-0000-4000-8000-000000000000', n: 1 })))
    const answer = await s.run(C.run(rows(C.update(t)(() => ({ id: X.randomUuid }), C.everywhere))))
    if (E.isRight(answer)) sameRows(answer.right as readonly unknown[], await s.rows(t))
    else assert.match(`${answer.left._tag}: ${answer.left.message}`, /^Unsupported: .*sets id.*set it as a literal/)
    await s.drop(t)
  })

  test('a failure in the middle leaves nothing, also in a transaction that goes on', async () => {
    await s.create(own)
    await s.right(C.run(C.insertMany(own)(['a', 'b', 'c'].map((sku, n) => ({ sku, n })))))
    const failing: readonly (readonly ['UniqueViolation' | 'NotNullViolation', Write])[] = [
      [
        'UniqueViolation',
        C.run(
          rows(
            C.insertMany(own)([
              { id: 90, sku: 'x', n: 0 },
              { sku: 'y', n: 0 },
              { id: 91, sku: SECRET, n: 0 },
              { sku: 'a', n: 0 },
            ]),
          ),
        ),
      ],
      ['UniqueViolation', C.run(rows(C.update(own)({ sku: SECRET }, C.everywhere)))],
      [
        'UniqueViolation',
        C.run(
          rows(
            C.upsertMany(own)({ target: ['sku'], update: ['n', 'code'] })([
              { sku: 'a', code: 'q', n: 9 },
              { sku: 'b', code: 'q', n: 9 },
            ]),
          ),
        ),
      ],
      [
        'UniqueViolation',
        C.run(
          rows(
            C.insertFrom(own)(
              pipe(
                Q.from(own),
                Q.orderBy(r => [X.asc(r.sku)]),
                Q.map(r => ({ sku: X.coalesce(X.nullIf(X.concat('_', r.sku), '_c'), 'a'), n: r.n })),
              ) as never,
            ),
          ),
        ),
      ],
    ]
    for (const [tag, program] of failing) {
      await s.unchanged([own], tag, program)
      const inside = Program.transaction()(
        pipe(
          C.run(C.insert(own)({ sku: 'kept', n: 1 })),
          RTE.flatMap(() => Program.attempt(program)),
          RTE.flatMap(failed =>
            pipe(
              C.run(rows(C.delete(own)(r => X.eq(r.sku, 'kept')))),
              RTE.map(gone => ({ failed, gone: (gone as readonly unknown[]).length })),
            ),
          ),
        ),
      )
      const answer = (await s.right(inside as never)) as any
      assert.is(answer.failed.left._tag, tag)
      assert.is(answer.gone, 1)
      assert.is((await s.rows(own)).length, 3)
    }
    const undone = Program.withRollback(C.run(rows(C.delete(own)(C.everywhere))))
    assert.is(((await s.right(undone)) as readonly unknown[]).length, 3)
    assert.is((await s.rows(own)).length, 3)
    await s.drop(own)
  })

  test('20,000 rows come, change and go', async () => {
    await s.create(numbered)
    const N = 20_000
    const given = Array.from({ length: N }, (_, n) => ({ n }))
    const added = (await s.right(C.run(rows(C.insertMany(numbered)(given))))) as readonly { readonly id: number; readonly n: number }[]
    assert.ok(added.length === N && added.every((r, i) => r.n === i && (i === 0 || r.id > (added[i - 1]?.id ?? 0))))
    const set = C.update(numbered)(
      r => ({ n: X.plus(r.n, 1), name: X.lit('x') }),
      r => X.gte(r.n, 10),
    )
    sameRows(
      (await s.right(C.run(rows(set)))) as readonly unknown[],
      added.slice(10).map(r => ({ ...r, n: r.n + 1, name: 'x' })),
    )
    const copied = C.insertFrom(numbered)(
      pipe(
        Q.from(numbered),
        Q.where(r => X.lt(r.n, 5_000)),
        Q.orderBy(r => [X.asc(r.n)]),
        Q.map(r => ({ n: r.n, name: r.name })),
      ) as never,
    )
    assert.is(((await s.right(C.run(rows(copied)))) as readonly unknown[]).length, 4_999)
    const gone = (await s.right(C.run(rows(C.delete(numbered)(C.everywhere))))) as readonly unknown[]
    assert.is(gone.length, N + 4_999)
    assert.is((await s.rows(numbered)).length, 0)
    await s.drop(numbered)
  })

  test('in a transaction that only reads a command fails, whether it meets rows or not', async () => {
    await s.create(pairs)
    for (const command of [
      rows(C.delete(pairs)(C.everywhere)),
      rows(C.update(pairs)({ n: 1 }, C.everywhere)),
      rows(C.insert(pairs)({ a: 1, b: '', n: 1 })),
    ]) {
      const answer = await s.run(Program.transaction({ readOnly: true })(C.run(command)))
      assert.ok(E.isLeft(answer), 'a write was done')
    }
    assert.equal(await s.rows(pairs), [])
    await s.drop(pairs)
  })

  if (!engine.single) atOnce(engine, s, test)
  test.run()
}

/** Runs a program again as long as it asks for a retry. */
const again = async <B>(s: Session, program: Program.Program<Program.Db, DbError, B>): Promise<B> => {
  for (let i = 0; ; i += 1) {
    const answer = await s.run(program)
    if (E.isRight(answer)) return answer.right
    assert.ok(['Deadlock', 'SerializationFailure'].includes(answer.left._tag) && i < 100, answer.left.message)
  }
}

const atOnce = (engine: Engine, s: Session, test: ReturnType<typeof suite>): void => {
  const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7]

  test('eight at once delete the same rows: each row is answered once', async () => {
    await s.create(numbered)
    for (const isolation of ['readCommitted', 'repeatableRead', undefined] as const) {
      await s.right(C.run(C.insertMany(numbered)(Array.from({ length: 400 }, (_, n) => ({ n })))))
      const all = await s.rows(numbered)
      const take = (lane: number) => C.run(rows(C.delete(numbered)(r => X.or(X.lt(r.n, 100), X.eq(X.rem(r.n, 8), lane)))))
      const taken = await Promise.all(
        EIGHT.map(lane => again(s, isolation === undefined ? take(lane) : Program.transaction({ isolation })(take(lane)))),
      )
      sameRows(taken.flat() as readonly unknown[], all, `${isolation}`)
      assert.is((await s.rows(numbered)).length, 0)
    }
    await s.drop(numbered)
  })

  test('eight at once claim jobs: each job has one owner', async () => {
    const jobs = table('returned_job', { id: int, owner: nullable(int) }, { primaryKey: ['id'] })
    await s.create(jobs)
    await s.right(C.run(C.insertMany(jobs)(Array.from({ length: 40 }, (_, id) => ({ id })))))
    const claim = (owner: number, from: number) =>
      C.run(
        pipe(
          C.update(jobs)({ owner }, job => X.and(X.isNull(job.owner), X.gte(job.id, from), X.lt(job.id, from + 10))),
          C.returning(job => ({ id: job.id, owner: job.owner })),
        ),
      )
    const claimed = await Promise.all(EIGHT.flatMap(owner => [0, 10, 20, 30].map(from => again(s, claim(owner, from)))))
    sameRows(claimed.flat(), await s.rows(jobs))
    assert.is(claimed.flat().length, 40)
    await s.drop(jobs)
  })

  test('eight at once insert many rows: each is answered the keys of its own', async () => {
    await s.create(numbered)
    const insert = (lane: number, round: number) =>
      C.run(
        pipe(
          C.insertMany(numbered)(
            Array.from({ length: 1 + ((lane * 7 + round) % 40) }, (_, i) => ({ n: lane * 10_000 + round * 100 + i, name: `${lane}` })),
          ),
          C.returning(r => ({ id: r.id, n: r.n, name: r.name })),
        ),
      )
    const lane = async (n: number): Promise<readonly unknown[]> => {
      const found: unknown[] = []
      for (let round = 0; round < 25; round += 1) {
        const answered = await again(s, insert(n, round))
        assert.equal(
          answered.map(r => r.n),
          answered.map((_, i) => n * 10_000 + round * 100 + i),
        )
        assert.ok(answered.every(r => r.name === `${n}`))
        found.push(...answered)
      }
      return found
    }
    sameRows((await Promise.all(EIGHT.map(lane))).flat(), await s.rows(numbered))
    await s.drop(numbered)
  })

  test('eight at once update by a query, and upsert: what is answered is what was written', async () => {
    await s.create(pairs)
    await s.right(C.run(C.insertMany(pairs)([0, 1, 2, 3].map(a => ({ a, b: 'x', n: 0 })))))
    const source = Q.of({ by: X.lit(1) })
    const add = C.run(
      pipe(
        C.updateFrom(pairs)(
          source,
          p => X.lt(p.a, 3),
          (p, r) => ({ n: X.plus(p.n, r.by) }),
        ),
        C.returning(p => ({ a: p.a, n: p.n })),
      ),
    )
    const answers = (await Promise.all(EIGHT.map(() => again(s, add)))).flat()
    for (const a of [0, 1, 2])
      assert.equal(
        answers
          .filter(r => r.a === a)
          .map(r => r.n)
          .sort(),
        EIGHT.map(n => n + 1),
      )
    const count = C.run(
      pipe(
        C.upsert(pairs)({ target: ['a', 'b'], update: old => ({ n: X.plus(old.n, 1) }) })({ a: 7, b: 'new', n: 1 }),
        C.returning(p => p.n),
      ),
    )
    assert.equal(
      (await Promise.all(EIGHT.map(() => again(s, count)))).sort(),
      EIGHT.map(n => n + 1),
    )
    await s.drop(pairs)
  })

  test('who gives up while others hold the rows has written nothing', async () => {
    await s.create(pairs)
    await s.right(C.run(C.insert(pairs)({ a: 1, b: 'x', n: 1 })))
    const commands = [
      rows(C.delete(pairs)(C.everywhere)),
      rows(C.update(pairs)({ n: 7 }, C.everywhere)),
      rows(C.upsert(pairs)({ target: ['a', 'b'], update: ['n'] })({ a: 1, b: 'x', n: 7 })),
    ]
    const meanwhile = async (): Promise<E.Either<DbError, undefined>> => {
      for (const command of commands) {
        const giving = new AbortController()
        const waiting = C.run(command)({ db: abortable(giving.signal)(s.db) })()
        setTimeout(() => giving.abort(), 60)
        const answer = await waiting
        assert.is(E.isLeft(answer) && answer.left._tag, 'Cancelled')
      }
      return E.right(undefined)
    }
    const holding = pipe(
      C.run(C.update(pairs)({ n: 2 }, C.everywhere)),
      RTE.chainTaskEitherK(() => meanwhile),
    )
    await s.right(Program.transaction()(holding))
    assert.equal(await s.rows(pairs), [{ a: 1, b: 'x', n: 2 }])
    await s.drop(pairs)
  })

  if (!/mysql|mariadb/.test(engine.name)) return
  test('a row that is written as it is answers as it is now, not as the transaction has first seen it', async () => {
    await s.create(pairs)
    await s.right(C.run(C.insert(pairs)({ a: 1, b: 'x', n: 1 })))
    const set = C.run(rows(C.update(pairs)({ n: 2 }, p => X.eq(p.a, 1))))
    const put = C.run(rows(C.upsert(pairs)({ target: ['a', 'b'], update: ['n'] })({ a: 1, b: 'x', n: 2 })))
    for (const write of [set, put]) {
      await s.right(C.run(C.update(pairs)({ n: 1 }, C.everywhere)))
      const inside = Program.transaction({ isolation: 'repeatableRead' })(
        pipe(
          Q.all(Q.from(pairs)),
          RTE.chainTaskEitherK(() => async () => E.right(await s.right(C.run(C.update(pairs)({ n: 2 }, C.everywhere))))),
          RTE.flatMap(() => write),
        ),
      )
      assert.equal([await s.right(inside as never)].flat(), [{ a: 1, b: 'x', n: 2 }])
    }
    await s.drop(pairs)
  })

  test('a key that the table keeps in another form: nothing is written, and it is said', async () => {
    const t = table('returned_rounded', { at: timestamp, n: int }, { primaryKey: ['at'] })
    await s.right(Program.raw({})`CREATE TABLE returned_rounded (at datetime PRIMARY KEY, n int NOT NULL)`)
    const at = (ms: number): Date => new Date(Date.UTC(2024, 0, 1, 0, 0, 0, ms))
    await s.right(C.run(C.insertMany(t)([{ at: at(0), n: 1 }])))
    const update = rows(C.update(t)({ at: at(1_400) }, C.everywhere))
    const e = await s.unchanged([t], 'Unsupported', C.run(update))
    assert.match(e.message, /not found by the key that was written/)
    await s.drop(t)
  })

  test('a row of a query that JavaScript would not hold is inserted as it is', async () => {
    const t = table('returned_wide', { id: int, data: nullable(anyJson), at: nullable(timestamp) }, { primaryKey: ['id'] })
    await s.right(Program.raw({})`CREATE TABLE returned_wide (id int PRIMARY KEY, data json, at datetime(6))`)
    await s.right(Program.raw({})`INSERT INTO returned_wide VALUES (1, '{"n": 12345678901234567891}', '2024-01-01 00:00:00.123456')`)
    const copied = C.insertFrom(t)(
      pipe(
        Q.from(t),
        Q.map(r => ({ id: X.plus(r.id, 1), data: r.data, at: r.at })),
      ) as never,
    )
    const ids = C.returning((r: { readonly id: X.Expr<number> }) => r.id)(copied as never)
    assert.equal(await s.right(C.run(ids as never)), [2])
    const same = await s.right(
      Program.raw({
        n: int,
      })`SELECT count(*) FROM returned_wide WHERE json_extract(data, '$.n') = 12345678901234567891 AND microsecond(at) = 123456`,
    )
    assert.equal(same, [{ n: 2 }])
    await s.drop(t)
  })

  test('generated keys that are not one apart', async () => {
    await s.create(numbered)
    const inserted = Program.transaction()(
      pipe(
        Program.raw({})`SET SESSION auto_increment_increment = 5`,
        RTE.flatMap(() => C.run(rows(C.insertMany(numbered)([1, 2, 3].map(n => ({ n })))))),
        RTE.tap(() => Program.raw({})`SET SESSION auto_increment_increment = 1`),
      ),
    )
    const answered = (await s.right(inserted as never)) as readonly { readonly id: number; readonly n: number }[]
    assert.equal(
      answered.map(r => r.n),
      [1, 2, 3],
    )
    assert.is((answered[1]?.id ?? 0) - (answered[0]?.id ?? 0), 5)
    await s.drop(numbered)
  })
}

for (const engine of engines) onEngine(engine)
