/**
 * Schemas as others define them in MySQL, with the lines of their images (`imageText`): columns: types, defaults, comments, notes.
 *
 * A type between angles is the engine's own. The default collation of the database is that of the server.
 */
import type { ForeignSchema } from '../imageText.js'

/** The schemas and their images. */
export const mysqlColumns: readonly ForeignSchema[] = [
  {
    title: 'a blog',
    ddl: [
      'CREATE TABLE users (id INT NOT NULL AUTO_INCREMENT, email VARCHAR(255) NOT NULL, created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (id), UNIQUE KEY email (email)) ENGINE=InnoDB',
      "CREATE TABLE posts (id INT AUTO_INCREMENT PRIMARY KEY, user_id INT NOT NULL, title VARCHAR(200) NOT NULL DEFAULT '', body MEDIUMTEXT, FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE)",
    ],
    image: [
      'posts: id int not null generated',
      'posts: user_id int not null',
      "posts: title <varchar(200) COLLATE utf8mb4_0900_ai_ci> not null default ''",
      'posts: body <mediumtext COLLATE utf8mb4_0900_ai_ci>',
      'posts: primary key (id)',
      'posts: foreign key posts_ibfk_1 (user_id) to users (id) on delete cascade',
      'posts: other: default collation utf8mb4_0900_ai_ci',
      'users: id int not null generated',
      'users: email <varchar(255) COLLATE utf8mb4_0900_ai_ci> not null',
      'users: created_at <timestamp> not null default CURRENT_TIMESTAMP',
      'users: primary key (id)',
      'users: unique email (email)',
      'users: other: default collation utf8mb4_0900_ai_ci',
    ],
  },
  {
    title: 'integers of all sizes',
    ddl: [
      'CREATE TABLE n (a TINYINT, b TINYINT(1), c SMALLINT, d MEDIUMINT, e INT, f BIGINT, g INT UNSIGNED, h BIGINT(20) UNSIGNED NOT NULL DEFAULT 0, i INT(5) UNSIGNED ZEROFILL, j BOOL DEFAULT TRUE)',
    ],
    image: [
      'n: a <tinyint>',
      'n: b boolean',
      'n: c smallint',
      'n: d <mediumint>',
      'n: e int',
      'n: f bigint',
      'n: g <int unsigned>',
      'n: h <bigint unsigned> not null default 0',
      'n: i <int(5) unsigned zerofill>',
      'n: j boolean default 1',
      'n: other: default collation utf8mb4_0900_ai_ci',
    ],
  },
  {
    title: 'other numbers',
    ddl: [
      "CREATE TABLE n (a FLOAT, b DOUBLE, c DECIMAL(10,2) DEFAULT -1.5, d DECIMAL, e NUMERIC(65,30), f FLOAT(7,3), g BIT(1), h BIT(8) DEFAULT b'101', i YEAR DEFAULT 2024, j DECIMAL(8,2) UNSIGNED, k DOUBLE DEFAULT 1e10)",
    ],
    image: [
      'n: a <float>',
      'n: b float',
      'n: c numeric(10,2) default -1.50',
      'n: d numeric(10,0)',
      'n: e numeric(65,30)',
      'n: f <float(7,3)>',
      'n: g <bit(1)>',
      "n: h <bit(8)> default b'101'",
      'n: i <year> default 2024',
      'n: j <decimal(8,2) unsigned>',
      'n: k float default 10000000000',
      'n: other: default collation utf8mb4_0900_ai_ci',
    ],
  },
  {
    title: 'texts of our collation',
    ddl: [
      "CREATE TABLE s (a VARCHAR(20), b LONGTEXT, c CHAR(36), d CHAR(2), e TEXT, f TINYTEXT, g MEDIUMTEXT, h ENUM('a','b''c'), i SET('x','y')) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin",
    ],
    image: [
      's: a varchar(20)',
      's: b text',
      's: c uuid',
      's: d <char(2)>',
      's: e <text>',
      's: f <tinytext>',
      's: g <mediumtext>',
      "s: h <enum('a','b''c')>",
      "s: i <set('x','y')>",
    ],
  },
  {
    title: 'texts of other collations',
    ddl: [
      "CREATE TABLE s (a VARCHAR(20), b LONGTEXT, c CHAR(36), d CHAR(2) CHARACTER SET ascii, e TEXT COLLATE utf8mb4_unicode_ci, h ENUM('A','b') NOT NULL DEFAULT 'A') DEFAULT CHARSET=latin1",
    ],
    image: [
      's: a <varchar(20) COLLATE latin1_swedish_ci>',
      's: b text stored',
      's: c <char(36) COLLATE latin1_swedish_ci>',
      's: d <char(2) COLLATE ascii_general_ci>',
      's: e <text COLLATE utf8mb4_unicode_ci>',
      "s: h <enum('A','b') COLLATE latin1_swedish_ci> not null default 'A'",
      's: other: default collation latin1_swedish_ci',
    ],
  },
  {
    title: 'bytes',
    ddl: [
      "CREATE TABLE b (a BINARY(16), b VARBINARY(255), c BLOB, d LONGBLOB, e TINYBLOB, f VARBINARY(8) DEFAULT '', g VARBINARY(8) DEFAULT x'ff00ab')",
    ],
    image: [
      'b: a <binary(16)>',
      'b: b <varbinary(255)>',
      'b: c <blob>',
      'b: d bytes',
      'b: e <tinyblob>',
      "b: f <varbinary(8)> default ''",
      'b: g <varbinary(8)> default (unknown)',
      'b: other: default collation utf8mb4_0900_ai_ci',
    ],
  },
  {
    title: 'dates',
    ddl: [
      "CREATE TABLE d (a DATE DEFAULT '2020-02-29', b DATETIME, c DATETIME(3), d DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6), e TIMESTAMP NULL, f TIMESTAMP(3) NULL, g TIME, h TIME(3), i TIME(6), j DATETIME DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)",
    ],
    image: [
      "d: a date default '2020-02-29'",
      'd: b <datetime>',
      'd: c timestamp',
      'd: d timestampMicros default CURRENT_TIMESTAMP(6)',
      'd: e <timestamp>',
      'd: f <timestamp(3)>',
      'd: g <time>',
      'd: h time',
      'd: i <time(6)>',
      'd: j <datetime> default CURRENT_TIMESTAMP',
      'd: other: column j: on update CURRENT_TIMESTAMP',
      'd: other: default collation utf8mb4_0900_ai_ci',
    ],
  },
  {
    title: 'literal defaults',
    ddl: [
      "CREATE TABLE d (a VARCHAR(30) DEFAULT 'it''s', b VARCHAR(30) DEFAULT 'back\\\\slash \"quoted\"', c VARCHAR(30) DEFAULT '', d VARCHAR(30) DEFAULT 'line\\nbreak', e VARCHAR(30) DEFAULT 'größe €', f VARCHAR(30) DEFAULT 'NULL', g INT DEFAULT NULL, h INT NOT NULL DEFAULT 7, i ENUM('ja','nein') DEFAULT 'nein', j VARCHAR(30) DEFAULT 'CURRENT_TIMESTAMP')",
    ],
    image: [
      "d: a <varchar(30) COLLATE utf8mb4_0900_ai_ci> default 'it''s'",
      'd: b <varchar(30) COLLATE utf8mb4_0900_ai_ci> default \'back\\\\slash "quoted"\'',
      "d: c <varchar(30) COLLATE utf8mb4_0900_ai_ci> default ''",
      "d: d <varchar(30) COLLATE utf8mb4_0900_ai_ci> default 'line\\nbreak'",
      "d: e <varchar(30) COLLATE utf8mb4_0900_ai_ci> default 'größe €'",
      "d: f <varchar(30) COLLATE utf8mb4_0900_ai_ci> default 'NULL'",
      'd: g int',
      'd: h int not null default 7',
      "d: i <enum('ja','nein') COLLATE utf8mb4_0900_ai_ci> default 'nein'",
      "d: j <varchar(30) COLLATE utf8mb4_0900_ai_ci> default 'CURRENT_TIMESTAMP'",
      'd: other: default collation utf8mb4_0900_ai_ci',
    ],
  },
  {
    title: 'expressions as defaults',
    ddl: [
      "CREATE TABLE d (a VARCHAR(36) DEFAULT (UUID()), b INT DEFAULT (1 + 2), c DATE DEFAULT (CURRENT_DATE), d VARCHAR(30) DEFAULT (CONCAT('it''s', 'é', '\\\\')), e TEXT DEFAULT ('x'), f DATETIME DEFAULT (NOW()), g INT DEFAULT (ABS(-1)))",
    ],
    image: [
      'd: a <varchar(36) COLLATE utf8mb4_0900_ai_ci> default (uuid())',
      'd: b int default ((1 + 2))',
      'd: c date default (curdate())',
      "d: d <varchar(30) COLLATE utf8mb4_0900_ai_ci> default (concat(_utf8mb4'it\\'s',_utf8mb4'é',_utf8mb4'\\\\'))",
      "d: e <text COLLATE utf8mb4_0900_ai_ci> default (_utf8mb4'x')",
      'd: f <datetime> default (now())',
      'd: g int default (abs(-(1)))',
      'd: other: default collation utf8mb4_0900_ai_ci',
    ],
  },
  {
    title: 'computed columns',
    ddl: [
      "CREATE TABLE c (a INT, b INT GENERATED ALWAYS AS (a * 2) VIRTUAL, c VARCHAR(50) AS (CONCAT(a, 'ö')) STORED, d INT AS (a + 1) VIRTUAL COMMENT 'one more', KEY (c))",
    ],
    image: [
      'c: a int',
      'c: b int as (`a` * 2) virtual',
      "c: c <varchar(50) COLLATE utf8mb4_0900_ai_ci> as concat(`a`,_utf8mb4'ö') stored",
      'c: d int as (`a` + 1) virtual -- one more',
      'c: index c (c)',
      'c: other: default collation utf8mb4_0900_ai_ci',
    ],
  },
  {
    title: 'comments',
    ddl: ["CREATE TABLE c (id INT PRIMARY KEY COMMENT 'the ''key''', b INT COMMENT '') COMMENT='Everything about c'"],
    image: [
      "c: id int not null -- the 'key'",
      'c: b int',
      'c: primary key (id)',
      'c: -- Everything about c',
      'c: other: default collation utf8mb4_0900_ai_ci',
    ],
  },
  {
    title: 'notes of types',
    ddl: [
      "CREATE TABLE t (a VARCHAR(768) NOT NULL COMMENT 'mine [query-ts text]', b VARCHAR(3) COMMENT '[query-ts enum(\"abc\",\"d\")]', c VARCHAR(3) COMMENT '[query-ts char(3)]', d JSON COMMENT '[query-ts array(int?)]', e JSON COMMENT '[query-ts vector(3)]', f VARBINARY(100) COMMENT 'raw [query-ts bytes]', g LONGTEXT COMMENT '[query-ts varchar(5000)]', h INT COMMENT '[query-ts text]', i VARCHAR(4) COMMENT '[query-ts char(3)]', j LONGTEXT COMMENT '[query-ts array(int)]', k JSON COMMENT '[query-ts json text]') DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin",
    ],
    image: [
      't: a text not null -- mine',
      't: b enum("abc","d")',
      't: c char(3)',
      't: d array(int?)',
      't: e vector(3)',
      't: f bytes -- raw',
      't: g varchar(5000)',
      't: h int',
      't: i varchar(4)',
      't: j text',
      't: k json text',
    ],
  },
  {
    title: 'json',
    ddl: [
      "CREATE TABLE j (id INT PRIMARY KEY, doc JSON NOT NULL, opt JSON DEFAULT (JSON_OBJECT('a', 1)), txt LONGTEXT CHECK (JSON_VALID(txt)))",
    ],
    image: [
      'j: id int not null',
      'j: doc json not null',
      "j: opt json default (json_object(_utf8mb4'a',1))",
      'j: txt text stored',
      'j: primary key (id)',
      'j: check j_chk_1 json_valid(`txt`)',
      'j: other: default collation utf8mb4_0900_ai_ci',
    ],
  },
]
