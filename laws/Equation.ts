/**
 * Equations between queries: both sides run on one interpreter and must have the same rows.
 *
 * `sides` draws parts (queries, functions of rows, conditions, keys) and makes two queries of them with the combinators a user has. The
 * parts are values: a function of rows is a function. Each part is drawn once and has a name, so a counterexample prints the parts under
 * the names of the equation, and below them each side as `Q.show` writes it, which is a whole program. No part has `mapRow`: a function
 * on decoded rows comes after everything else (S7), so only the functor laws are about it, and their statements give the functions.
 */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { AnyQuery, RowShape } from '../lib/core/syntax/Syntax.js'
import { rowOf } from '../lib/core/syntax/scope.js'
import type { Runner } from '../lib/Interpreter.js'
import * as Q from '../lib/Query.js'
import type { AnySchema } from '../lib/Schema.js'
import { formOf, sameAnswer, show } from './answer.js'
import { rowVariable, totally, within } from './arbitrary/assemble.js'
import { batch } from './arbitrary/batch.js'
import { type Code, lambda, list, statically } from './arbitrary/Code.js'
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
import type { Fn } from './untyped.js'

/** A query whose rows the compiler does not know. */
export type Rows = any

/** The origin of rows: a query, or a function to a query or a shape. */
type Source = Rows | Fn

/** The parts of an equation, each drawn once. */
export interface Parts {
  /** A query whose rows are records. */
  readonly query: (name: string) => Rows
  /** The same in a total order, or a table in the order of its key where the rows have no total order. */
  readonly ordered: (name: string) => Rows
  /** A query with the same fields as another one. */
  readonly alike: (name: string, other: Rows) => Rows
  /** A function from rows to a query; `ordered`: in a total order. */
  readonly kleisli: (name: string, of: Source, ordered?: boolean) => Fn
  readonly predicate: (name: string, of: Source) => Fn
  readonly shape: (name: string, of: Source) => Fn
  readonly keys: (name: string, of: Source) => Fn
  /** An expression over rows; the default kind is that of some column. */
  readonly expression: (name: string, of: Source, kind?: Kind) => Fn
  /** The kind of an expression that was drawn here. */
  readonly kindOf: (expression: Fn) => Kind
  readonly below: (n: number) => number
}

export interface Equation {
  readonly name: string
  readonly statement: string
  /** The two queries; and, where both end in `mapRow`, one whose rows have the form of theirs. */
  readonly sides: (p: Parts) => readonly [Rows, Rows, Rows?]
  /** Whether the order of the rows is part of the equation. */
  readonly ordered?: boolean
}

const { mapRow: _, ...PURE_STEPS } = STEPS

const part = step({ part: 1 }, 24, recipe(SOURCES, PURE_STEPS, 2, 3) as fc.Arbitrary<Recipe>)

const PARTS = 6

/** The named parts of one case: their TypeScript, and what it uses. */
interface Definitions {
  readonly texts: string[]
  readonly uses: Set<string>
}

