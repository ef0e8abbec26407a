import type { ContainerId } from '../../../model/names.ts'
import type { Service } from '../../../model/service.ts'
import { limitLayer } from '../quota/layer-quota.ts'
import { quotaProblem } from '../quota/quota-problem.ts'
import { containerLayout } from '../state/layout.ts'
import type { ApplyContext } from './apply-context.ts'

/**
 * Limits the writable layer of a container, where its service says so. A file system may be mounted without quotas after
 * the container was made: then it is not started.
 *
 * @throws {TcomposeError} `missing-kernel-feature`.
 */
export function limitStorage(
  { roots, project }: Pick<ApplyContext, 'roots' | 'project'>,
  { id, config }: { readonly id: ContainerId; readonly config: Service },
): void {
  if (config.storageSize === undefined) return
  const problem = quotaProblem(config, containerLayout(roots, project, id).dataDir)
  if (problem !== undefined) throw problem
  limitLayer(roots, { project, id }, config.storageSize)
}
