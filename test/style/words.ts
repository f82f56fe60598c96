/**
 * The words of docs/STYLE.md that are not used, and where they stand in a text.
 *
 * The rules are rows of the table under "Words not used": phrases, what to write instead, an example that has to be found. Of a
 * module only comments and strings of several words are read, of a document everything but code. Code in backticks is exempt.
 * Everything that is left out becomes blanks of the same length, so that a line number is that of the file.
 */
import ts from 'typescript'

export interface WordRule {
  /** The phrases, as the table has them. */
  readonly phrases: ReadonlyArray<string>
  readonly instead: string
  /** A text that breaks the rule. */
  readonly offender: string
}

export interface Hit {
  readonly path: string
  readonly line: number
  readonly phrase: string
  readonly instead: string
}

const HEADING = '## Words not used'

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

/** The rules of the table under the heading. A row without a phrase in backticks is no rule, but a mistake. */
export const wordRules = (style: string): ReadonlyArray<WordRule> => {
  const section = (style.split(`${HEADING}\n`)[1] ?? '').split('\n## ')[0] ?? ''
  const rows = section.split('\n').filter(line => line.startsWith('| '))
  return rows.slice(2).map(line => {
    const [phrases = '', instead = '', offender = ''] = line
      .split('|')
      .slice(1)
      .map(cell => cell.trim())
    const found = [...phrases.matchAll(/`([^`]+)`/g)].map(([, phrase = '']) => phrase)
    if (found.length === 0 || instead === '' || offender === '') throw new Error(`docs/STYLE.md: a row that is no rule: ${line}`)
    return { phrases: found, instead, offender }
  })
}

/** Words may be parted by a line end and the star or slashes of a comment. */
const pattern = (phrase: string): RegExp => new RegExp(`(?<![\\w-])${phrase.split(' ').join('(?:\\s|\\*|//)+')}(?![\\w-])`, 'gi')

const withoutInlineCode = (text: string): string => text.replace(/`[^`\n]*`/g, blank)

/** The prose of a document: no fenced or inline code, no address of a link, and of STYLE.md no table, which shows what is not written. */
const proseOfDocument = (path: string, text: string): string => {
  const prose = withoutInlineCode(text.replace(/^( *)```[\s\S]*?^\1```/gm, blank)).replace(/\]\([^)\s]*\)/g, blank)
  return path === 'docs/STYLE.md' ? prose.replace(/^\|.*$/gm, blank) : prose
}

/** The comments and strings of a module. */
const proseOfModule = (path: string, text: string): string => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false)
  const kept: Array<readonly [from: number, to: number, isComment: boolean]> = []
  const visit = (node: ts.Node): void => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return
    const children = node.getChildren(file)
    if (children.length > 0) {
      children.forEach(visit)
      return
    }
    // what is before a token is blanks and comments
    kept.push([node.pos, node.getStart(file), true])
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)
    if (isText && node.getText(file).includes(' ')) kept.push([node.getStart(file), node.end, false])
  }
  visit(file)
  let at = 0
  let prose = ''
  for (const [from, to, isComment] of kept) {
    prose += blank(text.slice(at, from)) + (isComment ? withoutInlineCode(text.slice(from, to)) : text.slice(from, to))
    at = to
  }
  return prose + blank(text.slice(at))
}

/** Every place in a file that breaks a rule. */
export const hitsIn = (rules: ReadonlyArray<WordRule>, path: string, text: string): ReadonlyArray<Hit> => {
  const prose = path.endsWith('.md') ? proseOfDocument(path, text) : proseOfModule(path, text)
  return rules
    .flatMap(({ phrases, instead }) =>
      phrases.flatMap(phrase =>
        [...prose.matchAll(pattern(phrase))].map(({ index }) => ({
          path,
          line: prose.slice(0, index).split('\n').length,
          phrase,
          instead,
        })),
      ),
    )
    .sort((a, b) => a.line - b.line)
}
