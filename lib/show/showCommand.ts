/**
 * Commands as TypeScript: a part of `show`.
 *
 * A command is shown as the call that makes it: `C.insert(t)({ ... })`, `C.update(t)(set, where)`, with `C.returning` after it in a `pipe`.
 * Functions of a table's row are applied to named symbols, as those of queries are. A value is written plainly where the column makes the
 * same literal of it, and what an upsert sets as a list of names where it takes each offered value unchanged.
 */
import { assignmentsOf } from '../core/command/plainRows.js'
import { asCondition, isRecord } from '../core/syntax/guards.js'
import { literalOf } from '../core/syntax/operand.js'
import { type AnyCommand, type AnyExpr, type AnyTable, type Assignments, type Conflict, isMade } from '../core/syntax/Syntax.js'
import { symbolsOf } from '../core/syntax/scope.js'
import { type Doc, joined, text } from './pretty.js'
import { because, call, exprDoc, list } from './showExpr.js'
import { type Field, functionOf, givenDoc, hintOf, queryDoc, queryText, rowFunction, shapeDoc } from './showQuery.js'
import { type Context, tableName } from './showScope.js'
import { recordDoc, valueDoc } from './showValue.js'

/** A value for a column: plain where the column makes the same literal of it. */
const assignedDoc = (table: AnyTable, field: string, e: AnyExpr, context: Context): Doc => {
  const { node } = e
  const type = table.types[field]
  if (node.tag !== 'literal' || type === undefined) return exprDoc(e, context)
  const plain = givenDoc({ ...e, type: { ...e.type, refine: type.refine } }, context)
  const again = node.value === null ? null : literalOf({ ...type, refine: null }, node.value)
  return again === null || again.node.tag === 'literal' ? plain : exprDoc(e, context)
}

const rowDoc = (table: AnyTable, row: Assignments, context: Context): Doc =>
  recordDoc(Object.entries(row).map(([f, e]): Field => [f, assignedDoc(table, f, e, context)]))

/** A callback of a table's row. */
const tableFunction = (table: AnyTable, context: Context, of: (row: any, inner: Context) => Doc): Doc =>
  rowFunction(symbolsOf(table.types), table.name, context, of)

/** What an upsert sets: the names of columns that take the offered values, or a function of both rows. */
const offeredDoc = (table: AnyTable, set: NonNullable<Conflict['set']>, rows: readonly Assignments[], context: Context): Doc => {
  let names: readonly string[] | null = null
  const row = symbolsOf(table.types)
  const asFunction = functionOf(
    [
      [row, 'old'],
      [row, 'new'],
    ],
    context,
    ([old, offered], inner) => {
      const made = set(old, offered)
      const isOffered = Object.entries(made).every(([f, e]) => e.node === offered[f]?.node && rows.every(r => Object.hasOwn(r, f)))
      names = isOffered ? Object.keys(made) : null
      return rowDoc(table, made, inner)
    },
  )
  return names === null ? asFunction : valueDoc(names)
}

const conflictDoc = (table: AnyTable, { target, set, where }: Conflict, rows: readonly Assignments[], context: Context): Doc => {
  const row = symbolsOf(table.types)
  const condition = (f: NonNullable<Conflict['where']>): Doc =>
    functionOf(
      [
        [row, 'old'],
        [row, 'new'],
      ],
      context,
      ([old, offered], inner) => exprDoc(asCondition(f(old, offered), 'where'), inner),
    )
  return recordDoc([
    ['target', valueDoc(target)],
    ['update', set === null ? valueDoc('nothing') : offeredDoc(table, set, rows, context)],
    ...(where === null ? [] : [['where', condition(where)] as const]),
  ])
}

type UpdateFrom = Extract<AnyCommand['node'], { readonly tag: 'updateFrom' }>

const updateFromDoc = ({ table, query: source, on, set, key }: UpdateFrom, name: (name: string) => Doc, context: Context): Doc => {
  const row = symbolsOf(table.types)
  if (key !== null && source.node.tag === 'values') {
    const { rows } = source.node
    return joined(name('updateMany'), call('', valueDoc(key)), call('', list(rows.map(r => rowDoc(table, r, context)))))
  }
  const from = queryText(source, context)
  const sides = [[row, table.name] as const, [from.row, hintOf(source, context)] as const]
  return joined(
    name('updateFrom'),
    call(
      '',
      from.doc,
      functionOf(sides, context, ([r, matched], inner) => exprDoc(asCondition(on(r, matched), 'updateFrom'), inner)),
      functionOf(sides, context, ([r, matched], inner) => rowDoc(table, set(r, matched), inner)),
    ),
  )
}

const conditionDoc = (table: AnyTable, where: ((row: any) => AnyExpr) | null, context: Context): Doc =>
  where === null ? text('C.everywhere') : tableFunction(table, context, (row, inner) => exprDoc(asCondition(where(row), 'where'), inner))

/** What is set: a record, or a function where it reads the old row. */
const setDoc = (table: AnyTable, set: (row: any) => Assignments, context: Context): Doc => {
  let record: Doc | null = null
  const { uses } = context.progress
  const asFunction = tableFunction(table, context, (row, inner) => {
    const made = set(row)
    record = isRecord(made) ? rowDoc(table, made, inner) : because('no record of values')
    return record
  })
  return record !== null && context.progress.uses === uses ? record : asFunction
}

const writeDoc = ({ node, cardinality }: AnyCommand, context: Context): Doc => {
  if (node.tag === 'invalid') return because(node.error.message)
  const { table } = node
  const on = (name: string): Doc => call(`C.${name}`, text(tableName(context, table)))
  switch (node.tag) {
    case 'insert': {
      const given = assignmentsOf(table, node.rows)
      const rows = given.map(row => rowDoc(table, row, context))
      const [first = text('')] = rows
      if (cardinality === 'many' && node.conflict !== null)
        return joined(on('upsertMany'), call('', conflictDoc(table, node.conflict, given, context)), call('', list(rows)))
      if (cardinality === 'many') return joined(on('insertMany'), call('', list(rows)))
      if (node.conflict === null) return joined(on('insert'), call('', first))
      return joined(on('upsert'), call('', conflictDoc(table, node.conflict, given, context)), call('', first))
    }
    case 'updateFrom':
      return updateFromDoc(node, on, context)
    case 'insertFrom':
      return joined(on('insertFrom'), call('', queryDoc(node.query, context)))
    case 'update':
      return joined(on('update'), call('', setDoc(table, node.set, context), conditionDoc(table, node.where, context)))
    case 'delete':
      return joined(on('delete'), call('', conditionDoc(table, node.where, context)))
  }
}

/** A command as the call that makes it. */
export const commandDoc = (command: AnyCommand, context: Context): Doc => {
  if (!isMade(command) || command.kind !== 'command') return because('expected a command')
  const { returning, node } = command
  const write = writeDoc(command, context)
  if (returning === null || node.tag === 'invalid') return write
  if (returning === 'outcome') return call('pipe', write, text('C.outcome'))
  if (typeof returning === 'object') {
    const names = [...new Map(returning.tables.map(t => [tableName(context, t), t])).keys()]
    const tables = recordDoc(names.map(name => [name, text(name)] as const))
    return call('pipe', write, call('C.changes', tables))
  }
  const result = tableFunction(node.table, context, (row, inner) => shapeDoc(returning(row), inner, row))
  return call('pipe', write, call('C.returning', result))
}
