/**
 * `open`: every engine by its address and by its options, one driver at a time.
 *
 * A missing driver is really missing: the programs of the second suite run in a project of their own, with chosen packages installed.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as assert from 'uvu/assert'
import { type DbError, show } from '../../lib/DbError.js'
import { lit } from '../../lib/Expr.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { open, type Target } from '../../lib/run/open.js'
import { suite } from '../suite.js'
import { addressOf, hasNative, servers } from './addresses.js'
import { temporaryFolder, wellMade } from './eachEngine.js'
import { complaints, installed, printed } from './installed.js'
import { statement } from './rawText.js'

const right = async <A>(task: TaskEither<DbError, A>): Promise<A> => {
  const answer = await task()
  assert.ok(E.isRight(answer), E.isLeft(answer) ? show(answer.left) : '')
  return (answer as E.Right<A>).right
}
const left = async (task: TaskEither<DbError, Runner>): Promise<DbError> => {
  const answer = await task()
  if (E.isRight(answer)) await answer.right.close()
  assert.ok(E.isLeft(answer), 'it was opened')
  wellMade((answer as E.Left<DbError>).left)
  return (answer as E.Left<DbError>).left
}

/** Opens, asks, closes; the name of the engine. */
const engineOf = async (task: TaskEither<DbError, Runner>): Promise<string> => {
  const db = await right(task)
  assert.equal(await right(Q.all(Q.of({ one: lit(1) }))({ db })), [{ one: 1 }])
  await right(db.close)
  return db.capabilities.engine
}

const opening = suite('open')

opening('the embedded engines, in memory', async () => {
  for (const engine of ['memory', 'sqlite', 'pglite', ...(hasNative ? (['sqlite3'] as const) : [])] as const) {
    assert.is(await engineOf(open(engine.startsWith('sqlite') ? `${engine}::memory:` : `${engine}:`)), engine)
    assert.is(await engineOf(open({ engine })), engine)
  }
})

opening('a file: what one runner wrote, the next one reads', async () => {
  const file = join(temporaryFolder(), 'my shop?.db')
  const url = `sqlite:${encodeURIComponent(file)}`
  const db = await right(open(url, { acquireTimeout: 1_000 }))
  await right(statement('CREATE TABLE kept (a int)')({ db }))
  await right(db.close)
  const again = await right(open({ engine: 'sqlite', file }))
  await right(statement('SELECT * FROM kept')({ db: again }))
  assert.is((await left(open(url)))._tag, 'Locked')
  await right(again.close)
})

for (const name of servers) {
  const url = addressOf(name) as string
  const { hostname, port, pathname, username, password } = new URL(url)
  const options = {
    host: hostname,
    port: Number(port),
    database: pathname.slice(1),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  }

  opening(`${name}: by address and by options`, async () => {
    assert.is(await engineOf(open(url, { max: 1 })), name)
    assert.is(await engineOf(open({ engine: name, ...options })), name)
    assert.is(await engineOf(open({ engine: name, url, max: 2 })), name)
  })

  opening(`${name}: a wrong port, database, user, password, parameter`, async () => {
    const wrong: readonly (readonly [Target, RegExp])[] = [
      [{ engine: name, ...options, port: 1 }, /connection refused/],
      [{ engine: name, ...options, database: 'query_ts_no_such' }, /does not exist/],
      [{ engine: name, ...options, password: 'wrong' }, /refuses this user/],
      [{ engine: name, ...options, user: 'no_such_user' }, /refuses this user/],
      [
        { engine: name, url: url.replace(/^\w+/, name === 'postgres' ? 'mysql' : 'postgres') },
        /this is an address of (?:mysql|postgres): /,
      ],
    ]
    for (const [target, words] of wrong) {
      const e = await left(open(target))
      assert.is(e._tag, 'ConnectionError', show(e))
      assert.match(e.message, words)
    }
    const there = new URL(url)
    there.searchParams.set('max', '3')
    const e = await left(open(there.href))
    assert.match(
      e.message,
      name === 'postgres' ? /the parameter max of the address: give it as an option/ : /the parameter max of the address/,
    )
    assert.match((await left(open(url, { max: 0 }))).message, /max must be a positive integer/)
  })
}

