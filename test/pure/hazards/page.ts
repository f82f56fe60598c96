/**
 * docs/hazards.md: each sample step with its statements on every engine, what they endanger, and whether the step can be undone.
 *
 * Everything is computed from the code: the statements are those of the batches of `online`, which migrations perform, and of `define` where
 * these differ; the hazards are those of a table of unknown size. The sentences of the hazards are shown once for each kind.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Step } from '../../../lib/core/schema/Step.js'
import { type Hazard, hazards, needsAllowance } from '../../../lib/schema/hazards.js'
import { invert, losses } from '../../../lib/schema/invert.js'
import { type Batch, online, statementsOfBatch } from '../../../lib/schema/online.js'
import { samples } from './samples.js'

const ENGINES = ['postgres', 'mysql', 'mariadb', 'sqlite'] as const
type Engine = (typeof ENGINES)[number]

const HEAD = `# Hazards

What each step of a schema endangers on each engine, and the statements that a migration performs. Written by \`npm run docs:hazards\` from the code
(\`lib/schema/hazards.ts\`, \`lib/schema/online.ts\` and the records of the dialects).

A hazard has a kind, an object, a sentence and, where there is one, a safer form:

| kind | means | runs only when allowed |
| --- | --- | --- |
| \`losesData\` | values are gone, or are others, and can't be computed from what is left | yes |
| \`mayFailOnData\` | rows that do not fit make the step fail | no |
| \`rewritesTable\` | the engine writes every row of the table | no |
| \`blocksWrites\` | other transactions can't write to the table until the step is done | yes |
| \`blocksReads\` | other transactions can't even read the table until the step is done | yes |
| \`notTransactional\` | a rollback does not undo the step | no |
| \`breaksCode\` | programs that know the schema before the step fail after it | no |

A table that is known to have at most 10,000 rows blocks no one for long, so it has no hazard of the kinds \`rewritesTable\`, \`blocksWrites\` and
\`blocksReads\`; an empty one loses nothing and fails on nothing.

On Postgres a migration builds indexes concurrently, validates constraints after it has added them, and checks for nulls before it forbids them. Each part
is a transaction, except those that can't be in one. On MySQL and MariaDB each statement demands its algorithm, so that the engine refuses rather than
locks; the algorithms were found by trying on MySQL 9.7 and MariaDB 10.11, and \`test/live/algorithms.mysql.test.ts\` tries them again.
\`foreign_key_checks\` stays on. MySQL takes 64 instant changes of the columns of a table; then it refuses them until \`OPTIMIZE TABLE\` was run.
Before a column becomes NOT NULL there, and before a value is cast, a query looks for rows that do not fit; it is not shown.

`

const batchesOf = (step: Step, engine: Engine): readonly Batch[] | string => {
  const made = online([step], engine)
  return E.isLeft(made) ? made.left.message : made.right
}

const statementsOf = (batches: readonly Batch[], engine: Engine): readonly string[] | string => {
  try {
    return batches.map(b =>
      statementsOfBatch(b, engine)
        .map(s => `${s};`)
        .join('\n'),
    )
  } catch (refused) {
    return (refused as { readonly error?: { readonly message: string } }).error?.message ?? String(refused)
  }
}

const list = (found: readonly Hazard[]): string => found.map(h => (needsAllowance(h) ? `**${h.kind}**` : h.kind)).join(', ') || 'none'

/** Whether the step can be undone by other steps. */
const undoable = (step: Step): string => {
  const inverse = invert(step)
  if (E.isLeft(inverse)) return `no: ${inverse.left}`
  const lost = losses(step)
  return lost === null ? 'yes' : `the definition, but not ${lost}`
}

const section = (name: string, step: Step): string => {
  const rows: string[] = []
  const texts: string[] = []
  for (const engine of ENGINES) {
    const made = batchesOf(step, engine)
    const statements = typeof made === 'string' ? made : statementsOf(made, engine)
    if (typeof made === 'string' || typeof statements === 'string') {
      rows.push(`| ${engine} | refused | |`)
      continue
    }
    const isAtomic = made.length === 1 && made.every(b => b.transactional)
    const inRollback = engine === 'mysql' || engine === 'mariadb' ? 'no' : isAtomic ? 'yes' : `by parts (${made.length})`
    rows.push(`| ${engine} | ${list(hazards(step, engine, { online: true }))} | ${inRollback} |`)
    texts.push(`-- ${engine}\n${statements.filter(s => s !== '').join('\n') || '-- nothing to do'}`)
  }
  const plain = hazards(step, 'postgres')
  const inside =
    list(plain) === list(hazards(step, 'postgres', { online: true }))
      ? ''
      : `\nInside a transaction on Postgres (\`define\`): ${list(plain)}.\n`
  return `## ${name[0]?.toUpperCase()}${name.slice(1)}

Undone by other steps: ${undoable(step)}.

| engine | hazards | undone by rollback |
| --- | --- | --- |
${rows.join('\n')}
${inside}
\`\`\`sql
${texts.join('\n\n')}
\`\`\`
`
}

const sentences = (): string => {
  const found = new Map<string, Hazard>()
  for (const step of Object.values(samples))
    for (const h of [...hazards(step, 'postgres'), ...hazards(step, 'mysql')]) {
      const key = `${h.kind} ${h.message.split(':')[1]}`
      if (!found.has(key)) found.set(key, h)
    }
  const rows = [...found.values()].sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0))
  return `## The sentences\n\n| kind | sentence | safer form |\n| --- | --- | --- |\n${rows.map(h => `| ${h.kind} | ${h.message} | ${h.safer ?? ''} |`).join('\n')}\n`
}

/** The page. */
export const page = (): string =>
  `${[`${HEAD.trimEnd()}\n`, ...Object.entries(samples).map(([name, step]) => section(name, step)), sentences()].join('\n')}`
