/**
 * The paths of a value into an engine and out of it, each as a check over one kind of column.
 *
 * A path takes all values of a kind at once, in rows numbered from 0, and compares everything that is read with the values of the kind.
 * Next to each value there is a nullable column, which has the value in odd rows and null in the others.
 */

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as C from '../../../lib/Column.js'
import * as Command from '../../../lib/Command.js'
import type { Columns } from '../../../lib/core/syntax/Syntax.js'
import * as Ex from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import { table } from '../../../lib/Table.js'
import { ask, create, equal, type Session } from './check.js'
import { isSmall, type Kind } from './kinds.js'

export type Way = (db: Session, kind: Kind, tables: FilledTables) => Promise<void>

const { run, insert, insertMany, insertFrom, returning } = Command

const columnOf = (kind: Kind): C.Column<any> => kind.column

let names = 0

/** A new table for a kind. */
const tableOf = (kind: Kind) => {
  names += 1
  return table(`kind_${names}`, { id: C.int, it: columnOf(kind), maybe: C.nullable(columnOf(kind)) }, { primaryKey: ['id'] })
}

type Stored = ReturnType<typeof tableOf>

export interface FilledTables {
  /** The table with the values of a kind, filled on first use. */
  readonly of: (db: Session, kind: Kind) => Promise<Stored>
}

export const filledTables = (): FilledTables => {
  const made = new Map<Kind, Promise<Stored>>()
  const fill = async (db: Session, kind: Kind): Promise<Stored> => {
    const t = tableOf(kind)
    await create(db, t)
    await ask(db, run(insertMany(t)(given(kind))))
    return t
  }
  return {
    of: (db, kind) => {
      const filling = made.get(kind) ?? fill(db, kind)
      made.set(kind, filling)
      return filling
    },
  }
}

const rows = (values: readonly unknown[]): readonly { readonly id: number; readonly it: any; readonly maybe: any }[] =>
  values.map((it, id) => ({ id, it, maybe: id % 2 === 0 ? null : it }))

const inputs = (kind: Kind): readonly any[] => kind.values.map(([v]) => v)
const outputs = (kind: Kind): readonly any[] => kind.values.map(([, v]) => v)
const given = (kind: Kind) => rows(inputs(kind))
const read = (kind: Kind) => rows(outputs(kind))

const inOrder = (t: Stored) =>
  pipe(
    Q.from(t),
    Q.orderBy(r => [Ex.asc(r.id)]),
  )

const column = <S extends { readonly it: Ex.Expr<any> }>(q: Q.Query<S, any>) =>
  pipe(
    q,
    Q.map(r => r.it as Ex.Expr<any>),
  )

/** A query inside a row, as a list. */
const inside = async (db: Session, q: Q.Query<any, any>): Promise<readonly any[]> => (await ask(db, Q.one(Q.of({ it: Q.many(q) })))).it

export const inserted: Way = async (db, kind, tables) => {
  equal(await ask(db, Q.all(inOrder(await tables.of(db, kind)))), read(kind))
}

export const written: Way = async (db, kind) => {
  const t = tableOf(kind)
  await create(db, t)
  const whole = returning((r: { readonly id: Ex.Expr<number>; readonly it: Ex.Expr<any>; readonly maybe: Ex.Expr<any> }) => r)
  /** The rows that a command returns; on an engine that returns none, the rows afterwards. */
  const answered = async (command: Command.Command<any>, whole: Command.Command<any>, id: number): Promise<any> => {
    const answer = await run(whole)({ db })()
    if (E.isRight(answer)) return answer.right
    if (answer.left._tag === 'Unsupported') await ask(db, run(command))
    else await ask(db, () => async () => answer)
    const own = pipe(
      Q.from(t),
      Q.where(r => Ex.eq(r.id, id)),
    )
    return ask(db, Q.one(own))
  }
  for (const [id, row] of given(kind).entries()) {
    const inserting = insert(t)(row)
    equal(await answered(inserting, pipe(inserting, whole), id), read(kind)[id])
  }
  await ask(db, run(Command.update(t)({ maybe: null }, Command.everywhere)))
  for (const { id, it } of given(kind)) {
    const updated = Command.update(t)({ maybe: it }, r => Ex.eq(r.id, id))
    const answer = await answered(updated, pipe(updated, whole), id)
    equal(Array.isArray(answer) ? answer : [answer], [{ id, it: outputs(kind)[id], maybe: outputs(kind)[id] }])
  }
  const copies = pipe(
    Q.from(t),
    Q.map(r => ({ id: Ex.plus(r.id, 1000), it: r.maybe, maybe: r.it })),
  )
  await ask(db, run(insertFrom(t)(copies as Q.Query<any, any>)))
  const copied = pipe(
    inOrder(t),
    Q.where(r => Ex.gte(r.id, 1000)),
  )
  equal(
    await ask(db, Q.all(copied)),
    outputs(kind).map((it, id) => ({ id: id + 1000, it, maybe: it })),
  )
}

