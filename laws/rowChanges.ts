/**
 * The laws of the changes that a command returns (`C.changes`).
 *
 * They are those that the model returns, as bags of each table; generated keys are compared by nothing but the rows they belong to, since their
 * values differ between engines. And they are the whole difference between two states: applied to the rows before they give the rows
 * after, and there are none where the rows are the same.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { type RowChange, type RowImage, run } from '../lib/Command.js'
import type { AnyTable } from '../lib/core/syntax/Syntax.js'
import { columnName, qualifiedName } from '../lib/core/table/Table.js'
import type { Runner } from '../lib/Interpreter.js'
import type { AnySchema } from '../lib/Schema.js'
import { type Form, sameAnswer, show } from './answer.js'
import { command } from './arbitrary/command.js'
import { database, databaseText } from './arbitrary/database.js'
import { contents } from './arbitrary/load.js'
import { commandsText, excused, loaded, undeclaredIn, wrong } from './commands.js'
import type { Subject } from './homomorphism.js'
import { type Law, law } from './Law.js'
import { coverCompared } from './refused.js'

const COMMANDS = 6

/** Rows by SQL names. */
type Images = readonly RowImage[]

/** The rows of each table by its qualified name. */
type State = ReadonlyMap<string, Images>

const CELL: Form = { tag: 'cell' }

const formOf = (table: AnyTable): Form => ({ tag: 'record', fields: Object.fromEntries(Object.values(table.names).map(c => [c, CELL])) })

const stateOf = async (runner: Runner, schema: AnySchema): Promise<State> => {
  const read = await contents(schema)({ db: runner })()
  if (E.isLeft(read)) throw new Error(read.left.message)
  return new Map(
    Object.entries(schema.tables).map(([name, t]) => [
      qualifiedName(t),
      (read.right[name] ?? []).map(row => Object.fromEntries(Object.keys(t.columns).map(f => [columnName(t, f), row[f]]))),
    ]),
  )
}

/** The rows after changes; a text where a row before a change is not among the rows. */
const applied = (schema: AnySchema, before: State, changes: readonly RowChange[]): State | string => {
  const after = new Map(before)
  for (const t of Object.values(schema.tables)) {
    const [name, form] = [qualifiedName(t), formOf(t)]
    const own = changes.filter(c => qualifiedName(c.table as AnyTable) === name)
    const rows = [...(before.get(name) ?? [])]
    for (const c of own) {
      if (c.before === null) continue
      const i = rows.findIndex(row => sameAnswer(form, row, c.before))
      if (i < 0) return `${name} has no row ${show(form, c.before)}`
      rows.splice(i, 1)
    }
    after.set(name, [...rows, ...own.flatMap(c => (c.after === null ? [] : [c.after]))])
  }
  return after
}

const differentState = (schema: AnySchema, a: State, b: State): string | null => {
  for (const t of Object.values(schema.tables)) {
    const form: Form = { tag: 'rows', ordered: false, row: formOf(t) }
    const [left, right] = [a.get(qualifiedName(t)) ?? [], b.get(qualifiedName(t)) ?? []]
    if (!sameAnswer(form, left, right)) return `table ${qualifiedName(t)}:\n${show(form, left)}\n${show(form, right)}`
  }
  return null
}

/** The changes of a table, with 0 for generated values. */
const settled = (table: AnyTable, changes: readonly RowChange[]): readonly unknown[] => {
  const generated = Object.keys(table.columns).flatMap(f => (table.columns[f]?.generated ? [columnName(table, f)] : []))
  const image = (row: RowImage | null): readonly RowImage[] =>
    row === null ? [] : [{ ...row, ...Object.fromEntries(generated.map(c => [c, 0])) }]
  return changes
    .filter(c => qualifiedName(c.table as AnyTable) === qualifiedName(table))
    .map(c => ({ before: image(c.before), after: image(c.after) }))
}

/** How the changes of two runners differ; null if they agree. */
const differentChanges = (schema: AnySchema, a: readonly RowChange[], b: readonly RowChange[]): string | null => {
  for (const t of Object.values(schema.tables)) {
    const rows: Form = { tag: 'rows', ordered: true, row: formOf(t) }
    const form: Form = { tag: 'rows', ordered: false, row: { tag: 'record', fields: { before: rows, after: rows } } }
    const [left, right] = [settled(t, a), settled(t, b)]
    if (!sameAnswer(form, left, right)) return `the changes of ${qualifiedName(t)} differ:\n${show(form, left)}\n${show(form, right)}`
  }
  return null
}

/** The changes of a command are those of the model, and the difference between the rows before and after. */
export const sameRowChanges = ({ runner, reference, schema, databases = {} }: Subject): Law =>
  law(
    'changes(c) = the rows that differ after c',
    'The changes of a command are those of the model, foreign keys included; applied to the rows before they give the rows after.',
    fc.tuple(
      fc.array(
        command(schema, { changes: true }).filter(c => c.uses.has('C.changes')),
        { minLength: 1, maxLength: COMMANDS, size: 'max' },
      ),
      database(schema, databases),
    ),
    async ([commands, db], cover) => {
      const text = (upTo: number): string => `${commandsText(commands.slice(0, upTo))}\n\nconst rows = ${databaseText(db)}`
      for (const r of [reference, runner]) {
        const problem = await loaded(r, schema, db)
        if (problem !== null) return `${problem}\n\n${text(0)}`
      }
      let before = await stateOf(runner, schema)
      for (const [i, c] of commands.entries()) {
        const [expected, got] = [await run(c.command)({ db: reference })(), await run(c.command)({ db: runner })()]
        for (const use of c.uses) cover(use)
        cover(E.isLeft(got) ? `failed: ${got.left._tag}` : `changes: ${(got.right as readonly unknown[]).length === 0 ? '0' : 'some'}`)
        const isRefused = E.isLeft(got) && got.left._tag === 'Unsupported'
        if (isRefused && E.isLeft(expected) && expected.left.message === got.left.message) continue
        coverCompared(cover, !isRefused)
        if (isRefused) return undeclaredIn(runner, got.left, text(i + 1))
        if (excused(runner, c, expected, got, schema)) return null
        if (E.isLeft(got) || E.isLeft(expected)) {
          const why = wrong(c, expected, got)
          if (why === null) continue
          const line = (r: Runner, a: E.Either<Error | { readonly message: string }, unknown>): string =>
            `${r.capabilities.engine}: ${E.isLeft(a) ? a.left.message : 'no error'}`
          return `${why}\n\n${text(i + 1)}\n\n${line(reference, expected)}\n${line(runner, got)}`
        }
        const changes = got.right as readonly RowChange[]
        const difference = differentChanges(schema, expected.right as readonly RowChange[], changes)
        if (difference !== null) return `${difference}\n\n${text(i + 1)}`
        const after = await stateOf(runner, schema)
        const made = applied(schema, before, changes)
        const problem = typeof made === 'string' ? made : differentState(schema, made, after)
        if (problem !== null) return `the changes do not lead to the rows afterwards\n\n${text(i + 1)}\n\n${problem}`
        const isSame = differentState(schema, before, after) === null
        if (isSame !== (changes.length === 0))
          return `${changes.length} changes, and the rows are ${isSame ? 'the same' : 'others'}\n\n${text(i + 1)}`
        before = after
      }
      return null
    },
    { share: 1 / 4 },
  )
