/**
 * What `open` is given: which engine and options a target means, what is refused and by which name, and that a refusal repeats nothing of an
 * address.
 *
 * No runner is loaded here: `readTarget` is pure. What runners do with an address of a server is in address.test.ts.
 */
import { inspect } from 'node:util'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { attempting } from '../../lib/core/value/DbError.js'
import { nearestHint, similar } from '../../lib/core/value/nearest.js'
import type { DbError } from '../../lib/DbError.js'
import { type OpenTarget, readTarget, type Target, type TargetOptions } from '../../lib/run/address/openTarget.js'
import { suite } from '../suite.js'

const read = (target: unknown, options?: unknown): E.Either<DbError, OpenTarget> =>
  attempting('reading', () => readTarget(target as Target, options as TargetOptions | undefined))

const reads = (target: unknown, engine: string, options: object, more?: unknown): void =>
  assert.equal(read(target, more), E.right({ engine, options }), inspect(target))

const refused = (target: unknown, tag: DbError['_tag'], words: RegExp, more?: unknown): void => {
  const answer = read(target, more)
  assert.ok(E.isLeft(answer), `${inspect(target)} was read: ${inspect(answer)}`)
  const error = (answer as E.Left<DbError>).left
  assert.is(error._tag, tag, error.message)
  assert.match(error.message, words)
}

const targets = suite('targets of open')

targets('the scheme chooses the engine; addresses of servers are passed on whole', () => {
  for (const url of ['postgres://u:p@h/d?sslmode=require', 'postgresql://h/d', 'POSTGRES://h/d']) reads(url, 'postgres', { url })
  reads('mysql://u@h/d', 'mysql', { url: 'mysql://u@h/d' })
  reads('mariadb://u@h/d', 'mariadb', { url: 'mariadb://u@h/d' })
  reads('sqlite:shop.db', 'sqlite', { file: 'shop.db' })
  reads('sqlite:/srv/my%20shop%3F.db', 'sqlite', { file: '/srv/my shop?.db' })
  reads('sqlite:C:\\data\\shop.db', 'sqlite', { file: 'C:\\data\\shop.db' })
  reads('sqlite3:../shop.db', 'sqlite3', { file: '../shop.db' })
  for (const engine of ['sqlite', 'sqlite3']) reads(`${engine}::memory:`, engine, {})
  reads('pglite:data', 'pglite', { dataDir: 'data' })
  reads('pglite:idb://shop', 'pglite', { dataDir: 'idb://shop' })
  for (const url of ['pglite:', 'pglite::memory:']) reads(url, 'pglite', {})
  reads('memory:', 'memory', {})
})

targets('options of the runner are added to those of the target, and override them', () => {
  reads('sqlite3:a.db', 'sqlite3', { file: 'a.db', busyTimeout: 7 }, { busyTimeout: 7 })
  reads('mysql://h/d', 'mysql', { url: 'mysql://h/d', password: 'p', max: 2 }, { password: 'p', max: 2 })
  reads({ engine: 'postgres', host: 'h', max: 1 }, 'postgres', { host: 'h', max: 3 }, { max: 3 })
  reads({ engine: 'memory', acquireTimeout: Number.POSITIVE_INFINITY }, 'memory', { acquireTimeout: Number.POSITIVE_INFINITY })
  reads({ engine: 'postgres', host: 'h', user: undefined, password: undefined }, 'postgres', { host: 'h' })
})

targets('any name of a file, once encoded, is read as it was', () => {
  fc.assert(
    fc.property(fc.constantFrom('sqlite', 'sqlite3'), fc.string({ unit: 'grapheme', minLength: 1 }), (engine, file) => {
      fc.pre(file !== ':memory:')
      reads(`${engine}:${encodeURIComponent(file)}`, engine, { file })
    }),
  )
})

