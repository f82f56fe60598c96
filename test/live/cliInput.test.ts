/**
 * The command line with wrong input: what is said, where, and the exit code; and that no password is ever printed.
 *
 * Exit code 2 is for the command line and the configuration, 1 for all else.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { cli, json, must, project, write } from './cli/project.js'
import { FIRST, MIGRATED, SHOP, stepFile } from './cli/shop.js'

const test = suite('command line: wrong input')

const SECRET = 'hunter2-s3cr3t'

/** Runs a command that must fail with a code and say this on stderr, and nothing on stdout. */
const fails = async (folder: string, code: number, args: readonly string[], ...said: readonly RegExp[]): Promise<void> => {
  const ended = await must(code, folder, ...args)
  for (const part of said) assert.match(ended.stderr, part)
  assert.is(ended.stdout, '', 'a failure has no result')
  assert.not.match(ended.stderr, /\n\s+at /, 'no stack')
}

test('help, of each command, has examples and the exit codes', async () => {
  const folder = project()
  const { stdout } = await must(0, folder, '--help')
  assert.match(stdout, /Exit codes: 0 done, 1 failed or differences found, 2 wrong usage, 130 interrupted/)
  const top = ['init', 'migrate', 'introspect', 'diff', 'diagram', 'sql', 'create', 'drop']
  for (const name of top) assert.match(stdout, new RegExp(`- ${name} - `))
  const inMigrate = ['new', 'diff', 'up', 'down', 'status', 'check', 'merge', 'baseline', 'resolve', 'squash', 'plan']
  const commands = [...top.filter(n => n !== 'migrate').map(n => [n]), ...inMigrate.map(n => ['migrate', n])]
  const helps = await Promise.all(commands.map(name => must(0, folder, ...name, '--help')))
  for (const [i, help] of helps.entries()) assert.match(help.stdout, /EXAMPLES:[\s\S]*\$ query-ts /, commands[i]?.join(' '))
  assert.match((await must(0, folder, '--version')).stdout, /^\d+\.\d+\.\d+\n$/)
})

test('arguments that do not exist', async () => {
  const folder = project(MIGRATED)
  await fails(folder, 2, ['migrat'], /Did you mean migrate\?/)
  await fails(folder, 2, ['migrate', 'upp'], /Did you mean up\?/)
  await fails(folder, 2, ['migrate', 'up', '--too', 'x'], /Unknown arguments/)
  await fails(folder, 2, ['migrate', 'up', '--allow', 'losesDatta'], /did you mean "losesData"\?/)
  await fails(folder, 2, ['migrate', 'down', '--count', '0'], /whole number from 1/)
  await fails(folder, 2, ['migrate', 'down', '--count', '1', '--all'], /exclude each other/)
  await fails(folder, 2, ['migrate', 'up', '--sql', '--dry-run'], /exclude each other/)
  await fails(folder, 2, ['migrate', 'resolve', FIRST, '--as', 'doing'], /did you mean "done"\?/)
  await fails(folder, 2, ['migrate', 'baseline'], /no migration is given/)
  await fails(folder, 2, ['migrate', 'new'], /No value provided for name/)
  await fails(folder, 2, ['migrate', 'new', '///'], /has no letters of a name/)
  await fails(folder, 2, ['sql', 'src/schema.ts#shop', '--dialect', 'postgress'], /did you mean "postgres"\?/)
  await fails(folder, 1, ['migrate', 'up', '--to', '20260101T0000_firts'], /did you mean "20260101T0000_first"\?/)
  await fails(folder, 1, ['migrate', 'down', '--to', 'nope'], /there is no migration "nope"/)
  await fails(folder, 1, ['migrate', 'baseline', 'nope'], /there is no migration "nope"/)
  await fails(folder, 1, ['migrate', 'resolve', 'nope', '--as', 'done'], /there is no migration "nope"/)
  await fails(folder, 2, ['migrate', 'squash', 'x'], /a squash needs at least 2/)
})

