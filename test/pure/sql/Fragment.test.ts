/** Fragments: what `flatten` makes of texts and slots, and that joining them is a monoid. */
import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { exprType } from '../../../lib/core/syntax/Syntax.js'
import { type Fragment, flatten, interleaved, join, list, optional, parens, type Slot, slot, sql, text } from '../../../lib/sql/Fragment.js'
import { suite } from '../../suite.js'

const test = suite('Fragment')

const INT = exprType({ tag: 'int' })
const valued = (value: unknown): Slot => ({ tag: 'value', value, type: INT })
const [a, b] = [valued(1), valued(2)]
const numbered = (f: Fragment) => flatten(f, n => `$${n}`, true)
const plain = (f: Fragment) => flatten(f, () => '?', false)

/** Fragments over a few slots and texts, some of which look like placeholders. */
const fragment: fc.Arbitrary<Fragment> = fc
  .array(fc.oneof(fc.constantFrom<string | Slot>(a, b, '$1', '?', '', ', '), fc.string({ maxLength: 3 })), { maxLength: 6 })
  .map(pieces => ({ pieces }))

test('a slot that stands twice has one number where the dialect numbers, and two places where it does not', () => {
  const f = sql`${slot(a)} = ${slot(b)} OR ${slot(a)} = 1`
  assert.equal(numbered(f), { text: '$1 = $2 OR $1 = 1', slots: [a, b] })
  assert.equal(plain(f), { text: '? = ? OR ? = 1', slots: [a, b, a] })
})

test('two slots of equal values are two', () => {
  assert.equal(numbered(list([slot(valued(1)), slot(valued(1))])).text, '$1, $2')
})

test('text that looks like a placeholder is text', () => {
  assert.equal(numbered(sql`'$1' ${slot(a)} $2`), { text: "'$1' $1 $2", slots: [a] })
})

test('a placeholder sees its slot and its number', () => {
  const seen: unknown[] = []
  flatten(
    sql`${slot(a)}${slot(b)}${slot(a)}`,
    (n, s) => {
      seen.push([n, s])
      return ''
    },
    true,
  )
  assert.equal(seen, [
    [1, a],
    [2, b],
    [1, a],
  ])
})

test('there are as many placeholders as slots say', () => {
  fc.assert(
    fc.property(fragment, f => {
      const own = f.pieces.filter(p => typeof p !== 'string')
      assert.equal(plain(f).slots, own)
      assert.equal(numbered(f).slots, [...new Set(own)])
      assert.is(plain(f).text, f.pieces.map(p => (typeof p === 'string' ? p : '?')).join(''))
    }),
  )
})

test("join('') is associative, with the empty fragment as its unit", () => {
  const and = (x: Fragment, y: Fragment): Fragment => join([x, y], '')
  const empty = text('')
  fc.assert(
    fc.property(fragment, fragment, fragment, (x, y, z) => {
      assert.equal(numbered(and(and(x, y), z)), numbered(and(x, and(y, z))))
      assert.equal(numbered(and(x, empty)), numbered(x))
      assert.equal(numbered(and(empty, x)), numbered(x))
    }),
  )
})

test('a template, a list, brackets, and nothing where there is nothing to say', () => {
  const f = sql`SELECT ${list([text('1'), slot(a), text('x')])} FROM ${'t'}${optional(false, () => text(' WHERE 1'))}`
  assert.is(plain(f).text, 'SELECT 1, ?, x FROM t')
  assert.is(plain(parens(slot(a))).text, '(?)')
  assert.is(plain(join([], ', ')).text, '')
  assert.is(plain(optional(true, () => slot(a))).text, '?')
})

test('texts with fragments between them', () => {
  assert.is(plain(join(interleaved(['a ', ' b ', ' c'], [slot(a), slot(b)]), '')).text, 'a ? b ? c')
  assert.is(plain(join(interleaved(['only'], []), '')).text, 'only')
})

test.run()
