/**
 * A command line that was read: what is to be done, and how its result is printed.
 *
 * `withSettings` is for commands that need the configuration, `withoutSettings` for those that do not. Both only make a value; `runCommand` performs
 * it.
 *
 * Law: reading a command line has no effects.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type CommonOptions, type Settings, settings } from './configFile.js'
import type { Answer, Outcome, World } from './World.js'

/** What is to be done. */
export interface Invocation {
  readonly json: boolean
  readonly verbose: boolean
  /** What the messages of this run must not repeat. */
  readonly secrets: readonly string[]
  readonly perform: (world: World) => Answer<Outcome>
}

interface Options extends CommonOptions {
  readonly json: boolean
  readonly verbose: boolean
}

const secretsIn = ({ database }: CommonOptions): readonly string[] => (database === undefined ? [] : [database])

/** A command that needs no configuration. */
export const withoutSettings = (options: Options, perform: Invocation['perform']): Invocation => ({
  json: options.json,
  verbose: options.verbose,
  secrets: secretsIn(options),
  perform,
})

/** A command that needs the configuration. */
export const withSettings = (options: Options, use: (world: World, s: Settings) => Answer<Outcome>): Invocation =>
  withoutSettings(options, async world => {
    const read = await settings(world, options)
    return E.isLeft(read) ? read : use(world, read.right)
  })
