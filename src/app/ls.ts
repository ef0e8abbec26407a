import { isUnreadable } from '../base/is-unreadable.ts'
import type { TcomposeError } from '../base/tcompose-error.ts'
import type { ProjectName } from '../model/names.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import type { AppContext } from './app-context.ts'

/** A project in a list of projects. */
export interface ProjectSummary {
  readonly name: ProjectName
  readonly containers: readonly ObservedContainer[]
  /** The files it was started from, as far as its containers record them. */
  readonly files: readonly string[]
  /** Why its record cannot be read; nothing else is known of the project then. */
  readonly unreadable?: TcomposeError
}

const FILES_LABEL = 'com.docker.compose.project.config_files'

/** Returns the projects that have containers, and those of which that is not known, sorted by name. */
export async function ls({ engine }: AppContext): Promise<readonly ProjectSummary[]> {
  const names = await engine.projects()
  const summaries = await Promise.all(
    names.map(name =>
      summarise(engine, name).catch(error => {
        if (isUnreadable(error)) return { name, containers: [], files: [], unreadable: error }
        throw error
      }),
    ),
  )
  return summaries.filter(({ containers, unreadable }) => containers.length > 0 || unreadable !== undefined)
}

async function summarise(engine: AppContext['engine'], name: ProjectName): Promise<ProjectSummary> {
  const { containers: replicas, oneOffs = [] } = await engine.observe(name, [])
  const containers = [...replicas, ...oneOffs]
  const labels = containers.map(container => container.labels.get(FILES_LABEL) ?? '')
  const files = new Set(labels.flatMap(label => label.split(',')).filter(file => file !== ''))
  return { name, containers, files: [...files] }
}
