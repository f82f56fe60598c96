/**
 * Reading the schema of a database.
 *
 * The dialect's catalog is queried and read as an image. For a described schema, its image in the same language is made, too: expressions that
 * the database does not have as the dialect prints them may be stored in another form, so the engine shows that form of a scratch table,
 * which only this session sees. Where it refuses that, the text is not known.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Introspect, Introspected } from '../../core/operation/Interpreter.js'
import type { ExprText, SchemaImage } from '../../core/schema/SchemaImage.js'
import type { Step } from '../../core/schema/Step.js'
import type { AnyTable } from '../../core/syntax/Syntax.js'
import type { AnySchema } from '../../core/table/Schema.js'
import { attempting, databaseError } from '../../core/value/DbError.js'
import type { CatalogRows, CatalogScope, Scratch } from '../../sql/Catalog.js'
import { ddlWork } from '../../sql/ddl.js'
import { target } from '../../sql/identifier.js'
import { imageFor } from '../../sql/imageFor.js'
import {
  bare,
  createShown,
  recognized,
  settled,
  settledViews,
  textsOfImage,
  textsOfShown,
  unsettled,
  unsettledViews,
} from '../../sql/scratch.js'
import { atomically, sendControl } from './atomically.js'
import { sendCatalogQuery } from './sendCatalogQuery.js'
import type { Answer, SessionContext } from './sessionContext.js'

type Texts = ReadonlyMap<string, ReadonlyMap<string, ExprText>>

const readCatalog = async (session: SessionContext, scope: CatalogScope): Answer<SchemaImage> => {
  const { catalog } = session.engine.dialect
  const rows: CatalogRows[] = []
  for (const { text, columns } of catalog.queries(scope)) {
    const found = await sendCatalogQuery(session, text, columns)
    if (E.isLeft(found)) return found
    rows.push(found.right)
  }
  return attempting('the catalog', () => catalog.reported(catalog.read(rows, scope)))
}

/** Sends the statements of steps that create or drop what is scratch. */
const sendSteps = async (session: SessionContext, steps: readonly Step[]): Answer<void> => {
  const work = attempting('a function of the schema', () => ddlWork(session.engine.dialect, steps))
  if (E.isLeft(work)) return work
  for (const part of work.right) {
    const sent = part.tag === 'sql' ? await sendControl(session, part.sql) : E.right(undefined)
    if (E.isLeft(sent)) return sent
  }
  return E.right(undefined)
}

/** Ends a transaction that was made to be rolled back. */
const UNDONE = databaseError(null, 'scratch tables are rolled back')

/** Texts of tables that are created in a schema of the session, and rolled back. Null for all of them if one is refused. */
const inSchema = async (session: SessionContext, tables: readonly AnyTable[], schema: string): Answer<Texts | null> => {
  const steps = tables.flatMap((given): readonly Step[] => {
    const table = { ...bare(given), schema }
    return [{ tag: 'createTable', table, foreignKeys: [] }, ...table.indexes.map((index): Step => ({ tag: 'createIndex', table, index }))]
  })
  let texts: Texts | null = null
  const done = await atomically(session, async (): Answer<void> => {
    const made = await sendSteps(session, steps)
    if (E.isLeft(made)) return made
    const image = await readCatalog(session, { schemas: [null], temporary: true })
    if (E.isLeft(image)) return image
    texts = textsOfImage(image.right)
    return E.left(UNDONE)
  })
  return E.isLeft(done) && done.left !== UNDONE && session.state.isClosed ? done : E.right(texts)
}

