/**
 * The catalogs of MySQL and MariaDB: their information_schema as an image.
 *
 * `schema` is null for the default database of the connection. Names are those that the catalog reports; where the server compares names of
 * tables without case, the target of a foreign key is found without case, too. A primary key has no name, and neither has a check of a
 * column on MariaDB, which only MODIFY COLUMN can drop. On MariaDB, RESTRICT is the action of a foreign key without one: it is `noAction`.
 *
 * Temporary tables are in no catalog (MySQL 9.7, MariaDB 10.11): a temporary scope has no queries, and the empty image. Their definitions
 * are read by `storedTexts`. Sequences of MariaDB are left out.
 */
import {
  type ActionImage,
  type CheckImage,
  type ColumnImage,
  emptyImage,
  type ForeignKeyImage,
  type IndexImage,
  mapTables,
  type SchemaImage,
  sorted,
  type TableImage,
  type ViewImage,
  withoutRestrict,
} from '../../core/schema/SchemaImage.js'
import { readComment } from '../../core/schema/typeNote.js'
import type { Catalog, CatalogScope, StoredTexts } from '../Catalog.js'
import { indexesOf, isIndexColumn } from './catalogIndexes.js'
import { mariadbSources, mysqlSources, queriesOf, type Read, rowsOf, type Sources } from './catalogQueries.js'
import { mariadbDefault, mysqlDefault, mysqlExpression, unqualified } from './catalogTexts.js'
import { type TypeFacts, typeOfColumn, typeOfDefined, withNote } from './catalogTypes.js'
import { isStoredAs } from './storedForms.js'
import { mariadbStored, mysqlStored } from './storedTexts.js'

/** What differs between the catalogs of MySQL and MariaDB. */
interface CatalogFacts {
  /** The expressions in the text of SHOW CREATE TABLE. */
  readonly stored: (shown: string) => StoredTexts
  readonly types: TypeFacts
  readonly sources: Sources
  /** An expression in a column of the catalog, as SQL. */
  readonly expression: (text: string) => string
  readonly default: (value: string | null, extra: string, type: string) => ColumnImage['default']
  /** The action of a foreign key for which none is stated. */
  readonly unstated: string
  /** The collations of json columns, where json is a text with a check; null where it is a type. */
  readonly jsonCollations: readonly string[] | null
  /** Whether invisible columns stand for the expressions of indexes (`isIndexColumn`). */
  readonly indexColumns: boolean
}

type Row<S extends keyof Read> = Read[S][number]

const id = (row: { readonly schema: string | null; readonly table: string | null }): string => `${row.schema}\0${row.table}`

/** Rows by table, in the order of their position if they have one. */
const grouped = <R extends { readonly schema: string | null; readonly table: string | null; readonly position?: string | null }>(
  rows: readonly R[],
): ((of: { readonly schema: string | null; readonly table: string | null }) => readonly R[]) => {
  const groups = new Map<string, R[]>()
  for (const row of [...rows].sort((a, b) => Number(a.position ?? 0) - Number(b.position ?? 0))) {
    const group = groups.get(id(row))
    if (group === undefined) groups.set(id(row), [row])
    else group.push(row)
  }
  return of => groups.get(id(of)) ?? []
}

const empty = (text: string | null): string | null => (text === '' ? null : text)

const ACTIONS: { readonly [rule: string]: ActionImage } = {
  'NO ACTION': 'noAction',
  RESTRICT: 'restrict',
  CASCADE: 'cascade',
  'SET NULL': 'setNull',
  'SET DEFAULT': 'setDefault',
}

/** The columns of a table, without those that stand for expressions of indexes, whose texts are `hidden`. */
const columnsOf = (
  facts: CatalogFacts,
  columns: readonly Row<'columns'>[],
  jsonColumns: ReadonlySet<string | null>,
  parts: readonly Row<'keys'>[],
  named: (text: string) => string,
): {
  readonly columns: readonly ColumnImage[]
  readonly hidden: { readonly [column: string]: string }
  readonly others: readonly string[]
} => {
  const images: ColumnImage[] = []
  const hidden: { [column: string]: string } = {}
  const others: string[] = []
  for (const c of columns) {
    const [name, extra, text] = [c.column ?? '', c.extra ?? '', c.type ?? '']
    const computed = empty(c.computed)
    const isInvisible = /\bINVISIBLE\b/i.test(extra)
    if (
      facts.indexColumns &&
      computed !== null &&
      isInvisible &&
      parts.some(p => p.column === name && isIndexColumn(p.index ?? '', name))
    ) {
      hidden[name] = facts.expression(computed)
      continue
    }
    const { comment, type: note } = readComment(c.comment)
    const type = typeOfColumn(facts.types)({ text, collation: c.collation, isJson: jsonColumns.has(name), srid: c.srid })
    const generated = /\bauto_increment\b/i.test(extra)
    const byDefault = generated || computed !== null ? null : facts.default(c.default, extra, text)
    images.push({
      name,
      type: withNote(type, note, text),
      nullable: c.nullable === 'YES',
      generated,
      // the next number of a sequence names the database
      default: byDefault === null ? null : { text: byDefault.text === null ? null : named(byDefault.text) },
      computed: computed === null ? null : { text: facts.expression(computed), stored: /\bSTORED\b/i.test(extra) },
      comment,
    })
    const onUpdate = /\bon update (\S+)/i.exec(extra)?.[1]
    if (onUpdate !== undefined) others.push(`column ${name}: on update ${onUpdate}`)
    if (isInvisible) others.push(`column ${name}: invisible`)
  }
  return { columns: images, hidden, others }
}

