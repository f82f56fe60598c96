/**
 * The time to build, plan, print and evaluate a query, as it grows.
 *
 * `node dist/scripts/curve.js [PART] [MOST] [REPEATS]` prints for each combinator the milliseconds of CPU time for n = 125, 250, ... up to MOST
 * (2,000), each the best of three runs, and the ratio of the last to the one at a quarter of n: 4 is linear, 16 quadratic.
 * `PART` chooses combinators by their names; the tables of memory have two rows.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { AnyQuery } from '../lib/core/syntax/Syntax.js'
import { attempting } from '../lib/core/value/DbError.js'
import { evaluate } from '../lib/model/evaluate.js'
import { normalize } from '../lib/plan/normalize/normalize.js'
import type { Plan } from '../lib/plan/Rel.js'
import { reify } from '../lib/plan/reify.js'
import { toSql } from '../lib/sql/index.js'
import { GROWING, grownDatabase } from '../test/growing.js'

/** The phases of a query; each gets the result of the previous one. */
const PHASES: { readonly [name: string]: (q: AnyQuery) => () => E.Either<{ readonly _tag: string; readonly message: string }, unknown> } = {
  reify: q => () => attempting('', () => reify(q)),
  normalize: q => {
    const plan = attempting('', () => reify(q))
    return () => (E.isLeft(plan) ? plan : attempting('', () => normalize(plan.right as Plan)))
  },
  toSql: q => () => toSql('postgres')(q),
  memory: q => () => evaluate(grownDatabase, q),
}

/** The least CPU time of several runs in milliseconds, each with a new query; the name of the error if the query was refused. */
const least = (make: () => AnyQuery, phase: keyof typeof PHASES, repeats: number): number | string => {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < repeats; i += 1) {
    const run = (PHASES[phase] as (typeof PHASES)[string])(make())
    const started = process.cpuUsage()
    const answer = run()
    const { user, system } = process.cpuUsage(started)
    const ms = (user + system) / 1_000
    if (E.isLeft(answer)) return answer.left._tag
    best = Math.min(best, ms)
    if (ms > 2_000) break
  }
  return best
}

const [part = '', most = '2000', repeats = '3'] = process.argv.slice(2)
const sizes: number[] = []
for (let n = 125; n <= Number(most); n *= 2) sizes.push(n)
const shown = (x: number | string): string => (typeof x === 'string' ? x.slice(0, 9) : x.toFixed(1)).padStart(10)
console.log(`${''.padEnd(24)}${'phase'.padEnd(10)}${sizes.map(n => String(n).padStart(10)).join('')}    n / (n/4)`)
for (const [name, make] of Object.entries(GROWING).filter(([name]) => name.includes(part))) {
  for (const phase of Object.keys(PHASES)) {
    const all = sizes.map(n => least(() => make(n), phase, Number(repeats)))
    const [quarter, last] = [all.at(-3), all.at(-1)]
    const ratio = typeof quarter === 'number' && typeof last === 'number' ? (last / quarter).toFixed(1) : '-'
    console.log(`${name.padEnd(24)}${phase.padEnd(10)}${all.map(shown).join('')}${ratio.padStart(10)}`)
  }
}
