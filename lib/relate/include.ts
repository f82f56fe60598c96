/**
 * Includes: a query of rows with the rows that are related to them.
 *
 * A row that is referenced is joined: by an inner join where its key is not null, or else by a left join, as an Option. Rows that reference are a
 * nested collection, in their order and with their limits. Whatever the depth, it is one query.
 *
 * Law: an include has the rows of the nested loop over the tables.
 */
import * as Q from '../core/query/Query.js'
import type { AnyTable, Pred } from '../core/syntax/Syntax.js'
import { refuse, validationError } from '../core/value/DbError.js'
import { nearestHint } from '../core/value/nearest.js'
import { pathsFrom } from './paths.js'
import { type AnyRow, type Look, OPTIONS, type Rows, related, type Side } from './sides.js'

/** What is included, as data. */
export interface Spec {
  readonly where?: (row: any) => Pred
  readonly orderBy?: (row: any) => readonly any[]
  readonly limit?: number
  readonly offset?: number
  readonly select?: (row: any) => AnyRow
  readonly [relation: string]: unknown
}

const specOf = (t: AnyTable, name: string, given: unknown, { cardinality }: Side): Spec => {
  const bad = (reason: string): never => refuse(validationError([t.name, name], reason))
  if (given === true) return {}
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return bad('include a relation by true, or by an object of what to include with it')
  const option = cardinality === 'many' ? undefined : OPTIONS.find(o => o !== 'select' && Object.hasOwn(given, o))
  return option === undefined
    ? (given as Spec)
    : bad(`a relation to one row has no ${option}: put a condition on the row that refers to it`)
}

/** A name that none of the relations has. */
const freeName = (names: readonly string[]): string => {
  let name = 'row'
  while (names.includes(name)) name += '_'
  return name
}

/**
 * Rows with the rows that are nested in each. A join forgets an order, so rows are put in order, and limited, after the joins: these add no row and
 * take none away.
 */
export const nested = (look: Look, t: AnyTable, spec: Spec, rows: Rows): Rows => {
  const sides = look(t)
  const wanted = Object.entries(spec).filter(([name, given]) => !OPTIONS.includes(name) && given !== undefined)
  for (const [name] of wanted)
    if (!sides.has(name))
      refuse(validationError([t.name, name], `the table has no relation of this name: ${nearestHint(name, sides.keys())}`))
  const ends = wanted.map(([name, given]) => ({
    name,
    side: sides.get(name) as Side,
    spec: specOf(t, name, given, sides.get(name) as Side),
  }))
  const joined = ends.filter(e => e.side.cardinality !== 'many')
  const many = ends.filter(e => e.side.cardinality === 'many')
  const own = freeName(ends.map(e => e.name))
  const rowOf = (scope: AnyRow): AnyRow => (joined.length === 0 ? scope : scope[own])
  const paths = (scope: AnyRow): AnyRow => pathsFrom(look, t, rowOf(scope))
  const { where, orderBy, limit, offset, select } = spec
  const filtered = where === undefined ? rows : (Q.where((row: AnyRow) => where(pathsFrom(look, t, row)))(rows) as Rows)
  let found =
    joined.length === 0
      ? filtered
      : joined.reduce<Rows>(
          (q, { name, side, spec: inner }) => {
            const other = (scope: AnyRow): Rows => nested(look, side.to, inner, related(side, rowOf(scope)))
            return (side.cardinality === 'one' ? Q.bind(name, other)(q) : Q.bindLeft(name, other)(q)) as Rows
          },
          Q.bind(own, () => filtered)(Q.Do) as Rows,
        )
  if (orderBy !== undefined) found = Q.orderBy((scope: AnyRow) => orderBy(paths(scope)))(found) as Rows
  if (offset !== undefined) found = Q.offset(offset)(found) as Rows
  if (limit !== undefined) found = Q.limit(limit)(found) as Rows
  if (wanted.length === 0 && select === undefined) return found
  return Q.map((scope: AnyRow) => ({
    ...(select === undefined ? rowOf(scope) : select(paths(scope))),
    ...Object.fromEntries(joined.map(({ name }) => [name, scope[name]])),
    ...Object.fromEntries(
      many.map(({ name, side, spec: inner }) => [name, Q.many(nested(look, side.to, inner, related(side, rowOf(scope))))]),
    ),
  }))(found) as Rows
}
