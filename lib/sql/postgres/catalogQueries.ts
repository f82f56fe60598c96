/**
 * The queries of the catalog of Postgres, in the order in which `systemCatalog` reads their rows.
 *
 * One query each for relations, columns, constraints, indexes, and all that an image has no word for. They use the system catalogs and not
 * information_schema, which hides what the user may not change. Lists are JSON, all columns are cast to text, the first column is the oid of
 * the table. Names are not folded or quoted, except inside of expressions and sentences. Objects of an extension are left out.
 *
 * They name only columns that Postgres 12 has; a column that a later version has added is read from its row as JSON, where it may be missing.
 * Measured on 18.6.
 */
import type { CatalogQuery, CatalogScope } from '../Catalog.js'
import { othersQuery } from './catalogOthers.js'
import { quoted } from './ddl.js'

/** The oids of the database schemas in scope. */
const namespaces = (scope: CatalogScope): string => {
  if (scope.temporary) return 'SELECT pg_my_temp_schema()'
  const names = scope.schemas.map(s => (s === null ? 'current_schema()' : quoted(s)))
  return `SELECT oid FROM pg_catalog.pg_namespace WHERE nspname IN (${['NULL', ...names].join(', ')})`
}

/** The common table `r`: the relations in scope, of some kinds. */
const relations = (scope: CatalogScope, kinds: string): string => `WITH r AS MATERIALIZED (
  SELECT c.* FROM pg_catalog.pg_class c
  WHERE c.relnamespace IN (${namespaces(scope)}) AND c.relkind IN (${[...kinds].map(quoted).join(', ')})
    AND NOT EXISTS (
      SELECT 1 FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))`

/** Tables, partitioned tables, foreign tables. */
const TABLES = 'rpf'

/** The schema of a name: null for the default one and for that of temporary tables. */
const schemaOf = (n: string): string =>
  `CASE WHEN ${n}.nspname = current_schema() OR ${n}.oid = pg_my_temp_schema() THEN NULL ELSE ${n}.nspname::text END`

const comment = (oid: string, column: string): string => `(SELECT d.description FROM pg_catalog.pg_description d
    WHERE d.objoid = ${oid} AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = ${column})`

const relationsQuery = (scope: CatalogScope): string => `${relations(scope, `${TABLES}vm`)}
SELECT r.oid::text, ${schemaOf('n')}, r.relname::text, r.relkind::text,
  ${comment('r.oid', '0')},
  CASE WHEN r.relkind IN ('v', 'm') THEN pg_get_viewdef(r.oid) END
FROM r JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace`

/** Whether texts without a collation compare by code point: so do all locales of the builtin provider, and "C" of libc. */
const IS_DEFAULT_C = `(SELECT CASE coalesce(to_jsonb(d) ->> 'datlocprovider', 'c')
    WHEN 'b' THEN true WHEN 'c' THEN d.datcollate IN ('C', 'POSIX') ELSE false END
  FROM pg_catalog.pg_database d WHERE d.datname = current_database())`

/** A column has a sequence of its own from which its default draws, as `serial` defines it. */
const IS_SERIAL = `pg_get_expr(f.adbin, f.adrelid) LIKE 'nextval(%::regclass)' AND EXISTS (
    SELECT 1 FROM pg_catalog.pg_depend used JOIN pg_catalog.pg_depend own
      ON own.classid = used.refclassid AND own.objid = used.refobjid
    WHERE used.classid = 'pg_catalog.pg_attrdef'::regclass AND used.objid = f.oid
      AND used.refclassid = 'pg_catalog.pg_class'::regclass
      AND own.refclassid = used.refclassid AND own.refobjid = a.attrelid AND own.refobjsubid = a.attnum AND own.deptype = 'a')`

