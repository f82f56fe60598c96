/**
 * TypeScript modules of existing databases: the text of the tables and the schema that describe an image.
 *
 * `moduleOf(image)` has a constant for each table, and one for the schema. SQL names, types, keys, indexes and foreign keys are those of the
 * image. What an image has only as text in the engine's language (checks, expressions, conditions, computed columns, views, triggers) is
 * left to the database, and is a comment `// not translated: ...` in the module; a default that is a plain literal is translated.
 *
 * Laws: the module compiles under `strict`, `validate` accepts its schema, and `diff` of the database and that schema has no steps. A name or
 * a comment of the database is data in the module, whatever characters it has. A json that is read as text is `anyJson`.
 */
import type { IndexImage, IndexKeyImage, KeyImage, SchemaImage, TableImage } from '../core/schema/SchemaImage.js'
import { shortName } from '../core/table/Table.js'
import { dialects } from '../sql/dialects.js'
import { columnLines, type Needs, type Writing } from './module/columns.js'
import { comment, constants, member, quoted } from './module/names.js'
import { isDescribable, type Part, partsOf } from './module/parts.js'
import { relationLines } from './module/relations.js'
import { type Unmanageable, unmanagedName } from './unmanaged.js'

/** The options of `moduleOf`. */
export interface ModuleOptions {
  /** The name of the schema's constant. Default: `database`. */
  readonly constant?: string
  /** The package that the module imports, which has `/Column`, `/Table`, `/Schema` and `/Expr`. Default: `query-ts`. */
  readonly from?: string
}

const list = (names: readonly string[]): string => `[${names.map(quoted).join(', ')}]`

const keyText = (p: Part, k: KeyImage, suffix: string): string => {
  const fields = k.columns.map(c => p.fields.of.get(c) ?? c)
  const derived = shortName(suffix === 'pkey' ? `${p.image.name}_pkey` : `${p.image.name}_${k.columns.join('_')}_${suffix}`)
  return k.name === null || k.name === derived ? list(fields) : `{ name: ${quoted(k.name)}, on: ${list(fields)} }`
}

const indexKey = (p: Part, { of, direction, nulls }: IndexKeyImage, needs: Needs): string => {
  const column = member('row', of.tag === 'column' ? (p.fields.of.get(of.name) ?? of.name) : '')
  if (direction === 'asc' && nulls === null) return column
  needs.add(direction)
  if (nulls === null) return `${direction}(${column})`
  const place = nulls === 'first' ? 'nullsFirst' : 'nullsLast'
  needs.add(place)
  return `${place}(${direction}(${column}))`
}

const indexText = (p: Part, i: IndexImage, needs: Needs): string => {
  const columns = i.keys.flatMap(k => (k.of.tag === 'column' ? [k.of.name] : []))
  const isPlain = i.keys.every(k => k.direction === 'asc' && k.nulls === null)
  if (isPlain && !i.unique && i.method === null) {
    const short = keyText(p, { name: i.name, columns }, 'idx')
    return short
  }
  const on = isPlain ? list(columns.map(c => p.fields.of.get(c) ?? c)) : `row => [${i.keys.map(k => indexKey(p, k, needs)).join(', ')}]`
  return `{ ${[
    `name: ${quoted(i.name)}`,
    `on: ${on}`,
    ...(i.unique ? ['unique: true'] : []),
    ...(i.method === null ? [] : [`using: ${quoted(i.method)}`]),
  ].join(', ')} }`
}

