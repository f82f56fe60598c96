/**
 * The work of creating a SQLite table again, performed by hand with rows that no engine returns: what is compared, and what is refused.
 *
 * A lost row needs a broken engine or a broken step, so it can't be shown on an engine; here the numbers after the change are made up. The
 * edits of texts are tested on texts alone.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { int, text } from '../../lib/Column.js'
import { attempting } from '../../lib/core/value/DbError.js'
import type { CatalogRows } from '../../lib/sql/Catalog.js'
import { adding, addingColumn, commenting, edited, inserting, type PlacedText, placed, removing } from '../../lib/sql/sqlite/editText.js'
import { rebuilt } from '../../lib/sql/sqlite/rebuild.js'
import type { Work } from '../../lib/sql/Work.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'

const test = suite('creating a table again')

const t = table('item', { id: int, title: text }, { primaryKey: ['id'] })

const live: CatalogRows = [
  ['foreign_keys', '0', null, null],
  ['table', 'item', 'CREATE TABLE item (id INT, title TEXT)', 'item'],
  ['referrer', 'line', '0', 'id'],
]

/** Performs work; each query has the next of these rows. Returns the statements, or the tag of the error. */
const perform = (work: readonly Work[], rows: CatalogRows[]): readonly string[] | string => {
  const sent: string[] = []
  const all = (parts: readonly Work[]): void => {
    for (const part of parts) {
      if (part.tag === 'sql') sent.push(part.sql)
      if (part.tag === 'query') all(part.then(rows.shift() ?? []))
    }
  }
  const done = attempting('a test', () => all(work))
  return E.isLeft(done) ? done.left._tag : sent
}

const work = () => rebuilt({ table: t, after: t, edits: x => addingColumn(x, 'more INT'), values: { more: '7' }, foreignKey: null })

const rowsOf = (items: number, lines: number): CatalogRows => [
  ['rows', 'item', null, `${items}`],
  ['rows', 'line', null, `${lines}`],
]

test('the statements, in their order', () => {
  assert.equal(perform(work(), [[], live, rowsOf(2, 3), rowsOf(2, 3), []]), [
    'CREATE TABLE "main"."query_ts_new_item" (id INT, title TEXT,\n  more INT)',
    'INSERT OR ABORT INTO "main"."query_ts_new_item" (rowid, "id", "title", "more") SELECT "old row".rowid, "old row"."id", "old row"."title", 7 FROM "main"."item" AS "old row"',
    'DROP TABLE "main"."item"',
    'PRAGMA legacy_alter_table = ON',
    'ALTER TABLE "main"."query_ts_new_item" RENAME TO "item"',
    'PRAGMA legacy_alter_table = OFF',
  ])
})

test('a lost row of the table or of one that refers to it is refused, and so is a new violation', () => {
  const broken = (n: number): CatalogRows => [['violations', 'line', 'item', `${n}`]]
  assert.is(perform(work(), [[], live, rowsOf(2, 3), rowsOf(1, 3), []]), 'SchemaConflict')
  assert.is(perform(work(), [[], live, rowsOf(2, 3), rowsOf(2, 0), []]), 'SchemaConflict')
  assert.is(perform(work(), [[], live, rowsOf(2, 3), [...rowsOf(2, 3), ...broken(1)], []]), 'ForeignKeyViolation')
  assert.is(perform(work(), [[], live, [...rowsOf(2, 3), ...broken(1)], [...rowsOf(2, 3), ...broken(2)], []]), 'ForeignKeyViolation')
  assert.is.not(perform(work(), [[], live, [...rowsOf(2, 3), ...broken(1)], [...rowsOf(2, 3), ...broken(1)], []]), 'ForeignKeyViolation')
})

test('nothing is done while foreign keys are on, or without the table', () => {
  assert.is(perform(work(), [[], [['foreign_keys', '1', null, null], ...live.slice(1)]]), 'DatabaseError')
  assert.is(perform(work(), [[], live.slice(0, 1)]), 'SchemaConflict')
})

test('a view that can be read no more is refused, one that could not be read before is no concern', () => {
  const views = (...rows: readonly (readonly [string, string, string])[]): CatalogRows => rows
  const after = (before: CatalogRows, now: CatalogRows) => perform(work(), [before, live, rowsOf(2, 3), rowsOf(2, 3), now])
  assert.is(after(views(['v', '1', 'a']), views(['v', '0', 'a'])), 'SchemaConflict')
  assert.is(after(views(['v', '1', 'a']), views(['v', '1', 'b'])), 'SchemaConflict')
  assert.is(after(views(['v', '1', 'a']), views()), 'SchemaConflict')
  assert.is(after(views(['v', '0', 'a'], ['w', '1', 'b']), views(['v', '0', 'a'], ['w', '1', 'b'])).length, 6)
})

