/** Snapshot cases: every function of `Expr` in each dialect, and where parentheses are needed. */
import { pipe } from 'fp-ts/lib/function.js'
import { customers, employees, invoiceLines, invoices, tracks } from '../../../examples/chinook/schema.js'
import { bigint, boolean, date, float, int, nullable, numeric, text, timestamp } from '../../../lib/Column.js'
import {
  abs,
  and,
  atan2,
  between,
  caseWhen,
  cast,
  ceil,
  coalesce,
  concat,
  contains,
  div,
  endsWith,
  eq,
  floor,
  greatest,
  gt,
  gte,
  ilike,
  inList,
  isNotDistinctFrom,
  isNotNull,
  isNull,
  least,
  left,
  length,
  like,
  lit,
  litOf,
  lower,
  lt,
  lte,
  minus,
  ne,
  neg,
  not,
  notIn,
  nullIf,
  nullOf,
  or,
  padEnd,
  padStart,
  plus,
  position,
  power,
  quot,
  raw,
  rem,
  repeat,
  replace,
  reverse,
  right,
  round,
  sign,
  sqrt,
  startsWith,
  substring,
  times,
  trim,
  trimEnd,
  trimStart,
  upper,
} from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import type { Cases } from './print.js'
import { everything } from './tables.js'

