/**
 * Sorting and grouping: S2 and S10.
 *
 * A sort is stable: rows with equal keys stay in the order they had, so the keys of an earlier sort break ties. Null is larger than every
 * value, last ascending and first descending, except where a key places its nulls. A group has equal keys, null being equal to null, and
 * groups come in the order of their first members.
 */
import type { SqlType } from '../core/value/SqlType.js'
import { compare, type Value } from './value.js'

/** A sort key with the value of one item. */
export interface SortKey {
  readonly value: Value
  readonly type: SqlType
  readonly direction: 'asc' | 'desc'
  readonly nulls: 'first' | 'last' | null
}

const compareKey = (a: SortKey, b: SortKey): number => {
  if (a.value === null || b.value === null) {
    if (a.value === b.value) return 0
    const nullsFirst = a.nulls === null ? a.direction === 'desc' : a.nulls === 'first'
    return (a.value === null) === nullsFirst ? -1 : 1
  }
  const order = compare(a.value, a.type, b.value, b.type)
  return a.direction === 'asc' ? order : -order
}

/** The order of two lists of keys: 0 for peers. */
export const compareKeys = (as: readonly SortKey[], bs: readonly SortKey[]): number => {
  for (const [i, a] of as.entries()) {
    const order = compareKey(a, bs[i] as SortKey)
    if (order !== 0) return order
  }
  return 0
}

/** The items sorted by their keys. */
export const sorted = <A>(items: readonly A[], keys: (item: A) => readonly SortKey[]): readonly A[] =>
  items
    .map(item => ({ item, keys: keys(item) }))
    .sort((a, b) => compareKeys(a.keys, b.keys))
    .map(({ item }) => item)

/** The items grouped by identity. */
export const grouped = <A>(items: readonly A[], identity: (item: A) => unknown): readonly (readonly A[])[] => {
  const groups = new Map<unknown, A[]>()
  for (const item of items) {
    const id = identity(item)
    const group = groups.get(id)
    if (group === undefined) groups.set(id, [item])
    else group.push(item)
  }
  return [...groups.values()]
}
