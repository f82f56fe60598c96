/**
 * Values at drivers, without a driver: what is written for hostile texts and extreme numbers, and the errors for cells that are not
 * values of their type.
 */
import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { SqlType } from '../../../lib/core/value/SqlType.js'
import { mysqlValues } from '../../../lib/sql/mysql/driverValues.js'
import { postgresValues } from '../../../lib/sql/postgres/driverValues.js'
import { sqliteValues } from '../../../lib/sql/sqlite/driverValues.js'
import { MISMATCH, OVERFLOW, type Values } from '../../../lib/sql/Values.js'
import { hostileStrings } from '../../live/hostileStrings.js'
import { suite } from '../../suite.js'

const test = suite('Values')

const drivers: readonly (readonly [string, Values])[] = [
  ['postgres', postgresValues],
  ['mysql', mysqlValues],
  ['sqlite', sqliteValues],
]

const texts = fc.constantFrom(...hostileStrings(800).filter(s => s.length < 200))

/** The elements of an array literal of Postgres, read by its manual: quoted elements, a backslash before any character. */
const arrayLiteral = (literal: string): readonly (string | null)[] => {
  assert.match(literal, /^\{[\s\S]*\}$/)
  const elements: (string | null)[] = []
  const element = /(?:"((?:[^"\\]|\\[\s\S])*)"|NULL)(?:,|\}$)/y
  element.lastIndex = 1
  while (element.lastIndex < literal.length && literal !== '{}') {
    const found = element.exec(literal)
    if (found === null) throw new Error(`no array literal: ${literal}`)
    elements.push(found[1] === undefined ? null : found[1].replace(/\\([\s\S])/g, '$1'))
  }
  return elements
}

const TEXTS: SqlType = { tag: 'array', element: { tag: 'text' }, elementNullable: true }

test('arrays of hostile texts are one literal, or JSON', () => {
  fc.assert(
    fc.property(fc.array(fc.option(texts), { maxLength: 4 }), values => {
      assert.equal(arrayLiteral(postgresValues.write(TEXTS)(values) as string), values)
      assert.equal(JSON.parse(mysqlValues.write(TEXTS)(values) as string), values)
      assert.equal(JSON.parse(sqliteValues.write(TEXTS)(values) as string), values)
    }),
  )
})

test('a text that says NULL is no null', () => {
  assert.is(postgresValues.write(TEXTS)(['NULL', null, '']), '{"NULL",NULL,""}')
})

test('JSON of hostile texts comes back', () => {
  fc.assert(
    fc.property(texts, texts, (key, value) => {
      for (const [, { write, read }] of drivers) {
        const json = { [key]: [value, null] }
        assert.equal(JSON.stringify(read({ tag: 'json' })(write({ tag: 'json' })(json))), JSON.stringify(json))
      }
    }),
  )
})

/** Elements of JSON arrays, as they are written and read by each driver that has them as JSON. */
const elements: readonly (readonly [SqlType, readonly unknown[]])[] = [
  [{ tag: 'bigint' }, [0n, 2n ** 63n - 1n, -(2n ** 63n)]],
  [{ tag: 'numeric', precision: 18, scale: 2 }, ['0.00', '-0.01', '9999999999999999.99']],
  [{ tag: 'float' }, [0, 5e-324, -1.7976931348623157e308, 0.1]],
  [{ tag: 'boolean' }, [true, false]],
  [{ tag: 'timestamp' }, [new Date(0), new Date('1969-12-31T23:59:59.999Z'), new Date('9999-12-31T23:59:59.999Z')]],
  [{ tag: 'timestampMicros' }, ['0001-01-01T00:00:00.000001Z', '2020-02-29T12:00:00.999999Z']],
  [{ tag: 'date' }, ['0001-01-01', '9999-12-31']],
  [{ tag: 'time' }, ['00:00:00.000', '23:59:59.999']],
  [{ tag: 'bytes' }, [new Uint8Array(), Uint8Array.of(0, 39, 92, 255)]],
]

test('elements of arrays come back from their JSON', () => {
  for (const [element, values] of elements)
    for (const [name, { write, read }] of drivers.filter(([n]) => n !== 'postgres')) {
      const type: SqlType = { tag: 'array', element, elementNullable: true }
      assert.equal(read(type)(write(type)([...values, null])), [...values, null], `${name}: ${element.tag}`)
    }
})

