import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Contestant } from '../contestants.ts'
import { runTimed } from '../run-timed.ts'
import { type PeakWatch, watchPeak } from './peak-bytes.ts'
import type { PullTool } from './pull-tool.ts'

/** A build of tcompose, with folders of its own. `repository` is e.g. `127.0.0.1:5000/t/img`. */
export function tcomposePuller({ name, program }: Contestant, repository: string): PullTool {
  const scratch = mkdtempSync(join(tmpdir(), 'tcompose-bench-'))
  const env = { ...process.env, TCOMPOSE_DATA: join(scratch, 'data'), TCOMPOSE_RUN: join(scratch, 'run') }
  return {
    name,
    pull: async tag => {
      const cwd = join(scratch, tag)
      mkdirSync(cwd, { recursive: true })
      writeFileSync(join(cwd, 'compose.yaml'), `services:\n  a:\n    image: ${repository}:${tag}\n`)
      let peak: PeakWatch | undefined
      const onStart = (pid: number) => {
        peak = watchPeak(pid)
      }
      try {
        const ms = await runTimed({ command: [program, 'pull', '-q'], cwd, env, onStart })
        return { ms, peakBytes: peak?.bytes() }
      } finally {
        peak?.[Symbol.dispose]()
      }
    },
    dispose: async () => rmSync(scratch, { recursive: true, force: true }),
  }
}
