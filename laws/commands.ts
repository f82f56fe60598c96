/**
 * The law of interpreters for commands: the same commands have the same results and leave the same rows.
 *
 * Both interpreters start with the same rows and run the same commands one after the other. A command that fails changes nothing on
 * either and fails with the same error. If a command violates several constraints, which of them is reported is unspecified (S31).
 * Generated keys are compared by their order only: they grow, with gaps (S30).
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { type Command, run } from '../lib/Command.js'
import { assignmentsOf } from '../lib/core/command/plainRows.js'
import { type AnyCommand, query, type Shape, symbol } from '../lib/core/syntax/Syntax.js'
import { rowOf, scopeOf } from '../lib/core/syntax/scope.js'
import { attempting } from '../lib/core/value/DbError.js'
import type { DbError } from '../lib/DbError.js'
import type { Runner } from '../lib/Interpreter.js'
import { type Db, type Program, transaction } from '../lib/Program.js'
import type { AnySchema } from '../lib/Schema.js'
import { type Form, formOfRow, sameAnswer, show } from './answer.js'
import { command, type GeneratedCommand } from './arbitrary/command.js'
import { type AnyDatabase, database, databaseText } from './arbitrary/database.js'
import { contents, load } from './arbitrary/load.js'
import type { AnyRow } from './arbitrary/row.js'
import { commandVocabulary } from './arbitrary/vocabulary.js'
import { demandOf, type Subject } from './homomorphism.js'
import { type Cover, type Law, law } from './Law.js'
import { coverCompared, isRefused, undeclared } from './refused.js'

type CommandAnswer = E.Either<DbError, unknown>

const formOfCommand = (c: GeneratedCommand): Form => {
  if (c.row === null) return { tag: 'cell' }
  const row = formOfRow(c.row)
  if (c.command.cardinality === 'option') return { tag: 'option', row }
  return c.command.cardinality === 'one' ? row : { tag: 'rows', ordered: c.ordered, row }
}

const VIOLATIONS: readonly DbError['_tag'][] = [
  'UniqueViolation',
  'ForeignKeyViolation',
  'NotNullViolation',
  'CheckViolation',
  'ValueTooLong',
  'NumericOverflow',
]

const sameError = (a: DbError, b: DbError): boolean => a._tag === b._tag || (VIOLATIONS.includes(a._tag) && VIOLATIONS.includes(b._tag))

/** The rows of a table for comparison: generated keys are zeroed; `inOrder`: the rows are compared in the order of their keys. */
const settledRows = (
  schema: AnySchema,
  name: string,
  rows: readonly AnyRow[],
  inOrder: boolean,
): { readonly form: Form; readonly rows: readonly AnyRow[] } => {
  const columns = schema.tables[name]?.columns ?? {}
  const generated = Object.keys(columns).filter(f => columns[f]?.generated)
  const form: Form = { tag: 'record', fields: Object.fromEntries(Object.keys(columns).map(f => [f, { tag: 'cell' }])) }
  if (generated.length === 0) return { form: { tag: 'rows', ordered: false, row: form }, rows }
  const key = generated[0] as string
  const sorted = [...rows].sort((a, b) => ((a[key] as number) < (b[key] as number) ? -1 : 1))
  return {
    form: { tag: 'rows', ordered: inOrder, row: form },
    rows: sorted.map(r => ({ ...r, ...Object.fromEntries(generated.map(f => [f, 0])) })),
  }
}

/** What differs between the contents of two databases; null if nothing does. */
export const differentContents = (schema: AnySchema, a: AnyDatabase, b: AnyDatabase, inOrder = true): string | null => {
  for (const name of Object.keys(schema.tables)) {
    const [left, right] = [settledRows(schema, name, a[name] ?? [], inOrder), settledRows(schema, name, b[name] ?? [], inOrder)]
    if (!sameAnswer(left.form, left.rows, right.rows))
      return `table ${name}:\n${show(left.form, left.rows)}\n${show(right.form, right.rows)}`
  }
  return null
}

