/**
 * CREATE statements of SQLite, taken apart.
 *
 * The facts name what the grammar allows and a reader easily gets wrong; `test/live/catalog.sqlite.test.ts` repeats those that matter on
 * the engine. The property prints random definitions with random quotes, case, comments and blanks, and reads the same parts back.
 */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { moduleOf, readIndex, readTable, readView, type TableText } from '../../lib/sql/sqlite/createText.js'
import { readBlockComment, tokensIn, writeBlockComment } from '../../lib/sql/sqlite/createTokens.js'
import { sqliteCatalog } from '../../lib/sql/sqlite/systemCatalog.js'
import { amount } from '../amount.js'
import { suite } from '../suite.js'

const facts = suite('the text of CREATE in SQLite')

/** The parts of a table with these columns and constraints. */
const body = (text: string): TableText => readTable(`CREATE TABLE t (${text})`) as TableText

facts('tokens: quotes, comments, places', () => {
  const { sql, tokens, comments } = tokensIn(`a"b""c"[d]]'e''f'\`g\`\`h\`--i\n(/*j*/.5x'41')/*k`)
  assert.equal(
    tokens.map(t => [t.tag, t.text, sql.slice(t.start, t.end)].join(' ')),
    [
      'word a a',
      'name b"c "b""c"',
      'name d [d]',
      'symbol ] ]',
      `string e'f 'e''f'`,
      'name g`h `g``h`',
      'symbol ( (',
      'symbol . .',
      'number 5x 5x',
      `string 41 '41'`,
      'symbol ) )',
    ],
  )
  assert.equal(
    comments.map(c => [c.text, c.depth]),
    [
      ['j', 1],
      ['k', 0],
    ],
  )
})

facts('the name: schemas, IF NOT EXISTS, names that are keywords', () => {
  for (const name of ['t', 'if', 'main.t', '"a.b"', 'temp . [t]', 'IF NOT EXISTS t', "IF NOT EXISTS main.'t'", 'table', '"("'])
    for (const head of ['CREATE TABLE', 'create temp table', 'Create/**/Temporary--\nTable'])
      assert.is(readTable(`${head} ${name} (a)`)?.columns[0]?.name, 'a', `${head} ${name}`)
  assert.is(readTable('CREATE TABLE t AS SELECT 1'), null)
})

facts('the comment of a table is between its name and its columns', () => {
  assert.is(readTable('CREATE TABLE t /* one */ /* two */ (a)')?.comment, 'one')
  assert.is(readTable('CREATE TABLE t -- one\n (/* two */ a)')?.comment, null)
  assert.is(readTable('CREATE TABLE /* one */ t (a) /* two */')?.comment, null)
})

facts('the comment of a column is the first one after its type, outside brackets', () => {
  const comment = (text: string): string | null | undefined => body(text).columns[0]?.comment
  assert.is(comment('a TEXT /* x */ /* y */'), 'x')
  assert.is(comment('/* x */ a /* y */ TEXT'), null)
  assert.is(comment('a /* x */'), 'x')
  assert.is(comment('a TEXT, /* x */ b'), null)
  assert.is(comment('a TEXT /* x */, b /* y */'), 'x')
  assert.is(comment('a DECIMAL(1, /* x */ 2)'), null)
  assert.is(comment('a TEXT CHECK (a /* x */ > 1) NOT NULL /* y */'), 'y')
  assert.is(comment('a TEXT -- x'), null)
  assert.is(comment("a TEXT DEFAULT '/* x */'"), null)
  assert.is(comment('a TEXT /**/'), '')
  assert.is(comment('a "/* x */" /* y, ) */ NOT NULL'), 'y, )')
})

facts('constraints of columns, in any order', () => {
  const t = body(
    'a INTEGER CONSTRAINT n NOT NULL CONSTRAINT p PRIMARY KEY ASC AUTOINCREMENT DEFAULT NULL CONSTRAINT u UNIQUE CONSTRAINT c CHECK(a) COLLATE "my coll" REFERENCES x(y)',
  )
  assert.equal(t, {
    comment: null,
    columns: [{ name: 'a', comment: null, collation: 'my coll', computed: null }],
    primaryKey: { name: 'p', columns: ['a'] },
    uniques: [{ name: 'u', columns: ['a'] }],
    checks: [{ name: 'c', text: 'a' }],
    foreignKeys: [{ name: null, deferrable: false }],
    autoincrement: true,
    oddities: [],
  })
})

facts('a name belongs to the constraint that follows it', () => {
  assert.equal(body('a CONSTRAINT b NOT NULL CHECK (1) CONSTRAINT c CONSTRAINT d CHECK (2), CONSTRAINT e').checks, [
    { name: null, text: '1' },
    { name: 'd', text: '2' },
  ])
})

