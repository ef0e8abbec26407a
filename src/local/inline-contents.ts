import type { Project } from '../model/project.ts'
import { type ServiceFile, serviceFileLabel, withoutContent } from '../model/service-file.ts'
import { type Excerpt, findExcerpt, readExcerpt } from './excerpt.ts'

/** Where in the answers that a load had the contents of its secrets and configs stand, by their labels. */
export type Excerpts = ReadonlyMap<string, Excerpt>

/** Returns where in `answers` the contents are that `project` declares: those that nothing was put into. */
export function excerptsOf(project: Project, answers: readonly string[]): Excerpts {
  const contents = new Map<string, string>()
  for (const { files = [] } of project.services.values()) {
    for (const file of files) {
      if (file.source.kind === 'inline' && file.source.content !== undefined)
        contents.set(serviceFileLabel(file), file.source.content)
    }
  }
  return new Map(
    [...contents].flatMap(([label, content]) => {
      const excerpt = findExcerpt(content, answers)
      return excerpt === undefined ? [] : [[label, excerpt] as const]
    }),
  )
}

/** Returns `project` as it may be written to the disk. */
export function withoutContents<T extends Project>(project: T): T {
  return mapFiles(project, withoutContent)
}

/** Returns `project` with the contents that stand at `excerpts`. */
export function withContents<T extends Project>(
  project: T,
  excerpts: Excerpts,
  answers: readonly string[],
): T {
  if (excerpts.size === 0) return project
  const contents = new Map([...excerpts].map(([label, excerpt]) => [label, readExcerpt(excerpt, answers)]))
  return mapFiles(project, file => {
    const content = file.source.kind === 'inline' ? contents.get(serviceFileLabel(file)) : undefined
    return content === undefined ? file : { ...file, source: { kind: 'inline', content } }
  })
}

function mapFiles<T extends Project>(project: T, change: (file: ServiceFile) => ServiceFile): T {
  const services = [...project.services].map(([name, service]) => {
    const { files } = service
    return [name, files === undefined ? service : { ...service, files: files.map(change) }] as const
  })
  return { ...project, services: new Map(services) }
}
