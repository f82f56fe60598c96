/**
 * Values inside JSON documents, in the words of each engine.
 *
 * Postgres asks by a strict JSON path, that tells the type of what it looks for. MySQL and MariaDB take a value that is no array for
 * an array of itself, so that each array on the way is asked for first; what they find has a collation of JSON's own. SQLite has
 * functions that the runner brings.
 */
import { atom, type CallPrinter, level } from './Dialect.js'
import { wordOf } from './dates.js'
import { type Fragment, join, sql } from './Fragment.js'

interface Paths {
  readonly jsonAt: CallPrinter
  readonly jsonLength: CallPrinter
  readonly jsonType: CallPrinter
}

/** What engines call a kind of value, and what it is called here. */
const kinds = (names: readonly (readonly [theirs: string, ours: string])[]): string =>
  names.map(([theirs, ours]) => `WHEN '${theirs}' THEN '${ours}'`).join(' ')

type Path = readonly (string | number)[]

const textOf = (path: Path): string => `$${path.map(step => (typeof step === 'number' ? `[${step}]` : `."${step}"`)).join('')}`

const pathOf = (args: Parameters<CallPrinter>[0]): Path => JSON.parse(wordOf(args, 1)) as Path

const { MAX_SAFE_INTEGER: MOST } = Number

/** What a path of Postgres looks for, by the type that it is read as. */
const FILTERS: { readonly [tag: string]: string } = {
  text: '@.type() == "string"',
  boolean: '@.type() == "boolean"',
  float: '@.type() == "number"',
  int: `@.type() == "number" && @ >= -${MOST} && @ <= ${MOST} && @ == @.floor()`,
  json: '@.type() != "null"',
}

export const postgresJson = (quoted: (s: string) => string): Paths => ({
  jsonAt: (args, { type }) => {
    const { tag } = type.sql
    const found = sql`jsonb_path_query_first(${args.arg(0)}, ${quoted(`strict ${textOf(pathOf(args))} ? (${FILTERS[tag]})`)}, '{}', true)`
    if (tag === 'json') return atom(found)
    const plain = sql`${found} #>> '{}'`
    if (tag === 'text') return { level: level.comparison, fragment: sql`(${plain}) COLLATE "C"` }
    if (tag === 'int') return atom(sql`CAST(CAST(${plain} AS numeric) AS int8)`)
    return atom(sql`CAST(${plain} AS ${tag === 'float' ? 'float8' : 'boolean'})`)
  },
  jsonType: args => ({ level: level.comparison, fragment: sql`jsonb_typeof(${args.arg(0)}) COLLATE "C"` }),
  jsonLength: args => atom(sql`CASE jsonb_typeof(${args.arg(0)}) WHEN 'array' THEN jsonb_array_length(${args.arg(0)}) END`),
})

const TYPES: { readonly [tag: string]: string } = {
  text: "= 'STRING'",
  boolean: "= 'BOOLEAN'",
  float: "IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL')",
  int: "IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL')",
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

export const mysqlJson = (quoted: (s: string) => string, collation: string, typeName: (type: Fragment) => Fragment): Paths => ({
  jsonAt: (args, { type }) => {
    const { tag } = type.sql
    const path = pathOf(args)
    const at = (p: Path): Fragment => (p.length === 0 ? args.arg(0) : sql`json_extract(${args.arg(0)}, ${quoted(textOf(p))})`)
    const found = at(path)
    const typeOf = (value: Fragment): Fragment => typeName(sql`json_type(${value})`)
    const arrays = path.flatMap((step, i) => (typeof step === 'number' ? [sql`${typeOf(at(path.slice(0, i)))} = 'ARRAY'`] : []))
    const number = sql`CAST(${found} AS DOUBLE)`
    const whole = sql`${number} = floor(${number}) AND abs(${number}) <= ${String(MOST)}`
    const conditions = join([...arrays, sql`${typeOf(found)} ${TYPES[tag] as string}`, ...(tag === 'int' ? [whole] : [])], ' AND ')
    const value =
      tag === 'json'
        ? found
        : tag === 'text'
          ? sql`CONVERT(json_unquote(${found}) USING utf8mb4) COLLATE ${collation}`
          : tag === 'float'
            ? number
            : tag === 'int'
              ? sql`CAST(${number} AS SIGNED)`
              : sql`json_unquote(${found}) COLLATE ${collation} = 'true'`
    return atom(sql`CASE WHEN ${conditions} THEN ${value} END`)
  },
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

export const sqliteJson: Paths = {
  jsonAt: (args, { type: { sql: type } }) => {
    const found = sql`json_at_${type.tag}(${args.arg(0)}, ${args.arg(1)})`
    // the driver answers numbers as floats
    return atom(type.tag === 'int' ? sql`CAST(${found} AS INTEGER)` : found)
  },
  jsonType: args => atom(sql`CASE json_type(${args.arg(0)}) ${SQLITE_KINDS} END`),
  jsonLength: args => atom(sql`iif(json_type(${args.arg(0)}) = 'array', json_array_length(${args.arg(0)}), NULL)`),
}
