/**
 * Aggregates as text.
 *
 * What the arguments mention is looked up where the call stands; a query inside an argument is printed as one in an aggregate, which
 * some engines limit. Constant sort keys are left out: engines may take them for the number of a column. The call itself is the
 * dialect's `aggregate`. Aggregates over a window are printed by `windows`, which passes the OVER clause.
 */
import { freeIn } from '../../plan/ids.js'
import type { AggScalar } from '../../plan/Rel.js'
import { deciding, isConstant } from '../Block.js'
import type { Printed } from '../CallPrinter.js'
import { text } from '../Fragment.js'
import { alone, fragment } from './operands.js'
import type { Env } from './Printer.js'
import { sortKey } from './sortKeys.js'

/** An aggregate call; `over` is the OVER clause with a leading blank, or empty. */
export const aggregate = (env: Env, agg: AggScalar, over = text('')): Printed => {
  const { dialect } = env.printer
  const inner = env.inAggregate ? env : { ...env, inAggregate: true }
  if (agg.arg !== null && agg.fn !== 'count' && agg.fn !== 'arrayAgg') dialect.assertComputable(agg.arg.type.sql)
  return dialect.aggregate({
    fn: agg.fn,
    arg: agg.arg === null ? null : alone(inner, agg.arg),
    argType: agg.arg?.type.sql ?? null,
    nullable: agg.arg?.type.nullable === true || agg.filter !== null,
    distinct: agg.distinct,
    constant: agg.arg !== null && (isConstant(agg.arg, env.block) || ![...freeIn([agg.arg])].some(id => env.block?.defs.has(id))),
    separator: text(dialect.text(agg.separator)),
    order: deciding(agg.order).map(k => sortKey(inner, k, undefined, dialect.nulls.apart)),
    filter: agg.filter === null ? null : fragment(inner, agg.filter),
    over,
  })
}
