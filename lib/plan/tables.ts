/**
 * The tables that an operation is about: those that it reads, at any depth, and the one that it writes.
 *
 * Text of the caller's own (`raw`) is not looked into: who asks has to decide what that means.
 */
import { attempting, type DbError } from '../core/DbError.js'
import type { AnyCommand, AnyQuery, AnyTable } from '../core/Syntax.js'
import { mapPlan, mapRel, mapScalar, type Plan, type Rel, type Scalar } from './Rel.js'
import { reify } from './reify.js'
import { reifyWrite } from './write.js'

/** The tables that scalars and plans read. */
const collector = (found: Set<AnyTable>) => {
  const scalar = (s: Scalar): Scalar => mapScalar(s, { scalar, plan })
  const rel = (r: Rel): Rel => {
    if (r.tag === 'scan') found.add(r.table)
    return mapRel(r, rel, scalar)
  }
  const plan = (p: Plan): Plan => mapPlan(p, rel, scalar)
  return { scalar, plan }
}

/** The tables that a plan reads. */
export const tablesOfPlan = (plan: Plan): ReadonlySet<AnyTable> => {
  const found = new Set<AnyTable>()
  collector(found).plan(plan)
  return found
}

type Found = { readonly _tag: 'Left'; readonly left: DbError } | { readonly _tag: 'Right'; readonly right: ReadonlySet<AnyTable> }

export const tablesOfQuery = (query: AnyQuery): Found => attempting('a function of the query', () => tablesOfPlan(reify(query)))

export const tablesOfCommand = (command: AnyCommand): Found =>
  attempting('a function of the command', () => {
    const write = reifyWrite(command)
    const found = new Set<AnyTable>([write.table])
    const { scalar, plan } = collector(found)
    if (write.tag === 'insert') {
      for (const row of write.rows) for (const s of row) if (s !== null) scalar(s)
      for (const [, s] of write.conflict?.set ?? []) scalar(s)
      if (write.conflict?.where != null) scalar(write.conflict.where)
    }
    if (write.tag === 'insertFrom') plan(write.plan)
    if (write.tag === 'updateFrom') plan(write.source)
    if (write.tag === 'update' || write.tag === 'updateFrom') for (const [, s] of write.set) scalar(s)
    if ((write.tag === 'update' || write.tag === 'updateFrom' || write.tag === 'delete') && write.where !== null) scalar(write.where)
    return found
  })
