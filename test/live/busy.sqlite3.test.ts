/**
 * Native SQLite and a file that another connection has locked, or that can't be used: a typed error with the name of the file, which says
 * whether the operation can be retried.
 *
 * The other connection is another process that holds the file exclusively, or a reader in this one whose lock makes a COMMIT wait. After
 * each failure the runner works again, and the rows are those that were committed.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { int } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { type DbError, isRetryable, show } from '../../lib/DbError.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { sqlite3 } from '../../lib/run/sqlite3.js'
import { schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { temporaryFolder, wellMade } from './eachEngine.js'
import { items } from './fileChild.js'
import { all, child, filled, left, put, right } from './fileUse.js'

const native = async (file: string, busyTimeout = 20): Promise<Runner> => {
  const opened = await sqlite3({ file, busyTimeout })()
  assert.ok(E.isRight(opened), E.isLeft(opened) ? show(opened.left) : '')
  return (opened as E.Right<Runner>).right
}
const labels = async (db: Runner): Promise<readonly string[]> => (await right(Q.all(all), db)).map(r => r.label)
const isLocked = (e: DbError, file: string): void => {
  wellMade(e)
  assert.ok(e._tag === 'Locked' && e.target === file, show(e))
  assert.ok(isRetryable(e))
  assert.match(e.message, /run it again/)
  assert.not.match(e.message, /sql\.js/)
}
const refused = async (file: string): Promise<DbError> => {
  const opened = await sqlite3({ file, busyTimeout: 20 })()
  assert.ok(E.isLeft(opened), `${file} was opened`)
  wellMade((opened as E.Left<DbError>).left)
  return (opened as E.Left<DbError>).left
}

const other = schema({ other: table('other', { id: int }) })
const operations: readonly (readonly [string, Program.Program<Program.Db, any, unknown>])[] = [
  ['reading', Q.all(all)],
  ['a cursor', Q.foldChunks(0, n => n)(all)],
  ['writing', put('lost')],
  [
    'writing with returning',
    C.run(
      pipe(
        C.insert(items)({ label: 'lost' }),
        C.returning(x => x.id),
      ),
    ),
  ],
  ['writing many', C.run(C.insertMany(items)([{ label: 'lost' }, { label: 'lost' }]))],
  ['a transaction', Program.transaction()(put('lost'))],
  ['a definition', createAll(other)],
  ['dropping', dropAll(schema({ items }))],
  ['raw', Program.raw({})`INSERT INTO item (label) VALUES ('lost')`],
]

const busy = suite('better-sqlite3: a file that another process has locked')
busy('opening, and every operation: Locked; when the lock is gone, the same runner goes on', async () => {
  const file = await filled()
  const db = await native(file)
  assert.equal(await labels(db), ['first'])
  const worker = child('native', file)
  assert.is((await worker.first()).tag, 'open')
  isLocked(await refused(file), file)
  for (const [name, operation] of operations) {
    const e = await left(operation, db)
    assert.is(e._tag, 'Locked', `${name}: ${show(e)}`)
    isLocked(e, file)
  }
  await worker.end()
  assert.equal(await labels(db), ['first', 'native'])
  await right(put('mine'), db)
  await db.close()
  const again = await native(file)
  assert.equal(await labels(again), ['first', 'native', 'mine'])
  await again.close()
})
busy('while another one writes: reading goes on, writing is Locked', async () => {
  const file = await filled()
  const [one, two] = [await native(file), await native(file)]
  await right(
    Program.transaction()<Program.Db, DbError, void>(env => async () => {
      await put('of one')(env)()
      assert.equal(await labels(two), ['first'])
      const refused: readonly Program.Program<Program.Db, DbError, unknown>[] = [
        put('lost'),
        Program.transaction()(put('lost')),
        createAll(other),
      ]
      for (const operation of refused) isLocked(await left(operation, two), file)
      return E.right(undefined)
    }),
    one,
  )
  await right(put('of two'), two)
  assert.equal(await labels(one), ['first', 'of one', 'of two'])
  await one.close()
  await two.close()
})
for (const [name, commit] of operations.slice(2)) {
  busy(`${name}, whose COMMIT meets a reader: Locked, undone, and then it goes on`, async () => {
    const file = await filled()
    const [reader, writer] = [await native(file), await native(file)]
    await right(C.run(C.insertMany(items)(Array.from({ length: 19 }, (_, i) => ({ label: `r${i}` })))), writer)
    const errors: DbError[] = []
    await right(
      Q.foldChunks<unknown, number>(
        0,
        async n => {
          if (errors.length === 0) errors.push(await left(commit, writer))
          return n
        },
        { size: 5 },
      )(all),
      reader,
    )
    const [e] = errors
    assert.ok(e !== undefined)
    isLocked(e as DbError, file)
    assert.is((await labels(writer)).length, 20)
    await right(put('after'), writer)
    await right(Program.transaction()(put('after that')), writer)
    assert.equal((await labels(reader)).slice(20), ['after', 'after that'])
    await reader.close()
    await writer.close()
  })
}
busy.run()

const broken = suite('better-sqlite3: a file that can not be used')
const isAbout = (e: DbError, file: string, words: RegExp): void => {
  wellMade(e)
  assert.ok(e._tag === 'ConnectionError' && e.target === file, show(e))
  assert.match(e.message, words)
  assert.not.ok(isRetryable(e))
}
broken('a folder, a folder that is not there, other bytes, no whole database: opening says which', async () => {
  const folder = temporaryFolder()
  isAbout(await refused(folder), folder, /can't be opened/)
  isAbout(await refused(`${folder}/no/data.db`), `${folder}/no/data.db`, /can't be opened: the folder .*no does not exist; create it first/)
  writeFileSync(`${folder}/text`, 'id,label\n'.repeat(500))
  isAbout(await refused(`${folder}/text`), `${folder}/text`, /not a readable SQLite database/)
  const file = await filled()
  const content = readFileSync(file)
  content.fill(0x77, 100, 2_000)
  writeFileSync(file, content)
  isAbout(await refused(file), file, /not a readable SQLite database/)
})
broken('a page that is damaged: reading says so', async () => {
  const file = await filled()
  const content = readFileSync(file)
  content.fill(0x77, 4_096)
  writeFileSync(file, content)
  const db = await native(file)
  isAbout(await left(Q.all(all), db), file, /not a readable SQLite database.*restore it/)
  await db.close()
})
broken('no more room: nothing of the change is kept, and it goes on when there is room', async () => {
  const file = await filled()
  const db = await native(file)
  const limit = async (pages: '4' | '1000000') =>
    pages === '4' ? right(Program.raw({})`PRAGMA max_page_count = 4`, db) : right(Program.raw({})`PRAGMA max_page_count = 1000000`, db)
  const large = put('x'.repeat(200_000))
  await limit('4')
  isAbout(await left(large, db), file, /no space left.*free some space/)
  // SQLite ends the transaction by itself
  isAbout(
    await left(
      Program.transaction()<Program.Db, DbError, unknown>(env => async () => {
        await put('lost')(env)()
        return large(env)()
      }),
      db,
    ),
    file,
    /no space left/,
  )
  const e = await left(
    Program.transaction()<Program.Db, DbError, unknown>(env => async () => {
      await put('lost')(env)()
      await Program.attempt(large)(env)()
      return E.right(undefined)
    }),
    db,
  )
  assert.is(e._tag, 'TransactionAborted', show(e))
  await limit('1000000')
  await right(Program.transaction()(large), db)
  assert.equal(
    (await labels(db)).map(l => l.length),
    ['first'.length, 200_000],
  )
  await db.close()
})
broken('a journal that can not be read: every operation says so, and then it goes on', async () => {
  const file = await filled()
  const db = await native(file)
  mkdirSync(`${file}-journal`)
  isAbout(await left(put('lost'), db), file, /SQLITE_IOERR/)
  isAbout(await left(Program.transaction()(put('lost')), db), file, /SQLITE_IOERR/)
  rmSync(`${file}-journal`, { recursive: true })
  await right(put('second'), db)
  assert.equal(await labels(db), ['first', 'second'])
  await db.close()
})
broken('a file that was moved away: writing is refused', async () => {
  const file = await filled()
  const db = await native(file)
  renameSync(file, `${file}.moved`)
  isAbout(await left(put('lost'), db), file, /moved, removed or replaced/)
  renameSync(`${file}.moved`, file)
  await right(put('second'), db)
  await db.close()
})
broken('a file or folder that is read-only is not taken for a read-only transaction, nor that for this', async () => {
  const file = await filled()
  const folder = dirname(file)
  const asOther = async (test: () => Promise<void>): Promise<void> => {
    const root = process.geteuid?.() === 0
    if (root) process.seteuid?.(65_534)
    try {
      await test()
    } finally {
      if (root) process.seteuid?.(0)
    }
  }
  chmodSync(folder, 0o755)
  chmodSync(file, 0o444)
  await asOther(async () => {
    const db = await native(file)
    assert.equal(await labels(db), ['first'])
    isAbout(await left(put('lost'), db), file, /read-only/)
    assert.is(
      (await left(Program.transaction({ readOnly: true })(Program.raw({})`INSERT INTO item (label) VALUES ('lost')`), db))._tag,
      'ValidationError',
    )
    await db.close()
  })
  chmodSync(file, 0o666)
  chmodSync(folder, 0o555)
  await asOther(async () => {
    const db = await native(file)
    const e = await left(put('lost'), db)
    isAbout(e, file, /read-only|can't be opened/)
    await db.close()
  })
  chmodSync(folder, 0o755)
})
broken.run()
