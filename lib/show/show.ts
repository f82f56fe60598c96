/**
 * Queries and commands as text that a person can read: the TypeScript that makes them.
 *
 * `show(query)` applies the query's functions to named symbols and writes what they answer. Tables go by their SQL names, or by
 * those that the caller gives; functions of expressions and columns stand alone, as they are imported, and those of queries,
 * aggregates, windows and commands behind `Q`, `Agg`, `Window` and `C`. What a combinator is made of is what is shown: a step of `when` that
 * is taken is that step, `innerJoin` a `bind`. A query that `cte` has named is defined first, by that name. The function of `mapRow` can't
 * be seen into: it is `f`.
 *
 * Laws: `show` is total, it throws for no query: what throws, or is refused, is a remark with the reason. The same query is shown
 * the same, and the text, evaluated, makes a query that prints the same SQL in every dialect.
 */
import type { AnyCommand, AnyTable, Command, Query } from '../core/syntax/Syntax.js'
import { textOf } from '../core/value/DbError.js'
import { type Doc, printed } from './pretty.js'
import { commandDoc } from './showCommand.js'
import { because } from './showExpr.js'
import { orReason, queryDoc } from './showQuery.js'
import { type Around, begin, definedFrom, hasNamed } from './showScope.js'

export interface ShowOptions {
  /** The names by which the caller knows tables: `{ albums, artists }`, or the tables of a schema. */
  readonly tables?: { readonly [name: string]: AnyTable }
}

/** A walk that no query ends: what goes wrong is the text. */
const total = (options: ShowOptions, walk: (around: Around) => Doc): string => {
  try {
    const { tables = {} } = options ?? {}
    let around = begin(tables, queryDoc)
    let doc = orReason(() => walk(around))
    if (hasNamed(around)) {
      around = begin(tables, queryDoc, around)
      doc = orReason(() => walk(around))
    }
    const definitions = definedFrom(around, 0).map(d => `${printed(d)}\n`)
    return `${definitions.join('')}${definitions.length === 0 ? '' : '\n'}${printed(doc)}`
  } catch (thrown) {
    return printed(because(textOf(thrown)))
  }
}

/**
 * A query as the TypeScript that makes it, for logs, tests and questions.
 *
 * ```ts
 * const albums = table('album', { id: int, title: text, artistId: int })
 * const query = pipe(Q.from(albums), Q.where(album => eq(album.artistId, 1)), Q.map(album => ({ title: album.title })))
 * console.log(Q.show(query, { tables: { albums } }))
 * // => pipe(Q.from(albums), Q.where(a => eq(a.artistId, 1)), Q.map(a => ({ title: a.title })))
 * ```
 */
export const show = <S, A>(q: Query<S, A>, options: ShowOptions = {}): string => total(options, around => queryDoc(q, around))

/** A command as the TypeScript that makes it. */
export const showCommand = <A>(command: Command<A>, options: ShowOptions = {}): string =>
  total(options, around => commandDoc(command as AnyCommand, around))
