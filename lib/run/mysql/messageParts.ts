/**
 * Names and places in the error messages of MySQL and MariaDB.
 *
 * The servers put names into messages and send no fields for them. A name is found by the fixed words before and after it, and
 * a message is matched from its beginning, so that a value in it is not mistaken for them.
 */

/** A name in backquotes without their escapes. */
export const unquoted = (name: string): string => name.replaceAll('``', '`')

/** The column in `Column 'x' cannot be null`, `Out of range value for column 'x' at row 1`; empty if there is none. */
export const columnIn = (message: string): string => / ?column '(.*)' (?:cannot be null$|at row \d+$)/is.exec(message)?.[1] ?? ''

/** What a message quotes; a name may contain quotes itself. */
export const quotedIn = (message: string): string => /'(.*)'/s.exec(message)?.[1] ?? message

/** The last part of `'db.table'`. */
export const objectIn = (message: string): string => {
  const name =
    (/^Unknown column '(.*)' in '[^']*'$/s.exec(message) ?? /^Table '(.*)' doesn't exist/s.exec(message))?.[1] ?? quotedIn(message)
  return name.slice(name.indexOf('.') + 1)
}

/** The table and the constraint of a foreign key, and its columns in backquotes. */
export const foreignKeyIn = (message: string): readonly (string | undefined)[] => {
  const [, ...parts] =
    /\(`(?:[^`]|``)*`\.`((?:[^`]|``)*)`, CONSTRAINT `((?:[^`]|``)*)` FOREIGN KEY \((.*?)\) REFERENCES/s.exec(message) ?? []
  return parts
}

/** The 1-based position of a syntax error. The servers quote up to 80 bytes from there: mostly the rest of the statement. */
export const positionIn = (sql: string, message: string): number | null => {
  const near = / near '(.*)' at line \d+$/s.exec(message)?.[1]
  if (near === undefined || near === '') return null
  if (sql.endsWith(near)) return sql.length - near.length + 1
  const at = sql.indexOf(near)
  return at < 0 || sql.indexOf(near, at + 1) >= 0 ? null : at + 1
}

/** MariaDB writes control characters in messages as `\\001B`. */
export const unescaped = (message: string): string =>
  message.replace(/\\00([01][0-9A-F]|7F|[89][0-9A-F])/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
