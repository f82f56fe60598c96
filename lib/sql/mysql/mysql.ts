/**
 * The MySQL dialect, for MySQL 8.4 and later.
 *
 * A prepared statement keeps the types of the parameters that it was first run with, so a parameter
 * that nothing beside it tells the type of is cast. Rows of a collection are put in order in a derived
 * table, whose LIMIT keeps the optimizer from dropping the order.
 *
 * What it says holds in a session as `mysqlSession` sets it.
 */

import { refuse, unsupported } from '../../core/value/DbError.js'
import { isInteger, isText, type SqlType, showSqlType } from '../../core/value/SqlType.js'
import { hasDifference } from '../../plan/Rel.js'
import {
  type AggParts,
  type Args,
  atom,
  type CallPrinter,
  type Dialect,
  infix,
  level,
  named,
  type Place,
  type Printed,
} from '../Dialect.js'
import { type Fragment, list, optional, type Slot, slotOf, sql, text } from '../Fragment.js'
import { mysqlDocuments } from '../jsonBuild.js'
import { mysqlContains } from '../jsonContains.js'
import { mysqlJson } from '../jsonPath.js'
import { mysqlLexis } from '../lexis.js'
import { mysqlMatches } from '../regexes.js'
import { splitByMarks } from '../splits.js'
import { HALF, lockingOf } from '../standard.js'
import { mysqlDates } from './dates.js'
import { assertComputable, definitions, quoted, quotedText, quoteFor, writes } from './ddl.js'
import { mysqlValues } from './driverValues.js'
import { mysqlExplain } from './explain.js'
import { ALL, rewriting } from './writes.js'

/** The type of a cast. */
export const castName = (t: SqlType): string => {
  switch (t.tag) {
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'boolean':
      return 'SIGNED'
    case 'float':
      return 'DOUBLE'
    case 'numeric':
      return `DECIMAL(${t.precision}, ${t.scale})`
    case 'timestamp':
      return 'DATETIME(3)'
    case 'timestampMicros':
      return 'DATETIME(6)'
    case 'date':
      return 'DATE'
    case 'time':
      return 'TIME(3)'
    case 'bytes':
      return 'BINARY'
    default:
      return 'CHAR'
  }
}

/** Decimals travel as text, which arithmetic would take for floats. */
export const parameterOf =
  (told: (placeholder: Fragment, type: SqlType) => Fragment): Dialect['parameter'] =>
  (placeholder, type, place) =>
    place === 'alone' || (place !== 'stored' && type.tag === 'numeric') ? told(placeholder, type) : placeholder

/** An array that is text does not mix with one that the engine made, which is JSON. */
const typeTold = (type: SqlType): string => (type.tag === 'array' ? 'JSON' : castName(type))

/** A parameter that is a time at once is misread: `CAST('00:00:01.001' AS TIME(3))` is an hour. */
const told = (placeholder: Fragment, type: SqlType): Fragment =>
  sql`CAST(${type.tag === 'time' ? sql`CAST(${placeholder} AS CHAR)` : placeholder} AS ${typeTold(type)})${collated(type)}`

/** A condition of parameters alone beside a UNION is read again with the collation of the server (9.7): a text says its own. */
const collated = (type: SqlType): string => (isText(type) ? ` COLLATE ${COLLATION}` : '')

/**
 * Where a text is computed from parameters only, MySQL takes it for a varchar, and a derived table cuts it at 65,535 bytes
 * without a word. Text that comes from JSON has the longest type, which it then has with it.
 */
const parameter: Dialect['parameter'] = (placeholder, type, place) => {
  // beside a decimal, which every sum is, an integer becomes one with 30 digits after the point, and shows them as text
  const plain = parameterOf(told)(placeholder, type, place === 'inside' && isInteger(type) ? 'alone' : place)
  const p = slotOf(placeholder)
  const long = place !== 'stored' && p !== undefined && mayBeLong(p, place)
  return long ? sql`coalesce(${plain}, CAST(CAST(NULL AS JSON) AS ${castName(type)}))` : plain
}

