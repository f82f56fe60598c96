/** Edge cases of the functions of bytes, on every engine against the model; and the model against known results. */
import { createHash } from 'node:crypto'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { bytes, int, nullable, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyColumn, AnyExpr } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const BYTES = [[], [0], [0, 0], [255, 0, 10], [0x27, 0x5c], Array.from({ length: 256 }, (_, i) => i)].map(b => Uint8Array.from(b))
const TEXTS = [
  '',
  'a',
  'é😀',
  '00fF',
  '0',
  'zz',
  '0g',
  '00\n',
  ' 00',
  '00 ',
  '\n00',
  '0x00',
  'ＡＡ',
  'x'.repeat(70_000),
  'ab'.repeat(40_000),
]

const domains: readonly {
  readonly name: string
  readonly column: AnyColumn
  readonly values: readonly unknown[]
  readonly functions: { readonly [name: string]: (e: any) => AnyExpr }
}[] = [
  {
    name: 'bytes',
    column: bytes,
    values: BYTES,
    functions: {
      length: X.byteLength,
      hex: X.hex,
      back: e => X.unhex(X.hex(e)),
      sha256: X.sha256,
      'hex of sha256': e => X.hex(X.sha256(e)),
      'compared by code point': e => X.lt(X.hex(e), 'B'),
    },
  },
  {
    name: 'texts',
    column: text,
    values: TEXTS,
    functions: { length: X.byteLength, unhex: X.unhex, sha256: X.sha256, 'length of unhex': e => X.byteLength(X.unhex(e)) },
  },
]

const files = table('byte_functions', { id: int, content: bytes, digest: nullable(text) }, { primaryKey: ['id'] })

for (const engine of engines) {
  if (engine.name === 'sqlite in a file') continue
  const test = suite(`functions of bytes on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  const same = async (name: string, q: Q.Query<any, unknown>): Promise<void> => {
    const [got, expected] = [await s.run(Q.all(q)), await Q.all(q)({ db: model })()]
    assert.equal(got, expected, name)
  }
  for (const { name, column, values, functions } of domains) {
    const rows = Q.values({ i: int, v: column })(values.map((v, i) => ({ i, v })) as never)
    test(`${name} of a column and as parameters`, async () => {
      for (const [f, of] of Object.entries(functions)) {
        await same(
          f,
          pipe(
            rows,
            Q.orderBy((r: any) => [X.asc(r.i)]),
            Q.map((r: any) => ({ v: of(r.v) })),
          ) as never,
        )
        await same(`${f} of parameters`, Q.of(Object.fromEntries(values.map((v, i) => [`v${i}`, of(X.litOf(column)(v as never))]))))
        await same(`${f} of null`, Q.of({ v: of(X.nullOf(column)) }))
        await same(
          `${f} as a key`,
          pipe(
            rows,
            Q.aggregate((r: any) => ({ k: A.key(of(r.v)), n: A.countAll })),
            Q.orderBy((r: any) => [X.asc(r.k)]),
          ),
        )
        await same(
          `${f} in a collection`,
          Q.of({
            all: Q.many(
              pipe(
                rows,
                Q.orderBy((r: any) => [X.asc(r.i)]),
                Q.map((r: any) => of(r.v)),
              ),
            ),
          }),
        )
      }
    })
  }

  test('SHA-256 is what other tools say', async () => {
    const messages = [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000].map(n => new Uint8Array(n).fill(n % 256))
    const digests = await s.right(Q.one(Q.of(Object.fromEntries(messages.map((m, i) => [`m${i}`, X.hex(X.sha256(X.litOf(bytes)(m)))])))))
    assert.equal(digests, Object.fromEntries(messages.map((m, i) => [`m${i}`, createHash('sha256').update(m).digest('hex')])))
    assert.is(await s.right(Q.one(Q.of(X.hex(X.sha256(X.lit('é😀')))))), createHash('sha256').update('é😀').digest('hex'))
  })

  test('in an update and a condition', async () => {
    await s.create(files)
    await s.right(
      C.run(
        C.insertMany(files)([
          { id: 1, content: Uint8Array.of(1, 2), digest: 'zz' },
          { id: 2, content: new Uint8Array(), digest: null },
        ]),
      ),
    )
    await s.right(C.run(C.update(files)(f => ({ content: X.coalesce(X.unhex(f.digest), f.content) }), C.everywhere)))
    await s.right(C.run(C.update(files)(f => ({ digest: X.hex(X.sha256(f.content)) }), C.everywhere)))
    const short = pipe(
      Q.from(files),
      Q.where(f => X.and(X.lt(X.byteLength(f.content), 1), X.eq(X.unhex(f.digest), X.sha256(f.content)))),
      Q.map(f => f.digest),
    )
    assert.equal(await s.right(Q.all(short)), [createHash('sha256').digest('hex')])
    await s.drop(files)
  })

  test('what is neither bytes nor text is refused', async () => {
    for (const e of [
      X.byteLength(X.lit(1) as never),
      X.hex(X.lit('a') as never),
      X.unhex(X.lit(Uint8Array.of(1)) as never),
      X.sha256(X.lit(1) as never),
    ])
      await s.left('ValidationError', Q.all(Q.of({ v: e })))
  })
  test.run()
}
