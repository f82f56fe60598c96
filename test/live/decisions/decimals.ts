/**
 * S14: decimals.
 *
 * Numerics of up to 18 digits are exact in every operation on every engine; longer ones are exact if the engine has decimals, and
 * otherwise have equality only. So operations other than equality on more than 18 digits have separate clauses, which an engine may
 * refuse.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as Agg from '../../../lib/Agg.js'
import * as C from '../../../lib/Column.js'
import * as Command from '../../../lib/Command.js'
import * as Ex from '../../../lib/Expr.js'
import * as P from '../../../lib/Program.js'
import * as Q from '../../../lib/Query.js'
import { table } from '../../../lib/Table.js'
import { ask, type Clause, check, create, equal, equalBags, fails, refuses } from './check.js'
import { aggregateFails, aggregates, computes, decides, failsFor, sorted, sources } from './compute.js'

const money = { a: C.numeric(18, 2), b: C.numeric(18, 2) }
const long = { a: C.numeric(30, 10), b: C.numeric(30, 10) }

export const decimals: readonly Clause[] = [
  check(14, 'numeric(p, s) reads as a decimal text with exactly s fraction digits', async db => {
    const rows = ['0', '-0', '1', '1.5', '.25', '-12.30', '+7', '007.10', '9999999999999999.99', '-9999999999999999.99', '0.01', '-0.01']
    const read = [
      '0.00',
      '0.00',
      '1.00',
      '1.50',
      '0.25',
      '-12.30',
      '7.00',
      '7.10',
      '9999999999999999.99',
      '-9999999999999999.99',
      '0.01',
      '-0.01',
    ]
    await computes(
      db,
      { a: C.numeric(18, 2) },
      rows.map((r, i) => [r, read[i]]),
      r => r.a,
    )
    await computes(
      db,
      { a: C.numeric(5, 0) },
      [
        ['42', '42'],
        ['-99999', '-99999'],
        ['3.', '3'],
      ],
      r => r.a,
    )
    await computes(
      db,
      { a: C.numeric(18, 18) },
      [
        ['0.123456789012345678', '0.123456789012345678'],
        ['-0.1', '-0.100000000000000000'],
      ],
      r => r.a,
    )
  }),
  check(14, 'up to 18 digits: plus and minus are exact', async db => {
    await computes(
      db,
      money,
      [
        ['0.1', '0.2', '0.30'],
        ['9999999999999999.98', '0.01', '9999999999999999.99'],
        ['-1.10', '1.10', '0.00'],
      ],
      r => Ex.plus(r.a, r.b),
    )
    await computes(
      db,
      money,
      [
        ['0.3', '0.1', '0.20'],
        ['0', '9999999999999999.99', '-9999999999999999.99'],
      ],
      r => Ex.minus(r.a, r.b),
    )
    await computes(db, { a: C.numeric(10, 2) }, [['1.10', '-1.10']], r => Ex.neg(r.a))
    await computes(db, { a: C.numeric(10, 2), b: C.numeric(10, 4) }, [['1.10', '0.0001', '1.1001']], r => Ex.plus(r.a, r.b))
    await computes(db, { a: C.numeric(10, 2) }, [['1.10', '1.105']], r => Ex.plus(r.a, '0.005'))
  }),
  check(14, 'up to 18 digits: times is exact, with the sum of the scales', async db => {
    await computes(
      db,
      { a: C.numeric(9, 2), b: C.numeric(9, 3) },
      [
        ['1.25', '0.125', '0.15625'],
        ['-3.00', '2.5', '-7.50000'],
        ['9999.99', '999.999', '9999980.00001'],
      ],
      r => Ex.times(r.a, r.b),
    )
    await computes(db, { a: C.numeric(9, 2), b: C.int }, [['1.99', 3, '5.97']], r => Ex.times(r.a, Ex.cast(C.numeric(10, 0))(r.b)))
  }),
  check(14, 'up to 18 digits: a result with digits beyond 64 bits is NumericOverflow', async db => {
    await computes(db, { a: C.numeric(18, 6), b: C.numeric(18, 6) }, [['1000000', '9.223372', '9223372.000000000000']], r =>
      Ex.times(r.a, r.b),
    )
    await failsFor(
      db,
      'NumericOverflow',
      { a: C.numeric(18, 6), b: C.numeric(18, 6) },
      [
        ['999999999999.999999', '999999999999.999999'],
        ['-999999999999.999999', '9223372.036854'],
      ],
      r => Ex.times(r.a, r.b),
    )
    await aggregateFails(
      db,
      C.numeric(18, 2),
      Array.from({ length: 10 }, () => '9999999999999999.99'),
      Agg.sum,
    )
  }),
  check(14, 'up to 18 digits: order and comparison are by value, also between scales', async db => {
    equal(await sorted(db, C.numeric(18, 2), ['9.99', '10', '-1.5', '-10', '0', '0.01']), [
      '-10.00',
      '-1.50',
      '0.00',
      '0.01',
      '9.99',
      '10.00',
    ])
    await decides(
      db,
      money,
      [
        ['9.99', '10.00', true],
        ['-10', '-9', true],
        ['1.5', '1.50', false],
      ],
      r => Ex.lt(r.a, r.b),
    )
    await decides(
      db,
      { a: C.numeric(10, 2), b: C.numeric(10, 4) },
      [
        ['1.10', '1.1', true],
        ['1.10', '1.1001', false],
      ],
      r => Ex.eq(r.a, r.b),
    )
    await decides(
      db,
      { a: C.numeric(10, 2) },
      [
        ['1.10', true],
        ['1.11', false],
      ],
      r => Ex.lt(r.a, '1.105'),
    )
    await decides(
      db,
      { a: C.numeric(10, 2) },
      [
        ['1.10', true],
        ['1.12', false],
      ],
      r => Ex.between(r.a, '1.1', '1.115'),
    )
    await decides(
      db,
      { a: C.numeric(10, 2) },
      [
        ['1.10', true],
        ['2', true],
        ['3', false],
      ],
      r => Ex.inList(r.a, ['1.1000', '2']),
    )
  }),
  check(14, 'up to 18 digits: a choice between scales has the larger one', async db => {
    const columns = { a: C.nullable(C.numeric(10, 2)), b: C.numeric(10, 4) }
    const cases = [
      ['1.5', '2.5', '1.5000'],
      [null, '2.5', '2.5000'],
    ]
    await computes(db, columns, cases, r => Ex.coalesce(r.a, r.b))
    await computes(db, columns, cases, r => Ex.caseWhen([[Ex.isNotNull(r.a), r.a]], r.b))
    await computes(
      db,
      columns,
      [
        ['1.5', '1.5', null],
        ['1.5', '1.5001', '1.5000'],
        [null, '1', null],
      ],
      r => Ex.nullIf(r.a, r.b),
    )
    await computes(
      db,
      { a: C.nullable(C.numeric(10, 2)) },
      [
        [null, '0.125'],
        ['1', '1.000'],
      ],
      r => Ex.coalesce(r.a, '0.125'),
    )
    await computes(db, { a: C.int, b: C.bigint }, [[3, 4n, '7.00']], r =>
      Ex.plus(Ex.cast(C.numeric(10, 2))(r.a), Ex.cast(C.numeric(18, 0))(r.b)),
    )
  }),
  check(14, 'up to 18 digits: sum, min and max are exact', async db => {
    await aggregates(
      db,
      C.numeric(18, 2),
      Array.from({ length: 1000 }, () => '0.01'),
      Agg.sum,
      '10.00',
    )
    await aggregates(db, C.numeric(18, 2), ['9999999999999999.99', '-9999999999999999.98'], Agg.sum, '0.01')
    await aggregates(db, C.numeric(18, 2), ['9', '10', '-1'], Agg.max, '10.00')
    await aggregates(db, C.numeric(18, 2), ['9', '10', '-1', '-2.5'], Agg.min, '-2.50')
  }),
  check(
    14,
    'a plain value with more digits than its column is refused before anything is sent, a computed one is NumericOverflow',
    async db => {
      const t = table('prices', { price: C.numeric(4, 2) })
      await create(db, t)
      await refuses(db, 'NumericOverflow', Command.run(Command.insert(t)({ price: '100' })))
      await refuses(db, 'ValidationError', Command.run(Command.insert(t)({ price: '1.005' })))
      for (const text of ['', '.', '1e3', 'NaN', 'Infinity', ' 1', '0x1', '1,5']) {
        await refuses(db, 'ValidationError', Command.run(Command.insert(t)({ price: text as C.Decimal })))
      }
      await ask(db, Command.run(Command.insert(t)({ price: '99.99' })))
      await fails(db, 'NumericOverflow', Command.run(Command.update(t)(r => ({ price: Ex.plus(r.price, '0.01') }), Command.everywhere)))
      equal(await ask(db, Q.all(Q.from(t))), [{ price: '99.99' }])
    },
  ),
  check(14, 'beyond 18 digits: values and their equality are exact', async db => {
    const [x, y] = ['12345678901234567890.0123456789', '12345678901234567890.0123456788']
    await computes(
      db,
      { a: C.numeric(30, 10) },
      [
        [x, x],
        ['-1', '-1.0000000000'],
        ['-0', '0.0000000000'],
      ],
      r => r.a,
    )
    await decides(
      db,
      long,
      [
        [x, x, true],
        [x, y, false],
        ['1.5', '1.50', true],
        ['-0', '0', true],
      ],
      r => Ex.eq(r.a, r.b),
    )
    await decides(
      db,
      { a: C.numeric(30, 10) },
      [
        [x, true],
        [y, false],
      ],
      r => Ex.inList(r.a, [x as C.Decimal]),
    )
    const { stored } = await sources(db, { a: C.numeric(30, 10) }, [['1'], ['1.0'], [y]])
    const different = pipe(
      stored,
      Q.map(r => ({ a: r.a })),
      Q.distinct,
    )
    equalBags(await ask(db, Q.all(different)), [{ a: '1.0000000000' }, { a: y }])
    const groups = pipe(
      stored,
      Q.aggregate(r => ({ a: Agg.key(r.a), n: Agg.countAll })),
    )
    equalBags(await ask(db, Q.all(groups)), [
      { a: '1.0000000000', n: 2 },
      { a: y, n: 1 },
    ])
  }),
  check(14, 'beyond 18 digits: order by', async db => {
    equal(await sorted(db, C.numeric(30, 10), ['10', '9', '-1', '-10']), [
      '-10.0000000000',
      '-1.0000000000',
      '9.0000000000',
      '10.0000000000',
    ])
  }),
  check(14, 'beyond 18 digits: lt, lte, gt and gte', async db => {
    await decides(
      db,
      long,
      [
        ['9', '10', true],
        ['-10', '-9', true],
        ['2', '1', false],
      ],
      r => Ex.lt(r.a, r.b),
    )
  }),
  check(14, 'beyond 18 digits: plus, minus and times', async db => {
    await computes(db, long, [['12345678901234567890.0000000001', '0.0000000009', '12345678901234567890.0000000010']], r =>
      Ex.plus(r.a, r.b),
    )
    await computes(db, long, [['1', '0.0000000001', '0.9999999999']], r => Ex.minus(r.a, r.b))
    await computes(
      db,
      { a: C.numeric(30, 2), b: C.numeric(30, 3) },
      [['12345678901234567890.12', '2.5', '30864197253086419725.30000']],
      r => Ex.times(r.a, r.b),
    )
  }),
  check(14, 'beyond 18 digits: sum, avg, min and max', async db => {
    await aggregates(db, C.numeric(30, 10), ['10', '9', '12345678901234567890.0000000001'], Agg.sum, '12345678901234567909.0000000001')
    await aggregates(db, C.numeric(30, 10), ['10', '9'], Agg.max, '10.0000000000')
    await aggregates(db, C.numeric(30, 10), ['10', '9'], Agg.min, '9.0000000000')
    await aggregates(db, C.numeric(30, 10), ['10', '9'], Agg.avg, 9.5)
  }),
  check(14, 'there is no division on numeric: cast to float', async db => {
    const { stored } = await sources(db, money, [['1', '4']])
    const refused = pipe(
      stored,
      Q.map(r => ({ it: Ex.div(r.a as unknown as Ex.Expr<number>, 4) })),
    )
    const answer = await Q.all(refused)({ db })()
    equal(answer._tag === 'Left' && answer.left._tag, 'ValidationError')
    await computes(
      db,
      money,
      [
        ['1', '4', 0.25],
        ['-1.5', '0', null],
      ],
      r => Ex.div(Ex.cast(C.float)(r.a), Ex.cast(C.float)(r.b)),
    )
  }),
  check(14, '`sqlite: real` writes and reads the column of a file that other tools share', async db => {
    await computes(
      db,
      { a: C.numeric(10, 2, { sqlite: 'real' }) },
      [
        ['12.5', '12.50'],
        ['-0.99', '-0.99'],
        ['0', '0.00'],
        ['3', '3.00'],
      ],
      r => r.a,
    )
    if (db.capabilities.engine !== 'sqlite') return
    const t = table('shared_prices', { price: C.numeric(10, 2, { sqlite: 'real' }) })
    await create(db, t)
    await ask(db, Command.run(Command.insert(t)({ price: '3' })))
    equal(await ask(db, P.raw({ kind: C.text })`SELECT typeof(price) FROM shared_prices`), [{ kind: 'real' }])
  }),
]
