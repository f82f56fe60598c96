/**
 * Ten thousand hostile strings, as values and as names: stored and read back unchanged, or refused; never executed.
 *
 * The strings are the same on each engine. After every test a canary table must still exist with its rows. Names are tried in two ways:
 * all of them through the printers, where only the quoted names may differ, and some hundreds on the engine.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { anyJson, arrayOf, check, enumOf, int, named, nullable, text, unique, withDefault } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { attempting } from '../../lib/core/value/DbError.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { toSql } from '../../lib/sql/compile.js'
import { dialects } from '../../lib/sql/dialects.js'
import { asIs, table } from '../../lib/Table.js'
import { amount } from '../amount.js'
import { note, suite } from '../suite.js'
import { type Engine, engines, sameRows, using } from './eachEngine.js'
import { broken, hostileNames, hostileStrings } from './hostileStrings.js'

const everything = hostileStrings(amount(10_000))
const canary = table('canary', { id: int, song: text }, { primaryKey: ['id'] })
const birds = [
  { id: 1, song: 'tweet' },
  { id: 2, song: "it's alive" },
  { id: 3, song: '' },
]
const values = table(
  'value',
  { id: int, s: text, doc: nullable(anyJson), list: pipe(arrayOf(text), nullable) },
  { primaryKey: ['id'], indexes: [['s']], naming: asIs },
)
const all = Q.from(values)

/** The fields that two rows don't have in common: own ones, whatever their names. */
const differences = (got: unknown, expected: unknown): readonly string[] => {
  const [a, b] = [new Map(Object.entries(got as object)), new Map(Object.entries(expected as object))]
  return [...new Set([...a.keys(), ...b.keys()])].filter(k => !a.has(k) || !b.has(k) || a.get(k) !== b.get(k))
}

