/**
 * The facts about aggregates, in one table.
 *
 * A row gives the SQL types that an aggregate takes and returns, whether it is null for an empty group, and where it may stand. The builders,
 * `over` and the computation from arrays read them here. The meaning is in `model/aggregate`, the syntax in the dialect. The table is to
 * aggregates what `functions` is to scalar functions.
 *
 * A test builds every aggregate over every type of column and runs it on every engine.
 */

import type { AggFn, ArrayAggFn } from '../syntax/Syntax.js'
import type { SqlType } from '../value/SqlType.js'
import { ANY, BOOLEANS, COMPARABLE, ELEMENTS, EXTREME, NUMBERS, TEXTS, type Types } from '../value/typeSets.js'

/** The facts about one aggregate. */
export interface AggregateFacts {
  /** The types of its argument. */
  readonly takes: Types
  /** The argument types with which it takes `distinct`; null if it never does. */
  readonly takesDistinct: Types | null
  /** The type of its value, from the type of its argument. */
  readonly gives: (argument: SqlType, nullable: boolean) => SqlType
  /** Whether its value is one of the argument's values, so that the argument's codec decodes it. */
  readonly chooses: boolean
  /** Whether it is null for an empty group. */
  readonly nullIfEmpty: boolean
  /** Whether every engine computes it over a window frame. */
  readonly framed: boolean
  /** Whether it is computed from the array of the values, because some engines lack it. */
  readonly byArray: boolean
}

const same = (t: SqlType): SqlType => t
const given = (t: SqlType) => (): SqlType => t

/** The type of a sum: integers have 64 bits, and a numeric has the maximal precision of its kind. */
const summed = (t: SqlType): SqlType => {
  if (t.tag === 'smallint') return { tag: 'int' }
  return t.tag === 'numeric' ? { ...t, precision: t.precision <= 18 ? 18 : 65 } : t
}

const facts = (
  takes: Types,
  gives: AggregateFacts['gives'],
  rest: Partial<Omit<AggregateFacts, 'takes' | 'gives'>> = {},
): AggregateFacts => ({ takes, gives, takesDistinct: null, chooses: false, nullIfEmpty: true, framed: true, byArray: false, ...rest })

const extreme = facts(EXTREME, same, { chooses: true })
const truth = facts(BOOLEANS, given({ tag: 'boolean' }))

/** The facts by the name of the aggregate. */
export const AGGREGATES: { readonly [fn in AggFn | ArrayAggFn]: AggregateFacts } = {
  count: facts(ANY, given({ tag: 'int' }), { takesDistinct: COMPARABLE, nullIfEmpty: false }),
  sum: facts(NUMBERS, summed),
  avg: facts(NUMBERS, given({ tag: 'float' })),
  min: extreme,
  max: extreme,
  boolAnd: truth,
  boolOr: truth,
  mode: { ...extreme, framed: false, byArray: true },
  percentileCont: facts(NUMBERS, given({ tag: 'float' }), { framed: false, byArray: true }),
  arrayAgg: facts(ELEMENTS, (element, elementNullable) => ({ tag: 'array', element, elementNullable }), { framed: false }),
  stringAgg: facts(TEXTS, given({ tag: 'text' }), { takesDistinct: TEXTS, framed: false }),
}
