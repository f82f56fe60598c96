/**
 * Choices: a list of natural numbers read as decisions.
 *
 * A generator asks for the next decision among the candidates in scope at that point; each number is taken modulo their count, and when
 * the numbers have run out every decision is the first candidate. So any list of numbers is a complete set of decisions: shrinking one
 * can't make it invalid, and candidates are listed simplest first, so that smaller numbers mean simpler programs.
 */
export interface Choices {
  /** A natural number below `n`. */
  readonly below: (n: number) => number
  /** One element of a list, which must not be empty. */
  readonly pick: <A>(from: readonly A[]) => A
  /** One element by weights; the first with a weight when the numbers have run out. */
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
