/**
 * Whether a JSON document contains another one, on each engine.
 *
 * Postgres's `@>` has the decided meaning except for a bare value in an array. The functions of MySQL and MariaDB treat a value as an
 * array of itself at every level; so a constant part is searched value by value: a value by its path, an element of an array among
 * the rows that JSON_TABLE makes of it. The document is computed once for that, in a sub-query of one row. On SQLite the runner
 * registers a function.
 */

import { exprType } from '../core/syntax/Syntax.js'
import { refuse, unsupported } from '../core/value/DbError.js'
import type { DialectName } from '../core/value/DialectName.js'
import type { Json } from '../core/value/SqlType.js'
import { atom, type CallPrinter, level, named } from './CallPrinter.js'
import { type Fragment, join, slot, sql, text } from './Fragment.js'

type Path = readonly string[]

/** What differs between MySQL and MariaDB. */
interface Engine {
  readonly dialect: DialectName
  /** A path as an SQL literal. */
  readonly path: (path: Path) => Fragment
  readonly typeOf: (value: Fragment) => Fragment
  /** Whether the value at a path of a document is this one; null if there is none. */
  readonly equals: (value: Fragment, x: null | string | number | boolean) => Fragment
  /** Whether an array has this element; null where it is searched among rows. */
  readonly hasElement: ((array: Fragment, x: Json) => Fragment) | null
  /** A document as a source of one row with this name, and the expression that reads it there. */
  readonly bound: (document: Fragment, name: string) => { readonly source: Fragment; readonly read: Fragment }
  /** The elements of an array as a source with this name. */
  readonly elements: (array: Fragment, name: string) => Fragment
}

const isObject = (x: Json): x is { readonly [key: string]: Json } => typeof x === 'object' && x !== null && !Array.isArray(x)

const isScalar = (x: Json): x is null | string | number | boolean => typeof x !== 'object' || x === null

const sizeOf = (x: Json): number => (isScalar(x) ? 1 : Object.values(x).reduce<number>((n, item) => n + sizeOf(item), 1))

/** The most values of a part: each is in the text of the statement. */
const MOST_VALUES = 200

/** The most nested arrays, each a nested query: engines take some more. */
const MOST_ARRAYS = 10

const arraysIn = (x: Json): number =>
  isScalar(x) ? 0 : Object.values(x).reduce<number>((most, item) => Math.max(most, arraysIn(item)), 0) + Number(Array.isArray(x))

const json = exprType({ tag: 'json' })
const float = exprType({ tag: 'float' })

/** A value of a part as a parameter. */
const given = (value: unknown, type = json): Fragment => slot({ tag: 'value', value, type })

const byStructure = (engine: Engine): CallPrinter => {
  const { typeOf } = engine
  const at = (document: Fragment, path: Path): Fragment => sql`json_extract(${document}, ${engine.path(path)})`

  /** The conditions under which the value at a path contains a part. `depth` tells the names of sources apart. */
  const conditions = (document: Fragment, path: Path, part: Json, depth: number): readonly Fragment[] => {
    const value = at(document, path)
    if (isScalar(part)) return [engine.equals(value, part)]
    if (isObject(part)) {
      const fields = Object.entries(part)
      return fields.length === 0
        ? [sql`${typeOf(value)} = 'OBJECT'`]
        : fields.flatMap(([name, item]) => conditions(document, [...path, name], item, depth))
    }
    return [sql`${typeOf(value)} = 'ARRAY'`, ...(part as readonly Json[]).map(item => element(value, item, depth))]
  }

  const element = (array: Fragment, part: Json, depth: number): Fragment => {
    if (isScalar(part) && engine.hasElement !== null) return engine.hasElement(array, part)
    const name = `\`element ${depth}\``
    const found = conditions(text(`${name}.\`value\``), [], part, depth + 1)
    return sql`0 < (SELECT count(*) FROM ${engine.elements(array, name)} WHERE ${join(found, ' AND ')})`
  }

  const condition = (document: Fragment, part: Json): Fragment => sql`coalesce(${join(conditions(document, [], part, 1), ' AND ')}, FALSE)`

  return args => {
    const [document, constant] = args.scalars
    const part = constant?.node
    if (part?.tag !== 'literal')
      return refuse(
        unsupported('jsonContains of a part that is no constant', engine.dialect, 'it asks for the values of the part one by one'),
      )
    if (part.value === null) return atom(text('NULL'))
    if (sizeOf(part.value as Json) > MOST_VALUES)
      refuse(unsupported(`jsonContains of a part of more than ${MOST_VALUES} values`, engine.dialect, 'use a smaller part'))
    if (arraysIn(part.value as Json) > MOST_ARRAYS)
      refuse(unsupported(`jsonContains of a part with more than ${MOST_ARRAYS} nested arrays`, engine.dialect, 'use a smaller part'))
    const value = part.value as Json
    const given = args.arg(0)
    const once = given.pieces.length === 1 || sizeOf(value) === 1
    const { source, read } = engine.bound(given, '`the document`')
    const found = once ? condition(given, value) : sql`(SELECT ${condition(read, value)} FROM ${source})`
    return atom(document?.type.nullable ? sql`CASE WHEN ${args.arg(0, level.comparison + 1)} IS NOT NULL THEN ${found} END` : found)
  }
}

