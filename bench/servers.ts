/**
 * The cost of query-ts on servers: look-ups, rows, writes, and concurrent callers.
 *
 * The baseline of each comparison is the driver that the runner uses, as its documentation uses it: tagged templates
 * of postgres.js, which are prepared, and `execute` of mysql2. It checks nothing, and returns
 * booleans of MySQL as 0 and 1 and 64-bit integers as text; rows are converted before they are compared.
 *
 * `npm run bench:servers` measures all, `npm run bench:servers -- mysql rows` those with both words in the title. The
 * servers are those of `npm run services`, or of the environment; each gets a database of its own, which is dropped.
 */
import { existsSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import mysql2 from 'mysql2/promise'
import postgresJs from 'postgres'
import { bigint, boolean, type Decimal, float, generated, int, nullable, numeric, text, timestamp } from 'query-ts/Column'
import * as C from 'query-ts/Command'
import { createAll } from 'query-ts/createAll'
import { asc, eq, gte, lit } from 'query-ts/Expr'
import { mysql } from 'query-ts/mysql'
import type { Program } from 'query-ts/Program'
import { postgres } from 'query-ts/postgres'
import * as Q from 'query-ts/Query'
import { schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'
import { type Contender, compare, show } from './harness.js'

const things = table(
  'thing',
  {
    id: int,
    name: text,
    price: numeric(12, 2),
    weight: float,
    active: boolean,
    made: timestamp,
    note: nullable(text),
    code: bigint,
  },
  { primaryKey: ['id'] },
)

const entries = table('entry', {
  id: generated(int),
  name: text,
  quantity: int,
  price: numeric(12, 2),
  active: boolean,
  made: timestamp,
  note: nullable(text),
})

const MANY = 50_000
const SOME = 1_000
const LOOK_UPS = 200
const AT_ONCE = 64
const POOL = 4

const rowOf = (i: number) => ({
  id: i,
  name: `Name ${i}`,
  price: `${i % 9_973}.${10 + (i % 90)}` as Decimal,
  weight: i / 7,
  active: i % 2 === 0,
  made: new Date(Date.UTC(2020, 0, 1) + i * 61_003),
  note: i % 3 === 0 ? null : `note ${i}`,
  code: 9_000_000_000_000_000n + BigInt(i),
})

const entryOf = (i: number) => {
  const { name, price, active, made, note } = rowOf(i)
  return { name, quantity: i, price, active, made, note }
}
type Entry = ReturnType<typeof entryOf>

const byId = Q.prepare({ id: int }, p =>
  pipe(
    Q.from(things),
    Q.where(t => eq(t.id, p.id)),
  ),
)
const built = (id: number) =>
  pipe(
    Q.from(things),
    Q.where(t => eq(t.id, lit(id))),
  )
const upTo = (n: number) =>
  pipe(
    Q.from(things),
    Q.where(t => gte(lit(n), t.id)),
    Q.orderBy(t => [asc(t.id)]),
  )
const some = upTo(SOME)
const everything = upTo(MANY)

/** A driver used directly. Rows are in the driver's own form; writes return the number of rows. */
interface Bare {
  readonly name: string
  readonly lookUp: (id: number) => Promise<unknown>
  readonly rows: (upTo: number) => Promise<unknown>
  readonly insert: (entry: Entry) => Promise<unknown>
  /** Ways to insert many rows, the usual one first. */
  readonly inserts: readonly (readonly [string, (entries: readonly Entry[]) => Promise<unknown>])[]
  readonly clear: () => Promise<unknown>
  readonly inserted: () => Promise<unknown>
  readonly close: () => Promise<unknown>
}

const barePostgres = (url: string, max: number): Bare => {
  const sql = postgresJs(url, { max })
  return {
    name: 'postgres.js',
    lookUp: id => sql`SELECT id, name, price, weight, active, made, note, code FROM thing WHERE id = ${id}`,
    rows: n => sql`SELECT id, name, price, weight, active, made, note, code FROM thing WHERE ${n} >= id ORDER BY id`,
    insert: e => sql`INSERT INTO entry ${sql(e)}`,
    inserts: [['VALUES of many rows', es => sql`INSERT INTO entry ${sql(es as Entry[])}`]],
    clear: () => sql`TRUNCATE entry`,
    inserted: () => sql`SELECT name, quantity, price, active, made, note FROM entry ORDER BY quantity`,
    close: () => sql.end(),
  }
}

const bareMysql = (url: string, max: number): Bare => {
  const pool = mysql2.createPool({ uri: url.replace(/^mariadb:/, 'mysql:'), connectionLimit: max, timezone: 'Z', supportBigNumbers: true })
  const execute = async (sql: string, params: readonly unknown[] = []): Promise<unknown> =>
    (await pool.execute(sql, params as (string | number | boolean | Date | null)[]))[0]
  const cells = (e: Entry): readonly unknown[] => [e.name, e.quantity, e.price, e.active, e.made, e.note]
  const into = 'INSERT INTO entry (name, quantity, price, active, made, note) VALUES'
  return {
    name: 'mysql2',
    lookUp: id => execute('SELECT id, name, price, weight, active, made, note, code FROM thing WHERE id = ?', [id]),
    rows: n => execute('SELECT id, name, price, weight, active, made, note, code FROM thing WHERE ? >= id ORDER BY id', [n]),
    insert: e => execute(`${into} (?, ?, ?, ?, ?, ?)`, cells(e)),
    inserts: [
      ['query, VALUES ?', async es => pool.query(`${into} ?`, [es.map(cells)])],
      ['execute, VALUES of many rows', async es => execute(`${into} ${es.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')}`, es.flatMap(cells))],
    ],
    clear: () => pool.query('TRUNCATE TABLE entry'),
    inserted: () => execute('SELECT name, quantity, price, active, made, note FROM entry ORDER BY quantity'),
    close: () => pool.end(),
  }
}

/** A driver's rows in the form of query-ts. */
const alike = (rows: readonly { readonly [name: string]: unknown }[]): unknown =>
  rows.map(row => ({
    ...row,
    active: row['active'] === true || row['active'] === 1,
    ...(row['code'] === undefined ? {} : { code: BigInt(row['code'] as string) }),
  }))

const right = <X, A>(e: E.Either<X, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left))
  return e.right
}

