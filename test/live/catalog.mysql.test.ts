/**
 * The catalogs of MySQL and MariaDB: foreign schemas, tables of ours, other databases, and expressions in SHOW CREATE TABLE.
 *
 * Foreign schemas are in `foreignSchemas`: definitions as people write them, and the lines of the images that are read.
 * Expected texts of expressions are those of MySQL 9.7 and MariaDB 10.11.
 */
import * as E from 'fp-ts/lib/Either.js'
import type mysqlDriver from 'mysql2/promise'
import * as assert from 'uvu/assert'
import * as K from '../../lib/Column.js'
import type { SchemaImage, TableImage } from '../../lib/core/schema/SchemaImage.js'
import type { SqlType } from '../../lib/core/value/SqlType.js'
import * as X from '../../lib/Expr.js'
import type { Runner } from '../../lib/Interpreter.js'
import { fk, schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import type { Catalog, CatalogScope, StoredTexts } from '../../lib/sql/Catalog.js'
import type { ColumnUse, Dialect } from '../../lib/sql/Dialect.js'
import { isIndexColumn } from '../../lib/sql/mysql/catalogIndexes.js'
import { unqualified } from '../../lib/sql/mysql/catalogTexts.js'
import { mariadb } from '../../lib/sql/mysql/mariadb.js'
import { mysql } from '../../lib/sql/mysql/mysql.js'
import { mariadbStored, mysqlStored } from '../../lib/sql/mysql/storedTexts.js'
import { mariadbCatalog, mysqlCatalog } from '../../lib/sql/mysql/systemCatalog.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { addressOf } from './addresses.js'
import { dropImage, plainConnection, readCatalog, textRows } from './catalogRead.js'
import { mariadbColumns } from './foreignSchemas/mariadbColumns.js'
import { mariadbKeys } from './foreignSchemas/mariadbKeys.js'
import { mysqlColumns } from './foreignSchemas/mysqlColumns.js'
import { mysqlKeys } from './foreignSchemas/mysqlKeys.js'
import { type ForeignSchema, imageLines } from './imageText.js'
import { statement } from './rawText.js'
import { onServer } from './servers.js'

interface Server {
  readonly name: 'mysql' | 'mariadb'
  readonly dialect: Dialect
  readonly catalog: Catalog
  readonly stored: (shown: string) => StoredTexts
  readonly schemas: readonly ForeignSchema[]
  readonly collation: string
  /** How SHOW CREATE TABLE has to be sent: MySQL replaces some characters, MariaDB shows bytes of binary literals. */
  readonly results: 'binary' | 'utf8mb4'
}

const SERVERS: readonly Server[] = [
  {
    name: 'mysql',
    dialect: mysql,
    catalog: mysqlCatalog,
    stored: mysqlStored,
    schemas: [...mysqlColumns, ...mysqlKeys],
    collation: 'utf8mb4_0900_bin',
    results: 'binary',
  },
  {
    name: 'mariadb',
    dialect: mariadb,
    catalog: mariadbCatalog,
    stored: mariadbStored,
    schemas: [...mariadbColumns, ...mariadbKeys],
    collation: 'utf8mb4_nopad_bin',
    results: 'utf8mb4',
  },
]

const HERE: CatalogScope = { schemas: [null], temporary: false }

/** Columns of every type that the catalog tells without a note. */
const told = {
  id: K.generated(K.bigint),
  a: K.smallint,
  b: K.withDefault(7)(K.int),
  c: K.nullable(K.bigint),
  d: K.float,
  e: K.withDefault('1.500')(K.numeric(12, 3)),
  f: K.text,
  g: K.withDefault('mine')(K.varchar(20)),
  h: K.uuid,
  i: K.withDefault(true)(K.boolean),
  j: K.timestamp,
  k: K.nullable(K.timestampMicros),
  l: K.date,
  m: K.time,
  n: K.bytes,
  o: K.nullable(K.anyJson),
}

/** Types that need a note, in a column that is in no key. */
const untold: readonly SqlType[] = [
  { tag: 'char', length: 3 },
  { tag: 'varchar', length: 5_000 },
  { tag: 'enum', values: ['a', 'bc'] },
  { tag: 'array', element: { tag: 'int' }, elementNullable: false },
  { tag: 'vector', dimension: 3 },
  { tag: 'text', collation: 'stored' },
]

const USE: ColumnUse = { generated: false, key: false, primary: false, keyColumns: 0, leadsKey: false }

/** Runs statements by the runner. */
const plainly =
  (db: Runner) =>
  async (text: string): Promise<void> => {
    const done = await statement(text)({ db })()
    assert.ok(E.isRight(done), E.isLeft(done) ? done.left.message : '')
  }

/** The texts of a table that SHOW CREATE TABLE shows, too. */
const textsOf = (t: TableImage): StoredTexts => ({
  defaults: Object.fromEntries(t.columns.flatMap(c => (c.default === null ? [] : [[c.name, c.default.text]]))),
  computed: Object.fromEntries(t.columns.flatMap(c => (c.computed === null ? [] : [[c.name, c.computed.text]]))),
  checks: [...t.checks].map(({ name, text }) => ({ name, text })),
  indexes: Object.fromEntries(
    [...t.indexes.map(i => [i.name, i.keys.map(k => (k.of.tag === 'expression' ? k.of.text : null))] as const)].concat(
      t.uniques.map(u => [u.name ?? '', u.columns.map(() => null)] as const),
    ),
  ),
})

/** The body of a table with expressions that are hard to quote. */
const hard = (name: Server['name']): string => `(
  größe int DEFAULT -3, s varchar(30) DEFAULT 'ab😀\\n\\\\ "q" it''s', e varchar(60) DEFAULT (concat('ä😀', 'it''s \\\\ (', '\\n')),
  n int DEFAULT (1 + 1), u varchar(36) DEFAULT (uuid()), d datetime(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT 'DEFAULT, CHECK (a)',
  nothing int DEFAULT NULL, b bit(3) DEFAULT b'101', y year DEFAULT 2020, f double DEFAULT 1e10, m decimal(8,2) NOT NULL DEFAULT 1.5, v varbinary(4) DEFAULT x'ff00',
  w varbinary(4) DEFAULT '', day date DEFAULT '2020-01-01', en enum('ä','it''s, (') DEFAULT 'it''s, (', l varchar(9) CHARACTER SET latin1 DEFAULT 'é',
  \`we\`\`ird (\` int DEFAULT (abs(-5)), j json DEFAULT ('{"a": [1]}'), tx longtext DEFAULT ('x'),
  g int AS (größe + 1) STORED, gl varchar(50) AS (concat(s, ')', 'é😀\\n', \`we\`\`ird (\`)) VIRTUAL COMMENT 'g',
  hidden int INVISIBLE DEFAULT 3,
  CHECK (s <> '\\n\\0\\r"''\\'' AND größe > 1 AND s <> 'é😀)'), CONSTRAINT \`chk ü\` CHECK (\`we\`\`ird (\` IN (1, 2) OR s IS NULL),
  PRIMARY KEY (größe), UNIQUE KEY ku (n), KEY two (n, s(5))${name === 'mysql' ? ", KEY fx ((concat(s, 'it''s é😀\\n')) DESC, n, (größe + 1))" : ''}
)`

for (const server of SERVERS.filter(s => addressOf(s.name) !== null)) {
  const { name, catalog, stored, dialect } = server
  const test = suite(`the catalog of ${name}`)
  let db: Runner
  let connection: mysqlDriver.Connection
  const create = async (...statements: readonly string[]): Promise<SchemaImage> => {
    for (const text of statements) await connection.query(text)
    return readCatalog(db, catalog)
  }
  test.before(async () => {
    const opened = await onServer(name, { max: 1 })()
    assert.ok(E.isRight(opened), E.isLeft(opened) ? opened.left.message : '')
    db = (opened as E.Right<Runner>).right
    connection = await plainConnection(name, db)
  })
  test.after.each(async () => {
    await dropImage(connection, await readCatalog(db, catalog))
    await connection.query(name === 'mysql' ? 'DO 1' : 'DROP SEQUENCE IF EXISTS seq')
  })
  test.after(async () => {
    await connection?.end()
    await db?.close()
  })

  for (const { title, ddl, image } of server.schemas) {
    test(title, async () => {
      assert.equal(imageLines(await create(...ddl)), image)
    })
  }

  test('an empty database has the empty image, and no query depends on its tables', async () => {
    assert.equal(await readCatalog(db, catalog), { language: name, tables: [], views: [] })
    assert.ok(catalog.queries(HERE).length <= 11)
    assert.equal(catalog.queries({ schemas: [null], temporary: true }), [])
    assert.equal(catalog.read([], { schemas: [null], temporary: true }).tables, [])
  })

  test('tables of ours have the types that they were created with', async () => {
    const parent = table('told_parent', { id: K.int, code: K.varchar(10) }, { primaryKey: ['id'], uniques: [['code']] })
    const child = table(
      'told',
      { ...told, parent: K.nullable(K.int), name: K.varchar(30) },
      {
        primaryKey: ['id'],
        indexes: [
          { name: 'told_b', on: ['b', 'a'] },
          { name: 'told_order', on: row => [X.desc(row.a), X.asc(row.b)] },
        ],
        checks: { positive: row => X.gt(row.b, 0) },
      },
    )
    const all = schema({ parent, child }, t => ({
      child: { parent: fk(t.child.parent, t.parent.id, { onDelete: 'cascade' }), name: fk(t.child.name, t.parent.code) },
    }))
    const created = await createAll(all)({ db })()
    assert.ok(E.isRight(created), E.isLeft(created) ? created.left.message : '')
    const image = await readCatalog(db, catalog)
    const t = image.tables.find(x => x.name === 'told') as TableImage
    const types = Object.fromEntries(t.columns.map(c => [c.name, [c.type, c.nullable, c.generated, c.default?.text ?? null]]))
    const defaults: { readonly [column: string]: string } = { b: '7', e: '1.500', g: "'mine'", i: '1' }
    for (const [field, column] of Object.entries(told)) {
      assert.equal(types[field], [column.type.sql, column.type.nullable, column.generated, defaults[field] ?? null], field)
    }
    assert.equal(
      imageLines({ ...image, tables: image.tables.map(x => ({ ...x, columns: [] })) }).filter(line => !/: check/.test(line)),
      [
        'told: primary key (id)',
        'told: index told_b (b, a)',
        'told: index told_order (a desc, b)',
        'told: foreign key told_name_fkey (name) to told_parent (code)',
        'told: foreign key told_parent_fkey (parent) to told_parent (id) on delete cascade',
        'told_parent: primary key (id)',
        'told_parent: unique told_parent_code_key (code)',
      ],
    )
    assert.equal(
      t.checks.map(c => c.text?.replaceAll(/[`()]/g, '')),
      ['b > 0'],
    )
    assert.ok(E.isRight(await dropAll(all)({ db })()))
  })

  test('a type that the catalog does not tell is another type, which calls for a note', () => {
    const defined = (type: SqlType, use: ColumnUse): SqlType => catalog.typeOf(dialect.ddl.columnType(type, use))
    for (const { type } of Object.values(told)) {
      assert.equal(defined(type.sql, USE), type.sql)
    }
    assert.equal(defined({ tag: 'bigint' }, { ...USE, generated: true, leadsKey: true }), { tag: 'bigint' })
    for (const type of untold) assert.not.equal(defined(type, USE), type)
    assert.equal(defined({ tag: 'text' }, { ...USE, keyColumns: 1 }), { tag: 'varchar', length: 768 })
    const custom = (text: string): SqlType => ({ tag: 'custom', names: { [name]: text } })
    assert.equal(catalog.typeOf("ENUM('A','b')"), custom("enum('A','b')"))
    assert.equal(catalog.typeOf('INT(11) UNSIGNED'), custom('int unsigned'))
    assert.equal(catalog.typeOf('varchar(9) COLLATE latin1_bin'), custom('varchar(9) COLLATE latin1_bin'))
    assert.equal(catalog.typeOf('longtext COLLATE utf8mb4_unicode_ci'), { tag: 'text', collation: 'stored' })
  })

  test('a custom type is read as it was defined', async () => {
    const image = await create(
      `CREATE TABLE c (a int unsigned, b enum('A','b'), c varchar(9) COLLATE latin1_bin, d char(3) COLLATE utf8mb4_unicode_ci, e set('x')) COLLATE ${server.collation}`,
    )
    const text = (c: { readonly type: SqlType }): string => (c.type.tag === 'custom' ? (c.type.names[name] ?? '') : '')
    const before = image.tables[0]?.columns ?? []
    const again = await create(`CREATE TABLE d (${before.map(c => `${c.name} ${text(c)}`).join(', ')}) COLLATE ${server.collation}`)
    assert.equal(again.tables.find(t => t.name === 'd')?.columns, before)
  })

  test('other databases: their names are the schemas, also of targets', async () => {
    const [[row]] = (await connection.query('SELECT database() AS name')) as unknown as readonly [readonly [{ readonly name: string }]]
    const other = `${row.name}_b`
    try {
      const image = await create(
        `CREATE DATABASE ${other}`,
        'CREATE TABLE p (id int PRIMARY KEY)',
        `CREATE TABLE ${other}.p (id int PRIMARY KEY, CHECK (id > 0))`,
        `CREATE TABLE ${other}.c (id int PRIMARY KEY, CONSTRAINT here FOREIGN KEY (id) REFERENCES ${row.name}.p (id))`,
        `CREATE TABLE c (id int PRIMARY KEY, CONSTRAINT there FOREIGN KEY (id) REFERENCES ${other}.p (id))`,
      )
      assert.equal(
        image.tables.map(t => [t.schema, t.name, t.checks.length, ...t.foreignKeys.map(f => f.target)]),
        [
          [null, 'c', 0, { schema: other, name: 'p' }],
          [null, 'p', 0],
        ],
      )
      const both = await readCatalog(db, catalog, { schemas: [other, null, row.name], temporary: false })
      assert.equal(
        both.tables.map(t => [t.schema, t.name, t.columns.length, t.checks.length, ...t.foreignKeys.map(f => f.target)]),
        [
          [null, 'c', 1, 0, { schema: other, name: 'p' }],
          [null, 'p', 1, 0],
          [other, 'c', 1, 0, { schema: null, name: 'p' }],
          [other, 'p', 1, 1],
        ],
      )
    } finally {
      await connection.query(`DROP TABLE IF EXISTS c`)
      await connection.query(`DROP DATABASE IF EXISTS ${other}`)
    }
  })

  test('SHOW CREATE TABLE of a temporary table has the texts of the catalog', async () => {
    const tail = `ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${server.collation}`
    const image = await create(`CREATE TABLE hard ${hard(name)} ${tail}`)
    const here = plainly(db)
    const shown = async (text: string): Promise<string> => {
      await here(`SET SESSION character_set_results = ${server.results}`)
      const [row] = await textRows(db)({ text, columns: 2 })
      await here('SET SESSION character_set_results = utf8mb4')
      return row?.[1] ?? ''
    }
    const expected = textsOf(image.tables[0] as TableImage)
    // the names of unnamed checks contain that of the table
    const comparable = ({ checks, ...rest }: StoredTexts, t: string) => ({
      ...rest,
      checks: checks
        .filter(c => c.text !== 'json_valid(`j`)')
        .map(c => [c.name?.replace(`${t}_chk`, 'chk') ?? null, c.text])
        .sort(),
    })
    assert.equal(comparable(stored(await shown('SHOW CREATE TABLE hard')), 'hard'), comparable(expected, 'hard'))
    await here(`CREATE TEMPORARY TABLE softer ${hard(name)} ${tail}`)
    assert.equal(comparable(stored(await shown('SHOW CREATE TABLE softer')), 'softer'), comparable(expected, 'hard'))
    await here('DROP TEMPORARY TABLE softer')
  })

  test('creating and dropping a temporary table does not commit; indexing it does', async () => {
    await create('CREATE TABLE kept (id int PRIMARY KEY)')
    const rowsAfter = async (...statements: readonly string[]): Promise<number> => {
      await connection.query('START TRANSACTION')
      await connection.query('INSERT INTO kept VALUES (1)')
      for (const text of statements) await connection.query(text)
      await connection.query('ROLLBACK')
      const [rows] = await connection.query('SELECT * FROM kept')
      return (rows as readonly unknown[]).length
    }
    assert.is(await rowsAfter('CREATE TEMPORARY TABLE passing (id int)', 'SHOW CREATE TABLE passing', 'DROP TEMPORARY TABLE passing'), 0)
    assert.is(await rowsAfter('CREATE TEMPORARY TABLE passing (id int)', 'CREATE INDEX i ON passing (id)'), 1)
    await connection.query('DROP TEMPORARY TABLE passing')
  })

  test.run()
}

const pure = suite('texts of the catalogs of MySQL and MariaDB')

pure('a view without the name of its database', () => {
  assert.is(unqualified('select `d`.`t`.`id` AS `id` from `d`.`t`', 'd'), 'select `t`.`id` AS `id` from `t`')
  assert.is(unqualified("select '`d`.' AS `x` from `e`.`t`", 'd'), "select '`d`.' AS `x` from `e`.`t`")
  assert.is(unqualified('select `d`.`id` from `d`.`t` `d`', 'd'), 'select `d`.`id` from `d`.`t` `d`')
  assert.is(unqualified('select 1 from `a``b`.`t`', 'a`b'), 'select 1 from `t`')
})

pure('a column that stands for an expression of an index', () => {
  assert.equal(
    [
      ['ix', 'ix__1'],
      ['ix', 'ix__12'],
      ['ix', 'ix_1'],
      ['ix', 'ix__'],
      ['ix', 'ix__1a'],
      ['', 'x'],
    ].map(([index = '', column = '']) => isIndexColumn(index, column)),
    [true, true, false, false, false, false],
  )
})

pure.run()
