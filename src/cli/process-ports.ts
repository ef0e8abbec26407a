import { readFileSync, statSync } from 'node:fs'
import { callerEnvironment } from '../base/caller-environment.ts'
import type { CliPorts } from './cli-ports.ts'
import { type DescriptorOutput, descriptorOutput, type OutputStream } from './descriptor-output.ts'
import { isTerminal } from './is-terminal.ts'
import { VERSION } from './version.ts'
import { watchInterrupts } from './watch-interrupts.ts'

/** The ports of a process, all but the application and its package. */
export interface ProcessPorts
  extends Omit<CliPorts, 'call' | 'readPackageFile' | 'ask' | 'askSecret' | 'readInput' | 'callerUmask'> {
  readonly stdout: DescriptorOutput
  readonly stderr: DescriptorOutput
}

/** Returns the ports of this process. Nothing of its standard streams is set up before it is asked for. */
export function processPorts(): ProcessPorts {
  return {
    readSource,
    stdout: descriptorOutput(1, pipe => (pipe === undefined ? process.stdout : pipeStream(pipe))),
    stderr: descriptorOutput(2, pipe => (pipe === undefined ? process.stderr : pipeStream(pipe))),
    get isInputTerminal() {
      return isTerminal(0)
    },
    openTerminal: () => ({ input: process.stdin, output: process.stdout }),
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

function pipeStream(fd: number): OutputStream {
  const { Socket } = process.getBuiltinModule('node:net')
  return new Socket({ fd, readable: false, writable: true })
}

/** A pipe cannot be read twice. */
function readSource(file: string): string | undefined {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined
  } catch {
    return undefined
  }
}
