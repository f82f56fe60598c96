/**
 * Values at MySQL and MariaDB drivers (mysql2).
 *
 * Integers are written as bigint and bytes as Uint8Array: the runner binds them as BIGINT and BLOB,
 * because the driver would send a number as a double, in which `7 / 2` and `x DIV ?` mean something
 * else. Decimals, instants, dates and times are text in the form in which the servers write them;
 * arrays, vectors and JSON are JSON text.
 *
 * Cells come as the driver reads them with `supportBigNumbers`, `dateStrings` and `jsonStrings`.
 */
import type { SqlType } from '../../core/value/SqlType.js'
import { toHex } from '../hex.js'
import { bytesOfText, instantText, MISMATCH, type Reader, readCell, readJsonCell, textOfBytes, toJsonText, type Values } from '../Values.js'

const sqlInstant = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, -1)}`

const write = (type: SqlType): ((value: any) => unknown) => {
  switch (type.tag) {
    case 'smallint':
    case 'int':
    case 'bigint':
      return (value: number | bigint) => BigInt(value)
    case 'timestamp':
      return (value: Date) => instantText(value, ' ')
    case 'timestampMicros':
      return (value: string) => sqlInstant(value)
    case 'json':
    case 'vector':
      return value => JSON.stringify(value)
    case 'array':
      return (value: readonly unknown[]) => toJsonText(value, element(type.element))
    default:
      return value => value
  }
}

/** An element of an array in JSON. */
const element = (type: SqlType): ((value: unknown) => unknown) => {
  switch (type.tag) {
    case 'bytes':
      return value => toHex(value as Uint8Array)
    case 'timestamp':
    case 'timestampMicros':
      return write(type)
    default:
      return value => value
  }
}

/** Times in JSON have six fraction digits on MySQL. */
const time: Reader = cell => (typeof cell === 'string' ? readCell({ tag: 'time' })(cell.replace(/(\.\d{3})\d+$/, '$1')) : MISMATCH)

const read = (type: SqlType): Reader => {
  switch (type.tag) {
    case 'time':
      return time
    case 'array':
      return list(type)
    case 'text':
    case 'varchar':
    case 'char':
      return textOfBytes
    case 'bytes':
      return bytesOfText
    default:
      return readCell(type)
  }
}

const readJson = (type: SqlType): Reader => (type.tag === 'time' ? time : type.tag === 'array' ? list(type) : readJsonCell(type))

/** An array of times, whose elements are read as times. */
const list = (type: SqlType & { readonly tag: 'array' }): Reader => {
  const whole = readJsonCell(type)
  if (type.element.tag !== 'time') return whole
  const texts = readJsonCell({ ...type, element: { tag: 'text' } })
  return cell => {
    const items = texts(cell)
    return Array.isArray(items) ? whole(items.map(item => (item === null ? null : time(item)))) : items
  }
}

/** The values of both engines. */
export const mysqlValues: Values = { write, read, readJson }
