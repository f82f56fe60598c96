/**
 * Creating a table of SQLite again: how it is changed where SQLite has no ALTER TABLE.
 *
 * The text of its CREATE TABLE is read and edited by its parts, so that what the library has no word for is kept. A new table with the text
 * gets the rows, the old one is dropped, the new one gets its name, and then its indexes and triggers are created as they were. Generated
 * keys continue, and rows keep their rowid.
 *
 * DROP TABLE with foreign keys on deletes the rows first, with those that refer to them. `PRAGMA foreign_keys` does nothing inside a
 * transaction, so it is switched off before (Work `outside`), and that it is off is part of what is read. Before COMMIT the numbers of rows
 * of the table and of all that refer to it are compared with those before, and the rows that violate a foreign key.
 *
 * RENAME would change references to the table in other tables, triggers and views; with `legacy_alter_table` it does not (SQLite 3.26 to
 * 3.54). Facts: `test/live/rebuild.test.ts`.
 */
import type { AnyTable } from '../../core/syntax/Syntax.js'
import type { ForeignKey } from '../../core/table/Schema.js'
import { columnName, qualifiedName } from '../../core/table/Table.js'
import { databaseError, foreignKeyViolation, refuse, schemaConflict } from '../../core/value/DbError.js'
import { OLD_ROW } from '../AlterParts.js'
import type { CatalogRows } from '../Catalog.js'
import type { Work } from '../Work.js'
import { folded, tokensIn } from './createTokens.js'
import { type Edit, edited, type PlacedText, placed, unqualifying } from './editText.js'
import { quote, quoted, temporaryName } from './names.js'

/** What a table is and what depends on it, as read from the database. */
export interface LiveTable extends PlacedText {
  /** The name as it was created. */
  readonly name: string
  /** The columns of its primary key. */
  readonly key: readonly string[]
  /** Whether rows have a rowid that is none of the columns. */
  readonly hasHiddenRowid: boolean
  readonly indexes: readonly { readonly name: string; readonly sql: string }[]
  readonly triggers: readonly { readonly name: string; readonly sql: string; readonly on: string; readonly isTemporary: boolean }[]
  /** The foreign keys of all tables that refer to it: their table, their number, and a column of the key that they refer to. */
  readonly referrers: readonly { readonly table: string; readonly id: string; readonly to: string | null }[]
}

/** How a table is created again. */
export interface Rebuilding {
  readonly table: AnyTable
  readonly after: AnyTable
  /** The changes of its text; none leaves it as it is. May refuse. */
  readonly edits: (live: LiveTable) => readonly Edit[]
  /** Values of columns over the row before, by SQL name; all other columns keep theirs. */
  readonly values: { readonly [column: string]: string }
  /** The statements that create indexes again that do not keep their texts. */
  readonly indexes?: readonly { readonly name: string; readonly sql: string }[]
  /** The foreign key that is added, for its error. */
  readonly foreignKey: ForeignKey | null
}

const schemaOf = (t: AnyTable): string => t.schema ?? 'main'

// --- Reading ------------------------------------------------------------------------------------

const liveQuery = (t: AnyTable): string => {
  const [schema, literal, name] = [quote(schemaOf(t)), quoted(schemaOf(t)), quoted(t.name)]
  const is = (column: string): string => `${column} = ${name} COLLATE NOCASE`
  const objects = `SELECT * FROM ${schema}.sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid`
  return [
    `SELECT 'foreign_keys', CAST(foreign_keys AS TEXT), NULL, NULL FROM pragma_foreign_keys`,
    `SELECT type, name, sql, tbl_name FROM (${objects}) WHERE type = 'trigger' OR type IN ('table', 'index') AND ${is('tbl_name')}`,
    `SELECT 'temporary', name, sql, tbl_name FROM temp.sqlite_schema WHERE type = 'trigger'`,
    `SELECT 'key', name, NULL, NULL FROM (SELECT * FROM pragma_table_xinfo(${name}, ${literal}) ORDER BY pk) WHERE pk > 0`,
    `SELECT 'key index', name, NULL, NULL FROM pragma_index_list(${name}, ${literal}) WHERE origin = 'pk'`,
    `SELECT 'without rowid', name, NULL, NULL FROM pragma_table_list(${name}) WHERE schema = ${literal} COLLATE NOCASE AND wr = 1`,
    `SELECT 'referrer', m.name, CAST(f.id AS TEXT), f."to" FROM ${schema}.sqlite_schema AS m, pragma_foreign_key_list(m.name, ${literal}) AS f WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND ${is('f."table"')}`,
  ].join(' UNION ALL ')
}

