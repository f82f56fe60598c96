/**
 * A SQLite file of sql.js: a transaction that was reported as committed is in the file, whatever happens.
 *
 * Crashes are real: a child process is killed without warning. A file that can't be read is left unchanged; a commit that can't be
 * written did not happen, neither in memory nor in the file, and the runner goes on.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { type DbError, show } from '../../lib/DbError.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { pglite } from '../../lib/run/pglite.js'
import { sqlite } from '../../lib/run/sqlite.js'
import { fk, schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { temporaryFolder, wellMade } from './eachEngine.js'
import { items, type Said } from './fileChild.js'
import { all, child, counted, everything, filled, fresh, labels, left, open, put, refused, right } from './fileUse.js'

const kept = suite('a SQLite file: what is kept')
kept('data is there after close and open; generated numbers go on', async () => {
  const file = await filled()
  const db = await open(file)
  assert.equal(await right(Q.all(all), db), [{ id: 1, label: 'first' }])
  await right(Program.transaction()(put('second')), db)
  await right(Program.withRollback(put('undone')), db)
  assert.is(
    await right(
      C.run(
        pipe(
          C.insert(items)({ label: 'third' }),
          C.returning(x => x.id),
        ),
      ),
      db,
    ),
    3,
  )
  await db.close()
  assert.equal(await labels(file), ['first', 'second', 'third'])
  assert.equal(readdirSync(dirname(file)), ['data.db'], 'nothing else is left beside it')
})
kept('each commit is in the file when it is answered, without close', async () => {
  const file = await filled()
  const db = await open(file)
  for (const label of ['a', 'b']) {
    await right(put(label), db)
    const copy = join(temporaryFolder(), 'copy.db')
    writeFileSync(copy, readFileSync(file))
    assert.is((await labels(copy)).at(-1), label)
  }
  const begun = right(
    Program.transaction()<Program.Db, DbError, void>(env => async () => {
      await put('not yet')(env)()
      const copy = join(temporaryFolder(), 'copy.db')
      writeFileSync(copy, readFileSync(file))
      assert.is((await labels(copy)).at(-1), 'b')
      return E.right(undefined)
    }),
    db,
  )
  await begun
  await db.close()
})
kept('what only reads does not write the file', async () => {
  const file = await filled()
  const db = await open(file)
  const before = statSync(file).ino
  await right(Q.all(all), db)
  await right(Program.transaction()(Q.all(all)), db)
  await right(Program.transaction({ readOnly: true })(Q.all(all)), db)
  await right(Program.withRollback(put('x')), db)
  await right(Q.foldChunks(0, n => n)(all), db)
  assert.is(statSync(file).ino, before)
  await db.close()
})
kept('an empty file is a new database', async () => {
  const file = fresh()
  writeFileSync(file, '')
  const db = await open(file)
  await right(createAll(everything), db)
  await db.close()
  assert.equal(await labels(file), [])
})
kept('a cursor survives the commits between its chunks', async () => {
  const file = await filled()
  const db = await open(file)
  await right(C.run(C.insertMany(items)(Array.from({ length: 99 }, (_, i) => ({ label: `r${i}` })))), db)
  const n = await right(
    Q.foldChunks<unknown, number>(0, (sum, chunk) => right(put('more'), db).then(() => sum + chunk.length), { size: 10 })(all),
    db,
  )
  assert.is(n, 100)
  await db.close()
  assert.is((await labels(file)).length, 110)
})
kept('a relative name stays the same file when the process changes its folder', async () => {
  const file = await filled()
  const home = process.cwd()
  process.chdir(dirname(file))
  try {
    const db = await open('data.db')
    process.chdir(temporaryFolder())
    await right(put('from elsewhere'), db)
    await db.close()
    assert.equal(readdirSync(process.cwd()), [])
  } finally {
    process.chdir(home)
  }
  assert.equal(await labels(file), ['first', 'from elsewhere'])
  assert.equal(readdirSync(dirname(file)), ['data.db'])
})
kept('rows that refer to nothing since before: a new violation is not taken for theirs', async () => {
  const file = fresh()
  const parents = table('parent', { id: int }, { primaryKey: ['id'] })
  const old = table('a_old', { id: int, parentId: int }, { primaryKey: ['id'] })
  const young = table('young', { id: int, parentId: int }, { primaryKey: ['id'] })
  const family = schema({ parents, old, young }, t => ({
    old: { parent: fk(t.old.parentId, t.parents.id) },
    young: { parent: fk(t.young.parentId, t.parents.id) },
  }))
  const db = await open(file)
  await right(createAll(family), db)
  await right(Program.raw({})`PRAGMA foreign_keys = OFF`, db)
  await right(C.run(C.insert(old)({ id: 1, parentId: 9 })), db)
  await right(Program.raw({})`PRAGMA foreign_keys = ON`, db)
  await right(C.run(C.insert(parents)({ id: 1 })), db)
  const e = await left(C.run(C.insert(young)({ id: 1, parentId: 7 })), db)
  assert.equal([e._tag, e.table, e.constraint], ['ForeignKeyViolation', 'young', 'young_parent_id_fkey'])
  await db.close()
})
kept('the mode of the file stays as it is', async () => {
  const file = await filled()
  chmodSync(file, 0o600)
  const db = await open(file)
  await right(put('secret'), db)
  await db.close()
  assert.is(statSync(file).mode & 0o777, 0o600, 'others can read now what they could not read before')
})
kept('a link stays a link, and what it leads to is written', async () => {
  const file = await filled()
  const link = join(temporaryFolder(), 'link.db')
  symlinkSync(file, link)
  const db = await open(link)
  await right(put('through the link'), db)
  await db.close()
  assert.ok(lstatSync(link).isSymbolicLink())
  assert.equal(await labels(file), ['first', 'through the link'])
})
kept('the file removed underneath: the next commit brings it back whole', async () => {
  const file = await filled()
  const db = await open(file)
  rmSync(file)
  assert.equal(await right(Q.all(all), db), [{ id: 1, label: 'first' }])
  await right(put('second'), db)
  await db.close()
  assert.equal(await labels(file), ['first', 'second'])
})
kept.run()

const crashes = suite('a SQLite file: crashes')
crashes('killed right after a commit was answered, again and again: the commit is there, the lock is taken over', async () => {
  const file = await filled()
  let known = 0
  for (let round = 1; round <= 6; round += 1) {
    const worker = child('count', file)
    await worker.until(() => worker.said.length >= 2 * round)
    await worker.kill()
    assert.ok(
      worker.said.every(s => s.tag === 'committed'),
      JSON.stringify(worker.said),
    )
    const answered = worker.said.at(-1)?.n as number
    assert.ok(answered > known)
    assert.ok(existsSync(`${file}.lock`), 'it was killed while it held the lock')
    const db = await open(file)
    const numbers = await right(Q.all(counted), db)
    await db.close()
    // One more may have been committed and not been reported yet.
    assert.ok(numbers.length === answered || numbers.length === answered + 1, `${answered} were answered, ${numbers.length} are there`)
    assert.equal(
      numbers,
      Array.from({ length: numbers.length }, (_, i) => i + 1),
    )
    known = answered
  }
  assert.equal(await labels(file), ['first'])
})
crashes('killed within a transaction: nothing of it is there', async () => {
  const file = await filled()
  const worker = child('begin', file)
  assert.equal(await worker.first(), { tag: 'written', n: 2 })
  await worker.kill()
  const db = await open(file)
  assert.equal(await right(Q.all(counted), db), [1])
  await db.close()
})
crashes('what a crash left half written beside it does no harm', async () => {
  const file = await filled()
  writeFileSync(`${file}.new`, 'half a datab')
  const db = await open(file)
  await right(put('second'), db)
  await db.close()
  assert.equal(await labels(file), ['first', 'second'])
  assert.equal(readdirSync(dirname(file)), ['data.db'])
})
crashes.run()

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (Math.imul(i + 1, 2_654_435_761) >>> 13) & 255)
const damaged: readonly (readonly [string, (file: string) => void])[] = [
  ['random bytes', file => writeFileSync(file, bytes(8_192))],
  ['one byte', file => writeFileSync(file, bytes(1))],
  ['a text', file => writeFileSync(file, 'id,label\n1,first\n'.repeat(100))],
  ['a real one, cut in the middle of a page', file => truncateSync(file, Math.floor(statSync(file).size / 2) + 37)],
  ['a real one without its last page', file => truncateSync(file, statSync(file).size - 4_096)],
  ['only its header', file => truncateSync(file, 100)],
  ['only its first page', file => truncateSync(file, 4_096)],
  [
    'a page overwritten',
    file => {
      const content = readFileSync(file)
      content.set(bytes(4_096), 4_096)
      writeFileSync(file, content)
    },
  ],
  [
    'a header overwritten',
    file => {
      const content = readFileSync(file)
      content.set(bytes(16), 0)
      writeFileSync(file, content)
    },
  ],
]

const unreadable = suite('a SQLite file: what can not be read is refused and left alone')
for (const [name, damage] of damaged) {
  unreadable(name, async () => {
    const file = await filled()
    damage(file)
    const before = readFileSync(file)
    const e = await refused(file)
    assert.is(e._tag, 'ConnectionError', show(e))
    if (e._tag === 'ConnectionError') assert.is(e.target, file)
    assert.match(e.message, /not a readable SQLite database/)
    assert.equal(readFileSync(file), before)
    assert.equal(readdirSync(dirname(file)), ['data.db'], 'no lock is left')
    assert.is((await refused(file))._tag, 'ConnectionError')
  })
}
unreadable('a database that another tool left in WAL mode: read, or refused in words', async () => {
  const file = await filled()
  const content = readFileSync(file)
  content.set([2, 2], 18)
  writeFileSync(file, content)
  const opened = await sqlite({ file })()
  if (E.isLeft(opened)) {
    assert.is(opened.left._tag, 'ConnectionError')
    assert.match(opened.left.message, /WAL/i)
    assert.equal(readFileSync(file), content)
    return
  }
  assert.equal(await right(Q.all(all), opened.right), [{ id: 1, label: 'first' }])
  await right(put('second'), opened.right)
  await opened.right.close()
  assert.equal(await labels(file), ['first', 'second'])
})
const nowhere: readonly (readonly [string, () => string])[] = [
  ['a folder', () => temporaryFolder()],
  ['in a folder that is not there', () => join(temporaryFolder(), 'no', 'data.db')],
  [
    'below a file',
    () => {
      const file = fresh()
      writeFileSync(file, 'x')
      return join(file, 'data.db')
    },
  ],
  ['an empty name', () => ''],
  ['a name with NUL', () => `${fresh()}\u0000.db`],
  ['a name that is too long', () => join(temporaryFolder(), 'x'.repeat(300))],
  ['in a folder that takes no files', () => (process.platform === 'linux' ? '/proc/query-ts.db' : join('/dev/null', 'data.db'))],
]
for (const [name, path] of nowhere) {
  unreadable(name, async () => {
    const file = path()
    const e = await refused(file)
    assert.is(e._tag, 'ConnectionError', show(e))
    assert.ok(file.includes('\u0000') || e.message.includes(file), e.message)
    if (name === 'a folder') assert.equal([readdirSync(file), existsSync(`${file}.lock`)], [[], false])
  })
}
unreadable('in a folder that this user may not write to', async () => {
  const file = await filled()
  chmodSync(dirname(file), 0o500)
  const opened = await sqlite({ file })()
  chmodSync(dirname(file), 0o700)
  // Permissions mean nothing to root.
  if (process.getuid?.() === 0) {
    if (E.isRight(opened)) await opened.right.close()
  } else assert.ok(E.isLeft(opened) && opened.left._tag === 'ConnectionError')
  assert.equal(readdirSync(dirname(file)), ['data.db'])
})
unreadable('":memory:" makes no file of that name', async () => {
  const folder = temporaryFolder()
  const home = process.cwd()
  process.chdir(folder)
  try {
    const opened = await sqlite({ file: ':memory:' })()
    const during = readdirSync(folder)
    if (E.isRight(opened)) {
      await createAll(everything)({ db: opened.right })()
      await opened.right.close()
    }
    assert.equal([...during, ...readdirSync(folder)], [])
  } finally {
    process.chdir(home)
  }
})
unreadable('a folder for PGlite that is below a file', async () => {
  const file = fresh()
  writeFileSync(file, 'x')
  const opened = await pglite({ dataDir: join(file, 'data') })()
  assert.ok(E.isLeft(opened) && opened.left._tag === 'ConnectionError', JSON.stringify(opened))
  if (E.isLeft(opened)) wellMade(opened.left)
})
unreadable.run()

/** Ways in which the file can't be written any more, and back. */
const obstacles: readonly (readonly [string, (file: string) => void, (file: string, content: Uint8Array) => void])[] = [
  ['its folder is gone', file => rmSync(dirname(file), { recursive: true }), file => mkdirSync(dirname(file))],
  [
    'a folder has its name',
    file => {
      rmSync(file)
      mkdirSync(join(file, 'x'), { recursive: true })
    },
    (file, content) => {
      rmSync(file, { recursive: true })
      writeFileSync(file, content)
    },
  ],
]

