/**
 * A runner over a pool of connections: what every server's runner is.
 *
 * An operation borrows a connection and gives it back, on every exit; a transaction and a cursor keep theirs until
 * their end. Where the driver sends a statement before the last one is answered, reads of many callers ride on one
 * connection together. A connection that was lost, or is too old, is not lent again: the pool opens another. Waiting
 * for one ends with `Timeout`.
 *
 * The pool itself is tarn's; what a connection is, the driver's module says. What holds inside a connection
 * (transactions, savepoints, turns) is `single`.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { Pool, TimeoutError } from 'tarn'
import type { Capabilities, Cursor, Interpreter, Operation, Runner, SqlOp, TxOptions } from '../../core/operation/Interpreter.js'
import { cancelled, closed, type DbError, databaseError, lockOutside, timeout, validationError } from '../../core/value/DbError.js'
import { LONGEST_TIMER } from '../../program/timer.js'
import { inTime } from '../address/socket.js'
import { socketTrouble } from '../address/socketErrors.js'
import type { SqlOptions } from '../Driver.js'
import { type Session, type SingleOptions, singleSession } from '../session/sessionInterpreter.js'
import { onAbort } from './onAbort.js'
import { pace } from './pace.js'

type Answer<A> = Promise<E.Either<DbError, A>>

/** What happens to a connection that comes back with an open transaction, which only text of the caller's own can begin. */
type TransactionGuard = 'rollback' | 'raise' | 'ignore' | 'discard'

export interface PoolOptions extends SqlOptions {
  /** The most connections that are open at a time; 10 unless told. */
  readonly max?: number
  /** Asks a connection whether it is alive before it is lent; false unless told, since a lost one is mostly known to be. */
  readonly prePing?: boolean
  /** Seconds after which a connection is replaced by a new one; never unless told. */
  readonly recycle?: number
  /** Milliseconds after which a connection that nobody uses is closed; 30,000 unless told. */
  readonly idleTimeout?: number
  /**
   * Milliseconds that an operation waits for a connection, and that opening one may take up to its first statement.
   * Default: 10,000.
   */
  readonly acquireTimeout?: number
  /**
   * Milliseconds after which the server cancels a statement. Default: no limit. A server that says nothing loses its connection
   * 2 seconds later.
   */
  readonly statementTimeout?: number
  /**
   * Without `statementTimeout`: milliseconds of silence after which another connection asks whether the server still works on
   * the statement; it is lost where it does not, or where the server can't be asked twice in a row. Default: 30,000.
   */
  readonly lookAfter?: number
  /** `rollback` unless told: the transaction is undone, and the operation is answered as if nothing were. */
  readonly transactionGuard?: TransactionGuard
}

/** One connection of a server. */
export interface Connection {
  readonly session: Session
  /** Whether it can't be used any more. Known without asking. */
  readonly isLost: () => boolean
  /** Whether the server answers. */
  readonly ping: () => Promise<boolean>
  /** Whether a transaction is open that the session has not begun. */
  readonly isOpen: () => Promise<boolean>
  /** Undoes such a transaction. */
  readonly undo: () => Promise<void>
  /** Cuts it, at once and without fail. */
  readonly destroy: () => Promise<void>
  /** Says goodbye to the server, and cuts it when that takes too long. */
  readonly close: () => Promise<void>
}

export interface Server {
  /** Opens a connection and prepares it; throws what the driver throws. Nothing of it is left when the signal is aborted before. */
  readonly connect: (signal: AbortSignal) => Promise<Connection>
  /** What went wrong in connecting. */
  readonly classify: (thrown: unknown) => DbError
  /** Whether statements may be sent before those before them are answered. */
  readonly pipelines: boolean
  readonly capabilities: Capabilities
}

/** A connection on loan. */
interface Lent {
  readonly connection: Connection
  readonly since: number
}

/** Reads that share a connection, from the moment the first of them asks for one. */
interface Ride {
  /** The connection, or the promise of one. */
  lent: Lent | Answer<Lent>
  /** Whether who joins waits for nobody to give a connection back. */
  isSure: boolean
  riders: number
}

