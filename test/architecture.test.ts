/**
 * Checks the rules of the house, because unchecked rules drift: layout, names, headers, sizes, import directions.
 * Each rule also runs on a planted offender, so that a rule that can't fail any more is noticed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { rules, type SourceFile } from './architecture/rules.js'
import { quantiles, sizeRules } from './architecture/sizes.js'
import { note, suite } from './suite.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

const sources = (folder: string): ReadonlyArray<SourceFile> =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter(name => name.endsWith('.ts'))
        .map(name => `${folder}/${name.replaceAll('\\', '/')}`)
        .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }))
    : []

const lib = sources('lib')

const layers = (tree: string): ReadonlyArray<string> => {
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'layers.mjs'), tree], { encoding: 'utf8' })
  if (stderr !== '') throw new Error(stderr)
  return stdout.split('\n').filter(line => line !== '')
}

const house = suite('architecture')

for (const rule of [...rules, ...sizeRules]) house(rule.name, () => assert.equal(rule.check(lib), []))

house('imports flow one way, without cycles; one file per driver', () => assert.equal(layers(root), []))

house('the top level holds what the design names', () => {
  const expected = ['lib', 'laws', 'test', 'bench', 'examples', 'docs', '.ci/run', 'docker-compose.yml', 'package.json', 'tsconfig.json']
  const documents = ['README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'test/README.md']
  assert.equal(
    [...expected, ...documents].filter(path => !existsSync(join(root, path))),
    [],
  )
})

house('the laws are reachable from every rule set', () => {
  // A file of laws that index.ts does not lead to is not published and, likely, not run.
  const laws = sources('laws')
  const reached = new Set(['laws/index.ts'])
  for (const path of reached)
    for (const [, specifier = ''] of (laws.find(f => f.path === path)?.text ?? '').matchAll(/from '(\.[^']+)'/g))
      reached.add(join(dirname(path), specifier).replaceAll('\\', '/').replace(/\.js$/, '.ts'))
  assert.equal(
    laws.map(f => f.path).filter(path => !reached.has(path)),
    [],
  )
})

house('each rule catches its offender', () => {
  const header = `/**\n${' * what it owns and means\n'.repeat(5)} */\n`
  const offenders: ReadonlyArray<SourceFile> = [
    { path: 'lib/plan/normalize/deep/merge.ts', text: header },
    { path: 'lib/core/two_words.ts', text: header },
    { path: 'lib/core/utils.ts', text: header },
    { path: 'lib/core/Column.ts', text: header },
    { path: 'lib/run/column.ts', text: header },
    { path: 'lib/core/Bare.ts', text: '/** Short. */\n' },
    { path: 'lib/sql/render.ts', text: `${header}// dialect === 'mysql' is allowed\nconst x = dialect.name === 'mysql' ? 1 : 2\n` },
    { path: 'lib/sql/mysql/mysql.ts', text: `${header}const x = dialect.name === 'mysql' ? 1 : 2\n` },
  ]
  assert.equal(
    rules.map(rule => rule.check(offenders)),
    [
      ['lib/plan/normalize/deep/merge.ts: too deep'],
      ['lib/core/two_words.ts: letters and digits only'],
      ['lib/core/utils.ts: name what it owns'],
      ['Column and column'],
      ['lib/core/Bare.ts: 1 lines'],
      ["lib/sql/render.ts: line 9: const x = dialect.name === 'mysql' ? 1 : 2"],
    ],
  )
})

house('each rule on sizes catches its offender', () => {
  const header = '/** What it owns. */\n'
  const lines = (n: number): string => 'f()\n'.repeat(n)
  const long = `${header}import 'a'\n/** Long. */\nexport const long = () => {\n  const inner = () => {\n${lines(150)}  }\n}\n`
  const bare = `${header}export const one = 1\nconst two = 2\n/** Documented. */\nexport type Three = 3\ninterface Four {}\nexport { two, type Four }\n`
  const overloads = `${header}import 'a'\n/** Yes. */\nexport function f(a: 1): 1\nexport function f(a: 2): 2\nexport function f(a: any) {\n  return a\n}\n`
  const twins = Array.from({ length: 13 }, (_, i) => [`lib/core/expr/n${i}.ts`, `lib/model/n${i}.ts`]).flat()
  const byDesign = ['sql/mysql/n0', 'sql/postgres/n0', 'n0', 'sql/n12'].map(name => `lib/${name}.ts`)
  const few = (paths: ReadonlyArray<string>): ReadonlyArray<SourceFile> => paths.map(path => ({ path, text: header }))
  const offenders: ReadonlyArray<ReadonlyArray<SourceFile>> = [
    [
      { path: 'lib/core/a.ts', text: lines(100) },
      { path: 'lib/core/b.ts', text: lines(101) },
      { path: 'lib/core/c.ts', text: lines(102) },
    ],
    Array.from({ length: 10 }, (_, i) => ({ path: `lib/core/f${i}.ts`, text: lines(i < 8 ? 10 : 301) })),
    [
      { path: 'lib/core/a.ts', text: lines(450) },
      { path: 'lib/core/b.ts', text: lines(451) },
    ],
    [
      { path: 'lib/core/long.ts', text: long },
      { path: 'lib/core/short.ts', text: `${header}${lines(149)}` },
    ],
    few([...twins, ...byDesign]),
    [
      { path: 'lib/core/bare.ts', text: bare },
      { path: 'lib/core/overloads.ts', text: overloads },
    ],
  ]
  const complaints = sizeRules.map((rule, i) => rule.check(offenders[i] ?? []))
  assert.equal(complaints.slice(0, 4), [
    ['101 lines'],
    ['301 lines'],
    ['lib/core/b.ts: 451 lines'],
    ['lib/core/long.ts:4: long: 154 lines'],
  ])
  assert.is(complaints[4]?.length, 13)
  assert.is(complaints[4]?.at(-1), 'n12: lib/core/expr/n12.ts, lib/model/n12.ts, lib/sql/n12.ts')
  assert.equal(complaints[5], ['lib/core/bare.ts:2: one', 'lib/core/bare.ts:3: two', 'lib/core/bare.ts:6: Four'])
  // what lies on a limit is allowed
  assert.equal(sizeRules[4]?.check(few([...twins.slice(0, 24), ...byDesign.slice(0, 3)])), [])
})

