/**
 * The SQL of every combinator, command and definition in the four dialects, held against the snapshot in sql.snapshot.md.
 *
 * What was printed once is read there by people; here it is only compared. When a change of the SQL is meant:
 *
 *     UPDATE_SNAPSHOTS=1 npm test -- sql
 *
 * and read the difference.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { note, suite } from '../suite.js'
import { aggregates } from './sql/aggregates.js'
import { commands } from './sql/commands.js'
import { definitions } from './sql/definitions.js'
import { expressions } from './sql/expressions.js'
import { joins } from './sql/joins.js'
import { nesting } from './sql/nesting.js'
import type { Cases } from './sql/print.js'
import { programs } from './sql/programs.js'
import { selects } from './sql/selects.js'
import { sets } from './sql/sets.js'
import { section, sectionsOf, source, sourcesOf } from './sql/snapshot.js'

const themes: { readonly [file: string]: readonly [title: string, cases: Cases] } = {
  selects: ['Rows of one table', selects],
  joins: ['Joins', joins],
  aggregates: ['Aggregates', aggregates],
  sets: ['Set operations', sets],
  nesting: ['Queries in rows and expressions', nesting],
  expressions: ['Expressions', expressions],
  programs: ['Programs', programs],
  commands: ['Commands', commands],
  definitions: ['Definitions', definitions],
}

const INTRODUCTION = `# What is printed

Every case is TypeScript and what it is in each dialect, with the values of its parameters. Dialects that print the same
stand together; what a dialect refuses stands there in its words. Lines are broken for the reader: statements are sent as
one line. The tables are those of \`examples/chinook/schema.ts\` and \`sql/tables.ts\`; names that a case mentions and does
not define stand in the file of its theme in \`sql/\`.

This file is written by \`UPDATE_SNAPSHOTS=1 npm test -- sql\`.`

const HOW = 'if this is meant, run `UPDATE_SNAPSHOTS=1 npm test -- sql` and read the difference'

const file = source('sql.snapshot.md')
const updates = (process.env.UPDATE_SNAPSHOTS ?? '') !== ''
const cases = Object.entries(themes).flatMap(([theme, [, some]]) => {
  const sources = sourcesOf(theme)
  return Object.entries(some).map(([name, make]) => ({ theme, name, make, code: sources.get(name) }))
})

const test = suite('snapshot')

if (updates) {
  test('is written', async () => {
    let text = INTRODUCTION
    for (const [theme, [title]] of Object.entries(themes)) {
      text += `\n\n## ${title}`
      for (const { name, make, code } of cases.filter(c => c.theme === theme))
        text += `\n\n### ${name}\n\n${await section(code ?? '', make)}`
    }
    writeFileSync(file, `${text}\n`)
    note(`${cases.length} cases written`)
  })
}

let written: ReadonlyMap<string, string> = new Map()
test('has the cases, each once and in their order', () => {
  written = sectionsOf(readFileSync(file, 'utf8'))
  const wanted = cases.map(c => c.name)
  assert.equal(new Set(wanted).size, wanted.length, 'two cases have one name')
  const [there, expected] = [[...written.keys()], wanted]
  const missing = expected.filter(name => !there.includes(name))
  const superfluous = there.filter(name => !expected.includes(name))
  assert.equal(missing, [], `these cases are not in the file: ${HOW}`)
  assert.equal(superfluous, [], `these sections have no case: ${HOW}`)
  assert.equal(there, expected, `the order is another: ${HOW}`)
})

for (const { name, make, code } of cases)
  test(name, async () => {
    assert.ok(code, 'the source of the case was not found')
    assert.fixture(await section(code as string, make), written.get(name) ?? '', HOW)
  })

test.run()
