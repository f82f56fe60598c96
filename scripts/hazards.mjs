// `npm run docs:hazards`: writes docs/hazards.md from the samples in test/pure/hazards and the code.
// The tests fail when it is stale, and write it when UPDATE_SNAPSHOTS is set, which is what this script does after a build.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const { status } = spawnSync(process.execPath, [join(import.meta.dirname, '../dist/test/run.js'), 'pure/hazards'], {
  stdio: 'inherit',
  env: { ...process.env, UPDATE_SNAPSHOTS: '1' },
})
process.exitCode = status ?? 1
