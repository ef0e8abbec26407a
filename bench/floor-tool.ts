import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machineFolders } from './own-mounts.ts'
import { runTimed } from './run-timed.ts'
import type { FoundTool } from './tool.ts'

/** How results call the program that does the kernel's part of `up` and `down` and nothing else. */
export const FLOOR = 'floor'

/**
 * The program of TCOMPOSE_BENCH_FLOOR, a shell command that finds SERVICES, DATA and RUN in its environment, makes and
 * removes so many containers in one go, and writes the microseconds of both among others as `up=N` and `down=N`.
 */
export function floorTool(): readonly FoundTool[] {
  const command = process.env['TCOMPOSE_BENCH_FLOOR']
  if (command === undefined) return []
  const scratch = mkdtempSync(join(tmpdir(), 'tcompose-bench-floor-'))
  const folders = machineFolders(scratch)
  const { data, run } = folders ?? { data: scratch, run: scratch }
  let last = ''
  const tool = {
    name: FLOOR,
    maxSize: 1000,
    works: new Set(['up', 'down'] as const),
    compose: async ({ size }: { readonly size: number }, [verb]: readonly string[]): Promise<number> => {
      if (verb === 'up') {
        const env = { ...process.env, SERVICES: String(size), DATA: data, RUN: run }
        await runTimed({ command: ['sh', '-c', command], env, onOutput: text => (last = text) })
      }
      return microsecondsIn(last, verb ?? '') / 1000
    },
    residentBytes: () => 0,
    dispose: async () => {
      folders?.dispose()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
  return [{ kind: 'found', tool }]
}

function microsecondsIn(output: string, name: string): number {
  const [, value] = new RegExp(`(?:^|\\s)${name}=(\\d+)`).exec(output) ?? []
  if (value === undefined) throw new Error(`The program of TCOMPOSE_BENCH_FLOOR did not write "${name}="`)
  return Number(value)
}
