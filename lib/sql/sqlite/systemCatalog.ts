/**
 * The catalog of SQLite: `sqlite_schema` and the pragmas that are tables.
 *
 * What the pragmas return is taken from them; names of constraints, checks, expressions and comments are in the texts of the CREATE statements
 * (`createText`). Types are those that are declared: INTEGER and INT are bigint, TEXT is text, REAL float, BLOB bytes; every other declared
 * type, and a text with another collation than BINARY, is `custom`. A type note (`core/schema/typeNote`) that declares the same storage class
 * as the column wins; any other note is ignored.
 *
 * Texts of defaults, checks, conditions and computed columns are what stands inside the brackets, which is also what the engine returns for
 * `DEFAULT (expr)`. DEFAULT NULL is no default. Names that foreign keys and keys write in another case are those of their table.
 *
 * Left out: tables whose names begin with `sqlite_`, virtual tables with their shadow tables. A view that the engine can't resolve has the
 * columns that its text lists. A schema that is not attached is an error of the engine. Facts: `test/live/catalog.sqlite.test.ts`.
 */
import {
  type ActionImage,
  type ColumnImage,
  type ForeignKeyImage,
  type IndexImage,
  type KeyImage,
  mapTables,
  type SchemaImage,
  sorted,
  type TableImage,
  type ViewImage,
  withoutRestrict,
} from '../../core/schema/SchemaImage.js'
import { readComment } from '../../core/schema/typeNote.js'
import type { SqlType } from '../../core/value/SqlType.js'
import type { Catalog, CatalogQuery, CatalogRows, CatalogScope } from '../Catalog.js'
import { moduleOf, readDefinition, readIndex, readTable, readView, type TableText } from './createText.js'
import { folded } from './createTokens.js'
import { ddl, quote, quoted } from './ddl.js'

type Row = CatalogRows[number]

// --- Queries ------------------------------------------------------------------------------------

/** The schemas of a scope: their name in the engine, and their name in the image. */
const schemasOf = ({ schemas, temporary }: CatalogScope): readonly { readonly engine: string; readonly image: string | null }[] =>
  temporary ? [{ engine: 'temp', image: null }] : schemas.map(image => ({ engine: image ?? 'main', image }))

/** The tables and views of a schema, of some types. The pragma reads every table each time, so it is not joined itself. */
const listed = (schema: string, condition: string): string =>
  `(WITH listed AS MATERIALIZED (SELECT l.name, l.type, l.wr, l.strict FROM pragma_table_list AS l WHERE l.schema = ${schema} COLLATE NOCASE AND ${condition}) SELECT * FROM listed)`

/**
 * Those with columns. Other pragmas fail on a view of a missing table, which has none here, and which can hide the columns of other views
 * (SQLite 3.54: the pragma tries to resolve the first view without columns again and again).
 */
const known = (schema: string, types: string): string =>
  listed(schema, `l.type IN (${types}) AND l.ncol > 0 AND l.name NOT LIKE 'sqlite~_%' ESCAPE '~'`)

/** One SELECT for each schema, in one query. The first column is the place of the schema in the scope. */
const inSchemas = (scope: CatalogScope, columns: readonly string[], from: (literal: string, name: string) => string): CatalogQuery => ({
  columns: columns.length + 1,
  text: schemasOf(scope)
    .map(({ engine }, i) => {
      const selected = [`'${i}'`, ...columns].map(c => `CAST(${c} AS TEXT)`).join(', ')
      return `SELECT ${selected} FROM ${from(quoted(engine), quote(engine))}`
    })
    .join(' UNION ALL '),
})

const queries = (scope: CatalogScope): readonly CatalogQuery[] =>
  schemasOf(scope).length === 0
    ? []
    : [
        inSchemas(
          scope,
          ['s.type', 's.name', 's.tbl_name', 's.sql', 'l.type', 'l.wr', 'l.strict'],
          (literal, name) =>
            `${name}.sqlite_schema AS s LEFT JOIN ${listed(literal, "l.type <> 'view'")} AS l ON l.name = s.name AND s.type = 'table' WHERE s.sql IS NOT NULL`,
        ),
        inSchemas(
          scope,
          ['t.name', 'x.cid', 'x.name', 'x.type', 'x."notnull"', 'x.dflt_value', 'x.pk', 'x.hidden'],
          literal => `${known(literal, "'table', 'view'")} AS t, pragma_table_xinfo(t.name, ${literal}) AS x`,
        ),
        inSchemas(
          scope,
          ['t.name', 'i.name', 'i."unique"', 'i.origin', 'x.seqno', 'x.cid', 'x.name', 'x."desc"', 'x.coll'],
          literal =>
            `${known(literal, "'table'")} AS t, pragma_index_list(t.name, ${literal}) AS i, pragma_index_xinfo(i.name, ${literal}) AS x WHERE x.key = 1`,
        ),
        inSchemas(
          scope,
          ['t.name', 'f.id', 'f.seq', 'f."table"', 'f."from"', 'f."to"', 'f.on_update', 'f.on_delete'],
          literal => `${known(literal, "'table'")} AS t, pragma_foreign_key_list(t.name, ${literal}) AS f`,
        ),
      ]

