/**
 * The owner of a SQLite file of sql.js: one runner at a time, across threads, processes and containers; a dead one owns nothing.
 *
 * The others are real: worker threads, child processes, processes in other namespaces. They are killed and stopped without warning. Only
 * network file systems, which no test machine has, are simulated by what Node reports of them.
 */
import childProcess, { spawnSync } from 'node:child_process'
import cluster from 'node:cluster'
import fs, { existsSync, linkSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'

import * as assert from 'uvu/assert'
import { type DbError, show } from '../../lib/DbError.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Q from '../../lib/Query.js'
import { pglite } from '../../lib/run/pglite.js'
import { sqlite } from '../../lib/run/sqlite.js'
import { createAll } from '../../lib/schema/createAll.js'
import { suite } from '../suite.js'
import { temporaryFolder } from './eachEngine.js'
import type { Said } from './fileChild.js'
import { all, child, deadLock, everything, filled, fresh, labels, left, open, patched, put, refused, right, script } from './fileUse.js'

const modules = {
  sqlite: import.meta.resolve('../../lib/run/sqlite.js'),
  command: import.meta.resolve('../../lib/Command.js'),
  items: import.meta.resolve('./fileChild.js'),
}
/** Opens the file in a thread; commits a row and closes it, or holds it. */
const threadSource = `
const { parentPort, workerData: { file, modules, hold } } = require('node:worker_threads')
void (async () => {
  const { sqlite } = await import(modules.sqlite)
  const C = await import(modules.command)
  const { items } = await import(modules.items)
  const opened = await sqlite({ file })()
  if (opened._tag === 'Left') return parentPort.postMessage(opened.left._tag)
  if (hold) {
    setInterval(() => undefined, 1000)
    return parentPort.postMessage('open')
  }
  const answer = await C.run(C.insert(items)({ label: 'of a thread' }))({ db: opened.right })()
  await opened.right.close()
  parentPort.postMessage(answer._tag)
})()
`
/** The refusal that names the holder: a holder without processor time does not reply, and then no holder is named. */
const namedHolder = async (file: string): Promise<Extract<DbError, { readonly _tag: 'Locked' }>> => {
  for (let tries = 0; ; tries += 1) {
    const e = await refused(file)
    assert.ok(e._tag === 'Locked' && tries < 60, show(e))
    if (e._tag === 'Locked' && e.holder !== null) return e
  }
}
const inThread = (file: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(threadSource, { eval: true, workerData: { file, modules, hold: false } })
    let said: unknown
    worker.once('message', m => {
      said = m
    })
    worker.once('error', reject)
    worker.once('exit', () => resolve(said))
  })

