/**
 * Expressions of a kind, written by choices.
 *
 * `expression(w, kind, fuel)` is total: whatever the choices, it answers code of that kind; with the
 * choices run out it is the nearest column, or the simplest literal. Fuel bounds the depth. What the
 * combinators would refuse is not written, so that a refusal is a finding.
 *
 * Arithmetic stays small: literals are small, and products stand on columns and literals only.
 */
import { type AnyExpr, type ExprType, symbol } from '../../lib/core/syntax/Syntax.js'
import { apply, type Code, lambda, list, pure, record, statically, type Variable } from './Code.js'
import { call, columnOf, combinator } from './combinators.js'
import { type Kind, kindOf, typeOfKind } from './Kind.js'
import { type Candidate, columnsIn, type ExprCode, ownColumns, typed, variableName } from './scopeCode.js'
import { smallValues, valueCode } from './values.js'
import type { Writer } from './Writer.js'

type Maker = (w: Writer, fuel: number) => Code<any> | null

const expr =
  (name: string, ...args: readonly ((w: Writer, fuel: number) => Code<unknown>)[]): Maker =>
  (w, fuel) =>
    call('Expr', name, ...args.map(a => a(w, fuel)))

const of =
  (...kinds: readonly Kind[]) =>
  (w: Writer, fuel: number): ExprCode =>
    expression(w, w.choices.pick(kinds), fuel - 1)

/** An operand beside an expression of a kind: an expression, or more often a plain value. */
const operand = (w: Writer, kind: Kind, fuel: number): Code<unknown> =>
  w.choices.below(2) === 0 ? expression(w, kind, fuel) : valueCode(w.choices.pick(smallValues(typeOfKind(kind))))

const plainOr =
  (kind: Kind) =>
  (w: Writer, fuel: number): Code<unknown> =>
    operand(w, kind, fuel - 1)

/** A column or a literal: what a product or a quotient is made of. */
const atom =
  (kind: Kind) =>
  (w: Writer): Code<unknown> =>
    expression(w, kind, 0)

const number =
  (values: readonly number[]) =>
  (w: Writer): Code<unknown> =>
    valueCode(w.choices.pick(values))

const plainText =
  (values: readonly string[]) =>
  (w: Writer): Code<unknown> =>
    valueCode(w.choices.pick(values))

const extremes = (kind: Kind): readonly Maker[] => [
  expr('greatest', of(kind), plainOr(kind)),
  expr('least', of(kind), plainOr(kind), of(kind)),
]

/** A part of a date, a unit, or a field of a duration. */
const word =
  (names: string) =>
  (w: Writer): Code<unknown> =>
    valueCode(w.choices.pick(names.split(' ')))

/** An instant of the years of which every engine knows time zones. */
const recent = (w: Writer, fuel: number): Code<unknown> =>
  call(
    'Expr',
    'greatest',
    call('Expr', 'least', of('timestamp')(w, fuel), valueCode(new Date('2037-12-01T00:00:00Z'))),
    valueCode(new Date('1971-03-01T00:00:00Z')),
  )

const ZONES = 'Europe/Berlin America/Havana Atlantic/Azores Australia/Lord_Howe Asia/Kathmandu Pacific/Apia UTC'

const duration =
  (names: string) =>
  (w: Writer, fuel: number): Code<unknown> => {
    const [first, second] = [w.choices.pick(names.split(' ')), w.choices.pick(names.split(' '))]
    const amount = (): Code<unknown> => (w.choices.below(3) === 0 ? expression(w, 'int', fuel - 1) : number([1, -1, 12, -31])(w))
    return record(
      first === second
        ? [[first, amount()]]
        : [
            [first, amount()],
            [second, amount()],
          ],
    )
  }

const DAY_PARTS = 'year quarter month day dayOfWeek dayOfYear'
const TIME_PARTS = 'hour minute second millisecond'
const DAY_UNITS = 'month year quarter week day'

const ROUNDINGS = ['floor', 'ceil', 'round'] as const

const arithmetic = (kind: Kind): readonly Maker[] => [
  expr('plus', of(kind), plainOr(kind)),
  expr('minus', of(kind), plainOr(kind)),
  expr('times', atom(kind), atom(kind)),
  expr('neg', of(kind)),
  expr('abs', of(kind)),
  ...extremes(kind),
]

