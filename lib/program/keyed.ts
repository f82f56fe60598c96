/**
 * What a program needs of each row besides the row itself: its sort keys, the key that it is looked up by.
 *
 * The decoded row, whatever it is, becomes the field `it`, and values of its scope stand beside it. The order stays, and
 * nothing that the query does is changed. The values come as the database holds them, without the codecs of their columns:
 * so they can be compared, and written into a cursor.
 */
import { type AnyExpr, type AnyQuery, type Query, query, type Shape } from '../core/syntax/Syntax.js'

/** An expression without the codec of its column. */
export const bare = (e: AnyExpr): AnyExpr => ({ ...e, type: { ...e.type, refine: null } })

/** Each row with what `f` answers beside it. */
export const withBeside = <A, B>(q: AnyQuery, f: (s: any) => Shape): Query<unknown, { readonly it: A; readonly beside: B }> =>
  query({ tag: 'let', input: query({ tag: 'mapRow', input: q, f: it => ({ it }) }), name: 'beside', f })
