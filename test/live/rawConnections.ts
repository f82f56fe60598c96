/**
 * Plain connections of the drivers, without a runner: what an engine does with a text that a runner refuses.
 *
 * A text is sent as the runners send a raw statement: one statement, prepared. `control` is for set-up.
 */
import mysql from 'mysql2/promise'
import postgres from 'postgres'
import initSqlJs from 'sql.js'
import type { DialectName } from '../../lib/core/value/DialectName.js'
import { mariadbSession, mysqlSession } from '../../lib/sql/mysql/session.js'
import { addressOf, hasNative, servers } from './addresses.js'
import { emptyPglite } from './pgliteCopy.js'

export interface Raw {
  /** The number of columns that the text returns. */
  readonly send: (text: string) => Promise<number>
  readonly control: (text: string) => Promise<readonly (readonly unknown[])[]>
  readonly close: () => Promise<unknown>
}

export interface RawEngine {
  readonly name: string
  readonly dialect: DialectName
  readonly open: () => Promise<Raw>
}

const sqlite: RawEngine = {
  name: 'sqlite',
  dialect: 'sqlite',
  open: async () => {
    const db = new (await initSqlJs()).Database()
    return {
      send: async text => {
        const statement = db.prepare(text)
        try {
          statement.step()
          return statement.getColumnNames().length
        } finally {
          statement.free()
        }
      },
      control: async text => (db.exec(text)[0]?.values ?? []) as unknown[][],
      close: async () => db.close(),
    }
  },
}

const native: RawEngine = {
  name: 'sqlite3',
  dialect: 'sqlite',
  open: async () => {
    const db = new (await import('better-sqlite3')).default(':memory:')
    return {
      send: async text => {
        const statement = db.prepare(text)
        if (!statement.reader) return statement.run().changes * 0
        statement.all()
        return statement.columns().length
      },
      control: async text => {
        if (/^SELECT/.test(text)) return db.prepare(text).raw(true).all() as unknown[][]
        db.exec(text)
        return []
      },
      close: async () => db.close(),
    }
  },
}

const pglite: RawEngine = {
  name: 'pglite',
  dialect: 'postgres',
  open: async () => {
    const db = await emptyPglite()
    return {
      send: async text => (await db.query(text)).fields.length,
      control: async text => (await db.query(text, [], { rowMode: 'array' })).rows as unknown[][],
      close: () => db.close(),
    }
  },
}

const onPostgres: RawEngine = {
  name: 'postgres',
  dialect: 'postgres',
  open: async () => {
    const sql = postgres(addressOf('postgres') as string, { max: 1, onnotice: () => undefined })
    const options = { prepare: false, simple: false } as never
    return {
      send: async text => ((await sql.unsafe(text, [], options)).columns ?? []).length,
      control: async text => (await sql.unsafe(text, [], options).values()) as unknown as unknown[][],
      close: () => sql.end(),
    }
  },
}

const fieldsIn = (fields: unknown): number => (Array.isArray(fields) ? fields.length : 0)

const onMysql = (name: 'mysql' | 'mariadb', session: readonly string[]): RawEngine => ({
  name,
  dialect: name,
  open: async () => {
    const connection = await mysql.createConnection(addressOf(name) as string)
    for (const sql of session) await connection.query(sql)
    return {
      send: async text => {
        try {
          const [, fields] = await connection.execute(text)
          return fieldsIn(fields)
        } catch (thrown) {
          // some statements can't be prepared
          if ((thrown as { readonly errno?: number }).errno !== 1295) throw thrown
          const [, fields] = await connection.query(text)
          return fieldsIn(fields)
        } finally {
          connection.unprepare(text)
        }
      },
      control: async text => (await connection.query({ sql: text, rowsAsArray: true }))[0] as unknown as unknown[][],
      close: () => connection.end(),
    }
  },
})

/** Every engine that is there. */
export const rawEngines: readonly RawEngine[] = [
  sqlite,
  ...(hasNative ? [native] : []),
  pglite,
  ...servers.map(name => (name === 'postgres' ? onPostgres : onMysql(name, name === 'mysql' ? mysqlSession : mariadbSession))),
]
