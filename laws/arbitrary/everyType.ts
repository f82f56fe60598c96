/**
 * One table with a column of every canonical type, twice: as it is and nullable.
 *
 * Vectors stand apart, because Postgres needs an extension for them.
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

const types = {
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

const nullables: Columns = Object.fromEntries(Object.entries(types).map(([name, c]) => [`${name}OrNull`, nullable(c as typeof int)]))

export const everyType = schema({ types: table('types', { id: int, ...types, ...nullables }, { primaryKey: ['id'] }) })