const foreignKeysOf = (
  facts: CatalogFacts,
  references: readonly Row<'references'>[],
  actions: readonly Row<'actions'>[],
  targetOf: (schema: string | null, name: string) => ForeignKeyImage['target'],
): readonly ForeignKeyImage[] => {
  const names = [...new Set(references.map(r => r.name))]
  return names.map(name => {
    const parts = references.filter(r => r.name === name)
    const rules = actions.find(a => a.name === name)
    const action = (rule: string | null | undefined): ActionImage =>
      rule === facts.unstated ? 'noAction' : (ACTIONS[rule ?? ''] ?? 'noAction')
    return {
      name,
      columns: parts.map(p => p.column ?? ''),
      target: targetOf(parts[0]?.targetSchema ?? null, parts[0]?.target ?? ''),
      targetColumns: parts.map(p => p.targetColumn ?? ''),
      onDelete: action(rules?.onDelete),
      onUpdate: action(rules?.onUpdate),
      deferrable: false,
      valid: true,
    }
  })
}

const partitionsText = (partitions: readonly Row<'partitions'>[]): readonly string[] => {
  const [first] = partitions
  if (first === undefined) return []
  // a partition that has parts is in several rows
  const names = [...new Set(partitions.map(p => p.name))]
  return [`partitioned by ${first.method}${first.expression === null ? '' : ` (${first.expression})`}: ${names.join(', ')}`]
}

const othersOf = (
  facts: CatalogFacts,
  t: Row<'tables'>,
  triggers: readonly Row<'triggers'>[],
  partitions: readonly Row<'partitions'>[],
): readonly string[] => {
  const options = (t.options ?? '').replace(/\bpartitioned\b/, '').trim()
  return [
    ...(t.engine === 'InnoDB' ? [] : [`engine ${t.engine ?? 'unknown'}`]),
    ...(t.collation === facts.types.collation ? [] : [`default collation ${t.collation}`]),
    ...(options === '' ? [] : [`options ${options}`]),
    ...(t.kind === 'SYSTEM VERSIONED' ? ['system versioning'] : []),
    ...triggers.map(g => `trigger ${g.name} ${g.time?.toLowerCase()} ${g.event?.toLowerCase()}`),
    ...partitionsText(partitions),
  ]
}

const IS_TABLE = new Set<string | null>(['BASE TABLE', 'SYSTEM VERSIONED'])

/** The check that makes a text of MariaDB a json. */
const jsonCheck = (column: string | null): string => `json_valid(\`${(column ?? '').replaceAll('`', '``')}\`)`

