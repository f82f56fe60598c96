/**
 * Errors of the engines: the same violation is the same value on each of them.
 *
 * Every kind of constraint is violated in every possible way: by an insert, an update, a delete, the rows of a query, an upsert, a raw
 * statement. Table, constraint and columns have their SQL names. The rows of all tables are compared before and after: a command that
 * fails changes nothing.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import {
  boolean,
  check,
  codec,
  enumOf,
  generated,
  int,
  named,
  nullable,
  numeric,
  smallint,
  text,
  unique,
  varchar,
} from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import { concat, eq, gt, lit, ne, nullOf, plus, raw as rawExpr, times } from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { fk, schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { type Engine, engines, SECRET, using } from './eachEngine.js'
import { template } from './rawText.js'

const teams = table('team', { id: generated(int), teamName: unique(text) })
const people = table(
  'people',
  {
    id: int,
    email: unique(text),
    firstName: text,
    lastName: text,
    nick: nullable(text),
    age: pipe(
      int,
      check(self => gt(self, 0)),
    ),
    level: pipe(smallint, nullable),
    price: pipe(numeric(5, 2), nullable),
    role: enumOf('admin', 'user'),
    code: pipe(varchar(5), nullable),
    teamId: nullable(int),
    bossId: nullable(int),
  },
  {
    primaryKey: ['id'],
    uniques: [['firstName', 'lastName']],
    checks: { boss_is_another: p => ne(p.id, p.bossId), code_range: p => ne(p.code, 'range'), code_length: p => ne(p.code, 'size') },
  },
)
const seats = table('seat', { rowNo: int, seatNo: int, free: boolean }, { primaryKey: ['rowNo', 'seatNo'] })
const bookings = table('booking', { id: int, rowNo: nullable(int), seatNo: nullable(int) }, { primaryKey: ['id'] })
const everything = schema({ teams, people, seats, bookings }, f => ({
  people: { team: fk(f.people.teamId, f.teams.id), boss: fk(f.people.bossId, f.people.id) },
  bookings: { seat: fk([f.bookings.rowNo, f.bookings.seatNo], [f.seats.rowNo, f.seats.seatNo]) },
}))
const tables = [teams, people, seats, bookings]

const person = {
  id: 1,
  email: 'a@x',
  firstName: 'Ann',
  lastName: 'Lee',
  age: 30,
  role: 'user',
  nick: 'n',
  code: 'abc',
  teamId: 1,
  level: 7,
  price: '1.50',
} as const
const other = { id: 2, email: 'b@x', firstName: 'Bob', lastName: 'Ray', age: 40, role: 'admin', bossId: 1 } as const

const violations = (engine: Engine): void => {
  const test = suite(`violations on ${engine.name}`)
  const s = using(engine, test)

  test.before(async () => {
    await s.right(createAll(everything))
    await s.right(C.run(C.insert(teams)({ teamName: 'red' })))
    await s.right(C.run(C.insertMany(people)([person, other])))
    await s.right(C.run(C.insertMany(seats)([{ rowNo: 1, seatNo: 1, free: true }])))
    await s.right(
      C.run(
        C.insertMany(bookings)([
          { id: 1, rowNo: 1, seatNo: 1 },
          { id: 2, rowNo: null, seatNo: 9 },
        ]),
      ),
    )
  })

  const unchanged: typeof s.unchanged = (_, tag, program) => s.unchanged(tables, tag, program)

  const uniqueness: readonly (readonly [string, Parameters<typeof s.run>[0], readonly [string, string, readonly string[]]])[] = [
    ['primary key, by an insert', C.run(C.insert(people)({ ...person, email: 'c@x', firstName: 'C' })), ['people', 'people_pkey', ['id']]],
    ['one column, by an insert', C.run(C.insert(people)({ ...person, id: 3, firstName: 'C' })), ['people', 'people_email_key', ['email']]],
    [
      'several columns, by an insert',
      C.run(C.insert(people)({ ...person, id: 3, email: SECRET })),
      ['people', 'people_first_name_last_name_key', ['first_name', 'last_name']],
    ],
    ['one column, by an update', C.run(C.update(people)({ email: 'a@x' }, p => eq(p.id, 2))), ['people', 'people_email_key', ['email']]],
    // no row references a booking: where several constraints are violated, any of them may be reported
    ['primary key, by an update of all rows', C.run(C.update(bookings)({ id: 9 }, C.everywhere)), ['booking', 'booking_pkey', ['id']]],
    ['a composite primary key', C.run(C.insert(seats)({ rowNo: 1, seatNo: 1, free: false })), ['seat', 'seat_pkey', ['row_no', 'seat_no']]],
    ['a generated key that is given', C.run(C.insert(teams)({ id: 1, teamName: SECRET })), ['team', 'team_pkey', ['id']]],
    [
      'within one insert',
      C.run(C.insertMany(teams)([{ teamName: SECRET }, { teamName: SECRET }])),
      ['team', 'team_team_name_key', ['team_name']],
    ],
    [
      'with returning',
      C.run(
        pipe(
          C.insert(teams)({ teamName: 'red' }),
          C.returning(x => ({ id: x.id })),
        ),
      ),
      ['team', 'team_team_name_key', ['team_name']],
    ],
    [
      'by the rows of a query',
      C.run(
        C.insertFrom(teams)(
          pipe(
            Q.from(people),
            Q.map(() => ({ teamName: lit(SECRET) })),
          ),
        ),
      ),
      ['team', 'team_team_name_key', ['team_name']],
    ],
    [
      'by an upsert, of another key than its target',
      C.run(C.upsert(people)({ target: ['id'], update: ['age'] })({ ...person, id: 7, email: 'a@x', firstName: 'Q' })),
      ['people', 'people_email_key', ['email']],
    ],
  ]
  for (const [name, program, [tableName, constraint, columns]] of uniqueness) {
    test(`unique: ${name}`, async () => {
      const e = await unchanged([], 'UniqueViolation', program)
      assert.equal([e.table, e.constraint, e.columns], [tableName, constraint, columns])
      assert.ok(e.message.includes(`"${constraint}"`) && e.message.includes(columns.join(', ')), e.message)
      assert.match(e.message, /change the value|upsert/)
    })
  }

  const references: readonly (readonly [string, Parameters<typeof s.run>[0], readonly [string, string, readonly string[]]])[] = [
    [
      'by an insert',
      C.run(C.insert(people)({ ...other, id: 3, email: SECRET, firstName: 'C', teamId: 99 })),
      ['people', 'people_team_id_fkey', ['team_id']],
    ],
    ['by an update', C.run(C.update(people)({ teamId: 99 }, p => eq(p.id, 1))), ['people', 'people_team_id_fkey', ['team_id']]],
    ['by a delete of the referred row', C.run(C.delete(teams)(x => eq(x.id, 1))), ['people', 'people_team_id_fkey', ['team_id']]],
    [
      'by an update of the referred key',
      C.run(C.update(teams)({ id: 5 }, x => eq(x.id, 1))),
      ['people', 'people_team_id_fkey', ['team_id']],
    ],
    [
      'to itself, by an insert',
      C.run(C.insert(people)({ ...other, id: 3, email: SECRET, firstName: 'C', bossId: 99 })),
      ['people', 'people_boss_id_fkey', ['boss_id']],
    ],
    ['to itself, by a delete', C.run(C.delete(people)(p => eq(p.id, 1))), ['people', 'people_boss_id_fkey', ['boss_id']]],
    [
      'of two columns, by an insert',
      C.run(C.insert(bookings)({ id: 3, rowNo: 1, seatNo: 2 })),
      ['booking', 'booking_row_no_seat_no_fkey', ['row_no', 'seat_no']],
    ],
    [
      'of two columns, by an update',
      C.run(C.update(bookings)({ seatNo: 2 }, b => eq(b.id, 1))),
      ['booking', 'booking_row_no_seat_no_fkey', ['row_no', 'seat_no']],
    ],
    [
      'of two columns, by a delete',
      C.run(C.delete(seats)(C.everywhere)),
      ['booking', 'booking_row_no_seat_no_fkey', ['row_no', 'seat_no']],
    ],
    [
      'of two columns, by an update of the referred key',
      C.run(C.update(seats)({ seatNo: 4 }, C.everywhere)),
      ['booking', 'booking_row_no_seat_no_fkey', ['row_no', 'seat_no']],
    ],
    [
      'in the second row of an insert, with returning',
      C.run(
        pipe(
          C.insertMany(bookings)([
            { id: 3, rowNo: 1, seatNo: 1 },
            { id: 4, rowNo: 4, seatNo: 4 },
          ]),
          C.returning(b => ({ id: b.id })),
        ),
      ),
      ['booking', 'booking_row_no_seat_no_fkey', ['row_no', 'seat_no']],
    ],
  ]
  for (const [name, program, [tableName, constraint, columns]] of references) {
    test(`foreign key: ${name}`, async () => {
      const e = await unchanged([], 'ForeignKeyViolation', program)
      assert.equal([e.table, e.constraint, e.columns], [tableName, constraint, columns])
      assert.ok(e.message.includes(constraint), e.message)
      // SQLite does not report for an update which of the two it was
      const isOpen = engine.name.startsWith('sqlite') && name.includes('update')
      const isGone = name.includes('delete') || name.includes('referred key')
      const words = isGone
        ? /would be removed: delete or change the referencing rows first$/
        : /would reference a missing row: insert the referenced row first$/
      assert.match(e.message, isOpen ? /insert the referenced row first, or delete the referencing rows first$/ : words)
    })
    test(`foreign key, in a transaction that goes on after it: ${name}`, async () => {
      const program = Program.withRollback<Program.Db, unknown, unknown>(env => async () => {
        await C.run(C.insert(teams)({ teamName: 'blue' }))(env)()
        const failed = await Program.attempt(program_)(env)()
        const counted = await Q.count(Q.from(teams))(env)()
        return { _tag: 'Right', right: [failed, counted] }
      })
      const program_ = references.find(r => r[0] === name)?.[1] as (typeof references)[number][1]
      const [failed, counted] = (await s.right(program)) as [any, any]
      assert.is(failed.right.left._tag, 'ForeignKeyViolation')
      assert.equal(failed.right.left.columns, columns)
      assert.is(counted.right, 2)
    })
  }

  test('not null, by an update to the value of a column that is null', async () => {
    const e = await unchanged([], 'NotNullViolation', C.run(C.update(people)(p => ({ firstName: p.nick as never }), C.everywhere)))
    assert.equal([e.table, e.column], ['people', 'first_name'])
    assert.match(e.message, /"people"\."first_name" can't be null: give a value, or declare the column nullable/)
  })
  test('not null, by the rows of a query', async () => {
    const rows = pipe(
      Q.from(people),
      Q.map(p => ({ teamName: p.nick as never })),
    )
    const e = await unchanged([], 'NotNullViolation', C.run(C.insertFrom(teams)(rows)))
    assert.equal([e.table, e.column], ['team', 'team_name'])
  })
  test('not null, by an insert of a null expression', async () => {
    const e = await unchanged([], 'NotNullViolation', C.run(C.insert(teams)({ teamName: nullOf(nullable(text)) as never })))
    assert.equal([e.table, e.column], ['team', 'team_name'])
  })
  test('a plain null is refused before it is sent', async () => {
    const e = await unchanged([], 'ValidationError', C.run(C.update(people)({ firstName: null as never }, C.everywhere)))
    assert.equal(e.path, ['people', 'firstName'])
  })

  const checks: readonly (readonly [string, Parameters<typeof s.run>[0], string])[] = [
    ['of a column, by an insert', C.run(C.insert(people)({ ...other, id: 3, email: SECRET, firstName: 'C', age: -1 })), 'people_age_check'],
    [
      'of a column, by an update',
      C.run(
        C.update(people)(
          p => ({ age: times(p.age, -1) }),
          p => eq(p.id, 1),
        ),
      ),
      'people_age_check',
    ],
    [
      'of the table, by an insert',
      C.run(C.insert(people)({ ...other, id: 3, email: SECRET, firstName: 'C', bossId: 3 })),
      'people_boss_is_another',
    ],
    ['of the table, by an update', C.run(C.update(people)({ bossId: 1 }, p => eq(p.id, 1))), 'people_boss_is_another'],
    ['of the values of an enum', C.run(C.update(people)(p => ({ role: p.lastName as never }), C.everywhere)), 'people_role__values'],
    ['whose name ends as that of a range does', C.run(C.update(people)({ code: 'range' }, C.everywhere)), 'people_code_range'],
    ['whose name ends as that of a length does', C.run(C.update(people)({ code: 'size' }, C.everywhere)), 'people_code_length'],
  ]
  for (const [name, program, constraint] of checks) {
    test(`check: ${name}`, async () => {
      const e = await unchanged([], 'CheckViolation', program)
      assert.equal([e.table, e.constraint], ['people', constraint])
      assert.ok(e.message.includes(`"${constraint}"`) && /give values that satisfy it/.test(e.message), e.message)
    })
  }

  test('a text that is too long: as a value it is refused, as an expression it is ValueTooLong', async () => {
    const e = await unchanged([], 'ValidationError', C.run(C.update(people)({ code: SECRET }, C.everywhere)))
    assert.equal(e.path, ['people', 'code'])
    assert.match(e.message, /longer than 5 characters/)
    const long = await unchanged([], 'ValueTooLong', C.run(C.update(people)(p => ({ code: concat(p.email, SECRET) }), C.everywhere)))
    assert.is(long.column, 'code')
    assert.match(long.message, /"code".*shorten it, or declare a longer column/)
  })

  const overflows: readonly (readonly [string, Parameters<typeof s.run>[0], RegExp])[] = [
    ['int, as a value', C.run(C.update(people)({ age: 3_000_000_000 }, C.everywhere)), /people\.age/],
    ['int, computed', C.run(C.update(people)(p => ({ age: times(p.age, 1_000_000_000) }), C.everywhere)), /\bage\b/],
    [
      'int, from a query',
      C.run(
        C.insertFrom(seats)(
          pipe(
            Q.from(people),
            Q.map(p => ({ rowNo: times(p.age, 1_000_000_000), seatNo: p.id, free: lit(true) })),
          ),
        ),
      ),
      /\brow_no\b|\browNo\b/,
    ],
    ['smallint, as a value', C.run(C.update(people)({ level: 40_000 }, C.everywhere)), /people\.level/],
    ['smallint, computed', C.run(C.update(people)(p => ({ level: times(p.level, 10_000) as never }), C.everywhere)), /\blevel\b/],
    ['numeric, computed', C.run(C.update(people)(p => ({ price: plus(p.price, '999.99') as never }), C.everywhere)), /\bprice\b/],
    [
      'of two columns, computed',
      C.run(C.update(people)(p => ({ level: times(p.level, 10_000) as never, age: times(p.age, 1_000_000_000) }), C.everywhere)),
      /\b(?:level|age)\b/,
    ],
  ]
  for (const [name, program, column] of overflows) {
    test(`out of a column's range: ${name}`, async () => {
      const e = await unchanged([], 'NumericOverflow', program)
      assert.match(e.message, /use a wider type or cast earlier/)
      assert.match(e.message, column)
    })
  }

  test('a table that is not there, and one that is there already', async () => {
    const nowhere = table('nowhere', { id: int })
    const uses: readonly Program.Program<Program.Db, unknown, unknown>[] = [
      Q.all(Q.from(nowhere)),
      C.run(C.insert(nowhere)({ id: 1 })),
      C.run(C.delete(nowhere)(C.everywhere)),
      Q.foldChunks(0, n => n)(Q.from(nowhere)),
    ]
    for (const program of uses) {
      const e = await unchanged([], 'SchemaConflict', program)
      assert.is(e.object, 'nowhere')
      assert.match(e.message, /createAll/)
    }
    const conflict = await unchanged([], 'SchemaConflict', createAll(schema({ nowhere, seats })))
    assert.is(conflict.object, 'seat')
    assert.match(conflict.message, /drop it/)
    if (engine.transactionalDdl) await s.left('SchemaConflict', Q.all(Q.from(nowhere)))
    // each definition is committed at once: those before the one that failed remain
    else await s.drop(nowhere)
  })

  test('names that engines keep for themselves, and schemas that are not there: refused in words, or fine', async () => {
    const tables = [
      table('sqlite_x', { id: int }),
      table('sqlite_master', { id: int }),
      table('pg_class', { id: int }),
      table('thing', { ctid: int, xmin: int }),
      table('thing', { tableoid: int }),
      table('thing', { rowid: int, oid: int, id: int }),
      table('thing', { id: int }, { schema: 'nowhere' }),
      table('thing', { id: int }, { schema: 'information_schema' }),
    ]
    for (const t of tables) {
      const made = await s.run(createAll(schema({ t })))
      if (made._tag === 'Right') {
        await s.right(C.run(C.insert(t as typeof teams)(Object.fromEntries(Object.keys(t.columns).map(f => [f, 1])) as never)))
        assert.is((await s.rows(t)).length, 1)
        await s.drop(t)
      } else {
        assert.ok(
          ['SchemaConflict', 'ValidationError', 'Unsupported'].includes(made.left._tag),
          `${t.name}: ${made.left._tag} ${made.left.message}`,
        )
      }
    }
  })
  test('a schema that can not be created is refused, with the place', async () => {
    const unknownKey = table('a', { id: int }, { primaryKey: ['nope' as never] })
    const doubled = table('a', { id: int, other: named('id')(int) })
    const nullableKey = table('a', { id: nullable(int) }, { primaryKey: ['id'] })
    const throwing = table(
      'a',
      { id: int },
      {
        checks: {
          odd: () => {
            throw new Error('thrown by the check')
          },
        },
      },
    )
    for (const [bad, path] of [
      [unknownKey, 'a_nope_pkey'],
      [doubled, 'id'],
      [nullableKey, 'id'],
    ] as const) {
      const e = await s.left('ValidationError', createAll(schema({ bad })))
      assert.is(e.path[0], 'a')
      assert.ok(e.path.includes(path === 'a_nope_pkey' ? 'a_pkey' : path), e.message)
    }
    const failed = await s.left('CallbackFailed', createAll(schema({ throwing })))
    assert.is(failed.callback, 'the check a_odd of a')
    const b = table('b', { id: int, ref: int })
    const noKey = schema({ b }, f => ({ b: { self: fk(f.b.ref, f.b.id) } }))
    const e = await s.left('ValidationError', createAll(noKey))
    assert.equal(e.path, ['b', 'self'])
    assert.match(e.message, /not a unique key/)
    await s.left('SchemaConflict', Q.all(Q.from(b)))
  })
  test.run()
}

/** The same tables as others remember them: with fewer nulls, other values, other types. */
const looseTable = table('thing', { id: int, label: nullable(text), size: int }, { primaryKey: ['id'] })
const Short = t.refinement(t.string, s => s.length < 4, 'Short')
const strictTable = table('thing', { id: int, label: codec(Short)(text), size: int }, { primaryKey: ['id'] })
const strangeTable = table('thing', { id: int, label: nullable(int), size: boolean }, { primaryKey: ['id'] })

