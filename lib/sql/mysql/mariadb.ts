/**
 * The MariaDB dialect, for MariaDB 10.11 and later.
 *
 * MariaDB has no LATERAL, and a derived table sees no columns of the enclosing queries. A correlated
 * sub-query is computed as one JSON array of arrays, which JSON_TABLE takes apart again; it may have a
 * WHERE, an order with a limit, DISTINCT, aggregates without keys, or be a union of such. With group
 * keys or as another set operation it is refused.
 *
 * Case mapping uses the collation with the newer tables of Unicode. The dialect requires the session
 * settings of `mariadbSession`.
 */

import { refuse, unsupported } from '../../core/value/DbError.js'
import type { SqlType } from '../../core/value/SqlType.js'
import { atom, type CallPrinter, infix, level } from '../CallPrinter.js'
import type { Ddl, Dialect } from '../Dialect.js'
import { type Fragment, join, list, optional, parens, sql, text } from '../Fragment.js'
import { mysqlDocuments } from '../jsonBuild.js'
import { mariadbContains } from '../jsonContains.js'
import { mysqlJson, pathOf } from '../jsonPath.js'
import { mariadbLexis } from '../lexis.js'
import { mariadbMatches } from '../regexes.js'
import { splitByMarks } from '../splits.js'
import { replaced, waiting } from '../standard.js'
import { mariadbAlgorithms } from './algorithms.js'
import { castName, castOf, pathType, recursiveColumnBy, toJsonCell } from './conversions.js'
import { assertComputable, definitions, quoted, quotedText, quoteFor, writes } from './ddl.js'
import { mysqlValues } from './driverValues.js'
import { mariadbExplain } from './explain.js'
import { advisory, aggregates, arrayBy, elementsOf, familyCalls, label, limitOf, parameterOf, unhex } from './family.js'
import { rewriting } from './rewriting.js'
import { mariadbCatalog } from './systemCatalog.js'

const COLLATION = 'utf8mb4_nopad_bin'

const quote = quoteFor('mariadb')

const limit = limitOf('mariadb')

const TEXTS: readonly SqlType['tag'][] = ['text', 'varchar', 'char', 'enum']

/**
 * Columns of JSON have another collation than texts, with which they do not mix. A stored text may have another character
 * set, whose bytes JSON functions would read as UTF-8 (10.11).
 */
const documentOf = (value: Fragment): Fragment =>
  sql`json_compact(${value.pieces.length === 1 ? value : parens(value)} COLLATE ${COLLATION})`

const textOf = (value: Fragment): Fragment => sql`CONVERT(${value} USING utf8mb4) COLLATE ${COLLATION}`

const toJson: Dialect['toJson'] = (value, type, computed) => {
  if (type.tag === 'json' || type.tag === 'array' || type.tag === 'vector') return documentOf(value)
  if (TEXTS.includes(type.tag)) return textOf(value)
  // a FLOAT has six digits in a document, and all its digits as a double (10.11)
  if (type.tag === 'float' && !computed) return sql`CAST(${value} AS DOUBLE)`
  return toJsonCell(value, type, computed)
}

/** The engine reads 31 levels of JSON, and null for more: some are reserved for the enclosing collections. */
const LEVELS = 20

const isDeep = (value: unknown, levels: number): boolean =>
  typeof value === 'object' && value !== null && (levels === 0 || Object.values(value).some(v => isDeep(v, levels - 1)))

const write: Dialect['write'] = type => {
  const written = mysqlValues.write(type)
  if (type.tag !== 'json') return written
  return value => {
    if (!isDeep(value, LEVELS)) return written(value)
    return refuse(unsupported(`JSON of more than ${LEVELS} levels`, 'mariadb', 'store it in a text column'))
  }
}

const parameter = parameterOf((placeholder, type) => sql`CAST(${placeholder} AS ${castName(type)})`)

const mapped =
  (fn: 'lower' | 'upper') =>
  (value: Fragment): Fragment =>
    sql`${fn}(${value} COLLATE utf8mb4_uca1400_nopad_as_cs) COLLATE ${COLLATION}`

const cased =
  (fn: 'lower' | 'upper'): CallPrinter =>
  args =>
    atom(mapped(fn)(args.arg(0, level.atom)))

