/**
 * A migration of twelve hard steps over tables with rows, for the tests in which runners are killed.
 *
 * `1_base` creates three tables and fills them; `2_hard` has a column that is not null with a fill, another type by an expression, a foreign key, a
 * unique key, a check, a command over many rows, renames of a table and of a column, a view, an index over an expression, a command that adds a
 * row to a table without a key, and the drop of a column. What is done twice is seen in the rows: the second type is 10 times the first one, the
 * command adds 1, and the table without a key would have two rows.
 */
import { bigint, int, text, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import * as Migrate from '../../lib/Migrate.js'
import * as Q from '../../lib/Query.js'
import { fk, schema } from '../../lib/Schema.js'
import { table, view } from '../../lib/Table.js'
import { altering } from './migrateShop.js'

const people = table('mig_person', { id: int, name: text, email: varchar(60), note: text }, { primaryKey: ['id'] })
const sales = table('mig_sale', { id: int, personId: int, amount: int }, { primaryKey: ['id'] })
const log = table('mig_log', { line: text })

const SALES = 1_500
const create = (t: AnyTable): Migrate.MigrationStep => ({ tag: 'createTable', table: t, foreignKeys: [] })
const numbers = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1)

const base: readonly Migrate.MigrationStep[] = [
  create(people),
  create(sales),
  create(log),
  Migrate.data(C.insertMany(people)(numbers(50).map(id => ({ id, name: `N${id}`, email: `e${id}`, note: '' })))),
  Migrate.data(C.insertMany(sales)(numbers(SALES).map(id => ({ id, personId: (id % 50) + 1, amount: id % 7 })))),
]

const [typed, typedSales] = altering(sales, [
  {
    tag: 'addColumn',
    field: 'state',
    name: 'state',
    column: varchar(10) as never,
    fill: (r: any) => X.caseWhen([[X.gt(r.amount, 3), X.lit('large')]], X.lit('small')),
  },
  { tag: 'changeType', field: 'amount', type: bigint.type.sql, using: (r: any) => X.times(r.amount, 10) },
])
const { foreignKeys } = schema({ people, sales: typedSales }, t => ({
  sales: { person: fk((t.sales as any).personId, t.people.id) as never },
}))
const foreignKey = foreignKeys[0] as (typeof foreignKeys)[number]
const [unique, uniquePeople] = altering(people, [{ tag: 'addKey', key: { name: 'mig_person_email', columns: ['email'] }, primary: false }])
const [checked, checkedSales] = altering(typedSales, [
  { tag: 'addCheck', check: { name: 'mig_sale_amount', predicate: (r: any) => X.gte(r.amount, 0n) } },
])
const oneMore = Migrate.data(C.update(checkedSales as any)((r: any) => ({ amount: X.plus(r.amount, 1n) }) as any, C.everywhere))
const [renamed, lastSales] = altering(checkedSales, [{ tag: 'renameTable', name: 'mig_purchase' }])
const [renamedColumn, namedPeople] = altering(uniquePeople, [{ tag: 'renameColumn', field: 'name', name: 'full_name' }])
const large = view(
  'mig_large',
  { id: int, amount: bigint },
  Q.map((r: any) => ({ id: r.id, amount: r.amount }))(Q.where((r: any) => X.eq(r.state, 'large'))(Q.from(lastSales as any))) as any,
)
const next = {
  name: 'mig_person_next',
  columns: [],
  on: (r: any) => [X.plus(r.id, 1)],
  unique: false,
  where: null,
  method: null,
}
const [dropped, lastPeople] = altering({ ...namedPeople, indexes: [next as never] }, [{ tag: 'dropColumn', field: 'note' }])

const hard: readonly Migrate.MigrationStep[] = [
  ...typed,
  { tag: 'addForeignKey', foreignKey },
  ...unique,
  ...checked,
  oneMore,
  ...renamed,
  ...renamedColumn,
  { tag: 'createView', view: large },
  { tag: 'createIndex', table: namedPeople, index: next as never },
  Migrate.data(C.insert(log)({ line: 'done' })),
  ...dropped,
]

/** The tables at the end of the hard migration, those that refer to others first. */
export const hardTables: readonly AnyTable[] = [lastSales, lastPeople, log]

/** What the hard migration drops, in an order in which it can be dropped wherever a run has ended. */
export const hardViews: readonly AnyTable[] = [large]
export const hardNames: readonly AnyTable[] = [lastSales, sales, people, log]

/** The migrations: `2_hard` is performed step by step, on engines with transactional definitions too. */
export const hardList: readonly Migrate.Migration[] = [
  Migrate.migration({ name: '1_base', from: null, up: base, down: [] }),
  { ...Migrate.migration({ name: '2_hard', from: '1_base', up: hard, down: [], allows: ['losesData'] }), isTransactional: false },
]
