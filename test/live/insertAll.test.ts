/**
 * Rows from sources on every engine: all or none, sources that throw, that are left early, that yield nothing or nonsense, progress.
 */

import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { generated, int, unique } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const things = table('sourced', { id: generated(int), n: unique(int) })

const no = (x: unknown): never => x as never

/** A source that reports how it ended. */
const watched = (count: number, at: (i: number) => unknown = i => ({ n: i })) => {
  const seen = { given: 0, closed: 0 }
  const source = {
    [Symbol.iterator]: () => ({
      next: () => {
        if (seen.given >= count) return { done: true as const, value: undefined }
        seen.given += 1
        return { done: false as const, value: at(seen.given) as { readonly n: number } }
      },
      return: () => {
        seen.closed += 1
        return { done: true as const, value: undefined }
      },
    }),
  }
  return { seen, source }
}

const later = async function* (rows: Iterable<{ readonly n: number }>) {
  for (const row of rows) {
    await Promise.resolve()
    yield row
  }
}

for (const engine of engines) {
  const test = suite(`insertAll on ${engine.name}`)
  const s = using(engine, test)
  const count = () => s.right(Q.count(Q.from(things)))
  test('inserts all rows in order, and tells how far it is', async () => {
    await s.create(things)
    const told: number[] = []
    const { seen, source } = watched(25)
    assert.is(await s.right(C.insertAll(things)(source, { size: 10, onProgress: n => told.push(n) })), 25)
    assert.equal(told, [10, 20, 25])
    assert.equal(seen, { given: 25, closed: 0 })
    const ns = pipe(
      Q.from(things),
      Q.orderBy(t => [X.asc(t.id)]),
      Q.map(t => t.n),
    )
    assert.equal(
      await s.right(Q.all(ns)),
      Array.from({ length: 25 }, (_, i) => i + 1),
    )
  })
  test('takes what comes later, and a function each time that it runs', async () => {
    await s.right(C.run(C.delete(things)(C.everywhere)))
    assert.is(await s.right(C.insertAll(things)(later([{ n: 1 }, { n: 2 }, { n: 3 }]), { size: 2 })), 3)
    let from = 10
    const again = C.insertAll(things)(() => [{ n: (from += 1) }])
    assert.is(await s.right(again), 1)
    assert.is(await s.right(again), 1)
    assert.is(await count(), 5)
    assert.is(await s.right(C.insertAll(things)([])), 0)
    assert.is(await s.right(C.insertAll(things)([{ n: 100 }, { n: 101 }], { size: 1 })), 2)
  })
  test('a violation undoes what was inserted before it, and the source is asked no more', async () => {
    const { seen, source } = watched(1000, i => ({ n: i < 25 ? 1000 + i : 1001 }))
    await s.unchanged([things], 'UniqueViolation', C.insertAll(things)(source, { size: 10 }))
    assert.equal(seen, { given: 30, closed: 1 })
  })
  test('a row that is none is refused by its place among all', async () => {
    const { seen, source } = watched(1000, i => ({ n: i === 24 ? 'x' : 2000 + i }))
    const e = await s.unchanged([things], 'ValidationError', C.insertAll(things)(no(source), { size: 10 }))
    assert.equal(e.path, ['sourced', '23', 'n'])
    assert.is(seen.closed, 1)
    const alone = await s.unchanged([things], 'ValidationError', C.insertAll(things)(no([{ n: 1 }, null])))
    assert.equal(alone.path, ['sourced', '1'])
  })
  test('a source that throws undoes all', async () => {
    const { seen, source } = watched(1000, i => {
      if (i === 15) throw new Error('the file ended')
      return { n: 3000 + i }
    })
    const e = await s.unchanged([things], 'CallbackFailed', C.insertAll(things)(source, { size: 10 }))
    assert.match(e.message, /source of insertAll threw: the file ended/)
    assert.is(seen.closed, 0)
    await s.unchanged(
      [things],
      'CallbackFailed',
      C.insertAll(things)(() => {
        throw new Error('no such file')
      }),
    )
    const rejecting = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('gone')) }) }
    await s.unchanged([things], 'CallbackFailed', C.insertAll(things)(rejecting))
    const told = watched(100)
    const failing = C.insertAll(things)(watched(100, i => ({ n: 4000 + i })).source, {
      size: 10,
      onProgress: () => {
        throw new Error('no more')
      },
    })
    assert.match((await s.unchanged([things], 'CallbackFailed', failing)).message, /onProgress/)
    assert.is(told.seen.given, 0)
  })
  test('nonsense is refused', async () => {
    for (const rows of [null, undefined, 7, {}, 'rows', () => 7]) {
      await s.unchanged([things], 'ValidationError', C.insertAll(things)(no(rows)))
    }
    for (const size of [0, -1, 1.5, Number.NaN, '10']) {
      await s.unchanged([things], 'ValidationError', C.insertAll(things)([{ n: 9 }], { size: no(size) }))
    }
    const broken = { [Symbol.iterator]: () => ({ next: () => 7 }) }
    await s.unchanged([things], 'CallbackFailed', C.insertAll(things)(no(broken)))
    await s.drop(things)
  })
  test.run()
}
