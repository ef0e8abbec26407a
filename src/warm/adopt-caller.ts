import { hiddenVariable } from './hidden-variable.ts'

/**
 * Makes the environment and the working folder of this process those of a caller, as a process of its own would have
 * them. Nothing in the environment configures Node.
 *
 * @throws {Error} If the folder cannot be entered; the environment is as before then.
 */
export function adoptCaller(environment: ReadonlyMap<string, string>, workingDirectory: string): void {
  process.chdir(workingDirectory)
  for (const name of Object.keys(process.env)) delete process.env[name]
  for (const [name, value] of environment) process.env[hiddenVariable(name)] = value
}

/** Gives up the folder and the environment of the last caller. */
export function leaveCaller(): void {
  adoptCaller(new Map(), '/')
}
