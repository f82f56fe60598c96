/**
 * Equations between queries, tested on one interpreter against itself.
 *
 * An equation names two queries that are built of the same generated parts (queries, functions of
 * rows, conditions, keys) and states that they have the same answer. The parts are defined once, with
 * names, so that a failing case reads like the equation. Parts have no `mapRow`: a function on decoded
 * rows stands after everything else (decision 7), so only the laws of the functor are about it.
 */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { AnyQuery, RowShape } from '../lib/core/syntax/Syntax.js'
import type { Runner } from '../lib/Interpreter.js'
import * as Q from '../lib/Query.js'
import type { AnySchema } from '../lib/Schema.js'
import { formOf, sameAnswer, show } from './answer.js'
import { rowVariable, totally, within } from './arbitrary/assemble.js'
import { batch } from './arbitrary/batch.js'
import { type AnyFunction, type Code, lambda, list, statically, type Variable } from './arbitrary/Code.js'
import { type AnyDatabase, type DatabaseOptions, database, databaseText } from './arbitrary/database.js'
import { expression, predicate, someKind } from './arbitrary/expression.js'
import type { Kind } from './arbitrary/Kind.js'
import { load } from './arbitrary/load.js'
import { someKeys } from './arbitrary/order.js'
import { otherSide } from './arbitrary/otherSide.js'
import { elaborate, writer } from './arbitrary/query.js'
import { plain, type Recipe, recipe, type Step, step } from './arbitrary/Recipe.js'
import { shape } from './arbitrary/shape.js'
import type { QueryCode, Writer } from './arbitrary/Writer.js'
import { SOURCES, STEPS } from './arbitrary/weights.js'
import { type Cover, type Law, law } from './Law.js'
import { coverCompared, undeclaredAmong } from './refused.js'

/** A generated query with a name. */
export interface Rows {
  readonly code: Code<AnyQuery>
  readonly row: RowShape
  readonly made: QueryCode
}

/** A generated function of rows with a name. */
interface Fn {
  readonly code: Code<AnyFunction>
  /** The row of the query that it answers, or what shape it answers. */
  readonly row: RowShape
}

/** The parts of an equation, each drawn once. */
export interface Parts {
  /** A query whose rows are a record. */
  readonly query: (name: string) => Rows
  /** The same with an order that leaves nothing open, or as it was where its rows have none. */
  readonly ordered: (name: string) => Rows
  /** A query with the same fields as another one. */
  readonly alike: (name: string, other: Rows) => Rows
  /** A function from rows to a query. */
  readonly kleisli: (name: string, of: RowShape, ordered?: boolean) => Fn
  readonly predicate: (name: string, of: RowShape) => Fn
  readonly shape: (name: string, of: RowShape) => Fn
  readonly keys: (name: string, of: RowShape) => Fn
  /** An expression over rows; without a kind, of the kind of some column. */
  readonly expression: (name: string, of: RowShape, kind?: Kind) => Fn & { readonly kind: Kind }
  readonly below: (n: number) => number
}

export interface Equation {
  readonly name: string
  readonly statement: string
  /** The two queries; and, where both end in `mapRow`, one whose rows look like theirs. */
  readonly sides: (p: Parts) => readonly [Code<AnyQuery>, Code<AnyQuery>, Code<AnyQuery>?]
  /** Whether the order of the answers is part of the equation. */
  readonly ordered?: boolean
}

const { mapRow: _, ...PURE_STEPS } = STEPS

const part = step({ part: 1 }, 24, recipe(SOURCES, PURE_STEPS, 2, 3) as fc.Arbitrary<Recipe>)

const PARTS = 6

const partsOf = (schema: AnySchema, steps: readonly Step[], define: (name: string, text: string) => void): Parts => {
  let at = 0
  const next = (): Writer => writer(schema, [], steps[at++] ?? { op: 'part', choices: [], sub: [] })
  const named = <A>(name: string, code: Code<A>): Code<A> => {
    define(name, code.text)
    return { text: name, build: () => code.build([]), uses: code.uses }
  }
  const rows = (name: string, made: QueryCode): Rows => ({ code: named(name, made), row: made.row ?? {}, made })
  const recordOr = (made: QueryCode): QueryCode => {
    const isRecord = made.row !== null && typeof (made.row as { kind?: unknown }).kind !== 'string'
    return isRecord ? made : elaborate(schema, plain, [])
  }
  const fn = (name: string, of: RowShape, body: (inner: Writer, own: Variable) => Code<any>): Fn => {
    const w = next()
    const own = rowVariable(w, of)
    const inner = within(w, own)
    const code = body(inner, own)
    return { code: named(name, lambda([own], code)), row: statically(inner.vars, code) as RowShape }
  }
  return {
    query: name => rows(name, recordOr(next().query())),
    ordered: name => {
      const w = next()
      const made = recordOr(w.query())
      return rows(name, totally(w, made, someKeys) ?? (totally(w, elaborate(schema, plain, [])) as QueryCode))
    },
    alike: (name, other) => rows(name, otherSide(next(), other.made) ?? other.made),
    kleisli: (name, of, ordered = false) => {
      let row: RowShape = {}
      const made = fn(name, of, inner => {
        const any = recordOr(inner.query())
        const q = ordered ? (totally(inner, any) ?? (totally(inner, elaborate(schema, plain, inner.vars)) as QueryCode)) : any
        row = q.row ?? {}
        return q
      })
      return { ...made, row }
    },
    predicate: (name, of) => fn(name, of, inner => predicate(inner, inner.choices.pick([1, 2, 0]))),
    shape: (name, of) => fn(name, of, shape),
    keys: (name, of) => fn(name, of, inner => list(someKeys(inner))),
    expression: (name, of, kind) => {
      let found: Kind = kind ?? 'int'
      const made = fn(name, of, inner => {
        found = kind ?? someKind(inner, true)
        return expression(inner, found, inner.choices.pick([1, 2, 0]))
      })
      return { ...made, kind: found }
    },
    below: n => next().choices.below(n),
  }
}

