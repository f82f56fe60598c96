/**
 * S19 and S20: case mapping, and the functions of text.
 *
 * The mapping is compared with that of Unicode for every letter of Latin, Greek and Cyrillic. The other functions are tried with astral
 * characters, which are two UTF-16 units, and with every character that has a meaning in a pattern.
 */
import * as C from '../../../lib/Column.js'
import * as Ex from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import { type Clause, check, equal, fails, later } from './check.js'
import { computes, decides, valueOf } from './compute.js'

const word = { a: C.text }

/** Letters of Latin, Greek and Cyrillic, but for U+019B: it got its capital in Unicode 16, which not everybody knows. */
const LETTERS = (
  [
    [0x41, 0x24f],
    [0x370, 0x3ff],
    [0x400, 0x52f],
    [0x1e00, 0x1fff],
  ] as const
)
  .flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)))
  .filter(c => c !== '\u019b')

const isOne = (s: string): boolean => [...s].length === 1

/**
 * Unicode's simple mapping. JavaScript knows the full one, which for these letters is simple when it is one
 * character; the letters whose full mapping is longer have a simple one in Unicode's table only here.
 */
const simpleLower = (c: string): string => (c === '\u0130' ? 'i' : isOne(c.toLowerCase()) ? c.toLowerCase() : c)

const simpleUpper = (c: string): string => {
  if (isOne(c.toUpperCase())) return c.toUpperCase()
  const n = c.codePointAt(0) as number
  if (n >= 0x1f80 && n <= 0x1faf && n % 16 < 8) return String.fromCodePoint(n + 8)
  return (
    new Map([
      ['\u1fb3', '\u1fbc'],
      ['\u1fc3', '\u1fcc'],
      ['\u1ff3', '\u1ffc'],
    ]).get(c) ?? c
  )
}

const mapped = (letters: readonly string[], from: string, to: string): readonly string[] => {
  const got = [...to]
  return [...from].flatMap((expected, i) => (expected === got[i] ? [] : [`${letters[i]}: expected ${expected}, got ${got[i]}`]))
}

const casing: readonly Clause[] = [
  check(19, 'lower maps words of Latin, Greek and Cyrillic letters', db =>
    computes(
      db,
      word,
      [
        ['\u00c9COLE', '\u00e9cole'],
        ['STRASSE', 'strasse'],
        ['STRA\u00dfE', 'stra\u00dfe'],
        ['\u03a3\u039f\u03a6\u039f\u03a3', '\u03c3\u03bf\u03c6\u03bf\u03c3'],
        ['\u0416\u0423\u041a \u0401', '\u0436\u0443\u043a \u0451'],
        ['\u00c5\u00d8\u0141', '\u00e5\u00f8\u0142'],
        ['123 \u{1f600}_%', '123 \u{1f600}_%'],
        ['', ''],
      ],
      r => Ex.lower(r.a),
    ),
  ),
  check(19, 'upper maps words of Latin, Greek and Cyrillic letters', db =>
    computes(
      db,
      word,
      [
        ['\u00e9cole', '\u00c9COLE'],
        ['e\u0301', 'E\u0301'],
        ['stra\u00dfe', 'STRA\u00dfE'],
        ['\u03c3\u03bf\u03c6\u03cc\u03c2', '\u03a3\u039f\u03a6\u038c\u03a3'],
        ['\u0436\u0443\u043a \u0451', '\u0416\u0423\u041a \u0401'],
        ['\u00e5\u00f8\u0142 \u00ff', '\u00c5\u00d8\u0141 \u0178'],
        ['\ufb01', '\ufb01'],
        ['', ''],
      ],
      r => Ex.upper(r.a),
    ),
  ),
  check(19, 'lower is Unicode\u2019s simple mapping of every Latin, Greek and Cyrillic letter', async db => {
    const all = LETTERS.join('')
    await computes(
      db,
      word,
      [[all, []]],
      r => Ex.lower(r.a),
      (actual, _, message) => equal(mapped(LETTERS, LETTERS.map(simpleLower).join(''), actual as string), [], message),
    )
  }),
  check(19, 'upper is Unicode\u2019s simple mapping of every Latin, Greek and Cyrillic letter', async db => {
    const all = LETTERS.join('')
    await computes(
      db,
      word,
      [[all, []]],
      r => Ex.upper(r.a),
      (actual, _, message) => equal(mapped(LETTERS, LETTERS.map(simpleUpper).join(''), actual as string), [], message),
    )
  }),
  check(19, 'ilike is case-insensitive like', async db => {
    const matching = (pattern: string, cases: readonly (readonly [string | null, boolean | null])[]): Promise<void> =>
      decides(db, { a: C.nullable(C.text) }, cases, r => Ex.ilike(r.a, pattern))
    await matching('\u00e9COLE', [
      ['\u00c9cole', true],
      ['ecole', false],
      ['\u00e9cole ', false],
      [null, null],
    ])
    await matching('%\u0416_k%', [
      ['xx\u0436\u{1f600}Kx', true],
      ['\u0436k', false],
    ])
    await matching('stra\u00dfe', [
      ['STRA\u00dfE', true],
      ['STRASSE', false],
    ])
    await matching('\u03a3\u03c3', [
      ['\u03c3\u03a3', true],
      ['\u03c3\u03c2', false],
    ])
    await matching('100!%', [
      ['100%', true],
      ['1000', false],
    ])
  }),
  check(19, 'like is case-sensitive', async db => {
    await decides(
      db,
      word,
      [
        ['abc', true],
        ['Abc', false],
        ['ABC', false],
      ],
      r => Ex.like(r.a, 'ab%'),
    )
    await decides(
      db,
      word,
      [
        ['\u00e9', true],
        ['\u00c9', false],
      ],
      r => Ex.like(r.a, '\u00e9'),
    )
  }),
  later(19, 'iexact and icontains', 'the combinators come with the search of texts; until then ilike, and eq of lower'),
]

