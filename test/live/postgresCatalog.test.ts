/**
 * The catalog of Postgres: schemas that others wrote are read as they are, and tables of `createAll` come back with their types.
 *
 * Each schema of postgresCatalogCases.ts and postgresCatalogApps.ts is defined in an empty database, on PGlite and on the server if there is
 * one, and its image is compared in a form that people read (`shown`). The queries run as raw operations whose columns are texts.
 */

import { isDeepStrictEqual } from 'node:util'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { citext } from '@electric-sql/pglite/contrib/citext'
import { hstore } from '@electric-sql/pglite/contrib/hstore'
import { pg_buffercache } from '@electric-sql/pglite/contrib/pg_buffercache'
import { vector as pgvector } from '@electric-sql/pglite-pgvector'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import * as K from '../../lib/Column.js'
import {
  type ColumnImage,
  emptyImage,
  type ForeignKeyImage,
  type IndexImage,
  type KeyImage,
  type QualifiedName,
  type SchemaImage,
  type TableImage,
  type ViewImage,
} from '../../lib/core/schema/SchemaImage.js'
import { typeText, writeComment } from '../../lib/core/schema/typeNote.js'
import type { SqlType } from '../../lib/core/value/SqlType.js'
import { type DbError, show } from '../../lib/DbError.js'
import { type Expr, ne } from '../../lib/Expr.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import type { CatalogRows, CatalogScope } from '../../lib/sql/Catalog.js'
import { readIndex } from '../../lib/sql/postgres/catalogIndexes.js'
import { ddl, quoted } from '../../lib/sql/postgres/ddl.js'
import { postgresCatalog } from '../../lib/sql/postgres/systemCatalog.js'
import { table } from '../../lib/Table.js'
import { note, suite } from '../suite.js'
import { servers } from './addresses.js'
import { pgliteForTests } from './pgliteCopy.js'
import { appCases } from './postgresCatalogApps.js'
import { type CatalogCase, columnCases } from './postgresCatalogCases.js'
import { keyCases } from './postgresCatalogKeys.js'
import { statement, template } from './rawText.js'
import { onServer } from './servers.js'

const shownType = (t: SqlType): string => (t.tag === 'custom' ? `<${t.names.postgres}>` : typeText(t))
const shownName = ({ schema, name }: QualifiedName): string => (schema === null ? name : `${schema}.${name}`)
const when = (is: boolean, words: string): string => (is ? words : '')
const shownComment = (comment: string | null): string => (comment === null ? '' : ` -- ${comment.replaceAll(/\n */g, ' / ')}`)

const shownColumn = (c: ColumnImage): string =>
  [
    `${c.name}: ${shownType(c.type)}`,
    when(!c.nullable, ' not null'),
    when(c.generated, ' generated'),
    c.default === null ? '' : ` default ${c.default.text}`,
    c.computed === null ? '' : ` ${c.computed.stored ? 'stored' : 'virtual'} ${c.computed.text}`,
    shownComment(c.comment),
  ].join('')

const shownKey = (k: KeyImage): string => `${k.name} (${k.columns.join(', ')})`

const shownIndex = (i: IndexImage): string => {
  const keys = i.keys.map(({ of, direction, nulls }) => {
    const key = of.tag === 'column' ? of.name : `{${of.text}}`
    return `${key}${when(direction === 'desc', ' desc')}${nulls === null ? '' : ` nulls ${nulls}`}`
  })
  const method = i.method === null ? '' : ` using ${i.method}`
  const where = i.where === null ? '' : ` where ${i.where.text}`
  return `${when(i.unique, 'unique ')}index ${i.name} (${keys.join(', ')})${method}${where}${when(i.options !== '', ` options ${i.options}`)}${when(!i.valid, ' not valid')}`
}

const shownForeignKey = (f: ForeignKeyImage): string => {
  const actions = `${when(f.onDelete !== 'noAction', ` on delete ${f.onDelete}`)}${when(f.onUpdate !== 'noAction', ` on update ${f.onUpdate}`)}`
  const state = `${when(f.deferrable, ' deferrable')}${when(!f.valid, ' not valid')}`
  return `foreign key ${f.name} (${f.columns.join(', ')}) to ${shownName(f.target)} (${f.targetColumns.join(', ')})${actions}${state}`
}

