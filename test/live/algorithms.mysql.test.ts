/**
 * The table of algorithms of MySQL and MariaDB, held against the servers.
 *
 * Every sample step is performed on tables with rows. Each of its statements is tried with each algorithm demanded, the mildest first; the
 * first one that the server accepts must be the one of the table, and every kind of the table must have been tried. Whether a table was
 * written again is seen by its number in InnoDB. Without CI set, a fifth of the samples is tried.
 */
import * as assert from 'uvu/assert'
import { createSteps } from '../../lib/core/schema/Step.js'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import { partsOf } from '../../lib/sql/batches.js'
import { ddlWork, statementsOfWork } from '../../lib/sql/ddl.js'
import { dialects } from '../../lib/sql/dialects.js'
import { type Algorithm, mariadbAlgorithms, mysqlAlgorithms } from '../../lib/sql/mysql/algorithms.js'
import { demanding, kindsOfPart } from '../../lib/sql/mysql/online.js'
import { some } from '../amount.js'
import { rows, samples, shop } from '../pure/hazards/samples.js'
import { note, suite } from '../suite.js'
import { type Raw, rawEngines } from './rawConnections.js'

const TABLES = { mysql: mysqlAlgorithms, mariadb: mariadbAlgorithms }
const IDS = {
  mysql: 'SELECT name, table_id FROM information_schema.innodb_tables WHERE name LIKE',
  mariadb: 'SELECT name, table_id FROM information_schema.innodb_sys_tables WHERE name LIKE',
}
const ORDER: readonly Algorithm[] = ['instant', 'inplace', 'shared', 'copy']
/** The engine refuses an algorithm or a lock. */
const REFUSED = /ALGORITHM=|LOCK=/

for (const engine of rawEngines) {
  const { name } = engine
  if (name !== 'mysql' && name !== 'mariadb') continue
  const test = suite(`algorithms of ${name}`)
  const dialect = dialects[name]
  const database = `query_ts_algorithms_${process.pid}`
  let raw: Raw

  test.before(async () => {
    raw = await engine.open()
    await raw.control(`CREATE DATABASE ${database}`)
  })
  test.after(async () => {
    await raw.control(`DROP DATABASE ${database}`)
    await raw.close()
  })

  const fresh = async (): Promise<void> => {
    await raw.control(`DROP DATABASE ${database}`)
    await raw.control(`CREATE DATABASE ${database}`)
    await raw.control(`USE ${database}`)
    for (const sql of statementsOfWork(dialect, ddlWork(dialect, createSteps(shop)))) await raw.control(sql)
    for (const [field, all] of Object.entries(rows)) {
      const t = shop.tables[field as keyof typeof rows] as AnyTable
      const fields = Object.keys(all[0] as object)
      const values = all.map(r => `(${fields.map(f => `'${(r as any)[f]}'`).join(', ')})`)
      await raw.control(
        `INSERT INTO ${t.name} (${fields.map(f => dialect.quote(t.names[f] as string)).join(', ')}) VALUES ${values.join(', ')}`,
      )
    }
  }

  const ids = async (): Promise<string> => JSON.stringify((await raw.control(`${IDS[name]} '${database}/%'`)).map(r => String(r[1])).sort())

  /** The mildest algorithm that the server accepts; the statement is done. */
  const mildest = async (sql: string): Promise<Algorithm> => {
    const before = await ids()
    for (const algorithm of ORDER) {
      try {
        await raw.control(demanding(sql, algorithm))
      } catch (thrown) {
        if (!REFUSED.test(String(thrown))) throw thrown
        continue
      }
      const isRebuilt = algorithm === 'inplace' && (await ids()) !== before
      return isRebuilt ? 'rebuild' : algorithm
    }
    throw new Error(`no algorithm is accepted: ${sql}`)
  }

  test('each kind has the mildest algorithm that the server accepts', async () => {
    const table = TABLES[name]
    const found = new Map<string, Set<string>>()
    for (const [sample, step] of some(Object.entries(samples))) {
      if (sample === 'add a column: numbered') continue
      await fresh()
      for (const { part, work } of partsOf(dialect, step)) {
        const kinds = kindsOfPart(part)
        const statements = statementsOfWork(dialect, work)
        for (const [i, sql] of statements.entries()) {
          const kind = kinds[i]
          if (kind === undefined) await raw.control(sql)
          else found.set(kind, (found.get(kind) ?? new Set()).add(await mildest(sql)))
        }
      }
    }
    const measured = Object.fromEntries([...found].map(([kind, a]) => [kind, [...a].join(' or ')]))
    const sorted = (o: object): object => Object.fromEntries(Object.entries(o).sort(([a], [b]) => (a < b ? -1 : 1)))
    note(`${name}: ${found.size} of ${Object.keys(table).length} kinds`)
    const tried = some([1, 2]).length === 2 ? Object.keys(table) : Object.keys(measured)
    assert.equal(sorted(measured), sorted(Object.fromEntries(tried.map(kind => [kind, (table as any)[kind]]))))
  })

  test.run()
}
