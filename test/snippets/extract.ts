/**
 * Finds the ```ts blocks of a document or of the doc comments of a module, and turns each into a module that checks itself.
 *
 * Conventions (see test/README.md): tags after `ts` are `no-run` (compile only) and `continue` (append to the block before). `// => text`
 * after an expression, or on the lines that follow it, states its printed output, or else its value.
 */
import ts from 'typescript'

/** A run of blocks that form one module. */
export interface Snippet {
  /** `README.md:12`, the line of the first block's fence. */
  readonly name: string
  readonly run: boolean
  readonly code: string
  /** For each line of `code`: its line in the document. */
  readonly lines: ReadonlyArray<number>
  readonly inDocComment: boolean
}

interface Line {
  readonly text: string
  readonly number: number
}

/** Lines of doc comments without their leading star; an empty line between comments, so that fences cannot join up. */
const docCommentLines = (source: string): ReadonlyArray<Line> => {
  let inside = false
  return source.split('\n').map((line, i) => {
    const number = i + 1
    if (/^\s*\/\*\*/.test(line)) inside = true
    const text = inside ? line.replace(/^\s*\/?\*+ ?/, '').replace(/\s*\*\/\s*$/, '') : ''
    if (line.includes('*/')) inside = false
    return { text, number }
  })
}

