/**
 * Scalar expressions in the scope of a query, with SQL's three-valued logic in their types.
 *
 * An `Expr<A>` denotes, for each row, a value of `A`; `A` includes null exactly when the value can be null. A comparison with a null operand is
 * null, and `where` keeps a row only when its predicate is true. `isNotDistinctFrom` is the null-safe equality. A plain value in place of an
 * expression is a parameter of the other operand's type: values never become SQL text.
 *
 * Laws: `and`, `or`, `not` are Kleene's; `isNotDistinctFrom(a, b)` is never null; for each predicate p and query q,
 * `q = where(p) + where(not p) + where(p is null)` (ternary partitioning). What can't be right (a comparison with null, an unknown enum value,
 * a text with NUL) makes an expression that is refused with a `ValidationError` before anything is sent.
 */

import { isExpr } from '../syntax/guards.js'
import {
  aligned,
  argOfType,
  argument,
  BOOLEAN,
  call,
  callProblem,
  coerce,
  condition,
  FLOAT,
  literalOf,
  node,
  nullable,
  operand,
  TEXT,
  textArg,
  unified,
  withOperand,
} from '../syntax/operand.js'
import {
  type AnyExpr,
  type AnyQuery,
  type Column,
  type Expr,
  expr,
  exprType,
  invalid,
  type Literal,
  type Maybe,
  type Order,
  type Pred,
  type Query,
  query,
  type RowShape,
  type ScalarFn,
  type Shape,
  symbol,
} from '../syntax/Syntax.js'
import { mapLeaves, scopeOf, singleColumn } from '../syntax/scope.js'
import { kindOf, textProblem } from '../value/Canonical.js'
import { attempting, type DbError, validationError } from '../value/DbError.js'
import type { Decimal, SqlType } from '../value/SqlType.js'
import { COMPARABLE, FLOATS } from '../value/typeSets.js'
import { countAll } from './Agg.js'
import type { Orderable } from './refusedTypes.js'

/** An operand: an expression, or a plain value that becomes a parameter. */
export type Operand<A> = Expr<A | null> | NonNullable<A>

/** The null in an expression's type, if it has one. */
type NullOf<E> = E extends Expr<infer A> ? Extract<A, null> : never

type Numeric = number | bigint | Decimal

// --- Literals ---------------------------------------------------------------------------------

const typeOfValue = (value: Literal): SqlType => {
  switch (typeof value) {
    case 'string':
      return { tag: 'text' }
    case 'number':
      return { tag: Number.isInteger(value) ? 'int' : 'float' }
    case 'bigint':
      return { tag: 'bigint' }
    case 'boolean':
      return { tag: 'boolean' }
    default:
      return { tag: value instanceof Date ? 'timestamp' : 'bytes' }
  }
}

/**
 * A plain value as an expression: text, int or float (by the value), bigint, boolean, timestamp, bytes.
 *
 * `meaning(lit(v)) = v`
 */
export const lit = <A extends Literal>(
  value: A,
): Expr<A extends string ? string : A extends number ? number : A extends boolean ? boolean : A> =>
  literalOf(exprType(typeOfValue(value)), value)

/** A plain value as an expression of a column's type: `litOf(numeric(10, 2))('1.50')`. */
export const litOf =
  <A, I>(column: Column<A, I>) =>
  (value: A): Expr<A> =>
    literalOf(column.type, value)

/** Null of a column's type. */
export const nullOf = <A, I>(column: Column<A, I>): Expr<A | null> =>
  expr({ tag: 'literal', value: null }, { ...column.type, nullable: true })

// --- Comparisons ------------------------------------------------------------------------------

const compared = (fn: ScalarFn, a: AnyExpr, x: unknown): AnyExpr => call(fn, aligned(withOperand(a, x)))

type Compare = <A>(a: Expr<A>, b: Expr<NoInfer<A> | null> | NonNullable<NoInfer<A>>) => Pred

/** Equality, SQL's `=`: null if an operand is null. `meaning(eq(a, b)) = a === b` */
export const eq: Compare = (a, b) => compared('eq', a, b)

/** `not(eq(a, b))`: null if an operand is null. */
export const ne: Compare = (a, b) => compared('ne', a, b)

/** Less than: by value for numbers and instants, by code point for texts, by unsigned byte for bytes. */
export const lt: Compare = (a, b) => compared('lt', a, b)

