/**
 * `createDatabase` and `dropDatabase` on servers, in files and in folders: the same laws on each, then what each refuses.
 *
 * Databases of servers have names of this process and are dropped at the end, whatever happens. Users without rights are created for the test.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as assert from 'uvu/assert'
import { int, text } from '../../lib/Column.js'
import { type DbError, show } from '../../lib/DbError.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import { createDatabase, dropDatabase } from '../../lib/run/createDatabase.js'
import { type EngineTarget, open, type Target } from '../../lib/run/open.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { addressOf, hasNative, type ServerName, servers } from './addresses.js'
import { temporaryFolder, wellMade } from './eachEngine.js'
import { statement, template } from './rawText.js'

const right = async <A>(task: TaskEither<DbError, A>): Promise<A> => {
  const answer = await task()
  assert.ok(E.isRight(answer), E.isLeft(answer) ? show(answer.left) : '')
  return (answer as E.Right<A>).right
}
const left = async (tag: DbError['_tag'], words: RegExp, task: TaskEither<DbError, unknown>): Promise<DbError> => {
  const answer = await task()
  assert.ok(E.isLeft(answer), `expected ${tag}, got success`)
  const error = (answer as E.Left<DbError>).left
  assert.is(error._tag, tag, show(error))
  assert.match(error.message, words)
  wellMade(error)
  return error
}

const things = table('thing', { id: int, label: text }, { primaryKey: ['id'] })
const filled = async (target: Target): Promise<Runner> => {
  const db = await right(open(target))
  await right(createAll(schema({ things }))({ db }))
  return db
}
const isFilled = async (target: Target): Promise<boolean> => {
  const db = await right(open(target))
  const found = await statement('SELECT * FROM thing')({ db })()
  await right(db.close)
  return E.isRight(found)
}

let databases = 0
const freshName = (): string => `query_ts_made_${process.pid}_${(databases += 1)}`
const ofServer = (server: ServerName, name: string): string => {
  const there = new URL(addressOf(server) as string)
  there.pathname = `/${encodeURIComponent(name)}`
  return there.href
}

const places: readonly (readonly [string, () => Target])[] = [
  ...servers.map(server => [server, () => ofServer(server, freshName())] as const),
  ['sqlite', () => `sqlite:${join(temporaryFolder(), 'made.db')}`],
  ...(hasNative ? [['sqlite3', () => ({ engine: 'sqlite3', file: join(temporaryFolder(), 'made.db') }) as const] as const] : []),
  ['pglite', () => `pglite:${join(temporaryFolder(), 'made')}`],
]

const laws = suite('creating and dropping databases')
for (const [name, fresh] of places) {
  laws(`${name}: created once, opened, dropped once, and empty when it is created again`, async () => {
    const target = fresh()
    await left('SchemaConflict', /there is no such .*ifExists/, dropDatabase(target))
    await right(dropDatabase(target, { ifExists: true }))
    await right(createDatabase(target))
    try {
      await left('SchemaConflict', /exists already: .*ifNotExists/, createDatabase(target))
      const db = await filled(target)
      await right(db.close)
      await right(createDatabase(target, { ifNotExists: true }))
      assert.ok(await isFilled(target), 'a database that exists is left unchanged')
      await left('SchemaConflict', /exists already/, createDatabase(target, { ifNotExists: false }))
      await right(dropDatabase(target))
      await left('SchemaConflict', /there is no such/, dropDatabase(target))
      await right(createDatabase(target, { ifNotExists: true }))
      assert.not.ok(await isFilled(target), 'a new database is empty')
    } finally {
      await dropDatabase(target, { ifExists: true })()
    }
    await right(dropDatabase(target, { ifExists: true }))
  })
}

for (const server of servers) {
  const at = (name: string): string => ofServer(server, name)
  const admin = async <A>(use: (db: Runner) => Promise<A>): Promise<A> => {
    const db = await right(open(addressOf(server) as string, { max: 1 }))
    try {
      return await use(db)
    } finally {
      await db.close()
    }
  }

  laws(`${server}: a name is a name, whatever is in it`, async () => {
    for (const odd of ['Üñî "quoted" `ticks`', "a'b; DROP DATABASE x", '%', 'select']) {
      const target = at(`${freshName()} ${odd}`)
      await right(createDatabase(target))
      await left('SchemaConflict', /exists already/, createDatabase(target))
      await right(dropDatabase(target))
      await left('SchemaConflict', /there is no such/, dropDatabase(target))
    }
    await left('ValidationError', /at most 6[34]/, createDatabase(at('x'.repeat(65))))
    await left('ValidationError', /at most 6[34]/, dropDatabase(at('x'.repeat(65))))
  })

  laws(`${server}: of several callers at once one creates it, and one drops it`, async () => {
    const target = at(freshName())
    const made = await Promise.all([1, 2, 3, 4].map(() => createDatabase(target)()))
    const dropped = await Promise.all([1, 2, 3, 4].map(() => dropDatabase(target)()))
    for (const answers of [made, dropped]) {
      assert.is(answers.filter(E.isRight).length, 1)
      for (const answer of answers) if (E.isLeft(answer)) assert.is(answer.left._tag, 'SchemaConflict', show(answer.left))
    }
    for (const answer of await Promise.all([1, 2, 3].map(() => createDatabase(target, { ifNotExists: true })())))
      assert.ok(E.isRight(answer))
    for (const answer of await Promise.all([1, 2, 3].map(() => dropDatabase(target, { ifExists: true })()))) assert.ok(E.isRight(answer))
  })

  laws(`${server}: the encoding is the one that the library requires`, async () => {
    const target = at(freshName())
    await right(createDatabase(target))
    const db = await right(open(target))
    const query =
      server === 'postgres'
        ? 'SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()'
        : 'SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = database()'
    const found = await right(Program.raw({ name: text })(template(query))({ db }))
    await right(db.close)
    await right(dropDatabase(target))
    const expected = { postgres: 'UTF8', mysql: 'utf8mb4_0900_bin', mariadb: 'utf8mb4_nopad_bin' }
    assert.equal(found, [{ name: expected[server] }])
  })

  laws(`${server}: without a name, or with that of the server, nothing is dropped`, async () => {
    const { hostname, port } = new URL(at('x'))
    for (const target of [at(''), { engine: server, host: hostname, port: Number(port) }, { engine: server }] as readonly Target[]) {
      await left('ValidationError', /^database: the target names no database/, dropDatabase(target, { ifExists: true }))
      await left('ValidationError', /^database: the target names no database/, createDatabase(target, { ifNotExists: true }))
    }
    const own =
      server === 'postgres' ? ['postgres', 'template0', 'template1'] : ['mysql', 'information_schema', 'performance_schema', 'sys', 'MySQL']
    for (const name of own) await left('ValidationError', new RegExp(`"${name}" belongs to the server`), dropDatabase(at(name)))
  })

  laws(`${server}: a wrong port, a wrong password, an unknown option`, async () => {
    const there = new URL(at(freshName()))
    there.password = 'wrong'
    await left('ConnectionError', /refuses this user/, createDatabase(there.href))
    there.port = '1'
    for (const done of [createDatabase(there.href), dropDatabase(there.href, { ifExists: true })])
      await left('ConnectionError', /refused/, done)
    await left(
      'ValidationError',
      /^ifExist: dropDatabase has no such option: did you mean ifExists\?/,
      dropDatabase(at('x'), { ifExist: true } as object),
    )
    await left('ValidationError', /^ifNotExists: it must be true or false/, createDatabase(at('x'), { ifNotExists: 'yes' as never }))
  })

  laws(`${server}: a user without the right`, async () => {
    const user = `query_ts_poor_${process.pid}`
    const name = freshName()
    const poor = (database: string): string => {
      const there = new URL(at(database))
      there.username = user
      there.password = 'poor'
      return there.href
    }
    await admin(async db => {
      const who = server === 'postgres' ? `"${user}"` : `'${user}'@'%'`
      const has = server === 'postgres' ? `LOGIN PASSWORD 'poor'` : `IDENTIFIED BY 'poor'`
      await right(statement(`CREATE USER ${who} ${has}`)({ db }))
      try {
        await right(createDatabase(at(name)))
        const refused = await left(
          'DatabaseError',
          new RegExp(`may not create the database "${name}_2"`),
          createDatabase(poor(`${name}_2`)),
        )
        assert.ok('cause' in refused && refused.cause !== undefined)
        await left('DatabaseError', new RegExp(`may not drop the database "${name}"`), dropDatabase(poor(name)))
      } finally {
        await dropDatabase(at(name), { ifExists: true })()
        await right(statement(`DROP USER ${who}`)({ db }))
      }
    })
  })
}

if (servers.includes('postgres')) {
  laws('postgres: in use: the number of connections; dropped by force only', async () => {
    const target = ofServer('postgres', freshName())
    await right(createDatabase(target))
    const users = [await right(open(target, { max: 1 })), await right(open(target, { max: 1 }))]
    const error = await left('Locked', /in use by 2 connections: close them first, or pass force/, dropDatabase(target))
    assert.is(error._tag === 'Locked' && error.holder, '2 connections')
    await right(dropDatabase(target, { force: true }))
    await left('SchemaConflict', /there is no such/, dropDatabase(target))
    for (const db of users) await db.close()
  })
  laws('postgres: the database may be named by a parameter of the address', async () => {
    const there = new URL(addressOf('postgres') as string)
    const name = freshName()
    there.pathname = '/'
    there.searchParams.set('dbname', name)
    await right(createDatabase(there.href))
    await left(
      'SchemaConflict',
      new RegExp(`"${name}": a database of this name exists already`),
      createDatabase(ofServer('postgres', name)),
    )
    await right(dropDatabase(there.href))
  })
}

for (const server of servers.filter(name => name !== 'postgres')) {
  laws(`${server}: a transaction that reads a table of it is waited for, but not for ever`, async () => {
    const target = ofServer(server, freshName())
    await right(createDatabase(target))
    const db = await filled(target)
    await right(
      Program.transaction()<Program.Db, DbError, void>(env => async () => {
        await statement('SELECT * FROM thing')(env)()
        await left('Locked', /in use by \d+ connections?: close (?:it|them) first$/, dropDatabase(target))
        return E.right(undefined)
      })({ db }),
    )
    await right(db.close)
    await right(dropDatabase(target))
  })
  laws(`${server}: force is refused by name`, async () => {
    await left('ValidationError', /^force: /, dropDatabase(ofServer(server, 'query_ts_x'), { force: true }))
  })
}
laws.run()

const embedded = ['sqlite', ...(hasNative ? (['sqlite3'] as const) : [])] as readonly ('sqlite' | 'sqlite3')[]
const files = suite('creating and dropping database files and folders')

files('a database in memory is refused, with the reason', async () => {
  const targets: readonly Target[] = [
    'memory:',
    'sqlite::memory:',
    'pglite:',
    { engine: 'sqlite3' },
    { engine: 'sqlite', file: ':memory:' },
    'pglite:memory://',
  ]
  for (const target of targets) {
    await left('Unsupported', /in memory: it begins empty when it is opened/, createDatabase(target, { ifNotExists: true }))
    await left('Unsupported', /in memory/, dropDatabase(target, { ifExists: true }))
  }
})

for (const engine of embedded) {
  const at = (file: string): EngineTarget => ({ engine, file })

  files(`${engine}: what is no database is neither taken for one nor removed`, async () => {
    const folder = temporaryFolder()
    const notes = join(folder, 'notes.txt')
    writeFileSync(notes, 'SQLite format 2, or so it says')
    await left('ConnectionError', /not a SQLite database/, createDatabase(at(notes), { ifNotExists: true }))
    await left('ConnectionError', /not a SQLite database, so it is not removed/, dropDatabase(at(notes), { ifExists: true }))
    for (const done of [createDatabase(at(folder), { ifNotExists: true }), dropDatabase(at(folder))])
      await left('ConnectionError', /not a regular file/, done)
    await left('ConnectionError', /folder .* does not exist; create it first/, createDatabase(at(join(folder, 'no', 'a.db'))))
    await left('SchemaConflict', /no such file/, dropDatabase(at(join(folder, 'no', 'a.db'))))
    for (const name of ['', 'a\0b']) await left('ConnectionError', /needs a name without NUL/, createDatabase(at(name)))
    assert.is(readFileSync(notes, 'utf8'), 'SQLite format 2, or so it says')
    assert.equal(readdirSync(folder), ['notes.txt'])
  })

  files(`${engine}: nothing stays next to a dropped file, a link to it included`, async () => {
    const folder = temporaryFolder()
    const [file, link] = [join(folder, 'data.db'), join(folder, 'link.db')]
    await right((await filled(at(file))).close)
    symlinkSync(file, link)
    writeFileSync(`${file}-journal`, Buffer.alloc(512))
    writeFileSync(`${file}.new`, 'half a datab')
    await right(dropDatabase(at(link)))
    assert.equal(readdirSync(folder), [])
    await right(createDatabase(at(link)))
    await right(dropDatabase(at(link)))
  })

  files(`${engine}: force is refused, and not ignored`, async () => {
    const file = join(temporaryFolder(), 'data.db')
    await right(createDatabase(at(file)))
    await left('ValidationError', /^force: /, dropDatabase(at(file), { force: true }))
    assert.ok(existsSync(file))
  })
}

files('a file that a runner of sql.js has open is not dropped', async () => {
  const file = join(temporaryFolder(), 'data.db')
  const db = await filled(`sqlite:${file}`)
  for (const engine of embedded) await left('Locked', /in use by process/, dropDatabase(`${engine}:${file}`))
  await right(db.close)
  assert.ok(await isFilled(`sqlite:${file}`))
})

if (hasNative) {
  files('a write-ahead log: in use is told from left by a crash by the native driver only', async () => {
    const file = join(temporaryFolder(), 'data.db')
    const db = await filled(`sqlite3:${file}`)
    await right(statement('PRAGMA journal_mode = WAL')({ db }))
    await right(statement("INSERT INTO thing VALUES (1, 'in the log')")({ db }))
    assert.ok(existsSync(`${file}-wal`))
    const [log, content] = [readFileSync(`${file}-wal`), readFileSync(file)]
    await left('Locked', /another program has it open/, dropDatabase(`sqlite3:${file}`))
    await left('Locked', /a native SQLite has it open, or ended without closing it/, dropDatabase(`sqlite:${file}`))
    await right(db.close)

    writeFileSync(file, content)
    writeFileSync(`${file}-wal`, log)
    await left('Locked', /-wal exists/, dropDatabase(`sqlite:${file}`))
    await right(dropDatabase(`sqlite3:${file}`))
    assert.equal(readdirSync(dirname(file)), [])
  })
  files('a native connection that writes is noticed', async () => {
    const file = join(temporaryFolder(), 'data.db')
    const db = await filled(`sqlite3:${file}`)
    await right(
      Program.transaction()<Program.Db, DbError, void>(env => async () => {
        await statement("INSERT INTO thing VALUES (1, 'a')")(env)()
        await left('Locked', /another program has it open/, dropDatabase(`sqlite3:${file}`))
        return E.right(undefined)
      })({ db }),
    )
    await right(db.close)
    await right(dropDatabase(`sqlite3:${file}`))
  })
}

files('pglite: only a folder that it made, or an empty one, and not while it is open', async () => {
  const folder = temporaryFolder()
  const [data, other, server] = [join(folder, 'data'), join(folder, 'other'), join(folder, 'server')]
  mkdirSync(other)
  writeFileSync(join(other, 'notes.txt'), 'x')
  mkdirSync(server)
  for (const name of ['PG_VERSION', 'postmaster.opts']) writeFileSync(join(server, name), '18')
  writeFileSync(join(folder, 'file'), '')
  const refused: readonly (readonly [string, RegExp])[] = [
    [other, /not a database of PGlite, and not empty/],
    [server, /data directory of a Postgres server/],
    [join(folder, 'file'), /not a folder/],
  ]
  for (const [name, words] of refused) {
    await left('ConnectionError', words, createDatabase(`pglite:${name}`, { ifNotExists: true }))
    await left('ConnectionError', words, dropDatabase(`pglite:${name}`, { ifExists: true }))
  }
  await left('ConnectionError', /folder .* does not exist; create it first/, createDatabase(`pglite:${join(folder, 'no', 'data')}`))
  const db = await right(open(`pglite:${data}`))
  await left('Locked', /in use by process/, dropDatabase(`pglite:${data}`))
  await right(db.close)
  await right(dropDatabase(`pglite:file://${data}`))
  await right(createDatabase(`pglite:${data}`))
  await right(dropDatabase(`pglite:${data}`))
  assert.equal(readdirSync(folder).sort(), ['file', 'other', 'server'])
  assert.equal(readdirSync(other), ['notes.txt'])
})
files.run()