const castTo =
  (column: Code<unknown>, ...from: readonly Kind[]): Maker =>
  (w, fuel) =>
    apply(call('Expr', 'cast', column), expression(w, w.choices.pick(from), fuel - 1))

const integer = (kind: Kind): readonly Maker[] => [
  ...arithmetic(kind),
  expr('quot', of(kind), plainOr(kind)),
  expr('rem', of(kind), plainOr(kind)),
]

const column = (name: string): Code<any> => combinator('Column', name)

/** Kinds of which there is a text on every engine. */
const WRITTEN: readonly Kind[] = ['int', 'bigint', 'numeric', 'boolean', 'uuid', 'date', 'time', 'timestamp', 'timestampMicros']

/** A cast to text from whatever column in scope can be cast. */
const toText: Maker = (w, fuel) => {
  const from = kindsIn(w).filter(k => WRITTEN.includes(k) || k.startsWith('enum'))
  return castTo(column('text'), ...(from.length === 0 ? (['int'] as const) : from))(w, fuel)
}

/** A text that is the form of a value now and then. */
const written = (w: Writer, kind: Kind, fuel: number): Code<any> =>
  w.choices.below(3) === 2
    ? call('Expr', 'concat', expression(w, 'text', fuel), valueCode('1'))
    : apply(call('Expr', 'cast', column('text')), expression(w, kind, fuel))

const fromText =
  (to: Code<unknown>, kind: Kind): Maker =>
  (w, fuel) =>
    apply(call('Expr', 'cast', to), written(w, kind, fuel - 1))

const decimal = (scale: number): Code<any> => apply(column('numeric'), pure('12', 12), pure(String(scale), scale))

/** The value of a member: of floats one that engines do not compute in several ways. */
const part = (w: Writer, fuel: number): Code<unknown> => {
  const kind = w.choices.pick(['int', 'text', 'boolean', 'float', 'uuid'] as const)
  return fuel > 0 && w.choices.below(3) === 2 ? document(w, fuel) : expression(w, kind, kind === 'float' ? 0 : Math.max(fuel - 1, 0))
}

/** A document made of expressions. */
const builtDocument = (w: Writer, fuel: number): Code<unknown> => {
  const elements = (): Code<unknown> =>
    call('Expr', 'jsonArray', list(Array.from({ length: w.choices.pick([1, 2, 0]) }, () => part(w, fuel - 1))))
  return w.choices.below(3) === 2
    ? elements()
    : call('Expr', 'jsonObject', record([['a', part(w, fuel - 1)], ...(w.choices.below(2) === 0 ? [] : [['b', elements()] as const])]))
}

/** A document: one that is made, a column of json in scope, or a literal. */
export const document = (w: Writer, fuel: number): Code<unknown> => {
  if (fuel > 0 && w.choices.below(3) === 2) return builtDocument(w, fuel)
  const there = columnsIn(w.vars).filter(c => c.type.sql.tag === 'json' && c.type.refine === null)
  return there.length > 0
    ? w.choices.pick(there)
    : apply(
        call('Expr', 'litOf', column('anyJson')),
        valueCode(w.choices.pick(smallValues({ sql: { tag: 'json' }, nullable: false, refine: null }))),
      )
}

/** An array: a column in scope, or a literal. */
const array = (w: Writer, element: 'text' | 'int'): Code<unknown> => {
  const there = columnsIn(w.vars).filter(c => c.type.sql.tag === 'array' && c.type.sql.element.tag === element && c.type.refine === null)
  const type: ExprType = { sql: { tag: 'array', element: { tag: element }, elementNullable: false }, nullable: false, refine: null }
  if (there.length > 0 && w.choices.below(3) < 2) return w.choices.pick(there)
  if (element === 'text' && w.choices.below(2) === 0) return split(w, 0)
  if (w.choices.below(2) === 0) return call('Expr', 'array', list([expression(w, element, 0), expression(w, element, 0)]))
  return apply(call('Expr', 'litOf', apply(column('arrayOf'), column(element))), valueCode(w.choices.pick(smallValues(type))))
}

const SEPARATORS = [',', 'a', ' ', '~', '"', '\\', '😀']

