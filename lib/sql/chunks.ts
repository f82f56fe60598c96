/**
 * Lists in parts: an engine takes so many rows, parameters or arguments at once.
 *
 * `chunks(all, size)` has the elements of `all` in their order, `size` in each part but the last one; of an empty list there are no
 * parts. Its time is that of one walk, however many parts there are.
 * Law: `chunks(all, size).flat() = all`.
 */
export const chunks = <A>(all: readonly A[], size: number): readonly (readonly A[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
