/**
 * What has to be done so that a database has the tables of a schema, as data.
 *
 * `ensurePlan` compares both by `diff`. A table or view that is missing is created, with its indexes and foreign keys. A table that is named
 * (`recreated`) and differs is dropped and created again, with all tables that refer to it, if those are named too, and the views that read
 * them. Everything else that differs, or may, is listed in `differences`: then nothing is done.
 *
 * Laws: with neither steps nor differences, `diff` is empty. A table that differs and is not named is in `differences`. The steps drop no
 * table that is not named.
 */
import * as E from 'fp-ts/lib/Either.js'
import { idOf, type QualifiedName, type SchemaImage, type TableImage } from '../core/schema/SchemaImage.js'
import { createSteps, dropSteps, type Step, tablesOfStep } from '../core/schema/Step.js'
import type { AnyQuery, AnyTable } from '../core/syntax/Syntax.js'
import type { AnySchema, ForeignKey } from '../core/table/Schema.js'
import { qualifiedName } from '../core/table/Table.js'
import { contentsOfQuery } from '../plan/contents.js'
import type { Compared } from './compared.js'
import { diff } from './diff.js'
import { filtered, type NameFilter } from './introspection.js'
import { stepWords } from './stepWords.js'
import type { Finding } from './tableDiff.js'

/** What has to be done. */
export interface EnsurePlan {
  /** Views and tables that are dropped, to be created again. */
  readonly drops: readonly Step[]
  readonly creates: readonly Step[]
  /** What differs and is not mended: the object, and the step that is needed or why there is none. */
  readonly differences: readonly Finding[]
  /** Whether all that differs is what a creation by another process lacks until it is complete. */
  readonly isHalfMade: boolean
}

/** What the plan may do. */
export interface EnsureScope {
  readonly filter: NameFilter
  /** The tables and views that may be dropped and created again. */
  readonly named: ReadonlySet<AnyTable>
  /** The tables that this run has created, whose indexes and foreign keys it completes. */
  readonly made: ReadonlySet<AnyTable>
}

/** The table or view of the database that a description is about: of its name, or of its former one. */
const liveOf = <A extends QualifiedName>(live: readonly A[], t: AnyTable): A | undefined => {
  const named = (name: string | null): A | undefined => live.find(l => l.schema === t.schema && l.name === name)
  return named(t.name) ?? (t.renamedFrom === null ? undefined : named(t.renamedFrom))
}

/** Whether a table or view of the database differs from its description, seen by itself. */
const differs = ({ live, wanted, image }: Compared, t: AnyTable): boolean => {
  const is = (name: QualifiedName): boolean => idOf(name) === idOf(t)
  const found = liveOf(live.tables, t)
  const view = live.views.filter(is)
  if (found === undefined && view.length === 0) return false
  const alone = diff(
    { ...live, tables: found === undefined ? [] : [found], views: view },
    { kind: 'schema', tables: { t }, foreignKeys: wanted.foreignKeys.filter(f => f.table === t) },
    { ...image, tables: image.tables.filter(is), views: image.views.filter(is) },
  )
  return alone.steps.length + alone.undecided.length > 0
}

/** A table of the database with all tables that refer to it, directly or through others. */
const withReferrers = (live: SchemaImage, start: TableImage): readonly TableImage[] => {
  const found = [start]
  for (const t of found)
    for (const other of live.tables)
      if (!found.includes(other) && other.foreignKeys.some(f => idOf(f.target) === idOf(t))) found.push(other)
  return found
}

/** The tables of the database that are dropped and created again, and why others, which are named too, are not. */
const recreated = (
  c: Compared,
  named: ReadonlySet<AnyTable>,
): { readonly tables: readonly TableImage[]; readonly blocked: readonly Finding[] } => {
  const tables = new Set<TableImage>()
  const blocked: Finding[] = []
  const mayGo = new Set([...named].flatMap(t => liveOf(c.live.tables, t) ?? []))
  for (const t of named) {
    const found = liveOf(c.live.tables, t)
    if (found === undefined || !differs(c, t)) continue
    const all = withReferrers(c.live, found)
    const others = all.filter(l => !mayGo.has(l)).map(l => (l.schema === null ? l.name : `${l.schema}.${l.name}`))
    if (others.length === 0) for (const l of all) tables.add(l)
    else
      blocked.push({
        object: qualifiedName(t),
        reason: `${others.join(', ')} ${others.length === 1 ? 'refers' : 'refer'} to it, so it can only be created again together with ${others.length === 1 ? 'that table' : 'those tables'}: add ${others.length === 1 ? 'it' : 'them'} to \`recreate\``,
      })
  }
  return { tables: [...tables], blocked }
}