const mayBeLong = (s: Slot, place: Place): boolean => {
  if (s.type.sql.tag === 'array') return false
  if (s.tag === 'value') {
    const written = s.value === null ? null : mysqlValues.write(s.type.sql)(s.value)
    return (typeof written === 'string' || written instanceof Uint8Array) && written.length > 16_000
  }
  const { tag } = s.type.sql
  const unlimited = tag === 'text' || tag === 'bytes' || tag === 'json' || tag === 'custom' || tag === 'vector'
  return place !== 'beside' && unlimited
}

const COLLATION = 'utf8mb4_0900_bin'

/**
 * The type of a column that JSON_TABLE reads. Integers are decimals, for of what is too large MySQL would make another integer, and
 * MariaDB the largest.
 */
export const pathType = (t: SqlType, collation: string): string => {
  switch (t.tag) {
    case 'smallint':
    case 'int':
    case 'bigint':
      return 'DECIMAL(65)'
    case 'boolean':
      return 'TINYINT'
    case 'numeric':
      return `DECIMAL(65, ${t.scale})`
    case 'float':
    case 'timestamp':
    case 'timestampMicros':
    case 'date':
    case 'time':
      return castName(t)
    case 'json':
    case 'array':
    case 'vector':
      return 'JSON'
    default:
      return `LONGTEXT COLLATE ${collation}`
  }
}

/** The elements of an array with their positions. */
export const elementsOf = (array: Fragment, type: string, alias: string): Fragment =>
  sql`JSON_TABLE(${array}, '$[*]' COLUMNS (\`position\` FOR ORDINALITY, \`value\` ${type} PATH '$')) AS ${alias}`

const lockName = (name: Fragment): Fragment => sql`sha2(concat(database(), '/', ${name}), 256)`

/** In seconds: a wait without an end is none on MariaDB. */
const A_YEAR = '31536000'

/** The longest text; bytes go through hexadecimal digits, since a cast to them would fill them up. */
export const recursiveColumnBy =
  (collation: string): Dialect['recursiveColumn'] =>
  (value, type) => {
    const name = castName(type)
    if (name === 'CHAR') return sql`CAST(${value} AS CHAR(16777216)) COLLATE ${collation}`
    return name === 'BINARY' ? sql`unhex(CAST(hex(${value}) AS CHAR(16777216)))` : sql`CAST(${value} AS ${name})`
  }

/** A text that is the form of a value of the type. */
const ofText = (value: Fragment, to: SqlType): Printed => {
  switch (to.tag) {
    case 'int':
    case 'bigint':
      return atom(sql`CAST(${value} AS SIGNED)`)
    case 'float':
      return atom(sql`CAST(${value} AS DOUBLE)`)
    case 'numeric':
      return atom(sql`CAST(${value} AS DECIMAL(65, ${String(to.scale)}))`)
    case 'boolean':
      return { level: level.comparison, fragment: sql`(${value}) = 'true'` }
    case 'date':
      return atom(sql`CAST(${value} AS DATE)`)
    case 'time':
      return atom(sql`CAST(${value} AS TIME(3))`)
    case 'timestamp':
      return atom(sql`CAST(replace(replace(${value}, 'T', ' '), 'Z', '') AS DATETIME(3))`)
    case 'timestampMicros':
      return atom(sql`CAST(replace(replace(${value}, 'T', ' '), 'Z', '') AS DATETIME(6))`)
    case 'uuid':
      return atom(sql`lower(${value})`)
    default:
      return atom(value)
  }
}

/** The engine writes the shortest digits, but those of large and small floats with an exponent: the point goes to its place. */
const floatText = (x: Fragment): Fragment => {
  const written = sql`CAST(abs(${x}) AS CHAR)`
  const digits = sql`replace(substring_index(${written}, 'e', 1), '.', '')`
  const point = sql`(locate('.', concat(substring_index(${written}, 'e', 1), '.')) - 1 + CAST(substring_index(${written}, 'e', -1) AS SIGNED))`
  const small = sql`concat('0.', repeat('0', -${point}), ${digits})`
  const large = sql`concat(${digits}, repeat('0', ${point} - length(${digits})))`
  const between = sql`insert(${digits}, ${point} + 1, 0, '.')`
  const moved = sql`CASE WHEN ${point} <= 0 THEN ${small} WHEN ${point} >= length(${digits}) THEN ${large} ELSE ${between} END`
  return sql`concat(CASE WHEN ${x} < 0 THEN '-' ELSE '' END, CASE WHEN locate('e', ${written}) = 0 THEN ${written} ELSE ${moved} END)`
}

