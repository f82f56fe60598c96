/**
 * SQL that a test makes at run time, in the form in which `raw` takes it: a template literal without values.
 *
 * `Program.raw` and `Expr.raw` accept template literals only, so that a value can't become part of the SQL by mistake. Tests build
 * statements from names of engines, tables and settings, and `template` passes such a text as the literal it would be in a program.
 */
import * as Program from '../../lib/Program.js'

/** The template literal whose only part is this text. */
export const template = (sql: string): TemplateStringsArray => Object.assign([sql], { raw: [sql] })

/** The program that runs a statement and decodes no column. */
export const statement = (sql: string) => Program.raw({})(template(sql))
