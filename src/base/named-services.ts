/** Names of services that a command is for; none means all. */
export type NamedServices = readonly string[] | undefined

/** Tells whether a command with the names `services` is for `service`. */
export function isNamed(services: NamedServices, service: string): boolean {
  return services === undefined || services.length === 0 || services.includes(service)
}

/** Returns what a command names, or `all` where it names nothing. */
export function namedOr(services: NamedServices, all: Iterable<string>): Iterable<string> {
  return services === undefined || services.length === 0 ? all : services
}