facts('constraints of tables need no commas; their names may be strings', () => {
  const t = body(
    "a, 'b c', CONSTRAINT 'p' PRIMARY KEY ('b c', (a)) UNIQUE (a) CONSTRAINT [c k] CHECK (a <> ')') CONSTRAINT f FOREIGN KEY (a) REFERENCES t UNIQUE (\"b c\")",
  )
  assert.equal(t.primaryKey, { name: 'p', columns: ['b c', 'a'] })
  assert.equal(t.uniques, [
    { name: null, columns: ['a'] },
    { name: null, columns: ['b c'] },
  ])
  assert.equal(t.checks, [{ name: 'c k', text: "a <> ')'" }])
  assert.equal(t.foreignKeys, [{ name: 'f', deferrable: false }])
})

facts('words of actions and defaults are no constraints', () => {
  const t = body(
    'a REFERENCES x ON DELETE SET DEFAULT ON UPDATE SET NULL UNIQUE, b DEFAULT unique_ UNIQUE, c DEFAULT -1 CHECK (c), d DEFAULT (1) UNIQUE, e NULL UNIQUE, f REFERENCES x ON DELETE NO ACTION MATCH FULL UNIQUE',
  )
  assert.equal(
    t.uniques.map(u => u.columns[0]),
    ['a', 'b', 'd', 'e', 'f'],
  )
  assert.is(t.checks.length, 1)
})

facts('only DEFERRABLE INITIALLY DEFERRED is deferrable', () => {
  const forms: readonly (readonly [string, boolean])[] = [
    ['', false],
    ['DEFERRABLE', false],
    ['DEFERRABLE INITIALLY IMMEDIATE', false],
    ['NOT DEFERRABLE INITIALLY DEFERRED', false],
    ['ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED', true],
    ['NOT NULL DEFERRABLE INITIALLY DEFERRED UNIQUE', true],
  ]
  for (const [form, deferrable] of forms) assert.equal(body(`a REFERENCES x ${form}`).foreignKeys, [{ name: null, deferrable }], form)
})

facts('computed columns, also without their first words', () => {
  const computed = (text: string) => body(text).columns[0]?.computed
  assert.equal(computed('a INT GENERATED ALWAYS AS ( b + (1) ) STORED'), { text: 'b + (1)', stored: true })
  assert.equal(computed('a AS (b) VIRTUAL NOT NULL'), { text: 'b', stored: false })
  assert.equal(computed('a generated DEFAULT 1'), null)
})

facts('what a key has no word for is kept as text', () => {
  assert.equal(
    body('a PRIMARY KEY DESC, b NOT NULL ON CONFLICT ABORT UNIQUE ON CONFLICT REPLACE, UNIQUE (a ASC, b), UNIQUE (a COLLATE NOCASE)')
      .oddities,
    ['a PRIMARY KEY DESC', 'b NOT NULL ON CONFLICT ABORT', 'b UNIQUE ON CONFLICT REPLACE', 'UNIQUE (a COLLATE NOCASE)'],
  )
  const t = body('a INTEGER, PRIMARY KEY (a AUTOINCREMENT)')
  assert.equal([t.oddities, t.autoincrement], [[], true])
  assert.is(body('autoincrement INTEGER, PRIMARY KEY (autoincrement)').autoincrement, false)
})

facts('indexes: expressions, orders, conditions', () => {
  const index = (text: string) => readIndex(`CREATE INDEX i ON t ${text}`)
  assert.equal(index('(a, b DESC, lower(c), (d + 1) ASC, (e) + (f), "g" COLLATE NOCASE DESC)').keys, [
    'a',
    'b',
    'lower(c)',
    'd + 1',
    '(e) + (f)',
    '"g" COLLATE NOCASE',
  ])
  assert.equal(index('(desc, asc desc, a + desc, (b) desc)').keys, ['desc', 'asc', 'a + desc', 'b'])
  assert.equal(index("(a) WHERE a <> ' ) ' AND (b) /* end */"), { keys: ['a'], where: "a <> ' ) ' AND (b)" })
  assert.is(readIndex('create unique index if not exists main."i j" on [t(] (a)').keys[0], 'a')
})

facts('views and virtual tables', () => {
  assert.equal(readView('CREATE VIEW v AS SELECT 1 AS a -- end'), { comment: null, columns: [], select: 'SELECT 1 AS a' })
  assert.equal(readView('CREATE VIEW v /* c */ (a /* d */, "as") AS\nWITH x AS (SELECT 1) SELECT 1, 2'), {
    comment: 'c',
    columns: [
      { name: 'a', comment: 'd' },
      { name: 'as', comment: null },
    ],
    select: 'WITH x AS (SELECT 1) SELECT 1, 2',
  })
  assert.is(moduleOf('CREATE VIRTUAL TABLE IF NOT EXISTS main."t" USING FTS5(a)'), 'fts5')
  assert.is(moduleOf('CREATE TABLE t (a)'), null)
})

