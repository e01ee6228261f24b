import { PROBLEM_KINDS, problemType } from '../packages/protocol/src/wire/problemKinds.ts'
import { composeOpenApi } from './openApi.ts'

interface Operation {
  tags: [string]
  summary: string
  security: object[]
  parameters?: { name: string; in: string; required?: true; description?: string; schema: object }[]
  requestBody?: { content: Record<string, object> }
  responses: Record<string, { $ref?: string; description?: string; content?: Record<string, object> }>
}

/** The routes as a page for people, from the same description as `/openapi.json`. */
export function composeHttpReference(): string {
  const { paths, tags } = composeOpenApi() as {
    paths: Record<string, Record<string, Operation>>
    tags: { name: string; description: string }[]
  }
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )
  const sections = tags.map(({ name: tag, description }) => {
    const routes = operations.filter(({ operation }) => operation.tags[0] === tag)
    return `## ${description}\n\n${routes.map(({ name, operation }) => describeOperation(name, operation)).join('\n\n')}`
  })
  const kinds = Object.entries(PROBLEM_KINDS).map(
    ([kind, { status, title }]) =>
      `| \`${problemType(kind as keyof typeof PROBLEM_KINDS)}\` | ${status} | ${title} |`,
  )
  return `# The HTTP API

A server describes itself at \`/openapi.json\`, in OpenAPI 3.1, with the schema of every body. This page has the same in short. \`npm run derive\`
writes it.

${sections.join('\n\n')}

## Refusals

Every refusal is \`application/problem+json\` with one of these types. It names the field, never the value.

| Type | Status | Meaning |
| --- | --- | --- |
${kinds.join('\n')}
`
}

function describeOperation(name: string, operation: Operation): string {
  const { summary, security, parameters = [], requestBody, responses } = operation
  const takes = [
    ...parameters.map(
      ({ name, in: where, description }) => `\`${name}\` (${where})${description ? `: ${description}` : ''}`,
    ),
    ...Object.keys(requestBody?.content ?? {}).map((type) => `a body, \`${type}\``),
  ]
  const answers = Object.entries(responses).flatMap(([status, { $ref, description, content = {} }]) => {
    const types = Object.keys(content).map((type) => `\`${type}\``)
    return $ref
      ? []
      : [
          `${status}${types.length > 0 ? ` ${types.join(', ')}` : ''}${description === summary ? '' : `: ${description}`}`,
        ]
  })
  const refusals = Object.keys(responses).filter((status) => responses[status]?.$ref && /^\d+$/.test(status))
  const rows = [
    ...takes.map((take) => `- Takes ${take}`),
    ...answers.map((answer) => `- Answers ${answer}`),
    ...(refusals.length > 0 ? [`- Refuses with ${refusals.join(', ')}`] : []),
    ...(security.length > 0 ? ['- Only for maintainers'] : []),
  ]
  return `### ${name}\n\n${summary}.\n\n${rows.join('\n')}`
}
