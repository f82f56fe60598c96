/**
 * The SQL of every combinator, command and definition in the four dialects, compared with the snapshot in sql.snapshot.md.
 *
 * The snapshot is there to be read and reviewed; the test only compares. To change the SQL on purpose:
 *
 *     UPDATE_SNAPSHOTS=1 npm test -- sql
 *
 * and read the difference.
 *
 * Below: hostile names and values, and the stability of aliases.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { artists, customers, employees, invoices } from '../../examples/chinook/schema.js'
import * as A from '../../lib/Agg.js'
import { int } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { readComment } from '../../lib/core/schema/typeNote.js'
import type { DialectName } from '../../lib/core/value/DialectName.js'
import * as X from '../../lib/Expr.js'
import { asc, eq, escapeLike, gt, lit, maybe } from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import * as W from '../../lib/Window.js'
import { amount } from '../amount.js'
import { hostileStrings } from '../live/hostileStrings.js'
import { note, suite } from '../suite.js'
import { aggregates } from './sql/aggregates.js'
import { arrayCases } from './sql/arrays.js'
import { byteCases } from './sql/bytes.js'
import { commands } from './sql/commands.js'
import { dates } from './sql/dates.js'
import { definitions } from './sql/definitions.js'
import { expressions } from './sql/expressions.js'
import { withLiteral, withName, withValue } from './sql/hostile.js'
import { joins } from './sql/joins.js'
import { json } from './sql/json.js'
import { type Token, tokensOf } from './sql/lexer.js'
import { nesting } from './sql/nesting.js'
import { type Case, type Cases, names, printed } from './sql/print.js'
import { programs } from './sql/programs.js'
import { recursion } from './sql/recursion.js'
import { selects } from './sql/selects.js'
import { sets } from './sql/sets.js'
import { section, sectionsOf, source, sourcesOf } from './sql/snapshot.js'
import { windows } from './sql/windows.js'

const themes: { readonly [file: string]: readonly [title: string, cases: Cases] } = {
  selects: ['Rows of one table', selects],
  joins: ['Joins', joins],
  aggregates: ['Aggregates', aggregates],
  windows: ['Windows', windows],
  sets: ['Set operations', sets],
  recursion: ['Named and recursive queries, first rows, subtotals, locks', recursion],
  nesting: ['Queries in rows and expressions', nesting],
  expressions: ['Expressions', expressions],
  dates: ['Dates and instants', dates],
  json: ['Values of documents', json],
  bytes: ['Bytes and regular expressions', byteCases],
  arrays: ['Arrays', arrayCases],
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

test('every combinator, aggregate, function and command has a case', () => {
  const code = cases.map(c => c.code).join('\n')
  const missing = (module: object, prefix: string): readonly string[] =>
    Object.keys(module).filter(name => !new RegExp(`\\b${prefix}${name}\\b`).test(code))
  // a stream asks for what a fold in chunks asks for
  assert.equal(
    missing(Q, 'Q\\.').filter(name => name !== 'stream' && name !== 'LONGEST_TIMER' && name !== 'show' && name !== 'stages'),
    [],
  )
  assert.equal(missing(A, 'A\\.'), [])
  assert.equal(missing(W, 'W\\.'), [])
  assert.equal(
    missing(C, 'C\\.').filter(
      name => name !== 'run' && name !== 'insertAll' && name !== 'updateVersioned' && name !== 'getOrCreate' && name !== 'show',
    ),
    [],
  )
  const internal = ['asColumn', 'escapeLike', 'literalOf', 'templateProblem']
  assert.equal(
    missing(X, '').filter(name => !internal.includes(name)),
    [],
  )
})

test.run()

// --- Names ------------------------------------------------------------------------------------

const hostile = hostileStrings(1_500)
const anyText = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 25 }) },
)
const anyDialect = fc.constantFrom(...names)
const HARMLESS = 'harmless'
/** Texts that no engine stores: half a surrogate pair has no UTF-8; NUL ends a text; a byte order mark at its beginning is dropped. */
const isBroken = (s: string): boolean => Buffer.from(s).toString() !== s || s.includes('\0') || s.startsWith('\ufeff')
const bytes = (s: string): number => new TextEncoder().encode(s).length

const textsOf = async (dialect: DialectName, c: Case): Promise<string> => {
  const answer = await printed(dialect, c)
  return E.isLeft(answer) ? `refused: ${answer.left}` : answer.right.map(s => s.sql).join(';\n')
}

const quoting = suite('quoting')

