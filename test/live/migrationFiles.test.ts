/**
 * Migrations of a folder: what is read, what is refused and how, and that a migration that was read runs.
 *
 * A migration must import nothing of the application. Each way to import it is tried: static, dynamic, by `require`, through a file of the folder, in
 * TypeScript, ES modules and CommonJS, through links and through subpath imports. What it may import is tried in the same ways.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { migrationFiles } from '../../lib/cli/migrationFiles.js'
import type { DbError } from '../../lib/DbError.js'
import * as Migrate from '../../lib/Migrate.js'
import { memory } from '../../lib/run/memory.js'
import { suite } from '../suite.js'
import { type Files, project } from './cli/project.js'

const test = suite('migrationFiles')

const FIRST = `
import * as Migrate from 'query-ts/Migrate'
import { generated, int, text } from 'query-ts/Column'
import { schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'

const books = table('file_book', { id: generated(int), title: text })

export default Migrate.migration({
  name: '20260101T0000_first',
  from: null,
  up: [Migrate.create(schema({ books }))],
})
`

/** A migration without steps, after some other lines. */
const migration = (name: string, before = '', from: string | null = null): string =>
  `import * as Migrate from 'query-ts/Migrate'\n${before}\nexport default Migrate.migration({ name: '${name}', from: ${from === null ? null : `'${from}'`}, up: [] })\n`

const read = (files: Files, more: (folder: string) => void = () => undefined) => {
  const folder = project(files)
  more(folder)
  return migrationFiles(join(folder, 'migrations'))()
}

const names = async (files: Files, more?: (folder: string) => void): Promise<readonly string[]> => {
  const list = await read(files, more)
  if (E.isLeft(list)) throw new Error(list.left.message)
  return list.right.map(m => m.name)
}

const refused = async (files: Files, ...expected: readonly (string | RegExp)[]): Promise<DbError> => {
  const list = await read(files)
  if (E.isRight(list)) throw new Error('nothing was refused')
  assert.is(list.left._tag, 'MigrationError')
  for (const part of expected) assert.match(list.left.message, part)
  return list.left
}

test('a migration that was read runs, and is the one of its file', async () => {
  const list = await read({
    'migrations/20260101T0000_first.ts': FIRST,
    'migrations/20260102T0000_second.js': migration('20260102T0000_second', '', '20260101T0000_first'),
  })
  if (E.isLeft(list)) throw new Error(list.left.message)
  const db = memory()
  assert.equal(await Migrate.up(list.right)({ db })(), E.right(['20260101T0000_first', '20260102T0000_second']))
  assert.equal(
    await Migrate.down(list.right, { to: null, allow: ['losesData'] })({ db })(),
    E.right(['20260102T0000_second', '20260101T0000_first']),
  )
  await db.close()
})

test('files by their names: sorted, without helpers, declarations, folders and other files', async () => {
  const files = {
    'migrations/c.mjs': migration('c'),
    'migrations/b.mts': migration('b'),
    'migrations/a.ts': migration('a'),
    'migrations/d.cjs':
      "const Migrate = require('query-ts/Migrate'); module.exports = Migrate.migration({ name: 'd', from: null, up: [] })",
    'migrations/e.cts': "import Migrate = require('query-ts/Migrate'); export = Migrate.migration({ name: 'e', from: null, up: [] })",
    'migrations/_helper.ts': 'export const x = 1',
    'migrations/.hidden.ts': 'this is no code',
    'migrations/types.d.ts': 'export declare const y: number',
    'migrations/README.md': '# no migration',
    'migrations/_squashed/old.ts': migration('old'),
  }
  assert.equal(await names(files), ['a', 'b', 'c', 'd', 'e'])
  assert.equal(await names({ 'migrations/README.md': '' }), [])
  const folder = project({ 'migrations/a.ts': migration('a') })
  const byUrl = await migrationFiles(pathToFileURL(`${folder}/migrations`))()
  assert.ok(E.isRight(byUrl) && byUrl.right.length === 1)
})

test('a folder that is missing, or is a file', async () => {
  await refused({}, /migrations: there is no such folder/)
  await refused({ migrations: '' }, /migrations: it is no folder/)
})

