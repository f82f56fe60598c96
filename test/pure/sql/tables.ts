/**
 * Tables of the snapshot that the music store does not have: settings with several unique keys, and a company whose tables reference each
 * other in a cycle and are in another schema.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as Column from '../../../lib/Column.js'
import { and, gt, length, lt } from '../../../lib/Expr.js'
import { fk, schema } from '../../../lib/Schema.js'
import { table } from '../../../lib/Table.js'

const { arrayOf, bigint, boolean, bytes, char, check, date, enumOf, float, generated, indexed, int, nullable } = Column
const { anyJson, numeric, smallint, text, time, timestamp, timestampMicros, unique, uuid, varchar, withDefault } = Column

/** A unique key of one column and one of two columns, in addition to the primary key. */
export const settings = table(
  'setting',
  {
    id: generated(int),
    name: unique(varchar(80)),
    owner: int,
    place: int,
    value: text,
    changes: withDefault(0)(int),
  },
  { uniques: [['owner', 'place']] },
)

/** A key that is given, and no other. */
export const stock = table('stock', { trackId: int, copies: int, note: nullable(text) }, { primaryKey: ['trackId'] })

export const people = table(
  'person',
  {
    id: generated(int),
    departmentId: pipe(int, nullable, indexed),
    name: pipe(
      varchar(80),
      check(name => gt(length(name), 0)),
    ),
    salary: numeric(12, 2),
    from: date,
    until: nullable(date),
  },
  { schema: 'company', checks: { period: p => and(lt(p.from, p.until)) } },
)

export const departments = table(
  'department',
  { id: generated(int), headId: nullable(int), name: unique(varchar(40)) },
  { schema: 'company' },
)

export const company = schema({ people, departments }, t => ({
  people: { department: fk(t.people.departmentId, t.departments.id, { back: 'people', onDelete: 'setNull' }) },
  departments: { head: fk(t.departments.headId, t.people.id, { back: 'heads', onDelete: 'restrict' }) },
}))

/** A column of each type. */
export const everything = table(
  'everything',
  {
    id: generated(bigint),
    small: smallint,
    amount: numeric(12, 3),
    long: numeric(40, 0),
    ratio: float,
    label: text,
    code: char(3),
    kind: withDefault('new')(enumOf('new', 'used', "collector's")),
    key: unique(uuid),
    flag: withDefault(true)(boolean),
    at: timestamp,
    precisely: timestampMicros,
    day: date,
    hour: time,
    data: bytes,
    details: nullable(anyJson),
    tags: arrayOf(text),
  },
  { indexes: [['kind', 'day']] },
)

export const rest = schema({ everything, settings, stock })
