import { connect } from 'node:net'

/** Sends one command to redis and returns the integer or line that it answers. */
export function redis(...words) {
  return new Promise((resolve, reject) => {
    const socket = connect(6379, process.env.REDIS_HOST)
    socket.on('error', reject)
    socket.on('data', answer => {
      socket.end()
      const line = answer.toString().split('\r\n')[0]
      if (line.startsWith('-')) reject(new Error(line.slice(1)))
      else resolve(line.slice(1))
    })
    socket.write(
      `*${words.length}\r\n${words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`,
    )
  })
}
