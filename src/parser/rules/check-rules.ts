import type { Diagnostic } from '../../base/diagnostic.ts'
import { checkExtension } from '../project/read-rebuild.ts'
import { checkAddressPools } from './address-pools.ts'
import { checkAddresses } from './addresses.ts'
import { checkBlockIo } from './block-io.ts'
import { checkBuildValues } from './build-values.ts'
import { checkBuilds } from './builds.ts'
import { checkCapabilities } from './capabilities.ts'
import { checkCgroupParents } from './cgroup-parents.ts'
import { checkCompletions } from './completions.ts'
import { checkContainerNames } from './container-names.ts'
import { checkDependencies } from './dependencies.ts'
import { checkDeviceRequests } from './device-requests.ts'
import { checkDevices } from './devices.ts'
import { checkExternalResources } from './external-resources.ts'
import { checkFixedAddresses } from './fixed-addresses.ts'
import { checkHealthchecks } from './healthchecks.ts'
import { checkImages } from './images.ts'
import { checkInterfaceNames } from './interface-names.ts'
import { checkIsolations } from './isolations.ts'
import { checkLinks } from './links.ts'
import { checkLogging } from './logging.ts'
import { checkMounts } from './mounts.ts'
import { checkNamespaces } from './namespaces.ts'
import { checkNetworkKeys } from './network-keys.ts'
import { checkNetworkOptions } from './network-options.ts'
import { checkNumbers } from './numbers.ts'
import { checkOwnerMapping } from './owner-mapping.ts'
import { checkPorts } from './ports.ts'
import { checkProbeTests } from './probe-tests.ts'
import { checkProviders } from './providers.ts'
import { checkReferences } from './references.ts'
import { checkReplicas } from './replicas.ts'
import { checkRestart } from './restart.ts'
import type { Rule, RuleInput } from './rule-context.ts'
import { checkSecrets } from './secrets.ts'
import { checkSecurityOptions } from './security-options.ts'
import { checkServiceFiles } from './service-files.ts'
import { checkStopSignals } from './stop-signals.ts'
import { checkStorageOptions } from './storage-options.ts'
import { checkTwins } from './twins.ts'
import { checkVolumeOptions } from './volume-options.ts'
import { checkVolumesFrom } from './volumes-from.ts'
import { checkWatches } from './watches.ts'

const RULES: readonly Rule[] = [
  checkImages,
  checkProviders,
  checkIsolations,
  checkContainerNames,
  checkReferences,
  checkBuilds,
  checkBuildValues,
  checkDependencies,
  checkCompletions,
  checkReplicas,
  checkTwins,
  checkNetworkKeys,
  checkNamespaces,
  checkLinks,
  checkBlockIo,
  checkCgroupParents,
  checkNumbers,
  checkPorts,
  checkMounts,
  checkOwnerMapping,
  checkVolumesFrom,
  checkVolumeOptions,
  checkAddresses,
  checkAddressPools,
  checkFixedAddresses,
  checkInterfaceNames,
  checkNetworkOptions,
  checkCapabilities,
  checkHealthchecks,
  checkProbeTests,
  checkDevices,
  checkDeviceRequests,
  checkWatches,
  checkLogging,
  checkRestart,
  checkStopSignals,
  checkStorageOptions,
  checkSecrets,
  checkSecurityOptions,
  checkServiceFiles,
  checkExternalResources,
  checkExtension,
]

/** Checks what the schema cannot say: references, pairs of keys, values that must agree. */
export function checkRules(input: RuleInput): readonly Diagnostic[] {
  return RULES.flatMap(rule => rule(input))
}