const shownTable = (t: TableImage): readonly string[] => [
  `table ${shownName(t)}${shownComment(t.comment)}`,
  ...t.columns.map(shownColumn).map(line => `  ${line}`),
  ...[
    ...(t.primaryKey === null ? [] : [`primary key ${shownKey(t.primaryKey)}`]),
    ...t.uniques.map(u => `unique ${shownKey(u)}`),
    ...t.indexes.map(shownIndex),
    ...t.checks.map(c => `check ${c.name} ${c.text}${when(!c.valid, ' not valid')}`),
    ...t.foreignKeys.map(shownForeignKey),
    ...t.others.map(other => `other: ${other}`),
  ].map(line => `  * ${line}`),
]

const shownView = (v: ViewImage): readonly string[] => [
  `${when(v.materialized, 'materialized ')}view ${shownName(v)}${shownComment(v.comment)}`,
  ...v.columns.map(c => `  ${c.name}: ${shownType(c.type)}`),
  `  * ${v.text?.replaceAll(/\s+/g, ' ')}`,
]

/** An image as people read it. */
const shown = (image: SchemaImage): string => [...image.tables.flatMap(shownTable), ...image.views.flatMap(shownView)].join('\n')

/** The expected lines; `~` marks a text with the default collation of the database. */
const expected = (image: string, isDefaultC: boolean): string =>
  image
    .split('\n')
    .map(line => line.replace(/^ {6}/, '').trimEnd())
    .filter(line => line !== '')
    .join('\n')
    .replaceAll(/\btext~/g, isDefaultC ? 'text' : 'text stored')
    .replaceAll(/\bvarchar(\(\d+\))~/g, isDefaultC ? 'varchar$1' : '<character varying$1>')

