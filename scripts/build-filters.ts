import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_CAPABILITIES } from '../src/runtime/capabilities.ts'
import { seccompFilter } from '../src/runtime/seccomp/seccomp-filter.ts'
import { storedFilterName } from '../src/runtime/seccomp/stored-filter.ts'
import { projectRoot } from './project-root.ts'

/** Stores the seccomp filter of the default capabilities, which making costs some milliseconds at each start. */
const folder = join(projectRoot, 'dist/filters')
mkdirSync(folder, { recursive: true })
for (const machine of ['x64', 'arm64'] as const) {
  const filter = seccompFilter(machine, DEFAULT_CAPABILITIES)
  writeFileSync(join(folder, storedFilterName(machine, DEFAULT_CAPABILITIES)), filter)
}
