/**
 * The cost of 100,000 rows of 6 columns in one `insertMany`, compared with the driver used directly.
 *
 * The baseline on Postgres is the driver's own helper for many rows, 1,000 at a time in one transaction, its fastest size; on
 * SQLite, with sql.js and better-sqlite3, a statement that is prepared once and run for each row in one transaction. The
 * baseline converts the same rows: instants to text, decimals to integers on SQLite.
 *
 *     npm run build && node dist/bench/bulk.js
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import * as E from 'fp-ts/lib/Either.js'
import postgresJs from 'postgres'
import { boolean, type Decimal, generated, int, nullable, numeric, text, timestamp } from 'query-ts/Column'
import * as C from 'query-ts/Command'
import { createAll, dropAll } from 'query-ts/createAll'
import type { Program } from 'query-ts/Program'
import { postgres } from 'query-ts/postgres'
import { schema } from 'query-ts/Schema'
import { sqlite } from 'query-ts/sqlite'
import { sqlite3 } from 'query-ts/sqlite3'
import { table } from 'query-ts/Table'
import initSqlJs from 'sql.js'
import { compare, show } from './harness.js'

const entries = table('bulk_entry', {
  id: generated(int),
  name: text,
  quantity: int,
  price: numeric(12, 2),
  active: boolean,
  made: timestamp,
  note: nullable(text),
})

const ROWS = 100_000
const ROUNDS = 11

const rows = Array.from({ length: ROWS }, (_, i) => ({
  name: `Name ${i}`,
  quantity: i,
  price: `${i % 9_973}.${10 + (i % 90)}` as Decimal,
  active: i % 2 === 0,
  made: new Date(Date.UTC(2020, 0, 1) + i * 61_003),
  note: i % 3 === 0 ? null : `note ${i}`,
}))

const right = <X, A>(e: E.Either<X, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left))
  return e.right
}

type Runner = ReturnType<typeof sqlite> extends () => Promise<E.Either<any, infer R>> ? R : never

const running =
  (db: Runner) =>
  async <A>(program: Program<{ readonly db: Runner }, unknown, A>): Promise<A> =>
    right(await program({ db })())

const INTO = 'INSERT INTO bulk_entry (name, quantity, price, active, made, note) VALUES (?, ?, ?, ?, ?, ?)'
const cells = (r: (typeof rows)[number]): (string | number | null)[] => [
  r.name,
  r.quantity,
  Math.round(Number(r.price) * 100),
  r.active ? 1 : 0,
  r.made.toISOString(),
  r.note,
]
const TABLE =
  'CREATE TABLE bulk_entry (id INTEGER PRIMARY KEY, name TEXT, quantity INTEGER, price INTEGER, active INTEGER, made TEXT, note TEXT) STRICT'

const measure = async (title: string, driver: string, bare: () => unknown, clear: () => unknown, db: Runner): Promise<void> => {
  const run = running(db)
  await run(createAll(schema({ entries })))
  const answer = (): number => ROWS
  const before = async (): Promise<void> => {
    await clear()
    await run(C.run(C.delete(entries)(C.everywhere)))
  }
  const ours = { name: 'query-ts, insertMany', run: () => run(C.run(C.insertMany(entries)(rows))), answer, before }
  console.log(show(title, await compare([{ name: driver, run: bare, answer, before }, ours], ROUNDS)))
  await run(dropAll(schema({ entries })))
  await db.close()
}

const many = `${ROWS.toLocaleString('en')} rows of 6 columns`

const js = new (await initSqlJs()).Database()
js.run(TABLE)
const byJs = (): void => {
  js.run('BEGIN')
  const statement = js.prepare(INTO)
  for (const r of rows) statement.run(cells(r))
  statement.free()
  js.run('COMMIT')
}
await measure(`sql.js: ${many}`, 'sql.js, prepared, row by row', byJs, () => js.run('DELETE FROM bulk_entry'), right(await sqlite()()))

const native = new Database(':memory:')
native.exec(TABLE)
const byNative = (): void => {
  const statement = native.prepare(INTO)
  native.transaction(() => {
    for (const r of rows) statement.run(...cells(r))
  })()
}
const cleared = (): unknown => native.exec('DELETE FROM bulk_entry')
await measure(`better-sqlite3: ${many}`, 'better-sqlite3, prepared, row by row', byNative, cleared, right(await sqlite3()()))

const written = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '.services', 'env')
const lines = existsSync(written) ? readFileSync(written, 'utf8') : ''
const url = process.env['POSTGRES_URL'] ?? /^POSTGRES_URL=(.*)$/m.exec(lines)?.[1]
if (url === undefined) console.log('postgres: no address, left out')
else {
  const admin = postgresJs(url, { max: 1 })
  const database = `query_ts_bulk_${process.pid}`
  await admin.unsafe(`CREATE DATABASE ${database}`)
  const there = new URL(url)
  there.pathname = `/${database}`
  const sql = postgresJs(there.href, { max: 1 })
  const byHand = (): Promise<unknown> =>
    sql.begin(async tx => {
      for (let i = 0; i < ROWS; i += 1_000) await tx`INSERT INTO bulk_entry ${tx(rows.slice(i, i + 1_000))}`
    })
  const truncate = (): PromiseLike<unknown> => sql`TRUNCATE bulk_entry`
  await measure(
    `postgres: ${many}`,
    'postgres.js, 1,000 rows at a time',
    byHand,
    truncate,
    right(await postgres({ url: there.href, max: 1 })()),
  )
  await sql.end()
  await admin.unsafe(`DROP DATABASE ${database} WITH (FORCE)`)
  await admin.end()
}
