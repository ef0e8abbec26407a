import { constants, openSync, readFileSync, statSync } from 'node:fs'
import type { WriteStream } from 'node:tty'
import { callerEnvironment } from '../base/caller-environment.ts'
import type { CliPorts, StandardStreams } from './cli-ports.ts'
import { type DescriptorOutput, descriptorOutput, type OutputStream } from './descriptor-output.ts'
import { isTerminal } from './is-terminal.ts'
import { VERSION } from './version.ts'
import { PROCESS_SIGNALS, type SignalSource, watchInterrupts } from './watch-interrupts.ts'

/** The ports of a command, all but the application, its package and what is asked of its user. */
export interface ProcessPorts
  extends Omit<
    CliPorts,
    | 'call'
    | 'readPackageFile'
    | 'programPath'
    | 'openTerminal'
    | 'ask'
    | 'askSecret'
    | 'readInput'
    | 'callerUmask'
    | 'warm'
  > {
  readonly stdout: DescriptorOutput
  readonly stderr: DescriptorOutput
}

/** Returns the ports of this process. Nothing of its standard streams is set up before it is asked for. */
export function processPorts(): ProcessPorts {
  return portsOf({
    argv: process.argv.slice(2),
    environment: new Map(Object.entries(callerEnvironment(process.env))),
    signals: PROCESS_SIGNALS,
    streams: { stdin: 0, stdout: 1, stderr: 2 },
    stdout: descriptorOutput(1, pipe => (pipe === undefined ? process.stdout : pipeStream(pipe))),
    stderr: descriptorOutput(2, pipe => (pipe === undefined ? process.stderr : pipeStream(pipe))),
  })
}

/** A command that this process runs for another one. */
export interface RemoteCommand {
  readonly argv: readonly string[]
  readonly environment: ReadonlyMap<string, string>
  readonly streams: readonly [input: number, output: number, error: number]
  readonly signals: SignalSource & { onResize(listener: () => void): void }
  /** Returns another descriptor of the same open file, which the caller owns. */
  readonly duplicate: (descriptor: number) => number
}

/** Returns the ports of a command that another process has handed over. Its outputs are to be disposed of. */
export function remotePorts({ streams, duplicate, ...command }: RemoteCommand): ProcessPorts {
  const [input, output, error] = streams
  const open = (descriptor: number) => (pipe: number | undefined) => {
    if (pipe !== undefined) return pipeStream(pipe)
    return isTerminal(descriptor)
      ? remoteTerminal(descriptor, command.signals)
      : pipeStream(duplicate(descriptor))
  }
  return portsOf({
    ...command,
    streams: { stdin: input, stdout: output, stderr: error },
    stdout: descriptorOutput(output, open(output)),
    stderr: descriptorOutput(error, open(error)),
  })
}

interface PortSources extends Pick<RemoteCommand, 'argv' | 'environment'> {
  readonly signals: SignalSource
  readonly streams: StandardStreams
  readonly stdout: DescriptorOutput
  readonly stderr: DescriptorOutput
}

function portsOf({ argv, environment, signals, streams, stdout, stderr }: PortSources): ProcessPorts {
  return {
    readSource,
    stdout,
    stderr,
    get isInputTerminal() {
      return isTerminal(streams.stdin)
    },
    streams,
    environment,
    version: VERSION,
    argv,
    now: () => Date.now(),
    every: (intervalMs, tick) => {
      const timer = setInterval(tick, intervalMs)
      return () => clearInterval(timer)
    },
    interrupts: watchInterrupts(signals),
  }
}

function pipeStream(fd: number): OutputStream {
  const { Socket } = process.getBuiltinModule('node:net')
  return new Socket({ fd, readable: false, writable: true })
}

/**
 * Streams close their descriptor, so they get one of their own. A terminal is opened once more, and does not become the
 * controlling terminal of this process. Node asks for the size of one only at SIGWINCH of its own, and by this function.
 */
function remoteTerminal(descriptor: number, signals: RemoteCommand['signals']): OutputStream {
  const { WriteStream } = process.getBuiltinModule('node:tty')
  const stream = new WriteStream(
    openSync(`/proc/self/fd/${descriptor}`, constants.O_RDWR | constants.O_NOCTTY),
  )
  signals.onResize(() => (stream as WriteStreamWithSize)._refreshSize())
  return stream
}

interface WriteStreamWithSize extends WriteStream {
  _refreshSize(): void
}

/** A pipe cannot be read twice. */
function readSource(file: string): string | undefined {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined
  } catch {
    return undefined
  }
}