const lines = (name: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : [`    ${name}: [`, ...items.map(i => `      ${i},`), '    ],']

const optionLines = (p: Part, needs: Needs): readonly string[] => {
  const { image } = p
  const generated = image.columns.filter(c => c.generated)
  const primary = p.primaryKey === null ? '[]' : keyText(p, p.primaryKey, 'pkey')
  const implied = generated.length === 1 ? list([p.fields.of.get(generated[0]?.name ?? '') ?? '']) : '[]'
  if (p.fields.naming === 'asIs') needs.add('asIs')
  return [
    ...(image.schema === null ? [] : [`    schema: ${quoted(image.schema)},`]),
    ...(p.fields.naming === 'asIs' ? ['    naming: asIs,'] : []),
    ...(primary === implied ? [] : [`    primaryKey: ${primary},`]),
    ...lines(
      'uniques',
      p.uniques.map(k => keyText(p, k, 'key')),
    ),
    ...lines(
      'indexes',
      p.indexes.map(i => indexText(p, i, needs)),
    ),
    ...(image.comment === null ? [] : [`    comment: ${quoted(image.comment)},`]),
    ...lines('unmanaged', [...new Set([...p.unmanaged.map(unmanagedName), ...p.missing])].map(quoted)),
  ]
}

/** What the database has and the module does not, in a form that people read. */
const untranslated = (x: Unmanageable): string => {
  const name = x.of.name === null ? '' : `${x.of.name}: `
  switch (x.kind) {
    case 'primaryKey':
      return `not translated: ${name}PRIMARY KEY (${x.of.columns.join(', ')})`
    case 'unique':
      return `not translated: ${name}UNIQUE (${x.of.columns.join(', ')})`
    case 'check':
      return `not translated: ${name}CHECK (${x.of.text ?? 'unknown'})${x.of.valid ? '' : ', not valid'}`
    case 'foreignKey':
      return `not translated: ${name}FOREIGN KEY (${x.of.columns.join(', ')}) to ${x.of.target.name} (${x.of.targetColumns.join(', ')})`
    case 'index': {
      const keys = x.of.keys.map(({ of }) => (of.tag === 'column' ? of.name : `(${of.text ?? 'unknown'})`)).join(', ')
      const where = x.of.where === null ? '' : ` WHERE ${x.of.where.text ?? 'unknown'}`
      return `not translated: ${name}${x.of.unique ? 'UNIQUE ' : ''}INDEX (${keys})${where}${x.of.options === '' ? '' : ` ${x.of.options}`}${x.of.valid ? '' : ', not valid'}`
    }
  }
}

const tableLines = (p: Part, w: Writing): readonly string[] => {
  const options = optionLines(p, w.needs)
  return [
    ...p.unmanaged.map(x => comment(untranslated(x))),
    ...p.image.others.map(other => comment(`not described: ${other}`)),
    `export const ${p.constant} = table(`,
    `  ${quoted(p.image.name)},`,
    '  {',
    ...p.image.columns.flatMap(c => columnLines(c, p.fields, w)).map(line => `    ${line}`),
    '  },',
    ...(options.length === 0 ? [] : ['  {', ...options, '  },']),
    ')',
    '',
  ]
}

const CODECS = {
  integer: [
    "const integer = new t.Type<number, string>('integer', t.number.is, (x, c) => {",
    '  const n = Number(x)',
    '  return Number.isSafeInteger(n) ? t.success(n) : t.failure(x, c)',
    '}, String)',
    '',
  ],
  bigInteger: [
    'const bigInteger = new t.Type<bigint, string>(',
    "  'bigInteger',",
    "  (x): x is bigint => typeof x === 'bigint',",
    '  (x, c) => (/^-?[0-9]+$/.test(String(x)) ? t.success(BigInt(String(x))) : t.failure(x, c)),',
    '  String,',
    ')',
    '',
  ],
  float: [
    "const float = new t.Type<number, number>('float', t.number.is, (x, c) => (t.number.is(Number(x)) ? t.success(Number(x)) : t.failure(x, c)), t.identity)",
    '',
  ],
  bytes: [
    "const bytes = new t.Type<Uint8Array, Uint8Array>('bytes', (x): x is Uint8Array => x instanceof Uint8Array, (x, c) => (x instanceof Uint8Array ? t.success(x) : t.failure(x, c)), t.identity)",
    '',
  ],
} as const

/** The package that other names are imported of, as a specifier that is safe to write. */
const importLines = (needs: Needs, from: string, hasTables: boolean): readonly string[] => {
  const some = (names: readonly string[], module: string): readonly string[] =>
    names.length === 0 ? [] : [`import { ${names.join(', ')} } from ${quoted(`${from}/${module}`)}`]
  const wanted = (...names: readonly (typeof needs extends Set<infer N> ? N : never)[]): readonly string[] =>
    names.filter(n => needs.has(n))
  return [
    ...(needs.has('pipe') ? ["import { pipe } from 'fp-ts/lib/function.js'"] : []),
    ...(needs.has('t') ? ["import * as t from 'io-ts'"] : []),
    ...(hasTables ? [`import * as K from ${quoted(`${from}/Column`)}`] : []),
    ...some(wanted('asc', 'desc', 'nullsFirst', 'nullsLast'), 'Expr'),
    ...some([...wanted('fk'), 'schema'], 'Schema'),
    ...some([...wanted('asIs'), ...(hasTables ? ['table'] : [])], 'Table'),
    '',
  ]
}

const skipped = (t: TableImage): string =>
  comment(`not described: the table "${t.name}": ${t.columns.length === 0 ? 'it has no columns' : 'it has an empty or invalid name'}`)

/** The text of a TypeScript module that describes the tables of an image. */
export const moduleOf = (image: SchemaImage, options: ModuleOptions = {}): string => {
  const needs: Needs = new Set()
  const dialect = image.language === 'query-ts' ? null : dialects[image.language]
  const parts = partsOf(image, dialect)
  const tables = parts.flatMap(p => tableLines(p, { language: image.language, dialect, needs }))
  const relations = relationLines(parts, needs)
  const others = [
    ...image.tables.filter(t => !isDescribable(t)).map(skipped),
    ...image.views.map(v =>
      comment(`not translated: the ${v.materialized ? 'materialized ' : ''}view ${v.name}: ${v.text ?? '(unknown)'}`),
    ),
  ]
  const choose = constants()
  for (const p of parts) choose(p.constant)
  const constant = choose(options.constant ?? 'database')
  const shorthand = `{ ${parts.map(p => p.constant).join(', ')} }`
  return [
    comment(`Written by moduleOf from the schema of a database (${image.language}).`),
    ...importLines(needs, options.from ?? 'query-ts', parts.length > 0),
    ...(['integer', 'bigInteger', 'float', 'bytes'] as const).flatMap(name => (needs.has(name) ? CODECS[name] : [])),
    ...tables,
    ...others,
    ...(others.length === 0 ? [] : ['']),
    relations.length === 0
      ? `export const ${constant} = schema(${parts.length === 0 ? '{}' : shorthand})`
      : [`export const ${constant} = schema(${shorthand}, tables => ({`, ...relations, '}))'].join('\n'),
    '',
  ].join('\n')
}
