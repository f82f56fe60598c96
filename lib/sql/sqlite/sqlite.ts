/**
 * The SQLite dialect.
 *
 * SQLite has no LATERAL, no DEFAULT in VALUES, five storage classes and other rules for LIKE and for
 * sorting. Canonical types are stored so that they compare as decided: instants as ISO text, numerics
 * of up to 18 digits as scaled integers, longer ones as text with equality only, booleans as 0 and 1.
 *
 * Text functions need `unicode_lower` and `unicode_upper`, and LIKE needs `case_sensitive_like`: the
 * runner sets both. Correlated derived tables are JSON arrays that `json_each` takes apart.
 */

import { refuse, unsupported } from '../../core/value/DbError.js'
import { isInteger, isText, type SqlType, showSqlType } from '../../core/value/SqlType.js'
import { type Args, atom, type CallPrinter, infix, level, named, type Printed } from '../CallPrinter.js'
import type { AggParts, Dialect } from '../Dialect.js'
import { type Fragment, list, optional, type Slot, sql, text } from '../Fragment.js'
import { sqliteDocuments } from '../jsonBuild.js'
import { sqliteContains } from '../jsonContains.js'
import { sqliteJson } from '../jsonPath.js'
import { sqliteLexis } from '../lexis.js'
import { sqliteMatches } from '../regexes.js'
import { inlineCount, replaced } from '../standard.js'
import { sqliteDates } from './dates.js'
import { CLOCK, ddl, quote, quoted, writes } from './ddl.js'
import { isScaled, sqliteValues } from './driverValues.js'
import { sqliteExplain } from './explain.js'
import { sqliteCatalog } from './systemCatalog.js'

const scaleOf = (t: SqlType): number => (t.tag === 'numeric' && isScaled(t) ? t.scale : 0)

const power = (n: number): string => `1${'0'.repeat(n)}`

/** The driver binds large integers as floats and integral floats as integers: a cast keeps their type. */
const placeholder = (n: number, s: Slot): string => {
  const t = s.type.sql
  const named = s.tag === 'named'
  const value = named ? null : s.value
  const maybeLarge = named ? t.tag === 'int' : typeof value === 'number' && Math.abs(value) > 2147483647
  if (t.tag === 'bigint' || isScaled(t) || ((t.tag === 'int' || t.tag === 'smallint') && maybeLarge)) return `CAST(?${n} AS INTEGER)`
  if ((t.tag === 'float' || (t.tag === 'numeric' && t.sqlite === 'real')) && (named || Number.isInteger(Number(value))))
    return `CAST(?${n} AS REAL)`
  return `?${n}`
}

const isReal = (t: SqlType): boolean => t.tag === 'numeric' && t.sqlite === 'real'

/** The digits of a scaled integer, with the point in its place. */
const scaledText = (x: Fragment, scale: number): Fragment => {
  if (scale === 0) return sql`CAST(${x} AS TEXT)`
  const one = power(scale)
  const whole = sql`ltrim(CAST((${x}) / ${one} AS TEXT), '-')`
  const fraction = sql`substr('${'0'.repeat(scale)}' || abs((${x}) % ${one}), -${String(scale)})`
  return sql`(iif(${x} < 0, '-', '') || ${whole} || '.' || ${fraction})`
}

/** A cast of a text that has the form of a value of the type, to its stored form. */
const ofText = (value: Fragment, to: SqlType): Printed => {
  if (isInteger(to)) return atom(sql`CAST(${value} AS INTEGER)`)
  if (to.tag === 'float' || isReal(to)) return atom(sql`text_float(${value})`)
  if (isScaled(to)) return { level: level.sum, fragment: sql`decimal_digits(${value}, ${String(scaleOf(to))}) + 0` }
  switch (to.tag) {
    case 'numeric':
      return refuse(unsupported(`a cast from text to ${showSqlType(to)}`, 'sqlite', 'it has decimals of up to 18 digits'))
    case 'boolean':
      return { level: level.comparison, fragment: sql`(${value}) = 'true'` }
    case 'time':
      return atom(sql`substr(${value} || '.000', 1, 12)`)
    case 'timestamp':
      return atom(sql`substr(replace(replace(${value}, 'T', ' '), 'Z', '') || '.000', 1, 23)`)
    case 'timestampMicros':
      return atom(sql`substr(replace(replace(${value}, 'T', ' '), 'Z', '') || '.000000', 1, 26)`)
    case 'uuid':
      return atom(sql`lower(${value})`)
    default:
      return atom(value)
  }
}

