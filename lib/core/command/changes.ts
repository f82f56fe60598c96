/**
 * `changes`: a command that returns which rows it changed, before and after, in place of a number of rows.
 *
 * The rows that foreign keys change are among them: those that cascades delete or update and those whose reference becomes null, through
 * any number of tables. To read them, their tables have to be declared: `changes` takes the declarations, most simply those of a schema. A
 * command that may change rows of another table is refused, and so is one of a table without a primary key.
 *
 * Laws: a command with `changes` leaves the state that it leaves without; its changes applied to the state before are the state after;
 * they are empty exactly where the two are the same.
 */
import type { RowChange } from '../schema/RowChange.js'
import { isRecord } from '../syntax/guards.js'
import type { AnyTable, Command } from '../syntax/Syntax.js'
import { MADE } from '../syntax/Syntax.js'
import { validationError } from '../value/DbError.js'
import type { Cardinality, Write } from './assignments.js'

const isTable = (x: unknown): boolean => isRecord(x) && x['kind'] === 'table'

/**
 * Returns the rows that a command changed, before and after, those that foreign keys changed included. The argument declares the tables that
 * may be affected, under any names: `C.changes(shop.tables)(C.delete(users)(u => eq(u.id, 1)))`. A row comes before the rows that it
 * referenced (children before parents), and inserted rows last, in their order.
 */
export const changes =
  (tables: { readonly [name: string]: AnyTable }) =>
  (command: Write<any, Cardinality>): Command<readonly RowChange[]> => {
    const isValid = isRecord(tables) && Object.values(tables).every(isTable)
    const declared = isValid ? Object.values(tables) : []
    return {
      [MADE]: true,
      kind: 'command',
      node: isValid
        ? command.node
        : { tag: 'invalid', error: validationError(['changes'], 'changes takes a record of tables, such as the tables of a schema') },
      cardinality: 'many',
      returning: { tag: 'changes', tables: declared },
    }
  }
