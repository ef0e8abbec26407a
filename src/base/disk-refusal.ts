import { errnoNameOf } from './errno-name-of.ts'
import { TcomposeError } from './tcompose-error.ts'

/**
 * Returns the error to show for a write that a disk refused: it is full (ENOSPC), its quota is used up (EDQUOT) or it is
 * read-only (EROFS). Undefined for any other failure, also for these errnos where they do not concern a disk: cgroup
 * files and inotify have them too.
 */
export function diskRefusal(error: unknown): TcomposeError | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || error.syscall === 'watch') return undefined
  const refusal = REFUSALS.get(errnoNameOf(error) ?? '')
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined
  if (refusal === undefined || path?.startsWith('/sys/') || path?.startsWith('/proc/')) return undefined
  const { state, hint } = refusal
  const object = path === undefined ? '' : ` "${path}"`
  return new TcomposeError('disk-refuses', `Cannot write${object}: ${state}`, { hint, cause: error })
}

interface Refusal {
  readonly state: string
  readonly hint: string
}

const FULL =
  'Free some space: "tcompose system df" shows what tcompose uses, "tcompose system prune" removes what nothing needs'

const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  ['ENOSPC', { state: 'no space left on device', hint: FULL }],
  ['EDQUOT', { state: 'the disk quota is exceeded', hint: FULL }],
  [
    'EROFS',
    {
      state: 'the file system is read-only',
      hint: 'Mount it writable, or name another folder in TCOMPOSE_DATA and TCOMPOSE_RUN',
    },
  ],
])
