/**
 * S30 and S32: inserts, updates, deletes and upserts.
 *
 * Each is checked for its number of rows and for its returned rows, and then the table is read. Generated keys, defaults, commands of
 * more rows than a statement takes, and commands that fail in the middle or in their reply are among them.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as Agg from '../../../lib/Agg.js'
import * as C from '../../../lib/Column.js'
import * as Command from '../../../lib/Command.js'
import { everywhere } from '../../../lib/Command.js'
import * as Ex from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import { table } from '../../../lib/Table.js'
import { ask, type Clause, check, create, equal, equalBags, fails, isTrue, refuses } from './check.js'
import { facts } from './violations.js'

const { run, insert, insertMany, insertFrom, update, upsert, returning } = Command

const numbered = (name: string) => table(name, { id: C.generated(C.int), name: C.text, n: C.nullable(C.int) })

const isAscending = (ids: readonly number[]): boolean => ids.every((id, i) => i === 0 || id > (ids[i - 1] as number))

const inserts: readonly Clause[] = [
  check(30, 'insert takes one row and returns 1, or the row of returning', async db => {
    const t = numbered('inserted')
    await create(db, t)
    equal(await ask(db, run(insert(t)({ name: 'a' }))), 1)
    const row = await ask(
      db,
      run(
        pipe(
          insert(t)({ name: 'b', n: 7 }),
          returning(r => ({ id: r.id, twice: Ex.times(r.n, 2), name: Ex.upper(r.name) })),
        ),
      ),
    )
    equal(row, { id: 2, twice: 14, name: 'B' })
    equalBags(await ask(db, Q.all(Q.from(t))), [
      { id: 1, name: 'a', n: null },
      { id: 2, name: 'b', n: 7 },
    ])
  }),
  check(30, 'insertMany takes many and returns their number, or a list in input order', async db => {
    const t = numbered('inserted_many')
    await create(db, t)
    equal(await ask(db, run(insertMany(t)([{ name: 'a' }, { name: 'b', n: 1 }]))), 2)
    const names = ['z', 'm', 'a', 'z', 'b']
    const rows = await ask(
      db,
      run(
        pipe(
          insertMany(t)(names.map((name, n) => ({ name, n }))),
          returning(r => ({ id: r.id, name: r.name, n: r.n })),
        ),
      ),
    )
    equal(
      rows.map(r => [r.name, r.n]),
      names.map((name, n) => [name, n]),
    )
    isTrue(isAscending(rows.map(r => r.id)), 'keys grow in input order')
    equal(await ask(db, Q.count(Q.from(t))), 7)
  }),
  check(30, 'insertMany of more rows than one statement takes is still one command', async db => {
    const t = table('inserted_in_bulk', { id: C.generated(C.int), a: C.int, b: C.nullable(C.int), c: C.text, d: C.nullable(C.boolean) })
    await create(db, t)
    const rows = Array.from({ length: 17_000 }, (_, i) => ({ a: 17_000 - i, b: i % 3 === 0 ? null : i, c: `${i}`, d: i % 2 === 0 }))
    const answer = await ask(
      db,
      run(
        pipe(
          insertMany(t)(rows),
          returning(r => ({ id: r.id, a: r.a })),
        ),
      ),
    )
    equal(answer.length, rows.length)
    isTrue(
      answer.every((r, i) => r.a === rows[i]?.a),
      'in input order',
    )
    equal(
      await ask(
        db,
        Q.all(
          pipe(
            Q.from(t),
            Q.aggregate(r => ({ n: Agg.countAll, a: Agg.sum(r.a), b: Agg.count(r.b) })),
          ),
        ),
      ),
      [{ n: 17_000, a: 144_508_500, b: 17_000 - 5667 }],
    )
  }),
  check(30, 'insertMany of rows with different columns gives each its defaults', async db => {
    const t = table(
      'defaulted',
      { id: C.int, n: pipe(C.int, C.withDefault(7)), s: pipe(C.nullable(C.text), C.withDefault('d')), u: C.nullable(C.text) },
      { primaryKey: ['id'] },
    )
    await create(db, t)
    await ask(db, run(insertMany(t)([{ id: 1 }, { id: 2, n: 0, s: null, u: 'u' }, { id: 3, s: '' }])))
    await ask(db, run(insert(t)({ id: 4, u: null })))
    equalBags(await ask(db, Q.all(Q.from(t))), [
      { id: 1, n: 7, s: 'd', u: null },
      { id: 2, n: 0, s: null, u: 'u' },
      { id: 3, n: 7, s: '', u: null },
      { id: 4, n: 7, s: 'd', u: null },
    ])
  }),
  check(30, 'insertMany is atomic', async db => {
    const t = table('all_or_none', { id: C.int }, { primaryKey: ['id'] })
    await create(db, t)
    await ask(db, run(insert(t)({ id: 500 })))
    await fails(db, 'UniqueViolation', run(insertMany(t)(Array.from({ length: 1000 }, (_, id) => ({ id })))))
    equal(await ask(db, Q.all(Q.from(t))), [{ id: 500 }])
  }),
  check(30, 'a command whose result does not decode is rolled back', async db => {
    const t = table('undecoded', { id: C.int, n: C.bigint }, { primaryKey: ['id'] })
    await create(db, t)
    const answering = returning((r: { readonly n: Ex.Expr<bigint> }) => ({ n: Ex.plus(r.n, 9223372036854775807n) }))
    await ask(db, run(insert(t)({ id: 1, n: 0n })))
    await fails(db, 'NumericOverflow', run(pipe(insert(t)({ id: 2, n: 1n }), answering)))
    await fails(
      db,
      'NumericOverflow',
      run(
        pipe(
          insertMany(t)([
            { id: 2, n: 0n },
            { id: 3, n: 1n },
          ]),
          answering,
        ),
      ),
    )
    await fails(db, 'NumericOverflow', run(pipe(update(t)({ n: 1n }, everywhere), answering)))
    await ask(db, run(update(t)({ n: 2n }, everywhere)))
    await fails(db, 'NumericOverflow', run(pipe(Command.delete(t)(everywhere), answering)))
    equal(await ask(db, Q.all(Q.from(t))), [{ id: 1, n: 2n }])
  }),
  check(30, 'a generated column that is not the primary key is generated, too', async db => {
    const t = table('numbered_beside', { code: C.text, nth: C.generated(C.int) }, { primaryKey: ['code'] })
    await create(db, t)
    await ask(db, run(insertMany(t)([{ code: 'a' }, { code: 'b' }])))
    const nths = pipe(
      Q.from(t),
      Q.orderBy(r => [Ex.asc(r.code)]),
      Q.map(r => r.nth),
    )
    isTrue(isAscending(await ask(db, Q.all(nths))), 'numbers grow')
  }),
  check(30, 'insertMany of no rows is refused before anything is sent', async db => {
    const t = numbered('inserted_none')
    await create(db, t)
    await refuses(db, 'ValidationError', run(insertMany(t)([])))
  }),
  check(30, 'insertFrom inserts the rows of a query', async db => {
    const t = numbered('inserted_from')
    await create(db, t)
    await ask(db, run(insertMany(t)([{ name: 'a', n: 1 }, { name: 'b' }])))
    const copies = pipe(
      Q.from(t),
      Q.orderBy(r => [Ex.desc(r.id)]),
      Q.map(r => ({ name: Ex.concat(r.name, '!'), n: Ex.coalesce(r.n, 0) })),
    )
    equal(await ask(db, run(insertFrom(t)(copies))), 2)
    equal(
      await ask(
        db,
        run(
          insertFrom(t)(
            pipe(
              copies,
              Q.where(r => Ex.eq(r.name, 'none')),
            ),
          ),
        ),
      ),
      0,
    )
    equalBags(
      (await ask(db, Q.all(Q.from(t)))).map(r => [r.name, r.n]),
      [
        ['a', 1],
        ['b', null],
        ['a!', 1],
        ['b!', 0],
      ],
    )
  }),
  check(30, 'update and delete without a condition are refused; everywhere is every row', async db => {
    const t = numbered('everywhere_rows')
    await create(db, t)
    await ask(db, run(insertMany(t)([{ name: 'a' }, { name: 'b' }])))
    const nowhere = undefined as unknown as () => Ex.Pred
    await fails(db, 'ValidationError', run(update(t)({ n: 1 }, nowhere)))
    await fails(db, 'ValidationError', run(Command.delete(t)(nowhere)))
    equal(await ask(db, Q.count(Q.from(t))), 2)
    equal(await ask(db, run(update(t)({ n: 1 }, everywhere))), 2)
    equal(await ask(db, run(Command.delete(t)(everywhere))), 2)
    equal(await ask(db, Q.count(Q.from(t))), 0)
  }),
  check(30, 'update sets values, or expressions over the old row, where its condition is true; returning is of the new row', async db => {
    const t = numbered('updated')
    await create(db, t)
    await ask(db, run(insertMany(t)([{ name: 'a', n: 1 }, { name: 'b' }, { name: 'c', n: 3 }])))
    equal(
      await ask(
        db,
        run(
          update(t)(
            r => ({ n: Ex.plus(r.n, 10), name: Ex.concat(r.name, '!') }),
            r => Ex.gt(r.n, 0),
          ),
        ),
      ),
      2,
    )
    equal(await ask(db, run(update(t)({ n: 0 }, r => Ex.eq(r.name, 'nobody')))), 0)
    equal(await ask(db, run(update(t)({ n: 11 }, r => Ex.eq(r.n, 11)))), 1)
    const rows = await ask(
      db,
      run(
        pipe(
          update(t)({ n: null, name: 'x' }, r => Ex.isNotNull(r.n)),
          returning(r => r),
        ),
      ),
    )
    equalBags(rows, [
      { id: 1, name: 'x', n: null },
      { id: 3, name: 'x', n: null },
    ])
    await ask(db, run(update(t)(r => ({ name: Ex.concat(r.name, '1'), n: Ex.length(r.name) }), everywhere)))
    equalBags(await ask(db, Q.all(Q.from(t))), [
      { id: 1, name: 'x1', n: 1 },
      { id: 2, name: 'b1', n: 1 },
      { id: 3, name: 'x1', n: 1 },
    ])
  }),
  check(30, 'delete returns their number, or the old rows', async db => {
    const t = numbered('deleted')
    await create(db, t)
    await ask(db, run(insertMany(t)([{ name: 'a', n: 1 }, { name: 'b' }, { name: 'c', n: 3 }])))
    equal(await ask(db, run(Command.delete(t)(r => Ex.lt(r.n, 2)))), 1)
    const gone = await ask(
      db,
      run(
        pipe(
          Command.delete(t)(r => Ex.isNull(r.n)),
          returning(r => r),
        ),
      ),
    )
    equal(gone, [{ id: 2, name: 'b', n: null }])
    equal(await ask(db, Q.all(Q.from(t))), [{ id: 3, name: 'c', n: 3 }])
  }),
  check(30, 'generated keys grow, also after rows are deleted, after a failed insert and next to given keys', async db => {
    const t = table('growing', { id: C.generated(C.int), name: pipe(C.text, C.unique) })
    await create(db, t)
    const add = async (name: string, id?: number): Promise<number> =>
      (
        await ask(
          db,
          run(
            pipe(
              insert(t)(id === undefined ? { name } : { name, id }),
              returning(r => ({ id: r.id })),
            ),
          ),
        )
      ).id
    const ids = [await add('a'), await add('b')]
    await ask(db, run(Command.delete(t)(r => Ex.eq(r.name, 'b'))))
    ids.push(await add('c'))
    await fails(db, 'UniqueViolation', run(insert(t)({ name: 'a' })))
    ids.push(await add('d'))
    ids.push(await add('e', 100))
    ids.push(await add('f'))
    isTrue(isAscending(ids), ids.join(', '))
    equal(ids[4], 100)
  }),
  check(30, 'a value for an unknown column, or a missing value, is refused before anything is sent', async db => {
    const t = numbered('refused_rows')
    await create(db, t)
    await refuses(db, 'ValidationError', run(insert(t)({} as { name: string })))
    await refuses(db, 'ValidationError', run(insert(t)({ name: 'a', other: 1 } as { name: string })))
    await refuses(db, 'ValidationError', run(insert(t)({ name: 1 as unknown as string })))
    await refuses(db, 'ValidationError', run(insert(t)({ name: null as unknown as string })))
    const { path } = await refuses(db, 'ValidationError', run(insertMany(t)([{ name: 'a' }, { name: 2 as unknown as string }])))
    equal(path, ['refused_rows', '1', 'name'])
    equal(await ask(db, Q.count(Q.from(t))), 0)
  }),
]

const stock = (name: string) =>
  table(
    name,
    { id: C.generated(C.int), sku: pipe(C.text, C.unique), barcode: pipe(C.nullable(C.text), C.unique), n: C.int },
    { uniques: [['sku', 'n']] },
  )

const upserts: readonly Clause[] = [
  check(32, 'upsert inserts, or updates the named columns of the row with the same target key', async db => {
    const t = stock('stock_kept')
    await create(db, t)
    const put = upsert(t)({ target: ['sku'], update: ['n'] })
    equal(await ask(db, run(put({ sku: 'a', n: 1, barcode: 'first' }))), 1)
    equal(await ask(db, run(put({ sku: 'a', n: 2, barcode: 'second' }))), 1)
    equal(await ask(db, run(put({ sku: 'b', n: 3 }))), 1)
    const row = await ask(
      db,
      run(
        pipe(
          put({ sku: 'a', n: 5 }),
          returning(r => ({ sku: r.sku, n: r.n, barcode: r.barcode })),
        ),
      ),
    )
    equal(row, { sku: 'a', n: 5, barcode: 'first' })
    const rows = await ask(
      db,
      Q.all(
        pipe(
          Q.from(t),
          Q.map(r => ({ sku: r.sku, n: r.n, barcode: r.barcode })),
        ),
      ),
    )
    equalBags(rows, [
      { sku: 'a', n: 5, barcode: 'first' },
      { sku: 'b', n: 3, barcode: null },
    ])
  }),
  check(32, 'a conflict with another key than the target is UniqueViolation', async db => {
    const t = stock('stock_other')
    await create(db, t)
    await ask(
      db,
      run(
        insertMany(t)([
          { sku: 'a', n: 1, barcode: 'x' },
          { sku: 'b', n: 1, barcode: 'y' },
        ]),
      ),
    )
    const put = upsert(t)({ target: ['sku'], update: ['n', 'barcode'] })
    const expected = { _tag: 'UniqueViolation', table: 'stock_other', constraint: 'stock_other_barcode_key', columns: ['barcode'] }
    equal(facts(await fails(db, 'UniqueViolation', run(put({ sku: 'c', n: 1, barcode: 'x' })))), expected)
    equal(facts(await fails(db, 'UniqueViolation', run(put({ sku: 'a', n: 1, barcode: 'y' })))), expected)
    equal(await ask(db, run(put({ sku: 'a', n: 1, barcode: 'z' }))), 1)
    equal(await ask(db, Q.count(Q.from(t))), 2)
  }),
  check(32, 'a target that is no unique key is refused before anything is sent', async db => {
    const t = stock('stock_refused')
    await create(db, t)
    await refuses(db, 'ValidationError', run(upsert(t)({ target: ['n'], update: ['sku'] })({ sku: 'a', n: 1 })))
    await refuses(db, 'ValidationError', run(upsert(t)({ target: [], update: ['sku'] })({ sku: 'a', n: 1 })))
    await refuses(db, 'ValidationError', run(upsert(t)({ target: ['sku'], update: [] })({ sku: 'a', n: 1 })))
    await refuses(db, 'ValidationError', run(upsert(t)({ target: ['sku'], update: ['barcode'] })({ sku: 'a', n: 1 })))
    equal(await ask(db, Q.count(Q.from(t))), 0)
  }),
  check(32, 'a target of several columns conflicts where all of them are equal', async db => {
    const t = table('stock_places', { shop: C.int, item: C.text, n: C.int }, { primaryKey: ['shop', 'item'] })
    await create(db, t)
    const put = upsert(t)({ target: ['item', 'shop'], update: ['n'] })
    for (const [shop, item, n] of [
      [1, 'a', 1],
      [1, 'A', 2],
      [2, 'a', 3],
      [1, 'a', 4],
      [1, 'a ', 5],
    ] as const)
      await ask(db, run(put({ shop, item, n })))
    equalBags(await ask(db, Q.all(Q.from(t))), [
      { shop: 1, item: 'a', n: 4 },
      { shop: 1, item: 'A', n: 2 },
      { shop: 2, item: 'a', n: 3 },
      { shop: 1, item: 'a ', n: 5 },
    ])
  }),
  check(32, 'outcome returns whether the row was inserted or updated', async db => {
    const t = stock('stock_told')
    await create(db, t)
    const grow = upsert(t)({ target: ['sku'], update: ['n'], where: (old, offered) => Ex.gt(offered.n, old.n) })
    const told: Command.Outcome[] = []
    for (const n of [1, 2, 2, 1, 3]) told.push(await ask(db, run(Command.outcome(grow({ sku: 'a', n })))))
    equal(told, ['inserted', 'updated', 'unchanged', 'unchanged', 'updated'])
  }),
  check(32, 'an update may be computed from the old and the offered row, and an upsert may do nothing', async db => {
    const t = stock('stock_computed')
    await create(db, t)
    const add = upsert(t)({ target: ['sku'], update: (old, offered) => ({ n: Ex.plus(old.n, offered.n) }) })
    for (const n of [1, 2, 4]) equal(await ask(db, run(add({ sku: 'a', n }))), 1)
    const keep = upsert(t)({ target: ['sku'], update: 'nothing' })
    equal(await ask(db, run(keep({ sku: 'a', n: 100 }))), 0)
    equal(await ask(db, run(keep({ sku: 'b', n: 100 }))), 1)
    const rows = pipe(
      Q.from(t),
      Q.map(r => ({ sku: r.sku, n: r.n })),
    )
    equalBags(await ask(db, Q.all(rows)), [
      { sku: 'a', n: 7 },
      { sku: 'b', n: 100 },
    ])
  }),
  check(30, 'updateMany updates rows by a key; updateFrom by the rows of a query, of which each row matches one at most', async db => {
    const t = stock('stock_by_rows')
    await create(db, t)
    await ask(
      db,
      run(
        insertMany(t)([
          { sku: 'a', n: 1 },
          { sku: 'b', n: 2 },
          { sku: 'c', n: 3 },
        ]),
      ),
    )
    const set = Command.updateMany(t)(['sku'])
    equal(
      await ask(
        db,
        run(
          set([
            { sku: 'c', n: 30 },
            { sku: 'x', n: 40 },
            { sku: 'a', n: 10 },
          ]),
        ),
      ),
      2,
    )
    const numbers = pipe(
      Q.from(t),
      Q.map(r => r.n),
    )
    equalBags(await ask(db, Q.all(numbers)), [10, 2, 30])
    const larger = Command.updateFrom(t)(
      Q.from(t),
      (row, other) => Ex.gt(other.n, row.n),
      (_, other) => ({ n: other.n }),
    )
    await fails(db, 'TooManyRows', run(larger))
    equalBags(await ask(db, Q.all(numbers)), [10, 2, 30])
  }),
  check(32, 'upsertMany is upserts in order, all or none; the same key twice is refused before anything is sent', async db => {
    const t = stock('stock_many')
    await create(db, t)
    const put = Command.upsertMany(t)({ target: ['sku'], update: (old, offered) => ({ n: Ex.plus(old.n, offered.n) }) })
    const rows = [
      { sku: 'a', n: 1 },
      { sku: 'b', n: 2 },
    ]
    equal(await ask(db, run(put(rows))), 2)
    equal(await ask(db, run(put(rows))), 2)
    await refuses(db, 'ValidationError', run(put([...rows, { sku: 'a', n: 3 }])))
    const numbers = pipe(
      Q.from(t),
      Q.map(r => r.n),
    )
    equalBags(await ask(db, Q.all(numbers)), [2, 4])
  }),
]

export const writes: readonly Clause[] = [...inserts, ...upserts]
