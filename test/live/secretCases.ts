/**
 * A program for each kind of error, full of marks: `secrets.test.ts` runs it and then searches the error.
 *
 * The record is keyed by the tag of the error, so that a new error without a case does not compile. `on` selects the engines that can
 * fail in this way; without it all of them can, and must.
 */
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as Col from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import type { Interpreter, SqlOp } from '../../lib/Interpreter.js'
import * as Migrate from '../../lib/Migrate.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { mysql } from '../../lib/run/mysql.js'
import { pglite } from '../../lib/run/pglite.js'
import { postgres } from '../../lib/run/postgres.js'
import { sqlite } from '../../lib/run/sqlite.js'
import { fk, schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import { abortable } from '../../lib/transform/abortable.js'
import type { Transformer } from '../../lib/transform/around.js'
import { addressOf, type ServerName } from './addresses.js'
import type { Engine } from './eachEngine.js'
import { MARKS, PASSWORD, USER } from './marks.js'
import { template } from './rawText.js'
import { processList } from './servers.js'

export interface Case {
  readonly name: string
  readonly on?: (engine: Engine) => boolean
  /** Whether the program itself throws the marks: then they are its own, and only logs and spans may not have them. */
  readonly isOwn?: true
  readonly ask: (db: Interpreter<SqlOp>, made: Made) => Promise<E.Either<unknown, unknown>>
}

/** For cases that open a database of their own. */
interface Made {
  readonly engine: Engine
  /** The transformer that is looked through. */
  readonly through: Transformer
  readonly folder: string
}

const columns = {
  id: Col.int,
  label: Col.unique(Col.varchar(200)),
  nick: Col.nullable(Col.text),
  amount: pipe(
    Col.int,
    Col.check(self => X.lt(self, 1000)),
  ),
  size: Col.bigint,
  price: Col.numeric(12, 2),
  ratio: Col.float,
  day: Col.date,
  code: Col.uuid,
  data: Col.bytes,
  doc: Col.anyJson,
  tight: Col.nullable(Col.varchar(12)),
  version: Col.int,
}
const things = table('secret_thing', columns, { primaryKey: ['id'] })
const parts = table('secret_part', { id: Col.int, thingId: Col.int }, { primaryKey: ['id'] })
export const stored = schema({ things, parts }, f => ({ parts: { thing: fk(f.parts.thingId, f.things.id) } }))

/** The same table, declared with other types. */
const Short = t.refinement(t.string, s => s.length < 4, 'Short')
const strict = table('secret_thing', { ...columns, label: Col.codec(Short)(Col.varchar(200)) }, { primaryKey: ['id'] })
const typed = table(
  'secret_thing',
  { ...columns, doc: Col.json(t.type({ member: t.number, other: t.record(t.string, t.number) })) },
  { primaryKey: ['id'] },
)
const odd = table('secret_thing', { ...columns, label: Col.int, day: Col.int, nick: Col.text }, { primaryKey: ['id'] })
const absent = table('secret_absent', columns, { primaryKey: ['id'] })
/** Values of columns that are not given, in a table that is there already. */
const defaulting = table(
  'secret_thing',
  {
    id: Col.int,
    label: Col.withDefault(MARKS.text)(Col.text),
    day: Col.withDefault(MARKS.day)(Col.date),
    amount: Col.withDefault(MARKS.int)(Col.int),
  },
  { primaryKey: ['id'] },
)

const row = (id: number, label: string) => ({
  id,
  label,
  nick: null,
  amount: 1,
  size: MARKS.big,
  price: MARKS.decimal,
  ratio: MARKS.float,
  day: MARKS.day,
  code: MARKS.uuid,
  data: MARKS.bytes,
  doc: MARKS.json,
  tight: MARKS.short,
  version: 1,
})

/** Inserts the rows that every case finds. */
export const fill: Program.Program<Program.Db, DbError, unknown> = C.run(C.insertMany(things)([row(1, MARKS.text), row(2, 'two')]))
export const referring: Program.Program<Program.Db, DbError, unknown> = C.run(C.insert(parts)({ id: 1, thingId: 1 }))

const asked =
  <X1, A>(program: Program.Program<Program.Db, X1, A>) =>
  (db: Interpreter<SqlOp>): Promise<E.Either<X1, A>> =>
    program({ db })()

/** A condition with each kind of value. */
const marked = (x: any): X.Pred =>
  X.or(
    X.eq(x.label, MARKS.text),
    X.eq(x.size, MARKS.big),
    X.eq(x.price, MARKS.decimal),
    X.eq(x.ratio, MARKS.float),
    X.eq(x.day, MARKS.day),
    X.eq(x.code, MARKS.uuid),
    X.eq(x.data, MARKS.bytes),
    X.eq(x.tight, MARKS.short),
    X.inList(x.amount, [MARKS.int]),
  )

const sql = ({ sql: speaks }: Engine): boolean => speaks
const isOne =
  (...names: readonly string[]) =>
  ({ name }: Engine): boolean =>
    names.includes(name)
const ofPostgres = isOne('postgres', 'pglite')
const ofMysql = isOne('mysql', 'mariadb')
const ofSqlite = isOne('sqlite', 'sqlite in a file', 'sqlite3')
const raw = Program.raw({ n: Col.int })
const none = Program.raw({})

const where = (source: any) => pipe(Q.from(source), Q.where(marked)) as Q.Query<any, any>
/** The same rows, without the columns that are declared differently. */
const found = (source: any) =>
  pipe(
    Q.from(source),
    Q.where((x: any) => X.eq(x.size, MARKS.big)),
  ) as Q.Query<any, any>
const of = (name: string, program: Program.Program<Program.Db, unknown, unknown>, on?: (engine: Engine) => boolean): Case => ({
  name,
  ask: asked(program),
  ...(on && { on }),
})
const any = (x: unknown): any => x

/** A text without values. */
const plain = (text: string) => raw(template(text))

/** The error that a function in the database raises: a code, and a text in every field of the error. */
const raised = (code: string, on = ofPostgres): Case => of(`raised as ${code}`, raw`SELECT secret_raise(${code}, ${MARKS.text})`, on)
const signalled = (errno: number): Case =>
  of(`signalled as ${errno}`, none`INSERT INTO secret_signal VALUES (${errno}, ${MARKS.text})`, ofMysql)

export const cases: { readonly [tag in DbError['_tag']]: readonly Case[] } = {
  UniqueViolation: [
    of('an insert of a stored text', C.run(C.insert(things)(row(3, MARKS.text)))),
    of('an insert of two rows', C.run(C.insertMany(things)([row(3, MARKS.short), row(4, MARKS.short)]))),
    of('an insert in chunks', C.insertAll(things)([row(3, 'three'), row(4, MARKS.text)], { size: 1 })),
    of('a stored row by an update', C.run(C.update(things)({ label: MARKS.text }, x => X.eq(x.id, 2)))),
    of('an upsert by another key', C.run(C.upsert(things)({ target: ['id'], update: ['label'] })(row(2, MARKS.text)))),
    of(
      'rows of a query',
      C.run(
        C.insertFrom(things)(
          pipe(
            where(things),
            Q.map((x: any) => ({ ...x, id: X.plus(x.id, 10) })),
          ) as any,
        ),
      ),
    ),
    of('a raw text', none`UPDATE secret_thing SET label = ${MARKS.text} WHERE id = 2`, sql),
    raised('23505'),
    signalled(1062),
  ],
  ForeignKeyViolation: [
    of('an insert', C.run(C.insert(parts)({ id: 2, thingId: MARKS.int }))),
    of('a delete', C.run(C.delete(things)(marked))),
    raised('23503'),
  ],
  NotNullViolation: [of('an update', C.run(C.update(things)(x => ({ label: any(x.nick) }), marked))), raised('23502')],
  CheckViolation: [
    of('an insert', C.run(C.insert(things)({ ...row(3, MARKS.short), amount: MARKS.int }))),
    of('an update', C.run(C.update(things)({ amount: MARKS.int }, marked))),
    raised('23514'),
  ],
  DecodeError: [
    of('a stored text', Q.all(found(strict))),
    of('a stored document', Q.all(found(typed))),
    of('other types than the stored ones', Q.all(found(odd)), sql),
    of('a value of a raw text', raw`SELECT ${MARKS.text}`, sql),
    of(
      'a prepared query',
      Q.all(
        Q.prepare({ text: Col.text }, ({ text }) =>
          pipe(
            Q.from(strict),
            Q.where(x => X.eq(any(x.label), any(text))),
          ),
        )({ text: MARKS.text }),
      ),
    ),
    of(
      'a row that a command answers',
      C.run(
        pipe(
          C.update(strict)({ tight: MARKS.short }, x => X.eq(x.size, MARKS.big)),
          C.returning(x => ({ label: x.label })),
        ),
      ),
    ),
  ],
  ValidationError: [
    of('a text with NUL', C.run(C.insert(things)(row(3, `${MARKS.text}\0`)))),
    of('a text that is too long', C.run(C.insert(things)({ ...row(3, 'x'), tight: MARKS.text }))),
    of('a day that is none', C.run(C.insert(things)({ ...row(3, 'x'), day: MARKS.text }))),
    of('a number that is none', C.run(C.insert(things)({ ...row(3, 'x'), price: MARKS.text as never }))),
    of('a text for a number', C.run(C.insert(things)({ ...row(3, 'x'), amount: any(MARKS.text) }))),
    of('a number for a text', C.run(C.insert(things)(row(3, any(MARKS.int))))),
    of('bytes for a text', C.run(C.insert(things)(row(3, any(MARKS.bytes))))),
    of('a document for a uuid', C.run(C.insert(things)({ ...row(3, 'x'), code: any(MARKS.json) }))),
    of('a function in a document', C.run(C.insert(things)({ ...row(3, 'x'), doc: any({ ...MARKS.json, f: () => MARKS.text }) }))),
    of('a refined value', C.run(C.insert(strict)(row(3, MARKS.text)))),
    of(
      'a condition',
      Q.all(
        pipe(
          Q.from(things),
          Q.where(x => X.eq(x.day, MARKS.text)),
        ),
      ),
    ),
    of(
      'a list',
      Q.all(
        pipe(
          Q.from(things),
          Q.where(x => X.inList(x.amount, [any(MARKS.text)])),
        ),
      ),
    ),
    of(
      'a pattern',
      Q.all(
        pipe(
          Q.from(things),
          Q.where(x => X.matches(x.label, `(${MARKS.short}\\q`)),
        ),
      ),
    ),
    of(
      'a word of a function',
      Q.all(
        pipe(
          Q.from(things),
          Q.map(x => ({ d: X.dateTrunc(x.day, any(MARKS.text)) })),
        ),
      ),
    ),
    of(
      'a value of a prepared query',
      Q.all(
        Q.prepare({ day: Col.date }, ({ day }) =>
          pipe(
            Q.from(things),
            Q.where(x => X.eq(x.day, day)),
          ),
        )({ day: MARKS.text }),
      ),
    ),
    of(
      'two rows of one key',
      C.run(C.upsertMany(things)({ target: ['label'], update: ['nick'] })([row(3, MARKS.text), row(4, MARKS.text)])),
    ),
  ],
  NumericOverflow: [
    of('an insert', C.run(C.insert(things)({ ...row(3, MARKS.short), amount: MARKS.int * 1000 }))),
    of('an update by what is stored', C.run(C.update(things)(x => ({ amount: X.times(X.plus(x.amount, MARKS.int), 9) }), marked))),
    of(
      'a sum of stored numbers',
      Q.all(
        pipe(
          where(things),
          Q.map((x: any) => ({ n: X.times(x.size, MARKS.big) })),
        ),
      ),
    ),
    of('a number in a raw text', none`UPDATE secret_thing SET amount = ${MARKS.int * 1000}`, sql),
    raised('22003'),
  ],
  ValueTooLong: [
    of('an update', C.run(C.update(things)(x => ({ tight: X.concat(x.label, MARKS.text) }), marked))),
    of('a raw text', none`UPDATE secret_thing SET tight = ${MARKS.text}`, sql),
    raised('22001'),
  ],
  SyntaxError: [
    of('a word', raw`SELEC ${MARKS.text}`, sql),
    of('a column', raw`SELECT nothing FROM secret_thing WHERE label = ${MARKS.text} OR amount = ${MARKS.int}`, sql),
    of('the end', raw`SELECT * FROM secret_thing WHERE label = ${MARKS.text} ORDER`, sql),
    of('a function', raw`SELECT secret_nothing(${MARKS.text}, ${MARKS.int})`, isOne('postgres', 'pglite', 'sqlite', 'sqlite3')),
    raised('42601'),
  ],
  Unsupported: [
    of(
      'a random value in a condition',
      Q.all(
        pipe(
          Q.from(things),
          Q.where(x => X.and(X.eq(x.label, MARKS.text), X.gt(X.random, 0.5))),
        ),
      ),
    ),
    of('raw text in memory', none`SELECT ${MARKS.text}`, isOne('memory')),
  ],
  SchemaConflict: [
    of('a query', Q.all(where(absent))),
    of('an insert', C.run(C.insert(absent)(row(1, MARKS.text)))),
    of('an upsert', C.run(C.upsert(absent)({ target: ['id'], update: ['label'] })(row(1, MARKS.text)))),
    of('look-ups by keys', Q.allBy((x: any) => x.label, [MARKS.text, MARKS.short])(Q.from(absent))),
    of(
      'a document that has a part',
      Q.all(
        pipe(
          Q.from(absent),
          Q.where(x => X.jsonContains(any(x.doc), any({ member: MARKS.json.member }))),
        ),
      ),
    ),
    of('values of columns that are not given', createAll(schema({ defaulting }))),
    of('a name that is a value', raw`SELECT count(*) FROM secret_thing WHERE ${MARKS.text}::regclass IS NOT NULL`, ofPostgres),
    raised('42P01'),
    raised('2BP01'),
  ],
  NoRow: [
    of(
      'a condition',
      Q.one(
        pipe(
          where(things),
          Q.where((x: any) => X.eq(x.id, MARKS.int)),
        ),
      ),
    ),
  ],
  TooManyRows: [
    of(
      'a condition',
      Q.one(
        pipe(
          Q.from(things),
          Q.where(x => X.or(marked(x), X.eq(x.nick, MARKS.text))),
        ),
      ),
    ),
    of('an option', Q.option(where(things))),
  ],
  StaleRow: [
    of(
      'an update',
      C.updateVersioned(things)({ version: 'version' })({ ...row(1, MARKS.text), version: MARKS.int }, { tight: MARKS.short }),
    ),
  ],
  MigrationError: [
    of(
      'a command of a step',
      Migrate.up([Migrate.migration({ name: 'secret', from: null, up: [Migrate.data(C.insert(things)(row(3, MARKS.text)))] })]),
    ),
  ],
  Closed: [
    {
      name: 'a transaction that has ended',
      ask: async db => {
        let kept = db
        await db.transaction({}, tx => async () => {
          kept = tx
          return E.right(undefined)
        })()
        return Q.all(where(things))({ db: kept })()
      },
    },
  ],
  TransactionAborted: [
    {
      name: 'a query after a failure',
      ask: db =>
        db.transaction<DbError, unknown>({}, tx => async () => {
          await C.run(C.insert(things)(row(3, MARKS.text)))({ db: tx })()
          return Q.all(where(things))({ db: tx })()
        })(),
    },
  ],
  Timeout: [
    {
      name: 'a turn, or a connection, that is waited for',
      ask: async (_, { engine, through }) => {
        const opened = await engine.open({ max: 1, acquireTimeout: 500 })()
        if (E.isLeft(opened)) return opened
        const db = through(opened.right)
        let answer: E.Either<unknown, unknown> = E.right('nothing was asked')
        await db.transaction({}, () => async () => {
          answer = await Q.all(where(things))({ db })()
          return E.right(undefined)
        })()
        await opened.right.close()
        return answer
      },
    },
    raised('57014'),
    raised('55P03'),
    signalled(1205),
  ],
  ConnectionError: [
    {
      name: 'a file that is no database',
      on: isOne('sqlite', 'sqlite3'),
      ask: async (_, { engine, folder }) => {
        const file = join(folder, `${randomUUID()}.db`)
        writeFileSync(file, MARKS.text.repeat(20))
        return (engine.name === 'sqlite' ? sqlite({ file }) : (await import('../../lib/run/sqlite3.js')).sqlite3({ file }))()
      },
    },
    {
      name: 'an archive that is none',
      on: isOne('pglite'),
      ask: () => pglite({ loadDataDir: new Blob([MARKS.text.repeat(20)]) })(),
    },
    {
      name: 'a password that is wrong',
      on: isOne('postgres', 'mysql', 'mariadb'),
      ask: (_, { engine }) => {
        const url = new URL(addressOf(engine.name as ServerName) as string)
        const [host, port, database] = [url.hostname, Number(url.port), url.pathname.slice(1)]
        const options = { host, port, database, user: USER, password: PASSWORD, max: 1 }
        return (engine.name === 'postgres' ? postgres(options) : mysql(options))()
      },
    },
    // a connection in this process is not lost
    raised('08006', isOne('pglite')),
    raised('53300'),
  ],
  Locked: [
    {
      name: 'a file that is open',
      on: isOne('sqlite'),
      ask: async (_, { folder }) => {
        const file = join(folder, `${randomUUID()}.db`)
        const opened = await sqlite({ file })()
        if (E.isLeft(opened)) return opened
        await none`CREATE TABLE t AS SELECT ${MARKS.text} AS label`({ db: opened.right })()
        const again = await sqlite({ file })()
        await opened.right.close()
        return again
      },
    },
  ],
  SerializationFailure: [raised('40001'), signalled(1020)],
  Deadlock: [raised('40P01'), signalled(1213)],
  Cancelled: [
    { name: 'a query', ask: db => Q.all(where(things))({ db: abortable(AbortSignal.abort(MARKS.text))(db) })() },
    {
      name: 'a command',
      ask: db => C.run(C.insert(things)(row(3, MARKS.text)))({ db: abortable(AbortSignal.abort(new Error(MARKS.text)))(db) })(),
    },
  ],
  OutcomeUnknown: [
    raised('08006', isOne('postgres')),
    signalled(1184),
    signalled(1927),
    of(
      'a connection that ends itself',
      raw`SELECT ${MARKS.text} FROM (SELECT pg_terminate_backend(pg_backend_pid())) AS gone`,
      isOne('postgres'),
    ),
    {
      name: 'a connection that is ended from outside',
      on: ofMysql,
      ask: async (db, { engine }) => {
        const slow = raw`SELECT count(*) FROM information_schema.collations a, information_schema.collations b, information_schema.collations c, information_schema.collations d WHERE a.id + b.id + c.id + d.id = 1 AND a.collation_name <> ${MARKS.text}`
        const answer = slow({ db })()
        const list = processList(engine.name as ServerName)
        const running = plain(`SELECT id FROM ${list} WHERE info LIKE '%collations a%' AND db = database() AND id <> connection_id()`)
        let isUnderWay = true
        const ended = answer.finally(() => {
          isUnderWay = false
        })
        while (isUnderWay) {
          const [first] = E.getOrElse((): readonly { readonly n: number }[] => [])(await running({ db })())
          if (first === undefined) continue
          await plain(`KILL ${first.n}`)({ db })()
          break
        }
        return ended
      },
    },
  ],
  DatabaseError: [
    of('a text as a number', raw`SELECT CAST(${MARKS.text} AS int)`, ofPostgres),
    of('a stored text as a number', raw`SELECT CAST(label AS int) FROM secret_thing`, ofPostgres),
    of('a stored text as a day', raw`SELECT CAST(label AS date) FROM secret_thing`, ofPostgres),
    of('a text as a document', raw`SELECT CAST(${MARKS.text} AS jsonb)`, ofPostgres),
    of('a stored text as bytes', raw`SELECT decode(label, 'hex') FROM secret_thing`, ofPostgres),
    of('a text as a pattern', raw`SELECT label ~ ${`${MARKS.text}((`} FROM secret_thing`, ofPostgres),
    of('a stored text as a document', raw`SELECT json(label) FROM secret_thing`, ofSqlite),
    of('a path', raw`SELECT json_extract(doc, ${MARKS.text}) FROM secret_thing`, ofSqlite),
    of('a text as a number', none`UPDATE secret_thing SET amount = ${MARKS.text}`, ofMysql),
    of('a stored text as a number', none`UPDATE secret_thing SET amount = label`, ofMysql),
    of('a stored text as a day', none`UPDATE secret_thing SET day = label`, ofMysql),
    of('a text as a document', none`UPDATE secret_thing SET doc = ${MARKS.text}`, isOne('mysql')),
    of('a text as a pattern', raw`SELECT label REGEXP ${`${MARKS.text}((`} FROM secret_thing`, ofMysql),
    ...['P0001', '22P02', '22023', 'P0002', 'XX000', '58030', '42501', '23P01', 'QT001'].map(code => raised(code)),
    ...[1644, 1292, 1366, 1142, 3140].map(signalled),
    of('a trigger', none`INSERT INTO secret_blocked VALUES (${MARKS.text})`, ofSqlite),
  ],
  CallbackFailed: [
    {
      name: 'a function of a row',
      isOwn: true,
      ask: asked(
        Q.all(
          pipe(
            where(things),
            Q.mapRow(x => {
              throw Object.assign(new Error(`${JSON.stringify({ ...any(x), size: 0 })}`), { row: x })
            }),
          ),
        ),
      ),
    },
    {
      name: 'a function of a query',
      isOwn: true,
      ask: asked(
        Q.all(
          pipe(
            Q.from(things),
            Q.where(() => {
              throw new Error(MARKS.text)
            }),
          ),
        ),
      ),
    },
  ],
}
