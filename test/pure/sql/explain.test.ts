/** Recorded and hypothetical EXPLAIN output of engines, read as trees. */
import * as assert from 'uvu/assert'
import { stages } from '../../../lib/Query.js'
import type { Explaining } from '../../../lib/sql/Dialect.js'
import { mariadbExplain, mysqlExplain } from '../../../lib/sql/mysql/explain.js'
import { postgresExplain } from '../../../lib/sql/postgres/explain.js'
import { sqliteExplain } from '../../../lib/sql/sqlite/explain.js'
import { suite } from '../../suite.js'

const read = suite('reading explanations')

/** Each stage as `access table index`, or its label where it reads no table. */
const told = (how: Explaining, rows: readonly (readonly unknown[])[]): readonly string[] =>
  stages(how.read(rows)).map(s => (s.access === null ? s.label : [s.access, s.table, s.index].filter(x => x !== null).join(' ')))

const sentences: readonly (readonly [string, string])[] = [
  ['SCAN album', 'scan album'],
  ['SCAN album USING INDEX album_idx', 'index album album_idx'],
  ['SCAN album USING COVERING INDEX album_idx', 'index album album_idx'],
  ['SEARCH album USING INTEGER PRIMARY KEY (rowid=?)', 'lookup album INTEGER PRIMARY KEY'],
  ['SEARCH album USING INTEGER PRIMARY KEY (rowid>?)', 'range album INTEGER PRIMARY KEY'],
  ['SEARCH album USING INDEX album_idx (a=? AND b<?)', 'range album album_idx'],
  ['SEARCH my table USING COVERING INDEX sqlite_autoindex_x_1 (a=?) LEFT-JOIN', 'lookup my table sqlite_autoindex_x_1'],
  ['SEARCH album USING AUTOMATIC COVERING INDEX (artist_id=?)', 'lookup album'],
  ['SEARCH album USING AUTOMATIC PARTIAL COVERING INDEX (artist_id=?)', 'lookup album'],
  ['SCAN album LEFT-JOIN', 'scan album'],
  ['SCAN TABLE album AS a', 'scan a'],
  ['SCAN CONSTANT ROW', 'SCAN CONSTANT ROW'],
  ['SCAN 2 CONSTANT ROWS', 'SCAN 2 CONSTANT ROWS'],
  ['SCAN (subquery-1)', 'SCAN (subquery-1)'],
  ['SCAN json_each VIRTUAL TABLE INDEX 1:', 'SCAN json_each VIRTUAL TABLE INDEX 1:'],
  ['USE TEMP B-TREE FOR ORDER BY', 'USE TEMP B-TREE FOR ORDER BY'],
  ['', ''],
]

for (const [sentence, expected] of sentences)
  read(`sqlite: ${sentence}`, () => assert.equal(told(sqliteExplain, [[2, 0, 0, sentence]]), [expected]))

read('sqlite: rows below each other, none, and rows below nothing', () => {
  assert.equal(told(sqliteExplain, []), ['QUERY PLAN'])
  const rows = [
    [1, 0, 0, 'COMPOUND QUERY'],
    [2, 1, 0, 'LEFT-MOST SUBQUERY'],
    [8, 2, 0, 'SCAN a'],
    [35, 1, 0, 'UNION ALL'],
    [37, 35, 0, 'SCAN b'],
    [99, 98, 0, 'SCAN lost'],
  ]
  assert.equal(told(sqliteExplain, rows), ['COMPOUND QUERY', 'LEFT-MOST SUBQUERY', 'scan a', 'UNION ALL', 'scan b'])
})

read('postgres: conditions decide between look-up, range and the whole index', () => {
  const node = (more: object): readonly (readonly unknown[])[] => [
    [JSON.stringify([{ Plan: { 'Relation Name': 't', Alias: 't', ...more } }])],
  ]
  const index = (condition: string | undefined) =>
    told(postgresExplain, node({ 'Node Type': 'Index Scan', 'Index Name': 'i', 'Index Cond': condition }))
  assert.equal(index("(id = '1'::bigint)"), ['lookup t i'])
  assert.equal(index("(name = '<a>'::text)"), ['lookup t i'])
  assert.equal(index('((id > 1) AND (id < 3))'), ['range t i'])
  assert.equal(index(undefined), ['index t i'])
  const bitmap = {
    'Node Type': 'Bitmap Heap Scan',
    'Recheck Cond': '(a = 1)',
    Plans: [{ 'Node Type': 'Bitmap Index Scan', 'Index Name': 'i', 'Index Cond': '(a = 1)' }],
  }
  assert.equal(told(postgresExplain, node(bitmap)), ['lookup t i', 'lookup i'])
  assert.equal(told(postgresExplain, node({ 'Node Type': 'Seq Scan', Alias: 't_1' })), ['scan t_1'])
})

read('mysql: kinds of access, and what is made on the way', () => {
  const plan = {
    query_plan: {
      operation: 'Nested loop',
      access_type: 'join',
      inputs: [
        { operation: 'a', table_name: 'a', access_type: 'table' },
        { operation: 'b', table_name: 'b', access_type: 'index', index_access_type: 'index_range_scan', index_name: 'i' },
        { operation: 'Table scan on <temporary>', table_name: '<temporary>', access_type: 'table' },
      ],
      inputs_from_select_list: [{ operation: 'c', access_type: 'rows_fetched_before_execution' }],
    },
  }
  assert.equal(told(mysqlExplain, [[JSON.stringify(plan)]]), ['Nested loop', 'scan a', 'range b i', 'Table scan on <temporary>', 'lookup'])
  assert.equal(told(mysqlExplain, [[plan]]).length, 5, 'a document that the driver has read')
})

read('mariadb: blocks inside blocks', () => {
  const plan = {
    query_optimization: { r_total_time_ms: 1 },
    query_block: {
      select_id: 1,
      filesort: {
        sort_key: 'a.x',
        nested_loop: [{ table: { table_name: 'a', access_type: 'ALL', rows: 7, r_rows: 6, r_engine_stats: {} } }],
      },
      subqueries: [
        {
          query_block: {
            nested_loop: [{ table: { table_name: '<derived3>', access_type: 'ALL' } }, { table: { message: 'Impossible WHERE' } }],
          },
        },
      ],
    },
  }
  assert.equal(told(mariadbExplain, [[JSON.stringify(plan)]]), [
    'query_block',
    'filesort',
    'scan a',
    'query_block',
    'table',
    'Impossible WHERE',
  ])
})

read('documents of other forms are trees of labels', () => {
  for (const document of [
    '{}',
    '[]',
    '[{}]',
    '{"query_block": {}}',
    '{"query_block": {"select_id": 1, "table": {"message": "No tables used"}}}',
    'null',
  ])
    for (const how of [postgresExplain, mysqlExplain, mariadbExplain])
      for (const s of stages(how.read([[document]]))) assert.type(s.label, 'string')
})

read.run()
