/**
 * Modules of databases that others have defined: each foreign schema of the tests of catalogs is written as a module, loaded and compared with
 * the database that it was written from. The difference is empty, and the schema is valid.
 *
 * All modules of an engine are compiled at the end by one call of tsc, once for each dialect.
 */
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { citext } from '@electric-sql/pglite/contrib/citext'
import { hstore } from '@electric-sql/pglite/contrib/hstore'
import { pg_buffercache } from '@electric-sql/pglite/contrib/pg_buffercache'
import { vector as pgvector } from '@electric-sql/pglite-pgvector'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type mysqlDriver from 'mysql2/promise'
import * as assert from 'uvu/assert'
import * as C from '../../lib/Command.js'
import { type DbError, show } from '../../lib/DbError.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Q from '../../lib/Query.js'
import { validate } from '../../lib/Schema.js'
import { difference } from '../../lib/schema/difference.js'
import { introspect } from '../../lib/schema/introspection.js'
import { moduleOf } from '../../lib/schema/moduleOf.js'
import { suite } from '../suite.js'
import { addressOf, servers } from './addresses.js'
import { dropImage, plainConnection } from './catalogRead.js'
import { engines } from './eachEngine.js'
import { mariadbColumns } from './foreignSchemas/mariadbColumns.js'
import { mariadbKeys } from './foreignSchemas/mariadbKeys.js'
import { mysqlColumns } from './foreignSchemas/mysqlColumns.js'
import { mysqlKeys } from './foreignSchemas/mysqlKeys.js'
import { cases as sqliteCases } from './foreignSqlite.js'
import { pgliteForTests } from './pgliteCopy.js'
import { appCases } from './postgresCatalogApps.js'
import { columnCases } from './postgresCatalogCases.js'
import { keyCases } from './postgresCatalogKeys.js'
import { statement } from './rawText.js'
import { onServer } from './servers.js'
import { writtenIn } from './writtenModules.js'

const opened = async (open: TaskEither<DbError, Runner>): Promise<Runner> => {
  const answer = await open()
  assert.ok(E.isRight(answer), E.isLeft(answer) ? show(answer.left) : '')
  return (answer as E.Right<Runner>).right
}

/** What may differ, because the engine has no description for it, and why. */
type Pinned = { readonly [title: string]: readonly string[] }

const checking = (engine: string, pinned: Pinned) => {
  const written = writtenIn(engine)
  const check = async (db: Runner, title: string, schemas: readonly (string | null)[]): Promise<void> => {
    const image = await introspect({ schemas })({ db })()
    assert.ok(E.isRight(image), E.isLeft(image) ? show(image.left) : '')
    const text = moduleOf((image as E.Right<any>).right)
    const { database } = await written.load(text)
    const valid = validate(database)
    assert.ok(E.isRight(valid), E.isLeft(valid) ? `${show(valid.left)}\n${text}` : '')
    const found = await difference(database)({ db })()
    assert.ok(E.isRight(found), E.isLeft(found) ? `${show(found.left)}\n${text}` : '')
    const { steps, undecided } = (found as E.Right<any>).right
    const differs = [
      ...steps.map((s: any) =>
        s.tag === 'alterTable' ? `${s.table.name}: ${s.change.tag} ${s.change.field ?? s.change.name ?? ''}` : s.tag,
      ),
      ...undecided.map((u: any) => `${u.object}: ${u.reason}`),
    ]
    assert.equal(differs, pinned[title] ?? [], text)
  }
  return { check, compile: written.compile }
}

/** The types of columns that have no canonical type, with a value of each. */
const TYPES: { readonly [kind: string]: readonly (readonly [type: string, value: string])[] } = {
  sqlite: [
    ['varchar(9)', "'x'"],
    ['datetime', "'2020-01-01 00:00:00'"],
    ['decimal(5,2)', '1.5'],
    ['', '7'],
  ],
  postgres: [
    ['inet', "'10.0.0.1'"],
    ['interval', "'1 day'"],
    ['timestamp(6)', "'2020-01-01 00:00:00'"],
    ['int4range', "'[1,3)'"],
    ['point', "'(1,2)'"],
    ['jsonb[]', `'{"{}"}'`],
    ['inet[]', "'{10.0.0.1}'"],
    ['bit(3)', "B'101'"],
    ['money', '2.5'],
    ['char(3)', "'ab'"],
  ],
  mysql: [
    ['tinyint', '5'],
    ['int unsigned', '4000000000'],
    ['bigint unsigned', '18446744073709551615'],
    ['float', '1.5'],
    ['double unsigned', '1.5'],
    ['decimal(8,2) unsigned', '1.50'],
    ['year', '2020'],
    ['timestamp', "'2020-01-01 00:00:00'"],
    ['datetime', "'2020-01-01 00:00:00'"],
    ['time', "'10:00:00'"],
    ['bit(8)', "b'101'"],
    ['binary(4)', "'ab'"],
    ['blob', "'ab'"],
    ["set('x','y')", "'x,y'"],
    ["enum('a','b')", "'b'"],
    ['mediumtext', "'text'"],
  ],
}

