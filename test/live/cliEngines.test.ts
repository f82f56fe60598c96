/**
 * The command line on each engine: a database of its own is created, migrated, compared, read, and dropped.
 *
 * The same migrations and the same schema on all of them, so what differs is the engine alone. Servers take part where they have an address; the
 * database of a test has a name that no other test uses.
 */
import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { addressOf, hasNative, servers } from './addresses.js'
import { json, must, project, write } from './cli/project.js'
import { FIRST, MIGRATED, SCHEMA, stepFile } from './cli/shop.js'

const test = suite('command line: engines')

const own = `query_ts_cli_${process.pid}`

/** The address of a database that does not exist yet. */
const urlOf = (engine: string): string => {
  const server = servers.find(name => name === engine)
  if (server === undefined) return `${engine}:own`
  const url = new URL(addressOf(server) as string)
  url.pathname = `/${own}`
  return url.href
}

const engines: readonly (readonly [name: string, speaks: string])[] = [
  ['sqlite', 'sqlite'],
  ...(hasNative ? ([['sqlite3', 'sqlite']] as const) : []),
  ['pglite', 'postgres'],
  ...servers.map(name => [name, name] as const),
]

const second = '20260102T0000_price'

for (const [engine, speaks] of engines)
  test(engine, async () => {
    const url = urlOf(engine)
    const folder = project({
      ...MIGRATED,
      'query-ts.config.ts': `
import { shop } from './src/schema.js'
export default { database: ${JSON.stringify(url)}, schema: shop, allow: ['losesData'] }
`,
      'src/schema.ts': SCHEMA.replace('title: text }', 'title: text, price: nullable(int) }'),
      [`migrations/${second}.ts`]: stepFile(second, FIRST, "Migrate.alter(books, Migrate.addColumn('price', nullable(int)))"),
    })
    const shown = (await json(0, folder, 'create')).database
    assert.ok(new URL(url).password === '' || !shown.includes(`:${new URL(url).password}@`))
    try {
      assert.equal((await json(0, folder, 'migrate', 'up')).applied, [FIRST, second])
      const status = await json(0, folder, 'migrate', 'status')
      assert.is(status.engine, speaks)
      assert.equal(
        status.applied.map((a: any) => a.name),
        [FIRST, second],
      )
      assert.equal((await json(0, folder, 'diff')).equal, true)
      await must(0, folder, 'migrate', 'check')
      const live = await json(0, folder, 'introspect', '--out', 'src/live.ts')
      assert.equal([...live.tables].sort(), ['author', 'book'])
      // the module that was written describes the database
      write(folder, {
        'other.config.ts': `import { database } from './src/live.js'\nexport default { database: ${JSON.stringify(url)}, schema: database }`,
      })
      assert.equal((await json(0, folder, 'diff', '--config', 'other.config.ts')).steps, [])
      assert.equal((await json(0, folder, 'migrate', 'down', '--to', FIRST)).undone, [second])
      const steps = (await json(1, folder, 'diff')).steps
      assert.is(steps.length, 1)
      assert.match(steps[0].engines[speaks].sql.join(';'), /ALTER TABLE|CREATE TABLE/)
      assert.equal((await json(0, folder, 'migrate', 'plan')).migrations.length, 1)
      assert.equal((await json(0, folder, 'migrate', 'down', '--all')).undone, [FIRST])
    } finally {
      await must(0, folder, 'drop', '--yes')
    }
    const gone = await must(1, folder, 'drop', '--yes')
    assert.match(gone.stderr, /SchemaConflict|ConnectionError|does not exist|there is no/)
  })

test('a database in memory ends with its command', async () => {
  const folder = project(MIGRATED)
  const database = ['--database', 'memory:']
  assert.equal((await json(0, folder, 'migrate', 'up', ...database)).applied, [FIRST])
  assert.equal((await json(0, folder, 'migrate', 'status', ...database)).pending, [FIRST])
  await must(2, folder, 'migrate', 'up', '--sql', ...database)
  await must(1, folder, 'create', ...database)
})

test.run()
