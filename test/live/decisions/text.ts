/**
 * S17, S18 and S21: text by code point, and what no text can contain.
 *
 * The words distinguish code points from UTF-16 units, bytes, collations and trimmed texts: an astral character next to U+FFFD, composed
 * and decomposed letters, trailing blanks.
 */

import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as Agg from '../../../lib/Agg.js'
import * as C from '../../../lib/Column.js'
import * as Command from '../../../lib/Command.js'
import * as Ex from '../../../lib/Expr.js'
import * as P from '../../../lib/Program.js'
import * as Q from '../../../lib/Query.js'
import { schema } from '../../../lib/Schema.js'
import { createAll } from '../../../lib/schema/createAll.js'
import { toSql } from '../../../lib/sql/compile.js'
import { table } from '../../../lib/Table.js'
import { ask, type Clause, check, create, equal, equalBags, isTrue, refuses, type Session } from './check.js'
import { computes, decides, sources, valueOf } from './compute.js'

/** In the order of their code points. */
const WORDS = [
  '',
  ' ',
  '  a',
  '1',
  'A',
  'A ',
  'AB',
  'B',
  'Z',
  '_',
  'a',
  'a\t',
  'a\n',
  'a ',
  'a  ',
  'aB',
  'a_',
  'ab',
  'b',
  'e\u0301',
  'z',
  '\u00c9',
  '\u00df',
  '\u00e9',
  '\u0416',
  '\u0436',
  '\u4e2d',
  '\ue000',
  '\ufffd',
  '\u{10000}',
  '\u{1f600}',
  '\u{1f600}a',
]

const word = { a: C.text }
const pair = { a: C.text, b: C.text }

/** The words as a stored table with a unique key, in an order that is not theirs. */
const stored = async (db: Session, name: string) => {
  const t = table(name, { word: C.text }, { primaryKey: ['word'] })
  await create(db, t)
  const mixed = WORDS.map((_, i) => WORDS[(i * 7) % WORDS.length] as string)
  await ask(db, Command.run(Command.insertMany(t)(mixed.map(w => ({ word: w })))))
  return Q.from(t)
}

const given = Q.values({ word: C.text })([...WORDS].reverse().map(w => ({ word: w })))

