/**
 * Scratch tables: asking an engine how it would store the expressions of a described table.
 *
 * `unsettled` is the part of a schema whose expressions the live image does not contain as they are printed; only those are asked about. Its
 * tables have no foreign keys, so they can be created by themselves. `settled` puts the texts that the engine reports into the wanted image.
 */
import type { CheckImage, ExprText, IndexImage, SchemaImage, TableImage } from '../core/schema/SchemaImage.js'
import { mapTables } from '../core/schema/SchemaImage.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import type { AnySchema } from '../core/table/Schema.js'
import type { StoredTexts } from './Catalog.js'
import type { Dialect } from './Dialect.js'
import { inlineIndex } from './ddlIndexes.js'
import { createTable, textsOf } from './definitions.js'

const idOf = ({ schema, name }: { readonly schema: string | null; readonly name: string }): string => JSON.stringify([schema, name])

/** The texts of a table, under names that tell what they are of. */
const textsIn = (t: TableImage): ReadonlyMap<string, ExprText> =>
  new Map([
    ...t.columns.flatMap((c): [string, ExprText][] => (c.default === null ? [] : [[`default ${c.name}`, c.default.text]])),
    ...t.checks.map((c): [string, ExprText] => [`check ${c.name}`, c.text]),
    ...t.indexes.flatMap((i): [string, ExprText][] => [
      ...(i.where === null ? [] : [[`where ${i.name}`, i.where.text] as [string, ExprText]]),
      ...i.keys.flatMap((k, n): [string, ExprText][] => (k.of.tag === 'expression' ? [[`key ${n} ${i.name}`, k.of.text]] : [])),
    ]),
  ])

/** The described tables with an expression that is not in the live image as it is printed. */
export const unsettled = (schema: AnySchema, wanted: SchemaImage, live: SchemaImage): readonly AnyTable[] => {
  const there = new Map(live.tables.map(t => [idOf(t), t]))
  const asked = new Set(
    wanted.tables.flatMap(t => {
      const before = there.get(idOf(t))
      const old = before === undefined ? new Map<string, ExprText>() : textsIn(before)
      return [...textsIn(t)].some(([at, text]) => old.has(at) && old.get(at) !== text) ? [idOf(t)] : []
    }),
  )
  return Object.values(schema.tables).filter(t => t.query === null && asked.has(idOf(t)))
}

/** The wanted image with the texts of an image of scratch tables. A text that the engine does not report is not known. */
export const settled = (
  wanted: SchemaImage,
  asked: readonly AnyTable[],
  scratch: ReadonlyMap<string, ReadonlyMap<string, ExprText>>,
): SchemaImage => {
  const names = new Set(asked.map(idOf))
  return mapTables(wanted, t => {
    if (!names.has(idOf(t))) return t
    const found = scratch.get(t.name)
    const at = (place: string): ExprText => found?.get(place) ?? null
    return {
      ...t,
      columns: t.columns.map(c => (c.default === null ? c : { ...c, default: { text: at(`default ${c.name}`) } })),
      checks: t.checks.map((c): CheckImage => ({ ...c, text: at(`check ${c.name}`) })),
      indexes: t.indexes.map(
        (i): IndexImage => ({
          ...i,
          where: i.where === null ? null : { text: at(`where ${i.name}`) },
          keys: i.keys.map((k, n) => (k.of.tag === 'column' ? k : { ...k, of: { tag: 'expression', text: at(`key ${n} ${i.name}`) } })),
        }),
      ),
    }
  })
}

/** The described views whose text is not in the live image as it is printed. */
export const unsettledViews = (schema: AnySchema, wanted: SchemaImage, live: SchemaImage): readonly AnyTable[] => {
  const there = new Map(live.views.map(v => [idOf(v), v.text]))
  const asked = new Set(wanted.views.flatMap(v => (there.has(idOf(v)) && there.get(idOf(v)) !== v.text ? [idOf(v)] : [])))
  return Object.values(schema.tables).filter(t => asked.has(idOf(t)))
}

/** The wanted image with the texts of some views, by what `textOf` finds. */
export const settledViews = (wanted: SchemaImage, asked: readonly AnyTable[], textOf: (t: AnyTable) => ExprText): SchemaImage => ({
  ...wanted,
  views: wanted.views.map(v => {
    const view = asked.find(t => idOf(t) === idOf(v))
    return view === undefined ? v : { ...v, text: textOf(view) }
  }),
})

/** The texts of scratch tables by name, of their image. */
export const textsOfImage = (scratch: SchemaImage): ReadonlyMap<string, ReadonlyMap<string, ExprText>> =>
  new Map(scratch.tables.map(t => [t.name, textsIn(t)]))

/** The texts of a scratch table, of its shown definition. */
export const textsOfShown = ({ defaults, checks, indexes }: StoredTexts): ReadonlyMap<string, ExprText> =>
  new Map([
    ...Object.entries(defaults).map(([c, text]): [string, ExprText] => [`default ${c}`, text]),
    ...checks.map((c): [string, ExprText] => [`check ${c.name}`, c.text]),
    ...Object.entries(indexes).flatMap(([name, keys]) => keys.map((text, n): [string, ExprText] => [`key ${n} ${name}`, text])),
  ])

/** CREATE TEMPORARY TABLE with the indexes of the table, which a later statement would commit. */
export const createShown = (dialect: Dialect, t: AnyTable): string => {
  const indexes = t.indexes.flatMap(i => inlineIndex(dialect, t, i, textsOf(dialect, t)))
  return createTable(dialect, t, [], [], indexes).replace(/^CREATE TABLE/, 'CREATE TEMPORARY TABLE')
}
