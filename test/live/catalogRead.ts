/**
 * Reads the catalog of a database by `raw` operations with text columns, as the operation `introspect` does.
 *
 * The queries are sent one by one, and not in one snapshot: the tests that use this define nothing meanwhile.
 */
import * as E from 'fp-ts/lib/Either.js'
import mysql from 'mysql2/promise'
import * as assert from 'uvu/assert'
import * as K from '../../lib/Column.js'
import type { SchemaImage } from '../../lib/core/schema/SchemaImage.js'
import type { Runner } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import type { Catalog, CatalogQuery, CatalogRows, CatalogScope } from '../../lib/sql/Catalog.js'
import { mariadbSession, mysqlSession } from '../../lib/sql/mysql/session.js'
import { addressOf } from './addresses.js'
import { template } from './rawText.js'

/** The rows of a query whose columns are texts. */
export const textRows =
  (db: Runner) =>
  async ({ text, columns }: CatalogQuery): Promise<CatalogRows> => {
    const names = Array.from({ length: columns }, (_, i) => `c${i}`)
    const read = await Program.raw(Object.fromEntries(names.map(n => [n, K.nullable(K.text)])))(template(text))({ db })()
    assert.ok(E.isRight(read), E.isLeft(read) ? `${read.left.message}\n${text}` : '')
    const rows = (read as E.Right<readonly { readonly [name: string]: string | null }[]>).right
    return rows.map(row => names.map(n => row[n] ?? null))
  }

/** The image that a catalog reads. */
export const readCatalog = async (
  db: Runner,
  catalog: Catalog,
  scope: CatalogScope = { schemas: [null], temporary: false },
): Promise<SchemaImage> => {
  const rows: CatalogRows[] = []
  for (const query of catalog.queries(scope)) rows.push(await textRows(db)(query))
  return catalog.read(rows, scope)
}

/** A connection of the driver to the database of a runner, for statements that a runner does not send, such as CREATE TRIGGER. */
export const plainConnection = async (name: 'mysql' | 'mariadb', db: Runner): Promise<mysql.Connection> => {
  const [[database = null] = []] = await textRows(db)({ text: 'SELECT CAST(database() AS CHAR)', columns: 1 })
  const url = new URL(addressOf(name) as string)
  url.pathname = `/${database}`
  const connection = await mysql.createConnection({ uri: url.href })
  for (const setting of name === 'mysql' ? mysqlSession : mariadbSession) await connection.query(setting)
  return connection
}

/** Drops the tables and views of an image. */
export const dropImage = async (connection: mysql.Connection, image: SchemaImage): Promise<void> => {
  const quote = (s: string): string => `\`${s.replaceAll('`', '``')}\``
  await connection.query('SET SESSION foreign_key_checks = 0')
  for (const v of image.views) await connection.query(`DROP VIEW ${quote(v.name)}`)
  for (const t of image.tables) await connection.query(`DROP TABLE ${quote(t.name)}`)
  await connection.query('SET SESSION foreign_key_checks = 1')
}