/** The parts of a text. */
const split = (w: Writer, fuel: number): Code<any> =>
  call('Expr', 'split', expression(w, 'text', fuel), valueCode(w.choices.pick(SEPARATORS)))

/** An array of expressions of a kind. */
export const arrayOfExpressions = (w: Writer, kind: Kind): Code<unknown> =>
  call('Expr', 'array', list(Array.from({ length: w.choices.pick([2, 1, 3]) }, () => expression(w, kind, w.choices.below(2)))))

const amongElements =
  (element: 'text' | 'int'): Maker =>
  (w, fuel) =>
    call('Expr', 'arrayContains', array(w, element), expression(w, element, fuel - 1))

const inJson =
  (type: Code<any>): Maker =>
  (w, fuel) => {
    const steps = w.choices.pick([['a'], ['b', 0], [0], ['b']] as const)
    return apply(call('Expr', 'jsonAt', type), document(w, fuel), ...steps.map(valueCode))
  }

/** Parts of documents: of those that are generated, and of others. */
const PARTS = [
  { a: 1 },
  { a: 'a' },
  { b: ['é'] },
  [],
  {},
  [1],
  'a',
  { a: 0, b: [] },
  { b: [null] },
  { b: [{ a: 1 }] },
  [{ a: 'a', b: [1] }],
  0,
]

const hasPart: Maker = (w, fuel) => call('Expr', 'jsonContains', document(w, fuel), valueCode(w.choices.pick(PARTS)))

const MAKERS: { readonly [kind in Kind]?: readonly Maker[] } = {
  int: [
    ...integer('int'),
    expr('length', of('text')),
    expr('position', of('text'), plainOr('text')),
    expr('plus', of('int'), of('int')),
    expr('sign', of('int', 'bigint', 'float', 'numeric')),
    expr('round', of('int')),
    expr('datePart', of('date'), word(DAY_PARTS)),
    expr('datePart', of('timestamp'), word(`${DAY_PARTS} ${TIME_PARTS} epochMilliseconds`)),
    expr('datePart', of('time'), word(TIME_PARTS)),
    expr('datePart', recent, word(`${DAY_PARTS} ${TIME_PARTS}`), word(ZONES)),
    expr('daysBetween', of('date'), plainOr('date')),
    inJson(column('int')),
    expr('jsonLength', document),
    w => {
      const rows = w.rows()
      return rows === null ? null : call('Expr', 'countOf', rows)
    },
    w => call('Expr', 'arrayLength', array(w, w.choices.pick(['text', 'int'] as const))),
    expr('byteLength', of('bytes', 'text')),
    expr('millisecondsBetween', of('timestamp'), plainOr('timestamp')),
    fromText(column('int'), 'int'),
    castTo(column('int'), 'numeric', 'boolean'),
    w => apply(call('Expr', 'cast', column('int')), atom('float')(w)),
  ],
  bigint: [
    ...integer('bigint'),
    inJson(column('bigint')),
    castTo(column('bigint'), 'int', 'numeric'),
    fromText(column('bigint'), 'bigint'),
  ],
  float: [
    ...arithmetic('float'),
    expr('plus', of('float', 'int'), of('float')),
    expr('times', atom('float'), atom('int')),
    expr('div', of('float', 'int'), of('float', 'int')),
    expr('div', of('int'), plainOr('int')),
    castTo(column('float'), 'int', 'numeric', 'bigint'),
    fromText(column('float'), 'numeric'),
    w => call('Expr', 'round', atom('float')(w), valueCode(w.choices.pick([1, 0, 2]))),
    ...ROUNDINGS.map(f => expr(f, of('float'))),
    expr('greatest', of('float'), of('int'), of('float')),
    expr('power', atom('float'), number([2, 1, 0, -1])),
    expr('power', atom('int'), atom('int')),
    expr('sqrt', of('float', 'int')),
    inJson(column('float')),
  ],
  numeric: [
    ...arithmetic('numeric'),
    ...ROUNDINGS.map(f => expr(f, of('numeric'))),
    castTo(decimal(4), 'int', 'numeric'),
    castTo(decimal(2), 'int', 'bigint'),
    castTo(decimal(1), 'numeric'),
    inJson(decimal(2)),
    fromText(decimal(2), 'numeric'),
    w => apply(call('Expr', 'cast', decimal(2)), atom('float')(w)),
    expr('round', of('numeric'), number([1, 0, 2])),
  ],
  text: [
    expr('concat', of('text'), plainOr('text')),
    expr('concat', plainOr('text'), of('text'), plainOr('text')),
    expr('lower', of('text')),
    expr('upper', of('text')),
    expr('substring', of('text'), number([1, 2, 3])),
    expr('substring', of('text'), number([1, 2, 3]), number([1, 0, 2])),
    toText,
    ...['trim', 'trimStart', 'trimEnd', 'reverse'].map(f => expr(f, of('text'))),
    expr('replace', of('text'), plainOr('text'), plainOr('text')),
    ...['left', 'right', 'repeat'].map(f => expr(f, of('text'), number([1, 2, 0]))),
    ...['padStart', 'padEnd'].map(f => expr(f, of('text'), number([2, 4, 0]), plainText(['-', 'a😀', ' ']))),
    ...extremes('text'),
    inJson(column('text')),
    expr('jsonType', document),
    expr('formatDate', of('date'), plainText(['yyyy-MM-dd', "DDD '''' e"])),
    expr('formatDate', recent, plainText(['d.M.yyyy HH:mm:ss.SSS', 'H m s Q']), word(ZONES)),
    expr('hex', of('bytes')),
    (w, fuel) => call('Expr', 'arrayJoin', split(w, fuel - 1), valueCode(w.choices.pick(['', ', ', '~']))),
  ],
  boolean: [fromText(column('boolean'), 'boolean'), inJson(column('boolean')), hasPart, amongElements('text'), amongElements('int')],
  bytes: [expr('unhex', expr('hex', of('bytes')) as never), expr('unhex', of('text')), expr('sha256', of('bytes', 'text'))],
  date: [
    castTo(column('date'), 'timestamp'),
    fromText(column('date'), 'date'),
    expr('dateTrunc', of('date'), word(DAY_UNITS)),
    expr('dateAdd', of('date'), duration('days months weeks years')),
    expr('localDate', recent, word(ZONES)),
  ],
  timestamp: [
    castTo(column('timestamp'), 'date'),
    fromText(column('timestamp'), 'timestamp'),
    expr('dateTrunc', of('timestamp'), word(`${DAY_UNITS} hour minute second`)),
    expr('dateTrunc', recent, word(`${DAY_UNITS} hour minute second`), word(ZONES)),
    expr('dateAdd', of('timestamp'), duration('days months hours minutes seconds milliseconds years')),
  ],
  time: [castTo(column('time'), 'timestamp'), fromText(column('time'), 'time')],
  uuid: [fromText(column('uuid'), 'uuid')],
}

