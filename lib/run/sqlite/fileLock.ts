/**
 * The lock of a file: one holder at a time, and free as soon as its holder is dead.
 *
 * The lock is a Unix socket next to the file, named FILE.lock, on which the holder listens. If a connection to it succeeds,
 * the holder is alive, in this or another thread, process or container; process ids are reused and decide nothing. The holder
 * sends its process id for error messages only. A socket gets the name by a hard link once it listens, so a lock without a
 * listener is one whose holder is dead. Removing it is itself done under a lock, FILE.lock.2, made in the same way.
 *
 * A refused connection proves nothing about other machines: in a shared folder a person has to remove the lock.
 * Where sockets can't be created, FILE.lock is a regular file, and a person has to remove it after a crash as well.
 * On Windows the lock is a named pipe, which other machines do not see.
 */
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, linkSync, lstatSync, openSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { isLocal } from './fileSystem.js'

/** A lock that is held. Its methods are synchronous, so that nothing runs between a check and what depends on it. */
export interface FileLock {
  /** Whether the lock is still held: it may have been removed by hand. */
  readonly isHeld: () => boolean
  readonly release: () => void
}

/** Why a lock can't be taken. */
export interface InUse {
  readonly holder: string | null
  /** What to do if waiting for the holder may not help. */
  readonly advice: string | undefined
}

type Found = { readonly tag: 'free' } | { readonly tag: 'dead' } | ({ readonly tag: 'held' } & InUse)

const FREE: Found = { tag: 'free' }
const DEAD: Found = { tag: 'dead' }
const heldBy = (pid: string): Found => ({ tag: 'held', holder: /^\d+$/.test(pid) ? `process ${pid}` : null, advice: undefined })

/** Milliseconds that a holder, whose thread may be busy, has to send its process id. */
const PATIENCE = 1_000
const TRIES = 100
/** Each level is needed only if a process was killed while it removed the lock of the level before. */
const LEVELS = 8
/** The maximum number of bytes of a socket's address. */
const LONGEST_ADDRESS = process.platform === 'linux' ? 107 : 103
/** The maximum number of bytes of a name that fits into an address by `/proc/self/fd`. */
const LONGEST_NAME = 80

const codeOf = (thrown: unknown): string | undefined => (thrown as { code?: string } | null)?.code
const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))
const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)

/** The name of a file next to another: its name and a suffix, or a digest if that would be too long. */
export const siblingName = (path: string, suffix: string): string => {
  const name = basename(path)
  return (Buffer.byteLength(name + suffix) <= LONGEST_NAME ? name : `.query-ts-${digest(name)}`) + suffix
}

const lockName = (path: string, level: number): string => siblingName(path, level === 1 ? '.lock' : `.lock.${level}`)

/** Calls `use` with the address of a socket. One that is too long is shortened by an open folder, which only Linux supports. */
const withAddress = async <A>(folder: string, name: string, use: (address: string) => Promise<A>): Promise<A> => {
  const direct = join(folder, name)
  if (Buffer.byteLength(direct) <= LONGEST_ADDRESS) return use(direct)
  if (process.platform !== 'linux') throw new Error(`the path of a socket is longer than ${LONGEST_ADDRESS} bytes`)
  const fd = openSync(folder, 'r')
  try {
    return await use(`/proc/self/fd/${fd}/${name}`)
  } finally {
    closeSync(fd)
  }
}

/** A server that sends the process id to each client, reads nothing, and does not keep the process alive. */
const listening = (address: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer({ pauseOnConnect: true }, client => {
      client.unref()
      client.on('error', () => undefined)
      client.end(String(process.pid), () => client.destroy())
    })
    server.once('error', reject)
    // without `exclusive` the primary process of a cluster would go on listening when the worker is dead
    server.listen({ path: address, exclusive: true, readableAll: true, writableAll: true }, () => {
      server.on('error', () => undefined)
      resolve(server.unref())
    })
  })

/** Whether a process listens, found out by connecting. If it can't be found out, the lock counts as held. */
const listensAt = (address: string): Promise<Found> =>
  new Promise(resolve => {
    let isConnected = false
    let pid = ''
    const socket = connect(address)
    const done = (found: Found): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(found)
    }
    const timer = setTimeout(() => done(heldBy('')), PATIENCE)
    socket.on('connect', () => {
      isConnected = true
    })
    socket.on('data', chunk => {
      pid += chunk.toString('latin1')
    })
    socket.on('error', thrown => {
      const code = codeOf(thrown)
      if (isConnected || code === 'ENOENT') done(FREE)
      else done(code === 'ECONNREFUSED' ? DEAD : heldBy(''))
    })
    // closed without data: the holder has just released it
    socket.on('end', () => done(pid === '' ? FREE : heldBy(pid)))
  })

const probe = async (folder: string, name: string): Promise<Found> => {
  const lock = join(folder, name)
  const seen = lstatSync(lock, { throwIfNoEntry: false })
  if (seen === undefined) return FREE
  if (seen.isSocket()) return withAddress(folder, name, listensAt).catch(() => heldBy(''))
  let content = ''
  try {
    content = readFileSync(lock, 'utf8')
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return FREE
  }
  return {
    tag: 'held',
    holder: /^process \d+ on .*/.exec(content)?.[0] ?? null,
    advice: `close it there; if that process has ended, remove ${lock}`,
  }
}

