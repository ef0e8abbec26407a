import type { ObservedContainer, ObservedState } from '../model/observed-state.ts'
import { compareText } from './canonical-json.ts'
import type { DesiredState } from './desired-state.ts'
import type { Plan } from './plan.ts'
import { compareContainers } from './stops.ts'
import { type Decisions, decide } from './up/decide.ts'
import { forbiddenImages } from './up/forbidden-images.ts'
import type { UpOptions } from './up/up-options.ts'
import { UpSteps } from './up/up-steps.ts'

/**
 * Plans what makes `observed` into `desired`. Everything is created first; then, service by service in dependency
 * order, the old containers are stopped and removed and the new ones started, so that what works goes on working as
 * long as it can. A volume that exists is never removed.
 */
export function planUp(desired: DesiredState, observed: ObservedState, options: UpOptions = {}): Plan {
  const sorted = { ...observed, containers: observed.containers.toSorted(compareContainers) }
  const decisions = decide(desired, sorted, options)
  const steps = new UpSteps({ desired, observed: sorted, options, decisions })
  const untouched = unchanged(decisions)
  const ended = untouched.filter(({ state }) => state.kind === 'exited')
  return {
    project: desired.project,
    steps: steps.layOut(),
    warnings: [...decisions.warnings, ...forbiddenImages(decisions.services, sorted, options)],
    unchanged: untouched.map(({ name }) => name),
    ...(ended.length > 0 && { ended: ended.map(({ name }) => name) }),
  }
}

function unchanged({ services }: Decisions): readonly ObservedContainer[] {
  return services
    .flatMap(({ replicas }) => replicas)
    .flatMap(({ verdict }) => (verdict.kind === 'keep' ? [verdict.container] : []))
    .sort((a, b) => compareText(a.name, b.name))
}
