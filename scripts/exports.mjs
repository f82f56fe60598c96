// Writes the `exports` map of package.json from the files that exist: one subpath per public module.
//   node scripts/exports.mjs          writes it
//   node scripts/exports.mjs --check  fails when it is out of date
// A folder that is not listed below is private, and so are the lowercase modules of lib/core: a user cannot import them.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

const root = new URL('../', import.meta.url)

/** The runners of lib/run; its other files (pools, transactions) are parts of them and stay private. */
const runners = ['memory', 'sqlite', 'pglite', 'sqlite3', 'postgres', 'mysql']

const modulesOf = folder =>
  existsSync(new URL(folder, root))
    ? readdirSync(new URL(folder, root))
        .filter(name => name.endsWith('.ts') && name !== 'index.ts')
        .map(name => basename(name, '.ts'))
        .sort()
    : []

/** [subpath, source without .ts], in the order of the map. */
const publicModules = [
  ['.', 'lib/index'],
  ...modulesOf('lib/core')
    .filter(name => /^[A-Z]/.test(name))
    .map(name => [`./${name}`, `lib/core/${name}`]),
  ['./sql', 'lib/sql/index'],
  ...modulesOf('lib/run')
    .filter(name => runners.includes(name))
    .map(name => [`./${name}`, `lib/run/${name}`]),
  ...modulesOf('lib/transform').map(name => [`./${name}`, `lib/transform/${name}`]),
  ...modulesOf('lib/schema').map(name => [`./${name}`, `lib/schema/${name}`]),
  ['./laws', 'laws/index'],
].filter(([, source]) => existsSync(new URL(`${source}.ts`, root)))

const seen = new Map()
for (const [subpath, source] of publicModules) {
  const clash = seen.get(subpath.toLowerCase())
  if (clash !== undefined)
    throw new Error(`${source}.ts and ${clash}.ts would both be published as ${subpath} (case is ignored): rename one`)
  seen.set(subpath.toLowerCase(), source)
}

// `module` is read by bundlers only: that output imports fp-ts/es6, which they can shake (see postbuild.mjs).
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
    console.error('package.json: `exports` does not follow the files in lib/: run `npm run exports` and commit package.json')
    process.exit(1)
  }
} else if (!upToDate) {
  writeFileSync(file, `${JSON.stringify({ ...pkg, exports: exportsMap }, null, 2)}\n`)
  console.log(`package.json: ${publicModules.length} entry points`)
}
