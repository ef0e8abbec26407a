/** Where the resolver listens to which the containers of the scene send what is not theirs: the gateway of `front`. */
export const UPSTREAM = '10.231.1.1'

/** The project whose names are asked for. `IMAGE` stands for an image with a shell. */
export const NAMES_SCENE: string = `
name: askme
x-idle: &idle
  image: IMAGE
  init: true
  command: [sleep, "100000"]
  stop_signal: SIGKILL
  dns: ${UPSTREAM}
services:
  ask: { <<: *idle, networks: [front] }
  inner: { <<: *idle, networks: [back] }
  both: { <<: *idle, networks: [front, back] }
  apart: { <<: *idle, networks: [other] }
  web:
    <<: *idle
    container_name: Main.web
    hostname: www.example.org
    networks: { front: { aliases: [page, Upper, api.example.com, "*.wild"] }, back: { aliases: [hidden] } }
  rep: { <<: *idle, scale: 3, networks: [front] }
  kafka-one: { <<: *idle, hostname: broker, networks: [front] }
  kafka-two: { <<: *idle, hostname: broker, domainname: cluster.test, networks: [front] }
  under_score: { <<: *idle, networks: { front: { aliases: [shared] } } }
  sharing: { <<: *idle, networks: { front: { aliases: [shared] } } }
  linking: { <<: *idle, networks: [front], links: ["rep:replica", "web:site"] }
  halted: { <<: *idle, hostname: halted-host, networks: { front: { aliases: [halted-alias] } } }
  frozen: { <<: *idle, networks: [front] }
  joined: { <<: *idle, network_mode: "service:rep", dns: [] }
  job: { <<: *idle, profiles: [jobs], hostname: job-host, networks: { front: { aliases: [job-alias] } } }
networks:
  front: { name: corp.lan, ipam: { config: [{ subnet: 10.231.1.0/24, gateway: ${UPSTREAM} }] } }
  back: { internal: true }
  other: {}
`

/** What is done once the project is up, in words of docker compose. */
export const NAMES_STEPS: readonly (readonly string[])[] = [
  ['stop', 'halted'],
  ['pause', 'frozen'],
  ['run', '-d', '--name', 'askme-plain', 'job'],
  ['run', '-d', '--name', 'askme-aliased', '--use-aliases', 'job'],
]

/** A question that a container asks. In `name`, `{id:CONTAINER}` is its short id and `{reverse:CONTAINER@NETWORK}` its address. */
export interface Question {
  readonly from: string
  readonly type: string
  readonly name: string
  /** @default udp */
  readonly transport?: 'tcp'
}

