import type { Engine } from '../engine/engine.ts'
import type { ProjectName } from '../model/names.ts'
import type { Plan } from '../planner/plan.ts'
import type { RunHooks } from './command-call.ts'

/** Tells `hooks` that the first step of `plan` is about to run, and starts following what they follow. */
export function beginRun(
  engine: Pick<Engine, 'follow'>,
  { name, plan }: { readonly name: ProjectName; readonly plan: Plan },
  { onPlan, follow }: RunHooks,
): void {
  onPlan(plan)
  if (follow === undefined) return
  const { onFollowed, ...options } = follow
  onFollowed(engine.follow(name, { ...options, tail: 0 }))
}
