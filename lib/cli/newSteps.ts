/**
 * `migrate diff` and `migrate merge`: migrations whose text is written.
 *
 * `diff` writes the steps from what the migrations make to the schema of the configuration, and shows their hazards on the configured engine. What it
 * can't decide is listed, and is the job of a person. `merge` writes a migration without steps that builds on all heads, if their order does not
 * matter; otherwise the conflict is the error.
 *
 * Law: after `diff` has written its file, a second one finds nothing to do, except what is undecided.
 */
import * as E from 'fp-ts/lib/Either.js'
import { migrationError } from '../core/value/DbError.js'
import { changes } from '../schema/migrationChanges.js'
import { graphOf } from '../schema/migrationGraph.js'
import { migrationText } from '../schema/migrationText.js'
import { type Settings, schemaIn } from './configFile.js'
import { emptyMigration, fileOf, onHead } from './initProject.js'
import { headsOf, migrationsOf, newName } from './migrationList.js'
import { engineOf } from './openDatabase.js'
import { planLines, shownStep, stepJson } from './stepText.js'
import { type Answer, type Outcome, outcome, type World } from './World.js'
import { writeNew } from './writeFiles.js'

/** Writes a migration with the steps to the schema of the configuration. */
export const writeChanges = async (world: World, s: Settings, words: string): Answer<Outcome> => {
  const schema = schemaIn(s)
  if (E.isLeft(schema)) return schema
  const base = await onHead(world, s, words)
  if (E.isLeft(base)) return base
  const { name, head, list } = base.right
  const found = changes(list, schema.right)
  if (E.isLeft(found)) return found
  const { steps, undecided } = found.right
  const open = undecided.map(({ object, reason }) => `${world.paint.yellow('undecided')} ${object}: ${reason}`)
  const code = undecided.length === 0 ? 0 : 1
  if (steps.length === 0) {
    const nothing = 'nothing to do: the migrations make the schema of the configuration'
    const text = open.length === 0 ? nothing : ['no steps were found, and no file was written', ...open].join('\n')
    return E.right(outcome(text, { file: null, name: null, steps: [], undecided }, code))
  }
  const engine = await engineOf(world, s)
  if (E.isLeft(engine)) return engine
  const text = migrationText({ name: name, from: head, steps })
  if (E.isLeft(text)) return text
  const file = await writeNew(world, fileOf(s, name), text.right)
  if (E.isLeft(file)) return file
  const shown = steps.map(step => shownStep(step, engine.right === null ? [] : [engine.right]))
  return E.right(
    outcome(
      [`wrote ${file.right}: read it before you apply it`, ...planLines(shown, world.paint), ...open].join('\n'),
      { file: file.right, name: name, from: head, engine: engine.right, steps: shown.map(stepJson), undecided },
      code,
    ),
  )
}

/** Writes a migration that builds on all heads. */
export const mergeMigrations = async (world: World, s: Settings, words: string | undefined): Answer<Outcome> => {
  const list = await migrationsOf(s)
  if (E.isLeft(list)) return list
  const heads = headsOf(list.right)
  if (heads.length < 2)
    return E.right(
      outcome(`nothing to merge: the migrations have ${heads.length === 0 ? 'no head' : `one head, ${heads[0]}`}`, { file: null, heads }),
    )
  const name = newName(world.now(), words ?? 'merge', heads)
  if (E.isLeft(name)) return name
  // it names the migrations whose order matters, and what they both touch
  const graph = graphOf(list.right)
  if (E.isLeft(graph)) return E.left(graph.left._tag === 'MigrationError' ? graph.left : migrationError('heads', heads, graph.left.message))
  const file = await writeNew(world, fileOf(s, name.right), emptyMigration(name.right, heads))
  if (E.isLeft(file)) return file
  return E.right(outcome(`wrote ${file.right}, which builds on ${heads.join(' and ')}`, { file: file.right, name: name.right, heads }))
}
