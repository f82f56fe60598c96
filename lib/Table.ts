/**
 * Tables and views: named columns with their keys.
 *
 * `import { table } from 'query-ts/Table'`. The types of rows follow from the columns: `Row<typeof t>`, `Insert<typeof t>`, `Update<typeof t>`, and
 * `Scope<typeof t>` for conditions and steps that several queries share. Foreign keys are declared for a whole schema.
 */
export type { Columns, Exprs, Table } from './core/syntax/Syntax.js'
export {
  asIs,
  type CheckOptions,
  type IndexOptions,
  type Insert,
  type InsertOf,
  type KeyOptions,
  type Naming,
  type Row,
  type Scope,
  snakeCase,
  type TableOptions,
  table,
  type Update,
  type UpdateOf,
  type ViewOptions,
  view,
} from './core/table/Table.js'