const functions: readonly Clause[] = [
  check(20, 'length counts code points', db =>
    computes(
      db,
      word,
      [
        ['', 0],
        ['abc', 3],
        ['a ', 2],
        ['\u00e9', 1],
        ['e\u0301', 2],
        ['\u{1f600}', 1],
        ['a\u{1f600}\u4e2d\u{10000}', 4],
        ['\u{1f468}\u200d\u{1f469}\u200d\u{1f467}', 5],
        ['\r\n', 2],
      ],
      r => Ex.length(r.a),
    ),
  ),
  check(20, 'substring counts code points from 1; beyond the end there is nothing', async db => {
    const text = 'a\u{1f600}\u00e9\u{10000}z'
    const parts: readonly (readonly [number, number | undefined, string])[] = [
      [1, undefined, text],
      [2, undefined, '\u{1f600}\u00e9\u{10000}z'],
      [2, 1, '\u{1f600}'],
      [2, 3, '\u{1f600}\u00e9\u{10000}'],
      [5, 5, 'z'],
      [1, 0, ''],
      [6, undefined, ''],
      [7, 2, ''],
    ]
    for (const [from, count, expected] of parts) {
      await computes(
        db,
        { a: C.nullable(C.text) },
        [
          [text, expected],
          ['', ''],
          [null, null],
        ],
        r => Ex.substring(r.a, from, count),
      )
    }
  }),
  check(20, 'position counts code points from 1, and is 0 when the part is absent', db =>
    computes(
      db,
      { a: C.nullable(C.text), b: C.nullable(C.text) },
      [
        ['abc', 'a', 1],
        ['abc', 'c', 3],
        ['abc', 'bc', 2],
        ['abc', 'x', 0],
        ['abc', 'B', 0],
        ['\u{1f600}\u{1f600}b', 'b', 3],
        ['a\u{1f600}\u00e9', '\u00e9', 3],
        ['abab', 'b', 2],
        ['abc', 'abcd', 0],
        ['a%c', '%', 2],
        ['abc', '', 1],
        ['', '', 1],
        ['', 'a', 0],
        [null, 'a', null],
        ['a', null, null],
      ],
      r => Ex.position(r.a, r.b),
    ),
  ),
  check(20, 'concat with a null is null', async db => {
    await computes(
      db,
      { a: C.nullable(C.text), b: C.nullable(C.text) },
      [
        ['a', 'b', 'a-b'],
        ['', '', '-'],
        ['a', null, null],
        [null, 'b', null],
        ['\u{1f600}', "'\\%", "\u{1f600}-'\\%"],
      ],
      r => Ex.concat(r.a, '-', r.b),
    )
    equal(await valueOf(db, Ex.concat()), '')
    equal(await valueOf(db, Ex.concat('a')), 'a')
  }),
  check(20, 'contains, startsWith and endsWith of a plain text: wildcards are literal', async db => {
    const parts = ['%', '_', '!', '\\', "'", 'b', '\u{1f600}', '', '!%', 'a%', '%b', '\n', '.*']
    const whole = ['', '%', 'a%b', 'a_b', 'a!b', 'a\\b', "it's", 'ab', 'AB', '\u{1f600}b', 'a\nb', '!%', '.*', 'aXb']
    for (const part of parts) {
      await decides(
        db,
        word,
        whole.map(w => [w, w.includes(part)]),
        r => Ex.contains(r.a, part),
      )
      await decides(
        db,
        word,
        whole.map(w => [w, w.startsWith(part)]),
        r => Ex.startsWith(r.a, part),
      )
      await decides(
        db,
        word,
        whole.map(w => [w, w.endsWith(part)]),
        r => Ex.endsWith(r.a, part),
      )
    }
  }),
  check(20, 'contains, startsWith and endsWith of an expression: the same', async db => {
    const whole = ['', '%', 'a%b', 'a_b', 'a\\b', 'ab', '\u{1f600}b', 'bb', 'b']
    const parts = ['', '%', '_', '\\', 'b', 'a%', '%b', '\u{1f600}', 'ab', 'abb', 'xxb']
    const pairs = (f: (w: string, p: string) => boolean): readonly (readonly unknown[])[] => [
      ...whole.flatMap(w => parts.map(p => [w, p, f(w, p)])),
      ['a', null, null],
      [null, 'a', null],
    ]
    const columns = { a: C.nullable(C.text), b: C.nullable(C.text) }
    await decides(
      db,
      columns,
      pairs((w, p) => w.includes(p)),
      r => Ex.contains(r.a, r.b),
    )
    await decides(
      db,
      columns,
      pairs((w, p) => w.startsWith(p)),
      r => Ex.startsWith(r.a, r.b),
    )
    await decides(
      db,
      columns,
      pairs((w, p) => w.endsWith(p)),
      r => Ex.endsWith(r.a, r.b),
    )
  }),
  check(20, 'like: % is any text, _ one code point, ! escapes the next character', async db => {
    const matching = (pattern: string, ...cases: readonly (readonly [string, boolean])[]): Promise<void> =>
      decides(db, word, cases, r => Ex.like(r.a, pattern))
    await matching('_', ['\u{1f600}', true], ['', false], ['ab', false], ['\n', true], ['e\u0301', false])
    await matching('%', ['', true], ['a\nb', true], ['\u{1f600}', true])
    await matching('a%z', ['az', true], ['a\u{1f600}z', true], ['azb', false], ['az ', false])
    await matching('!_!%!!', ['_%!', true], ['a%!', false], ['_x!', false])
    await matching('', ['', true], [' ', false])
    await matching('a\\%', ['a\\b', true], ['a%', false])
    await matching('[a-z]', ['[a-z]', true], ['b', false])
    await matching('%%__%', ['ab', true], ['a', false], ['\u{1f600}\u{1f600}', true])
    await fails(db, 'ValidationError', Q.all(Q.of({ it: Ex.like(Ex.lit('a!'), 'a!') })))
  }),
  check(20, 'contains takes a part of any length', async db => {
    const long = Array.from({ length: 12_000 }, (_, i) => `${i}%`).join('')
    await decides(
      db,
      word,
      [
        [`a${long}b`, true],
        [long.slice(1), false],
      ],
      r => Ex.contains(r.a, long),
    )
  }),
]

export const textFunctions: readonly Clause[] = [...casing, ...functions]
