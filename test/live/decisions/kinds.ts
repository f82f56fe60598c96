/**
 * Kinds of columns with their extreme values, for the round trips.
 *
 * A value is a pair: the value that is written and the canonical value that is read. `itself` is for those that are the same. `stored:
 * false` marks kinds of expressions: an int literal has 53 bits, a column 32.
 */

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as C from '../../../lib/Column.js'
import type { AnyColumn } from '../../../lib/core/syntax/Syntax.js'

export interface Kind {
  readonly name: string
  readonly column: AnyColumn
  readonly values: readonly (readonly [written: any, read: unknown])[]
  readonly stored: boolean
}

const itself = (...list: readonly unknown[]): Kind['values'] => list.map(v => [v, v])

const kind = (name: string, column: AnyColumn, values: Kind['values'], stored = true): Kind => ({
  name,
  column,
  values,
  stored,
})

/** Whether a kind has one great value only: then it goes not every way. */
export const isLarge = (k: Kind): boolean => k.values.length === 1

/** Whether a value may stand in the text of a CREATE TABLE. */
export const isSmall = (v: unknown): boolean => !(v instanceof Uint8Array || typeof v === 'string') || v.length < 10_000

/** Whether arrays of it are tried. */
export const isElement = ({ type: { sql, refine } }: AnyColumn): boolean =>
  refine === null && sql.tag !== 'json' && sql.tag !== 'array' && sql.tag !== 'vector' && sql.tag !== 'custom' && sql.tag !== 'enum'

// --- Numbers ----------------------------------------------------------------------------------

const SAFE = Number.MAX_SAFE_INTEGER

const numbers: readonly Kind[] = [
  kind('smallint', C.smallint, [...itself(-32768, -1, 0, 1, 32767), [-0, 0]]),
  kind('int', C.int, [...itself(-2147483648, -32769, -1, 0, 1, 65536, 2147483647), [-0, 0]]),
  kind('int of 53 bits', C.int, itself(-SAFE, -4294967296, 2147483648, 4294967295, SAFE), false),
  kind(
    'bigint',
    C.bigint,
    itself(-(2n ** 63n), -(2n ** 53n) - 1n, -2147483649n, -1n, 0n, 1n, 4294967296n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 63n - 1n),
  ),
  kind('float', C.float, [
    ...itself(0, 1, -1.5, 0.1, 0.1 + 0.2, 1 / 3, -1e-7, 123456789.12345679, 1e15, 2 ** 53, 1e21, 1e300),
    ...itself(5e-324, 2.2250738585072014e-308, 2.225073858507201e-308, Number.EPSILON, Number.MAX_VALUE, -Number.MAX_VALUE),
    [-0, 0],
  ]),
  kind('numeric(18,2)', C.numeric(18, 2), [
    ...itself('0.00', '0.01', '-0.01', '12.50', '9999999999999999.99', '-9999999999999999.99', '90071992547409.93'),
    ['-0', '0.00'],
    ['7', '7.00'],
    ['+.5', '0.50'],
    ['007.10', '7.10'],
  ]),
  kind('numeric(18,0)', C.numeric(18, 0), itself('0', '-1', '999999999999999999', '-999999999999999999')),
  kind('numeric(18,18)', C.numeric(18, 18), itself('0.000000000000000000', '0.999999999999999999', '-0.000000000000000001')),
  kind('numeric(9,4)', C.numeric(9, 4), itself('0.0000', '99999.9999', '-99999.9999', '0.1000')),
  kind('numeric(30,10)', C.numeric(30, 10), [
    ...itself('0.0000000000', '99999999999999999999.9999999999', '-99999999999999999999.9999999999', '0.0000000001', '-1.5000000000'),
    ['1', '1.0000000000'],
    ['-0', '0.0000000000'],
  ]),
  kind(
    'numeric(65,30)',
    C.numeric(65, 30),
    itself(`${'9'.repeat(35)}.${'9'.repeat(30)}`, `-${'9'.repeat(35)}.${'9'.repeat(30)}`, `0.${'0'.repeat(29)}1`),
  ),
  kind('numeric(19,0)', C.numeric(19, 0), itself('9999999999999999999', '-9999999999999999999', '9223372036854775808', '0')),
  kind(
    'numeric(10,2), real on sqlite',
    C.numeric(10, 2, { sqlite: 'real' }),
    itself('0.00', '0.01', '-0.01', '12.50', '99999999.99', '-99999999.99', '3.00'),
  ),
]

// --- Text -------------------------------------------------------------------------------------

const TEXTS = [
  '',
  ' ',
  '  two  ',
  'a\t\n\r\n\u0001\u007f',
  "it's ''quoted'' \"twice\" `thrice`",
  '\\ \\n \\\\ \\x41 \\u0041',
  '% _ !% ? ?1 $1 :a @b #{x} -- /* */ ; DROP',
  'null',
  'NULL',
  '{}',
  '[1,2]',
  '{"a":1}',
  '0',
  '1e5',
  '\u00e9 e\u0301 \u00df \u0130 \u0131',
  '\u{1f600} \u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u{10ffff}',
  '\u05e9\u05dc\u05d5\u05dd \u202emirrored\u202c \u0645\u0631\u062d\u0628\u0627',
  'z\u0351\u036b\u0343\u036a\u0302',
  '\u4e2d\u6587 \ud55c\uad6d\uc5b4 \u65e5\u672c\u8a9e',
  '\u2028\u2029\ufeff\u00a0\u200b\ufffd\ufffe\uffff',
  '\\x00ff',
]

