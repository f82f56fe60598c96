/**
 * Queries and conditions that are deep or long: planned in a time that grows little faster than their size, or refused at once.
 *
 * The limits are some twenty times the measured times, so that only another order of growth exceeds them: before, 500 levels of a sort
 * with a limit took 4 s, 1,000 of them 85 s, and a fold of 8,000 conditions 42 s.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { int } from '../../lib/Column.js'
import type { AnyExpr, AnyQuery } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import { evaluate } from '../../lib/model/evaluate.js'
import * as Q from '../../lib/Query.js'
import { toSql } from '../../lib/sql/index.js'
import { table } from '../../lib/Table.js'
import { GROWING, grownDatabase } from '../growing.js'
import { suite } from '../suite.js'

const test = suite('deep queries')
const t = table('deep', { id: int, n: int }, { primaryKey: ['id'] })

const nested = (levels: number, step: (q: AnyQuery) => AnyQuery): AnyQuery => {
  let q: AnyQuery = Q.from(t)
  for (let i = 0; i < levels; i += 1) q = step(q)
  return q
}

/** Milliseconds, and what came of it. */
const planned = (q: AnyQuery): readonly [number, E.Either<{ readonly _tag: string; readonly message: string }, unknown>] => {
  const started = performance.now()
  const answer = toSql('postgres')(q)
  return [performance.now() - started, answer]
}

const STEPS: { readonly [name: string]: (q: AnyQuery) => AnyQuery } = {
  'a sort with a limit': q => Q.limit(10)(Q.orderBy((r: any) => [X.asc(r.n)])(q as never)),
  'a condition': q => Q.where((r: any) => X.gt(r.n, 1))(q as never),
  'a union on the left': q => Q.unionAll(Q.from(t))(q as never),
  'a union on the right': q => Q.unionAll(q as never)(Q.from(t) as never),
  'a distinct': q => Q.distinct(q),
}

for (const [name, step] of Object.entries(STEPS)) {
  test(`300 times ${name}`, () => {
    const [ms, answer] = planned(nested(300, step))
    assert.ok(E.isRight(answer) || answer.left._tag === 'Unsupported', name)
    assert.ok(ms < 6_000, `${name}: ${ms.toFixed(0)} ms`)
  })
}

test('200 joins', () => {
  const [ms, answer] = planned(nested(200, q => Q.flatMap((r: any) => Q.where((s: any) => X.eq(s.id, r.n))(Q.from(t)))(q as never)))
  assert.ok(E.isRight(answer) && ms < 6_000, `${ms.toFixed(0)} ms`)
})

test('1,000 levels are planned, or refused', () => {
  const [ms, answer] = planned(nested(1_000, STEPS['a sort with a limit'] as (q: AnyQuery) => AnyQuery))
  assert.ok(E.isRight(answer) || answer.left._tag === 'Unsupported')
  assert.ok(ms < 15_000, `${ms.toFixed(0)} ms`)
})

for (const [connective, combine] of Object.entries({ and: X.and, or: X.or })) {
  test(`10,000 conditions by ${connective}, in one call and by a fold from either side`, () => {
    const preds = Array.from({ length: 10_000 }, (_, i) => X.eq(X.lit(i), i))
    const started = performance.now()
    const flat = combine(...preds)
    const left = preds.reduce((all, p) => combine(all, p))
    const right = preds.reduceRight((all, p) => combine(p, all))
    for (const e of [flat, left, right]) {
      const { node } = e
      assert.is(node.tag === 'call' ? node.args.length : 0, preds.length)
      assert.is((e as AnyExpr).depth, (flat as AnyExpr).depth)
    }
    assert.ok(performance.now() - started < 15_000)
  })
}

test('a field that is made of itself twice, again and again, is refused', () => {
  const doubled = (n: number): AnyQuery => nested(n, q => Q.map((r: any) => ({ id: r.id, n: X.plus(r.n, r.n) }))(q as never))
  assert.ok(E.isRight(planned(doubled(10))[1]))
  const [ms, answer] = planned(doubled(40))
  assert.match(E.isLeft(answer) ? answer.left.message : '', /written out: give what is used more than once a query of its own/)
  assert.ok(ms < 3_000, `${ms.toFixed(0)} ms`)
})

// --- The curve --------------------------------------------------------------------------------

const COMBINATORS = [
  'let',
  'bindOf',
  'bind',
  'join',
  'leftJoin',
  'mapRow',
  'where',
  'orderBy',
  'keys of orderBy',
  'union',
  'unionAll',
  'except',
]

/** Four times as much takes 16 times as long where it grows with the square, 5 times where it does with n log n. */
const MOST_GROWTH = 10
const ATTEMPTS = 5

/** CPU milliseconds, which other processes on the machine do not lengthen; less than a few are noise. */
const cpu = (run: () => E.Either<unknown, unknown>): number => {
  const started = process.cpuUsage()
  assert.ok(E.isRight(run()))
  const { user, system } = process.cpuUsage(started)
  return Math.max((user + system) / 1_000, 5)
}

const ROADS: { readonly [name: string]: (q: AnyQuery) => E.Either<unknown, unknown> } = {
  'as SQL': q => toSql('postgres')(q),
  'in memory': q => evaluate(grownDatabase, q),
}

for (const [road, take] of Object.entries(ROADS)) {
  for (const name of COMBINATORS) {
    test(`${name} ${road}: four times as many take far less than 16 times as long`, () => {
      const make = GROWING[name] as (n: number) => AnyQuery
      const ratios: number[] = []
      // a collection of garbage, or a compilation, falls into some attempt: growth shows in each
      while (ratios.length < ATTEMPTS && ratios.every(r => r > MOST_GROWTH)) {
        const [few, many] = [cpu(() => take(make(200))), cpu(() => take(make(800)))]
        ratios.push(many / few)
      }
      assert.ok(Math.min(...ratios) <= MOST_GROWTH, `${name} ${road}: ${ratios.map(r => r.toFixed(1)).join(', ')}`)
    })
  }
}

test.run()
