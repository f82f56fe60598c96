/**
 * Operations through a proxy that fails, and the rules for their results.
 *
 * A session performs operations on one runner and records the result, the time and the bytes that had passed the proxy. `judge` checks a
 * record, and the counters that its writes increment, against the rules:
 *
 * - applied exactly once if the result is Right, at most once if it is OutcomeUnknown, never if it is another error;
 * - OutcomeUnknown only for operations that may have written, and always if a byte of the write or COMMIT had passed;
 * - ConnectionError otherwise, Timeout only if the other side did not reply; within the time limit.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import { eq, plus } from '../../lib/Expr.js'
import type { Interpreter, Runner, SqlOp } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { ACQUIRE, type Counters, GRACE, type Site, SLACK, STATEMENT } from './cutSite.js'
import type { FaultProxy, Struck } from './faultProxy.js'

type Db = { readonly db: Interpreter<SqlOp> }
type Step = (db: Db) => TaskEither<DbError, unknown>

export type Tag = DbError['_tag'] | 'Right' | 'Hung' | 'Thrown'
type Kind = 'open' | 'read' | 'write' | 'transaction' | 'close'

export interface Recorded {
  readonly name: string
  readonly kind: Kind
  /** The counters that it was to increment. */
  readonly ids: readonly number[]
  readonly tag: Tag
  readonly message: string
  /** When it began and ended, by `performance.now()`. */
  readonly began: number
  readonly ended: number
  readonly limit: number
  /** When the first connection was opened meanwhile. */
  readonly opened: number | null
  /** When what may leave something behind was handed over: a write, or the COMMIT after a body that succeeded. */
  readonly handed: number | null
  /** The bytes that each connection had forwarded to the server until then. */
  readonly before: readonly number[]
  /** Of a read: the counter and what it was. */
  readonly seen: { readonly id: number; readonly n: number | undefined } | null
}

/** An operation that did not end in its time is given up this much later. */
const HANG = 6_000

const eqId = (id: number) => (c: { readonly id: any }) => eq(c.id, id)

/** Adds 1 to a counter, which is there. */
export const increment =
  (counters: Counters, id: number): Step =>
  db =>
  async () => {
    const answer = await C.run(C.update(counters)(c => ({ n: plus(c.n, 1) }), eqId(id)))(db)()
    if (E.isRight(answer) && answer.right !== 1) throw new Error(`an update of counter ${id} answered ${answer.right} rows`)
    return answer
  }

/** The same by a raw statement. */
export const incrementRaw =
  ({ server, counters }: Site, id: number): Step =>
  db => {
    const q = server === 'postgres' ? '"' : '`'
    const parts = [`UPDATE ${q}${counters.name}${q} SET n = n + 1 WHERE id = `, '']
    return Program.raw({})(Object.assign(parts, { raw: parts }) as unknown as TemplateStringsArray, id)(db)
  }

export const readOf =
  (counters: Counters, id: number) =>
  (db: Db): TaskEither<DbError, { readonly id: number; readonly n: number | undefined }> =>
  async () => {
    const answer = await Q.all(Q.where(eqId(id))(Q.from(counters)))(db)()
    return E.isLeft(answer) ? answer : E.right({ id, n: answer.right[0]?.n })
  }

/** One after the other, until one fails. */
export const inOrder =
  (...steps: readonly Step[]): Step =>
  db =>
  async () => {
    for (const step of steps) {
      const answer = await step(db)()
      if (E.isLeft(answer)) return answer
    }
    return E.right(undefined)
  }

export const nested =
  (step: Step): Step =>
  db =>
    Program.transaction()<Program.Db, DbError, unknown>(step)(db)

interface Asked {
  readonly name: string
  readonly kind: Kind
  readonly ids?: readonly number[]
  /** Milliseconds, without what opening a connection may take. */
  readonly limit?: number
}