const liveOf = (t: AnyTable, rows: CatalogRows): LiveTable => {
  const of = (...kinds: readonly string[]): readonly (readonly string[])[] =>
    rows.filter(r => kinds.includes(String(r[0]))).map(r => r.map(cell => cell ?? ''))
  if (of('foreign_keys')[0]?.[1] !== '0') refuse(databaseError(null, 'the foreign keys of SQLite could not be switched off'))
  const [found] = of('table')
  const text = placed(found?.[2] ?? '')
  if (found === undefined || text === null)
    return refuse(schemaConflict(qualifiedName(t), 'there is no such table: create it with createAll'))
  const key = of('key').map(([, name = '']) => name)
  const isRowid = key.length === 1 && of('key index').length === 0
  return {
    ...text,
    name: found[1] ?? '',
    key,
    hasHiddenRowid: of('without rowid').length === 0 && !isRowid,
    indexes: of('index').map(([, name = '', sql = '']) => ({ name, sql })),
    triggers: of('trigger', 'temporary').map(([type, name = '', sql = '', on = '']) => ({
      name,
      sql,
      on,
      isTemporary: type === 'temporary',
    })),
    referrers: rows.filter(r => r[0] === 'referrer').map(([, table, id, to = null]) => ({ table: table ?? '', id: id ?? '', to })),
  }
}

// --- What must not change -----------------------------------------------------------------------

/** The numbers of rows, the violations by referring and referred table, and the last generated key. */
const stateQuery = (t: AnyTable, live: LiveTable): string => {
  const [schema, literal] = [quote(schemaOf(t)), quoted(schemaOf(t))]
  const tables = [live.name, ...new Set(live.referrers.map(r => r.table).filter(n => folded(n) !== folded(live.name)))]
  return [
    ...tables.flatMap(n => [
      `SELECT 'rows', ${quoted(n)}, NULL, CAST(count(*) AS TEXT) FROM ${schema}.${quote(n)}`,
      `SELECT 'violations', ${quoted(n)}, "parent", CAST(count(*) AS TEXT) FROM pragma_foreign_key_check(${quoted(n)}, ${literal}) GROUP BY "parent"`,
    ]),
    ...(hasSequence(live)
      ? [`SELECT 'sequence', name, NULL, CAST(seq AS TEXT) FROM ${schema}.sqlite_sequence WHERE name = ${quoted(live.name)}`]
      : []),
  ].join(' UNION ALL ')
}

const hasSequence = ({ sql, places: { constraints } }: PlacedText): boolean =>
  constraints.some(c => c.kind === 'primaryKey' && /\bAUTOINCREMENT\b/i.test(sql.slice(c.start, c.end)))

const assertSame = ({ table, foreignKey }: Rebuilding, before: CatalogRows, after: CatalogRows): void => {
  const number = (rows: CatalogRows, [kind, name, parent]: CatalogRows[number]): number =>
    Number(rows.find(r => r[0] === kind && r[1] === name && r[2] === parent)?.[3] ?? 0)
  for (const row of after) {
    const [kind, name] = row
    if (kind === 'rows' && number(before, row) !== number(after, row))
      refuse(schemaConflict(qualifiedName(table), `to create it again would change the number of rows of ${name}: nothing was changed`))
    if (kind === 'violations' && number(after, row) > number(before, row)) {
      const { name: key = null, columns = [] } = foreignKey ?? {}
      const names = foreignKey === null ? [] : columns.map(c => columnName(foreignKey.table, c))
      refuse(foreignKeyViolation(name ?? null, key, names))
    }
  }
}

const viewsQuery = (t: AnyTable): string => {
  const text = (schema: string): string => `SELECT sql FROM ${schema}.sqlite_schema AS s WHERE s.type = 'view' AND s.name = l.name`
  return `SELECT l.name, CAST(l.ncol > 0 AS TEXT), coalesce((${text(quote(schemaOf(t)))}), (${text('temp')})) FROM pragma_table_list AS l WHERE l.type = 'view'`
}

/** Work that is refused if a view can't be read after it, or is not what it was. A view that could not be read before is no concern. */
export const keepingViews = (t: AnyTable, work: readonly Work[]): readonly Work[] => {
  const compare = (before: CatalogRows, after: CatalogRows): readonly Work[] => {
    const broken = before.find(([name, reads, sql]) => {
      const now = after.find(r => r[0] === name)
      return reads === '1' && (now?.[1] !== '1' || now[2] !== sql)
    })
    const why = `the view ${broken?.[0]} reads what changes: drop the view first, and create it again afterwards`
    return broken === undefined ? [] : refuse(schemaConflict(qualifiedName(t), why))
  }
  const sql = viewsQuery(t)
  return [
    { tag: 'query', sql, columns: 3, then: before => [...work, { tag: 'query', sql, columns: 3, then: after => compare(before, after) }] },
  ]
}

// --- Work ---------------------------------------------------------------------------------------