/** Texts of temporary tables, which a statement shows one by one. A table that is refused has none. */
const shown = async (
  session: SessionContext,
  tables: readonly AnyTable[],
  { show, read }: Scratch & { readonly tag: 'shown' },
): Answer<Texts> => {
  const { dialect } = session.engine
  const texts = new Map<string, ReadonlyMap<string, ExprText>>()
  for (const given of tables) {
    const t = { ...bare(given), schema: null }
    const name = target(dialect, t)
    const sql = attempting('a function of the schema', () => createShown(dialect, t))
    if (E.isLeft(sql)) return sql
    const made = await sendControl(session, sql.right)
    if (E.isLeft(made)) continue
    const found = await sendCatalogQuery(session, show(name), 2)
    const dropped = await sendControl(session, `DROP TEMPORARY TABLE ${name}`)
    if (E.isLeft(dropped)) return dropped
    if (E.isRight(found)) texts.set(t.name, textsOfShown(read(found.right[0]?.[1] ?? '')))
  }
  return E.right(texts)
}

/** How the names of scratch views begin. One that a broken connection has left behind is not shown. */
const SCRATCH = 'query_ts_scratch_'

const withoutScratch = (image: SchemaImage): SchemaImage => ({ ...image, views: image.views.filter(v => !v.name.startsWith(SCRATCH)) })

/** Creates views under other names, reads them, and drops them: in the scratch schema, or else outside of transactions. */
const viewTexts = async (session: SessionContext, views: readonly AnyTable[]): Answer<(t: AnyTable) => ExprText> => {
  const { scratch } = session.engine.dialect.catalog
  const unknown = E.right(() => null)
  if (scratch.tag === 'shown' && session.state.inTransaction) return unknown
  // of its own, since others may look at the same time
  const call = globalThis.crypto.randomUUID().slice(0, 8)
  const named = views.map(
    (t, i): AnyTable => ({ ...t, name: `${SCRATCH}${call}_${i + 1}`, schema: scratch.tag === 'schema' ? scratch.schema : null }),
  )
  const dropped = named.map((view): Step => ({ tag: 'dropView', view }))
  let texts: ReadonlyMap<string, ExprText> = new Map()
  const read = async (): Answer<void> => {
    const made = await sendSteps(
      session,
      named.map((view): Step => ({ tag: 'createView', view })),
    )
    if (E.isLeft(made)) return made
    const found = await readCatalog(session, { schemas: [null], temporary: scratch.tag === 'schema' })
    if (E.isRight(found)) texts = new Map(found.right.views.map(v => [v.name, v.text]))
    return E.left(UNDONE)
  }
  if (scratch.tag === 'schema') await atomically(session, read)
  else {
    await read()
    const cleared = await sendSteps(session, dropped)
    if (E.isLeft(cleared)) return cleared
  }
  return E.right(t => texts.get(named[views.indexOf(t)]?.name ?? '') ?? null)
}

const wantedImage = async (session: SessionContext, schema: AnySchema, live: SchemaImage): Answer<SchemaImage> => {
  const { dialect } = session.engine
  const image = attempting('a function of the schema', () => recognized(imageFor(dialect, schema), live, dialect.catalog.isStoredAs))
  if (E.isLeft(image)) return image
  const views = unsettledViews(schema, image.right, live)
  const viewText = views.length === 0 ? E.right(() => null) : await viewTexts(session, views)
  if (E.isLeft(viewText)) return viewText
  const withViews = settledViews(image.right, views, viewText.right)
  const asked = unsettled(schema, image.right, live)
  if (asked.length === 0) return E.right(withViews)
  const { scratch } = dialect.catalog
  const texts = scratch.tag === 'schema' ? await inSchema(session, asked, scratch.schema) : await shown(session, asked, scratch)
  return E.isLeft(texts) ? texts : E.right(dialect.catalog.reported(settled(withViews, asked, texts.right ?? new Map())))
}

/** Reads the schema, and the image of a described one in the same language. */
export const introspect = async (session: SessionContext, op: Introspect): Answer<Introspected> => {
  const live = E.map(withoutScratch)(await readCatalog(session, { schemas: op.schemas, temporary: false }))
  if (E.isLeft(live) || op.wanted === null) return E.map((i: SchemaImage) => ({ live: i, wanted: null }))(live)
  const wanted = await wantedImage(session, op.wanted, live.right)
  return E.isLeft(wanted) ? wanted : E.right({ live: live.right, wanted: wanted.right })
}
