/**
 * SQLite schemas as others write them, and what the catalog reads of each.
 *
 * Each case has its DDL, in the style of the tool or person that it names, and the image as `describe` prints it. The texts are those of real
 * migrations, shortened: what differs is quoting, declared types, the place of constraints, and how much SQLite leaves to chance.
 */
export interface Case {
  readonly name: string
  /** Statements, separated by a line with two dashes. */
  readonly ddl: string
  readonly image: string
}

const notStrict = '  * It is not STRICT: its columns can hold values of any type.'
const reused = '  * Its key has no AUTOINCREMENT: keys of deleted rows can be generated again.'

export const cases: readonly Case[] = [
  {
    name: 'django: a model with a foreign key',
    ddl: `CREATE TABLE IF NOT EXISTS "auth_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "date_joined" datetime NOT NULL)
--
CREATE TABLE "blog_post" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(200) NOT NULL, "slug" varchar(50) NOT NULL, "rating" integer unsigned NOT NULL CHECK ("rating" >= 0), "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), "author_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "unique_slug" UNIQUE ("author_id", "slug"))
--
CREATE INDEX "blog_post_author_id_dd7a8485" ON "blog_post" ("author_id")`,
    image: `table auth_user
  id bigint generated
  password <varchar(128)>
  last_login <datetime>?
  is_superuser <bool>
  username <varchar(150)>
  date_joined <datetime>
  primary key (id)
  unique (username)
${notStrict}
table blog_post
  id bigint generated
  title <varchar(200)>
  slug <varchar(50)>
  rating <integer unsigned>
  data text
  author_id bigint
  primary key (id)
  unique unique_slug (author_id, slug)
  index blog_post_author_id_dd7a8485 (author_id)
  check "rating" >= 0
  check (JSON_VALID("data") OR "data" IS NULL)
  key (author_id) to auth_user (id) deferrable
${notStrict}`,
  },
  {
    name: 'django: a many-to-many table and a conditional constraint',
    ddl: `CREATE TABLE "tag" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" text NOT NULL)
--
CREATE TABLE "post_tags" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "tag_id" bigint NOT NULL REFERENCES "tag" ("id") DEFERRABLE INITIALLY DEFERRED)
--
CREATE UNIQUE INDEX "post_tags_uniq" ON "post_tags" ("tag_id") WHERE "tag_id" > 3`,
    image: `table post_tags
  id bigint generated
  tag_id <bigint>
  primary key (id)
  unique index post_tags_uniq (tag_id) where "tag_id" > 3
  key (tag_id) to tag (id) deferrable
${notStrict}
table tag
  id bigint generated
  name text
  primary key (id)
${notStrict}`,
  },
  {
    name: 'rails: a schema of ActiveRecord',
    ddl: `CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY)
--
CREATE TABLE "users" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "email" varchar DEFAULT '' NOT NULL, "sign_in_count" integer DEFAULT 0, "admin" boolean DEFAULT FALSE NOT NULL, "balance" decimal(10,2) DEFAULT 0.0, "reset_at" datetime(6) DEFAULT NULL, "created_at" datetime(6) NOT NULL)
--
CREATE UNIQUE INDEX "index_users_on_email" ON "users" ("email") /*application='Shop'*/
--
CREATE TABLE "orders" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "user_id" integer NOT NULL, "state" varchar DEFAULT 'new', CONSTRAINT "fk_rails_f868b47f6a"
FOREIGN KEY ("user_id")
  REFERENCES "users" ("id")
 ON DELETE CASCADE, CONSTRAINT chk_state CHECK (state IN ('new', 'paid')))
--
CREATE INDEX "index_orders_on_user_id_and_state" ON "orders" ("user_id", "state" DESC)`,
    image: `table orders
  id bigint generated
  user_id bigint
  state <varchar>? default 'new'
  primary key (id)
  index index_orders_on_user_id_and_state (user_id, state desc)
  check chk_state state IN ('new', 'paid')
  key fk_rails_f868b47f6a (user_id) to users (id) on delete cascade
${notStrict}
table schema_migrations
  version <varchar>
  primary key (version)
${notStrict}
table users
  id bigint generated
  email <varchar> default ''
  sign_in_count bigint? default 0
  admin <boolean> default FALSE
  balance <decimal(10,2)>? default 0.0
  reset_at <datetime(6)>?
  created_at <datetime(6)>
  primary key (id)
  unique index index_users_on_email (email)
${notStrict}`,
  },
  {
    name: 'drizzle: backticks, keys without names',
    ddl: `CREATE TABLE \`users\` (
	\`id\` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	\`name\` text NOT NULL,
	\`created_at\` integer DEFAULT (strftime('%s', 'now')) NOT NULL,
	\`role\` text DEFAULT 'user'
)
--
CREATE UNIQUE INDEX \`users_name_unique\` ON \`users\` (\`name\`)
--
CREATE TABLE \`posts\` (
	\`id\` text PRIMARY KEY NOT NULL,
	\`author\` integer,
	\`body\` blob,
	FOREIGN KEY (\`author\`) REFERENCES \`users\`(\`id\`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "age_check" CHECK("posts"."id" <> '')
)
--
CREATE TABLE \`both\` (\`a\` integer NOT NULL, \`b\` integer NOT NULL, PRIMARY KEY(\`a\`, \`b\`))`,
    image: `table both
  a bigint
  b bigint
  primary key (a, b)
${notStrict}
table posts
  id text
  author bigint?
  body bytes?
  primary key (id)
  check age_check "posts"."id" <> ''
  key (author) to users (id) on delete set null
${notStrict}
table users
  id bigint generated
  name text
  created_at bigint default strftime('%s', 'now')
  role text? default 'user'
  primary key (id)
  unique index users_name_unique (name)
${notStrict}`,
  },
  {
    name: 'prisma: comments and double quotes',
    ddl: `-- CreateTable
CREATE TABLE "User" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "email" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "score" DECIMAL NOT NULL DEFAULT 0,
    "meta" JSONB
)
--
CREATE TABLE "Post" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "published" BOOLEAN NOT NULL DEFAULT false,
    "views" BIGINT,
    "authorId" INTEGER NOT NULL,
    CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
)
--
CREATE UNIQUE INDEX "User_email_key" ON "User"("email")`,
    image: `table Post
  id text
  published <BOOLEAN> default false
  views <BIGINT>?
  authorId bigint
  primary key (id)
  key Post_authorId_fkey (authorId) to User (id) on delete restrict on update cascade
${notStrict}
table User
  id bigint generated
  email text
  createdAt <DATETIME> default CURRENT_TIMESTAMP
  score <DECIMAL> default 0
  meta <JSONB>?
  primary key (id)
  unique index User_email_key (email)
${notStrict}`,
  },
  {
    name: 'typeorm: names for primary keys',
    ddl: `CREATE TABLE "photo" ("id" varchar PRIMARY KEY NOT NULL, "size" float, "isOld" boolean NOT NULL DEFAULT (1), "at" datetime NOT NULL DEFAULT (datetime('now')))
--
CREATE TABLE "pair" ("a" integer NOT NULL, "b" text NOT NULL, CONSTRAINT "UQ_b" UNIQUE ("b"), CONSTRAINT "PK_pair" PRIMARY KEY ("a", "b"))`,
    image: `table pair
  a bigint
  b text
  primary key PK_pair (a, b)
  unique UQ_b (b)
${notStrict}
table photo
  id <varchar>
  size <float>?
  isOld <boolean> default 1
  at <datetime> default datetime('now')
  primary key (id)
${notStrict}`,
  },
  {
    name: 'sqlalchemy: constraints on lines of their own',
    ddl: `CREATE TABLE employee (
	id INTEGER NOT NULL, 
	name VARCHAR(50), 
	manager_id INTEGER, 
	kind VARCHAR(3) NOT NULL, 
	CONSTRAINT pk_employee PRIMARY KEY (id), 
	CONSTRAINT uq_employee_name UNIQUE (name), 
	CONSTRAINT fk_employee_manager FOREIGN KEY(manager_id) REFERENCES employee (id) ON DELETE SET NULL, 
	CONSTRAINT kinds CHECK (kind IN ('one', 'two'))
)
--
CREATE INDEX ix_employee_lower ON employee (lower(name), manager_id DESC)`,
    image: `table employee
  id bigint generated
  name <VARCHAR(50)>?
  manager_id bigint?
  kind <VARCHAR(3)>
  primary key pk_employee (id)
  unique uq_employee_name (name)
  index ix_employee_lower ({lower(name)}, manager_id desc)
  check kinds kind IN ('one', 'two')
  key fk_employee_manager (manager_id) to employee (id) on delete set null
${notStrict}
${reused}`,
  },
  {
    name: 'laravel',
    ddl: `CREATE TABLE "cache" ("key" varchar not null, "value" text not null, "expiration" integer not null, primary key ("key"))
--
CREATE TABLE "jobs" ("id" integer primary key autoincrement not null, "attempts" integer not null, "status" varchar check ("status" in ('a', 'b')) not null default 'a')
--
CREATE INDEX "jobs_status_index" on "jobs" ("status")`,
    image: `table cache
  key <varchar>
  value text
  expiration bigint
  primary key (key)
${notStrict}
table jobs
  id bigint generated
  attempts bigint
  status <varchar> default 'a'
  primary key (id)
  index jobs_status_index (status)
  check "status" in ('a', 'b')
${notStrict}`,
  },
  {
    name: 'knex: lower case, implicit target',
    ddl: `CREATE TABLE \`account\` (\`id\` integer not null primary key autoincrement, \`name\` varchar(255))
--
CREATE TABLE \`session\` (\`sid\` varchar(255) not null, \`account_id\` integer null, foreign key(\`account_id\`) references \`account\`, primary key (\`sid\`))`,
    image: `table account
  id bigint generated
  name <varchar(255)>?
  primary key (id)
${notStrict}
table session
  sid <varchar(255)>
  account_id bigint?
  primary key (sid)
  key (account_id) to account (id)
${notStrict}`,
  },
  {
    name: 'by hand: no types at all',
    ddl: `create table log(at, who default 'me', what)`,
    image: `table log
  at <>?
  who <>? default 'me'
  what <>?
${notStrict}`,
  },
  {
    name: 'by hand: keys that are row numbers',
    ddl: `create table a(id integer primary key, x int)
--
create table b(id INTEGER, primary key(id desc))
--
create table c(id integer primary key desc)
--
create table d(id int primary key)
--
create table e(id integer primary key) without rowid`,
    image: `table a
  id bigint generated
  x bigint?
  primary key (id)
${notStrict}
${reused}
table b
  id bigint generated
  primary key (id)
  * It has the constraint primary key(id desc).
${notStrict}
${reused}
table c
  id bigint?
  primary key (id)
  * It has the constraint id primary key desc.
${notStrict}
table d
  id bigint?
  primary key (id)
${notStrict}
table e
  id bigint
  primary key (id)
  * It is WITHOUT ROWID.
${notStrict}`,
  },
  {
    name: 'by hand: STRICT, WITHOUT ROWID and comments',
    ddl: `CREATE TABLE price /* what things cost */ (
  -- the thing
  thing TEXT NOT NULL, /* not about the thing */
  amount INTEGER /* price per unit [query-ts numeric(8,2)] */ NOT NULL,
  since TEXT NOT NULL /* [query-ts date] */,
  note TEXT CHECK (note <> '/* no comment */' /* but one */),
  wrong INTEGER /* stored otherwise [query-ts date] */,
  anything ANY,
  PRIMARY KEY (thing, since) -- the key
) STRICT, WITHOUT ROWID`,
    image: `table price -- what things cost
  thing text
  amount numeric(8,2) -- price per unit
  since date
  note text?
  wrong bigint? -- stored otherwise
  anything <ANY>?
  primary key (thing, since)
  check note <> '/* no comment */' /* but one */
  * It is WITHOUT ROWID.`,
  },
  {
    name: 'by hand: names that are keywords, and every kind of quote',
    ddl: `CREATE TABLE "order" ("select" TEXT, [from] INTEGER, \`where\` REAL, 'group' BLOB, key TEXT, "a ""b"" )," TEXT, [x--y] TEXT, "it's /* */" TEXT, CONSTRAINT 'the key' PRIMARY KEY ([from], "select"), CONSTRAINT [u n] UNIQUE (key, 'group'))
--
CREATE INDEX "index" ON "order" ([where] ASC, "a ""b"" )," DESC)`,
    image: `table order
  select text?
  from bigint?
  where float?
  group bytes?
  key text?
  a "b" ), text?
  x--y text?
  it's /* */ text?
  primary key the key (from, select)
  unique u n (key, group)
  index index (where, a "b" ), desc)
${notStrict}`,
  },
  {
    name: 'by hand: computed columns',
    ddl: `CREATE TABLE box (w INTEGER NOT NULL, h INTEGER NOT NULL, area INTEGER GENERATED ALWAYS AS (w * h) STORED CHECK (area > 0), half REAL AS ((w * h) / 2.0) VIRTUAL, label TEXT NOT NULL GENERATED ALWAYS AS ('box(' || w || ')'))`,
    image: `table box
  w bigint
  h bigint
  area bigint? as w * h stored
  half float? as (w * h) / 2.0
  label text as 'box(' || w || ')'
  check area > 0
${notStrict}`,
  },
  {
    name: 'by hand: every action of a foreign key, targets in other cases',
    ddl: `CREATE TABLE Parent (Id INTEGER PRIMARY KEY AUTOINCREMENT, Code TEXT UNIQUE)
--
CREATE TABLE Pair (A TEXT, B TEXT, PRIMARY KEY (A, B))
--
CREATE TABLE child (
  a INTEGER CONSTRAINT fk_a REFERENCES PARENT ON DELETE CASCADE,
  b INTEGER REFERENCES parent(ID) ON DELETE SET NULL ON UPDATE SET DEFAULT DEFAULT 3,
  c TEXT REFERENCES parent(code) ON UPDATE RESTRICT NOT DEFERRABLE INITIALLY DEFERRED,
  d TEXT CONSTRAINT fk_d REFERENCES parent(code) MATCH FULL DEFERRABLE INITIALLY DEFERRED NOT NULL,
  e TEXT, f TEXT,
  CONSTRAINT fk_ef FOREIGN KEY (E, f) REFERENCES pair ON DELETE NO ACTION,
  FOREIGN KEY (e) REFERENCES missing(X)
)`,
    image: `table Pair
  A text?
  B text?
  primary key (A, B)
${notStrict}
table Parent
  Id bigint generated
  Code text?
  primary key (Id)
  unique (Code)
${notStrict}
table child
  a bigint?
  b bigint? default 3
  c text?
  d text
  e text?
  f text?
  key fk_a (a) to Parent (Id) on delete cascade
  key fk_d (d) to Parent (Code) deferrable
  key fk_ef (e, f) to Pair (A, B)
  key (b) to Parent (Id) on delete set null on update set default
  key (c) to Parent (Code) on update restrict
  key (e) to missing (X)
${notStrict}`,
  },
  {
    name: 'by hand: a cycle of tables',
    ddl: `CREATE TABLE hen (id INTEGER PRIMARY KEY AUTOINCREMENT, egg INTEGER REFERENCES egg(id))
--
CREATE TABLE egg (id INTEGER PRIMARY KEY AUTOINCREMENT, hen INTEGER CONSTRAINT laid_by REFERENCES hen)`,
    image: `table egg
  id bigint generated
  hen bigint?
  primary key (id)
  key laid_by (hen) to hen (id)
${notStrict}
table hen
  id bigint generated
  egg bigint?
  primary key (id)
  key (egg) to egg (id)
${notStrict}`,
  },
  {
    name: 'by hand: conflict clauses and orders of keys',
    ddl: `CREATE TABLE kv (k TEXT NOT NULL ON CONFLICT IGNORE, v TEXT UNIQUE ON CONFLICT REPLACE, w TEXT, PRIMARY KEY (k DESC), CONSTRAINT vw UNIQUE (v COLLATE NOCASE, w ASC) ON CONFLICT FAIL)`,
    image: `table kv
  k text
  v text?
  w text?
  primary key (k)
  unique (v)
  unique vw (v, w)
  * It has the constraint PRIMARY KEY (k DESC).
  * It has the constraint UNIQUE (v COLLATE NOCASE, w ASC) ON CONFLICT FAIL.
  * It has the constraint k NOT NULL ON CONFLICT IGNORE.
  * It has the constraint v UNIQUE ON CONFLICT REPLACE.
${notStrict}`,
  },
  {
    name: 'by hand: collations',
    ddl: `CREATE TABLE person (name TEXT COLLATE NOCASE NOT NULL, code TEXT COLLATE BINARY, tail VARCHAR(9) COLLATE RTRIM, plain TEXT)
--
CREATE INDEX person_name ON person (name)
--
CREATE INDEX person_exact ON person (name COLLATE BINARY, plain COLLATE NOCASE DESC)
--
CREATE INDEX person_lower ON person (lower(plain) COLLATE NOCASE)`,
    image: `table person
  name <TEXT COLLATE NOCASE>
  code text?
  tail <VARCHAR(9) COLLATE RTRIM>?
  plain text?
  index person_exact (name, plain desc) with "name" COLLATE BINARY, "plain" COLLATE NOCASE
  index person_lower ({lower(plain) COLLATE NOCASE})
  index person_name (name)
${notStrict}`,
  },
  {
    name: 'by hand: indexes over expressions and of some rows',
    ddl: `CREATE TABLE doc (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT, "desc" INTEGER, asc INTEGER, gone INTEGER)
--
CREATE UNIQUE INDEX doc_1 ON doc (json_extract(body, '$.a,b'), (id + "desc") DESC) WHERE gone IS NULL AND body <> ')'
--
CREATE INDEX doc_2 ON doc ("desc", (asc), asc DESC)
--
CREATE INDEX doc_3 ON doc ((id) + (gone), -"desc" /* turned */ ASC)`,
    image: `table doc
  id bigint generated
  body text?
  desc bigint?
  asc bigint?
  gone bigint?
  primary key (id)
  unique index doc_1 ({json_extract(body, '$.a,b')}, {id + "desc"} desc) where gone IS NULL AND body <> ')'
  index doc_2 (desc, asc, asc desc)
  index doc_3 ({(id) + (gone)}, {-"desc"})
${notStrict}`,
  },
  {
    name: 'by hand: defaults',
    ddl: `CREATE TABLE d (a INTEGER DEFAULT -5, b INTEGER DEFAULT +1.5e-3, c TEXT DEFAULT 'it''s', d TEXT DEFAULT (upper('x') || ')'), e BLOB DEFAULT x'00FF', f TEXT DEFAULT CURRENT_TIMESTAMP NOT NULL, g INTEGER DEFAULT TRUE UNIQUE, h TEXT DEFAULT null, i INTEGER NOT NULL DEFAULT ((1)), j TEXT DEFAULT word CHECK (j <> ''))`,
    image: `table d
  a bigint? default -5
  b bigint? default +1.5e-3
  c text? default 'it''s'
  d text? default upper('x') || ')'
  e bytes? default x'00FF'
  f text default CURRENT_TIMESTAMP
  g bigint? default TRUE
  h text?
  i bigint default (1)
  j text? default word
  unique (g)
  check j <> ''
${notStrict}`,
  },
  {
    name: 'by hand: constraints without commas, names without constraints',
    ddl: `CREATE TABLE loose (a INT CONSTRAINT first CONSTRAINT second CHECK (a > 0) CHECK (a < 9) CONSTRAINT third NOT NULL, b INT, CHECK (a <> b) CONSTRAINT ab UNIQUE (a, b) UNIQUE (b) FOREIGN KEY (b) REFERENCES loose(a))`,
    image: `table loose
  a bigint
  b bigint?
  unique ab (a, b)
  unique (b)
  check a < 9
  check a <> b
  check second a > 0
  key (b) to loose (a)
${notStrict}`,
  },
  {
    name: 'by hand: views',
    ddl: `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(20)) 
--
CREATE VIEW names AS SELECT id, name FROM t WHERE name <> ' AS '
--
CREATE VIEW IF NOT EXISTS counted /* how many */ (n /* [query-ts int] */, "as") AS
  -- all
  SELECT count(*), max(name) FROM t`,
    image: `table t
  id bigint generated
  name <VARCHAR(20)>?
  primary key (id)
${notStrict}
view counted (n int, as <>) -- how many
  SELECT count(*), max(name) FROM t
view names (id bigint, name <VARCHAR(20)>)
  SELECT id, name FROM t WHERE name <> ' AS '`,
  },
  {
    name: 'by hand: triggers',
    ddl: `CREATE TABLE acc (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER)
--
CREATE TRIGGER acc_insert AFTER INSERT ON ACC BEGIN UPDATE acc SET n = 1 WHERE id = new.id; END
--
CREATE TRIGGER "acc update" BEFORE UPDATE OF n ON acc WHEN new.n < 0 BEGIN SELECT raise(ABORT, 'no'); END`,
    image: `table acc
  id bigint generated
  n bigint?
  primary key (id)
  * It has the trigger acc update.
  * It has the trigger acc_insert.
${notStrict}`,
  },
  {
    name: 'by hand: a table made by a query',
    ddl: `CREATE TABLE src (a INTEGER, b VARCHAR(9), c REAL)
--
CREATE TABLE copy AS SELECT a, b, c, a + 1 AS "next one", 'x' FROM src`,
    image: `table copy
  a bigint?
  b text?
  c float?
  next one <>?
  'x' <>?
${notStrict}
table src
  a bigint?
  b <VARCHAR(9)>?
  c float?
${notStrict}`,
  },
  {
    name: 'by hand: full-text search',
    ddl: `CREATE TABLE note (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT)
--
CREATE VIRTUAL TABLE note_search USING fts4(body)
--
CREATE TABLE note_search_log (id INTEGER)`,
    image: `table note
  id bigint generated
  body text?
  primary key (id)
${notStrict}
table note_search_log
  id bigint?
${notStrict}`,
  },
  {
    name: 'by hand: tables of the engine',
    ddl: `CREATE TABLE sqliteish (a INTEGER PRIMARY KEY AUTOINCREMENT, b INTEGER)
--
CREATE INDEX sqliteish_b ON sqliteish (b)
--
ANALYZE`,
    image: `table sqliteish
  a bigint generated
  b bigint?
  primary key (a)
  index sqliteish_b (b)
${notStrict}`,
  },
  {
    name: 'by hand: types of other engines',
    ddl: `CREATE TABLE types (a DOUBLE PRECISION, b UNSIGNED BIG INT, c NVARCHAR ( 100 ), d NUMERIC(10, 5), e "my type", f DATE, g JSON, h UUID, i TINYINT(1), j INTEGER UNSIGNED, k Text, l Int)`,
    image: `table types
  a <DOUBLE PRECISION>?
  b <UNSIGNED BIG INT>?
  c <NVARCHAR ( 100 )>?
  d <NUMERIC(10, 5)>?
  e <my type>?
  f <DATE>?
  g <JSON>?
  h <UUID>?
  i <TINYINT(1)>?
  j <INTEGER UNSIGNED>?
  k text?
  l bigint?
${notStrict}`,
  },
  {
    name: 'by hand: altered later',
    ddl: `CREATE TABLE old /* kept */ (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT /* about a */, gone TEXT, CHECK (a <> 'x'))
--
ALTER TABLE old ADD COLUMN b INTEGER /* about b [query-ts boolean] */ NOT NULL DEFAULT 0
--
ALTER TABLE old RENAME COLUMN a TO "new a"
--
ALTER TABLE old DROP COLUMN gone
--
ALTER TABLE old ADD COLUMN other INTEGER CONSTRAINT fk_other REFERENCES old (id)
--
ALTER TABLE old RENAME TO "now new"`,
    image: `table now new -- kept
  id bigint generated
  new a text? -- about a
  b boolean default 0 -- about b
  other bigint?
  primary key (id)
  check "new a" <> 'x'
  key fk_other (other) to now new (id)
${notStrict}`,
  },
  {
    name: 'by hand: keys that repeat each other',
    ddl: `CREATE TABLE rep (a TEXT UNIQUE PRIMARY KEY, b TEXT UNIQUE, CONSTRAINT b_again UNIQUE (B), UNIQUE (a, b))`,
    image: `table rep
  a text?
  b text?
  primary key (a)
  unique b_again (b)
  unique (a)
  unique (b)
  unique (a, b)
${notStrict}`,
  },
  {
    name: 'by hand: comments everywhere',
    ddl: `CREATE/*1*/TABLE/*2*/odd/*the table*/(/*3*/a/*4*/INTEGER/*the a*/--5
/*6*/NOT/*7*/NULL/*8*/,b ANY/*the b*/,--9
c TEXT DEFAULT/*10*/(/*11*/'x'/*12*/)/*the c*/,CONSTRAINT/*13*/k/*14*/CHECK/*15*/(/*16*/a/*17*/>/*18*/0)/*19*/)/*20*/STRICT`,
    image: `table odd -- the table
  a bigint -- the a
  b <ANY>? -- the b
  c text? default /*11*/'x'/*12*/ -- 10
  check k /*16*/a/*17*/>/*18*/0`,
  },
  {
    name: 'wordpress-like: quoted types and stray blanks',
    ddl: `CREATE TABLE   wp_posts  (
   "ID"   integer   PRIMARY   KEY   AUTOINCREMENT   NOT   NULL  ,
   post_title   text   NOT NULL   COLLATE   NOCASE   DEFAULT   ''  ,
   post_date   text   NOT NULL   DEFAULT   '0000-00-00 00:00:00'
)  ;
--
CREATE INDEX wp_posts__type_status ON wp_posts ( post_title , post_date , "ID" )`,
    image: `table wp_posts
  ID bigint generated
  post_title <TEXT COLLATE NOCASE> default ''
  post_date text default '0000-00-00 00:00:00'
  primary key (ID)
  index wp_posts__type_status (post_title, post_date, ID)
${notStrict}`,
  },
]
