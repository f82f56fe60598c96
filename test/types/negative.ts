// biome-ignore-all format: one expectation is one line
/**
 * What must not compile, one reason a line.
 *
 * A line whose error goes away is an error itself (`@ts-expect-error` on a line without one), so that a
 * type that is loosened by accident is found.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as A from 'query-ts/Agg'
import { anyJson, arrayOf, boolean, bytes, date, enumOf, generated, int, json, nullable, numeric, text, timestamp } from 'query-ts/Column'
import * as C from 'query-ts/Command'
import { array, arrayAny, arrayContains, arrayEvery, arrayJoin, arrayLength, asc, between, contains, dateAdd, datePart, dateTrunc, daysBetween, desc, eq, greatest, gt, hex, inList, isNotDistinctFrom, jsonArray, jsonAt, jsonContains, jsonObject, jsonType, least, lit, matches, plus, round, sha256, split, sqrt, trim } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { fk, schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'
import * as W from 'query-ts/Window'

const users = table('users', { id: generated(int), name: nullable(text), role: enumOf('admin', 'user'), age: int, balance: numeric(10, 2) })
const posts = table('posts', { id: generated(int), userId: int, title: text })
const from = Q.from(users)
const lists = Q.from(table('lists', { id: generated(int), name: text, tags: arrayOf(text) }))
const documents = Q.from(table('documents', { id: generated(int), body: anyJson }))
const things = Q.from(table('things', { id: generated(int), is: nullable(boolean), raw: bytes, tags: arrayOf(text), data: anyJson, body: nullable(json(t.type({ a: t.number }))) }))
const events = Q.from(table('events', { id: generated(int), day: date, at: timestamp }))

// @ts-expect-error an unknown value of an enum
pipe(from, Q.where(u => eq(u.role, 'adnim')))
// @ts-expect-error comparison with null
pipe(from, Q.where(u => eq(u.name, null)))
// @ts-expect-error null-safe comparison with the literal null: use isNull
pipe(from, Q.where(u => isNotDistinctFrom(u.name, null)))
// @ts-expect-error a number against a text
pipe(from, Q.where(u => eq(u.age, '18')))
// @ts-expect-error a text that is no decimal
pipe(from, Q.where(u => gt(u.balance, 'cheap')))
// @ts-expect-error a bound of another type
pipe(from, Q.where(u => between(u.age, 1, 'x')))
// @ts-expect-error a list with a null
pipe(from, Q.where(u => inList(u.name, ['a', null])))
// @ts-expect-error no such column
pipe(from, Q.where(u => eq(u.nope, 1)))
// @ts-expect-error a condition is no boolean of JavaScript
pipe(from, Q.where(() => true))
// @ts-expect-error the largest of a number and a text
pipe(from, Q.map(u => ({ x: greatest(u.age, 'x') })))
// @ts-expect-error the largest of a value and null
pipe(from, Q.map(u => ({ x: greatest(u.age, null) })))
// @ts-expect-error the root of a decimal: cast to float first
pipe(from, Q.map(u => ({ x: sqrt(u.balance) })))
// @ts-expect-error a number without its spaces
pipe(from, Q.map(u => ({ x: trim(u.age) })))
// @ts-expect-error a text made whole
pipe(from, Q.map(u => ({ x: round(u.role) })))
// @ts-expect-error the hour of a date
pipe(events, Q.map(e => ({ x: dateTrunc(e.day, 'hour') })))
// @ts-expect-error hours of a date
pipe(events, Q.map(e => ({ x: dateAdd(e.day, { hours: 1 }) })))
// @ts-expect-error a date has no time zone
pipe(events, Q.map(e => ({ x: datePart(e.day, 'year', 'Europe/Berlin') })))
// @ts-expect-error an unknown part
pipe(events, Q.map(e => ({ x: datePart(e.at, 'century') })))
// @ts-expect-error an unknown field of a duration
pipe(events, Q.map(e => ({ x: dateAdd(e.at, { month: 1 }) })))
// @ts-expect-error days between a date and an instant
pipe(events, Q.map(e => ({ x: daysBetween(e.day, e.at) })))
// @ts-expect-error a part of a number
pipe(events, Q.map(e => ({ x: datePart(e.id, 'year') })))
// @ts-expect-error a text from a document where a number belongs
pipe(documents, Q.map(d => ({ x: plus(jsonAt(text)(d.body, 'n'), 1) })))
// @ts-expect-error a path of a truth value
pipe(documents, Q.map(d => ({ x: jsonAt(text)(d.body, true) })))
// @ts-expect-error a part that is no JSON
pipe(documents, Q.where(d => jsonContains(d.body, { at: new Date() })))
// @ts-expect-error a kind of value that there is not
pipe(documents, Q.where(d => eq(jsonType(d.body), 'text')))
// @ts-expect-error null is no part
pipe(documents, Q.where(d => jsonContains(d.body, null)))
// @ts-expect-error a plain value in a document
pipe(documents, Q.map(d => ({ x: jsonObject({ id: d.id, kind: 'book' }) })))
// @ts-expect-error a record where an array of expressions belongs
pipe(documents, Q.map(d => ({ x: jsonArray({ id: d.id }) })))
// @ts-expect-error a truth value of a document where a text belongs
pipe(documents, Q.map(d => ({ x: jsonObject({ is: eq(d.id, 1) }) })), Q.mapRow(r => r.x.is.length))
// @ts-expect-error the digits of a text
pipe(from, Q.map(u => ({ x: hex(u.role) })))
// @ts-expect-error a digest of a number
pipe(from, Q.map(u => ({ x: sha256(u.age) })))
// @ts-expect-error a pattern that is an expression
pipe(from, Q.where(u => matches(u.name, u.role)))
// @ts-expect-error a number that matches
pipe(from, Q.where(u => matches(u.age, '1')))
// @ts-expect-error a number in an array of texts
pipe(lists, Q.where(l => arrayContains(l.tags, 1)))
// @ts-expect-error the elements of a text
pipe(lists, Q.map(l => ({ x: arrayLength(l.name) })))
// @ts-expect-error the rows of a text
pipe(lists, Q.bind('letter', l => Q.unnest(l.name)))
// @ts-expect-error an element of another type
pipe(lists, Q.bind('tag', l => Q.unnest(l.tags)), Q.where(l => gt(l.tag.value, 1)))
// @ts-expect-error a condition on the elements that is none
pipe(lists, Q.where(l => arrayAny(l.tags, tag => tag)))
// @ts-expect-error a number compared with elements that are texts
pipe(lists, Q.where(l => arrayEvery(l.tags, tag => eq(tag, 1))))
// @ts-expect-error the parts of a number
pipe(from, Q.map(u => ({ x: split(u.age, ',') })))
// @ts-expect-error a separator that is an expression
pipe(from, Q.map(u => ({ x: split(u.name, u.role) })))
// @ts-expect-error numbers joined as texts
pipe(from, Q.map(u => ({ x: arrayJoin(array([u.age]), ',') })))
// @ts-expect-error elements of two types
pipe(from, Q.map(u => ({ x: array([u.age, u.name]) })))
// @ts-expect-error plain values as elements: use lit
pipe(from, Q.map(() => ({ x: array([1, 2]) })))
// @ts-expect-error an order by any document
pipe(things, Q.orderBy(r => [asc(r.data)]))
// @ts-expect-error an order by a document of a known form
pipe(things, Q.orderBy(r => [desc(r.body)]))
// @ts-expect-error an order by a part of a document that is a document
pipe(things, Q.orderBy(r => [asc(jsonAt(anyJson)(r.data, 'a'))]))
// @ts-expect-error an order by an array
pipe(things, Q.orderBy(r => [asc(r.tags)]))
// @ts-expect-error an order of a window by a document
pipe(things, Q.window(r => ({ n: W.rank({ orderBy: [asc(r.body)] }) })))
// @ts-expect-error the largest truth value
pipe(things, Q.map(r => ({ x: greatest(r.is, r.is) })))
// @ts-expect-error the smallest document
pipe(things, Q.map(r => ({ x: least(r.body, r.body) })))
// @ts-expect-error arithmetic on text
pipe(from, Q.map(u => ({ x: plus(u.name, 1) })))
// @ts-expect-error a number in a text function
pipe(from, Q.where(u => contains(u.age, 'x')))
// @ts-expect-error a plain value in a row: use lit
pipe(from, Q.map(() => ({ x: 1 })))
// @ts-expect-error an aggregate in a row
pipe(from, Q.map(u => ({ x: A.sum(u.age) })))
// @ts-expect-error a scalar where an aggregate belongs
pipe(from, Q.aggregate(u => ({ x: u.age })))
// @ts-expect-error the sum of texts
pipe(from, Q.aggregate(u => ({ x: A.sum(u.name) })))
// @ts-expect-error the sum of truth values: cast to int first
pipe(things, Q.aggregate(r => ({ x: A.sum(r.is) })))
// @ts-expect-error the mean of texts
pipe(from, Q.aggregate(u => ({ x: A.avg(u.role) })))
// @ts-expect-error the median of instants
pipe(events, Q.aggregate(e => ({ x: A.median(e.at) })))
// @ts-expect-error numbers joined as texts by an aggregate
pipe(from, Q.aggregate(u => ({ x: A.stringAgg(u.age, ',') })))
// @ts-expect-error whether all numbers are true
pipe(from, Q.aggregate(u => ({ x: A.boolAnd(u.age) })))
// @ts-expect-error the greatest truth value: use boolOr
pipe(things, Q.aggregate(r => ({ x: A.max(r.is) })))
// @ts-expect-error the least truth value: use boolAnd
pipe(things, Q.aggregate(r => ({ x: A.min(eq(r.id, 1)) })))
// @ts-expect-error the most frequent truth value
pipe(things, Q.aggregate(r => ({ x: A.mode(r.is) })))
// @ts-expect-error the greatest bytes
pipe(things, Q.aggregate(r => ({ x: A.max(r.raw) })))
// @ts-expect-error the least array
pipe(things, Q.aggregate(r => ({ x: A.min(r.tags) })))
// @ts-expect-error the greatest document
pipe(things, Q.aggregate(r => ({ x: A.max(r.data) })))
// @ts-expect-error the greatest truth value over a window
pipe(things, Q.window(r => ({ x: W.over({ orderBy: [asc(r.id)] })(A.max(r.is)) })))
// @ts-expect-error a column that the group has forgotten
pipe(from, Q.aggregate(() => ({ n: A.countAll })), Q.where(r => gt(r.age, 1)))
// @ts-expect-error a window function in a row
pipe(from, Q.map(u => ({ n: W.rowNumber({ orderBy: [asc(u.id)] }) })))
// @ts-expect-error an aggregate without a window
pipe(from, Q.window(u => ({ n: A.sum(u.age) })))
// @ts-expect-error a number of the row without an order
pipe(from, Q.window(u => ({ n: W.rowNumber({ partitionBy: [u.age] }) })))
// @ts-expect-error a field of a name that the rows have
pipe(from, Q.let('age', u => plus(u.age, 1)))
// @ts-expect-error a field that an earlier step has given a name
pipe(Q.Do, Q.bind('u', () => from), Q.let('n', ({ u }) => u.age), Q.let('n', ({ u }) => u.id))
// @ts-expect-error the missing side of a left join is entered by maybe only
pipe(Q.Do, Q.bindLeft('u', () => from), Q.where(({ u }) => gt(u.age, 1)))
// @ts-expect-error what follows has another type
pipe(from, Q.map(u => ({ id: u.id })), Q.recursive(() => pipe(from, Q.map(u => ({ id: u.name })))))
// @ts-expect-error what follows lacks a field
pipe(from, Q.map(u => ({ id: u.id, age: u.age })), Q.recursive(() => pipe(from, Q.map(u => ({ id: u.id })))))
// @ts-expect-error a side of a full join is entered by maybe only
pipe(from, Q.fullJoin(from, (a, b) => eq(a.id, b.id)), Q.where(({ left }) => gt(left.age, 1)))
// @ts-expect-error a key that the groups do not have
pipe(from, Q.groupingSets([['nope']])(u => ({ by: { age: u.age }, of: { n: A.countAll } })))
// @ts-expect-error a lock that waits in a way of its own
pipe(from, Q.forUpdate({ wait: 'later' }))
// @ts-expect-error an insert without a required column
C.insert(posts)({ title: 'x' })
// @ts-expect-error an insert with an unknown column
C.insert(posts)({ title: 'x', userId: 1, nope: 1 })
// @ts-expect-error null in a column that has none
C.insert(posts)({ title: null, userId: 1 })
// @ts-expect-error an update without a condition
C.update(posts)({ title: 'x' })
// @ts-expect-error a delete without a condition
C.delete(posts)()
// @ts-expect-error an update to a value of another type
C.update(posts)({ title: 1 }, C.everywhere)
// @ts-expect-error an upsert by a column that does not exist
C.upsert(posts)({ target: ['nope'], update: ['title'] })
// @ts-expect-error an upsert that sets a value of another type
C.upsert(posts)({ target: ['id'], update: old => ({ title: old.id }) })
// @ts-expect-error an upsert that does nothing has no condition
C.upsert(posts)({ target: ['id'], update: 'nothing', where: old => eq(old.id, 1) })
// @ts-expect-error a row without the key by which it is found
C.updateMany(posts)(['id'])([{ title: 'x' }])
// @ts-expect-error an update from a query to a value of another type
C.updateFrom(posts)(from, (p, u) => eq(p.userId, u.id), (_, u) => ({ title: u.id }))
// @ts-expect-error the outcome of many rows is not known
C.outcome(C.insertMany(posts)([]))
// @ts-expect-error a foreign key between columns of different types
schema({ users, posts }, t => ({ posts: { user: fk(t.posts.title, t.users.id) } }))
// @ts-expect-error a primary key of no column
table('t', { id: int }, { primaryKey: ['nope'] })
// @ts-expect-error a parameter of another type
Q.prepare({ id: int }, p => pipe(from, Q.where(u => eq(u.id, p.id))))({ id: 'x' })
// @ts-expect-error a limit that is no number
pipe(from, Q.limit('10'))
// @ts-expect-error a null has no literal: use nullOf
lit(null)
// @ts-expect-error a command is no query
Q.show(C.delete(posts)(C.everywhere))
// @ts-expect-error a query is no command
C.show(from)
// @ts-expect-error tables by name, not a list of them
Q.show(from, { tables: [users.name] })
// @ts-expect-error no such option of an explanation
pipe(from, Q.explain({ analyse: true }))
// @ts-expect-error a command can't be explained
pipe(C.delete(posts)(C.everywhere), Q.explain())
// @ts-expect-error no such field
pipe(from, Q.whereNotNull('nope'))
// @ts-expect-error a union of different types
pipe(from, Q.map(u => ({ x: u.id })), Q.unionAll(pipe(from, Q.map(u => ({ x: u.name })))))
// @ts-expect-error a union of other fields
pipe(from, Q.map(u => ({ x: u.id })), Q.unionAll(pipe(from, Q.map(u => ({ y: u.id })))))