const ofText: readonly Clause[] = [
  check(17, 'an order by text is by code point, not by UTF-16 unit and not by a language', async db => {
    const sort = (q: typeof given) =>
      pipe(
        q,
        Q.orderBy(r => [Ex.asc(r.word)]),
        Q.map(r => r.word),
      )
    for (const q of [await stored(db, 'words_in_order'), given]) {
      equal(await ask(db, Q.all(sort(q))), WORDS)
      equal((await ask(db, Q.one(Q.of({ it: Q.many(sort(q)) })))).it, WORDS)
      const down = pipe(
        q,
        Q.orderBy(r => [Ex.desc(r.word)]),
        Q.map(r => r.word),
      )
      equal(await ask(db, Q.all(down)), [...WORDS].reverse())
    }
  }),
  check(17, 'comparisons are by code point: lt, lte, gt, gte, between, min and max', async db => {
    const cases = [
      ['\ufffd', '\u{1f600}', true],
      ['\u{1f600}', '\ue000', false],
      ['a', 'B', false],
      ['Z', 'a', true],
      ['z', '\u00e9', true],
      ['a', 'a ', true],
      ['a ', 'a', false],
      ['', ' ', true],
      ['ab', 'b', true],
      ['10', '9', true],
      ['a', 'a', false],
    ] as const
    await decides(db, pair, cases, r => Ex.lt(r.a, r.b))
    await decides(db, pair, cases, r => Ex.gt(r.b, r.a))
    await decides(
      db,
      pair,
      cases.map(([a, b, t]) => [a, b, !t]),
      r => Ex.gte(r.a, r.b),
    )
    await decides(
      db,
      pair,
      cases.map(([a, b, t]) => [a, b, !t]),
      r => Ex.lte(r.b, r.a),
    )
    for (const [a, b, less] of cases) equal(await valueOf(db, Ex.lt(Ex.lit(a), b)), less, JSON.stringify([a, b]))
    await decides(
      db,
      word,
      [
        ['b', true],
        ['B', false],
        ['\u00e9', false],
      ],
      r => Ex.between(r.a, 'a', 'z'),
    )
    const ends = (q: typeof given) =>
      pipe(
        q,
        Q.where(r => Ex.ne(r.word, '')),
        Q.aggregate(r => ({ min: Agg.min(r.word), max: Agg.max(r.word) })),
      )
    for (const q of [await stored(db, 'words_at_the_ends'), given]) equal(await ask(db, Q.one(ends(q))), { min: ' ', max: '\u{1f600}a' })
  }),
  check(17, 'equality is of all code points: case, accents, their composition and trailing blanks count', async db => {
    const different = WORDS.flatMap((a, i) => WORDS.map((b, j) => [a, b, i === j] as const))
    await decides(db, pair, different, r => Ex.eq(r.a, r.b))
    await decides(
      db,
      word,
      WORDS.map(w => [w, w === 'a']),
      r => Ex.eq(r.a, 'a'),
    )
    await decides(
      db,
      word,
      WORDS.map(w => [w, w === 'a ' || w === '\u00e9']),
      r => Ex.inList(r.a, ['a ', '\u00e9']),
    )
  }),
  check(17, 'distinct, group keys, set operations, inQuery and joins tell the same texts apart', async db => {
    const q = await stored(db, 'words_apart')
    const twice = pipe(q, Q.unionAll(given))
    equal((await ask(db, Q.all(twice))).length, 2 * WORDS.length)
    const once = WORDS.map(w => ({ word: w }))
    equalBags(await ask(db, Q.all(pipe(twice, Q.distinct))), once)
    equalBags(await ask(db, Q.all(pipe(q, Q.union(given)))), once)
    equalBags(await ask(db, Q.all(pipe(q, Q.intersect(given)))), once)
    equalBags(await ask(db, Q.all(pipe(q, Q.except(given)))), [])
    const groups = pipe(
      twice,
      Q.aggregate(r => ({ word: Agg.key(r.word), n: Agg.countAll })),
    )
    equalBags(
      await ask(db, Q.all(groups)),
      WORDS.map(w => ({ word: w, n: 2 })),
    )
    equal(
      await ask(
        db,
        Q.one(
          pipe(
            twice,
            Q.aggregate(r => ({ n: Agg.countDistinct(r.word) })),
          ),
        ),
      ),
      { n: WORDS.length },
    )
    const joined = pipe(
      q,
      Q.bind('other', s =>
        pipe(
          given,
          Q.where(o => Ex.eq(o.word, s.word)),
        ),
      ),
    )
    equal(await ask(db, Q.count(joined)), WORDS.length)
    const found = pipe(
      q,
      Q.where(r =>
        Ex.inQuery(
          r.word,
          pipe(
            given,
            Q.map(o => o.word),
          ),
        ),
      ),
    )
    equal(await ask(db, Q.count(found)), WORDS.length)
  }),
  check(17, 'a unique key holds texts that differ in case, accents or trailing blanks only', async db => {
    const q = await stored(db, 'words_as_keys')
    equal(await ask(db, Q.count(q)), WORDS.length)
  }),
  check(17, 'varchar, char and enum columns compare like text', async db => {
    const t = table('short_words', { v: C.varchar(3), c: C.char(2), e: C.enumOf('b', 'B', 'a') })
    await create(db, t)
    const rows = [
      { v: 'a', c: 'a ', e: 'a' },
      { v: 'a ', c: 'aa', e: 'B' },
      { v: 'B', c: '\u{1f600}\u{1f600}', e: 'b' },
      { v: '\ufffd', c: '  ', e: 'b' },
      { v: '\u{1f600}\u{1f600}\u{1f600}', c: '\ufffd\ufffd', e: 'a' },
    ] as const
    await ask(db, Command.run(Command.insertMany(t)(rows)))
    const sorted = async (
      f: (r: { readonly v: Ex.Expr<string>; readonly c: Ex.Expr<string>; readonly e: Ex.Expr<string> }) => Ex.Expr<string>,
    ) =>
      ask(
        db,
        Q.all(
          pipe(
            Q.from(t),
            Q.orderBy(r => [Ex.asc(f(r))]),
            Q.map(f),
          ),
        ),
      )
    equal(await sorted(r => r.v), ['B', 'a', 'a ', '\ufffd', '\u{1f600}\u{1f600}\u{1f600}'])
    equal(await sorted(r => r.c), ['  ', 'a ', 'aa', '\ufffd\ufffd', '\u{1f600}\u{1f600}'])
    equal(await sorted(r => r.e), ['B', 'a', 'a', 'b', 'b'])
    equal(
      await ask(
        db,
        Q.count(
          pipe(
            Q.from(t),
            Q.where(r => Ex.eq(r.v, 'a')),
          ),
        ),
      ),
      1,
    )
    equal(
      await ask(
        db,
        Q.count(
          pipe(
            Q.from(t),
            Q.where(r => Ex.eq(r.c, 'a')),
          ),
        ),
      ),
      0,
    )
  }),
  check(17, 'the empty text is not null', async db => {
    const rows = [
      ['', false],
      [null, true],
      [' ', false],
    ]
    await decides(db, { a: C.nullable(C.text) }, rows, r => Ex.isNull(r.a))
    await computes(
      db,
      { a: C.nullable(C.text) },
      [
        ['', ''],
        [null, '?'],
      ],
      r => Ex.coalesce(r.a, '?'),
    )
    const { stored: s } = await sources(db, { a: C.nullable(C.text) }, [[''], [null], ['']])
    equalBags(
      await ask(
        db,
        Q.all(
          pipe(
            s,
            Q.map(r => ({ a: r.a })),
            Q.distinct,
          ),
        ),
      ),
      [{ a: '' }, { a: null }],
    )
    equal(
      await ask(
        db,
        Q.one(
          pipe(
            s,
            Q.aggregate(r => ({ n: Agg.count(r.a) })),
          ),
        ),
      ),
      { n: 2 },
    )
  }),
  check(17, 'no text is compared by the default collation of its database: all have one by code point', async db => {
    if (db.capabilities.engine !== 'pglite') return
    const t = table('collated', { id: C.uuid, n: C.int, word: C.text, at: C.timestamp }, { primaryKey: ['id'] })
    await create(db, t)
    await ask(db, Command.run(Command.insert(t)({ id: '00000000-0000-0000-0000-000000000000', n: 1, word: 'a', at: new Date(0) })))
    const q = pipe(
      Q.from(t),
      Q.bind('other', () => given),
      Q.limit(1),
    )
    type Scope = {
      readonly word: Ex.Expr<string>
      readonly n: Ex.Expr<number>
      readonly id: Ex.Expr<string>
      readonly at: Ex.Expr<Date>
    } & {
      readonly other: { readonly word: Ex.Expr<string> }
    }
    const expressions: { readonly [what: string]: (r: Scope) => Ex.Expr<string | null> } = {
      'a column': r => r.word,
      'a column of values': r => r.other.word,
      'a function of a column': r => Ex.concat(Ex.upper(r.word), '!'),
      'a function of a column of values': r => Ex.substring(Ex.lower(r.other.word), 1, 2),
      'a choice between columns of values': r => Ex.caseWhen([[Ex.eq(r.n, 1), r.other.word]], Ex.lit('x')),
      'an integer as text': r => Ex.cast(C.text)(r.n),
      'a uuid as text': r => Ex.cast(C.text)(r.id),
      'an instant as text': r => Ex.cast(C.text)(r.at),
      'a query inside': () =>
        Ex.scalar(
          pipe(
            given,
            Q.limit(1),
            Q.map(g => g.word),
          ),
        ),
    }
    for (const [what, f] of Object.entries(expressions)) {
      const [row] = await ask(
        db,
        Q.all(
          pipe(
            q,
            Q.map(r => ({ it: Ex.raw(C.text)`pg_collation_for(${f(r)})` })),
          ),
        ),
      )
      isTrue(row?.it === '"C"' || row?.it === '"pg_c_utf8"', `${what} has the collation ${row?.it}`)
    }
    const constants = toSql('postgres')(Q.of({ it: Ex.lt(Ex.lit('a'), 'B') }))
    isTrue(E.isRight(constants) && constants.right.sql.includes('COLLATE "C"'), `constants are compared in ${inspect(constants)}`)
  }),
  check(18, 'a stored text, with its database’s collation, is written and read unchanged', async db => {
    await computes(
      db,
      { a: C.storedText },
      WORDS.map(w => [w, w]),
      r => r.a,
    )
    if (db.capabilities.engine !== 'pglite') return
    await create(db, table('stored_texts', { own: C.text, theirs: C.storedText }))
    const collations = P.raw({ column: C.text, collation: C.text })`SELECT column_name, coalesce(collation_name, 'the database''s')
      FROM information_schema.columns WHERE table_name = 'stored_texts' ORDER BY column_name`
    equal(await ask(db, collations), [
      { column: 'own', collation: 'C' },
      { column: 'theirs', collation: "the database's" },
    ])
  }),
]

