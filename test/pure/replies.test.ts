/**
 * Which errors of drivers are replies that a statement failed. Every other error leaves open whether the statement was executed.
 *
 * The codes are those of the documentation of the servers, and those that poolers and proxies send when the server behind them is gone.
 */
import * as assert from 'uvu/assert'
import { closesConnection, isMysqlReply } from '../../lib/run/mysql/replies.js'
import { isPostgresReply } from '../../lib/run/postgres/errors.js'
import { suite } from '../suite.js'

const replies = suite('replies')

const ofPostgres = (code: string, more: object = {}): Error =>
  Object.assign(new Error('a text'), { name: 'PostgresError', code, severity: 'ERROR', severity_local: 'FEHLER', ...more })
const ofMysql = (errno: number, sqlState = 'HY000'): Error =>
  Object.assign(new Error('a text'), { errno, sqlState, sqlMessage: 'a text', code: 'ER_X' })

const SOCKETS = [
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNABORTED',
  'EPIPE',
  'EPROTO',
  'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  'EWHATEVER',
]

replies('of Postgres: the statement failed', () => {
  for (const code of ['23505', '23503', '40001', '40P01', '57014', '42P01', '22012', '25P02', 'XX000', 'P0001', '53200', '55P03']) {
    assert.ok(isPostgresReply(ofPostgres(code)), code)
  }
})

replies('of Postgres and its poolers: the session was given up', () => {
  for (const code of ['08000', '08003', '08006', '08P01', '08007', '40003', '57P01', '57P02', '57P03', '57P04', '57P05', '58000']) {
    assert.not.ok(isPostgresReply(ofPostgres(code)), code)
  }
  for (const severity of ['FATAL', 'PANIC']) {
    assert.not.ok(isPostgresReply(ofPostgres('53300', { severity })), severity)
    assert.not.ok(isPostgresReply(ofPostgres('XX000', { severity: undefined, severity_local: severity })), severity)
  }
})

replies('of MySQL and MariaDB: the statement failed', () => {
  for (const [errno, state] of [
    [1062, '23000'],
    [1213, '40001'],
    [1205, 'HY000'],
    [1317, '70100'],
    [3024, 'HY000'],
    [1969, '70100'],
    [1064, '42000'],
    [1153, '08S01'],
  ] as const) {
    assert.ok(isMysqlReply(ofMysql(errno, state)), String(errno))
  }
  // the server closes the connection after it all the same
  assert.ok(closesConnection(ofMysql(1153, '08S01')))
  assert.not.ok(closesConnection(ofMysql(1062, '23000')))
})

replies('of MySQL, MariaDB and their proxies: the session was given up', () => {
  for (const errno of [1053, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2003, 2006, 2013, 2055, 3169, 4031, 9001, 9005, 9999]) {
    assert.not.ok(isMysqlReply(ofMysql(errno)), String(errno))
  }
  assert.not.ok(isMysqlReply(ofMysql(1043, '08S01')))
})

replies('of no server: sockets, TLS, drivers, anything that is thrown', () => {
  const thrown: readonly unknown[] = [
    ...SOCKETS.map(code => Object.assign(new Error('read'), { code, errno: -104, syscall: 'read' })),
    Object.assign(new Error('lost'), { code: 'CONNECTION_CLOSED', errno: 'CONNECTION_CLOSED' }),
    Object.assign(new Error('lost'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }),
    // a code of five letters is no SQLSTATE if no server sent it
    Object.assign(new Error('cancelled by the driver'), { code: '57014' }),
    new TypeError('x is undefined'),
    'a text',
    null,
    undefined,
    {},
  ]
  for (const e of thrown) {
    assert.not.ok(isPostgresReply(e), String(e))
    assert.not.ok(isMysqlReply(e), String(e))
  }
})

replies.run()
