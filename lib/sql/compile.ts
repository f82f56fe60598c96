/**
 * compile: the whole road from a query to a statement and its decoder, kept by the query's identity.
 *
 * A query in a constant, and a prepared query, are planned, normalized and printed once a dialect;
 * after that running them costs a look-up. Nothing here is sent anywhere.
 */
import * as E from 'fp-ts/lib/Either.js'
import { attempting, type DbError, refuse, validationError } from '../core/DbError.js'
import type { DialectName } from '../core/DialectName.js'
import type { AnyExpr, AnyQuery, PreparedQuery, Query } from '../core/Syntax.js'
import { normalize } from '../plan/normalize/normalize.js'
import type { Plan, RowPlan } from '../plan/Rel.js'
import { reify } from '../plan/reify.js'
import type { Dialect } from './Dialect.js'
import { dialects } from './dialects.js'
import { flatten, type Slot } from './Fragment.js'
import { renderer } from './render.js'

/** SQL text, its parameters in the order of the placeholders, and how its rows are read. */
export interface Compiled {
  readonly text: string
  readonly slots: readonly Slot[]
  readonly row: RowPlan
  /** The types of the output columns. */
  readonly columns: readonly Plan['outputs'][number][]
}

/** Prints a plan as it is. */
const printPlan = (dialect: Dialect, plan: Plan): Compiled => {
  const { text, slots } = flatten(renderer(dialect).select(plan), dialect.placeholder, dialect.numbered)
  return { text, slots, row: plan.row, columns: plan.outputs }
}

const cache = new WeakMap<AnyQuery | PreparedQuery, Map<Dialect, E.Either<DbError, Compiled>>>()

/** The statement of a query; the same one for the same query or prepared query. With rewrites of the caller's own nothing is kept. */
export const compile = (dialect: Dialect, query: AnyQuery, rewrite: (plan: Plan) => Plan = normalize): E.Either<DbError, Compiled> => {
  const fresh = (): E.Either<DbError, Compiled> => attempting('a function of the query', () => printPlan(dialect, rewrite(reify(query))))
  if (rewrite !== normalize) return fresh()
  const key = query.node.tag === 'prepared' ? query.node.prepared : query
  const known = cache.get(key) ?? new Map<Dialect, E.Either<DbError, Compiled>>()
  cache.set(key, known)
  const before = known.get(dialect)
  if (before !== undefined) return before
  const compiled = fresh()
  known.set(dialect, compiled)
  return compiled
}

/** The values of a statement's parameters, canonical, with those of a prepared query filled in. */
const bind = (slots: readonly Slot[], query: AnyQuery | null): readonly unknown[] => {
  const given = query?.node.tag === 'prepared' ? query.node.values : {}
  return slots.map(s => {
    if (s.tag === 'value') return s.value
    const value = parameter(given, s.name)
    const counts = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
    if (s.isRowCount && !(counts && value >= 0)) refuse(validationError([s.name], 'a number of rows is a whole number and not negative'))
    return value
  })
}

const parameter = (given: { readonly [name: string]: AnyExpr }, name: string): unknown => {
  const node = given[name]?.node
  if (node?.tag === 'literal') return node.value
  if (node?.tag !== 'invalid') return refuse(validationError([name], 'the prepared query has no value for this parameter'))
  const { error } = node
  return refuse(error._tag === 'ValidationError' ? validationError([name, ...error.path], error.reason) : error)
}

/** The same as a driver of the dialect is given them. */
export const parameters = (dialect: Dialect, slots: readonly Slot[], query: AnyQuery | null): readonly unknown[] =>
  bind(slots, query).map((value, i) => (value === null ? null : dialect.write((slots[i] as Slot).type.sql)(value)))

/**
 * The text and parameters of a query in a dialect: what would be sent. The parameters are written as the drivers take them,
 * an instant on SQLite as text, a decimal there as a scaled integer.
 */
export const toSql =
  (dialect: DialectName) =>
  <S, A>(query: Query<S, A>): E.Either<DbError, { readonly sql: string; readonly params: readonly unknown[] }> => {
    const record = dialects[dialect]
    const compiled = compile(record, query)
    if (E.isLeft(compiled)) return compiled
    return attempting('a parameter', () => ({ sql: compiled.right.text, params: parameters(record, compiled.right.slots, query) }))
  }
