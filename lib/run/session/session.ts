/**
 * A session over an SQL driver: what performing an operation means for every engine that speaks SQL.
 *
 * An operation is compiled by the dialect, its parameters are written by the driver's `Values`, and
 * its rows are decoded. What the driver throws is classified by a pure function of its own. A command
 * that answers rows, or takes several statements, runs in a savepoint, so that it happens whole or
 * not at all, also when its answer does not decode.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Outcome } from '../../core/command/upsert.js'
import { lit } from '../../core/expr/Expr.js'
import type { Cursor, Explained, SqlOp } from '../../core/operation/Interpreter.js'
import { createdBy, droppedBy, type Step, validateSteps } from '../../core/schema/Step.js'
import { type AnyCommand, type AnyExpr, type AnyQuery, type AnyTable, type ExprType, exprType } from '../../core/syntax/Syntax.js'
import {
  attempting,
  cancelled,
  closed,
  type DbError,
  lockTimeout,
  numericOverflow,
  outcomeUnknown,
  refuse,
  refusedWith,
  stillReferred,
  tooManyRows,
  unsupported,
  validationError,
} from '../../core/value/DbError.js'
import { mayRunRawText } from '../../plan/contents.js'
import type { RowPlan } from '../../plan/Rel.js'
import { reifyWrite } from '../../plan/writePlan.js'
import { retried } from '../../program/retry.js'
import type { BulkStatement } from '../../sql/bulk.js'
import { type CompiledWrite, type OutcomeBy, printStep, printWrite } from '../../sql/commands.js'
import { compile, explaining, parameters, type ResultColumn, resultColumn } from '../../sql/compile.js'
import { ddlStatements } from '../../sql/ddl.js'
import { decoder } from '../../sql/decode.js'
import { type Flat, type Fragment, flatten, join, type Slot, slot, text } from '../../sql/Fragment.js'
import { rowsLost } from '../../sql/returning/readSteps.js'
import type { FoundRow, Steps } from '../../sql/returning/Steps.js'
import { statementProblem } from '../../sql/statementText.js'
import type { Context, Driver, Known, Rows, SqlEngine, SqlOptions, Statement } from '../Driver.js'
import { driverError } from '../driverError.js'
import { causeOf } from '../pool/connectionWatch.js'
import type { Session } from './sessionInterpreter.js'
import { computedColumns, inRings } from './writeFacts.js'

type Answer<A> = Promise<E.Either<DbError, A>>
type Asking = Extract<Steps, { readonly tag: 'read' }>

export const sqlSession = (engine: SqlEngine, driver: Driver, options: SqlOptions = {}, known: Known = { foreignKeys: [] }): Session => {
  const { dialect, values } = engine
  let inTransaction = false
  let isAtomic = false
  /** Whether something that writes was sent since the transaction began, and the queries that were: they may hold raw text. */
  let wrote = false
  let read: AnyQuery[] = []
  let isClosed = false
  let refusesWrites = false

  /** `lasts` says that what is done is committed as soon as it is done: a lost reply then leaves open whether it was done. */
  const guard = async <A>(
    {
      sql,
      params = [],
      table,
      isRaw = false,
      holdsRaw = () => isRaw,
      lasts = false,
      signal,
    }: Pick<Context, 'sql' | 'table'> &
      Partial<Context> & {
        readonly lasts?: boolean | (() => boolean)
        /** Whether the statement holds raw text: looked at when it fails. */
        readonly holdsRaw?: () => boolean
        readonly signal?: AbortSignal | undefined
      },
    f: () => Promise<A>,
  ): Answer<A> => {
    if (isClosed) return E.left(closed('interpreter'))
    try {
      return E.right(await f())
    } catch (thrown) {
      if (engine.isUncertain(thrown) && (typeof lasts === 'function' ? lasts() : lasts))
        return E.left(outcomeUnknown(driverError(causeOf(thrown), { sql, params })))
      const error =
        refusedWith(thrown) ?? engine.classify(thrown, { sql, params, table, foreignKeys: known.foreignKeys, isRaw, hasRaw: holdsRaw() })
      // a statement is cancelled by a request, or with its connection
      const isCancelled = signal?.aborted === true && (error._tag === 'Timeout' || error._tag === 'ConnectionError')
      return E.left(isCancelled ? cancelled : error)
    }
  }

  const begins = (): void => {
    wrote = false
    read = []
  }
  /** If nothing was written it does not matter whether the transaction was committed. */
  const mayHaveWritten = (): boolean => wrote || read.length >= MOST_READ || read.some(mayRunRawText)

  const script = (sql: string): Answer<void> =>
    guard({ sql, table: null, lasts: () => sql === 'COMMIT' && mayHaveWritten() }, () => driver.script(sql))

  /** A definition is a write: outside of a transaction it is committed when it is done. */
  const defining = (sql: string): Answer<void> => {
    wrote = true
    return guard({ sql, table: null, lasts: !inTransaction && !isAtomic }, () => driver.script(sql))
  }

  /** Runs steps whole or not at all: in a savepoint, or in a transaction of their own. */
  const atomically = async <A>(f: () => Answer<A>): Answer<A> => {
    const [begin, commit, rollback] = inTransaction
      ? ['SAVEPOINT query_ts_op', 'RELEASE SAVEPOINT query_ts_op', 'ROLLBACK TO SAVEPOINT query_ts_op']
      : [engine.begin({}), 'COMMIT', 'ROLLBACK']
    if (!inTransaction) begins()
    const begun = await script(begin)
    if (E.isLeft(begun)) return begun
    isAtomic = true
    const answer = await f()
    isAtomic = false
    const ended = E.isRight(answer) ? await script(commit) : await script(rollback)
    if (E.isRight(answer) && E.isLeft(ended)) {
      await script(rollback)
      return ended
    }
    return answer
  }

  const about = ({ text: sql, params, signal }: Statement) => ({ sql, params, table: null, signal })

  const statementOf = (
    flat: Flat,
    columns: readonly ResultColumn[],
    query: AnyQuery | null,
    kind: Statement['kind'],
    signal?: AbortSignal,
  ): Statement => ({ text: flat.text, params: parameters(dialect, few(flat.slots), query), columns, kind, signal })

  /** Every engine has a limit of parameters; beyond it some answer with a broken connection. */
  const few = (slots: readonly Slot[]): readonly Slot[] =>
    slots.length <= dialect.writes.parameters || dialect.writes.inlinesExcess
      ? slots
      : refuse(unsupported(`a statement of ${slots.length} parameters`, dialect.name, 'split the list'))

  const decodeAll = (row: RowPlan, rows: Rows['rows'], from = 0): E.Either<DbError, readonly unknown[]> =>
    attempting('a function of mapRow', () => {
      const decode = decoder(row, values)
      return rows.map((cells, i) => decode(cells, from + i))
    })

  const prepared = (
    query: AnyQuery,
    signal: AbortSignal | undefined,
  ): E.Either<DbError, { readonly row: RowPlan; readonly statement: Statement }> => {
    const compiled = compile(dialect, query, options.rewrite)
    if (E.isLeft(compiled)) return compiled
    const { row, columns } = compiled.right
    return attempting('a parameter', () => ({ row, statement: statementOf(compiled.right, columns, query, 'read', signal) }))
  }

  /** A query may write by raw text. Whether it holds any is looked at only when a reply was lost. */
  const reading = (query: AnyQuery): { readonly lasts: () => boolean; readonly holdsRaw: () => boolean } => {
    if (inTransaction && read.length < MOST_READ) read.push(query)
    return { lasts: () => !inTransaction && !isAtomic && mayRunRawText(query), holdsRaw: () => mayRunRawText(query) }
  }

  const all = async ({ query, signal }: SqlOp & { readonly tag: 'all' }): Answer<readonly unknown[]> => {
    const ready = prepared(query, signal)
    if (E.isLeft(ready)) return ready
    const { row, statement } = ready.right
    const rows = await guard({ ...about(statement), ...reading(query) }, () => driver.query(statement))
    return E.isLeft(rows) ? rows : decodeAll(row, rows.right.rows)
  }

  const cursor = async ({ query, size, signal }: SqlOp & { readonly tag: 'cursor' }): Answer<Cursor<unknown>> => {
    const ready = prepared(query, signal)
    if (E.isLeft(ready)) return ready
    const { row, statement } = ready.right
    const context = { ...about(statement), ...reading(query) }
    const opened = await guard(context, () => driver.cursor(statement, size))
    if (E.isLeft(opened)) return opened
    let count = 0
    return E.right({
      next: async () => {
        const rows = await guard(context, opened.right.next)
        if (E.isLeft(rows)) return rows
        count += rows.right.length
        return decodeAll(row, rows.right, count - rows.right.length)
      },
      close: () => guard(context, opened.right.close),
    })
  }

  /** A query that is run for it counts as a write, because servers limit the time of SELECT only by themselves. */
  const explain = async ({ query, analyze, signal }: SqlOp & { readonly tag: 'explain' }): Answer<Explained> => {
    const ready = prepared(query, signal)
    if (E.isLeft(ready)) return ready
    const { text: sql, params } = ready.right.statement
    const { columns, read } = dialect.explain
    const made = attempting(
      'an explanation',
      (): Statement => ({
        ...ready.right.statement,
        text: explaining(dialect, sql, analyze),
        columns: Array.from({ length: columns }, () => TEXT),
        kind: analyze ? 'write' : 'read',
      }),
    )
    if (E.isLeft(made)) return made
    const asked = made.right
    const answer = await guard({ ...about(asked), ...reading(query), ...(analyze ? {} : { lasts: false }) }, () => driver.query(asked))
    if (E.isLeft(answer)) return answer
    return attempting('the reading of an explanation', () => ({ engine: dialect.name, sql, params, ...read(answer.right.rows) }))
  }

  const run = async (statement: Statement, table: AnyTable | null): Answer<Rows> => {
    const context = {
      sql: statement.text,
      params: statement.params,
      table,
      isRaw: statement.kind === 'raw',
      lasts: statement.kind !== 'read' && !inTransaction && !isAtomic,
      signal: statement.signal,
    }
    if (statement.kind !== 'read') wrote = true
    const answer = await guard(context, () => driver.query(statement))
    return E.isLeft(answer) ? E.left(await engine.diagnose(answer.left, statement, driver)) : answer
  }

  /** Tables of which a row may take other rows of the same table along, in lower case; null where that was not asked yet. */
  let ringed: ReadonlySet<string> | null = null

  const takesOwnAlong = async (table: AnyTable): Answer<boolean> => {
    const { cascades } = dialect.ddl
    if (cascades === null) return E.right(false)
    if (ringed === null) {
      const found = await ask({ text: cascades, params: [], columns: [TEXT, TEXT], kind: 'read' })
      if (E.isLeft(found)) return found
      ringed = inRings(found.right.rows.map(([referring, referred]) => [String(referring), String(referred)]))
    }
    return E.right(ringed.has(table.name.toLowerCase()))
  }

  const execute = async (op: SqlOp & { readonly tag: 'execute' }): Answer<unknown> => {
    const { node, returning } = op.command
    if (node.tag !== 'delete' || returning !== null || node.table.primaryKey === null) return executeAsIs(op)
    const { table } = node
    const ring = await takesOwnAlong(table)
    if (E.isLeft(ring)) return ring
    if (!ring.right) return executeAsIs(op)
    // rows that others take along before their turn are not counted by the engine: those that are found are
    const key = (row: any) => Object.fromEntries((table.primaryKey?.columns ?? []).map(f => [f, row[f]]))
    const gone = await executeAsIs({ ...op, command: { ...op.command, returning: key } })
    return E.isLeft(gone) ? gone : E.right((gone.right as readonly unknown[]).length)
  }

  const executeAsIs = async (op: SqlOp & { readonly tag: 'execute' }): Answer<unknown> => {
    const planned = attempting('a function of the command', () => {
      const write = reifyWrite(op.command, dialect)
      return {
        table: write.table,
        columns: write.returning?.outputs.map(resultColumn) ?? [],
        printed: printWrite(dialect, write),
        write,
      }
    })
    if (E.isLeft(planned)) return planned
    const answer = await executePlanned(op, planned.right)
    if (E.isRight(answer) || answer.left._tag !== 'NumericOverflow') return answer
    // an engine that computes too large a number does not say for which column
    const { where, cause } = answer.left
    const computed = computedColumns(planned.right.write)
    return computed.length === 0 || where?.startsWith('column ') === true || computed.some(c => where?.includes(c))
      ? answer
      : E.left(numericOverflow(`${where === null ? '' : `${where}, `}in ${computed.join(' or ')}`, cause))
  }

  const executePlanned = async (
    { command, signal }: SqlOp & { readonly tag: 'execute' },
    { table, columns, printed }: { readonly table: AnyTable; readonly columns: readonly ResultColumn[]; readonly printed: CompiledWrite },
  ): Answer<unknown> => {
    const { steps: asking } = printed
    if (asking !== null)
      return again(signal, () => lasting(() => atomically(() => stepByStep(asking, table, printed.twice, command.cardinality, signal))))
    const bulk = (s: BulkStatement): Statement => ({ text: s.text, params: s.params(), columns, kind: 'write', isBulk: true, signal })
    const ready = attempting('a parameter', () =>
      // of many statements with many values, the later ones are written when their turn comes
      printed.statements.map((s, i): (() => E.Either<DbError, Statement>) => {
        if (!('slots' in s) && i > 0) return () => attempting('a parameter', () => bulk(s))
        const statement = E.right('slots' in s ? statementOf(s, columns, null, 'write', signal) : bulk(s))
        return () => statement
      }),
    )
    if (E.isLeft(ready)) return ready
    const steps = (): Answer<unknown> => inOrder(ready.right, table, printed, command.cardinality)
    const isOne =
      ready.right.length === 1 &&
      printed.after.length === 0 &&
      printed.row === null &&
      printed.outcome?.tag !== 'query' &&
      printed.twice === null
    return again(signal, () => lasting(isOne ? steps : () => atomically(steps)))
  }

  const inOrder = async (
    statements: readonly (() => E.Either<DbError, Statement>)[],
    table: AnyTable,
    printed: CompiledWrite,
    cardinality: AnyCommand['cardinality'],
  ): Answer<unknown> => {
    const answers: unknown[] = []
    const affected: number[] = []
    let isThere = false
    if (printed.outcome?.tag === 'query') {
      const found = await run(statementOf(printed.outcome.query, [], null, 'read'), table)
      if (E.isLeft(found)) return found
      isThere = found.right.rows.length > 0
    }
    const once = await metOnce(printed.twice, table)
    if (E.isLeft(once)) return once
    let next = statements[0]?.()
    for (let i = 0; next !== undefined; i += 1) {
      if (E.isLeft(next)) return next
      const answer = run(next.right, table)
      const following = statements[i + 1]
      // while the server works, the parameters of the next statement are written
      if (following !== undefined) await soon()
      next = following?.()
      const done = await answer
      if (E.isLeft(done)) return done
      affected.push(done.right.affected)
      if (printed.row === null) continue
      const decoded = decodeAll(printed.row, done.right.rows, answers.length)
      if (E.isLeft(decoded)) return decoded
      for (const row of decoded.right) answers.push(row)
    }
    for (const follows of printed.after) {
      const done = await run(statementOf(follows, [], null, 'write'), table)
      if (E.isLeft(done)) return done
    }
    if (printed.outcome !== null) return E.right(outcomeOf(printed.outcome.tag, answers, affected, isThere))
    if (printed.row === null) return E.right(printed.count ?? affected.reduce((a, b) => a + b, 0))
    return E.right(answered(cardinality, answers))
  }

  const metOnce = async (twice: CompiledWrite['twice'], table: AnyTable): Answer<void> => {
    if (twice === null) return E.right(undefined)
    const found = await run(statementOf(twice, [], null, 'read'), table)
    return E.isLeft(found) ? found : found.right.rows.length > 0 ? E.left(tooManyRows) : E.right(undefined)
  }

  /** Each step is made of what the one before has found. */
  const stepByStep = async (
    steps: Steps,
    table: AnyTable,
    twice: CompiledWrite['twice'],
    cardinality: AnyCommand['cardinality'],
    signal: AbortSignal | undefined,
  ): Answer<unknown> => {
    const once = await metOnce(twice, table)
    if (E.isLeft(once)) return once
    let next = steps
    while (next.tag !== 'rows') {
      const step = next
      // a query that locks may wait as long as a write
      const kind = step.tag === 'read' && step.plan.lock === undefined ? 'read' : 'write'
      const columns = step.tag === 'read' ? step.plan.outputs.map(resultColumn) : []
      const ready = attempting('a parameter', () => statementOf(printStep(dialect, step), columns, null, kind, signal))
      if (E.isLeft(ready)) return ready
      const answer = await run(ready.right, table)
      if (E.isLeft(answer)) return answer
      const following = attempting('a function of the command', () =>
        step.tag === 'read' ? step.then(foundBy(step, answer.right.rows)) : step.then(answer.right.affected),
      )
      if (E.isLeft(following)) return following
      next = following.right
    }
    return E.right(answered(cardinality, next.rows))
  }

  /** Refuses what does not decode. */
  const foundBy = ({ answer, values: used, from, isExact, sample }: Asking, rows: Rows['rows']): readonly FoundRow[] => {
    if (isExact && rows.length !== sample.length) rowsLost(dialect)
    const whole = answer === null ? () => undefined : decoder(answer, values)
    const each = used.map(v => decoder(v, values))
    return rows.map((cells, i) => ({ answer: whole(cells, from + i), values: each.map(value => value(cells, i)) }))
  }

  /** A command that is a transaction of its own is run again where the server has rolled it back for the sake of others: nothing of it was done. */
  const again = <A>(signal: AbortSignal | undefined, f: () => Answer<A>): Answer<A> => {
    const isPassing = (e: unknown): boolean => RERUN.includes((e as DbError)._tag) && signal?.aborted !== true
    return inTransaction ? f() : retried({ times: MOST_RERUNS, delay: 10 }, isPassing)(f)()
  }

  /** A write outside a transaction is committed when it is answered. */
  const lasting = async <A>(f: () => Answer<A>): Answer<A> => {
    const answer = await f()
    if (E.isLeft(answer) || inTransaction) return answer
    const kept = await guard({ sql: 'COMMIT', table: null }, driver.committed)
    return E.isLeft(kept) ? kept : answer
  }

  const define = async (steps: readonly Step[]): Answer<void> => {
    const valid = validateSteps(steps)
    if (E.isLeft(valid)) return valid
    if (inTransaction && !dialect.ddl.transactional) {
      return E.left(
        unsupported('changing the schema in a transaction, which it would commit', dialect.name, 'define tables outside of transactions'),
      )
    }
    const added = createdBy(steps).foreignKeys
    known.foreignKeys = [...known.foreignKeys.filter(f => !added.some(g => g.name === f.name && g.table.name === f.table.name)), ...added]
    const statements = attempting('a function of the schema', () => ddlStatements(dialect, steps))
    if (E.isLeft(statements)) return statements
    const whole = dialect.ddl.transactional ? atomically : <A>(f: () => Answer<A>): Answer<A> => f()
    return lasting(() =>
      whole(async () => {
        const held = await referredFromOutside(Object.values(droppedBy(steps).tables))
        if (E.isLeft(held)) return held
        for (const sql of statements.right) {
          const done = await defining(sql)
          if (E.isLeft(done)) return done
        }
        return E.right(undefined)
      }),
    )
  }

  const ask = (asked: Statement): Answer<Rows> => guard({ sql: asked.text, params: asked.params, table: null }, () => driver.query(asked))

  /** Whether tables that stay refer to tables that are to be dropped: an error, where the engine would drop them all the same. */
  const referredFromOutside = async (tables: readonly AnyTable[]): Answer<void> => {
    if (dialect.ddl.referring === null || tables.length === 0) return E.right(undefined)
    const found = await ask({ text: dialect.ddl.referring(tables), params: [], columns: [TEXT, TEXT], kind: 'read' })
    if (E.isLeft(found)) return found
    const [first] = found.right.rows
    return first === undefined ? E.right(undefined) : E.left(stillReferred(String(first[1]), String(first[0])))
  }

  const raw = async (op: SqlOp & { readonly tag: 'raw' }): Answer<readonly unknown[]> => {
    const names = Object.keys(op.columns)
    const types = Object.values(op.columns)
    const ready = attempting('a parameter', () => {
      const args = op.args.map(a => slotOf(lit(a)))
      const parts = op.text.flatMap((t, i): readonly Fragment[] => (args[i] === undefined ? [text(t)] : [text(t), slot(args[i])]))
      return statementOf(
        flatten(join(parts, ''), dialect.placeholder, dialect.reusesPlaceholders),
        types.map(type => ({ type, computed: true })),
        null,
        'raw',
        op.signal,
      )
    })
    if (E.isLeft(ready)) return ready
    const problem = statementProblem(dialect.lexis, ready.right.text)
    if (problem !== null) return E.left(validationError(['raw'], problem))
    const fields = names.map((name, index): readonly [string, RowPlan] => [
      name,
      { tag: 'cell', index, path: [name], type: types[index] as ExprType },
    ])
    return lasting(async () => {
      const rows = await run(ready.right, null)
      return E.isLeft(rows) ? rows : decodeAll({ tag: 'record', fields }, names.length === 0 ? [] : rows.right.rows)
    })
  }

  /** Locks of names that outlive their transaction, if nobody gives them back. */
  let lockedNames: readonly string[] = []

  const scalar = (text: Fragment): Statement =>
    statementOf(flatten(text, dialect.placeholder, dialect.reusesPlaceholders), [{ type: INT, computed: true }], null, 'read')

  const advisoryLock = async ({ name, wait, signal }: SqlOp & { readonly tag: 'advisoryLock' }): Answer<void> => {
    const { advisory } = dialect
    if (advisory === null) return E.right(undefined)
    const statement = { ...scalar(advisory.take(slot(slotOf(lit(name))), wait)), signal }
    const taken = await guard({ sql: statement.text, params: statement.params, table: null, signal }, () => driver.query(statement))
    if (E.isLeft(taken)) return taken
    if (Number(taken.right.rows[0]?.[0]) !== 1) return E.left(lockTimeout)
    if (advisory.giveBack !== null) lockedNames = [...lockedNames, name]
    return E.right(undefined)
  }

  const giveBack = async (): Promise<void> => {
    const names = lockedNames
    lockedNames = []
    const text = dialect.advisory?.giveBack
    for (const name of names) {
      const statement = scalar((text as (name: Fragment) => Fragment)(slot(slotOf(lit(name)))))
      await guard({ sql: statement.text, params: statement.params, table: null }, () => driver.query(statement))
    }
  }

  const writable = async (): Promise<void> => {
    if (refusesWrites && engine.readOnly !== null) await script(engine.readOnly.off)
    refusesWrites = false
  }

  const ended = async (sql: string): Answer<void> => {
    inTransaction = false
    await writable()
    const done = await script(sql)
    await giveBack()
    return done
  }

  return {
    perform: op => {
      switch (op.tag) {
        case 'all':
          return all(op)
        case 'cursor':
          return cursor(op)
        case 'execute':
          return execute(op)
        case 'ddl':
          ringed = null
          return define(op.steps)
        case 'raw':
          ringed = null
          return raw(op)
        case 'advisoryLock':
          return advisoryLock(op)
        case 'explain':
          return explain(op)
      }
    },
    begin: async options => {
      begins()
      const begun = await script(engine.begin(options))
      inTransaction = E.isRight(begun)
      if (E.isLeft(begun) || options.readOnly !== true || engine.readOnly === null) return begun
      refusesWrites = true
      return script(engine.readOnly.on)
    },
    commit: async () => {
      await writable()
      const committed = await script('COMMIT')
      if (E.isLeft(committed)) return committed
      inTransaction = false
      await giveBack()
      return guard({ sql: 'COMMIT', table: null }, driver.committed)
    },
    rollback: () => (inTransaction ? ended('ROLLBACK') : Promise.resolve(E.right(undefined))),
    savepoint: name => script(`SAVEPOINT ${name}`),
    release: name => script(`RELEASE SAVEPOINT ${name}`),
    rollbackTo: async name => {
      const back = await script(`ROLLBACK TO SAVEPOINT ${name}`)
      return E.isLeft(back) ? back : script(`RELEASE SAVEPOINT ${name}`)
    },
    close: async () => {
      const done = await guard({ sql: '', table: null }, driver.close)
      isClosed = true
      return done
    },
  }
}

