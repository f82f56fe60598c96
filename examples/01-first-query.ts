/**
 * A first query, with everything it needs: a table, an engine, and a program.
 *
 * Shows: a query is a value, built step by step, that does not run by itself; `Q.all` makes it a program; a program is
 * given a database, and returns either an error or rows whose type follows from the query.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { generated, int, text } from 'query-ts/Column'
import * as C from 'query-ts/Command'
import { createAll } from 'query-ts/createAll'
import { show } from 'query-ts/DbError'
import { asc, gte } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { schema } from 'query-ts/Schema'
import { toSql } from 'query-ts/sql'
import { sqlite } from 'query-ts/sqlite'
import { table } from 'query-ts/Table'
import { isMain } from './library.js'

const planets = table('planet', { id: generated(int), name: text, moonCount: int })

/** The planets with at least that many moons, by name. */
const withMoons = (atLeast: number) =>
  pipe(
    Q.from(planets),
    Q.where(planet => gte(planet.moonCount, atLeast)),
    Q.orderBy(planet => [asc(planet.name)]),
    Q.map(planet => ({ name: planet.name, moons: planet.moonCount })),
  )

const program = pipe(
  createAll(schema({ planets })),
  RTE.flatMap(() =>
    C.run(
      C.insertMany(planets)([
        { name: 'Mercury', moonCount: 0 },
        { name: 'Earth', moonCount: 1 },
        { name: 'Mars', moonCount: 2 },
        { name: 'Neptune', moonCount: 16 },
      ]),
    ),
  ),
  RTE.flatMap(() => Q.all(withMoons(2))),
)

export const main = async (): Promise<void> => {
  const statement = pipe(withMoons(2), toSql('sqlite'))
  console.log(E.isRight(statement) ? statement.right : show(statement.left))

  const opened = await sqlite()()
  if (E.isLeft(opened)) return console.error(show(opened.left))
  const db = opened.right
  try {
    const rows = await program({ db })()
    console.log(E.isRight(rows) ? rows.right : show(rows.left))
  } finally {
    await db.close()
  }
}

if (isMain(import.meta.url)) await main()

/* prints
{
  sql: 'SELECT "planet"."name", "planet"."moon_count" FROM "planet" WHERE "planet"."moon_count" >= ?1 ORDER BY "planet"."name"',
  params: [ 2 ]
}
[ { name: 'Mars', moons: 2 }, { name: 'Neptune', moons: 16 } ]
*/
