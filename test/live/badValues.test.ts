/**
 * Values that no engine stores, or that engines store differently: NUL, lone surrogates, overflow, NaN, invalid dates.
 *
 * They are refused with the same typed error on every engine, before anything is sent where that can be known, wherever a value can
 * enter: as a value of a row, in a condition, in a pattern, in JSON, in a default, in a definition. A computed value outside its type is
 * `NumericOverflow`, and never a rounded number. The rows of the table do not change.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import {
  anyJson,
  arrayOf,
  bigint,
  char,
  check,
  codec,
  date,
  enumOf,
  float,
  int,
  named,
  nullable,
  numeric,
  smallint,
  sqlType,
  text,
  time,
  timestamp,
  timestampMicros,
  uuid,
  varchar,
  withDefault,
} from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { type Engine, engines, using } from './eachEngine.js'

const MAX = 2n ** 63n - 1n
const MIN = -(2n ** 63n)

const Name = new t.Type<string, string, unknown>('Name', t.string.is, t.string.validate, t.identity)
const values = table(
  'value',
  {
    id: int,
    word: nullable(text),
    code: pipe(varchar(20), nullable),
    two: pipe(char(2), nullable),
    name: pipe(text, codec(Name), nullable),
    kind: nullable(enumOf('big', 'small')),
    doc: nullable(anyJson),
    words: pipe(arrayOf(text), nullable),
    n: nullable(int),
    tiny: nullable(smallint),
    big: nullable(bigint),
    real: nullable(float),
    price: pipe(numeric(10, 2), nullable),
    at: nullable(timestamp),
    micros: nullable(timestampMicros),
    day: nullable(date),
    hour: nullable(time),
    ident: nullable(uuid),
    own: pipe(sqlType({ postgres: 'text', sqlite: 'text', mysql: 'text' }, t.string), nullable),
  },
  { primaryKey: ['id'] },
)
const all = Q.from(values)
type Bad = Program.Program<Program.Db, unknown, unknown>
const no = (x: unknown): never => x as never
const where = (f: (x: any) => X.Pred): Bad => Q.all(pipe(all as Q.Query<any, any>, Q.where(f)))
const of = (e: X.Expr<unknown>): Bad =>
  Q.all(
    pipe(
      all,
      Q.map(() => ({ e })),
    ),
  )
const insert = (more: object): Bad => C.run(C.insert(values)(no({ id: 99, ...more })))
const update = (more: object): Bad => C.run(C.update(values)(no(more), C.everywhere))

const brokenTexts: readonly (readonly [string, string, RegExp])[] = [
  ['NUL', 'a\u0000b', /no NUL character/],
  ['NUL alone', '\u0000', /no NUL character/],
  ['a high surrogate alone', 'a\ud83d', /no lone surrogate/],
  ['a low surrogate alone', '\ude00b', /no lone surrogate/],
  ['surrogates in the wrong order', '\ude00\ud83d', /no lone surrogate/],
]

/** Everywhere a text can enter. */
const entrances = (s: string): readonly (readonly [string, () => Bad])[] => {
  const prepared = Q.prepare({ s: text }, p =>
    pipe(
      all,
      Q.where(x => X.eq(x.word, p.s)),
    ),
  )
  return [
    ['insert', () => insert({ word: s })],
    ['insertMany', () => C.run(C.insertMany(values)([{ id: 98 }, { id: 99, word: s }]))],
    ['a varchar', () => insert({ code: s })],
    ['a char', () => insert({ two: s })],
    ['a codec', () => insert({ name: s })],
    ['an enum', () => insert({ kind: s })],
    ['json', () => insert({ doc: s })],
    ['json, deep', () => insert({ doc: { a: [1, { b: s }] } })],
    ['a key of json', () => insert({ doc: { [s]: 1 } })],
    ['an array', () => insert({ words: ['fine', s] })],
    ["a type of one's own", () => insert({ own: s })],
    ['an instant', () => insert({ micros: s })],
    ['a date', () => insert({ day: s })],
    ['a time', () => insert({ hour: s })],
    ['a uuid', () => insert({ ident: s })],
    ['a numeric', () => insert({ price: s })],
    ['an expression in an insert', () => insert({ word: X.concat('fine', s) })],
    ['update', () => update({ word: s })],
    ['upsert', () => C.run(C.upsert(values)({ target: ['id'], update: ['word'] })({ id: 1, word: s }))],
    ['eq', () => where(x => X.eq(x.word, s))],
    ['isNotDistinctFrom', () => where(x => X.isNotDistinctFrom(x.word, s))],
    ['lt', () => where(x => X.lt(x.word, s))],
    ['between', () => where(x => X.between(x.word, 'a', s))],
    ['inList', () => where(x => X.inList(x.word, ['a', s]))],
    ['eq on an enum', () => where(x => X.eq(x.kind, s))],
    ['eq on a varchar', () => where(x => X.eq(x.code, s))],
    ['like', () => where(x => X.like(x.word, `%${s}%`))],
    ['ilike', () => where(x => X.ilike(x.word, s))],
    ['contains', () => where(x => X.contains(x.word, s))],
    ['startsWith', () => where(x => X.startsWith(x.word, s))],
    ['endsWith', () => where(x => X.endsWith(x.word, s))],
    ['concat', () => of(X.concat('a', s))],
    ['position', () => where(x => X.gt(X.position(x.word, s), 0))],
    ['coalesce', () => where(x => X.eq(X.coalesce(x.word, s), 'a'))],
    ['nullIf', () => where(x => X.isNull(X.nullIf(x.word, s)))],
    ['lit', () => of(X.lit(s))],
    ['litOf', () => of(X.litOf(text)(s))],
    ['caseWhen', () => of(X.caseWhen([[X.lit(true), X.lit(s)]], X.lit('a')))],
    ['of', () => Q.all(Q.of({ s: X.lit(s) }))],
    ['values', () => Q.all(Q.values({ s: text })([{ s: 'fine' }, { s }]))],
    ['an array of expressions', () => of(X.array([X.lit('a'), X.lit(s)]))],
    ['the elements of an array', () => Q.all(Q.unnest(X.litOf(arrayOf(text))(['a', s])))],
    ['a text that is split', () => of(X.split(X.lit(s), ','))],
    ['a separator of parts', () => of(X.split(X.lit('a'), s))],
    ['a separator of a text', () => of(X.arrayJoin(X.litOf(arrayOf(text))(['a']), s))],
    ['a prepared query', () => Q.all(prepared({ s }))],
    ['a prepared query in another', () => Q.count(prepared({ s }))],
    [
      'the separator of stringAgg',
      () =>
        Q.all(
          pipe(
            all,
            Q.aggregate(x => ({ s: A.stringAgg(x.word, s) })),
          ),
        ),
    ],
    ['a default', () => createAll(schema({ bad: table('bad', { id: int, s: withDefault(s)(text) }) }))],
    [
      'a check',
      () =>
        createAll(
          schema({
            bad: table('bad', {
              id: int,
              s: pipe(
                text,
                check(self => X.ne(self, s)),
              ),
            }),
          }),
        ),
    ],
    ['a value of an enum, declared', () => createAll(schema({ bad: table('bad', { id: int, s: enumOf('fine', s) }) }))],
    ['a table', () => createAll(schema({ bad: table(s, { id: int }) }))],
    ['a table that is read', () => Q.all(Q.from(table(s, { id: int })))],
    ['a table that is written', () => C.run(C.insert(table(s, { id: int }))({ id: 1 }))],
    ['a schema', () => Q.all(Q.from(table('t', { id: int }, { schema: s })))],
    ['a schema, created', () => createAll(schema({ bad: table('t', { id: int }, { schema: s }) }))],
    ['a column', () => createAll(schema({ bad: table('bad', { id: named(s)(int) }) }))],
    ['a column that is read', () => Q.all(Q.from(table('value', { id: named(s)(int) })))],
    ['a column that is written', () => C.run(C.update(table('value', { id: named(s)(int) }))({ id: 1 }, C.everywhere))],
    ['the name of a check', () => createAll(schema({ bad: table('bad', { id: int }, { checks: { [s]: x => X.gt(x.id, 0) } }) }))],
  ]
}

