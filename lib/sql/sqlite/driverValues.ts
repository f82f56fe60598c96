/**
 * Values at SQLite drivers (sql.js): five storage classes hold all canonical types.
 *
 * Numerics of up to 18 digits are scaled integers, instants are text as SQLite's own date functions
 * write it, booleans 0 and 1, arrays, vectors and JSON are JSON text. A large integer is bound as
 * text; its placeholder casts it.
 */
import { decimalOf, unscaled } from '../../core/value/Canonical.js'
import { ExactNumber } from '../../core/value/jsonNumbers.js'
import type { SqlType } from '../../core/value/SqlType.js'
import { toHex } from '../hex.js'
import {
  bytesOfText,
  FLOAT_TEXT,
  instantText,
  list,
  MISMATCH,
  OVERFLOW,
  parsed,
  type Reader,
  readCell,
  readJsonCell,
  toJsonText,
  type Values,
} from '../Values.js'

/** Whether a numeric is stored as an integer: the value times ten to the power of the scale. */
export const isScaled = (t: SqlType): boolean => t.tag === 'numeric' && t.precision <= 18 && t.sqlite === undefined

const sqlInstant = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, -1)}`

const write = (type: SqlType): ((value: any) => unknown) => {
  switch (type.tag) {
    case 'bigint':
      return (value: bigint) => value.toString()
    case 'numeric':
      if (isScaled(type)) return (value: string) => String(unscaled(value, type.scale))
      return type.sqlite === 'real' ? Number : value => value
    case 'boolean':
      return (value: boolean) => (value ? 1 : 0)
    case 'timestamp':
      return (value: Date) => instantText(value, ' ')
    case 'timestampMicros':
      return (value: string) => sqlInstant(value)
    case 'json':
      return value => JSON.stringify(value)
    case 'array': {
      const element = write(type.element)
      return (value: readonly unknown[]) => toJsonText(value, v => (type.element.tag === 'bytes' ? toHex(v as Uint8Array) : element(v)))
    }
    case 'vector':
      return (value: readonly number[]) => JSON.stringify(value)
    default:
      return value => value
  }
}

/** Values for columns, which take a number for an integer: drivers bind one faster than a text. */
export const forColumns = (type: SqlType): ((value: any) => unknown) => {
  const written = write(type)
  if (type.tag !== 'numeric' || !isScaled(type) || type.scale === 0) return written
  return (value: string) => {
    const point = value.length - type.scale - 1
    return value.length < 10 && value[point] === '.' ? Number(value.slice(0, point) + value.slice(point + 1)) : written(value)
  }
}

const scaled =
  (scale: number): Reader =>
  cell => {
    if (typeof cell === 'bigint') return decimalOf(cell, scale)
    if (typeof cell === 'number') return OVERFLOW
    return typeof cell === 'string' && /^-?\d+$/.test(cell)
      ? decimalOf(BigInt(cell), scale)
      : FLOAT_TEXT.test(String(cell))
        ? OVERFLOW
        : MISMATCH
  }

const read = (type: SqlType): Reader => {
  if (type.tag === 'bigint') return cell => (typeof cell === 'number' ? OVERFLOW : readCell(type)(cell))
  if (type.tag === 'numeric') {
    if (isScaled(type)) return scaled(type.scale)
    if (type.sqlite === 'real') return cell => (Number.isFinite(Number(cell)) ? Number(cell).toFixed(type.scale) : MISMATCH)
  }
  if (type.tag === 'array') return list(readJson(type.element))
  if (type.tag === 'json') return document(type)
  return type.tag === 'bytes' ? bytesOfText : readCell(type)
}

/** A computed float beyond the doubles is written as `9.0e+999` in a document. */
const document = (type: SqlType & { readonly tag: 'json' }): Reader => {
  const read = readCell(type)
  return cell => (typeof cell === 'string' && cell.includes('e+999') && !isFiniteJson(parsed(cell)) ? OVERFLOW : read(cell))
}

const isFiniteJson = (value: unknown): boolean =>
  typeof value === 'number' || value instanceof ExactNumber
    ? Number.isFinite(Number(value instanceof ExactNumber ? value.digits : value))
    : typeof value !== 'object' || value === null || Object.values(value).every(isFiniteJson)

const readJson = (type: SqlType): Reader => {
  if (type.tag === 'json') {
    const read = readJsonCell(type)
    return value => (isFiniteJson(value) ? read(value) : OVERFLOW)
  }
  return type.tag === 'numeric' || type.tag === 'array' ? read(type) : readJsonCell(type)
}

/** The values of SQLite drivers. */
export const sqliteValues: Values = { write, read, readJson }
