import type { AttachedContainer, AttachedIo } from '../../engine/engine.ts'
import type { AppContext } from '../app-context.ts'
import { callerOf } from '../caller-of.ts'
import type { RunHooks } from '../command-call.ts'
import { down } from '../down.ts'
import { run } from '../run.ts'
import type { RunResult } from '../run-plan.ts'
import { TRANSFORMATION, transformationProject } from './transformation-project.ts'

/** A transformation of a model. */
export interface Transformation {
  readonly image: string
  readonly model: string
  /** Absolute path of the folder that it writes to. */
  readonly output: string
  /** Absolute path of a folder with templates of its own. @default those of the image */
  readonly templates: string | undefined
  readonly io: AttachedIo
  /** Receives the container, for signals. */
  readonly onStarted: (container: AttachedContainer) => void
  readonly hooks: RunHooks
}

/** How a transformation ended. */
export type TransformationEnd =
  | { readonly kind: 'ended'; readonly exitCode: number }
  /** Its container did not come up. */
  | { readonly kind: 'not-started'; readonly result: RunResult }

/** Whoever runs containers is root. */
const ROOT = { uid: 0, gid: 0 }

/** Runs the image of a transformation as docker compose does, as the user who called; nothing of the container is left. */
export async function runTransformation(
  context: AppContext,
  { image, model, output, templates, io, onStarted, hooks }: Transformation,
): Promise<TransformationEnd> {
  const { uid, gid } = callerOf(context.environment) ?? ROOT
  const project = transformationProject(context, {
    image,
    user: `${uid}:${gid}`,
    model,
    folders: { '/out': output, ...(templates !== undefined && { '/templates': templates }) },
  })
  const { request } = project
  try {
    const started = await run(project.context, {
      request,
      options: {
        ...{ service: TRANSFORMATION, command: undefined, environment: [], environmentFiles: [], labels: [] },
        ...{ capAdd: [], capDrop: [], volumes: [], publish: [], servicePorts: false, useAliases: false },
        ...{ remove: true, removeOrphans: false, noDeps: true, tty: false, stdinOpen: false, io },
        ...{ user: undefined, workingDir: undefined, pull: undefined, build: undefined },
      },
      hooks,
    })
    if (started.kind === 'not-started') return started
    const { container, finish } = started.run
    if (container === undefined) return { kind: 'ended', exitCode: 0 }
    using _container = container
    onStarted(container)
    const exitCode = await container.join()
    await finish()
    return { kind: 'ended', exitCode }
  } finally {
    const options = { services: [], removeOrphans: true, volumes: true, timeout: undefined }
    const quiet = { ...hooks, signal: new AbortController().signal, onPlan: () => {}, onEvent: () => {} }
    if (!hooks.isDryRun) await down(context, { request: { ...request, files: [] }, options, hooks: quiet })
  }
}
