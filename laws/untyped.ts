/**
 * The combinators of the library without their types, for equations between generated queries.
 *
 * The rows of a generated query are not known to the compiler, so the types of the combinators would only be in the way. These are the
 * same functions: an equation written with them reads like a program of a user.
 */
import * as typedAgg from '../lib/Agg.js'
import * as typedColumn from '../lib/Column.js'
import * as typedExpr from '../lib/Expr.js'
import * as typedQ from '../lib/Query.js'
import * as typedWindow from '../lib/Window.js'

/** A function of generated rows. */
export type Fn = (...rows: any[]) => any

type Combinator = (...args: readonly (Fn | object | string | number | bigint | boolean | null)[]) => any

type Untyped<Module> = { readonly [name in keyof Module]: Combinator }

const untyped = <Module>(module: Module): Untyped<Module> => module as Untyped<Module>

export const Q = untyped(typedQ)
export const Expr = untyped(typedExpr)
export const Agg = untyped(typedAgg)
export const Window = untyped(typedWindow)
export const Column = untyped(typedColumn)

/** `pipe` of fp-ts, without its types. */
export const pipe = (source: any, ...steps: readonly Fn[]): any => steps.reduce((made, step) => step(made), source)

/** A field name that no generated row has. */
export const N = 'other'