const pathText = (path: Path): string => `$${path.map(name => `.${JSON.stringify(name)}`).join('')}`

/** `jsonContains` on MySQL. */
export const mysqlContains = (quoted: (s: string) => string): CallPrinter => {
  const parameter = (x: Json): Fragment => sql`CAST(${given(x)} AS JSON)`
  const bound: Engine['bound'] = (document, name) => ({
    source: sql`(SELECT ${document} AS \`value\`) AS ${name}`,
    read: text(`${name}.\`value\``),
  })
  return byStructure({
    dialect: 'mysql',
    path: path => text(quoted(pathText(path))),
    typeOf: value => sql`json_type(${value}) COLLATE utf8mb4_0900_bin`,
    // a constant that is the JSON null becomes null as a parameter
    equals: (value, x) => sql`${value} = ${x === null ? text("CAST('null' AS JSON)") : parameter(x)}`,
    hasElement: (array, x) => sql`${x === null ? text("CAST('null' AS JSON)") : parameter(x)} MEMBER OF (${array})`,
    bound,
    // JSON_TABLE takes a column, but neither a sub-query nor a grouped expression (9.7)
    elements: (array, name) => {
      const { source, read } = bound(array, `${name.slice(0, -1)} of\``)
      return sql`${source}, JSON_TABLE(${read}, '$[*]' COLUMNS (\`value\` JSON PATH '$')) AS ${name}`
    },
  })
}

/** `jsonContains` on MariaDB. */
export const mariadbContains = (quoted: (s: string) => string, collation: string): CallPrinter => {
  const path: Engine['path'] = names => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it searches for control characters
    if (names.some(name => /["\\\u0000-\u001f\u007f]|^-/.test(name)))
      refuse(
        unsupported(
          'jsonContains of a field whose name has a quote, backslash or control character, or begins with "-"',
          'mariadb',
          'it does not find it',
        ),
      )
    return text(quoted(pathText(names)))
  }
  const elements: Engine['elements'] = (array, name) => sql`JSON_TABLE(${array}, '$[*]' COLUMNS (\`value\` JSON PATH '$')) AS ${name}`
  return byStructure({
    dialect: 'mariadb',
    path,
    typeOf: value => sql`json_type(${value})`,
    equals: (value, x) => {
      const type = sql`json_type(${value})`
      if (x === null) return sql`${type} = 'NULL'`
      if (typeof x === 'number')
        return sql`CASE WHEN ${type} IN ('INTEGER', 'DOUBLE') THEN CAST(${value} AS DOUBLE) = ${given(x, float)} END`
      const plain = sql`CONVERT(json_unquote(${value}) USING utf8mb4) COLLATE ${collation}`
      return typeof x === 'boolean'
        ? sql`${type} = 'BOOLEAN' AND ${plain} = ${x ? "'true'" : "'false'"}`
        : sql`${type} = 'STRING' AND ${plain} = ${given(x, exprType({ tag: 'text' }))}`
    },
    hasElement: null,
    // an array of one element, since derived tables see no outer columns
    bound: (document, name) => ({
      source: elements(sql`json_array(json_compact((${document}) COLLATE ${collation}))`, name),
      read: text(`${name}.\`value\``),
    }),
    elements,
  })
}

/** `jsonContains` on Postgres: `@>`, except for a bare value in an array. */
export const postgresContains: CallPrinter = args => {
  const [, part] = args.scalars
  const contains = sql`${args.arg(0, level.sum)} @> ${args.arg(1, level.sum)}`
  if (part?.node.tag !== 'literal') {
    const bare = sql`jsonb_typeof(${args.arg(0)}) = 'array' AND jsonb_typeof(${args.arg(1)}) NOT IN ('array', 'object')`
    return atom(sql`CASE WHEN ${bare} THEN FALSE ELSE ${contains} END`)
  }
  if (!isScalar(part.node.value as Json)) return { level: level.comparison, fragment: contains }
  return { level: level.and, fragment: sql`${contains} AND jsonb_typeof(${args.arg(0)}) <> 'array'` }
}

/** `jsonContains` on SQLite, by a function of the runner. */
export const sqliteContains: CallPrinter = named('json_contains')
