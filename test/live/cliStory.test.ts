/**
 * A project from its beginning, by processes of `query-ts` over an SQLite file.
 *
 * init, new, diff, up, status, down, check, a change of the schema, a branch that is merged, one that can't be, squash: what each command prints, the
 * shape of its JSON, its exit code, and what it leaves in the folder and in the database. And the parts that need a process: Ctrl-C, and
 * a pipe.
 */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { generated, int, nullable, text } from '../../lib/Column.js'
import * as Q from '../../lib/Query.js'
import { sqlite } from '../../lib/run/sqlite.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { cli, cliProcess, json, main, must, project, write } from './cli/project.js'
import { FIRST, MIGRATED, SCHEMA, SHOP, stepFile } from './cli/shop.js'

const test = suite('command line: a story')

const authors = table('author', { id: generated(int), name: text })
const books = table('book', { id: generated(int), authorId: int, title: text, price: nullable(int) })

const migrations = (folder: string): readonly string[] =>
  readdirSync(join(folder, 'migrations'))
    .filter(f => f.endsWith('.ts'))
    .sort()

/** Runs a process that must succeed, and yields its JSON. */
const processJson = async (folder: string, ...args: readonly string[]): Promise<any> => {
  const { code, stdout, stderr } = await cliProcess(folder, ...args, '--json')
  assert.is(code, 0, `query-ts ${args.join(' ')}\n${stdout}${stderr}`)
  return JSON.parse(stdout)
}

test('processes: init, diff, up, status, a change, down, check', async () => {
  const folder = project()
  await processJson(folder, 'init')
  write(folder, SHOP)
  const first = await processJson(folder, 'migrate', 'diff', 'create shop')
  assert.match(first.name, /^\d{8}T\d{4}_create_shop$/)
  assert.is(first.from, null)
  assert.is(first.engine, 'sqlite')
  assert.equal(migrations(folder), [`${first.name}.ts`])
  assert.ok(first.steps.some((s: any) => /CREATE TABLE "book"/.test(s.engines.sqlite.sql.join(' '))))

  const up = await cliProcess(folder, 'migrate', 'up')
  assert.is(up.code, 0, up.stderr)
  assert.is(up.stdout, `applied ${first.name}\n`)
  assert.match(up.stderr, new RegExp(`applied ${first.name}, step 1 of \\d+ \\(author: create the table\\), \\d+ ms`))

  write(folder, { 'src/schema.ts': SCHEMA.replace('title: text }', 'title: text, price: nullable(numeric(8, 2)) }') })
  const differs = await cliProcess(folder, 'diff')
  assert.is(differs.code, 1)
  assert.match(differs.stdout, /book\.price: add the column/)
  const second = await processJson(folder, 'migrate', 'diff', 'addPrice')
  assert.match(second.name, /_add_price$/)
  assert.is(second.from, first.name)
  assert.equal(await processJson(folder, 'migrate', 'up'), { applied: [second.name] })

  const status = await processJson(folder, 'migrate', 'status')
  assert.equal(
    status.applied.map((a: any) => a.name),
    [first.name, second.name],
  )
  assert.equal(Object.keys(status).sort(), [
    'applied',
    'drift',
    'edited',
    'engine',
    'halfDone',
    'holder',
    'incomplete',
    'pending',
    'unknown',
  ])
  assert.equal(status.drift, { steps: [], undecided: [], ignored: [] })
  assert.is((await cliProcess(folder, 'diff')).code, 0)
  const check = await processJson(folder, 'migrate', 'check')
  assert.equal(check, {
    migrations: [first.name, second.name],
    heads: [second.name],
    checked: ['files', 'list', 'schema', 'history'],
    problems: [],
  })

  // the table has no rows, so nothing is lost
  assert.equal(await processJson(folder, 'migrate', 'down'), { undone: [second.name] })
  assert.is((await processJson(folder, 'migrate', 'status')).pending[0], second.name)
})

