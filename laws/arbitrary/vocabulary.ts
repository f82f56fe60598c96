/**
 * The combinators of which generated queries and commands are made: all that are not left out for a reason.
 *
 * Every exported value of `Query`, `Expr`, `Agg`, `Window` and `Command` is generated, except those that are listed here. A long run of
 * the laws fails if one of the others was never used, so a new combinator without a generator is noticed.
 */
import * as Agg from '../../lib/Agg.js'
import * as C from '../../lib/Command.js'
import * as Expr from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import * as Window from '../../lib/Window.js'

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** The combinators that are not generated, with the reason. */
export const leftOut: { readonly [name: string]: string } = {
  ...Object.fromEntries(
    words('all nonEmpty head option one count explain foldChunks stream page pageAt allBy optionBy').map(n => [
      `Q.${n}`,
      'a program: covered by the laws of interpreters',
    ]),
  ),
  ...Object.fromEntries(
    words('forUpdate forShare').map(n => [`Q.${n}`, 'for whole queries of tables only: covered by test/live/locks.test.ts']),
  ),
  'Expr.now': 'volatile: another value in each statement',
  'Expr.random': 'volatile: another value in each evaluation',
  'Expr.randomUuid': 'volatile: another value in each evaluation',
  'Q.sample': 'volatile: covered by test/live/volatile.test.ts',
  'Expr.raw': 'SQL text has no meaning in the model',
  'Q.stages': 'reads an explanation, which differs between engines',
  'Q.show': 'a text: covered by laws/show.ts',
  'C.changes': 'another result of every command: generated for laws/rowChanges.ts and laws/show.ts',
  'C.show': 'a text: covered by laws/show.ts',
  'C.run': 'a program: the laws of interpreters run every command with it',
  'C.getOrCreate': 'a program: a query, an upsert and a query in a transaction',
  'C.updateVersioned': 'a program: an update by key and version, in a transaction',
  'C.insertAll': 'a program: insertMany of chunks, in a transaction',
}

/** The exported names of modules that are not left out, as in `Q.where`. */
const generated = (modules: { readonly [module: string]: object }): readonly string[] =>
  exported(modules).filter(name => !Object.hasOwn(leftOut, name))

const exported = (modules: { readonly [module: string]: object }): readonly string[] =>
  Object.entries(modules).flatMap(([module, names]) => Object.keys(names).map(name => `${module}.${name}`))

/** The combinators of queries, named as in `GeneratedQuery.uses`. */
export const queryVocabulary: readonly string[] = generated({ Q, Expr, Agg, Window })

/** The combinators of commands. */
export const commandVocabulary: readonly string[] = generated({ C })

/** Names that are left out and that no module exports. */
export const misnamed = (): readonly string[] => {
  const names = exported({ Q, Expr, Agg, Window, C })
  return Object.keys(leftOut).filter(name => !names.includes(name))
}
