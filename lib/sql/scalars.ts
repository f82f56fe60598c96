/**
 * Scalars: the text of expressions, aggregates and sort keys, in any dialect.
 *
 * Columns are found through environments: each block knows its own columns and, through its parent,
 * those of the queries around it, so that a sub-query may mention them at any depth. What an
 * expression asks of a query inside it is printed by `render`, which is given here.
 */

import { FUNCTIONS } from '../core/expr/functions.js'
import { outOfScope } from '../core/syntax/guards.js'
import type { OwnFn, ScalarFn, WindowFn } from '../core/syntax/Syntax.js'
import { isNumber, isText, type SqlType, showSqlType, widen } from '../core/value/SqlType.js'
import { patternOf } from '../core/value/textForms.js'
import { freeIn } from '../plan/ids.js'
import type { AggScalar, Plan, Scalar, SortKey, WindowScalar } from '../plan/Rel.js'
import { isLiteral } from '../plan/Rel.js'
import { type Block, type Def, deciding, type From, isConstant } from './Block.js'
import { type Args, atom, type Dialect, level, type Place, type Printed, type PrintedFn } from './Dialect.js'
import { type Fragment, interleaved, join, list, parens, type Slot, slot, sql, text } from './Fragment.js'
import { isParameter, valueOf } from './parameters.js'
import { standard } from './standard.js'

/** How the columns of a source are read inside its block. */
export interface Placed {
  readonly name: string
  readonly read: (id: number) => Fragment
}

/** Where a column id is looked up: in this block, then in the blocks around it, then outside of the statement. */
export interface Env {
  readonly block: Block | null
  readonly sources: Map<From, Placed>
  readonly parent: Env | null
  readonly outside: ((id: number) => Fragment) | null
  /** What the SELECT of this block says before itself; null where it can say nothing. */
  readonly definitions: Fragment[] | null
  /** Whether this is printed into an aggregate, that of a collection among them. */
  readonly inAggregate: boolean
}

/**
 * `result`: the columns go to the caller. `plain`: they go to a query around; `members`: to its IN; `operand`: to a set operation;
 * `recursive`: to what goes on from them; `viewed`: to whoever reads a view.
 */
export type Use = 'result' | 'plain' | 'members' | 'operand' | 'recursive' | 'viewed'

/** How the queries inside an expression are printed. */
interface Inside {
  readonly select: (plan: Plan, env: Env, use: Use) => Fragment
  readonly collection: (plan: Plan, env: Env) => Fragment
}

export interface Scalars {
  readonly fragment: (s: Scalar, minimum?: number) => Fragment
  /** As `fragment`, where nothing around a parameter tells its type. */
  readonly alone: (s: Scalar) => Fragment
  /** As an element of a JSON array. */
  readonly cell: (s: Scalar) => Fragment
  readonly parameter: (s: Scalar, place: Place) => Fragment
  /** A sort key, under the name or number that it has in the SELECT where it has one. */
  readonly sortKey: (k: SortKey, as?: Fragment) => Fragment
}

/** Where a key's nulls have to be told to go; null where they go by themselves. */
export const nullsSaid = (nulls: Dialect['nulls'], k: SortKey, isApart = true): 'FIRST' | 'LAST' | null => {
  if (!k.scalar.type.nullable) return null
  const last = k.nulls === null ? k.direction === 'asc' : k.nulls === 'last'
  return isApart && last === (nulls.largest === (k.direction === 'asc')) ? null : last ? 'LAST' : 'FIRST'
}

/** Comparisons that are true, false and null where another is false, true and null. */
const OPPOSITES: { readonly [fn in ScalarFn]?: PrintedFn } = {
  eq: 'ne',
  ne: 'eq',
  lt: 'gte',
  gte: 'lt',
  gt: 'lte',
  lte: 'gt',
  same: 'differ',
}

const WINDOW_WORDS: { readonly [fn in WindowFn]: string } = {
  rowNumber: 'row_number',
  rank: 'rank',
  denseRank: 'dense_rank',
  percentRank: 'percent_rank',
  cumeDist: 'cume_dist',
  ntile: 'ntile',
  lag: 'lag',
  lead: 'lead',
  firstValue: 'first_value',
  lastValue: 'last_value',
  nthValue: 'nth_value',
}