// --- Types --------------------------------------------------------------------------------------

const STORAGE = new Map<string, SqlType>([
  ['integer', { tag: 'bigint' }],
  ['int', { tag: 'bigint' }],
  ['text', { tag: 'text' }],
  ['real', { tag: 'float' }],
  ['blob', { tag: 'bytes' }],
])

/** The type of a column by its definition alone. */
const declaredType = (declared: string, collation: string | null): SqlType => {
  const collated =
    collation === null || folded(collation) === 'binary' ? '' : ` COLLATE ${/^\w+$/.test(collation) ? collation : quote(collation)}`
  const type = collated === '' ? STORAGE.get(folded(declared)) : undefined
  return type ?? { tag: 'custom', names: { sqlite: `${declared}${collated}`.trim() } }
}

const typeOf = (defined: string): SqlType => {
  const { type, collation } = readDefinition(defined)
  return declaredType(type, collation)
}

/** The type of a note, if its values are stored as the column declares. */
const noted = (note: SqlType | null, declared: SqlType): SqlType => {
  if (note === null || declared.tag === 'custom') return declared
  const use = { generated: false, key: false, primary: false, keyColumns: 0, leadsKey: false }
  return typeOf(ddl.columnType(note, use)).tag === declared.tag ? note : declared
}

// --- Reading ------------------------------------------------------------------------------------

/** What the shadow tables of a module are called after the name of their virtual table, where the module is not loaded. */
const SHADOWS: readonly (readonly [module: RegExp, suffix: RegExp])[] = [
  [/^fts[34]$/, /^_(content|segments|segdir|docsize|stat)$/],
  [/^fts5$/, /^_(data|idx|content|docsize|config)$/],
  [/^(rtree|rtree_i32|geopoly)$/, /^_(node|parent|rowid)$/],
]

/** Rows by the name of the table that is in their second column, and the schema in their first. */
const byTable = (rows: CatalogRows): ((row: Row) => readonly Row[]) => {
  const groups = new Map<string, Row[]>()
  const id = ([schema, name]: Row): string => `${schema} ${name}`
  for (const row of rows) {
    const group = groups.get(id(row))
    if (group === undefined) groups.set(id(row), [row])
    else group.push(row)
  }
  return row => groups.get(id(row)) ?? []
}

const ascending = (rows: readonly Row[], column: number): readonly Row[] => [...rows].sort((a, b) => Number(a[column]) - Number(b[column]))

/** A name of a list that the engine takes for this one. */
const sameName = (names: readonly string[], name: string): string =>
  names.find(n => n === name) ?? names.find(n => folded(n) === folded(name)) ?? name

const EMPTY: TableText = {
  comment: null,
  columns: [],
  primaryKey: null,
  uniques: [],
  checks: [],
  foreignKeys: [],
  autoincrement: false,
  oddities: [],
}

/** What is known of a table before its keys, which refer to other tables. */
interface Reading {
  readonly schema: string | null
  readonly name: string
  readonly text: TableText
  /** The names of its columns, and those of its primary key. */
  readonly columns: readonly string[]
  readonly key: readonly string[]
  /** Whether the key is the row's number, which SQLite generates. */
  readonly isGenerated: boolean
  readonly withoutRowid: boolean
  readonly strict: boolean
  readonly columnRows: readonly Row[]
  readonly indexRows: readonly Row[]
}

const nameIn = (row: Row, column: number): string => row[column] ?? ''

const readingOf = (
  schema: string | null,
  [, , name, , sql, , wr, strict]: Row,
  columnRows: readonly Row[],
  indexRows: readonly Row[],
): Reading => {
  const withoutRowid = wr === '1'
  const keyRows = ascending(
    columnRows.filter(r => r[7] !== '0'),
    7,
  )
  return {
    schema,
    name: name ?? '',
    text: readTable(sql ?? '') ?? EMPTY,
    columns: columnRows.map(r => nameIn(r, 3)),
    key: keyRows.map(r => nameIn(r, 3)),
    // a key of another kind has an index
    isGenerated: !withoutRowid && keyRows.length === 1 && !indexRows.some(r => r[4] === 'pk'),
    withoutRowid,
    strict: strict === '1',
    columnRows,
    indexRows,
  }
}

