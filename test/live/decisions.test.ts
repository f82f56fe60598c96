/**
 * Every numbered decision on the meaning of a query, clause by clause, on every engine.
 *
 * The clauses are in `decisions/`. A clause holds, or the engine refuses it (`Unsupported`, and nothing was sent); any other result is a
 * failure. The results are docs/semantics.md: a run compares that file with them, and `UPDATE_SNAPSHOTS=1 npm test -- decisions` rewrites
 * it. What a server can't be made to do is in its list, with the reason, and the test checks that it still differs.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Runner } from '../../lib/Interpreter.js'
import { note, suite } from '../suite.js'
import { equal, isTrue } from './decisions/check.js'
import { clauses } from './decisions/clauses.js'
import { page, type Result, results } from './decisions/document.js'
import { engines, open } from './decisions/engines.js'

const FILE = 'docs/semantics.md'
const { record, resultOf } = results()

for (const engine of engines) {
  const on = suite(`on ${engine.name}`)
  let db: Runner | undefined
  on.before(async () => {
    db = await open(engine)
  })
  on.after(async () => {
    await db?.close()
  })
  for (const clause of clauses) {
    if ('reason' in clause) continue
    on(`S${clause.decision}: ${clause.clause}`, async () => {
      record(engine.name, clause, 'differs')
      if (clause.clause in engine.differs) {
        const held = await clause.run(db as Runner).catch(() => null)
        isTrue(held === null, `${engine.name} does not differ any more: take the clause out of its list`)
      } else record(engine.name, clause, await clause.run(db as Runner))
    })
  }
  on.run()
}

const table = suite('the table of decisions')

table('every decision has a clause, and no clause stands twice', () => {
  const numbers = new Set(clauses.map(c => c.decision))
  for (let n = 1; n <= 36; n += 1) isTrue(numbers.has(n), `decision ${n} has no clause`)
  equal(
    [...numbers].filter(n => n < 1 || n > 36),
    [],
  )
  const names = clauses.map(c => `${c.decision} ${c.clause}`)
  equal(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  )
})

table(`${FILE} says what these tests found`, () => {
  const found = page(
    clauses,
    engines.filter(e => e.inPage).map(e => e.name),
    resultOf,
  )
  const count = (r: Result): number => clauses.reduce((n, c) => n + engines.filter(e => resultOf(e.name, c) === r).length, 0)
  note(
    `${clauses.length} clauses of 36 decisions: ${count('held')} held, ${count('refused')} refused, ${count('differs')} differ, over ${engines.length} engines`,
  )
  for (const { name, differs } of engines.filter(e => !e.inPage)) {
    for (const [clause, reason] of Object.entries(differs)) {
      isTrue(
        clauses.some(c => c.clause === clause),
        `there is no clause "${clause}"`,
      )
      note(`${name} differs: ${clause} (${reason})`)
    }
    const refused = clauses.filter(c => resultOf(name, c) === 'refused')
    note(`${name} refuses ${refused.length}:${refused.map(c => `\n  ${c.decision}: ${c.clause}`).join('')}`)
  }
  if ((process.env['UPDATE_SNAPSHOTS'] ?? '') !== '') writeFileSync(FILE, found)
  const lines = (text: string): readonly string[] => text.split('\n')
  const old = new Set(lines(readFileSync(FILE, 'utf8')))
  const changed = lines(found).filter(line => !old.has(line))
  isTrue(
    readFileSync(FILE, 'utf8') === found,
    `${FILE} is out of date: run UPDATE_SNAPSHOTS=1 npm test -- decisions\n${changed.join('\n')}`,
  )
})

table.run()