const locks = suite('a SQLite file: one owner at a time')
locks('a second process: Locked, naming the first one; then it is its turn', async () => {
  const file = await filled()
  const db = await open(file)
  assert.is((await child('hold', file).first()).tag, 'Locked')
  await right(put('undisturbed'), db)
  await db.close()
  const worker = child('hold', file)
  assert.equal(await worker.first(), { tag: 'open', n: worker.pid })
  const e = await namedHolder(file)
  assert.equal([e._tag, e.target, e.holder], ['Locked', file, `process ${worker.pid}`])
  assert.ok(e.message.includes(file) && e.message.includes(String(worker.pid)) && /close it there first/.test(e.message), e.message)
  assert.ok(existsSync(`${file}.lock`), 'a refusal does not take the lock away')
  await worker.end()
  assert.equal(await labels(file), ['first', 'undisturbed'])
})
locks('the same process twice: Locked; after close it opens', async () => {
  const file = await filled()
  const db = await open(file)
  assert.is((await namedHolder(file)).holder, `process ${process.pid}`)
  await db.close()
  assert.equal(await db.close(), E.right(undefined))
  assert.equal(await labels(file), ['first'])
})
locks('by another path to the same file: a link, a dot', async () => {
  const file = await filled()
  const link = join(temporaryFolder(), 'link.db')
  symlinkSync(file, link)
  const db = await open(file)
  assert.is((await refused(join(dirname(file), '.', 'data.db')))._tag, 'Locked')
  assert.is((await refused(`${dirname(file)}/../${dirname(file).split('/').at(-1)}/data.db`))._tag, 'Locked')
  assert.is((await refused(link))._tag, 'Locked')
  await db.close()
})
locks('a worker thread of the same process: Locked, and its neighbour loses no row', async () => {
  const file = await filled()
  const db = await open(file)
  assert.is(await inThread(file), 'Locked')
  await right(put('of the main thread'), db)
  await db.close()
  assert.is(await inThread(file), 'Right')
  assert.equal(await labels(file), ['first', 'of the main thread', 'of a thread'])
})
locks('a worker thread that is terminated while it holds the file: it is free', async () => {
  const file = await filled()
  const worker = new Worker(threadSource, { eval: true, workerData: { file, modules, hold: true } })
  assert.is(await new Promise(resolve => worker.once('message', resolve)), 'open')
  assert.is((await refused(file))._tag, 'Locked')
  await worker.terminate()
  assert.equal(await labels(file), ['first'])
})
locks('a worker of a cluster that is killed while it holds the file: it is free, though the primary process lives', async () => {
  const file = await filled()
  cluster.setupPrimary({ exec: script, args: ['hold', file] })
  const worker = cluster.fork()
  assert.is(((await new Promise(resolve => worker.once('message', resolve))) as Said).tag, 'open')
  assert.is((await refused(file))._tag, 'Locked')
  const gone = new Promise(resolve => worker.once('exit', resolve))
  worker.process.kill('SIGKILL')
  await gone
  assert.equal(await labels(file), ['first'])
})
locks('processes of the same number in other process and network namespaces: Locked', async () => {
  const file = await filled()
  const within = ['unshare', '--pid', '--net', '--fork', '--kill-child', '--mount-proc']
  // where that is not permitted, two processes of one namespace have to do
  const [command, ...options] = within
  const apart = spawnSync(command as string, [...options, 'true']).status === 0 ? within : []
  const holder = child('hold', file, apart)
  const first = await holder.first()
  assert.is(first.tag, 'open')
  if (apart.length > 0) assert.is(first.n, 1)
  const second = child('hold', file, apart)
  assert.is((await second.first()).tag, 'Locked')
  await second.end()
  assert.is((await refused(file))._tag, 'Locked')
  await holder.kill()
  assert.equal(await labels(file), ['first'])
})
locks('a holder that is stopped (SIGSTOP) stays the holder, and does not keep others waiting', async () => {
  const file = await filled()
  const holder = child('hold', file)
  assert.is((await holder.first()).tag, 'open')
  process.kill(holder.pid, 'SIGSTOP')
  const since = Date.now()
  const errors = await Promise.all(Array.from({ length: 5 }, () => refused(file)))
  assert.ok(Date.now() - since < 20_000)
  for (const e of errors) assert.ok(e._tag === 'Locked' && e.holder === null, show(e))
  process.kill(holder.pid, 'SIGCONT')
  assert.is((await namedHolder(file)).holder, `process ${holder.pid}`)
  await holder.end()
  assert.equal(await labels(file), ['first'])
})
locks('hundreds who ask at once: the holder stays, answers, and ends', async () => {
  const file = await filled()
  const holder = child('hold', file)
  assert.is((await holder.first()).tag, 'open')
  process.kill(holder.pid, 'SIGSTOP')
  const answers = await Promise.all(Array.from({ length: 700 }, () => sqlite({ file })()))
  assert.ok(answers.every(a => E.isLeft(a) && a.left._tag === 'Locked'))
  process.kill(holder.pid, 'SIGCONT')
  await holder.end()
  assert.equal(await labels(file), ['first'])
})
locks('20 at once in one process, of a free file and over the lock of a dead process: one gets it', async () => {
  for (let round = 0; round < 12; round += 1) {
    const file = fresh()
    if (round % 3 > 0) await deadLock(`${file}.lock`)
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        if (i % 5 > 1) await new Promise(resolve => setTimeout(resolve, (round + i) % 4))
        return sqlite({ file })()
      }),
    )
    const got = answers.filter(E.isRight)
    for (const a of got) await a.right.close()
    assert.is(got.length, 1, `${got.length} hold ${round % 3 > 0 ? 'what a crash left' : 'a free file'}`)
    assert.ok(answers.every(a => E.isRight(a) || a.left._tag === 'Locked'))
    assert.equal(readdirSync(dirname(file)), [])
  }
})
locks('8 processes at once over a dead lock, again and again: one gets it each time, and every row is there', async () => {
  const file = await filled()
  const workers = Array.from({ length: 8 }, () => child('contend', file))
  const rounds = process.env['CI'] === undefined ? 5 : 15
  const expected = ['first']
  for (let round = 0; round < rounds; round += 1) {
    if (round % 4 > 0 && !existsSync(`${file}.lock`)) await deadLock(`${file}.lock`)
    if (round % 4 > 1) await deadLock(`${file}.lock.2`)
    const before = workers.map(w => w.said.length)
    const answered = async (): Promise<readonly Said[]> => {
      await Promise.all(workers.map((w, i) => w.until(() => w.said.length > (before[i] ?? 0))))
      return workers.map(w => w.said.at(-1) as Said)
    }
    for (const w of workers) w.tell('go')
    const said = await answered()
    const winner = said.findIndex(s => s.tag === 'open')
    assert.equal(said.map((s, i) => (i === winner ? 'winner' : s.tag)).sort(), [...Array(7).fill('Locked'), 'winner'])
    expected.push(String(said[winner]?.n))
    if (round % 5 === 4) {
      await workers[winner]?.kill()
      workers[winner] = child('contend', file)
    } else {
      const n = workers[winner]?.said.length ?? 0
      workers[winner]?.tell('next')
      await workers[winner]?.until(() => (workers[winner]?.said.length ?? 0) > n)
    }
  }
  await Promise.all(workers.map(w => w.end()))
  assert.equal(await labels(file), expected)
  assert.equal(readdirSync(dirname(file)), ['data.db'])
})
locks('what a process leaves that is killed while it makes or removes a lock is cleared away', async () => {
  for (const levels of [['.lock'], ['.lock', '.lock.2'], ['.lock', '.lock.2', '.lock.3'], ['.lock.2']]) {
    const file = await filled()
    for (const level of levels) await deadLock(`${file}${level}`)
    assert.equal(await labels(file), ['first'])
    assert.equal(readdirSync(dirname(file)), ['data.db'], levels.join())
  }
  const file = await filled()
  await deadLock(`${file}.lock`, join(dirname(file), '.query-ts-0123456789ab'))
  assert.equal(readdirSync(dirname(file)).length, 3)
  assert.equal(await labels(file), ['first'])
  assert.equal(readdirSync(dirname(file)), ['data.db'])
})
locks('closing does not take away the lock of another', async () => {
  const file = await filled()
  const db = await open(file)
  // the lock was removed by hand, and another process took the file
  rmSync(`${file}.lock`)
  const worker = child('hold', file)
  assert.is((await worker.first()).tag, 'open')
  await db.close()
  assert.ok(existsSync(`${file}.lock`), 'the lock of the other process is gone')
  await worker.end()
})
locks('a lock removed by hand: no commit is written over those of who has it now; it is taken again when it is free', async () => {
  const file = await filled()
  const db = await open(file)
  rmSync(`${file}.lock`)
  await right(put('second'), db)
  assert.is((await refused(file))._tag, 'Locked', 'the save took it again')
  rmSync(`${file}.lock`)
  const worker = child('contend', file)
  const ask = async (what: string): Promise<void> => {
    const n = worker.said.length
    worker.tell(what)
    await worker.until(() => worker.said.length > n)
  }
  await ask('go')
  assert.is(worker.said.at(-1)?.tag, 'open')
  const e = await left(put('lost'), db)
  assert.equal([e._tag, e.target], ['Locked', file])
  assert.match(e.message, /the last change was not saved/)
  await ask('next')
  const after = await left(put('lost'), db)
  assert.equal([after._tag, after.target], ['ConnectionError', file])
  assert.match(after.message, /another program has changed the file/)
  await db.close()
  await worker.end()
  assert.equal(await labels(file), ['first', 'second', String(worker.pid)])
})
locks('long names and deep folders', async () => {
  const deep = join(temporaryFolder(), 'd'.repeat(120), 'e'.repeat(120))
  mkdirSync(deep, { recursive: true })
  const names = ['data.db', 'n'.repeat(71), 'n'.repeat(75), 'n'.repeat(79), 'n'.repeat(200), 'ä'.repeat(127)]
  for (const file of names.map(name => join(deep, name))) {
    const db = await open(file)
    await right(createAll(everything), db)
    assert.is((await refused(file))._tag, 'Locked')
    await right(put('first'), db)
    await db.close()
    const worker = child('hold', file)
    assert.is((await worker.first()).tag, 'open')
    assert.is((await refused(file))._tag, 'Locked')
    await worker.kill()
    assert.equal(await labels(file), ['first'])
  }
  assert.equal(readdirSync(deep).sort(), [...names].sort())
})
locks('two long names that begin alike are two files', async () => {
  const folder = temporaryFolder()
  const one = await open(join(folder, `${'n'.repeat(200)}1`))
  const two = await open(join(folder, `${'n'.repeat(200)}2`))
  await one.close()
  await two.close()
})
locks('a link to a file that is not there yet: the file is made where the link leads', async () => {
  const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()]
  symlinkSync(join(elsewhere, 'data.db'), join(folder, 'absolute.db'))
  symlinkSync('absolute.db', join(folder, 'relative.db'))
  const db = await open(join(folder, 'relative.db'))
  assert.is((await refused(join(elsewhere, 'data.db')))._tag, 'Locked')
  await right(createAll(everything), db)
  await db.close()
  assert.ok(lstatSync(join(folder, 'relative.db')).isSymbolicLink())
  assert.equal(await labels(join(elsewhere, 'data.db')), [])
  symlinkSync('loop.db', join(folder, 'loop.db'))
  assert.is((await refused(join(folder, 'loop.db')))._tag, 'ConnectionError')
})
locks('a file with two names (hard links): refused by both, and left alone', async () => {
  const file = await filled()
  linkSync(file, `${file}.copy`)
  for (const name of [file, `${file}.copy`]) {
    const e = await refused(name)
    assert.is(e._tag, 'ConnectionError')
    assert.match(e.message, /has 2 names \(hard links\)/)
  }
  rmSync(`${file}.copy`)
  assert.equal(await labels(file), ['first'])
})
locks('a folder of PGlite has one owner, too; a killed one is dead, and what it committed is there', async () => {
  const folder = join(temporaryFolder(), 'data')
  const worker = child('pglite', folder)
  assert.is((await worker.first()).tag, 'open')
  for (const dataDir of [folder, `file://${folder}`]) {
    const opened = await pglite({ dataDir })()
    assert.ok(E.isLeft(opened) && opened.left._tag === 'Locked', JSON.stringify(opened))
  }
  await worker.kill()
  const opened = await pglite({ dataDir: folder })()
  assert.ok(E.isRight(opened), E.isLeft(opened) ? show(opened.left) : '')
  const db = (opened as E.Right<Runner>).right
  assert.equal(await right(Q.all(all), db), [{ id: 1, label: 'of PGlite' }])
  await db.close()
  assert.equal(readdirSync(dirname(folder)), ['data'])
})
locks.run()