/** Ways to make an expression of any kind out of others of the kind. */
const general = (kind: Kind): readonly Maker[] => [
  expr('coalesce', of(kind), plainOr(kind)),
  (w, fuel) =>
    call('Expr', 'caseWhen', list([list([predicate(w, fuel - 1), expression(w, kind, fuel - 1)])]), expression(w, kind, fuel - 1)),
  expr('nullIf', of(kind), plainOr(kind)),
  (w, fuel) =>
    call(
      'Expr',
      'caseWhen',
      list([list([predicate(w, fuel - 1), expression(w, kind, fuel - 1)]), list([predicate(w, fuel - 1), expression(w, kind, fuel - 1)])]),
      expression(w, kind, fuel - 1),
    ),
  w => scalar(w, kind),
  w => scalar(w, kind),
]

const scalar = (w: Writer, kind: Kind): Code<any> | null => {
  const query = w.single(kind)
  return query === null ? null : call('Expr', 'scalar', query)
}

/** A literal of a type, its null too where the type has one. */
export const literal = (w: Writer, type: ExprType): Code<any> => {
  const nothing = { ...type, nullable: false }
  const columnCode = columnOf(nothing)
  if (type.nullable && columnCode !== null && w.choices.below(4) === 3) return call('Expr', 'nullOf', columnCode)
  const value = w.choices.pick(smallValues(nothing))
  const plain = kindOf(nothing)
  const lit = plain === 'text' || plain === 'boolean' || plain === 'timestamp' || plain === 'bytes' || plain === 'bigint' || plain === 'int'
  if (lit && type.sql.tag !== 'smallint') return call('Expr', 'lit', valueCode(value))
  return apply(call('Expr', 'litOf', columnCode as Code<unknown>), valueCode(value))
}

