/**
 * Written modules as text: what they look like, and that names, comments and texts of a database are never code.
 *
 * The property makes images whose names, comments and expressions are hostile, loads the module of each, and finds every one of them again in
 * the described schema. A module that ran any of them would set `globalThis.injected`. Some of the modules are compiled by tsc.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import type { ColumnImage, SchemaImage, TableImage } from '../../lib/core/schema/SchemaImage.js'
import { textProblem } from '../../lib/core/value/Canonical.js'
import { validate } from '../../lib/Schema.js'
import { valueOfText } from '../../lib/schema/literalText.js'
import { comment, fieldsOf, quoted } from '../../lib/schema/module/names.js'
import { moduleOf } from '../../lib/schema/moduleOf.js'
import { amount } from '../amount.js'
import { writtenIn } from '../live/writtenModules.js'
import { suite } from '../suite.js'

const test = suite('modules of images')

const pieces = [
  ...'\'"`\\/*${'.split(''),
  ...'};\n\r\t \u2028\u2029\u0000\u200b\u202e\ufeff',
  ...[
    '*/',
    '//',
    '$'.concat('{globalThis.injected = 1}'),
    "'; globalThis.injected = 1; '",
    '\nglobalThis.injected = 1\n',
    '*/ globalThis.injected = 1 /*',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    'toString',
    'then',
    'default',
    'class',
    'await',
    'eval',
    'table',
    'K',
    'tables',
  ],
  ...['1', '007', '_', '$', 'a', 'B', 'a_b', 'a_b_c', 'userId', 'user_id', 'größe', '日本', '😀', 'é', '\u{1d4d0}', 'x'.repeat(70)],
]
const text: fc.Arbitrary<string> = fc.array(fc.constantFrom(...pieces), { minLength: 0, maxLength: 4 }).map(xs => xs.join(''))
const name: fc.Arbitrary<string> = fc.oneof(text, fc.constantFrom(...pieces), fc.string({ unit: 'grapheme' }))

const column = (of: string, more: Partial<ColumnImage> = {}): ColumnImage => ({
  name: of,
  type: { tag: 'int' },
  nullable: false,
  generated: false,
  default: null,
  computed: null,
  comment: null,
  ...more,
})
const tableOf = (of: string, columns: readonly ColumnImage[], more: Partial<TableImage> = {}): TableImage => ({
  schema: null,
  name: of,
  columns,
  primaryKey: null,
  uniques: [],
  indexes: [],
  checks: [],
  foreignKeys: [],
  comment: null,
  others: [],
  ...more,
})

