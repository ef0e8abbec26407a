import { join } from 'node:path'
import { temporaryName } from '../../src/disk/temporary-name.ts'
import { openRunSession } from '../../src/engine/local/build/run/run-session.ts'
import { BUILT_PROGRAMS, runRequest } from './build-session.ts'

// A process that runs a command of a build, and passes its lines on: `build-program.ts <data> <run> <layer> <script>`.
const [data = '', run = '', layer = '', script = ''] = process.argv.slice(2)
const name = temporaryName()
await using session = openRunSession({
  roots: { data, run },
  programs: BUILT_PROGRAMS,
  name,
  settings: { extraHosts: [], shmSize: undefined, ulimits: new Map() },
})
const folder = join(data, 'layers', name)
const onLine = (_: string, line: string) => void process.stdout.write(`${line}\n`)
await session.run(runRequest({ script, layers: [layer], folder, onLine, operation: { network: 'default' } }))