const withCanary = (engine: Engine, title: string) => {
  const test = suite(`${title} on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.create(canary)
    await s.right(C.run(C.insertMany(canary)(birds)))
  })
  test.after.each(async () => {
    sameRows(await s.rows(canary), birds, 'the canary')
  })
  return { test, s }
}

const asValues = (engine: Engine): void => {
  // The model keeps JavaScript's own strings, and looks at every row each time: some are enough, as they are on servers.
  const sample = engine.sql && engine.single ? everything : everything.filter((_, i) => i % (everything.length / 500) === 0)
  const strings = sample.filter(t => engine.longestKey === null || [...t].length <= engine.longestKey)
  const { test, s } = withCanary(engine, `${strings.length} hostile values`)
  test.before(async () => {
    await s.create(values)
    await s.right(C.run(C.insertMany(values)(strings.map((text, id) => ({ id, s: text })))))
  })

  test('come back as they went in: one by one, in JSON, through a cursor, through distinct and order', async () => {
    const read = await s.right(
      Q.all(
        pipe(
          all,
          Q.orderBy(x => [X.asc(x.id)]),
          Q.map(x => x.s),
        ),
      ),
    )
    const differ = strings.findIndex((t, i) => t !== read[i])
    assert.is(differ, -1, `${JSON.stringify(strings[differ])} came back as ${JSON.stringify(read[differ])}`)
    const [nested] = await s.right(
      Q.all(
        Q.of({
          list: Q.many(
            pipe(
              all,
              Q.orderBy(x => [X.asc(x.id)]),
              Q.map(x => x.s),
            ),
          ),
        }),
      ),
    )
    assert.ok(strings.every((t, i) => t === nested?.list[i]))
    const folded = await s.right(
      Q.foldChunks<string, readonly string[]>([], (a, b) => [...a, ...b])(
        pipe(
          all,
          Q.orderBy(x => [X.asc(x.id)]),
          Q.map(x => x.s),
        ),
      ),
    )
    assert.ok(strings.every((t, i) => t === folded[i]))
    const byCodePoint = [...strings].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    const sorted = await s.right(
      Q.all(
        pipe(
          all,
          Q.map(x => ({ s: x.s })),
          Q.distinct,
          Q.orderBy(x => [X.asc(x.s)]),
        ),
      ),
    )
    const wrong = byCodePoint.findIndex((t, i) => t !== sorted[i]?.s)
    assert.is(wrong, -1, `at ${wrong}: ${JSON.stringify(byCodePoint[wrong])} and ${JSON.stringify(sorted[wrong])}`)
  })
  test('are found by eq, each one itself and nothing else', async () => {
    const find = Q.prepare({ s: text }, p =>
      pipe(
        all,
        Q.where(x => X.eq(x.s, p.s)),
        Q.map(x => x.id),
      ),
    )
    for (let from = 0; from < strings.length; from += 500) {
      const some = strings.slice(from, from + 500).map((t, i) => ({ t, at: from + i }))
      const given = Q.values({ t: text, at: int })(some)
      const found = await s.right(
        Q.all(
          pipe(
            given,
            Q.bind('v', g =>
              pipe(
                all,
                Q.where(x => X.eq(x.s, g.t)),
              ),
            ),
            Q.map(x => ({ at: x.at, id: x.v.id })),
          ),
        ),
      )
      assert.is(found.length, some.length)
      assert.equal(
        found.filter(f => f.id !== f.at),
        [],
      )
    }
    for (let id = 0; id < strings.length; id += 13) {
      const t = strings[id] as string
      assert.equal(await s.right(Q.all(find({ s: t }))), [id], JSON.stringify(t))
      if (id % 2 === 0)
        assert.equal(
          await s.right(
            Q.all(
              pipe(
                all,
                Q.where(x => X.and(X.eq(x.s, t), X.inList(x.s, [t, 'x']))),
                Q.map(x => x.id),
              ),
            ),
          ),
          [id],
          JSON.stringify(t),
        )
    }
  })
  test('are given back by expressions: lit, concat, case, coalesce, values, max, stringAgg', async () => {
    for (let i = 0; i < strings.length; i += 40) {
      const [a, b] = [strings[i] as string, strings[i + 1] as string]
      const q = pipe(
        Q.values({ s: text })([{ s: a }, { s: b }]),
        Q.aggregate(x => ({
          joined: A.stringAgg(x.s, b, { orderBy: [X.asc(X.eq(x.s, b))] }),
          kept: A.arrayAgg(x.s, { orderBy: [X.asc(X.eq(x.s, b))] }),
        })),
        Q.map(x => ({
          ...x,
          lit: X.lit(a),
          both: X.concat(a, X.lit(b), "'"),
          chosen: X.caseWhen([[X.eq(X.lit(a), b), X.lit('same')]], X.lit(b)),
          first: X.coalesce(X.nullOf(nullable(text)), a),
        })),
      )
      assert.equal(
        await s.right(Q.all(q)),
        [{ joined: a + b + b, kept: [a, b], lit: a, both: `${a}${b}'`, chosen: b, first: a }],
        JSON.stringify([a, b]),
      )
    }
  })
  test('are written by update, upsert and delete; stored in JSON and lists, as keys too', async () => {
    const one = (x: { readonly id: X.Expr<number> }): X.Pred => X.eq(x.id, -1)
    await s.right(C.run(C.insert(values)({ id: -1, s: 'x' })))
    for (let i = 0; i < strings.length; i += 61) {
      const t = strings[i] as string
      const doc = { [t]: [t, { deep: t }] }
      await s.right(C.run(C.update(values)({ s: t, doc, list: [t, 'plain', t] }, x => X.and(one(x), X.ne(X.concat(x.s, 'z'), t)))))
      const back = await s.right(
        Q.all(
          pipe(
            all,
            Q.where(x => X.and(one(x), X.isNotDistinctFrom(x.s, t))),
          ),
        ),
      )
      assert.equal(back, [{ id: -1, s: t, doc, list: [t, 'plain', t] }])
      const [nested] = await s.right(Q.all(Q.of({ m: Q.many(pipe(all, Q.where(one))) })))
      assert.equal(nested?.m, back)
      const next = [...t].length === engine.longestKey ? '+' : `${t}+`
      await s.right(C.run(C.upsert(values)({ target: ['id'], update: ['s'] })({ id: -1, s: next })))
      const stored = pipe(
        all,
        Q.where(one),
        Q.map(x => x.s),
      )
      assert.is(await s.right(Q.one(stored)), next)
      const upsert = pipe(
        C.upsert(values)({ target: ['id'], update: ['s'] })({ id: -1, s: t }),
        C.returning(x => x.s),
      )
      assert.is(await s.right(C.run(upsert)), t)
    }
    assert.is(await s.right(C.run(C.delete(values)(one))), 1)
    assert.is(await s.right(Program.withRollback(C.run(C.delete(values)(x => X.inList(x.s, strings.slice(0, 400)))))), 400)
    assert.is(await s.right(Q.count(all)), strings.length)
  })
  test('contains, startsWith and endsWith take their argument as it is', async () => {
    const short = table('short', { id: int, s: text }, { primaryKey: ['id'] })
    const some = strings.filter(t => t.length < 60).slice(0, 1_200)
    await s.create(short)
    await s.right(C.run(C.insertMany(short)(some.map((t, id) => ({ id, s: t })))))
    const parts = [
      '%',
      '_',
      '!',
      '!%',
      '!_',
      '!!',
      '\\',
      '\\%',
      '[a]',
      '*',
      '?',
      "'",
      '"',
      '',
      ' ',
      '%_',
      '__',
      'A',
      'É',
      ...some.filter((_, i) => i % 30 === 7),
    ]
    for (const part of parts) {
      const ids = (f: (t: string) => boolean): readonly number[] => some.flatMap((t, i) => (f(t) ? [i] : []))
      for (const computed of [false, true]) {
        const arg = computed ? X.concat(X.lit(part), '') : part
        const q = (p: (e: X.Expr<string>) => X.Pred) =>
          s.right(
            Q.all(
              pipe(
                Q.from(short),
                Q.where(x => p(x.s)),
                Q.orderBy(x => [X.asc(x.id)]),
                Q.map(x => x.id),
              ),
            ),
          )
        assert.equal(
          await q(e => X.contains(e, arg)),
          ids(t => t.includes(part)),
          `contains ${JSON.stringify(part)}`,
        )
        assert.equal(
          await q(e => X.startsWith(e, arg)),
          ids(t => t.startsWith(part)),
          `startsWith ${JSON.stringify(part)}`,
        )
        assert.equal(
          await q(e => X.endsWith(e, arg)),
          ids(t => t.endsWith(part)),
          `endsWith ${JSON.stringify(part)}`,
        )
      }
    }
    await s.drop(short)
  })
  test('a needle and a text of 200,000 characters', async () => {
    const long = "%_!'\\😀".repeat(30_000)
    const wide = table('wide', { id: int, s: text }, { primaryKey: ['id'] })
    await s.create(wide)
    await s.right(C.run(C.insert(wide)({ id: -2, s: `a${long}z` })))
    for (const p of [X.contains, X.startsWith, X.endsWith] as const) {
      const needle = p === X.startsWith ? `a${long}` : p === X.endsWith ? `${long}z` : long
      assert.equal(
        await s.right(
          Q.all(
            pipe(
              Q.from(wide),
              Q.where(x => p(x.s, needle)),
              Q.map(x => x.id),
            ),
          ),
        ),
        [-2],
      )
    }
    assert.is(await s.right(C.run(C.delete(wide)(x => X.eq(x.s, `a${long}z`)))), 1)
    await s.drop(wide)
  })
  test("those that can't be stored are refused, all of them, and nothing is written", async () => {
    const bad = broken(400)
    for (const t of bad) {
      const e = await s.run(C.run(C.insert(values)({ id: -3, s: t })))
      assert.ok(E.isLeft(e) && e.left._tag === 'ValidationError', JSON.stringify(t))
      const found = await s.run(
        Q.all(
          pipe(
            all,
            Q.where(x => X.eq(x.s, t)),
          ),
        ),
      )
      assert.ok(E.isLeft(found) && found.left._tag === 'ValidationError', JSON.stringify(t))
    }
    await s.unchanged([values], 'ValidationError', C.run(C.insertMany(values)(bad.map((t, i) => ({ id: -i - 10, s: t })))))
  })
  if (engine.sql) {
    test('as values of raw they stay values', async () => {
      for (let i = 0; i < strings.length; i += 31) {
        const t = strings[i] as string
        const [row] =
          engine.quote === '`'
            ? await s.right(Program.raw({ a: text, n: int })`SELECT ${t}, char_length(${t})`)
            : await s.right(Program.raw({ a: text, n: int })`SELECT ${t}, length(${t})`)
        assert.equal(row, { a: t, n: [...t].length })
        const twice = engine.quote === '`' ? X.raw(text)`concat(${t}, ${X.lit(t)})` : X.raw(text)`(${t} || ${X.lit(t)})`
        assert.equal(await s.right(Q.all(Q.of({ a: twice }))), [{ a: t + t }])
      }
    })
  }
  test('as defaults, in checks, and as the values of enums, where they have to be written into the text', async () => {
    const chosen = everything.filter(t => t.length < 200)
    for (let from = 0; from < (engine.single ? 900 : 300); from += 60) {
      const some = chosen.slice(from, from + 60)
      const columns = Object.fromEntries(some.map((t, i) => [`c${i}`, withDefault(t)(text)]))
      const kinds = some as unknown as readonly [string, ...string[]]
      const own = table('own', {
        id: int,
        ...columns,
        kind: withDefault(kinds[0])(enumOf(...kinds)),
        w: pipe(
          text,
          check(self => X.notIn(self, [...some])),
          nullable,
        ),
      })
      await s.create(own)
      await s.right(C.run(C.insert(own)({ id: 1 } as never)))
      const [row] = (await s.right(Q.all(Q.from(own)))) as readonly { readonly [field: string]: unknown }[]
      some.forEach((t, i) => {
        assert.is(row?.[`c${i}`], t)
      })
      assert.is(row?.['kind'], kinds[0])
      for (const kind of [some[7], some[31]]) assert.is(await s.right(C.run(C.update(own)({ kind } as never, C.everywhere))), 1)
      await s.left('CheckViolation', C.run(C.update(own)({ w: some[20] } as never, C.everywhere)))
      await s.right(C.run(C.update(own)({ w: `${some[20]}, not` } as never, C.everywhere)))
      await s.drop(own)
    }
  })
  test.run()
}

