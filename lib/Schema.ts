/**
 * Schemas: tables and the foreign keys between them.
 *
 * `import { fk, schema } from 'query-ts/Schema'`. A schema is what `createAll` creates and `restrictedTo` allows. `validate` says what of it no
 * database would take.
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
