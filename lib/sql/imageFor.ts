/**
 * Images of described schemas, in the language of a dialect.
 *
 * `imageFor(dialect, schema)` is what the engine's catalog reports of the schema once it is created, but for the texts of expressions: these are
 * as the dialect prints them, and an engine may store another text. The session asks the engine for that (`session/introspect`).
 */
import { describe, type Language, type TableWords } from '../core/schema/describeSchema.js'
import type { SchemaImage } from '../core/schema/SchemaImage.js'
import type { AnyExpr, AnyTable } from '../core/syntax/Syntax.js'
import type { AnySchema } from '../core/table/Schema.js'
import { checksOf, typeConstraint } from '../core/table/Table.js'
import type { SqlType } from '../core/value/SqlType.js'
import type { Dialect } from './Dialect.js'
import { viewText } from './ddl.js'
import { isVacuous, textsOf, typeChecksOf } from './definitions.js'

/** A type as the catalog reports it: one that the engine has a canonical type for is that, however it is described. */
const typeIn = (dialect: Dialect, t: SqlType): SqlType => {
  if (t.tag !== 'custom') return t
  const text = t.names[dialect.name]
  if (text === undefined) return t
  const told = dialect.catalog.typeOf(text)
  return told.tag === 'custom' ? { tag: 'custom', names: { [dialect.name]: text } } : told
}

const wordsOf = (dialect: Dialect, t: AnyTable): TableWords => {
  const { row, asText, condition } = textsOf(dialect, t)
  return {
    type: field => typeIn(dialect, (t.types[field] as AnyExpr['type']).sql),
    default: (field, e) => dialect.ddl.wrapDefault(asText(e), (t.types[field] as AnyExpr['type']).sql),
    checks: () => [
      ...Object.keys(t.columns).flatMap(field =>
        typeChecksOf(dialect, t, field).map(([suffix, text]) => ({ name: typeConstraint(t, field, suffix), text, valid: true })),
      ),
      ...checksOf(t, row).map(([name, predicate]) => ({ name, text: condition(predicate, 'a check'), valid: true })),
    ],
    row,
    text: asText,
  }
}

/** The image that a schema has in a dialect, with expressions as the dialect prints them. Refuses what the dialect does. */
export const imageFor = (dialect: Dialect, schema: AnySchema): SchemaImage => {
  const language: Language = {
    name: dialect.name,
    words: t => wordsOf(dialect, t),
    view: t => viewText(dialect, t),
    isVacuous,
  }
  return dialect.catalog.reported(describe(schema, language))
}
