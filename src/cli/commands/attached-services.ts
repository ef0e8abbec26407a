import type { App, Plan, Project, ProjectRequest } from '../../app/index.ts'
import { logLabel } from '../views/log-view.ts'

/** What of a project an attached `up` shows. */
export interface AttachedServices {
  /** The named services, or all of the file. */
  readonly services: readonly AttachedService[]
  /** Those of them whose logs are not shown. */
  readonly silent: readonly string[]
}

interface AttachedService {
  readonly name: string
  /** Undefined where the file leaves the name to us. */
  readonly containerName: string | undefined
}

export interface AttachedWish {
  /** Services as the user named them; empty is all. */
  readonly services: readonly string[]
  readonly values: { readonly attach?: boolean | readonly string[] }
}

/** Returns the services of an attached `up`; an invalid file has none beyond those that were named. */
export async function attachedServices(
  app: App,
  request: ProjectRequest,
  { services, values }: AttachedWish,
): Promise<AttachedServices> {
  const { project } = await app.loadProject(request)
  const hidden = new Set(Array.isArray(values.attach) ? values.attach : [])
  const names = services.length > 0 ? services : [...(project?.services.keys() ?? [])]
  return {
    services: names.map(name => ({ name, containerName: containerNameOf(project, name) })),
    silent: names.filter(name => hidden.has(name) || project?.services.get(name)?.attach === false),
  }
}

function containerNameOf(project: Project | undefined, service: string): string | undefined {
  return project?.services.get(service)?.containerName
}

/** Returns the containers whose logs are shown, as far as `plan` tells, sorted by name. */
export function attachedContainers(
  { services, silent }: AttachedServices,
  plan: Plan | undefined,
): readonly { readonly name: string; readonly label: string }[] {
  if (plan === undefined) return []
  const shown = services.filter(({ name }) => !silent.includes(name))
  const started = plan.steps.flatMap(({ action }) =>
    action.kind === 'start-container' && shown.some(({ name }) => name === action.replica.service)
      ? [{ name: action.name, label: logLabel({ name: action.name, ...action.replica }) }]
      : [],
  )
  const kept = (plan.unchanged ?? []).flatMap(name => {
    const label = keptLabel(name, plan.project, shown)
    return label === undefined ? [] : [{ name, label }]
  })
  return [...started, ...kept].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** The plan knows a container that stays as it is by its name alone. */
function keptLabel(
  container: string,
  project: string,
  shown: readonly AttachedService[],
): string | undefined {
  if (shown.some(({ containerName }) => containerName === container)) return container
  const [, service, number] = /^(.+)-(\d+)$/.exec(container.slice(project.length + 1)) ?? []
  const isOurs = container.startsWith(`${project}-`) && shown.some(({ name }) => name === service)
  return isOurs ? `${service}-${number}` : undefined
}
