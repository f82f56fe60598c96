/**
 * The number of random cases in a run of the tests.
 *
 * With CI set it is the full number, otherwise a fifth, because tests run many times a day during development and CI finds what a fifth
 * misses. QUERY_TS_CASES=few makes it a fifth in CI too, for a second version of Node. LAWS_SEED selects other cases.
 */
const isWhole = (process.env['CI'] ?? '') !== '' && process.env['QUERY_TS_CASES'] !== 'few'
const PART = 5

/** So many cases of the number. */
export const amount = (n: number): number => (isWhole ? n : Math.ceil(n / PART))

/** So many of the things that are tried, from all over the list. */
export const some = <A>(all: readonly A[]): readonly A[] => all.filter((_, i) => isWhole || i % PART === 0)
