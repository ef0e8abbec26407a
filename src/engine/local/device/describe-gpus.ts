import { stringify } from 'yaml'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { CdiSpec } from '../../../oci/cdi/cdi-spec.ts'
import { parseCdiSpec } from '../../../oci/cdi/parse-cdi-spec.ts'
import type { DescribedKind, DescribeOptions } from '../../device-inspector.ts'
import { findAllGpus } from './gpu/find-gpus.ts'
import { VENDOR_NAMES } from './gpu/gpu-finding.ts'

/**
 * Returns the specifications that are made for what the system at `root` has; each was read again.
 *
 * @throws {TcomposeError} `gpu-not-found` if there is nothing, or what there is cannot be used.
 */
export function describeGpus(root: string, { vendor, format }: DescribeOptions): readonly DescribedKind[] {
  const findings = findAllGpus(root).filter(finding => vendor === undefined || finding.vendor === vendor)
  const described = findings
    .flatMap(finding => (finding.kind === 'found' ? finding.specs : []))
    .map(spec => ({ kind: spec.kind, text: textOf(spec, format) }))
  for (const { text } of described) parseCdiSpec(text, format)
  if (described.length > 0) return described
  const broken = findings.find(finding => finding.kind === 'broken')
  if (broken?.kind === 'broken')
    throw new TcomposeError(
      'gpu-not-found',
      `Cannot describe GPUs of ${VENDOR_NAMES[broken.vendor]}: ${broken.reason}`,
      { hint: broken.remedy, notes: [`Missing link: ${broken.link}`] },
    )
  const whose = vendor === undefined ? '' : ` of ${VENDOR_NAMES[vendor]}`
  throw new TcomposeError('gpu-not-found', `Cannot describe GPUs${whose}: this machine has none`)
}

function textOf(spec: CdiSpec, format: DescribeOptions['format']): string {
  return format === 'json'
    ? `${JSON.stringify(spec, undefined, 2)}\n`
    : stringify(spec, { aliasDuplicateObjects: false, version: '1.1' })
}
