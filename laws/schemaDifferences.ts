/**
 * The laws of differences: what was created differs in nothing, the steps to another schema leave nothing, and what differs is seen.
 *
 * A difference may have parts that are undecided: there is no step for them, or the texts can't be compared. Its steps are then not
 * applied. The interpreter may refuse steps as `Unsupported`, and refuse to drop what a table refers to that is not described any more. A
 * schema that differs in one part from the one that the database has is never taken for equal: its difference has steps, or is undecided.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Interpreter, SqlOp } from '../lib/Interpreter.js'
import type { AnySchema } from '../lib/Schema.js'
import { type Difference, difference } from '../lib/schema/difference.js'
import { imageOf } from '../lib/show/imageOf.js'
import { schemaOfShape, schemaPair, twistedPair } from './arbitrary/schemaShape.js'
import { type Coverage, type Law, law } from './Law.js'
import { coverCompared } from './refused.js'
import { caseText, createSchema, dropSchema, LAW_NAMES, performSteps, type SchemaSubject, stepText } from './schemaState.js'

type Db = Interpreter<SqlOp>

/** The difference to a schema; null if the interpreter has no such schema. */
const differenceTo = async (db: Db, s: AnySchema): Promise<Difference | null> => {
  const found = await difference(s, { only: [LAW_NAMES] })({ db })()
  if (E.isLeft(found) && found.left._tag !== 'Unsupported') throw new Error(found.left.message)
  return E.isLeft(found) ? null : found.right
}

const text = ({ steps, undecided }: Difference): string =>
  [...steps.map(stepText), ...undecided.map(u => `undecided: ${u.object}: ${u.reason}`)].join('\n')

const isEmpty = ({ steps, undecided }: Difference): boolean => steps.length === 0 && undecided.length === 0

const pairText = (one: AnySchema, other: AnySchema): string => `from\n${caseText(one, null, [])}\nto\n${caseText(other, null, [])}`

/** Runs a check between creating a schema and dropping everything; null where the interpreter has no such schema. */
const within = async (
  db: Db,
  s: AnySchema,
  others: AnySchema,
  cover: (label: string) => void,
  check: () => Promise<string | null>,
): Promise<string | null> => {
  const created = await createSchema(db, s)
  const isRefused = E.isLeft(created) && created.left._tag === 'Unsupported'
  coverCompared(cover, !isRefused)
  if (isRefused) return null
  if (E.isLeft(created)) return `${created.left._tag}: ${created.left.message}\n\n${caseText(s, null, [])}`
  const problem = await check()
  const dropped = await dropSchema(db, others)
  return problem ?? (E.isLeft(dropped) ? `the tables can't be dropped: ${dropped.left.message}` : null)
}

const DIFFERENCES = 'difference(s) = [] after createAll(s), and after define of the steps of difference(s)'

/** How many of the differences of a large run have steps that were applied. */
const demand = (coverage: Coverage, cases: number): string | null =>
  cases < 40 || (coverage.get('applied') ?? 0) * 10 >= cases
    ? null
    : `of ${cases} differences only ${coverage.get('applied') ?? 0} were applied`

/** A created schema differs in nothing; the steps to another one, applied, leave nothing to do. */
const stepsLeaveNothing = ({ runner }: SchemaSubject): Law =>
  law(
    DIFFERENCES,
    'A created schema has no difference; the steps of a difference, applied, leave none.',
    schemaPair,
    async ([one, other], cover) => {
      const [from, to] = [schemaOfShape(one), schemaOfShape(other)]
      const both = { ...from, tables: { ...from.tables, ...to.tables } }
      return within(runner, from, both, cover, async () => {
        const same = await differenceTo(runner, from)
        if (same === null || same.steps.length > 0 || same.ignored.length > 0)
          return `a created schema differs:\n${same === null ? 'it is Unsupported' : text(same)}\n\n${caseText(from, null, [])}`
        const apart = await differenceTo(runner, to)
        if (apart === null) return null
        cover(apart.steps.length === 0 ? 'no steps' : 'steps')
        if (apart.undecided.length > 0) {
          cover('undecided')
          return null
        }
        const done = await performSteps(runner, apart.steps)
        if (E.isLeft(done)) {
          cover(done.left._tag)
          // a table that is not described any more refers to a key
          const isHeld = apart.ignored.length > 0 && done.left._tag === 'SchemaConflict'
          if (isHeld || done.left._tag === 'Unsupported') return null
          return `the steps fail with ${done.left._tag}: ${done.left.message}\n${text(apart)}\n\n${pairText(from, to)}`
        }
        if (apart.steps.length > 0) cover('applied')
        const left = await differenceTo(runner, to)
        const isDone = left !== null && left.steps.length === 0 && left.undecided.every(u => u.reason.includes('can not be compared'))
        return isDone
          ? null
          : `after\n${text(apart)}\nthere is left\n${left === null ? 'Unsupported' : text(left)}\n\n${pairText(from, to)}`
      })
    },
    { share: 1 / 8, demand },
  )

/** Descriptions that an engine has no two forms of. */
const isAlike = (one: AnySchema, other: AnySchema): boolean => {
  const plain = (s: AnySchema): string => JSON.stringify(imageOf(s)).replaceAll('"restrict"', '"noAction"')
  return plain(one) === plain(other)
}

/** A schema that differs in one part is not taken for equal. */
const seesEveryPart = ({ runner }: SchemaSubject): Law =>
  law(
    'difference(s) is not empty after createAll of a schema that differs from s in one part',
    'A type, a length, a scale, a null, a default, a comment, a key, an index, a check or an action that differs is a difference.',
    twistedPair,
    async ([one, other, part], cover) => {
      const [from, to] = [schemaOfShape(one), schemaOfShape(other)]
      if (isAlike(from, to)) return null
      cover(part)
      return within(runner, from, from, cover, async () => {
        const apart = await differenceTo(runner, to)
        return apart !== null && isEmpty(apart) && apart.ignored.length === 0 ? `no difference in ${part}\n\n${pairText(from, to)}` : null
      })
    },
    { share: 1 / 3 },
  )

/** The laws of differences of schemas. */
export const differenceLaws = (subject: SchemaSubject): readonly Law[] => [stepsLeaveNothing(subject), seesEveryPart(subject)]
