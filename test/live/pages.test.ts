/**
 * Pages and look-ups by many keys on every engine, beyond the laws: rows that are inserted and deleted between two pages, invalid
 * cursors, the number of statements.
 */

import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import { anyJson, bytes, type Decimal, int, nullable, numeric, storedText, text, timestamp } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { asc, desc, eq, gt } from '../../lib/Expr.js'
import type { Interpreter, SqlOp } from '../../lib/Interpreter.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { type Engine, engines, using } from './eachEngine.js'

const events = table(
  'page_event',
  { id: int, at: nullable(timestamp), price: numeric(8, 2), mark: bytes, name: text },
  { primaryKey: ['id'] },
)
const all = Q.from(events)
const at = (day: number): Date => new Date(Date.UTC(2024, 0, day))
const event = (id: number) => ({
  id,
  at: id % 4 === 0 ? null : at(1 + (id % 3)),
  price: `${id % 5}.50` as Decimal,
  mark: Uint8Array.of(id % 256, id >> 8),
  name: `n${id}`,
})

/** An interpreter that counts operations. */
const counting = (db: Interpreter<SqlOp>): { readonly db: Interpreter<SqlOp>; readonly asked: () => number } => {
  let asked = 0
  const perform: Interpreter<SqlOp>['perform'] = op => {
    asked += 1
    return db.perform(op)
  }
  return { db: { ...db, perform }, asked: () => asked }
}

const latest = { orderBy: (e: { readonly at: any; readonly id: any }) => [desc(e.at), asc(e.id)], size: 3 }