test('a whole life, in this process: nothing to do, dry runs, scripts, plans', async () => {
  const folder = project(SHOP)
  await must(0, folder, 'migrate', 'diff', 'create shop')
  assert.match((await must(0, folder, 'migrate', 'diff', 'again')).stdout, /^nothing to do: the migrations make the schema/)
  assert.is(migrations(folder).length, 1)
  const [file = ''] = migrations(folder)
  const name = file.replace('.ts', '')
  const dry = await json(0, folder, 'migrate', 'up', '--dry-run')
  assert.equal(
    dry.migrations.map((m: any) => [m.name, m.undoable]),
    [[name, true]],
  )
  assert.equal((await json(0, folder, 'migrate', 'status')).pending, [name])
  const plan = await json(0, folder, 'migrate', 'plan', '--dialect', 'postgres', '--dialect', 'mysql')
  const [step] = plan.migrations[0].steps
  assert.equal(Object.keys(step), ['what', 'engines', 'undoable', 'irreversible', 'loses'])
  assert.equal(Object.keys(step.engines), ['postgres', 'mysql'])
  assert.equal(Object.keys(step.engines.mysql), ['sql', 'refused', 'hazards'])
  assert.match((await must(0, folder, 'migrate', 'plan')).stdout, /1\. author: create the table\n {3}CREATE TABLE "author"/)
  await must(0, folder, 'migrate', 'up')
  assert.match((await must(0, folder, 'migrate', 'up')).stdout, /^nothing to apply/)
  assert.match((await must(0, folder, 'migrate', 'plan')).stdout, /^nothing to apply/)
  const down = await json(0, folder, 'migrate', 'down', '--dry-run', '--all')
  assert.equal(
    down.migrations.map((m: any) => m.name),
    [name],
  )
  await must(0, folder, 'migrate', 'down', '--all', '--allow', 'losesData')
  assert.match((await must(0, folder, 'migrate', 'down')).stdout, /^nothing to undo/)
})

test('a script is printed, and performs nothing; hazards of rows stop a run', async () => {
  const rows = '20260102T0000_rows'
  const step = "Migrate.data(C.insert(authors)({ name: 'Lem' }))"
  const folder = project({ ...MIGRATED, [`migrations/${rows}.ts`]: stepFile(rows, FIRST, step) })
  const script = await must(0, folder, 'migrate', 'up', '--sql')
  assert.match(script.stdout, /CREATE TABLE "query_ts_migration"[\s\S]*CREATE TABLE "author"[\s\S]*INSERT INTO "query_ts_migration"/)
  assert.equal((await json(0, folder, 'migrate', 'status')).pending, [FIRST, rows])
  await must(0, folder, 'migrate', 'up')
  const drop = '20260103T0000_drop'
  write(folder, { [`migrations/${drop}.ts`]: stepFile(drop, rows, "Migrate.alter(authors, Migrate.dropColumn('name'))") })
  const refused = await must(1, folder, 'migrate', 'up')
  assert.match(refused.stderr, /20260103T0000_drop.*losesData/)
  assert.equal((await json(0, folder, 'migrate', 'up', '--allow', 'losesData')).applied, [drop])
  assert.match((await must(0, folder, 'migrate', 'up', '--dry-run')).stdout, /^nothing to apply/)
})

test('new builds on the head, and never replaces a file', async () => {
  const folder = project(MIGRATED)
  const made = await json(0, folder, 'migrate', 'new', 'Fill Titles')
  assert.match(made.name, /^\d{8}T\d{4}_fill_titles$/)
  assert.is(made.from, FIRST)
  const now = { now: () => new Date('2027-01-02T03:04:05Z') }
  const one = await cli(folder, ['migrate', 'new', 'same'], now)
  assert.is(one.code, 0)
  assert.match(readFileSync(join(folder, 'migrations/20270102T0304_same.ts'), 'utf8'), new RegExp(`from: '${made.name}'`))
  const two = await cli(folder, ['migrate', 'new', 'same'], now)
  assert.is(two.code, 0)
  assert.ok(migrations(folder).includes('20270102T0305_same.ts'), 'a name sorts after the one that it builds on')
  await must(0, folder, 'migrate', 'check')
})

