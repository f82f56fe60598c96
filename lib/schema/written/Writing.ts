/**
 * The constants of a module that is being written: tables, views and schemas, each defined once.
 *
 * Two tables with the same image and the same fields are one constant, whatever objects they are; two states of a table are two. A table is
 * defined where it is used first, after the tables that its own definition uses. Names come from SQL names and are no words of the module.
 *
 * This is the one mutable part of the writer: a record that one call makes and fills.
 */
import type { AnyTable } from '../../core/syntax/Syntax.js'
import { qualifiedName } from '../../core/table/Table.js'
import { imageOf } from '../../show/imageOf.js'
import { type Doc, joined, printed, text } from '../../show/pretty.js'
import type { Style } from '../../show/showScope.js'
import { isConstant } from '../../show/showValue.js'
import { camelCase, chooser, comment } from '../module/names.js'

/** A module while it is written. */
export interface Writing {
  /** How `show` writes: exactly, with the constants of the module. */
  readonly style: Style
  /** The constant of a table, which is defined if it is not yet. */
  readonly tableOf: (t: AnyTable) => string
  /** The first table that has the constant of this one: the two are the same to a module. */
  readonly first: (t: AnyTable) => AnyTable
  /** Whether two descriptions are the same to a module. */
  readonly isSame: (a: AnyTable, b: AnyTable) => boolean
  /** The constant of some other text, which is defined if it is not yet. */
  readonly constantOf: (name: string, remark: string, doc: Doc) => string
  /** The definitions so far, in order. */
  readonly definitions: () => readonly string[]
}

const keyOf = (t: AnyTable): string =>
  JSON.stringify([
    imageOf({ kind: 'schema', tables: { t }, foreignKeys: [] }),
    Object.entries(t.names),
    t.unmanaged,
    Object.values(t.columns).map(c => c.filledByDatabase),
  ])

/** A name for a constant: letters of other alphabets are no words of a module. */
export const constantName = (name: string): string => {
  const camel = camelCase(name, 'some')
  const isOther = /[^\x20-\x7e]/.test(camel)
  return isOther || isConstant(camel) ? camel : `${camel}Table`
}

/** A module without definitions. `define` writes a table. */
export const writing = (define: (t: AnyTable, w: Writing) => Doc): Writing => {
  const names = new Map<AnyTable, string>()
  const byKey = new Map<string, AnyTable>()
  const keys = new Map<AnyTable, string>()
  const others = new Map<string, string>()
  const definitions: string[] = []
  const states = new Map<string, number>()
  const choose = chooser()
  const key = (t: AnyTable): string => {
    const known = keys.get(t)
    if (known !== undefined) return known
    const made = keyOf(t)
    keys.set(t, made)
    return made
  }
  const add = (remark: string, name: string, doc: Doc): void => {
    definitions.push(`${remark === '' ? '' : `${comment(remark)}\n`}${printed(joined(text(`const ${name} = `), doc))}\n`)
  }
  const first = (t: AnyTable): AnyTable => {
    const found = byKey.get(key(t))
    if (found !== undefined) return found
    byKey.set(key(t), t)
    return t
  }
  const tableOf = (t: AnyTable): string => {
    const own = first(t)
    const known = names.get(own)
    if (known !== undefined) return known
    const name = choose(constantName(own.name))
    names.set(own, name)
    const doc = define(own, w)
    const state = (states.get(qualifiedName(own)) ?? 0) + 1
    states.set(qualifiedName(own), state)
    add(state === 1 ? '' : `"${qualifiedName(own)}" again, ${state === 2 ? 'after a change above' : `in its state ${state}`}.`, name, doc)
    return name
  }
  const w: Writing = {
    style: { isExact: true, nameTable: tableOf },
    tableOf,
    first,
    isSame: (a, b) => a === b || key(a) === key(b),
    constantOf: (name, remark, doc) => {
      const made = printed(doc)
      const known = others.get(made)
      if (known !== undefined) return known
      const chosen = choose(name)
      others.set(made, chosen)
      add(remark, chosen, doc)
      return chosen
    },
    definitions: () => definitions,
  }
  return w
}
