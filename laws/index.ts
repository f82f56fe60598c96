/**
 * query-ts/laws: the laws that interpreters, tables and codecs keep, for you to run.
 *
 * Laws are values: a name, which is the equation, a sentence, a property. They work with any test runner. `Laws.interpreter` checks an
 * interpreter against the model on random queries and commands over your tables; `Laws.codecs` checks that your columns read what they
 * wrote; `Laws.schemas` that changes of schemas mean what they mean in memory; `Laws.normalize` that no rewrite of a plan changes a result. The generators are published as `Arbitrary`.
 *
 *     const subject = { runner, reference: memory(), schema }
 *     const reports = await Laws.run(Laws.lawsOf(Laws.interpreter(subject)), { seed: 1, numRuns: 1000 })
 */

export { type Form, formOf, sameAnswer } from './answer.js'
export * as Arbitrary from './arbitrary/index.js'
export { sameChanges } from './commands.js'
export { sameAnswers } from './homomorphism.js'
export {
  type Cover,
  type Coverage,
  type Law,
  type LawOptions,
  law,
  lawsOf,
  type Report,
  type RuleSet,
  type RunOptions,
  reportText,
  ruleSet,
  run,
} from './Law.js'
export { normalizeLaws as normalize, type OpenWith, type Switchable, switchable } from './normalize.js'
export { sameRowChanges } from './rowChanges.js'
export { rowPredicateLaws as rowPredicates } from './rowPredicates.js'
export { type Compared, codecs, errors, expressions, interpreter, programs, queries, type Subject, schemas } from './ruleSets.js'
export type { SchemaSubject } from './schemaState.js'
export { CHAINS } from './schemaSteps.js'
export { type Evaluate, showLaws as show } from './show.js'