/** Creates the lock; null if it exists by then. */
const claim = async (folder: string, name: string): Promise<FileLock | null> => {
  const lock = join(folder, name)
  const own = `.query-ts-${randomBytes(6).toString('hex')}`
  let server: Server | undefined
  try {
    const made = await withAddress(folder, own, listening)
    server = made
    const { dev, ino } = lstatSync(join(folder, own), { bigint: true })
    linkSync(join(folder, own), lock)
    const isHeld = (): boolean => {
      const now = lstatSync(lock, { bigint: true, throwIfNoEntry: false })
      return now !== undefined && now.dev === dev && now.ino === ino
    }
    return { isHeld, release: releasing(isHeld, lock, () => made.close()) }
  } catch (thrown) {
    server?.close()
    return codeOf(thrown) === 'EEXIST' ? null : plainLock(lock)
  } finally {
    rmSync(join(folder, own), { force: true })
  }
}

/** A lock without a listener, for folders that do not support sockets or hard links. */
const plainLock = (lock: string): FileLock | null => {
  const content = `process ${process.pid} on ${hostname()}\n${randomBytes(16).toString('hex')}\n`
  let fd: number
  try {
    fd = openSync(lock, 'wx', 0o644)
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return null
    throw thrown
  }
  try {
    writeFileSync(fd, content)
  } catch (thrown) {
    rmSync(lock, { force: true })
    throw thrown
  } finally {
    closeSync(fd)
  }
  const isHeld = (): boolean => {
    try {
      return readFileSync(lock, 'utf8') === content
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ENOTDIR') return false
      throw thrown
    }
  }
  return { isHeld, release: releasing(isHeld, lock, () => undefined) }
}

/** The name is removed before the listener, so that a lock that is being released never looks dead. */
const releasing = (isHeld: () => boolean, lock: string, end: () => void) => (): void => {
  try {
    if (isHeld()) unlinkSync(lock)
  } catch {
    // the folder is gone or read-only: without a listener, the lock is free
  }
  end()
}

/** Removes a lock whose holder is dead, and the temporary name of its socket if the holder died before removing that. */
const removeDead = async (path: string, level: number): Promise<boolean> => {
  if (level >= LEVELS) return false
  const [folder, name] = [dirname(path), lockName(path, level)]
  const guard = await take(path, level + 1)
  if (E.isLeft(guard)) return false
  try {
    if ((await probe(folder, name)).tag !== 'dead' || !guard.right.isHeld()) return false
    const { ino, nlink } = lstatSync(join(folder, name), { bigint: true })
    const others = nlink === 1n ? [] : readdirSync(folder).filter(n => /^\.query-ts-[0-9a-f]{12}$/.test(n))
    for (const other of others) {
      if (lstatSync(join(folder, other), { bigint: true, throwIfNoEntry: false })?.ino === ino) rmSync(join(folder, other), { force: true })
    }
    unlinkSync(join(folder, name))
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return true
    throw thrown
  } finally {
    guard.right.release()
  }
}

const maybeElsewhere = (lock: string): InUse => ({
  holder: null,
  advice: `no process on this machine holds it, but other machines may share this folder: if no process there has it open, remove ${lock}`,
})

const take = async (path: string, level: number): Promise<E.Either<InUse, FileLock>> => {
  const [folder, name] = [dirname(path), lockName(path, level)]
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await probe(folder, name)
    if (found.tag === 'held') return E.left(found)
    if (found.tag === 'dead') {
      if (!isLocal(folder)) return E.left(maybeElsewhere(join(folder, name)))
      if (!(await removeDead(path, level))) await pause(10)
      continue
    }
    const lock = await claim(folder, name)
    if (lock !== null) return E.right(lock)
  }
  return E.left({ holder: null, advice: undefined })
}

const pipeName = (path: string): string => `\\\\.\\pipe\\query-ts-${digest(path.toLowerCase())}`

const takePipe = async (path: string): Promise<E.Either<InUse, FileLock>> => {
  try {
    const server = await listening(pipeName(path))
    return E.right({ isHeld: () => server.listening, release: () => server.close() })
  } catch (thrown) {
    if (codeOf(thrown) !== 'EADDRINUSE' && codeOf(thrown) !== 'EACCES') throw thrown
    const found = await listensAt(pipeName(path))
    return E.left(found.tag === 'held' ? found : { holder: null, advice: undefined })
  }
}

/** Takes the lock of a file, whose path is absolute and without links. Left: the holder. */
export const takeLock = async (path: string): Promise<E.Either<InUse, FileLock>> => {
  if (process.platform === 'win32') return takePipe(path)
  const taken = await take(path, 1)
  // left by a process that was killed after it had removed a dead lock
  if (E.isRight(taken) && lstatSync(join(dirname(path), lockName(path, 2)), { throwIfNoEntry: false }) !== undefined) {
    const guard = await take(path, 2)
    if (E.isRight(guard)) guard.right.release()
  }
  return taken
}

/** The holder of the lock of a file, or null. */
export const lockHolder = async (path: string): Promise<InUse | null> => {
  if (process.platform === 'win32') {
    const found = await listensAt(pipeName(path))
    return found.tag === 'held' ? found : null
  }
  const found = await probe(dirname(path), lockName(path, 1))
  if (found.tag === 'dead' && !isLocal(dirname(path))) return maybeElsewhere(join(dirname(path), lockName(path, 1)))
  return found.tag === 'held' ? found : null
}