/** `not(gt(a, b))`. */
export const lte: Compare = (a, b) => compared('lte', a, b)

/** `lt(b, a)`. */
export const gt: Compare = (a, b) => compared('gt', a, b)

/** `not(lt(a, b))`. */
export const gte: Compare = (a, b) => compared('gte', a, b)

/** Null-safe equality, never null: `meaning(isNotDistinctFrom(a, b)) = both null, or equal`. */
export const isNotDistinctFrom = <A>(a: Expr<A>, b: Expr<NoInfer<A> | null> | NonNullable<NoInfer<A>>): Expr<boolean> =>
  compared('isNotDistinctFrom', a, b)

/** `and(gte(e, low), lte(e, high))`. */
export const between = <A>(
  e: Expr<A>,
  low: Expr<NoInfer<A> | null> | NonNullable<NoInfer<A>>,
  high: Expr<NoInfer<A> | null> | NonNullable<NoInfer<A>>,
): Pred => {
  const [value, from] = withOperand(e, low)
  return call('between', aligned([value, from, operand(value.type, high)]))
}

/** Whether the value is null. It is never null itself. */
export const isNull = <A>(e: Expr<A>): Expr<boolean> => call('isNull', [e])

/** `not(isNull(e))`. */
export const isNotNull = <A>(e: Expr<A>): Expr<boolean> => call('not', [isNull(e)])

// --- Logic ------------------------------------------------------------------------------------

/** The operands of a conjunction or disjunction; an operand of the same kind is a nested list. */
type Parts = readonly (Pred | { readonly parts: Parts })[]

const partsOf = new WeakMap<Pred, { readonly parts: Parts }>()

/** Flattens nested operands. A loop, because they nest as deep as a fold of conditions is long. */
const flat = (parts: Parts): readonly Pred[] => {
  const found: Pred[] = []
  const waiting = [...parts].reverse()
  for (let p = waiting.pop(); p !== undefined; p = waiting.pop()) {
    if ('parts' in p) for (let i = p.parts.length; i > 0; i -= 1) waiting.push(p.parts[i - 1] as Parts[number])
    else found.push(p)
  }
  return found
}

/** A conjunction or disjunction. Operands of the same kind are flattened, so that a fold of conditions is not deep. */
const connected = (fn: 'and' | 'or', preds: readonly Pred[]): Pred => {
  const given = preds.map(condition)
  const checked = call(fn, given)
  const isFlat = (p: AnyExpr): boolean => !(p.node.tag === 'call' && p.node.fn === fn)
  if (checked.node.tag !== 'call' || given.every(isFlat)) return checked
  const depth = 1 + given.reduce((deepest, p) => Math.max(deepest, (p.depth ?? 0) - (isFlat(p) ? 0 : 1)), 0)
  const parts = given.map(p => (isFlat(p) ? p : (partsOf.get(p) ?? { parts: (p.node as { readonly args: Parts }).args })))
  let args: readonly Pred[] | null = null
  const made: Pred = {
    ...checked,
    node: {
      tag: 'call',
      fn,
      // lazy, because only the last condition of a fold is read
      get args() {
        args ??= flat(parts)
        return args
      },
    },
    depth,
  }
  partsOf.set(made, { parts })
  return made
}

/** Conjunction in three-valued logic; `and()` is true. */
export const and = (...preds: readonly Pred[]): Pred =>
  preds.length === 0 ? lit(true) : preds.length === 1 ? condition(preds[0]) : connected('and', preds)

/** Disjunction in three-valued logic; `or()` is false. */
export const or = (...preds: readonly Pred[]): Pred =>
  preds.length === 0 ? lit(false) : preds.length === 1 ? condition(preds[0]) : connected('or', preds)

/** Negation: null stays null. */
export const not = (pred: Pred): Pred => call('not', [condition(pred)])

// --- Numbers ----------------------------------------------------------------------------------

const arithmetic =
  (fn: 'plus' | 'minus') =>
  <A extends Numeric | null, B extends NonNullable<A> | null = never>(
    a: Expr<A>,
    b: Expr<B> | NonNullable<NoInfer<A>>,
  ): Expr<NonNullable<A> | Extract<A | NoInfer<B>, null>> =>
    call(fn, aligned(withOperand(a, b)))

