/**
 * What planning is made of: constants, joins, names of columns, rows with other leaves, and what tells that a row is there.
 *
 * Nothing here knows of ids that are taken; `reify` gives them. A witness of a relation is a column that is null in none of its
 * rows: where a left join finds no row it is null, and so it tells.
 */
import type { AnyExpr, RowShape } from '../core/syntax/Syntax.js'
import { expr } from '../core/syntax/Syntax.js'
import { mapLeaves } from '../core/syntax/scope.js'
import { columnsBy } from './columnsBy.js'
import { conjunction, conjuncts } from './conditions.js'
import { freeIn, madeIn } from './ids.js'
import type { Named, Plan, Rel, Scalar } from './Rel.js'

export const TRUE: Scalar = { node: { tag: 'literal', value: true }, type: { sql: { tag: 'boolean' }, nullable: false, refine: null } }
export const FALSE: Scalar = { ...TRUE, node: { tag: 'literal', value: false } }
export const ONE: Scalar = { node: { tag: 'literal', value: 1n }, type: { sql: { tag: 'bigint' }, nullable: false, refine: null } }

/** A side of a join that is always there. */
export const present = (row: RowShape): RowShape => ({ kind: 'maybe', present: expr({ tag: 'literal', value: true }, TRUE.type), row })

/** A row with other leaves, in the order of its own. */
export const withLeaves = (row: RowShape, by: readonly AnyExpr[]): RowShape => {
  let next = 0
  return mapLeaves(row, () => {
    next += 1
    return by[next - 1] as AnyExpr
  })
}

/** The side of a left join with `zero`: never there. */
export const MISSING: RowShape = { kind: 'maybe', present: expr({ tag: 'literal', value: false }, TRUE.type), row: {} }

/**
 * What a query of at most one row, which reads no table, comes to: an expression where it has its row, another where it has none.
 * MariaDB does not find the outer columns of such a sub-query, or ends over it (10.11).
 */
export const singleRowScalar = ({ rel }: Plan, row: Scalar | undefined, none: Scalar): Scalar['node'] | null => {
  const conditions = conditionsOfOne(rel)
  if (conditions === null || row === undefined) return null
  const computed = madeIn(rel)
  if ([...freeIn([row, ...conditions])].some(id => computed.has(id))) return null
  const condition = conjunction(conditions)
  return condition === null ? row.node : { tag: 'case', branches: [[condition, row]], otherwise: none }
}

/** The conditions under which a relation has its one row; null where it may have others. */
const conditionsOfOne = (rel: Rel): readonly Scalar[] | null => {
  switch (rel.tag) {
    case 'unit':
      return []
    case 'window':
    case 'derive':
      return conditionsOfOne(rel.input)
    case 'filter': {
      const inner = conditionsOfOne(rel.input)
      return inner && [...inner, ...conjuncts(rel.predicate)]
    }
    case 'join': {
      const [left, right] = rel.kind === 'inner' && rel.on === null ? [conditionsOfOne(rel.left), conditionsOfOne(rel.right)] : [null, null]
      return left && right && [...left, ...right]
    }
    default:
      return null
  }
}

export const join = (kind: 'inner' | 'left', left: Rel, right: Rel, name: string | null): Rel => ({
  tag: 'join',
  kind,
  left,
  right,
  on: null,
  name,
})

/** A column's name: the last field of its path. A left join's tag is named after its side. */
export const outputName = (path: readonly string[]): string => {
  const last = path[path.length - 1]
  return last === '?' ? `has_${path[path.length - 2] ?? 'row'}` : (last ?? 'value')
}

/** A column of the relation that is never null in its rows. Columns on the far side of a left join don't count. */
export const witnessOf = (rel: Rel): Named | null => {
  switch (rel.tag) {
    case 'filter':
    case 'limit':
      return witnessOf(rel.input)
    case 'join':
      return witnessOf(rel.left) ?? (rel.kind === 'inner' ? witnessOf(rel.right) : null)
    case 'scan': {
      const key = rel.table.primaryKey?.columns[0]
      return rel.columns.find(c => c.name === key) ?? rel.columns.find(c => !c.type.nullable) ?? null
    }
    default:
      return columnsBy(rel).find(c => !c.type.nullable) ?? null
  }
}