export const nested: Way = async (db, kind, tables) => {
  const all = inOrder(await tables.of(db, kind))
  const expected = read(kind)
  const deep = Q.of({ rows: Q.many(all), first: Q.first(all), none: Q.first(pipe(all, Q.limit(0))) })
  equal(await inside(db, deep), [{ rows: expected, first: O.some(expected[0]), none: O.none }])
  equal(await inside(db, column(all)), outputs(kind))
  const beside = pipe(
    Q.values({ n: C.int })(expected.map((_, n) => ({ n }))),
    Q.bind('row', s =>
      pipe(
        all,
        Q.where(r => Ex.gte(r.id, s.n)),
        Q.limit(1),
      ),
    ),
    Q.orderBy(s => [Ex.asc(s.n)]),
  )
  equal(
    await ask(db, Q.all(beside)),
    expected.map((row, n) => ({ n, row })),
  )
  const joined = pipe(
    all,
    Q.map(r => ({ id: r.id })),
    Q.bindLeft('next', s =>
      pipe(
        all,
        Q.where(r => Ex.eq(r.id, Ex.plus(s.id, 1))),
      ),
    ),
    Q.orderBy(s => [Ex.asc(s.id)]),
  )
  equal(
    (await inside(db, joined)).map(r => r.next),
    expected.map((_, id) => O.fromNullable(expected[id + 1])),
  )
  const scalars = pipe(
    all,
    Q.map(r => {
      const same = pipe(
        all,
        Q.where(o => Ex.eq(o.id, r.id)),
      )
      return Ex.scalar(column(same))
    }),
  )
  equal(await ask(db, Q.all(scalars)), outputs(kind))
}

export const asDefault: Way = async (db, kind) => {
  const fields = inputs(kind).flatMap((v, n) =>
    isSmall(v) ? [[`c${n}`, C.withDefault(v)(columnOf(kind) as C.Column<any, any>)] as const] : [],
  )
  const columns: Columns = Object.fromEntries(fields)
  names += 1
  const t = table(`kind_${names}`, { id: C.int, ...columns }, { primaryKey: ['id'] })
  await create(db, t)
  await ask(db, run(insert(t)({ id: 1 } as never)))
  const row = (await ask(db, Q.one(Q.from(t)))) as { readonly [field: string]: unknown }
  for (const [field] of fields) equal(row[field], outputs(kind)[Number(field.slice(1))], `the default of ${field}`)
}

export const asLiteral: Way = async (db, kind) => {
  const type = columnOf(kind)
  const literals = Object.fromEntries(inputs(kind).map((v, n) => [`f${n}`, Ex.litOf(type)(v)]))
  const expected = Object.fromEntries(outputs(kind).map((v, n) => [`f${n}`, v]))
  equal(await ask(db, Q.one(Q.of(literals))), expected)
  equal(await inside(db, Q.of(literals)), [expected])
  const values = pipe(
    Q.values({ id: C.int, it: type, maybe: C.nullable(type) })(given(kind)),
    Q.orderBy(r => [Ex.asc(r.id)]),
  )
  equal(await ask(db, Q.all(values)), read(kind))
  equal(await inside(db, values), read(kind))
  const prepared = Q.prepare({ v: type }, ({ v }) => Q.of({ v, chosen: Ex.caseWhen([[Ex.lit(false), Ex.nullOf(type)]], v) }))
  for (const [v, out] of kind.values) equal(await ask(db, Q.one(prepared({ v }))), { v: out, chosen: out })
  const optional = Q.prepare({ v: C.nullable(type) }, ({ v }) => Q.of({ v }))
  equal(await ask(db, Q.one(optional({ v: null }))), { v: null })
}

const form = (v: unknown): unknown => (v instanceof Date ? v.getTime() : v instanceof Uint8Array ? v.join() : v)

export const compared: Way = async (db, kind, tables) => {
  const all = inOrder(await tables.of(db, kind))
  for (const [v, out] of kind.values) {
    const expected = outputs(kind).flatMap((o, id) => (form(o) === form(out) ? [id] : []))
    const kept = (p: (e: Ex.Expr<any>) => Ex.Pred) =>
      pipe(
        all,
        Q.where(r => p(r.it)),
        Q.map(r => r.id),
      )
    equal(await ask(db, Q.all(kept(e => Ex.eq(e, v)))), expected)
    equal(await ask(db, Q.all(kept(e => Ex.inList(e, [v, v])))), expected)
    equal(await ask(db, Q.all(kept(e => Ex.isNotDistinctFrom(Ex.litOf(columnOf(kind))(v), e)))), expected)
  }
}

export const asArray: Way = async (db, kind) => {
  const list = C.arrayOf(C.nullable(columnOf(kind)))
  names += 1
  const t = table(`kind_${names}`, { id: C.int, it: list, none: C.nullable(list) }, { primaryKey: ['id'] })
  await create(db, t)
  const lists = (values: readonly unknown[]): readonly any[] => [[...values, null], [], [null], ...values.map(v => [v])]
  await ask(db, run(insertMany(t)(lists(inputs(kind)).map((it, id) => ({ id, it })))))
  const all = pipe(
    Q.from(t),
    Q.orderBy(r => [Ex.asc(r.id)]),
    Q.map(r => r.it),
  )
  const expected = lists(outputs(kind))
  equal(await ask(db, Q.all(all)), expected)
  equal(await inside(db, all), expected)
  equal(await ask(db, Q.one(Q.of({ it: Ex.litOf(list)(lists(inputs(kind))[0]) }))), { it: expected[0] })
}
