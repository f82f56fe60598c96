/**
 * The sides of equations as code: variables by their positions, functions over them, calls of combinators.
 *
 * Positions count the functions around a piece of code from the outermost, as everywhere in `arbitrary/Code`.
 */
import { apply, type Code, lambda, pure, type Variable } from './arbitrary/Code.js'
import { call, combinator } from './arbitrary/combinators.js'

/** The variable at a position. */
export const v = (index: number): Code<any> => ({ text: `s${index}`, build: env => env[index], uses: [] })

/** A function of so many variables, the first at a position. */
export const fun = (count: number, body: Code<unknown>, from = 0): Code<any> =>
  lambda(
    Array.from({ length: count }, (_, i): Variable => ({ name: `s${from + i}`, scope: {} })),
    body,
  )

export const q = (name: string, ...args: readonly Code<unknown>[]): Code<any> => call('Q', name, ...args)
export const x = (name: string, ...args: readonly Code<unknown>[]): Code<any> => call('Expr', name, ...args)
export const Q = (name: string): Code<any> => combinator('Q', name)
export const name = (n: string): Code<string> => pure(`'${n}'`, n)
export const number = (n: number): Code<number> => pure(String(n), n)

/** A field name that no generated row has. */
export const N = 'other'

export const win = (name: string, ...args: readonly Code<unknown>[]): Code<any> => call('Window', name, ...args)
export const over = (options: Code<unknown>, of: Code<unknown>): Code<any> => apply(win('over', options), of)
export const countAll: Code<any> = combinator('Agg', 'countAll')

/** A field of the variable at a position. */
export const named = (index: number, of: string): Code<any> => ({
  text: `s${index}.${of}`,
  build: env => (env[index] as any)[of],
  uses: [],
})
