import type { ContainerSpec } from '../../../model/container.ts'
import { containerNameOf, type ProjectName } from '../../../model/names.ts'

/**
 * Returns the names under which a container is found on a network besides its name, its service and its short id: those of
 * the file for this network, its host name, and the name that it would have without `container_name`.
 */
export function dnsAliases(
  { service, number, slug, config }: Pick<ContainerSpec, 'service' | 'number' | 'slug' | 'config'>,
  { project, declared }: { readonly project: ProjectName; readonly declared: readonly string[] },
): readonly string[] {
  const hostname = config.hostname === undefined ? [] : [config.hostname]
  const numbered =
    config.containerName === undefined ? [] : [containerNameOf(project, { service, number, slug })]
  return [...new Set([...declared, ...hostname, ...numbered])]
}
