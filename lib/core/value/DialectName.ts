/**
 * The names of the SQL dialects.
 *
 * A name is a key of data per dialect (`sqlType({ postgres: 'inet' })`) and appears in errors. Behaviour never depends on comparing names:
 * differences between dialects are fields of the dialect record in `lib/sql`. The memory model is not a dialect, since it prints no SQL, but it
 * has a name for errors.
 */
/** The SQL dialects. */
export type DialectName = 'postgres' | 'mysql' | 'mariadb' | 'sqlite'

/** A dialect, or the in-memory model. */
export type EngineName = DialectName | 'memory'

/** The dialect of an engine, by the name in its capabilities; null for the memory engine and for engines of others. */
export const dialectOf = (engine: string): DialectName | null => {
  switch (engine) {
    case 'pglite':
    case 'postgres':
      return 'postgres'
    case 'sqlite':
    case 'sqlite3':
      return 'sqlite'
    case 'mysql':
    case 'mariadb':
      return engine
    default:
      return null
  }
}

/** The dialect of an engine, or the memory engine: the name by which steps and hazards know it. */
export const engineNamed = (engine: string): EngineName => dialectOf(engine) ?? 'memory'
