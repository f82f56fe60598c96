/**
 * Defaults of columns in SQLite.
 *
 * A default is an expression in brackets that contains no query. The current instant is a query everywhere else, so that it is evaluated once
 * for all rows of a statement; in a default it is the expression alone.
 */

/** The current instant, in its stored form. */
export const CLOCK = "strftime('%Y-%m-%d %H:%M:%f', 'now')"

/** The text after DEFAULT, of an expression as it is printed. */
export const wrapDefault = (value: string): string => `(${value.replaceAll(`(SELECT ${CLOCK})`, CLOCK)})`
