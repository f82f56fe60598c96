/**
 * The texts of the command line, without a process: steps, hazards, events, states, names, configurations, and what is hidden.
 *
 * Each function is pure, so a text is compared as a whole where it is short.
 */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { generated, int, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { eventLine } from '../../lib/cli/applyMigrations.js'
import { configProblem } from '../../lib/cli/configFile.js'
import { failureJson, failureText } from '../../lib/cli/failureText.js'
import { nameOfFile } from '../../lib/cli/migrationFiles.js'
import { newName, snakeWords } from '../../lib/cli/migrationList.js'
import { hiding, hidingValues } from '../../lib/cli/redacted.js'
import { migrationJson, migrationLines, migrationPlan } from '../../lib/cli/showPlan.js'
import { statusLines } from '../../lib/cli/showStatus.js'
import { paintFor } from '../../lib/cli/terminal.js'
import { misuse } from '../../lib/cli/World.js'
import { migrationError } from '../../lib/core/value/DbError.js'
import * as Migrate from '../../lib/Migrate.js'
import { schema } from '../../lib/Schema.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'

const test = suite('command line: texts')

const plain = paintFor(false, undefined)
const books = table('book', { id: generated(int), title: text })

test('a migration: steps, SQL, hazards, and what is not undone', () => {
  const migration = Migrate.migration({
    name: 'first',
    from: null,
    up: [
      Migrate.create(schema({ books })),
      Migrate.data(C.insert(books)({ title: "it's" })),
      Migrate.sql({ sqlite: 'ANALYZE' }),
      Migrate.alter(books, Migrate.dropColumn('title')),
    ],
  })
  const plan = migrationPlan(migration, ['sqlite'])
  assert.equal(migrationLines(plan, plain).slice(0, 2), ['first', '1. book: create the table'])
  assert.match(migrationLines(plan, plain)[2] as string, /^ {3}CREATE TABLE "book"/)
  const lines = migrationLines(plan, plain).join('\n')
  assert.match(lines, /INSERT INTO "book" .*'it''s'/)
  assert.match(lines, / {3}ANALYZE;/)
  assert.match(lines, /losesData: The values of book\.title are gone/)
  assert.match(lines, /the migration can't be undone: /)
  const both = migrationPlan(migration, ['postgres', 'mysql'])
  assert.match(migrationLines(both, plain).join('\n'), / {3}postgres\n {3}CREATE TABLE/)
  const made: any = migrationJson(both)
  assert.is(made.undoable, false)
  assert.equal(Object.keys(made.steps[0].engines), ['postgres', 'mysql'])
  assert.equal(JSON.parse(JSON.stringify(made)), made)
  assert.equal(migrationLines(migrationPlan(Migrate.migration({ name: 'none', from: null, up: [] }), ['sqlite']), plain), [
    'none',
    '   no steps',
  ])
})

test('a step that an engine refuses has the reason in place of its SQL', () => {
  const twice = Migrate.migration({ name: 'x', from: null, up: [Migrate.data(C.insert(books)({ title: 7 as never }))] })
  const [step] = migrationPlan(twice, ['postgres']).steps
  assert.equal(step?.engines[0]?.sql, [])
  assert.type(step?.engines[0]?.refused, 'string')
})

test('events', () => {
  const unit = { migration: 'm', direction: 'up', step: 1, of: 3, what: 'createTable t' } as const
  assert.is(eventLine({ ...unit, tag: 'begin' }), null)
  assert.is(eventLine({ ...unit, tag: 'end', milliseconds: 12.4 }), 'applied m, step 2 of 3 (createTable t), 12 ms')
  assert.is(eventLine({ ...unit, direction: 'down', tag: 'end', milliseconds: 0 }), 'undone m, step 2 of 3 (createTable t), 0 ms')
  assert.is(eventLine({ tag: 'note', migration: 'm', text: 'waits' }), 'waits')
})

test('states', () => {
  const at = new Date('2026-01-02T03:04:05.000Z')
  const applied = (name: string) => ({ name, checksum: 'c', appliedAt: at, duration: 7, who: 'me', token: 't' })
  const lines = statusLines(
    {
      applied: [applied('a'), applied('b'), applied('x')],
      pending: ['c'],
      edited: ['b'],
      unknown: ['x', 'y'],
      incomplete: ['d', 'e'],
      halfDone: [{ migration: 'd', direction: 'up', step: 0 }],
      holder: { who: 'other', since: at },
    },
    plain,
  )
  assert.equal(lines.slice(0, 8), [
    'applied  a  2026-01-02T03:04:05.000Z, 7 ms, by me',
    'edited   b  2026-01-02T03:04:05.000Z, 7 ms, by me',
    'unknown  x  2026-01-02T03:04:05.000Z, 7 ms, by me',
    'unknown  y',
    'pending  c',
    'half done d, step 1 of up',
    'begun    e: run query-ts migrate up or down again to continue',
    'running  other, since 2026-01-02T03:04:05.000Z',
  ])
  assert.is(lines.length, 11)
})

test('names of migrations', () => {
  const now = new Date('2026-11-27T12:00:59Z')
  assert.equal(newName(now, 'addPrice to  Books!', []), E.right('20261127T1200_add_price_to_books'))
  assert.equal(newName(now, 'a', ['20261127T1200_b']), E.right('20261127T1201_a'))
  assert.equal(newName(now, 'c', ['20261127T1200_b']), E.right('20261127T1200_c'))
  assert.ok(E.isLeft(newName(now, '...', [])))
  assert.ok(E.isLeft(newName(now, 'x'.repeat(151), [])))
  fc.assert(
    fc.property(fc.string(), words => /^[a-z0-9_]*$/.test(snakeWords(words)) && snakeWords(snakeWords(words)) === snakeWords(words)),
  )
  const files: readonly (readonly [string, string | null])[] = [
    ['a.ts', 'a'],
    ['a.b.mjs', 'a.b'],
    ['_a.ts', null],
    ['.a.ts', null],
    ['a.d.ts', null],
    ['a.d.mts', null],
    ['a.json', null],
    ['a.tsx', null],
  ]
  for (const [file, name] of files) assert.is(nameOfFile(file), name, file)
})

test('configurations', () => {
  assert.is(configProblem({}), null)
  assert.is(configProblem({ database: undefined, schema: schema({ books }), only: ['a', /b/], allow: ['losesData'] }), null)
  assert.match(configProblem({ schemas: 1 }) ?? '', /did you mean "schema"\?/)
  assert.match(configProblem({ allow: ['breaksCode'] }) ?? '', /"allow" must be a list of hazards: losesData, blocksWrites, blocksReads/)
  assert.match(configProblem(null) ?? '', /no default export that is a configuration/)
})

test('passwords are hidden in any text, once and for all', () => {
  assert.is(hiding('at postgres://me:secret@host/db?x=1 and'), 'at postgres://me:***@host/db?x=1 and')
  assert.not.match(hiding("mysql://me:se@cret@host, password='x'"), /se@|cret|'x/)
  assert.not.match(hiding('?sslpassword=secret&user=me'), /secret/)
  assert.not.match(hiding('"password": "secret"'), /secret/)
  assert.is(hidingValues('a secret here', ['secret']), 'a *** here')
  fc.assert(fc.property(fc.string(), s => hiding(hiding(s)) === hiding(s)))
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9]{6,12}$/), secret => !hiding(`error: postgres://u:${secret}@h/d`).includes(`:${secret}@`)),
  )
})