opening('a file that is no database, and a folder that is not there', async () => {
  const file = join(temporaryFolder(), 'notes.txt')
  writeFileSync(file, 'not a database '.repeat(100))
  for (const engine of ['sqlite', ...(hasNative ? ['sqlite3'] : [])]) {
    assert.is((await left(open(`${engine}:${file}`)))._tag, 'ConnectionError')
    assert.is((await left(open(`${engine}:${join(file, 'below.db')}`)))._tag, 'ConnectionError')
  }
})

opening('options reach the runner', async () => {
  const db = await right(open('sqlite::memory:', { acquireTimeout: 1 }))
  const slow = Program.transaction()<Program.Db, DbError, void>(
    () => () => new Promise(done => setTimeout(() => done(E.right(undefined)), 200)),
  )
  const [, late] = await Promise.all([slow({ db })(), Q.all(Q.of({ one: lit(1) }))({ db })()])
  assert.ok(E.isLeft(late) && late.left._tag === 'Timeout')
  await db.close()
})
opening.run()

const DRIVERS = {
  postgres: 'postgres',
  mysql: 'mysql2',
  mariadb: 'mysql2',
  sqlite: 'sql.js',
  sqlite3: 'better-sqlite3',
  pglite: '@electric-sql/pglite',
}
const ADDRESSES = ['postgres://h:1/d', 'mysql://h:1/d', 'mariadb://h:1/d', 'sqlite:a.db', 'sqlite3:a.db', 'pglite:', 'memory:']

/** Opens each address and prints the outcome of each. */
const program = `
  import { open } from 'query-ts/open'
  const outcomes = {}
  for (const url of ${JSON.stringify(ADDRESSES)}) {
    const opened = await open(url)()
    outcomes[url.split(':')[0]] = opened._tag === 'Right' ? 'opened' : opened.left._tag + ': ' + opened.left.message
    if (opened._tag === 'Right') await opened.right.close()
  }
  console.log(JSON.stringify(outcomes))
`

const drivers = suite('drivers of open')
drivers('none is installed: each engine names its package; memory opens', () => {
  const outcomes = JSON.parse(printed(installed([]), program))
  assert.is(outcomes.memory, 'opened')
  for (const [engine, driver] of Object.entries(DRIVERS))
    assert.is(
      outcomes[engine],
      `ConnectionError: ${engine}: its driver, the package ${driver}, is not installed: run npm install ${driver}`,
      engine,
    )
})
drivers('one is installed: its engine opens, without the others', () => {
  const outcomes = JSON.parse(printed(installed(['sql.js']), program))
  assert.is(outcomes.sqlite, 'opened')
  assert.match(outcomes.postgres, /npm install postgres$/)
  assert.match(outcomes.sqlite3, /npm install better-sqlite3$/)
})
drivers('a driver that fails to load is reported, and is not called missing', () => {
  const folder = installed([])
  writeFileSync(join(folder, 'node_modules', 'sql.js'), '')
  const outcomes = JSON.parse(printed(folder, program))
  assert.match(outcomes.sqlite, /^ConnectionError: sqlite: its driver, the package sql\.js, /)
})
drivers('the types need no driver, and know the options of each engine', () => {
  const module = `
    import { createDatabase, dropDatabase } from 'query-ts/createDatabase'
    import { open, type Target } from 'query-ts/open'
    export const good: readonly Target[] = [
      'sqlite:a.db',
      { engine: 'postgres', host: 'h', port: 1, database: 'd', user: 'u', password: 'p', ssl: 'require', max: 3 },
      { engine: 'mariadb', url: 'mariadb://h/d', ssl: { ca: 'x' } },
      { engine: 'sqlite3', file: 'a.db', busyTimeout: 3 },
      { engine: 'pglite', dataDir: 'a' },
      { engine: 'memory' },
    ]
    export const opened = [open('a', { max: 3, statementTimeout: 5 }), createDatabase('a', { ifNotExists: true }), dropDatabase('a', { force: true })]
    // @ts-expect-error no pool
    open({ engine: 'sqlite', max: 3 })
    // @ts-expect-error no such engine
    open({ engine: 'oracle' })
    // @ts-expect-error an engine is required
    open({ host: 'h' })
    // @ts-expect-error a port is a number
    open({ engine: 'postgres', port: '5432' })
    // @ts-expect-error options of mysql2
    open({ engine: 'mysql', ssl: 'require' })
    // @ts-expect-error no such option
    open('sqlite:a.db', { maximum: 3 })
    // @ts-expect-error not any
    const n: number = good[0]
  `
  assert.is(complaints(installed(['@types/node', 'undici-types']), module), '')
})
drivers.run()
