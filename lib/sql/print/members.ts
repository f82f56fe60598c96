/**
 * The members of IN: many values as one parameter, and members as wide as the operand.
 *
 * Where a dialect has arrays (`amongMany`), 1,000 plain values or more are one array parameter, so that no engine's limit of parameters
 * is met. Where it compares numbers of different types wrongly (`widensMembers`), the members of a query are cast to a type that
 * holds both.
 */
import { isNumber, type SqlType, showSqlType, widen } from '../../core/value/SqlType.js'
import type { Plan, Scalar } from '../../plan/Rel.js'
import type { Dialect } from '../Dialect.js'
import { isParameter, valueOf } from '../parameters.js'

/** From this many values on, a list is one parameter where the dialect has arrays. */
const MANY = 1_000

/** Many plain values of one type as an array; null where they are few, or not alike. */
export const asArray = (members: readonly Scalar[]): Scalar | null => {
  if (members.length < MANY) return null
  if (!arrays.has(members)) arrays.set(members, arrayOf(members))
  return arrays.get(members) ?? null
}

const arrays = new WeakMap<readonly Scalar[], Scalar | null>()

const arrayOf = (members: readonly Scalar[]): Scalar | null => {
  const { sql: element } = (members[0] as Scalar).type
  const type = showSqlType(element)
  const isPlain = (m: Scalar): boolean =>
    isParameter(m) && m.node.tag === 'literal' && (m.type.sql === element || showSqlType(m.type.sql) === type)
  if (!members.every(isPlain)) return null
  return {
    node: { tag: 'literal', value: members.map(valueOf) },
    type: { sql: { tag: 'array', element, elementNullable: false }, nullable: false, refine: null },
  }
}

/** The query of an IN, with members of the widest kind of number where the dialect needs that. */
export const membersOf = (dialect: Dialect, { operand, plan }: Scalar['node'] & { readonly tag: 'inQuery' }): Plan => {
  const { sql: wanted } = operand.type
  const [only] = plan.outputs
  if (!dialect.widensMembers || only === undefined || !isNumber(wanted) || showSqlType(only.scalar.type.sql) === showSqlType(wanted))
    return plan
  const both = widen(wanted, only.scalar.type.sql)
  const type: SqlType = both.tag === 'float' ? both : { tag: 'numeric', precision: 65, scale: both.tag === 'numeric' ? both.scale : 0 }
  const scalar: Scalar = { node: { tag: 'cast', operand: only.scalar }, type: { ...only.scalar.type, sql: type } }
  return { ...plan, outputs: [{ ...only, scalar }] }
}
