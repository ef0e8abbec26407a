import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Contestant } from './contestants.ts'
import { type BenchProject, composeText } from './project.ts'
import { residentBytes } from './resident-bytes.ts'
import { runTimed } from './run-timed.ts'
import type { FoundTool } from './tool.ts'

/** A build of tcompose, with data and run folders of its own. `rootfs` is the image. */
export function tcomposeTool({ name, program }: Contestant, rootfs: string): FoundTool {
  const scratch = mkdtempSync(join(tmpdir(), 'tcompose-bench-'))
  const run = join(scratch, 'run')
  const env = { ...process.env, TCOMPOSE_DATA: join(scratch, 'data'), TCOMPOSE_RUN: run }
  const folderOf = (project: BenchProject): string => {
    const folder = join(scratch, project.name)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'compose.yaml'), composeText(project, `rootfs:${rootfs}`))
    return folder
  }
  return {
    kind: 'found',
    tool: {
      name,
      maxSize: 200,
      compose: (project, args) => runTimed({ command: [program, ...args], cwd: folderOf(project), env }),
      residentBytes: () =>
        residentBytes(
          ({ commandLine, environment }) => commandLine.includes(run) || environment.includes(run),
        ),
      dispose: async () => rmSync(scratch, { recursive: true, force: true }),
    },
  }
}
