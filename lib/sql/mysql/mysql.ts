/**
 * The MySQL dialect, for MySQL 8.4 and later.
 *
 * A prepared statement keeps the types of the parameters that it was first run with, so a parameter is
 * cast where no other operand tells its type. Rows of a collection are sorted in a derived table, whose
 * LIMIT keeps the optimizer from dropping the order.
 *
 * The dialect requires the session settings of `mysqlSession`.
 */

import { isInteger, isText, type SqlType } from '../../core/value/SqlType.js'
import { hasDifference } from '../../plan/mentions.js'
import { atom, level } from '../CallPrinter.js'
import type { Dialect, Place } from '../Dialect.js'
import { type Fragment, list, optional, type Slot, slotOf, sql, text } from '../Fragment.js'
import { mysqlDocuments } from '../jsonBuild.js'
import { mysqlContains } from '../jsonContains.js'
import { mysqlJson } from '../jsonPath.js'
import { mysqlLexis } from '../lexis.js'
import { mysqlMatches } from '../regexes.js'
import { splitByMarks } from '../splits.js'
import { lockingOf } from '../standard.js'
import { mysqlAlgorithms } from './algorithms.js'
import { castName, castOf, pathType, recursiveColumnBy, toJsonCell } from './conversions.js'
import { assertComputable, definitions, quoted, quotedText, quoteFor, writes } from './ddl.js'
import { mysqlValues } from './driverValues.js'
import { mysqlExplain } from './explain.js'
import { advisory, aggregates, arrayBy, elementsOf, familyCalls, label, limitOf, parameterOf, unhex } from './family.js'
import { rewriting } from './rewriting.js'
import { mysqlCatalog } from './systemCatalog.js'

/** The type of a cast; arrays are JSON, since an array in a text does not mix with a computed one. */
const castOrJson = (type: SqlType): string => (type.tag === 'array' ? 'JSON' : castName(type))

/** A parameter with its type. A time is cast to text first: `CAST('00:00:01.001' AS TIME(3))` is misread as an hour. */
const typed = (placeholder: Fragment, type: SqlType): Fragment =>
  sql`CAST(${type.tag === 'time' ? sql`CAST(${placeholder} AS CHAR)` : placeholder} AS ${castOrJson(type)})${collated(type)}`

/** In a statement with UNION, a condition of parameters only is parsed again with the collation of the server (9.7): texts state theirs. */
const collated = (type: SqlType): string => (isText(type) ? ` COLLATE ${COLLATION}` : '')

/**
 * A text computed from parameters only is a varchar, which a derived table silently truncates at 65,535 bytes. Text that comes from JSON
 * has the longest type, and gives it to the result of coalesce.
 */
const parameter: Dialect['parameter'] = (placeholder, type, place) => {
  // next to a decimal, for example a sum, an integer becomes one with 30 digits after the point, which a cast to text shows
  const plain = parameterOf(typed)(placeholder, type, place === 'inside' && isInteger(type) ? 'alone' : place)
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
  return place !== 'operand' && unlimited
}

const COLLATION = 'utf8mb4_0900_bin'

/**
 * min and max of dates as instants: of dates that are all null, MySQL makes '0000-00-00' where it materializes the groups, which its
 * strict mode then refuses (9.7).
 */
const withoutDates =
  (aggregate: Dialect['aggregate']): Dialect['aggregate'] =>
  parts => {
    const isExtreme = parts.fn === 'min' || parts.fn === 'max'
    if (!isExtreme || parts.argType?.tag !== 'date' || !parts.nullable || parts.arg === null) return aggregate(parts)
    return atom(sql`CAST(${aggregate({ ...parts, arg: sql`CAST(${parts.arg} AS DATETIME)` }).fragment} AS DATE)`)
  }

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

/** Letters whose other case has more bytes: lower and upper end a text after the first of them (9.7). */
const GROW = {
  lower: [...'\u023a\u023e'],
  upper: [...'\u023f\u0240\u0250\u0251\u0252\u025c\u0261\u0265\u0266\u026a\u026b\u026c\u0271\u027d\u0287\u029d\u029e'],
} as const

/** Case mapping, with these letters replaced first. */
const mapped = (fn: 'lower' | 'upper', value: Fragment): Fragment => {
  const other = (c: string): string => (fn === 'lower' ? c.toLowerCase() : c.toUpperCase())
  const before = GROW[fn].map(() => 'replace(').join('')
  return sql`${fn}(${before}${value}${GROW[fn].map(c => `, '${c}', '${other(c)}')`).join('')})`
}

