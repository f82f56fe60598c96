/**
 * The lock of migrations: one runner at a time.
 *
 * The lock is a row with a token and an expiry by the server's clock (a lease). A runner takes it when it is free or expired, polling until a
 * time-out; it renews the lease before each step, in the transaction that writes the history or the journal, so a runner whose lease was taken over
 * writes nothing and stops with a `MigrationError` (`lost`). On engines with transactional definitions that transaction holds the row until the
 * migration is committed; elsewhere the lease is also renewed by a timer while a step runs. The reasons are in ADR-38.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { update } from '../core/command/Command.js'
import { dateAdd } from '../core/expr/dates.js'
import { and, eq, isNull, lt, or } from '../core/expr/Expr.js'
import type { Db, Interpreter, SqlOp } from '../core/operation/Interpreter.js'
import * as Q from '../core/query/Query.js'
import { now } from '../core/syntax/volatile.js'
import type { Row } from '../core/table/Table.js'
import { type DbError, locked, migrationError } from '../core/value/DbError.js'
import { all } from '../program/fetch.js'
import { run } from '../program/run.js'
import { LONGEST_TIMER } from '../program/timer.js'
import { isLock, lock } from './migrationTables.js'

/** How a runner takes the lock. */
export interface LockOptions {
  /** The name of this runner, shown to others that wait. Default: the number of the process. At most 200 characters. */
  readonly who?: string
  /** How long to wait for the lock, in milliseconds. Default: 60,000. */
  readonly wait?: number
  /** How long the lock is held without a renewal, in milliseconds: after that a dead runner is replaced. Default: 30,000. */
  readonly lease?: number
}

/** A runner that has the lock. */
export interface Holder {
  readonly who: string
  readonly token: string
  readonly lease: number
}

type Answer<A> = Promise<E.Either<DbError, A>>
type Lock = Row<typeof lock>

const LONGEST_PAUSE = 250

const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))

const processName = (): string => {
  const { process } = globalThis as { readonly process?: { readonly pid?: number } }
  return process?.pid === undefined ? 'a program' : `process ${process.pid}`
}

const expiry = (lease: number): any => dateAdd(now, { milliseconds: lease })

const isFree = (row: any): any => and(isLock(row), or(isNull(row.token), isNull(row.expiresAt), lt(row.expiresAt, now)))

/** Takes the lock if it is free. It does not wait for a transaction that has the row. */
const tryLock = (env: Db, { who, token, lease }: Holder): Answer<boolean> =>
  env.db.transaction<DbError, boolean>({}, tx => async () => {
    const free = await all(pipe(Q.from(lock), Q.where(isFree), Q.forUpdate({ wait: 'skipLocked' })))({ db: tx })()
    if (E.isLeft(free)) return free
    if (free.right.length === 0) return E.right(false)
    const set = { holder: who, token, since: now, expiresAt: expiry(lease) } as never
    const taken = await run(update(lock)(() => set, isFree))({ db: tx })()
    return E.map((n: number) => n === 1)(taken)
  })()

/** The row of the lock. */
export const readLock = async (env: Db): Answer<Lock | null> =>
  E.map((rows: readonly Lock[]) => rows[0] ?? null)(await all(pipe(Q.from(lock), Q.where(isLock)))(env)())

const refusedBy = (row: Lock | null, wait: number): DbError => {
  const since = row?.since == null ? '' : `, since ${row.since.toISOString()}`
  return locked(
    'the lock of the migrations',
    `${row?.holder ?? 'another runner'}${since}`,
    `it was not free within ${wait} ms: wait until that runner has ended, or until its lease expires, and retry`,
  )
}

const isBusy = (e: DbError): boolean => ['SerializationFailure', 'Deadlock', 'Timeout', 'Locked'].includes(e._tag)

const acquire = async (env: Db, options: LockOptions): Answer<Holder> => {
  const holder: Holder = {
    who: (options.who ?? processName()).slice(0, 200),
    token: globalThis.crypto.randomUUID(),
    lease: options.lease ?? 30_000,
  }
  const wait = options.wait ?? 60_000
  const start = performance.now()
  for (;;) {
    const taken = await tryLock(env, holder)
    if (E.isLeft(taken) && !isBusy(taken.left)) return taken
    if (E.isRight(taken) && taken.right) return E.right(holder)
    const left = wait - (performance.now() - start)
    if (left <= 0) {
      const row = await readLock(env)
      return E.isLeft(row) ? row : E.left(refusedBy(row.right, wait))
    }
    await pause(Math.min(left, Math.min(LONGEST_PAUSE, holder.lease) * (0.2 + 0.8 * Math.random())))
  }
}

/** Renews the lease; fails with `MigrationError` if another runner has taken over. In a transaction it holds the lock until its end. */
export const renew = async (db: Interpreter<SqlOp>, { token, lease }: Holder): Answer<void> => {
  const set = { expiresAt: expiry(lease) } as never
  const renewed = await run(
    update(lock)(
      () => set,
      row => and(isLock(row), eq(row.token, token)),
    ),
  )({ db })()
  if (E.isLeft(renewed)) return renewed
  return renewed.right === 1
    ? E.right(undefined)
    : E.left(
        migrationError(
          'lost',
          [],
          'another runner has taken over the lock of the migrations: this one stops before its next step; see the status',
        ),
      )
}

const release = async (env: Db, { token }: Holder): Promise<void> => {
  const set = { holder: null, token: null, since: null, expiresAt: null } as never
  await run(
    update(lock)(
      () => set,
      row => and(isLock(row), eq(row.token, token)),
    ),
  )(env)()
}

/** Renews the lease by a timer while `body` runs. */
export const keeping = async <A>(env: Db, holder: Holder, body: () => Promise<A>): Promise<A> => {
  let last: Promise<unknown> | null = null
  const beat = (): void => {
    last ??= renew(env.db, holder).then(() => {
      last = null
    })
  }
  const timer = setInterval(beat, Math.min(LONGEST_TIMER, Math.max(1, holder.lease / 3)))
  try {
    return await body()
  } finally {
    clearInterval(timer)
    await last
  }
}

/** Runs `body` while holding the lock; fails with `Locked` if it is not had in time. */
export const withLock = async <A>(env: Db, options: LockOptions, body: (holder: Holder) => Answer<A>): Answer<A> => {
  const holder = await acquire(env, options)
  if (E.isLeft(holder)) return holder
  try {
    return await body(holder.right)
  } finally {
    await release(env, holder.right)
  }
}
