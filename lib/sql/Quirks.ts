/**
 * Quirks: limits and defects of engines that a statement is printed around.
 *
 * Each field names the engine and version that needs it, and the test that shows it: a case of test/live/serverFacts.test.ts
 * ("fact") unless another file is named. "All others" have the other value. When an engine is mended, the field of its dialect changes,
 * and the test still passes. Nothing outside the dialects compares their names.
 */
import type { SqlType } from '../core/value/SqlType.js'
import type { Rel } from '../plan/Rel.js'
import type { Fragment } from './Fragment.js'

/** The part of a dialect that works around limits and defects. */
export interface Quirks {
  /**
   * Whether GROUP BY may hold an expression with parameters that SELECT repeats. MySQL and MariaDB compare the two expressions, and
   * parameters are never equal. Facts: 'groups of bytes and given bytes', 'texts in an order behind a constant'.
   */
  readonly groupByParameters: boolean
  /**
   * Whether an expression of GROUP BY may be repeated inside other expressions and in HAVING. Not on MySQL and MariaDB (10.11), which
   * recognize it only by itself. Facts: 'a group key twice in one expression', 'a condition on a key of bytes out of a dependent union'.
   */
  readonly groupKeyInExpression: boolean
  /**
   * Whether window functions of different partitions or orders may stand in one SELECT. MariaDB (10.11) computes some in the order of
   * others. Fact: 'windows in the order of others'.
   */
  readonly mixedWindows: boolean
  /**
   * Whether HAVING may mention columns of the enclosing queries. MariaDB (10.11) takes such a column for a label of the enclosing query
   * (error 1247). Fact: 'a condition on groups that mentions an outer column, whose name is a later label'.
   */
  readonly outerRefInHaving: boolean
  /**
   * Whether the keys of GROUPING SETS may be expressions, constants, and repeated. Postgres (18) treats equal keys as one, and drops
   * constant ones, also those of a derived table that it merges: they are made columns first, in a derived table with an OFFSET, which it
   * does not merge. Fact: 'totals of equal keys, and of a constant one'.
   */
  readonly computedSetKeys: boolean
  /**
   * Whether a rank may stand in a window without ORDER BY. An order of constants only is left out; MariaDB (10.11) requires one, and gets
   * ORDER BY NULL. Fact: 'a rank in the order of a constant'.
   */
  readonly ranksWithoutOrder: boolean
  /**
   * Whether an EXCEPT may be a derived table without a SELECT of its own. MySQL (9.7) mistakes its only row for the row of nulls of a left
   * join. Fact: 'the rest of two lists of one row, on the far side of a left join'.
   */
  readonly exceptInJoin: boolean
  /**
   * Whether a frame that leaves out its own row is empty where the row is alone. MySQL (9.7) counts the only row of a table that it has
   * read while planning. Fact: 'a frame that leaves the only row out'.
   */
  readonly frameCanBeEmpty: boolean
  /**
   * A row number or rank as a signed integer. MySQL (9.7) numbers rows without a sign, and so is what is computed of them.
   * test/live/scalarFunctions.test.ts: 'numbers and ranks of rows are integers like any other'.
   */
  readonly castRank: (value: Fragment) => Fragment
  /**
   * Whether the sub-query of IN may have a LIMIT; an error on MySQL (9.7) and MariaDB (10.11), 1235. Fact: 'a value among the first rows of
   * a table'.
   */
  readonly limitInSubquery: boolean
  /**
   * Whether the members of IN are made as wide as the number that is looked for. MariaDB (10.11) returns false for a number that the
   * members' type does not hold, where null is among them. test/live/matrix.test.ts: inQuery of a bigint and an int.
   */
  readonly widensMembers: boolean
  /**
   * Whether decimals of different scales are compared, added and subtracted without a cast. Not on SQLite (any version), where they are
   * scaled integers. Fact: 'decimals of different scales, compared and added'.
   */
  readonly mixesScales: boolean
  /**
   * Whether the engine may make a join of EXISTS and IN over the elements of an array of an outer row. MySQL (9.7) evaluates the array of
   * the first outer row for all of them. Fact: 'elements of an array of each row of a join, asked for by EXISTS and IN'.
   */
  readonly joinsElements: boolean
  /**
   * A column of a recursion, cast where the engine would take its type from the first rows, and cut or refuse what follows (MySQL, MariaDB,
   * Postgres). test/live/recursion.test.ts: 'a text grows beyond what the first row holds', 'a number grows to 64 bits'.
   */
  readonly recursiveColumn: (value: Fragment, type: SqlType) => Fragment
  /**
   * Whether one definition serves all its uses; else it is printed again at each. On MySQL (9.7) an EXCEPT or INTERSECT has other
   * rows when it is read again; MariaDB (10.11) evaluates a second use where it stands, and refuses one with aggregates in an aggregate.
   * Facts: 'an EXCEPT that is read twice', 'a query that has a name, in a dependent side and outside of it'.
   */
  readonly canShareCte: (definition: Rel, inAggregate: boolean) => boolean
  /**
   * Where a value that mentions outer columns only is taken for one of the outer query, the text of an expression that has this value and
   * mentions a column of its own query: text before the column, between, before the value, after it. Null: not needed. MariaDB (10.11).
   * Facts: 'a list of outer columns, of a table', 'a sum of an outer column under a bind'.
   */
  readonly anchorToOuterRow: readonly string[] | null
  /**
   * A condition of a left join that contains a query, kept from becoming a semi-join. There MySQL (9.7) takes it for true where no row is
   * found, or doubles rows. Fact: 'a left join on a sub-query without rows'.
   */
  readonly guardJoinSubquery: (condition: Fragment) => Fragment
  /**
   * Whether a recursion in a derived table may mention queries further out. MySQL (9.7) uses its rows again for every outer row.
   * test/live/recursion.test.ts: 'for each row of an outer query' ("nested").
   */
  readonly nestedCorrelatedRecursion: boolean
  /**
   * Whether a derived table in a sub-query may mention columns of the enclosing queries. Not on MariaDB (10.11). Facts: 'a sum of an outer
   * column under a bind', 'a text of an outer column in the order of an inner one'.
   */
  readonly correlatedDerived: boolean
}