const columnsOf = (t: Reading): readonly ColumnImage[] =>
  t.columnRows.map((row): ColumnImage => {
    const [, , , name = '', type, notNull, byDefault = null, key] = row
    const text = t.text.columns.find(c => c.name === name)
    const { comment, type: note } = readComment(text?.comment ?? null)
    const generated = key !== '0' && t.isGenerated
    return {
      name: name ?? '',
      type: noted(note, declaredType(type ?? '', text?.collation ?? null)),
      nullable: notNull === '0' && !generated,
      generated,
      default: generated || byDefault === null || folded(byDefault) === 'null' ? null : { text: byDefault },
      computed: text?.computed ?? null,
      comment,
    }
  })

const indexesOf = (t: Reading, texts: ReadonlyMap<string, string>): readonly IndexImage[] => {
  const names = [...new Set(t.indexRows.flatMap(r => (r[4] === 'c' ? [nameIn(r, 2)] : [])))]
  return names.map((name): IndexImage => {
    const rows = ascending(
      t.indexRows.filter(r => r[2] === name),
      5,
    )
    const text = readIndex(texts.get(name) ?? '')
    const options = rows.flatMap(row => {
      const [, , , , , , cid, column, , collation] = row
      const own = t.text.columns.find(c => c.name === column)?.collation ?? 'BINARY'
      return cid === '-2' || folded(own) === folded(collation ?? '') ? [] : [`${quote(column ?? '')} COLLATE ${collation}`]
    })
    return {
      name,
      keys: rows.map((row, i) => ({
        of: row[6] === '-2' ? { tag: 'expression', text: text.keys[i] ?? null } : { tag: 'column', name: nameIn(row, 7) },
        direction: row[8] === '1' ? 'desc' : 'asc',
        nulls: null,
      })),
      unique: rows[0]?.[3] === '1',
      where: text.where === null ? null : { text: text.where },
      method: null,
      options: options.join(', '),
      valid: true,
    }
  })
}

const ACTIONS: { readonly [action: string]: ActionImage } = {
  RESTRICT: 'restrict',
  CASCADE: 'cascade',
  'SET NULL': 'setNull',
  'SET DEFAULT': 'setDefault',
}

/** The foreign keys of a table. The pragma numbers them from the last in the text to the first. */
const foreignKeysIn = (t: Reading, rows: readonly Row[], find: (name: string) => Reading | undefined): readonly ForeignKeyImage[] => {
  const ids = [...new Set(rows.map(r => Number(r[2])))].sort((a, b) => b - a)
  return ids.map((id, i): ForeignKeyImage => {
    const parts = ascending(
      rows.filter(r => Number(r[2]) === id),
      3,
    )
    const [, , , , table, , , onUpdate, onDelete] = parts[0] ?? []
    const target = find(table ?? '')
    const isImplicit = parts.every(r => r[6] === null)
    const text = ids.length === t.text.foreignKeys.length ? t.text.foreignKeys[i] : undefined
    return {
      name: text?.name ?? null,
      columns: parts.map(r => nameIn(r, 5)),
      target: { schema: t.schema, name: target?.name ?? table ?? '' },
      targetColumns: isImplicit ? (target?.key ?? []) : parts.map(r => sameName(target?.columns ?? [], nameIn(r, 6))),
      onDelete: ACTIONS[onDelete ?? ''] ?? 'noAction',
      onUpdate: ACTIONS[onUpdate ?? ''] ?? 'noAction',
      deferrable: text?.deferrable ?? false,
      valid: true,
    }
  })
}

const othersOf = (t: Reading, triggers: readonly string[]): readonly string[] => [
  ...(t.strict ? [] : ['It is not STRICT: its columns can hold values of any type.']),
  ...(t.withoutRowid ? ['It is WITHOUT ROWID.'] : []),
  ...(t.isGenerated && !t.text.autoincrement ? ['Its key has no AUTOINCREMENT: keys of deleted rows can be generated again.'] : []),
  ...t.text.oddities.map(oddity => `It has the constraint ${oddity}.`),
  ...triggers.map(name => `It has the trigger ${name}.`),
]

const keyOf = (t: Reading, { name, columns }: KeyImage): KeyImage => ({ name, columns: columns.map(c => sameName(t.columns, c)) })