const lower = mapped('lower')

/** The engine returns -2^63 for 0 - (-2^63): where that may occur, the difference is computed as a decimal, and DIV makes it an integer again. */
const minus: CallPrinter = (args, call) => {
  const [, b] = args.scalars
  const fits = b?.node.tag === 'literal' && b.node.value !== -(2n ** 63n)
  if (call.type.sql.tag !== 'bigint' || fits) return infix('-', level.sum)(args, call)
  return { level: level.product, fragment: sql`(CAST(${args.arg(0)} AS DECIMAL(19)) - ${args.arg(1, level.product)}) DIV 1` }
}

/** The engine's own error does not name the referring table. */
const referring: Ddl['referring'] = tables => {
  const names = tables.map(t => `(${t.schema === null ? 'database()' : quoted(t.schema)}, ${quoted(t.name)})`).join(', ')
  return `SELECT TABLE_NAME, REFERENCED_TABLE_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE (REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME) IN (${names}) AND (TABLE_SCHEMA, TABLE_NAME) NOT IN (${names})`
}

const json = mysqlJson(quoted, COLLATION, type => type)

/** The MariaDB dialect. */
export const mariadb: Dialect = {
  name: 'mariadb',
  lexis: mariadbLexis,
  quote,
  label,
  placeholder: () => '?',
  write,
  reusesPlaceholders: false,
  text: quoted,
  groupingSets: false,
  groupByParameters: false,
  groupKeyInExpression: false,
  limitInSubquery: false,
  // group_concat sorts a null as 0 or the empty text (10.11)
  nulls: { clause: false, largest: false, apart: false },
  cast: castOf('mariadb'),
  mixesScales: true,
  // MariaDB (10.11) evaluates JSON_TABLE again for each row of an update
  amongMany: null,
  embedJson: rows => rows,
  output: value => value,
  materialized: false,
  advisory,
  // 10.11 computes some window functions in the order of others
  mixedWindows: false,
  frameCanBeEmpty: true,
  castRank: value => value,
  // it takes such a column for a label of the enclosing query (1247)
  outerRefInHaving: false,
  computedSetKeys: true,
  ranksWithoutOrder: false,
  widensMembers: true,
  exceptInJoin: true,
  // an expression of a short column of bytes and a parameter groups x'' with x'00'
  parameter: (placeholder, type, place) => parameter(placeholder, type, type.tag === 'bytes' && place === 'inside' ? 'alone' : place),
  calls: {
    ...familyCalls,
    lower: cased('lower'),
    upper: cased('upper'),
    minus,
    array: arrayBy(toJson),
    replace: replaced,
    split: splitByMarks(COLLATION, json => json),
    matches: mariadbMatches,
    // unhex of a whole longtext is empty in a temporary table
    unhex: unhex(value => sql`left(${value}, 2147483646)`),
    ...json,
    jsonAt: (args, call) => {
      const isLost = pathOf(args).some(step => typeof step === 'string' && step.startsWith('-'))
      return isLost
        ? refuse(unsupported('jsonAt of a field whose name begins with "-"', 'mariadb', 'it does not find such a field'))
        : json.jsonAt(args, call)
    },
    ...mysqlDocuments(quotedText, documentOf, textOf),
    jsonContains: mariadbContains(quotedText, COLLATION),
    ilike: args => ({
      level: level.comparison,
      fragment: sql`${lower(args.arg(0, level.atom))} LIKE ${lower(args.arg(1, level.atom))} ESCAPE '!'`,
    }),
  },
  aggregate: aggregates(toJson, (cell, order) => sql`json_arrayagg(${cell}${order})`),
  assertComputable: assertComputable('mariadb'),
  limit,
  values: (columns, rows, alias) => {
    const labelled = (row: readonly Fragment[]): readonly Fragment[] => row.map((cell, i) => sql`${cell} AS ${columns[i] ?? ''}`)
    const selected = rows.map((row, i) => sql`SELECT ${list(i === 0 ? labelled(row) : row)}`)
    return sql`(${join(selected, ' UNION ALL ')}) AS ${alias}`
  },
  // a view does not keep the collation of the session, and then NULL does not mix with columns
  nullOf: (type, place) => {
    if (place !== 'alone') return text('NULL')
    const name = castName(type)
    return text(name === 'CHAR' ? `CAST(NULL AS CHAR) COLLATE ${COLLATION}` : `CAST(NULL AS ${name})`)
  },
  toJson,
  joinsElements: true,
  collection: ({ cells, own, body, order, distinct, count, offset }) => {
    const sorted = optional(order.length > 0, () => sql` ORDER BY ${list(order)}`)
    const limited = optional(count !== null || offset !== null, () => limit(count, offset))
    // an offset loses rows that are empty arrays (10.11)
    const row = sql`json_array(${cells.length === 0 ? text('0') : list(cells)})`
    const ours = own === null ? row : sql`json_compact(if(${own} <=> ${own}, ${row}, NULL))`
    return sql`(SELECT coalesce(json_arrayagg(${distinct ? 'DISTINCT ' : ''}${ours}${sorted}${limited}), json_array())${body})`
  },
  inCollection: { limit: true, distinct: true },
  elements: {
    source: ({ array, element, alias }) => elementsOf(array, pathType(element, COLLATION), alias),
    position: alias => `${alias}.\`position\``,
    value: (alias, element) => (element.tag === 'bytes' ? `unhex(left(${alias}.\`value\`, 2147483646))` : `${alias}.\`value\``),
  },
  lateral: {
    tag: 'array',
    source: (array, columns, types, alias) => {
      const paths = columns.map((c, i) => `${c} ${pathType(types[i] as SqlType, COLLATION)} PATH '$[${i}]'`)
      return sql`JSON_TABLE(${array}, '$[*]' COLUMNS (${paths.length === 0 ? `${quote('n')} FOR ORDINALITY` : paths.join(', ')})) AS ${alias}`
    },
    read: (alias, column, type) => {
      // unhex of a whole longtext has the length 0, and is empty in a temporary table
      if (type.tag === 'bytes') return text(`unhex(left(${alias}.${column}, 2147483646))`)
      // a null in a JSON column arrives as the JSON null
      return text(pathType(type, COLLATION) === 'JSON' ? `nullif(${alias}.${column}, 'null')` : `${alias}.${column}`)
    },
    // HAVING would make null and not an empty array; and it takes an outer column for a label of the outer query (1247)
    single: (cells, body, condition) => {
      const row = sql`json_array(json_array(${list(cells)}))`
      return sql`(SELECT ${condition === null ? row : sql`if(${condition}, ${row}, json_array())`}${body})`
    },
    concat: (left, right) => sql`json_merge_preserve(${left}, ${right})`,
  },
  anchorToOuterRow: ['if(', ' <=> ', ', ', ', NULL)'],
  guardJoinSubquery: condition => condition,
  // 10.11 evaluates a second use in place, and refuses one with aggregates in an aggregate
  canShareCte: (_, inAggregate) => !inAggregate,
  // the types of the first rows would hold for all of them
  recursiveColumn: recursiveColumnBy(COLLATION),
  // there is no OF: rows of the far side of a left join are locked as well
  locking: ({ strength, wait }) => ` ${strength === 'update' ? 'FOR UPDATE' : 'LOCK IN SHARE MODE'}${waiting(wait)}`,
  nestedCorrelatedRecursion: false,
  correlatedDerived: false,
  writes: {
    ...writes,
    ...rewriting({ dialect: 'mariadb', quote, readsTable: true }),
    returning: { insert: true, update: false, delete: 'unlessReferring' },
    offered: () => ({ clause: '', read: column => `VALUES(${column})` }),
  },
  ddl: definitions({
    dialect: 'mariadb',
    quote,
    write,
    collation: COLLATION,
    json: `json COLLATE ${COLLATION}`,
    dropTogether: false,
    referring,
    dropConstraint: (table, constraint) => `ALTER TABLE IF EXISTS ${table} DROP FOREIGN KEY IF EXISTS ${constraint}`,
    limitsUniqueKeys: false,
    functionalIndexes: false,
    algorithms: mariadbAlgorithms,
  }),
  explain: mariadbExplain,
  catalog: mariadbCatalog,
}
