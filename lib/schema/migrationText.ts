/**
 * Migrations as the text of TypeScript files, which people read and edit.
 *
 * `migrationText({ name, from, steps })` is a module whose default export is the migration: a constant for each state of a table, and the steps by
 * the builders of `Migrate`. Functions (checks, conditions, index keys, defaults, `using`, `fill`, queries and commands) are written as the
 * expressions that they return. A step without an inverse has the reason as a comment above it.
 *
 * What has no text is refused: the function of `mapRow`, and what is invalid. Codecs are left out: a column with one is written by its canonical
 * type, and its values as the database stores them. A json that is read as text is `anyJson`.
 *
 * Laws: the text compiles under `strict`; the module's migration has the checksum of `migration({ name, from, up: steps })`. Names, comments and
 * values are data in it, whatever characters they have; an `sql` step is a string.
 */
import * as E from 'fp-ts/lib/Either.js'
import { attempting, type DbError, unsupported } from '../core/value/DbError.js'
import { joined, printed, stacked, text } from '../show/pretty.js'
import { list } from '../show/showExpr.js'
import type { HazardKind } from './hazards.js'
import type { MigrationStep } from './MigrationStep.js'
import { quoted } from './module/names.js'
import { importLines, scan } from './written/imports.js'
import { stepsDoc } from './written/stepsText.js'
import { describedDoc, quotedDoc } from './written/tableText.js'
import { writing } from './written/Writing.js'

/** What `migrationText` writes. */
export interface MigrationTextOptions {
  /** The name of the migration. */
  readonly name: string
  /** The migrations that it builds on; null for the first. */
  readonly from: string | readonly string[] | null
  readonly steps: readonly MigrationStep[]
  /** The migrations that this one replaces. Default: none. */
  readonly replaces?: readonly string[]
  /** The kinds of hazards that it allows. Default: none. */
  readonly allows?: readonly HazardKind[]
  /** The package that the text imports. Default: `query-ts`. */
  readonly packageName?: string
}

/** Why a text can't be run, if it can't: `show` writes `undefined` with a remark for what has no text. */
const problemOf = (name: string, code: string): DbError | null => {
  const { names, remarks } = scan(code)
  const refused = (reason: string): DbError => unsupported(`the migration ${name} as text`, 'query-ts', reason)
  if (names.has('undefined') || remarks.length > 0) return refused(remarks.join('; ') || 'a part of it has no text')
  return null
}

const made = ({
  name,
  from,
  steps,
  replaces = [],
  allows = [],
  packageName = 'query-ts',
}: MigrationTextOptions): E.Either<DbError, string> => {
  const w = writing(describedDoc)
  const up = stepsDoc(steps, w)
  const names = (all: readonly string[]) => list(all.map(quotedDoc))
  const field = (key: string, doc: ReturnType<typeof text>) => joined(text(`${key}: `), doc)
  const options = [
    field('name', quotedDoc(name)),
    field('from', from === null ? text('null') : typeof from === 'string' ? quotedDoc(from) : names(from)),
    ...(replaces.length === 0 ? [] : [field('replaces', names(replaces))]),
    ...(allows.length === 0 ? [] : [field('allows', names(allows))]),
    field('up', up),
  ]
  const migration = printed(joined(text('export default Migrate.migration('), stacked('{ ', options, ' }'), text(')')))
  const body = [...w.definitions(), migration].join('\n')
  const problem = problemOf(name, body)
  return problem === null ? E.right(`${importLines(scan(body).names, packageName, quoted).join('\n')}\n\n${body}\n`) : E.left(problem)
}

/** The text of a TypeScript file whose default export is a migration with these steps. */
export const migrationText = (options: MigrationTextOptions): E.Either<DbError, string> =>
  E.flatten(attempting(`a function of the migration ${options.name}`, () => made(options)))