targets('an unknown scheme: the nearest and the known ones', () => {
  const known = /addresses are postgres:\/\/, .*mariadb:\/\/, sqlite:file\.db.*memory:$/
  for (const url of ['shop.db', '', '//h/d', ' postgres://h/d', '/srv/shop.db']) refused(url, 'ConnectionError', known)
  for (const [url, near] of [
    ['postgress://h/d', 'postgres'],
    ['postgresql+asyncpg://h/d', 'postgresql'],
    ['mysqli://h/d', 'mysql'],
    ['maria://h/d', 'mariadb'],
    ['sqllite:a.db', 'sqlite'],
    ['file:a.db', 'sqlite'],
    ['C:\\a.db', 'sqlite'],
  ] as const) {
    refused(url, 'ConnectionError', new RegExp(`did you mean ${near}:\\?`))
    refused(url, 'ConnectionError', known)
  }
  assert.not.match((read('mongodb+srv://h/d') as E.Left<DbError>).left.message, /did you mean/)
})

targets('an address of a file that tools read in different ways, or with parameters', () => {
  for (const url of ['sqlite://a.db', 'sqlite:///srv/a.db', 'sqlite3:////srv/a.db', 'sqlite://:memory:', 'pglite://data'])
    refused(url, 'ConnectionError', /has no \/\/ after the scheme/)
  refused('sqlite:a.db?mode=ro', 'ConnectionError', /the parameter mode of the address: .* no parameters/)
  refused('sqlite3:a.db?busy_timeout=5', 'ConnectionError', /the parameter busy_timeout of the address: give busyTimeout as an option/)
  refused('sqlite:what?.db', 'ConnectionError', /name=value; in a file name write %3F/)
  refused('sqlite:a#b.db', 'ConnectionError', /write %23/)
  refused('sqlite:100%.db', 'ConnectionError', /write %25/)
  for (const url of ['sqlite:', 'sqlite3:']) refused(url, 'ConnectionError', /names no file/)
  for (const url of ['memory:shop', 'memory://', 'memory://shop']) refused(url, 'ConnectionError', /has no name: write memory:/)
  refused('memory:?max=3', 'ConnectionError', /the parameter max of the address/)
})

targets('an unknown engine or option: its name, and the nearest', () => {
  refused(
    { engine: 'postgre' },
    'ValidationError',
    /^engine: there is no such engine: did you mean postgres\? It is one of postgres, mysql, /,
  )
  for (const target of [{ engine: 'oracle' }, { url: 'sqlite:a.db' }, { engine: 7 }, {}, { engine: 'toString' }])
    refused(target, 'ValidationError', /^engine: there is no such engine: give one of postgres, mysql, /)
  for (const [option, near] of [
    ['username', 'user'],
    ['pass', 'password'],
    ['hostname', 'host'],
    ['Max', 'max'],
    ['databse', 'database'],
    ['statement_timeout', 'statementTimeout'],
  ] as const)
    refused(
      { engine: 'mysql', [option]: 1 },
      'ValidationError',
      new RegExp(`^${option}: mysql has no such option: did you mean ${near}\\?$`),
    )
  refused({ engine: 'sqlite', max: 3 }, 'ValidationError', /^max: sqlite has no such option: it is an option of postgres, mysql, mariadb; /)
  refused({ engine: 'pglite', file: 'a' }, 'ValidationError', /^file: .* those of pglite are .*dataDir/)
  refused({ engine: 'postgres', client: {} }, 'ValidationError', /^client: .* query-ts\/postgres/)
  refused({ engine: 'mysql', applicationName: 'a' }, 'ValidationError', /^applicationName: .* an option of postgres/)
  refused({ engine: 'sqlite', qqqqqq: 1 }, 'ValidationError', /^qqqqqq: sqlite has no such option: the options are /)
  refused('sqlite:a.db', 'ValidationError', /^max: sqlite/, { max: 3 })
})

