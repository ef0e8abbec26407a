import { setTimeout as delay } from 'node:timers/promises'
import type { Cgroup } from '../../../linux/cgroup/cgroup.ts'
import { thawCgroup } from '../../../linux/cgroup/thaw-cgroup.ts'
import { randomBytes } from '../../../linux/random-bytes.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import { compileRuntimeKill } from '../../../runtime/launch/compile-runtime-call.ts'
import { forwardsSignals } from '../../../runtime/launch/oci-runtime.ts'
import type { ContainerLayout } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import { SIGKILL } from './end-process.ts'

/** What passes signals on. */
export type SignallingKeeper = Pick<KeeperConnection, 'signal' | 'wait' | 'launch' | 'hasEnded'>

/** Whose main process is signalled. */
export interface SignalledContainer {
  readonly id: string
  readonly layout: ContainerLayout
  readonly cgroup: Cgroup
}

/** How long a runtime may take to pass on a signal: one whose container hangs never does. */
const SIGNAL_PATIENCE_MS = 3000

/**
 * Returns `keeper` with signals that reach the main process of a container: where its OCI runtime does not pass them on, the
 * runtime is asked to send them. SIGKILL is for the runtime's process in any case.
 */
export function throughRuntime(
  keeper: SignallingKeeper,
  { id, layout, cgroup }: SignalledContainer,
): SignallingKeeper {
  const runtime = readLiveRecord(layout.live)?.runtime
  if (runtime === undefined || forwardsSignals(runtime)) return keeper
  return {
    wait: id => keeper.wait(id),
    launch: (request, fds) => keeper.launch(request, fds),
    get hasEnded() {
      return keeper.hasEnded
    },
    signal: async (target, signal) => {
      if (target !== id || signal === SIGKILL) return await keeper.signal(target, signal)
      const call = `${id}/signal/${randomBytes(8).toString('hex')}`
      const running = { runtime, bundle: layout.rootfs }
      // A kernel that is frozen takes no request.
      thawCgroup(cgroup)
      await keeper.launch(compileRuntimeKill({ id: call, container: id, signal }, running))
      await endsSoon(keeper, call)
    },
  }
}

/** What the runtime says of a container that has ended meanwhile is of no interest. */
async function endsSoon(keeper: SignallingKeeper, call: string): Promise<void> {
  const over = new AbortController()
  const expiry = delay(SIGNAL_PATIENCE_MS, 'expired', { signal: over.signal })
  expiry.catch(() => undefined)
  try {
    if ((await Promise.race([keeper.wait(call), expiry])) === 'expired') await keeper.signal(call, SIGKILL)
  } finally {
    over.abort()
  }
}
