/**
 * The existing rows that keep a step from being performed, on every engine: its error names the first five of them.
 *
 * Random rows and each kind of step that rows may refuse. What is expected is computed here from the rows: the first five that violate, by
 * their primary key, or else by the columns of the constraint. Where no row violates it, the step is done. The rows are in the field `rows`,
 * which no copy and no JSON of the error has.
 */
import { inspect } from 'node:util'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { codec, enumOf, int, nullable, numeric, smallint, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { Change } from '../../lib/core/schema/Change.js'
import { changed } from '../../lib/core/schema/Change.js'
import { createSteps, type Step } from '../../lib/core/schema/Step.js'
import type { AnyColumn, AnyTable } from '../../lib/core/syntax/Syntax.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import { fk, schema } from '../../lib/Schema.js'
import { define } from '../../lib/schema/createAll.js'
import { online } from '../../lib/schema/online.js'
import { runBatches } from '../../lib/schema/runBatches.js'
import { table } from '../../lib/Table.js'
import { amount } from '../amount.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

/** A text that programs read with brackets: predicates compare such values, and rows of errors have the stored one. */
const Bracketed = new t.Type<string, string, unknown>(
  'Bracketed',
  (x): x is string => typeof x === 'string' && x.startsWith('<'),
  (x, c) => (typeof x === 'string' ? t.success(`<${x}>`) : t.failure(x, c)),
  x => x.slice(1, -1),
)

const columns = {
  id: int,
  email: nullable(varchar(20)),
  amount: nullable(int),
  ownerId: nullable(int),
  word: varchar(30),
  price: numeric(8, 2),
  kind: pipe(varchar(10), codec(Bracketed)),
}
const keyed = table('offend_item', columns, { primaryKey: ['id'] }) as AnyTable
const bare = table('offend_item', columns, {}) as AnyTable
const owners = table('offend_owner', { id: int }, { primaryKey: ['id'] }) as AnyTable

interface Item {
  readonly id: number
  readonly email: string | null
  readonly amount: number | null
  readonly ownerId: number | null
  readonly word: string
  readonly price: string
  readonly kind: string
}
const items: fc.Arbitrary<readonly Item[]> = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 40 }),
    email: fc.constantFrom(null, null, 'a@x', 'b@x', 'c@x', 'd@x', 'Z@x', 'é@x'),
    amount: fc.constantFrom(null, 0, 1, 2, 32_767, 32_768, -32_768, -32_769),
    ownerId: fc.constantFrom(null, 1, 2, 3, 9),
    word: fc.constantFrom('1', '22', 'x', 'x', 'long word', 'a', '-7'),
    price: fc.constantFrom('0.00', '99.94', '99.95', '-99.95', '-99.94', '100.00', '12345.67'),
    kind: fc.constantFrom('<one>', '<two>'),
  }),
  { selector: r => r.id, maxLength: 14 },
)

type Named = { readonly [column: string]: unknown }

/** A step that rows may refuse, and which of some rows do, in the order in which they are named. */
interface Case {
  readonly name: string
  readonly tag: DbError['_tag']
  readonly step: (items: AnyTable) => Step
  readonly own: readonly (keyof Item)[]
  readonly offending: (rows: readonly Item[]) => readonly Item[]
}

const compare = (a: unknown, b: unknown): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : (a as number) < (b as number) ? -1 : 1

/** A value by which rows are ordered: decimals by their number. */
const sortKey = (r: Item, f: keyof Item): unknown => (f === 'price' ? Number(r.price) : r[f])

/** The rows by some fields, nulls last. */
const by = (rows: readonly Item[], fields: readonly (keyof Item)[]): readonly Item[] =>
  [...rows].sort((a, b) => fields.map(f => compare(sortKey(a, f), sortKey(b, f))).find(c => c !== 0) ?? 0)

const shared =
  (fields: readonly (keyof Item)[], among: (r: Item) => boolean = () => true) =>
  (rows: readonly Item[]): readonly Item[] => {
    const chosen = rows.filter(r => among(r) && fields.every(f => r[f] !== null))
    const same = (r: Item): number => chosen.filter(o => fields.every(f => o[f] === r[f])).length
    return by(
      chosen.filter(r => same(r) > 1),
      [...fields, 'id'],
    )
  }

const change =
  (c: Change) =>
  (of: AnyTable): Step => ({ tag: 'alterTable', table: of, change: c })
const filter = (f: (r: Item) => boolean) => (rows: readonly Item[]) => rows.filter(f)
const anyColumn = (c: unknown): AnyColumn => c as AnyColumn