const inTurn = async (n: number, f: (i: number) => unknown): Promise<unknown> => {
  let last: unknown
  for (let i = 1; i <= n; i += 1) last = await f(i)
  return last
}

const atOnce = (n: number, f: (i: number) => Promise<unknown>): Promise<readonly unknown[]> =>
  Promise.all(Array.from({ length: n }, (_, i) => f(i + 1)))

type Server = 'postgres' | 'mysql' | 'mariadb'

const VARIABLES: { readonly [S in Server]: string } = { postgres: 'POSTGRES_URL', mysql: 'MYSQL_URL', mariadb: 'MARIADB_URL' }

const written = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '.services', 'env')

const addressOf = (server: Server): string | undefined => {
  const name = VARIABLES[server]
  const lines = existsSync(written) ? readFileSync(written, 'utf8') : ''
  return process.env[name] ?? new RegExp(`^${name}=(.*)$`, 'm').exec(lines)?.[1]
}

const words = process.argv.slice(2)

const group = async (title: string, contenders: readonly Contender[], rounds: number): Promise<void> => {
  if (words.every(word => title.includes(word))) console.log(show(title, await compare(contenders, rounds)))
}

const measure = async (server: Server, url: string): Promise<void> => {
  const open = server === 'postgres' ? postgres : mysql
  const bareOf = server === 'postgres' ? barePostgres : bareMysql
  const db = right(await open({ url, max: 1 })())
  const pool = right(await open({ url, max: POOL })())
  const bare = bareOf(url, 1)
  const barePool = bareOf(url, POOL)
  const run = async <A>(program: Program<{ readonly db: typeof db }, unknown, A>): Promise<A> => right(await program({ db })())
  await run(createAll(schema({ things, entries })))
  for (let i = 0; i < MANY; i += SOME) {
    await run(C.run(C.insertMany(things)(Array.from({ length: SOME }, (_, j) => rowOf(i + j + 1)))))
  }
  await bare.rows(1)

  await group(
    `${server}: ${LOOK_UPS} look-ups by key, one after the other`,
    [
      { name: bare.name, run: () => inTurn(LOOK_UPS, bare.lookUp), answer: alike },
      { name: 'query-ts, prepared', run: () => inTurn(LOOK_UPS, id => run(Q.all(byId({ id })))) },
      { name: 'query-ts, built each time', run: () => inTurn(LOOK_UPS, id => run(Q.all(built(id)))) },
    ],
    41,
  )
  await group(
    `${server}: ${AT_ONCE} look-ups at once, 10 times, ${POOL} connections`,
    [
      {
        name: bare.name,
        run: () => inTurn(10, () => atOnce(AT_ONCE, barePool.lookUp)),
        answer: (answers: any) => answers.map(alike),
      },
      {
        name: 'query-ts, prepared',
        run: () => inTurn(10, () => atOnce(AT_ONCE, async id => right(await Q.all(byId({ id }))({ db: pool })()))),
      },
    ],
    31,
  )
  await group(
    `${server}: ${SOME.toLocaleString('en')} rows of 8 columns, 10 times`,
    [
      { name: bare.name, run: () => inTurn(10, () => bare.rows(SOME)), answer: alike },
      { name: 'query-ts, decoded and checked', run: () => inTurn(10, () => run(Q.all(some))) },
    ],
    25,
  )
  await group(
    `${server}: ${MANY.toLocaleString('en')} rows of 8 columns`,
    [
      { name: bare.name, run: () => bare.rows(MANY), answer: alike },
      { name: 'query-ts, decoded and checked', run: () => run(Q.all(everything)) },
    ],
    11,
  )
  const answer = async (): Promise<unknown> => alike((await bare.inserted()) as never)
  const before = bare.clear
  await group(
    `${server}: insert of one row, 100 times`,
    [
      { name: bare.name, run: () => inTurn(100, i => bare.insert(entryOf(i))), answer, before },
      { name: 'query-ts', run: () => inTurn(100, i => run(C.run(C.insert(entries)(entryOf(i))))), answer, before },
    ],
    21,
  )
  const batch = Array.from({ length: SOME }, (_, i) => entryOf(i))
  await group(
    `${server}: insert of ${SOME.toLocaleString('en')} rows of 6 columns`,
    [
      ...bare.inserts.map(([name, insert]) => ({ name: `${bare.name}, ${name}`, run: () => insert(batch), answer, before })),
      { name: 'query-ts, insertMany', run: () => run(C.run(C.insertMany(entries)(batch))), answer, before },
    ],
    25,
  )
  for (const x of [db, pool]) await x.close()
  for (const x of [bare, barePool]) await x.close()
}