test('a configuration that is missing or wrong', async () => {
  const empty = project()
  await fails(empty, 2, ['diff'], /no schema.*no query-ts\.config\.ts in this folder or above.*query-ts init/)
  await fails(empty, 2, ['introspect'], /there is no database, and no query-ts\.config\.ts.*--database URL/)
  await fails(empty, 2, ['diff', '--config', 'none.ts'], /none\.ts: there is no such file/)
  const cases: readonly (readonly [string, RegExp])[] = [
    ['export default { databse: "sqlite:x.db" }', /query-ts\.config\.ts: it has the unknown field "databse": did you mean "database"\?/],
    ['export const x = 1', /no default export/],
    ['', /no default export/],
    ['export default { database: 7 }', /"database" must be an address/],
    ['export default { schema: {} }', /"schema" must be a schema/],
    ['export default { migrations: "" }', /"migrations" must be the path/],
    ['export default { allow: ["everything"] }', /"allow" must be a list of hazards: losesData/],
    ['export default { only: [1] }', /"only" must be a list/],
    ['throw new Error("the variable SHOP_URL is not set")', /can't be loaded: the variable SHOP_URL is not set/],
    ['const x = {', /can't be loaded/],
    ['import "./none.js"', /can't be loaded.*none/],
    ['export default { database: () => 7 }', /its result is no TaskEither/],
    ['export default { database: () => { throw new Error("no luck") } }', /throws: no luck/],
    ['export default { database: async () => ({}) }', /no TaskEither/],
    ['export default { database: () => async () => ({ _tag: "Right", right: 1 }) }', /opens no database/],
  ]
  await Promise.all(cases.map(([text, expected]) => fails(project({ 'query-ts.config.ts': text }), 2, ['introspect'], expected)))
  await fails(project({ 'query-ts.config.mjs': 'export default {}' }), 2, ['introspect'], /there is no database in the configuration/)
  await fails(project({ 'query-ts.config.js': 'export default { database: "sqlit:x" }' }), 1, ['introspect'], /did you mean sqlite/)
})

test('init never replaces a configuration, and creates its folder', async () => {
  const folder = project()
  assert.equal(await json(0, folder, 'init'), { config: 'query-ts.config.ts', migrations: 'migrations' })
  assert.ok(existsSync(join(folder, 'migrations')))
  const before = readFileSync(join(folder, 'query-ts.config.ts'), 'utf8')
  await fails(folder, 2, ['init'], /query-ts\.config\.ts exists already, and is not replaced/)
  assert.is(readFileSync(join(folder, 'query-ts.config.ts'), 'utf8'), before)
  await fails(project({ 'query-ts.config.mjs': '' }), 2, ['init'], /query-ts\.config\.mjs exists already/)
  await must(0, folder, 'migrate', 'status')
})

test('--json is one document, also for failures, which are on stderr too', async () => {
  const folder = project(MIGRATED)
  const wrong = await must(1, folder, 'migrate', 'up', '--to', 'nope', '--json')
  const { error } = JSON.parse(wrong.stdout)
  assert.is(error.tag, 'MigrationError')
  assert.is(error.problem, 'unknown')
  assert.ok(wrong.stderr.includes(error.message))
  const usage = await must(2, folder, 'migrate', 'upp', '--json')
  assert.is(JSON.parse(usage.stdout).error.tag, 'Misuse')
  assert.equal(await json(0, folder, 'migrate', 'up'), { applied: [FIRST] })
})

test('a password is never printed', async () => {
  const url = `postgres://admin:${SECRET}@127.0.0.1:1/shop`
  const runs: readonly (readonly string[])[] = [
    ['introspect', '--database', url],
    ['introspect', '--database', url, '--verbose'],
    ['introspect', `--database=${url}`, '--json'],
    ['introspect', '--database', url, '--nope'],
    ['introspect', '--nope', `--database=${url}`],
    ['drop', '--database', url],
    ['create', '--database', url, '--verbose'],
    ['drop', '--yes', '--database', url],
    ['introspect', '--database', `postgres://admin:${SECRET}@[`],
    ['introspect', '--database', `mysql://admin:${SECRET}@127.0.0.1:1/shop?pasword=${SECRET}`],
    ['introspect', '--database', `${SECRET}://x`],
  ]
  const folder = project()
  const ended = await Promise.all(runs.map(args => cli(folder, args)))
  for (const [i, { code, stdout, stderr }] of ended.entries()) {
    assert.ok(code === 1 || code === 2, `${runs[i]}: ${code}`)
    assert.ok(!`${stdout}${stderr}`.includes(SECRET), `${runs[i]}:\n${stdout}${stderr}`)
  }
  const configs = [
    `export default { database: '${url}' }`,
    `throw new Error('can not use ${url}')`,
    `export default { database: () => { throw new Error('can not use ${url}') } }`,
    `export default { database: { engine: 'postgres', host: '127.0.0.1', port: 1, password: '${SECRET}', database: 'x', user: 'y' } }`,
  ]
  for (const text of configs)
    for (const args of [['introspect'], ['introspect', '--verbose', '--json'], ['drop']]) {
      const { stdout, stderr } = await cli(project({ 'query-ts.config.ts': text }), args)
      assert.ok(!`${stdout}${stderr}`.includes(SECRET), `${text} ${args.join(' ')}:\n${stdout}${stderr}`)
    }
})

test('drop needs a confirmation, and nothing else drops a database', async () => {
  const folder = project(MIGRATED)
  await must(0, folder, 'migrate', 'up')
  await fails(folder, 2, ['drop'], /sqlite:.*shop\.db.*give --yes/)
  assert.ok(existsSync(join(folder, 'shop.db')))
  const asked: string[] = []
  const replying = (line: string) => ({
    ask: async (question: string) => {
      asked.push(question)
      return line
    },
  })
  for (const line of ['', 'y', 'no']) {
    const kept = await cli(folder, ['drop'], replying(line))
    assert.equal([kept.code, kept.stdout], [1, 'nothing was dropped\n'])
  }
  assert.ok(existsSync(join(folder, 'shop.db')))
  assert.match(asked[0] ?? '', /^Drop sqlite:.*shop\.db with all that it has\? Type yes/)
  assert.is((await cli(folder, ['drop'], replying('yes'))).code, 0)
  assert.not.ok(existsSync(join(folder, 'shop.db')))
  await must(0, folder, 'migrate', 'up')
  await must(0, folder, 'drop', '--yes')
  assert.not.ok(existsSync(join(folder, 'shop.db')))
  await fails(folder, 1, ['drop', '--yes'], /shop\.db/)
  await must(0, folder, 'drop', '--yes', '--if-exists')
  await must(0, folder, 'create')
  assert.ok(existsSync(join(folder, 'shop.db')))
  await fails(folder, 1, ['create'], /shop\.db/)
  await must(0, folder, 'create', '--if-not-exists')
  const byFunction = project({
    'query-ts.config.ts':
      "import { memory } from 'query-ts/memory'; import { right } from 'fp-ts/lib/TaskEither.js'; export default { database: () => right(memory()) }",
  })
  await fails(byFunction, 2, ['drop', '--yes'], /opens its database by a function/)
  await must(0, byFunction, 'introspect')
})

test('files that can not be written, and files that exist', async () => {
  const folder = project({ ...MIGRATED, 'taken.ts': 'mine' })
  await fails(folder, 2, ['introspect', '--out', 'taken.ts'], /taken\.ts can't be written: it exists already/)
  assert.is(readFileSync(join(folder, 'taken.ts'), 'utf8'), 'mine')
  await fails(folder, 2, ['diagram', '--out', 'taken.ts/x.mmd'], /can't be written/)
})

test('migrations that are wrong, by each command that reads them', async () => {
  const folder = project({ ...MIGRATED, 'migrations/20260102T0000_wrong.ts': 'const x = {' })
  for (const args of [['up'], ['down'], ['status'], ['plan'], ['new', 'x'], ['diff', 'x'], ['merge'], ['baseline', 'x'], ['squash', 'x']])
    await fails(folder, 1, ['migrate', ...args], /20260102T0000_wrong\.ts:1: it can't be parsed/)
  const checked = await json(1, folder, 'migrate', 'check')
  assert.match(checked.problems[0].message, /20260102T0000_wrong\.ts:1/)
  assert.is(readdirSync(join(folder, 'migrations')).length, 2)
})

test('sql: exports of a module', async () => {
  const folder = project({
    ...SHOP,
    'src/queries.ts': `
import { pipe } from 'fp-ts/lib/function.js'
import { int, text } from 'query-ts/Column'
import * as C from 'query-ts/Command'
import { eq } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { books } from './schema.js'

export const all = pipe(Q.from(books), Q.where(b => eq(b.title, 'Dune')))
export const byTitle = Q.prepare({ title: text }, p => pipe(Q.from(books), Q.where(b => eq(b.title, p.title))))
export const insertOne = C.insert(books)({ authorId: 1, title: 'Dune' })
export const number = 7
export default all
`,
  })
  const { stdout } = await must(0, folder, 'sql', 'src/queries.ts#all')
  for (const name of ['postgres', 'mysql', 'mariadb', 'sqlite']) assert.match(stdout, new RegExp(`-- ${name}\\nSELECT `))
  assert.match(stdout, /-- parameters: 'Dune'/)
  const one = await json(0, folder, 'sql', 'src/queries.ts#byTitle', '--dialect', 'postgres')
  assert.equal(Object.keys(one), ['postgres'])
  assert.match(one.postgres[0].sql, /\$1/)
  assert.equal(one.postgres[0].params, [{ parameter: 'title' }])
  assert.match((await must(0, folder, 'sql', 'src/queries.ts#insertOne', '--dialect', 'sqlite')).stdout, /INSERT INTO "book"/)
  await must(0, folder, 'sql', 'src/queries.ts')
  await fails(folder, 2, ['sql', 'src/queries.ts#al'], /has no export "al": did you mean "all"\?/)
  await fails(folder, 2, ['sql', 'src/queries.ts#number'], /"number" is no query, command or prepared query/)
  await fails(folder, 2, ['sql', 'src/none.ts#x'], /src\/none\.ts: there is no such file/)
  await fails(folder, 2, ['sql', 'src/schema.ts#x'], /it exports no query and no command/)
})

test('a database that can not be reached, or whose driver refuses', async () => {
  const folder = project(SHOP)
  await fails(
    folder,
    1,
    ['introspect', '--database', 'postgres://x@127.0.0.1:1/y'],
    /ConnectionError: postgres at 127\.0\.0\.1:1.*connection refused/,
  )
  write(folder, { 'broken.db': 'this is no database, and has more than sixteen characters' })
  await fails(folder, 1, ['introspect', '--database', 'sqlite:broken.db'], /broken\.db/)
  await fails(
    folder,
    1,
    ['migrate', 'resolve', 'x', '--as', 'done', '--database', 'sqlite::memory:', '--config', 'query-ts.config.ts'],
    /no such folder/,
  )
})

test('an edited and an unknown migration', async () => {
  const folder = project(MIGRATED)
  await must(0, folder, 'migrate', 'up')
  write(folder, { [`migrations/${FIRST}.ts`]: stepFile(FIRST, null, 'Migrate.create(schema({ authors }))') })
  const edited = await json(1, folder, 'migrate', 'status')
  assert.equal(edited.edited, [FIRST])
  assert.match((await must(1, folder, 'migrate', 'check')).stdout, /was edited after it was applied/)
  await fails(folder, 1, ['migrate', 'up'], /edited after they were applied/)
})

test.run()