test('half-written files are refused with their line', async () => {
  const parse = await refused({ 'migrations/a.ts': `${FIRST}\nconst x = {\n` }, /^a\.ts:\d+: it can't be parsed/)
  assert.equal((parse as { readonly names: readonly string[] }).names, ['a.ts'])
  await refused({ 'migrations/a.ts': 'const x = 1\n\nconst y: = 2\n' }, /^a\.ts:3: /)
  await refused({ 'migrations/a.ts': '' }, /^a\.ts: it has no default export/)
  await refused({ 'migrations/a.ts': 'export const x = 1' }, /^a\.ts: it has no default export: write/)
  await refused({ 'migrations/a.ts': "export default { name: 'a', from: null, up: [] }" }, /^a\.ts: its default export is no migration/)
  await refused({ 'migrations/a.ts': 'export default 7' }, /no migration/)
  await refused({ 'migrations/a.ts': `${migration('a')}\n\nthrow new Error('boom')` }, /^a\.ts:6: it throws: boom/)
  await refused({ 'migrations/a.mjs': `${migration('a')}\nconst x = ;` }, /^a\.mjs:5: /)
  await refused({ 'migrations/a.cjs': 'const a = 1\nlet a = 2' }, /^a\.cjs:2: it can't be parsed/)
  await refused(
    {
      'migrations/a.ts': migration('a', "import { x } from './_h'\nconsole.log(x.y)"),
      'migrations/_h.ts': '\nexport const x = null\nexport const = 1',
    },
    /^_h\.ts:3: it can't be parsed/,
  )
})

test('what a description refuses names the file', async () => {
  const wrong = "const t = table('t', { id: int }); Migrate.alter(t, Migrate.dropKey(['id']))"
  const imports = "import { int } from 'query-ts/Column'; import { table } from 'query-ts/Table'"
  await refused({ 'migrations/a.ts': migration('a', `${imports}\n${wrong}`) }, /^a\.ts: .*there is no such constraint or index/)
})

test('a name that is not that of the file; two files of one name', async () => {
  await refused({ 'migrations/a.ts': migration('b') }, /^a\.ts: its migration is called "b"/)
  await refused({ 'migrations/a.ts': migration('a'), 'migrations/a.js': migration('a') }, /^a\.js and a\.ts are files of one migration/)
})

const SCHEMA = {
  'src/schema.ts': 'export const books = 1; export default 1',
  'src/schema.mjs': 'export const books = 1',
  'src/schema.cjs': 'exports.books = 1',
}
const APPLICATION = /a migration imports nothing of the application/

test('the application is refused, in every form of import', async () => {
  const forms = [
    "import { books } from '../src/schema'\nbooks",
    "import { books } from '../src/schema.js'\nbooks",
    "import '../src/schema.ts'",
    "import '../src/schema.mjs'",
    "import '../src/schema.cjs'",
    "export { books } from '../src/schema.ts'",
    "export * from '../src/schema.ts'",
    "await import('../src/schema.ts')",
    "await import('../src/schema.mjs')",
    "const name = '../src/schema' + '.mjs'; await import(name)",
    "require('../src/schema.cjs')",
    "require('../src/schema')",
  ]
  for (const [i, form] of forms.entries())
    for (const end of ['ts', 'mts', 'js', 'mjs']) {
      const error = await refused({ ...SCHEMA, [`migrations/a${i}.${end}`]: migration(`a${i}`, form) }, APPLICATION)
      assert.ok(error.message.startsWith(`a${i}.${end}:`), error.message)
      if (!form.includes('name')) assert.match(error.message, /:2: imports "/)
    }
})

test('a type of the application is no import', async () => {
  const typed = "import type { Book } from '../src/types'\nexport const book: Book | null = null"
  assert.equal(await names({ 'migrations/a.ts': migration('a', typed), 'src/types.ts': 'export type Book = string' }), ['a'])
})

test('the application is refused through a file of the folder, which is the one that is named', async () => {
  for (const end of ['ts', 'mjs', 'js', 'cjs']) {
    const inHelper =
      end === 'cjs' ? "exports.x = require('../src/schema.cjs')" : "\nimport { books } from '../src/schema.mjs'\nexport const x = books"
    const files = {
      ...SCHEMA,
      [`migrations/_h.${end}`]: inHelper,
      'migrations/a.ts': migration('a', `import { x } from './_h.${end}'\nexport const y = x`),
    }
    const error = await refused(files, APPLICATION)
    assert.ok(error.message.startsWith(`_h.${end}:`), error.message)
    const required = { ...files, 'migrations/a.ts': migration('a', `const { x } = require('./_h.${end}')\nexport const y = x`) }
    await refused(required, APPLICATION)
  }
})

test('the application is refused through links, subpath imports and packages of a workspace', async () => {
  const code = migration('a', "import { books } from './_link.ts'\nexport const x = books")
  const linked = await read({ ...SCHEMA, 'migrations/a.ts': code }, folder =>
    symlinkSync(join(folder, 'src/schema.ts'), join(folder, 'migrations/_link.ts')),
  )
  assert.ok(E.isLeft(linked) && APPLICATION.test(linked.left.message))
  const itself = await read({ 'src/a.ts': migration('a'), 'migrations/_x.ts': '' }, folder =>
    symlinkSync(join(folder, 'src/a.ts'), join(folder, 'migrations/a.ts')),
  )
  assert.ok(E.isLeft(itself) && /a\.ts: it is a link to a file outside of the folder/.test(itself.left.message))
  const hanging = await read({ 'migrations/_x.ts': '' }, folder => symlinkSync(join(folder, 'none.ts'), join(folder, 'migrations/a.ts')))
  assert.ok(E.isLeft(hanging) && /does not exist/.test(hanging.left.message))
  const subpath = { ...SCHEMA, 'package.json': '{ "type": "module", "imports": { "#schema": "./src/schema.mjs" } }' }
  await refused({ ...subpath, 'migrations/a.ts': migration('a', "import '#schema'") }, APPLICATION)
  const workspace = await read(
    {
      'packages/shop/package.json': '{ "name": "shop", "type": "module", "exports": "./index.js" }',
      'packages/shop/index.js': 'export const books = 1',
      'migrations/a.ts': migration('a', "import 'shop'"),
    },
    folder => symlinkSync(join(folder, 'packages/shop'), join(folder, 'node_modules/shop'), 'dir'),
  )
  assert.ok(E.isLeft(workspace) && APPLICATION.test(workspace.left.message), JSON.stringify(workspace))
})

test('what hands out other loaders is refused, and what does not exist', async () => {
  await refused(
    { 'migrations/a.ts': migration('a', "import { createRequire } from 'node:module'\ncreateRequire") },
    /^a\.ts:2: imports "node:module"/,
  )
  await refused(
    { 'migrations/a.ts': migration('a', "import 'no-such-package'") },
    /^a\.ts:2: imports "no-such-package", and there is no such module/,
  )
  await refused({ 'migrations/a.ts': migration('a', "import './none'") }, /^a\.ts:2: imports "\.\/none"/)
  await refused({ 'migrations/a.ts': migration('a', "import 'query-ts/Nope'") }, /query-ts does not have/)
})

test('files of the folder, packages, JSON and built-in modules are imported', async () => {
  const files = {
    'migrations/a.ts': migration(
      'a',
      `import { pipe } from 'fp-ts/lib/function.js'
import { existsSync } from 'node:fs'
import old from 'own'
import data from './_data.json'
import { one } from './_one'
import two, { three } from './_lib/two.mjs'
import cjs from './_four.cjs'
import * as all from './_one.js'
const { five } = require('./_five')
const six = await import('./_six.js')
const sum = [pipe(1, x => x), existsSync('/') ? 1 : 0, old.seven, data.eight, one, two, three, cjs.four, all.one, five, six.default, six.named]
if (sum.some(x => x !== 1)) throw new Error(JSON.stringify(sum))`,
    ),
    'migrations/_data.json': '{ "eight": 1 }',
    'migrations/_one.ts': 'export const one: number = 1',
    'migrations/_lib/two.mjs': "export { one as three } from '../_one.ts'\nexport default 1",
    'migrations/_four.cjs': 'exports.four = 1',
    'migrations/_five.ts': "import { one } from './_one.ts'\nexport const five = one",
    'migrations/_six.js': 'export default 1\nexport const named = await Promise.resolve(1)',
    'node_modules/own/package.json': '{ "name": "own", "main": "index.js" }',
    'node_modules/own/index.js': 'module.exports = { seven: 1 }',
  }
  assert.equal(await names(files), ['a'])
})

test('modules are evaluated once, also when they import each other', async () => {
  const files = {
    'migrations/_count.ts':
      '(globalThis as any).counted = ((globalThis as any).counted ?? 0) + 1\nexport const n = (globalThis as any).counted',
    'migrations/_x.ts': "import { y } from './_y'\nimport { n } from './_count'\nexport const x = (): number => y\nexport { n }",
    'migrations/_y.ts': "import { x } from './_x'\nimport './_count'\nexport const y = 1\nexport const later = () => x()",
    'migrations/a.ts': migration('a', "import { n, x } from './_x'\nif (n !== 1 || x() !== 1) throw new Error('twice')"),
    'migrations/b.ts': migration('b', "import { later } from './_y'\nif (later() !== 1) throw new Error('no')"),
  }
  assert.equal(await names(files), ['a', 'b'])
})

test('a folder is read anew each time', async () => {
  const folder = project({ 'migrations/a.ts': migration('a') })
  const path = join(folder, 'migrations')
  assert.ok(E.isRight(await migrationFiles(path)()))
  writeFileSync(join(path, 'a.ts'), migration('b'))
  assert.ok(E.isLeft(await migrationFiles(path)()))
  writeFileSync(join(path, 'a.ts'), migration('a'))
  mkdirSync(join(path, 'b.ts'))
  assert.ok(E.isRight(await migrationFiles(path)()))
})

test.run()
