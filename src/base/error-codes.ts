/**
 * Every kind of failure a user can meet, by name, with its stable code. Codes are API: add freely, never
 * renumber. TC1xxx is bad input (exit 2), TC2xxx the host, TC3xxx images, TC4xxx containers, TC5xxx networks,
 * TC6xxx volumes, TC7xxx state and locks, TC9xxx bugs. Each row has a section in docs/errors.md.
 */
export const ERROR_CODES = {
  'file-not-found': 'TC1001',
  'yaml-syntax': 'TC1002',
  'unknown-key': 'TC1003',
  'wrong-type': 'TC1004',
  'bad-value': 'TC1005',
  'missing-key': 'TC1006',
  'undefined-reference': 'TC1007',
  'dependency-cycle': 'TC1008',
  interpolation: 'TC1009',
  'unsupported-key': 'TC1010',
  'conflicting-keys': 'TC1011',
  'duplicate-key': 'TC1012',
  'env-file': 'TC1013',
  usage: 'TC1014',
  'project-name': 'TC1015',
  'cluster-only-key': 'TC1016',
  'obsolete-key': 'TC1017',
  'unset-variable': 'TC1018',
  'no-effect-key': 'TC1019',
  'yaml-trap': 'TC1020',
  'reference-cycle': 'TC1021',
  'not-root': 'TC2001',
  'missing-kernel-feature': 'TC2002',
  'system-call': 'TC2003',
  cgroup: 'TC2004',
  'not-built': 'TC2005',
  'disk-refuses': 'TC2006',
  'image-not-found': 'TC3001',
  'image-invalid': 'TC3002',
  'image-source-unsupported': 'TC3003',
  'image-layer': 'TC3004',
  'image-denied': 'TC3005',
  'registry-unreachable': 'TC3006',
  'image-pull': 'TC3007',
  'registry-rate-limit': 'TC3008',
  'registry-settings': 'TC3009',
  'image-push': 'TC3010',
  'registry-login': 'TC3011',
  'image-in-use': 'TC3012',
  'image-path-not-found': 'TC3020',
  'platform-not-runnable': 'TC3021',
  'container-launch': 'TC4001',
  'container-unhealthy': 'TC4002',
  'container-exited': 'TC4003',
  'container-not-running': 'TC4004',
  'no-healthcheck': 'TC4005',
  'user-not-found': 'TC4006',
  keeper: 'TC4007',
  'program-not-found': 'TC4008',
  'program-not-executable': 'TC4009',
  network: 'TC5001',
  'port-in-use': 'TC5002',
  'no-free-subnet': 'TC5003',
  volume: 'TC6001',
  'bind-source-not-found': 'TC6002',
  'state-corrupt': 'TC7001',
  'state-version': 'TC7002',
  locked: 'TC7003',
  internal: 'TC9001',
} as const

export type ErrorName = keyof typeof ERROR_CODES
export type ErrorCode = (typeof ERROR_CODES)[ErrorName]

/** Returns the stable code of `name`, e.g. `TC1003`. */
export function errorCode(name: ErrorName): ErrorCode {
  return ERROR_CODES[name]
}
