/**
 * All clauses of all decisions, in the order of the decisions.
 *
 * The modules are the chapters of docs/semantics.md. Within a decision the clauses keep their order in the module. A new chapter is one
 * more line here.
 */
import { aggregates } from './aggregates.js'
import type { Clause } from './check.js'
import { decimals } from './decimals.js'
import { integers } from './integers.js'
import { nulls } from './null.js'
import { numbers } from './numbers.js'
import { rows } from './rows.js'
import { texts } from './text.js'
import { textFunctions } from './textFunctions.js'
import { times } from './time.js'
import { transactions } from './transactions.js'
import { values } from './values.js'
import { violations } from './violations.js'
import { windows } from './windows.js'
import { writes } from './writes.js'

export interface Chapter {
  readonly title: string
  /** The decisions of the chapter, from the first to the last. */
  readonly span: readonly [number, number]
}

export const chapters: readonly Chapter[] = [
  { title: 'Rows and order', span: [1, 7] },
  { title: 'Null and truth', span: [8, 11] },
  { title: 'Numbers', span: [12, 16] },
  { title: 'Text', span: [17, 21] },
  { title: 'Time', span: [22, 24] },
  { title: 'Aggregates and windows', span: [25, 27] },
  { title: 'Other values', span: [28, 29] },
  { title: 'Writes', span: [30, 32] },
  { title: 'Transactions and failure', span: [33, 36] },
]

const all: readonly Clause[] = [
  ...rows,
  ...nulls,
  ...integers,
  ...decimals,
  ...numbers,
  ...texts,
  ...textFunctions,
  ...times,
  ...aggregates,
  ...windows,
  ...values,
  ...writes,
  ...violations,
  ...transactions,
]

export const clauses: readonly Clause[] = [...all].sort((a, b) => a.decision - b.decision)