const asNames = (engine: Engine): void => {
  const { test, s } = withCanary(engine, 'hostile names')
  // MySQL and MariaDB refuse many of them: those that they take are as many as elsewhere
  const { quote } = engine.quote === '`' ? dialects.mysql : dialects.sqlite
  const names = hostileNames(720)
    .filter(name => E.isRight(attempting('quote', () => quote(name))))
    .slice(0, 360)

  test('of tables, columns, keys, checks and indexes: created, used, violated, dropped', async () => {
    let refused = 0
    for (let i = 0; i < 360; i += 6) {
      const [t, a, b, c, k, n] = names.slice(i, i + 6) as [string, string, string, string, string, string]
      const own = table(
        t,
        { [a]: int, [b]: text, [c]: unique(text), id: named(n)(int) },
        { primaryKey: [a], uniques: [[b, c]], indexes: [[b]], checks: { [k]: x => X.ne(x[b] as X.Expr<string>, 'odd') }, naming: asIs },
      )
      const made = await s.run(createAll(schema({ own })))
      if (E.isLeft(made)) {
        // A name that an engine keeps for itself.
        assert.ok(
          ['ValidationError', 'SchemaConflict'].includes(made.left._tag),
          `${JSON.stringify([t, a, b, c, k, n])}: ${made.left._tag} ${made.left.message}`,
        )
        refused += 1
        continue
      }
      const where = JSON.stringify([t, a, b, c, k, n])
      const row = (id: number, more: object = {}) => ({ [a]: id, [b]: `b${id}`, [c]: `c${id}`, id: 10 * id, ...more })
      assert.is(await s.right(C.run(C.insertMany(own)([row(1), row(2)] as never))), 2, where)
      const third = C.insert(own)(row(3) as never)
      assert.equal(await s.right(C.run(C.returning((x: any) => x)(third))), row(3), where)
      const found = await s.right(
        Q.all(
          pipe(
            Q.from(own),
            Q.where((x: any) => X.gt(x[a], 1)),
            Q.orderBy((x: any) => [X.desc(x[c])]),
            Q.map((x: any) => ({ [t]: x[b], [k]: x.id })),
          ),
        ),
      )
      assert.equal(
        found,
        [
          { [t]: 'b3', [k]: 30 },
          { [t]: 'b2', [k]: 20 },
        ],
        where,
      )
      assert.is(
        await s.right(
          C.run(
            C.update(own)(
              (x: any) => ({ [b]: X.concat(x[b], '!') }) as never,
              (x: any) => X.eq(x[a], 2),
            ),
          ),
        ),
        1,
        where,
      )
      const nested = await s.right(
        Q.all(
          pipe(
            Q.from(own),
            Q.where((x: any) => X.eq(x[a], 2)),
            Q.map((x: any) => ({
              [n]: Q.many(
                pipe(
                  Q.from(own),
                  Q.where((y: any) => X.eq(y[c], x[c])),
                ),
              ),
            })),
          ),
        ),
      )
      assert.equal(nested, [{ [n]: [row(2, { [b]: 'b2!' })] }], where)
      const left = pipe(
        Q.Do,
        Q.bind(a, () => Q.from(own)),
        Q.bindLeft(b, (x: any) =>
          pipe(
            Q.from(own),
            Q.where((y: any) => X.eq(y[a], x[a][a])),
          ),
        ),
        Q.let(c, () => X.lit(1)),
      )
      assert.is((await s.right(Q.all(left))).length, 3, where)
      const grouped = pipe(
        Q.from(own),
        Q.aggregate((x: any) => ({ [a]: A.key(x[b]), [b]: A.max(x[c]) })),
        Q.unionAll(
          pipe(
            Q.from(own),
            Q.map((x: any) => ({ [a]: x[b], [b]: x[c] })),
          ),
        ) as never,
      )
      assert.is((await s.right(Q.all(grouped as Q.Query<any, any>))).length, 6, where)

      const twice = await s.left('UniqueViolation', C.run(C.insert(own)(row(4, { [c]: 'c1' }) as never)))
      assert.equal([twice.table, twice.columns, twice.constraint], [t, [c], own.uniques[0]?.name], where)
      const primary = await s.left('UniqueViolation', C.run(C.insert(own)(row(1, { [c]: 'c9' }) as never)))
      assert.equal([primary.table, primary.columns, primary.constraint], [t, [a], own.primaryKey?.name], where)
      const odd = await s.left('CheckViolation', C.run(C.update(own)({ [b]: 'odd' } as never, C.everywhere)))
      assert.equal([odd.table, odd.constraint], [t, own.checks[0]?.name], where)
      const isNull = await s.left('NotNullViolation', C.run(C.update(own)({ [b]: X.nullOf(nullable(text)) } as never, C.everywhere)))
      assert.equal([isNull.table, isNull.column], [t, b], where)
      const again = await s.left('SchemaConflict', createAll(schema({ own })))
      assert.is(again.object, t, where)

      assert.is(await s.right(C.run(C.delete(own)((x: any) => X.eq(x[a], 1)))), 1, where)
      await s.right(dropAll(schema({ own })))
      const gone = await s.left('SchemaConflict', Q.all(Q.from(own)))
      assert.is(gone.object, t, where)
    }
    assert.ok(refused < 10, `${refused} of 60 were refused`)
    if (refused > 0) note(`${engine.name} refused ${refused} of 60 tables with hostile names`)
  })
  test('of fields in a result: thousands, in rows of a hundred', async () => {
    for (let i = 0; i < everything.length; i += engine.single ? 100 : 1_000) {
      const some = everything.slice(i, i + 100)
      const row = Object.fromEntries(some.map((t, j) => [t, j]))
      const shape = Object.fromEntries(some.map((t, j) => [t, X.lit(j)]))
      const [found] = await s.right(Q.all(Q.of(shape)))
      assert.equal(differences(found, row), [])
      if (i % 1_000 !== 0) continue
      const q = pipe(
        Q.of(shape),
        Q.bind(some[3] as string, () => Q.of(shape)),
        Q.distinct,
        Q.limit(1),
      )
      assert.equal(((await s.right(Q.all(q)))[0] as any)[some[3] as string], found)
      assert.equal((await s.right(Q.all(Q.of({ m: Q.many(Q.of(shape)) }))))[0]?.m, [found])
      assert.equal(await s.right(Q.all(pipe(Q.of(shape), Q.union(Q.of(shape))))), [found])
    }
  })
  test('that are too long are refused, or work', async () => {
    for (const name of ['a'.repeat(63), 'a'.repeat(64), 'é'.repeat(32), '😀'.repeat(16), 'x'.repeat(1_000), `${'b'.repeat(62)}é`]) {
      const twin = `${[...name].slice(0, -1).join('')}_`
      const own = table('long', { [name]: int, [twin]: int }, { primaryKey: [name], naming: asIs })
      for (const t of [own, table(name, { id: int, ref: int }, { primaryKey: ['id'] })]) {
        const made = await s.run(createAll(schema({ t })))
        if (E.isLeft(made)) {
          assert.is(made.left._tag, 'ValidationError')
          assert.match(made.left.message, /at most \d+ (?:bytes|characters)|no characters beyond U\+FFFF/)
          continue
        }
        const [first, second] = Object.keys(t.columns) as [string, string]
        await s.right(C.run(C.insert(t as typeof own)({ [first]: 1, [second]: 2 } as never)))
        assert.equal(await s.rows(t), [{ [first]: 1, [second]: 2 }])
        const e = await s.left('UniqueViolation', C.run(C.insert(t as typeof own)({ [first]: 1, [second]: 2 } as never)))
        assert.equal([e.table, e.columns, e.constraint], [t.name, [first], t.primaryKey?.name])
        await s.drop(t)
      }
    }
  })
  test('that differ in case only are two, or refused', async () => {
    const own = table('case', { name: int, Name: int }, { naming: asIs })
    const made = await s.run(createAll(schema({ own })))
    if (E.isLeft(made)) assert.ok(['ValidationError', 'SchemaConflict'].includes(made.left._tag), made.left.message)
    else {
      await s.right(C.run(C.insert(own)({ name: 1, Name: 2 })))
      assert.equal(await s.rows(own), [{ name: 1, Name: 2 }])
      await s.drop(own)
    }
    const two = { a: table('twin', { id: int }), b: table('Twin', { id: int }) }
    const both = await s.run(createAll(schema(two)))
    if (E.isLeft(both)) assert.ok(['ValidationError', 'SchemaConflict'].includes(both.left._tag), both.left.message)
    else await s.right(dropAll(schema(two)))
    await s.left('SchemaConflict', Q.all(Q.from(two.a)))
  })
  test('that mean something to JavaScript are names like any other', async () => {
    const fields = [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'valueOf',
      'then',
      'kind',
      'type',
      'node',
      'row',
      'f',
      'length',
      '0',
      'present',
      'fields',
      '?',
      'a.b',
    ]
    const columns = Object.fromEntries(fields.map(f => [f, text]))
    const own = table('words', { id: int, ...columns }, { primaryKey: ['id'], naming: asIs })
    await s.create(own)
    const row: { [field: string]: unknown } = Object.fromEntries([['id', 1], ...fields.map(f => [f, `<${f}>`] as const)])
    await s.right(C.run(C.insert(own)(row as never)))
    const [back] = await s.right(Q.all(Q.from(own)))
    assert.equal(differences(back, row), [])
    for (const q of [
      pipe(Q.from(own), Q.distinct),
      pipe(Q.from(own), Q.union(Q.from(own))),
      pipe(
        Q.from(own),
        Q.map((x: any) => ({ ...x })),
      ),
    ] as readonly Q.Query<any, any>[]) {
      assert.equal(differences((await s.right(Q.all(q)))[0], row), [])
    }
    const nested = await s.right(Q.all(Q.of({ m: Q.first(Q.from(own)) })))
    assert.equal(differences((nested[0] as any).m.value, row), [])
    for (const f of fields) {
      const e = await s.left(
        'ValidationError',
        C.run(C.insert(own)(Object.fromEntries(Object.entries(row).filter(([name]) => name !== f)) as never)),
      )
      assert.is(e.path.at(-1), f)
      assert.is(await s.right(C.run(C.update(own)(Object.fromEntries([[f, 'new']]) as never, (x: any) => X.eq(x[f], `<${f}>`)))), 1, f)
    }
    await s.drop(own)
  })
  test.run()
}

