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
import {
  cancelled,
  closed,
  connectionError,
  type DbError,
  databaseError,
  lockOutside,
  textOf,
  timeout,
  validationError,
} from '../core/DbError.js'
import { LONGEST_TIMER } from '../core/fetch.js'
import type { Capabilities, Cursor, Interpreter, Operation, Runner, SqlOp, TxOptions } from '../core/Interpreter.js'
import { type Session, type SingleOptions, singleSession } from './single.js'
import type { SqlOptions } from './sqlSession.js'

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
  /** Milliseconds that an operation waits for a connection; 10,000 unless told. */
  readonly acquireTimeout?: number
  /** Milliseconds after which the server gives a statement up; without limit unless told. */
  readonly statementTimeout?: number
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
  /** Closes it, at once and without fail. */
  readonly destroy: () => Promise<void>
}

export interface Server {
  /** Opens a connection and prepares it; throws what the driver throws. */
  readonly connect: () => Promise<Connection>
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

const DEFAULTS = { max: 10, idleTimeout: 30_000, acquireTimeout: 10_000 }
const WAITED =
  'all connections are in use: inside a transaction use the db that its body is given, end transactions and streams sooner, or allow more connections with max'
/** Pipelines that are longer than this make the callers at their end wait. */
const MOST_RIDERS = 64

const within = (ms: number): number => Math.max(1, Math.min(ms, LONGEST_TIMER))

/** A number of connections that there can't be. */
export const poolProblem = ({ max = DEFAULTS.max }: PoolOptions): DbError | null =>
  Number.isSafeInteger(max) && max > 0 ? null : validationError(['max'], 'a pool has at least one connection: give a whole number')

export const pooled = (server: Server, options: PoolOptions): Runner => {
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
  const pool = new Pool<Lent>({
    min: 0,
    max,
    acquireTimeoutMillis: acquireTimeout,
    createTimeoutMillis: acquireTimeout,
    idleTimeoutMillis: within(options.idleTimeout ?? DEFAULTS.idleTimeout),
    createRetryIntervalMillis: 20,
    propagateCreateError: true,
    create: async () => {
      const connection = await server.connect()
      live.add(connection)
      return { connection, since: performance.now() }
    },
    validate: lent => {
      if (!isUsable(lent)) return false
      // tarn waits for a promise, though its types say otherwise
      return options.prePing === true ? (lent.connection.ping() as unknown as boolean) : true
    },
    destroy: async ({ connection }) => {
      live.delete(connection)
      await connection.destroy()
    },
  })

  const acquire = async (): Answer<Lent> => {
    try {
      return E.right(await pool.acquire().promise)
    } catch (thrown) {
      if (thrown instanceof TimeoutError) return E.left(timeout('waiting for a connection', acquireTimeout, WAITED))
      return E.left(server.classify(thrown))
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

  const loan = async (): Answer<Lent> => {
    const lent = atHand.pop()
    return lent === undefined ? acquire() : E.right(lent)
  }

  /** Runs something on a connection of its own. */
  const borrowing = async <X, A>(f: (connection: Connection) => Promise<E.Either<X, A>>): Promise<E.Either<X | DbError, A>> => {
    const lent = await loan()
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
    const lent = await loan()
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
        return op.signal === undefined ? read(op) : borrowing(c => sent(c, op))
      case 'cursor':
        return opened(op) as Answer<any>
      case 'advisoryLock':
        return Promise.resolve(E.left(lockOutside))
      case 'raw':
        return borrowing(async c => guarded(c, await sent<A>(c, op)))
      default:
        return borrowing(c => sent(c, op))
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
    await Promise.all([...live].map(c => c.destroy()))
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
  return { perform, transaction, capabilities, close }
}

/** Codes with which the operating system and the resolver say that there is nobody. */
const WORDS: { readonly [code: string]: string } = {
  ECONNREFUSED: 'nobody listens there: is the server running, and is this its port?',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name of the host can not be looked up now',
  ETIMEDOUT: 'no answer in time: is the address right, and does a firewall let it through?',
  CONNECT_TIMEOUT: 'no answer in time: is the address right, and does a firewall let it through?',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ECONNRESET: 'the server ended the connection',
  EPIPE: 'the connection is gone',
  CONNECTION_CLOSED: 'the connection was lost',
  CONNECTION_ENDED: 'the connection was ended',
  CONNECTION_DESTROYED: 'the connection was ended',
  PROTOCOL_CONNECTION_LOST: 'the connection was lost',
}

/** An error of a socket as a `ConnectionError`, or null when it is none. */
export const socketError = (target: string, thrown: unknown): DbError | null => {
  const code = (thrown as { readonly code?: unknown } | null)?.code
  const inner = (thrown as { readonly errors?: readonly unknown[] } | null)?.errors?.[0]
  if (typeof code !== 'string') return inner === undefined ? null : socketError(target, inner)
  const words = WORDS[code]
  if (words !== undefined) return connectionError(target, words, thrown)
  return /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)
    ? connectionError(target, `TLS: ${textOf(thrown)}`, thrown)
    : null
}

/** An address that is none. What it says may hold a password, and is not repeated. */
export const unreadable = (what: string, thrown: unknown): DbError =>
  connectionError(what, `the address can not be read: ${what}://user:password@host:port/database, with % for what is special in it`, thrown)
