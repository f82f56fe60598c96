/**
 * S15 and S16: sums, means and counts, and the floats that are not numbers.
 *
 * The lists are those on which the sum of an engine would lose digits: beyond 53 and 64 bits, decimals without a float, sums that leave
 * 64 bits on the way and return, floats of very different size. NaN, infinities and -0 are tried on every path in and out.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as Agg from '../../../lib/Agg.js'
import * as C from '../../../lib/Column.js'
import * as Command from '../../../lib/Command.js'
import * as Ex from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import { table } from '../../../lib/Table.js'
import { ask, type Clause, check, create, equal, refuses } from './check.js'
import { aggregateFails, aggregates, computes, failsFor, near, sources, valueOf } from './compute.js'

const MAX32 = 2147483647
const _MIN32 = -2147483648
const MAX = 9223372036854775807n
const MIN = -9223372036854775808n
const _SAFE = Number.MAX_SAFE_INTEGER

const _ints = { a: C.int, b: C.int }
const _smalls = { a: C.smallint, b: C.smallint }
const _bigs = { a: C.bigint, b: C.bigint }
const floats = { a: C.float, b: C.float }

const sums: readonly Clause[] = [
  check(15, 'the sum of int and smallint is a number, that of bigint a bigint', async db => {
    await aggregates(db, C.int, [MAX32, MAX32, MAX32], Agg.sum, 6442450941)
    await aggregates(db, C.smallint, [32767, 32767], Agg.sum, 65534)
    await aggregates(db, C.bigint, [9007199254740993n, 9007199254740994n], Agg.sum, 18014398509481987n)
    await aggregates(db, C.bigint, [MAX, MIN], Agg.sum, -1n)
    await aggregates(db, C.nullable(C.int), [1, null, 2], Agg.sum, 3)
  }),
  check(15, 'the sum of numeric is numeric, that of float a number', async db => {
    await aggregates(db, C.numeric(10, 2), ['1.10', '2.20'], Agg.sum, '3.30')
    await aggregates(db, C.float, [0.5, 0.25, -2], Agg.sum, -1.25)
  }),
  check(15, 'float sums agree within a relative error of 1e-9', async db => {
    const list = Array.from({ length: 100 }, (_, i) => 0.1 * (i + 1))
    await aggregates(db, C.float, list, Agg.sum, 505, near)
    await aggregates(db, C.float, [1e16, 1, 1e16], Agg.sum, 2e16, near)
  }),
  check(15, 'a sum beyond its type is NumericOverflow', async db => {
    await aggregateFails(db, C.bigint, [MAX, 1n], Agg.sum)
    await aggregateFails(db, C.bigint, [MIN, -1n], Agg.sum)
    await aggregateFails(
      db,
      C.int,
      Array.from({ length: 3 }, () => MAX32),
      e => Agg.sum(Ex.times(e, MAX32 - 1)),
    )
  }),
  check(15, 'a sum that temporarily exceeds 64 bits is exact; SQLite, which adds in 64 bits, may fail with NumericOverflow', async db => {
    const lists: readonly (readonly [readonly bigint[], bigint])[] = [
      [[MAX, 1n, -2n], MAX - 1n],
      [[MIN, MIN, MAX, MAX, 5n], 3n],
    ]
    for (const [list, total] of lists) {
      const { stored } = await sources(
        db,
        { it: C.bigint },
        list.map(x => [x]),
      )
      const q = pipe(
        stored,
        Q.aggregate(r => ({ it: Agg.sum(r.it) })),
      )
      const answer = await Q.all(q)({ db })()
      const mayOverflow = db.capabilities.engine === 'sqlite' && answer._tag === 'Left'
      if (mayOverflow) equal(answer.left._tag, 'NumericOverflow')
      else equal(await ask(db, Q.all(q)), [{ it: total }])
    }
  }),
  check(15, 'avg is a float, of the exact sum and the count', async db => {
    await aggregates(db, C.int, [1, 2], Agg.avg, 1.5)
    await aggregates(db, C.int, [1, 2, 2], Agg.avg, 5 / 3)
    await aggregates(db, C.nullable(C.int), [1, null, 2], Agg.avg, 1.5)
    await aggregates(db, C.smallint, [32767, 32767], Agg.avg, 32767)
    await aggregates(db, C.bigint, [MAX, MAX], Agg.avg, Number(MAX), near)
    await aggregates(db, C.bigint, [9007199254740993n, -9007199254740991n], Agg.avg, 1)
    await aggregates(db, C.numeric(10, 2), ['1.10', '2.20'], Agg.avg, 1.65)
    await aggregates(db, C.numeric(18, 2), ['9999999999999999.99', '-9999999999999999.98'], Agg.avg, 0.005)
    await aggregates(db, C.float, [0.5, 1], Agg.avg, 0.75)
  }),
  check(15, 'count is a number', async db => {
    await aggregates(db, C.nullable(C.bigint), [1n, null, 1n], () => Agg.countAll, 3)
    await aggregates(db, C.nullable(C.bigint), [1n, null, 1n], Agg.count, 2)
    await aggregates(db, C.nullable(C.bigint), [1n, null, 1n, 2n], Agg.countDistinct, 2)
  }),
]

const refusedFloats: readonly Clause[] = [
  check(16, 'NaN and infinities are refused everywhere, before anything is sent', async db => {
    const t = table('measured', { id: C.int, x: C.nullable(C.float), v: C.nullable(C.anyJson) })
    await create(db, t)
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      await refuses(db, 'NumericOverflow', Command.run(Command.insert(t)({ id: 1, x })))
      await refuses(db, 'NumericOverflow', Command.run(Command.update(t)({ x }, Command.everywhere)))
      await refuses(db, 'NumericOverflow', Command.run(Command.insert(t)({ id: x })))
      await refuses(db, 'ValidationError', Command.run(Command.insert(t)({ id: 1, v: { deep: [x] } })))
      await refuses(
        db,
        'NumericOverflow',
        Q.all(
          pipe(
            Q.from(t),
            Q.where(r => Ex.eq(r.x, x)),
          ),
        ),
      )
      await refuses(db, 'NumericOverflow', Q.all(Q.of({ it: Ex.lit(x) })))
      await refuses(db, 'NumericOverflow', Q.all(Q.values({ it: C.float })([{ it: x }])))
    }
    equal(await ask(db, Q.all(Q.from(t))), [])
  }),
  check(16, 'a computed float that is not finite is NumericOverflow', async db => {
    await failsFor(db, 'NumericOverflow', floats, [[1e308, 10]], r => Ex.times(r.a, r.b))
    await failsFor(db, 'NumericOverflow', floats, [[1e308, 1e308]], r => Ex.plus(r.a, r.b))
    await failsFor(db, 'NumericOverflow', floats, [[1e308, 1e-308]], r => Ex.div(r.a, r.b))
    await aggregateFails(db, C.float, [1.7e308, 1.7e308], Agg.sum)
  }),
  check(16, 'a computed float that is too small for one is 0, or NumericOverflow', async db => {
    const { stored } = await sources(db, floats, [[1e-200, 1e-200]])
    const product = pipe(
      stored,
      Q.map(r => ({ it: Ex.times(r.a, r.b) })),
    )
    const answer = await Q.all(product)({ db })()
    if (answer._tag === 'Right') equal(answer.right, [{ it: 0 }])
    else equal(answer.left._tag, 'NumericOverflow')
  }),
  check(16, '-0 reads as 0', async db => {
    await computes(
      db,
      { a: C.float },
      [
        [-0, 0],
        [0, 0],
      ],
      r => r.a,
    )
    await computes(db, { a: C.int }, [[-0, 0]], r => r.a)
    await computes(
      db,
      { a: C.float },
      [
        [0, 0],
        [-0, 0],
      ],
      r => Ex.neg(r.a),
    )
    await computes(db, floats, [[-1, 0, 0]], r => Ex.times(r.a, r.b))
    await computes(db, { a: C.anyJson }, [[{ x: [-0] }, { x: [0] }]], r => r.a)
    equal(await valueOf(db, Ex.lit(-0)), 0)
    equal(await valueOf(db, Ex.litOf(C.float)(-0)), 0)
  }),
]

export const numbers: readonly Clause[] = [...sums, ...refusedFloats]
