/**
 * Includes: a query of rows with the rows that are related to them.
 *
 * A row that is referenced is joined: by an inner join where its key is not null, or else by a left join, as an Option. Rows that reference are a
 * nested collection, in the order and with the limits that are asked for. Whatever the depth, it is one query.
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

const specOf = (t: AnyTable, name: string, given: unknown): Spec => {
  if (given === true) return {}
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return refuse(validationError([t.name, name], 'include a relation by true, or by an object of what to include with it'))
  return given as Spec
}

/** The row with its own nested rows, as a shape over a scope in which joined relations have their names. */
export const nested = (look: Look, t: AnyTable, spec: Spec, rows: Rows): Rows => {
  const sides = look(t)
  const wanted = Object.entries(spec).filter(([name, given]) => !OPTIONS.includes(name) && given !== undefined)
  for (const [name] of wanted)
    if (!sides.has(name))
      refuse(validationError([t.name, name], `the table has no relation of this name: ${nearestHint(name, sides.keys())}`))
  const ends = wanted.map(([name, given]) => ({ name, side: sides.get(name) as Side, spec: specOf(t, name, given) }))
  const joined = ends.filter(e => e.side.cardinality !== 'many')
  const many = ends.filter(e => e.side.cardinality === 'many')
  if (wanted.length === 0 && spec.select === undefined) return rows
  const bound = joined.reduce<Rows>(
    (q, { name, side, spec: own }) => {
      const other = ({ row }: AnyRow): Rows => nested(look, side.to, own, related(side, row))
      return (side.cardinality === 'one' ? Q.bind(name, other)(q) : Q.bindLeft(name, other)(q)) as Rows
    },
    Q.bind('row', () => rows)(Q.Do) as Rows,
  )
  return Q.map((scope: AnyRow) => ({
    ...(spec.select === undefined ? scope.row : spec.select(pathsFrom(look, t, scope.row))),
    ...Object.fromEntries(joined.map(({ name }) => [name, scope[name]])),
    ...Object.fromEntries(many.map(({ name, side, spec: own }) => [name, Q.many(collection(look, side, own, scope.row))])),
  }))(bound) as Rows
}

/** The rows of a relation to many, in the order and with the limits of its options. */
const collection = (look: Look, side: Side, { where, orderBy, limit, offset, ...rest }: Spec, own: AnyRow): Rows => {
  const paths = (row: AnyRow): AnyRow => pathsFrom(look, side.to, row)
  let rows = related(side, own)
  if (where !== undefined) rows = Q.where((row: AnyRow) => where(paths(row)))(rows) as Rows
  if (orderBy !== undefined) rows = Q.orderBy((row: AnyRow) => orderBy(paths(row)))(rows) as Rows
  if (offset !== undefined) rows = Q.offset(offset)(rows) as Rows
  if (limit !== undefined) rows = Q.limit(limit)(rows) as Rows
  return nested(look, side.to, rest, rows)
}
