/**
 * Scratch tables: asking an engine how it would store the expressions of a described table.
 *
 * `unsettled` is the part of a schema whose expressions the live image does not contain as they are printed; only those are asked about. Its
 * tables have no foreign keys, so they can be created by themselves. `settled` puts the texts that the engine reports into the wanted image.
 */
import type { CheckImage, ExprText, IndexImage, SchemaImage, TableImage } from '../core/schema/SchemaImage.js'
import { idOf, mapTables } from '../core/schema/SchemaImage.js'
import type { AnyTable } from '../core/syntax/Syntax.js'
import type { AnySchema } from '../core/table/Schema.js'
import type { StoredTexts } from './Catalog.js'
import type { Dialect } from './Dialect.js'
import { inlineIndex } from './ddlIndexes.js'
import { createTable, textsOf } from './definitions.js'

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

const withTexts = (t: TableImage, at: (place: string, own: ExprText) => ExprText): TableImage => ({
  ...t,
  columns: t.columns.map(c => (c.default === null ? c : { ...c, default: { text: at(`default ${c.name}`, c.default.text) } })),
  checks: t.checks.map((c): CheckImage => ({ ...c, text: at(`check ${c.name}`, c.text) })),
  indexes: t.indexes.map(
    (i): IndexImage => ({
      ...i,
      where: i.where === null ? null : { text: at(`where ${i.name}`, i.where.text) },
      keys: i.keys.map((k, n) =>
        k.of.tag === 'column' ? k : { ...k, of: { tag: 'expression', text: at(`key ${n} ${i.name}`, k.of.text) } },
      ),
    }),
  ),
})

/** The wanted image with the live text in place of each that is known to be stored so. */
export const recognized = (
  wanted: SchemaImage,
  live: SchemaImage,
  isStoredAs: (printed: string, stored: string) => boolean,
): SchemaImage => {
  const there = new Map(live.tables.map(t => [idOf(t), textsIn(t)]))
  return mapTables(wanted, t => {
    const old = there.get(idOf(t))
    return withTexts(t, (place, own) => {
      const stored = old?.get(place)
      return own !== null && stored != null && isStoredAs(own, stored) ? stored : own
    })
  })
}

/** The described tables with an expression that the live image has in another text. */
export const unsettled = (schema: AnySchema, wanted: SchemaImage, live: SchemaImage): readonly AnyTable[] => {
  const there = new Map(live.tables.map(t => [idOf(t), textsIn(t)]))
  const asked = new Set(
    wanted.tables.flatMap(t => {
      const old = there.get(idOf(t))
      return [...textsIn(t)].some(([at, text]) => old?.has(at) === true && old.get(at) !== text) ? [idOf(t)] : []
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
    return withTexts(t, place => found?.get(place) ?? null)
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

/** A table without what takes time and has no texts: keys, and indexes of columns. */
export const bare = (t: AnyTable): AnyTable => ({
  ...t,
  primaryKey: null,
  uniques: [],
  indexes: t.indexes.filter(i => i.on !== null || i.where !== null),
  columns: Object.fromEntries(Object.entries(t.columns).map(([f, c]) => [f, { ...c, generated: false }])),
  comment: null,
})

/** CREATE TEMPORARY TABLE with the indexes of the table, which a later statement would commit. */
export const createShown = (dialect: Dialect, t: AnyTable): string => {
  const indexes = t.indexes.flatMap(i => inlineIndex(dialect, t, i, textsOf(dialect, t)))
  return createTable(dialect, t, [], [], indexes).replace(/^CREATE TABLE/, 'CREATE TEMPORARY TABLE')
}