/** Window functions that number rows. */
const RANKS: readonly WindowFn[] = ['rowNumber', 'rank', 'denseRank', 'ntile']

/** An end of a frame; without a distance the end of the partition on that side. */
const edge = (distance: number | null, side: 'PRECEDING' | 'FOLLOWING'): string => {
  if (distance === null) return `UNBOUNDED ${side}`
  return distance === 0 ? 'CURRENT ROW' : `${Math.abs(distance)} ${distance < 0 ? 'PRECEDING' : 'FOLLOWING'}`
}

const literal = (value: unknown, tag: 'text' | 'int'): Scalar => ({
  node: { tag: 'literal', value },
  type: { sql: { tag }, nullable: false, refine: null },
})

/** Whether a text is a value of the type that it is cast to; null where every text is. Each cast has one condition, so that a group key stays the same. */
const fits = (s: Scalar, operand: Scalar): Scalar | null => {
  if (!conditions.has(s)) conditions.set(s, conditionOf(s.type.sql, operand))
  return conditions.get(s) ?? null
}

const conditions = new WeakMap<Scalar, Scalar | null>()

const conditionOf = (to: SqlType, operand: Scalar): Scalar | null => {
  const type = { sql: { tag: 'boolean' }, nullable: operand.type.nullable, refine: null } as const
  const length: Scalar = { node: { tag: 'call', fn: 'length', args: [operand] }, type: { ...type, sql: { tag: 'int' } } }
  if (to.tag === 'enum') return { node: { tag: 'in', operand, list: to.values.map(v => literal(v, 'text')) }, type }
  if (to.tag === 'varchar') return { node: { tag: 'call', fn: 'lte', args: [length, literal(to.length, 'int')] }, type }
  if (to.tag === 'char') return { node: { tag: 'call', fn: 'eq', args: [length, literal(to.length, 'int')] }, type }
  const pattern = patternOf(to)
  return pattern === null ? null : { node: { tag: 'call', fn: 'matches', args: [operand, literal(pattern, 'text')] }, type }
}

/** So many values of a list are one parameter where the dialect has arrays. */
const MANY = 1_000

