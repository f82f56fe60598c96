/**
 * `ensureSchema` on every engine: a missing table is created, a table that differs is never accepted, and what is accepted differs in nothing.
 *
 * Each kind of difference is tried by itself and in random company (`ensureKinds`). A refused database is left as it was. Many callers may start at
 * once, on runners of their own where the engine is a server.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { int, nullable, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import type { DbError } from '../../lib/DbError.js'
import { raw } from '../../lib/Expr.js'
import type { Interpreter, Runner, SqlOp } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { mysql } from '../../lib/run/mysql.js'
import { postgres } from '../../lib/run/postgres.js'
import { type AnySchema, fk, schema } from '../../lib/Schema.js'
import { createSteps, define, dropSteps } from '../../lib/schema/createAll.js'
import { difference } from '../../lib/schema/difference.js'
import { table, view } from '../../lib/Table.js'
import { ensureSchema, ensuringSchema } from '../../lib/transform/ensuringSchema.js'
import { amount, some } from '../amount.js'
import { suite } from '../suite.js'
import { addressOf, type ServerName } from './addresses.js'
import { type Engine, engines, type Session, using } from './eachEngine.js'
import { type Choice, described, itemRow, KINDS, single, usual } from './ensureKinds.js'

const choices = (
  fc.record(
    Object.fromEntries(
      Object.entries(KINDS).map(([k, n]) => [
        k,
        fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(n - 1) }),
      ]),
    ),
  ) as fc.Arbitrary<Choice>
)
  // SQLite numbers the primary key alone
  .map((c): Choice => (c.numbering === 0 ? c : { ...c, primary: 0 }))

/** An interpreter that counts its operations by tag. */
const counting = (db: Interpreter<SqlOp>): { readonly db: Interpreter<SqlOp>; readonly counts: Map<string, number> } => {
  const counts = new Map<string, number>()
  return {
    counts,
    db: {
      ...db,
      perform: op => {
        counts.set(op.tag, (counts.get(op.tag) ?? 0) + 1)
        return db.perform(op)
      },
    },
  }
}

const named = (s: AnySchema, name: string): AnyTable => s.tables[name] as AnyTable

/** The address of the database of a runner on a server. */
const databaseOf = async (s: Session, engine: Engine): Promise<string> => {
  const name =
    engine.name === 'postgres'
      ? await s.right(Q.one(Q.of({ name: raw(text)`current_database()::text` })))
      : await s.right(Q.one(Q.of({ name: raw(text)`DATABASE()` })))
  const there = new URL(addressOf(engine.name as ServerName) as string)
  there.pathname = `/${name.name}`
  return there.href
}

/** So many runners on the database of a session: of their own on a server, otherwise the same one. */
const runnersOn = async (
  s: Session,
  engine: Engine,
  n: number,
): Promise<{ readonly dbs: readonly Interpreter<SqlOp>[]; readonly close: () => Promise<void> }> => {
  if (engine.single) return { dbs: Array.from({ length: n }, () => s.db), close: async () => undefined }
  const url = await databaseOf(s, engine)
  const dbs: Runner[] = []
  for (let i = 0; i < n; i += 1) {
    const opened = await (engine.name === 'postgres' ? postgres({ url, max: 2 }) : mysql({ url, max: 2 }))()
    assert.ok(E.isRight(opened))
    dbs.push((opened as E.Right<Runner>).right)
  }
  return {
    dbs,
    close: async () => {
      for (const db of dbs) await db.close()
    },
  }
}

