/**
 * The prose of the repository is plain English: words that docs/STYLE.md lists as not used stand in no comment, message or document.
 *
 * The list is the table in docs/STYLE.md itself. Each of its rules is tried on the example of its row, in a comment, in a string and in a
 * document, so that a rule that can no longer fail is noticed. The paths that documents name exist, too.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { hitsIn, type WordRule, wordRules } from './style/words.js'
import { note, suite } from './suite.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const below = (folder: string, ending: RegExp): ReadonlyArray<string> =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map(name => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter(path => ending.test(path))
    .sort()

const rules = wordRules(read('docs/STYLE.md'))
const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'test/README.md', 'examples/README.md', 'bench/README.md'].concat(
  readdirSync(join(root, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
)
const modules = ['lib', 'laws', 'examples', 'bench', 'scripts'].flatMap(folder => below(folder, /\.(ts|mjs)$/))

const style = suite('style')

style('no comment, message or document has a word that is not used', () => {
  const hits = [...modules, ...documents].flatMap(path => hitsIn(rules, path, read(path)))
  const folders = new Map<string, number>()
  for (const { path } of hits) {
    const folder =
      path.startsWith('lib/') && path.split('/').length > 2 ? path.split('/').slice(0, 2).join('/') : (path.split('/')[0] ?? '')
    folders.set(folder, (folders.get(folder) ?? 0) + 1)
  }
  if (hits.length > 0) note(`words that are not used: ${[...folders].map(([folder, n]) => `${folder} ${n}`).join(', ')}`)
  assert.equal(
    hits.map(({ path, line, phrase, instead }) => `${path}:${line}: "${phrase}": write ${instead}`),
    [],
  )
})

style('each rule finds its example, and each of its phrases, in a comment, a string and a document', () => {
  const missed = (rule: WordRule, text: string): ReadonlyArray<string> => {
    const places: ReadonlyArray<readonly [string, string]> = [
      ['a.ts', `/** Means ${text}, or not. */\nexport const x = 1\n`],
      ['a.ts', `/**\n * Means\n * ${text.replaceAll(' ', '\n * ')}.\n */\nexport const x = 1\n`],
      ['a.ts', `const f = (n: number) => n // ${text}\n`],
      ['a.ts', `const x = "it is ${text}"\n`],
      ['a.ts', `const x = \`it is ${text} \${1}\`\n`],
      ['a.md', `It means\n${text}.\n`],
    ]
    return places.flatMap(([path, source]) => (hitsIn([rule], path, source).length > 0 ? [] : [`${text} in ${source}`]))
  }
  assert.ok(rules.length > 10)
  assert.equal(
    rules.flatMap(rule => [rule.offender, ...rule.phrases].flatMap(text => missed(rule, text))),
    [],
  )
})

style('code is exempt', () => {
  const rule: WordRule = { phrases: ['beside'], instead: 'with', offender: 'a beside b' }
  const exempt: ReadonlyArray<readonly [string, string]> = [
    ['a.ts', "const beside = row['beside']\n"],
    ['a.ts', '/** The field `beside`, or besides. */\nexport const x = 1\n'],
    ['a.md', 'A `beside`.\n\n```ts\nconst beside = 1\n```\n\n[a](beside.md)\n'],
  ]
  assert.equal(
    exempt.flatMap(([path, text]) => hitsIn([rule], path, text)),
    [],
  )
  assert.equal(hitsIn([rule], 'a.ts', 'const a = 1\n\n// x beside y\n')[0]?.line, 3)
})

style('the paths that documents name exist', () => {
  const named = documents
    .filter(path => path !== 'CHANGELOG.md')
    .flatMap(path =>
      [...read(path).matchAll(/`((?:lib|laws|test|scripts|bench|examples)\/[\w./-]+)`/g)].map(([, name = '']) => [path, name] as const),
    )
  assert.ok(named.length > 30)
  assert.equal(
    named.filter(([, name]) => !existsSync(join(root, name)) && !/[A-Z]{4,}/.test(name)).map(([path, name]) => `${path}: ${name}`),
    [],
  )
})

style.run()
