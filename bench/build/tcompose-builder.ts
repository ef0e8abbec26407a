import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Contestant } from '../contestants.ts'
import { ownFolders } from '../own-folders.ts'
import { runTimed } from '../run-timed.ts'
import { type BuildProject, composeTextOf } from './build-project.ts'
import type { BuildTool } from './build-tool.ts'

/** A build of tcompose with folders of its own, into which the base image of `archive` is loaded. */
export async function tcomposeBuilder(contestant: Contestant, archive: string): Promise<BuildTool> {
  const { name, program } = contestant
  const { scratch, env, residentBytes, dispose } = await ownFolders(contestant)
  await runTimed({ command: [program, 'image', 'load', '-i', archive], env })
  const folderOf = (project: BuildProject): string => join(scratch, project.name)
  const write: BuildTool['write'] = async (project, { path, text }) => {
    mkdirSync(dirname(join(folderOf(project), path)), { recursive: true })
    writeFileSync(join(folderOf(project), path), text)
  }
  return {
    name,
    layOut: async project => {
      for (const [path, text] of project.files) await write(project, { path, text })
      await write(project, { path: 'compose.yaml', text: composeTextOf(project) })
    },
    write,
    build: project => runTimed({ command: [program, 'build'], cwd: folderOf(project), env }),
    residentBytes,
    dispose,
  }
}
