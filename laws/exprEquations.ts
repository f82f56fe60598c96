/**
 * The equations of expressions: a combinator in terms of others, under three-valued logic.
 *
 * Each is tested on the rows of a random query, as a column. In the names a, b and c are expressions of one kind, which the last argument
 * of `over` may fix, p and r are conditions, v and w are values of the kind, d is a JSON document.
 */
import { columnOf } from './arbitrary/combinators.js'
import { type Kind, typeOfKind } from './arbitrary/Kind.js'
import { smallValues } from './arbitrary/values.js'
import type { Equation, Rows } from './Equation.js'
import { Column, Expr, pipe, Q } from './untyped.js'

/** Two expressions over a row that must have the same value. */
type Sides = readonly [left: any, right: any]

/** The two sides as a column of a query's rows. */
const columns = (q: Rows, sides: (s: any) => Sides): readonly [Rows, Rows] => [
  pipe(
    q,
    Q.map(s => ({ x: sides(s)[0] })),
  ),
  pipe(
    q,
    Q.map(s => ({ x: sides(s)[1] })),
  ),
]

/** The kind of the terms of an equation, and two of its values. */
interface Given {
  readonly kind: Kind
  readonly v: any
  readonly w: any
}

/** An equation over three expressions of one kind; the default is any kind. */
const over = (name: string, statement: string, sides: (terms: readonly any[], given: Given) => Sides, kind?: Kind): Equation => ({
  name,
  statement,
  sides: p => {
    const q = p.query('q')
    const a = p.expression('a', q, kind)
    const [b, c] = [p.expression('b', q, p.kindOf(a)), p.expression('c', q, p.kindOf(a))]
    const values = smallValues(typeOfKind(p.kindOf(a)))
    const [v, w] = [values[p.below(values.length)], values[p.below(values.length)]]
    return columns(q, s => sides([a(s), b(s), c(s)], { kind: p.kindOf(a), v, w }))
  },
})

/** An equation over two conditions. */
const logic = (name: string, statement: string, sides: (p: any, r: any) => Sides): Equation => ({
  name,
  statement,
  sides: p => {
    const q = p.query('q')
    const [c, d] = [p.predicate('p', q), p.predicate('r', q)]
    return columns(q, s => sides(c(s), d(s)))
  },
})

const nullOf = (kind: Kind): any => Expr.nullOf(columnOf(typeOfKind(kind))?.build([]))

/** Kinds that can be members of documents. */
const JSON_KINDS: readonly Kind[] = ['text', 'int', 'float', 'boolean', 'uuid']

/** One of two documents, by a condition. */
const documents = (p: any): any =>
  Expr.caseWhen([[p, Expr.litOf(Column.anyJson)({ a: 1, b: ['é', 0.5] })]], Expr.litOf(Column.anyJson)({ a: [], b: { a: 'x' } }))

