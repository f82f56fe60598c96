/**
 * Scalars: the text of expressions, in any dialect.
 *
 * Columns are found through environments: each block knows its own columns and, through its parent, those of the enclosing blocks, so
 * that a sub-query may mention them at any depth. A query inside an expression is printed through the `Printer`.
 * A function is printed by the dialect's `calls`, else by `standard`.
 */
import { FUNCTIONS } from '../../core/expr/functions.js'
import { outOfScope } from '../../core/syntax/guards.js'
import type { ScalarFn } from '../../core/syntax/Syntax.js'
import { isText } from '../../core/value/SqlType.js'
import { isLiteral } from '../../plan/conditions.js'
import type { Scalar } from '../../plan/Rel.js'
import { type Args, atom, level, type Printed, type PrintedFn } from '../CallPrinter.js'
import type { Dialect } from '../Dialect.js'
import { type Fragment, interleaved, join, list, sql, text } from '../Fragment.js'
import { isParameter } from '../parameters.js'
import { type StandardFn, standard } from '../standard.js'
import { aggregate } from './aggregates.js'
import { asArray, membersOf } from './members.js'
import { alone, fragment, inside, lookUp, parameter, together } from './operands.js'
import type { Env } from './Printer.js'
import { castCondition } from './textCasts.js'
import { windowed } from './windows.js'

type Node<T extends Scalar['node']['tag']> = Scalar['node'] & { readonly tag: T }

/** Comparisons that are true, false and null where another is false, true and null. */
const OPPOSITES: { readonly [fn in ScalarFn]?: PrintedFn } = {
  eq: 'ne',
  ne: 'eq',
  lt: 'gte',
  gte: 'lt',
  gt: 'lte',
  lte: 'gt',
  isNotDistinctFrom: 'isDistinctFrom',
}

/** An expression, and how tightly it binds. */
export const scalar = (env: Env, s: Scalar): Printed => {
  const { printer } = env
  const n = s.node
  switch (n.tag) {
    case 'column':
      return columnAt(env, n.id)
    case 'literal':
      if (n.value === null) return atom(printer.dialect.nullOf(s.type.sql, 'operand'))
      if (s.type.sql.tag === 'boolean') return atom(text(n.value === true ? 'TRUE' : 'FALSE'))
      return atom(parameter(env, s, 'operand'))
    case 'param':
      return atom(parameter(env, s, 'operand'))
    case 'call':
      return call(env, s, n)
    case 'case': {
      const branch = together(env, [...n.branches.map(([, v]) => v), n.otherwise], inside)
      const whens = n.branches.map(([c, v]) => sql`WHEN ${fragment(env, c)} THEN ${branch(v)}`)
      const otherwise = isLiteral(n.otherwise, null) ? text('') : sql` ELSE ${branch(n.otherwise)}`
      return atom(sql`CASE ${join(whens, ' ')}${otherwise} END`)
    }
    case 'in':
      return comparison(isIn(env, n, 'IN'))
    case 'cast':
      return converted(env, s, n.operand)
    case 'raw':
    case 'printed': {
      const args = n.args.map(a => fragment(env, a, level.atom))
      return { level: level.or, fragment: join(interleaved(n.text, args), '') }
    }
    case 'exists':
      return atom(sql`EXISTS (${printer.select(env, { ...n.plan, order: [], outputs: [] }, 'plain')})`)
    case 'inQuery':
      return comparison(isInQuery(env, n, 'IN'))
    case 'scalar':
      return atom(sql`(${printer.select(env, n.plan, 'plain')})`)
    case 'nested':
      return atom(printer.collection(env, n.plan))
  }
}

const comparison = (f: Fragment): Printed => ({ level: level.comparison, fragment: f })

const columnAt = (env: Env, id: number): Printed => {
  const found = lookUp(env, id)
  if (found === null) return env.outside === null ? outOfScope() : atom(env.outside(id))
  const { def, env: at } = found
  switch (def.tag) {
    case 'column': {
      const source = at.sources.get(def.source)
      if (source === undefined) throw new Error(`the source of column ${id} is not in scope: a plan is malformed`)
      return atom(source.read(id))
    }
    case 'scalar': {
      const printed = scalar(at, def.scalar)
      // engines recognize a group key by its text: as a part of other expressions it keeps its brackets
      return at.block?.group?.includes(def.scalar) && printed.level < level.atom ? { ...printed, level: level.or } : printed
    }
    case 'agg':
      return aggregate(at, def.agg)
    case 'window':
      return windowed(at, def.window)
  }
}

