import { type Checked, hasErrors } from '../base/diagnostic.ts'
import { withoutConsequences } from './diagnostics/without-consequences.ts'
import { isTrueText } from './environment/is-true-text.ts'
import { loadComposeDocument } from './load-compose-document.ts'
import type { LoadPorts, LoadRequest } from './load-request.ts'
import { checkDefaultPlatform } from './project/default-platform.ts'
import { type LocatedProject, readProject } from './project/read-project.ts'
import { readSeccompProfiles } from './seccomp/read-seccomp-profiles.ts'
import { withBases } from './selection/base-services.ts'
import { checkSupported } from './supported/check-supported.ts'
import { checkSysctls } from './supported/check-sysctls.ts'

/**
 * Loads the project that `request` means, ready to run. All that is wrong is in the diagnostics, sorted by place;
 * there is a value only if none of them is an error. Throws nothing but what `ports` throw.
 */
export function loadProject(request: LoadRequest, ports: LoadPorts): Checked<LocatedProject> {
  const loaded = loadComposeDocument(request, ports)
  if (loaded.value === undefined) return { value: undefined, diagnostics: loaded.diagnostics }
  const { document, services, bases, variables, workingDir } = loaded.value
  const isAllowed = request.allowUnsupported ?? false
  const unsupported = checkSupported(withBases(document, bases), isAllowed)
  const severity = isAllowed ? 'warning' : 'error'
  const sysctls = checkSysctls(services, { named: request.services ?? [], severity })
  const places = { files: ports.files, workingDir, home: variables.get('HOME') }
  const profiles = readSeccompProfiles(services, places)
  const platform = checkDefaultPlatform(variables)
  const diagnostics = withoutConsequences([
    loaded.diagnostics,
    [...unsupported, ...sysctls, ...profiles.diagnostics, ...platform],
  ])
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics }
  const isCompatible = request.compatibility || isTrueText(variables.get('COMPOSE_COMPATIBILITY'))
  const project = readProject({ ...loaded.value, profiles: profiles.value ?? new Map(), isCompatible })
  return { value: project, diagnostics }
}
