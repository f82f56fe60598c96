/**
 * The spelling of functions that every dialect shares, unless its record has another.
 *
 * Each printer brackets its arguments only where they bind less tightly. `and`, `or` and `||` are
 * associative and need no brackets among themselves.
 */
import { atom, type CallPrinter, infix, level, named, type PrintedFn } from './Dialect.js'
import { join, sql } from './Fragment.js'

const chain =
  (operator: string, at: number): CallPrinter =>
  args => ({ level: at, fragment: join(args.all(at), operator) })

/** Literal arguments that a function needs as they are: they were checked when the expression was built. */
const inlineNumber: (args: { readonly scalars: readonly { readonly node: { readonly tag: string } }[] }, i: number) => string = (
  args,
  i,
) => {
  const node = args.scalars[i]?.node as { readonly tag: string; readonly value?: unknown } | undefined
  return node?.tag === 'literal' ? String(Number(node.value)) : ''
}

export const substring: CallPrinter = args =>
  atom(
    args.scalars.length === 2
      ? sql`substr(${args.arg(0)}, ${inlineNumber(args, 1)})`
      : sql`substr(${args.arg(0)}, ${inlineNumber(args, 1)}, ${inlineNumber(args, 2)})`,
  )

export const standard: { readonly [fn in PrintedFn]: CallPrinter } = {
  eq: infix('=', level.comparison),
  ne: infix('<>', level.comparison),
  lt: infix('<', level.comparison),
  lte: infix('<=', level.comparison),
  gt: infix('>', level.comparison),
  gte: infix('>=', level.comparison),
  same: infix('IS NOT DISTINCT FROM', level.comparison),
  differ: infix('IS DISTINCT FROM', level.comparison),
  and: chain(' AND ', level.and),
  or: chain(' OR ', level.or),
  not: args => ({ level: level.not, fragment: sql`NOT ${args.arg(0, level.comparison + 1)}` }),
  isNull: args => ({ level: level.comparison, fragment: sql`${args.arg(0, level.comparison + 1)} IS NULL` }),
  between: args => ({
    level: level.comparison,
    fragment: sql`${args.arg(0, level.sum)} BETWEEN ${args.arg(1, level.sum)} AND ${args.arg(2, level.sum)}`,
  }),
  plus: infix('+', level.sum),
  minus: infix('-', level.sum),
  times: infix('*', level.product),
  quot: infix('/', level.product),
  rem: infix('%', level.product),
  div: infix('/', level.product),
  neg: args => ({ level: level.unary, fragment: sql`-${args.arg(0, level.atom)}` }),
  concat: chain(' || ', level.sum),
  lower: named('lower'),
  upper: named('upper'),
  length: named('length'),
  substring,
  position: named('instr'),
  like: args => ({ level: level.comparison, fragment: sql`${args.arg(0, level.sum)} LIKE ${args.arg(1, level.sum)} ESCAPE '!'` }),
  ilike: args => ({ level: level.comparison, fragment: sql`lower(${args.arg(0)}) LIKE lower(${args.arg(1)}) ESCAPE '!'` }),
  contains: args => ({ level: level.comparison, fragment: sql`instr(${args.arg(0)}, ${args.arg(1)}) > 0` }),
  startsWith: args => ({
    level: level.comparison,
    fragment: sql`left(${args.arg(0)}, length(${args.arg(1)})) = ${args.arg(1, level.sum)}`,
  }),
  endsWith: args => ({ level: level.comparison, fragment: sql`right(${args.arg(0)}, length(${args.arg(1)})) = ${args.arg(1, level.sum)}` }),
  coalesce: named('coalesce'),
  nullIf: named('nullif'),
}
