/**
 * Edge cases of the functions of texts and numbers, on every engine against the model.
 *
 * Each runs on the values of a column and on each value as a parameter, which engines type differently. The values are those on which the
 * functions of engines are known to differ: halves and their neighbours, signed zeros, texts longer than their padding, astral
 * characters, an empty text to replace.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { bigint, check, float, int, numeric, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyColumn, AnyExpr } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { table } from '../../lib/Table.js'
import * as W from '../../lib/Window.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const GRIN = '\u{1F600}'
const MOST = Number.MAX_SAFE_INTEGER

type Functions = { readonly [name: string]: (e: any) => AnyExpr }

const ofTexts: Functions = {
  trim: X.trim,
  trimStart: X.trimStart,
  trimEnd: X.trimEnd,
  reverse: X.reverse,
  left: e => X.left(e, 2),
  'left of none': e => X.left(e, 0),
  'left of all': e => X.left(e, MOST),
  right: e => X.right(e, 2),
  'right of none': e => X.right(e, 0),
  'right of all': e => X.right(e, MOST),
  padStart: e => X.padStart(e, 5, `${GRIN}x`),
  padEnd: e => X.padEnd(e, 5, `é${GRIN}`),
  'padded to nothing': e => X.padStart(e, 0),
  'padded again': e => X.padStart(X.padEnd(e, 4, 'b'), 6, 'c'),
  repeat: e => X.repeat(e, 3),
  'repeat no time': e => X.repeat(e, 0),
  replace: e => X.replace(e, 'a', '$&'),
  'replace by nothing': e => X.replace(e, GRIN, ''),
  'replace nothing': e => X.replace(e, '', 'x'),
  'replace nothing by null': e => X.replace(e, '', X.nullOf(text)),
  'replace itself': e => X.replace(e, e, e),
  greatest: e => X.greatest(e, 'a', GRIN),
  least: e => X.least(e, 'a', 'B'),
  'greatest with null': e => X.greatest(e, X.nullOf(text)),
  'compared by code point': e => X.lt(X.padStart(X.trim(e), 3, 'b'), 'B'),
}

const ofNumbers: Functions = {
  abs: X.abs,
  sign: X.sign,
  floor: X.floor,
  ceil: X.ceil,
  round: X.round,
  least: e => X.least(e, X.abs(e)),
  'greatest with null': e => X.greatest(e, X.nullIf(e, e)),
}

const ofFloats: Functions = {
  ...ofNumbers,
  sqrt: X.sqrt,
  'the angle of zeros': e => X.atan2(X.ceil(X.least(X.abs(e), -0.5)), X.round(X.times(X.sign(e), -0.25))),
  'power 0': e => X.power(e, 0),
  'power -1': e => X.power(X.sign(e), -1),
  'power 3': e => X.power(X.sign(e), 3),
  'power 1/2': e => X.power(X.sign(e), 0.5),
  'power of itself': e => X.power(X.sign(e), X.round(e)),
}

const domains: readonly {
  readonly name: string
  readonly column: AnyColumn
  readonly values: readonly unknown[]
  readonly functions: Functions
}[] = [
  {
    name: 'texts',
    column: text,
    values: ['', ' ', '  a b\t ', `a${GRIN}b`, '\u00a0a\n', 'aAaB', "o'%_\\", `${GRIN}é`, 'x'.repeat(70_000)],
    functions: ofTexts,
  },
  {
    name: 'floats',
    column: float,
    values: [
      2.5, -2.5, 1.5, 0.5, -0.5, 0.49999999999999994, -0.49999999999999994, 1.4999999999999998, 4503599627370495.5, 1e300, 5e-324, 0,
    ],
    functions: ofFloats,
  },
  {
    name: 'decimals',
    column: numeric(10, 2),
    values: ['2.50', '-2.50', '-0.49', '-0.50', '7.00', '0.01', '99999999.99', '-99999999.99'],
    functions: ofNumbers,
  },
  { name: 'ints', column: int, values: [0, 5, -5, -2147483648, 2147483647], functions: { ...ofNumbers, sqrt: X.sqrt } },
  { name: 'bigints', column: bigint, values: [0n, 2n ** 63n - 1n, -(2n ** 63n) + 1n], functions: ofNumbers },
]

const short = table(
  'scalar_functions',
  { id: int, name: check((self: X.Expr<string>) => X.eq(self, X.trim(self)))(text), ratio: float },
  { primaryKey: ['id'] },
)

for (const engine of engines) {
  if (engine.name === 'memory' || engine.name === 'sqlite in a file') continue
  const test = suite(`functions of texts and numbers on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  const same = async (name: string, q: Q.Query<any, unknown>): Promise<void> => {
    const [got, expected] = [await s.run(Q.all(q)), await Q.all(q)({ db: model })()]
    assert.equal(got, expected, name)
  }
  for (const { name, column, values, functions } of domains) {
    const rows = Q.values({ i: int, v: column })(values.map((v, i) => ({ i, v })) as never)
    test(`${name} of a column`, async () => {
      for (const [f, of] of Object.entries(functions)) {
        await same(
          f,
          pipe(
            rows,
            Q.orderBy((r: any) => [X.asc(r.i)]),
            Q.map((r: any) => ({ v: of(r.v) })),
          ) as never,
        )
      }
    })
    test(`${name} as parameters`, async () => {
      for (const [f, of] of Object.entries(functions)) {
        await same(f, Q.of(Object.fromEntries(values.map((v, i) => [`v${i}`, of(X.litOf(column)(v as never))]))))
      }
      for (const [f, of] of Object.entries(functions)) await same(`${f} of null`, Q.of({ v: of(X.nullOf(column)) }))
    })
  }
  test('the size of -2^63, and a power beyond the floats', async () => {
    await s.left('NumericOverflow', Q.all(Q.of({ v: X.abs(X.lit(-(2n ** 63n))) })))
    await s.left('NumericOverflow', Q.all(Q.of({ v: X.power(X.lit(1e200), 2) })))
  })
  test('zeros are one value, whatever made them', async () => {
    const rows = Q.values({ v: float })([-0.5, 0, 0.25, -0.25].map(v => ({ v })))
    const zeros = pipe(
      rows,
      Q.map(r => ({ v: X.ceil(X.least(r.v, 0)) })),
    )
    await same('distinct', pipe(zeros, Q.distinct))
    await same(
      'except',
      pipe(
        zeros,
        Q.except(
          pipe(
            rows,
            Q.map(r => ({ v: X.abs(X.round(X.times(r.v, 0.5))) })),
          ),
        ),
      ),
    )
  })
  test('numbers and ranks of rows are integers like any other', async () => {
    const ranked = pipe(
      Q.values({ v: int })([{ v: -3 }, { v: 2 }]),
      Q.window(r => {
        const by = { orderBy: [X.asc(r.v)] }
        return { number: W.rowNumber(by), rank: W.rank(by), dense: W.denseRank(by), half: W.ntile(2, by) }
      }),
      Q.map(r => ({ a: X.times(r.number, r.v), b: X.minus(r.rank, 5), c: X.times(r.dense, r.v), d: X.minus(r.half, 3), v: r.v })),
      Q.orderBy(r => [X.asc(X.times(r.a, r.v))]),
    )
    await same('computed', ranked)
  })
  test('in checks and updates', async () => {
    await s.create(short)
    await s.right(C.run(C.insert(short)({ id: 1, name: 'a', ratio: -2.5 })))
    await s.unchanged([short], 'CheckViolation', C.run(C.insert(short)({ id: 2, name: ' a', ratio: 0 })))
    await s.right(
      C.run(C.update(short)(r => ({ name: X.padStart(r.name, 3, '-'), ratio: X.round(X.greatest(r.ratio, -10)) }), C.everywhere)),
    )
    assert.equal(await s.rows(short), [{ id: 1, name: '--a', ratio: -3 }])
    await s.drop(short)
  })
  test.run()
}
