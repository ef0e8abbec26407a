import { isUnreadable } from '../engine/state/damaged-record.ts'
import type { ProjectName } from '../model/names.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import { projectEnvironment, startFolder } from '../parser/environment/project-environment.ts'
import type { LoadRequest } from '../parser/load-request.ts'
import { locateFiles } from '../parser/locate/locate-files.ts'
import { parentFolder } from '../parser/locate/resolve-path.ts'
import type { AppContext } from './app-context.ts'

const FILES_LABEL = 'com.docker.compose.project.config_files'
const FOLDER_LABEL = 'com.docker.compose.project.working_dir'

/**
 * Returns the one project with containers that were made from the files that `request` means, or, where these are
 * gone, from a file in the folder that it starts from. Undefined if there is none, or more than one.
 */
export async function findStartedProject(
  context: AppContext,
  request: LoadRequest,
): Promise<ProjectName | undefined> {
  const { variables } = projectEnvironment(request, context)
  const located = locateFiles(request, context.files, variables).value ?? []
  const files = located.flatMap(({ path }) => (path === '-' ? [] : [path]))
  const [first] = files
  const source = { files, folder: first === undefined ? startFolder(request) : parentFolder(first) }
  const names = await context.engine.projects()
  const started = await Promise.all(
    names.map(async name => ((await isStartedFrom(context, name, source)) ? [name] : [])),
  )
  const [name, ...others] = started.flat()
  return others.length === 0 ? name : undefined
}

interface ProjectSource {
  readonly files: readonly string[]
  readonly folder: string
}

async function isStartedFrom(
  { engine }: AppContext,
  name: ProjectName,
  { files, folder }: ProjectSource,
): Promise<boolean> {
  const containers = await containersOf(engine, name)
  return containers.some(({ labels }) =>
    files.length === 0
      ? labels.get(FOLDER_LABEL) === folder
      : (labels.get(FILES_LABEL) ?? '').split(',').some(file => files.includes(file)),
  )
}

/** Of a project whose record cannot be read, nothing tells what it was started from. */
async function containersOf(
  engine: AppContext['engine'],
  name: ProjectName,
): Promise<readonly ObservedContainer[]> {
  try {
    return (await engine.observe(name, [])).containers
  } catch (error) {
    if (isUnreadable(error)) return []
    throw error
  }
}
