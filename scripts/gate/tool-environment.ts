import { join } from 'node:path'
import { projectRoot } from '../project-root.ts'

/** The environment of steps: the caches of their tools stay in the checkout, not in the home folder. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    XDG_CACHE_HOME: join(projectRoot, '.cache'),
    XDG_DATA_HOME: join(projectRoot, '.cache/data'),
  }
}
