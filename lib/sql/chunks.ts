/**
 * Lists in parts, for engines that limit rows, parameters or bytes of a statement.
 *
 * `chunks(all, size)` has the elements of `all` in their order, `size` in each part but the last one; an empty list has no parts. It
 * takes linear time. `within(parts, limit)` halves each part until it is small enough or a single element: so parts have few
 * different sizes, and an engine few different texts to prepare.
 *
 * Laws: `chunks(all, size).flat() = all`; `within(parts, limit).flat() = parts.flat()`.
 */
import type { Scalar } from '../plan/Rel.js'
import type { Dialect } from './Dialect.js'

/** A list in parts of `size` elements; the last part may have fewer. */
export const chunks = <A>(all: readonly A[], size: number): readonly (readonly A[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))

/** The most bytes of a list, and the bytes of an element. */
export interface Limit<A> {
  readonly most: number
  readonly bytes: (element: A) => number
}

/** Parts halved until each is within the limit, or a single element. */
export const within = <A>(parts: readonly (readonly A[])[], limit: Limit<A>): readonly (readonly A[])[] =>
  parts.flatMap(part => {
    const sizes = part.map(limit.bytes)
    const split = (from: number, to: number): readonly (readonly A[])[] => {
      let sum = 0
      for (let i = from; i < to; i += 1) sum += sizes[i] as number
      if (sum <= limit.most || to - from < 2) return [from === 0 && to === part.length ? part : part.slice(from, to)]
      const middle = from + 2 ** Math.floor(Math.log2(to - from - 1))
      return [...split(from, middle), ...split(middle, to)]
    }
    return split(0, part.length)
  })

const utf8 = new TextEncoder()

/** Up to this many characters, a text is assumed to have three bytes for each. */
const SHORT = 300

/** An upper bound of the bytes of a plain value in a statement. */
export const bytesOf = (value: unknown): number => {
  if (typeof value === 'string') return value.length <= SHORT ? value.length * 3 : utf8.encode(value).length
  if (value instanceof Uint8Array) return value.length * 2
  if (typeof value !== 'object' || value === null || value instanceof Date) return 32
  return Object.entries(value).reduce((sum, [name, item]) => sum + name.length * 3 + 4 + bytesOf(item), 2)
}

/** The same of a row of expressions, from its literals. */
const bytesOfScalars = (row: readonly (Scalar | null)[]): number =>
  row.reduce((sum, s) => sum + (s?.node.tag === 'literal' ? bytesOf(s.node.value) : 32), 0)

/** Rows to be written, split into statements by number and by bytes. */
export const rowsIn = <R extends readonly (Scalar | null)[]>(
  dialect: Dialect,
  rows: readonly R[],
  size: number,
): readonly (readonly R[])[] => within(chunks(rows, size), { most: dialect.writes.bytes, bytes: bytesOfScalars })
