/**
 * The equations of expressions: what one combinator says in terms of others, under three-valued logic.
 *
 * Each is tested on the rows of a random query, as a column. In them a, b and c are expressions of one
 * kind (or of the kind that the name says), p and r are conditions.
 */
import { apply, type Code, lambda, list, piped, record, type Variable } from './arbitrary/Code.js'
import { call, columnOf, combinator } from './arbitrary/combinators.js'
import { type Kind, typeOfKind } from './arbitrary/Kind.js'
import { smallValues, valueCode } from './arbitrary/values.js'
import type { Equation, Parts, Rows } from './Equation.js'

const ROW: Variable = { name: 's0', scope: {} }
const S: Code<any> = { text: 's0', build: env => env[0], uses: [] }

const x = (name: string, ...args: readonly Code<unknown>[]): Code<any> => call('Expr', name, ...args)

/** The two sides as columns of a query's rows. */
const columns = (q: Rows, left: Code<unknown>, right: Code<unknown>): readonly [Code<any>, Code<any>] => {
  const of = (e: Code<unknown>): Code<any> => piped(q.code, call('Q', 'map', lambda([ROW], record([['x', e]]))))
  return [of(left), of(right)]
}

/** An equation over expressions of one kind; any kind unless told. */
const over = (
  name: string,
  statement: string,
  sides: (terms: readonly Code<any>[], kind: Kind, p: Parts) => readonly [Code<unknown>, Code<unknown>],
  kind?: Kind,
  terms: readonly string[] = ['a', 'b', 'c'],
): Equation => ({
  name,
  statement,
  sides: p => {
    const q = p.query('q')
    const [first = 'a', ...rest] = terms
    const a = p.expression(first, q.row, kind)
    const more = rest.map(n => p.expression(n, q.row, a.kind))
    const [left, right] = sides(
      [a, ...more].map(t => apply(t.code, S)),
      a.kind,
      p,
    )
    return columns(q, left, right)
  },
})

/** An equation over conditions. */
const logic = (
  name: string,
  statement: string,
  sides: (p: Code<any>, r: Code<any>) => readonly [Code<unknown>, Code<unknown>],
): Equation => ({
  name,
  statement,
  sides: p => {
    const q = p.query('q')
    const [c, d] = [p.predicate('p', q.row), p.predicate('r', q.row)]
    return columns(q, ...sides(apply(c.code, S), apply(d.code, S)))
  },
})

const nothing = (kind: Kind): Code<any> => x('nullOf', columnOf(typeOfKind(kind)) as Code<any>)

const column = (name: string): Code<any> => combinator('Column', name)

/** Kinds that members of documents have. */
const JSON_KINDS: readonly Kind[] = ['text', 'int', 'float', 'boolean', 'uuid']

/** One of two documents. */
const documents = (p: Code<any>): Code<any> => {
  const [one, other] = [
    { a: 1, b: ['é', 0.5] },
    { a: [], b: { a: 'x' } },
  ].map(d => apply(x('litOf', column('anyJson')), valueCode(d)))
  return x('caseWhen', list([list([p, one as Code<any>])]), other as Code<any>)
}