/** The kinds of the columns in scope, each once, the nearest first. */
const kindsIn = (w: Writer): readonly Kind[] => [...new Set(columnsIn(w.vars).flatMap(c => (c.kind === null ? [] : [c.kind])))]

/** A kind: more often one of a column in scope. */
export const someKind = (w: Writer, own = false): Kind => {
  const there = own ? [...new Set(ownColumns(w.vars).flatMap(c => (c.kind === null ? [] : [c.kind])))] : kindsIn(w)
  return w.choices.weighted([
    [there.length === 0 ? 0 : 8, 'there'],
    [1, 'int'],
    [1, 'text'],
  ] as const) === 'there'
    ? w.choices.pick(there)
    : w.choices.pick(['int', 'text', 'float', 'boolean', 'numeric', 'bigint'] as const)
}

const ofKind = (columns: readonly Candidate[], kind: Kind): readonly Candidate[] => columns.filter(c => c.kind === kind)

/** Code of a kind. */
export const expression = (w: Writer, kind: Kind, fuel: number): ExprCode => {
  const columns = ofKind(columnsIn(w.vars), kind)
  const how = w.choices.weighted([
    [columns.length === 0 ? 0 : 6, 'column'],
    [columns.length === 0 ? 4 : 1, 'literal'],
    [fuel > 0 ? 7 : 0, 'made'],
  ] as const)
  if (how === 'column') {
    const near = ofKind(ownColumns(w.vars), kind)
    return w.choices.pick(near.length > 0 && w.choices.below(3) < 2 ? near : columns)
  }
  if (how === 'made') {
    const special = MAKERS[kind] ?? []
    const makers = special.length > 0 && w.choices.below(3) < 2 ? special : general(kind)
    const made = kind === 'boolean' && w.choices.below(3) < 2 ? predicate(w, fuel - 1) : w.choices.pick(makers)(w, fuel)
    if (made !== null && statically(w.vars, made).node.tag !== 'invalid') {
      const code = typed(w.vars, made)
      if (code.kind === kind) return code
    }
  }
  return typed(w.vars, literal(w, { ...typeOfKind(kind), nullable: columns.length === 0 }))
}

// --- Predicates -------------------------------------------------------------------------------

const PATTERNS = ['%', 'a%', '%a%', '_', '__', '%é', 'A_', '!%', 'a!_%', '%😀', '', '%\\%', "%'%"]

const compare =
  (name: string) =>
  (w: Writer, kind: Kind, fuel: number): Code<any> => {
    const left = expression(w, kind, fuel - 1)
    // ints and floats compare with each other
    const other: Kind = kind === 'int' && w.choices.below(8) === 7 ? 'float' : kind
    return call('Expr', name, left, other === kind ? operand(w, kind, fuel - 1) : expression(w, other, fuel - 1))
  }

const valuesOf = (w: Writer, kind: Kind): Code<unknown> => {
  const domain = smallValues(typeOfKind(kind))
  return list(Array.from({ length: w.choices.below(4) }, () => valueCode(w.choices.pick(domain))))
}

type KindMaker = (w: Writer, kind: Kind, fuel: number) => Code<any>

const ofAnyKind: readonly KindMaker[] = [
  compare('eq'),
  compare('gte'),
  compare('ne'),
  compare('lt'),
  compare('lte'),
  compare('gt'),
  compare('same'),
  (w, kind, fuel) => call('Expr', 'isNull', expression(w, kind, fuel - 1)),
  (w, kind, fuel) => call('Expr', 'isNotNull', expression(w, kind, fuel - 1)),
  (w, kind, fuel) => call('Expr', 'between', expression(w, kind, fuel - 1), operand(w, kind, fuel - 1), operand(w, kind, fuel - 1)),
  (w, kind, fuel) => call('Expr', 'inList', expression(w, kind, fuel - 1), valuesOf(w, kind)),
  (w, kind, fuel) => call('Expr', 'notIn', expression(w, kind, fuel - 1), valuesOf(w, kind)),
]

const pattern =
  (name: 'like' | 'ilike'): Maker =>
  (w, fuel) =>
    call('Expr', name, expression(w, 'text', fuel - 1), valueCode(w.choices.pick(PATTERNS)))

