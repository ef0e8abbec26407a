import type { TcomposeError } from '../base/tcompose-error.ts'
import type { Project } from '../model/project.ts'
import type { Selection } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import { wantedImages } from './ask-registries.ts'
import { desiredOf } from './desired-of.ts'
import { asksOfHost, forecastHost } from './forecast-host.ts'
import { asProvided } from './provide-for-up.ts'
import { touchedServices } from './touched-services.ts'
import { imageChoice, type UpOptions, upPlan } from './up-plan.ts'

/** What `up` is about to make. */
export interface Undertaking {
  readonly project: Project
  readonly options: UpOptions
  readonly oneOff: Selection['oneOff'] | undefined
}

/**
 * Returns what the host lacks for containers that are to be made, where providers are run or images built before them; in all other
 * cases `preflight` finds it early enough.
 */
export async function hostRefusals(
  context: AppContext,
  { project, options, oneOff }: Undertaking,
): Promise<readonly TcomposeError[]> {
  const { engine } = context
  const services = [...project.services.values()]
  const comesFirst =
    project.providers !== undefined ||
    project.models !== undefined ||
    services.some(({ build }) => build !== undefined)
  if (!comesFirst || !services.some(asksOfHost)) return []
  const { project: provided } = await asProvided(context, project)
  const desired = desiredOf(provided, { ...options, oneOff })
  const observed = await engine.observe(project.name, wantedImages(desired))
  const made = upPlan(desired, observed, { project: provided, options, choice: imageChoice(options) })
  return (await forecastHost(engine, touchedServices(made, provided))).problems
}
