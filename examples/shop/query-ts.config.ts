/**
 * The configuration of the command line for the shop:
 *
 *     npx query-ts migrate check --config examples/shop/query-ts.config.ts
 *     npx query-ts migrate up --config examples/shop/query-ts.config.ts --database sqlite:shop.db
 */
import { defineConfig } from 'query-ts/config'
import { shop } from './schema.js'

export default defineConfig({
  database: process.env.DATABASE_URL ?? 'memory:',
  schema: shop,
  migrations: './migrations',
})
