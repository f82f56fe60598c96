/**
 * compile: from a query to a statement and its decoder, cached by the query's identity.
 *
 * A query in a constant, and a prepared query, are planned, normalized and printed once for each dialect;
 * after that, running them costs a look-up. Nothing is sent here.
 */
import * as E from 'fp-ts/lib/Either.js'
import { asQuery, isQuery } from '../core/syntax/guards.js'
import { type AnyExpr, type AnyQuery, type ExprType, type PreparedQuery, type Query, query as queryOf } from '../core/syntax/Syntax.js'
import { attempting, type DbError, refuse, unsupported, validationError } from '../core/value/DbError.js'
import type { DialectName } from '../core/value/DialectName.js'
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
  readonly columns: readonly ResultColumn[]
}

/** A column of a result: its type, and whether it is computed. */
export interface ResultColumn {
  readonly type: ExprType
  readonly computed: boolean
}

/** The column of an output. */
export const resultColumn = ({ scalar }: Plan['outputs'][number]): ResultColumn => ({
  type: scalar.type,
  computed: scalar.node.tag !== 'column',
})

/** Prints a plan without rewriting it. */
const printPlan = (dialect: Dialect, plan: Plan): Compiled => {
  const { text, slots } = flatten(renderer(dialect).select(plan), dialect.placeholder, dialect.reusesPlaceholders)
  return { text, slots, row: plan.row, columns: plan.outputs.map(resultColumn) }
}

/**
 * The cache key of a query. `head`, `one` and `option` wrap the query that they are given in a limit of one or two rows: that is a new
 * query each time, and cached by the inner one.
 */
interface Kept {
  readonly key: AnyQuery | PreparedQuery
  readonly rows: 'all' | 'one' | 'two'
  /** The query to be planned, with the parameters of a prepared query open. `reify` opens a whole query that is prepared. */
  readonly template: () => AnyQuery
  readonly values: { readonly [name: string]: AnyExpr }
}

const keptBy = (query: AnyQuery): Kept => {
  const limit = rowLimit(query)
  const inner = limit === null ? query : limit.input
  const rows = limit === null ? 'all' : limit.rows
  if (inner.node.tag !== 'prepared') return { key: inner, rows, template: () => query, values: {} }
  const { prepared, values } = inner.node
  return { key: prepared, rows, template: () => (limit === null ? query : queryOf({ ...limit.node, input: prepared.template })), values }
}

/** A limit of one or two rows at the top. */
const rowLimit = ({ node }: AnyQuery) => {
  if (node.tag !== 'limit' || node.count.node.tag !== 'literal') return null
  const count = node.count.node.value
  return count === 1n || count === 2n ? { node, input: node.input, rows: count === 1n ? ('one' as const) : ('two' as const) } : null
}

type Cache = WeakMap<AnyQuery | PreparedQuery, Map<Dialect, E.Either<DbError, Compiled>>>

const caches: { readonly [R in Kept['rows']]: Cache } = { all: new WeakMap(), one: new WeakMap(), two: new WeakMap() }

/** The statement of a query, cached by query and prepared query; with custom rewrites, not cached. */
export const compile = (dialect: Dialect, query: AnyQuery, rewrite: (plan: Plan) => Plan = normalize): E.Either<DbError, Compiled> => {
  if (!isQuery(query)) return attempting('a query', () => asQuery(query) as never)
  const { key, rows, template } = keptBy(query)
  const fresh = (): E.Either<DbError, Compiled> =>
    attempting('a function of the query', () => printPlan(dialect, rewrite(reify(template(), dialect))))
  if (rewrite !== normalize) return fresh()
  const known = caches[rows].get(key) ?? new Map<Dialect, E.Either<DbError, Compiled>>()
  caches[rows].set(key, known)
  const before = known.get(dialect)
  if (before !== undefined) return before
  const compiled = fresh()
  known.set(dialect, compiled)
  return compiled
}

/** The canonical value of a parameter. A named parameter in a command stands for a value that is not known yet. */
const valueOf = (s: Slot, given: Kept['values'] | null): unknown => {
  if (s.tag === 'value') return s.value
  if (given === null) return null
  const value = parameter(given, s.name)
  const counts = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
  if (s.isRowCount && !(counts && value >= 0)) refuse(validationError([s.name], 'limit and offset must be non-negative integers'))
  return value
}

const parameter = (given: { readonly [name: string]: AnyExpr }, name: string): unknown => {
  const node = given[name]?.node
  if (node?.tag === 'literal') return node.value
  if (node?.tag !== 'invalid') return refuse(validationError([name], 'the prepared query has no value for this parameter'))
  const { error } = node
  return refuse(error._tag === 'ValidationError' ? validationError([name, ...error.path], error.reason) : error)
}

/** The parameters of a statement as a driver of the dialect takes them, with those of a prepared query filled in. */
export const parameters = (dialect: Dialect, slots: readonly Slot[], query: AnyQuery | null): readonly unknown[] => {
  const given = query === null ? null : keptBy(query).values
  return slots.map(s => {
    const value = valueOf(s, given)
    return value === null ? null : dialect.write(s.type.sql)(value)
  })
}

/** The statement that explains another one. Refuses `analyze` where the engine can't run the query while explaining it. */
export const explaining = ({ explain, name }: Dialect, sql: string, analyze: boolean): string => {
  const prefix = analyze ? explain.analyze : explain.prefix
  return prefix === null ? refuse(unsupported('an explanation that runs the query', name, 'leave analyze out')) : `${prefix} ${sql}`
}

/**
 * The text and parameters of a query in a dialect, as a runner would send them. The parameters are in the form that drivers take: on
 * SQLite, an instant is text and a decimal a scaled integer.
 */
export const toSql =
  (dialect: DialectName) =>
  <S, A>(query: Query<S, A>): E.Either<DbError, { readonly sql: string; readonly params: readonly unknown[] }> => {
    const record = dialects[dialect]
    const compiled = compile(record, query)
    if (E.isLeft(compiled)) return compiled
    return attempting('a parameter', () => ({ sql: compiled.right.text, params: parameters(record, compiled.right.slots, query) }))
  }
