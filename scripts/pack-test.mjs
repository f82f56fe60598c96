// Packs the package, installs the tarball in an empty project and uses it there, from ESM and from CommonJS.
// It checks what no test inside the repository can: that `files`, `exports`, `bin` and `dependencies` are complete.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'query-ts-pack-'))

const run = (command, args, cwd) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  return { ok: status === 0, stdout, text: `${stdout}${stderr}`.trim() }
}
const mustRun = (command, args, cwd) => {
  const result = run(command, args, cwd)
  if (!result.ok) throw new Error(`${command} ${args.join(' ')}\n${result.text}`)
  return result.stdout
}
const version = name => `${name}@${pkg.dependencies[name] ?? pkg.devDependencies[name]}`

/** Entry points that need an optional peer other than sql.js. They are imported after it has been installed. */
const needs = {
  'query-ts/pglite': '@electric-sql/pglite',
  'query-ts/laws': 'fast-check',
  'query-ts/postgres': 'postgres',
  'query-ts/mysql': 'mysql2',
}
/** A project whose migrations are written and applied by the command line of the installed package. */
const project = {
  'query-ts.config.ts': `
    import { defineConfig } from 'query-ts/config'
    import { shop } from './src/shop.js'
    export default defineConfig({ database: 'sqlite:shop.db', schema: shop })
  `,
  'src/shop.ts': `
    import { generated, int, text } from 'query-ts/Column'
    import { schema } from 'query-ts/Schema'
    import { table } from 'query-ts/Table'
    export const shop = schema({ books: table('book', { id: generated(int), title: text }) })
  `,
}
const commands = [
  ['migrate', 'diff', 'create shop'],
  ['migrate', 'up'],
  ['migrate', 'status', '--json'],
  ['migrate', 'check'],
  ['diff'],
  ['introspect', '--out', 'live.ts'],
]

/** The one whose driver is compiled without a prebuilt binary; `npm run native` tests it. */
const native = 'query-ts/sqlite3'

const entryPoints = Object.keys(pkg.exports)
  .filter(subpath => subpath !== './package.json')
  .map(subpath => subpath.replace(/^\./, 'query-ts'))
  .filter(name => name !== native)

// The tiny query. `load` is import or require; the program fails if the result is wrong.
const tinyQuery = `
  const { pipe } = await load('fp-ts/lib/function.js')
  const [{ generated, int, text }, C, Q, { gt }, { schema }, { table }, { createAll }] = await Promise.all(
    ['Column', 'Command', 'Query', 'Expr', 'Schema', 'Table', 'createAll'].map(name => load('query-ts/' + name)),
  )
  const { memory } = await load('query-ts/memory')
  const { sqlite } = await load('query-ts/sqlite')
  const things = table('thing', { id: generated(int), name: text })
  const names = pipe(Q.from(things), Q.where(t => gt(t.id, 1)), Q.map(t => ({ name: t.name })))
  const opened = await sqlite()()
  for (const db of [memory(), opened.right]) {
    await createAll(schema({ things }))({ db })()
    await C.run(C.insertMany(things)([{ name: 'one' }, { name: 'two' }]))({ db })()
    const answer = await Q.all(names)({ db })()
    if (JSON.stringify(answer) !== '{"_tag":"Right","right":[{"name":"two"}]}') throw new Error(JSON.stringify(answer))
    await db.close()
  }
`

/** The same program in both module systems. */
const program = names => `
  for (const name of ${JSON.stringify(names)}) await load(name)
  ${names.includes('query-ts/sqlite') ? tinyQuery : ''}
`
const languages = [
  ['ESM import', 'use.mjs', text => `const load = name => import(name)\n${text}`],
  ['CommonJS require', 'use.cjs', text => `const load = async name => require(name)\nconst main = async () => {\n${text}\n}\nvoid main()`],
]

let passed = 0
let failed = 0
const use = names => {
  for (const [title, file, wrap] of languages) {
    writeFileSync(join(folder, file), wrap(program(names)))
    const result = run(process.execPath, [file], folder)
    console.log(`${result.ok ? 'ok  ' : 'FAIL'} ${title} of ${names.length} entry points${result.ok ? '' : `\n${result.text}`}`)
    if (result.ok) passed += 1
    else failed += 1
  }
}

/** Runs the command line in a folder below the project, as a user does. */
const useCommands = () => {
  mkdirSync(join(folder, 'src'))
  mkdirSync(join(folder, 'deep'))
  for (const [file, text] of Object.entries(project)) writeFileSync(join(folder, file), text)
  for (const args of commands) {
    const result = run('npx', ['--no-install', 'query-ts', ...args], join(folder, 'deep'))
    console.log(`${result.ok ? 'ok  ' : 'FAIL'} query-ts ${args.join(' ')}${result.ok ? '' : `\n${result.text}`}`)
    if (result.ok) passed += 1
    else failed += 1
  }
}

try {
  const [{ filename, files, unpackedSize }] = JSON.parse(mustRun('npm', ['pack', '--json', '--pack-destination', folder], root))
  console.log(`${filename}: ${files.length} files, ${Math.round(unpackedSize / 1024)} KiB unpacked`)
  writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true }\n')
  mustRun('npm', ['install', '--prefer-offline', `./${filename}`, version('fp-ts'), version('io-ts'), version('sql.js')], folder)
  use(entryPoints.filter(name => !(name in needs)))
  useCommands()
  const rest = entryPoints.filter(name => name in needs)
  if (rest.length > 0) {
    mustRun('npm', ['install', '--prefer-offline', ...rest.map(name => version(needs[name]))], folder)
    use(rest)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
