import { runGate } from './gate/run-gate.ts'
import { vmStep } from './gate/vm-step.ts'

// Boots the emulated machine with the output of the last `npm run build`.
await runGate([[vmStep]])
