/**
 * The law of prepared queries: `prepare(c, f)(v) = f(v)` for every v, with one plan for all of them.
 *
 * A prepared query runs with several values one after the other, some of them null, alone and inside other queries: a plan that kept
 * something of its first values would be found.
 */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { literalOf } from '../lib/core/syntax/operand.js'
import { type AnyQuery, type ExprType, expr } from '../lib/core/syntax/Syntax.js'
import type { Runner } from '../lib/Interpreter.js'
import * as Q from '../lib/Query.js'
import type { AnySchema } from '../lib/Schema.js'
import { formOf, sameAnswer, show } from './answer.js'
import { within } from './arbitrary/assemble.js'
import { batch } from './arbitrary/batch.js'
import { type Code, lambda, type Variable } from './arbitrary/Code.js'
import { columnOf } from './arbitrary/combinators.js'
import { type DatabaseOptions, database, databaseText } from './arbitrary/database.js'
import { type Kind, typeOfKind } from './arbitrary/Kind.js'
import { load } from './arbitrary/load.js'
import { writer } from './arbitrary/query.js'
import { recipe, type Step, step } from './arbitrary/Recipe.js'
import { smallValues, valueText } from './arbitrary/values.js'
import { SOURCES, STEPS } from './arbitrary/weights.js'
import { type Law, law } from './Law.js'
import { refusalAmong } from './refused.js'

const KINDS: readonly Kind[] = ['int', 'text', 'numeric', 'bigint', 'boolean', 'float', 'date', 'timestamp', 'bytes']

interface Prepared {
  readonly text: string
  readonly run: (values: { readonly [name: string]: unknown }) => AnyQuery
  readonly plain: (values: { readonly [name: string]: unknown }) => AnyQuery
  readonly ordered: boolean
  readonly values: readonly { readonly [name: string]: unknown }[]
  readonly uses: readonly string[]
}

const preparedOf = (schema: AnySchema, made: Step): Prepared => {
  const w = writer(schema, [], made)
  const types: { readonly [name: string]: ExprType } = Object.fromEntries(
    ['a', 'b'].map(name => [name, { ...typeOfKind(w.choices.pick(KINDS)), nullable: w.choices.below(3) === 2 }]),
  )
  const columns = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, (columnOf(type) as Code<any>).build([])]))
  const columnsText = Object.entries(types).map(([name, type]) => `${name}: ${(columnOf(type) as Code<any>).text}`)
  const params: Variable = {
    name: 's0',
    scope: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, expr({ tag: 'param', name }, type)])),
  }
  const inner = within(w, params).query()
  const f = lambda([params], inner)
  const value = (type: ExprType): unknown =>
    type.nullable && w.choices.below(3) === 2 ? null : w.choices.pick(smallValues({ ...type, nullable: false }))
  const values = Array.from({ length: 3 }, () => Object.fromEntries(Object.entries(types).map(([name, type]) => [name, value(type)])))
  const literals = (given: { readonly [name: string]: unknown }) =>
    Object.fromEntries(Object.entries(types).map(([name, type]) => [name, literalOf(type, given[name])]))
  const prepared = Q.prepare(columns, f.build([]) as never) as (values: unknown) => AnyQuery
  return {
    text: `const f = ${f.text}\n\nconst prepared = Q.prepare({ ${columnsText.join(', ')} }, f)`,
    run: prepared,
    plain: given => f.build([])(literals(given)),
    ordered: inner.total,
    values,
    uses: inner.uses,
  }
}

const BATCH = 20

export const preparedLaw = ({
  runner,
  schema,
  databases = {},
}: {
  readonly runner: Runner
  readonly schema: AnySchema
  readonly databases?: DatabaseOptions
}): Law =>
  law(
    'prepare(c, f)(v) = f(v)',
    'A prepared query returns what the query of its values returns, for each of several values.',
    fc.tuple(
      batch(
        step({ prepared: 1 }, 24, recipe(SOURCES, STEPS, 3, 4)).map(s => preparedOf(schema, s)),
        BATCH,
      ),
      database(schema, databases),
    ),
    async ([cases, db], cover) => {
      const loaded = await load(schema, db)({ db: runner })()
      if (E.isLeft(loaded)) return `the rows are refused: ${loaded.left.message}`
      for (const p of cases) {
        for (const given of p.values) {
          const got = await Q.all(p.run(given))({ db: runner })()
          const expected = await Q.all(p.plain(given))({ db: runner })()
          cover(E.isLeft(got) ? `refused: ${got.left._tag}` : got.right.length === 0 ? 'rows: 0' : 'rows: some')
          const problem = refusalAmong(runner, cover, got, expected)
          if (problem !== null) return `${problem}\n\n${p.text}`
          const form = formOf(p.plain(given), p.ordered)
          const same =
            E.isRight(got) && E.isRight(expected) ? sameAnswer(form, expected.right, got.right) : E.isLeft(got) && E.isLeft(expected)
          if (same) continue
          const result = (x: typeof got): string => (E.isLeft(x) ? `${x.left._tag}: ${x.left.message}` : show(form, x.right))
          const tables = p.uses.filter(u => u.startsWith('t.')).map(u => u.slice(2))
          return `${p.text}\n\nconst values = ${valueText(given)}\n\nconst rows = ${databaseText(db, [...new Set(tables)])}\n\nf(values): ${result(expected)}\nprepared(values): ${result(got)}`
        }
      }
      return null
    },
    { batch: BATCH, share: 1 / 5 },
  )
