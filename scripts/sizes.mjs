// The sizes of lib: how long its files and functions are, which names exist twice, what has no doc comment.
//   node scripts/sizes.mjs [FOLDER]     prints the counts and what is above a limit, and exits with 1 if something is
// test/architecture/sizes.ts holds the tree to these limits, by the same code.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'

export const limits = {
  /** Lines of the files of lib: median, 90th percentile, maximum. */
  median: 100,
  percentile90: 300,
  longest: 450,
  /** Lines of a function with all the functions inside it. */
  function: 150,
  /** Names of files that exist more than once. */
  twins: 12,
}

export const linesOf = text => text.replace(/\n$/, '').split('\n').length

const parsed = ({ path, text }) => ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)

/** The lengths of files: median, 90th percentile and maximum, each with a file of that length. */
export const quantiles = files => {
  const sizes = files.map(({ path, text }) => ({ path, lines: linesOf(text) })).sort((a, b) => a.lines - b.lines)
  const at = share => sizes[Math.max(0, Math.ceil(share * sizes.length) - 1)] ?? { path: '', lines: 0 }
  return { median: at(0.5), percentile90: at(0.9), longest: at(1), total: sizes.reduce((sum, f) => sum + f.lines, 0) }
}

const nameOf = node => {
  if (node.name !== undefined) return node.name.getText()
  let parent = node.parent
  while (parent !== undefined && !ts.isVariableDeclaration(parent) && !ts.isPropertyAssignment(parent)) parent = parent.parent
  return parent === undefined ? '(anonymous)' : parent.name.getText()
}

/** Every function of a file with a body: its name, its first line and its length in lines. */
export const functionsOf = file => {
  const source = parsed(file)
  const line = position => source.getLineAndCharacterOfPosition(position).line + 1
  const found = []
  const visit = node => {
    if (ts.isFunctionLike(node) && node.body !== undefined) {
      const [first, last] = [line(node.getStart()), line(node.end)]
      found.push({ path: file.path, name: nameOf(node), line: first, lines: last - first + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The functions that are longer than the limit; of one inside another, the outer one only. */
export const longFunctions = (file, limit = limits.function) => {
  const long = functionsOf(file).filter(f => f.lines > limit)
  return long.filter(
    f => !long.some(outer => outer.line <= f.line && outer.line + outer.lines >= f.line + f.lines && outer.lines > f.lines),
  )
}

/** A dialect is a folder of the same modules for each engine, and the files at the root of lib have the names of what they re-export. */
const hasTwinsByDesign = path => /^lib\/(sql\/(postgres|mysql|sqlite)\/[^/]+|[^/]+)$/.test(path)

/** The names that more than one file has, each with the paths. */
export const twinsOf = files => {
  const paths = new Map()
  for (const { path } of files)
    if (!hasTwinsByDesign(path)) {
      const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '')
      paths.set(name, [...(paths.get(name) ?? []), path])
    }
  return [...paths].filter(([, of]) => of.length > 1)
}

const isExported = node => ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(m => m.kind === ts.SyntaxKind.ExportKeyword)

const declaredNames = node =>
  ts.isVariableStatement(node)
    ? node.declarationList.declarations.map(d => d.name.getText())
    : node.name === undefined
      ? []
      : [node.name.getText()]

/** The exported declarations of a file that have no doc comment. Of overloads the first carries it; the header of the file is none. */
export const undocumented = file => {
  const source = parsed(file)
  const listed = new Set(
    source.statements.flatMap(node =>
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier === undefined &&
      node.exportClause !== undefined &&
      ts.isNamedExports(node.exportClause)
        ? node.exportClause.elements.map(e => (e.propertyName ?? e.name).getText())
        : [],
    ),
  )
  const overloads = new Set()
  return source.statements.flatMap(node => {
    const names = ts.isVariableStatement(node) || ts.isDeclarationStatement(node) ? declaredNames(node) : []
    if (names.length === 0 || ts.isImportDeclaration(node) || !(isExported(node) || names.some(name => listed.has(name)))) return []
    if (ts.isFunctionDeclaration(node)) {
      if (overloads.has(names[0])) return []
      overloads.add(names[0])
    }
    const comment = (ts.getLeadingCommentRanges(file.text, node.pos) ?? []).at(-1)
    const has = comment !== undefined && comment.pos > 0 && file.text.startsWith('/**', comment.pos)
    return has ? [] : [{ path: file.path, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, names }]
  })
}

const main = root => {
  const files = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => `lib/${name.replaceAll('\\', '/')}`)
    .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  const { median, percentile90, longest, total } = quantiles(files)
  const tooLong = files.filter(f => linesOf(f.text) > limits.longest)
  const functions = files.flatMap(f => longFunctions(f))
  const twins = twinsOf(files)
  const bare = files.flatMap(undocumented)
  console.log(`${files.length} files, ${total} lines`)
  console.log(
    `median ${median.lines} (${limits.median}), 90th percentile ${percentile90.lines} (${limits.percentile90}), longest ${longest.lines} (${limits.longest})`,
  )
  for (const f of tooLong) console.log(`  ${f.path}: ${linesOf(f.text)} lines`)
  console.log(`${functions.length} functions longer than ${limits.function} lines`)
  for (const f of functions) console.log(`  ${f.path}:${f.line}: ${f.name}: ${f.lines} lines`)
  console.log(`${twins.length} names that exist twice (${limits.twins})`)
  for (const [name, paths] of twins) console.log(`  ${name}: ${paths.join(', ')}`)
  console.log(`${bare.length} exported declarations without a doc comment`)
  for (const d of bare) console.log(`  ${d.path}:${d.line}: ${d.names.join(', ')}`)
  const isBroken =
    median.lines > limits.median ||
    percentile90.lines > limits.percentile90 ||
    tooLong.length > 0 ||
    functions.length > 0 ||
    twins.length > limits.twins ||
    bare.length > 0
  process.exitCode = isBroken ? 1 : 0
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(resolve(process.argv[2] ?? join(import.meta.dirname, '..')))
