import { hostStep } from './gate/host-step.ts'
import { quickSteps } from './gate/quick-steps.ts'
import { runGate } from './gate/run-gate.ts'

// The quick gate: format, lint, types, layers, schemas, unit tests.
const hostAsBefore = hostStep()
await runGate([...quickSteps, [hostAsBefore]])
