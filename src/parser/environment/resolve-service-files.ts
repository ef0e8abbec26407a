import type { Diagnostic } from '../../base/diagnostic.ts'
import type { MapNode } from '../document/node.ts'
import { resolveServiceEnvironment } from './resolve-service-environment.ts'
import { resolveServiceLabels } from './resolve-service-labels.ts'
import type { ServiceFileSources } from './service-file-sources.ts'

/** Folds the `env_file`s and `label_file`s of `services` into their `environment` and `labels`. */
export function resolveServiceFiles(
  services: ReadonlyMap<string, MapNode>,
  sources: ServiceFileSources,
): { readonly services: ReadonlyMap<string, MapNode>; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const resolved = new Map<string, MapNode>()
  for (const [name, service] of services) {
    const environment = resolveServiceEnvironment(service, sources)
    const labels = resolveServiceLabels(environment.service, sources)
    resolved.set(name, labels.service)
    diagnostics.push(...environment.diagnostics, ...labels.diagnostics)
  }
  return { services: resolved, diagnostics }
}
