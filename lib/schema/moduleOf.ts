/**
 * TypeScript modules of existing databases: the text of the tables and the schema that describe an image.
 *
 * `moduleOf(image)` has a constant for each table, and one for the schema. SQL names, types, keys, indexes and foreign keys are those of the
 * image. What an image has only as text in the engine's language (checks, expressions, conditions, computed columns, views, triggers) is
 * left to the database, and is a comment `// not translated: ...` in the module; a default that is a plain literal is translated. The texts of
 * an image in our own form, as `imageOf` makes it, are code, and written as such; the fields of its tables are then the SQL names.
 *
 * Laws: the image of the module of `imageOf(s)` is `imageOf(s)`, if no name of a constraint has more than 63 bytes. For a database, the module compiles under `strict`, `validate` accepts its schema, and `diff` of the database and that schema has no steps. A name or
 * a comment of the database is data in the module, whatever characters it has. A json that is read as text is `anyJson`.
 */
import {
  type IndexImage,
  type IndexKeyImage,
  idOf,
  type KeyImage,
  type QualifiedName,
  type SchemaImage,
  type TableImage,
} from '../core/schema/SchemaImage.js'
import { shortName } from '../core/table/Table.js'
import { dialects } from '../sql/dialects.js'
import { type Constants, codeOf, hasOwnName, indented } from './module/code.js'
import { columnLines, type Needs, type Writing } from './module/columns.js'
import { relationLines } from './module/foreignKeyLines.js'
import { camelCase, chooser, comment, constants, member, property, quoted } from './module/names.js'
import { isDescribable, type Part, partsOf } from './module/parts.js'
import { codedViews, viewLines } from './module/viewCode.js'
import { type Unmanageable, unmanagedName } from './unmanaged.js'
import { importLines, scan } from './written/imports.js'
import { checkName } from './written/tableText.js'
import { constantName } from './written/Writing.js'

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

const indexKey = (p: Part, { of, direction, nulls }: IndexKeyImage, { needs, code }: Writing): string => {
  const column = of.tag === 'column' ? member('row', p.fields.of.get(of.name) ?? of.name) : (code(of.text) ?? '')
  if (direction === 'asc' && nulls === null) return column
  needs.add(direction)
  if (nulls === null) return `${direction}(${column})`
  const place = nulls === 'first' ? 'nullsFirst' : 'nullsLast'
  needs.add(place)
  return `${place}(${direction}(${column}))`
}

const indexText = (p: Part, i: IndexImage, w: Writing): string => {
  const columns = i.keys.flatMap(k => (k.of.tag === 'column' ? [k.of.name] : []))
  const isPlain = i.keys.every(k => k.of.tag === 'column' && k.direction === 'asc' && k.nulls === null)
  const where = i.where === null ? null : w.code(i.where.text)
  if (isPlain && !i.unique && i.method === null && where === null) {
    const short = keyText(p, { name: i.name, columns }, 'idx')
    return short
  }
  const on = isPlain ? list(columns.map(c => p.fields.of.get(c) ?? c)) : `row => [${i.keys.map(k => indexKey(p, k, w)).join(', ')}]`
  return `{ ${[
    `name: ${quoted(i.name)}`,
    `on: ${on}`,
    ...(i.unique ? ['unique: true'] : []),
    ...(where === null ? [] : [`where: row => ${where}`]),
    ...(i.method === null ? [] : [`using: ${quoted(i.method)}`]),
  ].join(', ')} }`
}

