/**
 * The tables of docs/combinators.md and their few rows, with values on which results differ (nulls, ties, an album without an artist of
 * that number, letters beyond ASCII).
 */
import { float, generated, int, nullable, numeric, text } from '../../../lib/Column.js'
import { schema } from '../../../lib/Schema.js'
import { table } from '../../../lib/Table.js'

export const artists = table('artist', {
  id: generated(int),
  name: text,
  founded: nullable(int),
})

export const albums = table('album', {
  id: generated(int),
  title: text,
  artistId: int,
  price: numeric(10, 2),
  genre: nullable(text),
  stars: float,
})

export const store = schema({ artists, albums })

export const rows = {
  artists: [
    { id: 1, name: 'Can', founded: 1968 },
    { id: 2, name: 'Neu!', founded: 1971 },
    { id: 3, name: 'Björk', founded: null },
    { id: 4, name: 'Nico', founded: 1968 },
  ],
  albums: [
    { id: 1, title: 'Tago Mago', artistId: 1, price: '12.50', genre: 'Krautrock', stars: 4.5 },
    { id: 2, title: 'Ege Bamyasi', artistId: 1, price: '9.50', genre: 'Krautrock', stars: 5 },
    { id: 3, title: ' Future Days ', artistId: 1, price: '9.50', genre: null, stars: 3.5 },
    { id: 4, title: 'Neu! 75', artistId: 2, price: '11.00', genre: 'Krautrock', stars: 2.25 },
    { id: 5, title: 'Homogenic', artistId: 3, price: '14.00', genre: 'Pop', stars: 4 },
    { id: 6, title: 'Désertshore', artistId: 9, price: '10.00', genre: null, stars: 0 },
  ],
} as const
