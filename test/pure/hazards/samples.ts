/**
 * One sample of each kind of step, over one small shop.
 *
 * The table of docs/hazards.md, the trials of algorithms on MySQL and MariaDB, and the plans that squawk reads are all made of these. The rows
 * of `rows` fit every sample, so that an engine that refuses one refuses the statement, not the rows.
 */
import { pipe } from 'fp-ts/lib/function.js'
import { bigint, enumOf, generated, int, nullable, numeric, smallint, text, varchar, withDefault } from '../../../lib/Column.js'
import type { Change } from '../../../lib/core/schema/Change.js'
import type { Step } from '../../../lib/core/schema/Step.js'
import type { AnyColumn, AnyTable } from '../../../lib/core/syntax/Syntax.js'
import * as X from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import { type AnySchema, fk, schema } from '../../../lib/Schema.js'
import { table, view } from '../../../lib/Table.js'

const owner = table('owner', { id: int, name: text }, { primaryKey: ['id'] })

const item = table(
  'item',
  {
    id: int,
    ownerId: nullable(int),
    code: varchar(20),
    title: nullable(text),
    note: text,
    amount: int,
    price: nullable(numeric(8, 2)),
    state: withDefault('new')(enumOf('new', 'sold')),
    spare: nullable(int),
    rank: withDefault(0)(int),
  },
  {
    primaryKey: ['id'],
    uniques: [['code']],
    indexes: [['price']],
    checks: { item_positive: r => X.gte(r.amount, 0) },
  },
)

/** A table without a key, and one in which a foreign key is. */
const log = table('log', { at: int, line: nullable(text) })
const sale = table(
  'sale',
  { id: int, itemId: int },
  { primaryKey: ['id'], indexes: [{ name: 'sale_next_idx', on: r => [X.plus(r.id, 1)] }] },
)
export const shop = schema({ owner, item, log, sale }, t => ({ sale: { item: fk(t.sale.itemId, t.item.id) } }))
const saleItem = shop.foreignKeys[0] as AnySchema['foreignKeys'][number]
const itemOwner = schema({ owner, item }, t => ({ item: { owner: fk(t.item.ownerId, t.owner.id) } })).foreignKeys[0] as typeof saleItem

export const rows = {
  owner: Array.from({ length: 5 }, (_, i) => ({ id: i + 1, name: `owner ${i}` })),
  item: Array.from({ length: 200 }, (_, i) => ({
    id: i + 1,
    ownerId: (i % 5) + 1,
    code: `c${i}`,
    title: `t${i}`,
    note: `n${i % 10}`,
    amount: i,
    price: `${i}.50`,
    state: 'new' as const,
    spare: i,
    rank: i,
  })),
  log: Array.from({ length: 200 }, (_, i) => ({ at: i, line: `l${i}` })),
  sale: Array.from({ length: 200 }, (_, i) => ({ id: i, itemId: i + 1 })),
}

const change = (of: AnyTable, c: Change): Step => ({ tag: 'alterTable', table: of, change: c })
const alter = (c: Change): Step => change(item, c)
const type = (field: string, column: unknown): Step =>
  alter({ tag: 'changeType', field, type: (column as AnyColumn).type.sql, using: null })
const added = (column: unknown, fill: ((row: any) => any) | null = null): Step =>
  alter({ tag: 'addColumn', field: 'extra', name: 'extra', column: column as AnyColumn, fill })
const index = (i: object): AnyTable['indexes'][number] =>
  ({ name: 'item_extra', columns: [], on: null, unique: false, where: null, method: null, ...i }) as AnyTable['indexes'][number]

const cheap = view(
  'cheap',
  { id: int },
  pipe(
    Q.from(item),
    Q.map(r => ({ id: r.id })),
  ),
)