/** Many plain values of one type as an array. */
const asArray = (members: readonly Scalar[]): Scalar | null => {
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

/** The scalars of one statement, by environment. A value that occurs twice is one parameter. */
export const scalarPrinter = (dialect: Dialect, { select, collection }: Inside): ((env: Env) => Scalars) => {
  const slots = new Map<Scalar, Slot>()

  const scalarsIn = (env: Env) => {
    const lookUp = (id: number): { readonly def: Def; readonly env: Env } | null => {
      for (let e: Env | null = env; e !== null; e = e.parent) {
        const def = e.block?.defs.get(id)
        if (def !== undefined) return { def, env: e }
      }
      return null
    }

    const columnAt = (id: number): Printed => {
      const found = lookUp(id)
      if (found === null) {
        return env.outside === null ? outOfScope() : atom(env.outside(id))
      }
      const { def, env: at } = found
      switch (def.tag) {
        case 'column': {
          const source = at.sources.get(def.source)
          if (source === undefined) throw new Error(`the source of column ${id} is not in scope: a plan is malformed`)
          return atom(source.read(id))
        }
        case 'scalar': {
          const printed = at === env ? print(def.scalar) : scalarsIn(at).print(def.scalar)
          // engines know a group key again by its text: as a part of others it keeps its brackets
          return at.block?.group?.includes(def.scalar) && printed.level < level.atom ? { ...printed, level: level.or } : printed
        }
        case 'agg':
          return at === env ? aggregate(def.agg) : scalarsIn(at).aggregate(def.agg)
        case 'window':
          return at === env ? windowed(def.window) : scalarsIn(at).windowed(def.window)
      }
    }

    const fragment = (s: Scalar, minimum = 0): Fragment => {
      const printed = print(s)
      return printed.level < minimum ? parens(printed.fragment) : printed.fragment
    }

    const parameter = (s: Scalar, place: Place): Fragment => {
      const n = s.node
      const known: Slot =
        slots.get(s) ??
        (n.tag === 'param' ? { tag: 'named', name: n.name, type: s.type } : { tag: 'value', value: valueOf(s), type: s.type })
      slots.set(s, known)
      return dialect.parameter(slot(known), s.type.sql, place)
    }

    /** As `fragment`, where nothing around a parameter tells its type. */
    const alone = (s: Scalar): Fragment => {
      const own = resolved(s)
      if (isLiteral(own, null)) return dialect.nullOf(own.type.sql, 'alone')
      return isParameter(own) ? parameter(own, 'alone') : fragment(s)
    }

    /** What a column of this block is computed as. */
    const resolved = (s: Scalar): Scalar => {
      const def = s.node.tag === 'column' ? lookUp(s.node.id)?.def : undefined
      return def?.tag === 'scalar' ? resolved(def.scalar) : s
    }

    /** As `fragment`, where the value may become that of the expression around. */
    const inside = (s: Scalar, minimum = 0): Fragment => (isParameter(s) ? parameter(s, 'inside') : fragment(s, minimum))

    /** Operands of one type: where all are parameters, the first has to tell it. */
    const together = (all: readonly Scalar[], other = fragment): ((s: Scalar, minimum?: number) => Fragment) => {
      const first = all.every(s => isParameter(s) || isLiteral(s, null)) ? all.find(isParameter) : undefined
      return (s, minimum) => (s === first ? alone(s) : other(s, minimum))
    }

    const print = (s: Scalar): Printed => {
      const n = s.node
      switch (n.tag) {
        case 'column':
          return columnAt(n.id)
        case 'literal':
          if (n.value === null) return atom(dialect.nullOf(s.type.sql, 'beside'))
          if (s.type.sql.tag === 'boolean') return atom(text(n.value === true ? 'TRUE' : 'FALSE'))
          return atom(parameter(s, 'beside'))
        case 'param':
          return atom(parameter(s, 'beside'))
        case 'call':
          return call(s, n)
        case 'case': {
          const branch = together([...n.branches.map(([, v]) => v), n.otherwise], inside)
          const whens = n.branches.map(([c, v]) => sql`WHEN ${fragment(c)} THEN ${branch(v)}`)
          const otherwise = isLiteral(n.otherwise, null) ? text('') : sql` ELSE ${branch(n.otherwise)}`
          return atom(sql`CASE ${join(whens, ' ')}${otherwise} END`)
        }
        case 'in':
          return { level: level.comparison, fragment: members(n, 'IN') }
        case 'cast':
          return converted(s, n.operand)
        case 'raw':
          return {
            level: level.or,
            fragment: join(
              interleaved(
                n.text,
                n.args.map(a => fragment(a, level.atom)),
              ),
              '',
            ),
          }
        case 'exists':
          return atom(sql`EXISTS (${select({ ...n.plan, order: [], outputs: [] }, env, 'plain')})`)
        case 'inQuery':
          return { level: level.comparison, fragment: sql`${fragment(n.operand, level.sum)} IN (${select(membersOf(n), env, 'members')})` }
        case 'scalar':
          return atom(sql`(${select(n.plan, env, 'plain')})`)
        case 'nested':
          return atom(collection(n.plan, env))
      }
    }

    /** A cast; of a text only where it is the form of such a value, which the engine's own cast takes in more forms, or fails. */
    const converted = (s: Scalar, operand: Scalar): Printed => {
      const [from, to] = [operand.type.sql, s.type.sql]
      dialect.assertComputable(from)
      const made = dialect.cast(isParameter(operand) ? atom(alone(operand)) : print(operand), from, to, operand)
      const condition = isText(from) ? fits(s, operand) : null
      return condition === null ? made : atom(sql`CASE WHEN ${fragment(condition)} THEN ${made.fragment} END`)
    }

    const call = (s: Scalar, n: Scalar['node'] & { readonly tag: 'call' }, fn: PrintedFn = n.fn): Printed => {
      if (n.fn !== 'eq' && n.fn !== 'ne' && n.fn !== 'same' && n.fn !== 'isNull') {
        for (const a of n.args) dialect.assertComputable(a.type.sql)
      }
      if (fn === 'not') {
        const negated = negation(n.args[0] as Scalar)
        if (negated !== null) return negated
      }
      const make = dialect.calls[fn] ?? standard[fn as Exclude<PrintedFn, OwnFn>]
      const scalars = FUNCTIONS[n.fn].exact ? n.args.map(ofAnyScale) : n.args
      const single = s.type.sql.tag === 'boolean' ? fragment : inside
      const operand = FUNCTIONS[n.fn].polymorphic ? together(scalars, single) : single
      const args: Args = {
        scalars,
        arg: (i, at) => operand(scalars[i] as Scalar, at),
        all: at => scalars.map(a => operand(a, at)),
        alone: i => alone(scalars[i] as Scalar),
      }
      return make(args, s)
    }

    /** A decimal without a cast that only gives it more digits: no index has the column with the cast. */
    const ofAnyScale = (s: Scalar): Scalar => {
      const inner = s.node.tag === 'cast' ? s.node.operand : s
      return dialect.mixesScales && s.type.sql.tag === 'numeric' && inner.type.sql.tag === 'numeric' ? inner : s
    }

    const members = (n: Scalar['node'] & { readonly tag: 'in' }, word: 'IN' | 'NOT IN'): Fragment => {
      const array = dialect.amongMany === null ? null : asArray(n.list)
      if (dialect.amongMany !== null && array?.type.sql.tag === 'array')
        return dialect.amongMany(word, alone(ofAnyScale(n.operand)), fragment(array, level.atom), array.type.sql.element)
      const scalars = [n.operand, ...n.list].map(ofAnyScale)
      const operand = together(scalars)
      const [first, ...rest] = scalars as [Scalar, ...Scalar[]]
      return sql`${operand(first, level.sum)} ${word} (${list(rest.map(x => operand(x)))})`
    }

    /** The query of an IN, whose members are of the widest kind of number where the dialect wants that. */
    const membersOf = ({ operand, plan }: Scalar['node'] & { readonly tag: 'inQuery' }): Plan => {
      const { sql: wanted } = operand.type
      const [only] = plan.outputs
      if (!dialect.widensMembers || only === undefined || !isNumber(wanted) || showSqlType(only.scalar.type.sql) === showSqlType(wanted))
        return plan
      const both = widen(wanted, only.scalar.type.sql)
      const type: SqlType = both.tag === 'float' ? both : { tag: 'numeric', precision: 65, scale: both.tag === 'numeric' ? both.scale : 0 }
      const scalar: Scalar = { node: { tag: 'cast', operand: only.scalar }, type: { ...only.scalar.type, sql: type } }
      return { ...plan, outputs: [{ ...only, scalar }] }
    }

    /** SQL has words of its own for the negation of some conditions; engines find rows by an index where there is no NOT. */
    const negation = (s: Scalar): Printed | null => {
      const n = s.node
      const comparison = (f: Fragment): Printed => ({ level: level.comparison, fragment: f })
      if (n.tag === 'in') return comparison(members(n, 'NOT IN'))
      if (n.tag === 'inQuery') return comparison(sql`${fragment(n.operand, level.sum)} NOT IN (${select(membersOf(n), env, 'members')})`)
      if (n.tag === 'exists') return { level: level.not, fragment: sql`NOT ${fragment(s)}` }
      if (n.tag !== 'call') return null
      const [a, b] = n.args as [Scalar, Scalar]
      if (n.fn === 'isNull') return comparison(sql`${fragment(a, level.comparison + 1)} IS NOT NULL`)
      if (n.fn === 'like') return comparison(sql`${fragment(a, level.sum)} NOT LIKE ${fragment(b, level.sum)} ESCAPE '!'`)
      if (n.fn === 'not') return print(a)
      const opposite = OPPOSITES[n.fn]
      return opposite === undefined ? null : call(s, n, opposite)
    }

    const aggregate = (agg: AggScalar, over = text('')): Printed => {
      const inside = env.inAggregate ? scalars : scalarsIn({ ...env, inAggregate: true })
      if (agg.arg !== null && agg.fn !== 'count' && agg.fn !== 'arrayAgg') dialect.assertComputable(agg.arg.type.sql)
      return dialect.aggregate({
        fn: agg.fn,
        arg: agg.arg === null ? null : inside.alone(agg.arg),
        argType: agg.arg?.type.sql ?? null,
        nullable: agg.arg?.type.nullable === true || agg.filter !== null,
        distinct: agg.distinct,
        constant: agg.arg !== null && (isConstant(agg.arg, env.block) || ![...freeIn([agg.arg])].some(id => env.block?.defs.has(id))),
        separator: text(dialect.text(agg.separator)),
        order: deciding(agg.order).map(k => inside.sortKey(k, undefined, dialect.nulls.apart)),
        filter: agg.filter === null ? null : inside.fragment(agg.filter),
        over,
      })
    }

    const windowed = ({ of, partition, order, frame }: WindowScalar): Printed => {
      const keys = deciding(order, env.block).map(k => sortKey(k))
      const by = partition.filter(s => !isConstant(s, env.block)).map(s => fragment(s))
      const parts = [
        ...(by.length === 0 ? [] : [sql`PARTITION BY ${list(by)}`]),
        // an order of constants only: all rows are alike, and MariaDB wants one for a rank
        ...(keys.length > 0 ? [sql`ORDER BY ${list(keys)}`] : order.length > 0 ? [text('ORDER BY NULL')] : []),
        ...(frame === null ? [] : [text(`ROWS BETWEEN ${edge(frame.from, 'PRECEDING')} AND ${edge(frame.to, 'FOLLOWING')}`)]),
      ]
      const over = sql` OVER (${join(parts, ' ')})`
      const printed = 'filter' in of ? aggregate(of, over) : called(of, over)
      const leavesRowOut = frame !== null && ((frame.from ?? 0) > 0 || (frame.to ?? 0) < 0)
      if (!leavesRowOut || dialect.frameCanBeEmpty) return printed
      const several = sql`count(*) OVER (${by.length === 0 ? text('') : sql`PARTITION BY ${list(by)}`}) > 1`
      return atom(sql`CASE WHEN ${several} THEN ${printed.fragment}${of.fn === 'count' ? ' ELSE 0' : ''} END`)
    }

    const called = (of: Exclude<WindowScalar['of'], AggScalar>, over: Fragment): Printed => {
      const arg = of.arg === null ? [] : [alone(of.arg)]
      const count = of.count === null ? [] : [text(String(of.count))]
      const value = sql`${WINDOW_WORDS[of.fn]}(${list([...arg, ...count])})${over}`
      return atom(RANKS.includes(of.fn) ? dialect.castRank(value) : value)
    }

    const sortKey = (k: SortKey, as?: Fragment, isApart = true): Fragment => {
      dialect.assertComputable(k.scalar.type.sql)
      const key = as ?? fragment(k.scalar, level.comparison + 1)
      const direction = k.direction === 'asc' ? '' : ' DESC'
      const nulls = nullsSaid(dialect.nulls, k, isApart)
      if (nulls === null) return sql`${key}${direction}`
      if (dialect.nulls.clause) return sql`${key}${direction} NULLS ${nulls}`
      const whole = as === undefined ? key : fragment(k.scalar, level.comparison + 1)
      return sql`${whole} IS NULL${nulls === 'LAST' ? '' : ' DESC'}, ${key}${direction}`
    }

    const cell = (s: Scalar): Fragment =>
      s.node.tag === 'nested' ? dialect.embedJson(fragment(s)) : dialect.toJson(alone(s), s.type.sql, s.node.tag !== 'column')

    const scalars = { print, fragment, alone, cell, parameter, aggregate, windowed, sortKey }
    return scalars
  }
  return scalarsIn
}