const viewOf = (schema: string | null, [, , name, , sql]: Row, columnRows: readonly Row[]): ViewImage => {
  const text = readView(sql ?? '')
  const columns =
    columnRows.length > 0 ? columnRows.map(r => ({ name: nameIn(r, 3), type: nameIn(r, 4) })) : text.columns.map(c => ({ ...c, type: '' }))
  return {
    schema,
    name: name ?? '',
    columns: columns.map((c, i) => ({
      name: c.name,
      type: readComment(text.columns[i]?.comment ?? null).type ?? declaredType(c.type, null),
    })),
    text: text.select,
    materialized: false,
    comment: readComment(text.comment).comment,
  }
}

/** The objects of one schema, without the engine's own, virtual tables and shadow tables. */
const ownObjects = (objects: readonly Row[]): readonly Row[] => {
  const virtual = objects.flatMap(([, type, name, , sql]) => {
    const module = type === 'table' && /^CREATE VIRTUAL/i.test(sql ?? '') ? moduleOf(sql ?? '') : null
    return module === null ? [] : [{ name: name ?? '', module }]
  })
  const isShadow = (name: string): boolean =>
    virtual.some(v => {
      const suffix = name.startsWith(v.name) ? name.slice(v.name.length) : ''
      return SHADOWS.some(([module, suffixes]) => module.test(v.module) && suffixes.test(suffix))
    })
  const isLeftOut = (name: string): boolean => folded(name).startsWith('sqlite_') || virtual.some(v => v.name === name) || isShadow(name)
  return objects.filter(row => row[5] !== 'virtual' && row[5] !== 'shadow' && !isLeftOut(nameIn(row, 2)) && !isLeftOut(nameIn(row, 3)))
}

const read = ([objects = [], columns = [], indexes = [], foreignKeys = []]: readonly CatalogRows[], scope: CatalogScope): SchemaImage => {
  const [columnsIn, indexesIn, foreignKeysOf] = [byTable(columns), byTable(indexes), byTable(foreignKeys)]
  const images = schemasOf(scope).map(({ image: schema }, place) => {
    const own = ownObjects(objects.filter(r => r[0] === String(place)))
    const ofType = (type: string): readonly Row[] => own.filter(r => r[1] === type)
    const idOf = (row: Row): Row => [row[0] ?? null, row[2] ?? null]
    const columnRows = (row: Row): readonly Row[] => ascending(columnsIn(idOf(row)), 2)
    const readings = new Map(
      ofType('table').map(row => [folded(nameIn(row, 2)), readingOf(schema, row, columnRows(row), indexesIn(idOf(row)))]),
    )
    const texts = new Map(ofType('index').map(r => [nameIn(r, 2), nameIn(r, 4)]))
    const triggers = ofType('trigger')
    const tables = [...readings.values()].map((t): TableImage => {
      const own = triggers.filter(r => folded(nameIn(r, 3)) === folded(t.name))
      return {
        schema,
        name: t.name,
        columns: columnsOf(t),
        primaryKey: t.key.length === 0 ? null : { name: t.text.primaryKey?.name ?? null, columns: t.key },
        uniques: t.text.uniques.map(key => keyOf(t, key)),
        indexes: indexesOf(t, texts),
        checks: t.text.checks.map(check => ({ ...check, valid: true })),
        foreignKeys: foreignKeysIn(t, foreignKeysOf([String(place), t.name]), name => readings.get(folded(name))),
        comment: t.text.comment === '' ? null : t.text.comment,
        others: othersOf(
          t,
          own.map(r => nameIn(r, 2)),
        ),
      }
    })
    return { tables, views: ofType('view').map(row => viewOf(schema, row, columnRows(row))) }
  })
  return sorted({ language: 'sqlite', tables: images.flatMap(i => i.tables), views: images.flatMap(i => i.views) })
}

/** A generated key is defined with its column, and has no name; RESTRICT is not told from NO ACTION. */
const reported = (image: SchemaImage): SchemaImage =>
  mapTables(image, t => ({
    ...t,
    primaryKey: t.primaryKey !== null && t.columns.some(c => c.generated) ? { ...t.primaryKey, name: null } : t.primaryKey,
    foreignKeys: t.foreignKeys.map(withoutRestrict),
  }))

/** How SQLite's schema is read: four queries for any number of tables. */
export const sqliteCatalog: Catalog = {
  queries,
  read,
  scratch: { tag: 'schema', schema: 'temp' },
  // the text is kept; a default is reported without its brackets
  isStoredAs: (printed, stored) => printed === stored || printed === `(${stored})`,
  reported,
  typeOf,
}