targets('a value of another type, without the value', () => {
  const bad: readonly (readonly [string, unknown])[] = [
    ['port', '5432'],
    ['port', 0],
    ['port', 65_536],
    ['port', 1.5],
    ['max', '10'],
    ['max', Number.NaN],
    ['idleTimeout', -1],
    ['prePing', 'yes'],
    ['host', 7],
    ['password', null],
    ['transactionGuard', 'rolback'],
    ['rewrite', {}],
  ]
  for (const [option, value] of bad) {
    refused({ engine: 'postgres', [option]: value }, 'ValidationError', new RegExp(`^${option}: it must be `))
    if (typeof value === 'string')
      assert.not.ok((read({ engine: 'postgres', [option]: value }) as E.Left<DbError>).left.message.includes(`'${value}'`))
  }
  refused({ engine: 'pglite', extensions: 'vector' }, 'ValidationError', /^extensions: /)
})

targets('an option that is undefined is absent, except one that decides which database it is', () => {
  reads({ engine: 'mysql', host: 'h', port: undefined }, 'mysql', { host: 'h' })
  refused({ engine: 'sqlite', file: undefined }, 'ValidationError', /^file: it is undefined/)
  refused({ engine: 'pglite', dataDir: undefined }, 'ValidationError', /^dataDir: it is undefined/)
  for (const option of ['url', 'host', 'database'])
    refused({ engine: 'postgres', [option]: undefined }, 'ValidationError', new RegExp(`^${option}: it is undefined`))
  for (const target of [undefined, null, 7, () => 'sqlite:a.db']) refused(target, 'ValidationError', /is the variable that holds it set\?/)
  refused('memory:', 'ValidationError', /^options: /, null)
})

targets('what the address determines is not an option as well', () => {
  refused('sqlite:a.db', 'ValidationError', /^file: the address determines it/, { file: 'b.db' })
  refused('pglite:a', 'ValidationError', /^dataDir: the address determines it/, { dataDir: 'b' })
  refused('mysql://h/d', 'ValidationError', /^url: the address determines it/, { url: 'mysql://i/e' })
  refused('mysql://h/d', 'ValidationError', /^engine: the address determines it/, { engine: 'mariadb' })
})

targets('no refusal repeats a part of an address', () => {
  const word = fc.stringMatching(/^[a-z0-9]{12,20}$/)
  const around = fc.constantFrom('', ':', '://', ':x?', ':x#', ':%', ':/', '//', '@', '?a=', ':x?a=1&b', '\n', ': ', ':///')
  const schemes = fc.constantFrom('', 'sqlite', 'sqlite3', 'pglite', 'memory', 'http', 'postgre', 'sqlit')
  fc.assert(
    fc.property(schemes, around, word, around, word, (scheme, a, one, b, two) => {
      const answer = read(`${scheme}${a}${one}${b}${two}`)
      if (E.isRight(answer)) return
      const shown = inspect(answer.left, { depth: Number.POSITIVE_INFINITY, showHidden: true })
      // the names of parameters are repeated, as in addresses of servers
      const isName = (w: string): boolean => shown.includes(`the parameter ${w} of`) || shown.includes(`the parameter b${w} of`)
      for (const w of [one, two]) assert.ok(!shown.includes(w) || isName(w), shown)
    }),
    { numRuns: 500 },
  )
})

targets.run()

const names = suite('the nearest name')
names('by the number of edits, without regard to case; a beginning counts as one edit', () => {
  const known = ['max', 'password', 'port', 'user']
  assert.is(nearestHint('MAX', known), 'did you mean "max"?')
  assert.is(nearestHint('prot', known), 'did you mean "port"?')
  assert.is(nearestHint('pass', known), 'did you mean "password"?')
  assert.is(nearestHint('username', known), 'did you mean "user"?')
  assert.is(nearestHint('x', []), 'there are none')
  assert.is(similar('qqqqqqqq', known), null)
})
names('a known name is the nearest to itself', () => {
  const lists = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 })
  fc.assert(
    fc.property(lists, fc.nat(), (known, i) =>
      assert.is(nearestHint(known[i % known.length] as string, known), `did you mean "${known[i % known.length]}"?`),
    ),
  )
})
names.run()