const cast: Dialect['cast'] = (printed, from, to, operand) => {
  const value = printed.fragment
  if (isText(from)) return ofText(value, to)
  if (from.tag === 'boolean' && to.tag === 'text') return atom(sql`CASE ${value} WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' END`)
  if (from.tag === 'float' && to.tag === 'text') return atom(sql`float_text(${value})`)
  // too many digits become a float here, which is found when it is read
  if ((from.tag === 'float' || isReal(from)) && (isInteger(to) || isScaled(to)))
    return { level: level.sum, fragment: sql`float_digits(${value}, ${String(scaleOf(to))}) + 0` }
  if (isScaled(from) && to.tag === 'text') return atom(scaledText(value, scaleOf(from)))
  if (isScaled(from) && (isInteger(to) || (isScaled(to) && scaleOf(to) < scaleOf(from)))) {
    const unit = power(scaleOf(from) - scaleOf(to))
    return unit === '1' ? printed : { level: level.sum, fragment: sql`(${value}) / ${unit} + (${value}) % ${unit} * 2 / ${unit}` }
  }
  if (from.tag === 'timestampMicros') return atom(sql`(replace(${value}, ' ', 'T') || 'Z')`)
  if (from.tag === 'timestamp' && to.tag === 'time') return atom(sql`substr(${value}, 12)`)
  if (from.tag === 'date' && to.tag === 'timestamp') return { level: level.sum, fragment: sql`${bracketed(printed)} || ' 00:00:00.000'` }
  if (from.tag === 'timestamp') return atom(to.tag === 'date' ? sql`substr(${value}, 1, 10)` : sql`(replace(${value}, ' ', 'T') || 'Z')`)
  if (to.tag === 'float') {
    if (scaleOf(from) > 0) return atom(sql`(CAST(${value} AS REAL) / ${power(scaleOf(from))}.0)`)
    return atom(sql`CAST(${value} AS REAL)`)
  }
  if (isScaled(to)) {
    const shift = scaleOf(to) - scaleOf(from)
    return shift === 0 ? printed : atom(sql`(${bracketed(printed)} * ${power(shift)})`)
  }
  if (to.tag === 'numeric' && to.sqlite === 'real') return atom(sql`CAST(${value} AS REAL)`)
  if (to.tag === 'text' && isInteger(from)) return atom(sql`CAST(${value} AS TEXT)`)
  if (to.tag === 'text' || isInteger(to)) return printed
  return refuse(unsupported(`a cast from ${showSqlType(operand.type.sql)} to ${showSqlType(to)}`, 'sqlite'))
}

const bracketed = (p: Printed): Fragment => (p.level < level.atom ? sql`(${p.fragment})` : p.fragment)

const aggregate = (parts: AggParts): Printed => {
  const { fn, arg, argType } = parts
  const filter = sql`${optional(parts.filter !== null, () => sql` FILTER (WHERE ${parts.filter as Fragment})`)}${parts.over}`
  const order = optional(parts.order.length > 0, () => sql` ORDER BY ${list(parts.order)}`)
  if (arg === null) return atom(sql`count(*)${filter}`)
  switch (fn) {
    case 'count':
      return atom(sql`count(${parts.distinct ? 'DISTINCT ' : ''}${arg})${filter}`)
    case 'avg':
      return argType !== null && scaleOf(argType) > 0
        ? { level: level.product, fragment: sql`avg(${arg})${filter} / ${power(scaleOf(argType))}.0` }
        : atom(sql`avg(${arg})${filter}`)
    case 'arrayAgg':
      return atom(sql`nullif(json_group_array(${argType === null ? arg : toJson(arg, argType)}${order})${filter}, '[]')`)
    case 'stringAgg':
      if (parts.distinct) return different(arg, parts.separator, filter)
      return atom(sql`group_concat(${arg}, ${parts.separator}${order})${filter}`)
    case 'boolAnd':
      return atom(sql`min(${arg})${filter}`)
    case 'boolOr':
      return atom(sql`max(${arg})${filter}`)
    default:
      return atom(sql`${fn}(${arg})${filter}`)
  }
}

/** Distinct texts joined by a separator. SQLite's DISTINCT allows only a comma, so their hexadecimal digits are joined, which contain none. */
const different = (arg: Fragment, separator: Fragment, filter: Fragment): Printed => {
  const digits = sql`group_concat(DISTINCT ${hexOf(arg)} ORDER BY hex(${arg}))${filter}`
  return atom(sql`CAST(unhex(replace(${digits}, ',', hex(${separator}))) AS TEXT)`)
}

