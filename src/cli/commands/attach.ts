import type { App, LogLine, ObservedContainer } from '../../app/index.ts'
import type { Millis } from '../../base/millis.ts'
import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { logLines } from '../views/log-lines.ts'

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
}

/**
 * Shows logs until the last container ends. The first Ctrl-C stops the containers, the second kills them; both make
 * the exit code 130.
 */
export async function attach(context: CommandContext, attachment: Attachment): Promise<number> {
  const { ports, request } = context
  const app = await ports.loadApp()
  const services = await attachedServices(app, context, attachment)
  if (services.length === 0) return EXIT.done
  const { first } = ports.interrupts
  const result = await app.logs(request, {
    services,
    follow: true,
    tail: undefined,
    since: attachment.since,
    signal: first,
  })
  if (result.kind === 'invalid') return EXIT.badInput
  await writeLines(context, attachment, result)
  if (first.aborted) return stopAll(app, context, attachment)
  await reportEnds(app, context, services)
  return EXIT.done
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
  { ports: { stdout, stderr }, settings }: CommandContext,
  { values }: Attachment,
  { lines, names }: Lines,
): Promise<void> {
  const format = logLines(names, {
    isColored: values.color && settings.isOutputColored,
    hasPrefix: values.logPrefix,
    hasTimestamps: values.timestamps ?? false,
  })
  for await (const line of lines) (line.stream === 'stdout' ? stdout : stderr).write(format(line))
}

async function stopAll(app: App, context: CommandContext, { services, values }: Attachment): Promise<number> {
  const { stderr, interrupts } = context.ports
  stderr.write('Gracefully stopping... (press Ctrl+C again to force)\n')
  const killing: Promise<unknown>[] = []
  const kill = (): void => {
    killing.push(app.kill(context.request, { services, signal: 'SIGKILL' }))
  }
  if (interrupts.second.aborted) kill()
  else interrupts.second.addEventListener('abort', kill, { once: true })
  await runWithProgress(context, {
    title: 'stop',
    signal: new AbortController().signal,
    run: (_app, hooks) => app.stop(context.request, { services, timeout: values.timeout }, hooks),
  })
  await Promise.allSettled(killing)
  return EXIT.interrupted
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
    ? `${name} exited with code ${state.exitCode}\n`
    : ''
}