const CASES: readonly Case[] = [
  {
    name: 'a unique key',
    tag: 'UniqueViolation',
    step: change({ tag: 'addKey', key: { name: 'offend_email_key', columns: ['email'] }, primary: false }),
    own: ['email'],
    offending: shared(['email']),
  },
  {
    name: 'a unique index of two columns',
    tag: 'UniqueViolation',
    step: of => ({
      tag: 'createIndex',
      table: of,
      index: { name: 'offend_two', columns: ['email', 'kind'], on: null, unique: true, where: null, method: null },
    }),
    own: ['email', 'kind'],
    offending: shared(['email', 'kind']),
  },
  {
    name: 'a unique index of some rows',
    tag: 'UniqueViolation',
    step: of => ({
      tag: 'createIndex',
      table: of,
      index: { name: 'offend_some', columns: ['email'], on: null, unique: true, where: (r: any) => X.gt(r.amount, 0), method: null },
    }),
    own: ['email'],
    offending: shared(['email'], r => r.amount !== null && r.amount > 0),
  },
  {
    name: 'a column that is not null',
    tag: 'NotNullViolation',
    step: change({ tag: 'setNotNull', field: 'email', fill: null }),
    own: ['email'],
    offending: filter(r => r.email === null),
  },
  {
    name: 'a fill that may be null',
    tag: 'NotNullViolation',
    step: change({ tag: 'setNotNull', field: 'email', fill: r => X.nullIf(r.word, 'x') as any }),
    own: ['email'],
    offending: filter(r => r.email === null && r.word === 'x'),
  },
  {
    name: 'a new column without a value',
    tag: 'NotNullViolation',
    step: change({ tag: 'addColumn', field: 'extra', name: 'extra', column: anyColumn(int), fill: null }),
    own: [],
    offending: rows => rows,
  },
  {
    name: 'a new column whose values are too long',
    tag: 'ValueTooLong',
    step: change({ tag: 'addColumn', field: 'extra', name: 'extra', column: anyColumn(varchar(2)), fill: r => r.word }),
    own: [],
    offending: filter(r => r.word.length > 2),
  },
  {
    name: 'a check',
    tag: 'CheckViolation',
    step: change({ tag: 'addCheck', check: { name: 'offend_check', predicate: r => X.lt(r.amount, 2) } }),
    own: ['amount'],
    offending: filter(r => r.amount !== null && r.amount >= 2),
  },
  {
    name: 'a check over values of a codec',
    tag: 'CheckViolation',
    step: change({ tag: 'addCheck', check: { name: 'offend_check', predicate: r => X.eq(r.kind, '<one>' as never) } }),
    own: ['kind'],
    offending: filter(r => r.kind !== '<one>'),
  },
  {
    name: 'a foreign key',
    tag: 'ForeignKeyViolation',
    step: of => ({
      tag: 'addForeignKey',
      foreignKey: schema({ of, owners } as any, (s: any) => ({ of: { owner: fk(s.of.ownerId, s.owners.id) } })).foreignKeys[0] as never,
    }),
    own: ['ownerId'],
    offending: filter(r => r.ownerId === 9),
  },
  {
    name: 'a shorter text',
    tag: 'ValueTooLong',
    step: change({ tag: 'changeType', field: 'word', type: { tag: 'varchar', length: 2 }, using: null }),
    own: ['word'],
    offending: filter(r => r.word.length > 2),
  },
  {
    name: 'a smaller integer',
    tag: 'NumericOverflow',
    step: change({ tag: 'changeType', field: 'amount', type: smallint.type.sql, using: null }),
    own: ['amount'],
    offending: filter(r => r.amount !== null && (r.amount > 32_767 || r.amount < -32_768)),
  },
  {
    name: 'fewer digits',
    tag: 'NumericOverflow',
    step: change({ tag: 'changeType', field: 'price', type: { tag: 'numeric', precision: 3, scale: 1 }, using: null }),
    own: ['price'],
    offending: filter(r => ['99.95', '-99.95', '100.00', '12345.67'].includes(r.price)),
  },
  {
    name: 'an enum',
    tag: 'CheckViolation',
    step: change({ tag: 'changeType', field: 'word', type: enumOf('1', 'x', 'long word').type.sql, using: null }),
    own: ['word'],
    offending: filter(r => !['1', 'x', 'long word'].includes(r.word)),
  },
  {
    name: 'texts that are no numbers',
    tag: 'NotNullViolation',
    step: change({ tag: 'changeType', field: 'word', type: int.type.sql, using: r => X.cast(int)(r.word) as any }),
    own: ['word'],
    offending: filter(r => !/^-?\d+$/.test(r.word)),
  },
]

