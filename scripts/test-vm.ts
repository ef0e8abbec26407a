import { runGate } from './gate/run-gate.ts'
import { vmStep } from './gate/vm-step.ts'

// Boots the emulated machine with what `npm run build` made last.
await runGate([[vmStep]])