/** `hex(NULL)` is the empty text, which would be read as empty bytes. */
const hexOf = (value: Fragment): Fragment => sql`iif(${value} IS NULL, NULL, hex(${value}))`

/** An element of an array, in which 64-bit integers and bytes are texts. A computed value beyond 64 bits stays a float. */
const elementOf = (alias: string, type: SqlType): string => {
  const value = `${alias}."value"`
  if (type.tag === 'bytes') return `unhex(${value})`
  if (type.tag === 'float' || (type.tag === 'numeric' && type.sqlite === 'real')) return `CAST(${value} AS REAL)`
  return type.tag === 'bigint' || isScaled(type) ? `CAST(${value} AS NUMERIC)` : value
}

/** JSON that JSON.parse reads without loss: 64-bit integers as text, bytes as hex digits, JSON as itself. */
const toJson = (value: Fragment, type: SqlType, computed = false): Fragment => {
  if (type.tag === 'bigint' || type.tag === 'custom' || isScaled(type) || (computed && isInteger(type))) return sql`CAST(${value} AS TEXT)`
  if (type.tag === 'bytes') return hexOf(value)
  if (type.tag === 'json' || type.tag === 'array' || type.tag === 'vector') return sql`json(${value})`
  return value
}

const repeated = (value: Fragment, count: string): Fragment => sql`replace(hex(zeroblob(${count})), '00', ${value})`

/** The padding of the first argument to the length of the third, made of the second. */
const filling = (args: Args): Fragment => {
  const count = inlineCount(args, 2)
  return sql`substr(${repeated(args.arg(1), count)}, 1, max(${count} - length(${args.arg(0)}), 0))`
}

/** Rounding of scaled integers. For floats the runner registers functions: sql.js replaces SQLite's, and SQLite's `round` returns 1 for 0.49999999999999994. */
const rounded =
  (fn: 'floor' | 'ceil' | 'round'): CallPrinter =>
  (args, { type: { sql: type } }) => {
    if (!isScaled(type)) return atom(sql`float_${fn}(${args.arg(0)})`)
    const scale = scaleOf(type)
    const [x, product] = [args.arg(0, level.sum), args.arg(0, level.product)]
    if (scale === 0) return atom(args.arg(0))
    const one = power(scale)
    const half = `5${'0'.repeat(scale - 1)}`
    if (fn === 'round') return { level: level.product, fragment: sql`(${x} + iif(${x} < 0, -${half}, ${half})) / ${one} * ${one}` }
    const rest = sql`${product} % ${one}`
    return {
      level: level.sum,
      fragment: fn === 'floor' ? sql`${x} - (${rest} + ${one}) % ${one}` : sql`${x} + (${one} - ${rest}) % ${one}`,
    }
  }

const UUID =
  "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"