const answerText = (c: GeneratedCommand, a: CommandAnswer): string =>
  E.isLeft(a) ? `${a.left._tag}: ${a.left.message}` : show(formOfCommand(c), a.right)

export const commandsText = (commands: readonly GeneratedCommand[]): string =>
  commands.map((c, i) => `const c${i + 1} = ${c.text}`).join('\n\n')

const coverCommand = (cover: Cover, c: GeneratedCommand, a: CommandAnswer): void => {
  for (const use of c.uses) cover(use)
  cover(
    E.isLeft(a) ? `failed: ${a.left._tag}` : a.right === 0 || (Array.isArray(a.right) && a.right.length === 0) ? 'rows: 0' : 'rows: some',
  )
}

/** How two results of a command differ; null if they agree. */
export const wrong = (c: GeneratedCommand, expected: CommandAnswer, got: CommandAnswer): string | null => {
  if (E.isLeft(expected) && E.isLeft(got)) return sameError(expected.left, got.left) ? null : 'the errors differ'
  if (E.isLeft(expected) || E.isLeft(got)) return 'one of them is an error'
  return sameAnswer(formOfCommand(c), expected.right, got.right) ? null : 'the results differ'
}

/**
 * Whether a command sets a key that rows of the same table reference. SQLite reports a foreign key violation if such a key is set to the
 * value it has, is no rowid, and its row references its own table (3.54: `UPDATE t SET id = id`).
 */
const setsOwnReferred = ({ foreignKeys }: AnySchema, { node }: AnyCommand): boolean => {
  if (node.tag !== 'update' && node.tag !== 'updateFrom') return false
  const { table } = node
  const row = Object.fromEntries(Object.entries(table.types).map(([f, type]) => [f, symbol(type)]))
  const set = attempting('a generated command', () =>
    Object.keys(node.tag === 'update' ? node.set(row) : node.set(row, scopeOf(rowOf(node.query) ?? {}))),
  )
  return foreignKeys.some(
    f => f.table === table && f.target === table && E.isRight(set) && f.targetColumns.some(c => set.right.includes(c)),
  )
}

/** A complaint about a refusal that the runner does not declare, with the case; else null. */
export const undeclaredIn = (runner: Runner, e: DbError, text: string): string | null => {
  const why = undeclared(runner, e)
  return why === null ? null : `${why}\n\n${text}`
}

/** Whether the result is one that the runner may give because it checks constraints at another time than the model. */
export const excused = (
  { capabilities }: Runner,
  { command: c }: GeneratedCommand,
  expected: CommandAnswer,
  got: CommandAnswer,
  schema: AnySchema,
): boolean => {
  const { node } = c
  // the order in which an update visits rows is unspecified, and so are unique keys between two of them
  if (E.isLeft(got) && got.left._tag === 'UniqueViolation' && node.tag === 'updateFrom' && E.isRight(expected)) return true
  if (E.isLeft(got) && got.left._tag === 'ForeignKeyViolation' && E.isRight(expected) && setsOwnReferred(schema, c)) return true
  if (capabilities.constraints === 'statement') return false
  if (E.isLeft(got)) return got.left._tag === 'ForeignKeyViolation' && E.isRight(expected)
  // the checks of a row that an upsert offers and does not insert
  return E.isLeft(expected) && expected.left._tag === 'CheckViolation' && node.tag === 'insert' && node.conflict !== null
}

export const loaded = async (r: Runner, schema: AnySchema, db: AnyDatabase): Promise<string | null> => {
  const done = await load(schema, db)({ db: r })()
  return E.isLeft(done) ? `${r.capabilities.engine} rejects the rows: ${done.left.message}` : null
}

const COMMANDS = 8

/** A command of several rows as one command for each row. */
const oneByOne = ({ command: c }: GeneratedCommand): readonly Command<number>[] => {
  const { node } = c
  if (node.tag === 'insert')
    return assignmentsOf(node.table, node.rows).map(row => ({
      ...c,
      node: { ...node, rows: { tag: 'expressions', rows: [row] } },
      returning: null,
    }))
  if (node.tag !== 'updateFrom' || node.query.node.tag !== 'values') return [c]
  const given = node.query.node
  return given.rows.map(row => ({ ...c, node: { ...node, query: query({ ...given, rows: [row] }) }, returning: null }))
}

