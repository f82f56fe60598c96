/**
 * `introspect` and `difference` on every engine: which tables they mean, names of keys, and what a description leaves to the database.
 *
 * The last test writes the module of a schema of ours and compares it with the database: types, defaults, keys and names come back.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as K from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnySchema } from '../../lib/core/table/Schema.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { fk, schema, validate } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { type Difference, difference } from '../../lib/schema/difference.js'
import { introspect } from '../../lib/schema/introspection.js'
import { moduleOf } from '../../lib/schema/moduleOf.js'
import { table, view } from '../../lib/Table.js'
import { restrictedTo } from '../../lib/transform/restrictedTo.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'
import { statement } from './rawText.js'
import { writtenIn } from './writtenModules.js'

const users = table(
  'ask_user',
  { id: K.generated(K.int), email: K.varchar(80), name: K.withDefault("it's")(K.varchar(20)) },
  { uniques: [{ name: 'one_email', on: ['email'] }] },
)
const posts = table(
  'ask_post',
  {
    id: K.generated(K.bigint),
    userId: K.nullable(K.int),
    at: K.timestamp,
    price: K.withDefault('-0.50')(K.numeric(8, 2)),
    code: K.char(3),
    state: K.enumOf('on', "o'ff"),
    isOpen: K.withDefault(true)(K.boolean),
    body: K.comment('markdown')(K.nullable(K.anyJson)),
    tags: K.arrayOf(K.int),
    day: K.withDefault('2020-02-29')(K.date),
    rate: K.withDefault(1.5)(K.float),
    count: K.withDefault(-7n)(K.bigint),
  },
  {
    indexes: [['userId'], { name: 'ask_newest', on: row => [X.desc(row.at)] }],
    checks: { positive: row => X.gt(row.count, 9n) },
    comment: 'what users write',
  },
)
const all = schema({ users, posts }, t => ({
  posts: { author: fk(t.posts.userId, t.users.id, { back: 'posts', onDelete: 'setNull', name: 'of_user' }) },
}))
const names = view(
  'ask_name',
  { name: K.text },
  pipe(
    Q.from(users),
    Q.map(u => ({ name: X.cast(K.text)(u.name) })),
  ),
)

const isEmpty = ({ steps, undecided }: Difference): void =>
  assert.equal([steps.map(s => (s.tag === 'alterTable' ? [s.tag, s.change] : s.tag)), undecided], [[], []])

for (const engine of engines.filter(e => e.name !== 'sqlite in a file')) {
  const test = suite(`introspect on ${engine.name}`)
  const s = using(engine, test)
  test.before.each(async () => {
    await s.right(dropAll(schema({ users, posts, names })))
  })

  test('tables by name', async () => {
    await s.right(createAll(schema({ users, posts, names })))
    const shown = async (options?: Parameters<typeof introspect>[0]) => {
      const { tables, views } = await s.right(introspect(options))
      return [...tables, ...views].map(t => t.name)
    }
    assert.equal(await shown(), ['ask_post', 'ask_user', 'ask_name'])
    assert.equal(await shown({ only: ['ask_user', 'other.ask_post'] }), ['ask_user'])
    assert.equal(await shown({ only: [/^ask_/g], ignore: ['ask_user', /NAME$/i] }), ['ask_post'])
    assert.equal(await shown({ ignore: [/_/g] }), [])
    const within = restrictedTo(schema({ users }))(s.db)
    const seen = await introspect()({ db: within })()
    assert.equal(E.isRight(seen) ? seen.right.tables.map(t => t.name) : seen, ['ask_user'])
  })

  test('a created schema has no difference, and one without a table has', async () => {
    await s.right(createAll(all))
    isEmpty(await s.right(difference(all)))
    await s.right(dropAll(schema({ posts })))
    const found = await s.right(difference(all))
    assert.equal(
      found.steps.map(step => step.tag).filter(tag => tag !== 'createIndex'),
      ['createTable'],
    )
    isEmpty(await s.right(difference(all, { ignore: ['ask_post'] })))
    isEmpty(await s.right(difference(all, { only: ['ask_user'] })))
  })

  test('keys and foreign keys have the names that they are given', async () => {
    await s.right(createAll(all))
    const { tables } = await s.right(introspect())
    assert.is(tables.find(t => t.name === 'ask_user')?.uniques[0]?.name, 'one_email')
    const [key] = tables.find(t => t.name === 'ask_post')?.foreignKeys ?? []
    assert.is(key?.name, 'of_user')
    const twice = C.run(C.insertMany(users)([1, 2].map(() => ({ email: 'a' }))))
    const error = await s.left('UniqueViolation', twice)
    assert.is(error.constraint, 'one_email')
  })

  if (engine.sql)
    test('a default, a check and an index may be the database’s', async () => {
      const q = (name: string): string => `${engine.quote}${name}${engine.quote}`
      const columns = `id int NOT NULL, word varchar(20) DEFAULT 'none' NOT NULL, n int, CONSTRAINT ask_check CHECK (n > 0)`
      await s.right(dropAll(schema({ mine: table('ask_mine', { id: K.int }) })))
      await s.right(statement(`CREATE TABLE ${q('ask_mine')} (${columns})`))
      await s.right(statement(`CREATE INDEX ${q('ask_index')} ON ${q('ask_mine')} (n)`))
      const image = await s.right(introspect({ only: ['ask_mine'] }))
      const word = image.tables[0]?.columns[1]?.type
      const type = (sql: typeof word): K.Column<string> => ({ ...K.text, type: { ...K.text.type, sql: sql ?? { tag: 'text' } } }) as never
      const integer = image.tables[0]?.columns[0]?.type.tag === 'bigint' ? K.bigint : K.int
      const described = (unmanaged: readonly string[], filled: boolean) =>
        table(
          'ask_mine',
          {
            id: integer as typeof K.int,
            word: filled ? K.filledByDatabase(type(word)) : (type(word) as never),
            n: K.nullable(integer as typeof K.int),
          },
          { unmanaged },
        )
      const found = await s.right(difference(schema({ mine: described([], false) })))
      assert.equal(found.steps.map(step => (step.tag === 'alterTable' ? step.change.tag : step.tag)).sort(), [
        'dropCheck',
        'dropIndex',
        'setDefault',
      ])
      const left = described(['ask_check', 'ask_index'], true)
      isEmpty(await s.right(difference(schema({ mine: left }))))
      await s.right(C.run(C.insert(left)({ id: integer === K.int ? 1 : (1n as never) })))
      assert.equal(
        (await s.right(Q.all(Q.from(left)))).map(row => row.word),
        ['none'],
      )
      await s.right(dropAll(schema({ mine: left })))
    })

  if (engine.sql)
    test('the module of a schema of ours has no difference from its database', async () => {
      await s.right(createAll(all))
      const text = moduleOf(await s.right(introspect()))
      const { database } = await writtenIn(`ours-${engine.name}`).load(text)
      assert.ok(E.isRight(validate(database)))
      isEmpty(await s.right(difference(database)))
      const t = Object.values(database.tables).find(x => x.name === 'ask_post')
      const defaults = Object.entries(t?.columns ?? {}).flatMap(([f, c]) =>
        c.default?.node.tag === 'literal' ? [[f, c.default.node.value]] : [],
      )
      assert.equal(Object.fromEntries(defaults), { price: '-0.50', isOpen: true, day: '2020-02-29', rate: 1.5, count: -7n }, text)
      assert.equal(
        (database as AnySchema).foreignKeys.map(f => [f.relation, f.back, f.name, f.onDelete]),
        [['user', 'askPost', 'of_user', 'setNull']],
      )
    })

  test.run()
}
