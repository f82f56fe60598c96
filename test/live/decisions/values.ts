/**
 * S28 and S29: json, bytes, uuid, enums, booleans; and the promises of the type of an expression.
 *
 * Every engine refuses comparisons of types without equality: there the refusal is the decided result. That a null or a foreign value is
 * caught by a decoder is checked with a second declaration of the same table, which promises more than the table has.
 */

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as Agg from '../../../lib/Agg.js'
import * as C from '../../../lib/Column.js'
import * as Command from '../../../lib/Command.js'
import * as Ex from '../../../lib/Expr.js'
import type { Program } from '../../../lib/Interpreter.js'
import type { Db } from '../../../lib/Program.js'
import * as P from '../../../lib/Program.js'
import * as Q from '../../../lib/Query.js'
import { schema } from '../../../lib/Schema.js'
import { createAll } from '../../../lib/schema/createAll.js'
import { table } from '../../../lib/Table.js'
import { ask, type Clause, check, create, equal, fails, isDbError, isTrue, refuses, type Session } from './check.js'
import { computes, decides, sources } from './compute.js'
import { sent } from './sent.js'

const bytes = (...list: readonly number[]): Uint8Array => new Uint8Array(list)

const BYTES = [
  bytes(),
  bytes(0),
  bytes(0, 0),
  bytes(0, 255),
  bytes(1),
  bytes(0x41),
  bytes(0x61),
  bytes(0x7f),
  bytes(0x80),
  bytes(0xc3, 0xa9),
  bytes(255),
  bytes(255, 0),
]

const UUIDS = [
  '00000000-0000-0000-0000-000000000000',
  '0f000000-0000-0000-0000-000000000000',
  'a0000000-0000-4000-8000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
]

/** Checks that every engine refuses in the same way: by a refusal of the library, or as an invalid query. */
const isRefused = async (db: Session, what: string, program: Program<Db, unknown, unknown>): Promise<void> => {
  const before = sent()
  const answer = await program({ db })()
  equal(sent(), before, `${what}: something was sent`)
  const tag = E.isLeft(answer) && isDbError(answer.left) ? answer.left._tag : 'an answer'
  isTrue(tag === 'Unsupported' || tag === 'ValidationError', `${what}: expected a refusal, got ${tag}`)
}

/** The values sorted by the engine, and compared two by two. */
const inOrder = async <A>(db: Session, column: C.Column<A>, list: readonly A[]): Promise<void> => {
  await decides(
    db,
    { a: column, b: column },
    list.flatMap((a, i) => list.map((b, j) => [a, b, i < j])),
    r => Ex.lt(r.a, r.b),
  )
  await decides(
    db,
    { a: column, b: column },
    list.flatMap((a, i) => list.map((b, j) => [a, b, i === j])),
    r => Ex.eq(r.a, r.b),
  )
  const { stored } = await sources(
    db,
    { a: column },
    [...list].reverse().map(x => [x]),
  )
  const sorted = pipe(
    stored,
    Q.orderBy(r => [Ex.asc(r.a)]),
    Q.map(r => r.a),
  )
  equal(await ask(db, Q.all(sorted)), list)
  const once = pipe(
    stored,
    Q.unionAll(stored),
    Q.map(r => ({ a: r.a })),
    Q.distinct,
  )
  equal((await ask(db, Q.all(once))).length, list.length)
}

const DOCUMENTS: readonly C.Json[] = [
  null,
  true,
  0,
  'text',
  '',
  [],
  {},
  { b: 1, a: [1, 2, { c: null }], '': 'empty key', 'é"\\\u{1f600}': 'x' },
  [1, 1.5, -1e-7, 1e21, 0.1],
  { a: { b: { c: [[[]]] } } },
]