/** A command of several rows leaves the rows that commands of one row each leave, run in sequence. */
const inSequence = (name: string, sentence: string, op: string, { runner, schema, databases = {} }: Subject): Law =>
  law(
    name,
    sentence,
    fc.tuple(command(schema, { only: { [op]: 1 } }), database(schema, databases)),
    async ([c, db], cover) => {
      const after = async (program: Program<Db, DbError, unknown>): Promise<E.Either<DbError, AnyDatabase>> => {
        const problem = await loaded(runner, schema, db)
        if (problem !== null) throw new Error(problem)
        const done = await program({ db: runner })()
        return E.isLeft(done) ? done : contents(schema)({ db: runner })()
      }
      const together = await after(run(c.command))
      const isOpen = E.isLeft(together) && (together.left._tag === 'ValidationError' || together.left._tag === 'Unsupported')
      coverCompared(cover, !isOpen)
      if (isOpen) return undeclaredIn(runner, together.left, c.text)
      const each = await after(transaction()(pipe(oneByOne(c), RTE.traverseSeqArray(run))))
      cover(E.isLeft(together) ? `failed: ${together.left._tag}` : 'done')
      const text = `${c.text}\n\nconst rows = ${databaseText(db)}`
      if (E.isLeft(together) && E.isLeft(each)) return sameError(together.left, each.left) ? null : `the errors differ\n\n${text}`
      // one by one, a reference to a later row fails; the order in which an update visits rows is unspecified
      const open = (e: DbError): boolean => e._tag === 'ForeignKeyViolation' || (e._tag === 'UniqueViolation' && op === 'updateMany')
      if (E.isLeft(each)) return open(each.left) ? null : `one by one the commands fail: ${each.left.message}\n\n${text}`
      if (E.isLeft(together)) return open(together.left) ? null : `the whole command fails: ${together.left.message}\n\n${text}`
      const difference = differentContents(schema, together.right, each.right)
      return difference === null ? null : `the rows differ afterwards\n\n${text}\n\n${difference}`
    },
    { share: 1 / 10 },
  )

export const upsertsInOrder = (subject: Subject): Law =>
  inSequence(
    'upsertMany(t)(how)(rows) = rows.map(upsert(t)(how))',
    'An upsert of several rows is the upsert of each in order, all or none; it is refused if two of them hit the same row.',
    'upsertMany',
    subject,
  )

export const updatesByKey = (subject: Subject): Law =>
  inSequence(
    'updateMany(t)(key)(rows) = rows.map(row => updateMany(t)(key)([row]))',
    'An update of several rows by a key is the update of each; it is refused if two of them hit the same row.',
    'updateMany',
    subject,
  )

/** The number of rows a command wrote, from its result. */
const numberOf = (answer: unknown): number =>
  typeof answer === 'number' ? answer : Array.isArray(answer) ? answer.length : isNone(answer) ? 0 : 1

const isNone = (answer: unknown): boolean => (answer as { readonly _tag?: unknown } | null)?._tag === 'None'

