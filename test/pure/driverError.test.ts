/**
 * Copies of errors thrown by drivers: what stays readable in them, and what never gets into them.
 *
 * live/secrets.test.ts shows that no value is in an error of an engine; here are texts that only hostile or broken drivers and functions
 * in a database make.
 */
import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { driverError } from '../../lib/run/driverError.js'
import { nameIn, withoutValues } from '../../lib/run/withoutValues.js'
import { suite } from '../suite.js'

const sent = {
  sql: 'INSERT INTO "customer" ("first name", email) VALUES ($1, $2) -- \'ignored\'',
  params: ['Ada King, Countess of Lovelace', '{"plan":"enterprise","seats":4711}', 'vip', 815n],
}

const words = suite('a message without values')
const stays = [
  'customer is blocked',
  "a customer can't have two plans at once",
  'column "first name" of relation "customer" does not exist',
  'permission denied for table customer',
  'new row violates row-level security policy for table "customer"',
]
for (const message of stays) words(`stays: ${message}`, () => assert.is(withoutValues(message, sent), message))

const changes: readonly (readonly [string, string])[] = [
  ['customer Ada King, Countess of Lovelace is blocked', 'customer … is blocked'],
  ['customer ADA KING, COUNTESS OF LOVELACE is blocked', 'customer … is blocked'],
  ['customer King, Countess of Lo', 'customer…'],
  ['the plan enterprise has no seats', 'the plan … has no seats'],
  ['a vip is no member', 'a … is no member'],
  ['customer 4711 is blocked', 'customer … is blocked'],
  ['customer ada@example.org is blocked since 2020-01-01', 'customer … is blocked since …'],
  ['relation "nowhere" does not exist', 'relation … does not exist'],
  [`Table 'Ada's table' doesn't exist`, `Table … doesn't exist`],
  ['value "a" or "b" is wrong', 'value … is wrong'],
  ['value "customer" or "b" is wrong', 'value "customer" or … is wrong'],
  ['value `cut in the mid', 'value …'],
  ['parameter $1 is missing', 'parameter … is missing'],
  ["literal 'ignored' is none", 'literal … is none'],
]
for (const [message, shown] of changes) words(`changes: ${message}`, () => assert.is(withoutValues(message, sent), shown))

words('a name stays if the statement says it, however it is written there', () => {
  const sql = 'SELECT "a ""b""", `c``d`, "x"."y" FROM t WHERE z = \'literal\''
  for (const name of ['a "b"', 'c`d', 'x.y', 't', 'z', 'Z']) assert.is(nameIn({ sql }, name), name)
  for (const name of ['literal', 'a', 'nowhere', 'ZZ']) assert.is(nameIn({ sql }, name), name === 'a' ? 'a' : '…')
  assert.is(nameIn({ sql: 'DROP TABLE t' }, 'other'), 'other', 'a definition has no values')
})
words.run()

const SECRET = 'hunter2secret'
const shown = (thrown: unknown): string => inspect(driverError(thrown, sent), { depth: 20, showHidden: true, getters: true })

const copies = suite('a copy of what was thrown')
copies('has codes, names and frames, and not the message', () => {
  const thrown = Object.assign(new Error(`duplicate key "${SECRET}"`), {
    code: '23505',
    severity: 'ERROR',
    routine: '_bt_check_unique',
    table_name: 'customer',
    constraint_name: 'customer_pkey',
    detail: `Key (email)=(${SECRET}) already exists.`,
    query: SECRET,
    parameters: [SECRET],
    position: '17',
  })
  const { message, code, routine, table, constraint, position, stack } = driverError(thrown, sent)
  assert.equal([code, routine, table, constraint, position], ['23505', '_bt_check_unique', 'customer', 'customer_pkey', 17])
  assert.is(message, 'duplicate key …')
  assert.match(stack ?? '', /^Error: duplicate key …\n {4}at /)
  assert.not(shown(thrown).includes(SECRET))
})
copies('of a text that a function in the database raises has only names of the statement', () => {
  const raised = { code: '23505', routine: 'exec_stmt_raise', table_name: SECRET, column_name: 'email', constraint_name: SECRET }
  const copy = driverError(Object.assign(new Error('customer is blocked'), raised), sent)
  assert.equal([copy.message, copy.table, copy.column, copy.constraint], ['customer is blocked', undefined, 'email', undefined])
})
copies('of a message that looks like a frame', () => {
  const thrown = new Error(`first\n    at ${SECRET} (file:1:1)\n    at ${SECRET} (file:2:2)`)
  assert.not(shown(thrown).includes(SECRET))
  const changed = new Error(`first\n    at ${SECRET} (file:1:1)`)
  changed.message = 'another'
  assert.not(shown(changed).includes(SECRET))
})
copies('of errors of Node and of JavaScript', () => {
  const url = (): unknown => {
    try {
      return new URL(`postgres://${SECRET} @:x`)
    } catch (thrown) {
      return thrown
    }
  }
  const number = (): unknown => {
    try {
      return BigInt(SECRET)
    } catch (thrown) {
      return thrown
    }
  }
  assert.is(driverError(url()).code, 'ERR_INVALID_URL')
  assert.is(driverError(number()).message, 'a SyntaxError in the driver')
  for (const thrown of [url(), number()]) assert.not(shown(thrown).includes(SECRET))
})
copies('of causes and of errors of several addresses, also in a circle', () => {
  const refused = Object.assign(new Error(SECRET), { code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port: 1 })
  const all = Object.assign(new AggregateError([refused], SECRET), { code: 'ECONNREFUSED', cause: refused as unknown })
  Object.assign(refused, { cause: all })
  const copy = driverError(all)
  assert.is(copy.errors?.[0]?.message, 'connect ECONNREFUSED')
  assert.not(shown(all).includes(SECRET))
})
copies('of what is no error, and of what can not be read', () => {
  const closed = new Proxy(new Error(SECRET), {
    get: () => {
      throw new Error(SECRET)
    },
  })
  for (const thrown of [undefined, null, 7, SECRET, { message: SECRET }, Object.create(null), [SECRET], Symbol(SECRET), closed]) {
    const copy = driverError(thrown)
    assert.instance(copy, Error)
    assert.type(copy.message, 'string')
    assert.not(thrown !== SECRET && shown(thrown).includes(SECRET))
  }
})
copies('of a copy is the copy', () => {
  const copy = driverError(new Error('x'))
  assert.is(driverError(copy), copy)
})
copies.run()
