/**
 * Documents written by other programs, with numbers that are not doubles: each is read exactly, or not at all.
 *
 * Engines store numbers differently: MySQL keeps integers of 64 bits and converts all others to doubles before anything reads them. So the
 * expected number is the one that the engine itself prints as text.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { anyJson, bigint, float, int, numeric, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyColumn } from '../../lib/core/syntax/Syntax.js'
import { isKept, parseExact } from '../../lib/core/value/jsonNumbers.js'
import * as X from '../../lib/Expr.js'
import { raw } from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const others = table('json_of_others', { id: int, doc: anyJson, name: text }, { primaryKey: ['id'] })

/** Numbers as programs write them; whether a double holds each, and as what the types of numbers read it. */
interface Case {
  readonly kept: boolean
  readonly int: number | null
  readonly bigint: bigint | null
  /** As numeric(18, 3). */
  readonly numeric: string | null
  readonly float: number | null
}

const same = (n: number, decimal: string | null): Case => ({
  kept: true,
  int: Number.isSafeInteger(n) ? n : null,
  bigint: Number.isInteger(n) && Math.abs(n) < 2 ** 63 ? BigInt(n) : null,
  numeric: decimal,
  float: n,
})

const CASES: { readonly [written: string]: Case } = {
  '0': same(0, '0.000'),
  '-0.0': same(0, '0.000'),
  '1.50': same(1.5, '1.500'),
  '1e2': same(100, '100.000'),
  '0.1': same(0.1, '0.100'),
  '0.30000000000000004': { ...same(0.1 + 0.2, null) },
  '1234.5678': same(1234.5678, null),
  '9007199254740992': same(2 ** 53, null),
  '9007199254740991': same(2 ** 53 - 1, null),
  '999999999999999': same(999999999999999, '999999999999999.000'),
  '1e300': same(1e300, null),
  '5e-324': same(5e-324, null),
  '9007199254740993': { kept: false, int: null, bigint: 9007199254740993n, numeric: null, float: null },
  '-9223372036854775807': { kept: false, int: null, bigint: -9223372036854775807n, numeric: null, float: -(2 ** 63) },
  '9223372036854775807': { kept: false, int: null, bigint: 9223372036854775807n, numeric: null, float: 2 ** 63 },
  '18446744073709551615': { kept: false, int: null, bigint: null, numeric: null, float: 18446744073709552000 },
}
/** Numbers that MySQL converts to the nearest double. */
const BEYOND_MYSQL: { readonly [written: string]: Case } = {
  '123456789012345.678': { kept: false, int: null, bigint: null, numeric: '123456789012345.678', float: 123456789012345.67 },
  '3.14159265358979323846': { kept: false, int: null, bigint: null, numeric: null, float: Math.PI },
  '123456789012345678901234567890': { kept: false, int: null, bigint: null, numeric: null, float: 1.2345678901234568e29 },
}

const PLACES: readonly (readonly [document: (n: string) => string, path: readonly (string | number)[]])[] = [
  [n => `{"n": ${n}}`, ['n']],
  [n => `{"s": "12345678901234567890 \\" {", "list": [1, {"a": [], "n": ${n}}]}`, ['list', 1, 'n']],
]

for (const engine of engines) {
  if (!engine.sql || engine.name === 'sqlite in a file') continue
  const test = suite(`json of other programs on ${engine.name}`)
  const s = using(engine, test)
  const quoted = (document: string): string =>
    `'${document.replaceAll('\\', engine.name === 'mysql' || engine.name === 'mariadb' ? '\\\\' : '\\')}'`

  const stored = async (document: string): Promise<void> => {
    const statement = [`UPDATE json_of_others SET doc = ${quoted(document)}`]
    await s.right(raw({})(Object.assign(statement, { raw: statement }) as never))
  }
  const doc = pipe(
    Q.from(others),
    Q.map(o => o.doc),
  )
  const texts = pipe(
    Q.from(others),
    Q.map(o => X.jsonText(o.doc)),
  )

  test.before(async () => {
    await s.create(others)
    await s.right(C.run(C.insert(others)({ id: 1, doc: {}, name: 'x' })))
  })

  const all = Object.entries({ ...CASES, ...(engine.name === 'mysql' ? {} : BEYOND_MYSQL) })
  for (const [written, expected] of all) {
    for (const [document, path] of PLACES) {
      test(`${written} at ${path.join('.')}`, async () => {
        await stored(document(written))
        const read: { readonly [name: string]: AnyColumn } = { int, bigint, numeric: numeric(18, 3), float }
        const [values] = (await s.right(
          Q.all(
            pipe(
              Q.from(others),
              Q.map(o => Object.fromEntries(Object.entries(read).map(([name, type]) => [name, X.jsonAt(type)(o.doc, ...path)]))),
            ),
          ),
        )) as readonly Omit<Case, 'kept'>[]
        const { kept, ...numbers } = expected
        assert.equal(values, numbers)

        const whole = await s.run(Q.all(doc))
        const nested = await s.run(Q.all(Q.of({ all: Q.many(Q.from(others)) })))
        if (kept) {
          assert.equal(whole, E.right([JSON.parse(document(written))]))
          assert.equal(nested, E.right([{ all: [{ id: 1, doc: JSON.parse(document(written)), name: 'x' }] }]))
        } else {
          const error = await s.left('DecodeError', Q.all(doc))
          assert.match(error.message, `"${path.join('.')}"`)
          assert.match(error.message, 'jsonAt(bigint) or jsonAt(numeric), or the whole document with jsonText')
          assert.match((await s.left('DecodeError', Q.all(Q.of({ all: Q.many(Q.from(others)) })))).message, `doc.${path.join('.')}`)
        }
        const [text] = await s.right(Q.all(texts))
        assert.equal(parseExact(text as string), parseExact(document(written)))
        assert.is(isKept(text as string), kept)
        assert.equal(await s.right(Q.all(Q.of({ all: Q.many(texts) }))), [{ all: [text] }])
      })
    }
  }
  test('a null has no text', async () => {
    assert.equal(await s.right(Q.all(Q.of({ v: X.jsonText(X.nullOf(anyJson)) }))), [{ v: null }])
    await s.drop(others)
  })
  test.run()
}
