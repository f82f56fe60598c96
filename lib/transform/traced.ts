/**
 * OpenTelemetry: a span for each operation and each transaction.
 *
 * The attributes are those of the semantic conventions for database clients (`db.system.name`, `db.operation.name`,
 * `db.collection.name`, `db.query.text`, `error.type`). The program provides the tracer; this module imports only types of
 * the API. Law: tracing changes neither results nor effects.
 */
import type { Span, SpanOptions, Tracer } from '@opentelemetry/api'
import * as E from 'fp-ts/lib/Either.js'
import type { AnyCapabilities, Interpreter } from '../core/operation/Interpreter.js'
import type { Transformer } from './around.js'
import { type Describe, describe } from './describe.js'

/** SpanKind.CLIENT and SpanStatusCode.ERROR of the API, of which only types are imported. */
const CLIENT = 2
const ERROR = 2

const ended = <X, A>(span: Span, answer: E.Either<X, A>): E.Either<X, A> => {
  if (E.isLeft(answer)) {
    const tag = (answer.left as { readonly _tag?: unknown } | null)?._tag
    span.setAttribute('error.type', typeof tag === 'string' ? tag : 'Left')
    span.setStatus({ code: ERROR })
  }
  span.end()
  return answer
}

const started = (tracer: Tracer, name: string, attributes: NonNullable<SpanOptions['attributes']>): Span =>
  tracer.startSpan(name, { kind: CLIENT, attributes })

interface TracedBy {
  (tracer: Tracer): Transformer
  <Op>(tracer: Tracer, describing: Describe<Op>): <C extends AnyCapabilities>(db: Interpreter<Op, C>) => Interpreter<Op, C>
}

/**
 * Creates a span for each operation and transaction, as a child of the span that is active when it runs. Operations that are not SQL
 * need a function that describes them.
 */
export const traced: TracedBy =
  (tracer: Tracer, describing: Describe<any> = describe) =>
  <Op, C extends AnyCapabilities>(db: Interpreter<Op, C>): Interpreter<Op, C> => ({
    ...db,
    perform: op => async () => {
      const { engine } = db.capabilities
      const { operation, table, sql } = describing(op, engine)
      const span = started(tracer, table === null ? operation : `${operation} ${table}`, {
        'db.system.name': engine,
        'db.operation.name': operation,
        ...(table === null ? {} : { 'db.collection.name': table }),
        ...(sql === null ? {} : { 'db.query.text': sql }),
      })
      return ended(span, await db.perform(op)())
    },
    transaction: (options, use) => async () => {
      const span = started(tracer, 'transaction', { 'db.system.name': db.capabilities.engine })
      return ended(span, await db.transaction(options, tx => use(traced<Op>(tracer, describing)(tx)))())
    },
  })
