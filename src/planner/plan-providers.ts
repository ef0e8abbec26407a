import { aiModelPath, servicePath } from '../base/model-path.ts'
import type { AiModel } from '../model/ai-model.ts'
import type { ObservedState } from '../model/observed-state.ts'
import type { Project } from '../model/project.ts'
import { NO_VARIABLES, variablesOf } from '../model/provider.ts'
import type { Service } from '../model/service.ts'
import type { DesiredState } from './desired-state.ts'
import type { Plan, Step } from './plan.ts'
import { StepList } from './step-list.ts'

/**
 * Plans what comes before containers: that `models` are set up, and the runs of the selected providers, each after those
 * that it depends on. They come before the plan of containers,
 * whose variables they give, and with each `up`: only a provider knows whether there is something to do.
 */
export function planProviders(
  { project, providers = [] }: DesiredState,
  models: readonly AiModel[] = [],
): Plan {
  const steps = new StepList()
  for (const model of models)
    steps.add({ kind: 'prepare-model', model }, { cause: 'with each up', origin: aiModelPath(model.key) })
  const ids = new Map<string, number>()
  for (const { name, provider, providedBy = [] } of providers) {
    const dependsOn = providedBy.flatMap(other => ids.get(other) ?? [])
    const action = { kind: 'start-provider', service: name, provider } as const
    ids.set(
      name,
      steps.add(action, { cause: 'with each up', dependsOn, origin: servicePath(name, 'provider') }),
    )
  }
  return { project, changes: [], steps: steps.steps, warnings: [] }
}

/** Returns `plan` with the steps of `first` before its own, which wait for them. */
export function behindSteps(first: Plan, plan: Plan): Plan {
  const shift = first.steps.length
  if (shift === 0) return plan
  const last = first.steps.map(({ id }) => id)
  const shifted = plan.steps.map(
    (step): Step => ({
      ...step,
      id: step.id + shift,
      dependsOn: step.dependsOn.length === 0 ? last : step.dependsOn.map(id => id + shift),
    }),
  )
  return { ...plan, steps: [...first.steps, ...shifted] }
}

/** A project with the variables that its providers have given. */
export interface ProvidedProject {
  readonly project: Project
  readonly warnings: readonly string[]
}

/** Adds what providers have said to the variables of the services that depend on them. */
export function withProvided(project: Project, { providers = new Map() }: ObservedState): ProvidedProject {
  if (project.providers === undefined) return { project, warnings: [] }
  const results = [...project.services].map(
    ([name, service]) => [name, withVariables(service, providers)] as const,
  )
  return {
    project: { ...project, services: new Map(results.map(([name, { service }]) => [name, service])) },
    warnings: results.flatMap(([, result]) => result.warnings),
  }
}

type ObservedProviders = NonNullable<ObservedState['providers']>

function withVariables(
  service: Service,
  providers: ObservedProviders,
): { readonly service: Service; readonly warnings: readonly string[] } {
  const { name, providedBy = [] } = service
  const environment = new Map(service.environment)
  const warnings: string[] = []
  for (const provider of providedBy) {
    const variables = providers.get(provider)?.variables ?? NO_VARIABLES
    const replaced = [...variables.raw].filter(
      ([key, value]) => environment.has(key) && environment.get(key) !== value,
    )
    for (const [key] of replaced)
      warnings.push(`provider "${provider}" overrides environment variable "${key}" in service "${name}"`)
    for (const [key, value] of variablesOf(provider, variables)) environment.set(key, value)
  }
  return { service: providedBy.length === 0 ? service : { ...service, environment }, warnings }
}
