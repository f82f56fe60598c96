/**
 * Queries and commands as readable text: the TypeScript that makes them.
 *
 * `show(query)` applies the query's functions to named symbols and prints what they return. Tables are printed by their SQL names, or by the
 * names in `tables`; functions of expressions and columns as if imported by name, those of queries, aggregates, windows and commands with the
 * prefixes `Q`, `Agg`, `Window` and `C`. Derived combinators are shown expanded: `innerJoin` as a `bind`. A query named by `cte` is defined
 * first, under that name. The function of `mapRow` is opaque and shown as `f`.
 *
 * Laws: `show` is total: where a query throws or is refused, the text has a remark with the reason. The same query gives the same text, and
 * the text, evaluated, makes a query that prints the same SQL in every dialect.
 */
import type { AnyCommand, AnyTable, Command, Query } from '../core/syntax/Syntax.js'
import { textOf } from '../core/value/DbError.js'
import { block, type Doc, joined, printed, text } from './pretty.js'
import { commandDoc } from './showCommand.js'
import { because } from './showExpr.js'
import { orReason, queryDoc } from './showQuery.js'
import { begin, type Context, definedFrom, hasNamed, type Style } from './showScope.js'

/** How tables are named in the text. */
export interface ShowOptions {
  /** Names for tables: `{ albums, artists }`, or the tables of a schema. Default: their SQL names. */
  readonly tables?: { readonly [name: string]: AnyTable }
}

/** Runs a walk: its text, and the queries that are defined before it. */
const walked = (style: Style, walk: (context: Context) => Doc): { readonly definitions: readonly Doc[]; readonly doc: Doc } => {
  let context = begin(style, queryDoc)
  let doc = orReason(() => walk(context))
  if (hasNamed(context)) {
    context = begin(style, queryDoc, context)
    doc = orReason(() => walk(context))
  }
  return { definitions: definedFrom(context, 0), doc }
}

/** The text of a walk as one expression: queries that are defined before it are constants of a function that is called at once. */
export const expressionDoc = (style: Style, walk: (context: Context) => Doc): Doc => {
  const { definitions, doc } = walked(style, walk)
  return definitions.length === 0 ? doc : joined(text('(() => '), block(definitions, doc), text(')()'))
}

/** Runs a walk and prints its text; an exception becomes the text. */
const showTotal = (options: ShowOptions, walk: (context: Context) => Doc): string => {
  try {
    const { definitions, doc } = walked(options ?? {}, walk)
    return `${definitions.map(d => `${printed(d)}\n`).join('')}${definitions.length === 0 ? '' : '\n'}${printed(doc)}`
  } catch (thrown) {
    return printed(because(textOf(thrown)))
  }
}

/**
 * A query as the TypeScript that makes it, for logs, tests and bug reports.
 *
 * ```ts
 * const albums = table('album', { id: int, title: text, artistId: int })
 * const query = pipe(Q.from(albums), Q.where(album => eq(album.artistId, 1)), Q.map(album => ({ title: album.title })))
 * console.log(Q.show(query, { tables: { albums } }))
 * // => pipe(Q.from(albums), Q.where(a => eq(a.artistId, 1)), Q.map(a => ({ title: a.title })))
 * ```
 */
export const show = <S, A>(q: Query<S, A>, options: ShowOptions = {}): string => showTotal(options, context => queryDoc(q, context))

/** A command as the TypeScript that makes it. */
export const showCommand = <A>(command: Command<A>, options: ShowOptions = {}): string =>
  showTotal(options, context => commandDoc(command as AnyCommand, context))
