/**
 * The rule sets: which laws there are, and which build on which.
 *
 * Each is a function of its subject: an open interpreter, a schema whose tables are created in it and empty, and a second interpreter to
 * compare with where one is needed. The parents of a rule set are those it builds on, so `lawsOf(interpreter(...))` is every law of an
 * interpreter.
 *
 * The laws fill and empty the tables of the schema: give them a separate database.
 */
import type { Runner } from '../lib/Interpreter.js'
import type { AnySchema } from '../lib/Schema.js'
import type { DatabaseOptions } from './arbitrary/database.js'
import { largeValues, roundTrips } from './codecs.js'
import { answersItsRows, sameChanges, seesStateBefore, updatesByKey, upsertsInOrder } from './commands.js'
import { equationLaw } from './Equation.js'
import { exprEquations } from './exprEquations.js'
import { sameAnswers } from './homomorphism.js'
import { type RuleSet, ruleSet } from './Law.js'
import { overflowLaw } from './overflow.js'
import { pageLaws } from './pages.js'
import { preparedLaw } from './prepared.js'
import { queryEquations } from './queryEquations.js'
import { sameRowChanges } from './rowChanges.js'
import { differenceLaws } from './schemaDifferences.js'
import { migrationLaws } from './schemaMigrations.js'
import { hazardLaws } from './schemaRows.js'
import type { SchemaSubject } from './schemaState.js'
import { sameSteps } from './schemaSteps.js'
import { sliceLaw } from './slices.js'
import { programLaws } from './transactions.js'
import { uniqueIndexLaw } from './uniqueIndexes.js'
import { violationLaws } from './violations.js'

/** An open interpreter, and a schema whose tables it has. */
export interface Subject {
  readonly runner: Runner
  readonly schema: AnySchema
  /** How databases are generated: the number of rows, arbitraries for columns of custom types. */
  readonly databases?: DatabaseOptions
}

/** A subject with an interpreter to compare with, as a rule `memory()`, which has the tables too. */
export interface Compared extends Subject {
  readonly reference: Runner
}

/** The equations of queries (S11.6), and the laws of slices, pages, look-ups and prepared queries. */
export const queries = (s: Subject): RuleSet =>
  ruleSet('Query', [...queryEquations.map(equationLaw(s)), sliceLaw(s), preparedLaw(s), ...pageLaws(s)])

/** The equations of expressions. */
export const expressions = (s: Subject): RuleSet => ruleSet('Expr', exprEquations.map(equationLaw(s)))

/** Round trips of every column of the schema. */
export const codecs = (s: Subject): RuleSet => ruleSet('Codec', roundTrips(s))

/** Violations of the schema's constraints, and of unique indexes. */
export const errors = (s: Subject): RuleSet => ruleSet('DbError', [...violationLaws(s), uniqueIndexLaw(s)])

/** Transactions, and the ways to read a query. */
export const programs = (s: Subject): RuleSet => ruleSet('Program', programLaws(s))

/**
 * Changes of schemas: steps, differences, hazards and migrations. The interpreter needs no tables; these laws create and drop their own, whose
 * names begin with `law_`, and empty the history of migrations: give them a database for themselves.
 */
export const schemas = (s: SchemaSubject): RuleSet =>
  ruleSet('Schema', [sameSteps(s), ...differenceLaws(s), ...hazardLaws(s), ...migrationLaws(s)])

/** Everything an interpreter promises: it returns what the reference returns, and keeps the laws of all other rule sets. */
export const interpreter = (s: Compared): RuleSet =>
  ruleSet(
    'Interpreter',
    [
      sameAnswers(s),
      sameChanges(s),
      sameRowChanges(s),
      seesStateBefore(s),
      upsertsInOrder(s),
      updatesByKey(s),
      answersItsRows(s),
      overflowLaw(s),
      largeValues(s),
    ],
    [queries(s), expressions(s), codecs(s), errors(s), programs(s)],
  )