export const answersItsRows = ({ runner, schema, databases = {} }: Subject): Law =>
  law(
    'returning(f)(c) leaves what c leaves',
    'A command with returning writes the same rows as without, and returns as many rows as the plain command counts.',
    fc.tuple(command(schema), database(schema, databases)),
    async ([c, db], cover) => {
      if (c.command.returning === 'outcome') return null
      const after = async (what: AnyCommand): Promise<E.Either<DbError, readonly [number, AnyDatabase]>> => {
        const problem = await loaded(runner, schema, db)
        if (problem !== null) throw new Error(problem)
        const done = await run(what as Command<unknown>)({ db: runner })()
        if (E.isLeft(done)) return done
        const left = await contents(schema)({ db: runner })()
        return E.isLeft(left) ? left : E.right([numberOf(done.right), left.right])
      }
      const whole = (row: Shape): Shape => row
      const answering = await after({ ...c.command, returning: c.command.returning ?? whole })
      const counting = await after({ ...c.command, returning: null })
      cover(E.isLeft(answering) ? `failed: ${answering.left._tag}` : `rows: ${answering.right[0] === 0 ? '0' : 'some'}`)
      const text = `${c.text}\n\nconst rows = ${databaseText(db)}`
      if (isRefused(cover, answering)) return undeclaredIn(runner, answering.left, text)
      if (E.isLeft(answering) && E.isLeft(counting)) return sameError(answering.left, counting.left) ? null : `the errors differ\n\n${text}`
      // a returned number may overflow; the order in which an update visits rows is unspecified
      if (E.isLeft(answering))
        return OPEN.includes(answering.left._tag) ? null : `it fails with returning: ${answering.left.message}\n\n${text}`
      if (E.isLeft(counting))
        return OPEN.includes(counting.left._tag) ? null : `it fails without returning: ${counting.left.message}\n\n${text}`
      const [[rows, left], [count, right]] = [answering.right, counting.right]
      if (rows !== count) return `${rows} rows are returned, ${count} are counted\n\n${text}`
      const difference = differentContents(schema, left, right, c.command.node.tag !== 'insertFrom')
      return difference === null ? null : `the rows differ afterwards\n\n${text}\n\n${difference}`
    },
    { share: 1 / 10 },
  )

const OPEN: readonly DbError['_tag'][] = ['NumericOverflow', 'UniqueViolation', 'ForeignKeyViolation']

export const sameChanges = (subject: Subject): Law =>
  changing(
    'runner.perform(execute(c)) = memory.perform(execute(c))',
    'A runner returns the result that the model computes for every command, and leaves the same rows.',
    subject,
    {},
    { demand: demandOf(commandVocabulary, 1000, 100) },
  )

export const seesStateBefore = (subject: Subject): Law =>
  changing(
    'update(t)(s => ({ f: scalar(q(t, s)) })) sees t as it was',
    'A query inside a write reads the rows as they were before the write.',
    subject,
    { only: { updateByOwn: 1 } },
    { share: 4 },
  )

/** The same commands have the same results and leave the same rows. */
const changing = (
  name: string,
  sentence: string,
  { runner, reference, schema, databases = {} }: Subject,
  commands: Parameters<typeof command>[1],
  options: Parameters<typeof law>[4],
): Law =>
  law(
    name,
    sentence,
    fc.tuple(fc.array(command(schema, commands), { minLength: 1, maxLength: COMMANDS, size: 'max' }), database(schema, databases)),
    async ([commands, db], cover) => {
      const text = (upTo: number): string => `${commandsText(commands.slice(0, upTo))}\n\nconst rows = ${databaseText(db)}`
      for (const r of [reference, runner]) {
        const problem = await loaded(r, schema, db)
        if (problem !== null) return `${problem}\n\n${text(0)}`
      }
      let inOrder = true
      for (const [i, c] of commands.entries()) {
        const [expected, got] = [await run(c.command)({ db: reference })(), await run(c.command)({ db: runner })()]
        coverCommand(cover, c, got)
        // a refused command was not run: from here on the two databases differ
        if (isRefused(cover, got)) return undeclaredIn(runner, got.left, text(i + 1))
        if (excused(runner, c, expected, got, schema)) return null
        const why = wrong(c, expected, got)
        if (why !== null) {
          return `${why}\n\n${text(i + 1)}\n\n${reference.capabilities.engine}: ${answerText(c, expected)}\n${runner.capabilities.engine}: ${answerText(c, got)}`
        }
        inOrder &&= c.command.node.tag !== 'insertFrom'
        const [left, right] = [await contents(schema)({ db: reference })(), await contents(schema)({ db: runner })()]
        if (E.isLeft(left) || E.isLeft(right)) return `the tables can't be read\n\n${text(i + 1)}`
        const difference = differentContents(schema, left.right, right.right, inOrder)
        if (difference !== null) return `the rows differ afterwards\n\n${text(i + 1)}\n\n${difference}`
      }
      return null
    },
    options,
  )