const pages = (engine: Engine): void => {
  const test = suite(`pages on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.create(events)
  })
  test.before.each(async () => {
    await s.right(C.run(C.delete(events)(C.everywhere)))
    await s.right(C.run(C.insertMany(events)(Array.from({ length: 12 }, (_, i) => event(i + 1)))))
  })

  const ids = async (more: (seen: readonly number[]) => Promise<void>): Promise<readonly number[]> => {
    const seen: number[] = []
    let after: string | null = null
    do {
      const page: Q.Page<{ readonly id: number }> = await s.right(Q.page({ ...latest, after })(all))
      seen.push(...page.rows.map(r => r.id))
      after = page.next
      await more(seen)
    } while (after !== null)
    return seen
  }

  test('each row once, nulls first where the order is descending', async () => {
    assert.equal(await ids(async () => undefined), [4, 8, 12, 2, 5, 11, 1, 7, 10, 3, 6, 9])
  })

  test('rows that are inserted meanwhile repeat no other, rows that are deleted hide no other', async () => {
    let next = 100
    const gone: number[] = []
    const seen = await ids(async so => {
      // one before everything that was seen, one after it, and one that was seen goes
      await s.right(
        C.run(
          C.insertMany(events)([
            { ...event(next), at: at(31) },
            { ...event(next + 1), at: at(1) },
          ]),
        ),
      )
      next += 2
      const last = so[so.length - 1] as number
      gone.push(last)
      await s.right(C.run(C.delete(events)(e => eq(e.id, last))))
      if (next > 108) await s.right(C.run(C.delete(events)(e => gt(e.id, 100))))
    })
    assert.is(new Set(seen).size, seen.length, `a row came twice: ${seen}`)
    assert.equal(
      seen.filter(id => id <= 12),
      [4, 8, 12, 2, 5, 11, 1, 7, 10, 3, 6, 9],
    )
    assert.ok(gone.length > 3)
  })

  test('a page that is just full is the last; of no rows there is one', async () => {
    const whole = await s.right(Q.page({ ...latest, size: 12 })(all))
    assert.is(whole.rows.length, 12)
    assert.is(whole.next, null)
    assert.equal(await s.right(Q.page(latest)(Q.zero as typeof all)), { rows: [], next: null })
    assert.equal(await s.right(Q.pageAt({ ...latest, number: 5 })(all)), { rows: [], hasNext: false })
    assert.is((await s.right(Q.pageAt({ ...latest, number: 4 })(all))).hasNext, false)
  })

  test('a cursor of every type of key', async () => {
    const orders: readonly ((e: any) => readonly any[])[] = [
      e => [asc(e.price), desc(e.mark)],
      e => [desc(e.name)],
      e => [asc(e.at), desc(e.price), asc(e.mark), asc(e.id)],
    ]
    for (const orderBy of orders) {
      const whole = (await s.right(Q.page({ orderBy, size: 20 })(all))).rows.map(r => r.id)
      const seen: number[] = []
      for (let after: string | null = null, i = 0; (after !== null || i === 0) && i < 20; i += 1) {
        const page: Q.Page<{ readonly id: number }> = await s.right(Q.page({ orderBy, size: 5, after })(all))
        seen.push(...page.rows.map(r => r.id))
        after = page.next
      }
      assert.equal(seen, whole)
    }
  })

  test('what is no cursor of this order is refused, whatever it is', async () => {
    const first = await s.right(Q.page(latest)(all))
    const other = await s.right(pipe(all, Q.page({ size: 3, orderBy: e => [asc(e.id)] })))
    const forged = (x: unknown): string => Buffer.from(JSON.stringify(x)).toString('base64url')
    const keys = ['timestamp desc', 'int asc']
    const foreign = [
      '',
      'nonsense',
      other.next,
      first.next?.slice(0, 9),
      forged(null),
      forged({ keys, values: [] }),
      forged({ keys, values: ['no day', 1] }),
      forged({ keys, values: [null, 'one'] }),
      forged({ keys, values: [null, { kind: 'expr', node: { tag: 'raw', text: ['1'] } }] }),
    ]
    for (const after of foreign) {
      const error = await s.left('ValidationError', Q.page({ ...latest, after: after as string })(all))
      assert.match(error.message, /cursor/)
    }
    await s.left('ValidationError', Q.page({ ...latest, size: 0 })(all))
    await s.left('ValidationError', Q.page({ ...latest, size: 2.5 })(all))
    await s.left('ValidationError', Q.page({ ...latest, orderBy: () => [] })(all))
    await s.left('ValidationError', Q.pageAt({ ...latest, number: 0 })(all))
    await s.left('ValidationError', Q.pageAt({ ...latest, number: 2 ** 52 })(all))
  })

  test('1,000 look-ups are one statement, 2,500 three', async () => {
    for (const [n, most] of [
      [1_000, 1],
      [2_500, 3],
    ] as const) {
      const { db, asked } = counting(s.db)
      const keys = Array.from({ length: n }, (_, i) => i - 3)
      const answer = await Q.allBy((e: { readonly id: any }) => e.id, keys)(all)({ db })()
      assert.is(answer._tag, 'Right')
      assert.is(asked(), most)
      const found = (answer as { readonly right: readonly (readonly { readonly id: number }[])[] }).right
      assert.equal(
        found.map(rows => rows.map(r => r.id)),
        keys.map(k => (k >= 1 && k <= 12 ? [k] : [])),
      )
    }
  })

  test('look-ups keep the order of the query and of the keys, and know equal keys again', async () => {
    const sorted = Q.orderBy((e: { readonly id: any }) => [desc(e.id)])(all)
    const byPrice = await s.right(Q.allBy((e: { readonly price: any }) => e.price, ['1.5', '0.50', '1.50', '9.50', '0.505'])(sorted))
    assert.equal(
      byPrice.map(rows => rows.map(r => r.id)),
      [[11, 6, 1], [10, 5], [11, 6, 1], [], []],
    )
    const byTime = await s.right(Q.allBy((e: { readonly at: any }) => e.at, [at(1), at(9)])(sorted))
    assert.equal(
      byTime.map(rows => rows.map(r => r.id)),
      [[9, 6, 3], []],
    )
    const names = await s.right(Q.optionBy((e: { readonly name: any }) => e.name, ['n3', 'N3', 'n99'])(Q.mapRow((e: any) => e.id)(all)))
    assert.equal(names, [O.some(3), O.none, O.none])
    assert.equal(await s.right(Q.allBy((e: { readonly id: any }) => e.id, [])(all)), [])
    assert.equal(await s.right(Q.allBy((e: any) => e.id, [1])(Q.zero)), [[]])
  })

  test('bad keys are refused, with their place', async () => {
    const byId = (keys: readonly unknown[]) => Q.allBy((e: any) => e.id, keys as never)(all)
    for (const keys of [
      [1, null],
      [1, 'two'],
      [1, undefined],
      [1, {}],
    ]) {
      assert.equal((await s.left('ValidationError', byId(keys))).path.slice(0, 2), ['keys', '1'])
    }
    await s.left('ValidationError', byId('abc' as never))
    await s.left('ValidationError', Q.allBy((e: any) => e.nope, [1])(all))
    await s.left('TooManyRows' as never, Q.optionBy((e: any) => e.price, ['0.50'])(all))
    await s.left('ValidationError', Q.allBy((e: any) => e.x, [{}] as never)(Q.values({ x: anyJson })([{ x: {} }])))
    await s.left('Unsupported', Q.allBy((e: any) => e.x, ['a'])(Q.values({ x: storedText })([{ x: 'A' }])))
  })

  test.run()
}

for (const engine of engines) pages(engine)