const texts = (engine: Engine): void => {
  const test = suite(`texts that are none on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.create(values)
    await s.right(C.run(C.insert(values)({ id: 1, word: 'a' })))
  })
  for (const [name, broken, reason] of brokenTexts) {
    test(`${name}: refused wherever a text can enter`, async () => {
      const wrong: string[] = []
      for (const [place, program] of entrances(broken)) {
        try {
          const e = await s.unchanged([values], 'ValidationError', program())
          if (!/^an? (instant|date|time|uuid|numeric)$/.test(place)) assert.match(e.message.replace('a name', 'a text'), reason)
        } catch (cause) {
          wrong.push(`${place}: ${(cause as Error).message}`)
        }
        await s.drop(table('bad', { id: int }))
      }
      assert.equal(wrong, [])
    })
    test(`${name}: as a name in a result it is only a name`, async () => {
      const q = pipe(
        all,
        Q.map(x => ({ [broken]: x.id, [`${broken}2`]: x.word })),
      )
      const row = { [broken]: 1, [`${broken}2`]: 'a' }
      assert.equal(await s.right(Q.all(q)), [row])
      assert.equal(await s.right(Q.all(pipe(q, Q.distinct))), [row])
      assert.equal(await s.right(Q.all(pipe(q, Q.union(q)))), [row])
      assert.equal(
        await s.right(
          Q.all(
            pipe(
              Q.Do,
              Q.bind(broken, () => pipe(q, Q.limit(1))),
            ),
          ),
        ),
        [{ [broken]: row }],
      )
      assert.equal(
        await s.right(
          Q.all(
            pipe(
              q,
              Q.aggregate(() => ({ [broken]: A.countAll })),
            ),
          ),
        ),
        [{ [broken]: 1 }],
      )
      assert.equal(
        await s.right(
          Q.all(
            pipe(
              Q.Do,
              Q.let(broken, () => X.lit(1)),
            ),
          ),
        ),
        [{ [broken]: 1 }],
      )
      const returned = C.run(
        pipe(
          C.update(values)({ n: 1 }, C.everywhere),
          C.returning(x => ({ [broken]: x.id })),
        ),
      )
      assert.equal(await s.right(returned), [{ [broken]: 1 }])
    })
  }
  test('an empty name is refused', async () => {
    for (const program of [
      createAll(schema({ bad: table('', { id: int }) })),
      createAll(schema({ bad: table('bad', { id: named('')(int) }) })),
      createAll(schema({ bad: table('bad', { '': int }) })),
      createAll(schema({ bad: table('bad', { id: int }, { schema: '' }) })),
      Q.all(Q.from(table('', { id: int }))),
      C.run(C.delete(table('', { id: int }))(C.everywhere)),
    ] as readonly Bad[]) {
      const e = await s.left('ValidationError', program)
      assert.match(e.message, /empty/)
    }
  })
  test('emoji, combining marks, directions and private characters are texts like any other', async () => {
    const fine = ['😀', 'e\u0301', '\u202eabc', 'a\ufeff', '\uffff', '\u{10ffff}', '\u200b', '\ufffd', '\u0001', '\u007f', '\r\n\t', '']
    for (const word of fine) {
      assert.is(await s.right(C.run(C.update(values)({ word }, C.everywhere))), 1)
      assert.equal(
        await s.right(
          Q.all(
            pipe(
              all,
              Q.where(x => X.eq(x.word, word)),
              Q.map(x => ({ w: x.word })),
            ),
          ),
        ),
        [{ w: word }],
      )
    }
  })
  test('a text that begins with a byte order mark comes back whole, or is refused', async () => {
    const word = '\ufeffa'
    const answer = await s.run(C.run(C.update(values)({ word }, C.everywhere)))
    if (answer._tag === 'Left') assert.is(answer.left._tag, 'ValidationError')
    else
      assert.equal(
        await s.right(
          Q.all(
            pipe(
              all,
              Q.map(x => ({ w: x.word })),
            ),
          ),
        ),
        [{ w: word }],
      )
  })
  test.run()
}

const wrongNumbers: readonly (readonly [string, 'ValidationError' | 'NumericOverflow', object])[] = [
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].flatMap((x): (typeof wrongNumbers)[number][] => [
    [`int ${x}`, 'NumericOverflow', { n: x }],
    [`smallint ${x}`, 'NumericOverflow', { tiny: x }],
    [`float ${x}`, 'NumericOverflow', { real: x }],
    [`json ${x}`, 'ValidationError', { doc: [x] }],
    [`numeric ${x}`, 'ValidationError', { price: String(x) }],
  ]),
  ['int 2^31', 'NumericOverflow', { n: 2 ** 31 }],
  ['int -2^31 - 1', 'NumericOverflow', { n: -(2 ** 31) - 1 }],
  ['int 2^53', 'NumericOverflow', { n: 2 ** 53 }],
  ['int 1e300', 'NumericOverflow', { n: 1e300 }],
  ['int 0.5', 'ValidationError', { n: 0.5 }],
  ['int as a text', 'ValidationError', { n: '1' }],
  ['int as a bigint', 'ValidationError', { n: 1n }],
  ['int as a boolean', 'ValidationError', { n: true }],
  ['smallint 32768', 'NumericOverflow', { tiny: 32_768 }],
  ['smallint -32769', 'NumericOverflow', { tiny: -32_769 }],
  ['bigint 2^63', 'NumericOverflow', { big: MAX + 1n }],
  ['bigint -2^63 - 1', 'NumericOverflow', { big: MIN - 1n }],
  ['bigint as a number', 'ValidationError', { big: 1 }],
  ['float as a text', 'ValidationError', { real: '1.5' }],
  ['numeric with three digits of scale two', 'ValidationError', { price: '1.234' }],
  ['numeric of nine whole digits', 'NumericOverflow', { price: '123456789.00' }],
  ['numeric as a number', 'ValidationError', { price: 1.5 }],
  ...['', ' ', '.', '-', '1e5', '0x10', '1_000', ' 1', '1 ', '1,5', '+', '--1', '１'].map((price): (typeof wrongNumbers)[number] => [
    `numeric ${JSON.stringify(price)}`,
    'ValidationError',
    { price },
  ]),
]

const wrongTimes: readonly (readonly [string, object])[] = [
  ['an invalid Date', { at: new Date(Number.NaN) }],
  ['the year 0', { at: new Date('0000-06-01T00:00:00Z') }],
  ['the year 10000', { at: new Date('+010000-01-01T00:00:00Z') }],
  ['before the common era', { at: new Date('-000001-01-01T00:00:00Z') }],
  ['a number for an instant', { at: 0 }],
  ['a text for an instant', { at: '2020-01-01T00:00:00Z' }],
  ['30 February', { day: '2023-02-30' }],
  ['the year 0 as a date', { day: '0000-01-01' }],
  ['a date with a time', { day: '2020-01-01T00:00:00Z' }],
  ['a zero date', { day: '0000-00-00' }],
  ['a year of five digits', { day: '10000-01-01' }],
  ['an empty date', { day: '' }],
  ['infinity', { day: 'infinity' }],
  ['a Date for a date', { day: new Date(0) }],
  ['24 hours', { hour: '24:00:00' }],
  ['61 seconds', { hour: '10:00:61' }],
  ['four digits of a second', { hour: '10:00:00.1234' }],
  ['an hour without minutes', { hour: '10' }],
  ['micros of 30 February', { micros: '2023-02-30T00:00:00.000000Z' }],
  ['micros of seven digits', { micros: '2023-02-20T00:00:00.0000001Z' }],
  ['a uuid of other digits', { ident: 'g0000000-0000-0000-0000-000000000000' }],
  ['a uuid in braces', { ident: '{00000000-0000-0000-0000-000000000000}' }],
]

const numbers = (engine: Engine): void => {
  const test = suite(`numbers and instants on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.create(values)
    await s.right(
      C.run(
        C.insertMany(values)([
          { id: 1, n: 2_147_483_647, tiny: 32_767, big: MAX, real: 1e308, price: '12345678.90' },
          { id: 2, n: 2, big: 2n, real: 2, price: '2.00' },
        ]),
      ),
    )
  })
  for (const [name, tag, value] of wrongNumbers) {
    test(`${name}: refused by insert and update`, async () => {
      await s.unchanged([values], tag, insert(value))
      await s.unchanged([values], tag, update(value))
    })
  }
  for (const [name, value] of wrongTimes) {
    test(`${name}: refused by insert and update`, async () => {
      await s.unchanged([values], 'ValidationError', insert(value))
      const e = await s.unchanged([values], 'ValidationError', update(value))
      assert.is(e.path[1], Object.keys(value)[0])
      const field = Object.keys(value)[0] as string
      await s.left(
        'ValidationError',
        where(x => X.eq(x[field], no(Object.values(value)[0]))),
      )
    })
  }

  const literals: readonly (readonly [string, (x: any) => X.Pred])[] = [
    ['NaN', x => X.eq(x.real, Number.NaN)],
    ['Infinity', x => X.lt(x.real, Number.POSITIVE_INFINITY)],
    ['NaN beside an int', x => X.eq(x.n, Number.NaN)],
    ['NaN in a list', x => X.inList(x.real, [1, Number.NaN])],
    ['2^53 beside an int', x => X.lt(x.n, 2 ** 53)],
    ['2^64 beside a bigint', x => X.lt(x.big, 2n ** 64n)],
  ]
  for (const [name, f] of literals) {
    test(`${name}, in a condition`, async () => {
      await s.left('NumericOverflow', where(f))
    })
  }

  const first = pipe(
    all,
    Q.where(x => X.eq(x.id, 1)),
  )
  const computed: readonly (readonly [string, (x: any) => X.Expr<unknown>])[] = [
    ['plus of bigint', x => X.plus(x.big, 1n)],
    ['minus of bigint', x => X.minus(X.neg(x.big), 2n)],
    ['times of bigint', x => X.times(x.big, 2n)],
    ['times of bigint, by itself', x => X.times(x.big, x.big)],
    ['neg of the least bigint', x => X.neg(X.minus(X.neg(x.big), 1n))],
    ['quot of the least bigint by -1', x => X.quot(X.minus(X.neg(x.big), 1n), -1n)],
    ['plus of bigint, and back', x => X.minus(X.plus(x.big, 1n), MAX)],
    ['times of bigint, and back', x => X.quot(X.times(x.big, 4n), 4n)],
    ['int beyond 2^53', x => X.plus(X.lit(Number.MAX_SAFE_INTEGER), x.n)],
    ['int beyond 2^53, by times', x => X.times(X.times(x.n, x.n), x.n)],
    ['int beyond 64 bits', x => X.times(X.times(x.n, x.n), X.times(x.n, x.n))],
    ['int beyond 64 bits, and back', x => X.quot(X.times(X.times(x.n, x.n), 8), X.times(x.n, x.n))],
    ['a bigint as int', x => X.cast(int)(x.big)],
    ['float times', x => X.times(x.real, 10)],
    ['float plus', x => X.plus(x.real, x.real)],
    ['float div', x => X.div(x.real, 1e-300)],
  ]
  for (const [name, f] of computed) {
    test(`overflow: ${name}`, async () => {
      await s.left(
        'NumericOverflow',
        Q.all(
          pipe(
            first,
            Q.map(x => ({ v: f(x) })),
          ),
        ),
      )
    })
    test(`overflow, nested in many: ${name}`, async () => {
      await s.left(
        'NumericOverflow',
        Q.all(
          Q.of({
            m: Q.many(
              pipe(
                first,
                Q.map(x => ({ v: f(x) })),
              ),
            ),
          }),
        ),
      )
    })
  }

  const sums: readonly (readonly [string, (x: any) => A.Agg<unknown>])[] = [
    ['bigint', x => A.sum(x.big)],
    ['bigint, of products', x => A.sum(X.plus(x.big, 0n))],
    ['int beyond 2^53', x => A.sum(X.times(x.n, 4_194_305))],
    ['float', x => A.sum(X.times(x.real, 1.2))],
  ]
  for (const [name, f] of sums) {
    test(`overflow of a sum: ${name}`, async () => {
      const some = pipe(
        all,
        Q.map(x => ({ n: x.n, big: x.big, real: x.real })),
      )
      const twice = pipe(some, Q.unionAll(some))
      await s.left(
        'NumericOverflow',
        Q.all(
          pipe(
            twice,
            Q.aggregate(x => ({ v: f(x) })),
          ),
        ),
      )
    })
  }
  test('what is within 64 bits is exact', async () => {
    const q = pipe(
      first,
      Q.map(x => ({
        max: x.big,
        min: X.minus(X.neg(x.big), 1n),
        rest: X.rem(X.minus(X.neg(x.big), 1n), -1n),
        odd: X.minus(x.big, 1n),
        wide: X.times(X.times(x.n, 2), 2_097_152),
        none: X.quot(x.big, 0n),
      })),
    )
    assert.equal(await s.right(Q.all(q)), [
      { max: MAX, min: MIN, rest: 0n, odd: MAX - 1n, wide: 2_147_483_647 * 2 * 2_097_152, none: null },
    ])
  })
  test('a float that is too small becomes zero, as JavaScript has it; Postgres refuses it', async () => {
    const answer = await s.run(Q.all(Q.of({ a: X.div(X.lit(1e-300), 1e300), b: X.times(X.lit(1e-200), 1e-200) })))
    if (answer._tag === 'Left') {
      assert.is(answer.left._tag, 'NumericOverflow')
      assert.match(answer.left.message, /underflow/)
    } else assert.equal(answer.right, [{ a: 0, b: 0 }])
  })
  if (engine.sql)
    test('an int that is stored beyond 2^53 is no int', async () => {
      const narrow = table('value', { id: int, big: nullable(int) }, { primaryKey: ['id'] })
      const e = await s.left(
        'NumericOverflow',
        Q.all(
          pipe(
            Q.from(narrow),
            Q.where(x => X.eq(x.id, 1)),
          ),
        ),
      )
      assert.match(e.message, /row 0, column big/)
    })
  test('-0 is 0 wherever it enters', async () => {
    const zero = { n: -0, tiny: -0, real: -0, price: '-0.00', doc: { a: [-0] } } as const
    const read = await s.right(
      Program.withRollback<Program.Db, unknown, any>(env => async () => {
        await C.run(C.insert(values)({ id: 5, ...zero }))(env)()
        return Q.all(
          pipe(
            all,
            Q.where(x => X.eq(x.id, 5)),
            Q.map(x => ({ ...x, lit: X.lit(-0), product: X.times(x.real, -1), sign: X.neg(x.n) })),
          ),
        )(env)()
      }),
    )
    const [row] = read
    for (const field of ['n', 'tiny', 'real', 'lit', 'product', 'sign'])
      assert.ok(Object.is(row[field], 0), `${field}: ${Object.is(row[field], -0) ? '-0' : row[field]}`)
    assert.ok(Object.is(row.doc.a[0], 0))
    assert.is(row.price, '0.00')
    assert.is(await s.right(Q.count(pipe(Q.values({ x: float })([{ x: -0 }, { x: 0 }]), Q.distinct))), 1)
  })

  const wrongCounts: readonly unknown[] = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null, undefined, 1n, {}]
  for (const [name, f] of [
    ['limit', Q.limit],
    ['offset', Q.offset],
  ] as const) {
    for (const n of wrongCounts) {
      test(`${name} of ${typeof n} ${String(n)}`, async () => {
        const e = await s.left('ValidationError', Q.all(pipe(all, f(no(n)))))
        assert.match(e.message, new RegExp(name))
        await s.left('ValidationError', Q.all(Q.of({ m: Q.many(pipe(all, f(no(n)))) })))
      })
    }
    test(`${name} by an expression that is negative or no whole number`, async () => {
      const prepared = Q.prepare({ n: int }, p =>
        pipe(
          all,
          Q.orderBy(x => [X.asc(x.id)]),
          f(p.n),
        ),
      )
      assert.is((await s.right(Q.all(prepared({ n: 1 })))).length, 1)
      await s.left('ValidationError', Q.all(prepared({ n: -1 })))
      await s.left('ValidationError', Q.all(pipe(all, f(X.lit(-1)))))
      await s.left('ValidationError', Q.all(pipe(all, f(X.lit(0.5)))))
      await s.left('ValidationError', Q.all(pipe(all, f(no(X.lit('1'))))))
    })
  }
  test('a prepared whole number beyond 32 bits: in a row, in arithmetic, in a condition, and of the only row', async () => {
    const prepared = Q.prepare({ n: int }, p =>
      pipe(
        Q.of({ n: p.n, more: X.plus(p.n, X.lit(1)), isSame: X.eq(p.n, p.n) }),
        Q.where(() => X.gt(p.n, X.lit(-(2 ** 52)))),
      ),
    )
    for (const n of [2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 52]) {
      const row = { n, more: n + 1, isSame: true }
      assert.equal(await s.right(Q.all(prepared({ n }))), [row])
      assert.equal(await s.right(Q.one(prepared({ n }))), row)
    }
  })
  test('limit 0 and an offset past the end', async () => {
    assert.equal(await s.right(Q.all(pipe(all, Q.limit(0)))), [])
    assert.equal(await s.right(Q.all(pipe(all, Q.offset(Number.MAX_SAFE_INTEGER)))), [])
    assert.is((await s.right(Q.all(pipe(all, Q.limit(Number.MAX_SAFE_INTEGER))))).length, 2)
  })
  for (const size of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10', {}]) {
    test(`chunks of ${typeof size} ${String(size)}`, async () => {
      const e = await s.left('ValidationError', Q.foldChunks(0, n => n, { size: no(size) })(all))
      assert.equal(e.path, ['size'])
      const items: any[] = []
      for await (const item of Q.stream(all, { size: no(size) })({ db: s.db })) items.push(item)
      assert.is(items.length, 1)
      assert.is(items[0].left?._tag, 'ValidationError')
    })
  }
  test('substring from 0, of -1 characters, of fractions', async () => {
    for (const [from, count] of [
      [0, 1],
      [-1, 1],
      [1.5, 1],
      [1, -1],
      [1, 0.5],
      [Number.NaN, 1],
    ] as const) {
      await s.left('ValidationError', of(X.substring(X.lit('abc'), from, count)))
    }
    assert.equal(await s.right(Q.all(Q.of({ a: X.substring(X.lit('abc'), 9, 1), b: X.substring(X.lit('abc'), 1, 0) }))), [{ a: '', b: '' }])
  })
  test('json that is none', async () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    const deep = Array.from({ length: 200 }).reduce<unknown>(inner => [inner], 1)
    for (const doc of [
      undefined,
      () => 1,
      Symbol('s'),
      1n,
      new Date(),
      new Map(),
      new (class A {})(),
      { a: undefined },
      [undefined],
      cycle,
      deep,
      Object.create({ inherited: 1 }),
    ]) {
      if (doc !== undefined) await s.unchanged([values], 'ValidationError', insert({ doc }))
    }
    assert.is(await s.right(Program.withRollback(insert({ doc: JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') }))), 1)
  })
  test.run()
}

for (const engine of engines) {
  texts(engine)
  numbers(engine)
}