const others: readonly Clause[] = [
  check(28, 'json has no equality and no order: comparing it is refused before anything is sent', async db => {
    const { stored } = await sources(db, { a: C.anyJson }, [[{ x: 1 }]])
    const some = (p: (e: Ex.Expr<C.Json>) => Ex.Pred) =>
      Q.all(
        pipe(
          stored,
          Q.where(r => p(r.a as Ex.Expr<C.Json>)),
        ),
      )
    const json = Ex.litOf(C.anyJson)({ x: 1 })
    for (const compare of [Ex.eq, Ex.ne, Ex.lt, Ex.gte, Ex.isNotDistinctFrom]) {
      await isRefused(
        db,
        'a comparison',
        some(e => compare(e as Ex.Expr<any>, json)),
      )
    }
    await isRefused(
      db,
      'inList',
      some(e => Ex.inList(e as Ex.Expr<any>, [{ x: 1 }])),
    )
    const list = pipe(
      stored,
      Q.map(r => ({ a: r.a as Ex.Expr<any> })),
    )
    await isRefused(db, 'distinct', Q.all(pipe(list, Q.distinct)))
    await isRefused(db, 'union', Q.all(pipe(list, Q.union(list))))
    await isRefused(
      db,
      'a key',
      Q.all(
        pipe(
          list,
          Q.aggregate(r => ({ k: Agg.key(r.a) })),
        ),
      ),
    )
    await isRefused(
      db,
      'max',
      Q.all(
        pipe(
          list,
          Q.aggregate(r => ({ k: Agg.max(r.a) })),
        ),
      ),
    )
    await isRefused(
      db,
      'countDistinct',
      Q.all(
        pipe(
          list,
          Q.aggregate(r => ({ k: Agg.countDistinct(r.a) })),
        ),
      ),
    )
    await isRefused(
      db,
      'orderBy',
      Q.all(
        pipe(
          list,
          Q.orderBy(r => [Ex.asc(r.a)]),
        ),
      ),
    )
  }),
  check(28, 'a json value is read as it was written, except for the order of its keys', db =>
    computes(
      db,
      { a: C.anyJson },
      DOCUMENTS.filter(d => d !== null).map(d => [d, d]),
      r => r.a,
    ),
  ),
  check(28, 'json is decoded by its codec; what the codec does not admit is DecodeError', async db => {
    const Point = t.type({ x: t.number, y: t.number })
    await computes(
      db,
      { a: C.json(Point) },
      [
        [
          { x: 1, y: -2.5 },
          { x: 1, y: -2.5 },
        ],
      ],
      r => r.a,
    )
    const loose = table('points', { id: C.int, at: C.anyJson }, { primaryKey: ['id'] })
    const strict = table('points', { id: C.int, at: C.json(Point) }, { primaryKey: ['id'] })
    await create(db, loose)
    await ask(db, Command.run(Command.insert(loose)({ id: 1, at: { x: 1, y: 2 } })))
    equal(await ask(db, Q.all(Q.from(strict))), [{ id: 1, at: { x: 1, y: 2 } }])
    await ask(db, Command.run(Command.insert(loose)({ id: 2, at: { x: 1, y: 'two' } })))
    const sorted = pipe(
      Q.from(strict),
      Q.orderBy(r => [Ex.asc(r.id)]),
    )
    const { row, column } = await fails(db, 'DecodeError', Q.all(sorted))
    equal({ row, column }, { row: 1, column: 'at' })
    await fails(db, 'DecodeError', Q.all(Q.of({ points: Q.many(sorted) })))
  }),
  check(28, 'json is read by path; a value of another type is null', db =>
    computes(
      db,
      { a: C.anyJson },
      [
        [{ x: [{ y: 'z' }] }, 'z'],
        [{ x: [{ y: null }] }, null],
        [{ x: [{ y: 1 }] }, null],
        [{ x: { 0: { y: 'z' } } }, null],
        [{ x: [] }, null],
        ['x', null],
      ],
      r => Ex.jsonAt(C.text)(r.a, 'x', 0, 'y'),
    ),
  ),
  check(28, 'a document is built from values: nulls become JSON’s, booleans and documents do not become texts or numbers', async db => {
    await computes(
      db,
      { a: C.nullable(C.text), b: C.nullable(C.boolean), c: C.nullable(C.anyJson) },
      [
        ['{}', true, { x: [] }, { a: '{}', b: true, c: [{ x: [] }, 1] }],
        [null, null, null, { a: null, b: null, c: [null, 1] }],
        ['', false, '1', { a: '', b: false, c: ['1', 1] }],
      ],
      r => Ex.jsonObject({ a: r.a, b: r.b, c: Ex.jsonArray([r.c, Ex.lit(1)]) }),
    )
    await isRefused(db, 'a bigint in a document', Q.all(Q.of({ x: Ex.jsonArray([Ex.lit(1n)]) })))
  }),
  check(28, 'a document contains a part by structure: objects by their fields, arrays by their elements, values that are equal', db => {
    const part = { a: [{ b: 1, c: 'x' }] }
    return computes(
      db,
      { a: C.nullable(C.anyJson) },
      [
        [{ a: [0, { c: 'x', b: 1, d: [] }], z: 1 }, true],
        [{ a: [{ b: 1 }, { c: 'x' }] }, false],
        [{ a: { b: 1, c: 'x' } }, false],
        [{ a: [{ b: [1], c: 'x' }] }, false],
        [[{ a: [{ b: 1, c: 'x' }] }], false],
        [null, null],
      ],
      r => Ex.jsonContains(r.a, part),
    )
  }),
  check(28, 'bytes are compared and ordered as unsigned numbers, byte by byte', db => inOrder(db, C.bytes, BYTES)),
  check(28, 'a uuid is read in lower case, equal and ordered without regard to the case it was written in', async db => {
    await inOrder(db, C.uuid, UUIDS)
    await computes(
      db,
      { a: C.uuid },
      UUIDS.map(u => [u.toUpperCase(), u]),
      r => r.a,
    )
    await computes(
      db,
      { a: C.uuid },
      UUIDS.map(u => [u.toUpperCase(), u]),
      r => Ex.cast(C.text)(r.a),
    )
    await decides(
      db,
      { a: C.uuid },
      UUIDS.map((u, i) => [u, i === 2]),
      r => Ex.eq(r.a, UUIDS[2]?.toUpperCase() ?? ''),
    )
  }),
  check(28, 'a text that is no uuid is refused before anything is sent', async db => {
    const ids = table('uuids', { id: C.uuid })
    await create(db, ids)
    for (const id of [
      '',
      'x',
      `${UUIDS[0]} `,
      `{${UUIDS[0]}}`,
      '000000000000000000000000000000000000',
      `${UUIDS[0]}0`,
      'g0000000-0000-0000-0000-000000000000',
    ]) {
      await refuses(db, 'ValidationError', Command.run(Command.insert(ids)({ id })))
    }
  }),
  check(28, 'an enum is a text: compared by code point, not by its declaration', async db => {
    const Size = C.enumOf('small', 'Large', 'medium')
    await inOrder(db, Size as C.Column<'small' | 'Large' | 'medium'>, ['Large', 'medium', 'small'])
    await computes(db, { a: Size }, [['small', 'small!']], r => Ex.concat(r.a, '!'))
  }),
  check(28, 'a text that is not in an enum is refused before anything is sent, and by a check of the table', async db => {
    const Size = C.enumOf('small', 'large')
    const sizes = table('sizes', { id: C.int, size: Size }, { primaryKey: ['id'] })
    await create(db, sizes)
    await refuses(db, 'ValidationError', Command.run(Command.insert(sizes)({ id: 1, size: 'huge' as 'small' })))
    await refuses(
      db,
      'ValidationError',
      Q.all(
        pipe(
          Q.from(sizes),
          Q.where(r => Ex.eq(r.size, 'SMALL' as 'small')),
        ),
      ),
    )
    const computed = Ex.concat('hu', 'ge') as unknown as Ex.Expr<'small'>
    const { table: name } = await fails(
      db,
      'CheckViolation',
      Command.run(Command.insertFrom(sizes)(Q.of({ id: Ex.lit(1), size: computed }))),
    )
    equal(name, 'sizes')
    await ask(db, Command.run(Command.insert(sizes)({ id: 2, size: 'large' })))
    equal(await ask(db, Q.all(Q.from(sizes))), [{ id: 2, size: 'large' }])
  }),
  check(28, 'false is before true', async db => {
    await inOrder(db, C.boolean, [false, true])
    await computes(
      db,
      { a: C.nullable(C.boolean) },
      [
        [true, false],
        [false, true],
        [null, null],
      ],
      r => Ex.not(r.a),
    )
  }),
  check(28, 'arrays, vectors and engine-specific types have no equality and no order', async db => {
    const own = table('without_order', { list: C.arrayOf(C.int), custom: C.sqlType({ postgres: 'inet', sqlite: 'TEXT' }, t.string) })
    await create(db, own)
    const q = Q.from(own)
    for (const [name, f] of [
      ['an array', (r: any) => r.list],
      ['a custom type', (r: any) => r.custom],
    ] as const) {
      await isRefused(
        db,
        `eq of ${name}`,
        Q.all(
          pipe(
            q,
            Q.where(r => Ex.eq(f(r), f(r))),
          ),
        ),
      )
      await isRefused(
        db,
        `distinct of ${name}`,
        Q.all(
          pipe(
            q,
            Q.map(r => ({ it: f(r) })),
            Q.distinct,
          ),
        ),
      )
      await isRefused(
        db,
        `a key of ${name}`,
        Q.all(
          pipe(
            q,
            Q.aggregate(r => ({ it: Agg.key(f(r)) })),
          ),
        ),
      )
      await isRefused(
        db,
        `orderBy ${name}`,
        Q.all(
          pipe(
            q,
            Q.orderBy(r => [Ex.asc(f(r))]),
          ),
        ),
      )
    }
    const v = Ex.litOf(C.vector(2))([1, 2])
    await isRefused(db, 'eq of a vector', Q.all(Q.of({ it: Ex.eq(v as Ex.Expr<any>, v) })))
  }),
  check(28, 'an array of arrays, of vectors or of json is refused before anything is sent', async db => {
    const lists: readonly C.Column<any>[] = [C.arrayOf(C.arrayOf(C.int)), C.arrayOf(C.vector(2)), C.arrayOf(C.anyJson)]
    for (const [i, list] of lists.entries()) {
      const own = table(`lists_${i}`, { id: C.int, list }, { primaryKey: ['id'] })
      await isRefused(db, 'a literal', Q.all(Q.of({ it: Ex.litOf(list)([[1, 2]]) })))
      await isRefused(db, 'a table', createAll(schema({ own })))
      await isRefused(db, 'an insert', Command.run(Command.insert(own)({ id: 1, list: [[1, 2]] })))
    }
  }),
  check(28, 'an element of an array must be in the range of its type', async db => {
    const own = table('narrow_lists', { ints: C.nullable(C.arrayOf(C.int)), smalls: C.nullable(C.arrayOf(C.nullable(C.smallint))) })
    await create(db, own)
    await fails(db, 'NumericOverflow', Command.run(Command.insert(own)({ ints: [1, 2147483648] })))
    await fails(db, 'NumericOverflow', Command.run(Command.insert(own)({ smalls: [null, -32769] })))
    await ask(db, Command.run(Command.insert(own)({ ints: [-2147483648], smalls: [null, 32767] })))
    equal(await ask(db, Q.all(Q.from(own))), [{ ints: [-2147483648], smalls: [null, 32767] }])
  }),
  check(28, 'the elements of an array are rows with their positions from 1; an array that is null or empty has none', async db => {
    const own = table('element_lists', { id: C.int, list: C.nullable(C.arrayOf(C.nullable(C.text))) }, { primaryKey: ['id'] })
    await create(db, own)
    const lists = [['b', null, 'B', 'b'], [], null, [null]]
    await ask(db, Command.run(Command.insertMany(own)(lists.map((list, id) => ({ id, list })))))
    const elements = pipe(
      Q.from(own),
      Q.bind('element', l => Q.unnest(l.list)),
      Q.orderBy(l => [Ex.asc(l.id), Ex.asc(l.element.position)]),
      Q.map(l => ({ id: l.id, element: l.element })),
    )
    const expected = lists.flatMap((list, id) => (list ?? []).map((value, i) => ({ id, element: { position: i + 1, value } })))
    equal(await ask(db, Q.all(elements)), expected)
  }),
  check(28, 'split: the texts between separators, from left to right; of the empty text, the empty text', async db => {
    const texts = ['', ',', 'a,,b', ',a,', 'aaa', 'no']
    const parts = texts.map((text, i) => [`t${i}`, Ex.split(Ex.lit(text), ',')] as const)
    const joined = texts.map((text, i) => [`j${i}`, Ex.arrayJoin(Ex.split(Ex.lit(text), 'aa'), 'aa')] as const)
    equal(await ask(db, Q.all(Q.of(Object.fromEntries(parts)))), [Object.fromEntries(texts.map((text, i) => [`t${i}`, text.split(',')]))])
    equal(await ask(db, Q.all(Q.of(Object.fromEntries(joined)))), [Object.fromEntries(texts.map((text, i) => [`j${i}`, text]))])
    const one = Q.of({ none: Ex.split(Ex.nullOf(C.text), ','), twice: Ex.split(Ex.lit('aaa'), 'aa') })
    equal(await ask(db, Q.all(one)), [{ none: null, twice: ['', 'a'] }])
    await fails(db, 'ValidationError', Q.all(Q.of({ v: Ex.split(Ex.lit('a'), '') })))
  }),
  check(28, 'a condition on some or each element holds where it is true: neither null nor false', async db => {
    const list = Ex.litOf(C.arrayOf(C.nullable(C.int)))([1, null])
    const [empty, none] = [Ex.litOf(C.arrayOf(C.int))([]), Ex.nullOf(C.arrayOf(C.int))]
    const asked = Q.of({
      some: Ex.arrayAny(list, v => Ex.eq(v, 1)),
      other: Ex.arrayAny(list, v => Ex.eq(v, 2)),
      each: Ex.arrayEvery(list, v => Ex.eq(v, 1)),
      ofNone: Ex.arrayAny(none, () => Ex.lit(true)),
      ofEmpty: Ex.arrayAny(empty, () => Ex.lit(true)),
      eachOfNone: Ex.arrayEvery(none, () => Ex.lit(false)),
      eachOfEmpty: Ex.arrayEvery(empty, () => Ex.lit(false)),
    })
    equal(await ask(db, Q.all(asked)), [
      { some: true, other: false, each: false, ofNone: false, ofEmpty: false, eachOfNone: true, eachOfEmpty: true },
    ])
  }),
]

