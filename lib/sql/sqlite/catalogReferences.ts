/**
 * The catalog of SQLite: the query of all foreign keys.
 *
 * They are pragmas, read as table functions: the tables of all attached files, and the keys of each. SQLite keeps no names of keys. What a
 * REFERENCES names is kept as it was written: the names of the table and its columns are looked up without regard to case, and a key
 * that names no columns refers to the primary key. A key refers to a table of the same file.
 */

const COLUMN =
  'SELECT i.name FROM pragma_table_info(f."table", l.schema) AS i WHERE i.name = f."to" COLLATE NOCASE OR (f."to" IS NULL AND i.pk = f.seq + 1)'

const IS_DEFAULT = "CASE l.schema WHEN 'main' THEN '1' ELSE '0' END"

/** The query of foreign keys (`sql/references`). */
export const references = [
  `SELECT l.schema || '.' || l.name || '.' || f.id, NULL, l.schema, l.name, ${IS_DEFAULT}, f."from",`,
  `l.schema, coalesce(t.name, f."table"), ${IS_DEFAULT}, coalesce((${COLUMN}), f."to"), f.on_delete, f.on_update`,
  'FROM pragma_table_list AS l JOIN pragma_foreign_key_list(l.name, l.schema) AS f',
  'LEFT JOIN pragma_table_list AS t ON t.schema = l.schema AND t.name = f."table" COLLATE NOCASE',
  "WHERE l.type = 'table' ORDER BY l.schema, l.name, f.id, f.seq",
].join(' ')
