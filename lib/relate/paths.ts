/**
 * Paths: related rows in expressions.
 *
 * `pathsFrom(look, t, row)` is the row with a lazy property for each relation. A path to one row has its fields as scalar sub-queries, null where
 * there is no row; a path on which a relation is to-many ends in `some`, `every`, `none`, `count` or an aggregate. Nothing is made before a field
 * is read, so a schema with cycles is no problem.
 *
 * Laws: a condition over a path is that over a left join; `every(p)` is `not` of some row for which p is false or null.
 */
import * as Agg from '../core/expr/Agg.js'
import { coalesce, exists, not, scalar } from '../core/expr/Expr.js'
import * as Q from '../core/query/Query.js'
import type { AnyAgg, AnyExpr, AnyTable, Expr, Pred } from '../core/syntax/Syntax.js'
import { type AnyRow, type Look, type Rows, related, type Side } from './sides.js'

/** An object with lazy properties. */
const lazily = (base: AnyRow, names: Iterable<string>, get: (name: string) => unknown): AnyRow => {
  const made: AnyRow = { ...base }
  for (const name of names) Object.defineProperty(made, name, { enumerable: false, get: () => get(name) })
  return made
}

/** A row of a table whose relations can be followed. */
export const pathsFrom = (look: Look, t: AnyTable, row: AnyRow): AnyRow => {
  const sides = look(t)
  return lazily(row, sides.keys(), name => stepTo(look, sides.get(name) as Side, related(sides.get(name) as Side, row)))
}

/** The end of a path: `rows` are those to which it leads. */
const stepTo = (look: Look, side: Side, rows: Rows): unknown =>
  side.cardinality === 'many' ? manyAt(look, side.to, rows) : oneAt(look, side.to, rows)

const oneAt = (look: Look, t: AnyTable, rows: Rows): AnyRow => {
  const sides = look(t)
  const field = (name: string): Expr<unknown> => scalar(Q.map((r: AnyRow) => r[name])(rows) as never)
  const further = (name: string): unknown => {
    const side = sides.get(name) as Side
    return stepTo(look, side, Q.flatMap((r: AnyRow) => related(side, r))(rows) as Rows)
  }
  return lazily({}, [...Object.keys(t.columns), ...sides.keys()], name => (sides.has(name) ? further(name) : field(name)))
}

const manyAt = (look: Look, t: AnyTable, rows: Rows): unknown => {
  const having = (condition?: (row: any) => Pred): Rows =>
    condition === undefined ? rows : (Q.where((r: AnyRow) => condition(pathsFrom(look, t, r)))(rows) as Rows)
  const aggregate = (of: Rows, agg: (row: any) => AnyAgg): AnyExpr =>
    scalar(Q.map((r: any) => r.value)(Q.aggregate((r: AnyRow) => ({ value: agg(pathsFrom(look, t, r)) }))(of)) as never)
  return {
    some: (condition?: (row: any) => Pred) => exists(having(condition)),
    none: (condition?: (row: any) => Pred) => not(exists(having(condition))),
    every: (condition: (row: any) => Pred) => not(exists(having(row => not(coalesce(condition(row), false))))),
    count: (condition?: (row: any) => Pred) => coalesce(aggregate(having(condition), () => Agg.countAll) as Expr<number | null>, 0),
    sum: (value: (row: any) => Expr<any>) => aggregate(rows, row => Agg.sum(value(row))),
    min: (value: (row: any) => Expr<any>) => aggregate(rows, row => Agg.min(value(row))),
    max: (value: (row: any) => Expr<any>) => aggregate(rows, row => Agg.max(value(row))),
    avg: (value: (row: any) => Expr<any>) => aggregate(rows, row => Agg.avg(value(row))),
  }
}
