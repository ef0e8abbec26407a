/** A project to measure: `size` equal services with limits on one network. */
export interface BenchProject {
  readonly name: string
  readonly size: number
}

/**
 * Returns the Compose file of a project. Every service runs a shell that sleeps and exits at once on SIGTERM, so that
 * the tool is measured and not the service.
 */
export function composeText({ name, size }: BenchProject, image: string): string {
  const services = Array.from({ length: size }, (_, index) => serviceText(`s${index + 1}`, image))
  return `name: ${name}\nservices:\n${services.join('')}networks:\n  front: {}\n`
}

function serviceText(name: string, image: string): string {
  return `  ${name}:
    image: "${image}"
    command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $$!; done"]
    mem_limit: 64m
    cpus: 0.5
    pids_limit: 32
    networks: [front]
`
}
