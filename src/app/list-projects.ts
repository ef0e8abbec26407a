import type { ProjectSummary } from './app.ts'
import type { AppContext } from './app-context.ts'

const FILES_LABEL = 'com.docker.compose.project.config_files'

/** Returns the projects that have containers, sorted by name. */
export async function listProjects({ engine }: AppContext): Promise<readonly ProjectSummary[]> {
  const names = await engine.projects()
  const summaries = await Promise.all(
    names.map(async (name): Promise<ProjectSummary> => {
      const { containers } = await engine.observe(name, [])
      const labels = containers.map(container => container.labels.get(FILES_LABEL) ?? '')
      const files = new Set(labels.flatMap(label => label.split(',')).filter(file => file !== ''))
      return { name, containers, files: [...files] }
    }),
  )
  return summaries.filter(({ containers }) => containers.length > 0)
}