const cast: Dialect['cast'] = (printed, from, to, operand) => {
  const value = printed.fragment
  if (isText(from)) return ofText(value, to)
  if (from.tag === 'boolean') {
    return to.tag === 'text'
      ? atom(sql`CASE ${value} WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' END`)
      : atom(sql`CAST(${value} AS SIGNED)`)
  }
  if (from.tag === 'float' && to.tag === 'text') return atom(floatText(value))
  // DIV is an error beyond 64 bits, where a cast is the largest integer
  if (isInteger(to) && (from.tag === 'float' || from.tag === 'numeric'))
    return { level: level.product, fragment: sql`CAST(${value} AS DECIMAL(65)) DIV 1` }
  if (from.tag === 'numeric' && to.tag === 'text') return atom(sql`CAST(CAST(${value} AS DECIMAL(65, ${String(from.scale)})) AS CHAR)`)
  if (from.tag === 'time') return atom(sql`left(time_format(${value}, '%H:%i:%s.%f'), 12)`)
  if (from.tag === 'timestampMicros') return atom(sql`date_format(${value}, '%Y-%m-%dT%T.%fZ')`)
  if (from.tag === 'timestamp' && to.tag === 'date') return atom(sql`date(${value})`)
  if (from.tag === 'timestamp' && to.tag === 'time') return atom(sql`CAST(${value} AS TIME(3))`)
  if (from.tag === 'date' && to.tag === 'timestamp') return atom(sql`CAST(${value} AS DATETIME(3))`)
  if (from.tag === 'timestamp') return atom(sql`concat(left(date_format(${value}, '%Y-%m-%dT%T.%f'), 23), 'Z')`)
  if (to.tag === 'float') return atom(sql`CAST(${value} AS DOUBLE)`)
  if (to.tag === 'numeric') return atom(sql`CAST(${value} AS DECIMAL(65, ${String(to.scale)}))`)
  if (to.tag === 'text' && (isInteger(from) || from.tag === 'date')) return atom(sql`CAST(${value} AS CHAR)`)
  if (to.tag === 'text' || isInteger(to)) return printed
  return refuse(unsupported(`a cast from ${showSqlType(operand.type.sql)} to ${showSqlType(to)}`, 'mysql'))
}

/** A JSON value of its own, also for null, which aggregates of text would skip. */
const jsonText = (cell: Fragment): Fragment => sql`json_extract(json_array(${cell}), '$[0]')`

/** Aggregates; `toJson` is the dialect's, `ordered` an ordered array of JSON values where the engine has one. */
export const aggregates =
  (toJson: Dialect['toJson'], ordered: ((cell: Fragment, order: Fragment) => Fragment) | null): Dialect['aggregate'] =>
  (parts: AggParts): Printed => {
    const { fn, argType, filter, over } = parts
    const only = (value: Fragment): Fragment => (filter === null ? value : sql`CASE WHEN ${filter} THEN ${value} END`)
    const order = optional(parts.order.length > 0, () => sql` ORDER BY ${list(parts.order)}`)
    if (parts.arg === null || argType === null) return atom(sql`count(${filter === null ? text('*') : only(text('1'))})${over}`)
    const arg = only(parts.arg)
    switch (fn) {
      case 'count':
        // MySQL counts the null that parameters alone make as a different value
        if (parts.distinct && parts.constant) return atom(sql`least(count(${arg}), 1)`)
        return atom(sql`count(${parts.distinct ? 'DISTINCT ' : ''}${arg})${over}`)
      case 'avg':
        // the engine's own mean of exact numbers has four digits more than they have
        return argType.tag === 'float'
          ? atom(sql`avg(${arg})${over}`)
          : { level: level.product, fragment: sql`CAST(sum(${arg})${over} AS DOUBLE) / count(${arg})${over}` }
      case 'arrayAgg': {
        const cell = toJson(parts.arg, argType, true)
        if (filter === null && parts.order.length === 0) return atom(sql`json_arrayagg(${cell})`)
        if (filter === null && ordered !== null) return atom(ordered(cell, order))
        return atom(sql`concat('[', group_concat(${only(jsonText(cell))}${order}), ']')`)
      }
      case 'stringAgg':
        if (parts.distinct) return atom(sql`group_concat(DISTINCT ${arg} ORDER BY ${arg} SEPARATOR ${parts.separator})`)
        return atom(sql`group_concat(${arg}${order} SEPARATOR ${parts.separator})`)
      case 'boolAnd':
        return atom(sql`min(${arg})${over}`)
      case 'boolOr':
        return atom(sql`max(${arg})${over}`)
      default:
        return atom(sql`${fn}(${arg})${over}`)
    }
  }