/** Sum. Integers beyond 64 bits are `NumericOverflow`. The sum of numerics has the larger scale. */
export const plus = arithmetic('plus')

/** Difference, with the types of `plus`. */
export const minus = arithmetic('minus')

/** Product. The scale of a numeric product is the sum of the scales. */
export const times = <A extends Numeric | null, B extends NonNullable<A> | null = never>(
  a: Expr<A>,
  b: Expr<B> | NonNullable<NoInfer<A>>,
): Expr<NonNullable<A> | Extract<A | NoInfer<B>, null>> => {
  const args = withOperand(a, b)
  // the scales of decimals are added, so neither operand is cast to the scale of the other
  return call('times', args.every(e => e.type.sql.tag === 'numeric') ? args : aligned(args))
}

/** Negation. */
export const neg = <A extends Numeric | null>(a: Expr<A>): Expr<A> => call('neg', [a])

/** Integer division, truncated toward zero; null if the divisor is zero. */
export const quot = <A extends number | bigint | null>(a: Expr<A>, b: Expr<NoInfer<A> | null> | NonNullable<NoInfer<A>>): Expr<A | null> =>
  call('quot', withOperand(a, b))

/** Remainder, with the sign of the dividend; null if the divisor is zero. `a = plus(times(quot(a, b), b), rem(a, b))` */
export const rem = <A extends number | bigint | null>(a: Expr<A>, b: Expr<NoInfer<A> | null> | NonNullable<NoInfer<A>>): Expr<A | null> =>
  call('rem', withOperand(a, b))

/** Float division; null if the divisor is zero. Numerics have to be cast first: `div(cast(float)(price), 2)`. */
export const div = <A extends number | null>(a: Expr<A>, b: Expr<NoInfer<A> | null> | NonNullable<NoInfer<A>>): Expr<number | null> => {
  const args = withOperand(a, b).map(e => argOfType('div', e, FLOATS))
  return call(
    'div',
    args.map(e => coerce(e, FLOAT)),
  )
}

// --- Text -------------------------------------------------------------------------------------

type TextArg = Expr<string | null> | string

/** The texts concatenated; null if one of them is null. `concat()` is the empty text. */
export const concat = <T extends readonly TextArg[]>(...args: T): Expr<string | NullOf<T[number]>> =>
  args.length === 0 ? lit('') : call('concat', args.map(textArg))

/** Lower case by Unicode simple case mapping, the same on every engine. */
export const lower = <A extends string | null>(e: Expr<A>): Expr<string | Extract<A, null>> => call('lower', [e])

/** Upper case by Unicode simple case mapping: `upper('ß')` is `'ß'`. */
export const upper = <A extends string | null>(e: Expr<A>): Expr<string | Extract<A, null>> => call('upper', [e])

/** The number of code points. */
export const length = <A extends string | null>(e: Expr<A>): Expr<number | Extract<A, null>> => call('length', [e])

/** The code points from position `from` (at least 1, the first), at most `count` of them (at least 0). */
export const substring = <A extends string | null>(e: Expr<A>, from: number, count?: number): Expr<string | Extract<A, null>> => {
  if (!Number.isInteger(from) || from < 1) return invalid(validationError(['from'], 'substring counts from 1'), exprType(TEXT))
  if (count !== undefined && (!Number.isInteger(count) || count < 0)) {
    return invalid(validationError(['count'], 'the length of a substring can not be negative'), exprType(TEXT))
  }
  return call('substring', [e, lit(from), ...(count === undefined ? [] : [lit(count)])])
}

/** The position of the first occurrence of `part`, from 1; 0 if there is none. */
export const position = <A extends string | null, B extends string | null = never>(
  e: Expr<A>,
  part: Expr<B> | string,
): Expr<number | Extract<A | NoInfer<B>, null>> => call('position', [e, textArg(part as TextArg)])

/** A `like` pattern that matches only this text. */
export const escapeLike = (text: string): string => text.replace(/[!%_]/g, c => `!${c}`)

const pattern = (fn: 'like' | 'ilike', e: AnyExpr, p: string): AnyExpr =>
  /^(?:[^!]|![\s\S])*$/.test(p)
    ? call(fn, [e, textArg(p)])
    : invalid(validationError(['pattern'], 'a pattern can not end with the escape character !'), exprType(BOOLEAN))

