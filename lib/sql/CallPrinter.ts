/**
 * Call printers: how a function with its arguments becomes text.
 *
 * A printed expression has a level, how tightly it binds, and is put in brackets where its place binds more tightly. `Args` prints
 * the arguments on demand, so that a printer decides where each stands and how often.
 */
import type { ScalarFn } from '../core/syntax/Syntax.js'
import type { Scalar } from '../plan/Rel.js'
import { type Fragment, list, sql } from './Fragment.js'

/** How tightly a printed expression binds: from OR to operands that never need brackets. */
export const level = { or: 0, and: 1, not: 2, comparison: 3, sum: 4, product: 5, unary: 6, atom: 9 } as const

/** A printed expression, and how tightly it binds. */
export interface Printed {
  readonly fragment: Fragment
  readonly level: number
}

/** An expression that never needs brackets. */
export const atom = (fragment: Fragment): Printed => ({ fragment, level: level.atom })

/** The arguments of a function call; each is printed in brackets where it binds less tightly than `at`. */
export interface Args {
  readonly arg: (i: number, at?: number) => Fragment
  readonly all: (at?: number) => readonly Fragment[]
  /** As `arg`, where the context does not tell a parameter its type. */
  readonly alone: (i: number) => Fragment
  readonly scalars: readonly Scalar[]
}

/** A function that is printed as a call; `isDistinctFrom` is the negation of `isNotDistinctFrom`. */
export type PrintedFn = ScalarFn | 'isDistinctFrom'

/** Prints a call. */
export type CallPrinter = (args: Args, call: Scalar) => Printed

/** An operator between two arguments; `a + b + c` needs no brackets, `a = (b = c)` does. */
export const infix =
  (operator: string, at: number): CallPrinter =>
  args => ({
    level: at,
    fragment: sql`${args.arg(0, at === level.comparison ? at + 1 : at)} ${operator} ${args.arg(1, at + 1)}`,
  })

/** A function of all arguments. */
export const named =
  (name: string): CallPrinter =>
  args =>
    atom(sql`${name}(${list(args.all())})`)
