/**
 * A schema to test interpreters with: small, and with everything in it.
 *
 * `things` has a column of every kind, most of them nullable, and refers to itself; `things` and
 * `notes` refer to each other; `marks` has a key of two columns, both of them foreign; `bits` has no
 * key at all, so that equal rows are really twice there.
 */
import {
  bigint,
  boolean,
  bytes,
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
  uuid,
  varchar,
} from '../../lib/core/Column.js'
import { fk, schema } from '../../lib/core/Schema.js'
import { table } from '../../lib/core/Table.js'

const things = table(
  'things',
  {
    id: int,
    n: nullable(int),
    small: smallint,
    big: nullable(bigint),
    ratio: nullable(float),
    price: nullable(numeric(10, 2)),
    name: nullable(text),
    code: varchar(3),
    color: nullable(enumOf('red', 'green', 'blue')),
    flag: nullable(boolean),
    madeAt: nullable(timestamp),
    day: nullable(date),
    hour: nullable(time),
    tag: nullable(uuid),
    data: nullable(bytes),
    parentId: nullable(int),
    topNoteId: nullable(int),
  },
  { primaryKey: ['id'] },
)

const notes = table(
  'notes',
  { id: int, thingId: nullable(int), body: text, stars: nullable(smallint), cost: numeric(12, 4), public: boolean },
  { primaryKey: ['id'] },
)

const marks = table(
  'marks',
  { thingId: int, noteId: int, weight: nullable(int), seen: nullable(date) },
  { primaryKey: ['thingId', 'noteId'], indexes: [['weight']] },
)

const bits = table('bits', { n: nullable(int), t: nullable(text), ok: nullable(boolean), x: float })

export const tables = { things, notes, marks, bits }

export const sample = schema(tables, t => ({
  things: {
    parent: fk(t.things.parentId, t.things.id, { back: 'children' }),
    topNote: fk(t.things.topNoteId, t.notes.id, { back: 'topOf' }),
  },
  notes: { thing: fk(t.notes.thingId, t.things.id, { back: 'notes', onDelete: 'setNull' }) },
  marks: {
    thing: fk(t.marks.thingId, t.things.id, { back: 'marks', onDelete: 'cascade' }),
    note: fk(t.marks.noteId, t.notes.id, { back: 'marks', onDelete: 'cascade' }),
  },
}))
