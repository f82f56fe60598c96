/**
 * Whole schemas of Postgres for the tests of its catalog: what engines have apart from plain tables, and tables as other tools define them.
 *
 * The form is that of postgresCatalogCases.ts. Statements end with a semicolon at the end of a line. Every expected text was checked against
 * the statements by hand.
 */
import type { CatalogCase } from './postgresCatalogCases.js'

/** What is no plain table, and tables of applications. */
export const appCases: readonly CatalogCase[] = [
  {
    title: 'partitioned tables',
    sql: `
      CREATE TABLE kind (id int PRIMARY KEY);
      CREATE TABLE event (id bigint NOT NULL, at date NOT NULL, kind int REFERENCES kind, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
      CREATE INDEX event_kind ON event (kind);
      CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
      CREATE TABLE event_rest PARTITION OF event DEFAULT PARTITION BY HASH (id);
      CREATE TABLE note (id int PRIMARY KEY, event_id bigint, event_at date, FOREIGN KEY (event_id, event_at) REFERENCES event);`,
    image: `
      table event
        id: bigint not null
        at: date not null
        kind: int
        * primary key event_pkey (id, at)
        * index event_kind (kind)
        * foreign key event_kind_fkey (kind) to kind (id)
        * other: partitioned by RANGE (at)
      table event_2024
        id: bigint not null
        at: date not null
        kind: int
        * primary key event_2024_pkey (id, at)
        * index event_2024_kind_idx (kind)
        * foreign key event_kind_fkey (kind) to kind (id)
        * other: partition of event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')
      table event_rest
        id: bigint not null
        at: date not null
        kind: int
        * primary key event_rest_pkey (id, at)
        * index event_rest_kind_idx (kind)
        * foreign key event_kind_fkey (kind) to kind (id)
        * other: partition of event DEFAULT
        * other: partitioned by HASH (id)
      table kind
        id: int not null
        * primary key kind_pkey (id)
      table note
        id: int not null
        event_id: bigint
        event_at: date
        * primary key note_pkey (id)
        * foreign key note_event_id_event_at_fkey (event_id, event_at) to event (id, at)`,
  },
  {
    title: 'inheritance',
    sql: `
      CREATE TABLE city (name text COLLATE "C" NOT NULL, people int CHECK (people >= 0));
      CREATE TABLE river (length int);
      CREATE TABLE capital (country char(2)) INHERITS (city, river);`,
    image: `
      table capital
        name: text not null
        people: int
        length: int
        country: <character(2)>
        * check city_people_check (people >= 0)
        * other: inherits from city
        * other: inherits from river
      table city
        name: text not null
        people: int
        * check city_people_check (people >= 0)
      table river
        length: int`,
  },
  {
    title: 'views',
    sql: `
      CREATE TABLE t (id int PRIMARY KEY, name text COLLATE "C", price numeric(8,2), at timestamptz(3));
      CREATE VIEW cheap AS SELECT id, name, price * 2 AS twice, count(*) OVER () AS n FROM t WHERE price < 5;
      CREATE VIEW named (a, "B") WITH (security_barrier) AS SELECT at, ARRAY[id] FROM t WITH LOCAL CHECK OPTION;
      CREATE VIEW over_view AS SELECT c.id, upper(name) AS name FROM cheap c;
      COMMENT ON VIEW cheap IS 'cheap things';
      CREATE RECURSIVE VIEW nums (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM nums WHERE n < 9;`,
    image: `
      table t
        id: int not null
        name: text
        price: numeric(8,2)
        at: timestamp
        * primary key t_pkey (id)
      view cheap -- cheap things
        id: int
        name: text
        twice: <numeric>
        n: bigint
        * SELECT id, name, (price * (2)::numeric) AS twice, count(*) OVER () AS n FROM t WHERE (price < (5)::numeric)
      view named
        a: timestamp
        B: array(int)
        * SELECT at AS a, ARRAY[id] AS "B" FROM t
      view nums
        n: int
        * WITH RECURSIVE nums(n) AS ( VALUES (1) UNION ALL SELECT (nums_1.n + 1) FROM nums nums_1 WHERE (nums_1.n < 9) ) SELECT n FROM nums
      view over_view
        id: int
        name: text
        * SELECT id, upper(name) AS name FROM cheap c`,
  },
  {
    title: 'materialized views',
    sql: `
      CREATE TABLE sale (day date, amount numeric(10,2));
      CREATE MATERIALIZED VIEW by_day AS SELECT day, sum(amount)::numeric(12,2) AS total FROM sale GROUP BY day;
      CREATE UNIQUE INDEX ON by_day (day);
      COMMENT ON MATERIALIZED VIEW by_day IS 'refreshed at night';`,
    image: `
      table sale
        day: date
        amount: numeric(10,2)
      materialized view by_day -- refreshed at night
        day: date
        total: numeric(12,2)
        * SELECT day, (sum(amount))::numeric(12,2) AS total FROM sale GROUP BY day`,
  },
  {
    title: 'triggers',
    sql: `
      CREATE TABLE t (id int PRIMARY KEY, changed timestamptz);
      CREATE TABLE u (id int REFERENCES t);
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed := now(); RETURN NEW; END $$;
      CREATE TRIGGER touched BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch();
      CREATE TRIGGER "Off" AFTER INSERT ON t EXECUTE FUNCTION touch();
      ALTER TABLE t DISABLE TRIGGER "Off";
      CREATE CONSTRAINT TRIGGER late AFTER INSERT ON u DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touch();`,
    image: `
      table t
        id: int not null
        changed: timestampMicros
        * primary key t_pkey (id)
        * other: disabled trigger "Off": CREATE TRIGGER "Off" AFTER INSERT ON public.t FOR EACH STATEMENT EXECUTE FUNCTION touch()
        * other: trigger touched: CREATE TRIGGER touched BEFORE UPDATE ON public.t FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION touch()
      table u
        id: int
        * foreign key u_id_fkey (id) to t (id)
        * other: trigger late: CREATE CONSTRAINT TRIGGER late AFTER INSERT ON public.u DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touch()`,
  },
  {
    title: 'row level security',
    sql: `
      CREATE TABLE doc (id int PRIMARY KEY, owner text COLLATE "C", open boolean NOT NULL DEFAULT false);
      ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
      ALTER TABLE doc FORCE ROW LEVEL SECURITY;
      CREATE POLICY mine ON doc USING (owner = current_user) WITH CHECK (owner = current_user AND id > 0);
      CREATE POLICY readers ON doc AS RESTRICTIVE FOR SELECT TO pg_read_all_data, pg_monitor USING (open);`,
    image: `
      table doc
        id: int not null
        owner: text
        open: boolean not null default false
        * primary key doc_pkey (id)
        * other: policy mine: FOR ALL TO PUBLIC USING ((owner = CURRENT_USER)) WITH CHECK (((owner = CURRENT_USER) AND (id > 0)))
        * other: policy readers: AS RESTRICTIVE FOR SELECT TO pg_read_all_data, pg_monitor USING (open)
        * other: row level security is enabled, and forced for the owner`,
  },
  {
    title: 'rules, statistics and storage',
    sql: `
      CREATE TABLE t (a int, b int) WITH (fillfactor = 70, autovacuum_enabled = off);
      CREATE RULE quiet AS ON DELETE TO t DO INSTEAD NOTHING;
      CREATE STATISTICS both_of (dependencies) ON a, b FROM t;
      CREATE UNLOGGED TABLE cache (k text COLLATE "C" PRIMARY KEY, v jsonb);
      ALTER TABLE cache REPLICA IDENTITY FULL;
      CREATE TYPE point_type AS (x int, y int);
      CREATE TABLE points OF point_type (PRIMARY KEY (x));`,
    image: `
      table cache
        k: text not null
        v: json
        * primary key cache_pkey (k)
        * other: replica identity FULL
        * other: unlogged
      table points
        x: int not null
        y: int
        * primary key points_pkey (x)
        * other: table of the type point_type
      table t
        a: int
        b: int
        * other: rule quiet: CREATE RULE quiet AS
          ON DELETE TO public.t DO INSTEAD NOTHING;
        * other: statistics both_of: CREATE STATISTICS public.both_of (dependencies) ON a, b FROM t
        * other: storage parameters: fillfactor=70, autovacuum_enabled=off`,
  },
  {
    title: 'foreign tables',
    sql: `
      CREATE FOREIGN DATA WRAPPER nothing;
      CREATE SERVER "Far away" FOREIGN DATA WRAPPER nothing;
      CREATE FOREIGN TABLE remote (id int NOT NULL, name text COLLATE "C" CHECK (name <> '')) SERVER "Far away";`,
    image: `
      table remote
        id: int not null
        name: text
        * check remote_name_check (name <> ''::text)
        * other: foreign table of the server "Far away"`,
  },
  {
    title: 'extensions: their types are used, their views left out',
    sql: `
      CREATE EXTENSION citext;
      CREATE EXTENSION pg_buffercache;
      CREATE EXTENSION vector;
      CREATE SCHEMA ext;
      CREATE EXTENSION hstore SCHEMA ext;
      CREATE TABLE account (email citext UNIQUE, tags citext[], at vector(3), free vector, vectors vector(2)[], extra ext.hstore);
      CREATE INDEX near ON account USING hnsw (at vector_cosine_ops) WITH (m = 8);`,
    image: `
      table account
        email: <citext>
        tags: <citext[]>
        at: vector(3)
        free: <vector>
        vectors: array(vector(2))
        extra: <ext.hstore>
        * unique account_email_key (email)
        * index near (at) using hnsw options (at vector_cosine_ops) WITH (m='8')`,
  },
  {
    title: 'temporary tables',
    temporary: true,
    sql: `
      CREATE TABLE lasting (id int PRIMARY KEY);
      CREATE TEMPORARY TABLE parent (id serial PRIMARY KEY);
      CREATE TEMPORARY TABLE child (id int REFERENCES parent ON DELETE CASCADE, n text COLLATE "C");
      CREATE INDEX child_n ON child (n);
      CREATE TEMPORARY VIEW seen AS SELECT id FROM parent;`,
    image: `
      table child
        id: int
        n: text
        * index child_n (n)
        * foreign key child_id_fkey (id) to parent (id) on delete cascade
      table parent
        id: int not null generated
        * primary key parent_pkey (id)
      view seen
        id: int
        * SELECT id FROM parent`,
  },
  {
    title: 'only the default schema, without temporary tables',
    sql: `
      CREATE SCHEMA hidden;
      CREATE TABLE hidden.secret (id int);
      CREATE TEMPORARY TABLE passing (id int);
      CREATE TABLE shown (id int);`,
    image: `
      table shown
        id: int`,
  },
  {
    title: 'columns that were dropped, added and renamed',
    sql: `
      CREATE TABLE t (gone int, a int, b int, PRIMARY KEY (a, b));
      CREATE INDEX i ON t (b, gone, a);
      ALTER TABLE t DROP gone, ADD c int DEFAULT 7 NOT NULL;
      CREATE INDEX j ON t (c, a);
      ALTER TABLE t RENAME b TO "B";
      CREATE TABLE empty ();`,
    image: `
      table empty
      table t
        a: int not null
        B: int not null
        c: int not null default 7
        * primary key t_pkey (a, B)
        * index j (c, a)`,
  },
  {
    title: 'keys over time',
    sql: `
      CREATE EXTENSION btree_gist;
      CREATE TABLE price (id int, valid daterange, n int, PRIMARY KEY (id, valid WITHOUT OVERLAPS), CONSTRAINT once UNIQUE (n, valid WITHOUT OVERLAPS));
      CREATE TABLE line (id int, valid daterange, FOREIGN KEY (id, PERIOD valid) REFERENCES price);`,
    image: `
      table line
        id: int
        valid: <daterange>
        * other: foreign key line_id_valid_fkey: FOREIGN KEY (id, PERIOD valid) REFERENCES price(id, PERIOD valid)
      table price
        id: int not null
        valid: <daterange> not null
        n: int
        * primary key price_pkey (id, valid)
        * other: primary key price_pkey: PRIMARY KEY (id, valid WITHOUT OVERLAPS)
        * other: unique constraint once: UNIQUE (n, valid WITHOUT OVERLAPS)`,
  },
  {
    title: 'an application on Rails',
    sql: `
      CREATE TABLE users (id bigserial PRIMARY KEY, email varchar DEFAULT '' NOT NULL, encrypted_password varchar DEFAULT '' NOT NULL,
        sign_in_count integer DEFAULT 0 NOT NULL, created_at timestamp(6) NOT NULL, admin boolean DEFAULT false);
      CREATE UNIQUE INDEX index_users_on_email ON users USING btree (email);
      CREATE TABLE posts (id bigserial PRIMARY KEY, title varchar, body text, user_id bigint NOT NULL, published_at timestamp(6), settings jsonb DEFAULT '{}');
      CREATE INDEX index_posts_on_user_id ON posts USING btree (user_id);
      CREATE INDEX index_posts_on_published ON posts (published_at DESC) WHERE published_at IS NOT NULL;
      ALTER TABLE posts ADD CONSTRAINT fk_rails_5b5ddfd518 FOREIGN KEY (user_id) REFERENCES users (id);`,
    image: `
      table posts
        id: bigint not null generated
        title: <character varying>
        body: text~
        user_id: bigint not null
        published_at: <timestamp(6) without time zone>
        settings: json default '{}'::jsonb
        * primary key posts_pkey (id)
        * index index_posts_on_published (published_at desc) where (published_at IS NOT NULL)
        * index index_posts_on_user_id (user_id)
        * foreign key fk_rails_5b5ddfd518 (user_id) to users (id)
      table users
        id: bigint not null generated
        email: <character varying> not null default ''::character varying
        encrypted_password: <character varying> not null default ''::character varying
        sign_in_count: int not null default 0
        created_at: <timestamp(6) without time zone> not null
        admin: boolean default false
        * primary key users_pkey (id)
        * unique index index_users_on_email (email)`,
  },
  {
    title: 'an application on Django',
    sql: `
      CREATE TABLE auth_group (id integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, name varchar(150) NOT NULL UNIQUE);
      CREATE TABLE auth_user_groups (id bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, user_id integer NOT NULL, group_id integer NOT NULL);
      ALTER TABLE auth_user_groups ADD CONSTRAINT uniq UNIQUE (user_id, group_id);
      ALTER TABLE auth_user_groups ADD CONSTRAINT auth_user_groups_group_id_fk FOREIGN KEY (group_id) REFERENCES auth_group (id) DEFERRABLE INITIALLY DEFERRED;
      CREATE INDEX auth_group_name_like ON auth_group (name varchar_pattern_ops);
      CREATE TABLE shop_item (id uuid NOT NULL PRIMARY KEY, price numeric(10, 2) NOT NULL, stock integer NOT NULL CHECK (stock >= 0), ip inet NULL, took interval NOT NULL);`,
    image: `
      table auth_group
        id: int not null generated
        name: varchar(150)~ not null
        * primary key auth_group_pkey (id)
        * unique auth_group_name_key (name)
        * index auth_group_name_like (name) options (name varchar_pattern_ops)
      table auth_user_groups
        id: bigint not null generated
        user_id: int not null
        group_id: int not null
        * primary key auth_user_groups_pkey (id)
        * unique uniq (user_id, group_id)
        * foreign key auth_user_groups_group_id_fk (group_id) to auth_group (id) deferrable
        * other: foreign key auth_user_groups_group_id_fk: FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED
      table shop_item
        id: uuid not null
        price: numeric(10,2) not null
        stock: int not null
        ip: <inet>
        took: <interval> not null
        * primary key shop_item_pkey (id)
        * check shop_item_stock_check (stock >= 0)`,
  },
  {
    title: 'an application on Prisma',
    sql: `
      CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');
      CREATE TABLE "User" ("id" SERIAL NOT NULL, "email" TEXT NOT NULL, "role" "Role" NOT NULL DEFAULT 'USER', "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
      CREATE TABLE "Post" ("id" TEXT NOT NULL, "authorId" INTEGER NOT NULL, "tags" TEXT[], "score" DOUBLE PRECISION NOT NULL DEFAULT 0, CONSTRAINT "Post_pkey" PRIMARY KEY ("id"));
      CREATE TABLE "_PostToUser" ("A" TEXT NOT NULL, "B" INTEGER NOT NULL);
      CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
      CREATE UNIQUE INDEX "_PostToUser_AB_unique" ON "_PostToUser"("A", "B");
      CREATE INDEX "_PostToUser_B_index" ON "_PostToUser"("B");
      ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
      ALTER TABLE "_PostToUser" ADD CONSTRAINT "_PostToUser_A_fkey" FOREIGN KEY ("A") REFERENCES "Post"("id") ON DELETE CASCADE ON UPDATE CASCADE;`,
    image: `
      table Post
        id: text~ not null
        authorId: int not null
        tags: array(text)
        score: float not null default 0
        * primary key Post_pkey (id)
        * foreign key Post_authorId_fkey (authorId) to User (id) on delete restrict on update cascade
      table User
        id: int not null generated
        email: text~ not null
        role: <"Role"> not null default 'USER'::"Role"
        createdAt: <timestamp(3) without time zone> not null default CURRENT_TIMESTAMP
        * primary key User_pkey (id)
        * unique index User_email_key (email)
      table _PostToUser
        A: text~ not null
        B: int not null
        * unique index _PostToUser_AB_unique (A, B)
        * index _PostToUser_B_index (B)
        * foreign key _PostToUser_A_fkey (A) to Post (id) on delete cascade on update cascade`,
  },
  {
    title: 'the films of Pagila',
    sql: `
      CREATE TYPE mpaa_rating AS ENUM ('G', 'PG', 'PG-13', 'R', 'NC-17');
      CREATE DOMAIN year AS integer CONSTRAINT year_check CHECK (VALUE >= 1901 AND VALUE <= 2155);
      CREATE TABLE language (language_id serial PRIMARY KEY, name character(20) NOT NULL, last_update timestamp DEFAULT now() NOT NULL);
      CREATE TABLE film (film_id serial PRIMARY KEY, title varchar(255) NOT NULL, description text, release_year year,
        language_id smallint NOT NULL REFERENCES language ON UPDATE CASCADE ON DELETE RESTRICT, rental_rate numeric(4,2) DEFAULT 4.99 NOT NULL,
        rating mpaa_rating DEFAULT 'G'::mpaa_rating, special_features text[], fulltext tsvector NOT NULL);
      CREATE INDEX film_fulltext_idx ON film USING gist (fulltext);
      CREATE INDEX idx_title ON film USING btree (title);
      CREATE TRIGGER film_fulltext_trigger BEFORE INSERT OR UPDATE ON film FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger('fulltext', 'pg_catalog.english', 'title', 'description');
      CREATE AGGREGATE group_concat(text) (SFUNC = textcat, STYPE = text);`,
    image: `
      table film
        film_id: int not null generated
        title: varchar(255)~ not null
        description: text~
        release_year: <year>
        language_id: smallint not null
        rental_rate: numeric(4,2) not null default 4.99
        rating: <mpaa_rating> default 'G'::mpaa_rating
        special_features: array(text)
        fulltext: <tsvector> not null
        * primary key film_pkey (film_id)
        * index film_fulltext_idx (fulltext) using gist
        * index idx_title (title)
        * foreign key film_language_id_fkey (language_id) to language (language_id) on delete restrict on update cascade
        * other: trigger film_fulltext_trigger: CREATE TRIGGER film_fulltext_trigger BEFORE INSERT OR UPDATE ON public.film FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger('fulltext', 'pg_catalog.english', 'title', 'description')
      table language
        language_id: int not null generated
        name: <character(20)> not null
        last_update: <timestamp without time zone> not null default now()
        * primary key language_pkey (language_id)`,
  },
  {
    title: 'functions, sequences and types alone',
    sql: `
      CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
      CREATE SEQUENCE numbers;
      CREATE TYPE pair AS (a int, b int);`,
    image: '',
  },
]
