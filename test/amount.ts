/**
 * How many random cases a run of the tests looks at.
 *
 * With CI set it is the whole number, in other runs a fifth of it: who works on the library waits for the tests many times a day, and
 * what a fifth misses is found before it lands. QUERY_TS_CASES=few makes it a fifth in CI, too: on a second version of Node.
 * LAWS_SEED takes other cases.
 */
const isWhole = (process.env['CI'] ?? '') !== '' && process.env['QUERY_TS_CASES'] !== 'few'
const PART = 5

/** So many cases of the number. */
export const amount = (n: number): number => (isWhole ? n : Math.ceil(n / PART))

/** So many of the things that are tried, from all over the list. */
export const some = <A>(all: readonly A[]): readonly A[] => all.filter((_, i) => isWhole || i % PART === 0)