const BATCH = 10

export interface EquationSubject {
  readonly runner: Runner
  readonly schema: AnySchema
  readonly databases?: DatabaseOptions
}

const ask = (runner: Runner, code: Code<AnyQuery>) => Q.all<unknown, unknown>(code.build([]))({ db: runner })()

/** What is wrong with an equation in one case; null when nothing is. */
const broken = async (
  e: Equation,
  { runner, schema }: EquationSubject,
  steps: readonly Step[],
  db: AnyDatabase,
  cover: Cover,
): Promise<string | null> => {
  const definitions: string[] = []
  const [left, right, like = left] = e.sides(partsOf(schema, steps, (name, text) => definitions.push(`const ${name} = ${text}`)))
  const form = formOf(like.build([]), e.ordered === true)
  const [a, b] = [await ask(runner, left), await ask(runner, right)]
  const refusal = undeclaredAmong(runner, a, b)
  if (refusal !== null) return `${refusal}\n\n${left.text}\n\n${right.text}`
  // a side that is refused before it is asked (collections under a set operation) leaves nothing to compare
  const isRefused = [a, b].some(x => E.isLeft(x) && (x.left._tag === 'Unsupported' || x.left._tag === 'ValidationError'))
  coverCompared(cover, !isRefused)
  if (isRefused || (E.isLeft(a) && E.isLeft(b) && a.left._tag === b.left._tag)) return null
  cover(E.isRight(a) && a.right.length === 0 ? 'rows: 0' : 'rows: some')
  if (E.isRight(a) && E.isRight(b) && sameAnswer(form, a.right, b.right)) return null
  const tables = [...new Set([...left.uses, ...right.uses])].filter(u => u.startsWith('t.')).map(u => u.slice(2))
  const said = (x: typeof a): string => (E.isLeft(x) ? `${x.left._tag}: ${x.left.message}` : show(form, x.right))
  return `${[...definitions, `const left = ${left.text}`, `const right = ${right.text}`, `const rows = ${databaseText(db, tables)}`].join('\n\n')}

left on ${runner.capabilities.engine}: ${said(a)}
right on ${runner.capabilities.engine}: ${said(b)}`
}

/** The law that an equation holds on an interpreter. */
export const equationLaw =
  (subject: EquationSubject) =>
  (e: Equation): Law =>
    law(
      e.name,
      e.statement,
      fc.tuple(batch(fc.array(part, { minLength: PARTS, maxLength: PARTS }), BATCH), database(subject.schema, subject.databases)),
      async ([cases, db], cover) => {
        const loaded = await load(subject.schema, db)({ db: subject.runner })()
        if (E.isLeft(loaded)) return `the rows are refused: ${loaded.left.message}`
        for (const steps of cases) {
          const problem = await broken(e, subject, steps, db, cover)
          if (problem !== null) return problem
        }
        return null
      },
      { batch: BATCH, share: 1 / 20 },
    )

/** A law about generated parts and the rows of a database: `broken` says what is wrong with one case. */
export const aboutParts = (
  { runner, schema, databases = {} }: EquationSubject,
  name: string,
  statement: string,
  broken: (p: Parts, cover: Cover) => Promise<string | null>,
  share = 1 / 20,
): Law =>
  law(
    name,
    statement,
    fc.tuple(batch(fc.array(part, { minLength: PARTS, maxLength: PARTS }), BATCH), database(schema, databases)),
    async ([cases, db], cover) => {
      const loaded = await load(schema, db)({ db: runner })()
      if (E.isLeft(loaded)) return `the rows are refused: ${loaded.left.message}`
      for (const steps of cases) {
        const definitions: string[] = []
        const p = partsOf(schema, steps, (title, text) => definitions.push(`const ${title} = ${text}`))
        const problem = await broken(p, cover)
        if (problem !== null) return `${[...definitions, `const rows = ${databaseText(db)}`].join('\n\n')}\n\n${problem}`
      }
      return null
    },
    { batch: BATCH, share },
  )
