import type { AppContext } from '../app-context.ts'
import type { ProjectRequest } from '../project-request.ts'

/** The one service of a project that has a transformation. */
export const TRANSFORMATION = 'transformation'

/** What docker compose uses where no transformation is named. */
export const DEFAULT_TRANSFORMATION = 'docker/compose-bridge-kubernetes'

/** A container of a transformation. */
export interface TransformationContainer {
  readonly image: string
  /** `uid[:gid]`. @default that of the image */
  readonly user?: string | undefined
  /** What it finds at /in/compose.yaml. @default nothing */
  readonly model?: string | undefined
  /** Absolute paths of folders, by their place in the container. */
  readonly folders: Readonly<Record<string, string>>
}

/** A project that no file declares: how to ask for it, and the context in which it is there. */
export interface TransformationProject {
  readonly context: AppContext
  readonly request: ProjectRequest
}

/** Returns a project of its own for `container`. */
export function transformationProject(
  context: AppContext,
  { image, user, model, folders }: TransformationContainer,
): TransformationProject {
  const name = `bridge-${Buffer.from(crypto.getRandomValues(new Uint8Array(6))).toString('hex')}`
  const mounts = Object.entries(folders).map(([target, source]) => ({
    ...{ type: 'bind', source, target, bind: { create_host_path: false } },
  }))
  const compose = {
    services: {
      [TRANSFORMATION]: {
        image,
        ...(user !== undefined && { user }),
        environment: { LICENSE_AGREEMENT: 'true' },
        volumes: mounts,
        ...(model !== undefined && { configs: [{ source: 'model', target: '/in/compose.yaml' }] }),
      },
    },
    ...(model !== undefined && { configs: { model: { content: model } } }),
  }
  const text = JSON.stringify(compose).replaceAll('$', '$$$$')
  const { files, environment } = context
  return {
    context: {
      ...context,
      memo: undefined,
      files: {
        ...files,
        readText: (path, origin) => (path === '-' ? { kind: 'text', text } : files.readText(path, origin)),
      },
      environment: new Map([...environment, ['COMPOSE_DISABLE_ENV_FILE', 'true'], ['COMPOSE_PROFILES', '']]),
    },
    request: {
      ...{ files: ['-'], projectName: name, projectDirectory: undefined, profiles: [], envFiles: [] },
      allowUnsupported: false,
    },
  }
}
