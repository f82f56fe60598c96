/**
 * Diagrams: the music store of examples/chinook, marks and cardinalities, and names that Mermaid could not read.
 *
 * Of the store the relations and one entity are compared, as they are read.
 */

import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { chinook } from '../../examples/chinook/schema.js'
import { int, nullable, sqlType, text, unique } from '../../lib/Column.js'
import { fk, schema } from '../../lib/Schema.js'
import { diagram } from '../../lib/schema/diagram.js'
import { imageOf } from '../../lib/show/imageOf.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'

const test = suite('diagrams')

test('the music store', () => {
  const lines = diagram(imageOf(chinook)).split('\n')
  assert.is(lines[0], 'erDiagram')
  assert.equal(
    lines.filter(line => line.includes('--')),
    RELATIONS.trim()
      .split('\n')
      .map(line => `  ${line.trim()}`),
  )
  assert.equal(
    lines.slice(lines.indexOf('  "track" {'), lines.indexOf('  }', lines.indexOf('  "track" {')) + 1),
    TRACK.trimEnd().split('\n').slice(1),
  )
})

const RELATIONS = `
  "artist" ||--o{ "album" : "artist_id"
  "employee" ||--o{ "customer" : "support_rep_id"
  "employee" |o--o{ "employee" : "reports_to"
  "customer" ||--o{ "invoice" : "customer_id"
  "invoice" ||--o{ "invoice_line" : "invoice_id"
  "track" ||--o{ "invoice_line" : "track_id"
  "playlist" ||--o{ "playlist_track" : "playlist_id"
  "track" ||--o{ "playlist_track" : "track_id"
  "album" ||--o{ "track" : "album_id"
  "genre" ||--o{ "track" : "genre_id"
  "media_type" ||--o{ "track" : "media_type_id"
`

const TRACK = `
  "track" {
    int id PK
    varchar(200) name
    int album_id FK
    int media_type_id FK
    int genre_id FK
    varchar(220) composer
    int milliseconds
    int bytes
    numeric(10_2) unit_price
  }
`

test('marks and cardinalities', () => {
  const a = table('a', { id: int, code: unique(text), x: int, y: int }, { primaryKey: ['id'], uniques: [['x', 'y']] })
  const b = table('b', { aId: int, one: unique(nullable(int)), x: nullable(int), y: int }, { primaryKey: ['aId'] })
  const s = schema({ a, b }, k => ({
    b: { a: fk(k.b.aId, k.a.id), one: fk(k.b.one, k.a.id), pair: fk([k.b.x, k.b.y], [k.a.x, k.a.y]) },
  }))
  assert.is(
    diagram(imageOf(s)),
    `erDiagram
  "a" {
    int id PK
    text code UK
    int x
    int y
  }
  "b" {
    int a_id PK, FK
    int one FK, UK
    int x FK
    int y FK
  }
  "a" ||--o| "b" : "a_id"
  "a" |o--o| "b" : "one"
  "a" |o--o{ "b" : "x, y"
`,
  )
})

test('names are no syntax', () => {
  const odd = table(
    'a "b"\n% } c',
    { id: sqlType({ postgres: 'numeric(8, 2)[] "x"' }, t.string), '1 }\n"': int, pk: int },
    { naming: f => f, schema: 'x.y' },
  )
  const twin = table('a _b_\n% } c', { id: int }, { schema: 'x.y' })
  assert.is(
    diagram(imageOf(schema({ odd, twin }))),
    `erDiagram
  "x.y.a _b___ } c" {
    numeric(8_2)[]_x_ id
    int _1_ "1 }__"
    int _pk "pk"
  }
  "x.y.a _b___ } c2" {
    int id
  }
`,
  )
})

test.run()
