/**
 * Views of an image whose queries are code, in an order in which each is defined after the views that it reads.
 *
 * An image does not tell which columns of a view can be null: all of them can in the module. A view whose text is no code, or that reads a view
 * that is not written, is left out.
 *
 * Law: a view is written at most once, and its code uses constants that are defined before it.
 */
import { idOf, type SchemaImage, type ViewImage } from '../../core/schema/SchemaImage.js'
import { type Constants, codeOf, indented } from './code.js'
import { viewColumn, type Writing } from './columns.js'
import { quoted, sameFields } from './names.js'

/** A view with its constant and the code of its query. */
interface CodedView {
  readonly view: ViewImage
  readonly constant: string
  readonly code: string
  readonly uses: ReadonlySet<string>
}

/** The views that are code, in the order of their definitions. */
export const codedViews = (image: SchemaImage, constants: Constants, tables: readonly string[]): readonly CodedView[] => {
  const all = image.views.flatMap((view): readonly CodedView[] => {
    const found = view.materialized || view.columns.length === 0 ? null : codeOf(view.text, constants)
    const constant = constants.of.get(idOf(view))
    return found === null || constant === undefined ? [] : [{ view, constant, ...found }]
  })
  const done: CodedView[] = []
  const defined = new Set(tables)
  for (;;) {
    const next = all.find(v => !done.includes(v) && [...v.uses].every(name => defined.has(name)))
    if (next === undefined) return done
    done.push(next)
    defined.add(next.constant)
  }
}

/** The lines of a view. */
export const viewLines = ({ view, constant, code }: CodedView, w: Writing): readonly string[] => {
  const { naming } = sameFields(view.columns.map(c => c.name))
  if (naming === 'asIs') w.needs.add('asIs')
  w.needs.add('view')
  const options = [...(view.schema === null ? [] : [`schema: ${quoted(view.schema)}`]), ...(naming === 'asIs' ? ['naming: asIs'] : [])]
  return [
    `export const ${constant} = view(`,
    `  ${quoted(view.name)},`,
    '  {',
    ...view.columns.map(c => `    ${viewColumn(c, w)}`),
    '  },',
    `  ${indented(code, '  ')},`,
    ...(options.length === 0 ? [] : [`  { ${options.join(', ')} },`]),
    ')',
    '',
  ]
}
