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
import { type DbError, show } from '../../lib/DbError.js'
import type { Runner } from '../../lib/Interpreter.js'
import { validate } from '../../lib/Schema.js'
import { difference } from '../../lib/schema/difference.js'
import { introspect } from '../../lib/schema/introspect.js'
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
  compiles(test, compile)
  test.run()
}
