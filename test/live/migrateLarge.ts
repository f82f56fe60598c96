/**
 * A migration of a table that others use, and that is too large to be changed in a moment.
 *
 * `1_base` creates two tables, and `fill` gives the large one more rows than a small table has (`SMALL_TABLE`), by one statement of the server. The
 * definitions of `2_large` are performed by the batches of `online`: an index, a unique key, a check, NOT NULL, a foreign key, a column, and the
 * drop of an index. A command adds 1 to many rows, so what is done twice is seen in the sum.
 */
import { int, nullable, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import * as Migrate from '../../lib/Migrate.js'
import { fk, schema } from '../../lib/Schema.js'
import { SMALL_TABLE } from '../../lib/schema/hazards.js'
import { table } from '../../lib/Table.js'
import { altering } from './migrateShop.js'

export const owners = table('mig_owner', { id: int }, { primaryKey: ['id'] })
export const big = table(
  'mig_big',
  { id: int, ownerId: int, code: varchar(20), amount: int, note: nullable(varchar(20)) },
  { primaryKey: ['id'] },
)

/** The number of rows of the large table. */
const LARGE: number = SMALL_TABLE + 2_000

/** The statements that fill the tables. */
export const fill = (engine: string): readonly string[] => {
  const row = "n, 1, concat('c', n), n % 10, 'x'"
  const rows =
    engine === 'postgres'
      ? `SELECT ${row} FROM generate_series(1, ${LARGE}) AS s(n)`
      : `SELECT ${row} FROM (SELECT 1 + a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS n FROM ${['a', 'b', 'c', 'd', 'e'].map(name => `(${Array.from({ length: 10 }, (_, i) => `SELECT ${i} AS n`).join(' UNION ALL ')}) AS ${name}`).join(', ')}) AS s WHERE n <= ${LARGE}`
  return ['INSERT INTO mig_owner (id) VALUES (1)', `INSERT INTO mig_big (id, owner_id, code, amount, note) ${rows}`]
}

const create = (t: AnyTable): Migrate.MigrationStep => ({ tag: 'createTable', table: t, foreignKeys: [] })
const index = { name: 'mig_big_by_amount', columns: ['amount'], on: null, unique: false, where: null, method: null }

const [changes, last] = altering(big, [
  { tag: 'addKey', key: { name: 'mig_big_code', columns: ['code'] }, primary: false },
  { tag: 'addCheck', check: { name: 'mig_big_amount', predicate: (r: any) => X.gte(r.amount, 0) } },
  { tag: 'setNotNull', field: 'note', fill: null },
  { tag: 'addColumn', field: 'extra', name: 'extra', column: nullable(int) as never, fill: null },
])
const { foreignKeys } = schema({ owners, big: last }, t => ({ big: { owner: fk((t.big as any).ownerId, t.owners.id) as never } }))

const steps: readonly Migrate.MigrationStep[] = [
  { tag: 'createIndex', table: big, index },
  ...changes,
  { tag: 'addForeignKey', foreignKey: foreignKeys[0] as (typeof foreignKeys)[number] },
  Migrate.data(
    C.update(last as any)(
      (r: any) => ({ amount: X.plus(r.amount, 1) }) as any,
      (r: any) => X.lte(r.id, LARGE),
    ),
  ),
  { tag: 'dropIndex', table: { ...last, indexes: [index] }, index },
]

const allows = ['losesData', 'blocksWrites', 'blocksReads'] as const

/** The migrations. */
export const largeList: readonly Migrate.Migration[] = [
  Migrate.migration({ name: '1_base', from: null, up: [create(owners), create(big)], down: [] }),
  Migrate.migration({ name: '2_large', from: '1_base', up: steps, down: [], allows }),
]
