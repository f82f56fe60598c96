/**
 * Arrays: their elements as rows, conditions on their elements, and texts that are split and joined.
 *
 * Shows: `Q.unnest`, whose rows have a position and a value, in a bind, in nested collections and over a parameter; `arrayAny` and
 * `arrayEvery`; `split`, `arrayJoin` and `array`.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as A from 'query-ts/Agg'
import { arrayOf, int, text } from 'query-ts/Column'
import * as C from 'query-ts/Command'
import { createAll } from 'query-ts/createAll'
import { array, arrayAny, arrayEvery, arrayJoin, asc, contains, desc, eq, inQuery, length, lower, lt, split } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'
import { isMain, print, runInLibrary } from './library.js'

const recipes = table('recipe', { id: int, name: text, tags: arrayOf(text), steps: text }, { primaryKey: ['id'] })

const setUp = pipe(
  createAll(schema({ recipes }, () => ({}))),
  RTE.flatMap(() =>
    C.run(
      C.insertMany(recipes)([
        { id: 1, name: 'Borscht', tags: ['soup', 'winter', 'beetroot'], steps: 'peel > cook > serve' },
        { id: 2, name: 'Gazpacho', tags: ['soup', 'summer'], steps: 'peel > blend > chill > serve' },
        { id: 3, name: 'Bread', tags: [], steps: 'bake' },
      ]),
    ),
  ),
)

/** How often each tag occurs. */
const tags = pipe(
  Q.from(recipes),
  Q.bind('tag', recipe => Q.unnest(recipe.tags)),
  Q.aggregate(({ tag }) => ({ tag: A.key(tag.value), times: A.countAll })),
  Q.orderBy(({ tag, times }) => [desc(times), asc(tag)]),
)

/** Conditions on some tag, on each tag, on the name or the steps: without tags `arrayAny` is false and `arrayEvery` true. */
const conditions = pipe(
  Q.from(recipes),
  Q.orderBy(recipe => [asc(recipe.id)]),
  Q.map(recipe => ({
    name: recipe.name,
    isForSummer: arrayAny(recipe.tags, tag => eq(tag, 'summer')),
    hasShortTags: arrayEvery(recipe.tags, tag => lt(length(tag), 7)),
    isOfBread: arrayAny(array([recipe.name, recipe.steps]), words => contains(lower(words), 'bread')),
  })),
)

/** The steps as nested rows with their numbers, and joined into another text. */
const steps = pipe(
  Q.from(recipes),
  Q.orderBy(recipe => [asc(recipe.id)]),
  Q.map(recipe => ({
    steps: Q.many(
      pipe(
        Q.unnest(split(recipe.steps, ' > ')),
        Q.orderBy(step => [asc(step.position)]),
      ),
    ),
    short: arrayJoin(split(recipe.steps, ' > '), ', '),
  })),
)

/** The recipes of some keys: one parameter, however many there are. */
const byIds = Q.prepare({ ids: arrayOf(int) }, ({ ids }) =>
  pipe(
    Q.from(recipes),
    Q.where(recipe =>
      inQuery(
        recipe.id,
        pipe(
          Q.unnest(ids),
          Q.map(id => id.value),
        ),
      ),
    ),
    Q.orderBy(recipe => [asc(recipe.id)]),
    Q.map(recipe => recipe.name),
  ),
)

/** The same in the order of the keys, once for each occurrence. */
const inOrder = Q.prepare({ ids: arrayOf(int) }, ({ ids }) =>
  pipe(
    Q.unnest(ids),
    Q.innerJoin('recipe', recipes, (id, recipe) => eq(recipe.id, id.value)),
    Q.orderBy(id => [asc(id.position)]),
    Q.map(({ recipe }) => recipe.name),
  ),
)

export const main = (): Promise<void> =>
  runInLibrary(
    pipe(
      setUp,
      RTE.flatMap(() => Q.all(tags)),
      print('tags'),
      RTE.flatMap(() => Q.all(conditions)),
      print('conditions'),
      RTE.flatMap(() => Q.all(steps)),
      print('steps'),
      RTE.flatMap(() => Q.all(byIds({ ids: [3, 1] }))),
      print('by keys'),
      RTE.flatMap(() => Q.all(inOrder({ ids: [3, 1, 3] }))),
      print('in their order'),
    ),
  )

if (isMain(import.meta.url)) await main()

/* prints
tags [
  { tag: 'soup', times: 2 },
  { tag: 'beetroot', times: 1 },
  { tag: 'summer', times: 1 },
  { tag: 'winter', times: 1 }
]
conditions [
  {
    name: 'Borscht',
    isForSummer: false,
    hasShortTags: false,
    isOfBread: false
  },
  {
    name: 'Gazpacho',
    isForSummer: true,
    hasShortTags: true,
    isOfBread: false
  },
  {
    name: 'Bread',
    isForSummer: false,
    hasShortTags: true,
    isOfBread: true
  }
]
steps [
  {
    steps: [
      { position: 1, value: 'peel' },
      { position: 2, value: 'cook' },
      { position: 3, value: 'serve' }
    ],
    short: 'peel, cook, serve'
  },
  {
    steps: [
      { position: 1, value: 'peel' },
      { position: 2, value: 'blend' },
      { position: 3, value: 'chill' },
      { position: 4, value: 'serve' }
    ],
    short: 'peel, blend, chill, serve'
  },
  { steps: [ { position: 1, value: 'bake' } ], short: 'bake' }
]
by keys [ 'Borscht', 'Bread' ]
in their order [ 'Bread', 'Borscht', 'Bread' ]
*/