export const extract = (path: string, source: string): ReadonlyArray<Snippet> => {
  const inDocComment = path.endsWith('.ts')
  const lines = inDocComment ? docCommentLines(source) : source.split('\n').map((text, i) => ({ text, number: i + 1 }))
  const snippets: Array<Snippet> = []
  let open: { readonly tags: ReadonlyArray<string>; readonly number: number; readonly indent: string } | undefined
  let body: Array<Line> = []
  for (const line of lines) {
    const fence = /^(\s*)```\s*(.*)$/.exec(line.text)
    if (open === undefined) {
      if (fence !== null) {
        open = { tags: (fence[2] ?? '').trim().split(/\s+/), number: line.number, indent: fence[1] ?? '' }
        body = []
      }
    } else if (fence !== null && fence[2] === '') {
      const [language = '', ...tags] = open.tags
      if (/^(ts|typescript)$/.test(language)) {
        const unknown = tags.filter(tag => tag !== 'no-run' && tag !== 'continue')
        if (unknown.length > 0) throw new Error(`${path}:${open.number}: unknown tag ${unknown.join(' ')} on a code block`)
        const before = tags.includes('continue') ? snippets.pop() : undefined
        if (tags.includes('continue') && before === undefined) throw new Error(`${path}:${open.number}: nothing to continue`)
        const indent = open.indent.length
        snippets.push({
          name: before?.name ?? `${path}:${open.number}`,
          run: (before?.run ?? true) && !tags.includes('no-run'),
          code: `${before === undefined ? '' : `${before.code}\n`}${body.map(l => l.text.slice(indent)).join('\n')}`,
          lines: [...(before?.lines ?? []), ...body.map(l => l.number)],
          inDocComment,
        })
      }
      open = undefined
    } else body.push(line)
  }
  if (open !== undefined) throw new Error(`${path}:${open.number}: the code block is not closed`)
  return snippets
}

const parse = (code: string): ts.SourceFile => ts.createSourceFile('snippet.ts', code, ts.ScriptTarget.ES2022, true)

/** The names a module declares or imports at its top level. */
const declaredNames = (file: ts.SourceFile): ReadonlySet<string> => {
  const names = new Set<string>()
  const bind = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) names.add(name.text)
    else for (const element of name.elements) if (ts.isBindingElement(element)) bind(element.name)
  }
  for (const s of file.statements) {
    if (ts.isVariableStatement(s)) for (const d of s.declarationList.declarations) bind(d.name)
    else if (ts.isImportDeclaration(s)) {
      const clause = s.importClause
      if (clause?.name !== undefined) names.add(clause.name.text)
      const bindings = clause?.namedBindings
      if (bindings !== undefined && ts.isNamespaceImport(bindings)) names.add(bindings.name.text)
      else if (bindings !== undefined && ts.isNamedImports(bindings)) for (const e of bindings.elements) names.add(e.name.text)
    } else if (ts.isFunctionDeclaration(s) || ts.isClassDeclaration(s) || ts.isInterfaceDeclaration(s) || ts.isTypeAliasDeclaration(s))
      if (s.name !== undefined) names.add(s.name.text)
  }
  return names
}

/** The names that prelude.ts exports. */
export const exportedNames = (prelude: string): ReadonlyArray<string> => {
  const file = parse(prelude)
  const reexported = file.statements.flatMap(s => {
    if (!ts.isExportDeclaration(s) || s.exportClause === undefined) return []
    return ts.isNamespaceExport(s.exportClause) ? [s.exportClause.name.text] : s.exportClause.elements.map(e => e.name.text)
  })
  const own = file.statements.filter(s => ts.canHaveModifiers(s) && ts.getModifiers(s)?.some(m => m.kind === ts.SyntaxKind.ExportKeyword))
  return [...reexported, ...declaredNames(ts.factory.updateSourceFile(file, own))]
}

interface Expectation {
  readonly text: string
  readonly firstLine: number
  readonly lastLine: number
}

/** `// => text` and the comment lines right below it. */
const expectations = (lines: ReadonlyArray<string>): ReadonlyArray<Expectation> => {
  const found: Array<Expectation> = []
  for (let i = 0; i < lines.length; i++) {
    const start = /(^|\s)\/\/ => ?(.*)$/.exec(lines[i] ?? '')
    if (start === null) continue
    let last = i
    const parts = [start[2] ?? '']
    for (
      let next = /^\s*\/\/(?! =>)(.*)$/.exec(lines[last + 1] ?? '');
      next !== null;
      next = /^\s*\/\/(?! =>)(.*)$/.exec(lines[last + 1] ?? '')
    ) {
      parts.push(next[1] ?? '')
      last += 1
    }
    found.push({ text: parts.join('\n'), firstLine: i, lastLine: last })
    i = last
  }
  return found
}

/**
 * The snippet as a module: every expectation becomes a call of `check` (check.ts). Lines are kept one to one below the
 * first line, which holds the imports. An expectation that belongs to no statement is an error: it would check nothing.
 */
export const toModule = (snippet: Snippet, prelude: ReadonlyArray<string>): string => {
  const file = parse(snippet.code)
  const codeLines = snippet.code.split('\n')
  const lineOf = (position: number): number => file.getLineAndCharacterOfPosition(position).line
  const edits: Array<{ readonly at: number; readonly remove: number; readonly insert: string }> = []
  for (const { text, firstLine } of expectations(codeLines)) {
    const onItsOwn = /^\s*\/\/ =>/.test(codeLines[firstLine] ?? '')
    const where = snippet.lines[firstLine] ?? 0
    const statement = [...file.statements].findLast(s => {
      const end = lineOf(s.getEnd())
      return onItsOwn ? end < firstLine : end === firstLine
    })
    const subject =
      statement === undefined
        ? undefined
        : ts.isExpressionStatement(statement)
          ? statement.expression
          : ts.isVariableStatement(statement)
            ? statement.declarationList.declarations.at(-1)?.name
            : undefined
    const adjacent = statement !== undefined && codeLines.slice(lineOf(statement.getEnd()) + 1, firstLine).every(l => l.trim() === '')
    if (statement === undefined || subject === undefined || !adjacent)
      throw new Error(`${snippet.name}: the "// =>" on line ${where} follows no expression or const of the block's top level`)
    const call = `await __check(async () => (`
    const rest = `), ${JSON.stringify(text)}, ${where});`
    if (ts.isExpressionStatement(statement)) {
      edits.push({ at: statement.getStart(), remove: 0, insert: `;${call}` })
      edits.push({ at: subject.getEnd(), remove: statement.getEnd() - subject.getEnd(), insert: rest })
    } else edits.push({ at: statement.getEnd(), remove: 0, insert: `; ${call}${subject.getText()}${rest}` })
  }
  const body = edits
    .sort((a, b) => b.at - a.at)
    .reduce((code, e) => code.slice(0, e.at) + e.insert + code.slice(e.at + e.remove), snippet.code)
  const declared = declaredNames(file)
  const used = prelude.filter(name => !declared.has(name) && new RegExp(`\\b${name}\\b`).test(snippet.code))
  const imports = [
    edits.length > 0 ? "import { check as __check } from '../test/snippets/check.js'" : 'export {}',
    ...(snippet.inDocComment && used.length > 0 ? [`import { ${used.join(', ')} } from '../test/snippets/prelude.js'`] : []),
  ]
  return `${imports.join('; ')}\n${body}\n`
}
