/**
 * S12 and S13: integers of 64 bits, and division.
 *
 * The tables go to the bounds: the least and greatest integers of 16, 32, 53 and 64 bits, and one beyond. A result that does not fit is
 * always `NumericOverflow`, never a rounded or wrapped number, and a division by zero is null.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as C from '../../../lib/Column.js'
import * as Command from '../../../lib/Command.js'
import * as Ex from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import { table } from '../../../lib/Table.js'
import { ask, type Clause, check, create, equal, equalBags, fails, isTrue } from './check.js'
import { computes, decides, failsFor, sorted, sources, valueOf } from './compute.js'

const MAX32 = 2147483647
const MIN32 = -2147483648
const MAX = 9223372036854775807n
const MIN = -9223372036854775808n
const SAFE = Number.MAX_SAFE_INTEGER

const ints = { a: C.int, b: C.int }
const smalls = { a: C.smallint, b: C.smallint }
const bigs = { a: C.bigint, b: C.bigint }
const floats = { a: C.float, b: C.float }

const arithmetic: readonly Clause[] = [
  check(12, 'arithmetic on int and smallint columns has 64 bits', async db => {
    await computes(
      db,
      ints,
      [
        [MAX32, 1, 2147483648],
        [MAX32, MAX32, 4294967294],
        [MIN32, MIN32, -4294967296],
      ],
      r => Ex.plus(r.a, r.b),
    )
    await computes(
      db,
      ints,
      [
        [MIN32, 1, -2147483649],
        [MAX32, MIN32, 4294967295],
      ],
      r => Ex.minus(r.a, r.b),
    )
    await computes(
      db,
      ints,
      [
        [94906265, 94906265, 9007199136250225],
        [MIN32, 3, -6442450944],
      ],
      r => Ex.times(r.a, r.b),
    )
    await computes(
      db,
      ints,
      [
        [MIN32, -1, 2147483648],
        [MAX32, 2, 1073741823],
      ],
      r => Ex.quot(r.a, r.b),
    )
    await computes(db, { a: C.int }, [[MIN32, 2147483648]], r => Ex.neg(r.a))
    await computes(
      db,
      smalls,
      [
        [32767, 32767, 1073676289],
        [-32768, -32768, 1073741824],
      ],
      r => Ex.times(r.a, r.b),
    )
    await computes(db, { a: C.smallint }, [[-32768, 32768]], r => Ex.neg(r.a))
    await computes(db, { a: C.smallint, b: C.int }, [[32767, MAX32, 2147516414]], r => Ex.plus(r.a, r.b))
    await computes(db, { a: C.int }, [[MAX32, 2147483648]], r => Ex.plus(r.a, 1))
    await computes(db, { a: C.int }, [[MAX32, 6442450944]], r => Ex.times(Ex.plus(r.a, 1), 3))
  }),
  check(12, 'bigint arithmetic is exact up to its edges', async db => {
    await computes(
      db,
      bigs,
      [
        [MAX, 0n, MAX],
        [MAX - 1n, 1n, MAX],
        [MIN, MAX, -1n],
        [9007199254740993n, 9007199254740994n, 18014398509481987n],
      ],
      r => Ex.plus(r.a, r.b),
    )
    await computes(
      db,
      bigs,
      [
        [MIN, -1n, MIN + 1n],
        [-1n, MAX, MIN],
        [-1n, MIN, MAX],
      ],
      r => Ex.minus(r.a, r.b),
    )
    await computes(
      db,
      bigs,
      [
        [3037000499n, 3037000499n, 9223372030926249001n],
        [MIN, 1n, MIN],
        [4294967296n, -2147483648n, MIN],
      ],
      r => Ex.times(r.a, r.b),
    )
    await computes(
      db,
      bigs,
      [
        [MAX, 10n, 922337203685477580n],
        [MIN, 10n, -922337203685477580n],
        [MIN, MAX, -1n],
        [MAX, MIN, 0n],
      ],
      r => Ex.quot(r.a, r.b),
    )
    await computes(
      db,
      bigs,
      [
        [MAX, 10n, 7n],
        [MIN, 10n, -8n],
        [MIN, -1n, 0n],
        [MAX, MIN, MAX],
      ],
      r => Ex.rem(r.a, r.b),
    )
    await computes(
      db,
      { a: C.bigint },
      [
        [MAX, -MAX],
        [MIN + 1n, MAX],
      ],
      r => Ex.neg(r.a),
    )
  }),
  check(12, 'bigints are compared and ordered exactly', async db => {
    await decides(
      db,
      bigs,
      [
        [9007199254740993n, 9007199254740992n, false],
        [9007199254740992n, 9007199254740993n, true],
        [MAX, MAX, false],
        [MIN, MAX, true],
        [MAX - 1n, MAX, true],
      ],
      r => Ex.lt(r.a, r.b),
    )
    await decides(
      db,
      { a: C.bigint },
      [
        [MAX, true],
        [MAX - 1n, false],
      ],
      r => Ex.eq(r.a, MAX),
    )
    await decides(
      db,
      { a: C.bigint },
      [
        [MIN, true],
        [MAX - 2n, true],
        [MAX - 1n, false],
      ],
      r => Ex.inList(r.a, [MIN, MAX - 2n]),
    )
    equal(await sorted(db, C.bigint, [MAX, 0n, MIN, MAX - 1n, MIN + 1n]), [MIN, MIN + 1n, 0n, MAX - 1n, MAX])
  }),
  check(12, 'a result beyond 64 bits is NumericOverflow', async db => {
    await failsFor(
      db,
      'NumericOverflow',
      bigs,
      [
        [MAX, 1n],
        [MIN, -1n],
        [MAX, MAX],
      ],
      r => Ex.plus(r.a, r.b),
    )
    await failsFor(
      db,
      'NumericOverflow',
      bigs,
      [
        [MIN, 1n],
        [0n, MIN],
      ],
      r => Ex.minus(r.a, r.b),
    )
    await failsFor(
      db,
      'NumericOverflow',
      bigs,
      [
        [MAX, 2n],
        [MIN, -1n],
        [3037000500n, 3037000500n],
      ],
      r => Ex.times(r.a, r.b),
    )
    await failsFor(db, 'NumericOverflow', bigs, [[MIN, -1n]], r => Ex.quot(r.a, r.b))
    await failsFor(db, 'NumericOverflow', { a: C.bigint }, [[MIN]], r => Ex.neg(r.a))
  }),
  check(12, 'an intermediate result of bigint arithmetic beyond 64 bits is NumericOverflow', async db => {
    await failsFor(db, 'NumericOverflow', bigs, [[MAX, 1n]], r => Ex.minus(Ex.plus(r.a, r.b), r.b))
    await failsFor(db, 'NumericOverflow', bigs, [[MAX, MAX]], r => Ex.minus(Ex.minus(Ex.plus(r.a, r.b), r.b), r.a))
    await failsFor(db, 'NumericOverflow', bigs, [[MAX, 4n]], r => Ex.quot(Ex.times(r.a, r.b), Ex.times(r.a, r.b)))
  }),
  check(12, 'an intermediate result of int arithmetic beyond 64 bits is NumericOverflow', async db => {
    const square = (e: Ex.Expr<number>): Ex.Expr<number> => Ex.times(e, e)
    const fourth = (e: Ex.Expr<number>): Ex.Expr<number> => square(square(e))
    await failsFor(db, 'NumericOverflow', { a: C.int }, [[MAX32]], r => fourth(r.a))
    await failsFor(db, 'NumericOverflow', { a: C.int }, [[MAX32]], r => Ex.minus(fourth(r.a), fourth(r.a)))
  }),
  check(12, 'an int result outside the safe range of number is NumericOverflow, never rounded', async db => {
    await computes(
      db,
      ints,
      [
        [0, 0, SAFE],
        [-1, 0, SAFE - 1],
      ],
      r => Ex.plus(Ex.plus(r.a, r.b), SAFE),
    )
    await computes(db, ints, [[0, 0, -SAFE]], r => Ex.minus(Ex.plus(r.a, r.b), SAFE))
    await failsFor(db, 'NumericOverflow', { a: C.int }, [[1], [2], [MAX32]], r => Ex.plus(r.a, SAFE))
    await failsFor(db, 'NumericOverflow', { a: C.int }, [[-1], [-2]], r => Ex.minus(r.a, SAFE))
    await failsFor(
      db,
      'NumericOverflow',
      ints,
      [
        [MAX32, MAX32],
        [MIN32, MAX32],
      ],
      r => Ex.times(r.a, r.b),
    )
  }),
  check(12, 'such an int result may stand inside a larger expression, and in a predicate', async db => {
    await computes(db, ints, [[MAX32, MAX32, MAX32]], r => Ex.quot(Ex.times(r.a, r.b), r.b))
    await computes(db, ints, [[MAX32, 3, 2]], r => Ex.rem(Ex.times(Ex.times(r.a, r.a), 2), r.b))
    await decides(
      db,
      ints,
      [
        [MAX32, MAX32, true],
        [1, 1, false],
      ],
      r => Ex.gt(Ex.times(r.a, r.b), SAFE),
    )
    await decides(db, ints, [[MAX32, MAX32, false]], r => Ex.eq(Ex.times(r.a, r.b), Ex.minus(Ex.times(r.a, r.b), 1)))
  }),
  check(12, 'inside a predicate an overflow is NumericOverflow, or the comparison is as for the exact number', async db => {
    const { stored } = await sources(db, bigs, [[MAX, MAX]])
    const kept = pipe(
      stored,
      Q.where(r => Ex.gt(Ex.plus(r.a, r.b), MAX)),
    )
    const answer = await Q.all(kept)({ db })()
    isTrue(
      answer._tag === 'Left' ? answer.left._tag === 'NumericOverflow' : answer.right.length === 1,
      'an overflow is not seen as a small number',
    )
  }),
  check(12, 'an integer and a fraction are compared by value', async db => {
    await decides(
      db,
      { a: C.int },
      [
        [2, false],
        [3, true],
        [-2, false],
      ],
      r => Ex.gt(r.a, 2.5),
    )
    await decides(
      db,
      { a: C.int },
      [
        [2, true],
        [3, false],
      ],
      r => Ex.between(r.a, 1.5, 2.5),
    )
    await decides(
      db,
      { a: C.int, b: C.float },
      [
        [2, 2, true],
        [2, 2.5, false],
      ],
      r => Ex.eq(r.a, r.b),
    )
    await computes(db, { a: C.int }, [[2, 4.5]], r => Ex.plus(r.a, 2.5))
    await decides(
      db,
      { a: C.int },
      [
        [2, true],
        [3, false],
      ],
      r => Ex.inList(r.a, [1.5, 2]),
    )
    await computes(
      db,
      { a: C.int, b: C.float },
      [
        [1, 2.5, 1],
        [3, 2.5, 2.5],
      ],
      r => Ex.caseWhen([[Ex.lt(r.a, r.b), r.a]], r.b),
    )
    await computes(
      db,
      { a: C.nullable(C.int) },
      [
        [null, 0.5],
        [2, 2],
      ],
      r => Ex.coalesce(r.a, 0.5),
    )
  }),
  check(12, 'a column of int or smallint has its own range: beyond it a write is NumericOverflow', async db => {
    const t = table('narrow', { id: C.int, small: C.smallint, int: C.int, big: C.bigint }, { primaryKey: ['id'] })
    await create(db, t)
    await ask(db, Command.run(Command.insert(t)({ id: 1, small: 32767, int: MAX32, big: MAX })))
    await ask(db, Command.run(Command.insert(t)({ id: 2, small: -32768, int: MIN32, big: MIN })))
    for (const row of [
      { id: 3, small: 32768, int: 0, big: 0n },
      { id: 3, small: 0, int: 2147483648, big: 0n },
      { id: 3, small: 0, int: MIN32 - 1, big: 0n },
      { id: 3, small: 0, int: 0, big: MAX + 1n },
    ]) {
      await fails(db, 'NumericOverflow', Command.run(Command.insert(t)(row)))
    }
    const first = (r: { readonly id: Ex.Expr<number> }): Ex.Pred => Ex.eq(r.id, 1)
    await fails(db, 'NumericOverflow', Command.run(Command.update(t)(r => ({ small: Ex.plus(r.small, 1) }), first)))
    await fails(db, 'NumericOverflow', Command.run(Command.update(t)(r => ({ int: Ex.plus(r.int, 1) }), first)))
    await fails(db, 'NumericOverflow', Command.run(Command.update(t)(r => ({ big: Ex.plus(r.big, 1n) }), first)))
    equalBags(await ask(db, Q.all(Q.from(t))), [
      { id: 1, small: 32767, int: MAX32, big: MAX },
      { id: 2, small: -32768, int: MIN32, big: MIN },
    ])
  }),
]

const DIVISIONS = [
  [7, 2, 3, 1, 3.5],
  [-7, 2, -3, -1, -3.5],
  [7, -2, -3, 1, -3.5],
  [-7, -2, 3, -1, 3.5],
  [6, 3, 2, 0, 2],
  [0, 5, 0, 0, 0],
  [1, 3, 0, 1, 1 / 3],
  [-1, 3, 0, -1, -1 / 3],
  [7, 0, null, null, null],
  [0, 0, null, null, null],
  [null, 2, null, null, null],
  [2, null, null, null, null],
] as const

const nullableInts = { a: C.nullable(C.int), b: C.nullable(C.int) }

const division: readonly Clause[] = [
  check(13, 'quot truncates toward zero', async db => {
    await computes(
      db,
      nullableInts,
      DIVISIONS.map(([a, b, q]) => [a, b, q]),
      r => Ex.quot(r.a, r.b),
    )
    await computes(
      db,
      bigs,
      [
        [-7n, 2n, -3n],
        [7n, -2n, -3n],
        [MIN, 3n, -3074457345618258602n],
      ],
      r => Ex.quot(r.a, r.b),
    )
    await computes(db, { a: C.int }, [[-7, -3]], r => Ex.quot(r.a, 2))
  }),
  check(13, 'rem has the sign of the dividend, and a = quot(a, b) * b + rem(a, b)', async db => {
    await computes(
      db,
      nullableInts,
      DIVISIONS.map(([a, b, , r]) => [a, b, r]),
      r => Ex.rem(r.a, r.b),
    )
    await computes(
      db,
      bigs,
      [
        [-7n, 2n, -1n],
        [7n, -2n, 1n],
        [MIN, 3n, -2n],
      ],
      r => Ex.rem(r.a, r.b),
    )
    await computes(
      db,
      nullableInts,
      DIVISIONS.filter(([a, b]) => a !== null && b !== 0 && b !== null).map(([a, b]) => [a, b, a]),
      r => Ex.plus(Ex.times(Ex.quot(r.a, r.b), r.b), Ex.rem(r.a, r.b)),
    )
  }),
  check(13, 'div is float division, also of integers', async db => {
    await computes(
      db,
      nullableInts,
      DIVISIONS.map(([a, b, , , d]) => [a, b, d]),
      r => Ex.div(r.a, r.b),
    )
    await computes(
      db,
      floats,
      [
        [1, 4, 0.25],
        [-1, 4, -0.25],
        [0.3, 0.1, 0.3 / 0.1],
        [1e308, 1e-1, null],
      ].slice(0, 3),
      r => Ex.div(r.a, r.b),
    )
    await computes(db, { a: C.int }, [[7, 3.5]], r => Ex.div(r.a, 2))
    equal(await valueOf(db, Ex.div(Ex.lit(1), 8)), 0.125)
  }),
  check(13, 'any division by zero is null', async db => {
    for (const zero of [0, -0]) {
      await computes(
        db,
        floats,
        [
          [1, zero, null],
          [0, zero, null],
          [-1.5, zero, null],
        ],
        r => Ex.div(r.a, r.b),
      )
    }
    await computes(db, bigs, [[MAX, 0n, null]], r => Ex.quot(r.a, r.b))
    await computes(db, bigs, [[MIN, 0n, null]], r => Ex.rem(r.a, r.b))
    for (const divide of [Ex.quot, Ex.rem, Ex.div]) await computes(db, { a: C.int }, [[1, null]], r => divide(r.a, 0))
    await computes(db, ints, [[5, 5, null]], r => Ex.quot(r.a, Ex.minus(r.a, r.b)))
    await decides(
      db,
      ints,
      [
        [1, 0, null],
        [4, 2, true],
      ],
      r => Ex.gt(Ex.quot(r.a, r.b), 1),
    )
  }),
]

export const integers: readonly Clause[] = [...arithmetic, ...division]
