import { readFileSync } from 'node:fs'

/** Tells whether an interface of the thread's network namespace has an IPv6 address: see proc_pid_net(5), if_inet6. */
export function hasIpv6(): boolean {
  try {
    return readFileSync('/proc/thread-self/net/if_inet6', 'utf8') !== ''
  } catch {
    // A kernel without IPv6 has no such file.
    return false
  }
}
