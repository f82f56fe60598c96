/**
 * Another process that uses the same database file: started by files.test.ts, controlled by its arguments.
 *
 *   hold FILE      opens, reports the result, and holds the file until it is killed or receives `end`
 *   count FILE     opens and increments a counter again and again, reporting each committed number, until it is killed
 *   contend FILE   opens on each `go`, commits one row if it got the file, and reports the result; closes on `next`
 *   native FILE    opens with better-sqlite3, locks the file exclusively and commits a row, and holds it until it receives `end`
 *   wal FILE       opens with better-sqlite3 in WAL mode, commits a row, and waits to be killed
 *   pglite FOLDER  opens with PGlite, commits a row, and waits to be killed
 *   fill FILE      commits large rows until one can't be written; reports that error and the number of rows at that point
 *   begin FILE     commits 1, begins a transaction that writes 2, reports that, and waits in it to be killed
 *
 * Each report is a message to the parent.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { generated, int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { asc } from '../../lib/Expr.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { pglite } from '../../lib/run/pglite.js'
import { sqlite } from '../../lib/run/sqlite.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'

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
const forever = (): Promise<never> => new Promise(() => setInterval(() => undefined, 1_000))

/** The task in which the child opens and closes the file again and again. */
const contend = (file: string): Promise<never> => {
  let db: Runner | undefined
  process.on('message', async what => {
    if (what === 'end') process.exit(0)
    if (what === 'next') {
      await db?.close()
      db = undefined
      return say('closed')
    }
    const opened = await sqlite({ file })()
    if (E.isLeft(opened)) return say(opened.left._tag)
    db = opened.right
    const answer = await C.run(C.insert(items)({ label: String(process.pid) }))({ db })()
    return say(E.isRight(answer) ? 'open' : answer.left._tag, process.pid)
  })
  return forever()
}

/** A program that uses better-sqlite3 by itself. */
const native = async (file: string, pragma: string): Promise<never> => {
  const { default: Database } = await import('better-sqlite3')
  const db = new Database(file)
  db.pragma(pragma)
  db.prepare("INSERT INTO item (label) VALUES ('native')").run()
  await say('open')
  process.on('message', () => {
    db.close()
    process.exit(0)
  })
  return forever()
}

const main = async (task: string, file: string): Promise<void> => {
  if (task === 'contend') return contend(file)
  if (task === 'pglite') {
    const opened = await pglite({ dataDir: file })()
    if (E.isRight(opened)) {
      await createAll(schema({ items }))({ db: opened.right })()
      await C.run(C.insert(items)({ label: 'of PGlite' }))({ db: opened.right })()
    }
    await say(E.isRight(opened) ? 'open' : opened.left._tag)
    return forever()
  }
  if (task === 'native') return native(file, 'locking_mode = EXCLUSIVE')
  if (task === 'wal') return native(file, 'journal_mode = WAL')
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
    return forever()
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
    return forever()
  })({ db })()
}

const [task, file] = process.argv.slice(2)
if (task !== undefined && file !== undefined && process.send !== undefined) {
  // a parent that fails ends its children
  process.on('disconnect', () => process.exit(1))
  await main(task, file)
}
