import { readFileSync } from 'node:fs'
import { callerEnvironment } from '../base/caller-environment.ts'
import type { CliPorts, Interrupts } from './cli-ports.ts'
import { type DescriptorOutput, descriptorOutput } from './descriptor-output.ts'
import { isTerminal } from './is-terminal.ts'
import { VERSION } from './version.ts'

/** The ports of a process, all but the application and its package. */
export interface ProcessPorts
  extends Omit<CliPorts, 'loadApp' | 'readPackageFile' | 'ask' | 'askSecret' | 'readInput' | 'callerUmask'> {
  readonly stdout: DescriptorOutput
  readonly stderr: DescriptorOutput
}

/** Returns the ports of this process. Nothing of its standard streams is set up before it is asked for. */
export function processPorts(): ProcessPorts {
  return {
    readSource,
    stdout: descriptorOutput(1, () => process.stdout),
    stderr: descriptorOutput(2, () => process.stderr),
    get isInputTerminal() {
      return isTerminal(0)
    },
    environment: new Map(Object.entries(callerEnvironment(process.env))),
    version: VERSION,
    argv: process.argv.slice(2),
    now: () => Date.now(),
    every: (intervalMs, tick) => {
      const timer = setInterval(tick, intervalMs)
      return () => clearInterval(timer)
    },
    interrupts: watchInterrupts(),
  }
}

/** SIGINT and SIGTERM count alike; the third ends the process where it stands. */
function watchInterrupts(): Interrupts {
  const first = new AbortController()
  const second = new AbortController()
  const onSignal = (): void => {
    if (second.signal.aborted) process.exit(130)
    if (first.signal.aborted) second.abort()
    else first.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return { first: first.signal, second: second.signal }
}

/** Standard input cannot be read twice. */
function readSource(file: string): string | undefined {
  if (file === '-') return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
