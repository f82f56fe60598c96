/**
 * Snapshot cases: creating and dropping the tables of a schema.
 */
import { chinook } from '../../../examples/chinook/schema.js'
import { fk, schema } from '../../../lib/core/Schema.js'
import { createAll, dropAll } from '../../../lib/schema/createAll.js'
import type { Cases } from './print.js'
import { company, departments, people, rest } from './tables.js'

export const definitions: Cases = {
  'create the music store': () => createAll(chinook),

  'drop the music store': () => dropAll(chinook),

  'create tables in a circle': () => createAll(company),

  'drop tables in a circle': () => dropAll(company),

  'create a column of each type': () => createAll(rest),

  'drop them': () => dropAll(rest),

  'a key that refers to no key': () =>
    createAll(schema({ people, departments }, t => ({ people: { department: fk(t.people.departmentId, t.departments.headId as never) } }))),
}
