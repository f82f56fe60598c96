/**
 * Assembles queries: a source, then step by step.
 *
 * `append` keeps what is known of the rows (the static row, a unique key, whether the order is total) in step with the query and its
 * text. A step that the library refuses is left out, so any choices give a query.
 */

import type { AnyQuery, RowShape, Shape } from '../../lib/core/syntax/Syntax.js'
import { rowOf, scopeOf } from '../../lib/core/syntax/scope.js'
import { attempting } from '../../lib/core/value/DbError.js'
import { type AnyFunction, type Code, lambda, list, piped, statically, type Variable } from './Code.js'
import { call } from './combinators.js'
import { totalKeys } from './order.js'
import { variableName } from './scopeCode.js'
import type { QueryCode, UniqueKey, Writer } from './Writer.js'

/** The queries built here whose order is total, so that their results are compared as lists. */
const ordered = new WeakSet<AnyQuery>()

export const isOrdered = (q: AnyQuery): boolean => ordered.has(q)

interface Known {
  readonly unique: UniqueKey
  readonly total: boolean
}

const assembled = (
  vars: readonly Variable[],
  source: Code<AnyQuery>,
  steps: readonly Code<AnyFunction>[],
  { unique, total }: Known,
): QueryCode | null => {
  const whole = piped(source, ...steps)
  const build: Code<AnyQuery>['build'] = env => {
    const q = whole.build(env)
    if (total) ordered.add(q)
    return q
  }
  const code = { ...whole, build }
  const row = attempting('a generated query', () => rowOf(statically(vars, code)))
  return row._tag === 'Left' ? null : { ...code, source, steps, row: row.right, unique, total }
}

/** A query without steps; null if the library refuses it. */
export const begin = (vars: readonly Variable[], source: Code<AnyQuery>, known: Partial<Known> = {}): QueryCode | null =>
  assembled(vars, source, [], { unique: null, total: false, ...known })

/** The query with one more step, or unchanged if the library refuses the step. */
export const append = (w: Writer, q: QueryCode, step: Code<AnyFunction> | null, known: Partial<Known> = {}): QueryCode =>
  step === null ? q : (assembled(w.vars, q.source, [...q.steps, step], { unique: q.unique, total: q.total, ...known }) ?? q)

export const FORGOTTEN: Known = { unique: null, total: false }

/** The variable for the rows of a query, after those in scope. */
export const rowVariable = (w: Writer, row: RowShape): Variable => ({ name: variableName(w.vars), scope: scopeOf(row) })

/** A function of the rows of a query: `body` is written with them in scope. */
export const onRows = (
  w: Writer,
  row: RowShape,
  body: (inner: Writer, own: Variable) => Code<unknown> | null,
): Code<AnyFunction> | null => {
  const own = rowVariable(w, row)
  const code = body(within(w, own), own)
  return code === null ? null : lambda([own], code)
}

/** A writer with one more variable in scope. Queries inside see it too. */
export const within = (w: Writer, ...own: readonly Variable[]): Writer => w.inner([...w.vars, ...own])

/** The query in a total order, or null if its rows have parts that can't be ordered. */
export const totally = (w: Writer, q: QueryCode, first: (inner: Writer) => readonly Code<unknown>[] = () => []): QueryCode | null => {
  if (q.total || q.row === null) return q
  const step = onRows(w, q.row, inner => {
    const total = totalKeys(inner, q.unique)
    return total === null ? null : list([...first(inner), ...total])
  })
  if (step === null) return null
  const done = append(w, q, call('Q', 'orderBy', step), { total: true })
  return done.total ? done : null
}

/** Whether a scope is a record, so that `bind` and `let` can add a field. */
export const isRecord = (row: RowShape): boolean => typeof (scopeOf(row) as { readonly kind?: unknown }).kind !== 'string'

/** A field name that the scope does not have. */
export const freshName = (scope: Shape, stem: string): string => {
  const taken = new Set(Object.keys(scope))
  let n = 1
  while (taken.has(`${stem}${n}`)) n += 1
  return `${stem}${n}`
}
