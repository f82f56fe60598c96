/**
 * JSON documents built of expressions, on every engine against the model.
 *
 * The values are those that engines are known to write differently: booleans that are numbers, documents that are texts, extreme floats,
 * control characters; the names are those that end a path or a text, or are fields of every object.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import * as Col from '../../lib/Column.js'
import {
  anyJson,
  boolean,
  char,
  check,
  codec,
  enumOf,
  float,
  int,
  nullable,
  smallint,
  text,
  uuid,
  varchar,
  withDefault,
} from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { table, view } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { asInModel, engines, using } from './eachEngine.js'

const TEXTS = [
  '',
  'a',
  ' ',
  'null',
  'true',
  '1',
  '{}',
  '[1]',
  '"',
  '\\',
  '\\"',
  "o'c",
  '\u007f\u0080\u2028\u2029',
  Array.from({ length: 31 }, (_, i) => String.fromCharCode(i + 1)).join(''),
  '😀\u{10ffff}',
  'e\u0301é',
  '\u202e\ufffd',
  'x'.repeat(70_000),
] as const

const FLOATS = [
  0,
  1,
  -1,
  0.1,
  1 / 3,
  0.1 + 0.2,
  1e21,
  1e-7,
  123456789.12345679,
  2 ** 53,
  5e-324,
  2.2250738585072014e-308,
  1.7976931348623157e308,
  1e15,
  1e16,
  -1e17,
  123456789012345680000,
] as const

const INTS = [0, 1, -1, 2147483647, -2147483648] as const

const DOCS = [0, 'a', '{}', true, false, [], {}, [null], { a: [{ b: null }] }, '1e2', 1e21, { '': '', __proto__2: 1 }] as const

const NAMES = [
  '',
  'a',
  'A',
  'a b',
  "o'c",
  '"',
  '\\',
  'a\\"b',
  '\n\t\u0001',
  'é',
  'e\u0301',
  '😀',
  '$',
  '$.a',
  '0',
  '-1',
  'constructor',
  'toString',
  '__proto__',
  '?',
  ':a',
  '%s',
  '--',
]

const everything = table(
  'json_build',
  {
    id: int,
    s: nullable(text),
    v: nullable(varchar(10)),
    c: nullable(char(3)),
    e: nullable(enumOf('one', 'two')),
    u: nullable(uuid),
    n: nullable(int),
    m: nullable(smallint),
    f: nullable(float),
    b: nullable(boolean),
    d: nullable(anyJson),
  },
  { primaryKey: ['id'] },
)

const UUID = '0a0b0c0d-0000-4000-8000-000000000001'

const most = Math.max(TEXTS.length, FLOATS.length, DOCS.length)

const ROWS = Array.from({ length: most + 1 }, (_, id) =>
  id === most
    ? { id }
    : {
        id,
        s: TEXTS[id % TEXTS.length] as string,
        v: ['a', '', 'a  ', '"{}"'][id % 4] as string,
        c: ['a  ', 'abc', '"""'][id % 3] as string,
        e: (['one', 'two'] as const)[id % 2] as 'one',
        u: UUID,
        n: INTS[id % INTS.length] as number,
        m: [1, -32768, 32767][id % 3] as number,
        f: FLOATS[id % FLOATS.length] as number,
        b: id % 2 === 0,
        d: DOCS[id % DOCS.length] as never,
      },
)

const stored = table('json_built', { id: int, d: nullable(anyJson) }, { primaryKey: ['id'] })

/** Whether a value contains -0, which the comparison of rows does not distinguish from 0. */
const hasNegativeZero = (x: unknown): boolean =>
  Object.is(x, -0) || (typeof x === 'object' && x !== null && Object.values(x).some(hasNegativeZero))

