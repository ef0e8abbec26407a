import type { Service } from '../model/service.ts'
import { canonicalJson, compareText } from './canonical-json.ts'
import { fixedParts } from './fixed-parts.ts'

const FILE_KEYS: Readonly<Partial<Record<keyof Service, string>>> = {
  containerName: 'container_name',
  workingDir: 'working_dir',
  groupAdd: 'group_add',
  stdinOpen: 'stdin_open',
  stopSignal: 'stop_signal',
  stopGracePeriod: 'stop_grace_period',
  networkMode: 'networks',
  extraHosts: 'extra_hosts',
  mounts: 'volumes',
  readOnly: 'read_only',
  shmSize: 'shm_size',
  limits: 'resource limits',
  oomScoreAdj: 'oom_score_adj',
}

/** Names what differs between two versions of a service, in the words of the Compose file, sorted. */
export function changedKeys(old: Service, next: Service): readonly string[] {
  const before = new Map<string, unknown>(Object.entries(fixedParts(old)))
  const after = new Map<string, unknown>(Object.entries(fixedParts(next)))
  const fileKeys = new Map<string, string>(Object.entries(FILE_KEYS))
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter(key => canonicalJson(before.get(key)) !== canonicalJson(after.get(key)))
    .map(key => fileKeys.get(key) ?? key)
    .sort(compareText)
}
