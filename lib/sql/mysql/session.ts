/**
 * The settings of a session on MySQL or MariaDB, which the SQL of the dialects requires.
 *
 * Literals compare by code point, instants are in UTC, a value that does not fit is an error, as is a zero date, division by zero is null
 * also in a write, 0 does not generate a key, aggregates of text are not truncated (that is only a warning, and rows would be lost), and a
 * recursion has no limit of levels. On MariaDB, long texts are sorted and grouped by their first 65,536 bytes, not 1,024.
 *
 * A runner also has to bind a bigint as BIGINT and a Uint8Array as BLOB (see `mysqlValues`).
 */
const MODES = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'

const session = (collation: string): readonly string[] => [
  `SET NAMES utf8mb4 COLLATE ${collation}`,
  `SET SESSION time_zone = '+00:00', SESSION sql_mode = '${MODES}', SESSION group_concat_max_len = 4294967295`,
]

/** The memory of a sort, which must hold several long rows; it is allocated as needed. */
const SORTING = 'SET SESSION sort_buffer_size = 67108864'

/** The statements that set up a session on MySQL. */
export const mysqlSession: readonly string[] = [
  ...session('utf8mb4_0900_bin'),
  // under an outer join, EXISTS and IN over a join return rows twice with this strategy (9.7)
  // explain reads the second JSON format, which is not the default of 8.4
  "SET SESSION optimizer_switch = 'duplicateweedout=off', SESSION explain_json_format_version = 2",
  SORTING,
  'SET SESSION cte_max_recursion_depth = 4294967295',
]

/** The statements that set up a session on MariaDB. */
export const mariadbSession: readonly string[] = [
  ...session('utf8mb4_nopad_bin'),
  SORTING,
  // beyond 1,000 levels rows would be lost with a warning
  'SET SESSION max_sort_length = 65536, SESSION max_recursive_iterations = 4294967295',
]