/** Samples by name. A name is the kind of step, and what is special about it. */
export const samples: { readonly [name: string]: Step } = {
  'create a table': { tag: 'createTable', table: table('fresh', { id: int }, { primaryKey: ['id'] }), foreignKeys: [] },
  'drop a table': { tag: 'dropTable', table: log, foreignKeys: [] },
  'create a view': { tag: 'createView', view: cheap },
  'drop a view': { tag: 'dropView', view: cheap },
  'create an index': { tag: 'createIndex', table: item, index: index({ columns: ['amount'] }) },
  'create an index over an expression': { tag: 'createIndex', table: item, index: index({ on: (r: any) => [X.plus(r.amount, 1)] }) },
  'create a unique index': { tag: 'createIndex', table: item, index: index({ columns: ['amount'], unique: true }) },
  'drop an index': { tag: 'dropIndex', table: item, index: { name: item.indexes[0]?.name ?? '' } },
  'drop an index over an expression': { tag: 'dropIndex', table: sale, index: { name: 'sale_next_idx' } },
  'add a foreign key': { tag: 'addForeignKey', foreignKey: itemOwner },
  'drop a foreign key': { tag: 'dropForeignKey', foreignKey: saleItem },
  'rename a table': change(log, { tag: 'renameTable', name: 'journal' }),
  'add a column': added(nullable(int)),
  'add a column: enum': added(nullable(enumOf('a', 'b'))),
  'add a column: constant default': added(withDefault(7)(int)),
  'add a column: other default': added(withDefault(X.plus(X.lit(1), 2) as any)(int as any)),
  'add a column: not null, no default': added(int),
  'add a column: filled': added(int, r => r.amount),
  'add a column: numbered': change(log, { tag: 'addColumn', field: 'id', name: 'id', column: generated(int) as AnyColumn, fill: null }),
  'drop a column': alter({ tag: 'dropColumn', field: 'spare' }),
  'drop a column: enum': alter({ tag: 'dropColumn', field: 'state' }),
  'rename a column': alter({ tag: 'renameColumn', field: 'note', name: 'remark' }),
  'rename a column: a check reads it': alter({ tag: 'renameColumn', field: 'amount', name: 'quantity' }),
  'rename a column: a foreign key has it': change(sale, { tag: 'renameColumn', field: 'itemId', name: 'thing_id' }),
  'change a type: longer varchar': type('code', varchar(40)),
  'change a type: varchar beyond 255 bytes': type('code', varchar(200)),
  'change a type: shorter varchar': type('code', varchar(10)),
  'change a type: enum to text': type('state', text),
  'change a type: text to varchar': type('title', varchar(30)),
  'change a type: int to bigint': type('spare', bigint),
  'change a type: int to smallint': type('spare', smallint),
  'change a type: int to text': type('spare', text),
  'change a type: more digits': type('price', numeric(10, 2)),
  'change a type: larger scale': type('price', numeric(10, 3)),
  'change a type: smaller scale': type('price', numeric(8, 1)),
  'change a type: more enum values': type('state', enumOf('new', 'sold', 'lent')),
  'change a type: fewer enum values': type('state', enumOf('new')),
  'change a type: using': alter({ tag: 'changeType', field: 'title', type: { tag: 'int' }, using: () => X.lit(1) as any }),
  'allow null': alter({ tag: 'setNullable', field: 'rank' }),
  'forbid null': alter({ tag: 'setNotNull', field: 'title', fill: null }),
  'forbid null: filled': alter({ tag: 'setNotNull', field: 'title', fill: () => X.lit('') as any }),
  'set a default': alter({ tag: 'setDefault', field: 'rank', default: X.lit(1) as any }),
  'drop a default': alter({ tag: 'setDefault', field: 'rank', default: null }),
  'set a comment': alter({ tag: 'setComment', field: 'note', comment: 'said by the owner' }),
  'set a comment: of the table': alter({ tag: 'setComment', field: null, comment: 'what is sold' }),
  'add a primary key': change(log, { tag: 'addKey', key: { name: 'log_pkey', columns: ['at'] }, primary: true }),
  'add a unique key': alter({ tag: 'addKey', key: { name: 'item_amount_key', columns: ['amount'] }, primary: false }),
  'drop a primary key': change(owner, { tag: 'dropKey', name: owner.primaryKey?.name ?? '' }),
  'drop a unique key': alter({ tag: 'dropKey', name: item.uniques[0]?.name ?? '' }),
  'add a check': alter({ tag: 'addCheck', check: { name: 'item_small', predicate: (r: any) => X.lt(r.amount, 1000) } }),
  'drop a check': alter({ tag: 'dropCheck', name: 'item_item_positive' }),
  'rename a check': alter({ tag: 'renameConstraint', from: 'item_item_positive', to: 'item_not_negative' }),
  'rename a unique key': alter({ tag: 'renameConstraint', from: item.uniques[0]?.name ?? '', to: 'item_code_again' }),
}
