import type { TestProject } from './test-project.ts'

/**
 * Returns the YAML of an extension `x-node` with an anchor `node`: a service that answers HTTP on port 8000 of every address with
 * its host name and the address that asked, and is healthy once it does.
 */
export function httpNode(): string {
  return `
x-node: &node
  image: rootfs:/
  command: [node, -e, "${SERVER.replaceAll('"', '\\"').replaceAll('$', '$$$$')}"]
  stop_signal: SIGKILL
  environment: [PATH]
  healthcheck:
    test: [CMD-SHELL, 'node -e "fetch(''http://localhost:8000'').then(() => process.exit(0), () => process.exit(1))"']
    interval: 1s
    start_period: 30s
    start_interval: 200ms
`
}

const SERVER = `require('http').createServer((q, s) => s.end(process.env.HOSTNAME + ' saw ' + q.socket.remoteAddress)).listen(8000, '::')`

const ASK = `fetch(process.argv[1]).then(r => r.text()).then(t => process.stdout.write(t), e => { console.log(e.cause?.code ?? e.message); process.exit(1) })`

/** Asks `url` in a container of `service`. Standard output has the answer, or the code of the failure, which is exit code 1. */
export function askFrom(project: TestProject, service: string, url: string): ReturnType<TestProject['run']> {
  return project.run(['exec', '-T', service, 'node', '-e', ASK, url])
}
