import type { BuildConfig } from '../../../model/build.ts'

/** What all commands of a build are run with. */
export type RunSettings = Pick<BuildConfig, 'extraHosts' | 'shmSize' | 'ulimits'>