/** What is done outside of the transaction. `legacy_alter_table` is switched back here too, in case of a failure in between. */
const OUTSIDE: Work = {
  tag: 'outside',
  before: ['PRAGMA foreign_keys = OFF'],
  after: ['PRAGMA legacy_alter_table = OFF', 'PRAGMA foreign_keys = ON'],
  what: 'creating a table again',
}

/** The statement that creates an index or trigger of a schema, from the text that SQLite keeps, which names no schema. */
const createdAgain = (schema: string, sql: string, isTemporary: boolean): string => {
  const { tokens } = tokensIn(sql)
  const name = tokens[tokens[1]?.text.toUpperCase() === 'UNIQUE' ? 3 : 2]
  const start = name?.start ?? 0
  return isTemporary ? sql.replace(/^CREATE/i, 'CREATE TEMP') : `${sql.slice(0, start)}${quote(schema)}.${sql.slice(start)}`
}

/** The copy of all rows. ON CONFLICT clauses of the table must not leave rows out, so that the statement has its own. */
const copy = ({ table, values }: Rebuilding, live: LiveTable, next: PlacedText, temporary: string): string => {
  const schema = quote(schemaOf(table))
  const old = quote(OLD_ROW)
  const computed = next.places.constraints.filter(c => c.kind === 'computed').map(c => folded(c.column ?? ''))
  const columns = next.places.columns.map(c => c.name).filter(name => !computed.includes(folded(name)))
  const taken = [...live.places.columns, ...next.places.columns].map(c => folded(c.name))
  const rowid = live.hasHiddenRowid ? ['rowid', '_rowid_', 'oid'].find(name => !taken.includes(name)) : undefined
  const given = (name: string): string | undefined => Object.entries(values).find(([n]) => folded(n) === folded(name))?.[1]
  const names = [...(rowid === undefined ? [] : [rowid]), ...columns.map(quote)]
  const selected = [...(rowid === undefined ? [] : [`${old}.${rowid}`]), ...columns.map(name => given(name) ?? `${old}.${quote(name)}`)]
  return `INSERT OR ABORT INTO ${schema}.${quote(temporary)} (${names.join(', ')}) SELECT ${selected.join(', ')} FROM ${schema}.${quote(live.name)} AS ${old}`
}

const recreated = (r: Rebuilding, live: LiveTable, edits: readonly Edit[], before: CatalogRows): readonly Work[] => {
  const { table, after } = r
  const schema = schemaOf(table)
  const full = (name: string): string => `${quote(schema)}.${quote(name)}`
  const temporary = temporaryName(live.name)
  const create = edited(live.sql, [{ ...live.places.name, text: full(temporary) }, ...unqualifying(live, live.name), ...edits])
  const next = placed(create)
  if (next === null) return refuse(schemaConflict(qualifiedName(table), 'its CREATE TABLE can not be read'))
  const sequence = before.find(row => row[0] === 'sequence')?.[3] ?? null
  const sql = (text: string): Work => ({ tag: 'sql', sql: text, table: after })
  return [
    sql(create),
    sql(copy(r, live, next, temporary)),
    sql(`DROP TABLE ${full(live.name)}`),
    sql('PRAGMA legacy_alter_table = ON'),
    sql(`ALTER TABLE ${full(temporary)} RENAME TO ${quote(live.name)}`),
    sql('PRAGMA legacy_alter_table = OFF'),
    ...(sequence === null
      ? []
      : [
          sql(`DELETE FROM ${full('sqlite_sequence')} WHERE name = ${quoted(live.name)}`),
          sql(`INSERT INTO ${full('sqlite_sequence')} (name, seq) VALUES (${quoted(live.name)}, ${sequence})`),
        ]),
    ...live.indexes.map(i => sql(r.indexes?.find(own => folded(own.name) === folded(i.name))?.sql ?? createdAgain(schema, i.sql, false))),
    ...live.triggers.filter(t => folded(t.on) === folded(live.name)).map(t => sql(createdAgain(schema, t.sql, t.isTemporary))),
    {
      tag: 'query',
      sql: stateQuery(table, live),
      columns: 4,
      then: now => {
        assertSame(r, before, now)
        return []
      },
    },
  ]
}

/** The work that creates a table again. */
export const rebuilt = (r: Rebuilding): readonly Work[] => {
  const { table } = r
  const then = (rows: CatalogRows): readonly Work[] => {
    const live = liveOf(table, rows)
    const edits = r.edits(live)
    if (edits.length === 0) return []
    return [{ tag: 'query', sql: stateQuery(table, live), columns: 4, then: before => recreated(r, live, edits, before) }]
  }
  return [OUTSIDE, ...keepingViews(table, [{ tag: 'query', sql: liveQuery(table), columns: 4, then }])]
}
