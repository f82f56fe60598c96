/**
 * Values inside JSON documents, on each engine.
 *
 * Postgres uses a strict JSON path that tests the type of the value. MySQL and MariaDB treat a value that is not an array as an array of
 * itself, so each array on the path is tested first; their results have the collation of JSON. On SQLite the runner registers
 * functions.
 */
import { MAX_INT64, MIN_INT64 } from '../core/value/Canonical.js'
import { refuse, unsupported } from '../core/value/DbError.js'
import { isInteger, type SqlType, showSqlType } from '../core/value/SqlType.js'
import { atom, type CallPrinter, level } from './CallPrinter.js'
import { wordOf } from './dateSteps.js'
import { type Fragment, join, sql } from './Fragment.js'
import { isScaled } from './sqlite/driverValues.js'

interface Paths {
  readonly jsonAt: CallPrinter
  readonly jsonText: CallPrinter
  readonly jsonLength: CallPrinter
  readonly jsonType: CallPrinter
}

/** The kinds of JSON values by the names that engines give them. */
const kinds = (names: readonly (readonly [theirs: string, ours: string])[]): string =>
  names.map(([theirs, ours]) => `WHEN '${theirs}' THEN '${ours}'`).join(' ')

type Path = readonly (string | number)[]

const textOf = (path: Path): string => `$${path.map(step => (typeof step === 'number' ? `[${step}]` : `."${step}"`)).join('')}`

/** The path of a call: it was checked when the expression was built. */
export const pathOf = (args: Parameters<CallPrinter>[0]): Path => JSON.parse(wordOf(args, 1)) as Path

const { MAX_SAFE_INTEGER: MOST } = Number

/** The digits of the type before the point. */
const wholeDigits = (type: SqlType & { readonly tag: 'numeric' }): number => type.precision - type.scale

/** Integers up to 2^53 are doubles, up to 2^54 the even ones, and so on; from 9e18 on the nearest double is taken. */
const IS_DOUBLE = [
  '@.abs() < 9007199254740992 || @ != @.floor() || @.abs() >= 9000000000000000000',
  ...Array.from({ length: 10 }, (_, i) => `@ % ${2 ** (i + 1)} == 0 && @.abs() <= ${2n ** BigInt(i + 54)}`),
].join(' || ')

/** The filter of a Postgres path, by the type of the result. */
const FILTERS: { readonly [tag: string]: string } = {
  text: '@.type() == "string"',
  boolean: '@.type() == "boolean"',
  float: `@.type() == "number" && @.abs() <= ${Number.MAX_VALUE} && (${IS_DOUBLE})`,
  int: `@.type() == "number" && @ >= -${MOST} && @ <= ${MOST} && @ == @.floor()`,
  bigint: `@.type() == "number" && @ >= ${MIN_INT64} && @ <= ${MAX_INT64} && @ == @.floor()`,
  json: '@.type() != "null"',
}

const filterOf = (type: SqlType): string => {
  if (type.tag !== 'numeric') return FILTERS[type.tag] as string
  const [most, unit] = [`1e${wholeDigits(type)}`, `1e${type.scale}`]
  return `@.type() == "number" && @ > -${most} && @ < ${most} && @ * ${unit} == (@ * ${unit}).floor()`
}

/** Values inside documents on Postgres. */
export const postgresJson = (quoted: (s: string) => string): Paths => ({
  jsonAt: (args, { type }) => {
    const { tag } = type.sql
    const found = sql`jsonb_path_query_first(${args.arg(0)}, ${quoted(`strict ${textOf(pathOf(args))} ? (${filterOf(type.sql)})`)}, '{}', true)`
    if (tag === 'json') return atom(found)
    const plain = sql`${found} #>> '{}'`
    if (tag === 'text') return { level: level.comparison, fragment: sql`(${plain}) COLLATE "C"` }
    if (tag === 'int' || tag === 'bigint') return atom(sql`CAST(CAST(${plain} AS numeric) AS int8)`)
    if (type.sql.tag === 'numeric') return atom(sql`CAST(${plain} AS numeric(${String(type.sql.precision)}, ${String(type.sql.scale)}))`)
    return atom(sql`CAST(${plain} AS ${tag === 'float' ? 'float8' : 'boolean'})`)
  },
  jsonText: args => atom(args.arg(0)),
  jsonType: args => ({ level: level.comparison, fragment: sql`jsonb_typeof(${args.arg(0)}) COLLATE "C"` }),
  jsonLength: args => atom(sql`CASE jsonb_typeof(${args.arg(0)}) WHEN 'array' THEN jsonb_array_length(${args.arg(0)}) END`),
})

const NUMBERS = "IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL')"

const TYPES: { readonly [tag: string]: string } = {
  text: "= 'STRING'",
  boolean: "= 'BOOLEAN'",
  float: NUMBERS,
  int: NUMBERS,
  bigint: NUMBERS,
  numeric: NUMBERS,
  json: "<> 'NULL'",
}

const MYSQL_KINDS = kinds([
  ['OBJECT', 'object'],
  ['ARRAY', 'array'],
  ['STRING', 'string'],
  ['INTEGER', 'number'],
  ['DOUBLE', 'number'],
  ['DECIMAL', 'number'],
  ['UNSIGNED INTEGER', 'number'],
  ['BOOLEAN', 'boolean'],
  ['NULL', 'null'],
])

