import { parseArgs } from 'node:util'
import { DEFAULT_MINUTES } from '../test/siege/play-scenario.ts'
import { SCENARIOS } from '../test/siege/scenarios.ts'
import { runGate } from './gate/run-gate.ts'
import { siegeStep } from './gate/siege-step.ts'

const USAGE = `Usage: npm run test:siege -- [options]

  --rounds <n>    Rounds of each scenario (default: all of them)
  --seed <n>      Seed of the first round; each further round adds one (default: 1)
  --only <name>   A scenario; repeat for more
  --short         As few rounds as npm test plays
  --minutes <n>   How long a day takes (default: ${DEFAULT_MINUTES})

Scenarios:
${SCENARIOS.map(({ name, promise, isOptIn }) => `  ${name.padEnd(20)}${promise}${isOptIn ? ' (only with --only)' : ''}`).join('\n')}`

// Compresses hours of use, kills, full disks and damaged records into minutes.
const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
    minutes: { type: 'string', default: String(DEFAULT_MINUTES) },
    short: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(USAGE)
else await siege()

async function siege(): Promise<void> {
  const { only, short } = values
  const unknown = only?.find(name => !SCENARIOS.some(scenario => scenario.name === name))
  if (unknown !== undefined)
    throw new Error(`Cannot play scenario "${unknown}": there is none of that name\n${USAGE}`)
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort())
  const extent = {
    signal: interrupted.signal,
    seed: wholeNumber('seed', values.seed),
    minutes: wholeNumber('minutes', values.minutes),
    rounds: short ? 'short' : values.rounds === undefined ? 'full' : wholeNumber('rounds', values.rounds),
  } as const
  const chosen = SCENARIOS.filter(({ name, isOptIn }) => only?.includes(name) ?? isOptIn !== true)
  await runGate(chosen.map(scenario => [siegeStep(scenario, extent)]))
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`Cannot use --${option} ${text}: not a whole number`)
  return Number(text)
}
