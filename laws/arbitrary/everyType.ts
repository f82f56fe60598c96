/**
 * One table with two columns of every canonical type, the second of them nullable.
 *
 * Vectors are not among them, because Postgres needs an extension for them. The columns are exported for tests that need a table of every
 * type with a key or name of its own.
 */
import {
  anyJson,
  arrayOf,
  bigint,
  boolean,
  bytes,
  char,
  date,
  enumOf,
  float,
  int,
  nullable,
  numeric,
  smallint,
  text,
  time,
  timestamp,
  timestampMicros,
  uuid,
  varchar,
} from '../../lib/Column.js'
import type { Columns } from '../../lib/core/syntax/Syntax.js'
import { schema } from '../../lib/Schema.js'
import { table } from '../../lib/Table.js'

/** A column of each type. */
export const columnsOfEveryType = {
  small: smallint,
  whole: int,
  big: bigint,
  ratio: float,
  money: numeric(10, 2),
  exact: numeric(18, 6),
  plain: numeric(5, 0),
  words: text,
  code: varchar(5),
  pair: char(2),
  kind: enumOf('one', 'two', "th'ree"),
  tag: uuid,
  flag: boolean,
  at: timestamp,
  precise: timestampMicros,
  day: date,
  hour: time,
  data: bytes,
  document: anyJson,
  numbers: arrayOf(int),
  texts: arrayOf(nullable(text)),
  bigs: arrayOf(bigint),
} satisfies Columns

const nullables: Columns = Object.fromEntries(
  Object.entries(columnsOfEveryType).map(([name, c]) => [`${name}OrNull`, nullable(c as typeof int)]),
)

export const everyType = schema({ types: table('types', { id: int, ...columnsOfEveryType, ...nullables }, { primaryKey: ['id'] }) })
