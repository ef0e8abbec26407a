import type { Project } from '../model/project.ts'
import type { Service } from '../model/service.ts'

/** What the labels of a service's containers hold besides the service's own. */
export interface LabelFacts {
  readonly project: Project
  readonly service: Service
  readonly configHash: string
}

/**
 * Returns the service's labels and those by which clients of Docker Compose find its containers, all but the
 * replica's number.
 */
export function serviceLabels({ project, service, configHash }: LabelFacts): ReadonlyMap<string, string> {
  const dependencies = service.dependsOn
    .map(({ service: name, condition, restart }) => `${name}:${condition}:${restart}`)
    .sort()
  return new Map([
    ...service.labels,
    ['com.docker.compose.config-hash', configHash],
    ['com.docker.compose.depends_on', dependencies.join(',')],
    ['com.docker.compose.oneoff', 'False'],
    ['com.docker.compose.project', project.name],
    ['com.docker.compose.project.config_files', project.files.join(',')],
    ['com.docker.compose.project.working_dir', project.workingDir],
    ['com.docker.compose.service', service.name],
  ])
}
