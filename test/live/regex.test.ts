/**
 * Regular expressions on every engine against the model, and the model against JavaScript.
 *
 * The texts are those on which regex dialects differ: line ends, characters of two UTF-16 units, letters with marks, characters with a
 * meaning in some dialect. Some patterns are written by hand, others are random combinations of everything in the language.
 */
import fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { check, int, nullable, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { matching } from '../../lib/core/value/automaton.js'
import { parsed, written } from '../../lib/core/value/regex.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const TEXTS = [
  '',
  'a',
  'A',
  'b',
  'ab',
  'abc',
  'aab',
  'ba',
  'a\n',
  '\n',
  '\na',
  'a\nb',
  'a\r\n',
  'a\u2028',
  'é',
  'e\u0301',
  'É',
  'ß',
  '😀',
  'a😀b',
  '\ud83d\ude01',
  '0',
  '42',
  '٣',
  ' ',
  '\t',
  '\u00a0',
  '_',
  '-',
  'a-b',
  ']',
  '[',
  '^',
  '$',
  '\\',
  '.',
  'a.b',
  '&&',
  '~',
  '#',
  '{2}',
  "o'c",
  '"',
  '/',
  '***:a',
  '(?i)a',
  '[[:alpha:]]',
  'İ',
  'ı',
  'K',
  'k',
  '\uffee',
]

const PATTERNS = [
  'a',
  'ab|b',
  '^a$',
  '^$',
  'a$',
  '^',
  '$',
  '.',
  '^.$',
  '^..$',
  '^.{2,}$',
  'a.b',
  '^a+b?$',
  '^(ab?c?)*$',
  '(a|b){2}',
  '(?:a|^b)',
  '[abc]',
  '[^a]',
  '^[^a]+$',
  '[a-z]',
  '[A-Z]',
  '[à-ý]',
  '[😀-😂]',
  '^[^😀]$',
  '\\d',
  '^\\d+$',
  '\\w',
  '^\\W$',
  '\\s',
  '^\\S+$',
  '[\\d\\s]',
  '[^\\w]',
  '\\.',
  'a\\.b',
  '\\\\',
  '\\[',
  '[\\]\\[]',
  '[\\^]',
  '[\\-]',
  '[a\\-z]',
  '[-a]',
  '[a-]',
  '[&]',
  '[&&]',
  '[~#]',
  '[ ]',
  "'",
  '"',
  '/',
  '\\$',
  '\\^',
  '\\*\\*\\*:',
  '\\(\\?i\\)',
  '\\{2\\}',
  '\\n',
  '\\n$',
  '^\\n',
  '\n',
  '\\r\\n',
  '\\t',
  'é',
  'e\u0301?$',
  'ß',
  'k',
  '#',
  ' ',
  '_',
  '[_]',
  'a{0}b',
  'a{2}',
  'a{0,1}b',
  '^a{1,255}$',
  '((((a))))',
  '^(a|ab)(c|bcd)?$',
]

const WRONG = [
  '',
  '(',
  ')',
  'a)',
  '(a',
  '[',
  '[]',
  '[^]',
  'a]',
  'a{',
  'a{1',
  'a{x}',
  'a{2,1}',
  'a{256}',
  '{2}',
  '*',
  '+a',
  '?',
  'a**',
  'a*?',
  'a+?',
  '(a*)*',
  '(a+)+',
  '(a*){2}',
  '^*',
  '$+',
  'a||b',
  '|a',
  '()',
  '(?=a)',
  '(?!a)',
  '(?<n>a)',
  '(?i)a',
  '\\b',
  '\\1',
  '\\p{L}',
  '\\',
  '\\u0041',
  '[z-a]',
  '[a-\\d]',
  '[[:alpha:]]',
  '[\\D]',
  '((a{255}){255}){2}',
  'a'.repeat(1001),
  'a\u0000',
  '\ud800',
]

const { pattern: made } = fc.letrec<{ readonly pattern: string; readonly sequence: string; readonly part: string; readonly atom: string }>(
  tie => ({
    pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map(all => all.join('|')),
    sequence: fc.array(tie('part'), { minLength: 1, maxLength: 3 }).map(all => all.join('')),
    part: fc.tuple(tie('atom'), fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}', '{0,}')).map(([a, times]) => a + times),
    atom: fc.oneof(
      { maxDepth: 2 },
      fc.constantFrom('a', 'b', '.', '[ab]', '[^b]', '\\n', '\\d', '\\W', '😀', 'é', '\\.', '[a-c]', '[^\\s]', '\\\\', '-'),
      fc.constantFrom('^', '$'),
      tie('pattern').map(p => `(${p})`),
    ),
  }),
)

const isTaken = (p: string): boolean => {
  try {
    return parsed(p) !== null
  } catch {
    return false
  }
}

const random = fc.sample(
  made.filter(p => p.length < 60 && isTaken(p)),
  { numRuns: 150, seed: 20261121 },
)

const rows = Q.values({ i: int, v: text })(TEXTS.map((v, i) => ({ i, v })))

const codes = table(
  'regex_codes',
  { id: int, code: check((self: X.Expr<string>) => X.matches(self, '^[A-Z]{2}-\\d+$'))(text), note: nullable(text) },
  { primaryKey: ['id'] },
)