const catalogOn = (name: string, isDefaultC: boolean, open: () => TaskEither<DbError, Runner>): void => {
  const test = suite(`the catalog of Postgres on ${name}`)
  let db: Runner
  const right = async <A>(program: Program.Program<Program.Db, DbError, A>): Promise<A> => {
    const answer = await program({ db })()
    assert.ok(E.isRight(answer), E.isLeft(answer) ? show(answer.left) : '')
    return (answer as E.Right<A>).right
  }
  const run = async (sql: string): Promise<void> => {
    const lines = sql.split(/;\s*(?:\n|$)/).filter(line => line.trim() !== '')
    for (const line of lines) await right(statement(line.trim()))
  }
  const rowsOf = async (scope: CatalogScope): Promise<readonly CatalogRows[]> => {
    const all: CatalogRows[] = []
    for (const query of postgresCatalog.queries(scope)) {
      const columns = Object.fromEntries(Array.from({ length: query.columns }, (_, i) => [`c${i}`, K.nullable(K.storedText)]))
      const rows = await right(Program.raw(columns)(template(query.text)))
      all.push(rows.map(row => Object.keys(columns).map(c => row[c] ?? null)))
    }
    return all
  }
  const read = async (part: Partial<CatalogScope> = {}): Promise<SchemaImage> => {
    const scope = { schemas: [null], temporary: false, ...part }
    return postgresCatalog.read(await rowsOf(scope), scope)
  }

  test.before(async () => {
    const opened = await open()()
    assert.ok(E.isRight(opened), E.isLeft(opened) ? show(opened.left) : '')
    db = (opened as E.Right<Runner>).right
  })
  test.after(async () => {
    await db?.close()
  })
  test.before.each(async () => {
    const reset = `DO $$ DECLARE s text; BEGIN
      FOR s IN SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' LOOP EXECUTE format('DROP EXTENSION %I CASCADE', s); END LOOP;
      FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP;
      FOR s IN SELECT fdwname FROM pg_foreign_data_wrapper LOOP EXECUTE format('DROP FOREIGN DATA WRAPPER %I CASCADE', s); END LOOP;
    END $$`
    for (const sql of ['DISCARD TEMP', reset, 'CREATE SCHEMA public']) await right(statement(sql))
  })

  const matches = (c: CatalogCase): void =>
    test(c.title, async () => {
      await run(c.sql)
      const image = await read({ schemas: c.schemas ?? [null], temporary: c.temporary ?? false })
      assert.is(shown(image), expected(c.image, isDefaultC))
    })
  for (const c of [...columnCases, ...keyCases, ...appCases]) matches(c)

  test('an index that a failed CREATE INDEX CONCURRENTLY left behind is not valid', async () => {
    await run(`CREATE TABLE t (a int);\nINSERT INTO t VALUES (1), (1);\nCREATE INDEX good ON t (a)`)
    assert.ok(E.isLeft(await statement('CREATE UNIQUE INDEX CONCURRENTLY bad ON t (a)')({ db })()))
    const indexes = (await read()).tables[0]?.indexes ?? []
    assert.equal(
      indexes.map(i => [i.name, i.valid]),
      [
        ['bad', false],
        ['good', true],
      ],
    )
  })

  test('the default schema by its name is the default schema; no schema and an unknown one have no tables', async () => {
    await run(`CREATE TABLE t (id serial PRIMARY KEY);\nCREATE VIEW v AS SELECT id FROM t`)
    assert.equal(await read({ schemas: ['public'] }), await read())
    assert.equal(await read({ schemas: ['public', null] }), await read())
    for (const schemas of [[], ['Public'], ["'"], ['\\']]) assert.equal(await read({ schemas }), emptyImage('postgres'))
    assert.equal(await read({ temporary: true }), emptyImage('postgres'))
  })

  test('the types of created tables come back, with notes where the type of the engine is not enough', async () => {
    await right(createAll(schema({ every })))
    const types = async (): Promise<Readonly<Record<string, SqlType>>> =>
      Object.fromEntries(((await read()).tables[0]?.columns ?? []).map(c => [c.name, c.type]))
    const given = Object.entries(every.columns).map(([name, c]) => [name, c.type.sql] as const)
    const noted = given.filter(([, type]) => !isDeepStrictEqual(postgresCatalog.typeOf(defined(type)), type))
    assert.equal(
      noted.map(([name]) => name),
      ['fixed', 'state', 'stored', 'exact', 'holes', 'states'],
    )
    const found = await types()
    for (const [name, type] of given) if (!noted.some(([n]) => n === name)) assert.equal(found[name], type, name)
    for (const [name, type] of noted) await run(`COMMENT ON COLUMN every_type.${name} IS ${quoted(writeComment('mine', type) ?? '')}`)
    const again = await types()
    for (const [name, type] of given) assert.equal(again[name], type, name)
  })

  test('keys, defaults and numbered columns of created tables come back', async () => {
    await right(createAll(schema({ shelves, books })))
    const lines = shown(await read())
    assert.is(lines, CREATED.replaceAll(/^ {4}/gm, '').trim())
  })

  test('500 tables are read by five queries', async () => {
    for (let from = 0; from < 500; from += 50) await right(statement(manyTables(from, from + 50)))
    await read()
    const scope = { schemas: [null], temporary: false }
    const start = performance.now()
    const rows = await rowsOf(scope)
    const parsing = performance.now()
    const { tables } = postgresCatalog.read(rows, scope)
    const end = performance.now()
    assert.equal([rows.length, tables.length, tables.flatMap(t => t.columns).length], [5, 500, 4000])
    assert.equal([tables.flatMap(t => t.indexes).length, tables.flatMap(t => t.foreignKeys).length], [1000, 499])
    note(`the catalog of 500 tables on ${name}: queries ${(parsing - start).toFixed(0)} ms, parsing ${(end - parsing).toFixed(0)} ms`)
    assert.ok(end - start < 10_000, 'far more than a second')
  })

  test.run()
}

/** Statements that create some of 500 tables of 8 columns. */
const manyTables = (from: number, to: number): string => `DO $do$ BEGIN FOR i IN ${from}..${to - 1} LOOP
  EXECUTE format($t$CREATE TABLE t%s (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL DEFAULT 'x',
    code varchar(20) COLLATE "C" UNIQUE, price numeric(8,2) CHECK (price > 0), at timestamptz(3), parent int, doc jsonb, tags text[])$t$, i);
  EXECUTE format('CREATE INDEX t%s_name ON t%s (name, at DESC)', i, i);
  EXECUTE format('CREATE INDEX t%s_lower ON t%s (lower(name)) WHERE price > 5', i, i);
  EXECUTE format($t$COMMENT ON COLUMN t%s.doc IS 'a document'$t$, i);
  IF i > 0 THEN EXECUTE format('ALTER TABLE t%s ADD FOREIGN KEY (parent) REFERENCES t%s ON DELETE CASCADE', i, i - 1); END IF;
END LOOP; END $do$`

