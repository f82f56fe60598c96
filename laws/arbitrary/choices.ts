/**
 * Choices: a list of naturals read as decisions.
 *
 * Whoever writes a query asks for the next decision among the candidates that are in scope there and
 * then; each natural is taken modulo their number, and after the last one every decision is the first
 * candidate. So any list of naturals is a whole set of decisions: shrinking one (dropping numbers,
 * making them smaller) can't make it invalid, and candidates are listed simplest first, so that
 * smaller numbers mean simpler programs.
 */
export interface Choices {
  /** A natural below `n`. */
  readonly below: (n: number) => number
  /** One of a list that is not empty. */
  readonly pick: <A>(from: readonly A[]) => A
  /** One of a list by weights; the first one that has a weight when the numbers have run out. */
  readonly weighted: <A>(from: readonly (readonly [number, A])[]) => A
}

export const choices = (numbers: readonly number[]): Choices => {
  let at = 0
  const next = (): number => numbers[at++] ?? 0
  const below = (n: number): number => (n <= 1 ? 0 : next() % n)
  return {
    below,
    pick: from => from[below(from.length)] as (typeof from)[number],
    weighted: from => {
      let rest = below(from.reduce((sum, [weight]) => sum + weight, 0))
      for (const [weight, a] of from) {
        if (rest < weight) return a
        rest -= weight
      }
      return (from[0] as (typeof from)[number])[1]
    },
  }
}
