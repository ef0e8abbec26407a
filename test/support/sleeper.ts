/**
 * Returns the YAML of a service that sleeps in the host's own root file system, without a network, with `rest` as further lines,
 * four spaces deep.
 */
export function sleeper(name: string, rest: string): string {
  return `  ${name}:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    network_mode: none
${rest}`
}