test('heads: a branch that commutes is merged, and one that does not is named', async () => {
  const name = (n: number, what: string): string => `2026010${n}T0000_${what}`
  const folder = project({
    ...MIGRATED,
    [`migrations/${name(2, 'price')}.ts`]: stepFile(
      name(2, 'price'),
      FIRST,
      "Migrate.alter(books, Migrate.addColumn('price', nullable(int)))",
    ),
    [`migrations/${name(2, 'born')}.ts`]: stepFile(
      name(2, 'born'),
      FIRST,
      "Migrate.alter(authors, Migrate.addColumn('born', nullable(int)))",
    ),
  })
  const heads = [name(2, 'born'), name(2, 'price')]
  const refused = await must(1, folder, 'migrate', 'new', 'x')
  assert.match(refused.stderr, /have 2 heads, "20260102T0000_born" and "20260102T0000_price": run query-ts migrate merge first/)
  await must(1, folder, 'migrate', 'diff', 'x')
  const merged = await json(0, folder, 'migrate', 'merge')
  assert.equal(merged.heads, heads)
  assert.match(merged.name, /_merge$/)
  assert.match((await must(0, folder, 'migrate', 'merge')).stdout, /nothing to merge: the migrations have one head/)
  assert.equal((await json(0, folder, 'migrate', 'up')).applied, [FIRST, ...heads, merged.name])

  const other = project({
    ...MIGRATED,
    [`migrations/${name(2, 'a')}.ts`]: stepFile(name(2, 'a'), FIRST, "Migrate.alter(books, Migrate.renameColumn('title', 'name'))"),
    [`migrations/${name(2, 'b')}.ts`]: stepFile(name(2, 'b'), FIRST, "Migrate.alter(books, Migrate.renameColumn('title', 'label'))"),
  })
  const conflict = await must(1, other, 'migrate', 'merge')
  assert.match(conflict.stderr, /"20260102T0000_a" and "20260102T0000_b" both touch/)
  assert.is(migrations(other).length, 3)
  await must(1, other, 'migrate', 'check', '--offline')
})

test('check: what no migration makes, and steps that describe another table', async () => {
  const folder = project({ ...MIGRATED, 'src/schema.ts': SCHEMA.replace('title: text }', 'title: text, price: nullable(numeric(8, 2)) }') })
  const differs = await json(1, folder, 'migrate', 'check', '--offline')
  assert.is(differs.problems[0].check, 'schema')
  assert.match(differs.problems[0].message, /run query-ts migrate diff NAME/)
  const name = '20260102T0000_wrong'
  write(folder, {
    [`migrations/${name}.ts`]: stepFile(
      name,
      FIRST,
      "Migrate.alter(table('book', { id: generated(int), name: text }), Migrate.dropColumn('name'))",
    ),
  })
  const wrong = await json(1, folder, 'migrate', 'check', '--offline')
  assert.is(wrong.problems[0].check, 'list')
  assert.match(wrong.problems[0].message, /20260102T0000_wrong/)
})

test('baseline and resolve', async () => {
  const folder = project(MIGRATED)
  assert.equal(await json(0, folder, 'migrate', 'baseline', FIRST), { baseline: [FIRST] })
  assert.equal(
    (await json(1, folder, 'migrate', 'status')).applied.map((a: any) => a.name),
    [FIRST],
  )
  assert.equal(await json(0, folder, 'migrate', 'resolve', FIRST, '--as', 'undone'), { resolved: FIRST, as: 'undone' })
  assert.equal(await json(0, folder, 'migrate', 'up'), { applied: [FIRST] })
})

test('drift: what was done to the database by other means', async () => {
  const folder = project(MIGRATED)
  await must(0, folder, 'migrate', 'up')
  const file = join(folder, 'shop.db')
  const opened = await sqlite({ file })()
  if (E.isLeft(opened)) throw new Error(opened.left.message)
  const db = opened.right
  const done = await db.perform({ tag: 'raw', text: ['ALTER TABLE "book" ADD COLUMN "extra" INTEGER'], args: [], columns: {} } as any)()
  assert.ok(E.isRight(done))
  await db.close()
  const { stdout } = await must(1, folder, 'migrate', 'status')
  assert.match(stdout, /the database is not as its migrations make it/)
  assert.match(stdout, /book\.\w+: drop the column/)
})

