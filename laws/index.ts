/**
 * query-ts/laws: the laws that interpreters, tables and codecs keep, to be run on your own.
 *
 *     const reports = await Laws.run([Laws.sameAnswers({ runner, reference: memory(), schema })], { seed: 1, numRuns: 1000 })
 *
 * Laws are values that know nothing of a test runner; what they are tested on are the arbitraries that
 * are published here too: rows, databases that keep their keys, queries, commands.
 */
export * as Arbitrary from './arbitrary/index.js'
export * from './homomorphism.js'
export * from './Law.js'
