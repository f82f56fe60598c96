/**
 * The catalog of SQLite: schemas of others, schemas that `createAll` has made, and the facts on which the reader relies.
 *
 * Every case runs on both drivers. Each image is compared with what the pragmas return for the same tables, too, where both know it: columns of
 * unique keys, computed columns and foreign keys are in the text and in the engine's own reading of it.
 */
import { pipe } from 'fp-ts/lib/function.js'
import initSqlJs from 'sql.js'
import * as assert from 'uvu/assert'
import * as K from '../../lib/Column.js'
import type { SchemaImage } from '../../lib/core/schema/SchemaImage.js'
import { typeText } from '../../lib/core/schema/typeNote.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { fk, schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { readTable } from '../../lib/sql/sqlite/createText.js'
import { writeBlockComment } from '../../lib/sql/sqlite/createTokens.js'
import { sqliteCatalog } from '../../lib/sql/sqlite/systemCatalog.js'
import { table, view } from '../../lib/Table.js'
import { note, suite } from '../suite.js'
import { hasNative } from './addresses.js'
import { describe, imageIn, MAIN } from './catalogOf.js'
import { engines, type Session, using } from './eachEngine.js'
import { cases } from './foreignSqlite.js'
import { template } from './rawText.js'

const statements = (ddl: string): readonly string[] => ddl.split(/\n--\n/)

const everyType = {
  id: K.generated(K.int),
  small: K.smallint,
  whole: K.int,
  big: K.withDefault(7n)(K.bigint),
  real: K.float,
  words: K.withDefault("it's")(K.text),
  stored: K.storedText,
  uuid: K.uuid,
  yes: K.withDefault(true)(K.boolean),
  at: K.timestamp,
  atMicros: K.timestampMicros,
  day: K.date,
  hour: K.time,
  data: K.nullable(K.bytes),
  price: K.withDefault('12.50')(K.numeric(8, 2)),
  long: K.numeric(40, 3),
  rough: K.numeric(10, 2, { sqlite: 'real' }),
  short: K.unique(K.varchar(20)),
  code: K.char(2),
  mood: K.enumOf('so-so', "it's */", 'good'),
  body: K.nullable(K.anyJson),
  list: K.arrayOf(K.nullable(K.int)),
  place: K.vector(3),
}
const parent = table('every_parent', { a: K.int, b: K.text }, { primaryKey: ['a', 'b'] })
const every = table('every_type', everyType, {
  primaryKey: ['id'],
  uniques: [['small', 'code']],
  indexes: [
    { name: 'every_ix', on: row => [X.desc(row.whole), X.plus(row.small, 1)], where: row => X.gt(row.whole, 3) },
    { name: 'every_uq', on: ['day', 'hour'], unique: true },
  ],
  checks: { positive: row => X.gt(row.whole, 0) },
})
const all = schema({ parent, every }, t => ({
  every: { parent: fk([t.every.whole, t.every.words], [t.parent.a, t.parent.b], { onDelete: 'cascade' }) },
}))

/** The rows of a statement. */
const rowsOf = async (s: Session, sql: string, columns: number): Promise<readonly (readonly (string | null)[])[]> => {
  const names = Array.from({ length: columns }, (_, i) => `c${i}`)
  const rows = await s.right(Program.raw(Object.fromEntries(names.map(n => [n, K.nullable(K.text)])))(template(sql)))
  return rows.map(row => names.map(n => (row as Readonly<Record<string, string | null>>)[n] ?? null))
}

const run = async (s: Session, ...sql: readonly string[]): Promise<void> => {
  for (const statement of sql) await s.right(Program.raw({})(template(statement)))
}

/** Drops everything in the main schema. */
const clear = async (s: Session): Promise<void> => {
  await run(s, 'PRAGMA foreign_keys = OFF')
  const views = await rowsOf(s, "SELECT type, name FROM sqlite_schema WHERE type = 'view'", 2)
  const tables = await rowsOf(
    s,
    "SELECT type, name FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' AND name NOT LIKE 'sqlite%'",
    2,
  )
  const quoted = (name: string | null): string => `"${name?.replaceAll('"', '""')}"`
  for (const [, name = ''] of views) await run(s, `DROP VIEW ${quoted(name)}`)
  for (const [type, name = ''] of tables) if (type !== 'view') await run(s, `DROP TABLE ${quoted(name)}`)
  if (tables.some(([, name]) => name === 'sqliteish')) await run(s, 'DROP TABLE sqlite_stat1')
  await run(s, 'DROP TABLE IF EXISTS "sqliteish"', 'PRAGMA foreign_keys = ON')
}

