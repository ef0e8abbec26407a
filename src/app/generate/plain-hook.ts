import type { Hook } from '../../model/hook.ts'
import type { Plain } from './plain.ts'

/** Returns what hooks of all kinds have in common. */
export function plainHook({
  argv = [],
  user,
  privileged,
  workingDir,
  environment,
}: Omit<Hook, 'argv'> & Partial<Pick<Hook, 'argv'>>): { readonly [key: string]: Plain } {
  return {
    ...(argv.length > 0 && { command: argv }),
    ...(user !== undefined && { user }),
    ...(privileged && { privileged }),
    ...(workingDir !== undefined && { working_dir: workingDir }),
    ...(environment.size > 0 && { environment: Object.fromEntries(environment) }),
  }
}