/** A row of such a table is read by its module, and what was read is written. */
const roundTrip = async (db: Runner, kind: string, name: string): Promise<void> => {
  const types = TYPES[kind] ?? []
  const run = async (sql: string): Promise<void> => {
    const done = await statement(sql)({ db })()
    assert.ok(E.isRight(done), E.isLeft(done) ? `${show(done.left)}: ${sql}` : '')
  }
  await run(`CREATE TABLE trip (id int PRIMARY KEY NOT NULL, ${types.map(([type], i) => `c${i} ${type}`).join(', ')})`)
  await run(`INSERT INTO trip VALUES (1, ${types.map(([, value]) => value).join(', ')})`)
  const image = await introspect({ only: ['trip'] })({ db })()
  assert.ok(E.isRight(image))
  const { trip } = await writtenIn(`trip-${name}`).load(moduleOf((image as E.Right<any>).right))
  const rows = async (): Promise<readonly any[]> => {
    const read = await Q.all(Q.from(trip as never))({ db })()
    assert.ok(E.isRight(read), E.isLeft(read) ? show(read.left) : '')
    return (read as E.Right<any>).right
  }
  const [first] = await rows()
  assert.is(Object.values(first).filter(value => value === null).length, 0)
  const second = { ...first, id: typeof first.id === 'bigint' ? 2n : 2 }
  const written = await C.run(C.insert(trip as never)(second as never))({ db })()
  assert.ok(E.isRight(written), E.isLeft(written) ? show(written.left as DbError) : '')
  assert.equal(await rows(), [first, second])
  await run('DROP TABLE trip')
}

const compiles = (test: ReturnType<typeof suite>, compile: () => string): void =>
  test('all of these modules compile', () => assert.is(compile(), ''))

for (const engine of engines.filter(e => e.name === 'sqlite' || e.name === 'sqlite3')) {
  const test = suite(`modules of schemas in ${engine.name}`)
  const { check, compile } = checking(engine.name, {})
  for (const { name, ddl } of sqliteCases) {
    test(name, async () => {
      const db = await opened(engine.open({}))
      for (const sql of ddl.split(/\n--\n/)) assert.ok(E.isRight(await statement(sql)({ db })()), sql)
      await check(db, name, [null])
      await db.close()
    })
  }
  test('rows of the engine’s own types are read and written', async () => {
    const db = await opened(engine.open({}))
    await roundTrip(db, 'sqlite', engine.name)
    await db.close()
  })
  if (engine.name === 'sqlite') compiles(test, compile)
  test.run()
}

const onPostgres = (name: string, open: TaskEither<DbError, Runner>): void => {
  const test = suite(`modules of schemas in Postgres on ${name}`)
  const { check, compile } = checking(name, {})
  let db: Runner
  const run = async (sql: string): Promise<void> => {
    const done = await statement(sql)({ db })()
    assert.ok(E.isRight(done), E.isLeft(done) ? show(done.left) : '')
  }
  test.before(async () => {
    db = await opened(open)
  })
  test.after(async () => {
    await db?.close()
  })
  test.before.each(async () => {
    const reset = `DO $$ DECLARE s text; BEGIN
      FOR s IN SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' LOOP EXECUTE format('DROP EXTENSION %I CASCADE', s); END LOOP;
      FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP;
      FOR s IN SELECT fdwname FROM pg_foreign_data_wrapper LOOP EXECUTE format('DROP FOREIGN DATA WRAPPER %I CASCADE', s); END LOOP;
    END $$`
    for (const sql of ['DISCARD TEMP', reset, 'CREATE SCHEMA public']) await run(sql)
  })
  for (const c of [...columnCases, ...keyCases, ...appCases].filter(c => c.temporary !== true)) {
    test(c.title, async () => {
      for (const sql of c.sql.split(/;\s*(?:\n|$)/)) if (sql.trim() !== '') await run(sql.trim())
      await check(db, c.title, c.schemas ?? [null])
    })
  }
  test('rows of the engine’s own types are read and written', () => roundTrip(db, 'postgres', name))
  if (name === 'pglite') compiles(test, compile)
  test.run()
}
const extensions = { btree_gist, citext, hstore, pg_buffercache, vector: pgvector }
onPostgres('pglite', pgliteForTests({ extensions }))
if (servers.includes('postgres')) onPostgres('postgres', onServer('postgres', { max: 1 }))

for (const [name, schemas] of [
  ['mysql', [...mysqlColumns, ...mysqlKeys]],
  ['mariadb', [...mariadbColumns, ...mariadbKeys]],
] as const) {
  if (addressOf(name) === null) continue
  const test = suite(`modules of schemas in ${name}`)
  const { check, compile } = checking(name, {})
  let db: Runner
  let connection: mysqlDriver.Connection
  test.before(async () => {
    db = await opened(onServer(name, { max: 1 }))
    connection = await plainConnection(name, db)
  })
  test.after.each(async () => {
    const image = await introspect()({ db })()
    if (E.isRight(image)) await dropImage(connection, image.right)
    await connection.query(name === 'mysql' ? 'DO 1' : 'DROP SEQUENCE IF EXISTS seq')
  })
  test.after(async () => {
    await connection?.end()
    await db?.close()
  })
  for (const { title, ddl } of schemas) {
    test(title, async () => {
      for (const sql of ddl) await connection.query(sql)
      await check(db, title, [null])
    })
  }
  test('rows of the engine’s own types are read and written', () => roundTrip(db, 'mysql', name))
  compiles(test, compile)
  test.run()
}