/**
 * The least and the largest of days as instants: of days that are all null MySQL makes '0000-00-00' where it writes the groups down,
 * which its strict mode then refuses (9.7).
 */
const withoutDates =
  (aggregate: Dialect['aggregate']): Dialect['aggregate'] =>
  parts => {
    const isExtreme = parts.fn === 'min' || parts.fn === 'max'
    if (!isExtreme || parts.argType?.tag !== 'date' || !parts.nullable || parts.arg === null) return aggregate(parts)
    return atom(sql`CAST(${aggregate({ ...parts, arg: sql`CAST(${parts.arg} AS DATETIME)` }).fragment} AS DATE)`)
  }

/** JSON that JSON.parse reads without loss: 64-bit integers and decimals as text, bytes as hex digits. */
const toJson: Dialect['toJson'] = (value, type, computed) => {
  switch (type.tag) {
    case 'bigint':
    case 'numeric':
    case 'custom':
      return sql`CAST(${value} AS CHAR)`
    case 'bytes':
      return sql`hex(${value})`
    case 'json':
    case 'array':
    case 'vector':
      return sql`CAST(${value} AS JSON)`
    // a stored text may have another character set, or be bytes, of which the engine's JSON makes something else (9.7)
    case 'text':
    case 'varchar':
    case 'char':
      return computed ? value : sql`CONVERT(${value} USING utf8mb4)`
    default:
      return value
  }
}

/** LIMIT takes a number or a parameter, and no other expression. */
export const limitOf =
  (dialect: 'mysql' | 'mariadb'): Dialect['limit'] =>
  (count, offset) => {
    const plain = (f: Fragment): Fragment =>
      f.pieces.length === 1 ? f : refuse(unsupported('a computed number of rows', dialect, 'compute it before, or take it as a parameter'))
    return sql` LIMIT ${count === null ? ALL : plain(count)}${optional(offset !== null, () => sql` OFFSET ${plain(offset as Fragment)}`)}`
  }

/** The array of some values, each as JSON holds it. */
export const arrayBy =
  (json: Dialect['toJson']): CallPrinter =>
  args =>
    atom(sql`json_array(${list(args.scalars.map((s, i) => json(args.arg(i), s.type.sql, true)))})`)

const limit = limitOf('mysql')

const quote = quoteFor('mysql')

const collection: Dialect['collection'] = ({ cells, body, order, count, offset, alias }) => {
  const row = sql`json_array(${list(cells)})`
  if (order.length === 0 && count === null && offset === null) return sql`(SELECT coalesce(json_arrayagg(${row}), json_array())${body})`
  const sorted = optional(order.length > 0, () => sql` ORDER BY ${list(order)}`)
  const rows = alias('item')
  const item = quote('item')
  return sql`(SELECT coalesce(json_arrayagg(${rows}.${item}), json_array()) FROM (SELECT ${row} AS ${item}${body}${sorted}${limit(count, offset)}) AS ${rows})`
}

/** Letters whose other case has more bytes: the engine ends a text after the first of them (9.7). */
const GROW = {
  lower: [...'\u023a\u023e'],
  upper: [...'\u023f\u0240\u0250\u0251\u0252\u025c\u0261\u0265\u0266\u026a\u026b\u026c\u0271\u027d\u0287\u029d\u029e'],
} as const

/** Such letters are mapped before. */
const mapped = (fn: 'lower' | 'upper', value: Fragment): Fragment => {
  const other = (c: string): string => (fn === 'lower' ? c.toLowerCase() : c.toUpperCase())
  const before = GROW[fn].map(() => 'replace(').join('')
  return sql`${fn}(${before}${value}${GROW[fn].map(c => `, '${c}', '${other(c)}')`).join('')})`
}

/**
 * Decimals lose their digits after the point otherwise; floats are rounded half to even by the engine's own function. A float
 * that is -0 is another one than 0 to MySQL's EXCEPT and INTERSECT (9.7).
 */
