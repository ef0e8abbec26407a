import type { Diagnostic } from '../base/diagnostic.ts'
import { servicePath } from '../base/model-path.ts'
import { originOf, type Project } from '../model/project.ts'
import type { Service } from '../model/service.ts'
import type { AppContext } from './app-context.ts'
import { callerOf } from './caller-of.ts'
import type { Loaded } from './find-project.ts'

type Caller = NonNullable<ReturnType<typeof callerOf>>

/**
 * Says who calls in services whose containers keep the ids of that user (`userns_mode: keep-id`), and lets them run as the user
 * unless they name another, as podman does.
 */
export function withKeptIds({ environment }: Pick<AppContext, 'environment'>, loaded: Loaded): Loaded {
  const { project } = loaded
  if (project === undefined) return loaded
  const keeping = [...project.services.values()].filter(({ userns }) => userns?.keep !== undefined)
  if (keeping.length === 0) return loaded
  const caller = callerOf(environment)
  if (caller === undefined || caller.uid === 0) {
    const diagnostics = keeping.map(service => unknownCaller(project, service))
    return { ...loaded, diagnostics: [...loaded.diagnostics, ...diagnostics] }
  }
  const services = [...project.services].map(([name, service]) => [name, keptIn(service, caller)] as const)
  return { ...loaded, project: { ...project, services: new Map(services) } }
}

function keptIn(service: Service, caller: Caller): Service {
  const { userns, user } = service
  if (userns?.keep === undefined) return service
  const { uid = caller.uid, gid = caller.gid } = userns.keep
  return { ...service, userns: { ...userns, keep: { uid, gid, caller } }, user: user ?? `${uid}:${gid}` }
}

function unknownCaller({ origins }: Project, { name }: Service): Diagnostic {
  const span = originOf(origins, servicePath(name, 'userns_mode'))
  return {
    severity: 'error',
    code: 'bad-value',
    message: `Cannot keep the ids of the calling user in service "${name}": tcompose was not called by sudo from another account than root`,
    ...(span === undefined ? {} : { span }),
    hint: 'Run it by sudo from the account that owns the files, or write "userns_mode: auto"',
  }
}