const columnsQuery = (scope: CatalogScope): string => `${relations(scope, `${TABLES}vm`)}, facts AS (SELECT ${IS_DEFAULT_C} AS is_default_c)
SELECT a.attrelid::text, a.attname::text, format_type(a.atttypid, a.atttypmod) || repeat('[]', a.attndims - 1),
  CASE WHEN a.attcollation <> t.typcollation
    THEN CASE WHEN ln.nspname = 'pg_catalog' THEN '' ELSE quote_ident(ln.nspname) || '.' END || quote_ident(l.collname) END,
  (tn.nspname = 'pg_catalog' OR coalesce(e.typname, t.typname) = 'vector')::text,
  facts.is_default_c::text, a.attnotnull::text,
  CASE WHEN a.attidentity <> '' THEN 'identity' WHEN ${IS_SERIAL} THEN 'serial'
    WHEN a.attgenerated = 's' THEN 'stored' WHEN a.attgenerated <> '' THEN 'virtual' WHEN f.oid IS NOT NULL THEN 'default' END,
  pg_get_expr(f.adbin, f.adrelid),
  ${comment('a.attrelid', 'a.attnum')}
FROM r CROSS JOIN facts
JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typlen = -1 AND t.typtype = 'b'
JOIN pg_catalog.pg_namespace tn ON tn.oid = coalesce(e.typnamespace, t.typnamespace)
LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
ORDER BY a.attrelid, a.attnum`

/** The names of columns, in the order of a list of their numbers. */
const namesOf = (table: string, numbers: string): string => `(SELECT json_agg(a.attname ORDER BY u.i)::text
    FROM unnest(${numbers}) WITH ORDINALITY u(n, i) JOIN pg_catalog.pg_attribute a ON a.attrelid = ${table} AND a.attnum = u.n)`

/**
 * Keys, checks and foreign keys, without the copies that Postgres makes of a foreign key for each partition of its target. A unique
 * constraint that is no key is left to `othersQuery`, as are keys and foreign keys over time (WITHOUT OVERLAPS and PERIOD of Postgres 18),
 * whose index is one of exclusion.
 */
const constraintsQuery = (scope: CatalogScope): string => `${relations(scope, TABLES)}
SELECT k.conrelid::text, k.contype::text, k.conname::text, ${namesOf('k.conrelid', 'k.conkey')},
  ${schemaOf('tn')}, t.relname::text, ${namesOf('k.confrelid', 'k.confkey')},
  k.confdeltype::text, k.confupdtype::text, k.condeferrable::text, k.convalidated::text,
  CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END
FROM r JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('p', 'u', 'f', 'c')
LEFT JOIN pg_catalog.pg_class t ON t.oid = k.confrelid
LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('u', 'f')
LEFT JOIN pg_catalog.pg_constraint parent ON parent.oid = k.conparentid
WHERE parent.conrelid IS DISTINCT FROM k.conrelid
  AND NOT (k.contype = 'u' AND (k.condeferrable OR coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)))
  AND NOT coalesce(i.indisexclusion, false)`

const indexesQuery = (scope: CatalogScope): string => `${relations(scope, `${TABLES}`)}
SELECT i.indrelid::text, c.relname::text, i.indisunique::text, (i.indisvalid AND i.indisready)::text, m.amname::text,
  (SELECT json_agg(json_build_array(a.attname, pg_get_indexdef(i.indexrelid, k, false), i.indoption[k - 1]) ORDER BY k)::text
    FROM generate_series(1, i.indnkeyatts) k LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k - 1]
      AND i.indkey[k - 1] <> 0),
  pg_get_expr(i.indpred, i.indrelid), pg_get_indexdef(i.indexrelid), quote_ident(s.spcname)
FROM r JOIN pg_catalog.pg_index i ON i.indrelid = r.oid
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_am m ON m.oid = c.relam
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))`

/** All queries: relations, columns, constraints, indexes, others. */
export const queries = (scope: CatalogScope): readonly CatalogQuery[] => [
  { text: relationsQuery(scope), columns: 6 },
  { text: columnsQuery(scope), columns: 10 },
  { text: constraintsQuery(scope), columns: 12 },
  { text: indexesQuery(scope), columns: 9 },
  { text: othersQuery(relations(scope, TABLES)), columns: 2 },
]
