/**
 * Operands: how arguments of combinators become expressions, and expressions the operands of a node.
 *
 * A plain value is checked and typed by the expression that it is combined with; two numbers are converted to the type that holds both. An error
 * becomes an invalid expression, so that building never throws: the error propagates through every enclosing node and is returned before
 * anything is sent.
 */
import type { Type } from 'io-ts'
import { FUNCTIONS, takenBy } from '../expr/functions.js'
import { canonical, kindOf } from '../value/Canonical.js'
import { attempting, type DbError, numericOverflow, unsupported, validationError } from '../value/DbError.js'
import { isInteger, isNumber, type SqlType, sameColumnType, widen } from '../value/SqlType.js'
import { mixProblem, type Types, typeProblem } from '../value/typeSets.js'
import { asCondition, isExpr } from './guards.js'
import { type AnyExpr, type ExprNode, type ExprType, expr, exprType, invalid, type Pred, type ScalarFn } from './Syntax.js'
import { refusal } from './volatile.js'

const problemOf = (reason: string, overflow: boolean): DbError => (overflow ? numericOverflow(reason) : validationError([], reason))

/** A value as an expression of exactly this type; refused if it is not a value of the type. */
export const literalOf = (type: ExprType, value: unknown): AnyExpr => {
  if (value === undefined) return invalid(validationError([], 'undefined is not a value: use null if the type is nullable'), type)
  if (value === null) {
    return type.nullable
      ? expr({ tag: 'literal', value: null }, type)
      : invalid(validationError([], 'null for a type that is not nullable'), type)
  }
  const refine = type.refine as Type<unknown, unknown> | null
  if (refine !== null && !refine.is(value)) return invalid(validationError([], `expected ${refine.name}`), type)
  const checked = canonical(type.sql, refine === null ? value : refine.encode(value))
  if (!checked.ok) return invalid(problemOf(checked.reason, checked.overflow), type)
  return expr({ tag: 'literal', value: checked.value }, { ...type, nullable: false })
}

/** The type of a plain value that is combined with an expression of type `like`: that type, widened as far as the value needs. */
const typeNextTo = (like: ExprType, value: unknown): ExprType => {
  const { sql } = like
  if (isInteger(sql) && typeof value === 'number' && !Number.isInteger(value)) return exprType({ tag: 'float' })
  if ((sql.tag === 'varchar' || sql.tag === 'char') && like.refine === null) return exprType({ tag: 'text' })
  if (sql.tag === 'numeric' && typeof value === 'string') {
    const [whole = '', fraction = ''] = value.split('.')
    const scale = Math.max(sql.scale, fraction.length)
    return exprType({ ...sql, scale, precision: Math.max(sql.precision, scale + whole.replace(/^[+-]?0*/, '').length) })
  }
  return { ...like, nullable: false }
}

/** An operand as an expression, typed by `like`. Null from an untyped caller is refused. */
export const operand = (like: ExprType, x: unknown): AnyExpr => {
  if (isExpr(x)) return x
  if (x === null || x === undefined) {
    return invalid(validationError([], `comparison or arithmetic with ${x}: use isNull, isNotDistinctFrom or coalesce`), like)
  }
  return literalOf(typeNextTo(like, x), x)
}

/** Boolean. */
export const BOOLEAN: SqlType = { tag: 'boolean' }
/** A 64-bit integer. */
export const INT: SqlType = { tag: 'int' }
/** A 64-bit float. */
export const FLOAT: SqlType = { tag: 'float' }
/** A text. */
export const TEXT: SqlType = { tag: 'text' }

/** An argument that must be an expression; anything else from an untyped caller is refused. */
export const argument = (x: unknown): AnyExpr =>
  isExpr(x)
    ? x
    : invalid(
        validationError([], `expected an expression, got ${x === undefined ? 'undefined (is there such a column?)' : kindOf(x)}`),
        exprType(TEXT),
      )