/** The text of a statement with every quoted name replaced: what is left must be the same for all names. */
const skeleton = (sql: string, mark: string): string =>
  sql.replace(new RegExp(`${mark}(?:[^${mark}]|${mark}${mark})*${mark}`, 'g'), 'NAME').replaceAll(' AS NAME', '')

const printed = suite('10,000 hostile names through the printers')
for (const dialect of Object.values(dialects)) {
  printed(`${dialect.name}: quoted, or refused`, () => {
    const mark = dialect.quote('a').slice(0, 1)
    const query = (t: string, c: string) => {
      const own = table(t, { id: named(c)(int), s: text })
      return pipe(
        Q.from(own),
        Q.where(x => X.eq(x.s, c)),
        Q.orderBy(x => [X.asc(x.id)]),
        Q.map(x => ({ [t]: x.id, [c]: x.s })),
      )
    }
    const plain = toSql(dialect.name)(query('plain', 'other'))
    assert.ok(E.isRight(plain))
    const expected = skeleton((plain as E.Right<{ readonly sql: string }>).right.sql, mark)
    let refused = 0
    for (const [i, t] of everything.entries()) {
      const quoted = attempting('quote', () => dialect.quote(t))
      if (E.isRight(quoted)) {
        assert.is(skeleton(quoted.right, mark), 'NAME', JSON.stringify(t))
        assert.is(quoted.right.slice(1, -1).replaceAll(mark + mark, mark), t)
      }
      if (i % 4 > 0) continue
      const answer = toSql(dialect.name)(query(t, everything[(i + 1) % everything.length] as string))
      if (E.isLeft(answer)) {
        assert.is(answer.left._tag, 'ValidationError', JSON.stringify(t))
        refused += 1
        continue
      }
      assert.is(skeleton(answer.right.sql, mark), expected, JSON.stringify(t))
      assert.equal(answer.right.params.length, 1)
    }
    // MySQL has no names with characters outside of the basic plane, and none that end in a blank.
    assert.ok(refused < 1_200, `${refused} refused`)
  })
}
printed.run()

for (const engine of engines) {
  if (engine.name === 'sqlite in a file') continue
  asValues(engine)
  asNames(engine)
}