facts('types of definitions', () => {
  const types = ['INTEGER', 'INT', 'TEXT', 'REAL', 'BLOB', 'INTEGER PRIMARY KEY AUTOINCREMENT', 'text COLLATE binary'].map(
    sqliteCatalog.typeOf,
  )
  assert.equal(
    types.map(t => t.tag),
    ['bigint', 'bigint', 'text', 'float', 'bytes', 'bigint', 'text'],
  )
  for (const own of ['VARCHAR(20)', 'DECIMAL(8, 2)', 'ANY', '', 'TEXT COLLATE NOCASE', 'TEXT COLLATE "my coll"'])
    assert.equal(sqliteCatalog.typeOf(own), { tag: 'custom', names: { sqlite: own } })
})
facts.run()

// --- Random definitions -------------------------------------------------------------------------

/** Chooses among n things. */
type Choose = (n: number) => number

const NAMES = ['a', 'b c', 'order', 'it"s', "it's", 'x]y', 'x`y', 'Ä', 'check', '(', ',', '/*', '--', 'desc', 'generated', '1']
const EXPRESSIONS = [
  '1',
  "')'",
  '(a) + (b)',
  '"," || \',\'',
  'x IN (1, 2)',
  "[)] <> '--'",
  'a /* ) */ > 1',
  'a -- (\n > 2',
  'CASE WHEN a THEN b END',
]
const COMMENTS = ['', 'plain', "it's", 'a, b', ')', '-- no', '[query-ts numeric(8,2)]', '*/', '*\\/ x', '/* y', '  two  ']

const quotedName = (choose: Choose, name: string): string => {
  const double = (mark: string): string => `${mark}${name.replaceAll(mark, mark + mark)}${mark}`
  const forms = [double('"'), double('`'), double("'"), ...(name.includes(']') ? [] : [`[${name}]`]), ...(name === 'a' ? ['a', 'a'] : [])]
  return forms[choose(forms.length)] as string
}

const BLANKS = [' ', ' ', '\n', '\t', '  ', ' -- , ) "\n', '\r\n']
const IN_TABLES = [...BLANKS, ' /* , ( */ ']

/** Joins tokens by blanks; comments are put where none would be the comment of a table or column. */
const join = (choose: Choose, blanks: readonly string[], parts: readonly string[]): string =>
  parts
    .filter(p => p !== '')
    .map(p => `${blanks[choose(blanks.length)]}${p}`)
    .join('')

const anyCase = (choose: Choose, words: string): string => {
  const [upper, lower] = [words.toUpperCase(), words.toLowerCase()]
  return [upper, lower, `${upper.slice(0, 1)}${lower.slice(1)}`][choose(3)] as string
}

