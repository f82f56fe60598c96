/**
 * The shop of the tests of the command line: a configuration over an SQLite file, a schema, and migrations.
 *
 * The schema is a module of an application, which the configuration imports and migrations may not. `migrationText` makes a migration whose steps are
 * TypeScript.
 */
import type { Files } from './project.js'

export const SCHEMA = `
import { generated, int, nullable, numeric, text } from 'query-ts/Column'
import { fk, schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'

export const authors = table('author', { id: generated(int), name: text })
export const books = table('book', { id: generated(int), authorId: int, title: text })

export const shop = schema({ authors, books }, t => ({ books: { author: fk(t.books.authorId, t.authors.id) } }))
`

const CONFIG = `
import { defineConfig } from 'query-ts/config'
import { shop } from './src/schema.js'

export default defineConfig({ database: 'sqlite:shop.db', schema: shop })
`

export const SHOP: Files = { 'query-ts.config.ts': CONFIG, 'src/schema.ts': SCHEMA }

/** The text of a migration of the shop's tables; \`up\` is an expression. */
export const stepFile = (name: string, from: string | null, up: string): string => `
import * as C from 'query-ts/Command'
import { generated, int, nullable, text } from 'query-ts/Column'
import { lit } from 'query-ts/Expr'
import * as Migrate from 'query-ts/Migrate'
import { fk, schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'

const authors = table('author', { id: generated(int), name: text })
const books = table('book', { id: generated(int), authorId: int, title: text })
const shop = schema({ authors, books }, t => ({ books: { author: fk(t.books.authorId, t.authors.id) } }))

export default Migrate.migration({ name: '${name}', from: ${from === null ? 'null' : `'${from}'`}, up: [${up}] })
`

export const FIRST = '20260101T0000_first'

/** The shop with a first migration that creates its tables. */
export const MIGRATED: Files = { ...SHOP, [`migrations/${FIRST}.ts`]: stepFile(FIRST, null, 'Migrate.create(shop)') }
