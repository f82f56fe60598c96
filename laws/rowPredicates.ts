/**
 * The laws of predicates on rows, outside a database: `evaluatePredicate` and `reifyPredicate`.
 *
 * A store that is not SQL filters by the predicates of `Q.where`, so evaluating one row must agree with `Q.where` over that row, its errors
 * included, and the plan must mention the columns that the predicate mentions. Predicates that are more than a function of the row
 * (they contain a query) are refused by both, with one error.
 *
 * The laws need no interpreter: the reference is the meaning of a query over literal rows.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { literalOf } from '../lib/core/syntax/operand.js'
import type { AnyExpr, AnyTable, Columns, ExprType, Pred } from '../lib/core/syntax/Syntax.js'
import { symbolsOf } from '../lib/core/syntax/scope.js'
import { empty } from '../lib/model/Database.js'
import { evaluate } from '../lib/model/evaluate.js'
import { evaluatePredicate } from '../lib/model/evaluatePredicate.js'
import { reifyPredicate } from '../lib/plan/reifyPredicate.js'
import * as Q from '../lib/Query.js'
import type { AnySchema } from '../lib/Schema.js'
import { lambda, type Variable } from './arbitrary/Code.js'
import { predicate } from './arbitrary/expression.js'
import { writer } from './arbitrary/query.js'
import { plain, step } from './arbitrary/Recipe.js'
import { type AnyRow, row } from './arbitrary/row.js'
import { type Law, law } from './Law.js'

interface Case {
  readonly table: AnyTable
  readonly text: string
  readonly predicate: (row: any) => Pred
  readonly rows: readonly AnyRow[]
}

/** Predicates on the rows of a table of the schema, with some rows. */
const cases = (schema: AnySchema): fc.Arbitrary<Case> =>
  fc.constantFrom(...Object.values(schema.tables).filter(t => t.query === null)).chain(table => {
    const own: Variable = { name: 's0', scope: symbolsOf(table.types) }
    const predicates = step({ where: 1 }, 24, fc.constant(plain)).map(s => lambda([own], predicate(writer(schema, [own], s), 2)))
    const rows = fc.array(fc.oneof(row(table, { small: true }), row(table)), { minLength: 1, maxLength: 5 })
    return fc.tuple(predicates, rows).map(([p, some]) => ({ table, text: p.text, predicate: p.build([]) as Case['predicate'], rows: some }))
  })

/** A row as a table stores it: the canonical values of its fields. */
const stored = ({ types }: AnyTable, r: AnyRow): AnyRow =>
  Object.fromEntries(
    Object.entries(types).map(([field, type]) => {
      const { node } = literalOf(type as ExprType, r[field])
      return [field, node.tag === 'literal' ? node.value : null]
    }),
  )

const evaluateLaw = (schema: AnySchema): Law =>
  law(
    'evaluatePredicate(p)(row) = true iff where(p) keeps row',
    'A predicate is true for exactly the rows that a query with it keeps, and fails where the query fails.',
    cases(schema),
    (c, cover) => {
      const evaluated = evaluatePredicate(c.predicate, c.table.columns)
      if (E.isLeft(evaluated)) {
        cover('refused')
        const planned = reifyPredicate(c.predicate, c.table.columns)
        return E.isLeft(planned) && planned.left._tag === evaluated.left._tag ? null : `only evaluatePredicate refuses ${c.text}`
      }
      for (const r of c.rows) {
        const query = pipe(Q.values(c.table.columns as Columns)([r as never]), Q.where(c.predicate))
        const kept = pipe(
          evaluate(empty, query),
          E.map(rows => rows.length > 0),
        )
        const truth = evaluated.right(stored(c.table, r))
        cover(E.isLeft(truth) ? 'an error' : `${truth.right}`)
        const same =
          E.isLeft(kept) || E.isLeft(truth)
            ? E.isLeft(kept) && E.isLeft(truth) && kept.left._tag === truth.left._tag
            : kept.right === (truth.right === true)
        if (!same) return `${c.text}\nof a row of ${c.table.name}: ${JSON.stringify(truth)}, but where: ${JSON.stringify(kept)}`
      }
      return null
    },
    {
      demand: (coverage, all) =>
        all >= 200 && ['true', 'false', 'null'].some(label => (coverage.get(label) ?? 0) < all / 50) ? 'a truth value is too rare' : null,
    },
  )

/** The fields whose symbols are part of an expression, by a search of everything in it. */
const mentioned = (p: Pred, symbols: { readonly [field: string]: AnyExpr }): readonly string[] => {
  const found = new Set<unknown>()
  const search = (x: unknown): void => {
    if (typeof x !== 'object' || x === null || found.has(x)) return
    found.add(x)
    for (const part of Object.values(x)) search(part)
  }
  search(p)
  return Object.keys(symbols).filter(field => found.has(symbols[field]))
}

const columnsLaw = (schema: AnySchema): Law =>
  law(
    'reifyPredicate(p).columns = the columns that p mentions',
    'The plan of a predicate names the columns that the predicate mentions, in the order of the fields, and no others.',
    cases(schema),
    (c, cover) => {
      const planned = reifyPredicate(c.predicate, c.table.columns)
      if (E.isLeft(planned))
        return E.isLeft(evaluatePredicate(c.predicate, c.table.columns)) ? null : `only reifyPredicate refuses ${c.text}`
      const symbols = symbolsOf(c.table.types)
      const expected = mentioned(c.predicate(symbols), symbols)
      cover(`columns: ${Math.min(expected.length, 2)}`)
      const names = planned.right.columns.map(column => column.name)
      return names.join() === expected.join() ? null : `${c.text}\nmentions ${expected.join(', ')}; its plan has ${names.join(', ')}`
    },
  )

/** The laws of predicates on the rows of the tables of a schema. */
export const rowPredicateLaws = (schema: AnySchema): readonly Law[] => [evaluateLaw(schema), columnsLaw(schema)]
