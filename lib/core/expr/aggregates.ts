/**
 * The aggregates: what is known of each, in one place.
 *
 * A row says which SQL types an aggregate takes and gives, what it is of nothing, and where it may stand; what is refused when an
 * aggregate is built, what `over` takes and what is computed of arrays asks here. Its meaning is `model/aggregate`, its spelling the
 * dialect's. It is to aggregates what `functions` is to scalar functions.
 *
 * A test builds every aggregate over every type of column, and asks every engine.
 */

import type { AggFn, ArrayAggFn } from '../syntax/Syntax.js'
import type { SqlType } from '../value/SqlType.js'
import { ANY, BOOLEANS, COMPARABLE, ELEMENTS, EXTREME, NUMBERS, TEXTS, type Types } from '../value/typeSets.js'

export interface AggregateFacts {
  /** The types of its argument. */
  readonly takes: Types
  /** Those of which it may be asked for different values only; null where it never is. */
  readonly takesDistinct: Types | null
  /** The type of its value, by that of its argument. */
  readonly gives: (argument: SqlType, nullable: boolean) => SqlType
  /** Whether its value is one of those that it is given, so that it is read by the same codec. */
  readonly chooses: boolean
  /** Whether it is null of nothing. */
  readonly nullOfNothing: boolean
  /** Whether every engine computes it of the frame of a window. */
  readonly framed: boolean
  /** Whether it is computed of the array of the values, because not every engine has it. */
  readonly byArray: boolean
}

const same = (t: SqlType): SqlType => t
const given = (t: SqlType) => (): SqlType => t

/** An integer in an expression has 64 bits, and a decimal as many digits as its kind can have. */
const summed = (t: SqlType): SqlType => {
  if (t.tag === 'smallint') return { tag: 'int' }
  return t.tag === 'numeric' ? { ...t, precision: t.precision <= 18 ? 18 : 65 } : t
}

const facts = (
  takes: Types,
  gives: AggregateFacts['gives'],
  rest: Partial<Omit<AggregateFacts, 'takes' | 'gives'>> = {},
): AggregateFacts => ({ takes, gives, takesDistinct: null, chooses: false, nullOfNothing: true, framed: true, byArray: false, ...rest })

const extreme = facts(EXTREME, same, { chooses: true })
const truth = facts(BOOLEANS, given({ tag: 'boolean' }))

export const AGGREGATES: { readonly [fn in AggFn | ArrayAggFn]: AggregateFacts } = {
  count: facts(ANY, given({ tag: 'int' }), { takesDistinct: COMPARABLE, nullOfNothing: false }),
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
