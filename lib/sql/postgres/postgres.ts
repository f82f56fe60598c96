/**
 * The Postgres dialect, for Postgres and PGlite.
 *
 * Postgres types its parameters, so every placeholder has a cast. Its integers have 32 bits by default,
 * division by zero is an error, and `lower` under the collation "C" knows ASCII only: each is printed so
 * that it has the decided meaning. Case mapping needs the collation `pg_c_utf8` (17 and later).
 */

import { isInteger, isText, type SqlType } from '../../core/value/SqlType.js'
import type { Scalar } from '../../plan/Rel.js'
import { type Args, atom, type CallPrinter, level, type Printed } from '../CallPrinter.js'
import { chunks } from '../chunks.js'
import type { AggParts, Dialect } from '../Dialect.js'
import { type Fragment, join, list, optional, parens, type Slot, sql, text } from '../Fragment.js'
import { postgresDocuments } from '../jsonBuild.js'
import { postgresContains } from '../jsonContains.js'
import { postgresJson } from '../jsonPath.js'
import { postgresLexis } from '../lexis.js'
import { postgresMatches } from '../regexes.js'
import { HALF, lockingOf, standard, substring } from '../standard.js'
import { postgresDates } from './dates.js'
import { ddl, parameterType, quote, quoted, typeName, writes } from './ddl.js'
import { postgresValues } from './driverValues.js'
import { postgresExplain } from './explain.js'
import { postgresCatalog } from './systemCatalog.js'

const placeholder = (n: number, s: Slot): string => `$${n}::${parameterType(s.type.sql)}`

/** Whether an integer expression has 64 bits already. */
const isWide = (s: Scalar): boolean => {
  const n = s.node
  if (s.type.sql.tag === 'bigint' || n.tag === 'literal' || n.tag === 'param') return true
  return (
    n.tag === 'call' &&
    (n.fn === 'plus' || n.fn === 'minus' || n.fn === 'times' || n.fn === 'quot' || n.fn === 'rem' || n.fn === 'neg' || n.fn === 'abs')
  )
}

/** The first argument, widened to 64 bits where no argument has them. */
const widened = (args: Args, at: number): Fragment =>
  args.scalars.every(s => isInteger(s.type.sql)) && !args.scalars.some(isWide) ? sql`${args.arg(0, level.atom)}::int8` : args.arg(0, at)

const arithmetic =
  (operator: string, at: number): CallPrinter =>
  args => ({ level: at, fragment: sql`${widened(args, at)} ${operator} ${args.arg(1, at + 1)}` })

const dividing =
  (operator: string): CallPrinter =>
  args => {
    const divisor = args.scalars[1]?.node
    const known = divisor?.tag === 'literal' && Number(divisor.value) !== 0
    const right = known ? args.arg(1, level.unary) : sql`nullif(${args.arg(1)}, 0)`
    return { level: level.product, fragment: sql`${widened(args, level.product)} ${operator} ${right}` }
  }

const unicode = (value: Fragment): Fragment => sql`${value} COLLATE "pg_c_utf8"`

/**
 * Case mapping by Unicode; the result compares by code point again, so that it mixes with any other text. As an operand it is in
 * brackets: the lower bound of BETWEEN takes no COLLATE without them.
 */
const mapped = (fn: 'lower' | 'upper', args: Args): Printed => ({
  level: level.comparison,
  fragment: sql`${fn}(${unicode(args.arg(0, level.atom))}) COLLATE "C"`,
})

/** Whether it mentions no column, which would have a collation. */
const isPlain = (s: Scalar): boolean => {
  const n = s.node
  return n.tag === 'literal' || n.tag === 'param' || (n.tag === 'call' && n.args.every(isPlain))
}

/** A function of texts; a result of parameters only would compare by the collation of the database. */
const ofTexts =
  (fn: keyof typeof standard, print = standard[fn]): CallPrinter =>
  (args, call) => {
    const printed = print(args, call)
    if (!args.scalars.every(isPlain)) return printed
    return byCodePoint(printed.level < level.atom ? parens(printed.fragment) : printed.fragment)
  }

