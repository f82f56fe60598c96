/**
 * The queries of the catalogs of MySQL and MariaDB: one for each kind of thing in information_schema, whatever the number of tables.
 *
 * A `Source` is a table of information_schema with the columns that are read, by the names under which `systemCatalog` knows them. Each query names
 * its database as a constant, for which MariaDB opens no tables of other databases (10.11); several databases are a union. All columns
 * are cast to texts, whose collation is that of the session, so that a union distinguishes cases.
 *
 * No query joins: for 500 tables, a join of CHECK_CONSTRAINTS with TABLE_CONSTRAINTS takes 2 s on MySQL (9.7), and each of them 10 ms.
 */
import type { CatalogQuery, CatalogRows, CatalogScope } from '../Catalog.js'
import { quoted } from './ddl.js'

/** A table of information_schema: its column with the name of the database, the columns that are read, and which rows. */
interface Source<K extends string> {
  readonly from: string
  readonly schema: string
  readonly columns: { readonly [k in K]: string }
  readonly where: string | null
}

/** A row of a source, by the names of its columns. */
type SourceRow<K extends string> = { readonly [k in K]: string | null }

const TABLES = {
  from: 'TABLES',
  schema: 'TABLE_SCHEMA',
  columns: {
    schema: 'TABLE_SCHEMA',
    table: 'TABLE_NAME',
    kind: 'TABLE_TYPE',
    engine: 'ENGINE',
    collation: 'TABLE_COLLATION',
    options: 'CREATE_OPTIONS',
    comment: 'TABLE_COMMENT',
  },
  where: null,
}

const COLUMNS = {
  from: 'COLUMNS',
  schema: 'TABLE_SCHEMA',
  columns: {
    schema: 'TABLE_SCHEMA',
    table: 'TABLE_NAME',
    column: 'COLUMN_NAME',
    position: 'ORDINAL_POSITION',
    type: 'COLUMN_TYPE',
    collation: 'COLLATION_NAME',
    nullable: 'IS_NULLABLE',
    default: 'COLUMN_DEFAULT',
    extra: 'EXTRA',
    computed: 'GENERATION_EXPRESSION',
    comment: 'COLUMN_COMMENT',
    srid: 'SRS_ID',
  },
  where: null,
}

const KEYS = {
  from: 'STATISTICS',
  schema: 'TABLE_SCHEMA',
  columns: {
    schema: 'TABLE_SCHEMA',
    table: 'TABLE_NAME',
    index: 'INDEX_NAME',
    position: 'SEQ_IN_INDEX',
    repeats: 'NON_UNIQUE',
    column: 'COLUMN_NAME',
    expression: 'EXPRESSION',
    direction: 'COLLATION',
    prefix: 'SUB_PART',
    method: 'INDEX_TYPE',
    comment: 'INDEX_COMMENT',
    used: 'IS_VISIBLE',
  },
  where: null,
}

const CHECKS = {
  from: 'CHECK_CONSTRAINTS',
  schema: 'CONSTRAINT_SCHEMA',
  columns: {
    schema: 'CONSTRAINT_SCHEMA',
    table: 'NULL',
    name: 'CONSTRAINT_NAME',
    level: "'Table'",
    text: 'CHECK_CLAUSE',
  },
  where: null,
}

/** The tables of checks, where `CHECKS` has none. */
const ENFORCED = {
  from: 'TABLE_CONSTRAINTS',
  schema: 'TABLE_SCHEMA',
  columns: { schema: 'TABLE_SCHEMA', table: 'TABLE_NAME', name: 'CONSTRAINT_NAME', enforced: 'ENFORCED' },
  where: "CONSTRAINT_TYPE = 'CHECK'",
}

const ACTIONS = {
  from: 'REFERENTIAL_CONSTRAINTS',
  schema: 'CONSTRAINT_SCHEMA',
  columns: {
    schema: 'CONSTRAINT_SCHEMA',
    table: 'TABLE_NAME',
    name: 'CONSTRAINT_NAME',
    onUpdate: 'UPDATE_RULE',
    onDelete: 'DELETE_RULE',
  },
  where: null,
}

