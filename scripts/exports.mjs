// Writes the `exports` map of package.json: one subpath for each public module.
//   node scripts/exports.mjs          writes it
//   node scripts/exports.mjs --check  fails when it is out of date
// What is not listed below is private: a user cannot import it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const root = new URL('../', import.meta.url)

/** The public faces of lib, in the order of a first reading. */
const faces = [
  'Query',
  'Expr',
  'Agg',
  'Window',
  'Command',
  'Column',
  'Table',
  'Schema',
  'Program',
  'Interpreter',
  'DbError',
  'Migrate',
  'Relations',
]
const runners = ['memory', 'sqlite', 'sqlite3', 'pglite', 'postgres', 'mysql']
const transformers = ['around', 'abortable', 'describe', 'dryRun', 'ensuringSchema', 'logged', 'restrictedTo', 'retrying', 'traced']

/** [subpath, source without .ts], in the order of the map. */
const publicModules = [
  ['.', 'lib/index'],
  ...faces.map(name => [`./${name}`, `lib/${name}`]),
  ['./sql', 'lib/sql/index'],
  ['./createAll', 'lib/schema/createAll'],
  ['./introspect', 'lib/schema/introspection'],
  ['./diff', 'lib/schema/difference'],
  ['./moduleOf', 'lib/schema/moduleOf'],
  ['./diagram', 'lib/schema/diagram'],
  ['./open', 'lib/run/open'],
  ['./createDatabase', 'lib/run/createDatabase'],
  ...runners.map(name => [`./${name}`, `lib/run/${name}`]),
  ...transformers.map(name => [`./${name}`, `lib/transform/${name}`]),
  ['./config', 'lib/cli/config'],
  ['./migrationFiles', 'lib/cli/migrationFiles'],
  ['./laws', 'laws/index'],
]

for (const [, source] of publicModules)
  if (!existsSync(new URL(`${source}.ts`, root))) throw new Error(`${source}.ts is published but does not exist`)

const seen = new Map()
for (const [subpath, source] of publicModules) {
  const clash = seen.get(subpath.toLowerCase())
  if (clash !== undefined)
    throw new Error(`${source}.ts and ${clash}.ts would both be published as ${subpath} (case is ignored): rename one`)
  seen.set(subpath.toLowerCase(), source)
}

// `module` is read by bundlers only: that output imports fp-ts/es6, which they can tree-shake (see postbuild.mjs).
const exportsMap = Object.fromEntries([
  ...publicModules.map(([subpath, source]) => [
    subpath,
    { types: `./dist/${source}.d.ts`, module: `./dist-es6/${source}.js`, default: `./dist/${source}.js` },
  ]),
  ['./package.json', './package.json'],
])

const file = new URL('package.json', root)
const before = readFileSync(file, 'utf8')
const pkg = JSON.parse(before)
const upToDate = JSON.stringify(pkg.exports) === JSON.stringify(exportsMap)
if (process.argv.includes('--check')) {
  if (!upToDate) {
    console.error('package.json: `exports` does not match scripts/exports.mjs: run `npm run exports` and commit package.json')
    process.exit(1)
  }
} else if (!upToDate) {
  writeFileSync(file, `${JSON.stringify({ ...pkg, exports: exportsMap }, null, 2)}\n`)
  console.log(`package.json: ${publicModules.length} entry points`)
}
