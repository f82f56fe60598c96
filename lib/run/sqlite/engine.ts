/**
 * SQLite as an engine: what its two runners share.
 *
 * `sqlite` runs it in WebAssembly (sql.js), `sqlite3` natively (better-sqlite3). The dialect, the encoding of values, the
 * errors, the functions and the settings of a session are the same; only the driver differs.
 */

import type { Capabilities } from '../../core/operation/Interpreter.js'
import { foreignKeyName } from '../../core/table/Schema.js'
import { matching } from '../../core/value/automaton.js'
import { type DbError, type ForeignKeyViolation, foreignKeyViolation } from '../../core/value/DbError.js'
import { decimalText, digitsAt } from '../../core/value/decimals.js'
import { sha256 } from '../../core/value/sha256.js'
import { lowerCase, upperCase } from '../../core/value/simpleCase.js'
import type { ResultColumn } from '../../sql/compile.js'
import type { ADDED_FUNCTIONS } from '../../sql/sqlite/addedFunctions.js'
import { isScaled, sqliteValues } from '../../sql/sqlite/driverValues.js'
import { sqlite as dialect } from '../../sql/sqlite/sqlite.js'
import type { Driver, SqlEngine, Statement } from '../Driver.js'
import { REFUSED_BY_SQLITE } from '../refused.js'
import { LEVELS } from '../session/isolation.js'
import { sqliteSteps } from './dateFunctions.js'
import { classifySqlite } from './errors.js'
import { sqliteJsonFunctions } from './jsonFunctions.js'

/** The capabilities of a runner; `engine` is its name. */
export const sqliteCapabilities = (engine: string): Capabilities => ({
  engine,
  returning: 'native',
  lateral: 'emulated',
  transactionalDdl: true,
  constraints: 'statement',
  isolation: LEVELS,
  refuses: REFUSED_BY_SQLITE,
})

/** `target` names the database in errors; `mayWrite` returns whether the session accepts writes now. */
export const sqliteEngine = (target: string, mayWrite: () => boolean = () => false): SqlEngine => ({
  dialect,
  values: sqliteValues,
  begin: () => 'BEGIN IMMEDIATE',
  readOnly: { on: 'PRAGMA query_only = ON', off: 'PRAGMA query_only = OFF' },
  lockTimeout: null,
  classify: (thrown, context) => classifySqlite(thrown, context, { target, mayWrite }),
  isUncertain: () => false,
  diagnose: (error, statement, driver) =>
    error._tag === 'ForeignKeyViolation' ? foreignKey(error, statement, driver) : Promise.resolve(error),
})

const ofNumber =
  (f: (x: number) => number) =>
  (x: unknown): unknown =>
    typeof x === 'number' ? f(x) : null

const round = (x: number): number => Math.trunc(x + Math.sign(x) * 0.49999999999999994)

const power = (a: unknown, b: unknown): unknown => {
  if (typeof a !== 'number' || typeof b !== 'number' || (a === 0 && b < 0)) return null
  const answer = a ** b
  return Number.isNaN(answer) ? null : answer
}

const ofBytes =
  (f: (x: Uint8Array) => Uint8Array) =>
  (x: unknown): unknown => {
    if (typeof x === 'string') return f(new TextEncoder().encode(x))
    return x instanceof Uint8Array ? f(x) : null
  }

/** Functions that SQL calls, for the results of other engines: texts by Unicode, floats, patterns, dates and JSON. */
export const sqliteFunctions: {
  readonly [name in (typeof ADDED_FUNCTIONS)[number]]: (...args: readonly [unknown, ...unknown[]]) => unknown
} = {
  unicode_lower: s => (typeof s === 'string' ? lowerCase(s) : s),
  unicode_upper: s => (typeof s === 'string' ? upperCase(s) : s),
  unicode_reverse: s => (typeof s === 'string' ? Array.from(s).reverse().join('') : s),
  float_floor: ofNumber(Math.floor),
  float_ceil: ofNumber(Math.ceil),
  float_round: ofNumber(round),
  float_sqrt: ofNumber(x => Math.sqrt(x)),
  float_power: power,
  sha_256: ofBytes(sha256),
  float_text: x => (typeof x === 'number' ? decimalText(x) : null),
  float_digits: (x, scale) => (typeof x === 'number' ? String(digitsAt(decimalText(x), Number(scale))) : null),
  decimal_digits: (text, scale) => (typeof text === 'string' ? String(digitsAt(text, Number(scale))) : null),
  text_float: text => (typeof text === 'string' ? Number(text) + 0 : null),
  text_matches: (text, pattern) => (typeof text === 'string' && typeof pattern === 'string' ? Number(matching(pattern)(text)) : null),
  ...sqliteSteps,
  ...sqliteJsonFunctions,
}

/** Statements that prepare a session. */
export const sqliteSession: readonly string[] = ['PRAGMA foreign_keys = ON', 'PRAGMA case_sensitive_like = ON']

/**
 * How the rows of a statement are read. Integers beyond 2^53 need bigint; otherwise numbers are faster. Computed integers are read
 * as bigint too: a number among them is then a float, the result of an overflow of 64 bits, and becomes infinity.
 */
export const sqliteReading = (
  columns: readonly ResultColumn[],
): { readonly useBigInt: boolean; readonly checked: (row: unknown[]) => unknown[] } => {
  const computed = columns.flatMap((c, i) => (c.computed && (c.type.sql.tag === 'int' || c.type.sql.tag === 'smallint') ? [i] : []))
  return {
    useBigInt: computed.length > 0 || columns.some(c => c.type.sql.tag === 'bigint' || isScaled(c.type.sql)),
    checked: row => {
      for (const i of computed) if (typeof row[i] === 'number') row[i] = Number.POSITIVE_INFINITY
      return row
    },
  }
}

/**
 * SQLite does not report which foreign key failed. The statement is run again with the check deferred, in
 * a savepoint that is rolled back, and the rows that violate a foreign key are queried.
 */
const foreignKey = async (error: ForeignKeyViolation, statement: Statement, driver: Driver): Promise<DbError> => {
  const ask = async (sql: string): Promise<readonly (readonly unknown[])[]> =>
    (await driver.query({ text: sql, params: [], columns: [], kind: 'read' })).rows
  await driver.script('SAVEPOINT query_ts_diagnosis')
  try {
    await driver.script('PRAGMA defer_foreign_keys = ON')
    await driver.query(statement)
    const [failed] = await ask('SELECT "table", fkid FROM pragma_foreign_key_check')
    if (failed === undefined) return error
    const [table, id] = [String(failed[0]), Number(failed[1])]
    const columns = (
      await ask(`SELECT "from" FROM pragma_foreign_key_list('${table.replaceAll("'", "''")}') WHERE id = ${id} ORDER BY seq`)
    ).map(r => String(r[0]))
    const fault = /^INSERT\b/i.test(statement.text) ? 'written' : /^DELETE\b/i.test(statement.text) ? 'gone' : 'unknown'
    return foreignKeyViolation(table, foreignKeyName(table, columns), columns, error.cause, fault)
  } catch {
    return error
  } finally {
    await driver.script('ROLLBACK TO query_ts_diagnosis')
    await driver.script('RELEASE query_ts_diagnosis')
    await driver.script('PRAGMA defer_foreign_keys = OFF')
  }
}