const imageOf = (facts: CatalogFacts, read: Read, database: string): SchemaImage => {
  const columns = grouped(read.columns)
  const keys = grouped(read.keys)
  const references = grouped(read.references)
  const actions = grouped(read.actions)
  const triggers = grouped(read.triggers)
  const partitions = grouped(read.partitions)
  // names of checks are unique in a database where the catalog does not tell their tables
  const constraint = (c: { readonly schema: string | null; readonly name: string | null }): string => `${c.schema}\0${c.name}`
  const enforced = new Map(read.enforced.map(e => [constraint(e), e]))
  const checks = grouped(read.checks.map(c => ({ ...c, table: c.table ?? enforced.get(constraint(c))?.table ?? null })))
  const schemaOf = (schema: string | null): string | null => (schema === database ? null : schema)
  const known = new Set(read.tables.map(id))
  const withoutCase = new Map(read.tables.map(t => [id(t).toLowerCase(), t.table]))
  const targetOf = (schema: string | null, name: string): ForeignKeyImage['target'] => {
    const of = id({ schema, table: name })
    return { schema: schemaOf(schema), name: known.has(of) ? name : (withoutCase.get(of.toLowerCase()) ?? name) }
  }
  const named = (of: { readonly schema: string | null }, text: string): string =>
    schemaOf(of.schema) === null ? unqualified(text, database) : text
  const { expression } = facts
  const tableOf = (t: Row<'tables'>): TableImage => {
    const rows = columns(t)
    const json = facts.jsonCollations
    const isJsonCheck = (c: Row<'checks'>): boolean =>
      json !== null &&
      c.level === 'Column' &&
      c.text === jsonCheck(c.name) &&
      rows.some(x => x.column === c.name && x.type === 'longtext' && json.includes(x.collation ?? ''))
    const jsonColumns = new Set(checks(t).flatMap(c => (isJsonCheck(c) ? [c.name] : [])))
    const foreignKeys = foreignKeysOf(facts, references(t), actions(t), targetOf)
    const parts = keys(t)
    const found = columnsOf(facts, rows, jsonColumns, parts, text => named(t, text))
    const checkOf = (c: Row<'checks'>): CheckImage => ({
      name: c.level === 'Column' ? null : c.name,
      text: expression(c.text ?? ''),
      valid: enforced.get(constraint(c))?.enforced !== 'NO',
    })
    return {
      schema: schemaOf(t.schema),
      name: t.table ?? '',
      columns: found.columns,
      ...indexesOf(t.table ?? '', parts, foreignKeys, expression, found.hidden),
      checks: checks(t).flatMap(c => (isJsonCheck(c) ? [] : [checkOf(c)])),
      foreignKeys,
      comment: empty(t.comment),
      others: [...found.others, ...othersOf(facts, t, triggers(t), partitions(t))],
    }
  }
  const viewOf = (v: Row<'views'>): ViewImage => {
    const text = empty(v.text)
    const option = v.option === null || v.option === 'NONE' ? '' : ` WITH ${v.option} CHECK OPTION`
    return {
      schema: schemaOf(v.schema),
      name: v.table ?? '',
      columns: columns(v).map(c => ({
        name: c.column ?? '',
        type: typeOfColumn(facts.types)({ text: c.type ?? '', collation: c.collation, isJson: false, srid: c.srid }),
      })),
      text: text === null ? null : `${named(v, text)}${option}`,
      materialized: false,
      comment: null,
    }
  }
  return sorted({
    language: facts.types.dialect,
    tables: read.tables.filter(t => IS_TABLE.has(t.kind)).map(tableOf),
    views: read.views.map(viewOf),
  })
}

/** A unique index of some rows has a first key that is null in the others; its text is not known here. */
const unconditional = (i: IndexImage): IndexImage =>
  i.where === null
    ? i
    : { ...i, where: null, keys: i.keys.map((k, n) => (n === 0 ? { ...k, of: { tag: 'expression', text: null } as const } : k)) }

/** Primary keys have no name, unique indexes of columns are unique keys, and RESTRICT is the same as NO ACTION. */
const reported = (image: SchemaImage): SchemaImage =>
  sorted(
    mapTables(image, t => {
      const isKey = (i: IndexImage): boolean =>
        i.unique && i.where === null && i.keys.every(k => k.of.tag === 'column' && k.direction === 'asc')
      const columns = (i: IndexImage): readonly string[] => i.keys.flatMap(k => (k.of.tag === 'column' ? [k.of.name] : []))
      return {
        ...t,
        primaryKey: t.primaryKey === null ? null : { ...t.primaryKey, name: null },
        uniques: [...t.uniques, ...t.indexes.filter(isKey).map(i => ({ name: i.name, columns: columns(i) }))],
        indexes: t.indexes.filter(i => !isKey(i)).map(unconditional),
        foreignKeys: t.foreignKeys.map(withoutRestrict),
      }
    }),
  )

const catalogOf = (facts: CatalogFacts): Catalog => ({
  queries: queriesOf(facts.sources),
  read: (rows, scope: CatalogScope) => {
    if (scope.temporary || scope.schemas.length === 0) return emptyImage(facts.types.dialect)
    const { database, read } = rowsOf(facts.sources, rows)
    return imageOf(facts, read, database)
  },
  isStoredAs,
  reported,
  typeOf: typeOfDefined(facts.types),
  scratch: {
    tag: 'shown',
    show: table => `SHOW CREATE TABLE ${table}`,
    read: facts.stored,
  },
})

/** The catalog of MySQL. */
export const mysqlCatalog: Catalog = catalogOf({
  stored: mysqlStored,
  types: { dialect: 'mysql', collation: 'utf8mb4_0900_bin' },
  sources: mysqlSources,
  expression: mysqlExpression,
  default: mysqlDefault,
  unstated: 'NO ACTION',
  jsonCollations: null,
  indexColumns: false,
})

/** The catalog of MariaDB. A column that is declared as json has the collation utf8mb4_bin, one of ours that of texts (10.11). */
export const mariadbCatalog: Catalog = catalogOf({
  stored: mariadbStored,
  types: { dialect: 'mariadb', collation: 'utf8mb4_nopad_bin' },
  sources: mariadbSources,
  expression: text => text,
  default: mariadbDefault,
  unstated: 'RESTRICT',
  jsonCollations: ['utf8mb4_bin', 'utf8mb4_nopad_bin'],
  indexColumns: true,
})
