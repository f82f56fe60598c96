/** The examples of docs/combinators.md have the same results and effects on SQLite as in memory. */
import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as assert from 'uvu/assert'
import * as C from '../../lib/Command.js'
import { asc } from '../../lib/Expr.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { sqlite } from '../../lib/run/sqlite.js'
import { createAll } from '../../lib/schema/createAll.js'
import { examples } from '../pure/combinators/page.js'
import { albums, artists, rows, store } from '../pure/combinators/store.js'
import type { Case } from '../pure/sql/print.js'
import { suite } from '../suite.js'

const run = suite('examples of docs/combinators.md')

const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isLeft(answer)) throw new Error(inspect(answer.left))
  return answer.right
}

const runners: Runner[] = []

run.before(async () => {
  for (const runner of [memory(), right(await sqlite()())]) {
    const fill = pipe(
      createAll(store),
      RTE.flatMap(() => C.run(C.insertMany(artists)(rows.artists))),
      RTE.flatMap(() => C.run(C.insertMany(albums)(rows.albums))),
    )
    right(await fill({ db: runner })())
    runners.push(runner)
  }
})

run.after(async () => {
  for (const runner of runners) await runner.close()
})

const contents = pipe(
  RTE.Do,
  RTE.bind('artists', () =>
    Q.all(
      pipe(
        Q.from(artists),
        Q.orderBy(artist => [asc(artist.id)]),
      ),
    ),
  ),
  RTE.bind('albums', () =>
    Q.all(
      pipe(
        Q.from(albums),
        Q.orderBy(album => [asc(album.id)]),
      ),
    ),
  ),
)

/** The result of an example and the rows afterwards, as text; rows of a query in any order. */
const answerOf = async (make: () => Case, db: Runner): Promise<string> => {
  const example = make()
  const program: Program.Program<Program.Db, any, unknown> =
    typeof example === 'function' ? example : example.kind === 'query' ? Q.all(example) : C.run(example)
  const whole = Program.withRollback(
    pipe(
      program,
      RTE.flatMap((answer: unknown) =>
        pipe(
          contents,
          RTE.map(after => ({ answer, after })),
        ),
      ),
    ),
  )
  const done = await whole({ db })()
  if (E.isLeft(done)) return `${done.left._tag}`
  const { answer, after } = done.right
  const shown = (x: unknown): string => inspect(x, { depth: 9 })
  return `${Array.isArray(answer) ? answer.map(shown).sort().join('\n') : shown(answer)}\n${shown(after)}`
}

/** The examples without a meaning in memory, or with another result there. */
const OWN = ['raw', 'Q.explain']

for (const { name, make } of examples())
  run(name, async () => {
    const [inMemory = '', onSqlite = ''] = [await answerOf(make, runners[0] as Runner), await answerOf(make, runners[1] as Runner)]
    if (OWN.includes(name)) return
    assert.is(onSqlite, inMemory)
    assert.not.match(inMemory, /^\w+(Error|Violation|Unsupported)$/)
    assert.ok(inMemory.length > 0)
  })

run.run()