for (const [what, make] of Object.entries(withName))
  quoting(`a name is that name and nothing else: ${what}`, async () => {
    const calm = new Map<DialectName, readonly Token[]>()
    for (const d of names) calm.set(d, tokensOf(d, await textsOf(d, make(HARMLESS))))
    let refused = 0
    await fc.assert(
      fc.asyncProperty(anyDialect, anyText, async (dialect, name) => {
        // longer ones are cut where they only label something, and a constraint's name has the name twice; `?` labels a
        // presence; a record has integer fields before other fields; a label has no leading or trailing blanks
        fc.pre(bytes(name) <= 18 && name !== '' && name !== '?' && !/^\d+$/.test(name) && !/^[\p{Cc} ]|[\t-\r ]$|^__/u.test(name))
        const sql = await textsOf(dialect, make(name))
        const astral = /[\u{10000}-\u{10ffff}]/u.test(name) && /^m/.test(dialect)
        if (sql.startsWith('refused: ')) {
          refused += 1
          assert.ok(astral || isBroken(name), `${sql} for ${JSON.stringify(name)}`)
          return
        }
        const expected = calm.get(dialect) as readonly Token[]
        const found = tokensOf(dialect, sql)
        assert.is(found.length, expected.length, sql)
        expected.forEach((token, i) => {
          const other = found[i] as Token
          assert.is(other.kind, token.kind, sql)
          // what is no text can not be a name, and labels are ours to change
          if (astral || isBroken(name)) return
          const [direct, doubled] = [name, name.replaceAll('"', '""')].map(n => token.value.replaceAll(HARMLESS, () => n))
          assert.ok(
            other.value === direct || (token.kind === 'text' && other.value === doubled),
            `${other.source} for ${token.source} in ${sql}`,
          )
        })
      }),
      { numRuns: amount(400) },
    )
    assert.ok(refused < 200, 'most names can be used')
  })

quoting('a label loses blanks around it, and is another where drivers stumble over it', async () => {
  for (const dialect of names)
    for (const [label, printed] of [
      [' x', 'x'],
      ['\t\u0001x', 'x'],
      ['x\n ', 'x'],
      [' ', 'value'],
      ['__proto__', 'value'],
    ] as const) {
      const row = Object.fromEntries([[label, lit(1)]])
      const sql = await textsOf(dialect, pipe(Q.of(row), Q.unionAll(Q.of(row))))
      assert.match(sql, new RegExp(`AS ["\`]${printed}["\`]`), JSON.stringify(label))
    }
})

quoting('names that end in a blank are refused where the server would refuse them', async () => {
  for (const dialect of names)
    for (const name of ['x ', 'x\t', 'x\n', 'x\r']) {
      const refused = /^refused: ValidationError: /.test(await textsOf(dialect, Q.from(table(name, { id: int }))))
      assert.is(refused, dialect === 'mysql' || dialect === 'mariadb', `${dialect}: ${JSON.stringify(name)}`)
    }
})

quoting('names that are too long, empty, or no text are refused by name', async () => {
  for (const dialect of names)
    for (const name of ['', 'x'.repeat(1_100), 'a\0b', '\ud800'])
      assert.match(await textsOf(dialect, Q.from(table(name, { id: int }))), /^refused: ValidationError: /)
})

// --- Values -----------------------------------------------------------------------------------

const holds = (value: unknown, text: string): boolean =>
  typeof value === 'string'
    ? value.includes(text)
    : typeof value === 'object' && value !== null && Object.values(value).some(v => holds(v, text))

for (const [what, make] of Object.entries(withValue))
  quoting(`a value is a parameter, whatever it is: ${what}`, async () => {
    const calm = new Map<DialectName, string>()
    for (const d of names) calm.set(d, await textsOf(d, make(HARMLESS)))
    await fc.assert(
      fc.asyncProperty(anyDialect, anyText, async (dialect, value) => {
        // these are found by a function: engines limit the length of patterns, and some take such characters for each other
        fc.pre(value.length <= 2_500 && !/[\uFFFD-\uFFFF]/.test(value))
        const answer = await printed(dialect, make(value))
        if (E.isLeft(answer)) {
          assert.ok(isBroken(value), answer.left)
          return
        }
        assert.is(answer.right.map(s => s.sql).join(';\n'), calm.get(dialect))
        assert.ok(
          answer.right.some(({ params }) => params.some(p => holds(p, value) || holds(p, escapeLike(value)))),
          'it is among the parameters',
        )
      }),
      { numRuns: amount(300) },
    )
  })