const rounded =
  (fn: 'floor' | 'ceil' | 'round'): CallPrinter =>
  (args, { type: { sql: type } }) => {
    const x = args.arg(0)
    if (type.tag === 'numeric') return atom(sql`CAST(${fn}(${x}) AS DECIMAL(65, ${String(type.scale)}))`)
    const whole = fn === 'round' ? sql`truncate(${args.arg(0, level.sum)} + sign(${x}) * ${HALF}, 0)` : sql`${fn}(${x})`
    return fn === 'floor' ? atom(whole) : { level: level.sum, fragment: sql`${whole} + 0` }
  }

/** A stored text may have another character set. */
const asUtf8 = (args: Args): Fragment =>
  isText(args.scalars[0]?.type.sql as SqlType) ? sql`CONVERT(${args.arg(0)} USING utf8mb4)` : args.arg(0)

/** The engine's own function puts a digit before an odd number of them, and warns of other characters, which is an error in an update. */
export const unhex =
  (digits: (value: Fragment) => Fragment): CallPrinter =>
  args => {
    const x = sql`CONVERT(${args.arg(0)} USING utf8mb4)`
    return atom(sql`CASE WHEN length(${args.arg(0)}) % 2 = 0 AND ${x} NOT REGEXP '[^0-9a-fA-F]' THEN unhex(${digits(args.arg(0))}) END`)
  }

/** The engine's own `uuid` is of version 1: a time and the machine. */
const UUID =
  "lower(concat(hex(random_bytes(4)), '-', hex(random_bytes(2)), '-4', substr(hex(random_bytes(2)), 2), '-', substr('89ab', 1 + floor(rand() * 4), 1), substr(hex(random_bytes(2)), 2), '-', hex(random_bytes(6))))"

