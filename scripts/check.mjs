// `npm run check`: runs every `check:*` script of package.json, in order, also after one has failed,
// so that one run shows every problem.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const steps = Object.entries(scripts).filter(([name]) => name.startsWith('check:'))

const failed = []
for (const [name, command] of steps) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(command, { shell: true, encoding: 'utf8' })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name.slice('check:'.length)}  ${seconds} s`)
  if (status !== 0) {
    failed.push(name)
    console.log(`$ ${command}\n${stdout}${stderr}`)
  }
}
if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`)
process.exitCode = failed.length > 0 || steps.length === 0 ? 1 : 0