const lines = (name: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : [`    ${name}: [`, ...items.map(i => `      ${i},`), '    ],']

/** The checks of a table whose expressions are code. */
const checkLines = (p: Part, { code }: Writing): readonly string[] => {
  const choose = chooser()
  const key = (name: string): string => property(choose(name in {} ? `${name}Check` : name))
  const all = p.checks.flatMap(({ name, text }) => {
    const found = code(text)
    if (name === null || found === null) return []
    const short = checkName(p.image, name)
    const predicate = `row => ${indented(found, '      ')}`
    return short === null || short in {}
      ? [`      ${key(name)}: { name: ${quoted(name)}, predicate: ${predicate} },`]
      : [`      ${key(short)}: ${predicate},`]
  })
  return all.length === 0 ? [] : ['    checks: {', ...all, '    },']
}

const optionLines = (p: Part, w: Writing): readonly string[] => {
  const { needs } = w
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
      p.indexes.map(i => indexText(p, i, w)),
    ),
    ...checkLines(p, w),
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
  const options = optionLines(p, w)
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

const skipped = (t: TableImage): string =>
  comment(`not described: the table "${t.name}": ${t.columns.length === 0 ? 'it has no columns' : 'it has an empty or invalid name'}`)

/** The constants of the describable tables and of the views of an image. In our own form they are named as its texts name them. */
const constantsOf = (image: SchemaImage): Constants & { readonly choose: (name: string) => string } => {
  const isOurs = image.language === 'query-ts'
  const tables: readonly QualifiedName[] = [...image.tables.filter(isDescribable), ...(isOurs ? image.views : [])]
  if (!isOurs) {
    const choose = constants()
    return { tables, choose, of: new Map(tables.map(t => [idOf(t), choose(camelCase(t.name, 'table1'))])) }
  }
  const choose = chooser(tables.filter(hasOwnName).map(t => t.name))
  const of = new Map(tables.map(t => [idOf(t), hasOwnName(t) ? t.name : choose(constantName(t.name))]))
  return { tables, of, choose: name => choose(constantName(name)) }
}

/** The text of a TypeScript module that describes the tables of an image. */
export const moduleOf = (image: SchemaImage, options: ModuleOptions = {}): string => {
  const needs: Needs = new Set()
  const dialect = image.language === 'query-ts' ? null : dialects[image.language]
  const named = constantsOf(image)
  const code = (text: string | null): string | null => (dialect === null ? (codeOf(text, named)?.code ?? null) : null)
  const w: Writing = { language: image.language, dialect, needs, code }
  const parts = partsOf(image, dialect, t => named.of.get(idOf(t)) ?? '', code)
  const tables = parts.flatMap(p => tableLines(p, w))
  const relations = relationLines(parts, needs)
  const views =
    dialect === null
      ? codedViews(
          image,
          named,
          parts.map(p => p.constant),
        )
      : []
  const viewText = views.flatMap(v => viewLines(v, w))
  const others = [
    ...image.tables.filter(t => !isDescribable(t)).map(skipped),
    ...image.views
      .filter(v => !views.some(({ view }) => view === v))
      .map(v => comment(`not translated: the ${v.materialized ? 'materialized ' : ''}view ${v.name}: ${v.text ?? '(unknown)'}`)),
  ]
  const constant = named.choose(options.constant ?? 'database')
  const all = [...parts, ...views].map(p => p.constant)
  const shorthand = `{ ${all.join(', ')} }`
  const body = [...tables, ...viewText]
  // constants of an image of an engine may have names of expressions, those of our own form have none of them
  const used = dialect === null ? scan(body.join('\n')).names : []
  const declared = Object.keys(CODECS)
  const imported = [...needs].filter(name => !declared.includes(name))
  return [
    comment(`Written by moduleOf from the schema of a database (${image.language}).`),
    ...importLines(
      new Set([...used, ...imported, 'schema', ...(all.length === 0 ? [] : ['K']), ...(parts.length === 0 ? [] : ['table'])]),
      options.from ?? 'query-ts',
      quoted,
    ),
    '',
    ...(['integer', 'bigInteger', 'float', 'bytes'] as const).flatMap(name => (needs.has(name) ? CODECS[name] : [])),
    ...body,
    ...others,
    ...(others.length === 0 ? [] : ['']),
    relations.length === 0
      ? `export const ${constant} = schema(${all.length === 0 ? '{}' : shorthand})`
      : [`export const ${constant} = schema(${shorthand}, tables => ({`, ...relations, '}))'].join('\n'),
    '',
  ].join('\n')
}
