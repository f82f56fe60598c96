/**
 * Another process at the same database file: started by files.test.ts, told by its arguments what to do.
 *
 *   hold FILE      opens, says how that went, and holds the file until it is killed or told to end
 *   count FILE     opens and adds one to a counter again and again, saying each answered number, until it is killed
 *   fill FILE      commits large rows until one can't be written; says that error, and how many rows are there then
 *   begin FILE     commits 1, begins a transaction that writes 2, says so, and waits in it to be killed
 *
 * Each thing it says is a message to its parent.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { generated, int, text } from '../../lib/core/Column.js'
import * as C from '../../lib/core/Command.js'
import { asc } from '../../lib/core/Expr.js'
import * as Program from '../../lib/core/Program.js'
import * as Q from '../../lib/core/Query.js'
import { table } from '../../lib/core/Table.js'
import { sqlite } from '../../lib/run/sqlite.js'

export const counters = table('counter', { n: int }, { primaryKey: ['n'] })

export const items = table('item', { id: generated(int), label: text })

export interface Said {
  readonly tag: string
  readonly n: number
  readonly message?: string
  readonly rows?: number
}

const say = (tag: string, n = 0, more: Partial<Said> = {}): Promise<void> =>
  new Promise(resolve => process.send?.({ tag, n, ...more } satisfies Said, undefined, undefined, () => resolve()))
const forever = new Promise<never>(() => setInterval(() => undefined, 1_000))

const main = async (task: string, file: string): Promise<void> => {
  const opened = await sqlite({ file })()
  if (E.isLeft(opened)) {
    await say(opened.left._tag)
    process.exit(0)
  }
  const db = opened.right
  const put = (n: number) => C.run(C.insert(counters)({ n }))
  if (task === 'hold') {
    await say('open', process.pid)
    process.on('message', () => void db.close().then(() => process.exit(0)))
    return forever
  }
  if (task === 'count') {
    const last = await Q.all(
      pipe(
        Q.from(counters),
        Q.orderBy(c => [asc(c.n)]),
      ),
    )({ db })()
    const from = E.isRight(last) ? (last.right.at(-1)?.n ?? 0) : 0
    for (let n = from + 1; ; n += 1) {
      const answer = await put(n)({ db })()
      await say(E.isRight(answer) ? 'committed' : answer.left._tag, n)
    }
  }
  if (task === 'fill') {
    for (let n = 1; n < 1_000; n += 1) {
      const answer = await C.run(C.insert(items)({ label: 'x'.repeat(5_000) }))({ db })()
      const counted = await Q.count(Q.from(items))({ db })()
      const rows = E.isRight(counted) ? counted.right : -1
      if (E.isRight(answer)) await say('committed', n, { rows })
      else {
        await say(answer.left._tag, n, { rows, message: answer.left.message })
        break
      }
    }
    await db.close()
    process.exit(0)
  }
  await put(1)({ db })()
  await Program.transaction()<Program.Db, unknown, never>(env => async () => {
    await put(2)(env)()
    await say('written', 2)
    return forever
  })({ db })()
}

const [task, file] = process.argv.slice(2)
if (task !== undefined && file !== undefined && process.send !== undefined) await main(task, file)