/** Records operations on runners behind a proxy. */
export const recorder = (proxy: FaultProxy) => {
  const records: Recorded[] = []
  const passed = (): readonly number[] => proxy.links.map(link => link.toServer)

  /** `handing` is called when the COMMIT of a transaction comes next. */
  const record = async <A>(
    { name, kind, ids = [], limit }: Asked,
    task: (handing: () => void) => TaskEither<DbError, A>,
  ): Promise<E.Either<Tag, A>> => {
    const began = performance.now()
    const links = proxy.accepted.length
    let handed: number | null = kind === 'write' ? began : null
    let before = passed()
    const handing = (): void => {
      handed = performance.now()
      before = passed()
    }
    const most = (limit ?? STATEMENT + GRACE) + ACQUIRE + SLACK + HANG
    let timer: ReturnType<typeof setTimeout> | undefined
    const hung = new Promise<'Hung'>(resolve => {
      timer = setTimeout(() => resolve('Hung'), most)
    })
    const answer = await Promise.race([
      hung,
      task(handing)().catch((thrown: unknown) => ({ thrown: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) })),
    ])
    clearTimeout(timer)
    const ended = performance.now()
    const [tag, message]: readonly [Tag, string] =
      answer === 'Hung'
        ? ['Hung', '']
        : 'thrown' in answer
          ? ['Thrown', answer.thrown]
          : E.isRight(answer)
            ? ['Right', '']
            : [answer.left._tag, answer.left.message]
    const opened = proxy.accepted[links] ?? null
    const value = typeof answer === 'object' && 'right' in answer ? answer.right : undefined
    records.push({
      name,
      kind,
      ids,
      tag,
      message,
      began,
      ended,
      limit: (limit ?? STATEMENT + GRACE) + (opened !== null && kind !== 'open' ? ACQUIRE : 0) + SLACK,
      opened,
      handed,
      before,
      seen: kind === 'read' && tag === 'Right' ? (value as Recorded['seen']) : null,
    })
    return tag === 'Right' ? E.right(value as A) : E.left(tag)
  }

  const transaction = (db: Runner | Interpreter<SqlOp>, name: string, ids: readonly number[], body: Step, limit?: number) =>
    record({ name, kind: 'transaction', ids, ...(limit === undefined ? {} : { limit }) }, handing =>
      Program.transaction()<Program.Db, DbError, unknown>(tx => async () => {
        const answer = await body(tx)()
        if (E.isRight(answer)) handing()
        return answer
      })({ db }),
    )
  return { records, record, transaction }
}

/** How many counters a short session writes. */
export const SHORT_IDS = 6

/**
 * Opens a runner with one connection; a write, a read, a transaction, one with a savepoint, a raw write; closes it. A runner that
 * could not be opened is opened once more, and writes.
 */
export const shortSession = async (
  site: Site,
  proxy: FaultProxy,
  ids: readonly number[],
  ended: () => void,
): Promise<readonly Recorded[]> => {
  const { counters } = site
  const [a, b, c, d, e, f] = ids as [number, number, number, number, number, number]
  const { records, record, transaction } = recorder(proxy)
  const write = (id: number) => increment(counters, id)
  const opening = () => record({ name: 'open', kind: 'open', limit: ACQUIRE }, () => site.open(proxy, { max: 1 }))
  const closing = (db: Runner) => record({ name: 'close', kind: 'close', limit: 0 }, () => db.close)

  const opened = await opening()
  ended()
  if (E.isLeft(opened)) {
    const again = await opening()
    if (E.isRight(again)) {
      const db = again.right
      await record({ name: 'write after the second opening', kind: 'write', ids: [f] }, () => write(f)({ db }))
      await closing(db)
    }
    return records
  }
  const db = opened.right
  const steps: readonly (() => Promise<unknown>)[] = [
    () => record({ name: 'write', kind: 'write', ids: [a] }, () => write(a)({ db })),
    () => record({ name: 'read', kind: 'read' }, () => readOf(counters, a)({ db })),
    () => transaction(db, 'transaction', [b], inOrder(readOf(counters, b), write(b))),
    () => transaction(db, 'transaction with a savepoint', [c, d], inOrder(write(c), nested(write(d)))),
    () => record({ name: 'raw write', kind: 'write', ids: [e] }, () => incrementRaw(site, e)({ db })),
    () => record({ name: 'last write', kind: 'write', ids: [f] }, () => write(f)({ db })),
    () => closing(db),
  ]
  for (const step of steps) {
    await step()
    ended()
  }
  return records
}

/** The struck bytes, in the terms of the rules. */
export interface Fault {
  readonly struck: Struck
  /** Whether nothing failed, it took only a little longer. */
  readonly isHarmless: boolean
  /** Whether the other side may stop replying from then on. */
  readonly isSilent: boolean
  /** Whether the connection was not yet ready for a statement. */
  readonly isConnecting: boolean
}

