import type { App, LogLine, ObservedContainer, ServiceOptions } from '../../app/index.ts'
import type { Millis } from '../../base/millis.ts'
import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { logLines } from '../views/log-lines.ts'
import { safeLine } from '../views/safe-text.ts'
import { writeLogLines } from '../write-log-lines.ts'
import { type AbortMode, type AbortRun, abortAfterEnd } from './abort-after-end.ts'

/** The options of `up` that say what its logs look like. */
export interface AttachValues {
  readonly color: boolean
  readonly logPrefix: boolean
  readonly timestamps?: boolean
  /** Services that `--no-attach` names. */
  readonly attach?: boolean | readonly string[]
  readonly timeout?: Millis
}

export interface Attachment {
  /** Services as the user named them; empty is all. */
  readonly services: readonly string[]
  readonly values: AttachValues
  /** RFC 3339: when the run began, so that nothing that was said meanwhile is lost. */
  readonly since: string
  /** Undefined goes on until the last container has ended. */
  readonly abort?: AbortMode | undefined
}

/**
 * Shows logs until the last container ends. The first Ctrl-C stops the containers, the second kills them; both make
 * the exit code that of an interrupt.
 */
export async function attach(context: CommandContext, attachment: Attachment): Promise<number> {
  const { ports, request } = context
  ports.interrupts.hold()
  const app = await ports.loadApp()
  const services = await attachedServices(app, context, attachment)
  if (services.length === 0) return EXIT.done
  const silence = new AbortController()
  const stopped = stopAfterInterrupt(app, context, attachment)
  // What containers say while they stop is shown too: the stream ends with the last of them.
  void stopped.then(isStopped => isStopped || silence.abort())
  const ended = attachment.abort === undefined ? undefined : stopAfterEnd(app, context, attachment)
  const result = await app.logs(request, {
    services,
    follow: true,
    tail: undefined,
    since: attachment.since,
    signal: silence.signal,
  })
  if (result.kind === 'invalid') return EXIT.badInput
  await writeLines(context, attachment, result)
  if (ports.interrupts.first.aborted) {
    await stopped
    return ports.interrupts.exitCode
  }
  // As for docker compose, whose process dies of SIGPIPE: containers outlive the reader of their logs.
  if (ports.stdout.failure !== undefined) return EXIT.failed
  const code = await ended?.finish()
  await reportEnds(app, context, services)
  return code ?? EXIT.done
}

/** Stops all containers once one has ended as the user asked. */
function stopAfterEnd(app: App, context: CommandContext, attachment: Attachment): AbortRun {
  const { services, abort, values } = attachment
  return abortAfterEnd(app, context, {
    services,
    mode: abort ?? { isFailureOnly: false, exitCodeFrom: undefined },
    stop: () => stopContainers(app, context, { services, timeout: values.timeout }),
  })
}

async function attachedServices(
  app: App,
  { request }: CommandContext,
  { services, values }: Attachment,
): Promise<readonly string[]> {
  const { project } = await app.loadProject(request)
  const hidden = new Set(Array.isArray(values.attach) ? values.attach : [])
  const named = services.length > 0 ? services : [...(project?.services.keys() ?? [])]
  return named.filter(name => !hidden.has(name) && project?.services.get(name)?.attach !== false)
}

interface Lines {
  readonly lines: AsyncIterable<LogLine>
  readonly names: readonly string[]
}

async function writeLines(
  { ports, settings }: CommandContext,
  { values }: Attachment,
  { lines, names }: Lines,
): Promise<void> {
  const format = logLines(names, {
    isColored: values.color && settings.isOutputColored,
    hasPrefix: values.logPrefix,
    hasTimestamps: values.timestamps ?? false,
  })
  await writeLogLines(ports, lines, { format })
}

/** Waits for the first Ctrl-C, then stops the containers; returns whether that worked. */
async function stopAfterInterrupt(
  app: App,
  context: CommandContext,
  { services, values }: Attachment,
): Promise<boolean> {
  const { stderr, interrupts } = context.ports
  await aborted(interrupts.first)
  stderr.write('Gracefully stopping... (press Ctrl+C again to force)\n')
  void aborted(interrupts.second).then(() => app.kill(context.request, { services, signal: 'SIGKILL' }))
  return stopContainers(app, context, { services, timeout: values.timeout })
}

/** Returns whether that worked. */
async function stopContainers(app: App, context: CommandContext, options: ServiceOptions): Promise<boolean> {
  const code = await runWithProgress(withoutRedraw(context), {
    title: 'stop',
    signal: new AbortController().signal,
    run: (_app, hooks) => app.stop(context.request, options, hooks),
  })
  return code === EXIT.done
}

/** Logs go on meanwhile, and a picture that is drawn again would paint over them. */
function withoutRedraw(context: CommandContext): CommandContext {
  const { settings } = context
  return settings.progress === 'tty' ? { ...context, settings: { ...settings, progress: 'plain' } } : context
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function reportEnds(
  app: App,
  { request, ports }: CommandContext,
  services: readonly string[],
): Promise<void> {
  const found = await app.containers(request)
  if (found.kind === 'invalid') return
  for (const container of found.containers) {
    if (services.includes(container.service)) ports.stderr.write(endText(container))
  }
}

function endText({ name, state }: ObservedContainer): string {
  return state.kind === 'exited' && state.exitCode !== undefined
    ? `${safeLine(name)} exited with code ${state.exitCode}\n`
    : ''
}