/** What is asked. */
export const QUESTIONS: readonly Question[] = [
  // Services, containers and their aliases.
  ...['web', 'WEB', 'wEb', 'rep', 'askme-rep-1', 'askme-rep-3', 'askme-rep-4', 'Main.web', 'main.web'].map(a),
  ...['page', 'PAGE', 'upper', 'api.example.com', '*.wild', 'x.wild', 'hidden', 'under_score', 'shared'].map(
    a,
  ),
  ...['askme-under_score-1', 'askme-web-1', 'askme_rep_1', 'nothing', 'nothing.at.all', 'askme'].map(a),
  // Host names.
  ...['www.example.org', 'WWW.example.ORG', 'www', 'broker', 'broker.cluster.test', 'localhost', 'ask'].map(
    a,
  ),
  // Names of networks, ids.
  ...[
    'web.corp.lan',
    'page.corp.lan',
    'WEB.Corp.LAN',
    'www.example.org.corp.lan',
    'web.front',
    'corp.lan',
  ].map(a),
  ...['nothing.corp.lan', 'hidden.corp.lan', 'web.askme_back', '{id:Main.web}', '{full:Main.web}'].map(a),
  ...['{id:Main.web}.corp.lan', '{id:askme-inner-1}'].map(a),
  // Links, and containers that do not run, or not as replicas.
  ...['replica', 'site', 'halted', 'askme-halted-1', 'halted-host', 'halted-alias', 'halted.corp.lan'].map(a),
  ...['frozen', 'joined', 'job', 'job-host', 'job-alias', 'askme-plain', 'askme-aliased'].map(a),
  { from: 'linking', type: 'A', name: 'replica' },
  { from: 'linking', type: 'A', name: 'site' },
  // Other networks.
  ...[
    'web',
    'hidden',
    'page',
    'rep',
    'both',
    'ask',
    'inner',
    'example.com',
    'www.example.org',
    'nothing',
  ].map(name => ({ from: 'inner', type: 'A', name })),
  ...['web', 'both', 'ask', 'inner', 'apart', 'web.corp.lan'].map(name => ({
    from: 'apart',
    type: 'A',
    name,
  })),
  ...['web', 'inner', 'ask', 'hidden', 'page', 'web.askme_back', 'web.corp.lan', 'example.com'].map(name => ({
    from: 'both',
    type: 'A',
    name,
  })),
  ...['rep', 'web', 'joined', 'example.com'].map(name => ({ from: 'joined', type: 'A', name })),
  // Other types, of names here and elsewhere.
  ...['AAAA', 'MX', 'TXT', 'SRV', 'ANY', 'CNAME', 'NS', 'SOA', 'HTTPS', 'PTR', 'NAPTR'].flatMap(type => [
    { from: 'ask', type, name: 'web' },
    { from: 'ask', type, name: 'example.com' },
  ]),
  { from: 'ask', type: 'SRV', name: '_http._tcp.web' },
  { from: 'inner', type: 'AAAA', name: 'web' },
  { from: 'inner', type: 'MX', name: 'web' },
  { from: 'inner', type: 'TXT', name: 'web' },
  { from: 'inner', type: 'AAAA', name: 'example.com' },
  // Addresses.
  ...['Main.web@front', 'askme-rep-2@front', 'askme-frozen-1@front', 'askme-inner-1@back'].map(place => ({
    from: 'ask',
    type: 'PTR',
    name: `{reverse:${place}}`,
  })),
  { from: 'inner', type: 'PTR', name: '{reverse:Main.web@back}' },
  { from: 'inner', type: 'PTR', name: '{reverse:Main.web@front}' },
  { from: 'both', type: 'PTR', name: '{reverse:Main.web@back}' },
  { from: 'ask', type: 'PTR', name: '1.1.231.10.in-addr.arpa' },
  { from: 'ask', type: 'PTR', name: '1.0.0.127.in-addr.arpa' },
  { from: 'ask', type: 'PTR', name: '8.8.8.8.in-addr.arpa' },
  { from: 'inner', type: 'PTR', name: '8.8.8.8.in-addr.arpa' },
  // Over TCP.
  { from: 'ask', type: 'A', name: 'rep', transport: 'tcp' },
  { from: 'ask', type: 'A', name: 'example.com', transport: 'tcp' },
  { from: 'inner', type: 'A', name: 'example.com', transport: 'tcp' },
]

function a(name: string): Question {
  return { from: 'ask', type: 'A', name }
}

/** What is asked in the scene with IPv6. */
export const IPV6_QUESTIONS: readonly Question[] = [
  ...[
    'six',
    'SIX',
    'six-named',
    'node.six.test',
    'four',
    'six-and-four',
    'six.sixes_dual',
    'nothing',
  ].flatMap(name => [
    { from: 'six', type: 'A', name },
    { from: 'six', type: 'AAAA', name },
  ]),
  { from: 'six', type: 'PTR', name: '{reverse:six-named@dual}' },
  { from: 'six', type: 'PTR', name: '{reverse6:six-named@dual}' },
  { from: 'four', type: 'AAAA', name: 'six-and-four' },
  { from: 'four', type: 'A', name: 'six-and-four' },
  { from: 'four', type: 'PTR', name: '{reverse6:six-named@dual}' },
  { from: 'six-and-four', type: 'AAAA', name: 'four' },
  { from: 'six-and-four', type: 'A', name: 'six-and-four' },
]
