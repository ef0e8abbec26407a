import type { Dependency } from './service.ts'

/** What a program outside of containers provides, by the name of its service. */
export interface ProviderService {
  readonly name: string
  readonly provider: Provider
  readonly profiles: readonly string[]
  readonly dependsOn: readonly Dependency[]
  /** Further services of providers that it depends on. @default none */
  readonly providedBy?: readonly string[]
}

/** A program that manages a service, and what it is told. */
export interface Provider {
  /** `awesomecloud` is the plugin `docker-awesomecloud` of Docker, or else a program on PATH. */
  readonly type: string
  /** In the order of the file; an option may be given several times. */
  readonly options: ReadonlyMap<string, readonly string[]>
}

/** Variables that a provider has given for the services that depend on it. */
export interface ProvidedVariables {
  /** By name without the prefix of the provider's service. */
  readonly prefixed: ReadonlyMap<string, string>
  /** By name. */
  readonly raw: ReadonlyMap<string, string>
}

/** Of a provider that has not said anything. */
export const NO_VARIABLES: ProvidedVariables = { prefixed: new Map(), raw: new Map() }

/** What a provider is told to do. */
export type ProviderCommand = 'up' | 'down' | 'stop'

/** Returns the variables of a service that depends on `service`, as docker compose names them. */
export function variablesOf(
  service: string,
  { prefixed, raw }: ProvidedVariables,
): ReadonlyMap<string, string> {
  const prefix = `${service.toUpperCase()}_`
  return new Map([...[...prefixed].map(([name, value]) => [`${prefix}${name}`, value] as const), ...raw])
}