const decoding = (engine: Engine): void => {
  const test = suite(`rows that don't decode on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.create(looseTable)
    await s.right(
      C.run(
        C.insertMany(looseTable)([
          { id: 1, label: 'ok', size: 1 },
          { id: 2, label: SECRET, size: 2 },
          { id: 3, label: null, size: 3 },
        ]),
      ),
    )
  })
  const byId = (q: Q.Query<any, any>, id: number) =>
    pipe(
      q,
      Q.where((x: any) => eq(x.id, id)),
    )
  const ordered = pipe(
    Q.from(strictTable),
    Q.orderBy(x => [{ expr: x.id, direction: 'asc', nulls: null }]),
  )

  test('says row, column, what was expected and what kind of value came', async () => {
    const e = await s.left('DecodeError', Q.all(ordered))
    assert.equal([e.row, e.column, e.expected, e.got], [1, 'label', 'Short', 'string'])
    assert.match(e.message, /row 1, column "label": expected Short, got string: make the column's codec agree/)
    assert.is(e.errors.length, 1)
  })
  test('a null where none was promised', async () => {
    const e = await s.left('DecodeError', Q.all(byId(Q.from(strictTable), 3)))
    assert.equal([e.row, e.column, e.expected, e.got], [0, 'label', 'Short', 'null'])
  })
  test('the column is the path in the result', async () => {
    const e = await s.left(
      'DecodeError',
      Q.all(
        pipe(
          byId(Q.from(strictTable), 2),
          Q.map((x: any) => ({ outer: { inner: x.label } })),
        ),
      ),
    )
    assert.equal([e.row, e.column], [0, 'outer.inner'])
    const single = await s.left(
      'DecodeError',
      Q.all(
        pipe(
          byId(Q.from(strictTable), 2),
          Q.map((x: any) => x.label),
        ),
      ),
    )
    assert.is(single.column, '(value)')
  })
  test('inside many, first, and many in many', async () => {
    const inner = pipe(
      ordered,
      Q.map(x => ({ text: x.label })),
    )
    const rows = pipe(
      Q.from(looseTable),
      Q.orderBy(x => [{ expr: x.id, direction: 'asc', nulls: null }]),
    )
    const nested = await s.left(
      'DecodeError',
      Q.all(
        pipe(
          rows,
          Q.map(x => ({
            id: x.id,
            list: Q.many(
              pipe(
                inner,
                Q.where(() => eq(x.id, 2)),
              ),
            ),
          })),
        ),
      ),
    )
    assert.equal([nested.row, nested.column, nested.expected, nested.got], [1, 'list.text', 'Short', 'string'])
    const first = await s.left(
      'DecodeError',
      Q.all(
        pipe(
          rows,
          Q.map(x => ({
            one: Q.first(
              pipe(
                inner,
                Q.where(() => eq(x.id, 3)),
                Q.offset(1),
              ),
            ),
          })),
        ),
      ),
    )
    assert.equal([first.row, first.column], [2, 'one.text'])
    const deep = pipe(
      rows,
      Q.map(() => ({
        outer: Q.many(
          pipe(
            rows,
            Q.map(() => ({ list: Q.many(inner) })),
          ),
        ),
      })),
    )
    const e = await s.left('DecodeError', Q.all(deep))
    assert.equal([e.row, e.column], [0, 'outer.list.text'])
  })
  test('under bindLeft', async () => {
    const q = pipe(
      Q.Do,
      Q.bind('a', () =>
        pipe(
          Q.from(looseTable),
          Q.where(a => eq(a.id, 1)),
        ),
      ),
      Q.bindLeft('b', () => byId(Q.from(strictTable), 2)),
    )
    const e = await s.left('DecodeError', Q.all(q))
    assert.equal([e.row, e.column], [0, 'b.label'])
  })
  test('in a cursor the rows are counted from its beginning', async () => {
    const e = await s.left('DecodeError', Q.foldChunks(0, n => n + 1, { size: 1 })(ordered))
    assert.equal([e.row, e.column], [1, 'label'])
  })
  test('what returning answers: then nothing has happened', async () => {
    const insert = C.run(
      pipe(
        C.insert(strictTable)({ id: 9, label: 'abc', size: 1 }),
        C.returning(x => ({ label: x.label })),
      ),
    )
    assert.equal(await s.right(Program.withRollback(insert)), { label: 'abc' })
    const programs: readonly Program.Program<Program.Db, DbError, unknown>[] = [
      C.run(
        pipe(
          C.update(strictTable)({ size: 0 }, C.everywhere),
          C.returning(x => ({ label: x.label })),
        ),
      ),
      C.run(
        pipe(
          C.delete(strictTable)(C.everywhere),
          C.returning(x => ({ label: x.label })),
        ),
      ),
      C.run(
        pipe(
          C.insertMany(strictTable)([
            { id: 8, label: 'abc', size: 1 },
            { id: 9, label: concat('a', SECRET) as never, size: 1 },
          ]),
          C.returning(x => ({ label: x.label })),
        ),
      ),
    ]
    for (const program of programs) {
      const e = await s.unchanged([looseTable], 'DecodeError', program)
      assert.is(e.column, 'label')
    }
  })
  test('what returning answers, in a transaction that goes on: then nothing has happened', async () => {
    const failing = C.run(
      pipe(
        C.update(strictTable)({ size: 0 }, C.everywhere),
        C.returning(x => ({ label: x.label })),
      ),
    )
    const before = await s.rows(looseTable)
    const answer = await s.right(Program.transaction()(Program.attempt(failing)))
    assert.is(answer._tag, 'Left')
    assert.equal(await s.rows(looseTable), before)
  })
  if (engine.sql) {
    test('a column of another type', async () => {
      const e = await s.left('DecodeError', Q.all(byId(Q.from(strangeTable), 2)))
      assert.equal([e.row, e.column, e.expected, e.got], [0, 'label', 'int', 'string'])
    })
    test("a statement of one's own: another type, a null, too few columns", async () => {
      const wrong = await s.left('DecodeError', Program.raw({ n: int })`SELECT ${SECRET}`)
      assert.equal([wrong.row, wrong.column, wrong.expected, wrong.got], [0, 'n', 'int', 'string'])
      const none = await s.left('DecodeError', Program.raw({ n: int })`SELECT NULL`)
      assert.equal([none.column, none.got], ['n', 'null'])
      const few = await s.left('DecodeError', Program.raw({ n: int, m: int })`SELECT 1`)
      assert.is(few.column, 'm')
    })
  }
  test.run()
}

const rawStatements = (engine: Engine): void => {
  const test = suite(`statements of one's own on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.right(createAll(everything))
    await s.right(C.run(C.insert(teams)({ teamName: 'red' })))
    await s.right(C.run(C.insertMany(people)([person, other])))
  })
  const unchanged: typeof s.unchanged = (_, tag, program) => s.unchanged(tables, tag, program)

  if (!engine.sql) {
    test('are refused', async () => {
      const e = await unchanged([], 'Unsupported', Program.raw({})`DELETE FROM team`)
      assert.is(e.engine, engine.name)
      await unchanged(
        [],
        'Unsupported',
        Q.all(
          pipe(
            Q.from(teams),
            Q.map(() => ({ one: rawExpr(int)`1` })),
          ),
        ),
      )
    })
    test.run()
    return
  }

  test('that violate a constraint get the same errors, as far as the engine lets us know', async () => {
    const unique = await unchanged([], 'UniqueViolation', Program.raw({})`INSERT INTO team (team_name) VALUES ('red')`)
    // the servers name either the columns or the constraint; MariaDB does not report its table
    if (engine.tells.includes('columns')) assert.equal([unique.table, unique.columns], ['team', ['team_name']])
    else assert.equal([unique.table, unique.constraint], [engine.tells.includes('table of a key') ? 'team' : '', 'team_team_name_key'])
    const key = await unchanged([], 'ForeignKeyViolation', Program.raw({})`DELETE FROM team`)
    assert.equal([key.table, key.constraint, key.columns], ['people', 'people_team_id_fkey', ['team_id']])
    const notNull = await unchanged([], 'NotNullViolation', Program.raw({})`UPDATE people SET first_name = NULL`)
    assert.equal([notNull.table, notNull.column], [engine.tells.includes('columns') ? 'people' : '', 'first_name'])
    const role = await unchanged([], 'CheckViolation', Program.raw({})`UPDATE people SET role = 'root'`)
    assert.is(role.constraint, 'people_role__values')
    await unchanged([], 'NumericOverflow', Program.raw({})`UPDATE people SET age = 3000000000`)
    await unchanged([], 'ValueTooLong', Program.raw({})`UPDATE people SET code = 'abcdef'`)
  })

  test('with a mistake: what, where, and the statement; never a value', async () => {
    const e = await unchanged([], 'SyntaxError', Program.raw({})`SELEC ${SECRET} FROM team`)
    assert.match(e.sql, /^SELEC /)
    assert.not(e.sql.includes(SECRET))
    assert.is(e.position, 1)
    assert.match(e.message, /at character 1: check its raw SQL/)
    const middle = await unchanged([], 'SyntaxError', Program.raw({})`DELETE FROM team WHERE WHEN team_name = ${SECRET}`)
    assert.is(middle.position, 24)
    for (const program of [
      Program.raw({})`SELECT nope FROM team`,
      Program.raw({})`SELECT nope(1)`,
      Program.raw({})`SELECT (1`,
      Program.raw({})`SELECT 'open`,
      Program.raw({})`INSERT INTO team (nope) VALUES (1)`,
      Program.raw({})`UPDATE team SET nope = 1`,
    ]) {
      const error = await unchanged([], 'SyntaxError', program)
      assert.match(error.message, /check its raw SQL/)
    }
    const missing = await unchanged([], 'SchemaConflict', Program.raw({})`SELECT 1 FROM nowhere`)
    assert.is(missing.object, 'nowhere')
  })
  test('whose words are those of other errors', async () => {
    for (const program of [
      Program.raw({})`SELECT 1 malformed malformed`,
      Program.raw({})`SELECT malformed(1)`,
      Program.raw({})`SELECT nope.x FROM team`,
      Program.raw({})`SELECT 1 UNION SELECT 1, 2`,
      Program.raw({})`INSERT INTO team VALUES (1, 'a', 3)`,
    ]) {
      await unchanged([], 'SyntaxError', program)
    }
    const named = {
      '"': Program.raw({})`SELECT 1 FROM "UNIQUE constraint failed: a.b"`,
      '`': Program.raw({})`SELECT 1 FROM \`UNIQUE constraint failed: a.b\``,
    }
    const missing = await unchanged([], 'SchemaConflict', named[engine.quote])
    assert.is(missing.object, 'UNIQUE constraint failed: a.b')
    await unchanged([], 'DatabaseError', Program.raw({})`UPDATE team SET id = 'abc'`)
  })
  test('as an expression with a mistake: the place in the whole statement', async () => {
    const q = pipe(
      Q.from(teams),
      Q.where(x => eq(x.teamName, SECRET)),
      Q.map(x => ({ n: rawExpr(int)`${x.id} +* ! 1` })),
    )
    const e = await unchanged([], 'SyntaxError', Q.all(q))
    assert.ok(e.sql.startsWith('SELECT'), e.sql)
    if (e.position !== null) assert.match(e.sql.slice(e.position - 1), /^[+*! ]/)
    const command = C.run(C.update(teams)(x => ({ teamName: rawExpr(text)`${x.teamName} ]] ${SECRET}` }), C.everywhere))
    const failed = await unchanged([], 'SyntaxError', command)
    assert.ok(failed.sql.startsWith('UPDATE'), failed.sql)
  })
  test('with a value that the engine refuses: it is not in the message', async () => {
    for (const program of [
      Program.raw({ n: int })`SELECT CAST(${SECRET} AS integer) + abs(-9223372036854775808) + (SELECT 1 UNION SELECT 2)`,
      Program.raw({ n: int })`SELECT CAST(${SECRET} AS date)`,
      Program.raw({ n: int })`SELECT json_array_length(${`{${SECRET}`})`,
    ]) {
      const answer = await s.run(program)
      if (answer._tag === 'Left') assert.not(answer.left.message.includes(SECRET), answer.left.message)
    }
    const many = '9'.repeat(40)
    const answer = await s.run(Program.raw({ n: int })`SELECT CAST(${many} AS bigint)`)
    if (answer._tag === 'Left') assert.not(answer.left.message.includes(many), answer.left.message)
  })
  test('of several statements are refused: none of them is run', async () => {
    await unchanged([], 'ValidationError', Program.raw({})`DELETE FROM booking; DELETE FROM people`)
    const error = await unchanged([], 'ValidationError', Program.raw({})`UPDATE team SET team_name = ${'x'}; DROP TABLE booking`)
    assert.match(error.message, /one statement/)
  })
  test('without a statement are refused', async () => {
    for (const program of [Program.raw({})``, Program.raw({})` ; `, Program.raw({})`/* nothing */ -- at all`]) {
      const error = await unchanged([], 'ValidationError', program)
      assert.match(error.message, /no statement/)
    }
  })
  test('may end in a semicolon and a comment', async () => {
    assert.equal(await s.right(Program.raw({ n: int })`SELECT 1 ; `), [{ n: 1 }])
    assert.equal(await s.right(Program.raw({ n: int })`SELECT 1 -- ; the end`), [{ n: 1 }])
  })
  test('that would end or begin a transaction by themselves are refused', async () => {
    for (const program of [
      Program.raw({})`COMMIT`,
      Program.raw({})`BEGIN`,
      Program.raw({})`ROLLBACK`,
      Program.raw({})`END`,
      Program.raw({})`  commit `,
    ]) {
      const inside = pipe(C.run(C.insert(teams)({ teamName: 'green' })), () => async () => {
        throw new Error('never run')
      })
      assert.type(inside, 'function')
      const answer = await s.run(
        Program.transaction()<Program.Db, unknown, unknown>(env => async () => {
          await C.run(C.insert(teams)({ teamName: 'green' }))(env)()
          await program(env)()
          return { _tag: 'Left', left: 'undo' }
        }),
      )
      assert.is(answer._tag, 'Left')
      assert.is(await s.right(Q.count(Q.from(teams))), 1, 'a raw statement has committed the transaction around it')
      await s.run(program)
      await s.right(Program.transaction()(Q.count(Q.from(teams))))
    }
  })
  test('take a template only: a string is refused, since it may hold values', async () => {
    const injected = `SELECT '${SECRET}'` as never
    await unchanged([], 'ValidationError', Program.raw({ n: text })(injected))
    await unchanged([], 'ValidationError', Q.all(Q.of({ n: rawExpr(text)(injected) })))
  })
  test('with null, undefined or an object for a value are refused', async () => {
    for (const value of [null, undefined, {}, [1], Symbol('s'), () => 1, Number.NaN, 'a\u0000']) {
      const answer = await s.run(Program.raw({ n: int })`SELECT ${value as never}`)
      assert.is(answer._tag, 'Left')
      assert.ok(
        answer._tag === 'Left' && ['ValidationError', 'NumericOverflow'].includes(answer.left._tag),
        `${String(value)}: ${JSON.stringify(answer)}`,
      )
    }
  })
  test('with NUL in the text are refused: engines read no further than that', async () => {
    const garbage = template('SELECT 1 \u0000 garbage')
    await unchanged([], 'ValidationError', Program.raw({ n: int })(garbage))
    await unchanged([], 'ValidationError', Q.all(Q.of({ n: rawExpr(int)(garbage) })))
  })
  test.run()
}

for (const engine of engines) {
  violations(engine)
  decoding(engine)
  rawStatements(engine)
}