/** An argument that must have one of these types. */
export const argOfType = (name: string, x: unknown, types: Types): AnyExpr => {
  const e = argument(x)
  if (e.node.tag === 'invalid') return e
  const problem = typeProblem(name, types, e.type.sql)
  return problem === null ? e : invalid(problem, e.type)
}

/** Adds depth to a call whose SQL repeats an argument. */
export const withExtraDepth = (e: AnyExpr, by = 9): AnyExpr => ({ ...e, depth: (e.depth ?? 0) + by })

/** A text, given as an expression or as a plain value. */
export const textArg = (x: unknown): AnyExpr => (isExpr(x) ? x : literalOf(exprType(TEXT), x))

/** The first invalid argument, so that errors propagate. */
export const refused = (args: readonly AnyExpr[]): AnyExpr | undefined => args.find(a => a.node.tag === 'invalid')

/** Deeper expressions overflow the stacks of embedded engines; PGlite then silently returns no rows. */
const MAX_DEPTH = 150
const TOO_DEEP = unsupported(
  `an expression of more than ${MAX_DEPTH} nested operations`,
  'query-ts',
  'and, or and concat take a list; split the rest',
)

/** Why a function (`name` in the message) does not accept these arguments; null if it does. */
export const callProblem = (fn: ScalarFn, args: readonly AnyExpr[], name: string = fn): DbError | null => {
  const facts = FUNCTIONS[fn]
  for (const [i, a] of args.entries()) {
    const problem = typeProblem(name, takenBy(fn, i), a.type.sql)
    if (problem !== null) return problem
  }
  if (!facts.once && args.some(a => a.volatile)) return refusal(name)
  return facts.alike
    ? mixProblem(
        name,
        args.map(a => a.type.sql),
      )
    : null
}

/** A node over arguments. It is invalid if an argument is, if the types are wrong, or if it is nested too deeply. */
export const node = (n: ExprNode, type: ExprType, args: readonly AnyExpr[]): AnyExpr => {
  const bad = refused(args)
  if (bad !== undefined) return expr(bad.node, type)
  const depth = 1 + args.reduce((deepest, a) => Math.max(deepest, a.depth ?? 0), 0)
  if (depth > MAX_DEPTH) return invalid(TOO_DEEP, type)
  let size = 1
  for (const a of args) size += a.size ?? 1
  const problem = n.tag === 'call' ? callProblem(n.fn, args) : null
  if (problem !== null) return invalid(problem, type)
  const made = { ...expr(n, type), depth, size }
  return args.some(a => a.volatile) ? { ...made, volatile: true } : made
}

/** Whether an expression can be null because one of these can. */
export const nullable = (args: readonly AnyExpr[]): boolean => args.some(a => a.type.nullable)

/** A call of a function, with the type that its facts give; `sql` overrides it. */
export const call = (fn: ScalarFn, given: readonly unknown[], sql?: SqlType): AnyExpr => {
  const args = given.map(argument)
  const { gives, nulls } = FUNCTIONS[fn]
  const canBeNull =
    nulls === 'strict' || nulls === 'kleene' ? nullable(args) : nulls === 'all' ? args.every(a => a.type.nullable) : nulls === 'partial'
  return node({ tag: 'call', fn, args }, exprType(sql ?? gives(args.map(a => a.type.sql)), canBeNull), args)
}

const sameSql = (a: SqlType, b: SqlType): boolean => a.tag === b.tag && (a.tag !== 'numeric' || b.tag !== 'numeric' || a.scale === b.scale)

/** Converts an expression to `sql`: by a cast if the representation differs; a literal is converted directly. */
export const coerce = (e: AnyExpr, sql: SqlType): AnyExpr => {
  if (e.node.tag === 'invalid' || sameSql(e.type.sql, sql) || !(sql.tag === 'numeric' || sql.tag === 'float')) return e
  const type: ExprType = { ...e.type, sql, refine: null }
  if (e.node.tag === 'literal' && e.node.value !== null) {
    const checked = canonical(sql, isInteger(e.type.sql) ? Number(e.node.value) : e.node.value)
    if (checked.ok) return expr({ tag: 'literal', value: checked.value }, type)
  }
  return node({ tag: 'cast', operand: e }, type, [e])
}