const types: fc.Arbitrary<ColumnImage['type']> = fc.oneof(
  fc.constantFrom<ColumnImage['type']>({ tag: 'int' }, { tag: 'text' }, { tag: 'bigint' }, { tag: 'numeric', precision: 8, scale: 2 }),
  name.map((n): ColumnImage['type'] => ({ tag: 'custom', names: { postgres: n } })),
  fc
    .uniqueArray(
      name.filter(n => textProblem(n) === null),
      { minLength: 1, maxLength: 3 },
    )
    .map((values): ColumnImage['type'] => ({ tag: 'enum', values })),
)
const columns: fc.Arbitrary<readonly ColumnImage[]> = fc.uniqueArray(name, { minLength: 0, maxLength: 5 }).chain(names =>
  fc.tuple(
    ...names.map(n =>
      fc.tuple(types, fc.boolean(), fc.option(name), fc.option(name), fc.boolean()).map(([type, nullable, note, byDefault, isQuoted]) =>
        column(n, {
          type,
          nullable,
          comment: note,
          default: byDefault === null ? null : { text: isQuoted ? `'${byDefault.replaceAll("'", "''")}'` : byDefault },
        }),
      ),
    ),
  ),
)
const tables: fc.Arbitrary<readonly TableImage[]> = fc.uniqueArray(name, { maxLength: 4 }).chain(names =>
  fc.tuple(
    ...names.map(n =>
      fc
        .tuple(columns, fc.uniqueArray(name, { minLength: 6, maxLength: 6 }), fc.option(name), fc.nat(3))
        .map(([cs, [a, b, c, d, e, f], note, to]) => {
          const first = cs[0]?.name
          const target = names[to % names.length] ?? n
          return tableOf(n, cs, {
            comment: note,
            others: [e ?? ''],
            checks: [{ name: a ?? '', text: e ?? '', valid: true }],
            ...(first === undefined
              ? {}
              : {
                  primaryKey: { name: b ?? '', columns: [first] },
                  uniques: [{ name: c ?? '', columns: [cs[cs.length - 1]?.name ?? first, first].slice(0, 1) }],
                  indexes: [
                    {
                      name: d ?? '',
                      keys: [{ of: { tag: 'column', name: first }, direction: 'desc', nulls: 'first' }],
                      unique: false,
                      where: null,
                      method: e ?? null,
                      options: '',
                      valid: true,
                    },
                  ],
                  foreignKeys: [
                    {
                      name: f ?? '',
                      columns: [first],
                      target: { schema: null, name: target },
                      targetColumns: [first],
                      onDelete: 'cascade',
                      onUpdate: 'noAction',
                      deferrable: false,
                      valid: true,
                    },
                  ],
                }),
          })
        }),
    ),
  ),
)
const images: fc.Arbitrary<SchemaImage> = fc.tuple(tables, name, name).map(([ts, v, viewText]) => ({
  language: 'postgres',
  tables: ts,
  views: [{ schema: null, name: v, columns: [], text: viewText, materialized: false, comment: null }],
}))

test('law: hostile names, comments and texts are data', async () => {
  const written = writtenIn('hostile')
  let kept = 0
  await fc.assert(
    fc.asyncProperty(images, async image => {
      const source = moduleOf(image)
      const isKept = kept < 60
      kept += 1
      const { database } = await written.load(source, isKept)
      assert.is((globalThis as { injected?: unknown }).injected, undefined)
      const described = Object.values(database.tables)
      const isNamable = (n: string): boolean => n !== '' && textProblem(n) === null
      const expected = image.tables.filter(t => t.columns.length > 0 && [t.name, ...t.columns.map(c => c.name)].every(isNamable))
      assert.equal(
        described.map(t => t.name),
        expected.map(t => t.name),
      )
      for (const [i, t] of described.entries()) {
        const own = expected[i] as TableImage
        assert.equal(
          Object.values(t.names),
          own.columns.map(c => c.name).filter(n => n !== undefined),
        )
        assert.equal(
          Object.values(t.columns).map(c => [c.comment, c.type.nullable]),
          own.columns.map(c => [c.comment, c.nullable]),
        )
        assert.is(t.comment, own.comment)
      }
      const valid = validate(database)
      assert.ok(E.isRight(valid), E.isLeft(valid) ? `${JSON.stringify(valid.left)}\n${source}` : '')
    }),
    { numRuns: amount(500) },
  )
  assert.is(written.compile(), '')
})

test('law: a literal evaluates to its text, a comment has one line', () => {
  fc.assert(
    fc.property(fc.oneof(name, fc.string({ unit: 'binary' })), s => {
      assert.is(new Function(`'use strict'; return ${quoted(s)}`)(), s)
      assert.is(/[\n\r\u2028\u2029]/.test(comment(s)), false)
      assert.is(new Function(`${comment(s)}\nreturn 7`)(), 7)
    }),
  )
})

test('fields: the inverse of the naming strategy, or names that stay', () => {
  const shown = (...names: string[]) => {
    const { naming, of } = fieldsOf(names)
    return [naming, ...names.map(n => of.get(n))]
  }
  assert.equal(shown('id', 'unit_price', 'address_1', 'a_b_c', '_id'), ['snakeCase', 'id', 'unitPrice', 'address_1', 'a_b_c', '_id'])
  assert.equal(shown('id', 'createdAt', 'userID'), ['asIs', 'id', 'createdAt', 'userID'])
  assert.equal(shown('user_id', 'userId', 'first name', ''), ['snakeCase', 'userId', 'userId2', 'firstName', 'column'])
  assert.equal(shown('1', '__proto__', 'x'), ['snakeCase', '_1', 'proto', 'x'])
})

