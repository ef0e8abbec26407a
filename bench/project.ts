/** A project to measure: `size` equal services with limits on one network. */
export interface BenchProject {
  readonly name: string
  readonly size: number
  /** Whether each service has two secrets, a config and a device. @default false */
  readonly isGranted?: boolean
  /** Whether its services have no limits. @default false */
  readonly isUnlimited?: boolean
  /** Bytes that its first service writes to standard output; another one starts when it has. @default it writes nothing */
  readonly writtenBytes?: number
  /** Port of the host's loopback on which its first service answers; another one is on the host's network. @default none */
  readonly publishedPort?: number
}

/**
 * Returns the Compose file of a project. Every service runs a shell that sleeps and exits at once on SIGTERM, so that
 * the tool is measured and not the service.
 */
export function composeText(project: BenchProject, image: string): string {
  const { name, size, isGranted = false, isUnlimited = false, writtenBytes, publishedPort } = project
  if (writtenBytes !== undefined) return writingText(name, image, writtenBytes)
  if (publishedPort !== undefined) return publishingText(name, image, publishedPort)
  const grants = isGranted ? GRANTS : ''
  const services = Array.from({ length: size }, (_, index) => {
    return serviceText(`s${index + 1}`, image, isUnlimited ? '' : LIMITS) + grants
  })
  const declared = isGranted ? DECLARED : ''
  return `name: ${name}\nservices:\n${services.join('')}networks:\n  front: {}\n${declared}`
}

/** Lines of 100 bytes. */
function writingText(name: string, image: string, bytes: number): string {
  const write = `yes ${'0123456789'.repeat(10).slice(1)} | head -c ${bytes}`
  return `name: ${name}
services:
  writer:
    image: "${image}"
    command: ["sh", "-c", "${write}"]
${serviceText('reader', image, LIMITS)}    depends_on: {writer: {condition: service_completed_successfully}}
networks:
  front: {}
`
}

function publishingText(name: string, image: string, port: number): string {
  return `name: ${name}
services:
  answers:
    image: "${image}"
    command: ["/port-client", "serve", "80"]
    stop_signal: SIGKILL
    ports: ["127.0.0.1:${port}:80", "[::1]:${port}:80"]
  asks:
    image: "${image}"
    command: ["sleep", "3600"]
    stop_signal: SIGKILL
    network_mode: host
`
}

const GRANTS = `    secrets: [token, {source: key, uid: "1000", mode: 0400}]
    configs: [{source: settings, target: /etc/settings.conf}]
    devices: ["/dev/zero:/dev/nothing"]
`

const LIMITS = `    mem_limit: 64m
    cpus: 0.5
    pids_limit: 32
`

const DECLARED = `secrets:
  token: {environment: PATH}
  key: {file: ./compose.yaml}
configs:
  settings: {content: "a = 1"}
`

function serviceText(name: string, image: string, limits: string): string {
  return `  ${name}:
    image: "${image}"
    command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $$!; done"]
${limits}    networks: [front]
`
}