/** A cast; a text is cast only where it has the form of such a value: the engine's own cast takes more forms, or fails. */
const converted = (env: Env, s: Scalar, operand: Scalar): Printed => {
  const { dialect } = env.printer
  const [from, to] = [operand.type.sql, s.type.sql]
  dialect.assertComputable(from)
  const made = dialect.cast(isParameter(operand) ? atom(alone(env, operand)) : scalar(env, operand), from, to, operand)
  const condition = isText(from) ? castCondition(s, operand) : null
  return condition === null ? made : atom(sql`CASE WHEN ${fragment(env, condition)} THEN ${made.fragment} END`)
}

const call = (env: Env, s: Scalar, n: Node<'call'>, fn: PrintedFn = n.fn): Printed => {
  const { dialect } = env.printer
  if (n.fn !== 'eq' && n.fn !== 'ne' && n.fn !== 'isNotDistinctFrom' && n.fn !== 'isNull') {
    for (const a of n.args) dialect.assertComputable(a.type.sql)
  }
  if (fn === 'not') {
    const negated = negation(env, n.args[0] as Scalar)
    if (negated !== null) return negated
  }
  const make = dialect.calls[fn] ?? standard[fn as StandardFn]
  const scalars = FUNCTIONS[n.fn].exact ? n.args.map(a => ofAnyScale(dialect, a)) : n.args
  const single = s.type.sql.tag === 'boolean' ? fragment : inside
  const operand = FUNCTIONS[n.fn].polymorphic ? together(env, scalars, single) : (a: Scalar, at?: number) => single(env, a, at)
  const args: Args = {
    scalars,
    arg: (i, at) => operand(scalars[i] as Scalar, at),
    all: at => scalars.map(a => operand(a, at)),
    alone: i => alone(env, scalars[i] as Scalar),
  }
  return make(args, s)
}

/** A decimal without a cast that only gives it more digits: no index has the column with the cast. */
const ofAnyScale = (dialect: Dialect, s: Scalar): Scalar => {
  const inner = s.node.tag === 'cast' ? s.node.operand : s
  return dialect.mixesScales && s.type.sql.tag === 'numeric' && inner.type.sql.tag === 'numeric' ? inner : s
}

const isIn = (env: Env, n: Node<'in'>, word: 'IN' | 'NOT IN'): Fragment => {
  const { dialect } = env.printer
  const array = dialect.amongMany === null ? null : asArray(n.list)
  if (dialect.amongMany !== null && array?.type.sql.tag === 'array')
    return dialect.amongMany(word, alone(env, ofAnyScale(dialect, n.operand)), fragment(env, array, level.atom), array.type.sql.element)
  const scalars = [n.operand, ...n.list].map(s => ofAnyScale(dialect, s))
  const operand = together(env, scalars)
  const [first, ...rest] = scalars as [Scalar, ...Scalar[]]
  return sql`${operand(first, level.sum)} ${word} (${list(rest.map(x => operand(x)))})`
}

const isInQuery = (env: Env, n: Node<'inQuery'>, word: 'IN' | 'NOT IN'): Fragment =>
  sql`${fragment(env, n.operand, level.sum)} ${word} (${env.printer.select(env, membersOf(env.printer.dialect, n), 'members')})`

/** The negation of a condition where SQL has an operator for it: engines use an index where there is no NOT. */
const negation = (env: Env, s: Scalar): Printed | null => {
  const n = s.node
  if (n.tag === 'in') return comparison(isIn(env, n, 'NOT IN'))
  if (n.tag === 'inQuery') return comparison(isInQuery(env, n, 'NOT IN'))
  if (n.tag === 'exists') return { level: level.not, fragment: sql`NOT ${fragment(env, s)}` }
  if (n.tag !== 'call') return null
  const [a, b] = n.args as [Scalar, Scalar]
  if (n.fn === 'isNull') return comparison(sql`${fragment(env, a, level.comparison + 1)} IS NOT NULL`)
  if (n.fn === 'like') return comparison(sql`${fragment(env, a, level.sum)} NOT LIKE ${fragment(env, b, level.sum)} ESCAPE '!'`)
  if (n.fn === 'not') return scalar(env, a)
  const opposite = OPPOSITES[n.fn]
  return opposite === undefined ? null : call(env, s, n, opposite)
}