/** What the texts and the pragmas both know is the same. */
const agrees = async (s: Session, image: SchemaImage): Promise<void> => {
  for (const t of image.tables) {
    const name = `'${t.name.replaceAll("'", "''")}'`
    const keys = await rowsOf(
      s,
      `SELECT i.origin, (SELECT json_group_array(x.name) FROM pragma_index_info(i.name) AS x) FROM pragma_index_list(${name}) AS i WHERE i.origin <> 'c'`,
      2,
    )
    const pragmas = new Set(keys.map(([, columns]) => columns))
    const ours = new Set(t.uniques.map(u => JSON.stringify(u.columns)))
    for (const columns of ours) assert.ok(pragmas.has(columns), `${t.name}: unique ${columns}`)
    for (const [origin, columns = ''] of keys) if (origin === 'u') assert.ok(ours.has(columns ?? ''), `${t.name}: unique ${columns}`)
    const [sql] = (await rowsOf(s, `SELECT sql FROM sqlite_schema WHERE name = ${name}`, 1))[0] ?? []
    const text = readTable(sql ?? '')
    const columns = await rowsOf(s, `SELECT name, CAST(hidden AS TEXT) FROM pragma_table_xinfo(${name})`, 2)
    assert.equal(
      text?.columns.map(c => [c.name, c.computed === null ? '0' : c.computed.stored ? '3' : '2']),
      columns.map(c => [...c]),
      t.name,
    )
    const foreign = await rowsOf(s, `SELECT DISTINCT CAST(id AS TEXT) FROM pragma_foreign_key_list(${name})`, 1)
    assert.is(text?.foreignKeys.length, foreign.length, t.name)
  }
}

const COMMENTED = `CREATE TABLE "t" /* table */ (
  "a" INTEGER /* a */ PRIMARY KEY,
  "b" TEXT /* b */ NOT NULL DEFAULT ('x') /* default of b */,
  "c" TEXT /* c */, CONSTRAINT k CHECK ("c" > 'a')) STRICT`

/** A change of `COMMENTED`, and the comments that are in its text after that: SQLite 3.53 and 3.54 changes the text in place. */
const CHANGES: readonly (readonly [string, ...string[]])[] = [
  ['ALTER TABLE t ADD COLUMN d TEXT /* d */', '/* table */', '/* a */', '/* b */', '/* default of b */', '/* c */', '/* d */'],
  [
    'ALTER TABLE t ADD COLUMN d TEXT /* d */ DEFAULT 1 /* end */',
    '/* table */',
    '/* a */',
    '/* b */',
    '/* default of b */',
    '/* c */',
    '/* d */',
    '/* end */',
  ],
  ['ALTER TABLE t RENAME COLUMN c TO "new c"', '/* table */', '/* a */', '/* b */', '/* default of b */', '/* c */'],
  ['ALTER TABLE t RENAME TO "u v"', '/* table */', '/* a */', '/* b */', '/* default of b */', '/* c */'],
  ['ALTER TABLE t DROP COLUMN b', '/* table */', '/* a */', '/* c */'],
  ['ALTER TABLE t DROP CONSTRAINT k', '/* table */', '/* a */', '/* b */', '/* default of b */', '/* c */'],
  ['ALTER TABLE t ADD CONSTRAINT k2 CHECK (a > 0)', '/* table */', '/* a */', '/* b */', '/* default of b */', '/* c */'],
  ['ALTER TABLE t ALTER COLUMN c SET NOT NULL', '/* table */', '/* a */', '/* b */', '/* default of b */', '/* c */'],
  // the only change that removes a comment of a column that stays: the one between the type and NOT NULL
  ['ALTER TABLE t ALTER COLUMN b DROP NOT NULL', '/* table */', '/* a */', '/* default of b */', '/* c */'],
]

const lite = engines.filter(e => e.name === 'sqlite' || e.name === 'sqlite3')

