/**
 * Code: a value together with the TypeScript that builds it.
 *
 * In an environment of scopes a `Code<A>` denotes an `A`; its text is an expression that evaluates to the same `A` if the variables of the
 * environment are in scope. Codes are combined by application, functions, records and lists, so text and value always agree.
 *
 * Scopes are found by position: the parameters of a function come after those of the enclosing functions. `uses` lists the combinators and
 * tables that the text mentions.
 */
import type { Shape } from '../../lib/core/syntax/Syntax.js'

/** The scopes of the enclosing functions, the outermost first. */
export type Env = readonly Shape[]

export interface Code<out A> {
  readonly text: string
  readonly build: (env: Env) => A
  readonly uses: readonly string[]
}

/** A parameter of a generated function: its name, and its scope, which holds symbols in place of values. */
export interface Variable {
  readonly name: string
  readonly scope: Shape
}

export type AnyFunction = (...args: any[]) => any

/** The value of a code over symbols: what is known of it without any row. */
export const statically = <A>(vars: readonly Variable[], code: Code<A>): A => code.build(vars.map(v => v.scope))

export const pure = <A>(text: string, value: A, uses: readonly string[] = []): Code<A> => ({ text, build: () => value, uses })

const indented = (text: string): string => text.replaceAll('\n', '\n  ')

/** Items in brackets: on one line if they fit, else one per line. */
const bracketed = (open: string, items: readonly string[], close: string): string => {
  const line = `${open}${items.join(', ')}${close}`
  if (items.length === 0 || (line.length <= 100 && !line.includes('\n'))) return line
  if (items.length === 1 && !open.endsWith('{ ')) return `${open}${items[0]}${close}`
  return `${open.trimEnd()}\n${items.map(item => `  ${indented(item)},\n`).join('')}${close.trimStart()}`
}

const usesOf = (codes: readonly Code<unknown>[]): readonly string[] => codes.flatMap(c => c.uses)

export const apply = <A = any>(f: Code<AnyFunction>, ...args: readonly Code<unknown>[]): Code<A> => ({
  text: bracketed(
    `${f.text}(`,
    args.map(a => a.text),
    ')',
  ),
  build: env => f.build(env)(...args.map(a => a.build(env))),
  uses: usesOf([f, ...args]),
})

/** A function; its body sees the parameters after the variables of the enclosing functions. */
export const lambda = (params: readonly Variable[], body: Code<unknown>): Code<AnyFunction> => {
  const names = params.map(p => p.name)
  const head = names.length === 1 ? names[0] : `(${names.join(', ')})`
  const text = body.text.startsWith('{') ? `(${body.text})` : body.text
  return {
    text: `${head} => ${text}`,
    build:
      env =>
      (...scopes: readonly Shape[]) =>
        body.build([...env, ...scopes]),
    uses: body.uses,
  }
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/

export const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\u2028', '\\u2028')}'`

const fieldName = (name: string): string => (IDENTIFIER.test(name) ? name : quoted(name))

/** The access to a field, as text. */
export const member = (of: string, name: string): string => (IDENTIFIER.test(name) ? `${of}.${name}` : `${of}[${quoted(name)}]`)

export const record = (fields: readonly (readonly [string, Code<unknown>])[]): Code<any> => ({
  text: bracketed(
    '{ ',
    fields.map(([name, code]) => `${fieldName(name)}: ${code.text}`),
    ' }',
  ),
  build: env => Object.fromEntries(fields.map(([name, code]) => [name, code.build(env)])),
  uses: usesOf(fields.map(([, code]) => code)),
})

export const list = (items: readonly Code<unknown>[]): Code<any> => ({
  text: bracketed(
    '[',
    items.map(i => i.text),
    ']',
  ),
  build: env => items.map(i => i.build(env)),
  uses: usesOf(items),
})

/** `pipe(source, ...steps)` */
export const piped = (source: Code<any>, ...steps: readonly Code<AnyFunction>[]): Code<any> => ({
  text: steps.length === 0 ? source.text : bracketed('pipe(', [source.text, ...steps.map(s => s.text)], ')'),
  build: env => steps.reduce((built, step) => step.build(env)(built), source.build(env)),
  uses: usesOf([source, ...steps]),
})
