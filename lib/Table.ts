/**
 * Tables and views: named columns with their keys, described once.
 *
 * `import { table } from 'query-ts/Table'`. Types of rows follow from the columns: `Row<typeof t>`, `Insert<typeof t>`, `Update<typeof t>`, and
 * `Scope<typeof t>` for the part of a query that several share. Foreign keys are given for a whole schema.
 */
export type { Columns, Exprs, Table } from './core/syntax/Syntax.js'
export {
  asIs,
  type Insert,
  type InsertOf,
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
