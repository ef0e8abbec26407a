import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { bringLoopbackUp, confinedTo, runConfined } from '../../scripts/mutation/confine.ts'

// Runs itself confined, and prints what it can reach from there. Its argument is a file that it must be unable to write.
const folder = confinedTo()
if (folder === undefined) {
  const made = mkdtempSync(join(tmpdir(), 'tc-confined-'))
  process.exitCode = await runConfined(made)
  rmSync(made, { recursive: true, force: true, maxRetries: 10 })
} else {
  bringLoopbackUp()
  const answers = {
    inside: codeOf(() => writeFileSync(join(folder, 'marker'), '')),
    outside: codeOf(() => writeFileSync(process.argv[2] ?? '', '')),
    temporary: tmpdir() === folder,
    processes: readdirSync('/proc').filter(name => /^\d+$/.test(name)).length,
    interfaces: Object.keys(networkInterfaces()),
  }
  process.stdout.write(JSON.stringify(answers))
  process.exitCode = 3
}

function codeOf(work: () => void): string {
  try {
    work()
    return 'done'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}
