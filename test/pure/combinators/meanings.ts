/**
 * The meaning of each exported value of a module, in one line: the first sentence of its doc comment, and the equation that follows it.
 *
 * Names are followed through re-exports: `export * from`, and `export { a as b } from`.
 */
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import ts from 'typescript'

const root = new URL('../../../../', import.meta.url)

/** The first sentence of a comment, with what stands in backquotes after it. */
const firstSentence = (comment: string): string => {
  const [paragraph = ''] = comment.split(/\n\s*\n/)
  const [first = '', second] = paragraph
    .replace(/\s+/g, ' ')
    .trim()
    .split(/(?<=[.:])\s+(?=[A-Z`])/)
  const whole = first.endsWith(':') && second !== undefined ? `${first} ${second}` : first
  return whole !== first || second?.startsWith('`') !== true ? whole : `${whole} ${second}`
}

const commentOf = (node: ts.Node): string | null => {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1)
  const text = comment === undefined ? undefined : ts.getTextOfJSDocComment(comment.comment)
  return text === undefined ? null : firstSentence(text)
}

/** The meanings of what a module exports, by name, in the order of the source. */
export const meaningsOf = (path: string): ReadonlyMap<string, string> => {
  const source = ts.createSourceFile(path, readFileSync(new URL(path, root), 'utf8'), ts.ScriptTarget.Latest, true)
  const found = new Map<string, string>()
  const own = new Map<string, string>()
  const add = (name: string, meaning: string | null | undefined): void => {
    if (meaning != null) found.set(name, meaning)
  }
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement)) {
      const isExported = statement.modifiers?.some(m => m.kind === ts.SyntaxKind.ExportKeyword) === true
      for (const { name } of statement.declarationList.declarations) {
        const meaning = commentOf(statement)
        if (meaning !== null) own.set(name.getText(), meaning)
        if (isExported) add(name.getText(), meaning)
      }
    }
    if (!ts.isExportDeclaration(statement) || statement.isTypeOnly) continue
    const from = statement.moduleSpecifier
    const other =
      from !== undefined && ts.isStringLiteral(from) ? meaningsOf(posix.join(posix.dirname(path), from.text.replace(/\.js$/, '.ts'))) : own
    if (statement.exportClause === undefined) for (const [name, meaning] of other) found.set(name, meaning)
    else if (ts.isNamedExports(statement.exportClause))
      for (const { name, propertyName } of statement.exportClause.elements)
        add(name.text, commentOf(statement) ?? other.get((propertyName ?? name).text))
  }
  return found
}