const every = table('every_type', {
  small: K.smallint,
  int: K.int,
  big: K.bigint,
  float: K.float,
  amount: K.numeric(8, 2),
  whole: K.numeric(20, 0),
  text: K.text,
  vary: K.varchar(20),
  fixed: K.char(3),
  state: K.enumOf('on', "o'ff"),
  uuid: K.uuid,
  boolean: K.boolean,
  date: K.date,
  time: K.time,
  at: K.timestamp,
  micros: K.timestampMicros,
  bytes: K.bytes,
  json: K.anyJson,
  stored: K.storedText,
  exact: K.numeric(8, 2, { sqlite: 'real' }),
  ints: K.arrayOf(K.int),
  texts: K.arrayOf(K.text),
  holes: K.arrayOf(K.nullable(K.int)),
  states: K.arrayOf(K.enumOf('on', 'off')),
  ats: K.arrayOf(K.timestamp),
  point: K.vector(3),
  custom: K.sqlType({ postgres: 'inet' }, t.string),
})

const defined = (type: SqlType): string =>
  ddl.columnType(type, { generated: false, key: false, primary: false, keyColumns: 0, leadsKey: false })

const shelves = table('shelf', { shop: K.int, code: K.varchar(9) }, { primaryKey: ['shop', 'code'] })
const books = table('book', {
  id: K.generated(K.bigint),
  title: K.check((x: Expr<string>) => ne(x, ''))(K.withDefault('none')(K.text)),
  pages: K.withDefault(0)(K.indexed(K.int)),
  isbn: K.unique(K.nullable(K.char(13))),
})

const CREATED = `
    table book
      id: bigint not null generated
      title: text not null default 'none'::text
      pages: int not null default 0
      isbn: char(13)
      * primary key book_pkey (id)
      * unique book_isbn_key (isbn)
      * index book_pages_idx (pages)
      * check book_isbn__length (char_length((isbn)::text) = 13)
      * check book_title_check (title <> ''::text)
    table shelf
      shop: int not null
      code: varchar(9) not null
      * primary key shelf_pkey (shop, code)`

const definitions = suite('types of definitions in Postgres')
const custom = (postgres: string): SqlType => ({ tag: 'custom', names: { postgres } })
for (const [text, type] of [
  ['varchar(20) COLLATE "C"', { tag: 'varchar', length: 20 }],
  ['text COLLATE "C"', { tag: 'text' }],
  ['text', { tag: 'text' }],
  ['text COLLATE "de-x-icu"', { tag: 'text', collation: 'stored' }],
  ['integer GENERATED BY DEFAULT AS IDENTITY', { tag: 'int' }],
  ['bigint GENERATED ALWAYS AS IDENTITY', { tag: 'bigint' }],
  ['numeric(8, 2)', { tag: 'numeric', precision: 8, scale: 2 }],
  ['DECIMAL(8)', { tag: 'numeric', precision: 8, scale: 0 }],
  ['timestamptz(3)', { tag: 'timestamp' }],
  ['timestamptz(6)', { tag: 'timestampMicros' }],
  ['TIMESTAMPTZ', { tag: 'timestampMicros' }],
  ['time(3)', { tag: 'time' }],
  ['bool', { tag: 'boolean' }],
  ['vector(3)', { tag: 'vector', dimension: 3 }],
  ['text[]', { tag: 'array', element: { tag: 'text' }, elementNullable: false }],
  ['int4[]', { tag: 'array', element: { tag: 'int' }, elementNullable: false }],
  ['int4[3][]', custom('integer[][]')],
  ['varchar(20)', custom('character varying(20)')],
  ['varchar(20) COLLATE "de-x-icu"', custom('character varying(20) COLLATE "de-x-icu"')],
  ['varchar(9) COLLATE public."My coll" GENERATED ALWAYS AS (x)', custom('character varying(9) COLLATE public."My coll"')],
  ['float4', custom('real')],
  ['char', custom('character(1)')],
  ['timestamp(3)[]', custom('timestamp(3) without time zone[]')],
  ['timetz', custom('time with time zone')],
  ['"Mood"', custom('"Mood"')],
  ['other.mood[]', custom('other.mood[]')],
  ['toString', custom('toString')],
] as const)
  definitions(text, () => assert.equal(postgresCatalog.typeOf(text), type))
definitions('an index whose definition has an unknown form keeps all of it', () => {
  const index = readIndex(['i', 'false', 'true', 'btree', '[["a", "a", 0]]', null, 'CREATE INDEX i ON t USING btree [a]', 'fast'])
  assert.is(index.options, 'btree [a] TABLESPACE fast')
})
definitions.run()

const extensions = { btree_gist, citext, hstore, pg_buffercache, vector: pgvector }
catalogOn('pglite', true, () => pgliteForTests({ extensions }))
if (servers.includes('postgres')) catalogOn('postgres', false, () => onServer('postgres', { max: 1 }))
