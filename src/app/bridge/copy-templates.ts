import { TcomposeError } from '../../base/tcompose-error.ts'
import type { AppContext } from '../app-context.ts'
import type { RunHooks } from '../command-call.ts'
import { copy } from '../copy.ts'
import { down } from '../down.ts'
import type { RunResult } from '../run-plan.ts'
import { up } from '../up.ts'
import { PLAIN_UP } from '../up-plan.ts'
import { TRANSFORMATION, transformationProject } from './transformation-project.ts'

/** Which templates to copy, and where to. */
export interface TemplatesCopy {
  readonly image: string
  /** Absolute path of a folder that exists: `templates` is made in it. */
  readonly folder: string
  readonly hooks: RunHooks
}

/**
 * Copies `/templates` out of the image of a transformation; returns how its container did not come up, if that is so.
 *
 * @throws {TcomposeError} `transformation` if the image has none.
 */
export async function copyTemplates(
  context: AppContext,
  { image, folder, hooks }: TemplatesCopy,
): Promise<RunResult | undefined> {
  const project = transformationProject(context, { image, folders: {} })
  const request = { ...project.request, files: [] }
  try {
    const result = await up(project.context, {
      request: project.request,
      options: { ...PLAIN_UP, noDeps: true, noStart: true },
      hooks,
    })
    const isDone =
      result.kind === 'ran' && [...result.report.outcomes.values()].every(({ kind }) => kind === 'done')
    if (!isDone) return result
    await copy(context, request, {
      service: TRANSFORMATION,
      index: undefined,
      copy: {
        from: { kind: 'container', path: '/templates' },
        to: { kind: 'host', path: `${folder}/` },
        ...{ followsLink: false, keepsOwner: false, signal: hooks.signal },
      },
      lock: hooks,
      onCopied: () => {},
    })
    return undefined
  } catch (error) {
    if (!(error instanceof TcomposeError) || error.code !== 'copy') throw error
    throw new TcomposeError('transformation', `Cannot copy the templates of "${image}": ${error.message}`, {
      hint: 'Name an image that has a folder /templates with --from',
      cause: error,
    })
  } finally {
    const options = { services: [], removeOrphans: true, volumes: true, timeout: undefined }
    const quiet = { ...hooks, signal: new AbortController().signal, onPlan: () => {}, onEvent: () => {} }
    await down(context, { request, options, hooks: quiet })
  }
}