/** Values inside documents on MySQL and MariaDB. */
export const mysqlJson = (quoted: (s: string) => string, collation: string, typeName: (type: Fragment) => Fragment): Paths => ({
  jsonAt: (args, { type }) => {
    const { tag } = type.sql
    const path = pathOf(args)
    const at = (p: Path): Fragment => (p.length === 0 ? args.arg(0) : sql`json_extract(${args.arg(0)}, ${quoted(textOf(p))})`)
    const found = at(path)
    const typeOf = (value: Fragment): Fragment => typeName(sql`json_type(${value})`)
    const arrays = path.flatMap((step, i) => (typeof step === 'number' ? [sql`${typeOf(at(path.slice(0, i)))} = 'ARRAY'`] : []))
    const number = sql`CAST(${found} AS DOUBLE)`
    const decimal = (whole: number, fraction: number): Fragment =>
      // MySQL makes an integer from 2^63 on negative, unless it is read as text (9.7)
      sql`CAST(CAST(${found} AS CHAR) AS DECIMAL(${String(whole + fraction)}, ${String(fraction)}))`
    const near = (most: string): Fragment => sql`abs(${number}) <= ${most}`
    /** Whether a decimal has not rounded a very small number to zero. */
    const isSame = (d: Fragment): Fragment => sql`CAST(${d} AS DOUBLE) = ${number}`
    /** The conditions on a number for its type, and its value. Earlier conditions keep later ones from values that would overflow. */
    const numbers = (): readonly [conditions: readonly Fragment[], value: Fragment] => {
      if (tag === 'int') return [[near(String(MOST)), sql`${number} = floor(${number})`], sql`CAST(${number} AS SIGNED)`]
      if (tag === 'bigint') {
        const d = decimal(35, 30)
        return [
          [near('1e19'), isSame(d), sql`${d} = floor(${d})`, sql`${d} BETWEEN ${String(MIN_INT64)} AND ${String(MAX_INT64)}`],
          sql`CAST(${d} AS SIGNED)`,
        ]
      }
      if (type.sql.tag === 'numeric') {
        const [whole, { scale }] = [wholeDigits(type.sql), type.sql]
        const d = decimal(whole + 1, Math.min(30, 64 - whole))
        return [
          [near(`1e${whole}`), sql`abs(${d}) < 1${'0'.repeat(whole)}`, isSame(d), sql`${d} = truncate(${d}, ${String(scale)})`],
          decimal(whole, scale),
        ]
      }
      // to MariaDB, 1e15 is an INTEGER, and its text the integer 1
      const isHeld = sql`(abs(${number}) NOT BETWEEN 9007199254740992 AND 9e18 OR CAST(${number} AS SIGNED) = ${decimal(40, 0)})`
      return [[isHeld], number]
    }
    const texts = (): Fragment =>
      tag === 'json'
        ? found
        : tag === 'text'
          ? sql`CONVERT(json_unquote(${found}) USING utf8mb4) COLLATE ${collation}`
          : sql`json_unquote(${found}) COLLATE ${collation} = 'true'`
    const [conditions, value] = TYPES[tag] === NUMBERS ? numbers() : [[], texts()]
    return atom(
      sql`CASE WHEN ${join([...arrays, sql`${typeOf(found)} ${TYPES[tag] as string}`, ...conditions], ' AND ')} THEN ${value} END`,
    )
  },
  jsonText: args => atom(args.arg(0)),
  jsonType: args => ({
    level: level.comparison,
    fragment: sql`CASE ${typeName(sql`json_type(${args.arg(0)})`)} ${MYSQL_KINDS} END COLLATE ${collation}`,
  }),
  jsonLength: args => atom(sql`CASE WHEN ${typeName(sql`json_type(${args.arg(0)})`)} = 'ARRAY' THEN json_length(${args.arg(0)}) END`),
})

const SQLITE_KINDS = kinds([
  ['object', 'object'],
  ['array', 'array'],
  ['text', 'string'],
  ['integer', 'number'],
  ['real', 'number'],
  ['true', 'boolean'],
  ['false', 'boolean'],
  ['null', 'null'],
])

/** Values inside documents on SQLite. */
export const sqliteJson: Paths = {
  jsonAt: (args, { type: { sql: type } }) => {
    if (type.tag === 'numeric') {
      if (!isScaled(type)) return refuse(unsupported(`jsonAt of ${showSqlType(type)}`, 'sqlite', 'decimals have up to 18 digits there'))
      return atom(sql`CAST(json_at_numeric(${args.arg(0)}, ${args.arg(1)}, ${String(type.precision)}, ${String(type.scale)}) AS INTEGER)`)
    }
    const found = sql`json_at_${type.tag}(${args.arg(0)}, ${args.arg(1)})`
    // the driver returns numbers as floats
    return atom(isInteger(type) ? sql`CAST(${found} AS INTEGER)` : found)
  },
  jsonText: args => atom(args.arg(0)),
  jsonType: args => atom(sql`CASE json_type(${args.arg(0)}) ${SQLITE_KINDS} END`),
  jsonLength: args => atom(sql`iif(json_type(${args.arg(0)}) = 'array', json_array_length(${args.arg(0)}), NULL)`),
}
