/**
 * Values of the canonical types: small domains, and extremes.
 *
 * Queries are tested over small domains, so that joins, groups and equalities match: a handful of values for each type, the simplest
 * first, among them some that engines tend to get wrong (astral characters, quotes and wildcards, instants before 1970). Arithmetic on
 * them stays far from the bounds. Round trips are tested with the extremes of each type.
 *
 * A type refined by a codec has the values that the codec decodes; if it decodes none of them, an arbitrary must be given.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Type } from 'io-ts'
import type { ExprType } from '../../lib/core/syntax/Syntax.js'
import { canonical, decimalOf, fitsColumn, MAX_INT64, MIN_INT64, unscaled } from '../../lib/core/value/Canonical.js'
import type { SqlType } from '../../lib/core/value/SqlType.js'
import { type Code, pure, quoted } from './Code.js'

const TEXTS = [
  '',
  'a',
  'b',
  'ab',
  'A',
  'aB',
  'é',
  'É',
  'a%',
  'a_b',
  "o'c",
  '\\',
  '"',
  '!',
  '😀',
  'a😀',
  ' ',
  'a ',
  'ж',
  'Ж',
  'σ',
  'Σ',
  '\uffee',
  '--',
  '$1',
  '?',
]

/** Plain texts, more often, so that equalities match. */
const COMMON = ['a', 'b', 'ab', '', 'a', 'b', 'ab', 'A', 'a', 'b', 'a', 'b', 'aB', 'a']

const repeated = (text: string, length: number): string => [...text.repeat(length)].slice(0, length).join('')

const decimals = ({ precision, scale }: { readonly precision: number; readonly scale: number }, of: readonly string[]): readonly string[] =>
  of.flatMap(text => {
    const digits = unscaled(text, scale)
    return digits === null || digits.toString().replace('-', '').length > precision ? [] : [decimalOf(digits, scale)]
  })

/** A few canonical values of a type, the simplest first. */
const smallOf = (sql: SqlType): readonly unknown[] => {
  switch (sql.tag) {
    case 'smallint':
    case 'int':
      return [0, 1, 2, 3, -1]
    case 'bigint':
      return [0n, 1n, 2n, 3n, -1n]
    case 'float':
      return [0, 1, 0.5, -1.25, 2, 10.75]
    case 'numeric':
      return decimals(sql, ['0', '1', '1.5', '2.25', '-1', '10', '0.01'])
    case 'text':
      return [...COMMON, ...TEXTS]
    case 'varchar':
      return [...COMMON, ...TEXTS].filter(t => [...t].length <= sql.length)
    case 'char':
      return ['a', 'b', 'A', 'é', '😀'].map(t => repeated(t, sql.length))
    case 'enum':
      return sql.values
    case 'uuid':
      return ['00000000-0000-0000-0000-000000000000', '0a0b0c0d-0000-4000-8000-000000000001', 'ffffffff-ffff-4fff-bfff-ffffffffffff']
    case 'boolean':
      return [false, true]
    case 'timestamp':
      return ['2020-01-01T00:00:00.000Z', '2020-01-01T00:00:00.001Z', '1969-12-31T23:59:59.999Z', '2024-02-29T12:30:00.000Z'].map(
        t => new Date(t),
      )
    case 'timestampMicros':
      return ['2020-01-01T00:00:00.000000Z', '2020-01-01T00:00:00.000001Z', '1969-12-31T23:59:59.999999Z']
    case 'date':
      return ['2020-01-01', '2024-02-29', '1969-12-31']
    case 'time':
      return ['00:00:00.000', '12:30:00.000', '23:59:59.999']
    case 'bytes':
      return [[], [0], [1], [255], [0, 1]].map(b => Uint8Array.from(b))
    case 'json':
      return [0, 'a', true, { a: 1, b: ['é', null] }, []]
    case 'array':
      return [
        [],
        ...smallOf(sql.element)
          .slice(0, 3)
          .map(x => [x]),
        ...(sql.elementNullable ? [[null]] : []),
      ]
    case 'vector':
      return [0, 1, 0.5].map(x => Array.from({ length: sql.dimension }, () => x))
    case 'custom':
      return []
  }
}

/** Values at the bounds of a type, or that engines are known to change. */
const extremesOf = (sql: SqlType): readonly unknown[] => {
  switch (sql.tag) {
    case 'smallint':
      return [-32768, 32767]
    case 'int':
      return [-2147483648, 2147483647]
    case 'bigint':
      return [MIN_INT64, MAX_INT64, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n]
    case 'float':
      return [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 2.2250738585072014e-308, 0.1, 1 / 3, 2 ** 53 + 2, 1e21, 1e-7]
    case 'numeric': {
      const most = 10n ** BigInt(sql.precision) - 1n
      return [decimalOf(most, sql.scale), decimalOf(-most, sql.scale), decimalOf(1n, sql.scale), decimalOf(-1n, sql.scale)]
    }
    case 'text':
      return [
        '\u{10ffff}',
        '\ufffd',
        '\u0001\t\r\n\u007f',
        'e\u0301',
        '\u202e\u200b',
        "'; drop table x; --",
        '/* */',
        ':name @p %s {0}',
        'x'.repeat(70_000),
      ]
    case 'varchar':
    case 'char':
      return [repeated('😀', sql.length), repeated("'", sql.length), repeated('\\', sql.length), repeated('\u{10ffff}', sql.length)]
    case 'timestamp':
      return [
        '0001-01-01T00:00:00.000Z',
        '9999-12-31T23:59:59.999Z',
        '1582-10-10T00:00:00.000Z',
        '1900-03-01T00:00:00.000Z',
        '0099-12-31T23:59:59.999Z',
      ].map(t => new Date(t))
    case 'timestampMicros':
      return ['0001-01-01T00:00:00.000000Z', '9999-12-31T23:59:59.999999Z']
    case 'date':
      return ['0001-01-01', '9999-12-31', '1582-10-10', '0099-12-31']
    case 'bytes':
      return [Uint8Array.from({ length: 256 }, (_, i) => i), new Uint8Array(1000), new TextEncoder().encode("\\x00'")]
    case 'json':
      return ['\u{10ffff}"\\', 1e300, -0.1, { '': { 'a.b': [[], {}] } }, 2 ** 53 - 1]
    case 'array': {
      const inner = extremesOf(sql.element)
      return [inner, [...inner, ...(sql.elementNullable ? [null] : [])]]
    }
    case 'vector':
      return [
        Array.from({ length: sql.dimension }, (_, i) => Math.fround(i / 3)),
        Array.from({ length: sql.dimension }, () => 3.4028234663852886e38),
      ]
    default:
      return []
  }
}