export const ACQUIRE_TIMEOUT = 10_000
const DEFAULTS = { max: 10, idleTimeout: 30_000, acquireTimeout: ACQUIRE_TIMEOUT }
export const LOOK_AFTER = 30_000
const WAITED =
  'all connections are in use: inside a transaction use the db that its body is given, end transactions and streams sooner, or allow more connections with max'
/** The caller gave up while it waited for a connection. */
const GIVEN_UP = new Error('given up')
/** Nothing waits for a new connection any more. */
const NOT_WANTED = new Error('not wanted')
/** Pipelines that are longer than this make the callers at their end wait. */
const MOST_RIDERS = 64

const within = (ms: number): number => Math.max(1, Math.min(ms, LONGEST_TIMER))

/** A number of connections that there can't be. */
export const poolProblem = ({ max = DEFAULTS.max }: PoolOptions): DbError | null =>
  Number.isSafeInteger(max) && max > 0 ? null : validationError(['max'], 'a pool has at least one connection: give a whole number')

/** A runner over a pool, and a look whether a connection can be had. */
interface Pooled {
  readonly runner: Runner
  readonly reach: TaskEither<DbError, void>
}

export const pooled = (server: Server, options: PoolOptions): Pooled => {
  const { capabilities } = server
  const acquireTimeout = within(options.acquireTimeout ?? DEFAULTS.acquireTimeout)
  const single: SingleOptions = { acquireTimeout }
  const guard = options.transactionGuard ?? 'rollback'
  const max = options.max ?? DEFAULTS.max
  const live = new Set<Connection>()
  const cursors = new Set<Cursor<unknown>>()
  const rides = new Set<Ride>()
  const atHand: Lent[] = []
  let isClosed = false

  const tooOld = ({ since }: Lent): boolean => options.recycle !== undefined && performance.now() - since > options.recycle * 1000
  const pacing = pace()
  /** No attempt to connect begins after the first is aborted; the second ends those that are under way. */
  const stopping = new AbortController()
  const ending = new AbortController()
  const waiting = new Set<ReturnType<typeof pool.acquire>>()
  /** Why there is no connection, since the last one was opened. */
  let trouble: unknown

  /** Fails all who wait, unless one of the connections that are in use may come back to them. */
  const disappoint = (thrown: unknown): void => {
    if ([...live].every(c => c.isLost())) for (const pending of [...waiting]) pending.reject(thrown as Error)
  }

  /** An attempt waits for its turn, and is not made when nothing waits for it any more. */
  const create = async (): Promise<Lent> => {
    await pacing.turn(stopping.signal).catch(() => undefined)
    if (stopping.signal.aborted) disappoint(NOT_WANTED)
    if (stopping.signal.aborted || waiting.size === 0) throw NOT_WANTED
    const began = performance.now()
    try {
      const connection = await inTime(acquireTimeout, server.connect, ending.signal)
      pacing.succeeded()
      trouble = undefined
      live.add(connection)
      return { connection, since: performance.now() }
    } catch (thrown) {
      pacing.failed(began)
      trouble = thrown
      disappoint(thrown)
      throw thrown
    }
  }

  const pool = new Pool<Lent>({
    min: 0,
    max,
    acquireTimeoutMillis: acquireTimeout,
    // `create` has a limit of its own
    createTimeoutMillis: LONGEST_TIMER,
    idleTimeoutMillis: within(options.idleTimeout ?? DEFAULTS.idleTimeout),
    createRetryIntervalMillis: 20,
    propagateCreateError: false,
    create,
    validate: lent => {
      if (!isUsable(lent)) return false
      // tarn waits for a promise, though its types say otherwise
      return options.prePing === true ? (lent.connection.ping() as unknown as boolean) : true
    },
    destroy: async ({ connection }) => {
      live.delete(connection)
      await connection.close()
    },
  })

  const acquire = async (signal?: AbortSignal): Answer<Lent> => {
    const pending = pool.acquire()
    waiting.add(pending)
    const ignore = signal === undefined ? () => undefined : onAbort(signal, () => pending.reject(GIVEN_UP))
    try {
      return E.right(await pending.promise)
    } catch (thrown) {
      if (thrown === GIVEN_UP) return E.left(cancelled)
      if (thrown === NOT_WANTED) return E.left(closed('interpreter'))
      if (!(thrown instanceof TimeoutError)) return E.left(server.classify(thrown))
      if (trouble !== undefined || live.size < max) return E.left(server.classify(trouble ?? socketTrouble('CONNECT_TIMEOUT')))
      return E.left(timeout('waiting for a connection', acquireTimeout, WAITED))
    } finally {
      ignore()
      waiting.delete(pending)
    }
  }

  const isUsable = (lent: Lent): boolean => !(lent.connection.isLost() || tooOld(lent))

  /**
   * Who asks within the same turn of the event loop is given what just came back, without a walk through the pool; then it
   * goes there. One that has to be asked whether it is alive goes there at once.
   */
  const release = (lent: Lent): void => {
    if (pool.numPendingAcquires() > 0 || options.prePing === true || !isUsable(lent)) return void pool.release(lent)
    if (atHand.push(lent) === 1) setImmediate(putAway)
  }
  const putAway = (): void => {
    for (const lent of atHand.splice(0)) pool.release(lent)
  }

  /** Who gave up while waiting for a connection sends nothing. */
  const sent = <A>({ session }: Connection, op: SqlOp & Operation<A>): Answer<A> =>
    op.signal?.aborted === true ? Promise.resolve(E.left(cancelled)) : session.perform(op)

  const loan = async (signal?: AbortSignal): Answer<Lent> => {
    const lent = atHand.pop()
    return lent === undefined ? acquire(signal) : E.right(lent)
  }

  /** Runs something on a connection of its own. */
  const borrowing = async <X, A>(
    f: (connection: Connection) => Promise<E.Either<X, A>>,
    signal?: AbortSignal,
  ): Promise<E.Either<X | DbError, A>> => {
    const lent = await loan(signal)
    if (E.isLeft(lent)) return lent
    try {
      return await f(lent.right.connection)
    } finally {
      release(lent.right)
    }
  }

  const isLost = ({ lent }: Ride): boolean => 'connection' in lent && lent.connection.isLost()

  /** Who waits for a connection of its own is not overtaken by reads that ride on. */
  const isWaitedFor = (): boolean => pool.numPendingAcquires() > pool.numPendingCreates()

  /** A connection for a read: one that reads go through already, when no other is free. */
  const ride = (): Ride => {
    const lent = atHand.pop()
    const isFree = pool.numFree() > 0
    const isFull = lent === undefined && !isFree && pool.numUsed() + pool.numPendingCreates() >= max
    if (server.pipelines && isFull && !isWaitedFor()) {
      let best: Ride | undefined
      for (const r of rides) {
        if (r.isSure && r.riders < (best?.riders ?? MOST_RIDERS) && !isLost(r)) best = r
      }
      if (best !== undefined) {
        best.riders += 1
        return best
      }
    }
    const own: Ride = { lent: lent ?? acquire(), isSure: lent !== undefined || isFree, riders: 1 }
    rides.add(own)
    return own
  }

  const read = async <A>(op: SqlOp & Operation<A>): Answer<A> => {
    const own = ride()
    try {
      if (!('connection' in own.lent)) {
        const lent = await own.lent
        if (E.isLeft(lent)) return lent
        own.lent = lent.right
        own.isSure = true
      }
      return await sent(own.lent.connection, op)
    } finally {
      own.riders -= 1
      if (own.riders === 0) {
        rides.delete(own)
        if ('connection' in own.lent) release(own.lent)
      }
    }
  }

  /** A cursor keeps its connection until its end. */
  const opened = async (op: SqlOp): Answer<Cursor<unknown>> => {
    const lent = await loan(op.signal)
    if (E.isLeft(lent)) return lent
    const runner = singleSession(lent.right.connection.session, capabilities, single)
    const answer = await runner.perform(op as SqlOp & Operation<Cursor<unknown>>)()
    if (E.isLeft(answer)) {
      release(lent.right)
      return answer
    }
    const inner = answer.right
    if (isClosed) {
      await inner.close()
      release(lent.right)
      return E.left(closed('interpreter'))
    }
    let isAtEnd = false
    const held: Cursor<unknown> = {
      next: async () => {
        if (isAtEnd) return E.right([])
        if (!cursors.has(held)) return E.left(closed('cursor'))
        const rows = await inner.next()
        isAtEnd = E.isRight(rows) && rows.right.length === 0
        if (E.isLeft(rows) || isAtEnd) await held.close()
        return rows
      },
      close: async () => {
        if (!cursors.delete(held)) return E.right(undefined)
        const done = await inner.close()
        release(lent.right)
        return done
      },
    }
    cursors.add(held)
    return E.right(held)
  }

  /** Text of the caller's own may leave a transaction open. */
  const guarded = async <A>(connection: Connection, answer: E.Either<DbError, A>): Answer<A> => {
    const isRefused = E.isLeft(answer) && (answer.left._tag === 'ValidationError' || answer.left._tag === 'Unsupported')
    if (guard === 'ignore' || isRefused || connection.isLost()) return answer
    try {
      if (!(await connection.isOpen())) return answer
      if (guard === 'discard') await connection.destroy()
      else await connection.undo()
    } catch {
      // it was lost meanwhile, or is in a state that it does not leave
      await connection.destroy()
    }
    if (guard === 'raise' && E.isRight(answer)) {
      return E.left(databaseError(null, 'a statement of your own left a transaction open, which was rolled back: use Program.transaction'))
    }
    return answer
  }

  let underWay = 0
  let allEnded = (): void => undefined

  /** What was begun before the runner is closed is waited for; where that takes too long, its connection is gone. */
  const counted = async <X, A>(f: () => Promise<E.Either<X | DbError, A>>): Promise<E.Either<X | DbError, A>> => {
    if (isClosed) return E.left(closed('interpreter'))
    underWay += 1
    try {
      const answer = await f()
      const isCut = isClosed && E.isLeft(answer) && (answer.left as Partial<DbError> | null)?._tag === 'ConnectionError'
      return isCut ? E.left(closed('interpreter')) : answer
    } finally {
      underWay -= 1
      if (underWay === 0) allEnded()
    }
  }

  const performed = <A>(op: SqlOp & Operation<A>): Answer<A> => {
    if (op.signal?.aborted === true) return Promise.resolve(E.left(cancelled))
    switch (op.tag) {
      case 'all':
        // what the server is told to cancel is whatever its connection is busy with: that must be no one else's
        return op.signal === undefined ? read(op) : borrowing(c => sent(c, op), op.signal)
      case 'cursor':
        return opened(op) as Answer<any>
      case 'advisoryLock':
        return Promise.resolve(E.left(lockOutside))
      case 'raw':
        return borrowing(async c => guarded(c, await sent<A>(c, op)), op.signal)
      default:
        return borrowing(c => sent(c, op), op.signal)
    }
  }

  const perform: Interpreter<SqlOp>['perform'] = op => () => counted(() => performed(op))

  const transaction =
    <X, A>(o: TxOptions, use: (tx: Interpreter<SqlOp>) => TaskEither<X, A>): TaskEither<X | DbError, A> =>
    () =>
      counted<X, A>(() =>
        borrowing<X | DbError, A>(async c => {
          const answer = await singleSession(c.session, capabilities, single).transaction(o, use)()
          // a body that goes on after its end may still use the connection
          if (E.isLeft(answer) && (answer.left as Partial<DbError>)?._tag === 'Timeout') await c.destroy()
          return answer
        }),
      )

  const closeOnce = async (): Answer<void> => {
    isClosed = true
    stopping.abort()
    for (const cursor of cursors) await cursor.close()
    const ended = new Promise<void>(resolve => {
      allEnded = resolve
      if (underWay === 0) resolve()
    })
    let timer: ReturnType<typeof setTimeout> | undefined
    const waited = new Promise<void>(resolve => {
      timer = setTimeout(resolve, acquireTimeout)
    })
    await Promise.race([ended, waited])
    clearTimeout(timer)
    ending.abort()
    // what is still under way is cut; the others are ended politely
    await Promise.all([...live].map(c => (underWay === 0 ? c.close() : c.destroy())))
    putAway()
    // the pool waits for what is lent, and who has it may be waiting for this
    const emptied = pool.destroy()
    if (underWay === 0) await emptied
    return E.right(undefined)
  }
  let closing: Answer<void> | undefined
  const close: TaskEither<DbError, void> = () => {
    closing ??= closeOnce()
    return closing
  }
  const reach: TaskEither<DbError, void> = () => counted(() => borrowing(async () => E.right(undefined)))
  return { runner: { perform, transaction, capabilities, close }, reach }
}
