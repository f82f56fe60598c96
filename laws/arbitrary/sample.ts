/**
 * A small schema with every feature, to test interpreters with.
 *
 * `things` has a column of every kind, most of them nullable, and references itself; `things` and `notes` reference each other; `marks`
 * has a primary key of two foreign keys; `bits` has no key, so that it can have duplicate rows. `entries` is for commands: it has a
 * generated key, defaults, unique keys, checks.
 */
import { pipe } from 'fp-ts/lib/function.js'
import {
  bigint,
  boolean,
  bytes,
  check,
  date,
  enumOf,
  float,
  generated,
  int,
  nullable,
  numeric,
  smallint,
  text,
  time,
  timestamp,
  unique,
  uuid,
  varchar,
  withDefault,
} from '../../lib/Column.js'
import { gte, lt, ne, or } from '../../lib/Expr.js'
import { fk, schema } from '../../lib/Schema.js'
import { table } from '../../lib/Table.js'

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

const entries = table(
  'entries',
  {
    id: generated(int),
    label: unique(varchar(3)),
    level: pipe(
      int,
      check(self => gte(self, 0)),
      withDefault(1),
    ),
    thingId: nullable(int),
    state: pipe(enumOf('open', 'shut'), withDefault('open' as const)),
  },
  { uniques: [['thingId', 'level']], checks: { shutLow: row => or(ne(row.state, 'shut'), lt(row.level, 3)) } },
)

export const tables = { things, notes, marks, bits, entries }

export const sample = schema(tables, t => ({
  things: {
    parent: fk(t.things.parentId, t.things.id, { back: 'children' }),
    topNote: fk(t.things.topNoteId, t.notes.id, { back: 'topOf' }),
  },
  notes: { thing: fk(t.notes.thingId, t.things.id, { back: 'notes', onDelete: 'setNull' }) },
  entries: { thing: fk(t.entries.thingId, t.things.id, { back: 'entries' }) },
  marks: {
    thing: fk(t.marks.thingId, t.things.id, { back: 'marks', onDelete: 'cascade' }),
    note: fk(t.marks.noteId, t.notes.id, { back: 'marks', onDelete: 'cascade' }),
  },
}))
