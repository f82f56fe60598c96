/**
 * Commands that read the schema of a database: `introspect`, `diff` and `diagram`.
 *
 * `introspect` writes the TypeScript module of the live database, `diff` shows the steps from the live database to the schema of the configuration,
 * `diagram` draws either. The tables in which migrations are remembered belong to no schema, and are left out.
 *
 * Nothing is changed in the database.
 */
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { SchemaImage } from '../core/schema/SchemaImage.js'
import { diagram } from '../schema/diagram.js'
import { type Difference, difference } from '../schema/difference.js'
import { introspect, type NameFilter } from '../schema/introspection.js'
import { history, journal, lock } from '../schema/migrationTables.js'
import { moduleOf } from '../schema/moduleOf.js'
import { imageOf } from '../show/imageOf.js'
import { type Settings, schemaIn } from './configFile.js'
import { type Open, withDatabase } from './openDatabase.js'
import { planLines, shownStep, stepJson } from './stepText.js'
import { type Answer, type Outcome, outcome, type Paint, type World } from './World.js'
import { writeNew } from './writeFiles.js'

/** The options of commands that read a schema. */
export interface ReadOptions {
  readonly out: string | undefined
  readonly schemas: readonly string[]
  readonly only: readonly string[]
  readonly ignore: readonly string[]
}

const OWN = [history, journal, lock].map(t => t.name)

/** The tables that are meant: the options, or else the configuration. */
const filterOf = (s: Settings, { only, ignore }: Pick<ReadOptions, 'only' | 'ignore'>): NameFilter => {
  const meant = only.length > 0 ? only : s.only
  return { ...(meant === undefined ? {} : { only: meant }), ignore: [...(ignore.length > 0 ? ignore : (s.ignore ?? [])), ...OWN] }
}

const liveImage = (world: World, s: Settings, options: ReadOptions): Answer<SchemaImage> =>
  withDatabase(world, s, ({ db }) =>
    introspect({ ...filterOf(s, options), ...(options.schemas.length === 0 ? {} : { schemas: options.schemas }) })({ db })(),
  )

const inFileOrShown = async (
  world: World,
  out: string | undefined,
  text: string,
  json: (file: string | null) => unknown,
): Answer<Outcome> => {
  if (out === undefined) return E.right(outcome(text.replace(/\n$/, ''), json(null)))
  const file = await writeNew(world, resolve(world.cwd, out), text)
  return E.isLeft(file) ? file : E.right(outcome(`wrote ${file.right}`, json(file.right)))
}

/** Writes, or shows, the TypeScript module of the live database. */
export const introspectDatabase = async (world: World, s: Settings, options: ReadOptions): Answer<Outcome> => {
  const image = await liveImage(world, s, options)
  if (E.isLeft(image)) return image
  const tables = image.right.tables.map(t => (t.schema === null ? t.name : `${t.schema}.${t.name}`))
  const text = moduleOf(image.right)
  return inFileOrShown(world, options.out, text, file => ({ file, tables, ...(file === null ? { module: text } : {}) }))
}

/** Draws the schema of the configuration, or the live database where there is none or `live` is set. */
export const drawDiagram = async (world: World, s: Settings, options: ReadOptions & { readonly live: boolean }): Answer<Outcome> => {
  const image: E.Either<any, SchemaImage> =
    s.schema !== undefined && !options.live ? E.right(imageOf(s.schema)) : await liveImage(world, s, options)
  if (E.isLeft(image)) return image
  const text = diagram(image.right)
  return inFileOrShown(world, options.out, text, file => ({ file, ...(file === null ? { diagram: text } : {}) }))
}

/** The lines of a difference; none if there is none. */
export const differenceLines = (found: Difference, engine: Open['engine'], paint: Paint): readonly string[] => [
  ...planLines(
    found.steps.map(step => shownStep(step, [engine])),
    paint,
  ),
  ...found.undecided.map(({ object, reason }) => `${paint.yellow('undecided')} ${object}: ${reason}`),
]

/** A difference as JSON. */
export const differenceJson = (found: Difference, engine: Open['engine']): { readonly [name: string]: unknown } => ({
  steps: found.steps.map(step => stepJson(shownStep(step, [engine]))),
  undecided: found.undecided,
  ignored: found.ignored,
})

/** Whether two schemas are equal as far as it is known. */
export const isEqual = ({ steps, undecided }: Difference): boolean => steps.length === 0 && undecided.length === 0

/** Compares the live database with the schema of the configuration. */
export const diffDatabase = async (world: World, s: Settings, options: Pick<ReadOptions, 'only' | 'ignore'>): Answer<Outcome> => {
  const schema = schemaIn(s)
  if (E.isLeft(schema)) return schema
  return withDatabase(world, s, async ({ db, engine }) => {
    const found = await difference(schema.right, filterOf(s, options))({ db })()
    if (E.isLeft(found)) return found
    const equal = isEqual(found.right)
    const lines = equal ? ['the database has the schema of the configuration'] : differenceLines(found.right, engine, world.paint)
    const ignored = found.right.ignored.map(q => (q.schema === null ? q.name : `${q.schema}.${q.name}`))
    if (ignored.length > 0) world.say(world.paint.dim(`left alone, since the schema does not describe them: ${ignored.join(', ')}`))
    return E.right(outcome(lines.join('\n'), { engine, equal, ...differenceJson(found.right, engine) }, equal ? 0 : 1))
  })
}
