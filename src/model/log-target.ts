/** A program that lines of containers are passed on to, besides being kept. */
export type LogTarget =
  | {
      readonly kind: 'journald'
      readonly tag: string
      /** Labels and variables of the container that become fields. */
      readonly labels: readonly string[]
      readonly variables: readonly string[]
    }
  | {
      readonly kind: 'syslog'
      readonly tag: string
      readonly address: SyslogAddress
      /** RFC 5424, 6.2.1. */
      readonly facility: number
      readonly format: SyslogFormat
    }

export type SyslogAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'udp' | 'tcp'; readonly host: string; readonly port: number }

/** `local` is that of a program on this machine: RFC 3164 without a host name. */
export type SyslogFormat = 'local' | 'rfc3164' | 'rfc5424' | 'rfc5424micro'

/** The facilities of syslog by number. */
export const SYSLOG_FACILITIES: readonly string[] =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  )

/** What a tag may say of its container, as docker's templates name it. */
export interface TagSubject {
  readonly id: string
  readonly name: string
  readonly image: string
}

const FIELDS: Readonly<Record<string, (subject: TagSubject) => string>> = {
  ID: ({ id }) => id.slice(0, 12),
  FullID: ({ id }) => id,
  Name: ({ name }) => name,
  ImageName: ({ image }) => image,
  DaemonName: () => 'docker',
}

const FIELD = /\{\{\s*\.(\w+)\s*\}\}/g

/** Tells whether every field of a tag's template is known. */
export function isTagTemplate(template: string): boolean {
  const isKnown = [...template.matchAll(FIELD)].every(([, field = '']) => field in FIELDS)
  return isKnown && !template.replaceAll(FIELD, '').includes('{{')
}

/** Returns `template`, such as `{{.Name}}/{{.ID}}`, of a container. */
export function tagOf(template: string, subject: TagSubject): string {
  return template.replaceAll(FIELD, (whole, field: string) => FIELDS[field]?.(subject) ?? whole)
}