export const exprEquations: readonly Equation[] = [
  logic('not(and(p, r)) = or(not(p), not(r))', "De Morgan's law, in three-valued logic.", (p, r) => [
    x('not', x('and', p, r)),
    x('or', x('not', p), x('not', r)),
  ]),
  logic('not(not(p)) = p', 'Double negation, in three-valued logic.', p => [x('not', x('not', p)), p]),
  logic('and(p, r) = and(r, p)', 'and commutes.', (p, r) => [x('and', p, r), x('and', r, p)]),
  logic('or(p, and(p, r)) = p', 'Absorption, which Kleene keeps.', (p, r) => [x('or', p, x('and', p, r)), p]),
  over('ne(a, b) = not(eq(a, b))', 'ne is the negation of eq.', ([a, b]: any) => [x('ne', a, b), x('not', x('eq', a, b))]),
  over('eq(a, b) = eq(b, a)', 'Equality is symmetric.', ([a, b]: any) => [x('eq', a, b), x('eq', b, a)]),
  over('lte(a, b) = not(gt(a, b))', 'The order is total.', ([a, b]: any) => [x('lte', a, b), x('not', x('gt', a, b))]),
  over('lt(a, b) = gt(b, a)', 'gt is lt turned around.', ([a, b]: any) => [x('lt', a, b), x('gt', b, a)]),
  over(
    'or(lt(a, b), eq(a, b), gt(a, b)) = and(eq(a, a), eq(b, b))',
    'Two values that are not null are in one of three relations.',
    ([a, b]: any) => [x('or', x('lt', a, b), x('eq', a, b), x('gt', a, b)), x('and', x('eq', a, a), x('eq', b, b))],
  ),
  over('same(a, b) = or(and(isNull(a), isNull(b)), coalesce(eq(a, b), false))', 'same is null-safe equality.', ([a, b]: any) => [
    x('same', a, b),
    x('or', x('and', x('isNull', a), x('isNull', b)), x('coalesce', x('eq', a, b), valueCode(false))),
  ]),
  over('isNotNull(a) = not(isNull(a))', 'A value is null or it is not.', ([a]: any) => [x('isNotNull', a), x('not', x('isNull', a))]),
  over('between(a, b, c) = and(gte(a, b), lte(a, c))', 'between is two comparisons.', ([a, b, c]: any) => [
    x('between', a, b, c),
    x('and', x('gte', a, b), x('lte', a, c)),
  ]),
  over('inList(a, [x, y]) = or(eq(a, x), eq(a, y))', 'inList is a disjunction of equalities.', ([a], kind, p) => {
    const values = smallValues(typeOfKind(kind))
    const of = (): Code<any> => valueCode(values[p.below(values.length)])
    const [v, w] = [of(), of()]
    return [x('inList', a as Code<any>, list([v, w])), x('or', x('eq', a as Code<any>, v), x('eq', a as Code<any>, w))]
  }),
  over('notIn(a, []) = true', 'Nothing is in an empty list, null too.', ([a]: any) => [x('notIn', a, list([])), x('lit', valueCode(true))]),
  over('coalesce(a, b) = caseWhen([[isNotNull(a), a]], b)', 'coalesce is a choice.', ([a, b]: any) => [
    x('coalesce', a, b),
    x('caseWhen', list([list([x('isNotNull', a), a])]), b),
  ]),
  over(
    'nullIf(a, b) = caseWhen([[eq(a, b), null]], a)',
    'nullIf is a choice.',
    ([a, b]: any, kind) => [x('nullIf', a, b), x('caseWhen', list([list([x('eq', a, b), nothing(kind)])]), a)],
    'int',
  ),
  over('plus(a, b) = plus(b, a)', 'Addition commutes.', ([a, b]: any) => [x('plus', a, b), x('plus', b, a)], 'int'),
  over(
    'minus(plus(a, b), b) = plus(a, minus(b, b))',
    'Subtraction undoes addition.',
    ([a, b]: any) => [x('minus', x('plus', a, b), b), x('plus', a, x('minus', b, b))],
    'numeric',
  ),
  over(
    'neg(a) = minus(minus(a, a), a)',
    'Negation is subtraction from nothing.',
    ([a]: any) => [x('neg', a), x('minus', x('minus', a, a), a)],
    'bigint',
  ),
  over(
    'coalesce(plus(times(quot(a, b), b), rem(a, b)), a) = a',
    'Quotient and remainder go together; by zero both are null.',
    ([a, b]: any) => [x('coalesce', x('plus', x('times', x('quot', a, b), b), x('rem', a, b)), a), a],
    'int',
  ),
  over(
    'length(concat(a, b)) = plus(length(a), length(b))',
    'Text is put together without loss, by code points.',
    ([a, b]: any) => [x('length', x('concat', a, b)), x('plus', x('length', a), x('length', b))],
    'text',
  ),
  over(
    'concat(substring(a, 1, 2), substring(a, 3)) = a',
    'A text is its beginning and its end.',
    ([a]: any) => [x('concat', x('substring', a, valueCode(1), valueCode(2)), x('substring', a, valueCode(3))), a],
    'text',
  ),
  over(
    'contains(a, b) = gt(position(a, b), 0)',
    'What is contained has a position.',
    ([a, b]: any) => [x('contains', a, b), x('gt', x('position', a, b), valueCode(0))],
    'text',
  ),
  over(
    'and(startsWith(concat(a, b), a), endsWith(concat(a, b), b)) = eq(concat(a, b), concat(a, b))',
    'A text starts and ends with what it is made of.',
    ([a, b]: any) => [
      x('and', x('startsWith', x('concat', a, b), a), x('endsWith', x('concat', a, b), b)),
      x('eq', x('concat', a, b), x('concat', a, b)),
    ],
    'text',
  ),
  over(
    'like(a, escapeLike(t)) = eq(a, t)',
    'An escaped text matches itself only.',
    ([a], kind, p) => {
      const values = smallValues(typeOfKind(kind))
      const text = valueCode(values[p.below(values.length)])
      return [x('like', a as Code<any>, x('escapeLike', text)), x('eq', a as Code<any>, text)]
    },
    'text',
  ),
  over(
    'lower(upper(lower(a))) = lower(a)',
    'Simple case mapping, on the letters that the laws cover.',
    ([a]: any) => [x('lower', x('upper', x('lower', a))), x('lower', a)],
    'text',
  ),
  over(
    'concat(trimStart(a), b) = trimStart(concat(trimStart(a), b)), where trimStart(a) is not empty',
    'What has no spaces at its beginning has none to lose.',
    ([a, b]: any) => {
      const [start, whole] = [x('trimStart', a), x('concat', x('trimStart', a), b)]
      const full = (e: Code<any>): Code<any> => x('caseWhen', list([list([x('ne', start, valueCode('')), e])]), nothing('text'))
      return [full(whole), full(x('trimStart', whole))]
    },
    'text',
  ),
  over(
    'trim(a) = trimEnd(trimStart(a))',
    'Spaces go on both sides.',
    ([a]: any) => [x('trim', a), x('trimEnd', x('trimStart', a))],
    'text',
  ),
  over(
    'reverse(concat(a, b)) = concat(reverse(b), reverse(a))',
    'Texts turn around as a whole.',
    ([a, b]: any) => [x('reverse', x('concat', a, b)), x('concat', x('reverse', b), x('reverse', a))],
    'text',
  ),
  over(
    'left(a, 2) = reverse(right(reverse(a), 2))',
    'The beginning is the end of the text turned around.',
    ([a]: any) => [x('left', a, valueCode(2)), x('reverse', x('right', x('reverse', a), valueCode(2)))],
    'text',
  ),
  over(
    'replace(replace(a, b, c), b, b) = replace(a, b, c)',
    'What is replaced by itself stays.',
    ([a, b, c]: any) => [x('replace', x('replace', a, b, c), b, b), x('replace', a, b, c)],
    'text',
  ),
  over(
    'right(padStart(a, 4, t), length(a)) = a, as endsWith(padStart(a, 4, t), a)',
    'Padding changes nothing of the text itself.',
    ([a]: any) => [
      x(
        'and',
        x('endsWith', x('padStart', a, valueCode(4), valueCode('-é')), a),
        x('startsWith', x('padEnd', a, valueCode(4), valueCode('-é')), a),
      ),
      x('eq', a, a),
    ],
    'text',
  ),
  over(
    'repeat(a, 3) = concat(a, a, a)',
    'A text over and over is itself in a row.',
    ([a]: any) => [x('repeat', a, valueCode(3)), x('concat', a, a, a)],
    'text',
  ),
  over('times(sign(a), abs(a)) = a', 'A number is its sign and its size.', ([a]: any) => [x('times', x('sign', a), x('abs', a)), a], 'int'),
  over(
    'floor(a) = neg(ceil(neg(a)))',
    'Down is up on the other side of zero.',
    ([a]: any) => [x('floor', a), x('neg', x('ceil', x('neg', a)))],
    'float',
  ),
  over(
    'round(a) = caseWhen([[gte(a, 0), floor(a + 1/2)]], ceil(a - 1/2))',
    'Halves go away from zero.',
    ([a]: any) => [
      x('round', a),
      x(
        'caseWhen',
        list([list([x('gte', a, valueCode('0')), x('floor', x('plus', a, valueCode('0.5')))])]),
        x('ceil', x('minus', a, valueCode('0.5'))),
      ),
    ],
    'numeric',
  ),
  over(
    'sqrt(times(a, a)) = abs(a)',
    'The root of a square is the size.',
    ([a]: any) => [x('sqrt', x('times', a, a)), x('abs', a)],
    'float',
  ),
  over('power(a, 2) = times(a, a)', 'A square is a product.', ([a]: any) => [x('power', a, valueCode(2)), x('times', a, a)], 'float'),
  over(
    'greatest(a, b) = caseWhen([[gte(a, b), a], [lt(a, b), b]], null)',
    'The larger of two, unknown where one is unknown.',
    ([a, b]: any, kind) => [x('greatest', a, b), x('caseWhen', list([list([x('gte', a, b), a]), list([x('lt', a, b), b])]), nothing(kind))],
    'int',
  ),
  over(
    'least(a, greatest(a, b)) = caseWhen([[isNotNull(b), a]], null)',
    'Absorption, where nothing is unknown.',
    ([a, b]: any, kind) => [x('least', a, x('greatest', a, b)), x('caseWhen', list([list([x('isNotNull', b), a])]), nothing(kind))],
    'text',
  ),
  over(
    'dateTrunc(dateTrunc(a, month), year) = dateTrunc(a, year)',
    'A year begins where its months do.',
    ([a]: any) => [x('dateTrunc', x('dateTrunc', a, valueCode('month')), valueCode('year')), x('dateTrunc', a, valueCode('year'))],
    'date',
  ),
  over(
    'datePart(a, dayOfYear) = plus(daysBetween(dateTrunc(a, year), a), 1)',
    'Days are counted from the beginning of the year.',
    ([a]: any) => [
      x('datePart', a, valueCode('dayOfYear')),
      x('plus', x('daysBetween', x('dateTrunc', a, valueCode('year')), a), valueCode(1)),
    ],
    'date',
  ),
  over(
    'datePart(a, dayOfWeek) = plus(daysBetween(dateTrunc(a, week), a), 1)',
    'A week begins on Monday, which is its first day.',
    ([a]: any) => [
      x('datePart', a, valueCode('dayOfWeek')),
      x('plus', x('daysBetween', x('dateTrunc', a, valueCode('week')), a), valueCode(1)),
    ],
    'date',
  ),
  over(
    'dateTrunc(a, quarter) = dateAdd(dateTrunc(a, year), months of the quarters before)',
    'A quarter has three months.',
    ([a]: any) => [
      x('dateTrunc', a, valueCode('quarter')),
      x(
        'dateAdd',
        x('dateTrunc', a, valueCode('year')),
        record([['months', x('times', x('minus', x('datePart', a, valueCode('quarter')), valueCode(1)), valueCode(3))]]),
      ),
    ],
    'timestamp',
  ),
  over(
    'dateTrunc(dateAdd(a, { months: 3 }), month) = dateAdd(dateTrunc(a, month), { months: 3 })',
    'Months go by wherever in the month one is.',
    ([a]: any) => [
      x('dateTrunc', x('dateAdd', a, record([['months', valueCode(3)]])), valueCode('month')),
      x('dateAdd', x('dateTrunc', a, valueCode('month')), record([['months', valueCode(3)]])),
    ],
    'timestamp',
  ),
  over(
    'millisecondsBetween(dateTrunc(a, minute), a) = plus(times(datePart(a, second), 1000), datePart(a, millisecond))',
    'What is left of a minute is its seconds and their parts.',
    ([a]: any) => [
      x('millisecondsBetween', x('dateTrunc', a, valueCode('minute')), a),
      x('plus', x('times', x('datePart', a, valueCode('second')), valueCode(1000)), x('datePart', a, valueCode('millisecond'))),
    ],
    'timestamp',
  ),
  over(
    'matches(a, ^.{n,}$) = gte(length(a), n)',
    'A dot is a code point, a line end too.',
    ([a]: any) => [x('matches', a, valueCode('^.{2,}$')), x('gte', x('length', a), valueCode(2))],
    'text',
  ),
  over(
    'matches(concat(a, b), ^a) = startsWith(concat(a, b), a), for the letter a',
    'The beginning is that of the whole text.',
    ([a, b]: any) => [x('matches', x('concat', a, b), valueCode('^a')), x('startsWith', x('concat', a, b), valueCode('a'))],
    'text',
  ),
  over(
    'arrayContains([x, y], a) = inList(a, [x, y])',
    'What is in an array is in the list of its elements.',
    ([a], _, p) => {
      const values = smallValues(typeOfKind('text'))
      const [v, w] = [0, 1].map(() => valueCode(values[p.below(values.length)])) as [Code<any>, Code<any>]
      const array = apply(x('litOf', apply(combinator('Column', 'arrayOf'), column('text'))), list([v, w]))
      return [x('arrayContains', array, a as Code<any>), x('inList', a as Code<any>, list([v, w]))]
    },
    'text',
  ),
  over('unhex(hex(a)) = a', 'Digits are another form of bytes.', ([a]: any) => [x('unhex', x('hex', a)), a], 'bytes'),
  over(
    'length(hex(a)) = times(byteLength(a), 2)',
    'A byte has two digits.',
    ([a]: any) => [x('length', x('hex', a)), x('times', x('byteLength', a), valueCode(2))],
    'bytes',
  ),
  over(
    'byteLength(concat(a, b)) = plus(byteLength(a), byteLength(b))',
    'UTF-8 is put together as the texts are.',
    ([a, b]: any) => [x('byteLength', x('concat', a, b)), x('plus', x('byteLength', a), x('byteLength', b))],
    'text',
  ),
  logic('jsonAt(c)(jsonAt(anyJson)(d, ...p), ...q) = jsonAt(c)(d, ...p, ...q)', 'A path goes on where another ends.', p => {
    const d = documents(p)
    const list = apply(x('jsonAt', column('anyJson')), d, valueCode('b'))
    return [apply(x('jsonAt', column('text')), list, valueCode(0)), apply(x('jsonAt', column('text')), d, valueCode('b'), valueCode(0))]
  }),
  logic('jsonAt(int)(d, ...p) = jsonAt(float)(d, ...p), where it is not null', 'A whole number is a number.', p => {
    const at = (type: string): Code<any> => apply(x('jsonAt', column(type)), documents(p), valueCode('a'))
    return [x('eq', at('float'), at('int')), x('eq', at('int'), at('int'))]
  }),
  logic('jsonAt(int)(d, ...p) = jsonAt(bigint)(d, ...p), where it is not null', 'An int is an integer of 64 bits.', p => {
    const at = (type: string): Code<any> => apply(x('jsonAt', column(type)), documents(p), valueCode('a'))
    return [x('eq', at('bigint'), at('int')), x('eq', at('int'), at('int'))]
  }),
  ...(['text', 'int', 'float', 'boolean'] as const).map(kind =>
    over(
      `jsonAt(${kind})(jsonObject({ k: a, l: b }), k) = a`,
      'A member is read as it was.',
      ([a, b]: any) => [
        apply(
          x('jsonAt', column(kind)),
          x(
            'jsonObject',
            record([
              ['k', a],
              ['l', b],
            ]),
          ),
          valueCode('k'),
        ),
        x('coalesce', a, nothing(kind)),
      ],
      kind,
    ),
  ),
  ...(['text', 'boolean'] as const).map(kind =>
    over(
      `jsonAt(${kind})(jsonArray([b, jsonArray([a])]), 1, 0) = a`,
      'An element is read as it was, also of an array in another.',
      ([a, b]: any) => [
        apply(x('jsonAt', column(kind)), x('jsonArray', list([b, x('jsonArray', list([a]))])), valueCode(1), valueCode(0)),
        x('coalesce', a, nothing(kind)),
      ],
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
      `isNotNull(jsonAt(${type})(d, k)) = same(jsonType(jsonAt(anyJson)(d, k)), '${kind}')`,
      'A value is read as what it is.',
      (p, r) => {
        const d = x(
          'jsonObject',
          record([
            ['k', p],
            ['l', documents(r)],
          ]),
        )
        const at = (column_: string, k: string): Code<any> =>
          k === 'k'
            ? apply(x('jsonAt', column(column_)), d, valueCode(k))
            : apply(x('jsonAt', column(column_)), d, valueCode('l'), valueCode(k))
        const sides = (k: string): readonly [Code<any>, Code<any>] => [
          x('isNotNull', at(type, k)),
          x('same', x('jsonType', at('anyJson', k)), valueCode(kind)),
        ]
        const [[a, b], [c, e]] = [sides('k'), sides('a')]
        return [x('and', a, x('not', c)), x('and', b, x('not', e))]
      },
    ),
  ),
  ...(['text', 'int', 'boolean'] as const).flatMap(kind => {
    const values = smallValues(typeOfKind(kind))
    const is = (e: Code<any>, v: unknown): Code<any> => x('coalesce', x('eq', e, valueCode(v)), valueCode(false))
    return [
      over(
        `jsonContains(jsonObject({ k: a, l: [b] }), { k: v, l: [] }) = coalesce(eq(a, v), false), for ${kind}`,
        'A field contains what is equal to it.',
        ([a, b]: any, _, p) => {
          const v = values[p.below(values.length)]
          const whole = record([
            ['k', a],
            ['l', x('jsonArray', list([b]))],
          ])
          return [x('jsonContains', x('jsonObject', whole), valueCode({ k: v, l: [] })), is(a, v)]
        },
        kind,
      ),
      over(
        `jsonContains(jsonArray([a, [b]]), [v]) = coalesce(eq(a, v), false), for ${kind}`,
        'An array contains what is an element of it, and not what is an element of those.',
        ([a, b]: any, _, p) => {
          const v = values[p.below(values.length)]
          return [x('jsonContains', x('jsonArray', list([a, x('jsonArray', list([b]))])), valueCode([v])), is(a, v)]
        },
        kind,
      ),
      over(
        `jsonContains([{ k: a, l: b }], [{ k: v, l: w }]) = and(coalesce(eq(a, v), false), coalesce(eq(b, w), false)), for ${kind}`,
        'One element has all that a part of it asks for.',
        ([a, b]: any, _, p) => {
          const [v, w] = [values[p.below(values.length)], values[p.below(values.length)]]
          const item = x(
            'jsonObject',
            record([
              ['k', a],
              ['l', b],
            ]),
          )
          return [x('jsonContains', x('jsonArray', list([item])), valueCode([{ k: v, l: w }])), x('and', is(a, v), is(b, w))]
        },
        kind,
      ),
    ]
  }),
  logic('jsonContains(d, { ...p, ...q }) = and(jsonContains(d, p), jsonContains(d, q))', 'Fields are asked for one by one.', p => {
    const has = (part: unknown): Code<any> => x('jsonContains', documents(p), valueCode(part))
    return [has({ a: 1, b: ['é'] }), x('and', has({ a: 1 }), has({ b: ['é'] }))]
  }),
  over(
    'jsonLength(jsonArray([a, b, c])) = 3',
    'An array is as long as the list that it is made of, nulls counted.',
    ([a, b, c]: any, kind) => {
      const of = (e: Code<any>): Code<any> => (JSON_KINDS.includes(kind) ? e : x('isNull', e))
      return [x('jsonLength', x('jsonArray', list([of(a), of(b), of(c)]))), x('coalesce', x('lit', valueCode(3)), nothing('int'))]
    },
  ),
  ...(['int', 'bigint', 'boolean', 'uuid', 'date', 'time', 'timestamp', 'timestampMicros'] as const).map(kind =>
    over(
      `cast(${kind})(cast(text)(a)) = a`,
      'The text of a value is the form of that value.',
      ([a]: any) => {
        const back = apply(x('cast', combinator('Column', kind)), apply(x('cast', combinator('Column', 'text')), a))
        return [x('coalesce', back, nothing(kind)), x('coalesce', a, nothing(kind))]
      },
      kind,
    ),
  ),
  over(
    'round(a, 0) = round(a), for float',
    'Rounding to no digits is rounding to a whole number.',
    ([a]: any) => [x('round', a, valueCode(0)), x('round', a)],
    'float',
  ),
  over(
    'ilike(a, t) = like(lower(a), t), for t in lower case',
    'ilike is like without regard to case.',
    ([a]: any) => [x('ilike', a, valueCode('%a%')), x('like', x('lower', a), valueCode('%a%'))],
    'text',
  ),
]
