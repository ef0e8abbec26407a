import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { AppContext } from '../app/index.ts'
import type { CliPorts } from './cli-ports.ts'
import { EXIT } from './exit-codes.ts'
import { flushed } from './flushed.ts'
import { type ProcessPorts, processPorts } from './process-ports.ts'
import { reportOutputFailure } from './report-output-failure.ts'
import { runCli } from './run-cli.ts'
import { safeMessage } from './views/safe-text.ts'

/** Runs the command line of this process. The exit waits for what was written, and for nothing else. */
async function main(): Promise<void> {
  // Containers see many of the files that are made, so their modes must not depend on who runs this.
  const callerUmask = process.umask(0o022)
  const ports = processPorts()
  let context: Promise<AppContext> | undefined
  const exitCode = await runCli({
    ...ports,
    callerUmask,
    call: async (useCase, ...given) => {
      context ??= openContext(ports)
      return useCase(await context, ...given)
    },
    readPackageFile,
    ask,
    askSecret: async question => {
      const { askSecret } = await import('./ask-secret.ts')
      return askSecret(question, process.stdin, ports.stderr)
    },
    readInput,
  }).catch(error => reportBug(error, ports))
  const isTaken = await flushed(ports.stdout, ports.interrupts)
  const code = isTaken ? reportOutputFailure(exitCode, ports) : exitCode || ports.interrupts.exitCode
  await flushed(ports.stderr, ports.interrupts)
  process.exit(code)
}

async function openContext({ environment, interrupts }: ProcessPorts): Promise<AppContext> {
  const { localContext } = await import('../local/local-context.ts')
  return localContext({
    environment,
    workingDirectory: process.cwd(),
    programsFolder: programsFolder(),
    interruptibly: interrupts.interruptibly,
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
