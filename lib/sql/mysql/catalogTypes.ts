/**
 * The canonical types of stored columns of MySQL and MariaDB.
 *
 * A type is canonical where the library reads and writes the column rightly and would define it in the same way: texts of the collation that
 * `tableSuffix` states, `datetime(3)` but not `datetime`, no unsigned numbers. Everything else is `custom` with the engine's own text, to
 * which another collation is added, so that a definition printed from it defines the same column. The collation of an engine implies its
 * character set. Display widths of integers are left out: MariaDB reports them, MySQL does not (8.0.19).
 *
 * MariaDB has no type json: it is a longtext with a check `json_valid`, which the caller of `typeOfColumn` finds (10.11).
 */
import type { SqlType } from '../../core/value/SqlType.js'

/** What differs between MySQL and MariaDB in types. */
export interface TypeFacts {
  readonly dialect: 'mysql' | 'mariadb'
  /** The collation of tables of ours. */
  readonly collation: string
}

/** The type of a column as the catalog reports it. */
interface StoredType {
  /** COLUMN_TYPE. */
  readonly text: string
  /** The collation of a text; null for other types. */
  readonly collation: string | null
  /** Whether it is a json that the engine stores as a text with a check. */
  readonly isJson: boolean
  /** The spatial reference system; null without. */
  readonly srid: string | null
}

/** The same text in lower case, except quoted parts. */
const lower = (s: string): string => s.replace(/'(?:[^']|'')*'|[^']+/g, part => (part.startsWith("'") ? part : part.toLowerCase()))

/** The text of a type without what has no meaning: display widths, blanks. */
const normalized = (text: string): string => {
  const plain = lower(text)
    .trim()
    .replace(/^(decimal|float|double)\((\d+)\s*,\s*(\d+)\)/, '$1($2,$3)')
    .replace(/^year\(4\)$/, 'year')
  return /zerofill/.test(plain) || /^tinyint\(1\)$/.test(plain)
    ? plain
    : plain.replace(/^(tinyint|smallint|mediumint|int|bigint)\(\d+\)/, '$1')
}

const SIMPLE: { readonly [text: string]: SqlType } = {
  smallint: { tag: 'smallint' },
  int: { tag: 'int' },
  bigint: { tag: 'bigint' },
  'tinyint(1)': { tag: 'boolean' },
  boolean: { tag: 'boolean' },
  double: { tag: 'float' },
  date: { tag: 'date' },
  'datetime(3)': { tag: 'timestamp' },
  'datetime(6)': { tag: 'timestampMicros' },
  'time(3)': { tag: 'time' },
  longblob: { tag: 'bytes' },
  json: { tag: 'json' },
}

/** The canonical type of a stored column. */
export const typeOfColumn =
  ({ dialect, collation }: TypeFacts) =>
  (stored: StoredType): SqlType => {
    const text = normalized(stored.text)
    const isOurs = stored.collation === null || stored.collation === collation
    const simple = stored.isJson ? SIMPLE['json'] : SIMPLE[text]
    if (simple !== undefined) return simple
    if (text === 'longtext') return isOurs ? { tag: 'text' } : { tag: 'text', collation: 'stored' }
    const [, precision, scale] = /^decimal\((\d+),(\d+)\)$/.exec(text) ?? []
    if (precision !== undefined) return { tag: 'numeric', precision: Number(precision), scale: Number(scale) }
    const [, length] = /^varchar\((\d+)\)$/.exec(text) ?? []
    if (length !== undefined && isOurs) return { tag: 'varchar', length: Number(length) }
    if (text === 'char(36)' && isOurs) return { tag: 'uuid' }
    const srid = stored.srid === null ? '' : ` SRID ${stored.srid}`
    return { tag: 'custom', names: { [dialect]: `${text}${isOurs ? '' : ` COLLATE ${stored.collation}`}${srid}` } }
  }

/** The canonical type of the text of a definition, in a table whose collation is ours. */
export const typeOfDefined =
  (facts: TypeFacts) =>
  (defined: string): SqlType => {
    const text = defined.replace(/\s+auto_increment$/i, '')
    const [, type = text, collation] = /^([\s\S]*?)\s+collate\s+(\w+)$/i.exec(text) ?? []
    return typeOfColumn(facts)({ text: type, collation: collation ?? null, isJson: /^json$/i.test(type.trim()), srid: null })
  }

/** Whether a column of this type in the engine may be defined by the type of a note. */
const fits = (note: SqlType, type: SqlType, text: string): boolean => {
  const length = type.tag === 'varchar' ? type.length : null
  switch (note.tag) {
    case 'text':
      return type.tag === 'text' || length !== null
    case 'varchar':
      return length === note.length || (type.tag === 'text' && type.collation === undefined)
    case 'char':
      return length === note.length
    case 'enum':
      return length === Math.max(1, ...note.values.map(v => v.length))
    case 'array':
    case 'vector':
      return type.tag === 'json'
    case 'bytes':
      return type.tag === 'bytes' || /^varbinary\(\d+\)$/i.test(text)
    case 'numeric':
      return type.tag === 'numeric' && type.precision === note.precision && type.scale === note.scale
    default:
      return type.tag === note.tag
  }
}

/** The type of the note of a column, where the column's type in the engine agrees with it; else the type as the engine reports it. */
export const withNote = (type: SqlType, note: SqlType | null, text: string): SqlType =>
  note !== null && fits(note, type, text) ? note : type