for (const engine of engines) {
  const test = suite(`offending rows on ${engine.name}`)
  const s = using(engine, test)
  const clean = () => s.right(define([keyed, owners].map((x): Step => ({ tag: 'dropTable', table: x, foreignKeys: [] }))))
  const prepare = async (of: AnyTable, rows: readonly Item[]) => {
    await clean()
    await s.right(define(createSteps(schema({ of, owners } as any))))
    await s.right(C.run(C.insertMany(owners as any)([1, 2, 3].map(id => ({ id })) as any)))
    if (rows.length > 0) await s.right(C.run(C.insertMany(of as any)(rows as any)))
  }
  /** The rows of an error, held to its promises. */
  const rowsOf = (e: DbError): readonly Named[] | undefined => {
    const { rows } = e as { readonly rows?: readonly Named[] }
    assert.not.ok('rows' in { ...e }, 'the rows are in a copy')
    for (const word of ['a@x', 'long word', '12345.67'])
      assert.not.ok(JSON.stringify(e).includes(word) || inspect(e, { depth: 9 }).includes(`'${word}`))
    return rows
  }
  const seen = new Set<string>()

  for (const { name, tag, step, own, offending } of CASES) {
    test(`${name}: the first five rows are named`, async () => {
      await fc.assert(
        fc.asyncProperty(items, fc.constantFrom('alone', 'later', 'inside' as const), fc.boolean(), async (rows, where, hasKey) => {
          const of = hasKey ? keyed : bare
          if (where === 'inside' && !engine.transactionalDdl) return
          await prepare(of, rows)
          const before: Change = { tag: 'addColumn', field: 'before', name: 'before', column: anyColumn(nullable(int)), fill: null }
          const list: readonly Step[] =
            where === 'later' ? [{ tag: 'alterTable', table: of, change: before }, step(changed(of, before))] : [step(of)]
          const program = define(list)
          const done = await s.run(where === 'inside' ? Program.transaction()(program) : program)
          const found = offending(by(rows, ['id']))
          if (found.length === 0) {
            assert.ok(E.isRight(done), E.isLeft(done) ? `${done.left.message}` : '')
            return
          }
          // SQLite switches foreign keys off outside of the transaction
          if (where === 'inside' && E.isLeft(done) && done.left._tag === 'Unsupported') return
          assert.is(E.isLeft(done) ? done.left._tag : 'done', tag, E.isLeft(done) ? done.left.message : '')
          const error = (done as E.Left<DbError>).left
          const fields = hasKey ? (['id'] as const) : own.length > 0 ? own : (Object.keys(columns) as (keyof Item)[])
          const inOrder = hasKey || tag === 'UniqueViolation' ? found : by(found, fields)
          const expected = inOrder
            .slice(0, 5)
            .map(r => Object.fromEntries(fields.map(f => [of.names[f] ?? f, f === 'kind' ? r.kind.slice(1, -1) : r[f]])))
            .map(row => (where === 'later' && fields.length > 3 ? { ...row, before: null } : row))
          assert.equal(rowsOf(error), expected, `${where}: ${error.message}`)
          seen.add(name)
        }),
        { numRuns: Math.max(5, amount(8)) },
      )
      await clean()
      assert.ok(seen.has(name), 'no row was named')
    })
  }

  test('a primary key over values that occur twice, and over nulls', async () => {
    const row = (id: number, word: string, email: string | null): Item => ({
      id,
      email,
      amount: null,
      ownerId: null,
      word,
      price: '0.00',
      kind: '<one>',
    })
    await prepare(bare, [row(1, 'b', 'a@x'), row(2, 'a', 'b@x'), row(3, 'b', null), row(4, 'c', 'c@x'), row(5, 'a', null)])
    const primary = (columns: readonly string[]): Step =>
      change({ tag: 'addKey', key: { name: 'offend_item_pkey', columns }, primary: true })(bare)
    const twice = await s.left('UniqueViolation', define([primary(['word'])]))
    assert.equal(rowsOf(twice), [{ word: 'a' }, { word: 'a' }, { word: 'b' }, { word: 'b' }], twice.message)
    await s.left('ValidationError', define([primary(['email'])]))
    // a description that is out of date says that there are no nulls
    const strict = table('offend_item', { ...columns, email: varchar(20) }) as AnyTable
    const key: Change = { tag: 'addKey', key: { name: 'offend_item_pkey', columns: ['email'] }, primary: true }
    const nulls = await s.left('NotNullViolation', define([change(key)(strict)]))
    assert.equal(rowsOf(nulls), [{ email: null }, { email: null }], nulls.message)
    await clean()
  })

  if (engine.name !== 'memory' && !engine.name.startsWith('sqlite')) {
    test('a batch of a step names the rows, too', async () => {
      const rows = [1, 2, 3, 4, 5, 6, 7, 8].map(
        (id): Item => ({ id, email: id % 2 === 0 ? 'a@x' : null, amount: id, ownerId: id, word: 'x', price: '0.00', kind: '<one>' }),
      )
      const expected: { readonly [name: string]: readonly number[] } = {
        'a unique key': [2, 4, 6, 8],
        'a check': [2, 3, 4, 5, 6],
        'a foreign key': [4, 5, 6, 7, 8],
      }
      for (const { name, step, tag } of CASES) {
        const ids = expected[name]
        if (ids === undefined) continue
        await prepare(keyed, rows)
        const batches = online([step(keyed)], engine.name === 'pglite' ? 'postgres' : (engine.name as 'postgres'))
        assert.ok(E.isRight(batches))
        const error = await s.left(tag, runBatches((batches as E.Right<any>).right))
        assert.equal(
          rowsOf(error),
          ids.map(id => ({ id })),
          `${name}: ${error.message}`,
        )
      }
      await clean()
    })
  }

  test.run()
}
