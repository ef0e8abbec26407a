import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Contestant } from './contestants.ts'
import { ownFolders } from './own-folders.ts'
import { machineFolders } from './own-mounts.ts'
import { type BenchProject, composeText } from './project.ts'
import { runTimed } from './run-timed.ts'
import type { FoundTool } from './tool.ts'

/** A build of tcompose, with data and run folders of its own. `rootfs` is the image. */
export async function tcomposeTool(contestant: Contestant, rootfs: string): Promise<FoundTool> {
  const { name, program } = contestant
  const { scratch, env, residentBytes, dispose } = await ownFolders(contestant, machineFolders)
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
      residentBytes,
      dispose,
    },
  }
}
