import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type BenchProject, composeText } from './project.ts'
import { residentBytes } from './resident-bytes.ts'
import { runTimed } from './run-timed.ts'
import type { FoundTool } from './tool.ts'

const BIN = resolve(import.meta.dirname, '../bin/tcompose')

/** tcompose as built in this checkout, with data and run folders of its own. `rootfs` is the image. */
export function tcomposeTool(rootfs: string): FoundTool {
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
      name: 'tcompose',
      maxSize: 200,
      compose: (project, args) => runTimed({ command: [BIN, ...args], cwd: folderOf(project), env }),
      residentBytes: () =>
        residentBytes(
          ({ commandLine, environment }) => commandLine.includes(run) || environment.includes(run),
        ),
      dispose: async () => rmSync(scratch, { recursive: true, force: true }),
    },
  }
}
