import { loadRequested } from '../../app/find-project.ts'
import type { CallUseCase, Plan, Project, ProjectRequest } from '../../app/index.ts'
import { logLabel } from '../views/log-view.ts'

/** What of a project an attached `up` shows. */
export interface AttachedServices {
  /** The named services, or all of the file, and what else is shown. */
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
  readonly values: AttachOptions
}

/** `--attach`, `--attach-dependencies` and `--no-attach`. */
export interface AttachOptions {
  readonly attach?: readonly string[]
  readonly attachDependencies?: boolean
  readonly noAttach?: readonly string[]
}

/** Returns the services of an attached `up`; an invalid file has none beyond those that were named. */
export async function attachedServices(
  call: CallUseCase,
  request: ProjectRequest,
  { services, values }: AttachedWish,
): Promise<AttachedServices> {
  const { project } = await call(loadRequested, request)
  const named = services.length > 0 ? services : [...(project?.services.keys() ?? [])]
  const hidden = new Set(values.noAttach)
  const shown = wantedServices(project, named, values).filter(name => !hidden.has(name))
  const names = [...new Set([...named, ...shown])]
  return {
    services: names.map(name => ({ name, containerName: containerNameOf(project, name) })),
    silent: names.filter(name => !shown.includes(name)),
  }
}

/** What the command line names is shown whatever the file says. */
function wantedServices(
  project: Project | undefined,
  named: readonly string[],
  { attach, attachDependencies }: AttachOptions,
): readonly string[] {
  if (attach !== undefined) return attach
  const services = attachDependencies ? withDependencies(project, named) : named
  return services.filter(name => project?.services.get(name)?.attach !== false)
}

function withDependencies(project: Project | undefined, named: readonly string[]): readonly string[] {
  const found = new Set(named)
  for (const name of found)
    for (const { service } of project?.services.get(name)?.dependsOn ?? []) found.add(service)
  return [...found]
}

function containerNameOf(project: Project | undefined, service: string): string | undefined {
  return project?.services.get(service)?.containerName
}

/** Returns the containers whose logs are shown, as far as `plan` shows, sorted by name. */
export function attachedContainers(
  { services, silent }: AttachedServices,
  plan: Plan | undefined,
): readonly { readonly name: string; readonly label: string }[] {
  if (plan === undefined) return []
  const shown = services.filter(({ name }) => !silent.includes(name))
  const started = plan.steps.flatMap(({ action }) =>
    (action.kind === 'start-container' || action.kind === 'run-post-start') &&
    shown.some(({ name }) => name === action.replica.service)
      ? [{ name: action.name, label: logLabel({ name: action.name, ...action.replica }) }]
      : [],
  )
  const reattached = plan.steps.flatMap(({ action }) =>
    action.kind === 'reattach-container' && shown.some(({ name }) => name === action.container.service)
      ? [{ name: action.name, label: logLabel(action.container) }]
      : [],
  )
  const kept = (plan.unchanged ?? []).flatMap(name => {
    const label = keptLabel(name, plan.project, shown)
    return label === undefined ? [] : [{ name, label }]
  })
  // A container that is started may have hooks to run, too.
  const byName = new Map([...started, ...reattached, ...kept].map(container => [container.name, container]))
  return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** The plan knows a container that stays as it is by its name alone. */
function keptLabel(
  container: string,
  project: string,
  shown: readonly AttachedService[],
): string | undefined {
  if (shown.some(({ containerName }) => containerName === container)) return container
  if (!/^[-_]/.test(container.slice(project.length)) || !container.startsWith(project)) return undefined
  const label = container.slice(project.length + 1)
  const service = /^(.+)[-_]\d+$/.exec(label)?.[1]
  return shown.some(({ name }) => name === service) ? label : undefined
}
