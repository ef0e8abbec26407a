import type { App } from './app.ts'
import type { AppContext } from './app-context.ts'
import { checkFile } from './check-file.ts'
import { findContainers } from './containers.ts'
import { down } from './down.ts'
import { exec } from './exec.ts'
import { loadRequested } from './find-project.ts'
import { kill } from './kill.ts'
import { listProcesses } from './list-processes.ts'
import { listProjects } from './list-projects.ts'
import { logs } from './logs.ts'
import { pull } from './pull.ts'
import { push } from './push.ts'
import { remove } from './remove.ts'
import { rootedImages } from './rooted-images.ts'
import { restart, start, stop } from './service-commands.ts'
import { plan, up } from './up.ts'

/** Returns the use cases over one engine. */
export function createApp(context: AppContext): App {
  return {
    loadProject: (request, services) => loadRequested(context, request, services),
    config: async (request, view) => {
      if (view.kind === 'check') return checkFile(context, request)
      // The only use case that works with the parser itself, which is loaded when it is needed.
      const { renderConfig } = await import('./render-config.ts')
      return renderConfig(context, request, view)
    },
    up: (request, options, hooks) => up(context, { request, options, hooks }),
    plan: (request, options) => plan(context, request, options),
    down: (request, options, hooks) => down(context, { request, options, hooks }),
    pull: (request, options, hooks) => pull(context, { request, options, hooks }),
    push: (request, options, hooks) => push(context, { request, options, hooks }),
    start: (request, options, hooks) => start(context, { request, options, hooks }),
    stop: (request, options, hooks) => stop(context, { request, options, hooks }),
    restart: (request, options, hooks) => restart(context, { request, options, hooks }),
    containers: request => findContainers(context, request),
    logs: (request, options) => logs(context, request, options),
    exec: (request, options) => exec(context, request, options),
    kill: (request, options) => kill(context, request, options),
    remove: (request, options, hooks) => remove(context, { request, options, hooks }),
    processes: (request, options) => listProcesses(context, request, options),
    images: rootedImages(context),
    exportImages: async (request, options) => {
      const { exportImages } = await import('./export-images.ts')
      return exportImages(context, request, options)
    },
    projects: () => listProjects(context),
    explainValues: async (request, path) => {
      const { explainValues } = await import('./explain.ts')
      return explainValues(context, request, path)
    },
    explainVariable: async (request, name) => {
      const { explainVariable } = await import('./explain.ts')
      return explainVariable(context, request, name)
    },
    login: async request => {
      const { login } = await import('./registry-accounts.ts')
      return login(context, request)
    },
    logout: async server => {
      const { logout } = await import('./registry-accounts.ts')
      return logout(context, server)
    },
    doctor: options => context.engine.examine(options),
  }
}
