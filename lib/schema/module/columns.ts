/**
 * Columns of an image as TypeScript.
 *
 * A column is written as its type and modifiers: `pipe(K.text, K.nullable, K.withDefault('x'))`. A type that the library has no word for is
 * `sqlType` with the engine's own text; integers of such types are read as numbers or bigints by codecs that the module declares.
 *
 * Law: the image of the written column is the image that it was written from, but for a default or expression that is no literal: the column
 * is then `filledByDatabase`.
 */
import type { ColumnImage, SchemaImage } from '../../core/schema/SchemaImage.js'
import { typeText } from '../../core/schema/typeNote.js'
import { asIs, snakeCase } from '../../core/table/Table.js'
import { isElement } from '../../core/value/Canonical.js'
import type { DialectName } from '../../core/value/DialectName.js'
import type { SqlType } from '../../core/value/SqlType.js'
import type { Dialect } from '../../sql/Dialect.js'
import { valueOfText } from '../literalText.js'
import { comment, type Fields, property, quoted } from './names.js'

/** What a written module needs, collected while it is written. */
export type Needs = Set<
  't' | 'pipe' | 'integer' | 'bigInteger' | 'float' | 'bytes' | 'asIs' | 'fk' | 'view' | 'asc' | 'desc' | 'nullsFirst' | 'nullsLast'
>

/** What the parts of a module are written with. The dialect is null for an image in the form of `show`. */
export interface Writing {
  readonly language: SchemaImage['language']
  readonly dialect: Dialect | null
  readonly needs: Needs
  /** The text of an expression as code; null if it is none. */
  readonly code: (text: string | null) => string | null
}

type Codec = 'integer' | 'bigInteger' | 'float' | 'bytes' | 't.string' | 't.unknown'

/** MySQL's driver reads numbers, bytes and places of its own types as such, and not as texts. */
const READ_BY_MYSQL: readonly (readonly [RegExp, Codec])[] = [
  [/^bigint\b/i, 'bigInteger'],
  [/^(tinyint|smallint|mediumint|int|year)\b/i, 'integer'],
  [/^(float|double)\b/i, 'float'],
  [/^(bit|binary|varbinary|tinyblob|blob|mediumblob|longblob)\b/i, 'bytes'],
  [/^(geometry|point|linestring|polygon|multi\w+|geom\w*|vector)\b/i, 't.unknown'],
]
const CODECS: { readonly [dialect in DialectName]: readonly (readonly [RegExp, Codec])[] } = {
  postgres: [],
  sqlite: [],
  mysql: READ_BY_MYSQL,
  mariadb: READ_BY_MYSQL,
}

/** The codec of a type that is the engine's own. */
const codecOf = (names: { readonly [D in DialectName]?: string }, c: Pick<ColumnImage, 'generated'>): Codec => {
  if (c.generated) return 'bigInteger'
  const [[dialect, text] = ['postgres', ''] as const] = Object.entries(names) as readonly (readonly [DialectName, string])[]
  return CODECS[dialect].find(([pattern]) => pattern.test(text))?.[1] ?? 't.string'
}

const NO_KEY = { generated: false, key: false, primary: false, keyColumns: 0, leadsKey: false } as const

/** The type, or the engine's own one where a description may not have it. */
const describable = (type: SqlType, { dialect }: Writing): SqlType =>
  type.tag === 'array' && !isElement(type.element) && dialect !== null
    ? { tag: 'custom', names: { [dialect.name]: dialect.ddl.columnType(type, NO_KEY) } }
    : type

const written = (given: SqlType, c: Pick<ColumnImage, 'generated'>, w: Writing): string => {
  const type = describable(given, w)
  switch (type.tag) {
    case 'text':
      return type.collation === 'stored' ? 'K.storedText' : 'K.text'
    case 'json':
      return 'K.anyJson'
    case 'numeric':
      return `K.numeric(${type.precision}, ${type.scale}${type.sqlite === 'real' ? ", { sqlite: 'real' }" : ''})`
    case 'varchar':
    case 'char':
      return `K.${type.tag}(${type.length})`
    case 'vector':
      return `K.vector(${type.dimension})`
    case 'enum':
      return `K.enumOf(${type.values.map(quoted).join(', ')})`
    case 'array': {
      const element = written(type.element, { generated: false }, w)
      return `K.arrayOf(${type.elementNullable ? `K.nullable(${element})` : element})`
    }
    case 'custom': {
      const [[dialect, text] = ['postgres', '']] = Object.entries(type.names)
      w.needs.add('t')
      if (w.dialect === null && !c.generated) {
        const names = Object.entries(type.names).map(([name, of]) => `${name}: ${quoted(of)}`)
        return `K.sqlType({ ${names.join(', ')} }, t.unknown)`
      }
      const codec = codecOf(type.names, c)
      if (codec !== 't.string' && codec !== 't.unknown') w.needs.add(codec)
      return `K.sqlType({ ${dialect}: ${quoted(text ?? '')} }, ${codec})`
    }
    default:
      return `K.${type.tag}`
  }
}

const literal = (value: unknown): string =>
  typeof value === 'string' ? quoted(value) : typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? '-0' : String(value)

/** A word for the TypeScript type of a column's values: equal words are equal types. */
export const kindOf = (c: ColumnImage): string => {
  const { type } = c
  if (type.tag === 'custom') return codecOf(type.names, c)
  if (type.tag === 'enum' || type.tag === 'array') return typeText(type)
  return ['text', 'varchar', 'char'].includes(type.tag) ? 'text' : ['smallint', 'int'].includes(type.tag) ? 'int' : type.tag
}

/** The property of a column of a view. An image does not tell whether it can be null, so it can. */
export const viewColumn = ({ name, type }: { readonly name: string; readonly type: SqlType }, w: Writing): string =>
  `${property(name)}: K.nullable(${written(type, { generated: false }, w)}),`

/** The lines of a column: comments for what it can't say, and its property. */
export const columnLines = (c: ColumnImage, fields: Fields, w: Writing): readonly string[] => {
  const field = fields.of.get(c.name) ?? c.name
  const value = c.default === null ? undefined : valueOfText(c.default.text, c.type, w.language)
  const code = c.default === null ? null : w.code(c.default.text)
  const fallback = code ?? (value === undefined ? null : literal(value))
  const naming = fields.naming === 'asIs' ? asIs : snakeCase
  const modifiers = [
    ...(c.generated ? ['K.generated'] : []),
    ...(c.nullable ? ['K.nullable'] : []),
    ...(fallback === null ? [] : [`K.withDefault(${fallback})`]),
    ...((c.default !== null && fallback === null) || c.computed !== null ? ['K.filledByDatabase'] : []),
    ...(c.comment === null ? [] : [`K.comment(${quoted(c.comment)})`]),
    ...(naming(field) === c.name ? [] : [`K.named(${quoted(c.name)})`]),
  ]
  const type = written(c.type, c, w)
  if (modifiers.length > 0) w.needs.add('pipe')
  return [
    ...(c.default !== null && fallback === null ? [comment(`not translated: DEFAULT ${c.default.text ?? '(unknown)'}`)] : []),
    ...(c.computed === null ? [] : [comment(`not translated: computed as ${c.computed.text ?? '(unknown)'}: do not write it`)]),
    `${property(field)}: ${modifiers.length === 0 ? type : `pipe(${[type, ...modifiers].join(', ')})`},`,
  ]
}
