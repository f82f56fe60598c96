/**
 * Addresses of servers: what is accepted, what is refused, and that a refusal repeats nothing of an address.
 *
 * An ambiguous address is refused. Every parameter is honoured or refused; none is ignored.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { attempting } from '../../lib/core/value/DbError.js'
import type { DbError } from '../../lib/DbError.js'
import { type MysqlAddress, type MysqlWhere, mysqlAddress } from '../../lib/run/mysql/address.js'
import { type PostgresAddress, type PostgresWhere, postgresAddress } from '../../lib/run/postgres/address.js'
import { suite } from '../suite.js'

const readPostgres = (where: PostgresWhere, env: NodeJS.ProcessEnv = {}): E.Either<DbError, PostgresAddress> =>
  attempting('reading', () => postgresAddress(where, undefined, env))
const readMysql = (where: MysqlWhere, env: NodeJS.ProcessEnv = {}): E.Either<DbError, MysqlAddress> =>
  attempting('reading', () => mysqlAddress(where, undefined, env))

const right = <A>(answer: E.Either<DbError, A>): A => {
  assert.ok(E.isRight(answer), E.isLeft(answer) ? answer.left.message : '')
  return (answer as E.Right<A>).right
}
const refused = (answer: E.Either<DbError, unknown>, words: RegExp, text: string): void => {
  assert.ok(E.isLeft(answer), `${text} was read: ${inspect(answer, { depth: 4 })}`)
  const error = (answer as E.Left<DbError>).left
  assert.is(error._tag, 'ConnectionError')
  assert.match(error.message, words)
  assert.not.match(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }), /s3cret|Hunter2/)
}
const pg = (url: string): PostgresAddress => right(readPostgres({ url }))
const my = (url: string): MysqlAddress => right(readMysql({ url }))

const address = suite('addresses')

address('user, password, host, port, database', () => {
  const a = pg('postgres://ann:s3cret@db.example:6000/shop')
  assert.equal([a.user, a.password, a.endpoints, a.database], ['ann', 's3cret', [{ host: 'db.example', port: 6000 }], 'shop'])
  const b = my('mariadb://ann:s3cret@db.example/shop')
  assert.equal([b.user, b.password, b.endpoint, b.database], ['ann', 's3cret', { host: 'db.example', port: 3306 }, 'shop'])
  assert.equal(pg('postgresql://h').endpoints, [{ host: 'h', port: 5432 }])
  assert.is(pg('postgres://ann@h').database, 'ann')
})

address('IPv6, several hosts, unix sockets', () => {
  assert.equal(pg('postgres://u@[::1]:5433/d').endpoints, [{ host: '::1', port: 5433 }])
  assert.equal(pg('postgres://u@[fe80::1%25lo]/d').endpoints, [{ host: 'fe80::1%lo', port: 5432 }])
  assert.equal(my('mysql://u@[2001:db8::7]/d').endpoint, { host: '2001:db8::7', port: 3306 })
  assert.equal(pg('postgres://u@a:1,b,[::1]:3/d').endpoints, [
    { host: 'a', port: 1 },
    { host: 'b', port: 5432 },
    { host: '::1', port: 3 },
  ])
  assert.equal(pg('postgres://u@%2Fvar%2Frun:77/d').endpoints, [{ path: '/var/run/.s.PGSQL.77' }])
  assert.equal(pg('postgres:///d?host=/tmp&port=9&user=u').endpoints, [{ path: '/tmp/.s.PGSQL.9' }])
  assert.equal(my('mysql://u@localhost/d?socket=/run/mysqld.sock').endpoint, { path: '/run/mysqld.sock' })
})

address('a password may hold anything, as codes; an @ also as it is', () => {
  assert.is(pg('postgres://u:p%40%2F%3F%23%25@h/d').password, 'p@/?#%')
  assert.is(pg('postgres://u:p@ss@h/d').password, 'p@ss')
  assert.is(my('mysql://u:a:b@h/d').password, 'a:b')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 1 }), (password, user) => {
      const url = `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@h/d`
      assert.equal([pg(`postgres${url}`).user, pg(`postgres${url}`).password], [user, password])
      assert.equal([my(`mysql${url}`).user, my(`mysql${url}`).password], [user, password])
    }),
  )
})

address('what could be read in two ways is refused, and not repeated', () => {
  for (const rest of [
    '://app:Hunter2/x@127.0.0.1:5433/d',
    '://app:12/Hunter2@127.0.0.1:5433/d',
    '://app:12#Hunter2@127.0.0.1/d',
    '://app:12?Hunter2@127.0.0.1/d',
    '://app:12?a=Hunter2@127.0.0.1/d',
    '://app:%zzHunter2@h/d',
    '://app:Hunter2@h:99999/d',
    '://app:Hunter2@h:0/d',
    '://app:Hunter2@h:port/d',
    '://app:Hunter2@::1/d',
    '://app:Hunter2@[::1/d',
    '://app:Hunter2@h/d/Hunter2',
    '://app:Hunter2@h/d?Hunter2',
    '://app:Hunter2@h/d?=Hunter2',
    '://app:Hunter2@h/d?sslmode=require&SSL_MODE=Hunter2',
  ]) {
    refused(readPostgres({ url: `postgres${rest}` }), /can't be read/, rest)
    refused(readMysql({ url: `mysql${rest}` }), /can't be read/, rest)
  }
  for (const url of ['', 'Hunter2', 'Hunter2://', 'localhost/d', 'http://app:Hunter2@h/d']) {
    refused(readPostgres({ url }), /scheme|not one of postgres/, url)
    refused(readMysql({ url }), /scheme|not one of mysql/, url)
  }
  // no text makes the reader throw, and none of it is in a refusal
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('postgres://', 'mysql://', '@', ':', '/', '?', '#', '%', '[', ']', ',', '=', '&', 'h', '1', 's3cret')),
      parts => {
        for (const answer of [readPostgres({ url: parts.join('') }), readMysql({ url: parts.join('') })]) {
          if (E.isLeft(answer)) refused(answer, /./, parts.join(''))
        }
      },
    ),
    { numRuns: 500 },
  )
})

address('an address of another engine is refused by its name', () => {
  refused(readPostgres({ url: 'mysql://u:s3cret@h/d' }), /address of mysql: open it with mysql/, 'mysql')
  refused(readMysql({ url: 'postgres://u:s3cret@h/d' }), /address of postgres: open it with postgres/, 'postgres')
  refused(readPostgres({ url: 'file://s3cret' }), /open it with sqlite/, 'file')
})

address('TLS by parameters, in both spellings', () => {
  const modes: readonly (readonly [string, string | null])[] = [
    ['sslmode=disable', null],
    ['sslmode=prefer', 'prefer'],
    ['sslmode=allow', 'prefer'],
    ['ssl-mode=PREFERRED', 'prefer'],
    ['sslmode=require', 'require'],
    ['ssl-mode=REQUIRED', 'require'],
    ['sslmode=verify-ca', 'verify-ca'],
    ['ssl-mode=VERIFY_CA', 'verify-ca'],
    ['sslMode=verify-full', 'verify-full'],
    ['ssl-mode=VERIFY_IDENTITY', 'verify-full'],
    ['ssl=true', 'verify-full'],
    ['ssl=false', null],
    ['sslrootcert=system', 'verify-full'],
    ['sslmode=require&sslrootcert=system', 'verify-full'],
  ]
  for (const [query, mode] of modes) {
    assert.is(pg(`postgres://u@h/d?${query}`).tls?.mode ?? null, mode, query)
    const { tls } = my(`mysql://u@h/d?${query}`)
    assert.is(tls === null, mode === null, query)
    if (tls === null) continue
    assert.is(tls.isOptional, mode === 'prefer', query)
    assert.is(tls.options.rejectUnauthorized !== false, mode === 'verify-ca' || mode === 'verify-full', query)
    assert.is(tls.options.verifyIdentity, mode === 'verify-full', query)
  }
  for (const query of [
    'sslmode=s3cret',
    'ssl=s3cret',
    'ssl=true&sslmode=require',
    'sslpassword=s3cret',
    'ssl_min_protocol_version=TLSv9&sslmode=require',
  ]) {
    refused(readPostgres({ url: `postgres://u@h/d?${query}` }), /parameter/, query)
    refused(readMysql({ url: `mysql://u@h/d?${query}` }), /parameter/, query)
  }
})

address('certificates are read from their files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'query-ts-address-'))
  try {
    const file = join(folder, 'ca.pem')
    writeFileSync(file, 'an authority')
    const { tls } = pg(`postgres://u@h/d?sslmode=require&sslrootcert=${encodeURIComponent(file)}&ssl_min_protocol_version=TLSv1.3`)
    assert.is(tls?.mode, 'verify-ca')
    assert.is(String(tls?.options.ca), 'an authority')
    assert.is(tls?.options.minVersion, 'TLSv1.3')
    assert.is(String(my(`mysql://u@h/d?ssl-ca=${encodeURIComponent(file)}`).tls?.options.ca), 'an authority')
    refused(
      readPostgres({ url: `postgres://u@h/d?sslrootcert=${encodeURIComponent(`${folder}/s3cret`)}` }),
      /can't be read \(ENOENT\)/,
      'no file',
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

address('parameters of libpq are honoured or refused; others go to the server', () => {
  const a = pg(
    'postgres://h?user=u&password=p&dbname=d&application_name=a&connect_timeout=3&target_session_attrs=primary&search_path=shop&options=-c%20geqo%3Doff',
  )
  assert.equal(
    [a.user, a.password, a.database, a.connectTimeout, a.target, a.session],
    ['u', 'p', 'd', 3_000, 'primary', { search_path: 'shop', options: '-c geqo=off', application_name: 'a' }],
  )
  for (const query of [
    'channel_binding=require',
    'gssencmode=require',
    'sslnegotiation=direct',
    'client_encoding=latin1',
    'passfile=s3cret',
    'service=s3cret',
    'requirepeer=s3cret',
    'sslcrl=s3cret',
    'tcp_user_timeout=1',
    'target_session_attrs=s3cret',
    'load_balance_hosts=s3cret',
    'connect_timeout=s3cret',
    'TimeZone=s3cret',
    'datestyle=s3cret',
    'bytea_output=escape',
    'max=3',
    'schema=s3cret',
    'replication=database',
    'host=other',
  ]) {
    refused(readPostgres({ url: `postgres://u@h/d?${query}` }), new RegExp(`parameter ${query.split('=')[0]}`, 'i'), query)
  }
  for (const query of [
    'charset=latin1',
    'timezone=local',
    'connectionLimit=3',
    'useSSL=true',
    'compress=true',
    'multipleStatements=true',
    'unknown=1',
    'socket=/s3cret',
  ]) {
    refused(readMysql({ url: `mysql://u@h/d?${query}` }), new RegExp(`parameter ${query.split('=')[0]}`, 'i'), query)
  }
})

address('options go before the address, the address before a client, and that before the environment', () => {
  assert.equal(right(readPostgres({ url: 'postgres://u@h:1/d', host: 'other', database: 'e', port: 2 })).endpoints, [
    { host: 'other', port: 2 },
  ])
  assert.equal(right(readPostgres({ url: 'postgres://u@h:1/d', port: 2 })).endpoints, [{ host: 'h', port: 2 }])
  const env = { PGHOST: 'e1,e2', PGPORT: '7,8', PGUSER: 'ann', PGPASSWORD: 's3cret', PGDATABASE: 'shop', PGSSLMODE: 'require' }
  const a = right(readPostgres({}, env))
  assert.equal(
    [a.endpoints, a.user, a.password, a.database, a.tls?.mode],
    [
      [
        { host: 'e1', port: 7 },
        { host: 'e2', port: 8 },
      ],
      'ann',
      's3cret',
      'shop',
      'require',
    ],
  )
  assert.equal(right(readPostgres({}, { ...env, DATABASE_URL: 'postgres://u@h/d' })).endpoints, [{ host: 'h', port: 5432 }])
  assert.equal(right(readPostgres({ host: 'given' }, { ...env, DATABASE_URL: 'postgres://u@h/d' })).endpoints, [
    { host: 'given', port: 5432 },
  ])
  const client = { host: ['c'], port: [9], database: 'shop', user: 'ann', pass: 's3cret', ssl: 'require' }
  const b = right(attempting('reading', () => postgresAddress({}, client, env)))
  assert.equal([b.endpoints, b.user, b.password, b.tls?.mode], [[{ host: 'c', port: 9 }], 'ann', 's3cret', 'require'])
  const c = right(attempting('reading', () => mysqlAddress({ database: 'x' }, { host: 'c', port: 9, user: 'ann', password: 's3cret' }, {})))
  assert.equal([c.endpoint, c.user, c.password, c.database], [{ host: 'c', port: 9 }, 'ann', 's3cret', 'x'])
})

address('options of TLS that the driver of MySQL does not know are refused', () => {
  refused(readMysql({ host: 'h', ssl: { servername: 's3cret' } as object }), /ssl\.servername/, 'servername')
  assert.is(right(readMysql({ host: 'h', ssl: { ca: 'x' } })).tls?.options.verifyIdentity, true)
  assert.is(right(readMysql({ host: 'h', ssl: { rejectUnauthorized: false } })).tls?.options.verifyIdentity, false)
})

address.run()
