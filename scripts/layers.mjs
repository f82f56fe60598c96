// The import rules, in one table; run by `npm run check` and by test/architecture.test.ts.
//   core <- program, show, plan, model;  plan <- sql;  program, sql <- run <- schema <- transform <- relate, replicate <- vector, cli
// The files at the root of lib are the public faces: they re-export, and nothing inside imports them.
//   node scripts/layers.mjs [FOLDER]     prints every import that breaks a rule and exits with 1 if there is one
// `import type` counts like any other import: depending on a type is a dependency.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'))

const ground = ['core', 'program', 'plan', 'sql']
const running = [...ground, 'run']
const above = [...running, 'transform', 'schema']

/** Folder of lib -> the other folders of lib that it may import. */
const mayImport = {
  core: [],
  program: ['core'],
  show: ['core'],
  plan: ['core'],
  sql: ['core', 'plan'],
  model: ['core'],
  run: [...ground, 'show'],
  schema: [...running, 'show'],
  transform: [...running, 'schema'],
  relate: above,
  replicate: above,
  vector: [...above, 'relate', 'replicate'],
  cli: [...above, 'show', 'relate', 'replicate', 'vector'],
}
/** The only importer of the model: all other code must agree with it independently. */
const mayUseModel = ['lib/run/memory.ts']
/** The door of the model for stores that filter in process, and the folders of such stores. */
const modelDoor = 'lib/model/evaluatePredicate.ts'
const mayUseModelDoor = ['vector']

/** Pure folders know neither Node nor a driver. */
const pure = ['core', 'program', 'show', 'plan', 'sql', 'model']
/** Folders without asynchronous code: only programs and the code that runs them may wait. */
const timeless = ['core', 'show', 'plan', 'sql', 'model']
const asynchronous = /\b(Promise|setTimeout|setInterval|setImmediate|queueMicrotask|async|await)\b/
const withoutComments = text =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '')
    .replace(/(['`])(?:(?!\1)[^\\]|\\.)*\1/g, "''")
const basePackages = ['fp-ts', 'io-ts']

const sourcesBelow = folder =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter(name => name.endsWith('.ts'))
        .map(name => join(folder, name).replaceAll('\\', '/'))
        .sort()
    : []

const importsOf = file => ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true).importedFiles.map(i => i.fileName)
const isRelative = specifier => specifier.startsWith('.')
const packageOf = specifier =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
const targetOf = (file, specifier) =>
  relative(root, resolve(root, dirname(file), specifier))
    .replaceAll('\\', '/')
    .replace(/\.js$/, '.ts')

const problems = []
const problem = (file, specifier, why) => problems.push(`${file}: imports ${specifier}: ${why}`)

const graph = new Map()
const importersOfDriver = new Map()

for (const file of sourcesBelow('lib')) {
  const layer = file.split('/').length > 2 ? file.split('/')[1] : undefined
  if (layer !== undefined && !(layer in mayImport))
    problems.push(`${file}: the folder lib/${layer} is not in the table of scripts/layers.mjs`)
  const targets = []
  if (timeless.includes(layer)) {
    const found = asynchronous.exec(withoutComments(readFileSync(join(root, file), 'utf8')))
    if (found !== null) problems.push(`${file}: ${found[0]}: lib/${layer} waits for nothing`)
  }
  for (const specifier of importsOf(file)) {
    if (isRelative(specifier)) {
      const target = targetOf(file, specifier)
      targets.push(target)
      if (!specifier.endsWith('.js')) problem(file, specifier, 'a relative import ends in .js')
      else if (!existsSync(join(root, target))) problem(file, specifier, 'there is no such file')
      if (!target.startsWith('lib/')) problem(file, specifier, 'lib imports nothing outside lib')
      else if (layer !== undefined && layer in mayImport) {
        const targetLayer = target.split('/').length > 2 ? target.split('/')[1] : undefined
        if (targetLayer === undefined) problem(file, specifier, 'the files at the root of lib are for users; import the module itself')
        else if (targetLayer === 'model' && layer !== 'model') {
          if (!mayUseModel.includes(file) && !(target === modelDoor && mayUseModelDoor.includes(layer)))
            problem(file, specifier, `only ${mayUseModel[0]} uses the model`)
        } else if (targetLayer !== layer && !mayImport[layer].includes(targetLayer))
          problem(file, specifier, `lib/${layer} may import ${['itself', ...mayImport[layer].map(f => `lib/${f}`)].join(', ')}`)
      }
    } else if (specifier.startsWith('node:')) {
      if (pure.includes(layer)) problem(file, specifier, `lib/${layer} is pure`)
    } else if (!basePackages.includes(packageOf(specifier))) {
      const name = packageOf(specifier)
      if (name === 'query-ts') problem(file, specifier, 'inside lib, import by relative path')
      else if (name === 'fast-check') problem(file, specifier, 'only laws use fast-check')
      else if (pure.includes(layer)) problem(file, specifier, `lib/${layer} is pure`)
      else importersOfDriver.set(name, [...new Set([...(importersOfDriver.get(name) ?? []), file])])
    }
  }
  graph.set(file, targets)
}
for (const [name, files] of importersOfDriver)
  if (files.length > 1) problems.push(`${name}: a driver package is imported by one file only, not by ${files.join(' and ')}`)

for (const file of sourcesBelow('laws'))
  for (const specifier of importsOf(file))
    if (isRelative(specifier)) {
      if (!/^(lib|laws)\//.test(targetOf(file, specifier))) problem(file, specifier, 'laws import lib and laws')
    } else if (![...basePackages, 'fast-check'].includes(packageOf(specifier))) problem(file, specifier, 'laws import lib and fast-check')

for (const folder of ['bench', 'examples'])
  for (const file of sourcesBelow(folder))
    for (const specifier of importsOf(file))
      if (isRelative(specifier) && !targetOf(file, specifier).startsWith(`${folder}/`))
        problem(file, specifier, `${folder} uses the public entry points (query-ts/...) only`)

// Cycles: depth first; reaching a file that is still open closes a cycle.
const state = new Map()
const visit = (file, path) => {
  if (state.get(file) === 'done') return
  if (state.get(file) === 'open') {
    problems.push(`import cycle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`)
    return
  }
  state.set(file, 'open')
  for (const target of graph.get(file) ?? []) visit(target, [...path, file])
  state.set(file, 'done')
}
for (const file of graph.keys()) visit(file, [])

for (const line of problems) console.log(line)
process.exitCode = problems.length > 0 ? 1 : 0
