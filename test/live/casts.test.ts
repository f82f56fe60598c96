/**
 * Casts and rounding: the values that are known to go wrong, on every engine.
 *
 * The right results are written here; the memory engine is one of those that are tested.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import {
  bigint,
  boolean,
  char,
  date,
  enumOf,
  float,
  int,
  nullable,
  numeric,
  smallint,
  text,
  time,
  timestamp,
  timestampMicros,
  uuid,
  varchar,
} from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyColumn } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

type Pair = readonly [unknown, unknown]

const texts = (to: AnyColumn, ...pairs: readonly Pair[]): readonly [AnyColumn, AnyColumn, readonly Pair[]] => [text, to, pairs]

const nothing = (...all: readonly string[]): readonly Pair[] => all.map(t => [t, null])

const NO_NUMBERS = nothing(
  '',
  ' ',
  '1_000',
  '0x1f',
  'infinity',
  'Infinity',
  '-inf',
  'NaN',
  'today',
  '12abc',
  '1 2',
  ' 1',
  '1 ',
  '1\n',
  '--1',
  '+-1',
  '-',
  '+',
  '1,5',
  '１',
  '٣',
  '1e',
  'e5',
  '0b1',
  '0o7',
  '1.5.2',
  '$1',
  'null',
)

const money = numeric(8, 2)

/** From a type to another: values, and what they are. */
const CASTS: readonly (readonly [AnyColumn, AnyColumn, readonly Pair[]])[] = [
  texts(
    int,
    ...NO_NUMBERS,
    ...nothing('1.0', '1e3', '9007199254740992', '-9007199254740992', '99999999999999999999', '.5'),
    ['12', 12],
    ['-7', -7],
    ['+5', 5],
    ['007', 7],
    ['-0', 0],
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['0000000000000000000000000000001', 1],
  ),
  texts(
    bigint,
    ...NO_NUMBERS,
    ...nothing('9223372036854775808', '-9223372036854775809', '1.5'),
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9007199254740993', 9007199254740993n],
    ['-00', 0n],
  ),
  texts(
    float,
    ...NO_NUMBERS,
    ...nothing('1e309', '-1e400', '1e99999999999', '1e-99999', '1.8e308', '.', '1.e', '1e1.5'),
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['-0', 0],
    ['1e3', 1000],
    ['1E-3', 0.001],
    ['+1.25e+2', 125],
    ['1e308', 1e308],
    ['1.7976931348623157e308', 1.7976931348623157e308],
    ['0.1', 0.1],
    ['123456789.123456789', 123456789.12345679],
    ['4.35', 4.35],
    ['2.2250738585072014e-300', 2.2250738585072014e-300],
    ['9007199254740993', 9007199254740992],
    ['1e22', 1e22],
    ['8.5e-07', 8.5e-7],
  ),
  texts(
    money,
    ...NO_NUMBERS,
    ...nothing('1e2', '1234567', '-1234567.00', '.'),
    ['1.5', '1.50'],
    ['1.005', '1.01'],
    ['-1.005', '-1.01'],
    ['1.00499999999999999999', '1.00'],
    ['.5', '0.50'],
    ['5.', '5.00'],
    ['-0.001', '0.00'],
    ['+007', '7.00'],
    ['999999.99', '999999.99'],
    ['0.005', '0.01'],
  ),
  texts(boolean, ...nothing('', 'TRUE', 't', '1', 'yes', 'on', ' true', 'false\n'), ['true', true], ['false', false]),
  texts(
    uuid,
    ...nothing(
      '',
      '00000000000040008000000000000001',
      '{00000000-0000-4000-8000-000000000001}',
      '00000000-0000-4000-8000-00000000000g',
      ' 00000000-0000-4000-8000-000000000001',
    ),
    ['00000000-0000-4000-8000-00000000000A', '00000000-0000-4000-8000-00000000000a'],
  ),
  texts(
    date,
    ...nothing(
      '',
      'today',
      'now',
      'infinity',
      '2021-02-29',
      '2021-02-30',
      '2021-04-31',
      '1900-02-29',
      '2021-13-01',
      '2021-00-10',
      '2021-01-00',
      '2021-01-32',
      '0000-01-01',
      '2021-1-1',
      '20210101',
      '2021-01-01 ',
      '2021/01/01',
      '10000-01-01',
      '2021-01-01T00:00:00.000Z',
      '0000-02-29',
    ),
    ['2020-02-29', '2020-02-29'],
    ['2000-02-29', '2000-02-29'],
    ['0001-01-01', '0001-01-01'],
    ['9999-12-31', '9999-12-31'],
    ['0004-02-29', '0004-02-29'],
    ['2021-06-30', '2021-06-30'],
  ),
  texts(
    time,
    ...nothing('', '24:00:00', '12:60:00', '12:00:60', '12:00', '1:00:00', 'noon', '12:00:00.5', '12:00:00Z', '-01:00:00'),
    ['23:59:59.999', '23:59:59.999'],
    ['00:00:01', '00:00:01.000'],
    ['00:00:01.001', '00:00:01.001'],
  ),
  texts(
    timestamp,
    ...nothing(
      '',
      'now',
      '2021-02-30T00:00:00.000Z',
      '2021-01-01',
      '2021-01-01 00:00:00',
      '2021-01-01T00:00:00',
      '2021-01-01T00:00:00.000+01:00',
      '2021-01-01T24:00:00.000Z',
      '2021-01-01T00:00:00.0001Z',
    ),
    ['2021-03-28T02:30:00.123Z', new Date('2021-03-28T02:30:00.123Z')],
    ['1969-12-31T23:59:59Z', new Date('1969-12-31T23:59:59.000Z')],
    ['0001-01-01T00:00:00.000Z', new Date('0001-01-01T00:00:00.000Z')],
  ),
  texts(
    timestampMicros,
    ...nothing('2021-01-01T00:00:00.000Z', 'now'),
    ['2021-03-28T02:30:00.123456Z', '2021-03-28T02:30:00.123456Z'],
    ['2021-03-28T02:30:00Z', '2021-03-28T02:30:00.000000Z'],
  ),
  texts(enumOf('red', "it's", 'ü'), ...nothing('', 'Red', 'red ', 'green'), ['red', 'red'], ["it's", "it's"], ['ü', 'ü']),
  texts(varchar(3), ...nothing('abcd', '😀😀😀😀'), ['', ''], ['😀😀😀', '😀😀😀'], ['ab ', 'ab ']),
  texts(char(2), ...nothing('', 'a', 'abc'), ['ab', 'ab'], ['é😀', 'é😀']),
  [
    float,
    int,
    [
      [2.5, 3],
      [-2.5, -3],
      [0.49999999999999994, 0],
      [1e15 + 0.5, 1e15 + 1],
      [-0.4, 0],
      [123456789.5, 123456790],
    ],
  ],
  [
    float,
    bigint,
    [
      [2.5, 3n],
      [1e18, 1_000_000_000_000_000_000n],
      [-1e18, -1_000_000_000_000_000_000n],
    ],
  ],
  [
    float,
    money,
    [
      [1.005, '1.01'],
      [-1.005, '-1.01'],
      [4.35, '4.35'],
      [0.1 + 0.2, '0.30'],
      [1.115, '1.12'],
      [2.675, '2.68'],
      [1e-9, '0.00'],
      [-1e-9, '0.00'],
      [1234.5, '1234.50'],
    ],
  ],
  [
    float,
    numeric(18, 0),
    [
      [1e17, '100000000000000000'],
      [0.5, '1'],
      [-0.5, '-1'],
    ],
  ],
  [
    numeric(8, 3),
    money,
    [
      ['1.005', '1.01'],
      ['-1.005', '-1.01'],
      ['1.004', '1.00'],
      ['-0.004', '0.00'],
      ['99999.995', '100000.00'],
    ],
  ],
  [
    numeric(8, 3),
    int,
    [
      ['2.500', 3],
      ['-2.500', -3],
      ['2.499', 2],
      ['-0.499', 0],
    ],
  ],
  [
    numeric(8, 3),
    numeric(8, 0),
    [
      ['2.500', '3'],
      ['-2.500', '-3'],
    ],
  ],
  [
    numeric(8, 3),
    text,
    [
      ['2.500', '2.500'],
      ['-0.050', '-0.050'],
      ['0.000', '0.000'],
      ['-12345.678', '-12345.678'],
    ],
  ],
  [
    numeric(8, 0),
    text,
    [
      ['25', '25'],
      ['-3', '-3'],
    ],
  ],
  [
    int,
    money,
    [
      [3, '3.00'],
      [-3, '-3.00'],
    ],
  ],
  [
    int,
    text,
    [
      [3, '3'],
      [-3, '-3'],
      [0, '0'],
    ],
  ],
  [
    bigint,
    text,
    [
      [9223372036854775807n, '9223372036854775807'],
      [-9223372036854775808n, '-9223372036854775808'],
    ],
  ],
  [smallint, int, [[3, 3]]],
  [
    boolean,
    int,
    [
      [true, 1],
      [false, 0],
    ],
  ],
  [
    boolean,
    text,
    [
      [true, 'true'],
      [false, 'false'],
    ],
  ],
  [
    time,
    text,
    [
      ['00:00:01.001', '00:00:01.001'],
      ['23:59:59.999', '23:59:59.999'],
    ],
  ],
  [date, text, [['0001-01-01', '0001-01-01']]],
  [timestampMicros, text, [['2021-03-28T02:30:00.123456Z', '2021-03-28T02:30:00.123456Z']]],
  [enumOf('a', 'b'), text, [['a', 'a']]],
  [
    varchar(5),
    varchar(3),
    [
      ['abc', 'abc'],
      ['abcd', null],
    ],
  ],
  [
    enumOf('a', 'b'),
    enumOf('b', 'c'),
    [
      ['a', null],
      ['b', 'b'],
    ],
  ],
  [
    float,
    text,
    [
      [1.5, '1.5'],
      [-0.1, '-0.1'],
      [3, '3'],
      [0, '0'],
      [0.1 + 0.2, '0.30000000000000004'],
      [1e21, '1000000000000000000000'],
      [-1.5e-7, '-0.00000015'],
      [123456789012345680, '123456789012345680'],
      [12345678901234568, '12345678901234568'],
      [5e-324, `0.${'0'.repeat(323)}5`],
      [1.7976931348623157e308, `17976931348623157${'0'.repeat(292)}`],
      [100, '100'],
      [1e15, '1000000000000000'],
      [123456.789e3, '123456789'],
    ],
  ],
]

