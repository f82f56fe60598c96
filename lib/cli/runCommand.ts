/**
 * Runs a command line: reads it, performs it, and makes what is printed.
 *
 * With `--json` stdout has one JSON document, also where the command fails, and nothing else. Help and the version are results. The parser repeats
 * the command line in its errors, so the values of `--database` are hidden in them.
 *
 * Law: nothing is thrown. A defect is shown as such, with its stack, and exit code 1.
 */
import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { runSafely } from './arguments.js'
import { queryTs } from './databaseCommands.js'
import { exitCodeOf, failureJson, failureText } from './failureText.js'
import type { Invocation } from './Invocation.js'
import { hidingValues } from './redacted.js'
import { misuse, type World } from './World.js'

/** What a process prints to stdout, and its exit code. */
export interface Finished {
  readonly code: 0 | 1 | 2 | 130
  readonly stdout: string
}

const line = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

const document = (json: unknown): string => `${JSON.stringify(json, null, 2)}\n`

/** The values of an option on a command line, in both of its forms. */
const valuesOf = (option: string, argv: readonly string[]): readonly string[] =>
  argv.flatMap((arg, i) => (arg === option ? [argv[i + 1] ?? ''] : arg.startsWith(`${option}=`) ? [arg.slice(option.length + 1)] : []))

/** The invocation inside the nested results of subcommands. */
const invocationIn = (result: any): Invocation => ('perform' in result ? result : invocationIn(result.value))

const performing = async (world: World, invocation: Invocation): Promise<Finished> => {
  const { json, verbose, secrets } = invocation
  const result = await invocation.perform(world)
  world.progress(null)
  if (world.signal.aborted) {
    world.say(world.paint.yellow('interrupted'))
    return { code: 130, stdout: json ? document({ error: { tag: 'Interrupted', message: 'interrupted' } }) : '' }
  }
  if (E.isLeft(result)) {
    world.say(failureText(result.left, verbose, secrets, world.paint))
    return { code: exitCodeOf(result.left), stdout: json ? document(failureJson(result.left, secrets)) : '' }
  }
  const { code, text, json: value } = result.right
  return { code, stdout: json ? document(value) : line(text) }
}

/** Runs the arguments of a process. */
export const runCommand = async (argv: readonly string[], world: World): Promise<Finished> => {
  const secrets = valuesOf('--database', argv)
  const asJson = argv.includes('--json')
  try {
    const read = await runSafely(queryTs(), [...argv])
    if (read._tag === 'ok') return await performing(world, invocationIn(read.value))
    const { message, exitCode } = read.error.config
    if (exitCode === 0) return { code: 0, stdout: line(message) }
    const shown = hidingValues(message, secrets)
    world.say(shown)
    return { code: 2, stdout: asJson ? document(failureJson(misuse(shown), secrets)) : '' }
  } catch (thrown) {
    world.progress(null)
    world.say(`${world.paint.red('a defect of query-ts')}: ${hidingValues(inspect(thrown), secrets)}`)
    return { code: 1, stdout: asJson ? document({ error: { tag: 'Defect', message: 'a defect of query-ts: see stderr' } }) : '' }
  }
}