/** Decimals keep their digits after the point; floats are rounded half away from zero, where the engine's function rounds half to even. */
const rounded =
  (fn: 'floor' | 'ceil' | 'round'): CallPrinter =>
  (args, { type: { sql: type } }) => {
    const x = args.arg(0)
    if (type.tag === 'numeric') return atom(sql`round(${fn}(${x}), ${String(type.scale)})`)
    if (fn !== 'round') return atom(sql`${fn}(${x})`)
    return atom(sql`trunc(${args.arg(0, level.sum)} + sign(${x}) * ${HALF}::float8)`)
  }

/** The engine's own functions ignore nulls. */
const extreme =
  (fn: 'greatest' | 'least'): CallPrinter =>
  args => {
    const value = sql`${fn}(${list(args.all())})`
    const present = args.scalars.flatMap((s, i) => (s.type.nullable ? [sql`${args.arg(i, level.comparison + 1)} IS NOT NULL`] : []))
    return atom(present.length === 0 ? value : sql`CASE WHEN ${join(present, ' AND ')} THEN ${value} END`)
  }

const atLeast = (p: Printed, at: number): Fragment => (p.level < at ? parens(p.fragment) : p.fragment)

/** A text that does not come from a column, compared by code point. */
const byCodePoint = (value: Fragment): Printed => ({ level: level.comparison, fragment: sql`${value} COLLATE "C"` })

