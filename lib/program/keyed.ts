/**
 * Rows with their keys: what a program needs of each row in addition to the row itself, as sort keys or the key of a look-up.
 *
 * The decoded row becomes the field `row`, and values from its scope the field `key`. The order and everything else of the query stay the same.
 * The keys are values as the database stores them, without the codecs of their columns, so that they can be compared and written into a
 * cursor.
 */
import { type AnyExpr, type AnyQuery, type Query, query, type Shape } from '../core/syntax/Syntax.js'

/** An expression without the codec of its column. */
export const bare = (e: AnyExpr): AnyExpr => ({ ...e, type: { ...e.type, refine: null } })

/** Each row with its key, the shape that `f` returns. */
export const keyed = <A, B>(q: AnyQuery, f: (s: any) => Shape): Query<unknown, { readonly row: A; readonly key: B }> =>
  query({ tag: 'let', input: query({ tag: 'mapRow', input: q, f: row => ({ row }) }), name: 'key', f })