export const expressions: Cases = {
  comparisons: () =>
    pipe(
      Q.from(tracks),
      Q.map(track => ({
        eq: eq(track.albumId, 1),
        ne: ne(track.albumId, track.genreId),
        lt: lt(track.name, 'M'),
        lte: lte(track.unitPrice, '0.995'),
        gt: gt(track.bytes, 1_000_000),
        gte: gte(track.milliseconds, 1.5),
      })),
    ),

  'null-safe equality': () =>
    pipe(
      Q.from(customers),
      Q.where(customer =>
        and(
          isNotDistinctFrom(customer.state, customer.country),
          isNotDistinctFrom(customer.company, 'Apple'),
          not(isNotDistinctFrom(customer.fax, customer.phone)),
        ),
      ),
      Q.map(customer => customer.id),
    ),

  'null or not': () =>
    pipe(
      Q.from(tracks),
      Q.where(track => or(isNull(track.composer), and(isNotNull(track.composer), not(isNull(concat(track.composer, '')))))),
      Q.map(track => track.id),
    ),

  'and, or, not in each other': () =>
    pipe(
      Q.from(tracks),
      Q.where(track =>
        and(
          or(eq(track.genreId, 1), eq(track.genreId, 2), and(eq(track.genreId, 3), gt(track.milliseconds, 1))),
          not(and(lt(track.bytes, 10), gt(track.bytes, 5))),
          not(eq(track.mediaTypeId, 1)),
          not(or(isNull(track.composer), like(track.name, 'x%'))),
        ),
      ),
      Q.map(track => track.id),
    ),

  'no conditions': () =>
    pipe(
      Q.from(employees),
      Q.where(() => and()),
      Q.where(() => or(lit(true))),
      Q.where(employee => or(inList(employee.id, []), notIn(employee.id, []))),
      Q.map(employee => employee.id),
    ),

  lists: () =>
    pipe(
      Q.from(tracks),
      Q.where(track => or(notIn(track.genreId, [1, 2]), not(inList(track.name, ['a', 'b'])), inList(track.unitPrice, ['0.99', '1.999']))),
      Q.map(track => track.id),
    ),

  'arithmetic of integers': () =>
    pipe(
      Q.from(tracks),
      Q.map(track => ({
        sum: plus(plus(track.milliseconds, track.bytes), 1),
        right: plus(track.milliseconds, plus(track.bytes, 1)),
        difference: minus(track.milliseconds, minus(track.bytes, 1)),
        product: times(plus(track.milliseconds, 1), track.bytes),
        negative: neg(track.milliseconds),
        less: minus(lit(1), neg(track.milliseconds)),
        minutes: quot(track.milliseconds, 60_000),
        rest: rem(track.milliseconds, 60_000),
        each: quot(track.bytes, track.milliseconds),
        mean: div(track.bytes, track.milliseconds),
        half: div(track.bytes, 2),
      })),
    ),

  'arithmetic of decimals': () =>
    pipe(
      Q.from(invoiceLines),
      Q.map(line => ({
        dearer: plus(line.unitPrice, '1.005'),
        cheaper: minus(line.unitPrice, '0.01'),
        amount: times(line.unitPrice, cast(numeric(10, 0))(line.quantity)),
        tax: times(line.unitPrice, '0.19'),
        negative: neg(line.unitPrice),
        ratio: div(cast(float)(line.unitPrice), cast(float)(line.quantity)),
      })),
    ),

  'parts of texts': () =>
    pipe(
      Q.from(customers),
      Q.map(customer => ({
        name: concat(customer.firstName, ' ', customer.lastName),
        nested: concat(concat(customer.city, ', '), customer.country),
        company: concat('at ', customer.company),
        initial: substring(customer.firstName, 1, 1),
        rest: substring(customer.firstName, 2),
        length: length(customer.email),
        at: position(customer.email, '@'),
        lower: lower(customer.country),
        upper: upper(customer.country),
      })),
    ),

  'texts made of texts': () =>
    pipe(
      Q.from(customers),
      Q.map(customer => ({
        trim: trim(customer.firstName),
        start: trimStart(customer.company),
        end: trimEnd(concat(customer.firstName, ' ')),
        replaced: replace(customer.email, '@', ' at '),
        maybe: replace(customer.email, customer.city, customer.company),
        left: left(customer.firstName, 2),
        right: right(customer.firstName, 2),
        none: right(customer.firstName, 0),
        reverse: reverse(customer.country),
        padStart: padStart(customer.lastName, 10, '.'),
        padEnd: padEnd(customer.company, 10),
        repeat: repeat(customer.country, 3),
        constant: trim(lit(' x ')),
      })),
    ),

  'numbers made of numbers': () =>
    pipe(
      Q.from(everything),
      Q.map(row => ({
        abs: abs(row.small),
        distance: abs(minus(row.ratio, 1)),
        sign: sign(row.ratio),
        floor: floor(row.ratio),
        ceil: ceil(row.ratio),
        round: round(plus(row.ratio, 0.25)),
        square: power(row.ratio, 2),
        any: power(row.ratio, row.small),
        sqrt: sqrt(row.small),
        least: least(row.ratio, row.small, 2),
        greatest: greatest(row.small, nullOf(int), 3),
        fold: greatest(greatest(row.small, 1), 2),
      })),
    ),

  'the angle of a point': () =>
    pipe(
      Q.from(everything),
      Q.map(row => ({ computed: atan2(plus(row.ratio, 1), row.small), given: atan2(row.ratio, 2), none: atan2(row.ratio, nullOf(int)) })),
    ),

  'decimals made whole': () =>
    pipe(
      Q.from(invoiceLines),
      Q.map(line => ({
        abs: abs(neg(line.unitPrice)),
        sign: sign(line.unitPrice),
        floor: floor(line.unitPrice),
        ceil: ceil(line.unitPrice),
        round: round(times(line.unitPrice, '1.5')),
        least: least(line.unitPrice, '0.995'),
      })),
    ),

  'patterns, and texts that look like patterns': () =>
    pipe(
      Q.from(tracks),
      Q.where(track =>
        or(
          like(track.name, '100!%%'),
          not(like(track.name, '_b%')),
          ilike(track.name, '%love%'),
          not(ilike(track.name, 'x%')),
          contains(track.name, '50%_!'),
          startsWith(track.name, '100%'),
          endsWith(track.name, '_'),
          contains(track.composer, track.name),
          startsWith(track.composer, track.name),
          endsWith(track.composer, lower(track.name)),
        ),
      ),
      Q.map(track => track.id),
    ),

  choices: () =>
    pipe(
      Q.from(tracks),
      Q.map(track => ({
        length: caseWhen(
          [
            [lt(track.milliseconds, 120_000), lit('short')],
            [lt(track.milliseconds, 360_000), lit('middling')],
          ],
          lit('long'),
        ),
        price: caseWhen([[eq(track.genreId, 1), track.unitPrice]], nullOf(numeric(10, 2))),
        composer: coalesce(track.composer, 'unknown'),
        either: coalesce(track.composer, coalesce(nullIf(track.name, ''), '?')),
        free: nullIf(track.unitPrice, '0.00'),
      })),
    ),

  casts: () =>
    pipe(
      Q.from(tracks),
      Q.innerJoin('line', invoiceLines, (track, line) => eq(line.trackId, track.id)),
      Q.innerJoin('invoice', invoices, ({ line }, invoice) => eq(invoice.id, line.invoiceId)),
      Q.map(({ id, name, unitPrice, line, invoice }) => ({
        long: cast(bigint)(id),
        float: cast(float)(id),
        decimal: cast(numeric(12, 2))(id),
        text: cast(text)(id),
        name: cast(text)(name),
        finer: cast(numeric(12, 4))(unitPrice),
        ratio: cast(float)(line.unitPrice),
        iso: cast(text)(invoice.invoiceDate),
        day: cast(date)(invoice.invoiceDate),
        dayText: cast(text)(cast(date)(invoice.invoiceDate)),
      })),
    ),

  'a cast of a text': () =>
    pipe(
      Q.from(tracks),
      Q.map(track => ({ id: cast(int)(track.name as never) })),
    ),

  'values of many types': () =>
    pipe(
      Q.from(everything),
      Q.where(row =>
        and(
          eq(row.id, 9007199254740993n),
          eq(row.flag, true),
          eq(row.kind, 'used'),
          eq(row.key, '00000000-0000-4000-8000-000000000000'),
          gt(row.at, new Date('2020-01-02T03:04:05.678Z')),
          gt(row.precisely, '2020-01-02T03:04:05.678901Z'),
          gt(row.day, '2020-01-02'),
          gt(row.hour, '03:04:05.678'),
          eq(row.data, Uint8Array.of(1, 2, 255)),
          gt(row.ratio, 2),
          eq(row.long, '1234567890123456789012345678901234567890'),
          ne(row.small, 70_000),
        ),
      ),
    ),

  'values where nothing tells their type': () =>
    pipe(
      Q.from(employees),
      Q.map(employee => ({
        id: employee.id,
        number: lit(1),
        large: lit(4_000_000_000),
        long: lit(1n),
        text: lit('x'),
        float: lit(0.5),
        yes: lit(true),
        at: lit(new Date(0)),
        bytes: lit(Uint8Array.of(1)),
        price: litOf(numeric(10, 2))('1.50'),
        nothing: nullOf(text),
        compared: eq(lit(1), 2),
        either: coalesce(nullOf(nullable(int)), 3),
      })),
    ),

  'a condition as a column': () =>
    pipe(
      Q.from(everything),
      Q.where(row => row.flag),
      Q.map(row => ({ off: not(row.flag), same: eq(row.flag, gt(row.small, 1)), between: between(row.small, 1, row.id as never) })),
    ),

  'text of your own': () =>
    pipe(
      Q.from(invoices),
      Q.where(invoice => eq(raw(int)`abs(${invoice.id})`, 5)),
      Q.map(invoice => ({ next: raw(int)`${invoice.id} + ${1}`, twice: times(raw(int)`${invoice.id} + ${lit(1)}`, 2) })),
    ),

  'text of your own with operators': () =>
    pipe(
      Q.from(everything),
      Q.where(row => and(raw(boolean)`${row.small} = 1 OR ${row.small} = 2`, row.flag)),
      Q.map(row => ({ id: row.id, at: raw(timestamp)`${coalesce(row.at, new Date(0))}` })),
    ),
}