const BAD = ['\u0000', 'a\u0000b', '\ud800', 'a\udc00', '\ud83d', '\ude00\ud83d']

const refusals: readonly Clause[] = [
  check(21, 'a NUL or a lone surrogate in a value is refused before anything is sent', async db => {
    const t = table('clean_texts', {
      id: C.int,
      text: C.text,
      short: C.nullable(C.varchar(9)),
      list: C.nullable(C.arrayOf(C.text)),
      doc: C.nullable(C.anyJson),
    })
    await create(db, t)
    for (const bad of BAD) {
      const writes = [
        { id: 1, text: bad },
        { id: 1, text: '', short: bad },
        { id: 1, text: '', list: ['a', bad] },
        { id: 1, text: '', doc: { deep: [bad] } },
        { id: 1, text: '', doc: { [bad]: 1 } },
      ]
      for (const row of writes) await refuses(db, 'ValidationError', Command.run(Command.insert(t)(row)))
      await refuses(
        db,
        'ValidationError',
        Command.run(
          Command.insertMany(t)([
            { id: 1, text: '' },
            { id: 2, text: bad },
          ]),
        ),
      )
      await refuses(db, 'ValidationError', Command.run(Command.update(t)({ text: bad }, Command.everywhere)))
      await refuses(db, 'ValidationError', Command.run(Command.update(t)(() => ({ text: Ex.lit(bad) }), Command.everywhere)))
    }
    equal(await ask(db, Q.all(Q.from(t))), [])
  }),
  check(
    21,
    'a NUL or a lone surrogate in a literal, pattern, part, separator or parameter is refused before anything is sent',
    async db => {
      for (const bad of BAD) {
        const predicates: readonly ((r: { readonly word: Ex.Expr<string> }) => Ex.Pred)[] = [
          r => Ex.eq(r.word, bad),
          r => Ex.inList(r.word, ['a', bad]),
          r => Ex.like(r.word, bad),
          r => Ex.ilike(r.word, `%${bad}`),
          r => Ex.contains(r.word, bad),
          r => Ex.startsWith(r.word, Ex.lit(bad)),
          r => Ex.eq(Ex.concat(r.word, bad), ''),
          r => Ex.eq(Ex.position(r.word, bad), 0),
          r => Ex.eq(Ex.coalesce(r.word, bad), ''),
        ]
        for (const predicate of predicates) await refuses(db, 'ValidationError', Q.all(pipe(given, Q.where(predicate))))
        await refuses(db, 'ValidationError', Q.all(Q.of({ it: Ex.lit(bad) })))
        await refuses(db, 'ValidationError', Q.all(Q.values({ word: C.text })([{ word: bad }])))
        await refuses(
          db,
          'ValidationError',
          Q.all(
            pipe(
              given,
              Q.aggregate(r => ({ it: Agg.stringAgg(r.word, bad) })),
            ),
          ),
        )
        const prepared = Q.prepare({ w: C.text }, ({ w }) =>
          pipe(
            given,
            Q.where(r => Ex.eq(r.word, w)),
          ),
        )
        await refuses(db, 'ValidationError', Q.all(prepared({ w: bad })))
      }
    },
  ),
  check(21, 'a NUL or a lone surrogate in a parameter of a raw statement is refused before anything is sent', async db => {
    for (const bad of BAD) await refuses(db, 'ValidationError', P.raw({ it: C.text })`SELECT ${bad}`)
  }),
  check(21, 'a NUL or a lone surrogate in a name is refused, or the name works like any other', async db => {
    for (const [i, bad] of BAD.entries()) {
      const named = await Q.all(Q.of({ [bad]: Ex.lit(i) }))({ db })()
      if (E.isRight(named)) equal(named.right, [{ [bad]: i }])
      else equal(named.left._tag, 'ValidationError')
      const t = table(`named_${bad}`, { id: C.int, [`x${bad}`]: C.int })
      const created = await createAll(schema({ t }))({ db })()
      if (E.isLeft(created)) equal(created.left._tag, 'ValidationError', created.left.message)
      else {
        const row = { id: 1, [`x${bad}`]: 2 }
        await ask(db, Command.run(Command.insert(t)(row)))
        equal(await ask(db, Q.all(Q.from(t))), [row])
      }
    }
  }),
  check(21, 'astral characters, which are two surrogates in JavaScript, are no lone surrogates', db =>
    computes(
      db,
      word,
      ['\u{1f600}', '\u{10ffff}', '\ud7ff\ue000', '\ufffe\uffff', '\u0001\u001f\u007f'].map(w => [w, w]),
      r => r.a,
    ),
  ),
]

export const texts: readonly Clause[] = [...ofText, ...refusals]
