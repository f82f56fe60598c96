/**
 * The names of the SQL dialects.
 *
 * A name is used to key data per dialect (`sqlType({ postgres: 'inet' })`) and to say in an error
 * which dialect refused. Behaviour never depends on comparing names: differences between dialects
 * are fields of the dialect record in `lib/sql`. The memory model is no dialect: it prints nothing,
 * but it has a name for errors.
 */
export type DialectName = 'postgres' | 'mysql' | 'mariadb' | 'sqlite'

/** A dialect, or the in-memory model. */
export type EngineName = DialectName | 'memory'
