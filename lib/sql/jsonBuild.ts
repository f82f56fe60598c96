/**
 * JSON documents made of values, on each engine.
 *
 * A value becomes a member by its type: a condition, a number on MySQL, MariaDB and SQLite, becomes a boolean; a document, a text on
 * MariaDB and SQLite, is marked as JSON; a float loses the sign of its zero. Postgres takes at most 100 arguments, so more
 * members are combined from several documents.
 */
import { refuse, unsupported } from '../core/value/DbError.js'
import { isText } from '../core/value/SqlType.js'
import type { Scalar } from '../plan/Rel.js'
import { type Args, atom, type CallPrinter, level, type Printed } from './CallPrinter.js'
import { chunks } from './chunks.js'
import { wordOf } from './dateSteps.js'
import { type Fragment, join, list, parens, sql, text } from './Fragment.js'

interface Documents {
  readonly jsonObject: CallPrinter
  readonly jsonArray: CallPrinter
}

/** How an engine makes documents: members with their names, and elements. */
interface Engine {
  readonly key: (name: string) => Fragment
  /** A value as a member; `of` is its scalar. */
  readonly member: (value: Fragment, of: Scalar) => Fragment
  readonly object: (members: readonly Fragment[]) => Printed
  readonly array: (elements: readonly Fragment[]) => Printed
}

const documents = ({ key, member, object, array }: Engine): Documents => {
  const cell = (args: Args, i: number): Fragment => member(args.alone(i), args.scalars[i] as Scalar)
  return {
    jsonObject: args => {
      const names = JSON.parse(wordOf(args, 0)) as readonly string[]
      return object(names.map((name, i) => sql`${key(name)}, ${cell(args, i + 1)}`))
    },
    jsonArray: args => array(args.scalars.map((_, i) => cell(args, i))),
  }
}

const isKnown = (s: Scalar): boolean => s.node.tag === 'literal' || s.node.tag === 'param'

/** Whether a document is computed right there, inside another one: then it is JSON already. */
const isMade = ({ node }: Scalar): boolean => node.tag === 'call' && (node.fn === 'jsonObject' || node.fn === 'jsonArray')

const bracketed = (value: Fragment): Fragment => (value.pieces.length === 1 ? value : parens(value))

/** A float without the sign of a zero; parameters have none. */
const unsigned = (value: Fragment, of: Scalar): Fragment => (isKnown(of) ? value : sql`${bracketed(value)} + 0`)

/** A condition as the text true or false. */
const truth = (value: Fragment, of: Scalar): Fragment =>
  of.type.nullable
    ? sql`CASE ${bracketed(value)} WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' END`
    : sql`CASE WHEN ${value} THEN 'true' ELSE 'false' END`

/** The most members of one call. */
const AT_ONCE = 50

/** Documents on Postgres; `quoted` makes a text literal. */
export const postgresDocuments = (quoted: (s: string) => string): Documents => {
  const of =
    (name: string) =>
    (members: readonly Fragment[]): Printed => {
      const parts = (members.length === 0 ? [[]] : chunks(members, AT_ONCE)).map(some => sql`${name}(${list(some)})`)
      return parts.length === 1 ? atom(parts[0] as Fragment) : { level: level.sum, fragment: join(parts, ' || ') }
    }
  return documents({
    key: name => text(quoted(name)),
    member: value => value,
    object: of('jsonb_build_object'),
    array: of('jsonb_build_array'),
  })
}

/** The bytes of the longest field name that MySQL takes; the same limit is used for MariaDB. */
const LONGEST_NAME = 65_535

/** Documents on MySQL and MariaDB; `quoted` makes a text literal. */
export const mysqlDocuments = (
  quoted: (s: string) => string,
  asJson: (value: Fragment) => Fragment,
  asText: (value: Fragment) => Fragment,
): Documents =>
  documents({
    key: name =>
      new TextEncoder().encode(name).length > LONGEST_NAME
        ? refuse(unsupported(`a field of a document whose name has more than ${LONGEST_NAME} bytes`, 'mysql'))
        : text(quoted(name)),
    member: (value, of) => {
      const { sql: type } = of.type
      if (type.tag === 'json') return isMade(of) ? value : asJson(value)
      if (type.tag === 'boolean') return asJson(truth(value, of))
      if (type.tag === 'float') return unsigned(value, of)
      return isText(type) ? asText(value) : value
    },
    object: members => atom(sql`json_object(${list(members)})`),
    array: elements => atom(sql`json_array(${list(elements)})`),
  })

/** Documents on SQLite; `quoted` makes a text literal. */
export const sqliteDocuments = (quoted: (s: string) => string): Documents =>
  documents({
    key: name => text(quoted(name)),
    member: (value, of) => {
      const { tag } = of.type.sql
      if (tag === 'json') return isMade(of) ? value : sql`json(${value})`
      if (tag === 'boolean') return sql`json(${truth(value, of)})`
      return tag === 'float' ? unsigned(value, of) : value
    },
    object: members => atom(sql`json_object(${list(members)})`),
    array: elements => atom(sql`json_array(${list(elements)})`),
  })