export const mysql: Dialect = {
  name: 'mysql',
  lexis: mysqlLexis,
  quote,
  label: label => label.replace(/[\u{10000}-\u{10FFFF}]/gu, '_'),
  placeholder: (_: number, __: Slot) => '?',
  write: mysqlValues.write,
  reusesPlaceholders: false,
  parameter,
  text: quoted,
  groupingSets: false,
  groupByParameters: false,
  groupKeyInExpression: false,
  mixedWindows: true,
  // 9.7 takes the only row of such a query for the row of nulls
  outerRefInHaving: true,
  exceptInJoin: false,
  // 9.7 counts the only row of a table that it has read while planning
  frameCanBeEmpty: false,
  // 9.7 numbers rows without a sign, and what is computed of such a number has none
  castRank: value => sql`CAST(${value} AS SIGNED)`,
  limitInSubquery: false,
  widensMembers: false,
  // group_concat sorts a null as 0 or the empty text (9.7, and MariaDB 10.11)
  nulls: { clause: false, largest: false, apart: false },
  calls: {
    same: infix('<=>', level.comparison),
    differ: args => ({ level: level.not, fragment: sql`NOT (${args.arg(0, level.sum)} <=> ${args.arg(1, level.sum)})` }),
    quot: infix('DIV', level.product),
    concat: named('concat'),
    length: named('char_length'),
    lower: args => atom(mapped('lower', args.arg(0))),
    upper: args => atom(mapped('upper', args.arg(0))),
    ilike: args => ({
      level: level.comparison,
      fragment: sql`${mapped('lower', args.arg(0))} LIKE ${mapped('lower', args.arg(1))} ESCAPE '!'`,
    }),
    startsWith: args => ({
      level: level.comparison,
      fragment: sql`left(${args.arg(0)}, char_length(${args.arg(1)})) = ${args.arg(1, level.sum)}`,
    }),
    endsWith: args => ({
      level: level.comparison,
      fragment: sql`right(${args.arg(0)}, char_length(${args.arg(1)})) = ${args.arg(1, level.sum)}`,
    }),
    floor: rounded('floor'),
    ceil: rounded('ceil'),
    round: rounded('round'),
    ...mysqlDates,
    array: arrayBy(toJson),
    arrayLength: named('json_length'),
    arrayContains: args => {
      const element = isText(args.scalars[1]?.type.sql as SqlType)
        ? sql`json_quote(CONVERT(${args.arg(1)} USING utf8mb4))`
        : sql`CAST(${args.arg(1)} AS CHAR)`
      return atom(sql`json_contains(${args.arg(0)}, ${element})`)
    },
    split: splitByMarks(COLLATION, json => sql`CAST(${json} AS JSON)`),
    matches: mysqlMatches,
    byteLength: args => atom(sql`length(${asUtf8(args)})`),
    hex: args => atom(sql`lower(hex(${args.arg(0)}))`),
    unhex: unhex(value => value),
    sha256: args => atom(sql`unhex(sha2(${asUtf8(args)}, 256))`),
    ...mysqlJson(quoted, COLLATION, type => sql`${type} COLLATE ${COLLATION}`),
    ...mysqlDocuments(
      quotedText,
      value => sql`CAST(${value} AS JSON)`,
      value => value,
    ),
    jsonContains: mysqlContains(quotedText),
    now: () => atom(text('now(3)')),
    random: () => atom(text('rand()')),
    randomUuid: () => atom(text(UUID)),
  },
  cast,
  mixesScales: true,
  aggregate: withoutDates(aggregates(toJson, null)),
  assertComputable: assertComputable('mysql'),
  limit,
  values: (columns, rows, alias) => sql`(VALUES ${list(rows.map(row => sql`ROW(${list(row)})`))}) AS ${alias}(${columns.join(', ')})`,
  toJson,
  elements: {
    source: ({ array, element, alias, apart, name }) => {
      const type = pathType(element, COLLATION)
      if (!apart) return elementsOf(array, type, alias)
      // it takes columns of sources before it, but no query, and none of queries around in an aggregate (9.7)
      const [asked, each] = [name('asked'), name('each')]
      return sql`LATERAL (SELECT ${each}.* FROM (SELECT ${array} AS ${quote('list')}) AS ${asked} CROSS JOIN ${elementsOf(text(`${asked}.${quote('list')}`), type, each)}) AS ${alias}`
    },
    position: alias => `${alias}.\`position\``,
    // of the digits of bytes that may be longer, `hex` has the length 0, and is empty wherever a temporary table takes it up
    value: (alias, element) => (element.tag === 'bytes' ? `left(unhex(${alias}.\`value\`), 536870911)` : `${alias}.\`value\``),
  },
  // it asks the first row around, and takes the answer for all of them (9.7)
  joinsElements: false,
  // MariaDB (10.11) asks JSON_TABLE again for each row of an update
  amongMany: null,
  collection,
  inCollection: { limit: true, distinct: false },
  embedJson: rows => rows,
  output: value => value,
  // a derived table's column of nulls alone would be of text, and make text of what a union brings together with it
  nullOf: (type, place) => text(place === 'alone' ? `CAST(NULL AS ${typeTold(type)})` : 'NULL'),
  lateral: { tag: 'native' },
  anchorToOuterRow: null,
  // as a semi-join under an outer join it is true where no row is found, or doubles rows (9.7)
  guardJoinSubquery: condition => sql`CASE WHEN ${condition} THEN TRUE END`,
  recursiveColumn: recursiveColumnBy(COLLATION),
  // an EXCEPT or INTERSECT has other rows the second time (9.7)
  canShareCte: rel => !hasDifference(rel),
  materialized: false,
  // locks are the server's, and their names have 64 characters in any case
  advisory: {
    take: (name, wait) => sql`SELECT get_lock(${lockName(name)}, ${wait === 'wait' ? A_YEAR : '0'})`,
    giveBack: name => sql`SELECT release_lock(${lockName(name)})`,
  },
  locking: lockingOf,
  // its rows are taken for the same in every row around (9.7)
  nestedCorrelatedRecursion: false,
  correlatedDerived: true,
  writes: {
    ...writes,
    ...rewriting({ dialect: 'mysql', quote, readsTable: false }),
    returning: { insert: false, update: false, delete: false },
    offered: name => {
      const given = name('new')
      return { clause: ` AS ${given}`, read: column => `${given}.${column}` }
    },
  },
  ddl: definitions({
    dialect: 'mysql',
    quote,
    write: mysqlValues.write,
    collation: COLLATION,
    json: 'json',
    dropTogether: true,
    referring: null,
    dropConstraint: null,
    limitsUniqueKeys: true,
  }),
  explain: mysqlExplain,
}
