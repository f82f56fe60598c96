/**
 * Building blocks of plans: constants, joins, column names, rows with other leaves, witnesses.
 *
 * Nothing here makes column ids; `reify` passes them in. A witness of a relation is a column that is null in none of its rows: where a
 * left join finds no row it is null, so it shows whether the side is present.
 */
import type { AnyExpr, RowShape } from '../core/syntax/Syntax.js'
import { expr } from '../core/syntax/Syntax.js'
import { mapLeaves } from '../core/syntax/scope.js'
import { columnsBy } from './columnsBy.js'
import { conjunction, conjuncts } from './conditions.js'
import { freeIn, madeIn } from './ids.js'
import type { Named, Plan, Rel, Scalar } from './Rel.js'

/** The constant true. */
export const TRUE: Scalar = { node: { tag: 'literal', value: true }, type: { sql: { tag: 'boolean' }, nullable: false, refine: null } }
/** The constant false. */
export const FALSE: Scalar = { ...TRUE, node: { tag: 'literal', value: false } }
/** The constant 1, a bigint. */
export const ONE: Scalar = { node: { tag: 'literal', value: 1n }, type: { sql: { tag: 'bigint' }, nullable: false, refine: null } }

/** A side of a join that is always present. */
export const present = (row: RowShape): RowShape => ({ kind: 'maybe', present: expr({ tag: 'literal', value: true }, TRUE.type), row })

/** A row with its leaves replaced, in order. */
export const withLeaves = (row: RowShape, by: readonly AnyExpr[]): RowShape => {
  let next = 0
  return mapLeaves(row, () => {
    next += 1
    return by[next - 1] as AnyExpr
  })
}

/** A side of a join that is never present, as in a left join with `zero`. */
export const MISSING: RowShape = { kind: 'maybe', present: expr({ tag: 'literal', value: false }, TRUE.type), row: {} }

/**
 * A sub-query of at most one row that reads no table, as a plain expression: `row` where it has its row, `none` where it does not; null
 * for any other query. MariaDB 10.11 does not resolve the outer columns of such a sub-query, or crashes.
 */
export const singleRowScalar = ({ rel }: Plan, row: Scalar | undefined, none: Scalar): Scalar['node'] | null => {
  const conditions = singleRowConditions(rel)
  if (conditions === null || row === undefined) return null
  const computed = madeIn(rel)
  if ([...freeIn([row, ...conditions])].some(id => computed.has(id))) return null
  const condition = conjunction(conditions)
  return condition === null ? row.node : { tag: 'case', branches: [[condition, row]], otherwise: none }
}

/** The conditions under which a relation has its only row; null where it may have several. */
const singleRowConditions = (rel: Rel): readonly Scalar[] | null => {
  switch (rel.tag) {
    case 'unit':
      return []
    case 'window':
    case 'derive':
      return singleRowConditions(rel.input)
    case 'filter': {
      const inner = singleRowConditions(rel.input)
      return inner && [...inner, ...conjuncts(rel.predicate)]
    }
    case 'join': {
      const [left, right] =
        rel.kind === 'inner' && rel.on === null ? [singleRowConditions(rel.left), singleRowConditions(rel.right)] : [null, null]
      return left && right && [...left, ...right]
    }
    default:
      return null
  }
}

/** A join without a condition; `name` is the name that the right side is bound to. */
export const join = (kind: 'inner' | 'left', left: Rel, right: Rel, name: string | null): Rel => ({
  tag: 'join',
  kind,
  left,
  right,
  on: null,
  name,
})

/** The name of a column: the last field of its path. The presence of an optional side is named after the side. */
export const outputName = (path: readonly string[]): string => {
  const last = path[path.length - 1]
  return last === '?' ? `has_${path[path.length - 2] ?? 'row'}` : (last ?? 'value')
}

/** A column that is never null in the rows of a relation, null if there is none. Columns of the right side of a left join may be null. */
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
