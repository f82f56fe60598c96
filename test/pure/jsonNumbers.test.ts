/** Documents with numbers that are not doubles: which they are, what represents them, and that the rest is as JSON.parse reads it. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { ExactNumber, exactText, isKept, parseExact, placeOfExact } from '../../lib/core/value/jsonNumbers.js'
import { suite } from '../suite.js'

const test = suite('numbers of json')

test('every document that JavaScript writes is kept, and read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const written = JSON.stringify(value)
      assert.ok(isKept(written), written)
      assert.equal(parseExact(written), JSON.parse(written))
      assert.equal(JSON.parse(exactText(value)), JSON.parse(written))
    }),
  )
})

test('a double is kept in every number of digits that gives it back', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 17, max: 40 }), (x, digits) => {
      assert.ok(isKept(`[${x.toPrecision(digits)}]`), `${x} with ${digits} digits`)
    }),
  )
})

test('an integer is kept exactly where a double is it; else its digits are', () => {
  const large = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
  fc.assert(
    fc.property(fc.oneof(large, fc.bigInt({ min: 2n ** 53n, max: 2n ** 54n })), n => {
      const held = BigInt(Number(n)) === n
      if (held) assert.ok(isKept(`{"n":${n}}`))
      else if (!isKept(`{"n":${n}}`)) {
        const read = parseExact(`{"s": "1\\"2", "list": [1, {"n": ${n}}]}`) as { readonly list: readonly [1, { readonly n: ExactNumber }] }
        assert.ok(read.list[1].n instanceof ExactNumber)
        assert.is(BigInt(read.list[1].n.digits), n)
        assert.equal(placeOfExact(read), ['list', '1', 'n'])
      } else assert.is(BigInt(Number(n).toPrecision(30).replace(/\..*$/, '')) !== n && String(n).endsWith('0'), true)
    }),
  )
})

test('the text says the same of the same numbers, keys in any order', () => {
  const same: readonly (readonly [string, string])[] = [
    ['{"b": 1.0, "a": [1e2, -0.0]}', '{"a":[100,0],"b":1}'],
    [
      '[123456789012345678901234567890, 1234567890123456789012345678.900e2]',
      '[123456789012345678901234567890,123456789012345678901234567890]',
    ],
    ['[0.00012345678901234567890]', '[0.0001234567890123456789]'],
    ['[1e400, -1.50e-400]', '[1e400,-15e-401]'],
    ['{"__proto__": 9007199254740993}', '{"__proto__":9007199254740993}'],
  ]
  for (const [written, text] of same) {
    assert.is(exactText(parseExact(written)), text)
    assert.is(exactText(parseExact(text)), text)
  }
})

test('texts of millions of characters, and what is no json', () => {
  const long = JSON.stringify({ s: `${'"\\x'.repeat(2_000_000)}9007199254740993`, n: 1 })
  assert.ok(isKept(long))
  assert.not(isKept(long.replace('"n":1', '"n":9007199254740993')))
  for (const text of ['', '{', '[1,]', '01', '9007199254740993x']) assert.throws(() => parseExact(text))
})

test.run()
