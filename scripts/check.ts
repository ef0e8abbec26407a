import { quickSteps } from './gate/quick-steps.ts'
import { runGate } from './gate/run-gate.ts'

// The quick gate: format, lint, types, layers, schemas, unit tests.
await runGate(quickSteps)
