import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryName } from '../../src/disk/temporary-name.ts'
import { openRunSession } from '../../src/engine/local/build/run/run-session.ts'
import { BUILT_PROGRAMS, runRequest } from './build-session.ts'

// A process that runs a command of a build several times, each on the layers of those before, and passes its lines on:
// `build-program.ts <data> <run> <layer> <script> <count>`.
const [data = '', run = '', layer = '', script = '', count = '1'] = process.argv.slice(2)
const name = temporaryName()
const working = join(data, 'layers', name)
mkdirSync(working, { recursive: true })
await using session = openRunSession({
  roots: { data, run },
  programs: BUILT_PROGRAMS,
  name,
  settings: { extraHosts: [], shmSize: undefined, ulimits: new Map() },
})
const layers = [layer]
const onLine = (_: string, line: string) => void process.stdout.write(`${line}\n`)
for (let index = 0; index < Number(count); index += 1) {
  const folder = join(working, String(index))
  await session.run(runRequest({ script, layers, folder, onLine, operation: { network: 'default' } }))
  layers.push(folder)
}
