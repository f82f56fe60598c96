/**
 * Schemas that differ by one thing each, or by several, for the tests of `ensureSchema`.
 *
 * `described(choice)` is a schema of a group and its items, with a view; each part of a choice changes one kind of thing about it. Two choices are
 * of the same schema exactly if they are equal. The same tables with other definitions are what a database has that was created by an older or a
 * newer program.
 */
import { pipe } from 'fp-ts/lib/function.js'
import { bigint, comment, generated, int, named, nullable, numeric, text, varchar, withDefault } from '../../lib/Column.js'
import type { AnyColumn, AnyTable } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { type AnySchema, fk, schema } from '../../lib/Schema.js'
import { table, view } from '../../lib/Table.js'

/** What may differ. Each is one kind of difference; 0 is the usual form. */
export const KINDS = {
  type: 2,
  scale: 2,
  length: 2,
  null: 2,
  default: 3,
  numbering: 2,
  column: 2,
  rename: 2,
  primary: 2,
  unique: 2,
  check: 3,
  index: 4,
  foreignKey: 3,
  tableComment: 2,
  columnComment: 2,
  view: 2,
} as const

type Kind = keyof typeof KINDS
export type Choice = { readonly [K in Kind]: number }

/** The choice in which nothing is unusual. */
export const usual: Choice = Object.fromEntries(Object.keys(KINDS).map(k => [k, 0])) as never

/** Choices that differ from the usual one by one thing each. */
export const single: readonly (readonly [name: string, Choice])[] = Object.entries(KINDS).flatMap(([kind, n]) =>
  Array.from({ length: n - 1 }, (_, i) => [`${kind} ${i + 1}`, { ...usual, [kind]: i + 1 }] as const),
)

const choose = <A>(all: readonly A[], at: number): A => all[at] as A

/** The schema of a choice. */
export const described = (c: Choice): AnySchema => {
  const groups = table('ens_group', { id: int, name: varchar(30) }, { primaryKey: ['id'] })
  const columns: { readonly [field: string]: unknown } = {
    id: choose([int, generated(int)], c.numbering),
    groupId: int,
    count: choose([int, bigint], c.type),
    price: choose([numeric(8, 2), numeric(8, 3)], c.scale),
    title: choose([varchar(20), varchar(30)], c.length),
    note: choose([text, nullable(text)], c.null),
    rank: choose([int, withDefault(3)(int), withDefault(4)(int)], c.default),
    label: choose([pipe(text, named('label')), pipe(text, named('caption'))], c.rename),
    kept: choose([int, pipe(int, comment('how long'))], c.columnComment),
    ...(c.column === 0 ? {} : { extra: nullable(int) }),
  }
  const checks: { readonly [name: string]: (row: any) => any } = choose(
    [{}, { positive: (row: any) => X.gt(row.rank, 0) }, { positive: (row: any) => X.gt(row.rank, 1) }] as any[],
    c.check,
  )
  const indexes = choose(
    [
      [],
      [{ name: 'ens_item_rank', on: ['rank'] }],
      [{ name: 'ens_item_rank', on: ['rank', 'kept'] }],
      [{ name: 'ens_item_rank', on: ['rank'], unique: true }],
    ],
    c.index,
  )
  const items = table('ens_item', columns as { readonly [field: string]: AnyColumn }, {
    primaryKey: choose([['id'], ['id', 'groupId']], c.primary) as never,
    uniques: choose([[], [['title', 'groupId']]], c.unique) as never,
    checks,
    indexes: indexes as never,
    ...(c.tableComment === 0 ? {} : { comment: 'what is sold' }),
  }) as AnyTable
  const cheap = view(
    'ens_cheap',
    { id: int, rank: int },
    pipe(
      Q.from(items as any),
      Q.where((row: any) => X.lt(row.rank, choose([7, 8], c.view))),
      Q.map((row: any) => ({ id: row.id, rank: row.rank })),
    ) as any,
  ) as AnyTable
  const action = choose([{}, { onDelete: 'cascade' }, null] as const, c.foreignKey)
  return schema({ groups, items, cheap } as any, (t: any) =>
    action === null ? {} : { items: { group: fk(t.items.groupId, t.groups.id, action as any) } },
  ) as any
}

/** A row of the items of any choice. */
export const itemRow = (id: number): { readonly [field: string]: unknown } => ({
  id,
  groupId: 1,
  price: '1.00',
  title: `t${id}`,
  note: 'n',
  rank: 3 + id,
  label: 'l',
  kept: 0,
})
