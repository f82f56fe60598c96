/**
 * How a SQLite file of sql.js is saved: who may read it meanwhile, what a failing disk leaves, what other programs have written.
 *
 * Failures of the disk are simulated in the one call that fails; everything else is real, including native SQLite if it is installed. The
 * files that native SQLite leaves when it is killed are also written by hand, so that no test depends on it.
 */
import fs, {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { type FileHandle, open as openHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { isRetryable, show } from '../../lib/DbError.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { sqlite } from '../../lib/run/sqlite.js'
import { createAll } from '../../lib/schema/createAll.js'
import { suite } from '../suite.js'
import { hasNative } from './addresses.js'
import { temporaryFolder, wellMade } from './eachEngine.js'
import { all, child, everything, filled, fresh, labels, left, open, patched, put, refused, right } from './fileUse.js'

const handle = await openHandle(temporaryFolder(), 'r')
const FileHandles = Object.getPrototypeOf(handle) as FileHandle
await handle.close()

const failing = (code: string) => Object.assign(new Error(`${code}: the test says so`), { code })
const isRoot = process.getuid?.() === 0
const inMemory = async (db: Runner): Promise<readonly string[]> => (await right(Q.all(all), db)).map(r => r.label)

/** Runs a test that hears of the mode, owner and size of each file before it is written to, and after. */
const watched = async (
  test: () => Promise<void>,
): Promise<readonly { readonly mode: number; readonly gid: number; readonly size: number }[]> => {
  const seen: { mode: number; gid: number; size: number }[] = []
  const look = async (h: FileHandle): Promise<void> => {
    const { mode, gid, size } = await h.stat()
    seen.push({ mode: mode & 0o777, gid, size })
  }
  const real = FileHandles.writeFile
  const writeFile: FileHandle['writeFile'] = async function (this: FileHandle, content, options) {
    await look(this)
    await real.call(this, content, options)
    await look(this)
  }
  await patched(FileHandles, { writeFile }, test)
  assert.ok(seen.length > 0)
  return seen
}

const modes = suite('a SQLite file: its mode at every moment of a save')
for (const mode of [0o600, 0o640, 0o604, 0o644, 0o666, 0o660]) {
  modes(`${mode.toString(8)}: before content, with content, afterwards; also when the file was removed meanwhile`, async () => {
    const file = await filled()
    chmodSync(file, mode)
    const mask = process.umask(0)
    try {
      const db = await open(file)
      const seen = await watched(async () => {
        await right(put('second'), db)
        assert.is(statSync(file).mode & 0o777, mode)
        rmSync(file)
        await right(put('third'), db)
      })
      assert.is(statSync(file).mode & 0o777, mode)
      assert.equal(
        seen.map(s => s.mode),
        seen.map(() => mode),
      )
      await db.close()
    } finally {
      process.umask(mask)
    }
    assert.equal(await labels(file), ['first', 'second', 'third'])
  })
}
modes('a mode that was changed while the file was open is the one that is kept', async () => {
  const file = await filled()
  const db = await open(file)
  chmodSync(file, 0o600)
  await right(put('second'), db)
  await db.close()
  assert.is(statSync(file).mode & 0o777, 0o600)
})
modes('a new file is what the umask says', async () => {
  const file = fresh()
  const mask = process.umask(0o027)
  try {
    const db = await open(file)
    await right(createAll(everything), db)
    assert.is(statSync(file).mode & 0o777, 0o640)
    await db.close()
  } finally {
    process.umask(mask)
  }
})
modes('the owner and group stay', async () => {
  const file = await filled()
  if (isRoot) chownSync(file, 4_321, 8_765)
  const { uid, gid } = statSync(file)
  const db = await open(file)
  await right(put('second'), db)
  await db.close()
  assert.equal([statSync(file).uid, statSync(file).gid], [uid, gid])
})
modes('an owner and group that can not be kept: nobody may do what they could not before', async () => {
  for (const [before, after] of [
    [0o640, 0o600],
    [0o644, 0o644],
    [0o604, 0o600],
    [0o664, 0o644],
    [0o466, 0o444],
  ] as const) {
    const file = await filled()
    chmodSync(file, before)
    if (isRoot) chownSync(file, 4_321, 8_765)
    const db = await open(file)
    const chown: FileHandle['chown'] = () => Promise.reject(failing('EPERM'))
    const seen = await watched(() => patched(FileHandles, { chown }, async () => void (await put('second')({ db })())))
    const expected = isRoot ? after : before
    assert.ok(
      seen.every(s => s.mode === expected),
      `${before.toString(8)}: ${seen.map(s => s.mode.toString(8))}`,
    )
    await db.close()
  }
})
modes.run()

const disk = suite('a SQLite file: what a failing disk leaves')
const syncFails = (of: 'folder' | 'file', code: string): Partial<FileHandle> => {
  const real = FileHandles.sync
  return {
    async sync(this: FileHandle): Promise<void> {
      if ((await this.stat()).isDirectory() === (of === 'folder')) throw failing(code)
      await real.call(this)
    },
  }
}
const commits: readonly (readonly [string, Program.Program<Program.Db, unknown, unknown>])[] = [
  ['a write', put('second')],
  ['a transaction', Program.transaction()(put('second'))],
]
for (const [what, commit] of commits) {
  disk(`${what} whose folder can not be made durable is OutcomeUnknown; file and memory both have it, and go on with it`, async () => {
    const file = await filled()
    const db = await open(file)
    await patched(FileHandles, syncFails('folder', 'EIO'), async () => {
      const e = await left(commit, db)
      assert.is(e._tag, 'OutcomeUnknown', show(e))
      assert.ok(e.message.includes(file) && /the change is in the file/.test(e.message), e.message)
      assert.not.ok(isRetryable(e))
      wellMade(e)
      assert.equal(await inMemory(db), ['first', 'second'])
    })
    await right(put('third'), db)
    await db.close()
    assert.equal(await labels(file), ['first', 'second', 'third'])
    assert.equal(readdirSync(dirname(file)), ['data.db'])
  })
  disk(`${what} that is renamed, but with an error, is OutcomeUnknown, too`, async () => {
    const file = await filled()
    const db = await open(file)
    const rename: typeof renameSync = (from, to) => {
      fs.copyFileSync(from, `${String(to)}.x`)
      rmSync(`${String(to)}.x`)
      real(from, to)
      throw failing('EIO')
    }
    const real = fs.renameSync
    await patched(fs, { renameSync: rename }, async () => assert.is((await left(commit, db))._tag, 'OutcomeUnknown'))
    await right(put('third'), db)
    await db.close()
    assert.equal(await labels(file), ['first', 'second', 'third'])
  })
  for (const [how, faults] of [
    ['whose content can not be made durable', () => [FileHandles, syncFails('file', 'EIO')] as const],
    [
      'that can not take the name',
      () =>
        [
          fs,
          {
            renameSync: () => {
              throw failing('EIO')
            },
          },
        ] as const,
    ],
  ] as const) {
    disk(`${what} ${how} has not happened, in the file as in memory`, async () => {
      const file = await filled()
      const db = await open(file)
      const [of, functions] = faults()
      await patched<object>(of, functions, async () => {
        const e = await left(commit, db)
        assert.is(e._tag, 'ConnectionError', show(e))
        assert.match(e.message, /the last change was not saved/)
        assert.equal(await inMemory(db), ['first'])
      })
      await right(put('third'), db)
      await db.close()
      assert.equal(await labels(file), ['first', 'third'])
      assert.equal(readdirSync(dirname(file)), ['data.db'])
    })
  }
}
disk('a file system that knows no way to make a folder durable: no error', async () => {
  const file = await filled()
  const db = await open(file)
  await patched(FileHandles, syncFails('folder', 'EINVAL'), async () => void (await right(put('second'), db)))
  await db.close()
  assert.equal(await labels(file), ['first', 'second'])
})
disk.run()

const others = suite('a SQLite file: what other programs do with it')
const HOT = Uint8Array.from([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7, ...Array(504).fill(1)])
for (const [name, suffix, content] of [
  ['a write-ahead log', '-wal', Uint8Array.from({ length: 4_152 })],
  ['an empty write-ahead log', '-wal', new Uint8Array()],
  ['the index of a write-ahead log', '-shm', new Uint8Array(32_768)],
  ['a journal of a transaction that has not ended', '-journal', HOT],
  ['a journal of a transaction that has just begun', '-journal', HOT.map((byte, i) => (i < 12 ? 0 : byte))],
] as const) {
  others(`${name}: not opened, not written over`, async () => {
    const file = await filled()
    const db = await open(file)
    writeFileSync(file + suffix, content)
    const before = readFileSync(file)
    const e = await left(put('lost'), db)
    assert.equal([e._tag, e.target, isRetryable(e)], ['Locked', file, true])
    assert.ok(e.message.includes(file + suffix), e.message)
    await db.close()
    assert.is((await refused(file))._tag, 'Locked')
    assert.equal(readFileSync(file), before)
    rmSync(file + suffix)
    assert.equal(await labels(file), ['first'])
  })
}
others('a journal of a transaction that has ended is in nobody’s way', async () => {
  for (const content of [new Uint8Array(), new Uint8Array(512)]) {
    const file = await filled()
    writeFileSync(`${file}-journal`, content)
    const db = await open(file)
    await right(put('second'), db)
    await db.close()
    assert.equal(await labels(file), ['first', 'second'])
  }
})
others('a file that was changed since it was opened is not written over', async () => {
  const file = await filled()
  const other = await filled()
  const changed = await open(other)
  await right(put('of another program'), changed)
  await changed.close()
  for (const change of [
    () => writeFileSync(file, readFileSync(other)),
    () => {
      writeFileSync(`${file}.other`, readFileSync(other))
      renameSync(`${file}.other`, file)
    },
  ]) {
    writeFileSync(file, readFileSync(await filled()))
    const db = await open(file)
    change()
    const e = await left(put('lost'), db)
    assert.equal([e._tag, e.target], ['ConnectionError', file])
    assert.match(e.message, /another program has changed the file .* open the file again/)
    assert.is((await left(put('lost'), db))._tag, 'ConnectionError')
    await db.close()
    assert.equal(await labels(file), ['first', 'of another program'])
  }
})
others('a change that leaves length and time as they were is seen by the counter in the header', async () => {
  const file = await filled()
  const db = await open(file)
  const { atime, mtime } = statSync(file)
  const content = readFileSync(file)
  content[27] = (content[27] ?? 0) + 1
  writeFileSync(file, content)
  utimesSync(file, atime, mtime)
  assert.is((await left(put('lost'), db))._tag, 'ConnectionError')
  await db.close()
})
others('a file that was made while a new one was open here is not written over', async () => {
  const file = fresh()
  const db = await open(file)
  const other = await filled()
  writeFileSync(file, readFileSync(other))
  assert.is((await left(createAll(everything), db))._tag, 'ConnectionError')
  await db.close()
  assert.equal(await labels(file), ['first'])
})
others('a copy with the same content, or another mode or time, is no change', async () => {
  const file = await filled()
  const db = await open(file)
  writeFileSync(`${file}.copy`, readFileSync(file))
  renameSync(`${file}.copy`, file)
  utimesSync(file, 1, 1)
  await right(put('second'), db)
  await db.close()
  assert.equal(await labels(file), ['first', 'second'])
})
others('what is no regular file is refused', async () => {
  const file = fresh()
  mkdirSync(file)
  const e = await refused(file)
  assert.is(e._tag, 'ConnectionError')
  assert.match(e.message, /not a regular file/)
  assert.not.ok(existsSync(`${file}.lock`))
})

if (hasNative) {
  const { sqlite3 } = await import('../../lib/run/sqlite3.js')
  const native = async (file: string): Promise<Runner> => {
    const opened = await sqlite3({ file, busyTimeout: 50 })()
    assert.ok(E.isRight(opened), E.isLeft(opened) ? show(opened.left) : '')
    return (opened as E.Right<Runner>).right
  }
  others('better-sqlite3 has it open in WAL mode: Locked, until it is closed there', async () => {
    const file = await filled()
    const db = await native(file)
    await right(Program.raw({})`PRAGMA journal_mode = WAL`, db)
    await right(put('of better-sqlite3'), db)
    const e = await refused(file)
    assert.equal([e._tag, isRetryable(e)], ['Locked', true])
    await db.close()
    assert.equal(await labels(file), ['first', 'of better-sqlite3'])
  })
  others('better-sqlite3 was killed in WAL mode: Locked, until it was opened and closed there', async () => {
    const file = await filled()
    const worker = child('wal', file)
    assert.is((await worker.first()).tag, 'open')
    await worker.kill()
    const e = await refused(file)
    assert.is(e._tag, 'Locked')
    assert.match(e.message, /open and close it once with query-ts\/sqlite3/)
    const db = await native(file)
    await right(Q.all(all), db)
    await db.close()
    assert.equal(await labels(file), ['first', 'native'])
  })
  others('better-sqlite3 is in a transaction: Locked', async () => {
    const file = await filled()
    const db = await native(file)
    await right(
      Program.transaction()<Program.Db, unknown, void>(env => async () => {
        await put('of better-sqlite3')(env)()
        assert.is((await refused(file))._tag, 'Locked')
        return E.right(undefined)
      }),
      db,
    )
    await db.close()
    assert.equal(await labels(file), ['first', 'of better-sqlite3'])
  })
  others('better-sqlite3 opened it first: whoever writes second is refused, and every row that was answered is there', async () => {
    const file = await filled()
    const theirs = await native(file)
    const ours = await open(file)
    await right(put('theirs'), theirs)
    assert.is((await left(put('lost'), ours))._tag, 'ConnectionError')
    await ours.close()
    const again = await open(file)
    await right(put('ours'), again)
    const e = await left(put('lost'), theirs)
    assert.equal([e._tag, e.target], ['ConnectionError', file])
    assert.match(e.message, /moved, removed or replaced .* open it again/)
    await again.close()
    await theirs.close()
    assert.equal(await labels(file), ['first', 'theirs', 'ours'])
  })
  others('a file that sql.js has open is Locked for better-sqlite3', async () => {
    const file = await filled()
    const db = await open(file)
    const opened = await sqlite3({ file })()
    assert.ok(E.isLeft(opened) && opened.left._tag === 'Locked' && opened.left.target === file, JSON.stringify(opened))
    await db.close()
    await (await native(file)).close()
  })
}
others.run()

const words = suite('a SQLite file: names')
words('sqlite and sqlite3 take no empty name and none with NUL', async () => {
  const runners = hasNative ? [sqlite, (await import('../../lib/run/sqlite3.js')).sqlite3] : [sqlite]
  for (const runner of runners) {
    for (const file of ['', `${fresh()}\0.db`]) {
      const opened = await runner({ file })()
      assert.ok(E.isLeft(opened) && opened.left._tag === 'ConnectionError', JSON.stringify(opened))
    }
  }
})
words.run()
