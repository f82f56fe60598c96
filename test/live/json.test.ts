/**
 * Edge cases of values inside JSON documents, on every engine against the model.
 *
 * The documents are those on which the functions of engines are known to differ: an object instead of an array, names with a dot, a quote
 * or another case, empty names, integers written as decimals, null in all positions.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { anyJson, bigint, boolean, codec, float, int, json, nullable, numeric, smallint, text, uuid } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyColumn, Column } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { asInModel, engines, using } from './eachEngine.js'

const DOCUMENTS = [
  { a: 'x', A: 'y', 'a.b': 1, '': 'nothing', "o'c": true, é: 'é', '😀': 'grin', a0: [1] },
  { a: null, list: ['a', null, 1, true, { a: 'deep' }, [0, [1]]], 0: 'zero', '[0]': 'brackets', $: 'dollar', '*': 'star' },
  { a: { a: { a: 'a\n"\\\u2028' } }, list: { 0: 'field' } },
  { a: 0, list: [] },
  { a: -1.5, list: [9007199254740991, 9007199254740992, 1e21, -0.1, 5e-324, 1.7976931348623157e308] },
  { a: true, list: [false, 'true', 'null', '1', '', ' '] },
  ['first', { a: 'in a list' }],
  'text',
  1,
  true,
  [],
  {},
] as const

const PATHS: readonly (readonly (string | number)[])[] = [
  ['a'],
  ['A'],
  ['á'],
  ['é'],
  ['😀'],
  ['a.b'],
  ['a', 'b'],
  [''],
  ["o'c"],
  ['0'],
  ['[0]'],
  ['$'],
  ['*'],
  ['a0', 0],
  [0],
  [0, 0],
  [1],
  [1, 'a'],
  ['list'],
  ...Array.from({ length: 7 }, (_, i) => ['list', i]),
  ['list', 4, 'a'],
  ['list', 5, 1, 0],
  ['list', 5, 1, 1],
  ['list', '0'],
  ['a', 0],
  ['a', 'a', 'a'],
  ['a', 'a'],
  ['missing', 0, 'missing'],
  ['list', 2_147_483_647],
]

const TYPES: { readonly [name: string]: AnyColumn } = { text, int, bigint, numeric: numeric(17, 1), float, boolean, json: anyJson }

const orders = table('json_orders', { id: int, details: anyJson, note: nullable(anyJson) }, { primaryKey: ['id'] })

for (const engine of engines) {
  if (engine.name === 'memory' || engine.name === 'sqlite in a file') continue
  const test = suite(`values in json on ${engine.name}`)
  const s = using(engine, test)
  const model = memory()
  const same = asInModel(s, model)
  const rows = Q.values({ i: int, doc: anyJson })(DOCUMENTS.map((doc, i) => ({ i, doc })) as never)

  for (const [name, type] of Object.entries(TYPES)) {
    test(`${name} by every path, of a column`, async () => {
      for (const path of PATHS) {
        await same(
          JSON.stringify(path),
          pipe(
            rows,
            Q.orderBy(r => [X.asc(r.i)]),
            Q.map(r => ({ v: X.jsonAt(type)(r.doc, ...path), there: X.isNotNull(X.jsonAt(type)(r.doc, ...path)) })),
          ),
        )
      }
    })
    test(`${name} by every path, of parameters, and in a collection`, async () => {
      for (const path of PATHS) {
        const of = DOCUMENTS.map((doc, i) => [`v${i}`, X.jsonAt(type)(X.litOf(anyJson)(doc as never), ...path)] as const)
        await same(JSON.stringify(path), Q.of({ ...Object.fromEntries(of), none: X.jsonAt(type)(X.nullOf(anyJson), ...path) }))
        const inner = pipe(
          rows,
          Q.orderBy(r => [X.asc(r.i)]),
          Q.map(r => X.jsonAt(type)(r.doc, ...path)),
        )
        await same(`${JSON.stringify(path)} in a collection`, Q.of({ all: Q.many(inner) }))
      }
    })
    if (name === 'json') continue
    test(`${name} as keys of groups, orders and conditions`, async () => {
      for (const path of PATHS) {
        const value = (r: { readonly doc: X.Expr<unknown> }): X.Expr<any> => X.jsonAt(type)(r.doc, ...path)
        const grouped = pipe(
          rows,
          Q.aggregate(r => ({ k: A.key(value(r)), n: A.countAll })),
          Q.orderBy(r => [X.desc(r.k)]),
        )
        await same(JSON.stringify(path), grouped)
        await same(
          `${JSON.stringify(path)} beside itself`,
          pipe(
            rows,
            Q.orderBy(r => [X.asc(r.i)]),
            Q.map(r => ({ eq: X.eq(value(r), value(r)), either: X.coalesce(value(r), X.nullOf(type)) })),
          ),
        )
      }
    })
  }

  test('the whole text', async () => {
    const texts = pipe(
      rows,
      Q.orderBy(r => [X.asc(r.i)]),
      Q.map(r => ({ whole: X.jsonText(r.doc), part: X.jsonText(X.jsonAt(anyJson)(r.doc, 'list')) })),
    )
    await same('of a column', texts)
    await same('in a collection', Q.of({ all: Q.many(texts) }))
    for (const row of (await s.right(Q.all(texts))) as readonly { readonly whole: string }[]) JSON.parse(row.whole)
  })

  test('lengths of arrays', async () => {
    await same(
      'lengths',
      pipe(
        rows,
        Q.orderBy(r => [X.asc(r.i)]),
        Q.map(r => ({ whole: X.jsonLength(r.doc), list: X.jsonLength(X.jsonAt(anyJson)(r.doc, 'list')) })),
      ),
    )
    await same('of parameters', Q.of({ a: X.jsonLength(X.litOf(anyJson)([1, [2]])), b: X.jsonLength(X.nullOf(anyJson)) }))
  })

  test('kinds of values', async () => {
    const kinds = pipe(
      rows,
      Q.orderBy(r => [X.asc(r.i)]),
      Q.map(r => ({
        whole: X.jsonType(r.doc),
        ...Object.fromEntries(PATHS.map((path, i) => [`p${i}`, X.jsonType(X.jsonAt(anyJson)(r.doc, ...path))])),
      })),
    )
    await same('by path', kinds)
    await same('in a collection', Q.of({ all: Q.many(kinds) }))
    const docs = DOCUMENTS.map((doc, i) => [`v${i}`, X.jsonType(X.litOf(anyJson)(doc as never))] as const)
    await same('of parameters', Q.of({ ...Object.fromEntries(docs), none: X.jsonType(X.nullOf(anyJson)) }))
    const kind = (r: { readonly doc: X.Expr<unknown> }): X.Expr<string | null> =>
      X.jsonType(X.jsonAt(anyJson)(r.doc, 'a')) as X.Expr<string | null>
    await same(
      'as keys of groups, orders and conditions',
      pipe(
        rows,
        Q.where(r => X.ne(X.concat(X.coalesce(kind(r), 'none'), X.jsonType(r.doc)), 'x')),
        Q.aggregate(r => ({ kind: A.key(kind(r)), most: A.max(X.upper(X.jsonType(r.doc))), n: A.countAll })),
        Q.orderBy(g => [X.asc(g.kind)]),
      ),
    )
  })

  test('a text from json compares by code point with other texts', async () => {
    const words = Q.values({ doc: anyJson, w: text })([
      { doc: { w: 'a ' }, w: 'a' },
      { doc: { w: 'B' }, w: 'a' },
      { doc: { w: 'é' }, w: 'é' },
      { doc: { w: '😀' }, w: '\uffee' },
    ])
    const word = (r: { readonly doc: X.Expr<unknown> }): X.Expr<string | null> => X.jsonAt(text)(r.doc, 'w')
    await same(
      'compared',
      pipe(
        words,
        Q.orderBy(r => [X.asc(word(r))]),
        Q.map(r => ({ w: word(r), lt: X.lt(word(r), r.w), eq: X.eq(word(r), r.w), long: X.concat(X.coalesce(word(r), ''), r.w) })),
      ),
    )
    await same(
      'joined',
      pipe(
        words,
        Q.bind('other', r =>
          pipe(
            words,
            Q.where(o => X.eq(o.w, X.upper(X.coalesce(word(r), '')))),
          ),
        ),
        Q.map(r => r.other.w),
      ),
    )
  })

  test('of stored documents, by a codec, in an update and a condition', async () => {
    await s.create(orders)
    await s.right(
      C.run(
        C.insertMany(orders)([
          { id: 1, details: { kind: 'book', items: [{ n: 2 }, { n: 3 }] }, note: { text: 'x' } },
          { id: 2, details: { kind: 'cd', items: [] }, note: null },
        ]),
      ),
    )
    const kind = codec(t.union([t.literal('book'), t.literal('cd')]))(text as never) as Column<'book' | 'cd'>
    const found = pipe(
      Q.from(orders),
      Q.where(o => X.eq(X.jsonAt(kind)(o.details, 'kind'), 'book')),
      Q.map(o => ({
        kind: X.jsonAt(kind)(o.details, 'kind'),
        item: X.jsonAt(json(t.type({ n: t.number })))(o.details, 'items', 1),
        n: X.plus(X.jsonAt(int)(o.details, 'items', 0, 'n'), 1),
        items: X.jsonLength(X.jsonAt(anyJson)(o.details, 'items')),
      })),
    )
    assert.equal(await s.right(Q.all(found)), [{ kind: 'book', item: { n: 3 }, n: 3, items: 2 }])
    await s.right(C.run(C.update(orders)(o => ({ note: X.jsonAt(anyJson)(o.details, 'items', 0) }), C.everywhere)))
    assert.equal(await s.rows(orders), [
      { id: 1, details: { kind: 'book', items: [{ n: 2 }, { n: 3 }] }, note: { n: 2 } },
      { id: 2, details: { kind: 'cd', items: [] }, note: null },
    ])
    const wrong = pipe(
      Q.from(orders),
      Q.map(o => X.jsonAt(json(t.string))(o.details, 'items')),
    )
    await s.left('DecodeError', Q.all(wrong))
    await s.drop(orders)
  })

  test('what is no path, no document and no type of json is refused', async () => {
    const doc = X.litOf(anyJson)({ a: 1 })
    for (const path of [[], [-1], [0.5], ['a\u0000'], ['\ud800'], [null], [{}], Array.from({ length: 21 }, () => 'a')])
      await s.left('ValidationError', Q.all(Q.of({ v: X.jsonAt(text)(doc, ...(path as string[])) })))
    for (const path of [['"'], ['\\'], ['\n']]) await s.left('Unsupported', Q.all(Q.of({ v: X.jsonAt(text)(doc, ...path) })))
    for (const type of [smallint, uuid] as readonly AnyColumn[])
      await s.left('ValidationError', Q.all(Q.of({ v: X.jsonAt(type)(doc, 'a') })))
    await s.left('ValidationError', Q.all(Q.of({ v: X.jsonAt(text)(X.lit('{}'), 'a') })))
    await s.left('ValidationError', Q.all(Q.of({ v: X.jsonLength(X.lit('[]')) })))
    await s.left('ValidationError', Q.all(Q.of({ v: X.eq(X.jsonAt(anyJson)(doc, 'a') as X.Expr<any>, 1) })))
  })
  test.run()
}
