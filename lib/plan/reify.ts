/**
 * reify: from a query (functions) to a plan (data).
 *
 * The functions of a query are applied once, to references to columns with fresh ids. Ids come from a counter, so that the same query
 * always has the same plan. The steps are in `reify/`; this module makes the `Planning` that they share.
 *
 * What no engine can mean is refused here: different fields in a union, a comparison with null, nested collections under `distinct`.
 * A prepared query is planned with parameters where it is the whole query, and with its values inside another one.
 */
import { unlocked } from '../core/query/locking.js'
import type { AnyExpr, AnyQuery, ExprType, RowShape } from '../core/syntax/Syntax.js'
import type { Named, Plan, Scalar } from './Rel.js'
import type { Forms, Planning } from './reify/Planning.js'
import { type Outputs, planOutputs, planRows } from './reify/planOutputs.js'
import { planQuery } from './reify/planQuery.js'
import { columnsNamed, rowNamed } from './reify/planRow.js'
import { planScalar } from './reify/planScalar.js'

/** What a planning offers to commands, defaults and checks, which contain expressions over the columns of one table. */
interface Reifier {
  readonly plan: (q: AnyQuery) => Plan
  readonly scalar: (e: AnyExpr) => Scalar
  /** The output columns of a row, and how they become a result. */
  readonly read: (row: RowShape) => Outputs
  /** Columns with fresh ids. */
  readonly columnsNamed: (types: { readonly [field: string]: ExprType }) => readonly Named[]
  /** The row that refers to columns by their names. */
  readonly rowNamed: (columns: readonly Named[]) => { readonly [field: string]: AnyExpr }
}

const PORTABLE: Forms = { groupingSets: false }

/** A new planning. Its functions refuse; call them inside `attempting`. */
export const reifier = (forms: Forms = PORTABLE): Reifier => {
  let counter = 0
  const p: Planning = {
    forms,
    fresh: () => {
      counter += 1
      return counter
    },
    scalars: new Map(),
    withQueries: new Map(),
    scalar: e => planScalar(p, e),
    build: q => planQuery(p, q),
    plan: (q, at, isNested) => planRows(p, q, at, isNested),
  }
  return {
    plan: q => p.plan(q),
    scalar: p.scalar,
    read: row => planOutputs(p, row),
    columnsNamed: types => columnsNamed(p, types),
    rowNamed: columns => rowNamed(p, columns),
  }
}

/** The plan of a whole query. A prepared query at the top keeps its parameters. Refuses; call inside `attempting`. */
export const reify = (q: AnyQuery, forms: Forms = PORTABLE): Plan => {
  const { query: bare, lock } = unlocked(q.node.tag === 'prepared' ? q.node.prepared.template : q)
  const plan = reifier(forms).plan(bare)
  return lock === null ? plan : { ...plan, lock }
}
