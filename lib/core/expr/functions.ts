/**
 * The facts about scalar functions, in one table.
 *
 * A row gives the SQL types that a function takes and returns, when its value is null, and how engines evaluate it; everything else that
 * depends on a function reads it here. The names of the rows are the names of the functions (`ScalarFn`): to add a function, add its row,
 * and the compiler lists the other places. The meaning is in `model/scalar`, the syntax in `sql/standard` or the dialects. The combinators
 * that build calls are the families in this folder; several combinators may share one function.
 *
 * A test builds every function over every type of column and runs it on every engine.
 */

import type { SqlType } from '../value/SqlType.js'
import { widen } from '../value/SqlType.js'
import {
  ANY,
  ARRAYS,
  ASKED,
  BOOLEANS,
  BYTES,
  BYTES_OR_TEXTS,
  COMPARABLE,
  DATES,
  DAYS,
  DOCUMENTS,
  EXTREME,
  FLOATS,
  INSTANTS,
  INTEGERS,
  MEMBERS,
  NUMBERS,
  TEXTS,
  TIMES,
  type Types,
} from '../value/typeSets.js'

/** The facts about one function. */
export interface FunctionFacts {
  /** The types of each argument; the last entry also holds for all further arguments. */
  readonly takes: readonly Types[]
  /** Whether its arguments have one type: all numbers, all texts, or all the same. */
  readonly alike: boolean
  /** The type of its value, from the types of its arguments. */
  readonly gives: (args: readonly SqlType[]) => SqlType
  /**
   * When its value is null. `strict`: exactly if an argument is null; `kleene`: only then, but not always (`false and null`); `partial`: also
   * for other arguments; `all`: if all arguments are null; or never.
   */
  readonly nulls: 'strict' | 'kleene' | 'partial' | 'all' | 'never'
  /** Whether every engine evaluates its arguments once, so that they may be volatile. */
  readonly once: boolean
  /** Whether its arguments may have one of several types, so that the type of one determines the others. */
  readonly polymorphic: boolean
  /** Whether it is exact for decimals of different scales. */
  readonly exact: boolean
  /** Whether its literal arguments after the first are part of the SQL text, not parameters. */
  readonly writesLiterals: boolean
  /** Whether it has to be compared with a value to be a condition, on engines where only operators are conditions. */
  readonly isValue: boolean
  /** How long its value stays the same: always, within a statement, or never (volatile). */
  readonly stable: 'always' | 'statement' | 'never'
}

const given = (t: SqlType) => (): SqlType => t
const BOOLEAN = given({ tag: 'boolean' })
const INT = given({ tag: 'int' })
const FLOAT = given({ tag: 'float' })
const TEXT = given({ tag: 'text' })
const first = ([t = { tag: 'text' }]: readonly SqlType[]): SqlType => t
/** The type that holds the values of all these types. */
const widest = (all: readonly SqlType[]): SqlType => (all.length === 0 ? { tag: 'text' } : all.reduce(widen, all[0] as SqlType))

/** The type of a product: its scale is the sum of the scales. */
const product = ([s = { tag: 'int' }, t = { tag: 'int' }]: readonly SqlType[]): SqlType => {
  if (s.tag !== 'numeric' || t.tag !== 'numeric') return widen(s, t)
  const scale = s.scale + t.scale
  return { ...s, precision: s.precision <= 18 && t.precision <= 18 ? Math.max(18, scale) : 65, scale }
}

const facts = (
  takes: readonly Types[],
  gives: FunctionFacts['gives'],
  rest: Partial<Omit<FunctionFacts, 'takes' | 'gives'>> = {},
): FunctionFacts => ({
  takes,
  gives,
  alike: false,
  nulls: 'strict',
  once: false,
  polymorphic: true,
  exact: false,
  writesLiterals: false,
  isValue: false,
  stable: 'always',
  ...rest,
})

const comparison = facts([COMPARABLE], BOOLEAN, { alike: true, once: true, exact: true })
const logic = facts([BOOLEANS], BOOLEAN, { nulls: 'kleene', once: true, polymorphic: false })
const arithmetic = facts([NUMBERS], widest, { once: true, exact: true })
const ofText = facts([TEXTS], TEXT, { polymorphic: false })
const ofPattern = facts([TEXTS], BOOLEAN, { polymorphic: false })
const cut = facts([TEXTS, INTEGERS], TEXT, { once: true, polymorphic: false, writesLiterals: true })
const padded = facts([TEXTS, TEXTS, INTEGERS], TEXT, { polymorphic: false })
const rounding = facts([NUMBERS], widest)
const moved = facts([DAYS, INTEGERS], first, { nulls: 'partial', writesLiterals: true })
const made = facts([MEMBERS], given({ tag: 'json' }), { nulls: 'never', once: true })

