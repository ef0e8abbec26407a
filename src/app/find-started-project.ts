import { isUnreadable } from '../base/is-unreadable.ts'
import type { Engine } from '../engine/engine.ts'
import type { ProjectName } from '../model/names.ts'
import type { ObservedState } from '../model/observed-state.ts'
import { projectEnvironment, startFolder } from '../parser/environment/project-environment.ts'
import type { LoadRequest } from '../parser/load-request.ts'
import { locateFiles } from '../parser/locate/locate-files.ts'
import { parentFolder } from '../parser/locate/resolve-path.ts'
import type { AppContext } from './app-context.ts'

/**
 * Returns the one project that was started from a file that `request` means, or, where these are gone, from the
 * folder that it starts from. Undefined if there is none, or more than one.
 */
export async function findStartedProject(
  context: AppContext,
  request: LoadRequest,
): Promise<ProjectName | undefined> {
  // What is on other machines is not asked for: that is why the file could not be loaded.
  const loadPorts = { files: context.files, environment: context.environment }
  const { variables } = projectEnvironment(request, loadPorts)
  const located = locateFiles(request, loadPorts, variables).value ?? []
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

interface Origin {
  readonly files: readonly string[]
  readonly folder: string
}

async function isStartedFrom(
  { engine }: AppContext,
  name: ProjectName,
  { files, folder }: Origin,
): Promise<boolean> {
  const source = await sourceOf(engine, name)
  if (source === undefined) return false
  return files.length === 0 ? source.workingDir === folder : source.files.some(file => files.includes(file))
}

async function sourceOf(engine: Engine, name: ProjectName): Promise<ObservedState['source']> {
  try {
    return (await engine.observe(name, [])).source
  } catch (error) {
    // A damaged record does not describe its project, and does not concern this command.
    if (isUnreadable(error)) return undefined
    throw error
  }
}