/** The SQLite dialect. */
export const sqlite: Dialect = {
  name: 'sqlite',
  lexis: sqliteLexis,
  quote,
  label: label => label,
  placeholder,
  write: sqliteValues.write,
  reusesPlaceholders: true,
  parameter: placeholder => placeholder,
  text: quoted,
  groupingSets: false,
  groupByParameters: true,
  groupKeyInExpression: true,
  mixedWindows: true,
  outerRefInHaving: true,
  computedSetKeys: true,
  ranksWithoutOrder: true,
  exceptInJoin: true,
  frameCanBeEmpty: true,
  castRank: value => value,
  limitInSubquery: true,
  widensMembers: false,
  nulls: { clause: true, largest: false, apart: true },
  calls: {
    isNotDistinctFrom: infix('IS', level.comparison),
    isDistinctFrom: infix('IS NOT', level.comparison),
    lower: named('unicode_lower'),
    upper: named('unicode_upper'),
    ilike: args => ({
      level: level.comparison,
      fragment: sql`unicode_lower(${args.arg(0)}) LIKE unicode_lower(${args.arg(1)}) ESCAPE '!'`,
    }),
    startsWith: args => ({
      level: level.comparison,
      fragment: sql`substr(${args.arg(0)}, 1, length(${args.arg(1)})) = ${args.arg(1, level.sum)}`,
    }),
    endsWith: args => ({
      level: level.comparison,
      fragment: sql`substr(${args.arg(0)}, length(${args.arg(0)}) - length(${args.arg(1)}) + 1) = ${args.arg(1, level.sum)}`,
    }),
    replace: replaced,
    left: args => atom(sql`substr(${args.arg(0)}, 1, ${inlineCount(args, 1)})`),
    // without the second count, 0 would return the whole text, and a billion the empty one (3.53)
    right: args => atom(sql`substr(${args.arg(0)}, -${inlineCount(args, 1)}, ${inlineCount(args, 1)})`),
    reverse: named('unicode_reverse'),
    padStart: args => ({ level: level.sum, fragment: sql`${filling(args)} || ${args.arg(0, level.sum)}` }),
    padEnd: args => ({ level: level.sum, fragment: sql`${args.arg(0, level.sum)} || ${filling(args)}` }),
    repeat: args => atom(repeated(args.arg(0), inlineCount(args, 1))),
    sign: args => ({ level: level.sum, fragment: sql`(${args.arg(0, level.sum)} > 0) - (${args.arg(0, level.sum)} < 0)` }),
    floor: rounded('floor'),
    ceil: rounded('ceil'),
    round: rounded('round'),
    power: named('float_power'),
    sqrt: named('float_sqrt'),
    greatest: named('max'),
    least: named('min'),
    ...sqliteDates,
    array: args => atom(sql`json_array(${list(args.scalars.map((s, i) => toJson(args.arg(i), s.type.sql)))})`),
    arrayLength: named('json_array_length'),
    arrayContains: named('array_contains'),
    split: named('text_split'),
    matches: sqliteMatches,
    ...sqliteJson,
    ...sqliteDocuments(quoted),
    jsonContains: sqliteContains,
    byteLength: args => atom(sql`length(CAST(${args.arg(0)} AS BLOB))`),
    hex: args =>
      atom(
        args.scalars[0]?.type.nullable
          ? sql`iif(${args.arg(0, level.comparison + 1)} IS NULL, NULL, lower(hex(${args.arg(0)})))`
          : sql`lower(hex(${args.arg(0)}))`,
      ),
    unhex: named('unhex'),
    sha256: named('sha_256'),
    // as a sub-query it is evaluated once; as an expression it would be for each row
    now: () => atom(text(`(SELECT ${CLOCK})`)),
    random: () => atom(text('((random() & 9007199254740991) / 9007199254740992.0)')),
    randomUuid: () => atom(text(UUID)),
    coalesce: args => atom(sql`coalesce(${list(args.all())})`),
  },
  cast,
  mixesScales: false,
  aggregate,
  assertComputable: type => {
    if (type.tag === 'numeric' && type.precision > 18 && type.sqlite === undefined) {
      refuse(unsupported(`computing with or ordering by ${showSqlType(type)}`, 'sqlite', 'beyond 18 digits only equality is exact'))
    }
  },
  limit: (count, offset) => sql` LIMIT ${count ?? text('-1')}${optional(offset !== null, () => sql` OFFSET ${offset as Fragment}`)}`,
  values: (columns, rows, alias) =>
    sql`(WITH v(${columns.join(', ')}) AS (VALUES ${list(rows.map(row => sql`(${list(row)})`))}) SELECT * FROM v) AS ${alias}`,
  toJson,
  elements: {
    source: ({ array, alias }) => sql`json_each(${array}) AS ${alias}`,
    position: alias => `(${alias}."key" + 1)`,
    value: elementOf,
  },
  joinsElements: true,
  amongMany: (word, value, array, element) => sql`${value} ${word} (SELECT ${elementOf('e', element)} FROM json_each(${array}) AS e)`,
  collection: ({ cells, body, order }) =>
    sql`(SELECT json_group_array(json_array(${list(cells)})${optional(order.length > 0, () => sql` ORDER BY ${list(order)}`)})${body})`,
  inCollection: { limit: false, distinct: false },
  embedJson: collection => sql`json(${collection})`,
  output: (value, type) => (type.tag === 'custom' ? toJson(value, type) : value),
  nullOf: () => text('NULL'),
  lateral: {
    tag: 'json',
    source: (select, columns, types, alias) => {
      const cells = columns.map((c, i) => (types[i]?.tag === 'bytes' ? hexOf(text(c)) : text(c)))
      return sql`json_each((SELECT json_group_array(json_array(${list(cells)})) FROM (${select}))) AS ${alias}`
    },
    read: (alias, i, type) => text(type.tag === 'bytes' ? `unhex(${alias}."value" ->> '$[${i}]')` : `(${alias}."value" ->> '$[${i}]')`),
  },
  anchorToOuterRow: null,
  guardJoinSubquery: condition => condition,
  recursiveColumn: value => value,
  canShareCte: () => true,
  materialized: true,
  advisory: null,
  // a transaction locks the whole database
  locking: () => '',
  nestedCorrelatedRecursion: true,
  correlatedDerived: true,
  writes,
  ddl,
  explain: sqliteExplain,
  catalog: sqliteCatalog,
}
