import * as assert from 'uvu/assert'
import { NoReply, watchConnection } from '../../lib/run/pool/connectionWatch.js'
import { suite } from '../suite.js'

const REPLY = new Error('the statement failed')

/** A watch over a fake connection. */
const connection = (
  limits: { readonly statementTimeout?: number; readonly lookAfter?: number; readonly look?: () => Promise<boolean> } = {},
) => {
  let written = 0
  let isCut = false
  const watch = watchConnection({
    statementTimeout: limits.statementTimeout,
    lookAfter: limits.lookAfter ?? 10_000,
    look: limits.look ?? (() => Promise.resolve(true)),
    isReply: thrown => thrown === REPLY,
    written: () => written,
    received: () => 0,
    cut: () => {
      isCut = true
    },
  })
  return {
    watch,
    isCut: () => isCut,
    /** A statement of some bytes that never gets a reply. */
    silent: (bytes: number) => () => {
      written += bytes
      return new Promise<never>(() => undefined)
    },
    /** A statement of some bytes that fails. */
    failing: (bytes: number, error: unknown) => () => {
      written += bytes
      return Promise.reject(error)
    },
  }
}

const failure = async (pending: Promise<unknown>): Promise<unknown> =>
  pending.then(
    () => assert.unreachable('an answer'),
    thrown => thrown,
  )

const noReply = (thrown: unknown): NoReply => {
  assert.instance(thrown, NoReply)
  return thrown as NoReply
}

const test = suite('connection watch')

test('a statement is sent when one of its bytes is', async () => {
  const c = connection()
  const [nothing, something] = [failure(c.watch.reply(c.silent(0))), failure(c.watch.reply(c.silent(1)))]
  c.watch.lose()
  // the bytes of the second were handed over after those of the first
  assert.is(noReply(await something).isSent, true)
  assert.is(noReply(await nothing).reason, 'lost')
  const other = connection()
  const alone = failure(other.watch.reply(other.silent(0)))
  other.watch.lose()
  assert.is(noReply(await alone).isSent, false)
})

test('a reply is the answer, and the connection stays', async () => {
  const c = connection()
  assert.is(await failure(c.watch.reply(c.failing(5, REPLY))), REPLY)
  assert.not(c.watch.isLost())
  assert.not(c.isCut())
  assert.is(await c.watch.reply(() => Promise.resolve(1)), 1)
})

test('whatever else a driver throws is no reply: the connection is cut, and all that wait on it fail', async () => {
  const c = connection()
  const waits = failure(c.watch.reply(c.silent(3)))
  const thrown = noReply(await failure(c.watch.reply(c.failing(5, new Error('write EPIPE')))))
  assert.is(thrown.isSent, true)
  assert.ok(c.watch.isLost())
  assert.ok(c.isCut())
  assert.is(noReply(await waits).isSent, true)
  const later = noReply(await failure(c.watch.reply(() => Promise.resolve(1))))
  assert.is(later.reason, 'gone')
  assert.is(later.isSent, false)
})

test('silence is found out 2 seconds after the limit, or by two looks that are not answered', async () => {
  // its own timers don't keep a process alive
  const alive = setInterval(() => undefined, 1_000)
  const limited = connection({ statementTimeout: 10 })
  const began = performance.now()
  assert.is(noReply(await failure(limited.watch.reply(limited.silent(1)))).reason, 'silent')
  assert.ok(performance.now() - began >= 1_900)
  let looks = 0
  const watched = connection({
    lookAfter: 20,
    look: () => {
      looks += 1
      return Promise.reject(new Error('not answered'))
    },
  })
  assert.is(noReply(await failure(watched.watch.reply(watched.silent(1)))).reason, 'silent')
  assert.is(looks, 2)
  clearInterval(alive)
})

test.run()
