/**
 * docs/combinators.md: every combinator with its meaning, an example, and the SQL of the example in the four dialects.
 *
 * The meaning is read from the doc comments, the SQL is printed by the library. The examples are in this folder, one for each combinator,
 * over the tables of `store`. A combinator without one is shown by the shortest case of the SQL snapshot that uses it, so that the page
 * is always complete; one without either is reported by `missing`.
 */
import { readdirSync } from 'node:fs'
import * as Agg from '../../../lib/Agg.js'
import * as C from '../../../lib/Command.js'
import * as Expr from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import * as Window from '../../../lib/Window.js'
import type { Case, Cases } from '../sql/print.js'
import { section, sourcesOf } from '../sql/snapshot.js'
import { aggregates } from './aggregates.js'
import { commands } from './commands.js'
import { expressions } from './expressions.js'
import { familiesOf } from './families.js'
import { meaningsOf } from './meanings.js'
import { programs } from './programs.js'
import { queries } from './queries.js'
import { windows } from './windows.js'

interface Chapter {
  readonly title: string
  readonly about: string
  readonly prefix: string
  readonly source: string
  readonly exported: readonly string[]
  /** Whether the page lists the combinators by family. */
  readonly byFamily?: boolean
  /** Files of examples with what is in them, in the order of the reader's need. */
  readonly examples: readonly (readonly [file: string, cases: Cases])[]
  /** How cases of the snapshot write the prefix. */
  readonly inSnapshot: string
}

const chapters: readonly Chapter[] = [
  {
    title: 'Queries',
    about: "`import * as Q from 'query-ts/Query'`",
    prefix: 'Q.',
    source: 'Query',
    exported: Object.keys(Q),
    examples: [
      ['queries', queries],
      ['programs', programs],
    ],
    inSnapshot: 'Q\\.',
  },
  {
    title: 'Expressions',
    about: "`import { eq, lower } from 'query-ts/Expr'`, and so on",
    prefix: '',
    source: 'Expr',
    exported: Object.keys(Expr),
    byFamily: true,
    examples: [['expressions', expressions]],
    inSnapshot: '',
  },
  {
    title: 'Aggregates',
    about: "`import * as Agg from 'query-ts/Agg'`",
    prefix: 'Agg.',
    source: 'Agg',
    exported: Object.keys(Agg),
    examples: [['aggregates', aggregates]],
    inSnapshot: 'A\\.',
  },
  {
    title: 'Window functions',
    about: "`import * as Window from 'query-ts/Window'`",
    prefix: 'Window.',
    source: 'Window',
    exported: Object.keys(Window),
    examples: [['windows', windows]],
    inSnapshot: 'W\\.',
  },
  {
    title: 'Commands',
    about: "`import * as C from 'query-ts/Command'`",
    prefix: 'C.',
    source: 'Command',
    exported: Object.keys(C),
    examples: [['commands', commands]],
    inSnapshot: 'C\\.',
  },
]

/** Combinators without SQL. */
const APART: readonly string[] = [
  ...['Q.show', 'Q.stages', 'Q.stream', 'C.show', 'C.run', 'C.getOrCreate', 'C.insertAll', 'C.updateVersioned'],
]

interface Example {
  readonly code: string
  readonly make: () => Case
}

interface Entry {
  readonly chapter: Chapter
  readonly name: string
  readonly meaning: string | null
  readonly example: Example | null
}

/** The cases of the snapshot, the shortest first: what modules of its folder export, where it is a record of cases. */
const others = async (): Promise<readonly Example[]> => {
  const folder = new URL('../sql/', import.meta.url)
  const files = readdirSync(folder).flatMap(name => (/^[a-z]+\.js$/i.test(name) ? [name.slice(0, -3)] : []))
  const found = await Promise.all(
    files.map(async (file): Promise<readonly Example[]> => {
      const module: { readonly [name: string]: unknown } = await import(new URL(`${file}.js`, folder).href)
      const sources = sourcesOf(file)
      return Object.values(module).flatMap(exported =>
        Object.entries(typeof exported === 'object' ? (exported as Cases) : {}).flatMap(([name, make]) => {
          const code = sources.get(name)
          return code === undefined ? [] : [{ code, make }]
        }),
      )
    }),
  )
  return found.flat().sort((x, y) => x.code.length - y.code.length)
}

