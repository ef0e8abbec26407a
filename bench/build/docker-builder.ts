import { spawnSync } from 'node:child_process'
import { tarArchive } from '../../test/support/tar-archive.ts'
import { commandPrefix, costOfPrefix } from '../command-prefix.ts'
import { residentBytes } from '../resident-bytes.ts'
import { runTimed } from '../run-timed.ts'
import { BASE_IMAGE, type BuildProject, composeTextOf } from './build-project.ts'
import type { BuildTool, FoundBuildTool } from './build-tool.ts'

const NAME = 'docker compose'
const PREFIX_VARIABLE = 'TCOMPOSE_BENCH_DOCKER'
/** The daemons, and the client with its plugins. */
const PROCESS_NAMES = /^(dockerd|containerd|docker|docker-compose|docker-buildx)/

/** Returns docker compose with the base image of `archive` loaded, or why it cannot be measured. */
export async function findDockerBuilder(archive: string): Promise<FoundBuildTool> {
  const prefix = commandPrefix(PREFIX_VARIABLE)
  const [program = '', ...args] = [...prefix, 'docker', 'info']
  if (spawnSync(program, args, { stdio: 'ignore' }).status !== 0) {
    const reason = `"${[program, ...args].join(' ')}" fails; ${PREFIX_VARIABLE} may give a command prefix`
    return { kind: 'absent', name: NAME, reason }
  }
  await runTimed({ command: [...prefix, 'docker', 'load'], inputFile: archive })
  const scratch = textOf([...prefix, 'mktemp', '-d', '/tmp/tcompose-bench-XXXXXX'])
  const prefixMs = await costOfPrefix(prefix)
  const remark = `the command prefix takes ${prefixMs.toFixed(0)} ms, which are subtracted`
  const tool = dockerBuilder({ prefix, prefixMs, scratch })
  return { kind: 'found', tool, ...(prefixMs > 0 && { remark }) }
}

function textOf([program = '', ...args]: readonly string[]): string {
  return spawnSync(program, args, { encoding: 'utf8' }).stdout.trim()
}

interface DockerSide {
  readonly prefix: readonly string[]
  readonly prefixMs: number
  /** A folder where docker is: it may not see this file system. */
  readonly scratch: string
}

function dockerBuilder({ prefix, prefixMs, scratch }: DockerSide): BuildTool {
  const built = new Set<string>()
  const folderOf = ({ name }: BuildProject): string => `${scratch}/${name}`
  const unpack = async (project: BuildProject, files: ReadonlyMap<string, string>): Promise<void> => {
    const input = await tarArchive([...files].map(([name, content]) => ({ name, content })))
    const script = 'mkdir -p "$1" && tar -C "$1" --touch -xf -'
    await runTimed({ command: [...prefix, 'sh', '-c', script, 'sh', folderOf(project)], input })
  }
  return {
    name: NAME,
    layOut: project => unpack(project, new Map([...project.files, ['compose.yaml', composeTextOf(project)]])),
    write: (project, { path, text }) => unpack(project, new Map([[path, text]])),
    build: async project => {
      built.add(`tcbench-${project.name}`)
      const file = `${folderOf(project)}/compose.yaml`
      return (await runTimed({ command: [...prefix, 'docker', 'compose', '-f', file, 'build'] })) - prefixMs
    },
    residentBytes: () => residentBytes(({ name }) => PROCESS_NAMES.test(name)),
    dispose: async () => {
      await runTimed({ command: [...prefix, 'docker', 'rmi', '-f', ...names(built), BASE_IMAGE] })
      // An image that a later build took the name of.
      for (const project of built) {
        const label = `label=com.docker.compose.project=${project}`
        await runTimed({ command: [...prefix, 'docker', 'image', 'prune', '-f', '--filter', label] })
      }
      await runTimed({ command: [...prefix, 'rm', '-rf', scratch] })
    },
  }
}

function names(projects: ReadonlySet<string>): readonly string[] {
  return [...projects].map(project => `${project}:1`)
}
