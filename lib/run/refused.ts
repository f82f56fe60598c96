/**
 * What each engine refuses with `Unsupported`: how the `capability` of such an error begins.
 *
 * The lists are part of a runner's capabilities. The laws hold a runner to its list: refusing anything else is a failure of the law.
 */

/** Every engine limits the size of statements, and none locks rows of a query inside a query. A row is read back by its key. */
const EVERYWHERE: readonly string[] = [
  'a statement of ',
  'a statement this large',
  'a statement nested this deeply',
  'a statement this deep or large',
  'this many columns',
  'a lock on rows of a query inside the query',
  'the isolation level ',
  'a pattern that takes this many steps',
  'the changes of an update that sets ',
  'returning rows that are not found by the key that was written',
  'an index over ',
  'an index of ',
  'an index with ',
  'an index that places nulls',
  'an expression of an index ',
  'a condition of an index ',
]

/** Refused by Postgres and PGlite. */
export const REFUSED_BY_POSTGRES: readonly string[] = EVERYWHERE

/** SQLite stores decimals of more than 18 digits as texts. */
export const REFUSED_BY_SQLITE: readonly string[] = [
  ...EVERYWHERE,
  'computing with or ordering by numeric',
  'a cast from ',
  'jsonAt of numeric',
  'a generated column that is not the primary key',
]

const MYSQL_FAMILY: readonly string[] = [
  ...EVERYWHERE,
  'a check over ',
  'a computed number of rows',
  'a cast from ',
  'numeric(',
  'a write that reads what it changes, in a table without a primary key',
  'returning from a table without a primary key',
  'returning from an update that sets ',
  'a generated key from a value that may be null',
  'a delete or update that cascades this deep',
  'a generated column that no key begins with',
  'jsonContains of a part',
  'the local time of an instant before 1970 or after 2037',
  'the time zone of a server without tables of time zones',
  'a recursion that mentions a query further out than the one that it is joined in',
]

/** Refused by MySQL. */
export const REFUSED_BY_MYSQL: readonly string[] = [
  ...MYSQL_FAMILY,
  'a field of a document whose name has more than ',
  'a view with window functions in a set operation',
  'the elements of an array of an outer query, nested this deeply',
]

/** Refused by MariaDB. */
export const REFUSED_BY_MARIADB: readonly string[] = [
  ...MYSQL_FAMILY,
  'a dependent sub-query with groups, windows, a set operation or a recursion',
  'jsonContains of a field whose name has a quote, backslash or control character',
  'jsonAt of a field whose name begins with',
  'JSON of more than ',
]