/** A database of its own, dropped at the end. */
const inDatabase = async (server: Server, url: string, use: (url: string) => Promise<void>): Promise<void> => {
  const database = `query_ts_bench_${process.pid}`
  const there = new URL(url)
  there.pathname = `/${database}`
  const version = (answer: any): void => console.log(server, String(answer[0].version))
  if (server === 'postgres') {
    const admin = postgresJs(url, { max: 1 })
    version(await admin`SELECT version()`)
    await admin.unsafe(`CREATE DATABASE ${database}`)
    await use(there.href).finally(() => admin.unsafe(`DROP DATABASE ${database} WITH (FORCE)`))
    await admin.end()
  } else {
    const admin = await mysql2.createConnection(url.replace(/^mariadb:/, 'mysql:'))
    version((await admin.query('SELECT version() AS version'))[0])
    await admin.query(`CREATE DATABASE ${database}`)
    await use(there.href).finally(() => admin.query(`DROP DATABASE ${database}`))
    await admin.end()
  }
}

console.log(
  `node ${process.version}, ${cpus().length} cores - time and CPU time of this process, each with its ratio to the first line of a group`,
)
for (const server of ['postgres', 'mysql', 'mariadb'] as const) {
  const url = addressOf(server)
  if (url === undefined) console.log(`${server}: no address, left out`)
  else if (words.every(word => !(word in VARIABLES) || word === server)) await inDatabase(server, url, there => measure(server, there))
}