const shared = suite('a SQLite file: folders where a lock tells less')
const statfs = (type: number) => (() => ({ type })) as unknown as typeof fs.statfsSync
for (const [name, type] of [
  ['NFS', 0x6969],
  ['SMB', 0xff534d42],
  ['SMB, as a negative number', 0xff534d42 | 0],
  ['9p', 0x01021997],
  ['FUSE', 0x65735546],
  ['one that is not known', 1],
] as const) {
  shared(`${name}: a dead lock may be alive on another machine, so a person has to remove it`, async () => {
    const file = await filled()
    await deadLock(`${file}.lock`)
    await patched(fs, { statfsSync: statfs(type) }, async () => {
      const e = await refused(file)
      assert.is(e._tag, 'Locked')
      assert.ok(e.message.includes(`remove ${file}.lock`) && /other machines/.test(e.message), e.message)
      assert.ok(existsSync(`${file}.lock`))
      rmSync(`${file}.lock`)
      assert.equal(await labels(file), ['first'])
    })
  })
}
shared('Btrfs, whose number has 32 bits: taken over, also where the number is negative', async () => {
  for (const type of [0x9123683e, 0x9123683e | 0]) {
    const file = await filled()
    await deadLock(`${file}.lock`)
    await patched(fs, { statfsSync: statfs(type) }, async () => assert.equal(await labels(file), ['first']))
  }
})
shared('macOS and the BSDs: what `mount` calls local', async () => {
  const mounts = (folder: string, inner: string) => `/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//guest@host/x on ${dirname(folder)} (smbfs, nodev, nosuid)
/dev/disk9 on ${folder}x (apfs, local)
map -hosts on ${folder} (${inner})
`
  const platform = process.platform
  for (const [inner, isLocal] of [
    ['apfs, local, journaled', true],
    ['nfs, nodev', false],
  ] as const) {
    const file = await filled()
    await deadLock(`${file}.lock`)
    const execFileSync = (() => mounts(dirname(file), inner)) as unknown as typeof childProcess.execFileSync
    Object.defineProperty(process, 'platform', { value: 'darwin' })
    try {
      await patched(childProcess, { execFileSync }, async () => {
        if (isLocal) assert.equal(await labels(file), ['first'])
        else assert.is((await refused(file))._tag, 'Locked')
      })
    } finally {
      Object.defineProperty(process, 'platform', { value: platform })
    }
  }
})
shared('no sockets or hard links: a plain file keeps others out, and stays after a crash until a person removes it', async () => {
  const file = await filled()
  const linkSync = (): never => {
    throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' })
  }
  await patched(fs, { linkSync }, async () => {
    const db = await open(file)
    assert.ok(lstatSync(`${file}.lock`).isFile())
    const e = await refused(file)
    assert.ok(e._tag === 'Locked' && e.holder === `process ${process.pid} on ${hostname()}`, show(e))
    assert.ok(e.message.includes(`if that process has ended, remove ${file}.lock`), e.message)
    await right(put('second'), db)
    await db.close()
    assert.equal(readdirSync(dirname(file)), ['data.db'])
    // a lock of another, in the place of the own one
    const again = await open(file)
    writeFileSync(`${file}.lock`, 'process 7 on another')
    assert.is((await left(put('lost'), again)).holder, 'process 7 on another')
    await again.close()
  })
  assert.is((await refused(file))._tag, 'Locked', 'also where there are sockets')
  rmSync(`${file}.lock`)
  assert.equal(await labels(file), ['first', 'second'])
})
shared.run()
