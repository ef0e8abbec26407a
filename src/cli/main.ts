import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { AppContext, Terminal } from '../app/index.ts'
import type { WarmCommand } from '../warm/serve.ts'
import type { CliPorts, WarmProcess } from './cli-ports.ts'
import { EXIT } from './exit-codes.ts'
import { flushed } from './flushed.ts'
import { type ProcessPorts, processPorts, remotePorts } from './process-ports.ts'
import { reportOutputFailure } from './report-output-failure.ts'
import { runCli } from './run-cli.ts'
import { isServed } from './served-commands.ts'
import { safeMessage } from './views/safe-text.ts'
import { warmProcess } from './warm-process.ts'

/** Runs the command line of this process. The exit waits for what was written, and for nothing else. */
async function main(): Promise<void> {
  // Containers see many of the files that are made, so their modes must not depend on who runs this.
  const callerUmask = process.umask(0o022)
  const ports = processPorts()
  const openTerminal = (): Terminal => ({ input: process.stdin, output: process.stdout })
  const askSecret = async (question: string): Promise<string> => {
    const { askSecret } = await import('./ask-secret.ts')
    return askSecret(question, process.stdin, ports.stderr)
  }
  const own = { ...ports, callerUmask, openTerminal, ask, askSecret, readInput }
  const warm = warmOf(ports)
  const exitCode = await runPorts(own, warm)
  const isAtTerminal = ports.isInputTerminal && ports.stdout.isTerminal
  if (isServed({ ...ports, isAtTerminal })) await warm.startIfWanted(isAtTerminal)
  process.exit(exitCode)
}

function warmOf({ environment }: Pick<CliPorts, 'environment'>): WarmProcess {
  return warmProcess({ programsFolder: programsFolder(), environment, run: runRemote })
}

type OwnPorts = Omit<CliPorts, 'call' | 'readPackageFile' | 'programPath' | 'warm'> &
  Pick<ProcessPorts, 'stdout' | 'stderr'>

/** Runs a command in the folder that this process is in, and returns its exit code when all that it wrote is taken. */
async function runPorts(ports: OwnPorts, warm: WarmProcess): Promise<number> {
  let context: Promise<AppContext> | undefined
  let opened: AppContext | undefined
  const exitCode = await runCli({
    ...ports,
    call: async (useCase, ...given) => {
      context ??= openContext(ports)
      opened = await context
      return useCase(opened, ...given)
    },
    readSource: file => ports.readSource(opened?.remotes.placeOf(file) ?? file),
    readPackageFile,
    programPath: join(programsFolder(), '../bin/tcompose'),
    warm,
  }).catch(error => reportBug(error, ports))
  const isTaken = await flushed(ports.stdout, ports.interrupts)
  const code = isTaken ? reportOutputFailure(exitCode, ports) : exitCode || ports.interrupts.exitCode
  await flushed(ports.stderr, ports.interrupts)
  return code
}

/** Runs a command for another process. It reads nothing and asks nothing, so it has no ports for that. */
async function runRemote({ umask, ...command }: WarmCommand): Promise<number> {
  const ports = remotePorts(command)
  const { absent } = await import('./absent-input.ts')
  try {
    return await runPorts({ ...ports, ...absent, callerUmask: umask }, warmOf(ports))
  } finally {
    ports.stdout.dispose()
    ports.stderr.dispose()
  }
}

async function openContext({
  environment,
  interrupts,
}: Pick<CliPorts, 'environment' | 'interrupts'>): Promise<AppContext> {
  const { localContext } = await import('../local/local-context.ts')
  return localContext({
    environment,
    workingDirectory: process.cwd(),
    programsFolder: programsFolder(),
    interruptibly: interrupts.interruptibly,
    signal: () => interrupts.first,
    build: isBuilt() ? basename(import.meta.filename) : undefined,
  })
}

/** The bundle is among the built programs, and is named by its content; from source they are in `dist`. */
function programsFolder(): string {
  const folder = import.meta.dirname
  return isBuilt() ? folder : join(folder, '../../dist')
}

function isBuilt(): boolean {
  return basename(import.meta.dirname) !== 'cli'
}

async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  const ended = new Promise<string>(resolve => reader.once('close', () => resolve('')))
  // Without a listener Ctrl-C would end the input like Ctrl-D: an answer, and no interrupt.
  reader.once('SIGINT', () => {
    process.stderr.write('\n')
    process.once('SIGINT', () => reader.close())
    process.kill(process.pid, 'SIGINT')
  })
  try {
    return await Promise.race([reader.question(question), ended])
  } finally {
    reader.close()
  }
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

/** The programs lie in a folder of the package. */
function readPackageFile(path: string): string {
  return readFileSync(join(programsFolder(), '..', path), 'utf8')
}

function reportBug(
  error: unknown,
  { stderr, environment }: Pick<CliPorts, 'stderr' | 'environment'>,
): number {
  const isDebug = environment.has('TCOMPOSE_DEBUG')
  const text = error instanceof Error ? (isDebug ? error.stack : error.message) : String(error)
  stderr.write(`error: internal error: ${safeMessage(text ?? '')}\n`)
  if (!isDebug) stderr.write('   = hint: Set TCOMPOSE_DEBUG=1 for a stack trace, and please report it\n')
  return EXIT.failed
}

void main()
