/**
 * Queries over a schema: recipes, read as queries and as the TypeScript that builds them.
 *
 * `elaborate` is total: it takes a recipe step by step, derives what is in scope from the row of the query so far, and lets the choices
 * decide among the candidates. A step that does not apply is left out. The result of a generated query is determined up to the order it
 * leaves open: before `limit`, `offset`, `first` and `scalar` the order is total.
 *
 * `query(schema)` is the published arbitrary; its values have the query, its text, what it uses, and whether its result is a list or a
 * bag.
 */
import type fc from 'fast-check'
import type { AnyQuery } from '../../lib/core/syntax/Syntax.js'
import { leaves } from '../../lib/core/syntax/scope.js'
import type { AnySchema } from '../../lib/Schema.js'
import { append, begin, onRows, totally } from './assemble.js'
import type { Variable } from './Code.js'
import { choices } from './choices.js'
import { call, combinator } from './combinators.js'
import { expression } from './expression.js'
import type { Kind } from './Kind.js'
import { plain, type Recipe, recipe, type Step } from './Recipe.js'
import { sources } from './sources.js'
import { steps } from './steps.js'
import type { QueryCode, Writer } from './Writer.js'
import { SOURCES, STEPS } from './weights.js'

/** A generated query. */
export interface GeneratedQuery {
  readonly query: AnyQuery
  /** The expression that builds it, over `t`, the record of the schema's tables. */
  readonly text: string
  /** Whether the order is total, so that the result is a list and not only a bag. */
  readonly ordered: boolean
  /** The combinators, as in `Q.where`, and tables, as in `t.name`. */
  readonly uses: ReadonlySet<string>
  readonly recipe: Recipe
}

/** The writer of one step, with its choices and its inner recipes, each of which is used once. */
export const writer = (schema: AnySchema, vars: readonly Variable[], step: Step): Writer => {
  const made = choices(step.choices)
  let used = 0
  const next = (): Recipe | null => step.sub[used++] ?? null
  const at = (scope: readonly Variable[]): Writer => {
    const sub = (): QueryCode | null => {
      const r = next()
      return r === null ? null : elaborate(schema, r, scope)
    }
    /** A query mapped to one column of a kind. */
    const column = (q: QueryCode, kind: Kind): QueryCode | null => {
      if (q.row === null) return null
      const f = onRows(self, q.row, inner => expression(inner, kind, made.below(2)))
      const mapped = append(self, q, f === null ? null : call('Q', 'map', f), { unique: null })
      return mapped === q ? null : mapped
    }
    const self: Writer = {
      vars: scope,
      choices: made,
      inner: at,
      schema,
      query: () => sub() ?? elaborate(schema, plain, scope),
      rows: sub,
      column: kind => {
        const q = sub()
        return q === null ? null : column(q, kind)
      },
      single: kind => {
        const q = sub()
        if (q === null || q.row === null) return null
        if (made.below(2) === 0) {
          const ordered = totally(self, q)
          if (ordered !== null) return column(ordered, kind)
        }
        const mapped = column(q, kind)
        return mapped === null ? null : totally(self, mapped)
      },
    }
    return self
  }
  return at(vars)
}

const MAX_COLUMNS = 60

/** Joins of more tables are too slow for an interpreter that uses nested loops. */
const MAX_TABLES = 7

const isLarge = (q: QueryCode): boolean =>
  (q.row !== null && leaves(q.row).length > MAX_COLUMNS) || q.uses.filter(u => u.startsWith('t.')).length > MAX_TABLES

/** The query of a recipe, with some variables in scope. */
export const elaborate = (schema: AnySchema, r: Recipe, vars: readonly Variable[]): QueryCode => {
  const source = sources[r.source.op] ?? sources.from
  const w = writer(schema, vars, r.source)
  const first = source?.(w) ?? (begin(vars, combinator('Q', 'Do')) as QueryCode)
  return r.steps.reduce((q, step) => {
    const next = steps[step.op]?.(writer(schema, vars, step), q) ?? q
    return isLarge(next) ? q : next
  }, first)
}

const generated = (schema: AnySchema, r: Recipe): GeneratedQuery => {
  const code = elaborate(schema, r, [])
  return { query: code.build([]), text: code.text, ordered: code.total, uses: new Set(code.uses), recipe: r }
}

/** Queries over the tables of a schema, nested up to `depth` levels. */
export const query = (schema: AnySchema, options: { readonly depth?: number } = {}): fc.Arbitrary<GeneratedQuery> =>
  recipe(SOURCES, STEPS, options.depth ?? 4).map(r => generated(schema, r))