for (const [what, make] of Object.entries(withLiteral))
  quoting(`a value that is written as a literal is one literal: ${what}`, async () => {
    /** A hexadecimal literal has a character set where it needs one. */
    const essential = (dialect: DialectName, sql: string): readonly Token[] =>
      tokensOf(
        dialect,
        sql.replace(/convert\((x'[0-9a-f]*') using utf8mb4\)/g, '$1').replace(/\/\* \[query-ts enum\((?:[^*]|\*(?!\/))*\*\//g, ''),
      )
    const calm = new Map<DialectName, readonly Token[]>()
    for (const d of names) calm.set(d, essential(d, await textsOf(d, make(HARMLESS))))
    await fc.assert(
      fc.asyncProperty(anyDialect, anyText, async (dialect, value) => {
        fc.pre(value.length <= 2_500 && value.trim() !== '' && value !== HARMLESS)
        const sql = await textsOf(dialect, make(value))
        if (sql.startsWith('refused: ')) {
          assert.ok(isBroken(value), sql)
          return
        }
        const found = essential(dialect, sql)
        const expected = calm.get(dialect) as readonly Token[]
        assert.is(found.length, expected.length, sql)
        expected.forEach((token, i) => {
          const other = found[i] as Token
          if (token.kind === 'text' && token.value.trim() === HARMLESS) {
            const meant = other.kind === 'bytes' ? Buffer.from(other.value, 'hex').toString() : other.value
            assert.is(
              meant,
              token.value.replace(HARMLESS, () => value),
              sql,
            )
          } else if (token.kind === 'text' && token.value.startsWith('[query-ts enum(')) {
            // the type of a column in its comment
            const values = (of: string) => (readComment(of).type as { readonly values: readonly string[] }).values
            assert.equal(
              values(other.value),
              values(token.value).map(v => v.replace(HARMLESS, () => value)),
              sql,
            )
          } else if (token.kind !== 'number') assert.is(other.source, token.source, sql)
        })
      }),
      { numRuns: amount(300) },
    )
  })

quoting.run()

// --- Aliases ----------------------------------------------------------------------------------

const aliases = suite('aliases')

aliases('printing twice, and after anything else, prints the same', async () => {
  const print = async (of: typeof cases): Promise<ReadonlyMap<string, string>> => {
    const texts = new Map<string, string>()
    for (const { name, make } of of) for (const d of names) texts.set(`${name} on ${d}`, await textsOf(d, make()))
    return texts
  }
  const first = await print(cases)
  const again = await print([...cases].reverse())
  for (const [name, sql] of first) assert.is(again.get(name), sql, name)
})

aliases('the same query value prints the same, and so does a query made of it', async () => {
  const base = pipe(
    Q.from(artists),
    Q.where(artist => gt(artist.id, 5)),
  )
  for (const d of names) {
    const alone = await textsOf(d, base)
    await textsOf(d, pipe(base, Q.unionAll(base)))
    await textsOf(d, Q.of({ a: Q.many(base), b: Q.many(base) }))
    assert.is(await textsOf(d, base), alone)
  }
})

/** From FROM to the end. */
const fromClause = (sql: string): string => sql.slice(sql.indexOf(' FROM '))

aliases('a step that has nothing to do with the tables leaves their names alone', async () => {
  const base = pipe(
    Q.Do,
    Q.bind('employee', () => Q.from(employees)),
    Q.leftJoin('manager', employees, ({ employee }, manager) => eq(manager.id, employee.reportsTo)),
    Q.innerJoin('customer', customers, ({ employee }, customer) => eq(customer.supportRepId, employee.id)),
  )
  for (const d of names) {
    const from = fromClause(await textsOf(d, base))
    const steps: { readonly [step: string]: Case } = {
      where: pipe(
        base,
        Q.where(({ customer }) => eq(customer.country, 'Norway')),
      ),
      orderBy: pipe(
        base,
        Q.orderBy(({ customer }) => [asc(customer.id)]),
      ),
      limit: pipe(base, Q.limit(3)),
      let: pipe(
        base,
        Q.let('x', () => lit(1)),
      ),
      map: pipe(
        base,
        Q.map(({ customer }) => customer.id),
      ),
      many: pipe(
        base,
        Q.map(({ employee }) => ({ id: employee.id, all: Q.many(Q.from(artists)) })),
      ),
      bind: pipe(
        base,
        Q.innerJoin('invoice', invoices, ({ customer }, invoice) => eq(invoice.customerId, customer.id)),
      ),
      aggregate: pipe(
        base,
        Q.aggregate(({ manager }) => ({ id: A.key(maybe(manager, m => m.id)), n: A.countAll })),
      ),
    }
    for (const [step, query] of Object.entries(steps)) assert.ok((await textsOf(d, query)).includes(from), `${step} on ${d}`)
  }
})

aliases.run()
