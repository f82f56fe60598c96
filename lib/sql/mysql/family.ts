/**
 * What MySQL and MariaDB share: functions and constants that both dialect records name, field by field.
 *
 * Nothing here is a dialect: `mysql` and `mariadb` are two full records, so that a field added for one has to be decided for the
 * other. What takes a parameter (a collation, the printer of a JSON cell) differs between them there.
 * `familyCalls` are the functions with the same syntax and meaning on both.
 */
import { refuse, unsupported } from '../../core/value/DbError.js'
import { isText, type SqlType } from '../../core/value/SqlType.js'
import { type Args, atom, type CallPrinter, infix, level, named, type Printed, type PrintedFn } from '../CallPrinter.js'
import type { AggParts, Dialect } from '../Dialect.js'
import { type Fragment, list, optional, sql, text } from '../Fragment.js'
import { HALF } from '../standard.js'
import { mysqlDates } from './dates.js'
import { ALL } from './rewriting.js'

/** Labels have characters of Unicode's first plane only. */
export const label: Dialect['label'] = label => label.replace(/[\u{10000}-\u{10FFFF}]/gu, '_')

/** Decimals are sent as text, which arithmetic would convert to floats. */
export const parameterOf =
  (typed: (placeholder: Fragment, type: SqlType) => Fragment): Dialect['parameter'] =>
  (placeholder, type, place) =>
    place === 'alone' || (place !== 'stored' && type.tag === 'numeric') ? typed(placeholder, type) : placeholder

/** The elements of an array with their positions. */
export const elementsOf = (array: Fragment, type: string, alias: string): Fragment =>
  sql`JSON_TABLE(${array}, '$[*]' COLUMNS (\`position\` FOR ORDINALITY, \`value\` ${type} PATH '$')) AS ${alias}`

const lockName = (name: Fragment): Fragment => sql`sha2(concat(database(), '/', ${name}), 256)`

/** In seconds. MariaDB does not wait at all with a negative timeout. */
const A_YEAR = '31536000'

/** Locks belong to the server, and their names have 64 characters in any case. */
export const advisory: Dialect['advisory'] = {
  take: (name, wait) => sql`SELECT get_lock(${lockName(name)}, ${wait === 'wait' ? A_YEAR : '0'})`,
  giveBack: name => sql`SELECT release_lock(${lockName(name)})`,
}

/** A cell as a JSON value; also null, which aggregates of text would skip. */
const jsonText = (cell: Fragment): Fragment => sql`json_extract(json_array(${cell}), '$[0]')`

/** Aggregates; `ordered` is an ordered array of JSON values, where the engine has one. */
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
        // MySQL counts a null computed from parameters only as a distinct value
        if (parts.distinct && parts.constant) return atom(sql`least(count(${arg}), 1)`)
        return atom(sql`count(${parts.distinct ? 'DISTINCT ' : ''}${arg})${over}`)
      case 'avg':
        // the engine's avg of exact numbers has four more digits than they have
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

/** LIMIT takes a number or a parameter, and no other expression. */
export const limitOf =
  (dialect: 'mysql' | 'mariadb'): Dialect['limit'] =>
  (count, offset) => {
    const plain = (f: Fragment): Fragment =>
      f.pieces.length === 1 ? f : refuse(unsupported('a computed number of rows', dialect, 'compute it first, or make it a parameter'))
    return sql` LIMIT ${count === null ? ALL : plain(count)}${optional(offset !== null, () => sql` OFFSET ${plain(offset as Fragment)}`)}`
  }

/** The array of some values, each in its JSON form. */
export const arrayBy =
  (json: Dialect['toJson']): CallPrinter =>
  args =>
    atom(sql`json_array(${list(args.scalars.map((s, i) => json(args.arg(i), s.type.sql, true)))})`)

/**
 * Decimals keep their digits after the point; floats are rounded half away from zero, where the engine's function rounds half to even. To
 * MySQL's EXCEPT and INTERSECT, -0 is not equal to 0 (9.7): `+ 0` removes the sign.
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

/** The engine's unhex adds a digit before an odd number of them, and warns of other characters, which is an error in an update. */
export const unhex =
  (digits: (value: Fragment) => Fragment): CallPrinter =>
  args => {
    const x = sql`CONVERT(${args.arg(0)} USING utf8mb4)`
    return atom(sql`CASE WHEN length(${args.arg(0)}) % 2 = 0 AND ${x} NOT REGEXP '[^0-9a-fA-F]' THEN unhex(${digits(args.arg(0))}) END`)
  }

/** A UUID of version 4; the engine's `uuid` is of version 1, made of the time and the machine. */
const UUID =
  "lower(concat(hex(random_bytes(4)), '-', hex(random_bytes(2)), '-4', substr(hex(random_bytes(2)), 2), '-', substr('89ab', 1 + floor(rand() * 4), 1), substr(hex(random_bytes(2)), 2), '-', hex(random_bytes(6))))"

/** Functions with the same syntax and meaning on both engines. */
export const familyCalls = {
  isNotDistinctFrom: infix('<=>', level.comparison),
  isDistinctFrom: args => ({ level: level.not, fragment: sql`NOT (${args.arg(0, level.sum)} <=> ${args.arg(1, level.sum)})` }),
  quot: infix('DIV', level.product),
  concat: named('concat'),
  length: named('char_length'),
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
  arrayLength: named('json_length'),
  arrayContains: args => {
    const element = isText(args.scalars[1]?.type.sql as SqlType)
      ? sql`json_quote(CONVERT(${args.arg(1)} USING utf8mb4))`
      : sql`CAST(${args.arg(1)} AS CHAR)`
    return atom(sql`json_contains(${args.arg(0)}, ${element})`)
  },
  byteLength: args => atom(sql`length(${asUtf8(args)})`),
  hex: args => atom(sql`lower(hex(${args.arg(0)}))`),
  sha256: args => atom(sql`unhex(sha2(${asUtf8(args)}, 256))`),
  now: () => atom(text('now(3)')),
  random: () => atom(text('rand()')),
  randomUuid: () => atom(text(UUID)),
} satisfies { readonly [fn in PrintedFn]?: CallPrinter }