house('each import rule catches its offender', () => {
  const tree = mkdtempSync(join(tmpdir(), 'query-ts-layers-'))
  const files: Record<string, string> = {
    'lib/core/Query.ts': "import type { Rel } from '../plan/Rel.js'\nimport { readFileSync } from 'node:fs'\nimport 'sql.js'",
    'lib/core/Expr.ts': "import { a } from './Agg.js'\nconst later = setTimeout(() => 'await', 1) // async",
    'lib/core/Agg.ts': "import type { e } from './Expr.js'",
    'lib/plan/Rel.ts': "import { pipe } from 'fp-ts/lib/function.js'\nimport { fc } from 'fast-check'",
    'lib/model/meaning.ts': "import { Query } from '../core/Query.js'\nimport { Rel } from '../plan/Rel.js'",
    'lib/model/evaluatePredicate.ts': "import { meaning } from './meaning.js'",
    'lib/vector/process.ts':
      "import { evaluatePredicate } from '../model/evaluatePredicate.js'\nimport { meaning } from '../model/meaning.js'",
    'lib/run/memory.ts': "import { meaning } from '../model/meaning.js'",
    'lib/run/sqlite.ts': "import { meaning } from '../model/meaning.js'\nimport init from 'sql.js'\nimport { x } from 'query-ts/Query'",
    'lib/run/other.ts': "import type { Database } from 'sql.js'\nexport const l = import('../../laws/index.js')",
    'lib/shelf/x.ts': 'export {}',
    'laws/index.ts': "import { suite } from 'uvu'\nimport { memory } from '../lib/run/memory.js'\nimport { s } from '../test/suite.js'",
    'test/suite.ts': 'export {}',
    'examples/first.ts': "import { Query } from 'query-ts/Query'\nimport { secret } from '../lib/core/Query.js'",
  }
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true })
      writeFileSync(join(tree, path), text)
    }
    assert.equal(layers(tree), [
      'lib/core/Expr.ts: setTimeout: lib/core waits for nothing',
      'lib/core/Query.ts: imports ../plan/Rel.js: lib/core may import itself',
      'lib/core/Query.ts: imports node:fs: lib/core is pure',
      'lib/core/Query.ts: imports sql.js: lib/core is pure',
      'lib/model/meaning.ts: imports ../plan/Rel.js: lib/model may import itself, lib/core',
      'lib/plan/Rel.ts: imports fast-check: only laws use fast-check',
      'lib/run/other.ts: imports ../../laws/index.js: lib imports nothing outside lib',
      'lib/run/sqlite.ts: imports ../model/meaning.js: only lib/run/memory.ts uses the model',
      'lib/run/sqlite.ts: imports query-ts/Query: inside lib, import by relative path',
      'lib/shelf/x.ts: the folder lib/shelf is not in the table of scripts/layers.mjs',
      'lib/vector/process.ts: imports ../model/meaning.js: only lib/run/memory.ts uses the model',
      'sql.js: a driver package is imported by one file only, not by lib/run/other.ts and lib/run/sqlite.ts',
      'laws/index.ts: imports uvu: laws import lib and fast-check',
      'laws/index.ts: imports ../test/suite.js: laws import lib and laws',
      'examples/first.ts: imports ../lib/core/Query.js: examples uses the public entry points (query-ts/...) only',
      'import cycle: lib/core/Agg.ts -> lib/core/Expr.ts -> lib/core/Agg.ts',
    ])
  } finally {
    rmSync(tree, { recursive: true })
  }
})

const { median, longest, total } = quantiles(lib)
note(`lib: ${lib.length} files, ${total} lines, median ${median.lines}, longest ${longest.path} with ${longest.lines}`)

house.run()