/** Values, digits, and what they are rounded to. */
const ROUNDED: readonly (readonly [AnyColumn, number | undefined, readonly Pair[]])[] = [
  [
    money,
    1,
    [
      ['1.25', '1.3'],
      ['-1.25', '-1.3'],
      ['1.24', '1.2'],
    ],
  ],
  [
    money,
    0,
    [
      ['1.50', '2'],
      ['-1.50', '-2'],
    ],
  ],
  [money, 2, [['1.25', '1.25']]],
  [money, 5, [['1.25', '1.25']]],
  [money, undefined, [['1.50', '2.00']]],
  [
    float,
    2,
    [
      [1.005, 1.01],
      [-1.005, -1.01],
      [2.675, 2.68],
      [1e300, 1e300],
      [123456789012345.67, 123456789012345.67],
      [0, 0],
      [-0.001, 0],
    ],
  ],
  [
    float,
    0,
    [
      [2.5, 3],
      [-2.5, -3],
    ],
  ],
  [float, 15, [[0.1, 0.1]]],
  [int, 2, [[3, 3]]],
]

const nameOf = (c: AnyColumn): string => c.type.sql.tag

for (const engine of engines.filter(e => e.name !== 'sqlite in a file')) {
  const test = suite(`casts on ${engine.name}`)
  const s = using(engine, test)

  /** The cast of each value: as a column, and as a parameter. */
  const becomes = async (name: string, from: AnyColumn, pairs: readonly Pair[], f: (e: X.Expr<any>) => X.Expr<any>): Promise<void> => {
    const rows = pairs.map(([given], i) => ({ i, given }))
    const q = pipe(
      Q.values({ i: int, given: nullable(from) })([...rows, { i: rows.length, given: null }] as never),
      Q.orderBy(r => [X.asc(r.i)]),
      Q.map(r => ({ is: f(r.given) })),
    )
    const got = (await s.right(Q.all(q))) as readonly { readonly is: unknown }[]
    const differences = pairs.flatMap(([given, expected], i) => {
      try {
        assert.equal(got[i]?.is, expected)
        return []
      } catch {
        return [`${name} of ${String(given)}: ${String(got[i]?.is)}, not ${String(expected)}`]
      }
    })
    assert.is(differences.length, 0, differences.join('\n'))
    assert.is(got[rows.length]?.is, null, 'null stays null')
    const some = pairs.slice(0, 40)
    const literals = Object.fromEntries(some.map(([given], i) => [`c${i}`, f(X.litOf(from)(given as never))]))
    const [row] = (await s.right(Q.all(Q.of(literals)))) as readonly { readonly [name: string]: unknown }[]
    assert.equal(
      some.map((_, i) => row?.[`c${i}`]),
      some.map(([, expected]) => expected),
      'parameters',
    )
  }

  for (const [from, to, pairs] of CASTS) {
    const name = `${nameOf(from)} to ${nameOf(to)}`
    test(name, () => becomes(name, from, pairs, e => X.cast(to)(e)))
  }

  for (const [from, digits, pairs] of ROUNDED) {
    const name = `${nameOf(from)} rounded to ${digits ?? 'a whole number'}`
    test(name, () => becomes(name, from, pairs, e => X.round(e, digits)))
  }

  test('a cast of a row that a condition leaves out fails nothing, and a cast is a value that is written', async () => {
    const prices = table('cast_price', { id: int, price: money, note: nullable(text) }, { primaryKey: ['id'] })
    await s.create(prices)
    await s.right(
      C.run(
        C.insertMany(prices)([
          { id: 1, price: '10.05', note: '12abc' },
          { id: 2, price: '-0.05', note: '7' },
          { id: 3, price: '999.99', note: null },
        ]),
      ),
    )
    const numbers = pipe(
      Q.from(prices),
      Q.where(p => X.matches(p.note, '^[0-9]+$')),
      Q.where(p => X.gt(X.cast(int)(p.note), 5)),
      Q.map(p => ({ id: p.id })),
    )
    assert.equal(await s.right(Q.all(numbers)), [{ id: 2 }])
    await s.right(
      C.run(
        C.update(prices)(
          p => ({ price: X.round(X.times(p.price, '1.10'), 2), note: X.cast(text)(X.cast(int)(p.note)) }),
          () => X.lit(true),
        ),
      ),
    )
    assert.equal(
      await s.right(
        Q.all(
          pipe(
            Q.from(prices),
            Q.orderBy(p => [X.asc(p.id)]),
          ),
        ),
      ),
      [
        { id: 1, price: '11.06', note: null },
        { id: 2, price: '-0.06', note: '7' },
        { id: 3, price: '1099.99', note: null },
      ],
    )
    await s.drop(prices)
  })

  test('a number beyond its type is an overflow', async () => {
    for (const e of [X.cast(bigint)(X.lit(1.5e30)), X.cast(bigint)(X.neg(X.lit(1.5e300)))])
      await s.left('NumericOverflow', Q.all(Q.of({ e })))
  })

  test('what has no cast is refused with those that there are', async () => {
    const error = await s.left('ValidationError', Q.all(Q.of({ e: X.cast(date)(X.lit(1.5)) })))
    assert.match(error.message, /no cast from float to date.*int, bigint, numeric, text/)
    await s.left('ValidationError', Q.all(Q.of({ e: X.round(X.lit(1.5), -1) })))
    await s.left('ValidationError', Q.all(Q.of({ e: X.round(X.lit('1.5') as never, 1) })))
    await s.left('Unsupported', Q.all(Q.of({ e: X.cast(int)(X.random) })))
  })

  test.run()
}
