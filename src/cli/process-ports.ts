import { readFileSync } from 'node:fs'
import type { CliPorts, Interrupts, TextOutput } from './cli-ports.ts'
import { VERSION } from './version.ts'

/** Returns the ports of this process, all but the application. */
export function processPorts(): Omit<CliPorts, 'loadApp' | 'readPackageFile'> {
  return {
    readSource,
    stdout: streamOutput(process.stdout),
    stderr: streamOutput(process.stderr),
    isInputTerminal: process.stdin.isTTY === true,
    environment: new Map(
      Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
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

function streamOutput(stream: NodeJS.WriteStream): TextOutput {
  // A reader that has gone, as in `tcompose logs | head`, ends the program without a word.
  stream.on('error', () => process.exit(0))
  return {
    write: text => {
      stream.write(text)
    },
    get isTerminal() {
      return stream.isTTY === true
    },
    get columns() {
      return stream.columns ?? 80
    },
    get rows() {
      return stream.rows ?? 24
    },
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
