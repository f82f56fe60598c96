/**
 * The columns in scope of generated code, and the code that refers to them.
 *
 * Candidates are collected from the symbols of the enclosing variables: each expression with its path, through `Expr.maybe` if it is on
 * the optional side of a left join. The innermost variable comes first, so that smaller choices are nearer columns. A column of an outer
 * variable makes a correlated query.
 */

import type { AnyExpr, ExprType, Maybe, Shape } from '../../lib/core/syntax/Syntax.js'
import { type AnyLeaf, scopeOf, visit } from '../../lib/core/syntax/scope.js'
import { apply, type Code, type Env, lambda, member, statically, type Variable } from './Code.js'
import { call, combinator } from './combinators.js'
import { type Kind, kindOf } from './Kind.js'

/** An expression with the type that it has over symbols. */
export interface ExprCode extends Code<AnyExpr> {
  readonly type: ExprType
  readonly kind: Kind | null
}

/** A column in scope. `own`: it belongs to the innermost variable. */
export interface Candidate extends ExprCode {
  readonly path: readonly string[]
  readonly own: boolean
}

/** A part of a scope that is not an expression: a record, the optional side of a left join, a nested collection. */
export interface Part extends Code<Shape> {
  readonly path: readonly string[]
  readonly nested: boolean
}

interface Scope {
  readonly columns: readonly Candidate[]
  readonly parts: readonly Part[]
}

export const typed = (vars: readonly Variable[], code: Code<AnyExpr>): ExprCode => {
  const { type } = statically(vars, code)
  return { ...code, type, kind: kindOf(type) }
}

const variable = (vars: readonly Variable[], index: number): Code<Shape> => ({
  text: (vars[index] as Variable).name,
  build: env => env[index] as Shape,
  uses: [],
})

const field = (of: Code<Shape>, name: string): Code<any> => ({
  text: member(of.text, name),
  build: (env: Env) => (of.build(env) as { readonly [name: string]: Shape })[name],
  uses: of.uses,
})

/** The name of the next variable after these. */
export const variableName = (vars: readonly Variable[]): string => `s${vars.length}`

const found = (vars: readonly Variable[], index: number): Scope => {
  const columns: Candidate[] = []
  const parts: Part[] = []
  const own = index === vars.length - 1

  /** `wrap` takes a column of an inner scope through the enclosing left joins. */
  const walk = (
    code: Code<any>,
    shape: Shape,
    path: readonly string[],
    inner: readonly Variable[],
    wrap: (e: Code<any>) => Code<any>,
  ): void => {
    const v = visit(shape)
    const add = (e: Code<any>, at: readonly string[]): void => {
      const whole = wrap(e)
      columns.push({ ...typed(vars, whole), path: at, own })
    }
    switch (v.tag) {
      case 'leaf':
        if ((v.leaf as AnyLeaf).kind === 'expr') add(code, path)
        else if (inner === vars) parts.push({ ...code, path, nested: true })
        return
      case 'maybe': {
        if (inner === vars) parts.push({ ...code, path, nested: false })
        add(call('Expr', 'isSome', code), [...path, '?'])
        const there: Variable = { name: `m${inner.length}`, scope: scopeOf((v.maybe as Maybe<any>).row) }
        const deeper = [...inner, there]
        walk(variable(deeper, deeper.length - 1), there.scope, path, deeper, e =>
          wrap(apply(combinator('Expr', 'maybe'), code, lambda([there], e))),
        )
        return
      }
      case 'record':
        if (inner === vars && path.length > 0) parts.push({ ...code, path, nested: false })
        for (const [name, f] of Object.entries(v.fields)) walk(field(code, name), f as Shape, [...path, name], inner, wrap)
        return
      default:
        return
    }
  }
  const root = vars[index] as Variable
  walk(variable(vars, index), root.scope, [], vars, e => e)
  return { columns, parts }
}

const known = new WeakMap<readonly Variable[], readonly Scope[]>()

const scopesOf = (vars: readonly Variable[]): readonly Scope[] => {
  const before = known.get(vars)
  if (before !== undefined) return before
  const scopes = vars.map((_, i) => found(vars, i)).reverse()
  known.set(vars, scopes)
  return scopes
}

/** The columns in scope, those of the innermost variable first. */
export const columnsIn = (vars: readonly Variable[]): readonly Candidate[] => scopesOf(vars).flatMap(s => s.columns)

/** The columns of the innermost variable. */
export const ownColumns = (vars: readonly Variable[]): readonly Candidate[] => scopesOf(vars)[0]?.columns ?? []

/** The records, optional sides and nested collections of the innermost variable. */
export const ownParts = (vars: readonly Variable[]): readonly Part[] => scopesOf(vars)[0]?.parts ?? []