for (const engine of engines) {
  if (engine.name === 'sqlite in a file') continue
  const test = suite(`regular expressions on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  const compared = async (patterns: readonly string[]): Promise<void> => {
    for (let at = 0; at < patterns.length; at += 25) {
      const some = patterns.slice(at, at + 25)
      const q = pipe(
        rows,
        Q.orderBy(r => [X.asc(r.i)]),
        Q.map(r => Object.fromEntries(some.map((p, i) => [`p${i}`, X.matches(r.v, p)]))),
      )
      const [got, expected] = [await s.right(Q.all(q)), await Q.all(q)({ db: model })()]
      assert.is(expected._tag, 'Right')
      if (expected._tag === 'Left') continue
      TEXTS.forEach((v, i) => {
        some.forEach((p, j) => {
          const [a, b] = [got[i]?.[`p${j}`], expected.right[i]?.[`p${j}`]]
          assert.is(a, b, `${JSON.stringify(v)} by ${JSON.stringify(p)}`)
        })
      })
    }
  }

  test('of what is made of nulls only', async () => {
    const none = X.lower(X.concat(X.nullOf(text), X.nullOf(text)))
    assert.equal(await s.right(Q.one(Q.of({ a: X.matches(none, 'a'), b: X.unhex(none), c: X.byteLength(none), d: X.sha256(none) }))), {
      a: null,
      b: null,
      c: null,
      d: null,
    })
  })

  test('patterns by hand', () => compared(PATTERNS))
  test('patterns at random', () => compared(random))

  test('of parameters, null, conditions and their negation', async () => {
    assert.equal(
      await s.right(
        Q.one(Q.of({ a: X.matches(X.lit('a1'), '\\d'), b: X.matches(X.nullOf(text), 'a'), c: X.not(X.matches(X.lit('x'), 'y')) })),
      ),
      {
        a: true,
        b: null,
        c: true,
      },
    )
    const found = pipe(
      rows,
      Q.where(r => X.and(X.not(X.matches(r.v, '^[^a]*$')), X.matches(X.concat(r.v, '!'), 'b!'))),
      Q.map(r => r.v),
      Q.orderBy(v => [X.asc(v)]),
    )
    assert.equal(await s.right(Q.all(found)), ['a\nb', 'a-b', 'a.b', 'aab', 'ab', 'a😀b'])
  })

  test('as a key of groups, inside others and in their condition', async () => {
    const grouped = pipe(
      rows,
      Q.aggregate(r => ({ k: A.key(X.matches(r.v, 'a')), n: A.countAll })),
      Q.where(g => X.or(g.k, X.gt(g.n, 0))),
      Q.map(g => ({ k: X.not(g.k), n: g.n })),
      Q.orderBy(g => [X.asc(g.k)]),
    )
    const [got, expected] = [await s.right(Q.all(grouped)), await Q.all(grouped)({ db: model })()]
    assert.equal({ _tag: 'Right', right: got }, expected)
    const totals = pipe(
      rows,
      Q.rollup(r => ({ by: { k: X.caseWhen([[X.matches(r.v, 'a'), X.lit('a')]], X.left(r.v, 0)) }, of: { n: A.countAll } })),
      Q.map(g => g.n),
      Q.orderBy(n => [X.asc(n)]),
    )
    assert.equal({ _tag: 'Right', right: await s.right(Q.all(totals)) }, await Q.all(totals)({ db: model })())
  })

  test('in a check and an update', async () => {
    await s.create(codes)
    await s.right(C.run(C.insert(codes)({ id: 1, code: 'AB-1' })))
    await s.unchanged([codes], 'CheckViolation', C.run(C.insert(codes)({ id: 2, code: 'AB-1\n' })))
    await s.unchanged([codes], 'CheckViolation', C.run(C.insert(codes)({ id: 2, code: 'ab-1' })))
    await s.right(
      C.run(
        C.update(codes)(
          c => ({ note: X.caseWhen([[X.matches(c.code, '^A'), X.lit('first')]], X.lit('other')) }),
          c => X.matches(c.code, '1$'),
        ),
      ),
    )
    assert.equal(await s.rows(codes), [{ id: 1, code: 'AB-1', note: 'first' }])
    await s.drop(codes)
  })

  test('a text of many characters takes no time', async () => {
    const long = Q.values({ v: text })([{ v: 'a'.repeat(5_000) }])
    const q = pipe(
      long,
      Q.map(r => ({ v: X.matches(r.v, '^a*b$') })),
    )
    assert.equal(await s.right(Q.all(q)), [{ v: false }])
  })

  test('what engines differ on is refused', async () => {
    for (const p of WRONG) await s.left('ValidationError', Q.all(Q.of({ v: X.matches(X.lit('a'), p) })))
    await s.left('ValidationError', Q.all(Q.of({ v: X.matches(X.lit('a'), X.lit('a') as never) })))
    await s.left('ValidationError', Q.all(Q.of({ v: X.matches(X.lit(1) as never, 'a') })))
  })
  test.run()
}

const test = suite('regular expressions')
test('match what JavaScript’s own match', () => {
  for (const p of [...PATTERNS, ...random]) {
    const [regex, own] = [parsed(p), new RegExp(p, 'su')]
    const wide = matching(p)
    for (const t of TEXTS) assert.is(wide(t), narrow(p) ? wide(t) : own.test(t), `${JSON.stringify(t)} by ${p}`)
    assert.ok(written(regex, { end: '$', any: '.' }).length > 0)
  }
})

/** `\s` of JavaScript has blanks beyond ASCII; a sign that is none of its syntax takes no backslash there. */
const narrow = (p: string): boolean => /\\s|\\S|\[\^\\w\]|\\[-"'#&~]/.test(p)

test.run()