/** Whether a view reads a table or view, directly or through another view. */
const reads = (view: AnyTable, gone: ReadonlySet<string>): boolean => {
  const contents = contentsOfQuery(view.query as AnyQuery)
  return E.isLeft(contents) || [...contents.right.tables].some(t => idOf(t) !== idOf(view) && gone.has(idOf(t)))
}

/** The views of the database that go: those that are named and differ, and those that read what goes. */
const viewsGone = (c: Compared, named: ReadonlySet<AnyTable>, tables: readonly TableImage[]): readonly AnyTable[] => {
  const gone = new Set(tables.map(idOf))
  const views: AnyTable[] = []
  for (const v of Object.values(c.wanted.tables)) {
    if (v.query === null || !c.live.views.some(l => idOf(l) === idOf(v))) continue
    if (!(named.has(v) && differs(c, v)) && !reads(v, gone)) continue
    gone.add(idOf(v))
    views.push(v)
  }
  return views
}

/** The steps that drop tables of the database, by their names and foreign keys there. */
const dropsOf = ({ live, wanted }: Compared, tables: readonly TableImage[]): readonly Step[] => {
  const described = Object.values(wanted.tables)
  const dropped = new Map(
    tables.flatMap(l => {
      const t = described.find(d => liveOf(live.tables, d) === l)
      return t === undefined ? [] : [[idOf(l), { ...t, name: l.name, indexes: [], checks: [] } as AnyTable] as const]
    }),
  )
  const keys = tables.flatMap(l =>
    l.foreignKeys.flatMap((f): readonly ForeignKey[] => {
      const [table, target] = [dropped.get(idOf(l)), dropped.get(idOf(f.target))]
      if (table === undefined || target === undefined) return []
      const { columns, targetColumns } = f
      return [
        {
          name: f.name ?? '',
          relation: '',
          back: null,
          one: false,
          table,
          columns,
          target,
          targetColumns,
          onDelete: 'noAction',
          onUpdate: 'noAction',
        },
      ]
    }),
  )
  return dropSteps({ kind: 'schema', tables: Object.fromEntries(dropped), foreignKeys: keys })
}

/** The steps of a creation, each table followed by its indexes, so that it is soon complete where each step commits. */
const creationOf = (wanted: AnySchema, absent: ReadonlySet<AnyTable>): readonly Step[] => {
  const steps = createSteps(wanted).filter(s => absent.has(tablesOfStep(s)[0] as AnyTable))
  const indexes = steps.filter(s => s.tag === 'createIndex')
  return steps
    .filter(s => s.tag !== 'createIndex')
    .flatMap((s): readonly Step[] => (s.tag === 'createTable' ? [s, ...indexes.filter(i => i.table === s.table)] : [s]))
}

const isLate = (s: Step): boolean => s.tag === 'createIndex' || s.tag === 'addForeignKey'

/** What has to be done so that the database has the described tables. */
export const ensurePlan = (c: Compared, { filter, named, made }: EnsureScope): EnsurePlan => {
  const { live, wanted, image } = c
  const again = recreated(c, named)
  const views = viewsGone(c, named, again.tables)
  const stays: SchemaImage = {
    ...live,
    tables: live.tables.filter(l => !again.tables.includes(l)),
    views: live.views.filter(l => !views.some(v => idOf(v) === idOf(l))),
  }
  const rest = diff(filtered(stays, filter), wanted, image)
  const absent = new Set(
    rest.steps.flatMap(s =>
      s.tag === 'createTable' ? [s.table] : s.tag === 'createView' && !stays.views.some(l => idOf(l) === idOf(s.view)) ? [s.view] : [],
    ),
  )
  const about = (s: Step): AnyTable => tablesOfStep(s)[0] as AnyTable
  const completing = rest.steps.filter(s => isLate(s) && made.has(about(s)) && !absent.has(about(s)))
  const isNew = (s: Step): boolean => absent.has(about(s)) && (isLate(s) || s.tag === 'createTable' || s.tag === 'createView')
  const left = rest.steps.filter(s => !isNew(s) && !completing.includes(s))
  return {
    drops: [...views.map((view): Step => ({ tag: 'dropView', view })).reverse(), ...dropsOf(c, again.tables)],
    creates: [...creationOf(wanted, absent), ...completing],
    differences: [...again.blocked, ...left.map(stepWords), ...rest.undecided],
    isHalfMade: again.blocked.length === 0 && left.every(s => isLate(s) || s.tag === 'createView' || s.tag === 'dropView'),
  }
}
