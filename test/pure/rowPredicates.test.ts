/** Predicates on rows outside a database: their laws, three-valued logic, columns of their plans, and what is refused. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as Laws from '../../laws/index.js'
import * as Agg from '../../lib/Agg.js'
import { boolean, int, nullable, numeric, text, timestamp } from '../../lib/Column.js'
import type { Exprs, Pred } from '../../lib/core/syntax/Syntax.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import { evaluatePredicate } from '../../lib/model/evaluatePredicate.js'
import { reifyPredicate } from '../../lib/plan/reifyPredicate.js'
import * as Q from '../../lib/Query.js'
import { toSql } from '../../lib/sql/index.js'
import { table } from '../../lib/Table.js'
import * as Window from '../../lib/Window.js'
import { suite } from '../suite.js'

const { sample } = Laws.Arbitrary

const columns = { id: int, year: nullable(int), title: text, price: numeric(6, 2), at: timestamp }
type Row = Exprs<typeof columns>

const books = table('book', columns, { primaryKey: ['id'] })
const book = { id: 1, year: null, title: 'Emma', price: '9.50', at: new Date('2026-01-02T03:04:05Z') }

const test = suite('predicates on rows')

for (const l of Laws.rowPredicates(sample)) {
  test(l.name, async () => {
    for (const report of await Laws.run([l], { seed: 20_261_128, numRuns: 600 }))
      assert.is(report.outcome === 'failed' ? Laws.reportText(report) : '', '')
  })
}

const truth = (p: (row: Row) => Pred, row: { readonly [field: string]: unknown } = book): E.Either<DbError, boolean | null> =>
  pipe(
    evaluatePredicate(p, columns),
    E.chain(f => f(row)),
  )

test('a predicate is true, false or unknown', () => {
  assert.equal(
    truth(r => X.eq(r.title, 'Emma')),
    E.right(true),
  )
  assert.equal(
    truth(r => X.gt(r.price, '9.5')),
    E.right(false),
  )
  assert.equal(
    truth(r => X.gt(r.year, 2019)),
    E.right(null),
  )
  assert.equal(
    truth(r => X.or(X.gt(r.year, 2019), X.startsWith(r.title, 'E'))),
    E.right(true),
  )
})

test('a missing field is null', () => {
  assert.equal(
    truth(r => X.isNull(r.year), { id: 1 }),
    E.right(true),
  )
})

test('now is one instant for all rows', () => {
  const before = Date.now()
  const f = evaluatePredicate((r: Row) => X.lte(r.at, X.now), columns)
  assert.ok(E.isRight(f))
  assert.equal(f.right({ ...book, at: new Date(before) }), E.right(true))
  assert.equal(f.right({ ...book, at: new Date(Date.now() + 60_000) }), E.right(false))
})

test('a row may fail, and others do not', () => {
  const f = evaluatePredicate((r: Row) => X.gt(X.times(r.id, r.id), 0), columns)
  assert.ok(E.isRight(f))
  const failed = f.right({ ...book, id: Number.MAX_SAFE_INTEGER })
  assert.is(E.isLeft(failed) && failed.left._tag, 'NumericOverflow')
  assert.equal(f.right(book), E.right(true))
})

test('the plan of a predicate has named columns', () => {
  const planned = reifyPredicate((r: Row) => X.and(X.eq(r.title, 'Emma'), X.gt(r.year, 2019)), columns)
  assert.ok(E.isRight(planned))
  assert.equal(
    planned.right.columns.map(c => [c.name, c.type.sql.tag]),
    [
      ['year', 'int'],
      ['title', 'text'],
    ],
  )
  const { node } = planned.right.condition
  assert.is(node.tag === 'call' && node.fn, 'and')
})

const bad = (p: unknown): readonly DbError[] =>
  [evaluatePredicate(p as () => Pred, columns), reifyPredicate(p as () => Pred, columns)].map(e => {
    assert.ok(E.isLeft(e))
    return e.left
  })

/** A predicate, the tag of its error, and a part of the message. */
const refused: readonly (readonly [string, (row: Row) => unknown, DbError['_tag'], RegExp])[] = [
  ['a query', () => X.exists(Q.from(books)), 'Unsupported', /a query in a predicate/],
  ['the value of a query', r => X.eq(r.id, X.countOf(Q.from(books))), 'Unsupported', /a query in a predicate/],
  [
    'membership in a query',
    r =>
      X.inQuery(
        r.id,
        pipe(
          Q.from(books),
          Q.map(b => b.id),
        ),
      ),
    'Unsupported',
    /a query in a predicate/,
  ],
  ['raw SQL', r => X.raw(boolean)`${r.id} > 0`, 'Unsupported', /raw SQL in a predicate/],
  ['a volatile expression', () => X.gt(X.random, 0.5), 'Unsupported', /random/],
  ['an aggregate', r => Agg.max(r.id), 'ValidationError', /a condition|an expression/],
  ['a window function', () => Window.rowNumber({ orderBy: [X.asc(X.lit(1))] }), 'ValidationError', /./],
  ['no condition', r => r.id, 'ValidationError', /expected a condition, got an expression of int/],
  ['an expression that is invalid', r => X.eq(r.id, null as never), 'ValidationError', /isNotDistinctFrom/],
  ['nothing', () => undefined, 'ValidationError', /undefined/],
  [
    'an exception',
    () => {
      throw new Error('mine')
    },
    'CallbackFailed',
    /predicate/,
  ],
]

for (const [name, p, tag, message] of refused) {
  test(`refused: ${name}`, () => {
    for (const e of bad(p)) {
      assert.is(e._tag, tag, e.message)
      assert.match(e.message, message)
    }
  })
}

test('refused: a column of another query, and a parameter', () => {
  let other: Row | undefined
  reifyPredicate((r: Row) => {
    other = r.id.node.tag === 'ref' && r.id.node.scope !== null ? r : other
    return X.eq(r.id, 1)
  }, columns)
  for (const e of bad((r: Row) => X.eq(r.id, (other as Row).id))) assert.match(e.message, /outside the scope/)
  let parameter: Pred | undefined
  const prepared = Q.prepare({ n: int }, ({ n }) => {
    parameter ??= X.eq(n, 1)
    return Q.from(books)
  })
  assert.ok(E.isRight(toSql('sqlite')(prepared({ n: 1 }))))
  for (const e of bad(() => parameter)) assert.match(e.message, /outside the scope/)
})

test.run()