/** The statements of an example that has some, without what makes them a function. */
const statements = (code: string): string =>
  code.startsWith('{')
    ? code
        .replace(/^\{\n|\s*\}$/g, '')
        .replace(/^return /m, '\n')
        .trim()
    : code

const entries = async (): Promise<readonly Entry[]> => {
  const fallbacks = await others()
  return chapters.flatMap(chapter => {
    const meanings = meaningsOf(`lib/${chapter.source}.ts`)
    const wanted = chapter.exported.filter(name => !APART.includes(`${chapter.prefix}${name}`))
    const shown = chapter.examples.flatMap(([file, cases]) => {
      const sources = sourcesOf(file, 'combinators')
      return Object.entries(cases).map(([name, make]) => ({ name, example: { code: sources.get(name) ?? '', make } }))
    })
    const rest = wanted
      .filter(name => !shown.some(s => s.name === name))
      .map(name => {
        const used = new RegExp(`(?<![\\w.])${chapter.inSnapshot}${name}\\b`)
        const found = fallbacks.find(c => used.test(c.code))
        const code = found?.code.replace(/(?<![\w.])A\./g, 'Agg.').replace(/(?<![\w.])W\./g, 'Window.')
        return { name, example: found === undefined ? null : { ...found, code: code as string } }
      })
    return [...shown, ...rest].map((e): Entry => ({ ...e, chapter, meaning: meanings.get(e.name) ?? null }))
  })
}

const HOW = 'add an example to test/pure/combinators, or a case to test/pure/sql'

/** A message about each combinator that the page lacks, or that no family has. */
export const missing = async (): Promise<readonly string[]> =>
  (await entries()).flatMap(({ chapter, name, meaning, example }) => {
    const isApart = chapter.byFamily === true && familiesOf([name])[0]?.[0] === null
    const full = `${chapter.prefix}${name}`
    return [
      ...(example === null ? [`${full} has no example: ${HOW}`] : []),
      ...(meaning === null ? [`${full} has no doc comment: say in one sentence what it means`] : []),
      ...(isApart ? [`${full} has no family: name its file or section in test/pure/combinators/families.ts`] : []),
      ...(chapter.exported.includes(name) ? [] : [`${full} has an example, and is not exported`]),
    ]
  })

const introduction = (tables: string): string => `# Every combinator, with its SQL

What each combinator means, an example, and its SQL in the four dialects. Dialects with the same SQL share a block; where a dialect refuses
the example, the block has the error. Values are parameters. Line breaks are for the reader: statements are sent as one line.

\`\`\`js
${tables}
\`\`\`

This page is written by \`npm run docs:combinators\` from the doc comments and the examples in \`test/pure/combinators\`, which the tests
also run: SQLite returns what memory returns. More cases, also of definitions, are in
[the snapshot of the SQL](../test/pure/sql.snapshot.md).`

const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-')

const heading = ({ chapter, name }: Entry): string => `${chapter.prefix}${name}`

/** The page. `tables` is the source of the tables that the examples are about. */
export const page = async (tables: string): Promise<string> => {
  const all = await entries()
  let text = introduction(tables)
  for (const chapter of chapters) {
    const own = all.filter(e => e.chapter === chapter)
    const links = (some: readonly Entry[]): string => some.map(e => `[${e.name}](#${anchor(heading(e))})`).join(', ')
    const families = chapter.byFamily === true ? familiesOf(own.map(e => e.name)) : null
    const listed = families?.map(([family, names]) => `\n  - ${family}: ${links(own.filter(e => names.includes(e.name)))}`).join('')
    text += `\n\n- [${chapter.title}](#${anchor(chapter.title)})${listed ?? `: ${links(own)}`}`
  }
  for (const chapter of chapters) {
    text += `\n\n## ${chapter.title}\n\n${chapter.about}`
    for (const e of all.filter(x => x.chapter === chapter)) {
      if (e.example === null) continue
      text += `\n\n### ${heading(e)}\n\n${e.meaning ?? ''}\n\n${await section(statements(e.example.code), e.example.make, 'js')}`
    }
  }
  return `${text}\n`
}

/** The examples of this page, to be run. */
export const examples = (): readonly { readonly name: string; readonly make: () => Case }[] =>
  chapters.flatMap(({ prefix, examples }) =>
    examples.flatMap(([, cases]) => Object.entries(cases).map(([name, make]) => ({ name: `${prefix}${name}`, make }))),
  )
