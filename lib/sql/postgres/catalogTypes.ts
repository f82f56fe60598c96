/**
 * Types in the catalog of Postgres: from the text of `format_type`, or of a column definition, to the canonical type.
 *
 * A type is canonical only if query-ts reads and compares its values as that type. All other types are `custom`, with a text that defines
 * the same column again: `real`, `timestamp(3) without time zone`, `character varying(20) COLLATE "de-x-icu"`. Texts are in the form of
 * `format_type`, whichever synonym a definition uses, so that equal types have equal texts.
 *
 * A note in a comment (`core/schema/typeNote`) is believed as long as the type that it names would be defined as the column is. An array that
 * is defined with several dimensions has no canonical type; Postgres does not enforce their number, and a dump does not contain it (18.6).
 */
import type { SqlType } from '../../core/value/SqlType.js'
import { ddl } from './ddl.js'

/** A type of Postgres: the name of the type or of its elements, and the collation where it is not that of the type. */
export interface EngineType {
  readonly name: string
  readonly isArray: boolean
  /** As in the clause COLLATE; null for the default one. */
  readonly collation: string | null
}

/** Key words for types, in any case, and the form of `format_type`; the arguments are in the place of the star. */
const FORMATTED: { readonly [written: string]: string } = {
  int2: 'smallint',
  smallint: 'smallint',
  int: 'integer',
  int4: 'integer',
  integer: 'integer',
  int8: 'bigint',
  bigint: 'bigint',
  float4: 'real',
  real: 'real',
  float: 'double precision',
  float8: 'double precision',
  'double precision': 'double precision',
  bool: 'boolean',
  boolean: 'boolean',
  numeric: 'numeric*',
  decimal: 'numeric*',
  dec: 'numeric*',
  char: 'character*',
  character: 'character*',
  varchar: 'character varying*',
  'character varying': 'character varying*',
  bit: 'bit*',
  varbit: 'bit varying*',
  'bit varying': 'bit varying*',
  timestamp: 'timestamp* without time zone',
  'timestamp without time zone': 'timestamp* without time zone',
  timestamptz: 'timestamp* with time zone',
  'timestamp with time zone': 'timestamp* with time zone',
  time: 'time* without time zone',
  'time without time zone': 'time* without time zone',
  timetz: 'time* with time zone',
  'time with time zone': 'time* with time zone',
}

/** The name of a type as `format_type` prints it; unchanged if it is another one. */
const formatted = (written: string): string => {
  const [, first = '', given = '', zone = ''] =
    /^(\w+(?: varying| precision)?)\s*(?:\(([\d, ]+)\))?( with(?:out)? time zone)?$/i.exec(written) ?? []
  const key = `${first}${zone}`.toLowerCase()
  const form = Object.hasOwn(FORMATTED, key) ? FORMATTED[key] : undefined
  if (form === undefined) return written
  const numbers = given.replace(/ /g, '')
  const byDefault = form === 'character*' || form === 'bit*' ? '1' : ''
  const args = numbers === '' ? byDefault : form === 'numeric*' && !numbers.includes(',') ? `${numbers},0` : numbers
  return form.replace('*', args === '' ? '' : `(${args})`)
}

/** Reads the type in a column definition: `varchar(20) COLLATE "C" GENERATED ...`. */
const readDefined = (defined: string): EngineType => {
  const [, type = '', collation = null] = /^(.*?)(?: COLLATE (.+?))?(?: GENERATED .*)?$/s.exec(defined.trim()) ?? []
  const [, element = '', brackets = ''] = /^(.*?)((?:\[\d*\])*)$/s.exec(type) ?? []
  const dimensions = brackets.match(/\[/g)?.length ?? 0
  return { name: `${formatted(element.trim())}${'[]'.repeat(Math.max(0, dimensions - 1))}`, isArray: dimensions > 0, collation }
}

/** Reads what `format_type` printed. */
export const readFormatted = (text: string, collation: string | null): EngineType => {
  const isArray = text.endsWith('[]')
  return { name: isArray ? text.slice(0, -2) : text, isArray, collation }
}

/** The collation by its effect: the default one of a database that compares by code point is "C". */
const effective = (t: EngineType, isDefaultC: boolean): string | null => {
  const { collation, isArray } = t
  if (collation === 'pg_catalog."C"') return '"C"'
  return collation === null && isDefaultC && !isArray && /^(?:text$|character varying\b)/.test(t.name) ? '"C"' : collation
}

/** The text that defines a column. */
const text = ({ name, isArray }: EngineType, collation: string | null): string =>
  `${name}${isArray ? '[]' : ''}${collation === null ? '' : ` COLLATE ${collation}`}`

const SINGLE: { readonly [name: string]: SqlType } = {
  smallint: { tag: 'smallint' },
  integer: { tag: 'int' },
  bigint: { tag: 'bigint' },
  'double precision': { tag: 'float' },
  boolean: { tag: 'boolean' },
  uuid: { tag: 'uuid' },
  date: { tag: 'date' },
  text: { tag: 'text' },
  'time(3) without time zone': { tag: 'time' },
  'timestamp(3) with time zone': { tag: 'timestamp' },
  'timestamp(6) with time zone': { tag: 'timestampMicros' },
  'timestamp with time zone': { tag: 'timestampMicros' },
  bytea: { tag: 'bytes' },
  jsonb: { tag: 'json' },
}

const sized = (name: string): SqlType | null => {
  const [, kind, a, b] = /^(numeric|character varying|vector)\((\d+)(?:,(\d+))?\)$/.exec(name) ?? []
  const [first, second] = [Number(a), Number(b)]
  if (kind === 'numeric') return second <= first ? { tag: 'numeric', precision: first, scale: second } : null
  if (kind === 'vector') return { tag: 'vector', dimension: first }
  return kind === undefined ? null : { tag: 'varchar', length: first }
}

/**
 * The canonical type, or `custom`. `isDefaultC` is whether texts without a collation compare by code point; `isKnown` whether the name is
 * that of a type of the engine or of pgvector, and not of a type of a user's.
 */
export const canonicalType = (t: EngineType, isDefaultC: boolean, isKnown: boolean): SqlType => {
  const collation = effective(t, isDefaultC)
  const custom: SqlType = { tag: 'custom', names: { postgres: text(t, t.collation) } }
  const single = (Object.hasOwn(SINGLE, t.name) ? SINGLE[t.name] : undefined) ?? sized(t.name)
  if (single === null || !isKnown) return custom
  // a column of an array is defined without a collation
  if (t.isArray) return collation === null ? { tag: 'array', element: single, elementNullable: false } : custom
  if (single.tag === 'text') return collation === '"C"' ? single : { tag: 'text', collation: 'stored' }
  return single.tag !== 'varchar' || collation === '"C"' ? single : custom
}

/** Whether a column of a noted type is defined as this one is. */
export const isDefinedAs = (t: EngineType, note: SqlType, isDefaultC: boolean): boolean => {
  const use = { generated: false, key: false, primary: false, keyColumns: 0, leadsKey: false }
  const noted = readDefined(ddl.columnType(note, use))
  const id = (type: EngineType): string => text(type, effective(type, isDefaultC)).replace(/^timestamp\(6\) with/, 'timestamp with')
  return id(noted) === id(t)
}

/**
 * The canonical type of a column that is defined with this text. What `text` without a collation means depends on the database: it is
 * `text` here, so that a column of type `text stored` always has a note.
 */
export const typeOf = (defined: string): SqlType => {
  const type = readDefined(defined)
  return canonicalType(type, type.name === 'text', true)
}
