/**
 * `migrate squash`: one migration in place of all of the folder.
 *
 * It creates the schema after all of them, and inserts the rows that they leave in an empty database. These rows are found by applying the migrations in
 * memory, so SQL text can't be squashed where it says nothing about what it does (`steps`). The new file names those that it `replaces`; their
 * files are moved to `_squashed/`, from where they can be moved back.
 *
 * Law: `up` on an empty database has the same tables and rows before and after a squash, and a database that has all of them has nothing to apply.
 */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { insertMany } from '../core/command/Command.js'
import type { Db } from '../core/operation/Interpreter.js'
import * as Q from '../core/query/Query.js'
import { createSteps } from '../core/schema/Step.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import { type AnySchema, creationOrder } from '../core/table/Schema.js'
import { migrationError } from '../core/value/DbError.js'
import { all } from '../program/fetch.js'
import { memory } from '../run/memory.js'
import type { Migration } from '../schema/Migration.js'
import { data, type MigrationStep } from '../schema/MigrationStep.js'
import { migrationText } from '../schema/migrationText.js'
import { up } from '../schema/runMigrations.js'
import { schemaAfter } from '../schema/schemaAfter.js'
import { migrationsFolder, type Settings } from './configFile.js'
import { HAZARDS } from './hazardNames.js'
import { fileOf } from './initProject.js'
import { readMigrations } from './migrationFiles.js'
import { newName } from './migrationList.js'
import { type Answer, misuse, type Outcome, outcome, type World } from './World.js'
import { moveInto, writeNew } from './writeFiles.js'

const FOLDER = '_squashed'

/** The migrations without SQL text: each text is what its `steps` say. The names of those whose text says nothing. */
const withoutTexts = (list: readonly Migration[]): { readonly plain: readonly Migration[]; readonly opaque: readonly string[] } => ({
  plain: list.map(m => ({ ...m, up: m.up.flatMap((step): readonly MigrationStep[] => (step.tag === 'sql' ? step.steps : [step])) })),
  opaque: list.filter(m => m.up.some(step => step.tag === 'sql' && step.steps.length === 0)).map(m => m.name),
})

/** The rows of stored tables, as steps that insert them, each table after those that it refers to. */
const rowSteps = async (env: Db, schema: AnySchema): Answer<readonly MigrationStep[]> => {
  const steps: MigrationStep[] = []
  for (const table of creationOrder(schema).tables) {
    if (table.query !== null) continue
    const rows = await all(Q.from(table as AnyTable & { readonly columns: any }))(env)()
    if (E.isLeft(rows)) return rows
    if (rows.right.length > 0) steps.push(data(insertMany(table as any)(rows.right as any)))
  }
  return E.right(steps)
}

const squashedSteps = async (list: readonly Migration[]): Answer<readonly MigrationStep[]> => {
  const schema = schemaAfter(list)
  if (E.isLeft(schema)) return schema
  const db = memory()
  try {
    const applied = await up(list, { allow: HAZARDS })({ db })()
    if (E.isLeft(applied)) return applied
    const rows = await rowSteps({ db }, schema.right)
    return E.map((inserts: readonly MigrationStep[]): readonly MigrationStep[] => [...createSteps(schema.right), ...inserts])(rows)
  } finally {
    await db.close()
  }
}

/** Writes one migration in place of all, and moves these. */
export const squashMigrations = async (world: World, s: Settings, words: string): Answer<Outcome> => {
  const folder = migrationsFolder(s)
  const files = await readMigrations(folder)
  if (E.isLeft(files)) return files
  if (files.right.length < 2) return E.left(misuse(`there are ${files.right.length} migrations: a squash needs at least 2`))
  const name = newName(
    world.now(),
    words,
    files.right.map(f => f.migration.name),
  )
  if (E.isLeft(name)) return name
  const { plain, opaque } = withoutTexts(files.right.map(f => f.migration))
  if (opaque.length > 0) {
    const reason = `the SQL text of ${opaque.map(n => `"${n}"`).join(', ')} can't be squashed: give it its \`steps\`, or write the squashed migration by hand with \`replaces\``
    return E.left(migrationError('malformed', opaque, reason))
  }
  const steps = await squashedSteps(plain)
  if (E.isLeft(steps)) return steps
  const replaces = plain.map(m => m.name)
  const text = migrationText({ name: name.right, from: null, steps: steps.right, replaces })
  if (E.isLeft(text)) return text
  const file = await writeNew(world, fileOf(s, name.right), text.right)
  if (E.isLeft(file)) return file
  const moved: string[] = []
  for (const f of files.right) {
    const to = await moveInto(world, join(folder, f.file), join(folder, FOLDER))
    if (E.isLeft(to)) return to
    moved.push(to.right)
  }
  const lines = [`wrote ${file.right}, in place of ${replaces.length} migrations`, ...moved.map(m => `moved to ${m}`)]
  return E.right(outcome(lines.join('\n'), { file: file.right, name: name.right, replaces, moved }))
}
