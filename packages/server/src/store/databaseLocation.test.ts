import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDatabaseLocation } from './databaseLocation.ts'

test('a file and a URL of PostgreSQL are read as they are', () => {
  for (const url of [
    'postgres://user:pass%40%2F%23%3Fword@db.example.org:5432/name?sslmode=verify-full',
    'postgresql://user@127.0.0.1/name',
    'postgres://db.example.org/name',
    "postgres://us.er:a!b$c&d'e(f)*+,;=~:g@[::1]/name",
  ]) {
    expect(readDatabaseLocation(url)).toEqual({ databasePath: undefined, databaseUrl: url })
  }
  expect(readDatabaseLocation('sqlite:/a@b#c?d')).toEqual({
    databasePath: '/a@b#c?d',
    databaseUrl: undefined,
  })
})

test('what is no URL of a database is refused with its form', () => {
  for (const text of [
    '',
    'sqlite:',
    'mysql://u@h/n',
    'postgres:',
    'postgres://',
    'postgres://h',
    'postgres:///n',
  ]) {
    expect(readDatabaseLocation(text), text).toEqual({ expected: expect.stringContaining('sqlite:PATH') })
  }
})

test('of a password that is not percent-encoded nothing is taken for a host, and nothing is repeated', () => {
  const special = fc.constantFrom('@', '/', '#', '?', '%', '%zz', ' ')
  const word = fc.stringMatching(/^canary[a-z]{0,5}$/)
  fc.assert(
    fc.property(word, special, word, (before, between, after) => {
      const read = readDatabaseLocation(`postgres://user:${before}${between}${after}@127.0.0.1/name`)
      expect(read).toEqual({ expected: expect.stringMatching(/^(?!.*canary).*percent-encode the password/) })
    }),
  )
})
