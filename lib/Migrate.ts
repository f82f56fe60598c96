/**
 * Migrations: a schema and its rows from one version to the next, as data and programs.
 *
 * `import * as Migrate from 'query-ts/Migrate'`: `Migrate.migration({ name, from, up })` describes one; `Migrate.up(list)` applies those that are not
 * applied. Steps are made from tables and changes of `query-ts/createAll`, or are commands (`Migrate.data`) and SQL text (`Migrate.sql`).
 */
export type { Change } from './core/schema/Change.js'
export type { Step } from './core/schema/Step.js'
export {
  type Alteration,
  addCheck,
  addColumn,
  addForeignKey,
  addPrimaryKey,
  addUnique,
  alter,
  changeType,
  create,
  createIndex,
  createView,
  drop,
  dropCheck,
  dropColumn,
  dropForeignKey,
  dropIndex,
  dropKey,
  dropView,
  renameColumn,
  renameConstraint,
  renameTable,
  setComment,
  setDefault,
  setNotNull,
  setNullable,
} from './schema/alterations.js'
export { checksum } from './schema/checksum.js'
export { commutes } from './schema/commutes.js'
export type { Hazard, HazardKind } from './schema/hazards.js'
export { invert, losses } from './schema/invert.js'
export { cannot, type Irreversible, type Migration, type MigrationOptions, migration, type StepLists } from './schema/Migration.js'
export type { MigrationEvent, Report, UnitEvent } from './schema/MigrationEvent.js'
export { data, type MigrationStep, type SqlOptions, type SqlTexts, sql } from './schema/MigrationStep.js'
export { changes, check, drift } from './schema/migrationChanges.js'
export type { LockOptions } from './schema/migrationLock.js'
export { type ScriptOptions, script } from './schema/migrationScript.js'
export type { Applied, Direction } from './schema/migrationTables.js'
export { type DownOptions, down, type RunOptions, type UpOptions, up } from './schema/runMigrations.js'
export { schemaAfter } from './schema/schemaAfter.js'
export { baseline, type HalfDone, resolve, type Status, status } from './schema/settleMigrations.js'