test('numbers at the edges are read whole, and beyond them are an overflow', () => {
  for (const [name, { read }] of drivers) {
    const int = read({ tag: 'int' })
    assert.is(int('9007199254740991'), 9007199254740991, name)
    assert.is(int('9007199254740993'), OVERFLOW, name)
    assert.is(int(9007199254740993n), OVERFLOW, name)
    const bigint = read({ tag: 'bigint' })
    assert.is(bigint('9223372036854775807'), 9223372036854775807n, name)
    assert.is(bigint('9223372036854775808'), OVERFLOW, name)
    assert.is(bigint('-9223372036854775809'), OVERFLOW, name)
    assert.is(bigint('9.2233720368547758e+18'), OVERFLOW, name)
    const float = read({ tag: 'float' })
    for (const cell of ['Infinity', '-Infinity', 'NaN', Number.POSITIVE_INFINITY, Number.NaN]) assert.is(float(cell), OVERFLOW, name)
    assert.ok(Object.is(float(-0), 0), `${name}: there is one zero`)
  }
})

test('a cell that is no value of its type is a mismatch, never another value', () => {
  const cells: readonly (readonly [SqlType, readonly unknown[]])[] = [
    [{ tag: 'int' }, ['', ' 1', '1x', '0x10', 1.5, true, {}, [], new Date(0)]],
    [{ tag: 'bigint' }, ['', ' 1', '1n', true, {}]],
    [{ tag: 'float' }, ['', 'x', true, {}, []]],
    [{ tag: 'text' }, [1, true, {}, Uint8Array.of(255), 1n]],
    [{ tag: 'boolean' }, ['true', 'yes', 2, '', {}, '1']],
    [{ tag: 'uuid' }, ['', 'x', '00000000-0000-4000-8000-00000000000', 1]],
    [{ tag: 'date' }, ['2020-02-30', '2020-1-1', '', 20200101]],
    [{ tag: 'time' }, ['24:00:00.000', '1:00', '', 1]],
    [{ tag: 'timestamp' }, ['', '2020-01-01', '2020-13-01 00:00:00', '2020-01-01 00:00:00+02', 0, new Date(Number.NaN)]],
    [{ tag: 'timestampMicros' }, ['', '2020-01-01', '2020-01-01 00:00:00+02', 0]],
    [{ tag: 'enum', values: ['a', 'b'] }, ['c', '', 1, Uint8Array.of(97)]],
    [{ tag: 'bytes' }, [1, {}]],
    [{ tag: 'json' }, ['{', "{'a': 1}"]],
    [{ tag: 'array', element: { tag: 'int' }, elementNullable: false }, ['{1}', '1', '[1', {}, '["x"]']],
    [{ tag: 'vector', dimension: 2 }, ['[1]', '[1, null]', '[1, 2, 3]', 'x']],
  ]
  // Postgres writes bytes as digits; elsewhere a text in a column of bytes is its bytes
  for (const cell of ['0', 'zz', '\\x0']) assert.is(postgresValues.read({ tag: 'bytes' })(cell), MISMATCH)
  for (const [name, { read }] of drivers)
    for (const [type, wrong] of cells)
      for (const cell of wrong) {
        const answer = read(type)(cell)
        assert.ok(
          answer === MISMATCH,
          `${name}: ${type.tag} from ${typeof cell} ${String(cell)}` +
            ` is ${typeof answer === 'symbol' ? String(answer) : JSON.stringify(answer)}`,
        )
      }
})

test('an overflow or a mismatch inside an array is one of the whole', () => {
  for (const [name, { read }] of drivers) {
    assert.is(read({ tag: 'array', element: { tag: 'int' }, elementNullable: true })('[1, null, "9007199254740993"]'), OVERFLOW, name)
    assert.is(read({ tag: 'array', element: { tag: 'int' }, elementNullable: true })('[1, null, [2]]'), MISMATCH, name)
  }
})

test('decimals keep their scale, and lose no digit in silence', () => {
  const type: SqlType = { tag: 'numeric', precision: 10, scale: 2 }
  for (const { read } of [postgresValues, mysqlValues]) {
    assert.is(read(type)('1.5'), '1.50')
    assert.is(read(type)('-0.00'), '0.00')
    assert.is(read(type)('1.005'), MISMATCH)
    assert.is(read(type)('1e3'), MISMATCH)
    assert.is(read(type)('NaN'), MISMATCH)
    assert.is(read(type)('99999999999999999.99'), OVERFLOW)
  }
  assert.is(sqliteValues.write(type)('-0.05'), '-5')
  assert.is(sqliteValues.read(type)('-5'), '-0.05')
  assert.is(sqliteValues.read(type)(-5n), '-0.05')
  assert.is(sqliteValues.read(type)(1.5), OVERFLOW)
  assert.is(sqliteValues.read(type)('1.5'), OVERFLOW)
})

test('the same day is written for every dialect, before the epoch too', () => {
  const at = new Date('0099-03-01T00:00:00.007Z')
  assert.is(postgresValues.write({ tag: 'timestamp' })(at), '0099-03-01T00:00:00.007Z')
  assert.is(mysqlValues.write({ tag: 'timestamp' })(at), '0099-03-01 00:00:00.007')
  assert.is(sqliteValues.write({ tag: 'timestamp' })(at), '0099-03-01 00:00:00.007')
})

test.run()
