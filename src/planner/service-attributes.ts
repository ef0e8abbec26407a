import type { Service } from '../model/service.ts'

/** How an attribute of a service is called, and what a change of it does. */
export interface Attribute {
  /** In the words of the Compose file. */
  readonly key: string
  /** It is fixed when a container is made, so a change makes another container. */
  readonly isFixed: boolean
}

export const SERVICE_ATTRIBUTES: Readonly<Record<keyof Service, Attribute>> = {
  name: fixed('name'),
  image: fixed('image'),
  platform: fixed('platform'),
  pullPolicy: free('pull_policy'),
  replicas: free('scale'),
  containerName: fixed('container_name'),
  profiles: free('profiles'),
  dependsOn: free('depends_on'),
  labels: fixed('labels'),
  annotations: fixed('annotations'),
  entrypoint: fixed('entrypoint'),
  command: fixed('command'),
  environment: fixed('environment'),
  workingDir: fixed('working_dir'),
  user: fixed('user'),
  groupAdd: fixed('group_add'),
  init: fixed('init'),
  tty: fixed('tty'),
  stdinOpen: fixed('stdin_open'),
  stopSignal: fixed('stop_signal'),
  stopGracePeriod: fixed('stop_grace_period'),
  attach: free('attach'),
  networkMode: fixed('networks'),
  ports: fixed('ports'),
  expose: fixed('expose'),
  hostname: fixed('hostname'),
  domainname: fixed('domainname'),
  extraHosts: fixed('extra_hosts'),
  dns: fixed('dns'),
  mounts: fixed('volumes'),
  readOnly: fixed('read_only'),
  shmSize: fixed('shm_size'),
  limits: fixed('resource limits'),
  ulimits: fixed('ulimits'),
  sysctls: fixed('sysctls'),
  oomScoreAdj: fixed('oom_score_adj'),
  security: fixed('security'),
  healthcheck: fixed('healthcheck'),
  restart: fixed('restart'),
}

function fixed(key: string): Attribute {
  return { key, isFixed: true }
}

function free(key: string): Attribute {
  return { key, isFixed: false }
}
