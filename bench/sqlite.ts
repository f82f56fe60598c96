/**
 * The cost of query-ts on sql.js: planning a query, finding its cached plan, and reading rows.
 *
 * The baseline of each comparison is the driver used directly: a prepared statement and `getAsObject`, as
 * in sql.js's documentation. See bench/README.md for what is not measured.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { boolean, float, generated, int, nullable, text } from 'query-ts/Column'
import * as C from 'query-ts/Command'
import { createAll } from 'query-ts/createAll'
import { eq, gte, lit } from 'query-ts/Expr'
import type { Program } from 'query-ts/Program'
import * as Q from 'query-ts/Query'
import { schema } from 'query-ts/Schema'
import { toSql } from 'query-ts/sql'
import { sqlite } from 'query-ts/sqlite'
import { table } from 'query-ts/Table'
import initSqlJs from 'sql.js'
import { compare, show } from './harness.js'

const people = table('person', {
  id: generated(int),
  name: text,
  email: text,
  age: int,
  score: float,
  active: boolean,
  city: text,
  note: nullable(text),
})

const ROWS = 50_000

const rows = Array.from({ length: ROWS }, (_, i) => ({
  id: i + 1,
  name: `Name ${i}`,
  email: `person${i}@example.org`,
  age: i % 90,
  score: i / 7,
  active: i % 2 === 0,
  city: `City ${i % 100}`,
  note: i % 3 === 0 ? null : `note ${i}`,
}))

const right = <X, A>(e: E.Either<X, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left))
  return e.right
}

const db = right(await sqlite()())
const run = async <A>(program: Program<{ readonly db: typeof db }, unknown, A>): Promise<A> => right(await program({ db })())
await run(createAll(schema({ people })))
await run(C.run(C.insertMany(people)(rows)))

const bare = new (await initSqlJs()).Database()
bare.run(
  'CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, email TEXT, age INTEGER, score REAL, active INTEGER, city TEXT, note TEXT)',
)
bare.run('BEGIN')
const insert = bare.prepare('INSERT INTO person VALUES (?,?,?,?,?,?,?,?)')
for (const r of rows) insert.run([r.id, r.name, r.email, r.age, r.score, r.active ? 1 : 0, r.city, r.note])
bare.run('COMMIT')

const byHand = (sql: string, params: readonly number[]): readonly object[] => {
  const statement = bare.prepare(sql)
  statement.bind([...params])
  const found: object[] = []
  while (statement.step()) {
    const row = statement.getAsObject()
    found.push({ ...row, active: row.active === 1 })
  }
  statement.free()
  return found
}

const upTo = (n: number) =>
  pipe(
    Q.from(people),
    Q.where(p => gte(lit(n), p.id)),
  )
const thousand = upTo(1000)
const everyone = Q.from(people)
const byId = Q.prepare({ id: int }, p =>
  pipe(
    Q.from(people),
    Q.where(row => eq(row.id, p.id)),
  ),
)

const times = async (n: number, f: (i: number) => unknown): Promise<unknown> => {
  let last: unknown
  for (let i = 0; i < n; i += 1) last = await f(i)
  return last
}

console.log('node', process.version, '- ratios to the first line of each group')
console.log(
  show(
    'plan and print a query, 1,000 times',
    await compare([
      { name: 'a template of text', run: () => times(1000, i => `SELECT * FROM person WHERE ${1000 - (i % 2)} >= id` && 1) },
      { name: 'a query built each time', run: () => times(1000, i => toSql('sqlite')(upTo(1000 - (i % 2))) && 1) },
      { name: 'a query in a constant', run: () => times(1000, () => toSql('sqlite')(thousand) && 1) },
    ]),
  ),
)
console.log(
  show(
    '200 look-ups by key',
    await compare([
      { name: 'sql.js', run: () => times(200, i => byHand('SELECT * FROM person WHERE id = ?', [i + 1])) },
      { name: 'query-ts, prepared', run: () => times(200, i => run(Q.all(byId({ id: i + 1 })))) },
    ]),
  ),
)
console.log(
  show(
    '1,000 rows of 8 columns',
    await compare([
      { name: 'sql.js', run: () => byHand('SELECT * FROM person WHERE ? >= id', [1000]) },
      { name: 'query-ts, decoded and checked', run: () => run(Q.all(thousand)) },
    ]),
  ),
)
console.log(
  show(
    `${ROWS.toLocaleString('en')} rows of 8 columns`,
    await compare(
      [
        { name: 'sql.js', run: () => byHand('SELECT * FROM person', []) },
        { name: 'query-ts, decoded and checked', run: () => run(Q.all(everyone)) },
      ],
      7,
    ),
  ),
)
await db.close()
