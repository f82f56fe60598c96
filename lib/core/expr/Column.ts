/**
 * Columns: how a value is stored and read, and the constraints on it.
 *
 * A `Column<A, I>` denotes a set of values `A`, stored as an SQL type of each dialect, and what an insert takes for it (`I`; undefined if it may
 * be left out). Columns are built from the canonical types below and refined by functions: `pipe(text, codec(Email), unique, nullable)`.
 *
 * Law (round trip, for every engine): reading an inserted value back gives an equal value. `sqlType` is exempt: there the engine decides.
 */
import * as t from 'io-ts'
import { isExpr } from '../syntax/guards.js'
import { literalOf } from '../syntax/operand.js'
import { type AnyColumn, type Column, type Expr, exprType, type Pred } from '../syntax/Syntax.js'
import type { Decimal, Json, SqlType } from '../value/SqlType.js'

export type { Column, Columns } from '../syntax/Syntax.js'
export type { Decimal, Json } from '../value/SqlType.js'

/** A column of a canonical type. */
const column = <A, I = A>(sql: SqlType, refine: t.Type<any, any> | null = null): Column<A, I> => ({
  kind: 'column',
  type: exprType(sql, false, refine),
  name: null,
  generated: false,
  default: null,
  unique: false,
  indexed: false,
  check: null,
  comment: null,
  renamedFrom: null,
  filledByDatabase: false,
})

// --- Canonical types --------------------------------------------------------------------------

/** A 32-bit integer. Expressions over it have 64 bits. */
export const int: Column<number> = column({ tag: 'int' })
/** A 16-bit integer. */
export const smallint: Column<number> = column({ tag: 'smallint' })
/** A 64-bit integer. */
export const bigint: Column<bigint> = column({ tag: 'bigint' })
/** A finite 64-bit float. */
export const float: Column<number> = column({ tag: 'float' })
/** A text of any length, compared by code point. */
export const text: Column<string> & { readonly type: { readonly sql: { readonly tag: 'text' } } } = column({ tag: 'text' }) as never
/** A text column of an existing database that keeps its collation. The laws of order and equality do not cover it. */
export const storedText: Column<string> = column({ tag: 'text', collation: 'stored' })
/** A UUID, read in lower case. */
export const uuid: Column<string> = column({ tag: 'uuid' })
/** True or false. */
export const boolean: Column<boolean> = column({ tag: 'boolean' })
/** An instant, in UTC, with milliseconds. */
export const timestamp: Column<Date> = column({ tag: 'timestamp' })
/** An instant as ISO text with six fraction digits, for columns whose microseconds a `Date` would lose. */
export const timestampMicros: Column<string> = column({ tag: 'timestampMicros' })
/** A day: 'YYYY-MM-DD'. */
export const date: Column<string> = column({ tag: 'date' })
/** A time of day: 'HH:MM:SS.mmm'. */
export const time: Column<string> = column({ tag: 'time' })
/** A byte string. */
export const bytes: Column<Uint8Array> = column({ tag: 'bytes' })

/** A decimal number with `precision` digits, `scale` of them after the point, as text. SQLite stores it exactly, or as a float with `{ sqlite: 'real' }`. */
export const numeric = (precision: number, scale: number, options: { readonly sqlite?: 'real' } = {}): Column<Decimal> =>
  column({ tag: 'numeric', precision, scale, ...options })

/** A text of at most `length` code points. */
export const varchar = (length: number): Column<string> => column({ tag: 'varchar', length })

/** A text of exactly `length` code points. */
export const char = (length: number): Column<string> => column({ tag: 'char', length })

/** One of the given texts: stored as text with a check constraint. */
export const enumOf = <const V extends readonly [string, ...string[]]>(...values: V): Column<V[number]> => column({ tag: 'enum', values })

/** A JSON value, decoded by an io-ts type. It has no equality and no order. */
export const json = <A>(type: t.Type<A, any>): Column<A> => column({ tag: 'json' }, type)

/** Any JSON value except null: null in a column is SQL's null. */
export const anyJson: Column<Exclude<Json, null>> = column({ tag: 'json' })

