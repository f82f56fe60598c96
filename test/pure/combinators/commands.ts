/** Examples of docs/combinators.md: commands. */
import { pipe } from 'fp-ts/lib/function.js'
import { int, nullable } from '../../../lib/Column.js'
import * as C from '../../../lib/Command.js'
import { eq, isNull, nullOf, plus } from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from '../sql/print.js'
import { albums, artists } from './store.js'

export const commands: Cases = {
  insert: () => C.insert(artists)({ name: 'Faust' }),

  insertMany: () => C.insertMany(artists)([{ name: 'Faust', founded: 1971 }, { name: 'Cluster' }]),

  insertFrom: () =>
    C.insertFrom(artists)(
      pipe(
        Q.from(albums),
        Q.where(album => isNull(album.genre)),
        Q.map(album => ({ name: album.title, founded: nullOf(nullable(int)) })),
      ),
    ),

  update: () =>
    C.update(albums)(
      album => ({ price: plus(album.price, '1.00'), genre: 'Rock' }),
      album => eq(album.artistId, 1),
    ),

  delete: () => C.delete(albums)(album => isNull(album.genre)),

  everywhere: () => C.update(albums)({ genre: null }, C.everywhere),

  upsert: () => C.upsert(artists)({ target: ['id'], update: ['name'] })({ id: 2, name: 'NEU!' }),

  returning: () =>
    pipe(
      C.insert(artists)({ name: 'Faust' }),
      C.returning(artist => ({ id: artist.id })),
    ),

  changes: () =>
    pipe(
      C.delete(artists)(artist => eq(artist.id, 1)),
      C.changes({ artists, albums }),
    ),
}