/** An expression as a value for a column of this type; null if that would lose information. */
export const asColumn = (e: AnyExpr, sql: SqlType): AnyExpr | null => {
  const from = e.type.sql
  if (e.node.tag === 'invalid') return e
  if (from.tag === 'numeric' && sql.tag === 'numeric') return from.scale <= sql.scale ? coerce(e, { ...from, scale: sql.scale }) : null
  if (isInteger(from) && sql.tag === 'float') return coerce(e, sql)
  if (isInteger(from) && isInteger(sql)) return e
  return sameColumnType(from, sql) ? e : null
}

/** Brings numbers of different types to one representation: decimals of one scale, or floats if one is a float. Other values stay unchanged. */
export const aligned = (given: readonly AnyExpr[]): readonly AnyExpr[] => {
  if (!given.every(e => isNumber(e.type.sql))) return given
  const sql = given.map(e => e.type.sql).reduce(widen)
  if (sql.tag === 'numeric') return given.map(e => coerce(e, sql))
  return sql.tag === 'float' ? given.map(e => (e.type.sql.tag === 'numeric' || e.type.sql.tag === 'bigint' ? coerce(e, sql) : e)) : given
}

/** An expression and an operand typed by it. */
export const withOperand = (first: unknown, x: unknown): readonly [AnyExpr, AnyExpr] => {
  const a = argument(first)
  return [a, operand(a.type, x)]
}

/** An argument that must be a condition; anything else is an invalid expression. */
export const condition = (x: unknown): Pred => {
  const checked = attempting('a condition', () => asCondition(x, 'a condition'))
  return checked._tag === 'Right' ? checked.right : invalid(checked.left, exprType(BOOLEAN))
}

/** Composed codecs with their parts. */
const PARTS = new WeakMap<object, Codecs>()

type Codecs = readonly Type<any, any>[] | { readonly [name: string]: Type<any, any> }

/** A codec composed of codecs. Two of them are equal if their parts are. */
export const codecOf = <P extends Codecs>(make: (parts: P) => Type<any, any>, parts: P): Type<any, any> => {
  const codec = make(parts)
  PARTS.set(codec, parts)
  return codec
}

const sameCodec = (a: Type<any, any> | null, b: Type<any, any> | null): boolean => {
  if (a === b) return true
  const [as, bs] = [a && PARTS.get(a), b && PARTS.get(b)]
  if (!as || !bs || Array.isArray(as) !== Array.isArray(bs)) return false
  const [names, others] = [Object.keys(as), Object.keys(bs)]
  const part = (of: Codecs, name: string): Type<any, any> | null => (of as { readonly [name: string]: Type<any, any> })[name] ?? null
  return names.length === others.length && names.every(n => Object.hasOwn(bs, n) && sameCodec(part(as, n), part(bs, n)))
}

/** Converts values to the type that holds them all, and returns both. Values of incompatible types are refused. */
export const unified = (name: string, given: readonly AnyExpr[]): readonly [readonly AnyExpr[], ExprType] => {
  const args = given.map(argument)
  const types = args.map(a => a.type.sql)
  const sql = types.reduce(widen)
  const refine = args[0]?.type.refine ?? null
  const problem = refused(args) === undefined ? mixProblem(name, types) : null
  if (problem !== null) return [[invalid(problem, exprType(sql))], { sql, nullable: false, refine: null }]
  return [
    args.map(a => coerce(a, sql)),
    { sql, nullable: false, refine: args.every(a => sameCodec(a.type.refine, refine)) ? refine : null },
  ]
}
