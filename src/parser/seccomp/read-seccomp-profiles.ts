import type { AbsolutePath } from '../../base/absolute-path.ts'
import type { Checked, Diagnostic } from '../../base/diagnostic.ts'
import type { SeccompProfileFile } from '../../model/seccomp-profile.ts'
import { itemsOf, type MapNode, type Node, stringOf } from '../document/node.ts'
import type { FileSource } from '../load-request.ts'
import { displayPath, resolvePath } from '../locate/resolve-path.ts'
import { errorAt, valueAt } from '../rules/rule-context.ts'
import { parseSeccompProfile } from './parse-seccomp-profile.ts'
import { splitSecurityOption } from './split-security-option.ts'

/** Where profiles are looked for. */
export interface ProfilePlaces {
  readonly files: FileSource
  readonly workingDir: AbsolutePath
  readonly home: string | undefined
}

/** The profiles that services name in `security_opt`, by the path as the file has it. */
export type SeccompProfiles = ReadonlyMap<string, SeccompProfileFile>

/** Reads the seccomp profiles of `services`. A file that cannot be used is one error at each service that names it. */
export function readSeccompProfiles(
  services: ReadonlyMap<string, MapNode>,
  places: ProfilePlaces,
): Checked<SeccompProfiles> {
  const profiles = new Map<string, SeccompProfileFile>()
  const diagnostics: Diagnostic[] = []
  for (const service of services.values()) {
    for (const option of itemsOf(valueAt(service, 'security_opt'))) {
      const path = seccompPath(stringOf(option))
      if (path === undefined || profiles.has(path)) continue
      try {
        profiles.set(path, readProfile(path, places))
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        diagnostics.push(unusable(option, path, error))
      }
    }
  }
  return { value: profiles, diagnostics }
}

/** Returns the path of the profile that an option names; undefined for one that names none. */
export function seccompPath(option: string | undefined): string | undefined {
  const { name, value } = splitSecurityOption(option ?? '')
  return name !== 'seccomp' || value === undefined || ['', 'unconfined', 'builtin'].includes(value)
    ? undefined
    : value
}

function readProfile(path: string, { files, workingDir, home }: ProfilePlaces): SeccompProfileFile {
  const absolute = resolvePath(workingDir, path, home)
  const found = files.readText(absolute)
  const shown = displayPath(workingDir, absolute)
  if (found.kind === 'missing') throw new SyntaxError(`there is no file "${shown}"`)
  if (found.kind === 'unreadable') throw new SyntaxError(found.reason)
  return parseSeccompProfile(found.text)
}

function unusable(option: Node, path: string, { message: reason }: SyntaxError): Diagnostic {
  const message = `Cannot use seccomp profile "${path}": ${reason}`
  const hint = 'Name a profile in Docker\'s JSON format, or write "seccomp=unconfined"'
  return errorAt(option, 'bad-value', { message, hint })
}
