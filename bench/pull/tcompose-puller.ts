import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { runTimed } from '../run-timed.ts'
import { type PeakWatch, watchPeak } from './peak-bytes.ts'
import type { PullTool } from './pull-tool.ts'

const BIN = resolve(import.meta.dirname, '../../bin/tcompose')

/** tcompose as built in this checkout, with folders of its own. `repository` is e.g. `127.0.0.1:5000/t/img`. */
export function tcomposePuller(repository: string): PullTool {
  const scratch = mkdtempSync(join(tmpdir(), 'tcompose-bench-'))
  const env = { ...process.env, TCOMPOSE_DATA: join(scratch, 'data'), TCOMPOSE_RUN: join(scratch, 'run') }
  return {
    name: 'tcompose',
    pull: async tag => {
      const cwd = join(scratch, tag)
      mkdirSync(cwd, { recursive: true })
      writeFileSync(join(cwd, 'compose.yaml'), `services:\n  a:\n    image: ${repository}:${tag}\n`)
      let peak: PeakWatch | undefined
      const onStart = (pid: number) => {
        peak = watchPeak(pid)
      }
      try {
        const ms = await runTimed({ command: [BIN, 'pull', '-q'], cwd, env, onStart })
        return { ms, peakBytes: peak?.bytes() }
      } finally {
        peak?.[Symbol.dispose]()
      }
    },
    dispose: async () => rmSync(scratch, { recursive: true, force: true }),
  }
}
