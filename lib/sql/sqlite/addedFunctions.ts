/**
 * The functions that a connection to SQLite gets from this library.
 *
 * They are defined in `run/sqlite/engine`; SQL that the dialect prints may call them. A database must not need them: sql.js can't declare
 * a function deterministic, and SQLite (3.54) opens no database that has an index over a function that it knows and that is not, as
 * `test/live/indexes.test.ts` shows. So no index calls one.
 */

/** The names of the functions. */
export const ADDED_FUNCTIONS = [
  'unicode_lower',
  'unicode_upper',
  'unicode_reverse',
  'float_floor',
  'float_ceil',
  'float_round',
  'float_sqrt',
  'float_power',
  'sha_256',
  'float_text',
  'float_digits',
  'decimal_digits',
  'text_float',
  'text_matches',
  'date_add_months',
  'date_add_days',
  'date_add_milliseconds',
  'format_date',
  'local_time',
  'start_in_zone',
  'json_contains',
  'text_split',
  'array_contains',
  'json_at_text',
  'json_at_float',
  'json_at_int',
  'json_at_bigint',
  'json_at_numeric',
  'json_at_boolean',
  'json_at_json',
] as const

const CALL = new RegExp(`\\b(?:${ADDED_FUNCTIONS.join('|')})\\(`)

/** Whether an expression, as it is printed, calls one of them. */
export const callsAdded = (printed: string): boolean => CALL.test(printed.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, ''))