const unwritable = suite('a SQLite file: a commit that can not be written')
for (const [name, hinder, mend] of obstacles) {
  const commits: readonly (readonly [string, Program.Program<Program.Db, DbError, unknown>])[] = [
    ['an insert', put('lost')],
    [
      'an insert with returning',
      C.run(
        pipe(
          C.insert(items)({ label: 'lost' }),
          C.returning(x => x.id),
        ),
      ),
    ],
    [
      'a transaction',
      Program.transaction()<Program.Db, DbError, unknown>(env => async () => {
        await put('lost')(env)()
        return put('lost too')(env)()
      }),
    ],
    ['a definition', createAll(schema({ other: table('other', { id: int }) }))],
    ['raw', Program.raw({})`INSERT INTO item (label) VALUES ('lost')`],
  ]
  for (const [what, commit] of commits) {
    unwritable(`${name}: ${what} is a typed failure; memory and file are as before; then it goes on`, async () => {
      const file = await filled()
      const db = await open(file)
      const before = readFileSync(file)
      hinder(file)
      const e = await left(commit, db)
      assert.is(e._tag, 'ConnectionError', show(e))
      assert.is(e.target, file)
      assert.match(e.message, /can't be written/)
      wellMade(e)
      assert.equal(await right(Q.all(all), db), [{ id: 1, label: 'first' }])
      assert.is((await left(Q.all(Q.from(table('other', { id: int }))), db))._tag, 'SchemaConflict')
      const again = await left(commit, db)
      assert.is(again._tag, 'ConnectionError', 'and the next one')
      mend(file, before)
      await right(put('after'), db)
      assert.equal(
        (await right(Q.all(all), db)).map(r => r.label),
        ['first', 'after'],
      )
      await db.close()
      assert.equal(await labels(file), ['first', 'after'])
      assert.equal(readdirSync(dirname(file)), ['data.db'])
    })
  }
}
unwritable('the disk is full (a limit on the size of files): as before, until there is room', async () => {
  const file = await filled()
  const before = readFileSync(file)
  const worker = child('fill', file, ['sh', '-c', `trap '' XFSZ; ulimit -f 200; exec "$0" "$@"`])
  const said = await worker.all()
  const ends = said.at(-1) as Said
  assert.equal([said[0]?.tag, ends.tag], ['committed', 'ConnectionError'], JSON.stringify(said))
  assert.is(ends.rows, said.filter(x => x.tag === 'committed').length + 1, 'the rows in memory are those that were committed')
  assert.match(ends.message ?? '', /can't be written/)
  assert.ok(ends.message?.includes(file))
  assert.ok(readFileSync(file).length > before.length)
  assert.equal(readdirSync(dirname(file)), ['data.db'])
  assert.is((await labels(file)).length, ends.rows)
})
unwritable('while a cursor is open: it goes on with the rows of its opening', async () => {
  const file = await filled()
  const db = await open(file)
  await right(C.run(C.insertMany(items)(Array.from({ length: 49 }, (_, i) => ({ label: `r${i}` })))), db)
  const content = readFileSync(file)
  rmSync(file)
  mkdirSync(join(file, 'x'), { recursive: true })
  const n = await right(
    Q.foldChunks<unknown, number>(
      0,
      async (sum, chunk) => {
        assert.is((await left(put('lost'), db))._tag, 'ConnectionError')
        return sum + chunk.length
      },
      { size: 10 },
    )(all),
    db,
  )
  assert.is(n, 50)
  rmSync(file, { recursive: true })
  writeFileSync(file, content)
  await db.close()
  assert.is((await labels(file)).length, 50)
})
unwritable('on a new file, from the first commit on: still new, and nothing in memory', async () => {
  const file = fresh()
  const db = await open(file)
  mkdirSync(join(file, 'x'), { recursive: true })
  assert.is((await left(createAll(everything), db))._tag, 'ConnectionError')
  assert.is((await left(Q.all(all), db))._tag, 'SchemaConflict')
  rmSync(file, { recursive: true })
  await right(createAll(everything), db)
  await right(put('first'), db)
  await db.close()
  assert.equal(await labels(file), ['first'])
})
unwritable("foreign keys and functions of one's own work after it", async () => {
  const file = await filled()
  const db = await open(file)
  rmSync(file)
  mkdirSync(join(file, 'x'), { recursive: true })
  await left(put('lost'), db)
  rmSync(file, { recursive: true })
  assert.equal(await right(Program.raw({ on: int, lower: text })`SELECT foreign_keys, unicode_lower('ÄÖ') FROM pragma_foreign_keys`, db), [
    { on: 1, lower: 'äö' },
  ])
  await db.close()
})
unwritable.run()
