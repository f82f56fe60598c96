/**
 * Keys, foreign keys, checks, indexes and names of Postgres for the tests of its catalog.
 *
 * The form is that of postgresCatalogCases.ts. Statements end with a semicolon at the end of a line. Every expected text was checked against
 * the statements by hand.
 */
import type { CatalogCase } from './postgresCatalogCases.js'

/** What relates columns and tables. */
export const keyCases: readonly CatalogCase[] = [
  {
    title: 'keys of several columns, in their order',
    sql: `
      CREATE TABLE stock (shop int, shelf text COLLATE "C", n int, code int UNIQUE, PRIMARY KEY (shelf, shop), CONSTRAINT two UNIQUE (n, code), UNIQUE (code, n));
      CREATE TABLE moved (id int CONSTRAINT my_key PRIMARY KEY, to_shop int, to_shelf text COLLATE "C",
        FOREIGN KEY (to_shop, to_shelf) REFERENCES stock (shop, shelf),
        CONSTRAINT back FOREIGN KEY (to_shelf, to_shop) REFERENCES stock);`,
    image: `
      table moved
        id: int not null
        to_shop: int
        to_shelf: text
        * primary key my_key (id)
        * foreign key back (to_shelf, to_shop) to stock (shelf, shop)
        * foreign key moved_to_shop_to_shelf_fkey (to_shop, to_shelf) to stock (shop, shelf)
      table stock
        shop: int not null
        shelf: text not null
        n: int
        code: int
        * primary key stock_pkey (shelf, shop)
        * unique stock_code_key (code)
        * unique stock_code_n_key (code, n)
        * unique two (n, code)`,
  },
  {
    title: 'tables that refer to themselves and to each other',
    sql: `
      CREATE TABLE employee (id int PRIMARY KEY, boss int REFERENCES employee, team int NOT NULL);
      CREATE TABLE team (id int PRIMARY KEY, lead int REFERENCES employee (id));
      ALTER TABLE employee ADD CONSTRAINT member FOREIGN KEY (team) REFERENCES team (id) ON DELETE CASCADE;`,
    image: `
      table employee
        id: int not null
        boss: int
        team: int not null
        * primary key employee_pkey (id)
        * foreign key employee_boss_fkey (boss) to employee (id)
        * foreign key member (team) to team (id) on delete cascade
      table team
        id: int not null
        lead: int
        * primary key team_pkey (id)
        * foreign key team_lead_fkey (lead) to employee (id)`,
  },
  {
    title: 'what foreign keys do',
    sql: `
      CREATE TABLE p (id int PRIMARY KEY, a int, b int, UNIQUE (a, b));
      CREATE TABLE c (k1 int REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE, k2 int REFERENCES p ON DELETE SET NULL ON UPDATE RESTRICT,
        k3 int DEFAULT 0 REFERENCES p ON DELETE SET DEFAULT ON UPDATE SET DEFAULT, k4 int REFERENCES p DEFERRABLE,
        k5 int REFERENCES p DEFERRABLE INITIALLY DEFERRED, x int, y int,
        CONSTRAINT full_match FOREIGN KEY (x, y) REFERENCES p (a, b) MATCH FULL,
        CONSTRAINT one_null FOREIGN KEY (x, y) REFERENCES p (a, b) ON DELETE SET NULL (y));
      ALTER TABLE c ADD CONSTRAINT later FOREIGN KEY (x) REFERENCES p NOT VALID;
      ALTER TABLE c ADD CONSTRAINT loose FOREIGN KEY (y) REFERENCES p NOT ENFORCED;`,
    image: `
      table c
        k1: int
        k2: int
        k3: int default 0
        k4: int
        k5: int
        x: int
        y: int
        * foreign key c_k1_fkey (k1) to p (id) on delete cascade on update cascade
        * foreign key c_k2_fkey (k2) to p (id) on delete setNull on update restrict
        * foreign key c_k3_fkey (k3) to p (id) on delete setDefault on update setDefault
        * foreign key c_k4_fkey (k4) to p (id) deferrable
        * foreign key c_k5_fkey (k5) to p (id) deferrable
        * foreign key full_match (x, y) to p (a, b)
        * foreign key later (x) to p (id) not valid
        * foreign key loose (y) to p (id) not valid
        * foreign key one_null (x, y) to p (a, b) on delete setNull
        * other: foreign key c_k5_fkey: FOREIGN KEY (k5) REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED
        * other: foreign key full_match: FOREIGN KEY (x, y) REFERENCES p(a, b) MATCH FULL
        * other: foreign key loose: FOREIGN KEY (y) REFERENCES p(id) NOT ENFORCED
        * other: foreign key one_null: FOREIGN KEY (x, y) REFERENCES p(a, b) ON DELETE SET NULL (y)
      table p
        id: int not null
        a: int
        b: int
        * primary key p_pkey (id)
        * unique p_a_b_key (a, b)`,
  },
  {
    title: 'foreign keys to other database schemas, read alone and together',
    schemas: [null, 'audit'],
    sql: `
      CREATE SCHEMA audit;
      CREATE SCHEMA "Far";
      CREATE TABLE "Far".home (id int PRIMARY KEY);
      CREATE TABLE users (id int PRIMARY KEY, home int REFERENCES "Far".home);
      CREATE TABLE audit.log (id int PRIMARY KEY, by int REFERENCES users, parent int REFERENCES audit.log);
      CREATE TABLE audit.users (id int);`,
    image: `
      table users
        id: int not null
        home: int
        * primary key users_pkey (id)
        * foreign key users_home_fkey (home) to Far.home (id)
      table audit.log
        id: int not null
        by: int
        parent: int
        * primary key log_pkey (id)
        * foreign key log_by_fkey (by) to users (id)
        * foreign key log_parent_fkey (parent) to audit.log (id)
      table audit.users
        id: int`,
  },
  {
    title: 'unique constraints that are no keys',
    sql: `
      CREATE TABLE t (a int, b int, c int, d int, CONSTRAINT late UNIQUE (a) DEFERRABLE, CONSTRAINT nulls UNIQUE NULLS NOT DISTINCT (b),
        CONSTRAINT more UNIQUE (c) INCLUDE (d), PRIMARY KEY (d) DEFERRABLE INITIALLY DEFERRED);`,
    image: `
      table t
        a: int
        b: int
        c: int
        d: int not null
        * primary key t_pkey (d)
        * unique more (c)
        * other: primary key t_pkey: PRIMARY KEY (d) DEFERRABLE INITIALLY DEFERRED
        * other: unique constraint late: UNIQUE (a) DEFERRABLE
        * other: unique constraint more: UNIQUE (c) INCLUDE (d)
        * other: unique constraint nulls: UNIQUE NULLS NOT DISTINCT (b)`,
  },
  {
    title: 'checks',
    sql: `
      CREATE TABLE t (a int CHECK (a > 0), b int CONSTRAINT small CHECK (b < 10 AND b IS NOT NULL), lo int, hi int, CHECK (lo <= hi),
        s text COLLATE "C" CHECK (s IN ('x', 'y')), n int CONSTRAINT here CHECK (n > 1) NO INHERIT, CONSTRAINT lax CHECK (a < 100) NOT ENFORCED);
      ALTER TABLE t ADD CONSTRAINT new_rows CHECK (hi < 5) NOT VALID;
      ALTER TABLE t ADD CONSTRAINT present NOT NULL hi NOT VALID;`,
    image: `
      table t
        a: int
        b: int
        lo: int
        hi: int not null
        s: text
        n: int
        * check here (n > 1)
        * check lax (a < 100) not valid
        * check new_rows (hi < 5) not valid
        * check small ((b < 10) AND (b IS NOT NULL))
        * check t_a_check (a > 0)
        * check t_check (lo <= hi)
        * check t_s_check (s = ANY (ARRAY['x'::text, 'y'::text]))
        * other: constraint here: CHECK ((n > 1)) NO INHERIT
        * other: constraint lax: CHECK ((a < 100)) NOT ENFORCED
        * other: constraint present: NOT NULL hi NOT VALID`,
  },
  {
    title: 'the order of index keys, expressions and conditions',
    sql: `
      CREATE TABLE t (a int, b text COLLATE "C", c timestamptz, doc jsonb);
      CREATE INDEX i1 ON t (a, b DESC, c DESC NULLS LAST);
      CREATE INDEX i2 ON t (c NULLS FIRST);
      CREATE UNIQUE INDEX i3 ON t (lower(b)) WHERE a IS NOT NULL AND b <> ' WHERE (x';
      CREATE INDEX i4 ON t ((a + 1), (doc ->> 'k, ) "'), b);
      CREATE INDEX ON t (a);
      CREATE INDEX ON t (a);`,
    image: `
      table t
        a: int
        b: text
        c: timestampMicros
        doc: json
        * index i1 (a, b desc, c desc nulls last)
        * index i2 (c nulls first)
        * unique index i3 ({lower(b)}) where ((a IS NOT NULL) AND (b <> ' WHERE (x'::text))
        * index i4 ({((a + 1))}, {((doc ->> 'k, ) "'::text))}, b)
        * index t_a_idx (a)
        * index t_a_idx1 (a)`,
  },
  {
    title: 'access methods',
    sql: `
      CREATE TABLE t (tags text[], doc jsonb, at timestamptz, k int, r int4range, f tsvector);
      CREATE INDEX i1 ON t USING gin (tags);
      CREATE INDEX i2 ON t USING gin (doc jsonb_path_ops);
      CREATE INDEX i3 ON t USING brin (at) WITH (pages_per_range = 32);
      CREATE INDEX i4 ON t USING hash (k);
      CREATE INDEX i5 ON t USING gist (r);
      CREATE INDEX i6 ON t USING gin (to_tsvector('english', doc ->> 'body'));
      CREATE INDEX i7 ON t USING spgist (r);
      CREATE INDEX i8 ON t USING gist (f tsvector_ops (siglen = 100), r);`,
    image: `
      table t
        tags: array(text)
        doc: json
        at: timestampMicros
        k: int
        r: <int4range>
        f: <tsvector>
        * index i1 (tags) using gin
        * index i2 (doc) using gin options (doc jsonb_path_ops)
        * index i3 (at) using brin options WITH (pages_per_range='32')
        * index i4 (k) using hash
        * index i5 (r) using gist
        * index i6 ({to_tsvector('english'::regconfig, (doc ->> 'body'::text))}) using gin
        * index i7 (r) using spgist
        * index i8 (f, r) using gist options (f tsvector_ops (siglen='100'), r)`,
  },
  {
    title: 'options of indexes',
    sql: `
      CREATE TABLE t (a int, b text COLLATE "C", "c, d)" text COLLATE "C", e text COLLATE "C");
      CREATE INDEX i1 ON t (a) INCLUDE (b, "c, d)");
      CREATE UNIQUE INDEX i2 ON t (a) NULLS NOT DISTINCT;
      CREATE INDEX i3 ON t (b) WITH (fillfactor = 70, deduplicate_items = off) WHERE a > 0;
      CREATE INDEX i4 ON t (b text_pattern_ops DESC, a);
      CREATE INDEX i5 ON t ("c, d)" COLLATE "und-x-icu", lower(e) text_pattern_ops) INCLUDE (a);
      CREATE INDEX i6 ON t ("c, d)", lower(b) COLLATE "und-x-icu" DESC NULLS LAST);`,
    image: `
      table t
        a: int
        b: text
        c, d): text
        e: text
        * index i1 (a) options INCLUDE (b, "c, d)")
        * unique index i2 (a) options NULLS NOT DISTINCT
        * index i3 (b) where (a > 0) options WITH (fillfactor='70', deduplicate_items=off)
        * index i4 (b desc, a) options (b text_pattern_ops DESC, a)
        * index i5 (c, d), {lower(e)}) options ("c, d)" COLLATE "und-x-icu", lower(e) text_pattern_ops) INCLUDE (a)
        * index i6 (c, d), {lower(b)} desc nulls last) options ("c, d)", lower(b) COLLATE "und-x-icu" DESC NULLS LAST)`,
  },
  {
    title: 'an index that is not valid',
    sql: `
      CREATE TABLE t (a int) PARTITION BY LIST (a);
      CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
      CREATE INDEX half ON ONLY t (a);`,
    image: `
      table t
        a: int
        * index half (a) not valid
        * other: partitioned by LIST (a)
      table t1
        a: int
        * other: partition of t FOR VALUES IN (1)`,
  },
  {
    title: 'names in any case, with quotes and unicode',
    sql: `
      CREATE SCHEMA "Odd "" schema";
      CREATE TABLE "User" ("userId" int PRIMARY KEY, "e-mail" text COLLATE "C", "größe" int, "日本" int, "select" int, "a""b" int, " " int, Folded int);
      CREATE TABLE "Odd "" schema"."T USING (x" ("(" int REFERENCES "User");
      CREATE INDEX "odd USING (i" ON "User" ("a""b", "日本" DESC, "e-mail" text_pattern_ops) INCLUDE (" ");`,
    schemas: [null, 'Odd " schema', "no'such"],
    image: `
      table User
        userId: int not null
        e-mail: text
        größe: int
        日本: int
        select: int
        a"b: int
         : int
        folded: int
        * primary key User_pkey (userId)
        * index odd USING (i (a"b, 日本 desc, e-mail) options ("a""b", "日本" DESC, "e-mail" text_pattern_ops) INCLUDE (" ")
      table Odd " schema.T USING (x
        (: int
        * foreign key T USING (x_(_fkey (() to User (userId)`,
  },
  {
    title: 'exclusion constraints',
    sql: `
      CREATE EXTENSION btree_gist;
      CREATE TABLE booking (room int, during tstzrange, CONSTRAINT free EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (room > 0), EXCLUDE USING gist (during WITH &&) DEFERRABLE);`,
    image: `
      table booking
        room: int
        during: <tstzrange>
        * other: exclusion constraint booking_during_excl: EXCLUDE USING gist (during WITH &&) DEFERRABLE
        * other: exclusion constraint free: EXCLUDE USING gist (room WITH =, during WITH &&) WHERE ((room > 0))`,
  },
]