const nullable = (e: Ex.Expr<unknown>): boolean => e.type.nullable

const promises: readonly Clause[] = [
  check(29, 'the type of an expression says whether it can be null, as it is built', async db => {
    const columns = { a: C.int, b: C.nullable(C.int), t: C.text, u: C.nullable(C.text) }
    const { stored } = await sources(db, columns, [
      [1, null, '', null],
      [1, 2, 'x', 'y'],
    ])
    const cases: readonly (readonly [(r: any) => Ex.Expr<unknown>, boolean])[] = [
      [r => r.a, false],
      [r => r.b, true],
      [r => Ex.plus(r.a, r.a), false],
      [r => Ex.plus(r.a, r.b), true],
      [r => Ex.quot(r.a, r.a), true],
      [r => Ex.div(r.a, 2), true],
      [r => Ex.concat(r.t, r.t), false],
      [r => Ex.concat(r.t, r.u), true],
      [r => Ex.coalesce(r.b, 0), false],
      [r => Ex.coalesce(r.b, r.b), true],
      [r => Ex.nullIf(r.a, 1), true],
      [r => Ex.eq(r.a, 1), false],
      [r => Ex.eq(r.b, 1), true],
      [r => Ex.isNotDistinctFrom(r.b, 1), false],
      [r => Ex.isNull(r.b), false],
      [r => Ex.and(Ex.eq(r.a, 1), Ex.eq(r.b, 1)), true],
      [r => Ex.inList(r.a, [1]), false],
      [r => Ex.inList(r.b, []), false],
      [r => Ex.caseWhen([[Ex.eq(r.b, 1), r.a]], r.a), false],
      [r => Ex.caseWhen([[Ex.eq(r.a, 1), r.b]], r.a), true],
      [
        () =>
          Ex.scalar(
            pipe(
              stored,
              Q.limit(1),
              Q.map((s: any) => s.a),
            ),
          ) as Ex.Expr<unknown>,
        true,
      ],
      [() => Ex.exists(stored), false],
      [r => Ex.length(r.t), false],
      [r => Ex.cast(C.bigint)(r.b), true],
    ]
    for (const [i, [f, expected]] of cases.entries()) {
      const column = pipe(
        stored,
        Q.map((r: any) => {
          const e = f(r)
          equal(nullable(e), expected, `case ${i}`)
          return { it: e }
        }),
      )
      const answer = await ask(db, Q.all(column))
      if (!expected) isTrue(!answer.some(r => r.it === null), `case ${i} has no null`)
    }
  }),
  check(29, 'a null where the type has none is DecodeError, with its row and its column', async db => {
    const real = table('promised', { id: C.int, name: C.nullable(C.text) }, { primaryKey: ['id'] })
    const promised = table('promised', { id: C.int, name: C.text }, { primaryKey: ['id'] })
    await create(db, real)
    await ask(
      db,
      Command.run(
        Command.insertMany(real)([
          { id: 1, name: 'a' },
          { id: 2, name: null },
        ]),
      ),
    )
    const sorted = pipe(
      Q.from(promised),
      Q.orderBy(r => [Ex.asc(r.id)]),
    )
    const { row, column, got } = await fails(db, 'DecodeError', Q.all(sorted))
    equal({ row, column, got }, { row: 1, column: 'name', got: 'null' })
    const deep = pipe(
      sorted,
      Q.map(r => ({ it: { deep: r.name } })),
    )
    equal((await fails(db, 'DecodeError', Q.all(deep))).column, 'it.deep')
    await fails(db, 'DecodeError', Q.all(Q.of({ rows: Q.many(sorted) })))
    equal(
      await ask(
        db,
        Q.all(
          pipe(
            sorted,
            Q.where(r => Ex.eq(r.id, 1)),
          ),
        ),
      ),
      [{ id: 1, name: 'a' }],
    )
  }),
  check(29, 'an unexpected null or type in the result of a raw statement is DecodeError', async db => {
    const statement = P.raw({ n: C.int })`SELECT 1 UNION ALL SELECT NULL`
    const { row, column } = await fails(db, 'DecodeError', statement)
    equal({ row, column }, { row: 1, column: 'n' })
    await fails(db, 'DecodeError', Q.all(Q.of({ it: Ex.raw(C.int)`NULL` })))
    await fails(db, 'DecodeError', P.raw({ n: C.int })`SELECT 'text'`)
  }),
]

export const values: readonly Clause[] = [...others, ...promises]