const cast: Dialect['cast'] = (printed, from, to, operand) => {
  const value = from.tag === 'float' && to.tag !== 'float' ? sql`CAST(CAST(${printed.fragment} AS text) AS numeric)` : printed.fragment
  if (isText(to) && isText(from) && operand.node.tag === 'column') return printed
  if (to.tag === 'boolean') return { level: level.comparison, fragment: sql`${atLeast(printed, level.sum)} = 'true'` }
  if (from.tag === 'boolean' && to.tag === 'text') return byCodePoint(sql`CAST(${value} AS text)`)
  if (from.tag === 'boolean') return atom(sql`CAST(CAST(${value} AS int4) AS int8)`)
  if (from.tag === 'numeric' && to.tag === 'text')
    return byCodePoint(sql`CAST(CAST(${value} AS numeric(1000, ${String(from.scale)})) AS text)`)
  if (from.tag === 'timestamp' && to.tag === 'text') return byCodePoint(sql`to_char(${value}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)
  if (from.tag === 'timestampMicros') return byCodePoint(sql`to_char(${value}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`)
  if (from.tag === 'time') return byCodePoint(sql`to_char(${value}, 'HH24:MI:SS.MS')`)
  if (from.tag === 'timestamp' && to.tag === 'time') return atom(sql`CAST(${value} AS time)`)
  if (from.tag === 'date' && to.tag === 'timestamp') return atom(sql`CAST(${value} AS timestamptz)`)
  if (from.tag === 'date' && to.tag === 'text') return byCodePoint(sql`to_char(${value}, 'YYYY-MM-DD')`)
  const name = to.tag === 'numeric' ? `numeric(1000, ${to.scale})` : isInteger(to) ? 'int8' : to.tag === 'float' ? 'float8' : typeName(to)
  return isText(to) ? byCodePoint(sql`CAST(${value} AS text)`) : atom(sql`CAST(${value} AS ${name})`)
}

const aggregate = ({ fn, arg, argType, distinct, separator, order, filter, over }: AggParts): Printed => {
  const where = sql`${optional(filter !== null, () => sql` FILTER (WHERE ${filter as Fragment})`)}${over}`
  const by = optional(order.length > 0, () => sql` ORDER BY ${list(order)}`)
  if (arg === null) return atom(sql`count(*)${where}`)
  switch (fn) {
    case 'count':
      return atom(sql`count(${distinct ? 'DISTINCT ' : ''}${arg})${where}`)
    case 'sum':
      return atom(sql`sum(${arg})${where}${argType !== null && isInteger(argType) ? '::int8' : ''}`)
    case 'avg':
      return atom(sql`avg(${arg})${where}::float8`)
    case 'arrayAgg':
      return atom(sql`array_agg(${arg}${by})${where}`)
    case 'stringAgg':
      return atom(
        distinct
          ? sql`string_agg(DISTINCT ${arg}, ${separator} ORDER BY ${arg})${where}`
          : sql`string_agg(${arg}, ${separator}${by})${where}`,
      )
    case 'boolAnd':
      return atom(sql`bool_and(${arg})${where}`)
    case 'boolOr':
      return atom(sql`bool_or(${arg})${where}`)
    default:
      return atom(sql`${fn}(${arg})${where}`)
  }
}

const asText = (t: SqlType): boolean => t.tag === 'bigint' || t.tag === 'numeric' || t.tag === 'custom' || t.tag === 'vector'

const toJson = (value: Fragment, type: SqlType): Fragment => {
  if (type.tag === 'bytes') return sql`encode(${value}, 'hex')`
  if (asText(type)) return sql`CAST(${value} AS text)`
  if (type.tag === 'array')
    return asText(type.element) || type.element.tag === 'bytes' ? sql`to_json(CAST(${value} AS text[]))` : sql`to_json(${value})`
  return value
}

/** A function takes at most 100 arguments. */
const buildArray = (cells: readonly Fragment[]): Fragment => {
  if (cells.length <= 100) return sql`json_build_array(${list(cells)})`
  return sql`(${chunks(cells, 100)
    .map(c => sql`jsonb_build_array(${list(c)})`)
    .reduce((a, b) => sql`${a} || ${b}`)})`
}

/** The Postgres dialect. */
export const postgres: Dialect = {
  name: 'postgres',
  lexis: postgresLexis,
  quote,
  label: label => label,
  placeholder,
  write: postgresValues.write,
  reusesPlaceholders: true,
  // a text that does not come from a column would compare by the collation of the database
  parameter: (placeholder, type, place) => (place === 'alone' && isText(type) ? sql`(${placeholder} COLLATE "C")` : placeholder),
  text: quoted,
  groupingSets: true,
  groupByParameters: true,
  groupKeyInExpression: true,
  mixedWindows: true,
  outerRefInHaving: true,
  computedSetKeys: false,
  ranksWithoutOrder: true,
  exceptInJoin: true,
  frameCanBeEmpty: true,
  castRank: value => value,
  limitInSubquery: true,
  widensMembers: false,
  nulls: { clause: true, largest: true, apart: true },
  calls: {
    plus: arithmetic('+', level.sum),
    minus: arithmetic('-', level.sum),
    times: arithmetic('*', level.product),
    quot: dividing('/'),
    rem: dividing('%'),
    div: dividing('/'),
    neg: args => ({
      level: level.unary,
      fragment: sql`-${isInteger(args.scalars[0]?.type.sql as SqlType) ? sql`(${widened(args, level.sum)})` : args.arg(0, level.atom)}`,
    }),
    lower: args => mapped('lower', args),
    upper: args => mapped('upper', args),
    length: args => atom(sql`char_length(${args.arg(0)})`),
    position: args => atom(sql`strpos(${args.arg(0)}, ${args.arg(1)})`),
    ilike: args => ({
      level: level.comparison,
      fragment: sql`lower(${unicode(args.arg(0, level.atom))}) LIKE lower(${unicode(args.arg(1, level.atom))}) ESCAPE '!'`,
    }),
    contains: args => ({ level: level.comparison, fragment: sql`strpos(${args.arg(0)}, ${args.arg(1)}) > 0` }),
    startsWith: args => atom(sql`starts_with(${args.arg(0)}, ${args.arg(1)})`),
    endsWith: args => ({
      level: level.comparison,
      fragment: sql`right(${args.arg(0)}, char_length(${args.arg(1)})) = ${args.arg(1, level.sum)}`,
    }),
    concat: ofTexts('concat'),
    substring: ofTexts('substring', substring),
    trim: ofTexts('trim'),
    trimStart: ofTexts('trimStart'),
    trimEnd: ofTexts('trimEnd'),
    replace: ofTexts('replace'),
    left: ofTexts('left'),
    right: ofTexts('right'),
    reverse: ofTexts('reverse'),
    padStart: ofTexts('padStart'),
    padEnd: ofTexts('padEnd'),
    repeat: ofTexts('repeat'),
    abs: args => atom(sql`abs(${widened(args, level.or)})`),
    sign: args => atom(sql`CAST(sign(${args.arg(0)}) AS int)`),
    floor: rounded('floor'),
    ceil: rounded('ceil'),
    round: rounded('round'),
    sqrt: args => atom(sql`CASE WHEN ${args.arg(0, level.sum)} >= 0 THEN sqrt(${args.arg(0)}) END`),
    greatest: extreme('greatest'),
    least: extreme('least'),
    ...postgresDates,
    array: args => atom(sql`ARRAY[${list(args.all())}]`),
    arrayLength: args => atom(sql`cardinality(${args.arg(0)})`),
    arrayContains: args => {
      const found: Printed = { level: level.comparison, fragment: sql`array_position(${list(args.all())}) IS NOT NULL` }
      const present = args.scalars.flatMap((s, i) => (s.type.nullable ? [sql`${args.arg(i, level.comparison + 1)} IS NOT NULL`] : []))
      return present.length === 0 ? found : atom(sql`CASE WHEN ${join(present, ' AND ')} THEN ${found.fragment} END`)
    },
    // the engine's own function returns no element for the empty text
    split: args => {
      const [t, separator] = [args.arg(0), args.arg(1)]
      return atom(sql`CASE WHEN ${args.arg(0, level.sum)} = '' THEN ARRAY[''] ELSE string_to_array(${t}, ${separator}) END`)
    },
    matches: postgresMatches,
    ...postgresJson(quoted),
    ...postgresDocuments(quoted),
    jsonContains: postgresContains,
    byteLength: args => atom(sql`octet_length(${args.arg(0)})`),
    hex: args => byCodePoint(sql`encode(${args.arg(0)}, 'hex')`),
    // the engine's own function fails on other characters, and ignores blanks
    unhex: args => atom(sql`CASE WHEN ${args.arg(0, level.sum)} ~ '^([0-9a-fA-F]{2})*$' THEN decode(${args.arg(0)}, 'hex') END`),
    sha256: args =>
      atom(sql`sha256(${isText(args.scalars[0]?.type.sql as SqlType) ? sql`convert_to(${args.arg(0)}, 'UTF8')` : args.arg(0)})`),
    now: () => atom(text("date_trunc('milliseconds', statement_timestamp())")),
    random: () => atom(text('random()')),
    randomUuid: () => atom(text('gen_random_uuid()')),
  },
  cast,
  mixesScales: true,
  aggregate,
  assertComputable: () => undefined,
  limit: (count, offset) =>
    sql`${optional(count !== null, () => sql` LIMIT ${count as Fragment}`)}${optional(offset !== null, () => sql` OFFSET ${offset as Fragment}`)}`,
  values: (columns, rows, alias) => sql`(VALUES ${list(rows.map(row => sql`(${list(row)})`))}) AS ${alias}(${columns.join(', ')})`,
  toJson,
  elements: {
    // texts of a parameter would compare by the collation of the database
    source: ({ array, element, alias }) =>
      sql`unnest(${array}${isText(element) ? ' COLLATE "C"' : ''}) WITH ORDINALITY AS ${alias}("value", "position")`,
    position: alias => `${alias}."position"`,
    value: alias => `${alias}."value"`,
  },
  joinsElements: true,
  // = ANY(array) would read the array again for each row, and compare its elements one by one (18)
  amongMany: (word, value, array, element) => sql`${value} ${word} (SELECT unnest(${array}${isText(element) ? ' COLLATE "C"' : ''}))`,
  collection: ({ cells, body, order }) =>
    sql`(SELECT coalesce(json_agg(${buildArray(cells)}${optional(order.length > 0, () => sql` ORDER BY ${list(order)}`)}), '[]')${body})`,
  inCollection: { limit: false, distinct: false },
  embedJson: collection => collection,
  output: (value, type) => (type.tag === 'array' || type.tag === 'custom' ? toJson(value, type) : value),
  nullOf: type => text(`NULL::${typeName(type)}`),
  lateral: { tag: 'native' },
  anchorToOuterRow: null,
  guardJoinSubquery: condition => condition,
  recursiveColumn: (value, type) => {
    const name = isInteger(type) ? 'int8' : type.tag === 'numeric' ? `numeric(1000, ${type.scale})` : isText(type) ? 'text' : typeName(type)
    return isText(type) ? sql`CAST(${value} AS text) COLLATE "C"` : sql`CAST(${value} AS ${name})`
  },
  canShareCte: () => true,
  materialized: true,
  advisory: {
    take: (name, wait) =>
      wait === 'wait'
        ? sql`SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(${name}, 0))`
        : sql`SELECT pg_try_advisory_xact_lock(hashtextextended(${name}, 0))::int`,
    giveBack: null,
  },
  locking: lockingOf,
  nestedCorrelatedRecursion: true,
  correlatedDerived: true,
  writes,
  ddl,
  explain: postgresExplain,
  catalog: postgresCatalog,
}
