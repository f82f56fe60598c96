/**
 * Look-ups by many keys at once: the result of one query for each key, in few statements.
 *
 * The keys go into one condition, 1,000 at a time, and the rows are distributed to the keys that they have. A list of keys is padded to a power
 * of two by repeating the last one, so that an engine sees few different statements.
 *
 * Law: `allBy(key, keys)(q) = keys.map(k => all(where(s => eq(key(s), k))(q)))`: the same rows for each key, in the query's order.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { inList } from '../core/expr/membership.js'
import type { Db, Program } from '../core/operation/Interpreter.js'
import { asExpr } from '../core/syntax/guards.js'
import { operand } from '../core/syntax/operand.js'
import { type AnyExpr, type AnyQuery, type Expr, type ExprType, type Query, query } from '../core/syntax/Syntax.js'
import { rowOf, scopeOf } from '../core/syntax/scope.js'
import { identityIn } from '../core/value/Canonical.js'
import { attempting, type DbError, refuse, type TooManyRows, tooManyRows, unsupported, validationError } from '../core/value/DbError.js'
import { all } from './fetch.js'
import { bare, keyed } from './keyed.js'

/** The keys of one statement; every engine allows that many parameters. */
const MAX_KEYS = 1_000

/** The type of the key; null if the query is `zero`. */
const keyType = (q: AnyQuery, key: (s: any) => AnyExpr): E.Either<DbError, ExprType | null> =>
  attempting('the key', () => {
    const row = rowOf(q)
    if (row === null) return null
    const { node, type } = asExpr(key(scopeOf(row)), 'the key')
    if (node.tag === 'invalid') return refuse(node.error)
    return type.sql.tag === 'text' && type.sql.collation === 'stored'
      ? refuse(unsupported('a look-up by a storedText column', 'query-ts', 'look up each key separately'))
      : type
  })

/** An identity for each key. The first key that is not a value of the type is refused. */
const idsOf = (type: ExprType, keys: readonly unknown[]): E.Either<DbError, readonly string[]> =>
  attempting('the keys', () =>
    keys.map((k, i) => {
      const { node } = operand(type, k)
      if (node.tag === 'literal' && node.value !== null) return identityIn(type.sql, node.value)
      const refusal = node.tag === 'invalid' ? node.error : validationError([], 'a key can not be null')
      return refuse(refusal._tag === 'ValidationError' ? validationError(['keys', String(i), ...refusal.path], refusal.reason) : refusal)
    }),
  )

const padded = <K>(keys: readonly K[]): readonly K[] => {
  const length = Math.min(MAX_KEYS, 2 ** Math.ceil(Math.log2(keys.length)))
  return [...keys, ...Array.from({ length: length - keys.length }, () => keys[keys.length - 1] as K)]
}

/** The rows that have one of the keys, each with its key as the database stores it. */
const withKeys = <A>(q: AnyQuery, key: (s: any) => AnyExpr, keys: readonly unknown[]) =>
  keyed<A, unknown>(query({ tag: 'where', input: q, f: s => inList(key(s), padded(keys) as never) }), s => bare(key(s)))

/**
 * For each key the list of its rows, in the query's order; the list may be empty. A key that occurs twice gets its rows twice.
 * One statement for each 1,000 keys.
 */
export const allBy =
  <S, K>(key: (s: S) => Expr<K>, keys: readonly NonNullable<NoInfer<K>>[]) =>
  <A>(q: Query<S, A>): Program<Db, DbError, readonly (readonly A[])[]> =>
  env =>
  async () => {
    if (!Array.isArray(keys)) return E.left(validationError(['keys'], 'expected a list of keys'))
    const type = keyType(q, key)
    if (E.isLeft(type)) return type
    if (type.right === null) return E.right(keys.map(() => []))
    const ids = idsOf(type.right, keys)
    if (E.isLeft(ids)) return ids
    const found = new Map(ids.right.map((id): [string, A[]] => [id, []]))
    const different = [...new Map(ids.right.map((id, i) => [id, keys[i]])).values()]
    for (let i = 0; i < different.length; i += MAX_KEYS) {
      const rows = await all(withKeys<A>(q, key, different.slice(i, i + MAX_KEYS)))(env)()
      if (E.isLeft(rows)) return rows
      for (const row of rows.right) found.get(identityIn(type.right.sql, row.key))?.push(row.row)
    }
    return E.right(ids.right.map(id => [...(found.get(id) ?? [])]))
  }

/** For each key its row, if there is one; `TooManyRows` if a key has several rows. */
export const optionBy =
  <S, K>(key: (s: S) => Expr<K>, keys: readonly NonNullable<NoInfer<K>>[]) =>
  <A>(q: Query<S, A>): Program<Db, DbError | TooManyRows, readonly O.Option<A>[]> =>
  env =>
  async () => {
    const rows = await allBy(key, keys)(q)(env)()
    if (E.isLeft(rows)) return rows
    if (rows.right.some(some => some.length > 1)) return E.left(tooManyRows)
    return E.right(rows.right.map(some => (some.length === 0 ? O.none : O.some(some[0] as A))))
  }
