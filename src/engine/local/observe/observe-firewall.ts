import type { ProjectName } from '../../../model/names.ts'
import type { ObservedFirewall } from '../../../model/observed-state.ts'
import { firewallRequest, recordedFirewall } from '../network/firewall-request.ts'
import { inspectFirewall } from '../network/inspect-firewall.ts'
import { projectLayout, type Roots } from '../state/layout.ts'
import { readProjectRecord } from '../state/project-record.ts'

/**
 * Compares the firewall in the kernel with what the records of `project` ask for. One that needs none is intact.
 *
 * @throws {SystemCallError} If the kernel has no nf_tables or permission is missing.
 */
export function observeFirewall(roots: Roots, project: ProjectName): ObservedFirewall {
  const store = { record: readProjectRecord(projectLayout(roots, project).record, project) }
  const request = firewallRequest(recordedFirewall(roots, project, store))
  return request === undefined ? 'intact' : inspectFirewall(request)
}