/** Any value of a type, or null for a type whose small values and extremes are all there is. */
const anyOf = (sql: SqlType): fc.Arbitrary<unknown> | null => {
  switch (sql.tag) {
    case 'smallint':
      return fc.integer({ min: -32768, max: 32767 })
    case 'int':
      return fc.integer({ min: -2147483648, max: 2147483647 })
    case 'bigint':
      return fc.bigInt({ min: MIN_INT64, max: MAX_INT64 })
    case 'float':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map(x => (x === 0 ? 0 : x))
    case 'numeric': {
      const most = 10n ** BigInt(sql.precision) - 1n
      return fc.bigInt({ min: -most, max: most }).map(digits => decimalOf(digits, sql.scale))
    }
    case 'text':
      return textOf({ maxLength: 12 })
    case 'varchar':
      return textOf({ maxLength: sql.length })
    case 'char':
      return textOf({ minLength: sql.length, maxLength: sql.length })
    case 'uuid':
      return fc.uuid()
    case 'timestamp':
      return fc.date({ min: new Date('0001-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    case 'date':
      return fc
        .date({ min: new Date('0001-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
        .map(d => d.toISOString().slice(0, 10))
    case 'time':
      return fc.nat(86_399_999).map(ms => new Date(ms).toISOString().slice(11, 23))
    case 'bytes':
      return fc.uint8Array({ maxLength: 40 })
    case 'json':
      return fc
        .jsonValue({ maxDepth: 3 })
        .filter(v => v !== null && canonical(sql, v).ok)
        .map(v => (canonical(sql, v) as { readonly value: unknown }).value)
    default:
      return null
  }
}

const texts = new Map<string, fc.Arbitrary<string>>()

/** Text that every engine can store, so without NUL. Columns of one length share the arbitrary, which takes milliseconds to make. */
const textOf = (constraints: { readonly minLength?: number; readonly maxLength: number }): fc.Arbitrary<string> => {
  const lengths = `${constraints.minLength ?? 0} to ${constraints.maxLength}`
  const made = texts.get(lengths) ?? fc.string({ unit: 'binary', ...constraints }).map(s => s.replaceAll('\u0000', 'a'))
  texts.set(lengths, made)
  return made
}

/** The canonical values that a type admits, decoded by its codec. */
const decoded = ({ sql, refine }: ExprType, values: readonly unknown[]): readonly unknown[] => {
  const type = refine as Type<unknown, unknown> | null
  const admitted = values.filter(v => canonical(sql, v).ok && fitsColumn(sql, v))
  if (type === null) return admitted
  return admitted.flatMap(v => {
    const a = type.decode(v)
    return E.isRight(a) ? [a.right] : []
  })
}

/** A few values of a type, without null, the simplest first. */
export const smallValues = (type: ExprType): readonly unknown[] => decoded(type, smallOf(type.sql))

const orNull = (type: ExprType, arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  type.nullable ? fc.noBias(fc.oneof({ weight: 3, arbitrary }, { weight: 1, arbitrary: fc.constant(null) })) : arbitrary

const chosen = (values: readonly unknown[]): fc.Arbitrary<unknown> => fc.noBias(fc.constantFrom(...values))

const none = (type: ExprType): never => {
  throw new Error(`no value of ${type.refine?.name ?? type.sql.tag} is known: pass an arbitrary for the column`)
}

/** Values of a small domain, and null for a nullable type. */
export const smallValue = (type: ExprType): fc.Arbitrary<unknown> => {
  const values = smallValues(type)
  if (values.length > 0) return orNull(type, chosen(values))
  return type.nullable ? fc.constant(null) : none(type)
}

/** Any value of a type, extremes more often than the rest. */
export const anyValue = (type: ExprType): fc.Arbitrary<unknown> => {
  const edges = decoded(type, [...smallOf(type.sql), ...extremesOf(type.sql)])
  const any = type.refine === null ? anyOf(type.sql) : null
  if (edges.length === 0) return type.nullable ? fc.constant(null) : none(type)
  return orNull(type, any === null ? chosen(edges) : fc.oneof(chosen(edges), any))
}

/** The TypeScript expression of a value. */
export const valueText = (value: unknown): string => {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Date) return `new Date('${value.toISOString()}')`
  if (value instanceof Uint8Array) return `Uint8Array.of(${[...value].join(', ')})`
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, v]) => `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)}: ${valueText(v)}`)
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
  }
  return Object.is(value, -0) ? '-0' : String(value)
}

export const valueCode = (value: unknown): Code<any> => pure(valueText(value), value)