/** A list of values: an array on engines that have arrays, JSON on others. */
export const arrayOf = <A, I>(element: Column<A, I>): Column<readonly A[]> =>
  column(
    { tag: 'array', element: element.type.sql, elementNullable: element.type.nullable },
    element.type.refine === null ? null : t.array(element.type.nullable ? t.union([t.null, element.type.refine]) : element.type.refine),
  )

/** A vector of 32-bit floats. */
export const vector = (dimension: number): Column<readonly number[], readonly number[] | Float32Array> =>
  column({ tag: 'vector', dimension })

/**
 * Any type of a dialect by its SQL name, read and written as the driver's text through an io-ts
 * type. It has no canonical value, so the laws do not cover it: it has no comparison and no order.
 */
export const sqlType = <A>(
  names: { readonly postgres?: string; readonly mysql?: string; readonly mariadb?: string; readonly sqlite?: string },
  type: t.Type<A, any>,
): Column<A> => column({ tag: 'custom', names }, type)

// --- Refinements ------------------------------------------------------------------------------

/** The column with another value type: an io-ts `Type<B, A>` over the column's value `A`. For brands, refinements, JSON documents. */
export const codec =
  <B, A>(type: t.Type<B, A>) =>
  <I extends A | null | undefined>(c: Column<A, I>): Column<B, B | Extract<I, undefined | null>> =>
    ({ ...c, type: { ...c.type, refine: c.type.refine === null ? type : c.type.refine.pipe(type) } }) as AnyColumn

/** The column, which may be null. */
export const nullable = <A, I>(c: Column<A, I>): Column<A | null, I | null | undefined> => ({ ...c, type: { ...c.type, nullable: true } })

/** Numbered by the database: increasing, with gaps. An insert may leave it out. */
export const generated = <A extends number | bigint, I>(c: Column<A, I>): Column<A, I | undefined> => ({ ...c, generated: true })

/** The default: the value of rows that are inserted without one. */
export const withDefault =
  <const B>(value: B) =>
  <A, I>(c: Column<A, I> & ([B] extends [A | Expr<A>] ? unknown : never)): Column<A, I | undefined> => ({
    ...c,
    default: isExpr(value) ? value : literalOf(c.type, value),
  })

/**
 * A column that the database fills by itself, by a default or an expression that only the database has. An insert may leave it out, and `diff`
 * compares neither of the two. A table that is created from the description, or is in memory, has no such default.
 */
export const filledByDatabase = <A, I>(c: Column<A, I>): Column<A, I | undefined> => ({ ...c, filledByDatabase: true })

/** A unique constraint: no two rows have the same value. */
export const unique = <A, I>(c: Column<A, I>): Column<A, I> => ({ ...c, unique: true })

/** An index on this column. */
export const indexed = <A, I>(c: Column<A, I>): Column<A, I> => ({ ...c, indexed: true })

/** A check constraint: every value satisfies the predicate, or is null. */
export const check =
  <A>(predicate: (self: Expr<A>) => Pred) =>
  <I>(c: Column<A, I>): Column<A, I> => ({ ...c, check: predicate })

/** The column's SQL name, instead of the one of the naming strategy. */
export const named =
  (name: string) =>
  <A, I>(c: Column<A, I>): Column<A, I> => ({ ...c, name })

/** A comment on the column, which the database keeps for readers of its schema. */
export const comment =
  (text: string) =>
  <A, I>(c: Column<A, I>): Column<A, I> => ({ ...c, comment: text })

/** The SQL name that the column had before: `diff` renames that column, and does not drop it and add a new one. */
export const renamedFrom =
  (name: string) =>
  <A, I>(c: Column<A, I>): Column<A, I> => ({ ...c, renamedFrom: name })

/** A column of the same type without default, constraints and name, and not generated. For foreign keys: `ref(artists.columns.id)` */
export const ref = <A, I>(c: Column<A, I>): Column<A> => ({
  ...(c as AnyColumn),
  generated: false,
  default: null,
  unique: false,
  indexed: false,
  check: null,
  name: null,
  comment: null,
  renamedFrom: null,
  filledByDatabase: false,
})
