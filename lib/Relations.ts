/**
 * Relations: rows with the rows that they reference, and that reference them, by the names of the foreign keys.
 *
 * `import * as Relations from 'query-ts/Relations'`: `const r = Relations.of(schema)`; `r.tracks.include({ album: { artist: true } })` is a query of
 * tracks with their album and its artist, `r.tracks.by(t => icontains(t.album.artist.name, 'can'))` a condition.
 */
export type { Include, Paths, Rel, RelationsOf, Rows, ScopeOf, With } from './relate/Related.js'
export { of, type Relation, type Relations } from './relate/relationsOf.js'
