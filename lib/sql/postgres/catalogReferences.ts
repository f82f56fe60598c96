/**
 * The catalog of Postgres: the query of all foreign keys.
 *
 * It reads `pg_constraint`, whose arrays pair the columns of a key with those it refers to. The keys that Postgres makes for the partitions
 * of a table are left out: the key of the partitioned table stands for them. A table is the default one of its name if `search_path` finds
 * it, temporary tables included.
 */

const ACTION = (column: string): string =>
  `CASE ${column} WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END`

const IS_DEFAULT = (table: string): string => `CASE WHEN pg_table_is_visible(${table}.oid) THEN '1' ELSE '0' END`

/** The query of foreign keys (`sql/references`). */
export const references = [
  `SELECT c.oid::text, c.conname::text, n.nspname::text, r.relname::text, ${IS_DEFAULT('r')}, a.attname::text,`,
  `tn.nspname::text, t.relname::text, ${IS_DEFAULT('t')}, ta.attname::text, ${ACTION('c.confdeltype')}, ${ACTION('c.confupdtype')}`,
  'FROM pg_constraint AS c',
  'JOIN pg_class AS r ON r.oid = c.conrelid JOIN pg_namespace AS n ON n.oid = r.relnamespace',
  'JOIN pg_class AS t ON t.oid = c.confrelid JOIN pg_namespace AS tn ON tn.oid = t.relnamespace',
  'CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k (own, other, place)',
  'JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.own',
  'JOIN pg_attribute AS ta ON ta.attrelid = c.confrelid AND ta.attnum = k.other',
  "WHERE c.contype = 'f' AND c.conparentid = 0 ORDER BY c.oid, k.place",
].join(' ')