const of = (sql: string): PlacedText => placed(sql) as PlacedText
const column = (x: PlacedText, i: number) => x.places.columns[i] as PlacedText['places']['columns'][number]
const constraint = (x: PlacedText, i: number) => x.places.constraints[i] as PlacedText['places']['constraints'][number]

test('columns and constraints are removed with their commas', () => {
  const x = of('CREATE TABLE t (a INT /* a */, b INT NOT NULL CHECK (b > 0), c INT, CONSTRAINT x CHECK (a > 0) UNIQUE (b), UNIQUE (c))')
  const without = (columns: readonly number[], constraints: readonly number[]) =>
    edited(
      x.sql,
      removing(
        x,
        columns.map(i => column(x, i)),
        constraints.map(i => constraint(x, i)),
      ),
    )
  const rest = 'CONSTRAINT x CHECK (a > 0) UNIQUE (b), UNIQUE (c))'
  assert.is(without([0], []), `CREATE TABLE t (b INT NOT NULL CHECK (b > 0), c INT, ${rest}`)
  assert.is(without([0, 1], []), `CREATE TABLE t (c INT, ${rest}`)
  assert.is(without([2], []), `CREATE TABLE t (a INT /* a */, b INT NOT NULL CHECK (b > 0), ${rest}`)
  assert.is(without([], [0, 1]), `CREATE TABLE t (a INT /* a */, b INT, c INT, ${rest}`)
  assert.is(without([0, 1], [2, 3, 4]), 'CREATE TABLE t (c INT)')
  const start = 'CREATE TABLE t (a INT /* a */, b INT NOT NULL CHECK (b > 0), c INT,'
  assert.is(without([], [2]), `${start} UNIQUE (b), UNIQUE (c))`)
  assert.is(without([], [3]), `${start} CONSTRAINT x CHECK (a > 0), UNIQUE (c))`)
})

test('what is added is not hidden by a line comment', () => {
  const x = of('CREATE TABLE t (a INT, -- first\n  b INT -- last, )\n)')
  assert.is(edited(x.sql, adding(x, ['CHECK (a > 0)'])), 'CREATE TABLE t (a INT, -- first\n  b INT -- last, )\n,\n  CHECK (a > 0))')
  const y = of('CREATE TABLE t (a INT -- last\n, CHECK (a > 0)) STRICT')
  assert.is(edited(y.sql, addingColumn(y, 'b INT')), 'CREATE TABLE t (a INT -- last\n,\n  b INT, CHECK (a > 0)) STRICT')
})

test('comments are replaced where they are', () => {
  const x = of('CREATE TABLE t (a INT /* old */ NOT NULL, b INT)')
  assert.is(edited(x.sql, commenting(column(x, 0), ' /* new */')), 'CREATE TABLE t (a INT /* new */ NOT NULL, b INT)')
  assert.is(edited(x.sql, commenting(column(x, 1), ' /* new */')), 'CREATE TABLE t (a INT /* old */ NOT NULL, b INT /* new */)')
  assert.is(edited(x.sql, commenting(column(x, 0), null)), 'CREATE TABLE t (a INT  NOT NULL, b INT)')
})

test('an insertion into a part that is removed stays', () => {
  assert.is(edited('abcdef', [{ start: 1, end: 4, text: '' }, inserting(2, 'X'), inserting(4, 'Y')]), 'aXYef')
  assert.is(edited('abc', []), 'abc')
})

test('a foreign key has its place up to its last word', () => {
  const x = of(
    'CREATE TABLE t (a INT CONSTRAINT k REFERENCES p (x) ON DELETE SET NULL MATCH SIMPLE NOT DEFERRABLE NOT NULL, FOREIGN KEY (a) REFERENCES "q" ON UPDATE NO ACTION)',
  )
  const keys = x.places.constraints.filter(c => c.kind === 'foreignKey')
  assert.equal(
    keys.map(k => [k.name, k.columns, k.target, x.sql.slice(k.start, k.end)]),
    [
      ['k', ['a'], 'p', 'CONSTRAINT k REFERENCES p (x) ON DELETE SET NULL MATCH SIMPLE NOT DEFERRABLE'],
      [null, ['a'], 'q', 'FOREIGN KEY (a) REFERENCES "q" ON UPDATE NO ACTION'],
    ],
  )
  assert.is(edited(x.sql, removing(x, [], keys)), 'CREATE TABLE t (a INT NOT NULL)')
})

test.run()
