import * as assert from 'uvu/assert'
import { type Cancelling, cancelling } from '../../lib/run/pool/cancelling.js'
import { suite } from '../suite.js'

/** A statement that ends when its connection is cut or on a call, with a record of what happened to it. */
const statement = (how: Partial<Cancelling>) => {
  const happened: string[] = []
  let end: (answer: string) => void = () => undefined
  const pending = new Promise<string>(resolve => {
    end = resolve
  })
  const giving = new AbortController()
  const answer = cancelling(
    {
      signal: giving.signal,
      cancel: async () => undefined,
      absorb: async () => {
        happened.push('absorbed')
      },
      lose: () => {
        happened.push('cut')
        end('lost')
      },
      ...how,
    },
    () => pending,
  )
  return { happened, answer, abort: () => giving.abort(), end }
}

const test = suite('cancelling')

test('a statement that goes on for 2 seconds after the server was asked is cut', async () => {
  const s = statement({})
  s.abort()
  const began = performance.now()
  assert.is(await s.answer, 'lost')
  assert.ok(performance.now() - began >= 1_900)
  assert.equal(s.happened, ['cut', 'absorbed'])
})

test('a request that can not be made cuts the connection at once', async () => {
  const s = statement({ cancel: () => Promise.reject(new Error('refused')) })
  s.abort()
  const began = performance.now()
  assert.is(await s.answer, 'lost')
  assert.ok(performance.now() - began < 1_000)
  assert.equal(s.happened, ['cut'])
})

test('a statement that ends by itself keeps its answer, and waits for the request', async () => {
  let settle: () => void = () => undefined
  const settled = new Promise<void>(resolve => {
    settle = resolve
  })
  const s = statement({ cancel: () => settled })
  s.abort()
  s.end('answer')
  let isThere = false
  void s.answer.then(() => {
    isThere = true
  })
  await new Promise(resolve => setTimeout(resolve, 50))
  assert.not(isThere)
  settle()
  assert.is(await s.answer, 'answer')
  assert.equal(s.happened, ['absorbed'])
})

test('a limit asks by itself; where nobody asks nothing is absorbed', async () => {
  let asked = 0
  const limited = statement({
    after: 20,
    cancel: async () => {
      asked += 1
    },
  })
  await new Promise(resolve => setTimeout(resolve, 60))
  limited.end('answer')
  assert.is(await limited.answer, 'answer')
  assert.is(asked, 1)
  assert.equal(limited.happened, ['absorbed'])
  const quiet = statement({})
  quiet.end('answer')
  assert.is(await quiet.answer, 'answer')
  assert.equal(quiet.happened, [])
})

test.run()
