/**
 * docs/combinators.md is what the code says, has every combinator, and its examples mean on SQLite what they mean in memory.
 *
 *     npm run docs:combinators      writes it; so does UPDATE_SNAPSHOTS=1 npm test -- combinators
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as assert from 'uvu/assert'
import * as C from '../../lib/core/Command.js'
import { asc } from '../../lib/core/Expr.js'
import type { Runner } from '../../lib/core/Interpreter.js'
import * as Program from '../../lib/core/Program.js'
import * as Q from '../../lib/core/Query.js'
import { memory } from '../../lib/run/memory.js'
import { sqlite } from '../../lib/run/sqlite.js'
import { createAll } from '../../lib/schema/createAll.js'
import { note, suite } from '../suite.js'
import { examples, missing, page } from './combinators/page.js'
import { albums, artists, rows, store } from './combinators/store.js'
import type { Case } from './sql/print.js'
import { source } from './sql/snapshot.js'

const file = new URL('../../docs/combinators.md', source(''))

/** The tables of the examples, as their source has them. */
const tables = (readFileSync(source('combinators/store.ts'), 'utf8').match(/const \w+ = table\([\s\S]*?\n\}\)/g) ?? []).join('\n\n')

const written = suite('docs/combinators.md')

written('every combinator has a meaning, and an example', async () => assert.is((await missing()).join('\n'), ''))

written('is what the code says', async () => {
  const now = await page(tables)
  if ((process.env.UPDATE_SNAPSHOTS ?? '') !== '') {
    writeFileSync(file, now)
    note('docs/combinators.md is written')
  }
  const there = readFileSync(file, 'utf8')
  const at = now.split('\n').findIndex((line, i) => line !== there.split('\n')[i])
  assert.ok(now === there, `docs/combinators.md is stale at line ${at + 1}: run npm run docs:combinators and read the difference`)
})

written.run()

// --- Running the examples ---------------------------------------------------------------------

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

/** What an example answers, and what there is then, as text; rows of a query in any order. */
const answerOf = async (make: () => Case, db: Runner): Promise<string> => {
  const example = make()
  const program: Program.Program<Program.Db, any, unknown> =
    typeof example === 'function' ? example : example.kind === 'query' ? Q.all(example) : C.run(example)
  const whole = Program.rolledBack(
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

/** What memory has no meaning for, or answers in its own way. */
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
