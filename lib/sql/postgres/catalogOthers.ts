/**
 * What an image of a Postgres table has no word for, one sentence each.
 *
 * Each sentence begins with the kind of thing and its name, and continues with the text by which Postgres defines it: `trigger "log":
 * CREATE TRIGGER ...`. A tool that changes tables shows the sentences, or refuses to replace a table that has some; it does not parse them.
 *
 * Owners, privileges, publications, the settings of sequences and of single columns (STORAGE, COMPRESSION, STATISTICS) are not part of a
 * schema here.
 */

/** A part of the query: the oid of a table, and a sentence. `r` are the tables. */
const PARTS: readonly string[] = [
  // properties of the table
  "SELECT r.oid, 'partitioned by ' || pg_get_partkeydef(r.oid) FROM r WHERE r.relkind = 'p'",
  `SELECT r.oid, CASE WHEN r.relispartition THEN 'partition of ' || h.inhparent::regclass || ' ' || pg_get_expr(r.relpartbound, r.oid)
    ELSE 'inherits from ' || h.inhparent::regclass END
  FROM r JOIN pg_catalog.pg_inherits h ON h.inhrelid = r.oid`,
  "SELECT r.oid, 'unlogged' FROM r WHERE r.relpersistence = 'u'",
  `SELECT r.oid, 'foreign table of the server ' || quote_ident(s.srvname)
  FROM r JOIN pg_catalog.pg_foreign_table f ON f.ftrelid = r.oid JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver`,
  "SELECT r.oid, 'tablespace ' || quote_ident(s.spcname) FROM r JOIN pg_catalog.pg_tablespace s ON s.oid = r.reltablespace",
  "SELECT r.oid, 'storage parameters: ' || array_to_string(r.reloptions, ', ') FROM r WHERE r.reloptions IS NOT NULL",
  `SELECT r.oid, 'replica identity ' || CASE r.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'USING INDEX' END
  FROM r WHERE r.relreplident <> 'd' AND r.relkind <> 'f'`,
  `SELECT r.oid, 'row level security is ' || CASE WHEN r.relrowsecurity THEN 'enabled' ELSE 'disabled' END
    || CASE WHEN r.relforcerowsecurity THEN ', and forced for the owner' ELSE '' END
  FROM r WHERE r.relrowsecurity OR r.relforcerowsecurity`,
  "SELECT r.oid, 'table of the type ' || format_type(r.reloftype, NULL) FROM r WHERE r.reloftype <> 0",
  `SELECT r.oid, 'access method ' || quote_ident(m.amname) FROM r JOIN pg_catalog.pg_am m ON m.oid = r.relam WHERE m.amname <> 'heap'`,
  // its columns
  `SELECT r.oid, 'column ' || quote_ident(a.attname) || ': GENERATED ALWAYS AS IDENTITY'
  FROM r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attidentity = 'a'`,
  // its constraints; those of NOT NULL are in the catalog since Postgres 18
  `SELECT r.oid, CASE k.contype WHEN 'x' THEN 'exclusion constraint ' WHEN 'p' THEN 'primary key ' WHEN 'u' THEN 'unique constraint '
      WHEN 'f' THEN 'foreign key ' ELSE 'constraint ' END || quote_ident(k.conname) || ': ' || pg_get_constraintdef(k.oid)
  FROM r JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid
  LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid
  LEFT JOIN pg_catalog.pg_constraint parent ON parent.oid = k.conparentid
  WHERE parent.conrelid IS DISTINCT FROM k.conrelid AND (k.contype = 'x'
    OR k.contype IN ('p', 'u') AND (k.condeferrable OR i.indnatts > i.indnkeyatts
      OR coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false))
    OR k.contype IN ('p', 'u', 'f') AND i.indisexclusion
    OR k.contype = 'f' AND (k.confmatchtype = 'f' OR k.condeferred
      OR k.confdeltype IN ('n', 'd') AND to_jsonb(k) ->> 'confdelsetcols' IS NOT NULL)
    OR k.contype = 'c' AND k.connoinherit
    OR k.contype = 'n' AND NOT k.convalidated
    OR NOT k.convalidated AND NOT coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true))`,
  // what acts on its rows
  `SELECT r.oid, CASE t.tgenabled WHEN 'D' THEN 'disabled trigger ' ELSE 'trigger ' END || quote_ident(t.tgname) || ': ' || pg_get_triggerdef(t.oid)
  FROM r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal`,
  "SELECT r.oid, 'rule ' || quote_ident(w.rulename) || ': ' || pg_get_ruledef(w.oid) FROM r JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid",
  `SELECT r.oid, 'policy ' || quote_ident(p.polname) || ':' || CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END || ' FOR '
    || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END || ' TO '
    || (SELECT string_agg(CASE o WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(o)) END, ', ') FROM unnest(p.polroles) o)
    || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
    || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
  FROM r JOIN pg_catalog.pg_policy p ON p.polrelid = r.oid`,
  `SELECT r.oid, 'statistics ' || quote_ident(x.stxname) || ': ' || pg_get_statisticsobjdef(x.oid)
  FROM r JOIN pg_catalog.pg_statistic_ext x ON x.stxrelid = r.oid`,
]

/** The query of all sentences, after the common table `r` of tables. */
export const othersQuery = (tables: string): string =>
  `${tables}
SELECT o.oid::text, o.sentence FROM (
${PARTS.join('\nUNION ALL\n')}
) o(oid, sentence)`
