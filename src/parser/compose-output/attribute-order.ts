import type { KeyPattern } from '../generated/compose-types.ts'

/** The keys of a document in docker compose's order, by path pattern; anywhere else keys are sorted. */
const ORDERS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    '': 'name services networks volumes secrets configs models',
    'services.*':
      'profiles annotations attach build develop blkio_config cap_add cap_drop cgroup_parent cgroup cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpus cpuset cpu_shares command configs container_name credential_spec depends_on deploy device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint provider environment env_file expose extends external_links extra_hosts group_add gpus hostname healthcheck image init ipc isolation labels label_file links logging mem_limit mem_reservation memswap_limit mem_swappiness mac_address models network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports privileged pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir pre_start post_start pre_stop',
    'services.*.blkio_config':
      'weight weight_device device_read_bps device_read_iops device_write_bps device_write_iops',
    'services.*.build':
      'context dockerfile dockerfile_inline entitlements args provenance sbom ssh labels cache_from cache_to no_cache additional_contexts pull extra_hosts isolation network target secrets shm_size tags ulimits platforms privileged',
    'services.*.build.secrets[]': 'source target uid gid mode',
    'services.*.configs[]': 'source target uid gid mode',
    'services.*.deploy':
      'mode replicas labels update_config rollback_config resources restart_policy placement endpoint_mode',
    'services.*.deploy.placement': 'constraints preferences max_replicas_per_node',
    'services.*.deploy.resources': 'limits reservations',
    'services.*.deploy.resources.limits': 'cpus memory pids',
    'services.*.deploy.resources.reservations': 'cpus memory pids devices generic_resources',
    'services.*.deploy.restart_policy': 'condition delay max_attempts window',
    'services.*.deploy.rollback_config': 'parallelism delay failure_action monitor max_failure_ratio order',
    'services.*.deploy.update_config': 'parallelism delay failure_action monitor max_failure_ratio order',
    'services.*.depends_on.*': 'condition restart required',
    'services.*.devices[]': 'source target permissions',
    'services.*.env_file[]': 'path required format',
    'services.*.deploy.resources.reservations.devices[]': 'capabilities driver count device_ids options',
    'services.*.develop.watch[]': 'path action target exec include ignore initial_sync',
    'services.*.gpus[]': 'capabilities driver count device_ids options',
    'services.*.healthcheck': 'test timeout interval retries start_period start_interval disable',
    'services.*.ports[]': 'name mode host_ip target published protocol app_protocol',
    'services.*.post_start[]': 'command user privileged working_dir environment',
    'services.*.pre_stop[]': 'command user privileged working_dir environment',
    'services.*.secrets[]': 'source target uid gid mode',
    'services.*.ulimits.*': 'soft hard',
    'services.*.volumes[]': 'type source target read_only consistency bind volume tmpfs image',
    'services.*.volumes[].tmpfs': 'size mode',
    'services.*.volumes[].bind': 'selinux propagation create_host_path recursive',
    'networks.*': 'name driver driver_opts ipam external internal attachable labels enable_ipv4 enable_ipv6',
    'networks.*.ipam': 'driver config options',
    'networks.*.ipam.config[]': 'subnet gateway ip_range aux_addresses',
    'volumes.*': 'name driver driver_opts external labels',
    'secrets.*': 'name file environment content external labels driver driver_opts template_driver',
    'configs.*': 'name file environment content external labels driver driver_opts template_driver',
  } satisfies Partial<Record<KeyPattern | '', string>>).map(([pattern, keys]) => [pattern, keys.split(' ')]),
)

/** Returns `keys` in the order in which docker compose prints them at `pattern`: extensions last, unknown ones sorted. */
export function orderKeys(keys: Iterable<string>, pattern: string | undefined): readonly string[] {
  const order = (pattern === undefined ? undefined : ORDERS.get(pattern)) ?? []
  const rank = (key: string): number => {
    const known = order.indexOf(key)
    if (known !== -1) return known
    return order.length + (key.startsWith('x-') ? 1 : 0)
  }
  return [...keys].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}
