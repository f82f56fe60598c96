/**
 * The migrations of a small shop, for the tests of migrations: a plan of twelve steps with rows, and a way to let a run die.
 *
 * `plan(alters)` has changes of tables where the engine has them, and other steps where it has none. `dyingAt(n)` is an interpreter whose n-th
 * operation and all later ones fail before they reach the engine, as those of a killed process. `stateOf` is everything that a run leaves.
 */
import * as E from 'fp-ts/lib/Either.js'
import { bigint, int, nullable, text, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { type Change, changed } from '../../lib/core/schema/Change.js'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import { connectionError, type DbError } from '../../lib/DbError.js'
import { eq, gte, lit } from '../../lib/Expr.js'
import type { Interpreter, SqlOp } from '../../lib/Interpreter.js'
import * as Migrate from '../../lib/Migrate.js'
import * as Q from '../../lib/Query.js'
import { fk, schema } from '../../lib/Schema.js'
import { define } from '../../lib/schema/createAll.js'
import { history, journal, lock } from '../../lib/schema/migrationTables.js'
import { table } from '../../lib/Table.js'
import { around } from '../../lib/transform/around.js'
import type { Session } from './eachEngine.js'

const customers = table('mig_customer', { id: int, name: text, email: varchar(100) }, { primaryKey: ['id'] })
export const orders = table('mig_order', { id: int, customerId: int, amount: int }, { primaryKey: ['id'] })
export const notes = table('mig_note', { id: int, body: nullable(text) }, { primaryKey: ['id'] })
const { foreignKeys } = schema({ customers, orders }, t => ({
  orders: { customer: fk(t.orders.customerId, t.customers.id, { onDelete: 'cascade' }) },
}))

const index = (name: string, columns: readonly string[]) => ({ name, columns, on: null, unique: false, where: null, method: null })
const byEmail = index('mig_customer_by_email', ['email'])

const start: readonly Migrate.MigrationStep[] = [
  { tag: 'createTable', table: customers, foreignKeys: [] },
  { tag: 'createTable', table: orders, foreignKeys },
  Migrate.data(
    C.insertMany(customers)([
      { id: 1, name: 'Ada', email: 'a' },
      { id: 2, name: 'Bob', email: 'b' },
      { id: 3, name: 'Cyd', email: 'c' },
    ]),
  ),
  Migrate.data(
    C.insertMany(orders)([
      { id: 1, customerId: 1, amount: 5 },
      { id: 2, customerId: 1, amount: 0 },
      { id: 3, customerId: 3, amount: 12 },
    ]),
  ),
  { tag: 'createIndex', table: customers, index: byEmail },
]

/** Changes of a table, one after the other, as steps, and the table after them. */
export const altering = (t: AnyTable, changes: readonly Change[]): readonly [readonly Migrate.MigrationStep[], AnyTable] => {
  let now = t
  const steps = changes.map((change): Migrate.MigrationStep => {
    const step = { tag: 'alterTable', table: now, change } as const
    now = changed(now, change)
    return step
  })
  return [steps, now]
}

const [addCity, withCity] = altering(customers, [
  { tag: 'addColumn', field: 'city', name: 'city', column: nullable(varchar(20)) as never, fill: null },
])
const [restOfCustomers, lastCustomers] = altering(withCity, [
  { tag: 'setNotNull', field: 'city', fill: () => lit('nowhere') as never },
  { tag: 'renameColumn', field: 'name', name: 'full_name' },
  { tag: 'addKey', key: { name: 'mig_customer_email', columns: ['email'] }, primary: false },
])
const [ofOrders, lastOrders] = altering(orders, [
  { tag: 'addCheck', check: { name: 'mig_order_id', predicate: r => gte(r.id, 0) } },
  { tag: 'changeType', field: 'amount', type: bigint.type.sql, using: null },
])

const cityOfAda = Migrate.data(C.update(withCity as any)({ city: 'Ulm' }, (c: any) => eq(c.id, 1)))

const changes: readonly Migrate.MigrationStep[] = [...addCity, cityOfAda, ...restOfCustomers, ...ofOrders]

const others: readonly Migrate.MigrationStep[] = [
  { tag: 'createTable', table: notes, foreignKeys: [] },
  Migrate.data(C.insert(notes)({ id: 1, body: 'first' })),
  { tag: 'dropIndex', table: { ...customers, indexes: [byEmail] }, index: byEmail },
  { tag: 'createIndex', table: orders, index: index('mig_order_by_both', ['amount', 'id']) },
  Migrate.data(C.update(notes)({ body: 'second' }, n => eq(n.id, 1))),
  { tag: 'createIndex', table: customers, index: index('mig_customer_by_two', ['email', 'id']) },
  Migrate.data(C.insert(notes)({ id: 2, body: null })),
]

/** Twelve steps. */
const plan = (alters: boolean): readonly Migrate.MigrationStep[] => [...start, ...(alters ? changes : others)]

/** The tables at the end of the plan. */
export const lastTables = (alters: boolean): readonly AnyTable[] => (alters ? [lastCustomers, lastOrders] : [customers, orders, notes])

/** The twelve steps in one migration, or in four. */
export const inOne = (alters: boolean): readonly Migrate.Migration[] => [
  Migrate.migration({ name: '1_all', from: null, up: plan(alters), down: [] }),
]

/** The twelve steps in four migrations that can be undone. */
export const inFour = (alters: boolean): readonly Migrate.Migration[] => {
  const undoable = plan(alters).map((s): readonly [Migrate.MigrationStep, readonly Migrate.MigrationStep[]] => {
    const inverse = Migrate.invert(s)
    return [s, E.isRight(inverse) ? inverse.right : []]
  })
  return ['1_start', '2_index', '3_next', '4_last'].map((name, i, all) => {
    const part = [undoable.slice(0, 4), undoable.slice(4, 6), undoable.slice(6, 9), undoable.slice(9)][i] ?? []
    return Migrate.migration({
      name,
      from: i === 0 ? null : (all[i - 1] as string),
      up: part.map(([s]) => s),
      down: [...part].reverse().flatMap(([, inverse]) => inverse),
    })
  })
}

/** An interpreter whose operations fail from the n-th on, and how many were performed. */
export const dyingAt = (n: number, db: Interpreter<SqlOp>): { readonly db: Interpreter<SqlOp>; readonly count: () => number } => {
  let done = 0
  const dead = E.left<DbError>(connectionError('test', 'killed'))
  return {
    db: around((_, next) => async () => {
      done += 1
      return done >= n ? dead : next()
    })(db),
    count: () => done,
  }
}

/** The schema and the rows that a run has left, without the tables of the history. */
export const stateOf = async (db: Interpreter<SqlOp>, tables: readonly AnyTable[]): Promise<unknown> => {
  const image = await db.perform({ tag: 'introspect', schemas: [null], wanted: null })()
  const live = E.isRight(image) ? (image.right as any).live.tables.filter((t: any) => !t.name.startsWith('query_ts_')) : image
  const rows = await Promise.all(tables.map(async t => Q.all(Q.from(t as any))({ db })()))
  return [live, rows.map(r => (E.isRight(r) ? [...(r.right as any[])].sort((a, b) => a.id - b.id) : r.left._tag))]
}

/** Drops the tables of the shop, of the history, and some others. */
export const cleaning =
  (s: Session, others: readonly AnyTable[] = []) =>
  async (): Promise<void> => {
    const all: readonly AnyTable[] = [orders, customers, notes, ...others, history, journal, lock] as never
    await s.right(define(all.map(t => ({ tag: 'dropTable', table: t, foreignKeys: [] }))))
  }