test('defaults that are literals', () => {
  const numeric = { tag: 'numeric', precision: 8, scale: 2 } as const
  assert.is(valueOfText("'it''s'::text", { tag: 'text' }, 'postgres'), "it's")
  assert.is(valueOfText("'a\\b'", { tag: 'text' }, 'mysql'), undefined)
  assert.is(valueOfText("'x'::character varying(20)", { tag: 'varchar', length: 20 }, 'postgres'), 'x')
  assert.is(valueOfText("'-1'::integer", { tag: 'int' }, 'postgres'), -1)
  assert.is(valueOfText('70000', { tag: 'smallint' }, 'postgres'), undefined)
  assert.is(valueOfText('9223372036854775807', { tag: 'bigint' }, 'postgres'), 9223372036854775807n)
  assert.is(valueOfText('4.9', numeric, 'postgres'), '4.90')
  assert.is(valueOfText('4.999', numeric, 'postgres'), undefined)
  assert.is(valueOfText('-1250', numeric, 'sqlite'), '-12.50')
  assert.is(valueOfText('-5', numeric, 'sqlite'), '-0.05')
  assert.is(valueOfText('now()', { tag: 'text' }, 'postgres'), undefined)
  assert.is(valueOfText("'a' || 'b'", { tag: 'text' }, 'postgres'), undefined)
  assert.is(valueOfText('TRUE', { tag: 'boolean' }, 'sqlite'), true)
  assert.is(valueOfText("'2020-02-30'", { tag: 'date' }, 'mysql'), undefined)
})

test('a module as people read it', () => {
  const item = tableOf('order_item', [column('id', { type: { tag: 'bigint' }, generated: true }), column('item_id', { nullable: true })], {
    primaryKey: { name: 'order_item_pkey', columns: ['id'] },
    checks: [{ name: 'positive', text: 'item_id > 0', valid: true }],
    indexes: [
      {
        name: 'by_item',
        keys: [{ of: { tag: 'column', name: 'item_id' }, direction: 'desc', nulls: null }],
        unique: false,
        where: null,
        method: null,
        options: '',
        valid: true,
      },
    ],
    foreignKeys: [
      {
        name: 'of_item',
        columns: ['item_id'],
        target: { schema: 'shop', name: 'item' },
        targetColumns: ['id'],
        onDelete: 'setNull',
        onUpdate: 'noAction',
        deferrable: false,
        valid: true,
      },
    ],
  })
  const target = tableOf(
    'item',
    [column('id'), column('name', { type: { tag: 'text' }, default: { text: "''::text" }, comment: "it's" })],
    {
      schema: 'shop',
      primaryKey: { name: 'item_pkey', columns: ['id'] },
    },
  )
  assert.snapshot(moduleOf({ language: 'postgres', tables: [target, item], views: [] }), EXPECTED)
})

const EXPECTED = `// Written by moduleOf from the schema of a database (postgres).
import { pipe } from 'fp-ts/lib/function.js'
import * as K from 'query-ts/Column'
import { desc } from 'query-ts/Expr'
import { fk, schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'

export const item = table(
  'item',
  {
    id: K.int,
    name: pipe(K.text, K.withDefault(''), K.comment('it\\'s')),
  },
  {
    schema: 'shop',
    primaryKey: ['id'],
  },
)

// not translated: positive: CHECK (item_id > 0)
export const orderItem = table(
  'order_item',
  {
    id: pipe(K.bigint, K.generated),
    itemId: pipe(K.int, K.nullable),
  },
  {
    indexes: [
      { name: 'by_item', on: row => [desc(row.itemId)] },
    ],
    unmanaged: [
      'positive',
    ],
  },
)

export const database = schema({ item, orderItem }, tables => ({
  orderItem: {
    item: fk(tables.orderItem.itemId, tables.item.id, { back: 'orderItem', onDelete: 'setNull', name: 'of_item' }),
  },
}))
`

test.run()