const texts: readonly Kind[] = [
  kind('text', C.text, itself(...TEXTS)),
  kind('stored text', C.storedText, itself(...TEXTS)),
  kind('long text', C.text, itself('x'.repeat(100_000), '\u{1f600}"\\'.repeat(30_000))),
  kind('varchar(5)', C.varchar(5), itself('', ' ', 'abcde', 'ab   ', '\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}', 'e\u0301e\u0301e')),
  kind('char(3)', C.char(3), itself('abc', 'a  ', '   ', '\u{1f600}\u{1f600}\u{1f600}', "'\\%")),
  kind('enum', C.enumOf('small', 'Small', "it's", '', '\u{1f600}', 'a,b'), itself('small', 'Small', "it's", '', '\u{1f600}', 'a,b')),
  kind('uuid', C.uuid, [
    ...itself('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'a987fbc9-4bed-3078-cf07-9141ba07c9f3'),
    ['A987FBC9-4BED-4078-8F07-9141BA07C9F3', 'a987fbc9-4bed-4078-8f07-9141ba07c9f3'],
  ]),
  kind('boolean', C.boolean, itself(true, false)),
]

// --- Time -------------------------------------------------------------------------------------

const INSTANTS = [
  '0001-01-01T00:00:00.000Z',
  '0099-12-31T23:59:59.999Z',
  '1582-10-10T12:00:00.000Z',
  '1883-11-18T17:00:00.001Z',
  '1969-12-31T23:59:59.999Z',
  '1970-01-01T00:00:00.000Z',
  '2000-02-29T23:59:59.999Z',
  '2024-02-29T12:34:56.100Z',
  '9999-12-31T23:59:59.999Z',
].map(iso => new Date(iso))

const times: readonly Kind[] = [
  kind('timestamp', C.timestamp, itself(...INSTANTS)),
  kind('timestampMicros', C.timestampMicros, [
    ...itself('0001-01-01T00:00:00.000000Z', '1969-12-31T23:59:59.999999Z', '1970-01-01T00:00:00.000001Z', '9999-12-31T23:59:59.999999Z'),
    ['2024-02-29 12:34:56', '2024-02-29T12:34:56.000000Z'],
    ['2024-02-29T12:34:56.5Z', '2024-02-29T12:34:56.500000Z'],
  ]),
  kind(
    'date',
    C.date,
    itself('0001-01-01', '0400-02-29', '1582-10-10', '1969-12-31', '1970-01-01', '2000-02-29', '2024-02-29', '9999-12-31'),
  ),
  kind('time', C.time, [
    ...itself('00:00:00.000', '00:00:00.001', '09:05:07.080', '23:59:59.999'),
    ['12:34:56', '12:34:56.000'],
    ['12:34:56.7', '12:34:56.700'],
  ]),
]

// --- Documents, bytes, lists ------------------------------------------------------------------

const nested = (depth: number): C.Json => (depth === 0 ? 'deep' : depth % 2 === 0 ? [nested(depth - 1)] : { k: nested(depth - 1) })

const DOCUMENTS: readonly C.Json[] = [
  true,
  false,
  0,
  1.5,
  -1e-7,
  1e21,
  1e308,
  SAFE,
  0.1,
  '',
  'text',
  'null',
  '"quoted" \\ \u{1f600} \u2028',
  [],
  {},
  [null, [null], { a: null }],
  [1, 'a', true, null, { x: [] }, [[]]],
  { b: 1, a: { c: [1, 2, { d: null }] } },
  { '': 'empty', ' ': 'blank', '\u00e9\u{1f600}': 'unicode', "'": 'quote', '"\\': 'escaped', 'a.b': 'dot', $: 'dollar', '0': 'digit' },
  JSON.parse('{"__proto__": {"x": 1}, "constructor": null}'),
  nested(20),
  Array.from({ length: 2000 }, (_, i) => ({ i, s: `${i}` })),
]

const range = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => i % 256)

const POINT = t.type({ x: t.number, y: t.union([t.number, t.null]), tags: t.array(t.string) })

const vectorOf = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => Math.fround(Math.sin(i) * 10 ** ((i % 9) - 4)))

