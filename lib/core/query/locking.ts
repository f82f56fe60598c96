/**
 * Row locks: where they may stand.
 *
 * A lock applies to rows of tables, so only a whole query can ask for it: a query over tables and joins of tables, with at most an order and
 * a limit. Groups, distinct rows, windows and set operations have no rows of tables, and engines refuse to lock them, so they are refused on
 * every engine. `forUpdate` and `forShare` come last; only `map`, `mapRow`, `let`, `limit` and `offset` may follow.
 *
 * Law: a query with a lock has the rows of the query without it.
 */

import { type AnyQuery, type Lock, type QueryNode, query } from '../syntax/Syntax.js'
import { rowOf, scopeOf } from '../syntax/scope.js'
import { refuse, validationError } from '../value/DbError.js'

const NAMES = { update: 'forUpdate', share: 'forShare' } as const

/** Refuses a lock that is not at the end of a whole query. */
export const misplaced = (lock: Lock): never =>
  refuse(validationError([NAMES[lock.strength]], 'only a whole query can lock rows, at its end: not a query inside another'))

const isKept = (node: QueryNode): node is Extract<QueryNode, { readonly tag: 'map' | 'mapRow' | 'let' | 'limit' | 'offset' }> =>
  node.tag === 'map' || node.tag === 'mapRow' || node.tag === 'let' || node.tag === 'limit' || node.tag === 'offset'

/** The step of a query that has other rows than those of tables, or null. `ending`: whether a limit is allowed here, which it is only at the end. */
const obstacle = (q: AnyQuery, ending: boolean): string | null => {
  const { node } = q
  switch (node.tag) {
    case 'from':
      return node.table.query === null ? null : 'a view'
    case 'of':
    case 'zero':
      return null
    case 'map':
    case 'mapRow':
    case 'let':
      return obstacle(node.input, ending)
    case 'where':
    case 'orderBy':
    case 'bindLeft':
      return obstacle(node.input, false)
    case 'bind':
    case 'flatMap': {
      const row = rowOf(node.input)
      return obstacle(node.input, false) ?? (row === null ? null : obstacle(node.f(scopeOf(row)), false))
    }
    case 'prepared':
      return obstacle(node.prepared.template, ending)
    case 'limit':
    case 'offset':
      return ending ? obstacle(node.input, true) : `${node.tag} before other steps`
    default:
      return node.tag
  }
}

/** A whole query without its lock, and the lock. The last of several locks wins. */
export const unlocked = (q: AnyQuery): { readonly query: AnyQuery; readonly lock: Lock | null } => {
  const { node } = q
  if (node.tag === 'lock') {
    const bare = unlocked(node.input).query
    const other = obstacle(bare, true)
    if (other === null) return { query: bare, lock: node.lock }
    const reason = `${other} has other rows than those of its tables: lock tables and joins of tables, and query the rest by their keys`
    return refuse(validationError([NAMES[node.lock.strength]], reason))
  }
  if (node.tag === 'prepared') {
    // the template is made once and shows whether there is a lock
    if (unlocked(node.prepared.template).lock === null) return { query: q, lock: null }
    return unlocked(node.prepared.f(node.values))
  }
  if (!isKept(node)) return { query: q, lock: null }
  const inner = unlocked(node.input)
  return inner.lock === null ? { query: q, lock: null } : { query: query({ ...node, input: inner.query }), lock: inner.lock }
}
