import { describe, expect, test } from 'vitest'
import { toComposeJson, toComposeYaml } from '../../../src/parser/compose-output/to-compose-output.ts'
import { loadMemoryDocument } from '../../support/memory-project.ts'

function load(text: string) {
  const { value, diagnostics } = loadMemoryDocument({ files: { 'compose.yaml': text } })
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return value
}

const TEXT = `name: shop
services:
  web:
    ports: ["8080:80"]
    image: x
    command: echo "$$HOME" yes
    volumes: [./a:/a:ro, data:/d]
    depends_on: [db]
    mem_limit: 64m
    stop_grace_period: 90s
    environment: {ON: "yes", N: 1}
  db: {image: y, init: "on"}
volumes: {data: }
x-z: {k: 1}
`

describe('the canonical output', () => {
  test('toComposeYaml() prints long forms in the order of docker compose', () => {
    expect(toComposeYaml(load(TEXT))).toBe(`name: shop
services:
  db:
    image: "y"
    init: true
    networks:
      default: null
  web:
    command:
      - echo
      - $$HOME
      - "yes"
    depends_on:
      db:
        condition: service_started
        required: true
    environment:
      "N": "1"
      "ON": "yes"
    image: x
    mem_limit: "67108864"
    networks:
      default: null
    ports:
      - mode: ingress
        target: 80
        published: "8080"
        protocol: tcp
    stop_grace_period: 1m30s
    volumes:
      - type: bind
        source: /project/a
        target: /a
        read_only: true
        bind:
          create_host_path: true
      - type: volume
        source: data
        target: /d
        volume: {}
networks:
  default:
    name: shop_default
volumes:
  data:
    name: shop_data
x-z:
  k: 1
`)
  })

  test('toComposeYaml() prints what loads back to the same output', () => {
    const printed = toComposeYaml(load(TEXT))
    expect(toComposeYaml(load(printed))).toBe(printed)
  })

  test('toComposeYaml() leaves out address settings that hold nothing', () => {
    const printed = toComposeYaml(load('name: shop\nnetworks: {side: {ipam: {config: []}}}\n'))
    expect(printed).toBe('name: shop\nnetworks:\n  side:\n    name: shop_side\n')
  })

  test('toComposeJson() prints unset commands as null', () => {
    const parsed: unknown = JSON.parse(toComposeJson(load(TEXT)))
    expect(parsed).toMatchObject({
      name: 'shop',
      services: { db: { command: null, entrypoint: null }, web: { entrypoint: null } },
    })
  })

  test('toComposeYaml() leaves dollars alone where asked', () => {
    expect(toComposeYaml(load(TEXT), { escapeDollars: false })).toContain('- $HOME')
  })
})