/** Whether the whole text matches: `%` is any text, `_` any code point, `!` escapes the next character. */
export const like = <A extends string | null>(e: Expr<A>, p: string): Pred => pattern('like', e, p)

/** `like`, ignoring case (Unicode simple case mapping). */
export const ilike = <A extends string | null>(e: Expr<A>, p: string): Pred => pattern('ilike', e, p)

const part = (fn: 'contains' | 'startsWith' | 'endsWith', e: AnyExpr, x: TextArg): AnyExpr => {
  if (isExpr(x)) return call(fn, [e, x])
  // engines limit the length of patterns, not of texts; SQLite before 3.54 confuses these characters in patterns
  if (typeof x === 'string' && (x.length > 5000 || /[\uFFFD-\uFFFF]/.test(x))) return call(fn, [e, textArg(x)])
  if (typeof x !== 'string') return invalid(validationError([fn], `expected a text, got ${kindOf(x)}`), exprType(BOOLEAN))
  return pattern('like', e, `${fn === 'startsWith' ? '' : '%'}${escapeLike(x)}${fn === 'endsWith' ? '' : '%'}`)
}

/** Whether `x` occurs in the text. Wildcards in `x` have no special meaning. */
export const contains = <A extends string | null>(e: Expr<A>, x: TextArg): Pred => part('contains', e, x)

/** Whether the text begins with `x`. */
export const startsWith = <A extends string | null>(e: Expr<A>, x: TextArg): Pred => part('startsWith', e, x)

/** Whether the text ends with `x`. */
export const endsWith = <A extends string | null>(e: Expr<A>, x: TextArg): Pred => part('endsWith', e, x)

// --- Choice -----------------------------------------------------------------------------------

/** The value of the first branch whose condition is true, or else `otherwise`. */
export const caseWhen = <A, B>(branches: readonly (readonly [Pred, Expr<A>])[], otherwise: Expr<B>): Expr<A | B> => {
  const [values, type] = unified('caseWhen', [...branches.map(([, value]) => value), otherwise])
  if (branches.length === 0) return otherwise
  const last = values[values.length - 1] as AnyExpr
  const conditions = branches.map(([c]) => condition(c))
  const paired = conditions.map((c, i) => [c, values[i] as AnyExpr] as const)
  return node({ tag: 'case', branches: paired, otherwise: last }, { ...type, nullable: nullable(values) }, [...conditions, ...values])
}

/** The first value, or the second if the first is null. */
export const coalesce = <A, B = never>(a: Expr<A>, b: Expr<B> | NonNullable<NoInfer<A>>): Expr<NonNullable<A> | NoInfer<B>> => {
  const [args, type] = unified('coalesce', withOperand(a, b))
  return node({ tag: 'call', fn: 'coalesce', args }, { ...type, nullable: args.every(e => e.type.nullable) }, args)
}

/** Null if the values are equal, or else the first. */
export const nullIf = <A>(a: Expr<A>, b: Expr<NoInfer<A> | null> | NonNullable<NoInfer<A>>): Expr<A | null> => {
  const args = aligned(withOperand(a, b))
  const [first] = args as [AnyExpr]
  return node({ tag: 'call', fn: 'nullIf', args }, { ...first.type, refine: argument(a).type.refine, nullable: true }, args)
}

// --- Types ------------------------------------------------------------------------------------

/** Why an argument is no SQL template, or null. A plain string is refused, because SQL could be assembled from values. */
export const templateProblem = (text: TemplateStringsArray): DbError | null => {
  if (!Array.isArray(text) || !Array.isArray(text.raw)) return validationError(['raw'], 'raw is a template tag: raw`...`, not raw(...)')
  const problem = text.map(t => (t === undefined ? 'an invalid escape sequence' : textProblem(t))).find(p => p !== null)
  return problem === undefined ? null : validationError(['raw'], problem)
}

/**
 * Raw SQL with a result type: the escape hatch. Expressions in the template are rendered in place,
 * plain values as parameters; the text is sent unchanged, in every dialect.
 * In the memory interpreter it is `Unsupported`.
 */
export const raw =
  <A, I>(column: Column<A, I>) =>
  (text: TemplateStringsArray, ...args: readonly (Expr<unknown> | Literal)[]): Expr<A> => {
    const problem = templateProblem(text)
    if (problem !== null) return invalid(problem, column.type)
    const exprs = args.map(a => (isExpr(a) ? a : lit(a as Literal)))
    return node({ tag: 'raw', text: [...text], args: exprs }, column.type, exprs as AnyExpr[])
  }

