/**
 * The order of row changes: a row before the rows that it references.
 *
 * A follower that applies deletions one by one needs children before parents. So rows that existed before the command come in an order
 * in which each is before those that it referenced then, whatever action its key has; rows that reference each other in a circle come after
 * the others, in the order given. Inserted rows follow in the order given.
 *
 * Law: `childrenFirst(references, changes)` is a permutation of `changes`.
 */
import type { References } from './ReferenceImage.js'
import { keyIdentity, type RowChange, type RowImage } from './RowChange.js'

const TEXT = { tag: 'text' } as const

/** A text that identifies the values of some columns; null if one of them is null, or not in the image. */
const identity = (row: RowImage, columns: readonly string[]): string | null =>
  columns.every(c => Object.hasOwn(row, c))
    ? keyIdentity(
        columns.map(() => TEXT),
        columns.map(c => row[c]),
      )
    : null

/** For each row, the places of the rows that it referenced. */
const referencedRows = ({ keys, idOf }: References, rows: readonly RowChange[]): readonly (readonly number[])[] => {
  const byTable = new Map<string, number[]>()
  rows.forEach(({ table }, i) => {
    const id = idOf(table)
    const places = byTable.get(id)
    if (places === undefined) byTable.set(id, [i])
    else places.push(i)
  })
  const found: number[][] = rows.map(() => [])
  const before = (i: number): RowImage => rows[i]?.before as RowImage
  for (const key of keys) {
    const [children, parents] = [byTable.get(idOf(key.table)) ?? [], byTable.get(idOf(key.target)) ?? []]
    if (children.length === 0 || parents.length === 0) continue
    const at = new Map(parents.map(i => [identity(before(i), key.targetColumns), i]))
    for (const i of children) {
      const id = identity(before(i), key.columns)
      const parent = id === null ? undefined : at.get(id)
      if (parent !== undefined && parent !== i) found[i]?.push(parent)
    }
  }
  return found
}

/** The changes, each row before those that it referenced, and then the inserted rows. */
export const childrenFirst = (references: References, changes: readonly RowChange[]): readonly RowChange[] => {
  const rows = changes.filter(c => c.before !== null)
  const inserted = changes.filter(c => c.before === null)
  const referenced = referencedRows(references, rows)
  const waiting = rows.map(() => 0)
  for (const parents of referenced) for (const p of parents) waiting[p] = (waiting[p] as number) + 1
  const order = rows.flatMap((_, i) => (waiting[i] === 0 ? [i] : []))
  for (let n = 0; n < order.length; n += 1) {
    for (const p of referenced[order[n] as number] ?? []) {
      waiting[p] = (waiting[p] as number) - 1
      if (waiting[p] === 0) order.push(p)
    }
  }
  const placed = new Set(order)
  return [...order, ...rows.flatMap((_, i) => (placed.has(i) ? [] : [i]))].map(i => rows[i] as RowChange).concat(inserted)
}
