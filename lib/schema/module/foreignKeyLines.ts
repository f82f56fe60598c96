/**
 * The foreign keys of a written module, with the names of their relations.
 *
 * A relation is named by its column without `Id` (`itemId` is `item`), or by its target; the relation back by the referring table. A name that
 * the table has already, for a field or another relation, gets the column or the relation appended, and then a number.
 *
 * Law: the names of the fields, relations and relations back of a table are different.
 */
import type { ForeignKeyImage } from '../../core/schema/SchemaImage.js'
import { foreignKeyName } from '../../core/table/Schema.js'
import { kindOf, type Needs } from './columns.js'
import { chooser, member, property, quoted } from './names.js'
import { type Part, partNamed } from './parts.js'

const capital = (s: string): string => `${s.slice(0, 1).toUpperCase()}${s.slice(1)}`

const fieldOf = (p: Part, column: string): string => p.fields.of.get(column) ?? column

const columnOf = (p: Part, name: string) => p.image.columns.find(c => c.name === name)

/** The name that a relation has if no other has it. */
const wordOf = (f: ForeignKeyImage, own: Part, target: Part): string => {
  const [column = ''] = f.columns
  const short = f.columns.length === 1 ? fieldOf(own, column).replace(/_?(?:Id|ID|id)$/, '') : ''
  return short === '' ? target.constant : short
}

/** The two columns have values of the same type, and the target has no null. */
const isPair = (f: ForeignKeyImage, own: Part, target: Part): boolean => {
  const [from, to] = [columnOf(own, f.columns[0] ?? ''), columnOf(target, f.targetColumns[0] ?? '')]
  return f.columns.length === 1 && from !== undefined && to !== undefined && !to.nullable && kindOf(from) === kindOf(to)
}

const options = (f: ForeignKeyImage, back: string, isDerived: boolean): string => {
  const parts = [
    `back: ${quoted(back)}`,
    ...(f.onDelete === 'noAction' ? [] : [`onDelete: '${f.onDelete}'`]),
    ...(f.onUpdate === 'noAction' ? [] : [`onUpdate: '${f.onUpdate}'`]),
    ...(isDerived || f.name === null ? [] : [`name: ${quoted(f.name)}`]),
  ]
  return `{ ${parts.join(', ')} }`
}

/** The lines of the foreign keys of all tables. */
export const relationLines = (parts: readonly Part[], needs: Needs): readonly string[] => {
  const names = new Map(
    parts.map(p => {
      const taken = new Set(p.fields.of.values())
      const choose = chooser(taken)
      const name = (first: string, second: string): string => {
        const chosen = choose(taken.has(first) ? second : first)
        taken.add(chosen)
        return chosen
      }
      return [p, name] as const
    }),
  )
  const nameIn = (p: Part, first: string, second: string): string => names.get(p)?.(first, second) ?? first
  return parts.flatMap(own => {
    const lines = own.foreignKeys.flatMap(f => {
      const target = partNamed(parts, f.target)
      if (target === undefined) return []
      needs.add('fk')
      const word = wordOf(f, own, target)
      const relation = nameIn(
        own,
        word,
        `${word}${capital(word === target.constant ? 'By' : target.constant)}${word === target.constant ? capital(fieldOf(own, f.columns[0] ?? '')) : ''}`,
      )
      const back = nameIn(target, own.constant, `${own.constant}By${capital(relation)}`)
      const list = (p: Part, columns: readonly string[]): string => {
        const fields = columns.map(c => member(`tables.${p.constant}`, fieldOf(p, c)))
        return isPair(f, own, target) ? (fields[0] ?? '') : `[${fields.join(', ')}]`
      }
      const isDerived = foreignKeyName(own.image.name, f.columns) === f.name
      return [`    ${property(relation)}: fk(${list(own, f.columns)}, ${list(target, f.targetColumns)}, ${options(f, back, isDerived)}),`]
    })
    return lines.length === 0 ? [] : [`  ${own.constant}: {`, ...lines, '  },']
  })
}
