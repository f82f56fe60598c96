/**
 * The examples are true: every ```ts block of the README, the guides and the doc comments compiles and runs.
 * All blocks become modules in dist/snippets and are compiled by one call of tsc; each then runs as a test.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { exportedNames, extract, type Snippet, toModule } from './snippets/extract.js'
import * as preludeModule from './snippets/prelude.js'
import { note, suite } from './suite.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const target = join(root, 'dist', 'snippets')

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const below = (folder: string, ending: string): ReadonlyArray<string> =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter(name => name.endsWith(ending))
        .map(name => `${folder}/${name.replaceAll('\\', '/')}`)
        .sort()
    : []

const sample = 'test/snippets/sample.md'
const documents = ['README.md', 'CONTRIBUTING.md'].filter(path => existsSync(join(root, path)))
const paths = [...documents, ...below('docs', '.md'), ...below('lib', '.ts'), sample]
// Values by what the module has, since it re-exports whole modules; types by its text.
const prelude = [...new Set([...Object.keys(preludeModule), ...exportedNames(read('test/snippets/prelude.ts'))])]
const snippets = paths.flatMap(path => extract(path, read(path)))

const fileOf = (snippet: Snippet): string => `${snippet.name.replace(/[^A-Za-z0-9]+/g, '_')}.ts`

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const snippet of snippets) writeFileSync(join(target, fileOf(snippet)), toModule(snippet, prelude))
writeFileSync(
  join(target, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../tsconfig.json',
    compilerOptions: { rootDir: '.', outDir: '.', incremental: false, declaration: false, declarationMap: false, tsBuildInfoFile: null },
    include: ['*.ts'],
    exclude: [],
  }),
)
const tsc = spawnSync(
  process.execPath,
  [join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc'), '-p', target, '--pretty', 'false'],
  {
    cwd: target,
    encoding: 'utf8',
  },
)

/** The complaints of tsc about one snippet, with the lines of its document. */
const typeErrors = (snippet: Snippet): ReadonlyArray<string> =>
  tsc.stdout.split('\n').flatMap(line => {
    const [, file, at, message] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(line) ?? []
    return file === fileOf(snippet) ? [`line ${snippet.lines[Number(at) - 2] ?? '?'}: ${message}`] : []
  })

const execute = async (snippet: Snippet): Promise<void> => {
  const errors = typeErrors(snippet)
  if (errors.length > 0) throw new Error(errors.join('\n'))
  if (snippet.run) await import(pathToFileURL(join(target, fileOf(snippet).replace(/\.ts$/, '.js'))).href)
}

const examples = suite('examples')

examples('tsc ran, and complains about snippets only', () => {
  const known = new Set(snippets.map(fileOf))
  const foreign = tsc.stdout.split('\n').filter(line => line.trim() !== '' && !line.startsWith(' ') && !known.has(line.replace(/\(.*/, '')))
  assert.equal([tsc.error, tsc.stderr, ...foreign], [undefined, ''])
})

for (const snippet of snippets) if (!snippet.name.startsWith(sample)) examples(snippet.name, () => execute(snippet))

examples('a block that does not compile, prints something else or throws is noticed', async () => {
  const message = (snippet: Snippet): Promise<string> =>
    execute(snippet).then(
      () => 'fine',
      (error: unknown) => String(error),
    )
  const results: Array<string> = []
  for (const snippet of snippets.filter(s => s.name.startsWith(sample))) results.push(await message(snippet))
  assert.equal(results, [
    "Error: line 4: error TS2322: Type 'string' is not assignable to type 'number'.",
    'Error: line 8: expected\n3\nbut got\n2',
    'fine',
    'fine',
    'Error: run, and it shows',
  ])
})

examples('an expectation that checks nothing is refused', () => {
  const [snippet] = extract('x.md', '```ts\nfor (const n of [1]) {\n  n // => 1\n}\n```')
  assert.throws(() => snippet && toModule(snippet, []), /the "\/\/ =>" on line 3 follows no expression/)
  assert.throws(() => extract('x.md', '```ts norun\n1\n```'), /unknown tag norun/)
  assert.throws(() => extract('x.md', '```ts\n1\n'), /not closed/)
})

examples('a doc comment may use the prelude, and may declare a name of its own', () => {
  const source = '/**\n * Adds.\n *\n * ```ts\n * const flow = 1\n * pipe(flow, n => n + 1) // => 2\n * ```\n */\nexport const x = 1\n'
  const [snippet] = extract('lib/x.ts', source)
  assert.is(snippet?.name, 'lib/x.ts:4')
  assert.is(
    snippet && toModule(snippet, ['flow', 'pipe']),
    "import { check as __check } from '../test/snippets/check.js'; import { pipe } from '../test/snippets/prelude.js'\n" +
      'const flow = 1\n;await __check(async () => (pipe(flow, n => n + 1)), "2", 6); // => 2\n',
  )
})

note(`code blocks: ${snippets.length - 5}, of which ${snippets.filter(s => !s.run && !s.name.startsWith(sample)).length} are only compiled`)

examples.run()