for (const engine of engines) {
  if (engine.name === 'sqlite in a file') continue
  const test = suite(`ensuring a schema on ${engine.name}`)
  const s = using(engine, test)
  const drop = (wanted: AnySchema) => s.right(define(dropSteps(wanted)))
  const others = (): AnySchema => {
    const [a, b] = [table('ens_a', { id: int }), table('ens_b', { id: int })]
    const [v, w] = ['ens_v', 'ens_w'].map(name => view(name, { id: int }, Q.from(a) as any))
    return { ...schema({ w, v, b, a } as any), foreignKeys: schema({ a, b }, t => ({ a: { toB: fk(t.a.id, t.b.id) } })).foreignKeys }
  }
  const clean = async () => {
    await drop(described(usual))
    await drop(others())
  }
  test.before.each(clean)
  const filter = { only: [/^ens_/] }
  const apart = async (wanted: AnySchema) => {
    const { steps, undecided } = await s.right(difference(wanted, filter))
    return [...steps, ...undecided]
  }
  const make = async (wanted: AnySchema) => {
    await s.right(define(createSteps(wanted)))
    await s.right(C.run(C.insert(named(wanted, 'groups') as any)({ id: 1, name: 'g' } as never)))
  }
  const addItem = (wanted: AnySchema, choice: Choice) => {
    const { id, ...rest } = itemRow(1)
    const count = choice.type === 0 ? 5 : 5n
    return s.right(C.run(C.insert(named(wanted, 'items') as any)({ ...(choice.numbering === 0 ? { id } : {}), ...rest, count } as never)))
  }

  test('what is missing is created, by one look; afterwards nothing is looked at', async () => {
    const wanted = described({ ...usual, index: 1, check: 1, unique: 1 })
    const { db, counts } = counting(s.db)
    const env = { db: ensuringSchema(wanted)(db) }
    assert.equal(await Q.count(Q.from(named(wanted, 'items') as any))(env)(), E.right(0))
    assert.is(counts.get('introspect'), 1)
    assert.equal(await apart(wanted), [])
    const again = { db: ensuringSchema(wanted)(db) }
    const ddl = counts.get('ddl')
    for (let i = 0; i < 3; i += 1) await Q.count(Q.from(named(wanted, 'items') as any))(again)()
    await Program.transaction()(Q.count(Q.from(named(wanted, 'items') as any)))(again)()
    assert.is(counts.get('introspect'), 2)
    assert.is(counts.get('ddl'), ddl)
    await drop(wanted)
  })

  test('each kind of difference is raised, in words, and nothing is changed; naming the table creates it again', async () => {
    // definitions of servers take longer, so a run of development tries a part of the kinds there
    for (const [name, choice] of engine.single ? single : some(single)) {
      const [old, wanted] = [described(usual), described(choice)]
      for (const [from, to, fromChoice] of [
        [old, wanted, usual],
        [wanted, old, choice],
      ] as const) {
        await make(from)
        await addItem(from, fromChoice)
        const error = await s.left('SchemaConflict', ensureSchema(to))
        assert.ok((error.differences?.length ?? 0) > 0, name)
        for (const d of error.differences ?? []) assert.ok(error.message.includes(`${d.object}: ${d.reason}`), error.message)
        assert.match(error.message, /ens_(item|cheap)/, name)
        assert.is((await s.rows(named(from, 'items'))).length, 1, name)
        assert.equal(await apart(from), [], name)
        await s.right(ensureSchema(from))
        await s.right(ensureSchema(to, { recreate: ['items', 'cheap'] }))
        assert.equal(await apart(to), [], name)
        assert.is((await s.rows(named(to, 'items'))).length, name.startsWith('view') ? 1 : 0, name)
        assert.is((await s.rows(named(to, 'groups'))).length, 1, name)
        await drop(to)
      }
    }
  })

  test('what is accepted differs in nothing, and a table that differs is not accepted', async () => {
    await fc.assert(
      fc.asyncProperty(choices, choices, async (one, other) => {
        const [from, to] = [described(one), described(other)]
        await clean()
        await make(from)
        const answer = await s.run(ensureSchema(to))
        const isSame = JSON.stringify(one) === JSON.stringify(other)
        assert.is(E.isRight(answer), isSame, JSON.stringify([one, other, answer]))
        assert.is((await apart(to)).length === 0, isSame)
        await s.right(ensureSchema(to, { recreate: ['ens_item', 'ens_cheap'] }))
        assert.equal(await apart(to), [])
        await drop(to)
      }),
      { numRuns: amount(10) },
    )
    await clean()
  })

  test('a failed check is repeated; ddl passes, so a program can mend the database', async () => {
    const [old, wanted] = [described(usual), described({ ...usual, column: 1 })]
    await make(old)
    const env = { db: ensuringSchema(wanted)(s.db) }
    const count = Q.count(Q.from(named(wanted, 'groups') as any))
    for (let i = 0; i < 2; i += 1) assert.is(((await count(env)()) as E.Left<DbError>).left._tag, 'SchemaConflict')
    const refused = await Program.transaction()(count)(env)()
    assert.is(((refused as E.Left<DbError>).left as DbError)._tag, 'SchemaConflict')
    const { steps } = await s.right(difference(wanted, filter))
    assert.equal(await define(steps)(env)(), E.right(undefined))
    assert.equal(await count(env)(), E.right(1))
    await drop(wanted)
  })

  test('a table that others refer to is created again only together with them', async () => {
    const groups = table('ens_group', { id: int, name: text, more: nullable(int) }, { primaryKey: ['id'] })
    const { items } = described(usual).tables as { readonly items: any }
    const wanted = schema({ groups, items } as any, (t: any) => ({ items: { group: fk(t.items.groupId, t.groups.id) } })) as AnySchema
    await make(described(usual))
    await addItem(described(usual), usual)
    await s.right(define([{ tag: 'dropView', view: named(described(usual), 'cheap') }]))
    const error = await s.left('SchemaConflict', ensureSchema(wanted, { recreate: ['groups'] }))
    assert.match(error.message, /ens_group: ens_item refers to it, .* add it to `recreate`/)
    assert.is((await s.rows(items)).length, 1)
    await s.right(ensureSchema(wanted, { recreate: ['groups', 'items'] }))
    assert.equal(await apart(wanted), [])
    assert.is((await s.rows(items)).length, 0)
    await drop(wanted)
  })

  test('tables that refer to each other are created, and created again', async () => {
    const of = (more: object): AnySchema => {
      const a = table('ens_a', { id: int, b: nullable(int), ...more }, { primaryKey: ['id'] })
      const b = table('ens_b', { id: int, a: nullable(int) }, { primaryKey: ['id'] })
      return schema({ a, b }, t => ({ a: { toB: fk(t.a.b, t.b.id as any) }, b: { toA: fk(t.b.a, t.a.id as any) } }) as any)
    }
    await s.right(ensureSchema(of({})))
    assert.equal(await apart(of({})), [])
    const other = of({ more: int })
    await s.left('SchemaConflict', ensureSchema(other, { recreate: ['a'] }))
    await s.right(ensureSchema(other, { recreate: ['a', 'b'] }))
    assert.equal(await apart(other), [])
    await drop(other)
  })

  test('only and ignore leave tables out; an unknown name is refused with the nearest one', async () => {
    const [old, wanted] = [described(usual), described({ ...usual, null: 1 })]
    await make(old)
    await s.right(ensureSchema(wanted, { ignore: ['ens_item'] }))
    await s.right(ensureSchema(wanted, { only: [/group/] }))
    await s.left('SchemaConflict', ensureSchema(wanted, { ignore: ['ens_group'] }))
    const error = await s.left('ValidationError', ensureSchema(wanted, { recreate: ['item'] }))
    assert.match(error.message, /no table "item".* did you mean "items"\?/)
    await drop(old)
  })

  test('10 callers at once: every table is created once, and all go on', async () => {
    const wanted = described({ ...usual, index: 1, check: 1, unique: 1, default: 1 })
    const { dbs, close } = await runnersOn(s, engine, 10)
    try {
      for (let round = 0; round < 3; round += 1) {
        const answers = await Promise.all(
          dbs.map((inner, i) => {
            const db = ensuringSchema(wanted)(inner)
            const first = C.run(C.insert(named(wanted, 'groups') as any)({ id: i, name: `g${i}` } as never))
            return (i % 2 === 0 ? first : Program.transaction()(first as any))({ db } as any)()
          }),
        )
        assert.equal(
          answers,
          dbs.map(() => E.right(1)),
        )
        assert.is((await s.rows(named(wanted, 'groups'))).length, 10)
        assert.equal(await apart(wanted), [])
        await drop(wanted)
      }
    } finally {
      await close()
    }
  })

  test('10 callers at once create a table again once: no row of one that has begun is lost', async () => {
    const [old, wanted] = [described(usual), described({ ...usual, column: 1, index: 2 })]
    await make(old)
    const { dbs, close } = await runnersOn(s, engine, 10)
    try {
      const answers = await Promise.all(
        dbs.map((inner, i) => {
          const db = ensuringSchema(wanted, { recreate: ['items'] })(inner)
          return C.run(C.insert(named(wanted, 'items') as any)({ ...itemRow(i), count: 1 } as never))({ db })()
        }),
      )
      assert.equal(
        answers,
        dbs.map(() => E.right(1)),
      )
      assert.is((await s.rows(named(wanted, 'items'))).length, 10)
      assert.equal(await apart(wanted), [])
    } finally {
      await close()
    }
    await drop(wanted)
  })

  test('a view that reads a table is created again with it', async () => {
    const of = (more: object): AnySchema => {
      const a = table('ens_a', { id: int, ...more }, { primaryKey: ['id'] })
      const v = view('ens_v', { id: int }, Q.map((row: any) => ({ id: row.id }))(Q.from(a as any)) as any)
      const w = view('ens_w', { id: int }, Q.from(v as any) as any)
      return schema({ a, v, w } as any) as AnySchema
    }
    await s.right(ensureSchema(of({})))
    const other = of({ more: int })
    await s.right(ensureSchema(other, { recreate: ['a'] }))
    await s.right(C.run(C.insert(named(other, 'a') as any)({ id: 1, more: 2 } as never)))
    assert.equal(await s.rows(named(other, 'w')), [{ id: 1 }])
    assert.equal(await apart(other), [])
    await drop(other)
  })

  test.run()
}
