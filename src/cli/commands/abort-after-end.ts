import type { App, ObservedContainer } from '../../app/index.ts'
import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'

/** `--abort-on-container-exit` and its kin. */
export interface AbortMode {
  /** Only an end with another exit code than 0 counts. */
  readonly isFailureOnly: boolean
  /** The service whose exit code counts; undefined takes that of the container that ended first. */
  readonly exitCodeFrom: string | undefined
}

export interface AbortOptions {
  /** Empty is all. */
  readonly services: readonly string[]
  readonly mode: AbortMode
  readonly stop: () => Promise<boolean>
}

/** The watch over the containers of an attached run. */
export interface AbortRun {
  /** Ends the watch, waits until all is stopped, and returns the exit code; the logs must have ended. */
  finish(): Promise<number>
}

/** Calls `stop` once a container has ended as `mode` says. */
export function abortAfterEnd(
  app: App,
  context: CommandContext,
  { services, mode, stop }: AbortOptions,
): AbortRun {
  const { ports, request } = context
  const over = new AbortController()
  const stopped = (async (): Promise<ObservedContainer | undefined> => {
    const end = await app.firstEnd(request, {
      services,
      isFailureOnly: mode.isFailureOnly,
      signal: over.signal,
    })
    if (end.kind !== 'ended') return undefined
    ports.stderr.write('Aborting on container exit...\n')
    await stop()
    return end.container
  })()
  return {
    finish: async () => {
      const found = await app.containers(request)
      if (found.kind === 'invalid') return EXIT.badInput
      const own = found.containers.filter(one => services.length === 0 || services.includes(one.service))
      // Of containers that were removed meanwhile no end is told.
      if (own.length === 0) over.abort()
      const first = await stopped
      if (mode.exitCodeFrom === undefined) return exitCodeOf(first)
      return exitCodeOf(found.containers.find(({ service }) => service === mode.exitCodeFrom))
    },
  }
}

function exitCodeOf(container: ObservedContainer | undefined): number {
  if (container?.state.kind === 'orphaned') return EXIT.failed
  if (container?.state.kind !== 'exited') return EXIT.done
  return container.state.exitCode ?? EXIT.failed
}
