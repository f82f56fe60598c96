/**
 * Transformers over operations that are not SQL: an interpreter of a toy search has the same middleware, and keeps its types.
 */
import type { Span, Tracer } from '@opentelemetry/api'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as assert from 'uvu/assert'
import { cancelled, type DbError, deadlock, unsupported } from '../../lib/DbError.js'
import type { Interpreter, Operation, Runner } from '../../lib/Interpreter.js'
import { abortable } from '../../lib/transform/abortable.js'
import { around, type Transformer } from '../../lib/transform/around.js'
import { type Logged, logged, timed } from '../../lib/transform/logged.js'
import { retrying } from '../../lib/transform/retrying.js'
import { traced } from '../../lib/transform/traced.js'
import { suite } from '../suite.js'

/** Finds the words that begin with a text. */
interface Find extends Operation<readonly string[]> {
  readonly tag: 'find'
  readonly prefix: string
}

/** Adds a word. */
interface Add extends Operation<void> {
  readonly tag: 'add'
  readonly word: string
}

type ToyOp = Find | Add

interface ToyCapabilities {
  readonly engine: 'toy'
  readonly longestWord: number
}

type Toy = Runner<ToyOp, ToyCapabilities>

/** A runner over a list of words; the first `failures` operations are deadlocks. */
const toy = (failures = 0): Toy & { readonly words: string[] } => {
  const words: string[] = ['ant', 'bee']
  let left = failures
  const perform = <A>(op: ToyOp & Operation<A>): TaskEither<DbError, A> => {
    const answer = (): unknown => (op.tag === 'find' ? words.filter(w => w.startsWith(op.prefix)) : void words.push(op.word))
    return async () => {
      if (op.signal?.aborted) return E.left(cancelled)
      if (left > 0) {
        left -= 1
        return E.left(deadlock())
      }
      return E.right(answer() as A)
    }
  }
  const db: Interpreter<ToyOp, ToyCapabilities> = {
    perform,
    capabilities: { engine: 'toy', longestWord: 9 },
    transaction: (_, use) => async () => {
      const before = [...words]
      const answer = await use(db)()
      if (E.isLeft(answer)) words.splice(0, words.length, ...before)
      return answer
    },
  }
  return { ...db, words, close: async () => E.right(undefined) }
}

const find = (prefix: string): Find => ({ tag: 'find', prefix })
const add = (word: string): Add => ({ tag: 'add', word })
const described = (op: ToyOp, engine: string) => ({ operation: `${op.tag} in ${engine}`, table: 'words', sql: null })

const test = suite('transformers of other operations')

test('around sees every operation, in transactions too, and may refuse it', async () => {
  const seen: string[] = []
  const short: Transformer<ToyOp, ToyCapabilities> = around<ToyOp, ToyCapabilities>((op, next, { capabilities }) => {
    seen.push(op.tag)
    const tooLong = op.tag === 'add' && op.word.length > capabilities.longestWord
    return tooLong ? async () => E.left(unsupported('a long word', 'toy')) : next
  })
  const base = toy()
  const db = short(base)
  assert.equal(await db.perform(find('a'))(), E.right(['ant']))
  const refused = await db.transaction({}, tx => async () => {
    await tx.perform(add('cat'))()
    return tx.perform(add('caterpillar'))()
  })()
  assert.ok(E.isLeft(refused) && refused.left._tag === 'Unsupported')
  assert.equal(base.words, ['ant', 'bee'])
  assert.equal(seen, ['find', 'add', 'add'])
})

test('abortable cancels', async () => {
  const controller = new AbortController()
  const db = pipe(toy(), abortable(controller.signal))
  const longest: number = db.capabilities.longestWord
  assert.is(longest, 9)
  assert.equal(await db.perform(find('b'))(), E.right(['bee']))
  controller.abort()
  assert.equal(await db.perform(find('b'))(), E.left(cancelled))
})

test('retrying retries', async () => {
  const db = pipe(toy(2), retrying({ delay: 0 }))
  assert.equal(await db.perform(find('b'))(), E.right(['bee']))
})

test('logged and timed describe the operations', async () => {
  const entries: Logged[] = []
  const tags: string[] = []
  const db = pipe(
    toy(),
    logged(entry => entries.push(entry), described),
    timed(tag => tags.push(tag)),
  )
  await db.transaction({}, tx => tx.perform(add('cat')))()
  const found: E.Either<DbError, readonly string[]> = await db.perform(find(''))()
  assert.equal(found, E.right(['ant', 'bee', 'cat']))
  assert.equal(
    entries.map(e => [e.operation, e.table, e.rows]),
    [
      ['add in toy', 'words', null],
      ['find in toy', 'words', 3],
    ],
  )
  assert.equal(tags, ['add', 'find'])
})

test('traced names spans by the description', async () => {
  const names: string[] = []
  const span = { end: () => undefined } as unknown as Span
  const tracer = {
    startSpan: (name: string) => {
      names.push(name)
      return span
    },
  } as unknown as Tracer
  const db = pipe(toy(), traced(tracer, described))
  await db.transaction({}, tx => tx.perform(find('a')))()
  assert.equal(names, ['transaction', 'find in toy words'])
})

test.run()