/** Queries of a transaction that are remembered; of more it is taken for granted that one may have written. */
const MOST_READ = 100

/** Errors after which the server has undone the whole transaction, and the same command may succeed. */
const RERUN: readonly DbError['_tag'][] = ['Deadlock', 'SerializationFailure']
/** How often such a command is run again. Among 50 that want the same row the last one waits for all others. */
const MOST_RERUNS = 10

const INT = exprType({ tag: 'int' })

/** What a command with `returning` answers of the rows that it has written. */
const answered = (cardinality: AnyCommand['cardinality'], rows: readonly unknown[]): unknown =>
  cardinality === 'option' ? O.fromNullable(rows[0]) : cardinality === 'one' ? rows[0] : rows

const soon = (): Promise<void> => new Promise(done => setImmediate(done))

/** What an upsert did with its row: `affected` is of the insert, and of the update before it where it took two steps. */
const outcomeOf = (by: OutcomeBy['tag'], answers: readonly unknown[], affected: readonly number[], isThere: boolean): Outcome => {
  if (by === 'row' ? answers.length === 0 : affected.every(n => n === 0)) return 'unchanged'
  const isInserted = by === 'row' ? answers[0] === true : by === 'query' ? !isThere : affected.at(-1) !== 0
  return isInserted ? 'inserted' : 'updated'
}

const TEXT: ResultColumn = { type: exprType({ tag: 'text' }), computed: false }

/** The slot of a plain value; a value that is refused leaves the walk. */
const slotOf = (e: AnyExpr): Slot => {
  if (e.node.tag === 'invalid') return refuse(e.node.error)
  return { tag: 'value', value: e.node.tag === 'literal' ? e.node.value : null, type: e.type }
}