const ROWS = {
  eq: comparison,
  ne: comparison,
  lt: comparison,
  lte: comparison,
  gt: comparison,
  gte: comparison,
  isNotDistinctFrom: { ...comparison, nulls: 'never', once: false },
  between: { ...comparison, nulls: 'kleene', once: false },
  and: logic,
  or: logic,
  not: { ...logic, nulls: 'strict' },
  isNull: facts([ANY], BOOLEAN, { nulls: 'never', polymorphic: false }),
  plus: arithmetic,
  minus: arithmetic,
  times: { ...arithmetic, gives: product, exact: false },
  quot: facts([INTEGERS], widest, { nulls: 'partial' }),
  rem: facts([INTEGERS], widest, { nulls: 'partial' }),
  div: facts([FLOATS], FLOAT, { nulls: 'partial', once: true }),
  neg: { ...arithmetic, exact: false },
  concat: { ...ofText, once: true },
  lower: { ...ofText, once: true },
  upper: { ...ofText, once: true },
  length: facts([TEXTS], INT, { polymorphic: false }),
  substring: cut,
  position: facts([TEXTS], INT, { polymorphic: false }),
  like: ofPattern,
  ilike: ofPattern,
  contains: ofPattern,
  startsWith: ofPattern,
  endsWith: ofPattern,
  coalesce: facts([ANY], widest, { alike: true, nulls: 'all', isValue: true }),
  nullIf: facts([COMPARABLE], first, { alike: true, nulls: 'partial', isValue: true }),
  trim: ofText,
  trimStart: ofText,
  trimEnd: ofText,
  replace: ofText,
  left: cut,
  right: cut,
  reverse: ofText,
  padStart: padded,
  padEnd: padded,
  repeat: { ...cut, once: false },
  abs: facts([NUMBERS], widest),
  sign: facts([NUMBERS], INT),
  floor: { ...rounding, once: true },
  ceil: { ...rounding, once: true },
  round: rounding,
  power: facts([FLOATS], FLOAT, { nulls: 'partial' }),
  sqrt: facts([FLOATS], FLOAT, { nulls: 'partial' }),
  atan2: facts([FLOATS], FLOAT),
  greatest: facts([EXTREME], widest, { alike: true }),
  least: facts([EXTREME], widest, { alike: true }),
  datePart: facts([TIMES, TEXTS], INT, { writesLiterals: true }),
  dateTrunc: facts([DAYS, TEXTS], first, { writesLiterals: true }),
  localTime: facts([INSTANTS, TEXTS], first, { writesLiterals: true }),
  startInZone: facts([INSTANTS, TEXTS], first, { writesLiterals: true }),
  formatDate: facts([TIMES, TEXTS], TEXT, { writesLiterals: true }),
  addMonths: moved,
  addDays: moved,
  addMilliseconds: moved,
  daysBetween: facts([DATES], INT),
  now: facts([], given({ tag: 'timestamp' }), { stable: 'statement' }),
  random: facts([], FLOAT, { stable: 'never' }),
  randomUuid: facts([], given({ tag: 'uuid' }), { stable: 'never' }),
  jsonAt: facts([DOCUMENTS, TEXTS], given({ tag: 'json' }), { nulls: 'partial', writesLiterals: true, isValue: true }),
  jsonText: facts([DOCUMENTS], given({ tag: 'json', read: 'text' })),
  jsonLength: facts([DOCUMENTS], INT, { nulls: 'partial' }),
  jsonType: facts([DOCUMENTS], TEXT),
  jsonObject: { ...made, takes: [TEXTS, MEMBERS] },
  jsonArray: made,
  jsonContains: facts([DOCUMENTS], BOOLEAN, { isValue: true }),
  byteLength: facts([BYTES_OR_TEXTS], INT),
  hex: facts([BYTES], TEXT),
  unhex: facts([TEXTS], given({ tag: 'bytes' }), { nulls: 'partial' }),
  sha256: facts([BYTES_OR_TEXTS], given({ tag: 'bytes' })),
  matches: facts([TEXTS], BOOLEAN),
  array: facts([ANY], args => ({ tag: 'array', element: widest(args), elementNullable: false }), { alike: true, nulls: 'never' }),
  arrayLength: facts([ARRAYS], INT),
  arrayContains: facts([ARRAYS, ASKED], BOOLEAN),
  split: facts([TEXTS], given({ tag: 'array', element: { tag: 'text' }, elementNullable: false })),
} satisfies { readonly [fn: string]: FunctionFacts }

/** The name of a scalar function or operator. */
export type ScalarFn = keyof typeof ROWS

/** The facts by the name of the function. */
export const FUNCTIONS: { readonly [fn in ScalarFn]: FunctionFacts } = ROWS

/** The types that the i-th argument of a function may have. */
export const takenBy = (fn: ScalarFn, i: number): Types => {
  const { takes } = FUNCTIONS[fn]
  return takes[Math.min(i, takes.length - 1)] ?? ANY
}
