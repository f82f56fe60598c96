/**
 * Schemas: tables and the foreign keys between them.
 *
 * `import { fk, schema } from 'query-ts/Schema'`. A schema is what `createAll` creates and `restrictedTo` allows. `validate` finds what no database
 * would accept.
 */
export {
  type AnySchema,
  type Field,
  type ForeignKey,
  fk,
  type ReferentialAction,
  type Schema,
  schema,
  validate,
} from './core/table/Schema.js'