const REGEXES = ['a', '^.$', '[^a-z]', '^(a|b)+$', '\\W', 'é|😀', '.', '^a?b*$']

const ofText: readonly Maker[] = [
  (w, fuel) => call('Expr', 'matches', expression(w, 'text', fuel - 1), valueCode(w.choices.pick(REGEXES))),
  pattern('like'),
  pattern('ilike'),
  expr('contains', of('text'), plainOr('text')),
  expr('startsWith', of('text'), plainOr('text')),
  expr('endsWith', of('text'), plainOr('text')),
  (w, fuel) => call('Expr', 'like', expression(w, 'text', fuel - 1), call('Expr', 'escapeLike', valueCode(w.choices.pick(PATTERNS)))),
]

const several = (w: Writer, fuel: number): readonly Code<unknown>[] =>
  Array.from({ length: w.choices.pick([2, 1, 3, 0]) }, () => predicate(w, fuel - 1))

const logic: readonly Maker[] = [
  (w, fuel) => call('Expr', 'and', ...several(w, fuel)),
  (w, fuel) => call('Expr', 'or', ...several(w, fuel)),
  (w, fuel) => call('Expr', 'not', predicate(w, fuel - 1)),
]

/** A condition on the elements of an array. */
const ofElements =
  (name: 'arrayAny' | 'arrayEvery'): Maker =>
  (w, fuel) => {
    const given = array(w, w.choices.pick(['text', 'int'] as const))
    const { sql } = (statically(w.vars, given) as AnyExpr).type
    if (sql.tag !== 'array') return null
    const own: Variable = { name: variableName(w.vars), scope: symbol({ sql: sql.element, nullable: sql.elementNullable, refine: null }) }
    return call('Expr', name, given, lambda([own], predicate(w.inner([...w.vars, own]), fuel - 1)))
  }

const ofQueries: readonly Maker[] = [
  ofElements('arrayAny'),
  ofElements('arrayEvery'),
  w => {
    const rows = w.rows()
    return rows === null ? null : call('Expr', 'exists', rows)
  },
  (w, fuel) => {
    const kind = someKind(w)
    const left = expression(w, kind, fuel - 1)
    const query = w.column(kind)
    return query === null ? null : call('Expr', 'inQuery', left, query)
  },
]

/** A condition that ties the innermost variable to another one: what joins and correlated queries are made with. */
const link = (w: Writer): Code<any> | null => {
  const own = ownColumns(w.vars)
  const others = columnsIn(w.vars).filter(c => !c.own && c.kind !== null && own.some(o => o.kind === c.kind))
  if (others.length === 0) return null
  const there = w.choices.pick(others)
  return call(
    'Expr',
    w.choices.weighted([
      [8, 'eq'],
      [1, 'same'],
      [1, 'lte'],
      [1, 'ne'],
    ] as const),
    w.choices.pick(ofKind(own, there.kind as Kind)),
    there,
  )
}

/** A condition over what is in scope. */
export const predicate = (w: Writer, fuel: number): Code<any> => {
  const linked = w.vars.length > 1 && columnsIn(w.vars).some(c => !c.own)
  const how = w.choices.weighted([
    [linked ? 7 : 0, 'link'],
    [8, 'kind'],
    [3, 'text'],
    [fuel > 0 ? 3 : 0, 'logic'],
    [fuel > 0 ? 4 : 0, 'query'],
    [2, 'boolean'],
  ] as const)
  const made = ((): Code<any> | null => {
    switch (how) {
      case 'link':
        return link(w)
      case 'kind':
        return w.choices.pick(ofAnyKind)(w, someKind(w), Math.max(fuel, 1))
      case 'text':
        return w.choices.pick(ofText)(w, Math.max(fuel, 1))
      case 'logic':
        return w.choices.pick(logic)(w, fuel)
      case 'query':
        return w.choices.pick(ofQueries)(w, fuel)
      case 'boolean': {
        const columns = ofKind(columnsIn(w.vars), 'boolean')
        return columns.length === 0 ? null : w.choices.pick(columns)
      }
    }
  })()
  if (made !== null && statically(w.vars, made).node.tag !== 'invalid') return made
  return call('Expr', 'lit', valueCode(w.choices.pick([true, true, false])))
}