/** A random table, as its text and as its parts. */
const randomTable = (choose: Choose): { readonly sql: string; readonly parts: TableText } => {
  const k = (words: string): string =>
    words
      .split(' ')
      .map(w => anyCase(choose, w))
      .join(BLANKS[choose(BLANKS.length)])
  const q = (name: string): string => quotedName(choose, name)
  const name = (): string => NAMES[choose(NAMES.length)] as string
  const expression = (): string => EXPRESSIONS[choose(EXPRESSIONS.length)] as string
  const maybeName = (): string | null => (choose(2) === 0 ? null : name())
  const constraint = (n: string | null): string => (n === null ? '' : `${k('constraint')} ${q(n)}`)
  const comment = (): string | null => (choose(2) === 0 ? null : (COMMENTS[choose(COMMENTS.length)] as string))
  const written = (c: string | null): string => (c === null ? '' : writeBlockComment(c))
  const names = [...new Set(Array.from({ length: 1 + choose(4) }, name))]
  const keyColumns = (): readonly string[] => names.slice(0, 1 + choose(names.length))
  const parts = {
    comment: comment(),
    columns: [] as TableText['columns'][number][],
    primaryKey: null as TableText['primaryKey'],
    uniques: [] as TableText['uniques'][number][],
    checks: [] as TableText['checks'][number][],
    foreignKeys: [] as TableText['foreignKeys'][number][],
    autoincrement: false,
    oddities: [],
  }
  const reference = (): string => {
    const deferrable = choose(2) === 0
    const action = ['', k('on delete set null'), k('on update set default'), k('on delete no action')][choose(4)] as string
    const [last] = parts.foreignKeys.slice(-1)
    if (last !== undefined) parts.foreignKeys[parts.foreignKeys.length - 1] = { ...last, deferrable }
    return `${k('references')} ${q(name())}${choose(2) === 0 ? '' : `(${q(name())})`} ${action} ${deferrable ? k('deferrable initially deferred') : ''}`
  }
  const ofColumn = (column: string): readonly (() => string)[] => [
    () => k('not null'),
    () => `${k('default')} ${['-1', "'x'", `(${expression()})`, 'NULL', "x'00'", '1.5e+3'][choose(6)]}`,
    () => {
      const n = maybeName()
      parts.uniques.push({ name: n, columns: [column] })
      return `${constraint(n)} ${k('unique')}`
    },
    () => {
      const [n, text] = [maybeName(), expression()]
      parts.checks.push({ name: n, text })
      return `${constraint(n)} ${k('check')}(${text}\n)`
    },
    () => {
      const n = maybeName()
      parts.foreignKeys.push({ name: n, deferrable: false })
      return `${constraint(n)} ${reference()}`
    },
  ]
  const types = ['', 'INTEGER', 'varchar (20)', 'DECIMAL(8, 2)', 'double precision', '"my type"', 'unsigned big int']
  const columns = names.map(n => {
    const type = types[choose(types.length)] as string
    const about = comment()
    const collation = choose(4) === 0 ? 'NOCASE' : null
    const computed = choose(4) === 0 ? { text: expression(), stored: choose(2) === 0 } : null
    parts.columns.push({ name: n, comment: about, collation, computed })
    const all = ofColumn(n)
    const constraints = Array.from({ length: choose(4) }, () => (all[choose(all.length)] as () => string)())
    const generated =
      computed === null
        ? ''
        : `${choose(2) === 0 ? k('generated always') : ''} ${k('as')} (${computed.text}\n) ${computed.stored ? k('stored') : ''}`
    const rest = join(choose, about === null ? BLANKS : IN_TABLES, [
      collation === null ? '' : `${k('collate')} ${collation}`,
      generated,
      ...constraints,
    ])
    return `${join(choose, IN_TABLES, [q(n)])}${type === '' ? '' : ` ${type}`}${about === null ? '' : ` ${written(about)}`}${rest}`
  })
  const ofTable: readonly (() => string)[] = [
    () => {
      const [n, keys] = [maybeName(), keyColumns()]
      parts.uniques.push({ name: n, columns: keys })
      return `${constraint(n)} ${k('unique')} (${keys.map(q).join(' , ')})`
    },
    () => {
      const [n, text] = [maybeName(), expression()]
      parts.checks.push({ name: n, text })
      return `${constraint(n)} ${k('check')} (${text}\n)`
    },
    () => {
      const [n, keys] = [maybeName(), keyColumns()]
      parts.foreignKeys.push({ name: n, deferrable: false })
      return `${constraint(n)} ${k('foreign key')} (${keys.map(q).join(',')}) ${reference()}`
    },
  ]
  const key = (): string => {
    const [n, keys] = [maybeName(), keyColumns()]
    parts.primaryKey = { name: n, columns: keys }
    return `${constraint(n)} ${k('primary key')} (${keys.map(q).join(',')})`
  }
  const last = [
    ...(choose(2) === 0 ? [] : [key()]),
    ...Array.from({ length: choose(4) }, () => (ofTable[choose(ofTable.length)] as () => string)()),
  ].map((text, i) => `${i === 0 || choose(2) === 0 ? ',' : ''}${join(choose, IN_TABLES, [text])}`)
  const head = join(choose, IN_TABLES, [k('create table'), q(name())])
  const sql = `${head}${BLANKS[choose(BLANKS.length)]}${written(parts.comment)}(${columns.join(',')}${last.join('')}${BLANKS[choose(BLANKS.length)]}) ${choose(2) === 0 ? k('strict') : ''}`
  return { sql, parts }
}

const random = suite('random CREATE statements of SQLite')

random('a table is read as it was made', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), stream => {
      const choose: Choose = n => (stream.next().value as number) % n
      const { sql, parts } = randomTable(choose)
      assert.equal(readTable(sql), parts, sql)
    }),
    { numRuns: amount(2000) },
  )
})

random('a comment is read as it was written', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('*', '/', '\\', ' ', 'a', '\n') }), text => {
      const comment = writeBlockComment(text)
      assert.is(comment.indexOf('*/', 2), comment.length - 2)
      assert.is(readBlockComment(comment), text)
    }),
    { numRuns: amount(2000) },
  )
})

random('no text is too odd: tokens cover all of it but blanks and comments', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('"', "'", '[', ']', '`', '(', ')', ',', '-', '/', '*', ' ', '\n', 'a', 'CHECK ', 'CREATE TABLE t '),
      }),
      sql => {
        const { tokens } = tokensIn(sql)
        for (const [i, t] of tokens.entries()) assert.ok(t.start >= (tokens[i - 1]?.end ?? 0) && t.end > t.start && t.end <= sql.length)
        readTable(sql)
        readIndex(sql)
        readView(sql)
      },
    ),
    { numRuns: amount(2000) },
  )
})
random.run()
