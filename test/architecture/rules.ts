/**
 * The countable rules of the house, as functions from files to complaints.
 *
 * They read text, not types: a rule that takes a millisecond is checked on every run. Import directions and cycles are in
 * scripts/layers.mjs. architecture.test.ts runs each rule on planted offenders.
 */
export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

export interface Rule {
  readonly name: string
  readonly check: (files: ReadonlyArray<SourceFile>) => ReadonlyArray<string>
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '')

/** Code without its comments, line by line where it was; a string that contains `//` keeps it. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, comment => comment.replace(/[^\n]/g, '')).replace(/^(\s*)\/\/.*$/gm, '$1')

const inLib = (files: ReadonlyArray<SourceFile>): ReadonlyArray<SourceFile> => files.filter(f => f.path.startsWith('lib/'))

/** One complaint per file that breaks a rule about single files of lib. */
const eachFile = (name: string, complaint: (file: SourceFile) => string | undefined): Rule => ({
  name,
  check: files =>
    inLib(files).flatMap(file => {
      const text = complaint(file)
      return text === undefined ? [] : [`${file.path}: ${text}`]
    }),
})

/** The modules in which a dialect may know its name. */
const dialectRecord = /^lib\/sql\/(postgres|mysql|sqlite)\//
const dialectComparison =
  /\b\w*dialect\w*(\.\w+)*\s*[!=]==?\s*['"`]|['"`]\s*[!=]==?\s*\w*dialect\w*(\.\w+)*|\bswitch\s*\(\s*[\w.]*dialect(Name|\.name)?\s*\)/i

export const rules: ReadonlyArray<Rule> = [
  eachFile('at most two folders deep below lib', ({ path }) => (path.split('/').length > 4 ? 'too deep' : undefined)),

  eachFile('a file is named PascalCase (a type) or camelCase (a value)', ({ path }) =>
    /^[A-Za-z][A-Za-z0-9]*$/.test(baseName(path)) && !/^[A-Z]{2}/.test(baseName(path)) ? undefined : 'letters and digits only',
  ),

  eachFile('no file is named after having no subject', ({ path }) =>
    /^(utils?|common|helpers?|misc|shared|tools?|stuff|lib)$/i.test(baseName(path)) ? 'name what it owns' : undefined,
  ),

  {
    name: 'no two files have names that differ only in case',
    check: files => {
      const spellings = new Map<string, Set<string>>()
      for (const { path } of inLib(files)) {
        const name = baseName(path)
        spellings.set(name.toLowerCase(), (spellings.get(name.toLowerCase()) ?? new Set()).add(name))
      }
      return [...spellings.values()].filter(names => names.size > 1).map(names => [...names].join(' and '))
    },
  },

  eachFile('a module begins with a comment of at least 5 lines: what it owns, what it means, what it does not do', ({ text }) => {
    const header = /^(?:#!.*\n)?\/\*\*?([\s\S]*?)\*\//.exec(text)?.[1]
    // the lines of the comment as in the file: a title, a blank line, and the text
    const lines = header === undefined || !/\w/.test(header) ? 0 : header.split('\n').length
    return lines < 5 ? `${lines} lines` : undefined
  }),

  eachFile('a dialect is asked for a field, never for its name', ({ path, text }) => {
    if (dialectRecord.test(path)) return undefined
    const offenders = withoutComments(text)
      .split('\n')
      .flatMap((line, i) => (dialectComparison.test(line) ? [`line ${i + 1}: ${line.trim()}`] : []))
    return offenders.length > 0 ? offenders.join('; ') : undefined
  }),
]