const composed: readonly Kind[] = [
  kind('json', C.anyJson, [...itself(...DOCUMENTS), [-0, 0], [{ x: [-0] }, { x: [0] }]]),
  kind('json of 60 levels', C.anyJson, itself(nested(60), [nested(59)])),
  kind('json by io-ts', C.json(POINT), itself({ x: 1, y: null, tags: [] }, { x: 0.1, y: -2, tags: ['', '\u{1f600}'] })),
  kind('bytes', C.bytes, itself(range(0), range(1), range(256), new Uint8Array([0, 0, 0]), new Uint8Array([255, 39, 92, 0]))),
  kind('a mebibyte of bytes', C.bytes, itself(range(1024 * 1024))),
  kind(
    'array of text',
    C.arrayOf(C.text),
    itself([], [''], ['a', 'NULL', 'null', '', ' '], ['{}', '{a,b}', '"', '\\', "'", ',', '\\"', '\n'], ['\u{1f600}', '[1]']),
  ),
  kind('array of nullable text', C.arrayOf(C.nullable(C.text)), itself([], [null], [null, 'NULL', 'null', ''])),
  kind('array of int', C.arrayOf(C.int), itself([], [1], [-2147483648, 2147483647, 0])),
  kind('array of enum', C.arrayOf(C.enumOf('a', 'b')), itself([], ['a'], ['b', 'a', 'b'])),
  kind('vector(3)', C.vector(3), [
    ...itself([0, 0, 0], [1, -2, 3.5], [Math.fround(0.1), Math.fround(1e-38), Math.fround(3.4e38)]),
    [new Float32Array([1, 2, 3]), [1, 2, 3]],
    [
      [0.1, -0, 1],
      [Math.fround(0.1), 0, 1],
    ],
  ]),
  kind(
    'vector(384)',
    C.vector(384),
    itself(
      vectorOf(384),
      Array.from({ length: 384 }, () => 0),
    ),
  ),
]

// --- Types of an engine, and codecs -----------------------------------------------------------

const custom = (postgres: string, ...list: readonly string[]): Kind =>
  kind(`${postgres}, text on sqlite`, C.sqlType({ postgres, sqlite: 'TEXT' }, t.string), itself(...list))

interface Email {
  readonly Email: unique symbol
}
const Email = t.brand(t.string, (s): s is t.Branded<string, Email> => s.includes('@'), 'Email')

const DateFromText = new t.Type<Date, string, unknown>(
  'DateFromText',
  (u): u is Date => u instanceof Date,
  (u, context) => (typeof u === 'string' && !Number.isNaN(Date.parse(u)) ? t.success(new Date(u)) : t.failure(u, context)),
  date => date.toISOString(),
)

/** Cents as a number over a decimal. */
const Cents = new t.Type<number, C.Decimal, unknown>(
  'Cents',
  t.number.is,
  (u, context) =>
    pipe(
      t.string.validate(u, context),
      E.map(s => Math.round(Number(s) * 100)),
    ),
  cents => `${(cents / 100).toFixed(2) as `${number}`}`,
)

const Level = new t.Type<'low' | 'high', number, unknown>(
  'Level',
  (u): u is 'low' | 'high' => u === 'low' || u === 'high',
  (u, context) => (u === 0 ? t.success('low' as const) : u === 1 ? t.success('high' as const) : t.failure(u, context)),
  level => (level === 'low' ? 0 : 1),
)

const refined: readonly Kind[] = [
  custom('inet', '10.0.0.1/32', '::1/128', '192.168.0.0/16'),
  custom('interval', '1 day', '02:03:04', '1 mon 2 days'),
  custom('int4range', '[1,5)', 'empty', '(,)'),
  custom('bit varying', '', '101'),
  custom('macaddr', '08:00:2b:01:02:03', 'ff:ff:ff:ff:ff:ff'),
  custom('tsvector', "'a' 'b'", ''),
  custom('point', '(1,2)', '(0,-1.5)'),
  custom('integer', '42', '-1'),
  custom('real', '1.5', '-2'),
  custom('boolean', 'true', 'false'),
  custom('date', '2020-01-02', '0001-01-01'),
  kind('integer, INTEGER on sqlite', C.sqlType({ postgres: 'integer', sqlite: 'INTEGER' }, t.string), itself('42', '-1')),
  kind('double precision, REAL on sqlite', C.sqlType({ postgres: 'double precision', sqlite: 'REAL' }, t.string), itself('1.5', '-0.25')),
  custom('integer[]', '{1,2,NULL}', '{}'),
  custom('xml', '<a>b</a>', '<a/>'),
  kind('branded text', pipe(C.text, C.codec(Email)), itself('a@b', "o'neil@\u{1f600}")),
  kind('Date from ISO text', pipe(C.text, C.codec(DateFromText)), itself(new Date(0), new Date('0001-01-01T00:00:00.000Z'))),
  kind('number over numeric', pipe(C.numeric(10, 2), C.codec(Cents)), itself(0, 1, -1, 123456)),
  kind('words over smallint', pipe(C.smallint, C.codec(Level)), itself('low', 'high')),
  kind('array of branded text', C.arrayOf(pipe(C.text, C.codec(Email))), itself([], ['a@b', '{@}'])),
  kind('array of words over smallint', C.arrayOf(pipe(C.smallint, C.codec(Level))), itself([], ['low', 'high', 'low'])),
]

export const kinds: readonly Kind[] = [...numbers, ...texts, ...times, ...composed, ...refined]
