/**
 * Whether a document contains another one, on every engine against the model.
 *
 * The pairs are those on which the functions of engines are known to differ: scalars and arrays, numbers written differently, booleans and
 * numbers, empty objects and arrays, null in all positions, elements that have the fields of a part only together; and every document with
 * every other one, from a small language of documents.
 */
import { inspect, isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { anyJson, boolean, check, int, type Json, nullable, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table, view } from '../../lib/Table.js'
import { some } from '../amount.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

type Part = Exclude<Json, null>

const PARTS: readonly Part[] = [
  0,
  1,
  -1.5,
  1e21,
  5e-324,
  0.1,
  '',
  'a',
  'A',
  'a ',
  '1',
  'true',
  'null',
  'é',
  'e\u0301',
  '😀',
  'o\'c"\\\n',
  true,
  false,
  [],
  {},
  [[]],
  [{}],
  [null],
  [1],
  [1, 1, 1],
  ['a'],
  ['a', 1],
  [true],
  [[1]],
  [[1, 2]],
  [[1], [2]],
  [[1, 2], 3],
  [[[1]]],
  [{ a: 1 }],
  [{ a: 1, b: 2 }],
  [{ a: 1 }, { b: 2 }],
  [{ a: [1] }],
  [{ a: [{ b: 2 }] }],
  { a: 1 },
  { a: 1, b: 2 },
  { a: null },
  { a: {} },
  { a: [] },
  { a: 'a' },
  { a: true },
  { a: { b: 1 } },
  { a: { b: [1, { c: 2 }] } },
  { a: [1] },
  { a: ['x', 'y'] },
  { a: [{ b: 1 }, { c: 2 }] },
  { a: [{ b: 1, c: [{ d: 'x', e: 2 }] }], f: [1, [2, { g: 3 }]] },
  { '': 1 },
  { A: 1 },
  { "o'c": 1, 'a.b': 2, $: 3, '*': 4, 'a[0]': 5, é: 6, '😀': 7 },
  { __proto__x: 1 },
  JSON.parse('{"__proto__":{"a":1}}') as Part,
  { constructor: {} },
]

const ODD: readonly Part[] = [{ 'a"b': 1 }, { 'a\\b': [{ '\n': 1, x: 2 }] }, { '\u0001': 'x' }]

const MORE: readonly Part[] = [
  [1, 'a', true, null, [], {}],
  [1, 2, 3],
  [[1, 2], [2, 3], 3],
  [
    { a: 1, b: 3 },
    { a: 2, b: 2 },
  ],
  [{ a: [1], b: 2 }],
  [{ a: 1 }, [{ a: 1, b: 2 }]],
  { a: [1, 2], b: [[1]] },
  { a: { b: 1, c: 2 }, b: 2 },
  {
    a: [
      { b: 1, c: 3 },
      { b: 2, c: 2 },
    ],
  },
  { a: [{ b: 1, c: [{ d: 'x', e: 2, f: 3 }, 0] }, 1], f: [[2, { g: 3, h: 4 }], 1, 2], z: null },
  { a: [['x'], 'y'] },
  { a: ['y', 'z', 'x'] },
  { a: { b: [{ c: 2, d: 1 }, 2, 1] } },
]

const DOCS = [...PARTS, ...MORE, ...ODD]

const documents = table('json_contains', { id: int, d: nullable(anyJson), kind: text }, { primaryKey: ['id'] })

/** Another definition of what is inside: by every path of the part. */
const slowly = (whole: Json | undefined, part: Json): boolean => {
  if (Array.isArray(part)) return Array.isArray(whole) && !part.some(p => !whole.some(w => slowly(w as Json, p as Json)))
  if (typeof part === 'object' && part !== null) {
    if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return false
    const fields = new Map(Object.entries(whole))
    return [...Object.entries(part)].filter(([name, p]) => !(fields.has(name) && slowly(fields.get(name) as Json, p as Json))).length === 0
  }
  return typeof whole === typeof part && JSON.stringify(whole) === JSON.stringify(part)
}

for (const engine of engines) {
  if (engine.name === 'memory' || engine.name === 'sqlite in a file') continue
  const test = suite(`parts of json documents on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  const isStructural = engine.name === 'mysql' || engine.name === 'mariadb'
  const both = async (program: any): Promise<void> => {
    for (const db of [s.db, model]) {
      const got = await program({ db })()
      assert.ok(E.isRight(got), JSON.stringify(got))
    }
  }
  const same = async (name: string, q: Q.Query<any, unknown>): Promise<readonly unknown[]> => {
    const [got, expected] = [await s.run(Q.all(q)), await Q.all(q)({ db: model })()]
    assert.ok(E.isRight(expected), `${name}: the model answers ${JSON.stringify(expected)}`)
    // a document may have a field named constructor, by which uvu tells objects apart
    assert.ok(isDeepStrictEqual(got, expected), `${name}: ${inspect(got, { depth: 9 })} and not ${inspect(expected, { depth: 9 })}`)
    return (got as E.Right<readonly unknown[]>).right
  }
  const rows = pipe(
    Q.from(documents),
    Q.orderBy(r => [X.asc(r.id)]),
  )

  test('every part in every document', async () => {
    await s.create(documents)
    await createAll(schema({ documents }))({ db: model })()
    const all = [
      ...DOCS.map((d, id) => ({ id, d: d as never, kind: Array.isArray(d) ? 'array' : typeof d })),
      { id: DOCS.length, d: null, kind: 'none' },
    ]
    await both(C.run(C.insertMany(documents)(all)))
    for (const part of [...PARTS, ...MORE]) {
      const q = pipe(
        rows,
        Q.map(r => ({ id: r.id, has: X.jsonContains(r.d, part) })),
      )
      const got = (await same(JSON.stringify(part), q)) as readonly { readonly id: number; readonly has: boolean | null }[]
      for (const { id, has } of got) {
        const expected = id === DOCS.length ? null : slowly(DOCS[id] as Json, part)
        assert.is(has, expected, `${JSON.stringify(part)} in ${JSON.stringify(DOCS[id])}`)
      }
    }
  })

  test('names with quotes, backslashes and control characters', async () => {
    for (const part of ODD) {
      const q = pipe(
        rows,
        Q.map(r => X.jsonContains(r.d, part)),
      )
      if (engine.name === 'mariadb') await s.left('Unsupported', Q.all(q))
      else await same(JSON.stringify(part), q)
    }
  })

  test('parts that are expressions', async () => {
    const pairs = pipe(
      rows,
      Q.bind('other', () => Q.from(documents)),
      Q.map((r: any) => ({ a: r.id, b: r.other.id, has: X.jsonContains(r.d, r.other.d) })),
      Q.orderBy((r: any) => [X.asc(r.a), X.asc(r.b)]),
    )
    const made = pipe(
      rows,
      Q.map(r => X.jsonContains(X.jsonArray([r.d, r.id]), X.jsonArray([r.d]))),
    )
    const prepared = Q.prepare({ part: anyJson }, p =>
      pipe(
        rows,
        Q.where(r => X.jsonContains(r.d, p.part)),
        Q.map(r => r.id),
      ),
    )
    if (isStructural) {
      await s.left('Unsupported', Q.all(pairs))
      await s.left('Unsupported', Q.all(made))
      await s.left('Unsupported', Q.all(prepared({ part: { a: 1 } })))
      return
    }
    await same('pairs', pairs)
    await same('made', made)
    for (const part of PARTS) await same('prepared', prepared({ part }))
  })

  test('of parameters, of what is made, and of what is read of a document', async () => {
    for (const part of some([...PARTS.filter((_, i) => i % 2 === 0), ...MORE])) {
      const of = Object.fromEntries(
        [1, 'a', [1, 'a'], [{ a: 1, b: 2 }], { a: 1, b: 2 }, { a: [{ b: 1 }, { c: 2 }] }].map((d, i) => [
          `v${i}`,
          X.jsonContains(X.litOf(anyJson)(d as never), part),
        ]),
      )
      await same(
        JSON.stringify(part),
        Q.of({ ...of, none: X.jsonContains(X.nullOf(anyJson), part), null: X.jsonContains(X.litOf(anyJson)(1), X.nullOf(anyJson)) }),
      )
      await same(
        JSON.stringify(part),
        pipe(
          rows,
          Q.map(r => ({
            made: X.jsonContains(X.jsonObject({ a: r.d, b: X.jsonArray([r.d, r.id]), c: X.gt(r.id, 3) }), { a: part, b: [part], c: true }),
            read: X.jsonContains(X.jsonAt(anyJson)(r.d, 'a'), part),
            twice: X.jsonContains(X.jsonArray([X.jsonContains(r.d, part)]), [true]),
            chosen: X.jsonContains(X.caseWhen([[X.gt(r.id, 20), r.d]], X.litOf(anyJson)({ a: [part] })), part),
          })),
        ),
      )
    }
  })

  const big: Part = { a: [{ b: 1, c: [{ d: 'x', e: 2 }] }] }
  const has = (r: { readonly d: X.Expr<any> }, part: Part = big): X.Pred => X.jsonContains(r.d, part)

  test('in conditions, joins, groups, aggregates, orders, windows, sub-queries and collections', async () => {
    for (const part of some([big, [{ a: 1 }], [1], { a: 1, b: 2 }, 1] as readonly Part[])) {
      const where = (f: (r: { readonly d: X.Expr<any>; readonly id: X.Expr<number> }) => X.Pred) =>
        same(
          JSON.stringify(part),
          pipe(
            rows,
            Q.where(f),
            Q.map(r => r.id),
          ),
        )
      await where(r => has(r, part))
      await where(r => X.not(has(r, part)))
      await where(r => X.isNull(has(r, part)))
      await where(r => X.or(has(r, part), X.eq(r.id, 3)))
      await where(r => X.and(has(r, part), has(r, [])))
      await where(r =>
        X.jsonContains(
          X.scalar(
            pipe(
              Q.from(documents),
              Q.where(o => X.eq(o.id, r.id)),
              Q.map(o => o.d),
            ),
          ),
          part,
        ),
      )
      await where(r =>
        X.exists(
          pipe(
            Q.from(documents),
            Q.where(o => X.and(X.eq(o.id, r.id), has(o, part), has(r, part))),
          ),
        ),
      )
      await where(r =>
        X.jsonContains(
          X.jsonObject({
            x: X.scalar(
              pipe(
                Q.from(documents),
                Q.where(o => X.eq(o.id, r.id)),
                Q.map(o => o.d),
              ),
            ),
          }),
          { x: part },
        ),
      )
      await same(
        'a group by it',
        pipe(
          Q.from(documents),
          Q.aggregate(r => ({
            k: A.key(has(r, part)),
            n: A.countAll,
            most: A.max(r.id),
            yes: pipe(A.count(r.id), A.filter(has(r, part))),
          })),
          Q.orderBy(g => [X.asc(g.k)]),
        ),
      )
      await same(
        'aggregates of it, and of what they make',
        pipe(
          Q.from(documents),
          Q.aggregate(r => ({
            kind: A.key(r.kind),
            n: A.sum(X.caseWhen([[has(r, part), X.lit(1)]], X.lit(0))),
            all: A.countDistinct(has(r, part)),
          })),
          Q.where(g =>
            X.not(X.jsonContains(X.jsonObject({ k: g.kind, n: X.jsonArray([X.jsonObject({ n: g.n })]) }), { n: [{ n: 99 }], k: 'x' })),
          ),
          Q.map(g => ({ ...g, is: X.jsonContains(X.jsonArray([X.jsonObject({ n: g.n, all: g.all })]), [{ n: 2, all: 2 }]) })),
          Q.orderBy(g => [X.asc(g.kind)]),
        ),
      )
      await same(
        'an order',
        pipe(
          rows,
          Q.orderBy(r => [X.desc(has(r, part)), X.asc(r.id)]),
          Q.map(r => r.id),
        ),
      )
      await same(
        'a left join',
        pipe(
          rows,
          Q.bindLeft('other', r =>
            pipe(
              Q.from(documents),
              Q.where(o => X.and(X.eq(o.id, X.plus(r.id, 1)), has(o, part))),
            ),
          ),
          Q.map((r: any) => ({ id: r.id, other: X.maybe(r.other, (o: any) => o.id), has: X.maybe(r.other, (o: any) => has(o, part)) })),
        ),
      )
      await same(
        'a join on it',
        pipe(
          rows,
          Q.bind('other', r =>
            pipe(
              Q.from(documents),
              Q.where(o => X.and(X.eq(o.kind, r.kind), X.jsonContains(X.jsonArray([o.d, r.d]), [part]))),
            ),
          ),
          Q.orderBy((r: any) => [X.asc(r.id), X.asc(r.other.id)]),
          Q.map((r: any) => ({ a: r.id, b: r.other.id })),
        ),
      )
      await same(
        'a collection',
        pipe(
          rows,
          Q.map(r => ({
            id: r.id,
            has: has(r, part),
            all: Q.many(
              pipe(
                rows,
                Q.where(o => X.and(X.eq(o.kind, r.kind), has(o, part))),
                Q.map(o => ({ id: o.id, outer: has(r, part), made: X.jsonContains(X.jsonArray([r.d, o.d]), [part]) })),
              ),
            ),
          })),
          Q.limit(30),
        ),
      )
    }
  })

  test('in an update, a delete and a definition', async () => {
    const isThere = (r: { readonly d: X.Expr<any> }): X.Pred => has(r, [{ a: 1, b: 2 }])
    await both(C.run(C.update(documents)(r => ({ d: X.jsonObject({ was: r.d, has: isThere(r) }) }), isThere)))
    await same('updated', rows)
    await same(
      'a definition',
      pipe(
        Q.cte('docs')(
          pipe(
            rows,
            Q.map(r => ({ id: r.id, d: r.d })),
          ),
        ),
        Q.where((r: any) => has(r, { was: [{ a: 1 }], has: true })),
        Q.orderBy((r: any) => [X.asc(r.id)]),
      ),
    )
    await both(C.run(C.delete(documents)(r => has(r, { was: [{ a: 1, b: 2 }] }))))
    await same('deleted', rows)
    await s.drop(documents)
  })

  test('in a check, where it asks by no query, and in a view', async () => {
    for (const part of [{ a: 1 }, { a: "it's", b: [] }, [1], { a: [{ b: '\\' }] }] as readonly Part[]) {
      const checked = table(
        'json_checked',
        { id: int, d: check((d: X.Expr<any>) => X.jsonContains(d, part))(anyJson) },
        { primaryKey: ['id'] },
      )
      const create = createAll(schema({ checked }))
      // MySQL asks for elements that are documents, MariaDB for all elements
      const asks = engine.name === 'mysql' ? /\[\{/ : engine.name === 'mariadb' ? /\[[^\]]/ : /^$/
      if (asks.test(JSON.stringify(part))) {
        await s.left('Unsupported', create)
        continue
      }
      await s.right(create)
      await s.right(C.run(C.insert(checked)({ id: 1, d: part as never })))
      await s.left('CheckViolation', C.run(C.insert(checked)({ id: 2, d: 5 as never })))
      const seen = view(
        'json_seen',
        { id: int, has: boolean },
        pipe(
          Q.from(checked),
          Q.map(r => ({ id: r.id, has: X.isNotNull(X.jsonContains(r.d, [part])) })),
        ),
      )
      await s.create(seen)
      assert.equal(await s.right(Q.all(Q.from(seen))), [{ id: 1, has: true }])
      await s.drop(seen)
      await s.drop(checked)
    }
  })

  test('what is no part is refused', async () => {
    const doc = X.litOf(anyJson)({ a: 1 })
    const refused = (tag: 'Unsupported' | 'ValidationError', e: X.Expr<any>) => s.left(tag, Q.all(Q.of({ x: e })))
    for (const x of [
      null,
      undefined,
      Number.NaN,
      1n,
      () => 1,
      new Date(),
      { a: undefined },
      { a: [Number.POSITIVE_INFINITY] },
      '\u0000',
      { '\ud800': 1 },
    ])
      await refused('ValidationError', X.jsonContains(doc, x as never))
    await refused('ValidationError', X.jsonContains(X.lit('{}'), {}))
    await refused('ValidationError', X.jsonContains(doc, X.lit('{}')))
    await refused('ValidationError', X.jsonContains(null as never, {}))
    await refused('ValidationError', X.jsonContains({ a: 1 } as never, {}))
    const nested = (n: number): Part => Array.from({ length: n }).reduce((x: Json) => [x], 'x') as Part
    for (const n of [9, 10]) {
      await same(
        'nested',
        Q.of({
          is: X.jsonContains(X.litOf(anyJson)([0, nested(n)] as never), [nested(n - 1)]),
          not: X.jsonContains(X.litOf(anyJson)(nested(n - 1) as never), nested(n)),
        }),
      )
    }
    if (isStructural) await refused('Unsupported', X.jsonContains(doc, nested(11)))
    const many = Array.from({ length: 300 }, (_, i) => i)
    if (isStructural) await refused('Unsupported', X.jsonContains(doc, many))
    else await same('many', Q.of({ x: X.jsonContains(doc, many) }))
  })
  test.run()
}