const REFERENCES = {
  from: 'KEY_COLUMN_USAGE',
  schema: 'TABLE_SCHEMA',
  columns: {
    schema: 'TABLE_SCHEMA',
    table: 'TABLE_NAME',
    name: 'CONSTRAINT_NAME',
    position: 'ORDINAL_POSITION',
    column: 'COLUMN_NAME',
    targetSchema: 'REFERENCED_TABLE_SCHEMA',
    target: 'REFERENCED_TABLE_NAME',
    targetColumn: 'REFERENCED_COLUMN_NAME',
  },
  where: 'REFERENCED_TABLE_NAME IS NOT NULL',
}

const VIEWS = {
  from: 'VIEWS',
  schema: 'TABLE_SCHEMA',
  columns: { schema: 'TABLE_SCHEMA', table: 'TABLE_NAME', text: 'VIEW_DEFINITION', option: 'CHECK_OPTION' },
  where: null,
}

const TRIGGERS = {
  from: 'TRIGGERS',
  schema: 'TRIGGER_SCHEMA',
  columns: {
    schema: 'EVENT_OBJECT_SCHEMA',
    table: 'EVENT_OBJECT_TABLE',
    name: 'TRIGGER_NAME',
    time: 'ACTION_TIMING',
    event: 'EVENT_MANIPULATION',
  },
  where: null,
}

const PARTITIONS = {
  from: 'PARTITIONS',
  schema: 'TABLE_SCHEMA',
  columns: {
    schema: 'TABLE_SCHEMA',
    table: 'TABLE_NAME',
    name: 'PARTITION_NAME',
    position: 'PARTITION_ORDINAL_POSITION',
    method: 'PARTITION_METHOD',
    expression: 'PARTITION_EXPRESSION',
  },
  where: 'PARTITION_NAME IS NOT NULL',
}

/** The sources of MySQL. */
export const mysqlSources = {
  tables: TABLES,
  columns: COLUMNS,
  keys: KEYS,
  checks: CHECKS,
  enforced: ENFORCED as typeof ENFORCED | null,
  actions: ACTIONS,
  references: REFERENCES,
  views: VIEWS,
  triggers: TRIGGERS,
  partitions: PARTITIONS,
}

/** The sources of an engine; null where it has no such table. */
export type Sources = typeof mysqlSources

/** The sources of MariaDB, whose checks name their tables, are of a column or a table, and are all enforced (10.11). */
export const mariadbSources: Sources = {
  ...mysqlSources,
  columns: { ...COLUMNS, columns: { ...COLUMNS.columns, srid: 'NULL' } },
  keys: { ...KEYS, columns: { ...KEYS.columns, expression: 'NULL', used: "IF(IGNORED = 'YES', 'NO', 'YES')" } },
  checks: { ...CHECKS, columns: { ...CHECKS.columns, table: 'TABLE_NAME', level: 'LEVEL' } },
  enforced: null,
}

const queryOf = (source: Source<string>, schemas: CatalogScope['schemas']): CatalogQuery => {
  const columns = Object.values(source.columns)
  const list = columns.map(c => `CAST(${c} AS CHAR)`).join(', ')
  const more = source.where === null ? '' : ` AND ${source.where}`
  const selects = schemas.map(
    s => `SELECT ${list} FROM information_schema.${source.from} WHERE ${source.schema} = ${s === null ? 'database()' : quoted(s)}${more}`,
  )
  return { text: selects.join(' UNION '), columns: columns.length }
}

/** The queries of a scope: the name of the default database, and each source. None for no databases. */
export const queriesOf =
  (sources: Sources) =>
  ({ schemas, temporary }: CatalogScope): readonly CatalogQuery[] =>
    temporary || schemas.length === 0
      ? []
      : [
          { text: 'SELECT CAST(database() AS CHAR)', columns: 1 },
          ...Object.values(sources).flatMap(source => (source === null ? [] : [queryOf(source, schemas)])),
        ]

/** The rows of each source. */
export type Read = { readonly [S in keyof Sources]: readonly SourceRow<keyof NonNullable<Sources[S]>['columns'] & string>[] }

/** The rows of the queries by their sources, with the name of the default database. */
export const rowsOf = (sources: Sources, rows: readonly CatalogRows[]): { readonly database: string; readonly read: Read } => {
  let next = 1
  const named = Object.entries(sources).map(([name, source]) => {
    if (source === null) return [name, []]
    const columns = Object.keys(source.columns)
    const found = rows[next] ?? []
    next += 1
    return [name, found.map(row => Object.fromEntries(columns.map((c, i) => [c, row[i] ?? null])))]
  })
  return { database: rows[0]?.[0]?.[0] ?? '', read: Object.fromEntries(named) as Read }
}
