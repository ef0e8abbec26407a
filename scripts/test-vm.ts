import { runGate } from './gate/run-gate.ts'
import { vmStep } from './gate/vm-step.ts'

// Boots the emulated machine with the output of the last `npm run build`. Arguments are groups of checks in test/vm/guest/main.ts.
await runGate([[vmStep(...process.argv.slice(2))]])