for (const engine of lite) {
  const test = suite(`the catalog of ${engine.name}`)
  const s = using(engine, test)
  test.before.each(() => clear(s))

  for (const { name, ddl, image } of cases) {
    test(name, async () => {
      await run(s, ...statements(ddl))
      const got = await imageIn(s, sqliteCatalog)
      assert.is(describe(got), image)
      assert.equal(JSON.parse(JSON.stringify(got)), got, 'an image is plain data')
      await agrees(s, got)
    })
  }

  test('an empty schema, and no schema', async () => {
    assert.equal(await imageIn(s, sqliteCatalog), { language: 'sqlite', tables: [], views: [] })
    assert.equal(sqliteCatalog.read([], { schemas: [], temporary: false }).tables, [])
    assert.equal(sqliteCatalog.queries({ schemas: [], temporary: false }), [])
  })

  test('createAll: names, keys, checks, indexes and defaults are read back', async () => {
    await s.right(createAll(all))
    const image = await imageIn(s, sqliteCatalog)
    await agrees(s, image)
    const [read] = image.tables.filter(t => t.name === 'every_type')
    assert.ok(read !== undefined)
    assert.equal(
      read.columns.map(c => c.name),
      Object.keys(everyType).map(f => every.names[f] ?? f),
    )
    assert.equal(
      read.columns.filter(c => c.nullable).map(c => c.name),
      ['data', 'body'],
    )
    assert.equal(
      read.columns.filter(c => c.generated).map(c => c.name),
      ['id'],
    )
    assert.is(
      describe({ ...image, tables: [{ ...read, columns: read.columns.filter(c => c.default !== null) }] }),
      `table every_type
  big bigint default 7
  words text default 'it''s'
  yes boolean default TRUE
  price numeric(8,2) default 1250
  primary key (id)
  unique every_type_short_key (short)
  unique every_type_small_code_key (small, code)
  index every_ix (whole desc, {"small" + 1}) where "whole" > 3
  unique index every_uq (day, hour)
  check every_type_code__length length("code") = 2
  check every_type_id__range "id" BETWEEN -2147483648 AND 2147483647
  check every_type_mood__values "mood" IN ('so-so', 'it''s */', 'good')
  check every_type_positive "whole" > 0
  check every_type_price__range "price" BETWEEN -99999999 AND 99999999
  check every_type_short__length length("short") <= 20
  check every_type_small__range "small" BETWEEN -32768 AND 32767
  check every_type_whole__range "whole" BETWEEN -2147483648 AND 2147483647
  check every_type_yes__values "yes" IN (0, 1)
  key every_type_whole_words_fkey (whole, words) to every_parent (a, b) on delete cascade`,
    )
  })

  test('a type note after each column brings its canonical type back', async () => {
    await s.right(createAll(all))
    const [[sql = ''] = []] = await rowsOf(s, "SELECT sql FROM sqlite_schema WHERE name = 'every_type'", 1)
    await clear(s)
    const types = Object.entries(everyType).map(([field, column]) => ({ name: every.names[field] ?? field, sql: column.type.sql }))
    const noted = types.reduce((text, { name, sql: type }) => {
      const comment = writeBlockComment(`about */ ${name} [query-ts ${typeText(type)}]`)
      return text.replace(new RegExp(`^  "${name}" [A-Z]+`, 'm'), definition => `${definition} ${comment}`)
    }, sql ?? '')
    await run(s, noted)
    const [read] = (await imageIn(s, sqliteCatalog)).tables
    assert.equal(
      read?.columns.map(c => [c.name, c.type, c.comment]),
      types.map(t => [t.name, t.sql, `about */ ${t.name}`]),
    )
  })

  test('a view of createAll', async () => {
    const seen = view(
      'every_view',
      { a: K.int, n: K.int },
      pipe(
        Q.from(parent),
        Q.map(p => ({ a: p.a, n: X.plus(p.a, 1) })),
      ),
    )
    await s.right(createAll(schema({ parent, seen })))
    const { views } = await imageIn(s, sqliteCatalog)
    assert.equal(
      views.map(v => [v.name, v.columns.map(c => c.name)]),
      [['every_view', ['a', 'n']]],
    )
    assert.match(views[0]?.text ?? '', /^SELECT .* FROM "every_parent"/s)
  })

  test('temporary tables, and attached schemas with tables of the same name', async () => {
    await run(
      s,
      "ATTACH ':memory:' AS [side ways]",
      'CREATE TABLE same (a INTEGER PRIMARY KEY AUTOINCREMENT, b INTEGER REFERENCES same)',
      'CREATE TABLE [side ways].same (z TEXT UNIQUE, y TEXT REFERENCES same (Z))',
      'CREATE INDEX [side ways].ix ON same (y)',
      'CREATE TEMP TABLE same (t REAL)',
      'CREATE TEMP VIEW seen AS SELECT t FROM temp.same',
    )
    const strict = '  * It is not STRICT: its columns can hold values of any type.'
    const inMain = `table same\n  a bigint generated\n  b bigint?\n  primary key (a)\n  key (b) to same (a)\n${strict}`
    const aside = `table side ways.same\n  z text?\n  y text?\n  unique (z)\n  index ix (y)\n  key (y) to side ways.same (z)\n${strict}`
    const read = async (schemas: readonly (string | null)[], temporary = false): Promise<string> =>
      describe(await imageIn(s, sqliteCatalog, { schemas, temporary }))
    assert.is(await read([null]), inMain)
    assert.is(await read(['side ways']), aside)
    assert.is(await read(['side ways', null]), `${inMain}\n${aside}`)
    assert.is(await read([null], true), `table same\n  t float?\n${strict}\nview seen (t float)\n  SELECT t FROM temp.same`)
    await run(s, 'DROP VIEW temp.seen', 'DROP TABLE temp.same', 'DETACH [side ways]')
  })

  test('500 tables of 8 columns are read in less than a second', async () => {
    const ddl = Array.from({ length: 500 }, (_, i) => [
      `CREATE TABLE many${i} (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL, b INTEGER DEFAULT (5), c TEXT /* [query-ts date] */, d REAL, e BLOB, f INTEGER REFERENCES many${Math.max(0, i - 1)}, g TEXT, CONSTRAINT uq${i} UNIQUE (a, b), CONSTRAINT ck${i} CHECK (b > 0)) STRICT`,
      `CREATE INDEX ix${i} ON many${i} (g, lower(c))`,
    ])
    await run(s, ...ddl.flat())
    const times: number[] = []
    for (const _ of [1, 2, 3]) {
      // of this process, since other tests run at the same time
      const start = process.cpuUsage()
      assert.is((await imageIn(s, sqliteCatalog)).tables.length, 500)
      const { user, system } = process.cpuUsage(start)
      times.push((user + system) / 1000)
    }
    const time = Math.min(...times)
    note(`the catalog of ${engine.name}: 500 tables of 8 columns in ${Math.round(time)} ms`)
    assert.ok(time < 1000, `${time} ms`)
  })

  for (const [change, ...expected] of CHANGES) {
    test(`the places of comments after ${change}`, async () => {
      await run(s, COMMENTED, change)
      const [[sql = ''] = []] = await rowsOf(s, "SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'", 1)
      assert.equal(sql?.match(/\/\*.*?\*\//g), expected)
    })
  }

  test('a view of a missing table hides the columns of other views, except those that their text lists', async () => {
    const [[version = ''] = []] = await rowsOf(s, 'SELECT sqlite_version()', 1)
    note(`the catalog of ${engine.name} was tested on SQLite ${version}`)
    await run(s, 'CREATE TABLE f (a INTEGER)', 'CREATE VIEW f_plain AS SELECT a FROM f', 'CREATE VIEW f_listed (b) AS SELECT a FROM f')
    await run(s, 'CREATE VIEW f_broken (c) AS SELECT * FROM gone')
    const { views } = await imageIn(s, sqliteCatalog)
    const columns = views.map(v => [v.name, ...v.columns.map(c => c.name)].join(' '))
    assert.equal(columns, ['f_broken c', 'f_listed b', 'f_plain'])
  })

  test.run()
}

if (hasNative) {
  const modules = suite('the catalog of a file with the tables of a module that the engine lacks')
  modules('virtual tables and their shadow tables are left out', async () => {
    const native = new (await import('better-sqlite3')).default(':memory:')
    native.exec('CREATE TABLE plain (a INTEGER); CREATE VIRTUAL TABLE search USING fts5(body); CREATE TABLE search_log (a INTEGER)')
    const db = new (await initSqlJs()).Database(native.serialize())
    const rows = sqliteCatalog.queries(MAIN).map(q => (db.exec(q.text)[0]?.values ?? []) as (string | null)[][])
    assert.equal(
      sqliteCatalog.read(rows, MAIN).tables.map(t => [t.name, t.columns.length]),
      [
        ['plain', 1],
        ['search_log', 1],
      ],
    )
    native.close()
    db.close()
  })
  modules.run()
}
