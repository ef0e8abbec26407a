import { type Checked, hasErrors } from '../base/diagnostic.ts'
import { withoutConsequences } from './diagnostics/without-consequences.ts'
import { draftProject } from './draft-project.ts'
import { isTrueText } from './environment/is-true-text.ts'
import { type ComposeDocument, readComposeDocument } from './load-compose-document.ts'
import type { LoadPorts, LoadRequest } from './load-request.ts'
import { checkDefaultPlatform } from './project/default-platform.ts'
import { type LocatedProject, readProject } from './project/read-project.ts'
import { readSeccompProfiles, type SeccompProfiles } from './seccomp/read-seccomp-profiles.ts'
import { withBases } from './selection/base-services.ts'
import { checkSupported } from './supported/check-supported.ts'
import { checkSysctls } from './supported/check-sysctls.ts'

/** A project, or what is wrong with it. */
export interface LoadedProject extends Checked<LocatedProject> {
  /**
   * Returns what the project is like without its mistakes, to look for further ones that only the host knows; undefined if
   * too little is left. It must not be run.
   */
  readonly draft?: () => LocatedProject | undefined
}

/**
 * Loads the project that `request` means, ready to run. All that is wrong is in the diagnostics, sorted by place;
 * there is a value only if none of them is an error. Throws nothing but what `ports` throw.
 */
export function loadProject(request: LoadRequest, ports: LoadPorts): LoadedProject {
  const { value: document, diagnostics: early } = readComposeDocument(request, ports)
  if (document === undefined) return { value: undefined, diagnostics: early }
  const isCompatible = request.compatibility || isTrueText(document.variables.get('COMPOSE_COMPATIBILITY'))
  const check = (checked: ComposeDocument) => checkToRun(checked, request, ports)
  const { value: profiles = new Map(), diagnostics: late } = check(document)
  const diagnostics = withoutConsequences([early, late])
  return hasErrors(diagnostics)
    ? { value: undefined, diagnostics, draft: () => draftProject(document, { diagnostics, check }) }
    : { value: readProject({ ...document, profiles, isCompatible }), diagnostics }
}

/** Checks what a project needs to be run by this version on this machine, and returns what is read for it. */
function checkToRun(
  { document, services, bases, variables, workingDir }: ComposeDocument,
  request: LoadRequest,
  { files }: LoadPorts,
): Checked<SeccompProfiles> {
  const isAllowed = request.allowUnsupported ?? false
  const severity = isAllowed ? 'warning' : 'error'
  const profiles = readSeccompProfiles(services, { files, workingDir, home: variables.get('HOME') })
  return {
    value: profiles.value,
    diagnostics: [
      ...checkSupported(withBases(document, bases), isAllowed),
      ...checkSysctls(services, { named: request.services ?? [], severity }),
      ...profiles.diagnostics,
      ...checkDefaultPlatform(variables),
    ],
  }
}
