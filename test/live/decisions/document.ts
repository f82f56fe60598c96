/**
 * docs/semantics.md from the results: what holds on which engine.
 *
 * A cell is `held`, `refused` (the engine returned `Unsupported`, and nothing was sent), `differs` (a failing test), or `not yet` for
 * clauses about features that do not exist so far. The tests generate the page and compare it; it is not edited by hand.
 */
import type { Answer, Clause } from './check.js'
import { chapters } from './clauses.js'

export type Result = Answer | 'differs' | 'not yet'

export interface Results {
  readonly record: (engine: string, clause: Clause, result: Result) => void
  readonly resultOf: (engine: string, clause: Clause) => Result
}

export const results = (): Results => {
  const found = new Map<string, Map<Clause, Result>>()
  return {
    record: (engine, clause, result) => {
      const known = found.get(engine) ?? new Map<Clause, Result>()
      found.set(engine, known.set(clause, result))
    },
    resultOf: (engine, clause) => ('reason' in clause ? 'not yet' : (found.get(engine)?.get(clause) ?? 'differs')),
  }
}

const head = (clauses: readonly Clause[], engines: readonly string[]): string => {
  const later = clauses.filter(c => 'reason' in c).length
  return `# What a query means

Made by \`UPDATE_SNAPSHOTS=1 npm test -- decisions\` from the results of \`test/live/decisions.test.ts\`, and compared with them by every
\`npm test\`: it can't be out of date. Do not edit it by hand.

A query has one meaning, in memory and on every engine. Where an engine would answer otherwise, its statement is printed so that it does
not, or the query is refused. The numbers are those of the decisions; the tests have them too (\`S12: ...\`). Each line is one
clause that a test shows on each engine with a table of cases.

- **held**: the engine gives the decided result for every case of the test, or does not have what the clause is about (a time
  zone, a collation). Clauses that end in "refused before anything is sent" are checked at the driver.
- **refused**: the engine fails with \`Unsupported\`, before anything is sent to it.
- **not yet**: nothing exists that could show it here; the line gives the reason.
- **differs**: the engine gives another result. This is a failing test, and a bug of the library.

${clauses.length} clauses of 36 decisions, ${later} of them not yet, on ${engines.length} engines, those of every \`npm test\`. Servers are held
to the same clauses where they are available.
`
}

const escaped = (text: string): string => text.replaceAll('|', '\\|')

export const page = (clauses: readonly Clause[], engines: readonly string[], resultOf: Results['resultOf']): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const row = (c: Clause): string => {
    const text = 'reason' in c ? `${escaped(c.clause)} (${escaped(c.reason)})` : escaped(c.clause)
    return line([`S${c.decision}`, text, ...engines.map(e => resultOf(e, c))])
  }
  const parts = chapters.map(({ title, span: [from, to] }) => {
    const own = clauses.filter(c => c.decision >= from && c.decision <= to)
    return [
      `## ${title}`,
      '',
      line(['#', 'clause', ...engines]),
      line(['---', '---', ...engines.map(() => '---')]),
      ...own.map(row),
      '',
    ].join('\n')
  })
  return `${head(clauses, engines)}\n${parts.join('\n')}`
}