for (const engine of engines) {
  if (engine.name === 'memory' || engine.name === 'sqlite in a file') continue
  const test = suite(`json documents made on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  const same = async (name: string, q: Q.Query<any, unknown>): Promise<readonly unknown[]> => {
    const rows = await asInModel(s, model)(name, q)
    assert.not(hasNegativeZero(rows), `${name}: -0`)
    return rows
  }

  const parts = (r: any) => ({ s: r.s, v: r.v, c: r.c, e: r.e, u: r.u, n: r.n, m: r.m, f: r.f, b: r.b, d: r.d })
  const whole = (r: any): X.Expr<any> => X.jsonObject(parts(r))
  const listed = (r: any): X.Expr<any> => X.jsonArray(Object.values(parts(r)) as X.Expr<any>[])
  const rows = pipe(
    Q.from(everything),
    Q.orderBy(r => [X.asc(r.id)]),
  )

  test('of columns of every type', async () => {
    for (const db of [s.db, model]) {
      const right = async (p: any) => assert.ok(E.isRight(await p({ db })()))
      if (db === s.db) await s.create(everything, stored)
      else
        await right(
          (await import('../../lib/schema/createAll.js')).createAll(
            (await import('../../lib/core/table/Schema.js')).schema({ everything, stored }),
          ),
        )
      await right(C.run(C.insertMany(everything)(ROWS as never)))
    }
    const got = await same(
      'of columns',
      pipe(
        rows,
        Q.map(r => ({ o: whole(r), a: listed(r) })),
      ),
    )
    assert.is(got.length, most + 1)
  })

  test('of parameters and of nulls', async () => {
    const of = (values: readonly unknown[], column: Col.Column<any>) => values.map(v => X.litOf(column)(v as never) as X.Expr<any>)
    const all = [
      ...of(TEXTS, text),
      ...of(FLOATS, float),
      ...of(INTS, int),
      ...of([true, false], boolean),
      ...of([UUID], uuid),
      ...of(DOCS, anyJson),
    ]
    const nulls = [text, float, int, boolean, uuid, anyJson].map(c => X.nullOf(c as Col.Column<any>))
    await same('an array', Q.of({ a: X.jsonArray(all) }))
    await same('nulls', Q.of({ a: X.jsonArray(nulls), o: X.jsonObject({ a: X.nullOf(anyJson) }) }))
    for (const e of [...all, ...nulls]) await same('alone', Q.of({ a: X.jsonArray([e]), o: X.jsonObject({ x: e }) }))
    await same('a collection', Q.of({ all: Q.many(Q.of({ a: X.jsonArray(all), o: X.jsonObject({}) })) }))
  })

  test('of the values of prepared queries', async () => {
    const types = { t: nullable(text), f: nullable(float), n: int, b: nullable(boolean), u: uuid, d: nullable(anyJson) }
    const prepared = Q.prepare(types, p =>
      pipe(
        Q.of({ o: X.jsonObject(p), a: X.jsonArray(Object.values(p)) }),
        Q.map(r => ({ ...r, d: X.jsonAt(anyJson)(r.o, 'd'), again: X.jsonArray([r.o, r.a, p.t]) })),
      ),
    )
    for (const values of [
      { t: 'x', f: 0.5, n: 1, b: true, u: UUID, d: { a: [1] } },
      { t: '1', f: 2, n: -1, b: false, u: UUID, d: 'text' },
      { t: null, f: null, n: 0, b: null, u: UUID, d: null },
    ] as const)
      await same('prepared', prepared(values))
  })

  test('nothing at all, and every name', async () => {
    assert.equal(await same('none', Q.of({ o: X.jsonObject({}), a: X.jsonArray([]) })), [{ o: {}, a: [] }])
    const members = Object.fromEntries(NAMES.map((name, i) => [name, X.lit(i)] as const))
    const [got] = (await same('names', Q.of({ o: X.jsonObject(members) }))) as readonly { readonly o: object }[]
    assert.equal(Object.keys(got?.o ?? {}).sort(), [...NAMES].sort())
    assert.is(Object.getPrototypeOf(got?.o), Object.prototype)
    for (const name of NAMES) await same(JSON.stringify(name), Q.of({ o: X.jsonObject({ [name]: X.lit('x') }) }))
    await same('long', Q.of({ o: X.jsonObject({ ['k'.repeat(60_000)]: X.lit(1) }) }))
  })

  test('of computed values', async () => {
    await same(
      'computed',
      pipe(
        rows,
        Q.map(r => ({
          o: X.jsonObject({
            text: X.concat(X.coalesce(r.s, 'none'), '"'),
            lower: X.lower(r.s),
            sum: X.plus(r.n, r.m),
            neg: X.neg(r.f),
            zero: X.times(r.f, X.litOf(float)(0)),
            rest: X.minus(r.f, r.f),
            not: X.not(X.eq(r.n, 1)),
            or: X.or(X.eq(r.n, 1), X.eq(r.s, 'a'), X.gt(r.f, 1)),
            known: X.isNull(r.n),
            same: X.isNotDistinctFrom(r.n, r.m),
            choice: X.caseWhen([[X.eq(r.n, 1), r.d]], X.litOf(anyJson)({ other: [] })),
            length: X.length(r.s),
            hex: X.hex(X.sha256(r.s)),
            day: X.cast(text)(X.litOf(Col.date)('2020-02-29')),
            big: X.cast(text)(X.litOf(Col.bigint)(9223372036854775807n)),
            at: X.cast(text)(X.litOf(Col.timestamp)(new Date('2020-02-29T12:00:00.123Z'))),
            read: X.jsonAt(text)(X.jsonObject({ t: r.s }), 't'),
          }),
        })),
      ),
    )
    const beyond = X.jsonArray([X.plus(X.litOf(int)(2 ** 53 - 1), 2)])
    await s.left('DecodeError', Q.all(Q.of({ beyond })))
    const read = {
      text: X.jsonText(beyond),
      id: X.jsonAt(Col.bigint)(beyond, 0),
      int: X.jsonAt(int)(beyond, 0),
      float: X.jsonAt(float)(beyond, 0),
    }
    assert.equal(await same('beyond the doubles', Q.of(read)), [
      { text: '[9007199254740993]', id: 9007199254740993n, int: null, float: null },
    ])
  })

  test('a number beyond the doubles is NumericOverflow, wherever the document is', async () => {
    const most = X.litOf(float)(1.7976931348623157e308)
    const doc = X.jsonObject({ x: X.jsonArray([X.times(most, 2)]), text: X.lit('e+999') })
    await s.left('NumericOverflow', Q.all(Q.of({ doc })))
    await s.left('NumericOverflow', Q.all(Q.of({ all: Q.many(Q.of({ doc })) })))
    await same('the text', Q.of({ doc: X.jsonArray([X.lit('9.0e+999')]) }))
  })

  test('in each other, and what is read of them', async () => {
    const nested = (r: any): X.Expr<any> =>
      X.jsonObject({
        all: whole(r),
        list: X.jsonArray([listed(r), X.jsonArray([]), X.jsonObject({}), X.jsonArray([X.jsonArray([r.d])])]),
        at: X.jsonAt(anyJson)(whole(r), 'd'),
        none: X.jsonAt(anyJson)(whole(r), 'missing'),
      })
    await same('nested', pipe(rows, Q.map(nested)))
    await same(
      'eight levels',
      Q.of({ a: Array.from({ length: 8 }).reduce((e: any) => X.jsonArray([e]), X.litOf(anyJson)({ a: [1] })) as any }),
    )
    await same(
      'read again',
      pipe(
        rows,
        Q.map(r => ({
          s: X.jsonAt(text)(whole(r), 's'),
          v: X.jsonAt(text)(whole(r), 'v'),
          c: X.jsonAt(text)(nested(r), 'list', 0, 2),
          n: X.jsonAt(int)(whole(r), 'n'),
          f: X.jsonAt(float)(nested(r), 'all', 'f'),
          b: X.jsonAt(boolean)(whole(r), 'b'),
          d: X.jsonAt(anyJson)(nested(r), 'list', 3, 0, 0),
          l: X.jsonLength(listed(r)),
          notNull: X.isNotNull(whole(r)),
          none: X.jsonLength(whole(r)),
        })),
      ),
    )
    await same(
      'equal to what they are made of',
      pipe(
        rows,
        Q.map(r => ({
          s: X.isNotDistinctFrom(X.jsonAt(text)(whole(r), 's'), r.s),
          f: X.isNotDistinctFrom(X.jsonAt(float)(whole(r), 'f'), r.f),
          n: X.isNotDistinctFrom(X.jsonAt(int)(listed(r), 5), r.n),
          b: X.isNotDistinctFrom(X.jsonAt(boolean)(listed(r), 8), r.b),
        })),
      ),
    )
  })

  test('in conditions, derived tables, definitions, unions, groups and collections', async () => {
    await same(
      'a condition',
      pipe(
        rows,
        Q.where(r => X.eq(X.jsonAt(int)(whole(r), 'n'), 1)),
        Q.map(r => whole(r)),
      ),
    )
    await same(
      'let',
      pipe(
        rows,
        Q.let('doc', r => whole(r)),
        Q.where(r => X.isNotNull(X.jsonAt(text)(r.doc, 's'))),
        Q.map(r => ({ doc: r.doc, again: X.jsonArray([r.doc, r.doc]) })),
      ),
    )
    const limited = pipe(
      rows,
      Q.map(r => ({ id: r.id, doc: whole(r) })),
      Q.limit(5),
    )
    await same(
      'a derived table',
      pipe(
        limited,
        Q.orderBy(r => [X.desc(r.id)]),
        Q.map(r => ({ doc: X.jsonObject({ doc: r.doc, is: X.eq(r.id, 1) }), b: X.jsonAt(boolean)(r.doc, 'b') })),
      ),
    )
    await same(
      'a definition',
      pipe(
        Q.cte('docs')(limited),
        Q.bind('other', r =>
          pipe(
            Q.from(everything),
            Q.where(o => X.eq(o.id, r.id)),
          ),
        ),
        Q.orderBy(r => [X.asc(r.other.id)]),
        Q.map((r: any) => X.jsonArray([r.doc, whole(r.other)])),
      ),
    )
    await same(
      'a group',
      pipe(
        Q.from(everything),
        Q.aggregate(r => ({
          k: A.key(X.jsonAt(boolean)(whole(r), 'b')),
          n: A.count(X.jsonAt(int)(whole(r), 'n')),
          docs: A.count(whole(r)),
          sum: A.sum(X.jsonAt(int)(whole(r), 'm')),
          first: A.min(r.id),
        })),
        Q.orderBy(g => [X.asc(g.k)]),
        Q.map(g => X.jsonObject({ k: g.k, n: g.n, docs: g.docs, sum: g.sum, first: g.first })),
      ),
    )
    await same(
      'collections',
      pipe(
        rows,
        Q.map(r => ({
          doc: whole(r),
          inner: Q.many(
            pipe(
              rows,
              Q.where(o => X.lte(o.id, r.id)),
              Q.map(o => ({ doc: X.jsonObject({ outer: r.n, inner: whole(o) }), first: Q.first(Q.of({ x: listed(o) })) })),
              Q.limit(2),
            ),
          ),
        })),
        Q.limit(4),
      ),
    )
    await same(
      'a left join, and a sub-query',
      pipe(
        rows,
        Q.bindLeft('other', r =>
          pipe(
            rows,
            Q.where(o => X.eq(o.id, X.plus(r.id, 1))),
            Q.map(o => ({ id: o.id, doc: whole(o) })),
            Q.limit(1),
          ),
        ),
        Q.map((r: any) => ({
          doc: X.jsonObject({
            maybe: X.maybe(r.other, (o: any) => o.doc),
            id: X.maybe(r.other, (o: any) => o.id),
            some: X.isSome(r.other),
          }),
          scalar: X.jsonArray([
            X.scalar(
              pipe(
                rows,
                Q.where(o => X.eq(o.id, r.id)),
                Q.map(o => whole(o)),
              ) as never,
            ),
          ]),
        })),
      ),
    )
  })

  test('in a view, under every name', async () => {
    const q = pipe(
      Q.from(everything),
      Q.map(r => ({ id: r.id, doc: X.jsonObject(Object.fromEntries(NAMES.map((name, i) => [name, i % 2 === 0 ? r.s : r.b]))) })),
    )
    const seen = view('json_build_view', { id: int, doc: anyJson }, q as never)
    await s.create(seen)
    const inOrder = Q.orderBy((r: { readonly id: X.Expr<number> }) => [X.asc(r.id)])
    assert.equal(await s.right(Q.all(pipe(Q.from(seen), inOrder))), await s.right(Q.all(pipe(q, inOrder))))
    await s.drop(seen)
  })

  test('in a default, a check and an upsert', async () => {
    const inner = { x: ['\\'] }
    const made = X.jsonArray([X.lit(1), X.lit(true), X.litOf(float)(0.5), X.nullOf(text), X.litOf(anyJson)(inner)])
    const documents = table(
      'json_defaults',
      {
        id: int,
        d: withDefault(X.jsonObject({ "it's": X.lit('\\"é😀'), made, id: X.randomUuid }) as X.Expr<Exclude<Col.Json, null>>)(anyJson),
        k: check((k: X.Expr<any>) => X.eq(X.jsonType(X.jsonAt(anyJson)(X.jsonArray([k]), 0)), 'object'))(anyJson),
      },
      { primaryKey: ['id'] },
    )
    await s.create(documents)
    await s.right(C.run(C.insert(documents)({ id: 1, k: { old: 1 } })))
    await s.left('CheckViolation', C.run(C.insert(documents)({ id: 2, k: [] })))
    const both = C.upsert(documents)({
      target: ['id'],
      update: (old, offered) => ({ k: X.jsonObject({ old: old.k, offered: offered.k }) }),
    })
    await s.right(C.run(both({ id: 1, k: { new: [] } })))
    const [row] = (await s.right(Q.all(Q.from(documents)))) as readonly any[]
    assert.match(row.d.id, /^[0-9a-f-]{36}$/)
    assert.equal(
      { ...row, d: { ...row.d, id: '' } },
      {
        id: 1,
        d: { "it's": '\\"é😀', made: [1, true, 0.5, null, inner], id: '' },
        k: { old: { old: 1 }, offered: { new: [] } },
      },
    )
    await s.drop(documents)
  })

  test('of a hundred members and more', async () => {
    const members = Array.from({ length: 200 }, (_, i) => [`k${i}`, X.lit(i % 2 === 0 ? `v${i}` : 'v')] as const)
    await same(
      '200',
      pipe(
        rows,
        Q.map(r => ({ o: X.jsonObject(Object.fromEntries(members)), a: X.jsonArray(members.map(([, e], i) => (i === 150 ? r.b : e))) })),
        Q.limit(2),
      ),
    )
  })

  test('what is written is read', async () => {
    await s.right(
      C.run(
        C.insertFrom(stored)(
          pipe(
            Q.from(everything),
            Q.map(r => ({ id: r.id, d: whole(r) })),
          ),
        ),
      ),
    )
    const expected = await Q.all(
      pipe(
        rows,
        Q.map(r => ({ id: r.id, d: whole(r) })),
      ),
    )({ db: model })()
    const read = pipe(
      Q.from(stored),
      Q.orderBy(r => [X.asc(r.id)]),
    )
    assert.equal(await s.right(Q.all(read)), (expected as E.Right<unknown>).right)
    await s.right(C.run(C.update(stored)(r => ({ d: X.jsonArray([r.d, X.jsonObject({ id: r.id })]) }), C.everywhere)))
    assert.equal(await s.right(Q.all(pipe(read, Q.limit(1)))), [{ id: 0, d: [((expected as E.Right<any>).right[0] as any).d, { id: 0 }] }])
    await s.right(C.run(C.insert(stored)({ id: 1000, d: null })))
    const isLast = (r: { readonly id: X.Expr<number> }): X.Pred => X.eq(r.id, 1000)
    const random = { d: X.jsonObject({ id: X.randomUuid, f: X.random, a: X.jsonArray([X.lit('x')]) }) }
    await s.right(C.run(C.update(stored)(() => random, isLast)))
    const last = pipe(
      read,
      Q.where(r => X.eq(r.id, 1000)),
      Q.map(r => r.d),
    )
    const [row] = (await s.right(Q.all(last))) as readonly any[]
    assert.match(row.id, /^[0-9a-f-]{36}$/)
    assert.ok(row.f >= 0 && row.f < 1)
    await s.right(C.run(C.update(stored)(r => ({ d: X.jsonObject({ b: X.gt(r.id, 1), n: X.nullOf(text) }) }), isLast)))
    assert.equal(await s.right(Q.all(last)), [{ b: true, n: null }])
  })

  test('a member has its codec, also where one of two documents is chosen', async () => {
    const upper = new t.Type<{ readonly of: string }, string, unknown>(
      'wrapped',
      (u): u is { readonly of: string } => typeof u === 'object',
      (u, c) => (typeof u === 'string' ? t.success({ of: u }) : t.failure(u, c)),
      a => a.of,
    )
    const wrapped = codec(upper)(text as never) as unknown as Col.Column<{ readonly of: string }>
    const e = X.litOf(wrapped)({ of: 'x' })
    const doc = X.jsonObject({ e, list: X.jsonArray([e, X.lit(1), X.nullOf(wrapped)]), plain: X.lit('y') })
    const expected = { e: { of: 'x' }, list: [{ of: 'x' }, 1, null], plain: 'y' }
    assert.equal(await same('a codec', Q.of({ doc })), [{ doc: expected }])
    const other = X.jsonObject({ e: X.litOf(wrapped)({ of: 'z' }), list: X.jsonArray([e, X.lit(2), X.nullOf(wrapped)]), plain: X.lit('z') })
    const chosen = X.caseWhen(
      [[X.lit(false), X.jsonObject({ e, list: X.jsonArray([e, X.lit(1), X.nullOf(wrapped)]), plain: X.lit('y') })]],
      other,
    )
    assert.equal(await same('a choice', Q.of({ chosen })), [{ chosen: { e: { of: 'z' }, list: [{ of: 'x' }, 2, null], plain: 'z' } }])
    const short = codec(t.literal('no'))(text as never) as unknown as Col.Column<'no'>
    await s.left('Unsupported', Q.all(Q.of({ x: X.jsonObject({ e, ['__proto__']: X.lit(1) }) })))
    await s.left('DecodeError', Q.all(pipe(Q.of({ a: X.jsonAt(short)(X.jsonObject({ v: X.lit('yes') }), 'v') }))))
  })

  test('what is no document is refused', async () => {
    const refused = (tag: 'Unsupported' | 'ValidationError', e: unknown) => s.left(tag, Q.all(Q.of({ x: e as X.Expr<unknown> })))
    for (const x of [null, undefined, 1, 'a', [], X.lit(1), Q.of({}), [X.lit(1)]])
      await refused('ValidationError', X.jsonObject(x as never))
    for (const x of [null, undefined, 1, 'a', {}, X.lit(1)]) await refused('ValidationError', X.jsonArray(x as never))
    for (const x of [null, undefined, 1, 'a', {}, [], new Date(), Q.of({})]) {
      await refused('ValidationError', X.jsonObject({ x } as never))
      await refused('ValidationError', X.jsonArray([x] as never))
    }
    for (const name of ['\u0000', '\ud800', '\ufeffa']) await refused('ValidationError', X.jsonObject({ [name]: X.lit(1) }))
    for (const e of [
      X.litOf(Col.bigint)(1n),
      X.litOf(Col.numeric(5, 2))('1.00'),
      X.litOf(Col.date)('2020-01-01'),
      X.litOf(Col.time)('00:00:00.000'),
      X.lit(new Date()),
      X.litOf(Col.timestampMicros)('2020-01-01T00:00:00.000000Z'),
      X.lit(new Uint8Array(1)),
      X.litOf(Col.arrayOf(text))(['a']),
      X.litOf(Col.vector(2))([1, 2]),
    ]) {
      await refused('ValidationError', X.jsonObject({ e: e as X.Expr<unknown> }))
      await refused('ValidationError', X.jsonArray([X.lit(1), X.jsonArray([e as X.Expr<unknown>])]))
    }
    const deep = Array.from({ length: 9 }).reduce((e: any) => X.jsonArray([e]), X.lit(1))
    await refused('Unsupported', deep)
    await refused('Unsupported', X.jsonArray(Array.from({ length: 201 }, () => X.lit(1))))
    await refused('ValidationError', X.eq(X.jsonObject({}), X.jsonObject({})))
    await refused('ValidationError', X.jsonAt(text)(X.jsonObject({ d: X.lit(1n) }), 'd'))
    await s.left('ValidationError', Q.all(pipe(Q.of({ x: X.jsonObject({}) }), Q.distinct)))
    const long = await s.run(Q.all(Q.of({ x: X.jsonObject({ ['k'.repeat(70_000)]: X.lit(1) }) })))
    assert.ok(E.isRight(long) || long.left._tag === 'Unsupported')
  })
  test.run()
}