export const exprEquations: readonly Equation[] = [
  logic('not(and(p, r)) = or(not(p), not(r))', "De Morgan's law, in three-valued logic.", (p, r) => [
    Expr.not(Expr.and(p, r)),
    Expr.or(Expr.not(p), Expr.not(r)),
  ]),
  logic('not(not(p)) = p', 'Double negation, in three-valued logic.', p => [Expr.not(Expr.not(p)), p]),
  logic('and(p, r) = and(r, p)', 'and commutes.', (p, r) => [Expr.and(p, r), Expr.and(r, p)]),
  logic('or(p, and(p, r)) = p', 'Absorption, which holds in the logic of Kleene.', (p, r) => [Expr.or(p, Expr.and(p, r)), p]),
  over('ne(a, b) = not(eq(a, b))', 'ne is the negation of eq.', ([a, b]) => [Expr.ne(a, b), Expr.not(Expr.eq(a, b))]),
  over('eq(a, b) = eq(b, a)', 'Equality is symmetric.', ([a, b]) => [Expr.eq(a, b), Expr.eq(b, a)]),
  over('lte(a, b) = not(gt(a, b))', 'The order is total.', ([a, b]) => [Expr.lte(a, b), Expr.not(Expr.gt(a, b))]),
  over('lt(a, b) = gt(b, a)', 'gt is lt with its operands swapped.', ([a, b]) => [Expr.lt(a, b), Expr.gt(b, a)]),
  over(
    'or(lt(a, b), eq(a, b), gt(a, b)) = and(eq(a, a), eq(b, b))',
    'Of two values that are not null, one is smaller or they are equal.',
    ([a, b]) => [Expr.or(Expr.lt(a, b), Expr.eq(a, b), Expr.gt(a, b)), Expr.and(Expr.eq(a, a), Expr.eq(b, b))],
  ),
  over(
    'isNotDistinctFrom(a, b) = or(and(isNull(a), isNull(b)), coalesce(eq(a, b), false))',
    'isNotDistinctFrom is null-safe equality.',
    ([a, b]) => [Expr.isNotDistinctFrom(a, b), Expr.or(Expr.and(Expr.isNull(a), Expr.isNull(b)), Expr.coalesce(Expr.eq(a, b), false))],
  ),
  over('isNotNull(a) = not(isNull(a))', 'isNotNull is the negation of isNull.', ([a]) => [Expr.isNotNull(a), Expr.not(Expr.isNull(a))]),
  over('between(a, b, c) = and(gte(a, b), lte(a, c))', 'between is two comparisons.', ([a, b, c]) => [
    Expr.between(a, b, c),
    Expr.and(Expr.gte(a, b), Expr.lte(a, c)),
  ]),
  over('inList(a, [x, y]) = or(eq(a, x), eq(a, y))', 'inList is a disjunction of equalities.', ([a], { v, w }) => [
    Expr.inList(a, [v, w]),
    Expr.or(Expr.eq(a, v), Expr.eq(a, w)),
  ]),
  over('notIn(a, []) = true', 'No value is in an empty list, null included.', ([a]) => [Expr.notIn(a, []), Expr.lit(true)]),
  over('coalesce(a, b) = caseWhen([[isNotNull(a), a]], b)', 'coalesce is a CASE expression.', ([a, b]) => [
    Expr.coalesce(a, b),
    Expr.caseWhen([[Expr.isNotNull(a), a]], b),
  ]),
  over(
    'nullIf(a, b) = caseWhen([[eq(a, b), null]], a)',
    'nullIf is a CASE expression.',
    ([a, b], { kind }) => [Expr.nullIf(a, b), Expr.caseWhen([[Expr.eq(a, b), nullOf(kind)]], a)],
    'int',
  ),
  over('plus(a, b) = plus(b, a)', 'Addition commutes.', ([a, b]) => [Expr.plus(a, b), Expr.plus(b, a)], 'int'),
  over(
    'minus(plus(a, b), b) = plus(a, minus(b, b))',
    'Subtraction undoes addition.',
    ([a, b]) => [Expr.minus(Expr.plus(a, b), b), Expr.plus(a, Expr.minus(b, b))],
    'numeric',
  ),
  over(
    'neg(a) = minus(minus(a, a), a)',
    'Negation is subtraction from zero.',
    ([a]) => [Expr.neg(a), Expr.minus(Expr.minus(a, a), a)],
    'bigint',
  ),
  over(
    'coalesce(plus(times(quot(a, b), b), rem(a, b)), a) = a',
    'Quotient and remainder add up to the dividend; both are null if the divisor is zero.',
    ([a, b]) => [Expr.coalesce(Expr.plus(Expr.times(Expr.quot(a, b), b), Expr.rem(a, b)), a), a],
    'int',
  ),
  over(
    'length(concat(a, b)) = plus(length(a), length(b))',
    'concat adds lengths, counted in code points.',
    ([a, b]) => [Expr.length(Expr.concat(a, b)), Expr.plus(Expr.length(a), Expr.length(b))],
    'text',
  ),
  over(
    'concat(substring(a, 1, 2), substring(a, 3)) = a',
    'The two substrings on either side of a position make up the text.',
    ([a]) => [Expr.concat(Expr.substring(a, 1, 2), Expr.substring(a, 3)), a],
    'text',
  ),
  over(
    'contains(a, b) = gt(position(a, b), 0)',
    'A text that is contained has a position.',
    ([a, b]) => [Expr.contains(a, b), Expr.gt(Expr.position(a, b), 0)],
    'text',
  ),
  over(
    'and(startsWith(concat(a, b), a), endsWith(concat(a, b), b)) = eq(concat(a, b), concat(a, b))',
    'A concatenation starts with its first operand and ends with its last.',
    ([a, b]) => [
      Expr.and(Expr.startsWith(Expr.concat(a, b), a), Expr.endsWith(Expr.concat(a, b), b)),
      Expr.eq(Expr.concat(a, b), Expr.concat(a, b)),
    ],
    'text',
  ),
  over(
    'like(a, escapeLike(t)) = eq(a, t)',
    'An escaped pattern matches only the text itself.',
    ([a], { v }) => [Expr.like(a, Expr.escapeLike(v)), Expr.eq(a, v)],
    'text',
  ),
  over(
    'lower(upper(lower(a))) = lower(a)',
    'lower undoes upper, on the letters that the laws generate.',
    ([a]) => [Expr.lower(Expr.upper(Expr.lower(a))), Expr.lower(a)],
    'text',
  ),
  over(
    'concat(trimStart(a), b) = trimStart(concat(trimStart(a), b)), where trimStart(a) is not empty',
    'trimStart leaves a text unchanged that does not start with a space.',
    ([a, b]) => {
      const [start, whole] = [Expr.trimStart(a), Expr.concat(Expr.trimStart(a), b)]
      const full = (e: any) => Expr.caseWhen([[Expr.ne(start, ''), e]], nullOf('text'))
      return [full(whole), full(Expr.trimStart(whole))]
    },
    'text',
  ),
  over(
    'trim(a) = trimEnd(trimStart(a))',
    'trim removes spaces on both sides.',
    ([a]) => [Expr.trim(a), Expr.trimEnd(Expr.trimStart(a))],
    'text',
  ),
  over(
    'reverse(concat(a, b)) = concat(reverse(b), reverse(a))',
    'reverse swaps the operands of concat.',
    ([a, b]) => [Expr.reverse(Expr.concat(a, b)), Expr.concat(Expr.reverse(b), Expr.reverse(a))],
    'text',
  ),
  over(
    'left(a, 2) = reverse(right(reverse(a), 2))',
    'left is right of the reversed text.',
    ([a]) => [Expr.left(a, 2), Expr.reverse(Expr.right(Expr.reverse(a), 2))],
    'text',
  ),
  over(
    'replace(replace(a, b, c), b, b) = replace(a, b, c)',
    'Replacing a text by itself changes nothing.',
    ([a, b, c]) => [Expr.replace(Expr.replace(a, b, c), b, b), Expr.replace(a, b, c)],
    'text',
  ),
  over(
    'right(padStart(a, 4, t), length(a)) = a, as endsWith(padStart(a, 4, t), a)',
    'Padding adds characters on its side only.',
    ([a]) => [Expr.and(Expr.endsWith(Expr.padStart(a, 4, '-é'), a), Expr.startsWith(Expr.padEnd(a, 4, '-é'), a)), Expr.eq(a, a)],
    'text',
  ),
  over(
    'repeat(a, 3) = concat(a, a, a)',
    'repeat concatenates a text with itself.',
    ([a]) => [Expr.repeat(a, 3), Expr.concat(a, a, a)],
    'text',
  ),
  over(
    'times(sign(a), abs(a)) = a',
    'A number is the product of its sign and its absolute value.',
    ([a]) => [Expr.times(Expr.sign(a), Expr.abs(a)), a],
    'int',
  ),
  over(
    'floor(a) = neg(ceil(neg(a)))',
    'floor is ceil of the negated number.',
    ([a]) => [Expr.floor(a), Expr.neg(Expr.ceil(Expr.neg(a)))],
    'float',
  ),
  over(
    'round(a) = caseWhen([[gte(a, 0), floor(a + 1/2)]], ceil(a - 1/2))',
    'Halves are rounded away from zero.',
    ([a]) => [Expr.round(a), Expr.caseWhen([[Expr.gte(a, '0'), Expr.floor(Expr.plus(a, '0.5'))]], Expr.ceil(Expr.minus(a, '0.5')))],
    'numeric',
  ),
  over(
    'sqrt(times(a, a)) = abs(a)',
    'The square root of a square is the absolute value.',
    ([a]) => [Expr.sqrt(Expr.times(a, a)), Expr.abs(a)],
    'float',
  ),
  over(
    'atan2(neg(a), b) = caseWhen([[or(ne(a, 0), gte(b, 0)), neg(atan2(a, b))]], atan2(a, b))',
    'Mirrored at the x-axis an angle changes its sign, except the one of a point on the negative half of that axis.',
    ([a, b]) => [
      Expr.atan2(Expr.neg(a), b),
      Expr.caseWhen([[Expr.or(Expr.ne(a, 0), Expr.gte(b, 0)), Expr.neg(Expr.atan2(a, b))]], Expr.atan2(a, b)),
    ],
    'float',
  ),
  over('power(a, 2) = times(a, a)', 'A square is a product.', ([a]) => [Expr.power(a, 2), Expr.times(a, a)], 'float'),
  over(
    'greatest(a, b) = caseWhen([[gte(a, b), a], [lt(a, b), b]], null)',
    'greatest is the larger of two values, or null if one of them is null.',
    ([a, b], { kind }) => [
      Expr.greatest(a, b),
      Expr.caseWhen(
        [
          [Expr.gte(a, b), a],
          [Expr.lt(a, b), b],
        ],
        nullOf(kind),
      ),
    ],
    'int',
  ),
  over(
    'least(a, greatest(a, b)) = caseWhen([[isNotNull(b), a]], null)',
    'Absorption, where neither value is null.',
    ([a, b], { kind }) => [Expr.least(a, Expr.greatest(a, b)), Expr.caseWhen([[Expr.isNotNull(b), a]], nullOf(kind))],
    'text',
  ),
  over(
    'dateTrunc(dateTrunc(a, month), year) = dateTrunc(a, year)',
    'The first month of a year starts when the year does.',
    ([a]) => [Expr.dateTrunc(Expr.dateTrunc(a, 'month'), 'year'), Expr.dateTrunc(a, 'year')],
    'date',
  ),
  over(
    'datePart(a, dayOfYear) = plus(daysBetween(dateTrunc(a, year), a), 1)',
    'dayOfYear counts from the first day of the year.',
    ([a]) => [Expr.datePart(a, 'dayOfYear'), Expr.plus(Expr.daysBetween(Expr.dateTrunc(a, 'year'), a), 1)],
    'date',
  ),
  over(
    'datePart(a, dayOfWeek) = plus(daysBetween(dateTrunc(a, week), a), 1)',
    'dayOfWeek counts from the first day of the week, which is Monday.',
    ([a]) => [Expr.datePart(a, 'dayOfWeek'), Expr.plus(Expr.daysBetween(Expr.dateTrunc(a, 'week'), a), 1)],
    'date',
  ),
  over(
    'dateTrunc(a, quarter) = dateAdd(dateTrunc(a, year), months of the quarters before)',
    'A quarter has three months.',
    ([a]) => [
      Expr.dateTrunc(a, 'quarter'),
      Expr.dateAdd(Expr.dateTrunc(a, 'year'), { months: Expr.times(Expr.minus(Expr.datePart(a, 'quarter'), 1), 3) }),
    ],
    'timestamp',
  ),
  over(
    'dateTrunc(dateAdd(a, { months: 3 }), month) = dateAdd(dateTrunc(a, month), { months: 3 })',
    'Adding months moves to the month that many months later, on any day.',
    ([a]) => [Expr.dateTrunc(Expr.dateAdd(a, { months: 3 }), 'month'), Expr.dateAdd(Expr.dateTrunc(a, 'month'), { months: 3 })],
    'timestamp',
  ),
  over(
    'millisecondsBetween(dateTrunc(a, minute), a) = plus(times(datePart(a, second), 1000), datePart(a, millisecond))',
    'The milliseconds since a minute began are those of its seconds and milliseconds.',
    ([a]) => [
      Expr.millisecondsBetween(Expr.dateTrunc(a, 'minute'), a),
      Expr.plus(Expr.times(Expr.datePart(a, 'second'), 1000), Expr.datePart(a, 'millisecond')),
    ],
    'timestamp',
  ),
  over(
    'matches(a, ^.{n,}$) = gte(length(a), n)',
    'A dot matches one code point, line ends included.',
    ([a]) => [Expr.matches(a, '^.{2,}$'), Expr.gte(Expr.length(a), 2)],
    'text',
  ),
  over(
    'matches(concat(a, b), ^a) = startsWith(concat(a, b), a), for the letter a',
    '^ matches only at the start of the text.',
    ([a, b]) => [Expr.matches(Expr.concat(a, b), '^a'), Expr.startsWith(Expr.concat(a, b), 'a')],
    'text',
  ),
  over(
    'arrayContains([x, y], a) = inList(a, [x, y])',
    'An array contains the values that are in the list of its elements.',
    ([a], { v, w }) => [Expr.arrayContains(Expr.litOf(Column.arrayOf(Column.text))([v, w]), a), Expr.inList(a, [v, w])],
    'text',
  ),
  over('unhex(hex(a)) = a', 'unhex undoes hex.', ([a]) => [Expr.unhex(Expr.hex(a)), a], 'bytes'),
  over(
    'length(hex(a)) = times(byteLength(a), 2)',
    'A byte has two hexadecimal digits.',
    ([a]) => [Expr.length(Expr.hex(a)), Expr.times(Expr.byteLength(a), 2)],
    'bytes',
  ),
  over(
    'byteLength(concat(a, b)) = plus(byteLength(a), byteLength(b))',
    'concat adds lengths, counted in bytes of UTF-8.',
    ([a, b]) => [Expr.byteLength(Expr.concat(a, b)), Expr.plus(Expr.byteLength(a), Expr.byteLength(b))],
    'text',
  ),
  logic(
    'jsonAt(c)(jsonAt(anyJson)(d, ...p), ...q) = jsonAt(c)(d, ...p, ...q)',
    'Reading by two paths is reading by their concatenation.',
    p => {
      const d = documents(p)
      const list = Expr.jsonAt(Column.anyJson)(d, 'b')
      return [Expr.jsonAt(Column.text)(list, 0), Expr.jsonAt(Column.text)(d, 'b', 0)]
    },
  ),
  logic('jsonAt(int)(d, ...p) = jsonAt(float)(d, ...p), where it is not null', 'An integer of a document is also read as a float.', p => {
    const at = (type: 'int' | 'float') => Expr.jsonAt(Column[type])(documents(p), 'a')
    return [Expr.eq(at('float'), at('int')), Expr.eq(at('int'), at('int'))]
  }),
  logic('jsonAt(int)(d, ...p) = jsonAt(bigint)(d, ...p), where it is not null', 'An integer of a document is also read as a bigint.', p => {
    const at = (type: 'int' | 'bigint') => Expr.jsonAt(Column[type])(documents(p), 'a')
    return [Expr.eq(at('bigint'), at('int')), Expr.eq(at('int'), at('int'))]
  }),
  ...(['text', 'int', 'float', 'boolean'] as const).map(kind =>
    over(
      `jsonAt(${kind})(jsonObject({ k: a, l: b }), k) = a`,
      'A member of an object is read back unchanged.',
      ([a, b]) => [Expr.jsonAt(Column[kind])(Expr.jsonObject({ k: a, l: b }), 'k'), Expr.coalesce(a, nullOf(kind))],
      kind,
    ),
  ),
  ...(['text', 'boolean'] as const).map(kind =>
    over(
      `jsonAt(${kind})(jsonArray([b, jsonArray([a])]), 1, 0) = a`,
      'An element of a nested array is read back unchanged.',
      ([a, b]) => [Expr.jsonAt(Column[kind])(Expr.jsonArray([b, Expr.jsonArray([a])]), 1, 0), Expr.coalesce(a, nullOf(kind))],
      kind,
    ),
  ),
  ...(
    [
      ['text', 'string'],
      ['float', 'number'],
      ['boolean', 'boolean'],
    ] as const
  ).map(([type, kind]) =>
    logic(
      `isNotNull(jsonAt(${type})(d, k)) = isNotDistinctFrom(jsonType(jsonAt(anyJson)(d, k)), '${kind}')`,
      'A value is read by the column of its JSON type, and by no other.',
      (p, r) => {
        const d = Expr.jsonObject({ k: p, l: documents(r) })
        const isReadable = (...path: readonly string[]) => Expr.isNotNull(Expr.jsonAt(Column[type])(d, ...path))
        const hasType = (...path: readonly string[]) => Expr.isNotDistinctFrom(Expr.jsonType(Expr.jsonAt(Column.anyJson)(d, ...path)), kind)
        return [Expr.and(isReadable('k'), Expr.not(isReadable('l', 'a'))), Expr.and(hasType('k'), Expr.not(hasType('l', 'a')))]
      },
    ),
  ),
  ...(['text', 'int', 'boolean'] as const).flatMap(kind => {
    const is = (e: any, v: any) => Expr.coalesce(Expr.eq(e, v), false)
    return [
      over(
        `jsonContains(jsonObject({ k: a, l: [b] }), { k: v, l: [] }) = coalesce(eq(a, v), false), for ${kind}`,
        'A field contains a value that it is equal to.',
        ([a, b], { v }) => [Expr.jsonContains(Expr.jsonObject({ k: a, l: Expr.jsonArray([b]) }), { k: v, l: [] }), is(a, v)],
        kind,
      ),
      over(
        `jsonContains(jsonArray([a, [b]]), [v]) = coalesce(eq(a, v), false), for ${kind}`,
        'An array contains its elements, and not the elements of its elements.',
        ([a, b], { v }) => [Expr.jsonContains(Expr.jsonArray([a, Expr.jsonArray([b])]), [v]), is(a, v)],
        kind,
      ),
      over(
        `jsonContains([{ k: a, l: b }], [{ k: v, l: w }]) = and(coalesce(eq(a, v), false), coalesce(eq(b, w), false)), for ${kind}`,
        'One element must have all fields of the object that is looked for.',
        ([a, b], { v, w }) => {
          const item = Expr.jsonObject({ k: a, l: b })
          return [Expr.jsonContains(Expr.jsonArray([item]), [{ k: v, l: w }]), Expr.and(is(a, v), is(b, w))]
        },
        kind,
      ),
    ]
  }),
  logic(
    'jsonContains(d, { ...p, ...q }) = and(jsonContains(d, p), jsonContains(d, q))',
    'A document contains an object if it contains each of its fields.',
    p => {
      const has = (part: any) => Expr.jsonContains(documents(p), part)
      return [has({ a: 1, b: ['é'] }), Expr.and(has({ a: 1 }), has({ b: ['é'] }))]
    },
  ),
  over('jsonLength(jsonArray([a, b, c])) = 3', 'An array is as long as the list it is made of, nulls included.', ([a, b, c], { kind }) => {
    const of = (e: any) => (JSON_KINDS.includes(kind) ? e : Expr.isNull(e))
    return [Expr.jsonLength(Expr.jsonArray([of(a), of(b), of(c)])), Expr.coalesce(Expr.lit(3), nullOf('int'))]
  }),
  ...(['int', 'bigint', 'boolean', 'uuid', 'date', 'time', 'timestamp', 'timestampMicros'] as const).map(kind =>
    over(
      `cast(${kind})(cast(text)(a)) = a`,
      'A cast to text and back is the identity.',
      ([a]) => {
        const back = Expr.cast(Column[kind])(Expr.cast(Column.text)(a))
        return [Expr.coalesce(back, nullOf(kind)), Expr.coalesce(a, nullOf(kind))]
      },
      kind,
    ),
  ),
  over(
    'round(a, 0) = round(a), for float',
    'Rounding to zero digits is rounding to an integer.',
    ([a]) => [Expr.round(a, 0), Expr.round(a)],
    'float',
  ),
  over(
    'ilike(a, t) = like(lower(a), t), for t in lower case',
    'ilike is like, case-insensitively.',
    ([a]) => [Expr.ilike(a, '%a%'), Expr.like(Expr.lower(a), '%a%')],
    'text',
  ),
]
