/**
 * The catalog of MySQL and MariaDB: the query of all foreign keys.
 *
 * The columns of a key are in `KEY_COLUMN_USAGE`, its actions in `REFERENTIAL_CONSTRAINTS`. Keys of all databases that the user sees are
 * listed, since a table of another database may refer to one of this. A table is the default one of its name if it is in the database of
 * the connection. The actions of a view of the server are words of SQL already.
 */

const IS_DEFAULT = (schema: string): string => `CASE WHEN ${schema} = database() THEN '1' ELSE '0' END`

/** The query of foreign keys (`sql/references`). */
export const references = [
  "SELECT concat_ws('.', k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME), k.CONSTRAINT_NAME,",
  `k.TABLE_SCHEMA, k.TABLE_NAME, ${IS_DEFAULT('k.TABLE_SCHEMA')}, k.COLUMN_NAME,`,
  `k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME, ${IS_DEFAULT('k.REFERENCED_TABLE_SCHEMA')}, k.REFERENCED_COLUMN_NAME,`,
  'r.DELETE_RULE, r.UPDATE_RULE',
  'FROM information_schema.KEY_COLUMN_USAGE AS k JOIN information_schema.REFERENTIAL_CONSTRAINTS AS r',
  'ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME',
  'WHERE k.REFERENCED_TABLE_NAME IS NOT NULL',
  'ORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION',
].join(' ')
