/**
 * Situations in which an error message was once wrong or late: keys that are too long, columns of another type in the database, statements
 * without raw text that the database does not understand, tables that change under a prepared statement, and deadlocks of single commands.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { bigint, enumOf, int, text, unique, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { isRetryable } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'
import { statement } from './rawText.js'

for (const engine of engines.filter(e => e.name !== 'sqlite in a file')) {
  const test = suite(`words on ${engine.name}`)
  const s = using(engine, test)
  const isPostgres = engine.name === 'postgres' || engine.name === 'pglite'
  const isMysql = engine.name === 'mysql' || engine.name === 'mariadb'

  test('a key or index that is too long is refused with its columns and the limit, before a table is created', async () => {
    const before = table('word_before', { id: int }, { primaryKey: ['id'] })
    const indexed = table('word_index', { id: int, a: varchar(500), b: varchar(500) }, { primaryKey: ['id'], indexes: [['a', 'b']] })
    const keyed = table('word_key', { id: int, a: unique(varchar(1000)) }, { primaryKey: ['id'] })
    const fits = table(
      'word_fits',
      { id: int, a: unique(varchar(768)), b: text, c: text },
      { primaryKey: ['id'], indexes: [['b', 'c', 'id']] },
    )
    for (const [long, columns] of [
      [indexed, 'a, b'],
      [keyed, 'a'],
    ] as const) {
      const whole = schema({ before, long })
      // a longer unique key of MariaDB is one of hashes
      if (isMysql && !(engine.name === 'mariadb' && long === keyed)) {
        const error = await s.left('Unsupported', createAll(whole))
        assert.match(error.message, `: ${columns} of ${long.name}`)
        assert.match(error.message, '3072')
        await s.left('SchemaConflict', Q.count(Q.from(before)))
      } else {
        await s.right(createAll(whole))
        await s.right(dropAll(whole))
      }
    }
    await s.create(fits)
    await s.drop(fits)
  })

  if (isPostgres) {
    test('a column that is an enum type of the database is refused with the reason, and not as raw text', async () => {
      await s.right(statement("CREATE TYPE word_mood AS ENUM ('sad', 'ok')"))
      await s.right(statement('CREATE TABLE word_moody (id int primary key, mood word_mood not null)'))
      const moody = table('word_moody', { id: int, mood: enumOf('sad', 'ok') }, { primaryKey: ['id'] })
      assert.equal(await s.right(Q.all(Q.from(moody))), [])
      for (const program of [
        Q.all(
          pipe(
            Q.from(moody),
            Q.where(m => X.eq(m.mood, 'ok')),
          ),
        ),
        C.run(C.insert(moody)({ id: 1, mood: 'sad' })),
      ]) {
        const error = await s.left('SchemaConflict', program as Program.Program<Program.Db, any, unknown>)
        assert.match(error.message, 'different type')
      }
      await s.right(statement('DROP TABLE word_moody'))
      await s.right(statement('DROP TYPE word_mood'))
    })
  }

  if (engine.sql) {
    test('raw text is blamed where there is some', async () => {
      const broken = pipe(
        Q.of({ one: X.lit(1) }),
        Q.where((): any => X.raw({ ...int, type: { ...int.type, sql: { tag: 'boolean' } } } as never)`1 = = 1`),
      )
      for (const program of [statement('SELEC 1'), Q.all(broken)]) {
        const error = await s.left('SyntaxError', program as Program.Program<Program.Db, any, unknown>)
        assert.match(error.message, 'check its raw SQL')
      }
    })
  }

  if (isPostgres || isMysql) {
    test('a table that changes under a prepared statement: the rows, or an error after which the transaction can be run again', async () => {
      const changing = table('word_changing', { id: int, v: int }, { primaryKey: ['id'] })
      await s.create(changing)
      await s.right(C.run(C.insert(changing)({ id: 1, v: 1 })))
      const rows = Q.all(
        pipe(
          Q.from(changing),
          Q.where(r => X.eq(r.id, 1)),
        ),
      )
      const widen = statement(
        isPostgres ? 'ALTER TABLE word_changing ALTER COLUMN v TYPE bigint' : 'ALTER TABLE word_changing MODIFY v BIGINT NOT NULL',
      )
      const narrow = statement(
        isPostgres ? 'ALTER TABLE word_changing ALTER COLUMN v TYPE int' : 'ALTER TABLE word_changing MODIFY v INT NOT NULL',
      )
      const expected = [{ id: 1, v: 1 }]
      // on all connections of the pool, several at the same time
      const several = async (): Promise<void> => {
        for (const got of await Promise.all(Array.from({ length: 40 }, () => s.right(rows)))) assert.equal(got, expected)
      }
      await several()
      await s.right(widen)
      await several()
      await s.right(narrow)
      for (let i = 0; i < 10; i += 1) assert.equal(await s.right(Program.transaction({ retry: 3 })(rows)), expected)
      await s.right(widen)
      const once = await Promise.all(Array.from({ length: 10 }, () => s.run(Program.transaction()(rows))))
      for (const answer of once) assert.ok(E.isRight(answer) ? true : isRetryable(answer.left), E.isLeft(answer) ? answer.left.message : '')
      await s.drop(changing)
      const recreated = table('word_changing', { id: int, v: bigint }, { primaryKey: ['id'] })
      await s.create(recreated)
      await s.right(C.run(C.insert(recreated)({ id: 1, v: 1n })))
      for (let i = 0; i < 10; i += 1) assert.equal(await s.right(Q.all(Q.from(recreated))), [{ id: 1, v: 1n }])
      await s.drop(recreated)
    })
  }

  test("single commands that are in each other's way are run again: 30 conditional upserts of one key all succeed", async () => {
    const counters = table('word_counter', { id: int, name: unique(varchar(20)), n: int }, { primaryKey: ['id'] })
    await s.create(counters)
    const upsert = (i: number) =>
      C.upsert(counters)({
        target: ['name'],
        update: old => ({ n: X.plus(old.n, 1) }),
        where: old => X.lt(old.n, 1000),
      })({ id: i, name: 'one', n: 1 })
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => s.run(C.run(upsert(i + 1)))))
      const failed = answers.flatMap(a => (E.isLeft(a) ? [a.left._tag] : []))
      assert.equal(failed, [])
      const [row] = (await s.right(Q.all(Q.from(counters)))) as readonly { readonly n: number }[]
      assert.is(row?.n, 30 * (round + 1))
    }
    await s.drop(counters)
  })

  test.run()
}
