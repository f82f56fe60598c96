/**
 * Grouping sets as what they denote: the union of one aggregate for each set of keys.
 *
 * In the rows of a set the keys that are not in it are missing, which tells a total from the group of a null key. All sets share the input
 * query through a `cte`, so that engines run it once. This union is the meaning of `rollup`, `cube` and `groupingSets`, and their SQL on
 * engines without grouping sets.
 */
import { key } from '../expr/Agg.js'
import { asGrouping } from '../syntax/guards.js'
import {
  type AnyAgg,
  type AnyExpr,
  type AnyQuery,
  expr,
  exprType,
  type Grouping,
  type QueryNode,
  query,
  type Shape,
} from '../syntax/Syntax.js'
import { refuse, validationError } from '../value/DbError.js'
import { COMPARABLE, typeProblem } from '../value/typeSets.js'

type Node = Extract<QueryNode, { readonly tag: 'groupingSets' }>

/** `cube` of 12 keys has 2^12 sets, each of which is a SELECT. */
const MAX_KEYS = 12

const setsOf = ({ by }: Grouping, sets: Node['sets']): readonly (readonly string[])[] => {
  const names = Object.keys(by)
  const bad = (reason: string): never => refuse(validationError(['groupingSets'], reason))
  if (sets === 'rollup') return [...names.map((_, i) => names.slice(0, names.length - i)), []]
  if (sets === 'cube') {
    if (names.length > MAX_KEYS) return bad(`cube takes at most ${MAX_KEYS} keys: each subset of them is a grouping set`)
    return names.reduce<readonly (readonly string[])[]>((all, n) => [...all.map(set => [...set, n]), ...all], [[]])
  }
  if (!Array.isArray(sets) || sets.length === 0 || !sets.every(Array.isArray)) return bad('expected at least one list of keys')
  const unknown = sets.flat().find(n => !names.includes(n))
  return unknown === undefined ? sets : bad(`there is no key ${String(unknown)}; the keys are ${names.join(', ')}`)
}

const picked = <A>(fields: { readonly [name: string]: A }, names: readonly string[]): { readonly [name: string]: A } =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)))

/** A key that is missing, as in the rows of a total. */
export const totalled = ({ type }: AnyExpr): Shape => maybeKey(false, expr({ tag: 'literal', value: null }, { ...type, nullable: true }))

const maybeKey = (there: boolean, row: AnyExpr): Shape => ({
  kind: 'maybe',
  present: expr({ tag: 'literal', value: there }, exprType({ tag: 'boolean' })),
  row,
})

/** The keys, aggregates and sets of a grouping-sets node. `scope` is the scope of the input. */
export const setsIn = (node: Node, scope: unknown): { readonly grouping: Grouping; readonly sets: readonly (readonly string[])[] } => {
  const grouping = asGrouping(node.f(scope))
  const twice = Object.keys(grouping.by).find(name => Object.hasOwn(grouping.of, name))
  if (twice !== undefined) return refuse(validationError([twice], 'a key and an aggregate have the same name'))
  for (const [name, e] of Object.entries(grouping.by)) {
    if (e.node.tag === 'invalid') return refuse(e.node.error)
    const problem = typeProblem(name, COMPARABLE, e.type.sql)
    if (problem !== null) return refuse(problem)
  }
  return { grouping, sets: setsOf(grouping, node.sets) }
}

/** The keys of a set and the aggregates, as the columns of one `aggregate`. */
export const keyedBy = ({ by, of }: Grouping, set: readonly string[]): { readonly [name: string]: AnyAgg } => ({
  ...Object.fromEntries(Object.entries(picked(by, set)).map(([name, e]) => [name, key(e)])),
  ...of,
})

/** The union that a grouping-sets node denotes. */
export const expanded = (node: Node, scope: unknown): AnyQuery => {
  const { grouping: typical, sets } = setsIn(node, scope)
  const input = query({ tag: 'cte', input: node.input, name: 'grouped', materialized: null })
  const grouped = (set: readonly string[]): AnyQuery => {
    const aggregates = query({
      tag: 'aggregate',
      input,
      f: s => keyedBy(asGrouping(node.f(s)), set),
    })
    const row = (s: { readonly [name: string]: AnyExpr }): Shape => ({
      ...Object.fromEntries(
        Object.entries(typical.by).map(([name, e]) => [name, set.includes(name) ? maybeKey(true, s[name] as AnyExpr) : totalled(e)]),
      ),
      ...picked(s, Object.keys(typical.of)),
    })
    return query({ tag: 'map', input: aggregates, f: row })
  }
  return sets.map(grouped).reduce((left, right) => query({ tag: 'set', operator: 'unionAll', left, right }))
}