test('failures', () => {
  const failure = migrationError('unknown', ['x'], 'there is no migration "x" at mysql://u:secret@h')
  assert.is(failureText(failure, false, [], plain), 'MigrationError: there is no migration "x" at mysql://u:***@h')
  assert.equal(failureJson(failure, []), {
    error: { tag: 'MigrationError', problem: 'unknown', names: ['x'], step: null, message: 'there is no migration "x" at mysql://u:***@h' },
  })
  const withCause = misuse('it throws', new Error('secret "quoted"'))
  assert.is(failureText(withCause, false, [], plain), 'error: it throws')
  assert.match(failureText(withCause, true, [], plain), /Error: secret[\s\S]*\n\s+at /)
  assert.not.match(failureText(withCause, true, ['secret'], plain), /secret/)
  assert.equal(failureJson(misuse('a "b" c'), ['"b"']), { error: { tag: 'Misuse', message: 'a *** c' } })
})

test('colours are for terminals without NO_COLOR', () => {
  assert.is(paintFor(true, undefined).red('x'), '\u001b[31mx\u001b[39m')
  assert.is(paintFor(true, '').red('x'), '\u001b[31mx\u001b[39m')
  assert.is(paintFor(true, '1').red('x'), 'x')
  assert.is(paintFor(false, undefined).red('x'), 'x')
})

test.run()
