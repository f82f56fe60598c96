/**
 * Values at Postgres drivers: everything but numbers and booleans travels as text.
 *
 * The drivers are configured to return cells as the text that Postgres writes (in a UTC session), so
 * that 64-bit integers, decimals and microseconds are exact. Arrays are selected as JSON.
 */
import type { SqlType } from '../../core/value/SqlType.js'
import { toHex } from '../hex.js'
import { instantText, readCell, readJsonCell, type Values } from '../Values.js'

/** An element of an array literal, quoted. */
const quoted = (text: string): string =>
  text.includes('\\') || text.includes('"') ? `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : `"${text}"`

const hexOf = (bytes: Uint8Array): string => `\\x${toHex(bytes)}`

/** Types whose texts need no quotes in an array literal. */
const isPlain = ({ tag }: SqlType): boolean =>
  tag === 'int' ||
  tag === 'smallint' ||
  tag === 'bigint' ||
  tag === 'float' ||
  tag === 'numeric' ||
  tag === 'boolean' ||
  tag === 'timestamp'

const write = (type: SqlType): ((value: any) => unknown) => {
  switch (type.tag) {
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'float':
      return value => String(value)
    case 'timestamp':
      return (value: Date) => `${instantText(value, 'T')}Z`
    case 'json':
      return value => JSON.stringify(value)
    case 'array': {
      const element = type.element.tag === 'bytes' ? hexOf : write(type.element)
      const written = isPlain(type.element)
        ? (v: unknown) => String(element(v as never))
        : (v: unknown) => quoted(String(element(v as never)))
      return (value: readonly unknown[]) => `{${value.map(v => (v === null ? 'NULL' : written(v))).join(',')}}`
    }
    case 'vector':
      return (value: readonly number[]) => JSON.stringify(value)
    default:
      return value => value
  }
}

/** The values of Postgres and PGlite. */
export const postgresValues: Values = { write, read: readCell, readJson: readJsonCell }
