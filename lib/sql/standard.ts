/**
 * The SQL of functions in every dialect whose record has none of its own.
 *
 * Each printer brackets its arguments only where they bind less tightly. `and`, `or` and `||` are
 * associative and need no brackets among themselves.
 */
import type { Lock } from '../core/syntax/Syntax.js'
import { type Args, atom, type CallPrinter, infix, level, named, type PrintedFn } from './CallPrinter.js'
import { type Fragment, join, list, sql } from './Fragment.js'

const chain =
  (operator: string, at: number): CallPrinter =>
  args => ({ level: at, fragment: join(args.all(at), operator) })

/** A number as a literal in the text: it was checked when the expression was built. */
const inlineNumber: (args: { readonly scalars: readonly { readonly node: { readonly tag: string } }[] }, i: number) => string = (
  args,
  i,
) => {
  const node = args.scalars[i]?.node as { readonly tag: string; readonly value?: unknown } | undefined
  return node?.tag === 'literal' ? String(Number(node.value)) : ''
}

/** A number of characters as a literal; no text is longer than a billion. */
export const inlineCount = (args: Args, i: number): string => String(Math.min(Number(inlineNumber(args, i)), 1_000_000_000))

/** A function of a text and a number of characters. */
const counted =
  (name: string): CallPrinter =>
  args =>
    atom(sql`${name}(${args.arg(0)}, ${inlineCount(args, 1)})`)

/** `replace` that is null with a null replacement, also where an engine does not evaluate it when nothing matches. */
export const replaced: CallPrinter = args => {
  const value = sql`replace(${list(args.all())})`
  return atom(
    args.scalars[2]?.type.nullable === true ? sql`CASE WHEN ${args.arg(2, level.comparison + 1)} IS NOT NULL THEN ${value} END` : value,
  )
}

/** Padding that keeps longer texts, which the engine's own function truncates. */
const padded =
  (name: string): CallPrinter =>
  args =>
    atom(sql`${name}(${args.arg(0)}, greatest(${inlineCount(args, 2)}, char_length(${args.arg(0)})), ${args.arg(1)})`)

/** The largest double below a half: added to a half it makes 1, added to any smaller number less. */
export const HALF = '4.9999999999999994e-1'

/** A power, null where it is undefined, on which engines disagree. Non-negative integral exponents are always defined. */
const power: CallPrinter = args => {
  const [x, y] = [args.arg(0), args.arg(1)]
  const exponent = args.scalars[1]?.node
  const plain = sql`power(${x}, ${y})`
  if (exponent?.tag === 'literal' && Number.isInteger(exponent.value) && Number(exponent.value) >= 0) return atom(plain)
  const [base, to] = [args.arg(0, level.sum), args.arg(1, level.sum)]
  return atom(sql`CASE WHEN ${base} = 0 AND ${to} < 0 OR ${base} < 0 AND ${to} <> floor(${y}) THEN NULL ELSE ${plain} END`)
}

/** A float whose zero is positive: engines compute negative zeros, too. Literals and parameters are canonical. */
const withoutSign = (args: Args, i: number): Fragment => {
  const tag = args.scalars[i]?.node.tag
  return tag === 'literal' || tag === 'param' ? args.arg(i) : sql`${args.arg(i, level.sum)} + 0`
}

/** `substr` with literal positions. */
export const substring: CallPrinter = args =>
  atom(
    args.scalars.length === 2
      ? sql`substr(${args.arg(0)}, ${inlineNumber(args, 1)})`
      : sql`substr(${args.arg(0)}, ${inlineNumber(args, 1)}, ${inlineNumber(args, 2)})`,
  )

const PRINTERS = {
  eq: infix('=', level.comparison),
  ne: infix('<>', level.comparison),
  lt: infix('<', level.comparison),
  lte: infix('<=', level.comparison),
  gt: infix('>', level.comparison),
  gte: infix('>=', level.comparison),
  isNotDistinctFrom: infix('IS NOT DISTINCT FROM', level.comparison),
  isDistinctFrom: infix('IS DISTINCT FROM', level.comparison),
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
  trim: named('trim'),
  trimStart: named('ltrim'),
  trimEnd: named('rtrim'),
  replace: named('replace'),
  left: counted('left'),
  right: counted('right'),
  reverse: named('reverse'),
  padStart: padded('lpad'),
  padEnd: padded('rpad'),
  repeat: counted('repeat'),
  abs: named('abs'),
  sign: named('sign'),
  floor: named('floor'),
  ceil: named('ceil'),
  round: named('round'),
  power,
  sqrt: named('sqrt'),
  atan2: args => atom(sql`atan2(${list(args.scalars.map((_, i) => withoutSign(args, i)))})`),
  greatest: named('greatest'),
  least: named('least'),
} satisfies { readonly [fn in PrintedFn]?: CallPrinter }

/** The functions with standard SQL. */
export type StandardFn = keyof typeof PRINTERS

/** Functions without a common SQL syntax (dates, JSON, bytes, regular expressions, arrays, random values): each dialect defines its own. */
export type OwnFn = Exclude<PrintedFn, StandardFn>

/** The printers of all functions with standard SQL. */
export const standard: { readonly [fn in StandardFn]: CallPrinter } = PRINTERS

/** The locking clause of Postgres and MySQL. */
export const lockingOf = ({ strength, wait }: Lock, sources: readonly string[]): string =>
  ` FOR ${strength === 'update' ? 'UPDATE' : 'SHARE'} OF ${sources.join(', ')}${waiting(wait)}`

/** SKIP LOCKED or NOWAIT, with a leading blank; empty for a lock that waits. */
export const waiting = (wait: Lock['wait']): string => ({ wait: '', skipLocked: ' SKIP LOCKED', noWait: ' NOWAIT' })[wait]
