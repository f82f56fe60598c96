/**
 * The checks of decisions, and how a check queries an engine.
 *
 * Each clause of a decision is a `Check`: a value that runs on any engine and returns `held`, or `refused` if the engine returned
 * `Unsupported`; any other result than the decided one throws. `engines.ts` checks that nothing was sent for a refused operation. A clause
 * about a feature that does not exist yet is `Later`, with the reason.
 */
import * as assert from 'node:assert/strict'
import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { AnyTable, Table } from '../../../lib/core/syntax/Syntax.js'
import { type DbError, show } from '../../../lib/DbError.js'
import type { Interpreter, Program, Runner, SqlOp } from '../../../lib/Interpreter.js'
import type { Db } from '../../../lib/Program.js'
import { type AnySchema, schema } from '../../../lib/Schema.js'
import { createAll } from '../../../lib/schema/createAll.js'
import { sent } from './sent.js'

export type Answer = 'held' | 'refused'

export interface Check {
  readonly decision: number
  /** One line, in plain words; it is also a row of docs/semantics.md. */
  readonly clause: string
  readonly run: (db: Runner) => Promise<Answer>
}

/** A clause that nothing can show yet. */
export interface Later {
  readonly decision: number
  readonly clause: string
  readonly reason: string
}

export type Clause = Check | Later

/** Thrown by what asks, and turned into an answer by `check`: the engine refused. */
export class Refused extends Error {}

export type Session = Interpreter<SqlOp>

/** Whether a body of assertions held, or met a refusal. Anything else throws. */
const answerOf = async (body: () => Promise<unknown>): Promise<Answer> => {
  try {
    await body()
    return 'held'
  } catch (thrown) {
    if (thrown instanceof Refused) return 'refused'
    throw thrown
  }
}

export const check = (decision: number, clause: string, body: (db: Runner) => Promise<unknown>): Check => ({
  decision,
  clause,
  run: db => answerOf(() => body(db)),
})

export const later = (decision: number, clause: string, reason: string): Later => ({ decision, clause, reason })

export const isDbError = (e: unknown): e is DbError => typeof e === 'object' && e !== null && '_tag' in e && 'message' in e

const told = (e: unknown): string => {
  if (!isDbError(e)) return inspect(e)
  const { cause } = e as { readonly cause?: unknown }
  return `${show(e)}${cause instanceof Error ? `\n  the engine said: ${cause.message}` : ''}`
}

/** The result of a program; a refusal ends the check, and an error fails it. */
export const ask = async <A>(db: Session, program: Program<Db, unknown, A>): Promise<A> => {
  const answer = await program({ db })()
  if (E.isRight(answer)) return answer.right
  if (isDbError(answer.left) && answer.left._tag === 'Unsupported') throw new Refused(answer.left.message)
  throw new assert.AssertionError({ message: told(answer.left), stackStartFn: ask })
}

/** The error of a program that has to fail with this case. */
export const fails = async <T extends DbError['_tag']>(
  db: Session,
  tag: T,
  program: Program<Db, unknown, unknown>,
): Promise<DbError & { readonly _tag: T }> => {
  const answer = await program({ db })()
  if (E.isRight(answer))
    throw new assert.AssertionError({ message: `expected ${tag}, got ${inspect(answer.right, { depth: 5 })}`, stackStartFn: fails })
  const error = answer.left
  if (isDbError(error) && error._tag === tag) return error as DbError & { readonly _tag: T }
  if (isDbError(error) && error._tag === 'Unsupported') throw new Refused(error.message)
  throw new assert.AssertionError({ message: `expected ${tag}, got ${told(error)}`, stackStartFn: fails })
}

/** The error of a program that has to fail with this case before anything is sent to the engine. */
export const refuses = async <T extends DbError['_tag']>(
  db: Session,
  tag: T,
  program: Program<Db, unknown, unknown>,
): Promise<DbError & { readonly _tag: T }> => {
  const before = sent()
  const error = await fails(db, tag, program)
  assert.equal(sent(), before, `${told(error)}\n  but something was sent`)
  return error
}

/** A named part of a check: its failure has the name. */
export const about = async (part: string, body: () => Promise<void>): Promise<void> => {
  try {
    await body()
  } catch (thrown) {
    if (thrown instanceof Error && !(thrown instanceof Refused)) thrown.message = `${part}: ${thrown.message}`
    throw thrown
  }
}

/** Equality of results: deep and strict, -0 is not 0. */
export const equal: (actual: unknown, expected: unknown, message?: string) => void = (actual, expected, message) => {
  if (message === undefined) assert.deepStrictEqual(actual, expected)
  else
    assert.deepStrictEqual(
      actual,
      expected,
      `${message}: expected ${inspect(expected, { depth: 6 })}, got ${inspect(actual, { depth: 6 })}`,
    )
}

export const isTrue = (condition: boolean, message: string): void => assert.ok(condition, message)

const inOneForm = (row: unknown): string => inspect(row, { depth: 20, sorted: true, maxArrayLength: null, maxStringLength: null })

/** Equality of bags: the same rows as often, in any order. */
export const equalBags = (actual: readonly unknown[], expected: readonly unknown[], message?: string): void =>
  equal(actual.map(inOneForm).sort(), expected.map(inOneForm).sort(), message)

/** Whether a list is one that a bag of rows admits: each of its rows is in the bag, no oftener than there. */
export const isWithin = (actual: readonly unknown[], bag: readonly unknown[]): void => {
  const left = bag.map(inOneForm)
  for (const row of actual.map(inOneForm)) {
    const at = left.indexOf(row)
    isTrue(at >= 0, `${row} is no row of the bag, or is answered too often`)
    left.splice(at, 1)
  }
}

/** Creates tables that no other check uses. */
export const create = (db: Session, ...tables: readonly Table<any>[]): Promise<void> =>
  createSchema(db, schema(Object.fromEntries(tables.map((t): [string, AnyTable] => [t.name, t]))))

export const createSchema = (db: Session, s: AnySchema): Promise<void> => ask(db, createAll(s))
