import { aiModelPath } from '../base/model-path.ts'
import { once } from '../base/once.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { AiModel, ModelAddress } from '../model/ai-model.ts'
import type { Project } from '../model/project.ts'
import type { Service } from '../model/service.ts'
import type { DesiredState } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import type { ModelPlace } from './model-port.ts'
import type { ProjectRequest } from './project-request.ts'
import { projectVariables } from './project-variables.ts'

/** A project whose services know where their models are, or which are nowhere. */
export type ModelledProject =
  /** `served` are those that a program has to be told of. */
  | { readonly kind: 'found'; readonly project: Project; readonly served: readonly AiModel[] }
  | { readonly kind: 'missing'; readonly errors: readonly TcomposeError[] }

/** What models are looked up for. */
export interface ModelledFor {
  readonly request: ProjectRequest
  readonly project: Project
  readonly desired: DesiredState
  readonly signal?: AbortSignal | undefined
}

/** Gives the services of `project` the addresses and names of the models that the services of `desired` use. */
export async function withModels(context: AppContext, of: ModelledFor): Promise<ModelledProject> {
  const { project, desired } = of
  const used = new Set(
    desired.services.flatMap(({ config }) => (config.models ?? []).map(({ model }) => model)),
  )
  if (used.size === 0) return { kind: 'found', project, served: [] }
  const place = await modelPlace(context, of)
  const addresses = new Map<string, ModelAddress>()
  const served: AiModel[] = []
  const errors: TcomposeError[] = []
  for (const model of [...used].flatMap(key => project.models?.get(key) ?? [])) {
    const found = await context.models.find(model, place)
    if (found.kind === 'missing') {
      const message = `Cannot use model "${model.key}" (${model.reference}): ${found.reason}`
      const { hint, notes } = found
      errors.push(new TcomposeError('model', message, { hint, notes, origin: aiModelPath(model.key) }))
      continue
    }
    addresses.set(model.key, found)
    if (found.kind === 'served') served.push(model)
  }
  if (errors.length > 0) return { kind: 'missing', errors }
  const services = new Map(
    [...project.services].map(([name, service]) => [name, addressed(service, addresses)]),
  )
  return { kind: 'found', project: { ...project, services }, served }
}

/** Returns what has the programs that serve models set one up. */
export function modelPreparer(
  context: AppContext,
  of: Pick<ModelledFor, 'request' | 'project'>,
): (
  model: AiModel,
  told: Pick<ModelPlace, 'signal'> & { onInfo: (message: string) => void },
) => Promise<void> {
  const place = once(() => modelPlace(context, of))
  return async (model, told) => context.models.prepare(model, { ...(await place()), ...told })
}

async function modelPlace(
  context: AppContext,
  { request, project, signal }: Pick<ModelledFor, 'request' | 'project' | 'signal'>,
): Promise<ModelPlace> {
  return {
    folder: context.workingDirectory,
    environment: await projectVariables(context, request, project),
    signal: signal ?? new AbortController().signal,
  }
}

function addressed(service: Service, addresses: ReadonlyMap<string, ModelAddress>): Service {
  const variables = (service.models ?? []).flatMap(({ model, endpointVariable, nameVariable }) => {
    const address = addresses.get(model)
    return address === undefined
      ? []
      : [[endpointVariable, address.endpoint] as const, [nameVariable, address.name] as const]
  })
  return variables.length === 0
    ? service
    : { ...service, environment: new Map([...service.environment, ...variables]) }
}