const partsOf = (schema: AnySchema, steps: readonly Step[], definitions: Definitions): Parts => {
  const rowsOf = new Map<unknown, RowShape>()
  const codeOf = new Map<unknown, QueryCode>()
  const kinds = new Map<Fn, Kind>()
  let at = 0
  const next = (): Writer => writer(schema, [], steps[at++] ?? { op: 'part', choices: [], sub: [] })
  const named = <A>(name: string, code: Code<A>): A => {
    definitions.texts.push(`const ${name} = ${code.text}`)
    for (const use of code.uses) definitions.uses.add(use)
    return code.build([])
  }
  const rows = (name: string, code: QueryCode): Rows => {
    const q: AnyQuery = named(name, code)
    rowsOf.set(q, code.row ?? {})
    codeOf.set(q, code)
    return q
  }
  const isRecordRow = (code: QueryCode): boolean => code.row !== null && typeof (code.row as { kind?: unknown }).kind !== 'string'
  const recordOr = (code: QueryCode): QueryCode => (isRecordRow(code) ? code : elaborate(schema, plain, []))
  const fn = (name: string, of: Source, body: (inner: Writer) => Code<any>): Fn => {
    const w = next()
    const own = rowVariable(w, rowsOf.get(of) ?? (rowOf(of) as RowShape))
    const inner = within(w, own)
    const code = body(inner)
    const f = named(name, lambda([own], code))
    rowsOf.set(f, statically(inner.vars, code) as RowShape)
    return f
  }
  return {
    query: name => rows(name, recordOr(next().query())),
    ordered: name => {
      const w = next()
      const code = recordOr(w.query())
      return rows(name, totally(w, code, someKeys) ?? (totally(w, elaborate(schema, plain, [])) as QueryCode))
    },
    alike: (name, other) => {
      const code = codeOf.get(other) as QueryCode
      return rows(name, otherSide(next(), code) ?? code)
    },
    kleisli: (name, of, ordered = false) => {
      let row: RowShape = {}
      const f = fn(name, of, inner => {
        const any = recordOr(inner.query())
        const q = ordered ? (totally(inner, any) ?? (totally(inner, elaborate(schema, plain, inner.vars)) as QueryCode)) : any
        row = q.row ?? {}
        return q
      })
      rowsOf.set(f, row)
      return f
    },
    predicate: (name, of) => fn(name, of, inner => predicate(inner, inner.choices.pick([1, 2, 0]))),
    shape: (name, of) => fn(name, of, shape),
    keys: (name, of) => fn(name, of, inner => list(someKeys(inner))),
    expression: (name, of, kind) => {
      let found: Kind = kind ?? 'int'
      const f = fn(name, of, inner => {
        found = kind ?? someKind(inner, true)
        return expression(inner, found, inner.choices.pick([1, 2, 0]))
      })
      kinds.set(f, found)
      return f
    },
    kindOf: f => kinds.get(f) as Kind,
    below: n => next().choices.below(n),
  }
}

const tablesOf = ({ uses }: Definitions): readonly string[] => [...uses].filter(u => u.startsWith('t.')).map(u => u.slice(2))

const BATCH = 10

export interface EquationSubject {
  readonly runner: Runner
  readonly schema: AnySchema
  readonly databases?: DatabaseOptions
}

const run = (runner: Runner, q: Rows) => Q.all<unknown, unknown>(q)({ db: runner })()

/** A report on one case in which the equation does not hold; null if it holds. */
const broken = async (
  e: Equation,
  { runner, schema }: EquationSubject,
  steps: readonly Step[],
  db: AnyDatabase,
  cover: Cover,
): Promise<string | null> => {
  const definitions: Definitions = { texts: [], uses: new Set() }
  const [left, right, like = left] = e.sides(partsOf(schema, steps, definitions))
  const sides = (): string => [left, right].map((q, i) => `const ${['left', 'right'][i]} = ${Q.show(q, schema)}`).join('\n\n')
  const form = formOf(like, e.ordered === true)
  const [a, b] = [await run(runner, left), await run(runner, right)]
  const refusal = undeclaredAmong(runner, a, b)
  if (refusal !== null) return `${refusal}\n\n${sides()}`
  // a side that is refused before it is sent (collections under a set operation) leaves nothing to compare
  const isRefused = [a, b].some(x => E.isLeft(x) && (x.left._tag === 'Unsupported' || x.left._tag === 'ValidationError'))
  coverCompared(cover, !isRefused)
  if (isRefused || (E.isLeft(a) && E.isLeft(b) && a.left._tag === b.left._tag)) return null
  cover(E.isRight(a) && a.right.length === 0 ? 'rows: 0' : 'rows: some')
  if (E.isRight(a) && E.isRight(b) && sameAnswer(form, a.right, b.right)) return null
  const result = (x: typeof a): string => (E.isLeft(x) ? `${x.left._tag}: ${x.left.message}` : show(form, x.right))
  return `${[...definitions.texts, sides(), `const rows = ${databaseText(db, tablesOf(definitions))}`].join('\n\n')}

left on ${runner.capabilities.engine}: ${result(a)}
right on ${runner.capabilities.engine}: ${result(b)}`
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

/** A law about generated parts and the rows of a database; `broken` returns a complaint about one case, or null. */
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
        const definitions: Definitions = { texts: [], uses: new Set() }
        const p = partsOf(schema, steps, definitions)
        const problem = await broken(p, cover)
        if (problem !== null) return `${[...definitions.texts, `const rows = ${databaseText(db)}`].join('\n\n')}\n\n${problem}`
      }
      return null
    },
    { batch: BATCH, share },
  )