// --- Left joins -------------------------------------------------------------------------------

/** Whether the optional row of a left join exists. */
export const isSome = <S>(m: Maybe<S>): Expr<boolean> => m.present

/** An expression of the optional row of a left join; null if the row is missing. */
export const maybe = <S, B>(m: Maybe<S>, f: (s: S) => Expr<B>): Expr<B | null> => {
  const value = f(scopeOf(m.row) as S) as AnyExpr
  const type = { ...value.type, nullable: true }
  return node({ tag: 'case', branches: [[m.present, value]], otherwise: expr({ tag: 'literal', value: null }, type) }, type, [
    m.present,
    value,
  ])
}

// --- Queries inside expressions ---------------------------------------------------------------

/** Whether the query has at least one row. */
export const exists = <S, A>(q: Query<S, A>): Expr<boolean> => expr({ tag: 'exists', query: q as AnyQuery }, exprType(BOOLEAN))

/** The value of the first row of a query with one column; null if it has no row. */
export const scalar = <A>(q: Query<Expr<A>, unknown>): Expr<A | null> => {
  const column = attempting('scalar', () => singleColumn(q as AnyQuery))
  const unknownType = exprType(TEXT, true)
  if (column._tag === 'Left') return invalid(column.left, unknownType)
  if (column.right === null) return expr({ tag: 'literal', value: null }, unknownType)
  return expr({ tag: 'scalar', query: q as AnyQuery }, { ...column.right.type, nullable: true })
}

/** The number of rows of a query; never null. */
export const countOf = <S, A>(q: Query<S, A>): Expr<number> => {
  const counted = query<unknown, unknown>({ tag: 'aggregate', input: q as AnyQuery, f: () => ({ rows: countAll }) })
  const only = query({ tag: 'map', input: counted, f: (s: { readonly rows: AnyExpr }) => s.rows })
  return expr({ tag: 'scalar', query: only }, countAll.type)
}

/** Whether the value is among the rows of a query with one column; null by SQL's rules for null. */
export const inQuery = <A>(e: Expr<A>, q: Query<Expr<NoInfer<A> | null>, unknown>): Pred => inside(e, q as AnyQuery)

/** `inQuery` with both sides in one representation, as in `inList`. */
const inside = (given: AnyExpr, q: AnyQuery): Pred => {
  const e = argument(given)
  const refusal = (error: DbError): AnyExpr => invalid(error, exprType(BOOLEAN))
  const column = attempting('inQuery', () => singleColumn(q))
  if (column._tag === 'Left') return refusal(column.left)
  const pair = column.right === null ? [e] : [e, symbol(column.right.type)]
  const problem = e.node.tag === 'invalid' ? null : callProblem('eq', pair, 'inQuery')
  if (problem !== null) return refusal(problem)
  const [operand, inner] = aligned(pair) as [AnyExpr, AnyExpr | undefined]
  const fit = (scope: RowShape): Shape =>
    mapLeaves(scope, leaf => (leaf.kind === 'expr' && inner !== undefined ? coerce(leaf, inner.type.sql) : leaf)) as Shape
  const fitted = inner?.node.tag === 'cast' ? query<unknown, unknown>({ tag: 'map', input: q, f: fit }) : q
  return node({ tag: 'inQuery', operand, query: fitted }, exprType(BOOLEAN, true), [operand])
}

// --- Order ------------------------------------------------------------------------------------

const sortable = (given: AnyExpr): AnyExpr => argOfType('orderBy', given, COMPARABLE)

/** Ascending, nulls last. */
export const asc = <A>(e: Expr<A> & Orderable<A>): Order => ({ expr: sortable(e), direction: 'asc', nulls: null })

/** Descending, nulls first. */
export const desc = <A>(e: Expr<A> & Orderable<A>): Order => ({ expr: sortable(e), direction: 'desc', nulls: null })

/** The same key with nulls before every value. */
export const nullsFirst = (o: Order): Order => ({ ...o, nulls: 'first' })

/** The same key with nulls after every value. */
export const nullsLast = (o: Order): Order => ({ ...o, nulls: 'last' })