/** The MySQL dialect. */
export const mysql: Dialect = {
  name: 'mysql',
  lexis: mysqlLexis,
  quote,
  label,
  placeholder: () => '?',
  write: mysqlValues.write,
  reusesPlaceholders: false,
  parameter,
  text: quoted,
  groupingSets: false,
  groupByParameters: false,
  groupKeyInExpression: false,
  mixedWindows: true,
  outerRefInHaving: true,
  computedSetKeys: true,
  ranksWithoutOrder: true,
  // 9.7 mistakes the only row of such a query for the row of nulls
  exceptInJoin: false,
  // 9.7 counts the only row of a table that it has read while planning
  frameCanBeEmpty: false,
  // 9.7 numbers rows by unsigned integers, and results of arithmetic with them are unsigned
  castRank: value => sql`CAST(${value} AS SIGNED)`,
  limitInSubquery: false,
  widensMembers: false,
  // group_concat sorts a null as 0 or the empty text (9.7, and MariaDB 10.11)
  nulls: { clause: false, largest: false, apart: false },
  calls: {
    ...familyCalls,
    lower: args => atom(mapped('lower', args.arg(0))),
    upper: args => atom(mapped('upper', args.arg(0))),
    ilike: args => ({
      level: level.comparison,
      fragment: sql`${mapped('lower', args.arg(0))} LIKE ${mapped('lower', args.arg(1))} ESCAPE '!'`,
    }),
    array: arrayBy(toJsonCell),
    split: splitByMarks(COLLATION, json => sql`CAST(${json} AS JSON)`),
    matches: mysqlMatches,
    unhex: unhex(value => value),
    ...mysqlJson(quoted, COLLATION, type => sql`${type} COLLATE ${COLLATION}`),
    ...mysqlDocuments(
      quotedText,
      value => sql`CAST(${value} AS JSON)`,
      value => value,
    ),
    jsonContains: mysqlContains(quotedText),
  },
  cast: castOf('mysql'),
  mixesScales: true,
  aggregate: withoutDates(aggregates(toJsonCell, null)),
  assertComputable: assertComputable('mysql'),
  limit,
  values: (columns, rows, alias) => sql`(VALUES ${list(rows.map(row => sql`ROW(${list(row)})`))}) AS ${alias}(${columns.join(', ')})`,
  toJson: toJsonCell,
  elements: {
    source: ({ array, element, alias, apart, name }) => {
      const type = pathType(element, COLLATION)
      if (!apart) return elementsOf(array, type, alias)
      // JSON_TABLE takes columns of sources before it, but no query, and in an aggregate no outer columns (9.7)
      const [outer, each] = [name('asked'), name('each')]
      return sql`LATERAL (SELECT ${each}.* FROM (SELECT ${array} AS ${quote('list')}) AS ${outer} CROSS JOIN ${elementsOf(text(`${outer}.${quote('list')}`), type, each)}) AS ${alias}`
    },
    position: alias => `${alias}.\`position\``,
    // unhex of digits that may be longer has the length 0, and is empty in a temporary table
    value: (alias, element) => (element.tag === 'bytes' ? `left(unhex(${alias}.\`value\`), 536870911)` : `${alias}.\`value\``),
  },
  // 9.7 evaluates it for the first outer row, and uses the result for all of them
  joinsElements: false,
  // as on MariaDB, which evaluates JSON_TABLE again for each row of an update (10.11)
  amongMany: null,
  collection,
  inCollection: { limit: true, distinct: false },
  embedJson: rows => rows,
  output: value => value,
  // a column of nulls in a derived table would be text, and turn the other side of a union into text
  nullOf: (type, place) => text(place === 'alone' ? `CAST(NULL AS ${castOrJson(type)})` : 'NULL'),
  lateral: { tag: 'native' },
  anchorToOuterRow: null,
  // as a semi-join under an outer join, a sub-query is true where no row is found, or doubles rows (9.7)
  guardJoinSubquery: condition => sql`CASE WHEN ${condition} THEN TRUE END`,
  recursiveColumn: recursiveColumnBy(COLLATION),
  // an EXCEPT or INTERSECT has other rows when it is read again (9.7)
  canShareCte: rel => !hasDifference(rel),
  materialized: false,
  advisory,
  locking: lockingOf,
  // 9.7 uses its rows again for every outer row
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
    functionalIndexes: true,
    algorithms: mysqlAlgorithms,
  }),
  explain: mysqlExplain,
  catalog: mysqlCatalog,
}