test('squash: one migration with the rows, in place of all', async () => {
  const second = '20260102T0000_rows'
  const third = '20260103T0000_price'
  const folder = project({
    ...MIGRATED,
    [`migrations/${second}.ts`]: stepFile(
      second,
      FIRST,
      "Migrate.data(C.insertMany(authors)([{ name: 'Le Guin' }, { name: 'Lem' }])), Migrate.data(C.insert(books)({ authorId: 2, title: 'Solaris' }))",
    ),
    [`migrations/${third}.ts`]: stepFile(third, second, "Migrate.alter(books, Migrate.addColumn('price', nullable(int)))"),
  })
  await must(0, folder, 'migrate', 'up')
  const made = await json(0, folder, 'migrate', 'squash', 'initial')
  assert.equal(made.replaces, [FIRST, second, third])
  assert.equal(migrations(folder), [`${made.name}.ts`])
  assert.equal(
    readdirSync(join(folder, 'migrations/_squashed')).sort(),
    [FIRST, second, third].map(n => `${n}.ts`),
  )
  // the database that had them has nothing to apply
  assert.equal(await json(0, folder, 'migrate', 'up'), { applied: [] })
  assert.equal((await json(0, folder, 'migrate', 'status')).pending, [])
  // an empty one gets the tables and the rows
  renameSync(join(folder, 'shop.db'), join(folder, 'old.db'))
  assert.equal(await json(0, folder, 'migrate', 'up'), { applied: [made.name] })
  const rows = async (name: string): Promise<unknown> => {
    const opened = await sqlite({ file: join(folder, name) })()
    if (E.isLeft(opened)) throw new Error(opened.left.message)
    const answer = [await Q.all(Q.from(authors))({ db: opened.right })(), await Q.all(Q.from(books))({ db: opened.right })()]
    await opened.right.close()
    return answer
  }
  assert.equal(await rows('shop.db'), [
    E.right([
      { id: 1, name: 'Le Guin' },
      { id: 2, name: 'Lem' },
    ]),
    E.right([{ id: 1, authorId: 2, title: 'Solaris', price: null }]),
  ])
  assert.equal(await rows('shop.db'), await rows('old.db'))
})

test('Ctrl-C releases the lock and ends with 130', async () => {
  const name = '20260102T0000_slow'
  const slow = `
import { int } from 'query-ts/Column'
import * as C from 'query-ts/Command'
import * as Migrate from 'query-ts/Migrate'
import { schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'
const rows = Array.from({ length: 100 }, (_, i) => ({ id: i }))
const tables = Array.from({ length: 100 }, (_, i) => table('slow_' + i, { id: int }))
export default Migrate.migration({ name: '${name}', from: '${FIRST}', up: tables.flatMap(t => [Migrate.create(schema({ t })), Migrate.data(C.insertMany(t)(rows))]), transactional: false })
`
  const folder = project({ ...MIGRATED, [`migrations/${name}.ts`]: slow })
  const child = spawn(process.execPath, [main, 'migrate', 'up'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
    if (/_slow, step [2-9]/.test(stderr) && !child.killed) child.kill('SIGINT')
  })
  const code = await new Promise(resolve => child.on('close', resolve))
  assert.is(code, 130, stderr)
  assert.match(stderr, /interrupted/)
  const status = JSON.parse((await cli(folder, ['migrate', 'status', '--json'])).stdout)
  assert.is(status.holder, null)
  assert.equal(status.incomplete, [name])
  // the next run continues, once a person has settled what can't be known
  for (const { step } of status.halfDone) assert.ok(step >= 2)
  assert.equal(await json(0, folder, 'migrate', 'up'), { applied: [name] })
})

test('the current folder may be below that of the configuration, and paths are relative to the configuration', async () => {
  const folder = project({ ...MIGRATED, 'src/deep/x.txt': '' })
  await must(0, join(folder, 'src/deep'), 'migrate', 'up')
  assert.ok(existsSync(join(folder, 'shop.db')))
  await must(0, join(folder, 'src/deep'), 'migrate', 'up', '--database', 'sqlite:own.db')
  assert.ok(existsSync(join(folder, 'src/deep/own.db')))
})

test('introspect and diagram', async () => {
  const folder = project(MIGRATED)
  await must(0, folder, 'migrate', 'up')
  const { stdout } = await must(0, folder, 'introspect')
  assert.match(stdout, /export const author = table\(/)
  assert.not.match(stdout, /query_ts_migration/)
  const written = await json(0, folder, 'introspect', '--out', 'src/live.ts', '--only', 'author')
  assert.equal(written, { file: join('src', 'live.ts'), tables: ['author'] })
  assert.match((await must(0, folder, 'diagram')).stdout, /^erDiagram/)
  const live = await json(0, folder, 'diagram', '--live', '--ignore', 'author')
  assert.not.match(live.diagram, /"author" \{/)
})

test.run()
