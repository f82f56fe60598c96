/**
 * The snapshot file: a section for each case, with its TypeScript and the SQL in each dialect.
 *
 * The TypeScript is cut out of the file of the case, as the formatter left it: a case begins at `  'name': () =>` and ends where the next
 * one, or the end of the record, begins. Dialects with the same SQL share a block.
 */

import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import type { DialectName } from '../../../lib/core/value/DialectName.js'
import { layout } from './layout.js'
import { type Case, names, type Printed, printed } from './print.js'

/** This module is compiled into dist/test/pure/sql; the sources are next to dist. */
export const source = (path: string): URL => new URL(`../../../../test/pure/${path}`, import.meta.url)

/** The TypeScript of each case of a file. */
export const sourcesOf = (file: string, folder = 'sql'): ReadonlyMap<string, string> => {
  const lines = readFileSync(source(`${folder}/${file}.ts`), 'utf8').split('\n')
  const found = new Map<string, string>()
  lines.forEach((line, i) => {
    const name = /^ {2}(?:'(.+)'|(\w+)): \(\) =>/.exec(line)
    if (name === null) return
    const next = lines.findIndex((l, j) => j > i && /^(?: {2}['\w]|\})/.test(l))
    const own = lines.slice(i, next).join('\n').trimEnd().replace(/,$/, '')
    const code = own.slice(own.indexOf('() =>') + '() =>'.length)
    found.set(name[1] ?? (name[2] as string), code.replace(/^\n/, '').replace(/^ {4}/gm, '').trim())
  })
  return found
}

/** A parameter as a person would write it. */
const parameter = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  return JSON.stringify(value) ?? String(value)
}

const parameters = (all: readonly Printed[]): string =>
  all
    .filter(({ params }) => params.length > 0)
    .map(({ params }) => params.map(parameter).join(', '))
    .join('; ')

/** Dialects by what they answer, in the order of the first of each. */
const grouped = (answers: readonly (readonly [DialectName, string])[]): readonly (readonly [string, string])[] => {
  const groups = new Map<string, DialectName[]>()
  for (const [name, answer] of answers) groups.set(answer, [...(groups.get(answer) ?? []), name])
  return [...groups].map(([answer, of]) => [of.join(', '), answer])
}

/** The section of a case: everything below its heading. */
export const section = async (code: string, make: () => Case, language = 'ts'): Promise<string> => {
  const answers = await Promise.all(names.map(async name => [name, await printed(name, make())] as const))
  const values = answers.flatMap(([name, a]) => (E.isRight(a) ? [[name, parameters(a.right)] as const] : []))
  const same = new Set(values.map(([, v]) => v)).size === 1
  const blocks = answers.map(([name, a]): readonly [DialectName, string] => {
    if (E.isLeft(a)) return [name, `> ${a.left}`]
    const own = parameters(a.right)
    const sql = a.right.map(s => layout(name, s.sql)).join(';\n')
    return [name, `\`\`\`sql\n${sql === '' ? '-- nothing is sent' : sql}\n\`\`\`${same || own === '' ? '' : `\n\nParameters: \`${own}\``}`]
  })
  const common = same && values[0]?.[1] !== '' ? [`Parameters: \`${values[0]?.[1]}\``] : []
  return [`\`\`\`${language}\n${code}\n\`\`\``, ...grouped(blocks).map(([of, text]) => `**${of}**\n\n${text}`), ...common].join('\n\n')
}

/** Sections by heading, as they stand in the file. */
export const sectionsOf = (text: string): ReadonlyMap<string, string> => {
  const parts = text.split(/^### /m).slice(1)
  return new Map(
    parts.map(part => {
      const [heading = '', ...rest] = part.split('\n')
      return [heading, rest.join('\n').split(/^## /m)[0]?.trim() ?? '']
    }),
  )
}