/** How many bytes of what was handed over had passed on the connection that was struck. */
const bytesOf = ({ before, handed }: Recorded, { link, forwarded }: Struck): number =>
  handed === null ? 0 : forwarded.toServer - (before[link] ?? 0)

/** Unknown, though the server can't have begun it. */
export const isUnseen = (r: Recorded, { struck }: Fault): boolean => r.tag === 'OutcomeUnknown' && bytesOf(r, struck) === 0

const answered = (r: Recorded): string => {
  const message = r.message.replace(/\s+/g, ' ').trim()
  return `${r.name}: ${r.tag}${message === '' ? '' : ` (${message.slice(0, 120)})`}`
}

/** The rules of what was applied, which hold whatever has failed. */
export const appliedProblems = (records: readonly Recorded[], counts: ReadonlyMap<number, number>): readonly string[] =>
  records.flatMap(r => {
    const applied = r.ids.map(id => counts.get(id) ?? Number.NaN)
    const what = `${answered(r)}, applied ${applied.join(' and ')} times`
    const isEach = (n: number): boolean => applied.every(x => x === n)
    const problems: string[] = []
    if (r.tag === 'Right' && !isEach(1)) problems.push(`Right, and not applied exactly once: ${what}`)
    else if ((r.tag === 'OutcomeUnknown' || r.tag === 'Hung') && !isEach(0) && !isEach(1))
      problems.push(`not applied at most once, as a whole: ${what}`)
    else if (r.tag !== 'Right' && r.tag !== 'OutcomeUnknown' && r.tag !== 'Hung' && !isEach(0))
      problems.push(`failed, and applied: ${what}`)
    if (r.tag === 'OutcomeUnknown' && r.ids.length === 0) problems.push(`OutcomeUnknown of what writes nothing: ${what}`)
    if (r.tag === 'Hung' || r.ended - r.began > r.limit) {
      problems.push(`too late: ${answered(r)} after ${(r.ended - r.began).toFixed(0)} ms of at most ${r.limit}`)
    }
    return problems
  })

/** Reads see the writes before them. */
const seenProblems = (records: readonly Recorded[]): readonly string[] =>
  records.flatMap(({ seen }) => {
    if (seen === null) return []
    const written = records.find(r => r.ids.includes(seen.id))?.tag
    const isRight = written === 'OutcomeUnknown' ? seen.n === 0 || seen.n === 1 : seen.n === (written === 'Right' ? 1 : 0)
    return isRight ? [] : [`a read answers something else: ${seen.n} after a write that ended in ${written}`]
  })

/** Everything that a short session breaks. `fault` is null where nothing was struck. */
export const problemsOf = (records: readonly Recorded[], counts: ReadonlyMap<number, number>, fault: Fault | null): readonly string[] => {
  const problems = [...appliedProblems(records, counts), ...seenProblems(records)]
  const failed = records.filter(r => r.tag !== 'Right')
  if (fault === null || fault.isHarmless) {
    for (const r of failed) problems.push(`failed without a fault: ${answered(r)}`)
    return problems
  }
  const allowed: readonly Tag[] = ['Right', 'ConnectionError', 'OutcomeUnknown', 'Hung', ...(fault.isSilent ? (['Timeout'] as const) : [])]
  for (const r of failed) if (!allowed.includes(r.tag)) problems.push(`an answer that does not say what happened: ${answered(r)}`)
  for (const r of failed.slice(1))
    if (r.tag !== 'ConnectionError') problems.push(`the pool did not recover: ${answered(r)} after ${failed[0]?.name}: ${failed[0]?.tag}`)
  if (failed.length > 2) problems.push(`the pool did not recover: ${failed.map(answered).join('; ')}`)
  const { at } = fault.struck
  for (const r of records) {
    const isDuring = r.began <= at && at <= r.ended
    if (isDuring && fault.isConnecting && r.tag === 'OutcomeUnknown') problems.push(`OutcomeUnknown while connecting: ${answered(r)}`)
    const wasOpen = r.opened === null || r.opened > at
    const bytes = bytesOf(r, fault.struck)
    const wasHanded = isDuring && wasOpen && r.handed !== null && r.handed <= at && bytes > 0
    if (wasHanded && (r.tag === 'ConnectionError' || r.tag === 'Timeout'))
      problems.push(`handed over, and not OutcomeUnknown: ${answered(r)}, of which ${bytes} bytes had passed`)
  }
  return problems
}
