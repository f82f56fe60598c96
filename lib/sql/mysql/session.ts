/**
 * What a session on MySQL or MariaDB is told when it begins, so that the dialects' SQL means what it says.
 *
 * Literals compare by code point, instants are in UTC, what does not fit is an error, a zero date too,
 * division by zero is null also in a write, 0 is no request for a new key, and aggregates of text are
 * as long as they have to be (cut ones are only a warning, and rows would be lost), and a recursion ends by itself only. On MariaDB longer
 * texts are sorted and grouped by more than their first 1,024 bytes: by 65,536.
 *
 * A runner also has to bind a bigint as BIGINT and a Uint8Array as BLOB (see `mysqlValues`).
 */
const MODES = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'

const session = (collation: string): readonly string[] => [
  `SET NAMES utf8mb4 COLLATE ${collation}`,
  `SET SESSION time_zone = '+00:00', SESSION sql_mode = '${MODES}', SESSION group_concat_max_len = 4294967295`,
]

/** A sort holds some rows at once, also long ones; memory is taken as it is needed. */
const SORTING = 'SET SESSION sort_buffer_size = 67108864'

export const mysqlSession: readonly string[] = [
  ...session('utf8mb4_0900_bin'),
  // under an outer join, EXISTS and IN over a join answer rows twice by this way of running them (9.7)
  // explanations are read in their second format, which 8.4 knows and does not take by itself
  "SET SESSION optimizer_switch = 'duplicateweedout=off', SESSION explain_json_format_version = 2",
  SORTING,
  'SET SESSION cte_max_recursion_depth = 4294967295',
]

export const mariadbSession: readonly string[] = [
  ...session('utf8mb4_nopad_bin'),
  SORTING,
  // beyond 1,000 levels rows would be lost with a warning
  'SET SESSION max_sort_length = 65536, SESSION max_recursive_iterations = 4294967295',
]
