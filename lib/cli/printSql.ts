/**
 * The SQL of a query, command or prepared query that a module exports.
 *
 * `FILE#export` names it; without `#export` it is the default export. A parameter of a prepared query is shown by its name, since it has no value. An
 * error of one dialect, such as `Unsupported`, does not hide the text of the others, and is the result if one dialect was requested.
 *
 * Nothing is sent to a database.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { isQuery } from '../core/syntax/guards.js'
import { type AnyCommand, type AnyQuery, isMade } from '../core/syntax/Syntax.js'
import { attempting, type DbError, textOf } from '../core/value/DbError.js'
import type { DialectName } from '../core/value/DialectName.js'
import { nearestHint } from '../core/value/nearest.js'
import { compile, toSql } from '../sql/compile.js'
import { dialects } from '../sql/dialects.js'
import { commandToSql } from '../sql/statements.js'
import { hiding } from './redacted.js'
import { statementLine } from './stepText.js'
import { importModule } from './typescript.js'
import { type Answer, type Failure, misuse, type Outcome, outcome, type Paint, type World } from './World.js'

/** Every dialect. */
export const DIALECTS = Object.keys(dialects) as readonly DialectName[]

interface Statement {
  readonly sql: string
  readonly params: readonly unknown[]
}

/** What is printed: a query or a command. */
type Printable = { readonly tag: 'query'; readonly query: AnyQuery } | { readonly tag: 'command'; readonly command: AnyCommand }

const isCommand = (x: unknown): x is AnyCommand => isMade(x) && (x as { readonly kind?: unknown }).kind === 'command'

const printable = (x: unknown): Printable | null =>
  isQuery(x) ? { tag: 'query', query: x } : isCommand(x) ? { tag: 'command', command: x } : null

/** A prepared query without values: a function that accepts anything and returns one. */
const prepared = (x: unknown): Printable | null => {
  if (typeof x !== 'function') return null
  const made = attempting('a prepared query', () => x({}) as unknown)
  return E.isRight(made) && isQuery(made.right) && made.right.node.tag === 'prepared' ? printable(made.right) : null
}

const exported = (module: any, where: string, name: string): E.Either<Failure, Printable> => {
  const names = Object.keys(module ?? {}).filter(n => n !== '__esModule')
  if (module === undefined || !Object.hasOwn(module, name)) {
    const usable = names.filter(n => (printable(module[n]) ?? prepared(module[n])) !== null)
    const hint = usable.length === 0 ? 'it exports no query and no command' : `${nearestHint(name, usable)} It exports ${usable.join(', ')}`
    return E.left(misuse(`${where} has no export "${name}": ${hint}`))
  }
  const found = printable(module[name]) ?? prepared(module[name])
  return found === null ? E.left(misuse(`${where}: "${name}" is no query, command or prepared query`)) : E.right(found)
}

const queryStatement = (query: AnyQuery, dialect: DialectName): E.Either<DbError, readonly Statement[]> => {
  if (query.node.tag !== 'prepared') return E.map((s: Statement) => [s])(toSql(dialect)(query))
  const record = dialects[dialect]
  return E.flatMap(compile(record, query), ({ text, slots }) =>
    attempting('a parameter', () => [
      {
        sql: text,
        params: slots.map(s => (s.tag === 'named' ? { parameter: s.name } : s.value === null ? null : record.write(s.type.sql)(s.value))),
      },
    ]),
  )
}

const statements = (what: Printable, dialect: DialectName): E.Either<DbError, readonly Statement[]> =>
  what.tag === 'query' ? queryStatement(what.query, dialect) : commandToSql(dialect)(what.command)

const shownParameter = (p: unknown): string =>
  typeof p === 'object' && p !== null && 'parameter' in p ? `:${(p as { readonly parameter: string }).parameter}` : inspect(p)

const jsonParameter = (p: unknown): unknown =>
  typeof p === 'bigint' ? `${p}` : p instanceof Uint8Array ? { base64: Buffer.from(p).toString('base64') } : p

const dialectLines = (
  dialect: DialectName,
  made: E.Either<DbError, readonly Statement[]>,
  isAlone: boolean,
  paint: Paint,
): readonly string[] => [
  ...(isAlone ? [] : [paint.bold(`-- ${dialect}`)]),
  ...(E.isLeft(made)
    ? [paint.yellow(`-- ${made.left._tag}: ${made.left.message}`)]
    : made.right.flatMap(({ sql, params }) => [
        statementLine(sql),
        ...(params.length === 0 ? [] : [paint.dim(`-- parameters: ${params.map(shownParameter).join(', ')}`)]),
      ])),
]

/** Prints the statements of an export, for some dialects or all of them. */
export const printSql = async (world: World, place: string, chosen: DialectName | undefined): Answer<Outcome> => {
  const [path = '', name = 'default'] = place.split('#')
  const file = resolve(world.cwd, path)
  if (path === '' || !existsSync(file)) return E.left(misuse(`${path || place}: there is no such file: give FILE#export`))
  let module: any
  try {
    module = await importModule(file)
  } catch (thrown) {
    return E.left(misuse(`${path} can't be loaded: ${hiding(textOf(thrown))}`, thrown))
  }
  const found = exported(module, path, name)
  if (E.isLeft(found)) return found
  const names = chosen === undefined ? DIALECTS : [chosen]
  const made = names.map(dialect => [dialect, statements(found.right, dialect)] as const)
  const [only] = made
  if (chosen !== undefined && only !== undefined && E.isLeft(only[1])) return only[1]
  return E.right(
    outcome(
      made.map(([dialect, m]) => dialectLines(dialect, m, names.length === 1, world.paint).join('\n')).join('\n\n'),
      Object.fromEntries(
        made.map(([dialect, m]) => [
          dialect,
          E.isLeft(m)
            ? { error: { tag: m.left._tag, message: m.left.message } }
            : m.right.map(({ sql, params }) => ({ sql, params: params.map(jsonParameter) })),
        ]),
      ),
    ),
  )
}
