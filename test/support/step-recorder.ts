import type { Engine } from '../../src/engine/engine.ts'
import type { ObservedState } from '../../src/model/observed-state.ts'

/** An engine that observes `observed`, and in `steps` what it was to carry out, e.g. `stop-container shop-web-1`. */
export function stepRecorder(observed: ObservedState): {
  readonly engine: Partial<Engine>
  readonly steps: readonly string[]
} {
  const steps: string[] = []
  const lock = { [Symbol.asyncDispose]: async () => {} }
  const engine: Partial<Engine> = {
    lock: async () => lock,
    lockPresent: async () => lock,
    observe: async () => observed,
    preflight: async () => [],
    execute: async plan => {
      for (const { action } of plan.steps)
        steps.push('name' in action ? `${action.kind} ${action.name}` : action.kind)
      return { outcomes: new Map() }
    },
  }
  return { engine, steps }
}
